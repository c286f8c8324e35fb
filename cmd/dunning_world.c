/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dunning_world.c - from records to the facts that the decision needs. */
#include "config.h"

#include "cmd/dunning_world.h"

#include "base/sort.h"
#include "rec/jstr.h"

#include <stdlib.h>

/* ---- what is read ---- */

static struct ar_str held(struct world *w, struct ar_str s)
{
	return s.n ? ar_arena_str(&w->mem, s) : (struct ar_str){ NULL, 0 };
}

static struct ar_str text_of(struct world *w, const struct ar_rec *r, enum ar_f f)
{
	return held(w, ar_text(r, f));
}

/* Canonical JSON text that `open` holds, decoded. */
static struct ar_str plain(struct world *w, struct ar_str s)
{
	char *p;

	if (!s.n || !memchr(s.p, '\\', s.n))
		return s;
	p = ar_arena_alloc(&w->mem, s.n);
	return (struct ar_str){ p, ar_jstr_decode(s.p, s.n, p) };
}

static int64_t recorded(const struct ar_rec *r)
{
	return ar_int(r, AR_F_recorded, INT64_MIN);
}

static bool known(const struct world *w, const struct ar_rec *r)
{
	return recorded(r) <= w->known_at;
}

static int code_of(const struct ar_rec *r, enum ar_f f, const char *const *words)
{
	int i = 0;

	while (words[i] && !ar_streqz(ar_raw_text(r, f), words[i]))
		i++;
	return i;
}

static void take_notice(struct world *w, const struct ar_rec *r)
{
	static const char *const states[] = { "proposed", "approved", "rendered", "queued", "sent", "delivered",
		"bounced", "failed", "cancelled", NULL };
	struct ar_dun_past *p;

	if (!known(w, r))
		return;
	p = &MORE(w->f.past, w->f.npast);
	*p = (struct ar_dun_past){ .id = text_of(w, r, AR_F_id), .key = text_of(w, r, AR_F_key),
		.entity = text_of(w, r, AR_F_entity), .payer = text_of(w, r, AR_F_customer),
		.channel = text_of(w, r, AR_F_channel), .ccy = ar_currency(r, AR_F_currency),
		.level = (int)ar_int(r, AR_F_level, 0), .recorded = recorded(r),
		.date = ar_has(r, AR_F_sent_on) ? ar_day(r, AR_F_sent_on) : ar_day(r, AR_F_date),
		.state = (enum ar_dun_state)code_of(r, AR_F_state, states) };
}

static void take_notice_line(struct world *w, const struct ar_rec *r)
{
	struct ar_dun_past_line *l = &MORE(w->f.past_line, w->f.npast_line);

	*l = (struct ar_dun_past_line){ text_of(w, r, AR_F_notice), text_of(w, r, AR_F_item),
		(int)ar_int(r, AR_F_level, 0) };
}

static void take_promise(struct world *w, const struct ar_rec *r)
{
	struct ar_dun_promise *p;
	struct ar_str *item;
	int n;

	if (!known(w, r))
		return;
	n = ar_list(r, AR_F_items, &item);
	p = &MORE(w->f.promise, w->f.npromise);
	*p = (struct ar_dun_promise){ .id = text_of(w, r, AR_F_id), .customer = text_of(w, r, AR_F_customer), .nitem = n,
		.item = ar_arena_alloc(&w->mem, (size_t)(n + 1) * sizeof *p->item), .date = ar_day(r, AR_F_date),
		.made_on = ar_day(r, AR_F_made_on), .recorded = recorded(r),
		.withdrawn = ar_streqz(ar_raw_text(r, AR_F_status), "withdrawn") };
	for (int i = 0; i < n; i++)
		p->item[i] = held(w, item[i]);
}

static void take_contact(struct world *w, const struct ar_rec *r)
{
	static const char *const roles[] = { "dunning", "billing", NULL };
	static const char *const gone[] = { "bounced", "opted_out", NULL };
	int rank = code_of(r, AR_F_role, roles);
	struct contact *c;

	if (!known(w, r) || rank == 2)             /* sales and others do not get reminders */
		return;
	c = &MORE(w->contact, w->ncontact);
	*c = (struct contact){ .id = text_of(w, r, AR_F_id), .customer = text_of(w, r, AR_F_customer),
		.name = text_of(w, r, AR_F_name), .email = text_of(w, r, AR_F_email),
		.language = text_of(w, r, AR_F_language), .rank = rank,
		.usable = code_of(r, AR_F_status, gone) == 2, .recorded = recorded(r) };
}

static void in_transit(struct world *w, struct ar_str item, int ccy, int64_t amount)
{
	struct transit *t = &MORE(w->transit, w->ntransit);

	*t = (struct transit){ item, ccy, amount };
}

/* Money that is here but not booked: the first-ranked proposal of each source, once however often it comes. Where a credit memo or
 * payment is the source, it is used up by as much. */
