/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_world.c - the records of the input, held and handed to matching. */
#include "config.h"

#include "cmd/match_run.h"

#include "ar/names.h"
#include "base/sort.h"

#include <stdlib.h>

/* ---- reading ---- */

void *match_more(void *v, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return v;
	*room = *room ? *room * 2 : 64;
	return ar_realloc(v, *room * size);
}

struct ar_str match_kept(struct match_run *run, struct ar_str s)
{
	return s.n ? ar_arena_str(&run->io->mem, s) : (struct ar_str){ NULL, 0 };
}

static struct ar_str raw(struct match_run *run, const struct ar_rec *r, enum ar_f f)
{
	return match_kept(run, ar_raw_text(r, f));
}

static struct ar_str text(struct match_run *run, const struct ar_rec *r, enum ar_f f)
{
	return ar_has(r, f) ? match_kept(run, ar_text(r, f)) : (struct ar_str){ NULL, 0 };
}

static const struct ar_str *list(struct match_run *run, const struct ar_rec *r, enum ar_f f, int *n)
{
	struct ar_str *v = NULL, *out;

	*n = ar_list(r, f, &v);
	if (!*n)
		return NULL;
	out = ar_arena_alloc(&run->io->mem, (size_t)*n * sizeof *out);
	for (int i = 0; i < *n; i++)
		out[i] = match_kept(run, v[i]);
	return out;
}

/* What a source calls a line, and what we call it. */
static const char *category_of(struct ar_str c)
{
	static const char *const name[][2] = { { "fee", "fee" }, { "charge", "fee" }, { "interest", "interest" }, { "sweep", "sweep" },
		{ "own_transfer", "own_transfer" }, { "transfer", "own_transfer" }, { "payout", "payout" }, { "tax", "tax" } };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (ar_streqz(c, name[i][0]))
			return name[i][1];
	return NULL;
}

static bool has_word(struct ar_str text, struct ar_str word)
{
	for (size_t at = 0; at + word.n <= text.n; at++)
		if ((!at || !ar_is_alnum(text.p[at - 1])) && (at + word.n == text.n || !ar_is_alnum(text.p[at + word.n])) &&
		    ar_str_caseeq((struct ar_str){ text.p + at, word.n }, word))
			return true;
	return false;
}

/* Beginnings of names are compared as names are, whatever the case, accents and signs; made once. */
static const struct ar_str *payer_keys(struct match_run *run, const struct ar_mc_class *c)
{
	struct ar_str **keys = &run->payer_keys[c - run->conf.class], two[2];

	if (*keys || !c->npayer)
		return *keys;
	*keys = ar_arena_alloc(&run->io->mem, (size_t)c->npayer * sizeof **keys);
	for (int i = 0; i < c->npayer; i++)
		(*keys)[i] = ar_name_keys(c->payer[i], two, &run->io->mem) ? two[0] : AR_STR("?");
	return *keys;
}

static bool in_class(struct match_run *run, const struct ar_mc_class *c, const struct ar_match_line *l, const struct ar_str *code, int ncode,
		     const struct ar_str *name, int nname)
{
	const struct ar_str *payer = payer_keys(run, c);

	for (int i = 0; i < c->ncode; i++)
		for (int k = 0; k < ncode; k++)
			if (code[k].n >= c->code[i].n && memcmp(code[k].p, c->code[i].p, c->code[i].n) == 0)
				return true;
	for (int i = 0; i < c->nword; i++)
		for (int k = 0; k < l->ntext; k++)
			if (has_word(l->text[k], c->word[i]))
				return true;
	for (int i = 0; i < c->npayer; i++)
		for (int k = 0; k < nname; k++)
			if (name[k].n >= payer[i].n && memcmp(name[k].p, payer[i].p, payer[i].n) == 0)
				return true;
	return false;
}

