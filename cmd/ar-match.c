/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-match - cash application: proposes who paid what. */
#include "config.h"

#include "ar/match.h"
#include "ar/open.h"
#include "base/conf.h"
#include "base/sort.h"
#include "rec/tool.h"

#include <stdlib.h>

static struct ar_tool tool;

static struct {
	ar_date as_of;
	int64_t known_at;
	const char *policy, *explain;
	bool summary;
} cfg = { .as_of = AR_DATE_NONE, .known_at = INT64_MAX };

static int opt_explain(const char *value, void *var, const char **shown, struct ar_err *e)
{
	(void)var;
	(void)shown;
	(void)e;
	cfg.explain = value;
	tool.flags |= AR_TOOL_TEXT; /* the story of one line instead of the stream */
	return 0;
}

static const struct ar_opt opts[] = {
	AR_AS_OF(&cfg.as_of, "The day whose open items are matched (required); lines booked later "
			     "are not looked at; today must be said"),
	{ AR_O_PARSE, "known-at", "TIME",
	  "Only what was recorded by then counts: a moment, or a date for its end. Default: "
	  "everything in the input",
	  &cfg.known_at, AR_OPT_SHOWN, ar_opt_time },
	{ AR_O_FILE, "policy", "FILE",
	  "What may be decided alone, and words that introduce numbers; see POLICY in the manual "
	  "page",
	  &cfg.policy, AR_OPT_SHOWN, NULL },
	{ AR_O_PARSE, "explain", "ID",
	  "Instead of the stream, tell in plain words how the bank line ID was decided, and why "
	  "the other rules did not decide it",
	  NULL, 0, opt_explain },
	{ AR_O_FLAG, "summary", NULL,
	  "Tell counts and sums per decision and currency on standard error", &cfg.summary, 0,
	  NULL },
	AR_OPT_END
};

struct run {
	struct ar_io *io;
	struct ar_open *open;
	struct ar_match *match;
	struct ar_match_policy policy;
	struct ar_words words;
	struct ar_tab cut_statements; /* statements that did not end properly */
	struct ar_tab line_ids;
	struct ar_tab remit_ids;
	struct held {
		struct ar_match_line line;
		struct ar_str statement, src;
		ar_date date;
		struct ar_hash128 content;
	} * line;
	struct ar_match_remit *remit;
	struct listed {
		uint32_t remit;
		struct ar_match_remit_line line;
		struct ar_str id;
		uint16_t ccy;
	} * listed;
	size_t nline, line_room, nremit, remit_room, nlisted, listed_room;
	uint64_t taken;
	struct ar_rec scratch, rec;
	struct ar_arena mem; /* of scratch and rec */
	struct ar_buf story;
};

/* ---- policy ---- */

static int bad_word(struct ar_conf_key *k, const char *what, struct ar_str word, struct ar_err *e)
{
	ar_err(e, AR_USAGE, "conf_value", "%.*s: '%.*s' is not %s", AR_STR_FMT(k->name),
	       AR_STR_FMT(word), what);
	return ar_err_at(e, k->file, k->line);
}

static int read_autos(struct run *run, struct ar_conf_key *k, struct ar_err *e)
{
	struct ar_str rest = k->value, piece;

	run->policy.autos = 0;
	while (ar_conf_split(&rest, ',', &piece)) {
		int r = ar_match_rule_find(piece);

		if (ar_streqz(piece, "none"))
			continue;
		if (r < 0)
			return bad_word(k,
					"a rule that may decide alone (ref.equal ref.sum remit.all "
					"number.equal number.sum amount.unique), or none",
					piece, e);
		run->policy.autos |= 1u << r;
	}
	return 0;
}

static int read_generate(struct run *run, struct ar_conf_key *k, struct ar_err *e)
{
	struct ar_str rest = k->value, piece;

	while (ar_conf_split(&rest, ',', &piece)) {
		int r = ar_ref_find(piece);

		if (r < 0)
			return bad_word(k, "a kind of reference: rf qrr ogm fi kid ocr nl", piece,
					e);
		run->policy.make |= 1u << r;
	}
	return 0;
}

static int read_words(struct run *run, struct ar_conf_sec *s, const char *name, enum ar_word kind,
		      struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	struct ar_str rest, piece;
	int rc = ar_conf_get(s, name, &k, e);

	if (rc <= 0)
		return rc;
	for (rest = k->value; ar_conf_split(&rest, ',', &piece);)
		if (!ar_words_add(&run->words, kind, ar_conf_unquote(&run->io->mem, piece)))
			return bad_word(k, "a word of letters", piece, e);
	return 0;
}

