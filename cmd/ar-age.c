/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-age - open balance of every item as of a date, in exactly one bucket. */
#include "config.h"

#include "ar/age.h"
#include "base/hash.h"
#include "base/sort.h"
#include "rec/rates.h"
#include "rec/tool.h"

#include <stdio.h>
#include <stdlib.h>

enum { DIMS_MAX = 16, ROLLUPS_MAX = 16 };

static struct {
	ar_date as_of;
	int64_t known_at;
	const char *applied_by, *basis, *buckets, *period, *credits, *disputes, *due_today;
	struct ar_args by, dim, with;
	bool totals, items, closing, future, snapshot, check;
	int group;
} cfg = { .as_of = AR_DATE_NONE, .known_at = INT64_MAX, .applied_by = "application", .basis = "due", .buckets = "0,30,60,90,120",
	.period = "days", .credits = "separate", .disputes = "include", .due_today = "current", .group = AR_CCY_NONE };

static const struct ar_opt opts[] = {
	AR_AS_OF(&cfg.as_of, "The day the balances are for (required); today must be said"),
	{ AR_O_PARSE, "known-at", "TIME", "Only what was recorded by then counts: a moment, or a date for its end. Default: everything in the input",
	  &cfg.known_at, AR_OPT_SHOWN, ar_opt_time },
	{ AR_O_TEXT, "applied-by", "WAY", "application (default): a settlement counts from its own date; documents: from the later of both documents' dates",
	  &cfg.applied_by, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "basis", "DATE", "Age from due (default), document, posting or delivery date", &cfg.basis, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "buckets", "LIST", "Upper bounds in days past the basis date, ascending; default 0,30,60,90,120. Negative bounds part the future. "
	  "With --period=months-... the number of months", &cfg.buckets, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "period", "UNIT", "days (default), months-relative, months-calendar, or fiscal by the period records of the input", &cfg.period,
	  AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "due-today", "WAY", "An item due on the day itself is current (default) or overdue", &cfg.due_today, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "credits", "MODE", "Where credits and unapplied money stand: separate (default), own (aged by their own date), oldest (set off against the "
	  "oldest items of the customer and currency), current", &cfg.credits, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "disputes", "MODE", "Disputed amounts: include (default), separate (a bucket of their own), exclude", &cfg.disputes, AR_OPT_SHOWN, NULL },
	{ AR_O_LIST, "by", "DIMENSION,...", "One rollup of totals for each --by; default: all, entity, customer. Dimensions: entity customer payer parent party "
	  "collector segment country salesperson department class location project product_line payment_terms", &cfg.by, AR_OPT_SHOWN, NULL },
	{ AR_O_LIST, "dim", "FIELD,...", "Dimensions that item records carry", &cfg.dim, AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "totals", NULL, "Totals only: no item records, least memory", &cfg.totals, AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "items", NULL, "Item records only", &cfg.items, AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "closing", NULL, "Value open amounts at the closing rate of the day too (rate records in the input or --with)", &cfg.closing, AR_OPT_SHOWN, NULL },
	{ AR_O_PARSE, "group", "CURRENCY", "Totals in the group's currency too: the base amount at the closing rate", &cfg.group, AR_OPT_SHOWN, ar_opt_ccy },
	{ AR_O_FLAG, "future", NULL, "Show receipts dated after the day that were known on it (bucket future_receipts, not part of the total)", &cfg.future,
	  AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "snapshot", NULL, "Take the source's own open amounts, as of the day of its export, in one pass and little memory; a document that comes twice "
	  "is refused", &cfg.snapshot, AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "check", NULL, "Also prove that the four modes of --credits give one total, and that every open item is in one bucket", &cfg.check, 0, NULL },
	{ AR_O_FILES, "with", "FILE", "Master data read first: rates, customers, periods", &cfg.with, 0, NULL },
	AR_OPT_END
};

/* A dimension: where its value comes from. */
struct dim { enum ar_f f; bool entity, customer, from_customer; };

struct rollup { int n; struct dim dim[DIMS_MAX]; };

struct run {
	struct ar_io *io;
	struct ar_open *open;
	struct ar_buckets b;
	struct ar_sums *sums;
	struct ar_rates *rates;
	struct rollup rollup[ROLLUPS_MAX];
	int nrollup;
	struct rollup dims;              /* of item records */
	bool light;
	struct ar_tab needed;            /* pairs of currencies used for closing values, for the head */
	uint64_t no_rate;
	struct ar_tab no_rate_for;
	ar_date *period_end;
	int nperiod, cperiod;
	struct ar_cell *set_off;         /* credits=oldest: per item, what is taken off for the totals */
	struct ar_rec rec;
};

/* ---- options ---- */

static int one_of(struct ar_io *io, const char *opt, const char *value, const char *const *words, int n)
{
	for (int i = 0; i < n; i++)
		if (strcmp(value, words[i]) == 0)
			return i;
	ar_err(&io->err, AR_USAGE, "usage", "--%s: '%s' is not one of its words; see --help", opt, value);
	return -1;
}

#define WORD(io, opt, value, ...) one_of(io, opt, value, (const char *const[]){ __VA_ARGS__ }, \
	(int)(sizeof((const char *const[]){ __VA_ARGS__ }) / sizeof(const char *)))

