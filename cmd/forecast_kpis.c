/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Key figures of forecasts: of replayed past cut-offs, and of one that was made earlier. */
#include "config.h"

#include "cmd/forecast_run.h"

#include "ar/fixed.h"

#include <math.h>
#include <stdlib.h>

enum { CUTOFFS = 13, HISTORY = 50 };

#define NORMAL_MISS 0.79788456080286536      /* mean of |miss| in sigmas: sqrt(2 / pi) */

void forecast_decimal(struct ar_rec *r, enum ar_f f, double v, int digits)
{
	char text[AR_FIXED_TEXT];
	int n = ar_fixed_put(text, v, digits);

	ar_set_raw(r, f, (struct ar_str){ ar_arena_dup(r->mem, text, (size_t)n), (size_t)n });
}

/* ---- the back-test ---- */

struct figure { const char *name, *formula; };
static const struct figure
	mae = { "forecast_mae", "mean of |median day - day paid|, both limited to the days known since the cut-off, at most 120" },
	crps = { "forecast_crps", "mean of the sum over the days known, at most 120, of (probability paid by then - paid by then)^2" },
	within3 = { "forecast_within_3", "share of items with an error of at most 3 days" },
	within7 = { "forecast_within_7", "share of items with an error of at most 7 days" },
	in80 = { "forecast_coverage_80", "share of items paid within the central 80 % of their distribution" },
	in90 = { "forecast_coverage_90", "share of items paid within the central 90 % of their distribution" },
	items = { "forecast_items", "items open at the cut-off" },
	wape = { "cash_wape", "sum of |forecast - cash| / sum of cash, over the first four weeks" },
	cash80 = { "cash_coverage_80", "share of weeks whose cash lay in the 80 % interval" },
	cash90 = { "cash_coverage_90", "share of weeks whose cash lay in the 90 % interval" },
	book = { "forecast_open", "open amount at the cut-off, on average" },
	floors[AR_FC_HORIZONS] = {
		{ "cash_floor_7", "accuracy to expect of 7 days if the model's probabilities were true and items independent: 1 - sum of sqrt(2 / pi) * sigma / cash" },
		{ "cash_floor_14", "the same of 14 days" },
		{ "cash_floor_30", "the same of 30 days" } },
	accuracy[AR_FC_HORIZONS] = {
		{ "cash_accuracy_7", "1 - |forecast - cash| / cash of 7 days" },
		{ "cash_accuracy_14", "1 - |forecast - cash| / cash of 14 days" },
		{ "cash_accuracy_30", "1 - |forecast - cash| / cash of 30 days" } };

/* Figures of one rival over the cut-offs from..to-1; one cut-off is named in `by`. */
struct view {
	struct forecast_run *run;
	const struct ar_fc_test *test;
	int from, to, rival;
};

static struct ar_rec *start_figure(const struct view *v, const struct figure *fig)
{
	struct ar_rec *r = &v->run->rec;
	char day[11], mix[AR_FC_MIX_TEXT];

	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_kpi);
	ar_set_raw(r, AR_F_name, ar_str(fig->name));
	ar_set_raw(r, AR_F_formula, ar_str(fig->formula));
	ar_set_i(r, AR_F_as_of, v->run->as_of);
	ar_set_i(r, AR_F_period_start, v->test[v->to - 1].t + 1);
	ar_set_i(r, AR_F_period_end, v->run->as_of);
	ar_list_add(r, AR_F_by, ar_str(ar_arena_fmt(r->mem, "model=%s", ar_fc_rival[v->rival])));
	if (v->to - v->from == 1)
		ar_list_add(r, AR_F_by, ar_str(ar_arena_fmt(r->mem, "cutoff=%s", ar_date_z(day, v->test[v->from].t))));
	if (v->to - v->from == 1 && v->rival == AR_FC_MODEL)
		ar_list_add(r, AR_F_by, ar_str(ar_arena_fmt(r->mem, "stage=%s", ar_fc_mix_put(mix, &v->test[v->from].mix))));
	ar_set_raw(r, AR_F_rule, AR_STR("backtest"));
	return r;
}