/* Fees, interest, sweeps, payouts, taxes: NULL, it is none of these. */
static const char *class_of(struct match_run *run, const struct ar_rec *r, const struct ar_match_line *l)
{
	const char *name = category_of(ar_raw_text(r, AR_F_category));
	struct ar_str *code = NULL, payer[2];
	int n = ar_list(r, AR_F_bank_code, &code), npayer = ar_name_keys(l->payer, payer, &run->mem);

	for (int i = 0; !name && i < run->conf.nclass; i++)
		if (in_class(run, &run->conf.class[i], l, code, n, payer, npayer))
			name = run->conf.class[i].name;
	ar_arena_reset(&run->mem);
	return name;
}

static const char *why_class(const char *name)
{
	static const char *const why[][2] = { { "payout", "a processor pays out what many customers paid, less fees: its own report tells whose" },
		{ "own_transfer", "money of ours moves between our own accounts" }, { "tax", "a tax office: no customer pays" } };

	for (size_t i = 0; i < sizeof why / sizeof *why; i++)
		if (strcmp(name, why[i][0]) == 0)
			return why[i][1];
	return "the bank's own business: a fee, interest or a transfer";
}

static bool code_is(const struct ar_rec *r, enum ar_f f, const char *absent, const char *want)
{
	struct ar_str s = ar_raw_text(r, f);

	return ar_streqz(s.n ? s : ar_str(absent), want);
}

/*
 * Why a line is no customer's receipt; leaves excluded NULL for those that are, and for
 * returns of them.
 */
static void classify(struct match_run *run, const struct ar_rec *r, struct ar_match_line *l)
{
	const char *class = class_of(run, r, l);
	bool out = l->amount < 0;

	if (!code_is(r, AR_F_status, "booked", "booked")) {
		l->excluded = "the bank has not booked the line";
		l->kind = "pending";
	} else if (l->amount == 0) {
		l->excluded = "the amount is zero";
		l->kind = "zero";
	} else if (l->booked != AR_DATE_NONE && l->booked > run->as_of) {
		l->excluded = "the line was booked after the day that is matched";
		l->kind = "future";
	} else if (ar_int(r, AR_F_incomplete, 0)) {
		l->excluded = "the statement is incomplete: nothing is decided from it";
		l->kind = "incomplete";
		l->counts = !out;
	} else if (class && !(l->returned && out)) {
		l->excluded = why_class(class);
		l->kind = class;
		l->counts = !out;
	} else if (l->returned && !out) {
		l->excluded = "money of ours comes back: no customer pays";
		l->kind = "reversal";
		l->counts = true;
	} else if (out && !l->returned) {
		l->excluded = "money goes out, and nothing says that a receipt goes back";
		l->kind = "payment_out";
	}
}

static struct pairing *pairing(struct match_run *run, struct held *h)
{
	if (!h->pair)
		h->pair = ar_arena_zero(&run->io->mem, sizeof *h->pair);
	return h->pair;
}

static void keep_link(struct match_run *run, struct held *h, int k, struct ar_str value)
{
	if (value.n && !pairing(run, h)->link[k].n)
		h->pair->link[k] = value;
}

/* What is not money of its own is excluded, whatever it would be alone. */
static void keep_role(struct match_run *run, const struct ar_rec *r, struct held *h)
{
	struct ar_match_line *l = &h->line;
	struct pairing *p;

	if (code_is(r, AR_F_role, "money", "money"))
		return;
	p = pairing(run, h);
	p->detail = code_is(r, AR_F_role, "money", "detail") &&
		    (!l->excluded || (strcmp(l->kind, "pending") != 0 && strcmp(l->kind, "zero") != 0 && strcmp(l->kind, "future") != 0 &&
				      strcmp(l->kind, "incomplete") != 0));
	p->alone.excluded = l->excluded;
	p->alone.kind = l->kind;
	p->alone.counts = l->counts;
	l->excluded = "the line is not money of its own: a detail or an advice of another line";
	l->kind = "detail";
	l->counts = false;
}

/*
 * What a line says, wherever it was read: downloads overlap, and then the same line stands in another statement, at another place.
 * So without statement and entry, which stand beside each other, and without src, the last field.
 */
static struct ar_hash128 content_of(struct match_run *run, const struct ar_rec *r)
{
	struct ar_buf *b = &run->story;
	size_t from, to, end;
	struct ar_hash128 h;