static int read_bounds(struct ar_io *io, struct ar_age_params *p)
{
	struct ar_str rest = ar_str(cfg.buckets), one;

	while (rest.p) {
		bool neg;
		int64_t v;

		rest = ar_str_cut(rest, ',', &one);
		one = ar_str_trim(one);
		neg = one.n && one.p[0] == '-';
		v = ar_str_uint((struct ar_str){ one.p + neg, one.n - neg }, 36500);
		if (v < 0 || p->nbound == AR_BOUNDS_MAX)
			return ar_err(&io->err, AR_USAGE, "usage", "--buckets takes up to %d whole numbers, not '%s'", AR_BOUNDS_MAX, cfg.buckets);
		p->bound[p->nbound++] = neg ? -(int)v : (int)v;
	}
	return 0;
}

static int read_dims(struct ar_io *io, const char *list, struct rollup *r)
{
	static const enum ar_f of_document[] = { AR_F_salesperson, AR_F_department, AR_F_class, AR_F_location, AR_F_project, AR_F_product_line,
		AR_F_payment_terms };
	static const enum ar_f of_customer[] = { AR_F_payer, AR_F_parent, AR_F_party, AR_F_collector, AR_F_segment, AR_F_country };
	struct ar_str rest = ar_str(list), name;

	while (rest.p) {
		struct dim d = { .f = AR_F_NONE };

		rest = ar_str_cut(rest, ',', &name);
		if (!name.n || ar_streqz(name, "all"))
			continue;
		d.entity = ar_streqz(name, "entity");
		d.customer = ar_streqz(name, "customer");
		d.f = ar_field_by_name(name);
		for (size_t i = 0; i < sizeof of_customer / sizeof *of_customer; i++)
			d.from_customer |= d.f == of_customer[i];
		for (size_t i = 0; !d.entity && !d.customer && !d.from_customer; i++) {
			if (i == sizeof of_document / sizeof *of_document)
				return ar_err(&io->err, AR_USAGE, "usage", "'%.*s' is not a dimension; see --help", AR_STR_FMT(name));
			if (d.f == of_document[i])
				break;
		}
		if (r->n == DIMS_MAX)
			return ar_err(&io->err, AR_USAGE, "usage", "more than %d dimensions", DIMS_MAX);
		r->dim[r->n++] = d;
	}
	return 0;
}

static int read_rollups(struct ar_io *io, struct run *run)
{
	if (!cfg.by.n) {
		run->nrollup = 3;
		read_dims(io, "entity", &run->rollup[1]);
		read_dims(io, "customer", &run->rollup[2]);
	}
	for (int i = 0; i < cfg.by.n; i++) {
		if (run->nrollup == ROLLUPS_MAX)
			return ar_err(&io->err, AR_USAGE, "usage", "more than %d rollups", ROLLUPS_MAX);
		if (read_dims(io, cfg.by.v[i], &run->rollup[run->nrollup++]) < 0)
			return -1;
	}
	for (int i = 0; i < cfg.dim.n; i++)
		if (read_dims(io, cfg.dim.v[i], &run->dims) < 0)
			return -1;
	return 0;
}

static int read_params(struct ar_io *io, struct ar_age_params *p, int *applied_by)
{
	int basis = WORD(io, "basis", cfg.basis, "due", "document", "posting", "delivery");
	int unit = WORD(io, "period", cfg.period, "days", "months-relative", "months-calendar", "fiscal");
	int credits = WORD(io, "credits", cfg.credits, "separate", "own", "oldest", "current");
	int disputes = WORD(io, "disputes", cfg.disputes, "include", "separate", "exclude");
	int due_today = WORD(io, "due-today", cfg.due_today, "current", "overdue");

	*applied_by = WORD(io, "applied-by", cfg.applied_by, "application", "documents");
	if (basis < 0 || unit < 0 || credits < 0 || disputes < 0 || due_today < 0 || *applied_by < 0)
		return -1;
	if (cfg.as_of == AR_DATE_NONE)
		return ar_err(&io->err, AR_USAGE, "usage", "--as-of=DATE is needed: the day the balances are for");
	if (cfg.totals && cfg.items)
		return ar_err(&io->err, AR_USAGE, "usage", "--totals and --items exclude each other");
	if (cfg.snapshot && (credits == AR_CREDITS_OLDEST || cfg.items || cfg.known_at != INT64_MAX || cfg.future))
		return ar_err(&io->err, AR_USAGE, "usage", "--snapshot goes with totals only, without --items, --known-at, --future or --credits=oldest");
	*p = (struct ar_age_params){ .as_of = cfg.as_of, .basis = (enum ar_basis)basis, .unit = (enum ar_unit)unit,
		.credits = (enum ar_credits)credits, .disputes = (enum ar_disputes)disputes, .due_today_overdue = due_today == 1 };
	if (unit != AR_UNIT_DAYS && strchr(cfg.buckets, ','))
		cfg.buckets = "4";
	return read_bounds(io, p);
}

/* ---- values ---- */

static struct ar_str dim_value(const struct run *run, const struct ar_item *it, const struct dim *d)
{
	struct ar_str s = { NULL, 0 };