static void put_ratio(const struct view *v, const struct figure *fig, enum ar_f f, int ccy, double top, double bottom, int digits)
{
	struct ar_rec *r = start_figure(v, fig);

	if (ccy >= 0)
		ar_set_i(r, AR_F_currency, v->run->ledger.ccy[ccy]);
	if (bottom > 0)
		forecast_decimal(r, f, top / bottom, digits);
	else
		ar_set_raw(r, AR_F_undefined, AR_STR("nothing to compare with"));
	ar_io_put(v->run->io, r);
}

static void put_item_figures(const struct view *v)
{
	struct ar_fc_score s = { 0 };
	struct ar_rec *r;

	for (int i = v->from; i < v->to; i++) {
		const struct ar_fc_score *x = &v->test[i].score[v->rival];

		s = (struct ar_fc_score){ s.items + x->items, s.error + x->error, s.crps + x->crps, s.within3 + x->within3,
			s.within7 + x->within7, s.in80 + x->in80, s.in90 + x->in90 };
	}
	r = start_figure(v, &items);
	ar_set_i(r, AR_F_count, (int64_t)s.items);
	ar_io_put(v->run->io, r);
	put_ratio(v, &mae, AR_F_days, -1, s.error, s.items, 4);
	if (v->rival == AR_FC_MODEL)
		put_ratio(v, &crps, AR_F_days, -1, s.crps, s.items, 4);
	put_ratio(v, &within3, AR_F_ratio, -1, s.within3, s.items, 4);
	put_ratio(v, &within7, AR_F_ratio, -1, s.within7, s.items, 4);
	if (v->rival == AR_FC_MODEL) {
		put_ratio(v, &in80, AR_F_ratio, -1, s.in80, s.items, 4);
		put_ratio(v, &in90, AR_F_ratio, -1, s.in90, s.items, 4);
	}
}

static void put_book(const struct view *v, int ccy, ar_wide open)
{
	struct ar_rec *r = start_figure(v, &book);
	int64_t amount = INT64_MAX;

	ar_narrow(open, &amount);
	ar_set_i(r, AR_F_currency, v->run->ledger.ccy[ccy]);
	if (amount <= AR_MONEY_MAX)
		ar_set_i(r, AR_F_amount, amount);
	else
		ar_set_raw(r, AR_F_undefined, AR_STR("beyond what an amount can hold"));
	ar_io_put(v->run->io, r);
}

static void put_cash_figures(const struct view *v, int ccy)
{
	double missed[AR_FC_HORIZONS + 1] = { 0 }, came[AR_FC_HORIZONS + 1] = { 0 };
	double weeks = 0, in_80 = 0, in_90 = 0, noise[AR_FC_HORIZONS] = { 0 };
	ar_wide open = 0;

	for (int i = v->from; i < v->to; i++) {
		const struct ar_fc_cash_score *x = &v->test[i].cash[v->rival * v->run->ledger.data.ccys + ccy];

		for (int h = 0; h < AR_FC_HORIZONS; h++) {
			ar_wide off = x->forecast[h] - x->actual[h];

			missed[h] += (double)(off < 0 ? -off : off);
			came[h] += (double)x->actual[h];
			noise[h] += NORMAL_MISS * sqrt(x->variance[h]) * 1e9;
		}
		open += x->open;
		missed[AR_FC_HORIZONS] += (double)x->missed;
		came[AR_FC_HORIZONS] += (double)x->came;
		weeks += x->weeks;
		in_80 += x->in80;
		in_90 += x->in90;
	}
	for (int h = 0; h < AR_FC_HORIZONS; h++)
		put_ratio(v, &accuracy[h], AR_F_ratio, ccy, came[h] - missed[h], came[h], 4);
	put_ratio(v, &wape, AR_F_ratio, ccy, missed[AR_FC_HORIZONS], came[AR_FC_HORIZONS], 4);
	if (v->rival == AR_FC_MODEL) {
		for (int h = 0; h < AR_FC_HORIZONS; h++)
			put_ratio(v, &floors[h], AR_F_ratio, ccy, came[h] - noise[h], came[h], 4);
		put_book(v, ccy, open / 1000000000 / (v->to - v->from));
		put_ratio(v, &cash80, AR_F_ratio, ccy, in_80, weeks, 4);
		put_ratio(v, &cash90, AR_F_ratio, ccy, in_90, weeks, 4);
	}
}