/* auto or suggest */
static int read_choice(struct ar_conf_sec *s, const char *name, bool *autos, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	int rc = ar_conf_get(s, name, &k, e);

	if (rc <= 0)
		return rc;
	*autos = ar_streqz(k->value, "auto");
	return *autos || ar_streqz(k->value, "suggest")
		       ? 0
		       : bad_word(k, "auto or suggest", k->value, e);
}

static int read_section(struct run *run, struct ar_conf_sec *s, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	int64_t grace = 0;
	int rc = ar_conf_get(s, "auto", &k, e);

	if (rc < 0 || (rc && read_autos(run, k, e) < 0))
		return -1;
	rc = ar_conf_get(s, "generate", &k, e);
	if (rc < 0 || (rc && read_generate(run, k, e) < 0))
		return -1;
	if (ar_conf_get_uint(s, "grace_days", 60, &grace, e) < 0)
		return -1;
	run->policy.grace_days = (int)grace;
	if (read_choice(s, "overpayment", &run->policy.over_auto, e) < 0 ||
	    read_choice(s, "discount", &run->policy.discount_auto, e) < 0)
		return -1;
	if (read_words(run, s, "document_words", AR_WORD_DOCUMENT, e) < 0 ||
	    read_words(run, s, "order_words", AR_WORD_ORDER, e) < 0)
		return -1;
	return read_words(run, s, "customer_words", AR_WORD_PARTY, e) < 0 ||
			       read_words(run, s, "phone_words", AR_WORD_PHONE, e) < 0
		       ? -1
		       : 0;
}

static int read_policy(struct run *run)
{
	struct ar_err *e = &run->io->err;
	struct ar_conf conf;
	struct ar_conf_sec *s;
	const char *base = cfg.policy ? strrchr(cfg.policy, '/') : NULL;
	size_t n;
	char *p;
	int rc;

	ar_match_policy_init(&run->policy);
	ar_words_init(&run->words);
	if (!cfg.policy)
		return 0;
	p = ar_io_slurp(run->io, cfg.policy, AR_CONF_MAX_FILE, &n);
	if (!p || ar_conf_parse(&conf, &run->io->mem, base ? base + 1 : cfg.policy, p, n, e) < 0)
		return -1;
	rc = ar_conf_get_sec(&conf, "match", &s, e);
	if (rc < 0 || (rc && read_section(run, s, e) < 0))
		return -1;
	return ar_conf_unused(&conf, e);
}

/* ---- reading ---- */

static void *more(void *v, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return v;
	*room = *room ? *room * 2 : 64;
	return ar_realloc(v, *room * size);
}

static struct ar_str kept(struct run *run, struct ar_str s)
{
	return s.n ? ar_arena_str(&run->io->mem, s) : (struct ar_str){ NULL, 0 };
}

static struct ar_str raw(struct run *run, const struct ar_rec *r, enum ar_f f)
{
	return kept(run, ar_raw_text(r, f));
}

static struct ar_str text(struct run *run, const struct ar_rec *r, enum ar_f f)
{
	return ar_has(r, f) ? kept(run, ar_text(r, f)) : (struct ar_str){ NULL, 0 };
}

static const struct ar_str *list(struct run *run, const struct ar_rec *r, enum ar_f f, bool values,
				 int *n)
{
	struct ar_str *v = NULL, *out;

	*n = ar_list(r, f, &v);
	if (!*n)
		return NULL;
	out = ar_arena_alloc(&run->io->mem, (size_t)*n * sizeof *out);
	for (int i = 0; i < *n; i++) {
		struct ar_str kind, value = values ? ar_str_cut(v[i], '=', &kind) : v[i];

		out[i] = kept(run, value.p ? value : v[i]);
	}
	return out;
}