	if (d->entity)
		return ar_open_entity(run->open, it->entity);
	if (it->customer == AR_OPEN_NOBODY && (d->customer || d->from_customer))
		return s;
	if (d->customer)
		return ar_open_customer(run->open, it->customer);
	if (!d->from_customer)
		s = ar_open_text(run->open, it, d->f);
	if (!s.n && it->customer != AR_OPEN_NOBODY)
		s = ar_open_customer_text(run->open, it->customer, d->f);
	return s;
}

static void missing_rate(struct run *run, int from, int to)
{
	char pair[8] = "";

	memcpy(pair, ar_ccy[from].code, 3);
	pair[3] = ' ';
	memcpy(pair + 4, ar_ccy[to].code, 3);
	ar_tab_add(&run->no_rate_for, ar_str(pair), NULL);
	run->no_rate++;
}

static bool at_closing(struct run *run, struct ar_str entity, int64_t minor, int from, int to, int64_t *out)
{
	struct { int from, to; } pair = { from, to };

	if (!minor || from == to) {
		*out = minor;
		return true;
	}
	if (!ar_rates_convert(run->rates, entity, cfg.as_of, minor, from, to, AR_HALF_UP, out)) {
		missing_rate(run, from, to);
		return false;
	}
	ar_tab_add(&run->needed, (struct ar_str){ (const char *)&pair, sizeof pair }, NULL);
	return true;
}

/* the amounts of an item for the sums; closing values where asked for */
static struct ar_cell cell_of(struct run *run, const struct ar_item *it, struct ar_str entity, bool *no_closing)
{
	struct ar_cell c = { .items = 1, .open = it->open, .disputed = it->disputed, .base = it->open_base };

	*no_closing = false;
	if (it->base_ccy == AR_CCY_NONE) {
		*no_closing = true;
		return c;
	}
	if (cfg.closing)
		*no_closing = !at_closing(run, entity, it->open, it->ccy, it->base_ccy, &c.closing);
	if (cfg.group != AR_CCY_NONE && !at_closing(run, entity, it->open_base, it->base_ccy, cfg.group, &c.group))
		*no_closing = true;
	return c;
}

/* The part x of an item's amounts: base parts carried in proportion. */
static struct ar_cell part_of(const struct ar_cell *c, int64_t x)
{
	struct ar_cell p = { .items = 0, .open = x };

	if (c->open && x) {
		ar_carry(c->base, x, c->open, &p.base);
		ar_carry(c->closing, x, c->open, &p.closing);
		ar_carry(c->group, x, c->open, &p.group);
	}
	return p;
}

static struct ar_cell minus(const struct ar_cell *a, const struct ar_cell *b)
{
	return (struct ar_cell){ a->items - b->items, a->open - b->open, a->disputed - b->disputed, a->base - b->base,
		a->closing - b->closing, a->group - b->group };
}

static int add_everywhere(struct run *run, const struct ar_item *it, int bucket, const struct ar_cell *c, bool no_closing)
{
	for (int r = 0; r < run->nrollup; r++) {
		struct ar_str value[DIMS_MAX];
		struct ar_group *g;

		for (int i = 0; i < run->rollup[r].n; i++)
			value[i] = dim_value(run, it, &run->rollup[r].dim[i]);
		g = ar_sums_group(run->sums, r, value, run->rollup[r].n, it->ccy, it->base_ccy);
		g->closing_missing |= no_closing;
		if (ar_group_add(run->sums, g, bucket, c, &run->io->err) < 0)
			return -1;
	}
	return 0;
}

/* One open item into the sums; `off` (credits=oldest) is taken from it first. */
static int sum_item(struct run *run, const struct ar_item *it, const struct ar_cell *off)
{
	bool no_closing;
	struct ar_cell c = cell_of(run, it, ar_open_entity(run->open, it->entity), &no_closing), d;
	int bucket = ar_bucket_of(&run->b, it);

	if (cfg.future && it->future) {
		struct ar_cell f = { .items = 1, .open = it->future };

		if (add_everywhere(run, it, run->b.future, &f, no_closing) < 0)
			return -1;
	}
	if (off)
		c = minus(&c, off);
	if (run->b.p.disputes != AR_DISPUTES_INCLUDE && c.disputed > 0) {
		int64_t x = c.disputed < c.open ? c.disputed : c.open;

		d = part_of(&c, x);
		d.disputed = c.disputed;
		c = minus(&c, &d);
		if (x == it->open) {
			d.items = c.items;
			c.items = 0;
		}
		if (run->b.p.disputes == AR_DISPUTES_SEPARATE && add_everywhere(run, it, run->b.disputed, &d, no_closing) < 0)
			return -1;
		if (!c.items && !c.open)
			return 0;
	}
	return add_everywhere(run, it, bucket, &c, no_closing);
}

static int each_light(void *arg, const struct ar_item *it)
{
	return it->open ? sum_item(arg, it, NULL) : 0;
}

/* ---- credits against the oldest items, for the totals ---- */

static ar_date age_key(const struct run *run, const struct ar_item *it)
{
	ar_date d = ar_age_basis(&run->b, it);

	return d == AR_DATE_NONE ? AR_DATE_MAX : d;
}