static void put_view(struct forecast_run *run, const struct ar_fc_test *t, int from, int to)
{
	for (int rival = 0; rival < AR_FC_RIVALS; rival++) {
		struct view v = { run, t, from, to, rival };

		if (rival != AR_FC_RUN_RATE)
			put_item_figures(&v);
		for (int c = 0; c < run->ledger.data.ccys; c++)
			put_cash_figures(&v, c);
	}
}

int forecast_backtest(struct forecast_run *run, const struct ar_fc_mix *mix)
{
	struct ar_fc_test *t;
	int n = ar_fc_backtest(run->fc, CUTOFFS, HISTORY, mix, &t);

	if (n) {
		put_view(run, t, 0, n);
		for (int i = n - 1; i >= 0; i--)
			put_view(run, t, i, i + 1);
		ar_io_note(run->io, "cutoffs", (uint64_t)n);
	}
	ar_fc_tests_free(t, n);
	if (!n)
		return ar_err(&run->io->err, AR_REFUSED, "no_past", "a back-test needs a day at least 8 weeks before %s with %d paid invoices before it; "
			"figures of the data a model was fitted on are not given", ar_date_z((char[11]){ 0 }, run->as_of), HISTORY);
	return 0;
}

/* ---- an earlier forecast against what happened ---- */

struct said_week { int ccy; ar_date from, to; int64_t expected, low80, high80, low90, high90; bool all_in; };
struct said_item { size_t item; ar_date p10, p50, p90; double in7; };

struct forecast_earlier {
	struct forecast_run *run;
	struct said_week *week;
	size_t nweek, cweek;
	struct said_item *item;
	size_t nitem, citem;
	ar_date made;                   /* the day it was made */
	uint64_t unknown;               /* items that the ledger does not hold */
};

struct forecast_earlier *forecast_earlier_new(struct forecast_run *run)
{
	struct forecast_earlier *x = ar_calloc(1, sizeof *x);

	x->run = run;
	x->made = AR_DATE_NONE;
	return x;
}

void forecast_earlier_free(struct forecast_earlier *x)
{
	if (!x)
		return;
	free(x->week);
	free(x->item);
	free(x);
}

static void add_week(struct forecast_earlier *x, const struct ar_rec *r)
{
	if (ar_has(r, AR_F_by))                 /* a customer's or a segment's */
		return;
	if (x->nweek == x->cweek) {
		x->cweek = x->cweek ? x->cweek * 2 : 64;
		x->week = ar_realloc(x->week, x->cweek * sizeof *x->week);
	}
	x->week[x->nweek++] = (struct said_week){ ar_currency(r, AR_F_currency), ar_day(r, AR_F_period_start), ar_day(r, AR_F_period_end),
		ar_minor(r, AR_F_expected), ar_minor(r, AR_F_low_80), ar_minor(r, AR_F_high_80), ar_minor(r, AR_F_low_90),
		ar_minor(r, AR_F_high_90), ar_has(r, AR_F_new_billing) };
	if (x->made == AR_DATE_NONE || ar_day(r, AR_F_period_start) - 1 < x->made)
		x->made = ar_day(r, AR_F_period_start) - 1;
}

static double fraction(struct ar_str s)
{
	int64_t v = 0;

	return ar_money_parse(s, 4, &v) ? (double)v / 10000 : 0;
}