	b->n = 0;
	ar_rec_put_tell(r, b, AR_F_statement, &from, &to);
	if (ar_has(r, AR_F_entry))
		for (to += strlen(",\"entry\":"); b->p[to] != ',' && b->p[to] != '}'; to++)
			;
	end = b->n - (ar_has(r, AR_F_src) ? r->v[AR_F_src].n + strlen(",\"src\":\"\"}\n") : 0);
	memmove(b->p + from, b->p + to, end - to);
	h = ar_hash128(b->p, end - (to - from));
	b->n = 0;
	return h;
}

/* The same line once more. It is whole if one of its statements is; it goes by the first of its places in byte order. */
static void same_line(struct match_run *run, struct held *h, const struct ar_rec *r)
{
	struct ar_str src = ar_raw_text(r, AR_F_src), statement = ar_raw_text(r, AR_F_statement);

	if (ar_str_cmp(src, h->src) < 0)
		h->src = match_kept(run, src);
	if (ar_streq(statement, h->statement))
		return;
	run->also = match_more(run->also, run->nalso, &run->also_room, sizeof *run->also);
	run->also[run->nalso++] = (struct also){ match_kept(run, statement), h->also };
	h->also = (uint32_t)run->nalso;
}

static bool is_cut(const struct match_run *run, const struct held *h)
{
	bool cut = h->statement.n && ar_tab_get(&run->cut_statements, h->statement) != AR_TAB_NONE;

	for (uint32_t k = h->also; cut && k; k = run->also[k - 1].next)
		cut = run->also[k - 1].statement.n && ar_tab_get(&run->cut_statements, run->also[k - 1].statement) != AR_TAB_NONE;
	return cut;
}

/* Kinds of references that are numbers of ours, not of the payer or the banks. */
static bool is_ours(struct ar_str kind)
{
	static const char *const name[] = { "doc", "cn", "rf", "qrr", "isr", "cref", "ogm", "fi", "kid", "ocr", "nl" };

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		if (ar_streqz(kind, name[i]))
			return true;
	return false;
}

/* References that name a document as such stand apart from those that may. */
static void hold_references(struct match_run *run, const struct ar_rec *r, struct held *h)
{
	static const char *const link[MATCH_LINKS] = { "entry", "ntry", "batch" };
	struct ar_match_line *l = &h->line;
	struct ar_str *v = NULL, *doc, *ref;
	int n = ar_list(r, AR_F_references, &v);

	if (n > UINT16_MAX)
		n = UINT16_MAX;
	if (!n)
		return;
	ref = ar_arena_alloc(&run->io->mem, (size_t)n * sizeof *ref);
	doc = ar_arena_alloc(&run->io->mem, (size_t)n * sizeof *doc);
	for (int i = 0; i < n; i++) {
		struct ar_str kind, value = ar_str_cut(v[i], '=', &kind);

		l->cites |= value.p && is_ours(kind);
		if (value.p && (ar_streqz(kind, "doc") || ar_streqz(kind, "cn")))
			doc[l->ndoc++] = match_kept(run, value);
		else
			ref[l->nref++] = match_kept(run, value.p ? value : v[i]);
		for (int k = 0; value.p && k < MATCH_LINKS; k++)
			if (ar_streqz(kind, link[k]))
				keep_link(run, h, k, match_kept(run, value));
	}
	l->ref = ref;
	l->doc = doc;
}

static bool country(struct ar_str account, char out[2])
{
	if (account.n < 8 || !ar_is_alpha(account.p[0]) || !ar_is_alpha(account.p[1]) || !ar_is_digit(account.p[2]))
		return false;
	out[0] = ar_upper(account.p[0]);
	out[1] = ar_upper(account.p[1]);
	return true;
}

static bool crosses_border(struct ar_str a, struct ar_str b)
{
	char x[2], y[2];

	return country(a, x) && country(b, y) && memcmp(x, y, 2) != 0;
}