static int older(const void *a, const void *b, void *ctx)
{
	const struct run *run = ctx;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	ar_date dx = age_key(run, ar_open_item(run->open, x)), dy = age_key(run, ar_open_item(run->open, y));

	if (dx != dy)
		return dx < dy ? -1 : 1;
	return x < y ? -1 : x > y;
}

/* Items [from, to) are of one entity, customer and currency. What a credit gives up an item takes over, in every currency: totals stay. */
static void set_off_group(struct run *run, size_t from, size_t to)
{
	size_t *debit = ar_malloc((to - from + 1) * sizeof *debit), n = 0, at = 0;

	for (size_t i = from; i < to; i++)
		if (ar_open_item(run->open, i)->open > 0)
			debit[n++] = i;
	ar_sort(debit, n, sizeof *debit, older, run);
	for (size_t i = from; i < to; i++) {
		const struct ar_item *it = ar_open_item(run->open, i);
		bool no_closing;
		struct ar_cell left;

		if (it->open >= 0)
			continue;
		left = cell_of(run, it, ar_open_entity(run->open, it->entity), &no_closing);
		while (left.open && at < n) {
			int64_t room = ar_open_item(run->open, debit[at])->open - run->set_off[debit[at]].open;
			int64_t x = -left.open < room ? -left.open : room;
			struct ar_cell part = part_of(&left, -x);

			left = minus(&left, &part);
			run->set_off[debit[at]] = minus(&run->set_off[debit[at]], &part);
			part = minus(&(struct ar_cell){ 0 }, &part);
			run->set_off[i] = minus(&run->set_off[i], &part);
			at += x == room;
		}
	}
	free(debit);
}

static void set_off_credits(struct run *run)
{
	size_t n = ar_open_count(run->open), from = 0;

	run->set_off = ar_calloc(n + 1, sizeof *run->set_off);
	for (size_t i = 1; i <= n; i++) {
		const struct ar_item *a = ar_open_item(run->open, from), *b = i < n ? ar_open_item(run->open, i) : NULL;

		if (b && a->entity == b->entity && a->customer == b->customer && a->ccy == b->ccy)
			continue;
		set_off_group(run, from, i);
		from = i;
	}
}

/* ---- output ---- */

static int days_past(const struct run *run, const struct ar_item *it, bool *known)
{
	ar_date d = ar_age_basis(&run->b, it);

	*known = d != AR_DATE_NONE;
	return *known ? cfg.as_of - d : 0;
}

static void put_item(struct run *run, const struct ar_item *it)
{
	struct ar_rec *r = &run->rec;
	struct ar_str s;
	bool known, no_closing;
	struct ar_cell c = cell_of(run, it, ar_open_entity(run->open, it->entity), &no_closing);
	int days = days_past(run, it, &known);

	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_aging);
	ar_set_raw(r, AR_F_id, ar_open_id(run->open, it));
	ar_set_raw(r, AR_F_item_type, ar_str(ar_types[it->type].name));
	ar_set_raw(r, AR_F_subtype, ar_open_text(run->open, it, AR_F_subtype));
	ar_set_raw(r, AR_F_number, ar_open_text(run->open, it, AR_F_number));
	ar_set_raw(r, AR_F_entity, ar_open_entity(run->open, it->entity));
	if (it->customer != AR_OPEN_NOBODY) {
		ar_set_raw(r, AR_F_customer, ar_open_customer(run->open, it->customer));
		s = ar_open_customer_text(run->open, it->customer, AR_F_name);
		ar_set_raw(r, AR_F_customer_name, s.n ? s : ar_open_text(run->open, it, AR_F_customer_name));
		ar_set_raw(r, AR_F_payer, ar_open_customer_text(run->open, it->customer, AR_F_payer));
	} else {
		ar_set_text(r, AR_F_customer, AR_STR("unknown"));
	}
	ar_set_i(r, AR_F_currency, it->ccy);
	if (it->issued != AR_DATE_NONE)
		ar_set_i(r, AR_F_issued, it->issued);
	if (it->due != AR_DATE_NONE)
		ar_set_i(r, AR_F_due, it->due);
	if (known)
		ar_set_i(r, AR_F_days, days);
	ar_set_raw(r, AR_F_bucket, ar_str(run->b.name[ar_bucket_of(&run->b, it)]));
	ar_set_i(r, AR_F_amount, it->amount);
	ar_set_i(r, AR_F_open, it->open);
	if (it->disputed)
		ar_set_i(r, AR_F_disputed_amount, it->disputed);
	if (it->base_ccy != AR_CCY_NONE) {
		ar_set_i(r, AR_F_base_currency, it->base_ccy);
		ar_set_i(r, AR_F_open_base, it->open_base);
		if (cfg.closing && !no_closing && it->ccy != it->base_ccy) {
			ar_set_i(r, AR_F_open_closing_base, c.closing);
			ar_set_i(r, AR_F_fx_unrealized_base, c.closing - it->open_base);
		}
	}
	if (it->date_is)
		ar_set_raw(r, AR_F_date_is, ar_str(ar_open_date_is(it->date_is)));
	for (int i = 0; i < run->dims.n; i++) {
		const struct dim *d = &run->dims.dim[i];

		if (!d->entity && !d->customer && d->f != AR_F_payer)
			ar_set_raw(r, d->f, dim_value(run, it, d));
	}
	ar_set_raw(r, AR_F_src, ar_open_text(run->open, it, AR_F_src));
	ar_io_put(run->io, r);
}