static void add_item(struct forecast_earlier *x, const struct ar_rec *r)
{
	const struct ar_fc_ledger *l = &x->run->ledger;
	size_t at = ar_open_find(l->open, ar_raw_text(r, AR_F_id)), lo = 0, hi = l->data.n;

	while (lo < hi) {                       /* l->from rises */
		size_t mid = lo + (hi - lo) / 2;

		if (l->from[mid] < at)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (at == SIZE_MAX || lo == l->data.n || l->from[lo] != at) {
		x->unknown++;
		return;
	}
	if (x->nitem == x->citem) {
		x->citem = x->citem ? x->citem * 2 : 256;
		x->item = ar_realloc(x->item, x->citem * sizeof *x->item);
	}
	x->item[x->nitem++] = (struct said_item){ lo, ar_day(r, AR_F_p10), ar_day(r, AR_F_p50), ar_day(r, AR_F_p90),
		fraction(ar_raw_text(r, AR_F_paid_7)) };
}

int forecast_earlier_add(struct ar_io *io, const struct ar_rec *r, void *earlier)
{
	if (r->type == AR_T_cash)
		add_week(earlier, r);
	else if (r->type == AR_T_forecast)
		add_item(earlier, r);
	(void)io;
	return 0;
}

static struct ar_rec *start_compared(const struct forecast_earlier *x, const char *name, const char *formula, int ccy, ar_date from, ar_date to)
{
	struct ar_rec *r = &x->run->rec;
	char day[11];

	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_kpi);
	ar_set_raw(r, AR_F_name, ar_str(name));
	ar_set_raw(r, AR_F_formula, ar_str(formula));
	ar_set_i(r, AR_F_as_of, x->run->as_of);
	ar_set_i(r, AR_F_period_start, from);
	ar_set_i(r, AR_F_period_end, to);
	ar_list_add(r, AR_F_by, ar_str(ar_arena_fmt(r->mem, "forecast=%s", ar_date_z(day, x->made))));
	if (ccy >= 0)
		ar_set_i(r, AR_F_currency, ccy);
	ar_set_raw(r, AR_F_rule, AR_STR("forecast_against_actual"));
	return r;
}

static void put_compared(const struct forecast_earlier *x, const char *name, const char *formula, int ccy, enum ar_f f, double top, double bottom)
{
	struct ar_rec *r = start_compared(x, name, formula, ccy, x->made + 1, x->run->as_of);

	if (bottom > 0)
		forecast_decimal(r, f, top / bottom, 4);
	else
		ar_set_raw(r, AR_F_undefined, AR_STR("nothing to compare with"));
	ar_io_put(x->run->io, r);
}

/* Cash of the week: of items that were open when the forecast was made, or all-in of all. */
static ar_wide came_in(const struct forecast_earlier *x, const struct said_week *w)
{
	const struct ar_fc_data *d = &x->run->ledger.data;
	ar_wide sum = 0;

	for (size_t i = 0; i < d->n; i++)
		if (x->run->ledger.ccy[d->item[i].ccy] == w->ccy && (w->all_in || d->item[i].posted <= x->made))
			sum += ar_fc_cash(x->run->fc, &d->item[i], w->from - 1, w->to);
	return sum;
}

struct compared { double said, came, missed, weeks, in80, in90; };

static void put_week_compared(const struct forecast_earlier *x, const struct said_week *w, struct compared *sum)
{
	struct ar_rec *r = &x->run->rec;
	int64_t came = 0;
	char day[11];

	ar_narrow(came_in(x, w), &came);
	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_cash);
	ar_set_i(r, AR_F_currency, w->ccy);
	ar_set_i(r, AR_F_period_start, w->from);
	ar_set_i(r, AR_F_period_end, w->to);
	ar_list_add(r, AR_F_by, ar_str(ar_arena_fmt(r->mem, "forecast=%s", ar_date_z(day, x->made))));
	ar_set_i(r, AR_F_expected, w->expected);
	ar_set_i(r, AR_F_actual, came);
	ar_set_i(r, AR_F_low_80, w->low80);
	ar_set_i(r, AR_F_high_80, w->high80);
	ar_set_i(r, AR_F_low_90, w->low90);
	ar_set_i(r, AR_F_high_90, w->high90);
	ar_set_raw(r, AR_F_rule, AR_STR("forecast_against_actual"));
	ar_io_put(x->run->io, r);
	sum->said += (double)w->expected;
	sum->came += (double)came;
	sum->missed += (double)(w->expected > came ? w->expected - came : came - w->expected);
	sum->weeks++;
	sum->in80 += came >= w->low80 && came <= w->high80;
	sum->in90 += came >= w->low90 && came <= w->high90;
}