/* 1: the same line again. */
static int hold_line(struct match_run *run, const struct ar_rec *r)
{
	struct held *h;
	struct ar_match_line *l;
	struct ar_str id = ar_raw_text(r, AR_F_id);
	struct ar_hash128 content = content_of(run, r);
	bool fresh;
	uint32_t k = ar_tab_add(&run->line_ids, id, &fresh);
	size_t e = 0;
	int n;

	if (!fresh && ar_hash128_eq(run->line[k].content, content)) {
		same_line(run, &run->line[k], r);
		ar_io_note(run->io, "collapsed", 1);
		return 1;
	}
	if (!fresh) {
		ar_err(&run->io->err, AR_DAMAGED, "duplicate_id",
		       "another bank line of this id was read already");
		return ar_err_advice(&run->io->err,
				     "give every statement once; ids of lines must differ");
	}
	while (e < id.n && id.p[e] != '/')
		e++;
	run->line = match_more(run->line, run->nline, &run->line_room, sizeof *run->line);
	h = &run->line[run->nline++];
	*h = (struct held){ .content = content,
			    .statement = raw(run, r, AR_F_statement),
			    .src = raw(run, r, AR_F_src) };
	l = &h->line;
	l->id = match_kept(run, id);
	l->entity = (struct ar_str){ l->id.p, e };
	l->payer = text(run, r, ar_has(r, AR_F_ultimate_payer) ? AR_F_ultimate_payer : AR_F_payer);
	l->payer_account = text(run, r, AR_F_payer_account);
	l->end_to_end = text(run, r, AR_F_end_to_end);
	l->original_reference = text(run, r, AR_F_original_reference);
	l->check_number = text(run, r, AR_F_check_number);
	l->text = list(run, r, AR_F_text, &n);
	l->ntext = (uint16_t)(n < UINT16_MAX ? n : UINT16_MAX);
	hold_references(run, r, h);
	keep_link(run, h, MATCH_LINKS - 1, text(run, r, AR_F_batch));
	l->ccy = (uint16_t)ar_currency(r, AR_F_currency);
	l->amount = ar_minor(r, AR_F_amount);
	l->booked = ar_day(r, AR_F_booked);
	h->date = l->booked != AR_DATE_NONE ? l->booked
		  : ar_has(r, AR_F_value)   ? ar_day(r, AR_F_value)
					    : run->as_of;
	l->instructed_ccy = ar_currency(r, AR_F_instructed_currency);
	l->instructed = ar_minor(r, AR_F_instructed_amount);
	l->charges_ccy = ar_currency(r, AR_F_bank_charges_currency);
	l->charges = ar_minor(r, AR_F_bank_charges);
	h->bank_account = text(run, r, AR_F_account);
	ar_tab_add(&run->own_accounts, ar_account_key(h->bank_account, &run->mem), NULL);
	l->foreign = crosses_border(h->bank_account, l->payer_account);
	l->returned = ar_int(r, AR_F_reversal, 0) || ar_has(r, AR_F_return_reason);
	classify(run, r, l);
	keep_role(run, r, h);
	return 0;
}

static int hold_remit(struct match_run *run, const struct ar_rec *r)
{
	uint32_t k = ar_tab_add(&run->remit_ids, ar_raw_text(r, AR_F_id), NULL);
	struct ar_match_remit *m;

	while (run->nremit <= k) {
		run->remit = match_more(run->remit, run->nremit, &run->remit_room, sizeof *run->remit);
		run->remit[run->nremit++] = (struct ar_match_remit){ 0 };
	}
	m = &run->remit[k];
	if (m->id.n) {
		ar_err(&run->io->err, AR_DAMAGED, "duplicate_id",
		       "a remittance of this id was read already");
		return ar_err_advice(&run->io->err, "give every remittance once");
	}
	*m = (struct ar_match_remit){ .id = raw(run, r, AR_F_id),
				      .payment_reference = text(run, r, AR_F_payment_reference),
				      .payer_account = text(run, r, AR_F_payer_account),
				      .payer = text(run, r, AR_F_payer),
				      .ccy = (uint16_t)ar_currency(r, AR_F_currency),
				      .amount = ar_minor(r, AR_F_amount),
				      .date = ar_day(r, AR_F_date) };
	return 0;
}