/* Account management and cash management of the bank itself: fees, interest, sweeps. */
static bool bank_business(struct run *run, const struct ar_rec *r)
{
	static const char *const category[] = { "fee",		"charge",   "interest", "sweep",
						"own_transfer", "transfer", "payout",	"tax" };
	struct ar_str c = ar_raw_text(r, AR_F_category);
	const struct ar_str *code;
	int n;

	for (size_t i = 0; i < sizeof category / sizeof *category; i++)
		if (ar_streqz(c, category[i]))
			return true;
	code = list(run, r, AR_F_bank_code, true, &n);
	for (int i = 0; i < n; i++)
		if (ar_str_starts(code[i], "ACMT") || ar_str_starts(code[i], "CAMT"))
			return true;
	return false;
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
static void classify(struct run *run, const struct ar_rec *r, struct ar_match_line *l)
{
	bool out = l->amount < 0;

	if (!code_is(r, AR_F_role, "money", "money")) {
		l->excluded =
			"the line is not money of its own: a detail or an advice of another line";
		l->kind = "detail";
	} else if (!code_is(r, AR_F_status, "booked", "booked")) {
		l->excluded = "the bank has not booked the line";
		l->kind = "pending";
	} else if (l->amount == 0) {
		l->excluded = "the amount is zero";
		l->kind = "zero";
	} else if (l->booked != AR_DATE_NONE && l->booked > cfg.as_of) {
		l->excluded = "the line was booked after the day that is matched";
		l->kind = "future";
	} else if (ar_int(r, AR_F_incomplete, 0)) {
		l->excluded = "the statement is incomplete: nothing is decided from it";
		l->kind = "incomplete";
		l->counts = !out;
	} else if (bank_business(run, r)) {
		l->excluded = "the bank's own business: a fee, interest or a transfer";
		l->kind = "bank";
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

/* What a line says, wherever it was read: statements may overlap. */
static struct ar_hash128 content_of(struct run *run, const struct ar_rec *r)
{
	struct ar_hash128 h;

	ar_arena_reset(&run->mem);
	ar_rec_copy(&run->scratch, r, &run->mem);
	ar_unset(&run->scratch, AR_F_src);
	run->story.n = 0;
	ar_rec_put(&run->scratch, &run->story);
	h = ar_hash128(run->story.p, run->story.n);
	run->story.n = 0;
	return h;
}

/* Where numbers are looked for: the text, and the documents that the payer names one by one. */
static const struct ar_str *words(struct run *run, const struct ar_rec *r, int *n)
{
	struct ar_str *v = NULL, *out, kind, value;
	int lines, refs = ar_list(r, AR_F_references, &v);
	const struct ar_str *line = list(run, r, AR_F_text, false, &lines);

	out = ar_arena_alloc(&run->io->mem, ((size_t)lines + (size_t)refs + 1) * sizeof *out);
	if (lines)
		memcpy(out, line, (size_t)lines * sizeof *out);
	*n = lines;
	for (int i = 0; i < refs; i++) {
		value = ar_str_cut(v[i], '=', &kind);
		if (ar_streqz(kind, "doc") || ar_streqz(kind, "cn"))
			out[(*n)++] = kept(run, value);
	}
	return out;
}

/* 1: the same line again. */
static int hold_line(struct run *run, const struct ar_rec *r)
{
	struct held *h;
	struct ar_match_line *l;
	struct ar_str id = ar_raw_text(r, AR_F_id);
	struct ar_hash128 content = content_of(run, r);
	bool fresh;
	uint32_t k = ar_tab_add(&run->line_ids, id, &fresh);
	size_t e = 0;

	if (!fresh && ar_hash128_eq(run->line[k].content, content)) {
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
	run->line = more(run->line, run->nline, &run->line_room, sizeof *run->line);
	h = &run->line[run->nline++];
	*h = (struct held){ .content = content,
			    .statement = raw(run, r, AR_F_statement),
			    .src = raw(run, r, AR_F_src) };
	l = &h->line;
	l->id = kept(run, id);
	l->entity = (struct ar_str){ l->id.p, e };
	l->payer = text(run, r, ar_has(r, AR_F_ultimate_payer) ? AR_F_ultimate_payer : AR_F_payer);
	l->payer_account = text(run, r, AR_F_payer_account);
	l->end_to_end = text(run, r, AR_F_end_to_end);
	l->original_reference = text(run, r, AR_F_original_reference);
	l->check_number = text(run, r, AR_F_check_number);
	l->text = words(run, r, &l->ntext);
	l->ref = list(run, r, AR_F_references, true, &l->nref);
	l->ccy = (uint16_t)ar_currency(r, AR_F_currency);
	l->amount = ar_minor(r, AR_F_amount);
	l->booked = ar_day(r, AR_F_booked);
	h->date = l->booked != AR_DATE_NONE ? l->booked
		  : ar_has(r, AR_F_value)   ? ar_day(r, AR_F_value)
					    : cfg.as_of;
	l->instructed_ccy = ar_currency(r, AR_F_instructed_currency);
	l->instructed = ar_minor(r, AR_F_instructed_amount);
	l->charges_ccy = ar_currency(r, AR_F_bank_charges_currency);
	l->charges = ar_minor(r, AR_F_bank_charges);
	l->returned = ar_int(r, AR_F_reversal, 0) || ar_has(r, AR_F_return_reason);
	classify(run, r, l);
	return 0;
}

static int hold_remit(struct run *run, const struct ar_rec *r)
{
	uint32_t k = ar_tab_add(&run->remit_ids, ar_raw_text(r, AR_F_id), NULL);
	struct ar_match_remit *m;

	while (run->nremit <= k) {
		run->remit = more(run->remit, run->nremit, &run->remit_room, sizeof *run->remit);
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
				      .ccy = (uint16_t)ar_currency(r, AR_F_currency),
				      .amount = ar_minor(r, AR_F_amount),
				      .date = ar_day(r, AR_F_date) };
	return 0;
}

static void hold_listed(struct run *run, const struct ar_rec *r)
{
	struct listed *x;
	uint32_t k = ar_tab_add(&run->remit_ids, ar_raw_text(r, AR_F_remittance), NULL);

	while (run->nremit <= k) { /* its head may come later */
		run->remit = more(run->remit, run->nremit, &run->remit_room, sizeof *run->remit);
		run->remit[run->nremit++] = (struct ar_match_remit){ 0 };
	}
	run->listed = more(run->listed, run->nlisted, &run->listed_room, sizeof *run->listed);
	x = &run->listed[run->nlisted++];
	*x = (struct listed){ .remit = k,
			      .id = raw(run, r, AR_F_id),
			      .ccy = (uint16_t)ar_currency(r, AR_F_currency) };
	x->line = (struct ar_match_remit_line){ x->id,
						text(run, r, AR_F_document),
						ar_minor(r, AR_F_gross),
						ar_minor(r, AR_F_discount),
						ar_minor(r, AR_F_adjustment),
						ar_minor(r, AR_F_net) };
}

static int read_record(struct run *run, const struct ar_rec *r)
{
	switch (r->type) {
	case AR_T_bank_line:
		return hold_line(run, r);
	case AR_T_remittance:
		return hold_remit(run, r);
	case AR_T_remittance_line:
		hold_listed(run, r);
		return 0;
	case AR_T_statement:
		if (!ar_int(r, AR_F_complete, 0))
			ar_tab_add(&run->cut_statements, ar_raw_text(r, AR_F_id), NULL);
		return 0;
	default:
		return ar_open_add(run->open, r, &run->io->err);
	}
}

static int read_input(struct run *run)
{
	static const enum ar_f document[] = {
		AR_F_number,	    AR_F_references,	  AR_F_po,	  AR_F_order, AR_F_delivery,
		AR_F_discount_date, AR_F_discount_amount, AR_F_reference, AR_F_date
	};
	static const enum ar_f customer[] = { AR_F_name,   AR_F_entity,	 AR_F_payer,
					      AR_F_parent, AR_F_aliases, AR_F_bank_accounts };
	struct ar_rec *r;
	int rc;

	run->open = ar_open_new(
		&(struct ar_open_params){ .as_of = cfg.as_of, .known_at = cfg.known_at });
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
static struct ar_str plain(struct run *run, struct ar_str s)
{
	if (!s.n || !memchr(s.p, '\\', s.n))
		return s;
	ar_rec_start(&run->scratch, AR_T_invoice);
	ar_set_raw(&run->scratch, AR_F_memo, s);
	return kept(run, ar_text(&run->scratch, AR_F_memo));
}

static const struct ar_str *plain_list(struct run *run, struct ar_str s, int *n)
{
	*n = 0;
	if (!s.n)
		return NULL;
	ar_rec_start(&run->scratch, AR_T_invoice);
	ar_set_raw(&run->scratch, AR_F_references, s);
	run->scratch.v[AR_F_references].i =
		(int64_t)s.n / 3 + 1; /* room: an element is at least "x", */
	return list(run, &run->scratch, AR_F_references, false, n);
}

static void feed_customers(struct run *run)
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
		m.name = plain(run, ar_open_customer_text(o, c, AR_F_name));
		m.alias = plain_list(run, ar_open_customer_text(o, c, AR_F_aliases), &m.nalias);
		m.account = plain_list(run, ar_open_customer_text(o, c, AR_F_bank_accounts),
				       &m.naccount);
		ar_match_add_customer(run->match, &m);
		ar_arena_reset(&run->mem);
	}
}

static void feed_item(struct run *run, const struct ar_item *it)
{
	const struct ar_open *o = run->open;
	bool credit = it->type == AR_T_credit_memo;
	int64_t open = credit ? (it->open < 0 ? it->open : 0) : it->open > 0 ? it->open : 0, v;
	struct ar_match_item m = { .id = ar_open_id(o, it),
				   .entity = ar_open_entity(o, it->entity),
				   .ccy = it->ccy,
				   .credit = credit,
				   .amount = it->amount,
				   .open = open,
				   .due = it->due != AR_DATE_NONE ? it->due : it->issued,
				   .settled = open ? AR_DATE_NONE : it->settled,
				   .discount_date = AR_DATE_NONE };

	m.customer = ar_open_customer(o, it->customer);
	m.number = plain(run, ar_open_text(o, it, AR_F_number));
	m.po = plain(run, ar_open_text(o, it, AR_F_po));
	m.order = plain(run, ar_open_text(o, it, AR_F_order));
	m.delivery = plain(run, ar_open_text(o, it, AR_F_delivery));
	m.ref = plain_list(run, ar_open_text(o, it, AR_F_references), &m.nref);
	if (ar_open_int(o, it, AR_F_discount_amount, &v) && v > 0)
		m.discount = v;
	if (ar_open_int(o, it, AR_F_discount_date, &v))
		m.discount_date = (ar_date)v;
	ar_match_add_item(run->match, &m);
}

static void feed_documents(struct run *run)
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
				feed_item(run, it);
			continue;
		}
		p = (struct ar_match_payment){ .id = ar_open_id(o, it),
					       .entity = ar_open_entity(o, it->entity),
					       .ccy = it->ccy,
					       .amount = it->amount };
		if (it->customer != AR_OPEN_NOBODY)
			p.customer = ar_open_customer(o, it->customer);
		p.number = plain(run, ar_open_text(o, it, AR_F_number));
		p.reference = plain(run, ar_open_text(o, it, AR_F_reference));
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
static void feed_remits(struct run *run)
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

static void feed_lines(struct run *run)
{
	for (size_t i = 0; i < run->nline; i++) {
		struct ar_match_line *l = &run->line[i].line;

		if (!l->excluded && run->line[i].statement.n &&
		    ar_tab_get(&run->cut_statements, run->line[i].statement) != AR_TAB_NONE) {
			l->excluded = "the statement is incomplete: nothing is decided from it";
			l->kind = "incomplete";
			l->counts = l->amount > 0;
		}
		ar_match_add_line(run->match, l);
	}
}

/* ---- writing ---- */

static void set_ids(struct run *run, struct ar_rec *r, enum ar_f f, const struct ar_str *id, int n)
{
	struct ar_buf b = AR_BUF_INIT;

	for (int i = 0; i < n; i++) {
		ar_buf_puts(&b, i ? ",\"" : "\"");
		ar_buf_str(&b, id[i]);
		ar_buf_c(&b, '"');
	}
	ar_set_raw(r, f, ar_arena_str(&run->mem, ar_buf_slice(&b)));
	r->v[f].i = n;
	ar_buf_release(&b);
}

static void set_id(struct run *run, struct ar_rec *r, struct ar_str source, int line)
{
	struct ar_buf b = AR_BUF_INIT;

	ar_buf_str(&b, source);
	ar_buf_puts(&b, "~m");
	if (line) {
		ar_buf_c(&b, '/');
		ar_buf_int(&b, line);
	}
	ar_set_raw(r, AR_F_id, ar_arena_str(&run->mem, ar_buf_slice(&b)));
	ar_buf_release(&b);
}

static void money(struct ar_rec *r, enum ar_f f, int64_t v)
{
	if (v)
		ar_set_i(r, f, v);
}

struct source {
	struct ar_str id, entity, src;
	const char *kind;
	ar_date date;
};

static struct ar_rec *start(struct run *run, const struct source *s,
			    const struct ar_match_result *m, enum ar_mdecision d, int line)
{
	struct ar_rec *r = &run->rec;

	ar_arena_reset(&run->mem);
	ar_rec_start(r, AR_T_match);
	set_id(run, r, s->id, line);
	ar_set_raw(r, AR_F_entity, s->entity);
	ar_set_raw(r, AR_F_source, s->id);
	ar_set_text(r, AR_F_source_kind, ar_str(s->kind));
	ar_set_i(r, AR_F_line, line);
	ar_set_i(r, AR_F_date, s->date);
	ar_set_text(r, AR_F_decision, ar_str(ar_match_decision(d)));
	if (m->kind)
		ar_set_text(r, AR_F_kind, ar_str(m->kind));
	ar_set_text(r, AR_F_rule, ar_str(ar_match_rule(m->rule)));
	ar_set_raw(r, AR_F_src, s->src);
	return r;
}

static void put_target(struct run *run, const struct source *s, const struct ar_match_result *m,
		       enum ar_mdecision d, int line, const struct ar_match_target *t,
		       uint16_t source_ccy)
{
	struct ar_rec *r = start(run, s, m, d, line);
	const struct ar_match_item *it = ar_match_item_of(run->match, t->item);
	struct ar_str from[] = { s->id, it->id };

	ar_set_i(r, AR_F_currency, it->ccy);
	ar_set_raw(r, AR_F_customer, it->customer);
	ar_set_raw(r, AR_F_target, it->id);
	ar_set_i(r, AR_F_amount, t->amount);
	if (it->ccy != source_ccy) {
		ar_set_i(r, AR_F_source_amount, t->source_amount);
		ar_set_i(r, AR_F_source_currency, source_ccy);
	}
	money(r, AR_F_discount, t->discount);
	money(r, AR_F_bank_charges, t->charges);
	money(r, AR_F_residual, t->residual);
	if (t->residual && t->reason)
		ar_set_text(r, AR_F_residual_reason, ar_str(t->reason));
	set_ids(run, r, AR_F_derived_from, from, 2);
	ar_io_put(run->io, r);
}

static void put_line0(struct run *run, const struct source *s, const struct ar_match_result *m,
		      uint16_t ccy)
{
	struct ar_rec *r = start(run, s, m, m->decision, 0);
	struct ar_str *from = ar_arena_alloc(&run->mem, (size_t)(m->ntarget + 2) * sizeof *from);
	int n = 0;

	from[n++] = s->id;
	for (int i = 0; i < m->ntarget; i++)
		if (m->target[i].memo == AR_MATCH_NONE)
			from[n++] = ar_match_item_of(run->match, m->target[i].item)->id;
	if (m->undoes != AR_MATCH_NONE)
		from[n++] = ar_match_payment_of(run->match, m->undoes)->id;
	ar_set_i(r, AR_F_currency, ccy);
	if (m->money)
		ar_set_i(r, AR_F_received, m->received);
	money(r, AR_F_on_account, m->on_account);
	money(r, AR_F_set_aside, m->set_aside);
	ar_set_raw(r, AR_F_customer, m->customer);
	if (m->undoes != AR_MATCH_NONE)
		ar_set_raw(r, AR_F_undoes, from[n - 1]);
	if (m->reason)
		ar_set_text(r, AR_F_residual_reason, ar_str(m->reason));
	if (m->decision != AR_MD_EXCLUDED)
		ar_set_i(r, AR_F_alternatives, m->alternatives);
	ar_set_list(r, AR_F_evidence, m->evidence, m->nevidence);
	set_ids(run, r, AR_F_derived_from, from, n);
	ar_io_put(run->io, r);
}

/* Credit memos that were netted: each is a source of its own. */
struct used {
	struct ar_str memo;
	const struct ar_match_result *result;
	const struct ar_match_target *target;
	struct ar_str src;
	ar_date date;
};

static int by_memo(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp(((const struct used *)a)->memo, ((const struct used *)b)->memo);
}

static void put_memo(struct run *run, const struct used *u, size_t n)
{
	const struct ar_match_item *memo = ar_match_item_of(run->match, u->target->memo);
	struct source s = { memo->id, memo->entity, u->src, "credit_memo", u->date };
	struct ar_match_result m = { .rule = u->result->rule,
				     .kind = "netting",
				     .customer = memo->customer,
				     .money = true,
				     .decision = u->result->decision,
				     .undoes = AR_MATCH_NONE };
	struct ar_buf why = AR_BUF_INIT;
	struct ar_str say;
	size_t i;

	ar_buf_puts(&why, "netted in bank line ");
	ar_buf_str(&why, ar_match_line_of(run->match, u->result)->id);
	say = ar_buf_slice(&why);
	m.evidence = &say;
	m.nevidence = 1;
	m.target = ar_calloc(n, sizeof *m.target);
	for (i = 0; i < n; i++) {
		m.target[m.ntarget] = *u[i].target;
		m.target[m.ntarget++].memo = AR_MATCH_NONE;
		m.received += u[i].target->amount;
		if (u[i].result->decision > m.decision)
			m.decision = u[i].result->decision;
	}
	put_line0(run, &s, &m, memo->ccy);
	for (i = 0; i < n; i++)
		put_target(run, &s, &m, m.decision, (int)i + 1, &m.target[i], memo->ccy);
	free(m.target);
	ar_buf_release(&why);
}

static int by_line_id(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp((*(struct held *const *)a)->line.id, (*(struct held *const *)b)->line.id);
}

/* Pointers are sorted, the wide lines moved once. */
static void sort_lines(struct run *run)
{
	struct held **at = ar_malloc(run->nline * sizeof *at),
		    *out = ar_malloc(run->nline * sizeof *out);

	for (size_t i = 0; i < run->nline; i++)
		at[i] = &run->line[i];
	ar_sort(at, run->nline, sizeof *at, by_line_id, NULL);
	for (size_t i = 0; i < run->nline; i++)
		out[i] = *at[i];
	free(at);
	free(run->line);
	run->line = out;
}

static void put_results(struct run *run)
{
	struct used *used = NULL;
	size_t n = 0, room = 0, next;

	for (size_t i = 0; i < ar_match_count(run->match); i++) {
		const struct ar_match_result *m = ar_match_result(run->match, i);
		const struct ar_match_line *l = ar_match_line_of(run->match, m);
		const struct held *h = &run->line[i];
		struct source s = { l->id, l->entity, h->src, "bank_line", h->date };
		int line = 0;

		ar_assert(ar_streq(h->line.id, l->id));
		put_line0(run, &s, m, l->ccy);
		for (int k = 0; k < m->ntarget; k++) {
			const struct ar_match_target *t = &m->target[k];

			if (t->memo == AR_MATCH_NONE) {
				put_target(run, &s, m, m->decision, ++line, t, l->ccy);
				continue;
			}
			used = more(used, n, &room, sizeof *used);
			used[n++] = (struct used){ ar_match_item_of(run->match, t->memo)->id, m, t,
						   h->src, h->date };
		}
	}
	ar_sort(used, n, sizeof *used, by_memo, NULL);
	for (size_t i = 0; i < n; i = next) {
		for (next = i; next < n && ar_streq(used[next].memo, used[i].memo); next++)
			;
		put_memo(run, &used[i], next - i);
	}
	free(used);
}

/* ---- telling ---- */

static void tell_summary(struct run *run)
{
	static const enum ar_mdecision all[] = { AR_MD_AUTO, AR_MD_SUGGEST, AR_MD_NONE,
						 AR_MD_EXCLUDED };

	for (size_t d = 0; d < sizeof all / sizeof *all; d++)
		for (int c = 0; c < ar_ccy_count; c++) {
			unsigned long long n = 0;
			ar_wide sum = 0;
			char text[AR_MONEY_TEXT];

			for (size_t i = 0; i < run->nline; i++) {
				const struct ar_match_result *m = ar_match_result(run->match, i);

				if (m->decision != all[d] || run->line[i].line.ccy != c)
					continue;
				n++;
				sum += m->received;
			}
			if (n) {
				text[ar_wide_put(text, sum, ar_ccy[c].digits)] = '\0';
				ar_io_warn(run->io, "%-8s %8llu lines %20s %s",
					   ar_match_decision(all[d]), n, text, ar_ccy[c].code);
			}
		}
}

static void note_decisions(struct run *run)
{
	for (size_t i = 0; i < run->nline; i++)
		ar_io_note(run->io, ar_match_decision(ar_match_result(run->match, i)->decision), 1);
	ar_io_note(run->io, "taken", run->taken);
	ar_io_note(run->io, "laws_held", run->nline);
}

static void tell_target(struct run *run, const struct ar_match_target *t)
{
	const struct ar_match_item *it = ar_match_item_of(run->match, t->item);
	char a[AR_MONEY_TEXT];
	struct ar_buf *b = &run->story;

	ar_buf_puts(b, "  settles ");
	ar_buf_str(b, it->id);
	ar_buf_fmt(b, " with %s", ar_money_z(a, t->amount, ar_ccy[it->ccy].digits));
	ar_buf_fmt(b, " %s", ar_ccy[it->ccy].code);
	if (t->discount)
		ar_buf_fmt(b, ", discount %s", ar_money_z(a, t->discount, ar_ccy[it->ccy].digits));
	if (t->charges)
		ar_buf_fmt(b, ", bank charges %s",
			   ar_money_z(a, t->charges, ar_ccy[it->ccy].digits));
	if (t->residual)
		ar_buf_fmt(b, ", leaves %s open (%s)",
			   ar_money_z(a, t->residual, ar_ccy[it->ccy].digits),
			   t->reason ? t->reason : "");
	if (t->memo != AR_MATCH_NONE) {
		ar_buf_puts(b, ", out of ");
		ar_buf_str(b, ar_match_item_of(run->match, t->memo)->id);
	}
	ar_buf_c(b, '\n');
}

static int tell_story(struct run *run)
{
	struct ar_buf *b = &run->story;
	char a[AR_MONEY_TEXT];
	size_t i = 0;
	const struct ar_match_result *m;
	const struct ar_match_line *l;

	while (i < run->nline && !ar_streqz(run->line[i].line.id, cfg.explain))
		i++;
	if (i == run->nline)
		return ar_err(&run->io->err, AR_USAGE, "usage",
			      "--explain: no bank line '%s' is in the input", cfg.explain);
	m = ar_match_result(run->match, i);
	l = ar_match_line_of(run->match, m);
	ar_out_puts(&run->io->out, cfg.explain);
	ar_out_puts(&run->io->out, ": ");
	ar_out_puts(&run->io->out, ar_money_z(a, l->amount, ar_ccy[l->ccy].digits));
	ar_out_puts(&run->io->out, " ");
	ar_out_puts(&run->io->out, ar_ccy[l->ccy].code);
	ar_out_puts(&run->io->out, l->payer.n ? " from " : "");
	ar_out_str(&run->io->out, l->payer);
	ar_out_puts(&run->io->out, "\nRules asked:\n");
	ar_out_str(&run->io->out, ar_buf_slice(b));
	b->n = 0;
	ar_buf_fmt(b, "Decision: %s by %s\n", ar_match_decision(m->decision),
		   ar_match_rule(m->rule));
	for (int k = 0; k < m->nevidence; k++) {
		ar_buf_puts(b, "  because ");
		ar_buf_str(b, m->evidence[k]);
		ar_buf_c(b, '\n');
	}
	for (int k = 0; k < m->ntarget; k++)
		tell_target(run, &m->target[k]);
	if (m->on_account)
		ar_buf_fmt(b, "  on account: %s\n",
			   ar_money_z(a, m->on_account, ar_ccy[l->ccy].digits));
	if (m->set_aside)
		ar_buf_fmt(b, "  set aside: %s\n",
			   ar_money_z(a, m->set_aside, ar_ccy[l->ccy].digits));
	ar_out_str(&run->io->out, ar_buf_slice(b));
	return 0;
}

/* ---- the whole ---- */

static int whole(struct run *run)
{
	struct ar_io *io = run->io;

	if (cfg.as_of == AR_DATE_NONE)
		return ar_err(&io->err, AR_USAGE, "usage",
			      "--as-of is required: which day's open items are to be matched?");
	if (read_policy(run) < 0 || read_input(run) < 0)
		return -1;
	run->match = ar_match_new(&run->policy, &run->words);
	feed_customers(run);
	feed_documents(run);
	feed_remits(run);
	sort_lines(run);
	feed_lines(run);
	if (cfg.explain)
		ar_match_explain(run->match, ar_str(cfg.explain), &run->story);
	ar_match_run(run->match);
	if (cfg.summary)
		tell_summary(run);
	if (cfg.explain)
		return tell_story(run);
	io->w.as_of = cfg.as_of;
	if (cfg.known_at != INT64_MAX)
		io->w.known_at = cfg.known_at;
	put_results(run);
	note_decisions(run);
	return AR_OK;
}

static int match(struct ar_io *io)
{
	struct run run = { .io = io };
	int rc;

	ar_rec_init(&run.rec, &run.mem);
	ar_rec_init(&run.scratch, &run.mem);
	rc = whole(&run);
	ar_match_free(run.match);
	ar_open_free(run.open);
	ar_words_release(&run.words);
	ar_tab_release(&run.cut_statements);
	ar_tab_release(&run.line_ids);
	ar_tab_release(&run.remit_ids);
	free(run.line);
	free(run.remit);
	free(run.listed);
	ar_rec_release(&run.rec);
	ar_rec_release(&run.scratch);
	ar_arena_release(&run.mem);
	ar_buf_release(&run.story);
	return rc;
}

static struct ar_tool tool = {
	.name = "ar-match",
	.summary = "propose which bank lines pay which documents",
	.operands = "[FILE ...]",
	.about =
		"Reads customers, documents and their settlements, bank statements and "
		"remittances, in any order and from any number of streams, and writes "
		"match records: for every bank line one with line 0 (what was received, what stays "
		"on account or aside, the decision, the rule and the "
		"evidence in words), and one for each document it settles. Credit memos that the "
		"payer netted are sources of their own. Sorted by the "
		"source's id, bank lines first.\n\n"
		"The decision is auto where a rule that the policy names explains the whole amount "
		"and nothing speaks against it; suggest where a person "
		"should look; none where nothing is known; excluded for lines that are no "
		"customer's receipt. A number is taken as a document's only as a whole "
		"token; an amount alone decides only for a payer known by account, if no other "
		"document could have it. Other currencies, short and over "
		"payments, unearned discounts and payments of settled documents are never auto.\n\n"
		"What is received is always what is settled, on account and set aside together, "
		"and no document is settled beyond what is open: this is checked "
		"for every line (note laws_held).",
	.opts = opts,
	.run = match,
};

int main(int argc, char **argv)
{
	return ar_main(&tool, argc, argv);
}