static void put_total(struct run *run, const struct ar_group *g, int bucket)
{
	const struct ar_cell *c = ar_group_cell(run->sums, g, bucket);
	const struct rollup *ro = &run->rollup[g->rollup];
	struct ar_rec *r = &run->rec;
	struct ar_buf by = AR_BUF_INIT;
	int n = 0;

	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_aging_total);
	for (int i = 0; i < g->nvalue; i++) {
		const struct dim *d = &ro->dim[i];

		ar_buf_puts(&by, n++ ? ",\"" : "\"");
		ar_buf_puts(&by, d->entity ? "entity" : d->customer ? "customer" : ar_field_name[d->f]);
		ar_buf_c(&by, '=');
		ar_buf_str(&by, g->value[i]);
		ar_buf_c(&by, '"');
	}
	if (n) {
		ar_set_raw(r, AR_F_by, ar_arena_str(r->mem, ar_buf_slice(&by)));
		r->v[AR_F_by].i = n;
	}
	ar_buf_release(&by);
	ar_set_i(r, AR_F_currency, g->ccy);
	ar_set_raw(r, AR_F_bucket, ar_str(run->b.name[bucket]));
	ar_set_i(r, AR_F_items, (int64_t)c->items);
	ar_set_i(r, AR_F_open, c->open);
	if (c->disputed)
		ar_set_i(r, AR_F_disputed_amount, c->disputed);
	if (g->base_ccy != AR_CCY_NONE) {
		ar_set_i(r, AR_F_base_currency, g->base_ccy);
		ar_set_i(r, AR_F_open_base, c->base);
		if (cfg.closing && !g->closing_missing)
			ar_set_i(r, AR_F_open_closing_base, c->closing);
		if (cfg.group != AR_CCY_NONE && !g->closing_missing) {
			ar_set_i(r, AR_F_group_currency, cfg.group);
			ar_set_i(r, AR_F_open_group, c->group);
		}
	}
	ar_io_put(run->io, r);
}

static void put_totals(struct run *run)
{
	struct ar_group *const *g;
	size_t n = ar_sums_sorted(run->sums, &g);

	for (size_t i = 0; i < n; i++)
		for (int k = 0; k < run->b.n; k++) {
			const struct ar_cell *c = ar_group_cell(run->sums, g[i], k);

			if (c->items || c->open || c->base || k == run->b.total)
				put_total(run, g[i], k);
		}
}

static void put_finding(struct run *run, const char *code, const char *severity, struct ar_str message)
{
	struct ar_rec *r = &run->rec;

	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_finding);
	ar_set_raw(r, AR_F_code, ar_str(code));
	ar_set_raw(r, AR_F_severity, ar_str(severity));
	ar_set_text(r, AR_F_message, message);
	ar_io_put(run->io, r);
}

/* Rates that were used stand in the head, so that the figures can be made again. */
static void name_rates(struct run *run)
{
	for (uint32_t i = 0; i < run->needed.n; i++) {
		struct { int from, to; } pair;
		struct ar_buf b = AR_BUF_INIT;

		memcpy(&pair, run->needed.key[i].p, sizeof pair);
		if (ar_rates_words(run->rates, (struct ar_str){ NULL, 0 }, cfg.as_of, pair.from, pair.to, &b))
			ar_io_param(run->io, "rate", ar_buf_z(&b));
		ar_buf_release(&b);
	}
}

static int put_findings(struct run *run)
{
	const struct ar_open_facts *f = run->open ? ar_open_facts(run->open) : NULL;
	char text[200];

	for (uint32_t i = 0; i < run->no_rate_for.n; i++) {
		snprintf(text, sizeof text, "no rate for %.*s within 7 days before the as-of date: closing values of these items are left out",
		         AR_STR_FMT(run->no_rate_for.key[i]));
		put_finding(run, "rate_missing", "warning", ar_str(text));
	}
	if (f && f->differs) {
		snprintf(text, sizeof text, "%llu documents are open in the source with another amount than their events give",
		         (unsigned long long)f->differs);
		put_finding(run, "open_differs", "warning", ar_str(text));
	}
	return run->no_rate || (f && f->differs) ? AR_FINDINGS : AR_OK;
}

/* ---- reading ---- */

static int take_master(struct ar_io *io, const struct ar_rec *r, void *arg)
{
	struct run *run = arg;

	if (r->type == AR_T_rate)
		ar_rates_add(run->rates, r);
	if (r->type == AR_T_period && ar_day(r, AR_F_end) < cfg.as_of) {
		if (run->nperiod == run->cperiod) {
			run->cperiod = run->cperiod ? run->cperiod * 2 : 64;
			run->period_end = ar_realloc(run->period_end, (size_t)run->cperiod * sizeof *run->period_end);
		}
		run->period_end[run->nperiod++] = ar_day(r, AR_F_end);
	}
	return run->open ? ar_open_add(run->open, r, &io->err) : 0;
}