static void hold_listed(struct match_run *run, const struct ar_rec *r)
{
	struct listed *x;
	uint32_t k = ar_tab_add(&run->remit_ids, ar_raw_text(r, AR_F_remittance), NULL);

	while (run->nremit <= k) { /* its head may come later */
		run->remit = match_more(run->remit, run->nremit, &run->remit_room, sizeof *run->remit);
		run->remit[run->nremit++] = (struct ar_match_remit){ 0 };
	}
	run->listed = match_more(run->listed, run->nlisted, &run->listed_room, sizeof *run->listed);
	x = &run->listed[run->nlisted++];
	*x = (struct listed){ .remit = k,
			      .id = raw(run, r, AR_F_id),
			      .ccy = (uint16_t)ar_currency(r, AR_F_currency) };
	x->line = (struct ar_match_remit_line){ x->id,
						text(run, r, AR_F_document),
						ar_minor(r, AR_F_gross),
						ar_minor(r, AR_F_discount),
						ar_minor(r, AR_F_adjustment),
						ar_minor(r, AR_F_net),
						text(run, r, AR_F_adjustment_reason) };
}

static void hold_order(struct match_run *run, const struct ar_rec *r)
{
	run->order = match_more(run->order, run->norder, &run->order_room, sizeof *run->order);
	run->order[run->norder++] = (struct ar_match_order){ .id = raw(run, r, AR_F_id), .entity = raw(run, r, AR_F_entity),
		.customer = raw(run, r, AR_F_customer), .number = text(run, r, AR_F_number), .ccy = (uint16_t)ar_currency(r, AR_F_currency),
		.amount = ar_minor(r, AR_F_amount) };
}

static int read_record(struct match_run *run, const struct ar_rec *r)
{
	switch (r->type) {
	case AR_T_bank_line:
		return hold_line(run, r);
	case AR_T_remittance:
		return hold_remit(run, r);
	case AR_T_remittance_line:
		hold_listed(run, r);
		return 0;
	case AR_T_order:
		hold_order(run, r);
		return 0;
	case AR_T_rate:
		ar_rates_add(run->rates, r);
		return 0;
	case AR_T_statement:
		if (!ar_int(r, AR_F_complete, 0))
			ar_tab_add(&run->cut_statements, ar_raw_text(r, AR_F_id), NULL);
		return 0;
	default:
		return ar_open_add(run->open, r, &run->io->err);
	}
}

int match_read_input(struct match_run *run)
{
	static const enum ar_f document[] = {
		AR_F_number,	    AR_F_references,	  AR_F_po,	  AR_F_order, AR_F_delivery,
		AR_F_discount_date, AR_F_discount_amount, AR_F_reference, AR_F_date
	};
	static const enum ar_f customer[] = { AR_F_name,   AR_F_entity,	 AR_F_payer,
					      AR_F_parent, AR_F_aliases, AR_F_bank_accounts, AR_F_system_id };
	struct ar_rec *r;
	int rc;

	run->rates = ar_rates_new(7);
	run->open = ar_open_new(
		&(struct ar_open_params){ .as_of = run->as_of, .known_at = run->known_at });
	for (size_t i = 0; i < sizeof document / sizeof *document; i++)
		ar_open_keep(run->open, document[i]);
	for (size_t i = 0; i < sizeof customer / sizeof *customer; i++)
		ar_open_keep_customer(run->open, customer[i]);
	while ((rc = ar_io_next(run->io, &r)) > 0) {
		int one = read_record(run, r);

		if (one < 0)
			ar_io_reject(run->io, r);
		else
			run->taken += one == 0;
	}
	return rc < 0 ? -1 : ar_open_close(run->open, &run->io->err);
}

/* ---- feeding ---- */

/* Text and lists as ar/open keeps them, still escaped: decoded through a scratch record. */
struct ar_str match_plain(struct match_run *run, struct ar_str s)
{
	if (!s.n || !memchr(s.p, '\\', s.n))
		return s;
	ar_rec_start(&run->scratch, AR_T_invoice);
	ar_set_raw(&run->scratch, AR_F_memo, s);
	return match_kept(run, ar_text(&run->scratch, AR_F_memo));
}