static void put_currency(const struct forecast_earlier *x, int ccy)
{
	struct compared sum = { 0 };

	for (size_t i = 0; i < x->nweek; i++)
		if (x->week[i].ccy == ccy && x->week[i].to <= x->run->as_of)
			put_week_compared(x, &x->week[i], &sum);
	if (!sum.weeks)
		return;
	put_compared(x, "cash_bias", "(sum of forecasts - sum of cash) / sum of cash, over the weeks that have passed", ccy, AR_F_ratio,
		     sum.said - sum.came, sum.came);
	put_compared(x, "cash_wape", "sum of |forecast - cash| / sum of cash, over the weeks that have passed", ccy, AR_F_ratio, sum.missed, sum.came);
	put_compared(x, cash80.name, cash80.formula, ccy, AR_F_ratio, sum.in80, sum.weeks);
	put_compared(x, cash90.name, cash90.formula, ccy, AR_F_ratio, sum.in90, sum.weeks);
}

/* Days of errors are limited to what is known by now; an item settled without cash is left out. */
static void put_items_compared(const struct forecast_earlier *x)
{
	double n = 0, error = 0, inside = 0, said = 0, came = 0, sevens = 0;
	struct ar_rec *r;

	for (size_t i = 0; i < x->nitem; i++) {
		const struct said_item *s = &x->item[i];
		const struct ar_fc_item *it = &x->run->ledger.data.item[s->item];
		ar_date now = x->run->as_of, end = it->settled == AR_DATE_NONE ? now + 1 : it->paid;

		if (end == AR_DATE_NONE)
			continue;
		n++;
		error += s->p50 > now ? now + 1 - end : s->p50 > end ? s->p50 - end : end - s->p50;
		/* not yet paid: within, if its time is not yet up */
		inside += end > now ? s->p90 > now : end >= s->p10 && end <= s->p90;
		if (x->made + 7 <= now) {
			sevens++;
			said += s->in7;
			came += end <= x->made + 7;
		}
	}
	r = start_compared(x, "forecast_items", "items forecast that the ledger holds", -1, x->made + 1, x->run->as_of);
	ar_set_i(r, AR_F_count, (int64_t)x->nitem);
	ar_io_put(x->run->io, r);
	put_compared(x, "forecast_mae", "mean of |median day - day paid|, both limited to the days known", -1, AR_F_days, error, n);
	put_compared(x, "forecast_coverage_80", "share of items paid between p10 and p90; one still open counts as within until p90", -1,
		     AR_F_ratio, inside, n);
	put_compared(x, "forecast_paid_7", "share of items that the forecast expected to be paid within 7 days", -1, AR_F_ratio, said, sevens);
	put_compared(x, "actual_paid_7", "share of items that were", -1, AR_F_ratio, came, sevens);
}

int forecast_earlier_put(struct forecast_earlier *x)
{
	if (!x->nweek)
		return ar_err(&x->run->io->err, AR_DAMAGED, "no_forecast", "--actual: there is no cash record in it; it takes what ar-forecast wrote");
	if (x->made >= x->run->as_of)
		return ar_err(&x->run->io->err, AR_REFUSED, "no_past", "--actual: the forecast was not made before --as-of, so nothing of it has passed");
	put_items_compared(x);
	for (int c = 0; c < ar_ccy_count; c++)
		put_currency(x, c);
	if (x->unknown)
		ar_io_note(x->run->io, "unknown_items", x->unknown);
	return 0;
}