static int latest_first(const void *a, const void *b, void *ctx)
{
	ar_date x = *(const ar_date *)a, y = *(const ar_date *)b;

	return x > y ? -1 : x < y;
}

static int read_input(struct run *run)
{
	struct ar_io *io = run->io;
	struct ar_rec *r;
	int rc;

	if (ar_io_with(io, &cfg.with, take_master, run) < 0)
		return -1;
	while ((rc = ar_io_next(io, &r)) > 0) {
		if (r->type == AR_T_rate || r->type == AR_T_period)
			take_master(io, r, run);
		else if (ar_open_add(run->open, r, &io->err) < 0)
			ar_io_reject(io, r);
	}
	return rc;
}

static int start_buckets(struct run *run, const struct ar_age_params *p)
{
	int n = 0;

	ar_sort(run->period_end, (size_t)run->nperiod, sizeof *run->period_end, latest_first, NULL);
	for (int i = 0; i < run->nperiod; i++)
		if (!n || run->period_end[i] != run->period_end[n - 1])
			run->period_end[n++] = run->period_end[i];
	if (!ar_buckets_init(&run->b, p, run->period_end, n))
		return ar_err(&run->io->err, AR_USAGE, "usage", p->unit == AR_UNIT_FISCAL
		              ? "--period=fiscal needs period records for as many periods as --buckets says"
		              : "--buckets must be ascending numbers (for months: one number, how many)");
	run->sums = ar_sums_new(&run->b, run->nrollup);
	return 0;
}

/* ---- the source's own open amounts in one pass ---- */

/*
 * The ids of documents, to know one that comes twice. Most ids end in a running number, so one slot stands for ten of them: 54 bits of a hash
 * of the id without its last digit, and a bit for each digit. An id that does not end in a digit has a slot of its own.
 */
struct ids { uint64_t *slot, mask, n; };
enum { ID_BITS = 10 };

struct snap {
	struct ar_tab extract;
	struct ids ids;
};

/* Documents of one export follow each other. */
static void note_extract(struct snap *s, struct ar_str id)
{
	if (!s->extract.n || !ar_streq(s->extract.key[s->extract.n - 1], id))
		ar_tab_add(&s->extract, id, NULL);
}

static uint64_t *id_slot(const struct ids *s, uint64_t hash)
{
	uint64_t k = hash >> ID_BITS & s->mask;

	while (s->slot[k] && s->slot[k] >> ID_BITS != hash >> ID_BITS)
		k = (k + 1) & s->mask;
	return &s->slot[k];
}

static void grow_ids(struct ids *s)
{
	struct ids old = *s;
	uint64_t was = old.slot ? old.mask + 1 : 0, cap = was ? was * 2 : 4096;

	s->slot = ar_calloc(cap, sizeof *s->slot);
	s->mask = cap - 1;
	for (uint64_t i = 0; i < was; i++)
		if (old.slot[i])
			*id_slot(s, old.slot[i]) = old.slot[i];
	free(old.slot);
}

static bool seen_before(struct ids *s, struct ar_str id)
{
	bool digit = ar_is_digit(id.p[id.n - 1]);
	uint64_t h = ar_hash64(id.p, id.n - digit), bit = 1ULL << (digit ? id.p[id.n - 1] - '0' : 0), *slot;

	if (!digit)
		h = ~h;                 /* what "A1" leaves is not "A" */
	if (!s->slot || s->n >= s->mask / 4 * 3)
		grow_ids(s);
	slot = id_slot(s, h);
	if (*slot & bit)
		return true;
	s->n += !*slot;
	*slot = (h & ~0ULL << ID_BITS) | (*slot & ((1 << ID_BITS) - 1)) | bit;
	return false;
}