static int take_match(struct world *w, const struct ar_rec *r)
{
	static const enum ar_f part[] = { AR_F_amount, AR_F_discount, AR_F_writeoff, AR_F_withholding_tax,
		AR_F_bank_charges };
	struct ar_str decision = ar_raw_text(r, AR_F_decision), id = ar_raw_text(r, AR_F_id),
		target = ar_raw_text(r, AR_F_target);
	struct ar_str kind = ar_raw_text(r, AR_F_source_kind);
	int64_t sum = 0;
	bool fresh;

	if (!target.n || ar_int(r, AR_F_rank, 1) > 1 || ar_day(r, AR_F_date) > w->f.as_of
	    || (!ar_streqz(decision, "auto") && !ar_streqz(decision, "suggest")))
		return 0;
	ar_tab_add(&w->matches, ar_str(ar_arena_fmt(r->mem, "%.*s %lld %.*s", AR_STR_FMT(id),
	           (long long)ar_int(r, AR_F_line, 0), AR_STR_FMT(target))), &fresh);
	if (!fresh)
		return 0;
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		if (!ar_add(sum, ar_minor(r, part[i]), &sum))
			return ar_err(&w->io->err, AR_DAMAGED, "overflow", "the parts of the match do not fit");
	in_transit(w, text_of(w, r, AR_F_target), ar_currency(r, AR_F_currency), sum);
	if (ar_streqz(kind, "credit_memo") || ar_streqz(kind, "payment"))
		in_transit(w, text_of(w, r, AR_F_source),
		           ar_has(r, AR_F_source_currency) ? ar_currency(r, AR_F_source_currency) : ar_currency(r, AR_F_currency),
		           ar_has(r, AR_F_source_amount) ? ar_minor(r, AR_F_source_amount) : ar_minor(r, AR_F_amount));
	return 0;
}

static void take_extract(struct world *w, const struct ar_rec *r)
{
	struct ar_str entity = ar_text(r, AR_F_entity);
	size_t i = 0;

	while (i < w->nexport && !ar_streq(w->export[i].name, entity))
		i++;
	if (i == w->nexport) {
		struct seen_day *s = &MORE(w->export, w->nexport);

		*s = (struct seen_day){ held(w, entity), ar_day(r, AR_F_as_of) };
	} else if (ar_day(r, AR_F_as_of) > w->export[i].day) {
		w->export[i].day = ar_day(r, AR_F_as_of);
	}
}

static int take(struct ar_io *io, const struct ar_rec *r, void *arg)
{
	struct world *w = arg;

	switch (r->type) {
	case AR_T_notice:
		take_notice(w, r);
		return 0;
	case AR_T_notice_line:
		take_notice_line(w, r);
		return 0;
	case AR_T_promise:
		take_promise(w, r);
		return 0;
	case AR_T_contact:
		take_contact(w, r);
		return 0;
	case AR_T_match:
		return take_match(w, r);
	case AR_T_statement:
		if (w->statement == AR_DATE_NONE || ar_day(r, AR_F_period_end) > w->statement)
			w->statement = ar_day(r, AR_F_period_end);
		return 0;
	case AR_T_extract:
		take_extract(w, r);
		break;
	default:
		break;
	}
	if (ar_open_add(w->open, r, &io->err) < 0)
		ar_io_reject(io, r);
	return 0;
}

static void keep_fields(struct ar_open *o)
{
	static const enum ar_f item[] = { AR_F_number, AR_F_status, AR_F_dunning_block, AR_F_dunning_level,
		AR_F_dunning_date };
	static const enum ar_f customer[] = { AR_F_name, AR_F_payer, AR_F_dunning_policy, AR_F_dunning_block,
		AR_F_dunning_block_until, AR_F_payment_method, AR_F_language, AR_F_email, AR_F_address, AR_F_system_id };

	for (size_t i = 0; i < sizeof item / sizeof *item; i++)
		ar_open_keep(o, item[i]);
	for (size_t i = 0; i < sizeof customer / sizeof *customer; i++)
		ar_open_keep_customer(o, customer[i]);
}

int world_read(struct world *w, const struct ar_args *with)
{
	struct ar_open_params p = { .as_of = w->f.as_of, .known_at = w->known_at };
	struct ar_io *io = w->io;
	struct ar_rec *r;
	int rc;

	w->open = ar_open_new(&p);
	keep_fields(w->open);
	if (ar_io_with(io, with, take, w) < 0)
		return -1;
	while ((rc = ar_io_next(io, &r)) > 0)
		if (take(io, r, w) < 0)
			return -1;
	return rc < 0 ? -1 : ar_open_close(w->open, &io->err);
}

/* ---- facts ---- */

static ar_date kept_day(struct world *w, const struct ar_item *it, enum ar_f f)
{
	int64_t v;

	return ar_open_int(w->open, it, f, &v) ? (ar_date)v : AR_DATE_NONE;
}