static const struct ar_str *plain_list(struct match_run *run, struct ar_str s, int *n)
{
	*n = 0;
	if (!s.n)
		return NULL;
	ar_rec_start(&run->scratch, AR_T_invoice);
	ar_set_raw(&run->scratch, AR_F_references, s);
	run->scratch.v[AR_F_references].i =
		(int64_t)s.n / 3 + 1; /* room: an element is at least "x", */
	return list(run, &run->scratch, AR_F_references, n);
}

void match_feed_customers(struct match_run *run, struct ar_match *to)
{
	const struct ar_open *o = run->open;

	for (uint32_t c = 0; c < ar_open_customers(o); c++) {
		struct ar_match_customer m = { .id = ar_open_customer(o, c) };
		size_t e = 0;

		while (e < m.id.n && m.id.p[e] != '/')
			e++;
		m.entity = (struct ar_str){ m.id.p, e };
		m.payer = ar_open_customer_text(o, c, AR_F_payer);
		m.parent = ar_open_customer_text(o, c, AR_F_parent);
		m.name = match_plain(run, ar_open_customer_text(o, c, AR_F_name));
		m.number = match_plain(run, ar_open_customer_text(o, c, AR_F_system_id));
		m.alias = plain_list(run, ar_open_customer_text(o, c, AR_F_aliases), &m.nalias);
		m.account = plain_list(run, ar_open_customer_text(o, c, AR_F_bank_accounts),
				       &m.naccount);
		ar_match_add_customer(to, &m);
		ar_arena_reset(&run->mem);
	}
}

void match_feed_item(struct match_run *run, struct ar_match *to, const struct ar_item *it, int64_t left, ar_date settled)
{
	const struct ar_open *o = run->open;
	bool credit = it->type == AR_T_credit_memo;
	int64_t open = credit ? (left < 0 ? left : 0) : left > 0 ? left : 0, v;
	struct ar_match_item m = { .id = ar_open_id(o, it),
				   .entity = ar_open_entity(o, it->entity),
				   .ccy = it->ccy,
				   .credit = credit,
				   .amount = it->amount,
				   .open = open,
				   .due = it->due != AR_DATE_NONE ? it->due : it->issued,
				   .issued = it->issued,
				   .settled = open ? AR_DATE_NONE : settled,
				   .discount_date = AR_DATE_NONE };

	m.customer = ar_open_customer(o, it->customer);
	m.number = match_plain(run, ar_open_text(o, it, AR_F_number));
	m.po = match_plain(run, ar_open_text(o, it, AR_F_po));
	m.order = match_plain(run, ar_open_text(o, it, AR_F_order));
	m.delivery = match_plain(run, ar_open_text(o, it, AR_F_delivery));
	m.ref = plain_list(run, ar_open_text(o, it, AR_F_references), &m.nref);
	if (ar_open_int(o, it, AR_F_discount_amount, &v) && v > 0)
		m.discount = v;
	if (ar_open_int(o, it, AR_F_discount_date, &v))
		m.discount_date = (ar_date)v;
	ar_match_add_item(to, &m);
}

static void feed_documents(struct match_run *run)
{
	const struct ar_open *o = run->open;

	for (size_t i = 0; i < ar_open_count(o); i++) {
		const struct ar_item *it = ar_open_item(o, i);
		struct ar_match_payment p;
		int64_t day;

		ar_arena_reset(&run->mem);
		if (it->type == AR_T_refund || it->amount == 0)
			continue;
		if (it->type != AR_T_payment) {
			if (it->customer != AR_OPEN_NOBODY)
				match_feed_item(run, run->match, it, it->open, it->settled);
			continue;
		}
		p = (struct ar_match_payment){ .id = ar_open_id(o, it),
					       .entity = ar_open_entity(o, it->entity),
					       .ccy = it->ccy,
					       .amount = it->amount };
		if (it->customer != AR_OPEN_NOBODY)
			p.customer = ar_open_customer(o, it->customer);
		p.number = match_plain(run, ar_open_text(o, it, AR_F_number));
		p.reference = match_plain(run, ar_open_text(o, it, AR_F_reference));
		p.date = ar_open_int(o, it, AR_F_date, &day) ? (ar_date)day : AR_DATE_NONE;
		ar_match_add_payment(run->match, &p);
	}
}