static int snap_document(struct run *run, struct snap *s, const struct ar_rec *r)
{
	bool payment = r->type == AR_T_payment || r->type == AR_T_refund;
	enum ar_f f = payment ? AR_F_unapplied : AR_F_open;
	int base = ar_currency(r, AR_F_base_currency);
	struct ar_item it = { .type = r->type, .ccy = (uint16_t)ar_currency(r, AR_F_currency), .base_ccy = AR_CCY_NONE,
		.issued = ar_day(r, payment ? AR_F_date : AR_F_issued), .due = ar_day(r, AR_F_due), .delivered = ar_day(r, AR_F_delivered) };
	struct ar_str value[2], subtype = ar_raw_text(r, AR_F_subtype);
	int bucket;

	if (seen_before(&s->ids, ar_raw_text(r, AR_F_id))) {
		ar_err(&run->io->err, AR_REFUSED, "snapshot_twice", "the document %.*s comes twice; in one pass its versions cannot be told apart",
		       AR_STR_FMT(ar_raw_text(r, AR_F_id)));
		return ar_err_advice(&run->io->err, "run without --snapshot, or with one export only");
	}
	note_extract(s, ar_raw_text(r, AR_F_extract));
	if (!ar_has(r, f)) {
		ar_err(&run->io->err, AR_REFUSED, "snapshot_open", "the document %.*s has no open amount of its own", AR_STR_FMT(ar_raw_text(r, AR_F_id)));
		return ar_err_advice(&run->io->err, "run without --snapshot");
	}
	if (!ar_minor(r, f))
		return 0;
	it.posting = ar_has(r, AR_F_posting_date) ? ar_day(r, AR_F_posting_date) : it.issued;
	it.special = ar_streqz(subtype, "retention") ? AR_ITEM_RETENTION : payment && ar_streqz(subtype, "prepayment") ? AR_ITEM_DEPOSIT
		: AR_ITEM_PLAIN;
	it.open = r->type == AR_T_invoice || r->type == AR_T_refund ? ar_minor(r, f) : -ar_minor(r, f);
	if (base == it.ccy) {
		it.base_ccy = (int16_t)base;
		it.open_base = it.open;
	} else if (base != AR_CCY_NONE && ar_has(r, AR_F_open_base)) {
		it.base_ccy = (int16_t)base;
		it.open_base = it.open > 0 ? ar_minor(r, AR_F_open_base) : -ar_minor(r, AR_F_open_base);
	}
	bucket = ar_bucket_of(&run->b, &it);
	for (int i = 0; i < run->nrollup; i++) {
		const struct rollup *ro = &run->rollup[i];
		struct ar_cell c = { .items = 1, .open = it.open, .base = it.open_base };
		struct ar_group *g;

		for (int k = 0; k < ro->n; k++)
			value[k] = ar_raw_text(r, ro->dim[k].entity ? AR_F_entity : AR_F_customer);
		g = ar_sums_group(run->sums, i, value, ro->n, it.ccy, it.base_ccy);
		if (ar_group_add(run->sums, g, bucket, &c, &run->io->err) < 0)
			return -1;
	}
	return 0;
}

static int snap_extracts(struct run *run, struct snap *s, const struct ar_tab *good)
{
	for (uint32_t i = 0; i < s->extract.n; i++)
		if (ar_tab_get(good, s->extract.key[i]) == AR_TAB_NONE) {
			ar_err(&run->io->err, AR_REFUSED, "as_of_unsupported", "no export record says that the documents of '%.*s' are as of the day asked for",
			       AR_STR_FMT(s->extract.key[i]));
			return ar_err_advice(&run->io->err, "age as of the day of the export, or run without --snapshot");
		}
	return 0;
}

static int snapshot(struct run *run, const struct ar_age_params *p)
{
	struct snap s = { 0 };
	struct ar_tab good = { 0 };
	struct ar_rec *r;
	int rc;

	for (int i = 0; i < run->nrollup; i++)
		for (int k = 0; k < run->rollup[i].n; k++)
			if ((!run->rollup[i].dim[k].entity && !run->rollup[i].dim[k].customer) || run->rollup[i].n > 2)
				return ar_err(&run->io->err, AR_USAGE, "usage", "--snapshot sums by entity and customer only");
	if (cfg.closing || cfg.group != AR_CCY_NONE)
		return ar_err(&run->io->err, AR_USAGE, "usage", "--snapshot goes without --closing and --group");
	if (start_buckets(run, p) < 0)
		return -1;
	while ((rc = ar_io_next(run->io, &r)) > 0) {
		if (r->type == AR_T_extract && ar_day(r, AR_F_as_of) == cfg.as_of)
			ar_tab_add(&good, ar_raw_text(r, AR_F_id), NULL);
		if (r->type != AR_T_invoice && r->type != AR_T_credit_memo && r->type != AR_T_payment && r->type != AR_T_refund)
			continue;
		if (snap_document(run, &s, r) < 0) {
			rc = -1;
			break;
		}
	}
	if (!rc)
		rc = snap_extracts(run, &s, &good);
	free(s.ids.slot);
	ar_tab_release(&s.extract);
	ar_tab_release(&good);
	return rc;
}

/* ---- the tool ---- */

static void ask_for_texts(struct run *run)
{
	static const enum ar_f always[] = { AR_F_subtype, AR_F_customer_name, AR_F_src };

	for (size_t i = 0; i < sizeof always / sizeof *always; i++)
		ar_open_keep(run->open, always[i]);
	ar_open_keep_customer(run->open, AR_F_name);
	ar_open_keep_customer(run->open, AR_F_payer);
	for (int r = 0; r <= run->nrollup; r++) {
		const struct rollup *ro = r < run->nrollup ? &run->rollup[r] : &run->dims;

		for (int i = 0; i < ro->n; i++) {
			if (ro->dim[i].entity || ro->dim[i].customer)
				continue;
			ar_open_keep_customer(run->open, ro->dim[i].f);
			if (!ro->dim[i].from_customer)
				ar_open_keep(run->open, ro->dim[i].f);
		}
	}
}

static bool can_be_light(const struct run *run, const struct ar_age_params *p)
{
	if (!cfg.totals || cfg.check || cfg.future || p->credits == AR_CREDITS_OLDEST)
		return false;
	for (int r = 0; r < run->nrollup; r++)
		for (int i = 0; i < run->rollup[r].n; i++)
			if (!run->rollup[r].dim[i].entity && !run->rollup[r].dim[i].customer)
				return false;
	return true;
}