static void add_item(struct world *w, const struct ar_item *it)
{
	struct ar_str status = ar_open_text(w->open, it, AR_F_status);
	struct ar_dun_item *d;
	int64_t level;

	if (it->open == 0)
		return;
	w->item_customer = ar_realloc(w->item_customer, (w->f.nitem + 1) * sizeof *w->item_customer);
	w->item_customer[w->f.nitem] = it->customer;
	d = &MORE(w->f.item, w->f.nitem);
	*d = (struct ar_dun_item){ .id = plain(w, ar_open_id(w->open, it)),
		.number = plain(w, ar_open_text(w->open, it, AR_F_number)),
		.entity = plain(w, ar_open_entity(w->open, it->entity)),
		.block = plain(w, ar_open_text(w->open, it, AR_F_dunning_block)), .ccy = it->ccy, .issued = it->issued,
		.due = it->due, .open = it->open, .disputed = it->disputed,
		.erp_date = kept_day(w, it, AR_F_dunning_date) };
	if (it->customer != AR_OPEN_NOBODY)
		d->customer = plain(w, ar_open_customer(w->open, it->customer));
	if (ar_streqz(status, "draft") || ar_streqz(status, "void"))
		d->block = status;
	if (ar_open_int(w->open, it, AR_F_dunning_level, &level) && level > 0 && level < AR_DUN_LEVELS)
		d->erp_level = (int)level;
}

struct ar_str world_customer(struct world *w, uint32_t c, enum ar_f f)
{
	return plain(w, ar_open_customer_text(w->open, c, f));
}

static void add_customers(struct world *w)
{
	for (uint32_t c = 0; c < ar_open_customers(w->open); c++) {
		struct ar_dun_customer *d = &MORE(w->f.customer, w->f.ncustomer);
		int64_t until = AR_DATE_NONE;

		ar_open_customer_int(w->open, c, AR_F_dunning_block_until, &until);
		*d = (struct ar_dun_customer){ .id = plain(w, ar_open_customer(w->open, c)),
			.payer = world_customer(w, c, AR_F_payer), .policy = world_customer(w, c, AR_F_dunning_policy),
			.block = world_customer(w, c, AR_F_dunning_block), .block_until = (ar_date)until,
			.direct_debit = ar_streqz(world_customer(w, c, AR_F_payment_method), "direct_debit") };
	}
}

static int add_transit(struct world *w)
{
	struct ar_tab at = { 0 };
	int rc = 0;

	for (size_t i = 0; i < w->f.nitem; i++)
		ar_tab_add(&at, w->f.item[i].id, NULL);
	for (size_t i = 0; i < w->ntransit && rc == 0; i++) {
		const struct transit *t = &w->transit[i];
		uint32_t k = ar_tab_get(&at, t->item);
		struct ar_dun_item *it = k == AR_TAB_NONE ? NULL : &w->f.item[k];

		if (!it || it->ccy != t->ccy)
			continue;
		if (it->open < 0)
			it->open = -it->open > t->amount ? it->open + t->amount : 0;
		else if (!ar_add(it->transit, t->amount, &it->transit))
			rc = ar_err(&w->io->err, AR_DAMAGED, "overflow", "the matches of %.*s do not fit",
			            AR_STR_FMT(t->item));
	}
	ar_tab_release(&at);
	return rc;
}

static int compare_contacts(const void *pa, const void *pb, void *ctx)
{
	const struct contact *a = pa, *b = pb;
	int c = ar_str_cmp(a->customer, b->customer);

	if (!c)
		c = a->rank - b->rank;
	return c ? c : ar_str_cmp(a->id, b->id);
}

/* Of several versions of a contact the one recorded last; then by customer, the best first. */
static void sort_contacts(struct world *w)
{
	struct ar_tab ids = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < w->ncontact; i++) {
		bool fresh;
		uint32_t k = ar_tab_add(&ids, w->contact[i].id, &fresh);

		if (fresh || w->contact[i].recorded > w->contact[k].recorded
		    || (w->contact[i].recorded == w->contact[k].recorded && !w->contact[i].usable))
			w->contact[k] = w->contact[i];
		n = ids.n;
	}
	ar_tab_release(&ids);
	w->ncontact = n;
	ar_sort(w->contact, n, sizeof *w->contact, compare_contacts, NULL);
	w->first_contact = ar_arena_alloc(&w->mem, (n + 1) * sizeof *w->first_contact);
	for (size_t i = 0; i < n; i++) {
		bool fresh;
		uint32_t k = ar_tab_add(&w->contact_of, w->contact[i].customer, &fresh);

		if (fresh)
			w->first_contact[k] = (uint32_t)i;
	}
}

int world_facts(struct world *w)
{
	for (size_t i = 0; i < ar_open_count(w->open); i++)
		add_item(w, ar_open_item(w->open, i));
	add_customers(w);
	sort_contacts(w);
	return add_transit(w);
}

void world_release(struct world *w)
{
	if (w->open)
		ar_open_free(w->open);
	ar_tab_release(&w->matches);
	ar_tab_release(&w->contact_of);
	free(w->f.item);
	free(w->f.customer);
	free(w->f.past);
	free(w->f.past_line);
	free(w->f.promise);
	free(w->contact);
	free(w->transit);
	free(w->export);
	free(w->item_customer);
	ar_arena_release(&w->mem);
}