static int by_listed(const void *a, const void *b, void *ctx)
{
	const struct listed *x = a, *y = b;

	(void)ctx;
	if (x->remit != y->remit)
		return x->remit < y->remit ? -1 : 1;
	return ar_str_cmp(x->id, y->id);
}

/* A remittance takes part if its head came and all its lines are in its currency. */
static void feed_remits(struct match_run *run)
{
	size_t at = 0;

	ar_sort(run->listed, run->nlisted, sizeof *run->listed, by_listed, NULL);
	for (uint32_t k = 0; k < run->nremit; k++) {
		struct ar_match_remit *m = &run->remit[k];
		size_t from = at;
		bool good = m->id.n > 0;

		while (at < run->nlisted && run->listed[at].remit == k)
			at++;
		m->nline = (int)(at - from);
		m->line = ar_arena_alloc(&run->io->mem, (at - from) * sizeof *m->line);
		for (size_t i = from; i < at; i++) {
			m->line[i - from] = run->listed[i].line;
			good &= run->listed[i].ccy == m->ccy;
		}
		if (good)
			ar_match_add_remit(run->match, m);
		else
			ar_io_note(run->io, "remittances_unusable", 1);
	}
}

/* What only the whole input tells: accounts of ours, statements that were cut. */
static void set_apart(struct match_run *run, struct held *h)
{
	struct ar_match_line *l = &h->line;

	if ((!l->excluded || (l->amount < 0 && !l->returned && strcmp(l->kind, "payment_out") == 0)) && l->payer_account.n &&
	    ar_tab_get(&run->own_accounts, ar_account_key(l->payer_account, &run->mem)) != AR_TAB_NONE) {
		l->excluded = why_class("own_transfer");
		l->kind = "own_transfer";
		l->counts = l->amount > 0;
	}
	/* details that come to a line's amount are complete, whatever held them */
	if (!l->excluded && !(h->pair && h->pair->batch.n) && is_cut(run, h)) {
		l->excluded = "the statement is incomplete: nothing is decided from it";
		l->kind = "incomplete";
		l->counts = l->amount > 0;
	}
	ar_arena_reset(&run->mem);
}

static void feed_lines(struct match_run *run)
{
	for (size_t i = 0; i < run->nline; i++)
		set_apart(run, &run->line[i]);
	match_pair(run);
	for (size_t i = 0; i < run->nline; i++) {
		if (run->line[i].pair && run->line[i].pair->batch.n)
			set_apart(run, &run->line[i]);
		ar_match_add_line(run->match, &run->line[i].line);
	}
}

static int by_line_id(const void *a, const void *b, void *ctx)
{
	const struct held *line = ctx;

	return ar_str_cmp(line[*(const uint32_t *)a].line.id, line[*(const uint32_t *)b].line.id);
}

/* Places are sorted, the wide lines moved once. */
static void sort_lines(struct match_run *run)
{
	uint32_t *at = ar_malloc((run->nline + 1) * sizeof *at);

	for (size_t i = 0; i < run->nline; i++)
		at[i] = (uint32_t)i;
	ar_sort(at, run->nline, sizeof *at, by_line_id, run->line);
	ar_reorder(run->line, run->nline, sizeof *run->line, at);
	free(at);
}

static bool convert(void *ctx, struct ar_str entity, ar_date day, int64_t minor, int from, int to, int64_t *out)
{
	struct match_run *run = ctx;

	return ar_rates_convert(run->rates, entity, day, minor, from, to, AR_HALF_UP, out);
}

void match_feed(struct match_run *run)
{
	if (ar_rates_any(run->rates)) {
		run->policy.convert = convert;
		run->policy.ctx = run;
	}
	run->match = ar_match_new(&run->policy, &run->words);
	match_feed_customers(run, run->match);
	feed_documents(run);
	feed_remits(run);
	for (size_t i = 0; i < run->norder; i++)
		ar_match_add_order(run->match, &run->order[i]);
	sort_lines(run);
	feed_lines(run);
	match_feed_aliases(run);
}