static int sum_all(struct run *run)
{
	size_t n = ar_open_count(run->open);

	if (run->light)
		return ar_open_each(run->open, each_light, run);
	if (run->b.p.credits == AR_CREDITS_OLDEST)
		set_off_credits(run);
	for (size_t i = 0; i < n; i++) {
		const struct ar_item *it = ar_open_item(run->open, i);

		if ((it->open || it->future) && sum_item(run, it, run->set_off ? &run->set_off[i] : NULL) < 0)
			return -1;
	}
	return 0;
}

/* --check: totals per currency are the same in every mode of credits. */
static int check_modes(struct run *run)
{
	for (int c = 0; c < ar_ccy_count; c++) {
		ar_wide by_bucket[4] = { 0 }, open = 0;

		for (size_t i = 0; i < ar_open_count(run->open); i++) {
			const struct ar_item *it = ar_open_item(run->open, i);
			struct ar_buckets b = run->b;

			if (it->ccy != c)
				continue;
			open += it->open;
			for (int m = 0; m < 4; m++) {
				int k;

				b.p.credits = (enum ar_credits)m;
				k = ar_bucket_of(&b, it);
				ar_assert(k >= 0 && k < b.n && k != b.total && k != b.future && k != b.disputed);
				by_bucket[m] += it->open;
			}
		}
		for (int m = 0; m < 4; m++)
			if (by_bucket[m] != open)
				return ar_err(&run->io->err, AR_SYSTEM, "law_modes", "internal error: modes of credits differ in %s", ar_ccy[c].code);
	}
	return 0;
}

static int events(struct run *run, const struct ar_age_params *p, int applied_by)
{
	run->light = can_be_light(run, p);
	run->open = ar_open_new(&(struct ar_open_params){ .as_of = cfg.as_of, .known_at = cfg.known_at,
		.applied_by = (enum ar_applied_by)applied_by, .light = run->light });
	if (!run->light)
		ask_for_texts(run);
	if (read_input(run) < 0 || start_buckets(run, p) < 0 || ar_open_close(run->open, &run->io->err) < 0)
		return -1;
	if (cfg.check && check_modes(run) < 0)
		return -1;
	return cfg.items ? 0 : sum_all(run);
}

static int report(struct run *run)
{
	const struct ar_open_facts *f = run->open ? ar_open_facts(run->open) : NULL;

	if (ar_sums_close(run->sums, &run->io->err) < 0)
		return -1;
	run->io->w.as_of = cfg.as_of;
	if (cfg.known_at != INT64_MAX)
		run->io->w.known_at = cfg.known_at;
	if (cfg.closing && cfg.items)
		for (size_t i = 0; i < ar_open_count(run->open); i++) {      /* so that the head can name the rates before the first item */
			bool x;

			cell_of(run, ar_open_item(run->open, i), ar_open_entity(run->open, ar_open_item(run->open, i)->entity), &x);
		}
	name_rates(run);
	if (run->open && !cfg.totals && !run->light)
		for (size_t i = 0; i < ar_open_count(run->open); i++)
			if (ar_open_item(run->open, i)->open)
				put_item(run, ar_open_item(run->open, i));
	if (!cfg.items)
		put_totals(run);
	if (f && f->backfilled)
		ar_io_note(run->io, "backfilled", f->backfilled);
	if (f && f->not_own_date) {
		ar_io_note(run->io, "not_own_date", f->not_own_date);
		ar_io_warn(run->io, "%llu documents were settled by applications without a date of their own (see date_is)",
		           (unsigned long long)f->not_own_date);
	}
	return put_findings(run);
}

static int age(struct ar_io *io)
{
	struct ar_age_params p;
	struct ar_arena mem = AR_ARENA_INIT;
	struct run run = { .io = io };
	int applied_by, rc = -1;

	ar_rec_init(&run.rec, &mem);
	run.rates = ar_rates_new(7);
	if (read_params(io, &p, &applied_by) == 0 && read_rollups(io, &run) == 0
	    && (cfg.snapshot ? snapshot(&run, &p) : events(&run, &p, applied_by)) == 0)
		rc = report(&run);
	ar_open_free(run.open);
	ar_sums_free(run.sums);
	ar_rates_free(run.rates);
	ar_tab_release(&run.needed);
	ar_tab_release(&run.no_rate_for);
	free(run.period_end);
	free(run.set_off);
	ar_rec_release(&run.rec);
	ar_arena_release(&mem);
	return rc;
}

static const struct ar_tool tool = {
	.name = "ar-age",
	.summary = "open balance of every receivable as of a date, in exactly one bucket",
	.operands = "[FILE ...]",
	.about = "Computes from documents and their settlements what was open on a day, and writes one aging record per open item and aging_total "
	         "records per rollup, currency and bucket. What is recorded later, or dated later, changes nothing.\n\n"
	         "Currencies are never added to each other. Where the source gives amounts in the company's own currency, the carrying value follows each "
	         "settlement; --closing adds the value at the day's rate and the unrealized exchange difference.\n\n"
	         "Exports that only show today's open amounts can be aged as of the day of the export alone; another day is refused with status 5.",
	.opts = opts,
	.run = age,
};

int main(int argc, char **argv)
{
	return ar_main(&tool, argc, argv);
}
