/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-forecast - when will open items be paid, how much cash comes in which week, and how good such forecasts were. */
#include "config.h"

#include "ar/fixed.h"
#include "ar/forecast.h"
#include "ar/open.h"
#include "rec/tool.h"

#include <stdlib.h>

enum { CUTOFFS = 13, HISTORY = 50, CDF_DAYS = 120, NO_DUE_DAYS = 30 };

static struct {
	ar_date as_of;
	int64_t known_at;
	const char *calendar;
	struct ar_args holiday;
	uint64_t weeks;
	bool backtest, distribution;
} cfg = { .as_of = AR_DATE_NONE, .known_at = INT64_MAX, .calendar = "weekends", .weeks = 13 };

static const struct ar_opt opts[] = {
	AR_AS_OF(&cfg.as_of, "Forecast from the end of this day (required); today must be said"),
	{ AR_O_PARSE, "known-at", "MOMENT", "Use only what was known then: YYYY-MM-DDThh:mm:ssZ, or a date for its end", &cfg.known_at,
	  AR_OPT_SHOWN, ar_opt_time },
	{ AR_O_TEXT, "calendar", "NAME", "Free days: weekends (the default), target2 (those and the closing days of the "
	  "euro payment system) or none. If history shows payments on free days, it is not used", &cfg.calendar, AR_OPT_SHOWN, NULL },
	{ AR_O_LIST, "holiday", "DATE,...", "More free days, past and coming", &cfg.holiday, AR_OPT_SHOWN, NULL },
	{ AR_O_UINT, "horizon", "WEEKS", "Weeks of the cash forecast, 1 to 53; default 13", &cfg.weeks, AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "distribution", NULL, "Add to each forecast the probability that it is paid within 1, 2, ... 120 days",
	  &cfg.distribution, AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "backtest", NULL, "Instead of a forecast, write key figures of how good past ones would have been, "
	  "beside simple rules. Status 5 if the history is too short for it", &cfg.backtest, AR_OPT_SHOWN, NULL },
	AR_OPT_END
};

struct run {
	struct ar_io *io;
	struct ar_rec rec;
	struct ar_cal cal;
	struct ar_open *open;
	/* what the model gets; index i of item stands for index from[i] of open */
	struct ar_fc_item *item;
	size_t *from;
	struct ar_fc_part *part;
	uint32_t nparts;
	bool *no_due;
	uint32_t *segment;
	int *ccy;                               /* slot -> currency, in code order */
	struct ar_fc_data data;
	struct ar_fc *fc;
	struct ar_fc_model *model;
	const char *model_name;
};

static int read_holidays(struct run *run)
{
	for (int i = 0; i < cfg.holiday.n; i++) {
		struct ar_str rest = ar_str(cfg.holiday.v[i]), one;
		ar_date d;

		while (rest.p) {
			rest = ar_str_cut(rest, ',', &one);
			if (!ar_date_parse(one, &d))
				return ar_err(&run->io->err, AR_USAGE, "usage", "--holiday: '%.*s' is not a date: write YYYY-MM-DD", AR_STR_FMT(one));
			ar_cal_add(&run->cal, d);
		}
	}
	return 0;
}

static int read_options(struct run *run)
{
	struct ar_err *e = &run->io->err;

	if (cfg.as_of == AR_DATE_NONE)
		return ar_err(e, AR_USAGE, "usage", "--as-of=DATE is required");
	if (cfg.as_of < AR_DATE_MIN + 2 * AR_FC_HISTORY || cfg.as_of > AR_DATE_MAX - 2 * AR_FC_REACH)
		return ar_err(e, AR_USAGE, "usage", "--as-of: no forecast can be made at the ends of the calendar");
	if (cfg.weeks < 1 || cfg.weeks > AR_FC_WEEKS)
		return ar_err(e, AR_USAGE, "usage", "--horizon takes 1 to %d weeks", AR_FC_WEEKS);
	if (!ar_cal_init(&run->cal, cfg.calendar))
		return ar_err(e, AR_USAGE, "usage", "--calendar: no calendar is called '%s'; there are weekends, target2 and none", cfg.calendar);
	return read_holidays(run);
}

static int read_input(struct run *run)
{
	struct ar_io *io = run->io;
	struct ar_rec *r;
	int rc;

	run->open = ar_open_new(&(struct ar_open_params){ .as_of = cfg.as_of, .known_at = cfg.known_at });
	ar_open_keep_customer(run->open, AR_F_segment);
	ar_open_keep_customer(run->open, AR_F_payment_terms);
	while ((rc = ar_io_next(io, &r)) > 0)
		if (ar_open_add(run->open, r, &io->err) < 0)
			ar_io_reject(io, r);
	return rc < 0 ? rc : ar_open_close(run->open, &io->err);
}

/* ---- from what is open to what the model gets ---- */

static bool is_cash(const struct ar_open *o, const struct ar_event *v)
{
	if (v->other == UINT32_MAX)                     /* the source of the settlement never came */
		return v->type == AR_T_application;
	return (v->type == AR_T_application || v->type == AR_T_reversal) && ar_open_item(o, v->other)->type == AR_T_payment;
}

static void take_events(struct run *run, size_t i, struct ar_fc_item *x)
{
	const struct ar_item *it = ar_open_item(run->open, i);
	const struct ar_event *v;
	size_t n = ar_open_events(run->open, i, &v);
	ar_wide fall = it->open;
	ar_date cash = AR_DATE_NONE;

	x->part = run->nparts;
	for (size_t j = 0; j < n; j++) {
		struct ar_fc_part *p = &run->part[x->part + x->nparts++];

		*p = (struct ar_fc_part){ v[j].date, -v[j].delta, is_cash(run->open, &v[j]) ? -v[j].delta : 0 };
		fall += p->fall;
		cash = p->cash > 0 ? p->date : cash;
	}
	run->nparts += x->nparts;
	if (!ar_narrow(fall, &x->amount) || x->amount < 0)
		x->amount = 0;
	x->settled = it->open > 0 ? AR_DATE_NONE : n ? v[n - 1].date : it->posting;
	x->paid = it->open > 0 ? AR_DATE_NONE : cash;
}

static void take_segments(struct run *run)
{
	struct ar_tab t = { 0 };

	for (size_t i = 0, last = SIZE_MAX; i < run->data.n; i++) {
		uint32_t c = ar_open_item(run->open, run->from[i])->customer;
		struct ar_str s = ar_open_customer_text(run->open, c, AR_F_segment);

		if (run->item[i].customer == last)
			continue;
		last = run->item[i].customer;
		if (!s.n)
			s = ar_open_customer_text(run->open, c, AR_F_payment_terms);
		run->segment[last] = ar_tab_add(&t, s.n ? s : AR_STR(""), NULL);
	}
	run->data.segments = t.n ? t.n : 1;
	ar_tab_release(&t);
}

static void take_currencies(struct run *run)
{
	uint16_t *slot = ar_arena_zero(&run->io->mem, (size_t)ar_ccy_count * sizeof *slot);

	run->ccy = ar_arena_zero(&run->io->mem, (size_t)ar_ccy_count * sizeof *run->ccy);
	for (size_t i = 0; i < run->data.n; i++)
		slot[run->item[i].ccy] = 1;
	for (int c = 0; c < ar_ccy_count; c++)
		if (slot[c]) {
			run->ccy[run->data.ccys] = c;
			slot[c] = run->data.ccys++;
		}
	for (size_t i = 0; i < run->data.n; i++)
		run->item[i].ccy = slot[run->item[i].ccy];
}

/* Where a company's records hold no payment at all, its open items say nothing about how long it waits. */
static void mark_unwatched(struct run *run)
{
	for (size_t i = 0, from = 0; i <= run->data.n; i++) {
		uint32_t entity = i < run->data.n ? ar_open_item(run->open, run->from[i])->entity : UINT32_MAX;
		bool paid = false;

		if (i == from || entity == ar_open_item(run->open, run->from[from])->entity)
			continue;
		for (size_t j = from; j < i; j++)
			paid = paid || run->item[j].paid != AR_DATE_NONE;
		for (size_t j = from; j < i; j++)
			run->item[j].unwatched = !paid;
		from = i;
	}
}

static void take_item(struct run *run, size_t i, size_t n)
{
	const struct ar_item *it = ar_open_item(run->open, i), *before = n ? ar_open_item(run->open, run->from[n - 1]) : NULL;
	struct ar_fc_item *x = &run->item[n];

	if (!before || before->customer != it->customer || before->entity != it->entity)
		run->data.customers++;
	*x = (struct ar_fc_item){ .customer = run->data.customers - 1, .ccy = it->ccy, .posted = it->posting, .due = it->due };
	if (it->due == AR_DATE_NONE) {
		ar_date start = it->issued != AR_DATE_NONE ? it->issued : it->posting;

		run->no_due[n] = true;
		x->due = start > AR_DATE_MAX - NO_DUE_DAYS ? AR_DATE_MAX : start + NO_DUE_DAYS;
	}
	run->from[n] = i;
	take_events(run, i, x);
}

static void arrange(struct run *run)
{
	size_t count = ar_open_count(run->open), n = 0, parts = 0, credits = 0;
	const struct ar_event *v;

	for (size_t i = 0; i < count; i++)
		parts += ar_open_item(run->open, i)->type == AR_T_invoice ? ar_open_events(run->open, i, &v) : 0;
	run->item = ar_calloc(count + 1, sizeof *run->item);
	run->from = ar_calloc(count + 1, sizeof *run->from);
	run->no_due = ar_calloc(count + 1, 1);
	run->segment = ar_calloc(count + 1, sizeof *run->segment);
	run->part = ar_calloc(parts + 1, sizeof *run->part);
	for (size_t i = 0; i < count; i++) {
		const struct ar_item *it = ar_open_item(run->open, i);

		if (it->type == AR_T_invoice)
			take_item(run, i, n++);
		credits += it->open < 0;
	}
	run->data.n = n;
	take_segments(run);
	take_currencies(run);
	mark_unwatched(run);
	run->data.item = run->item;
	run->data.part = run->part;
	run->data.segment = run->segment;
	run->data.cal = &run->cal;
	run->data.as_of = cfg.as_of;
	if (credits)
		ar_io_note(run->io, "credits_ignored", credits);
}

/* ---- writing ---- */

static void put_decimal(struct ar_rec *r, enum ar_f f, double v, int digits)
{
	char text[AR_FIXED_TEXT];
	int n = ar_fixed_put(text, v, digits);

	ar_set_raw(r, f, (struct ar_str){ ar_arena_dup(r->mem, text, (size_t)n), (size_t)n });
}

/* Name, version and a hash of everything that was fitted, so that two forecasts show at a glance whether the model is one. */
static void name_model(struct run *run, const struct ar_fc_k *k)
{
	const struct ar_fc_facts *f = ar_fc_model_facts(run->model);
	struct ar_buf b = AR_BUF_INIT;
	char text[AR_FIXED_TEXT], hex[65];
	uint8_t sha[32];

	ar_buf_puts(&b, AR_FC_NAME);
	for (int i = 0; i < 4 + 7 + AR_FC_BINS; i++) {
		double v = i < 4 ? (const double[]){ k->k0, k->k1, k->k3, k->half_life }[i]
			: i < 11 ? f->weekday[i - 4] : f->company[i - 11];

		ar_buf_c(&b, ' ');
		ar_buf_put(&b, text, (size_t)ar_fixed_put(text, v, 6));
	}
	ar_buf_puts(&b, f->calendar ? " calendar" : " none");
	ar_sha256(b.p, b.n, sha);
	ar_hex(sha, 6, hex);
	run->model_name = ar_arena_fmt(&run->io->mem, "%s %s", AR_FC_NAME, hex);
	ar_buf_release(&b);
}

static void put_parameter(struct ar_io *io, const char *name, double v, int digits)
{
	char text[AR_FIXED_TEXT];

	text[ar_fixed_put(text, v, digits)] = '\0';
	ar_io_param(io, name, ar_arena_dup(&io->mem, text, strlen(text)));
}

static void fit(struct run *run)
{
	int cutoffs;
	struct ar_fc_k k = ar_fc_tune(run->fc, cfg.as_of, &cutoffs);

	run->model = ar_fc_fit(run->fc, cfg.as_of, &k);
	put_parameter(run->io, "fitted-k0", k.k0, 0);
	put_parameter(run->io, "fitted-k1", k.k1, 0);
	put_parameter(run->io, "fitted-k3", k.k3, 0);
	put_parameter(run->io, "fitted-half-life", k.half_life, 0);
	put_parameter(run->io, "fitted-on-cutoffs", cutoffs, 0);
	ar_io_param(run->io, "fitted-calendar", ar_fc_model_facts(run->model)->calendar ? cfg.calendar : "none");
	name_model(run, &k);
}

static const char *days(int n)
{
	return n == 1 ? "day" : "days";
}

static void say_habits(struct ar_rec *r, const struct ar_fc_habits *h)
{
	static const char *const name[7] = { "Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays" };
	int64_t lag = 0;
	int n;

	if (!ar_fixed(h->mean_lag, 0, &lag))
		lag = 0;
	n = (int)(lag < 0 ? -lag : lag);
	if (n)
		ar_list_add(r, AR_F_reasons, ar_str(ar_arena_fmt(r->mem, "pays %d %s %s on average (n=%d)", n, days(n),
			lag > 0 ? "late" : "early", h->paid)));
	else
		ar_list_add(r, AR_F_reasons, ar_str(ar_arena_fmt(r->mem, "pays on time on average (n=%d)", h->paid)));
	for (int i = 0; i < 7 && h->paid >= 5; i++)
		if (h->weekday[i] * 10 >= h->paid * 6)
			ar_list_add(r, AR_F_reasons, ar_str(ar_arena_fmt(r->mem, "pays on %s", name[i])));
	if (h->paid >= 5 && h->month_end * 10 >= h->paid * 6)
		ar_list_add(r, AR_F_reasons, AR_STR("month-end payer"));
}

static void say_why(struct run *run, struct ar_rec *r, size_t i, const struct ar_fc_habits *h, bool never)
{
	const struct ar_fc_item *x = &run->item[i];
	int left = x->due - cfg.as_of;
	uint64_t known = ar_fc_model_facts(run->model)->payments;

	if (left)
		ar_list_add(r, AR_F_reasons, ar_str(left > 0 ? ar_arena_fmt(r->mem, "due in %d %s", left, days(left))
			: ar_arena_fmt(r->mem, "%d %s overdue", -left, days(-left))));
	else
		ar_list_add(r, AR_F_reasons, AR_STR("due today"));
	if (run->no_due[i])
		ar_list_add(r, AR_F_reasons, AR_STR("no due date: 30 days after issue assumed"));
	if (h->paid)
		say_habits(r, h);
	else
		ar_list_add(r, AR_F_reasons, known ? AR_STR("no payment history: as other customers pay")
			: AR_STR("no history at all: around the due date, with a wide spread"));
	if (x->amount > ar_open_item(run->open, run->from[i])->open)
		ar_list_add(r, AR_F_reasons, AR_STR("partly settled already"));
	if (never)
		ar_list_add(r, AR_F_reasons, AR_STR("may not be paid within two years"));
	ar_set_raw(r, AR_F_rule, h->paid ? AR_STR("customer_history") : known ? AR_STR("all_customers") : AR_STR("no_history"));
}

static void put_curve(struct ar_rec *r, const double *f)
{
	struct ar_str s[CDF_DAYS];

	for (int i = 0; i < CDF_DAYS; i++) {
		char text[AR_FIXED_TEXT];
		size_t n = (size_t)ar_fixed_put(text, f[i], 6);

		s[i] = (struct ar_str){ ar_arena_dup(r->mem, text, n), n };
	}
	ar_set_list(r, AR_F_cdf, s, CDF_DAYS);
}

static void put_forecast(struct run *run, size_t i, const struct ar_fc_habits *h, const double *f)
{
	const struct ar_item *it = ar_open_item(run->open, run->from[i]);
	const struct ar_fc_item *x = &run->item[i];
	struct ar_rec *r = &run->rec;
	struct ar_str id = ar_open_id(run->open, it);
	int last = ar_fc_quantile(f, AR_FC_REACH, 0.9);

	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_forecast);
	ar_set_raw(r, AR_F_id, id);
	ar_set_raw(r, AR_F_entity, ar_open_entity(run->open, it->entity));
	ar_set_raw(r, AR_F_customer, ar_open_customer(run->open, it->customer));
	ar_set_i(r, AR_F_currency, it->ccy);
	ar_set_i(r, AR_F_open, it->open);
	if (it->due != AR_DATE_NONE)
		ar_set_i(r, AR_F_due, it->due);
	ar_set_i(r, AR_F_p10, cfg.as_of + ar_fc_quantile(f, AR_FC_REACH, 0.1));
	ar_set_i(r, AR_F_p50, cfg.as_of + ar_fc_quantile(f, AR_FC_REACH, 0.5));
	ar_set_i(r, AR_F_p90, cfg.as_of + last);
	put_decimal(r, AR_F_paid_7, f[6], 4);
	put_decimal(r, AR_F_paid_30, f[29], 4);
	put_decimal(r, AR_F_days_late, cfg.as_of - x->due + ar_fc_mean_days(f, AR_FC_REACH), 1);
	say_why(run, r, i, h, f[AR_FC_REACH - 1] < 0.9 - 1e-9);
	ar_set_text(r, AR_F_model, ar_str(run->model_name));
	if (cfg.distribution)
		put_curve(r, f);
	ar_list_add(r, AR_F_derived_from, id);
	ar_io_put(run->io, r);
}

static void put_forecasts(struct run *run)
{
	struct ar_fc_who *who = ar_malloc(sizeof *who);
	struct ar_fc_habits h = { 0 };
	uint32_t at = UINT32_MAX;
	double f[AR_FC_REACH];

	for (size_t i = 0; i < run->data.n; i++) {
		if (run->item[i].settled != AR_DATE_NONE)
			continue;
		if (run->item[i].customer != at) {
			at = run->item[i].customer;
			ar_fc_who(run->model, at, who);
			ar_fc_habits(run->fc, cfg.as_of, at, &h);
		}
		ar_fc_curve(run->model, who, run->item[i].due, AR_FC_REACH, f);
		put_forecast(run, i, &h, f);
	}
	free(who);
}

static void put_week(struct run *run, const struct ar_fc_book *b, const struct ar_fc_scale *s, int c, int w)
{
	const struct ar_fc_cell_cash *x = &b->cell[c * b->weeks + w];
	struct ar_rec *r = &run->rec;
	int64_t low, high;

	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_cash);
	ar_set_i(r, AR_F_currency, run->ccy[c]);
	ar_set_i(r, AR_F_period_start, w ? b->end[w - 1] + 1 : b->t + 1);
	ar_set_i(r, AR_F_period_end, b->end[w]);
	ar_set_i(r, AR_F_expected, ar_fc_expected(x));
	ar_fc_interval(b, c, w, s, 80, &low, &high);
	ar_set_i(r, AR_F_low_80, low);
	ar_set_i(r, AR_F_high_80, high);
	ar_fc_interval(b, c, w, s, 90, &low, &high);
	ar_set_i(r, AR_F_low_90, low);
	ar_set_i(r, AR_F_high_90, high);
	ar_set_i(r, AR_F_already_open, ar_fc_expected(x));
	ar_set_i(r, AR_F_naive, ar_fc_naive(x));
	ar_set_raw(r, AR_F_rule, AR_STR("open_items_by_week"));
	ar_io_put(run->io, r);
}

static int put_cash(struct run *run)
{
	struct ar_fc_k k = ar_fc_model_k(run->model);
	struct ar_fc_scale s;
	struct ar_fc_book b;
	int rc = 0;

	ar_fc_calibrate(run->fc, cfg.as_of, &k, (int)cfg.weeks, &s);
	ar_fc_book(run->model, (int)cfg.weeks, &b);
	for (int c = 0; c < b.ccys && rc == 0; c++) {
		if (b.open[c] > AR_MONEY_MAX)
			rc = ar_err(&run->io->err, AR_DAMAGED, "money_large", "what is open in %s is beyond what an amount can hold",
			            ar_ccy[run->ccy[c]].code);
		for (int w = 0; w < b.weeks && b.items[c] && rc == 0; w++)
			put_week(run, &b, &s, c, w);
	}
	ar_fc_book_release(&b);
	ar_fc_scale_release(&s);
	return rc;
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
	accuracy[AR_FC_HORIZONS] = {
		{ "cash_accuracy_7", "1 - |forecast - cash| / cash of 7 days" },
		{ "cash_accuracy_14", "1 - |forecast - cash| / cash of 14 days" },
		{ "cash_accuracy_30", "1 - |forecast - cash| / cash of 30 days" } };

/* Figures of one rival over the cut-offs from..to-1; one cut-off is named in `by`. */
struct view {
	struct run *run;
	const struct ar_fc_test *test;
	int from, to, rival;
};

static struct ar_rec *start_figure(const struct view *v, const struct figure *fig)
{
	struct ar_rec *r = &v->run->rec;
	char day[11];

	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_kpi);
	ar_set_raw(r, AR_F_name, ar_str(fig->name));
	ar_set_raw(r, AR_F_formula, ar_str(fig->formula));
	ar_set_i(r, AR_F_as_of, cfg.as_of);
	ar_set_i(r, AR_F_period_start, v->test[v->to - 1].t + 1);
	ar_set_i(r, AR_F_period_end, cfg.as_of);
	ar_list_add(r, AR_F_by, ar_str(ar_arena_fmt(r->mem, "model=%s", ar_fc_rival[v->rival])));
	if (v->to - v->from == 1)
		ar_list_add(r, AR_F_by, ar_str(ar_arena_fmt(r->mem, "cutoff=%s", ar_date_z(day, v->test[v->from].t))));
	ar_set_raw(r, AR_F_rule, AR_STR("backtest"));
	return r;
}

static void put_ratio(const struct view *v, const struct figure *fig, enum ar_f f, int ccy, double top, double bottom, int digits)
{
	struct ar_rec *r = start_figure(v, fig);

	if (ccy >= 0)
		ar_set_i(r, AR_F_currency, v->run->ccy[ccy]);
	if (bottom > 0)
		put_decimal(r, f, top / bottom, digits);
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

static void put_cash_figures(const struct view *v, int ccy)
{
	double missed[AR_FC_HORIZONS + 1] = { 0 }, came[AR_FC_HORIZONS + 1] = { 0 };
	double weeks = 0, in_80 = 0, in_90 = 0;

	for (int i = v->from; i < v->to; i++) {
		const struct ar_fc_cash_score *x = &v->test[i].cash[v->rival * v->run->data.ccys + ccy];

		for (int h = 0; h < AR_FC_HORIZONS; h++) {
			ar_wide off = x->forecast[h] - x->actual[h];

			missed[h] += (double)(off < 0 ? -off : off);
			came[h] += (double)x->actual[h];
		}
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
		put_ratio(v, &cash80, AR_F_ratio, ccy, in_80, weeks, 4);
		put_ratio(v, &cash90, AR_F_ratio, ccy, in_90, weeks, 4);
	}
}

static void put_view(struct run *run, const struct ar_fc_test *t, int from, int to)
{
	for (int rival = 0; rival < AR_FC_RIVALS; rival++) {
		struct view v = { run, t, from, to, rival };

		if (rival != AR_FC_RUN_RATE)
			put_item_figures(&v);
		for (int c = 0; c < run->data.ccys; c++)
			put_cash_figures(&v, c);
	}
}

static int backtest(struct run *run)
{
	struct ar_fc_test *t;
	int n = ar_fc_backtest(run->fc, CUTOFFS, HISTORY, &t);

	if (n) {
		put_view(run, t, 0, n);
		for (int i = n - 1; i >= 0; i--)
			put_view(run, t, i, i + 1);
		ar_io_note(run->io, "cutoffs", (uint64_t)n);
	}
	ar_fc_tests_free(t, n);
	if (!n)
		return ar_err(&run->io->err, AR_REFUSED, "no_past", "a back-test needs a day at least 8 weeks before %s with %d paid invoices before it; "
			"figures of the data a model was fitted on are not given", ar_date_z((char[11]){ 0 }, cfg.as_of), HISTORY);
	return 0;
}

static int report(struct run *run)
{
	const struct ar_open_facts *f = ar_open_facts(run->open);

	run->io->w.as_of = cfg.as_of;
	if (cfg.known_at != INT64_MAX)
		run->io->w.known_at = cfg.known_at;
	if (f->backfilled)
		ar_io_note(run->io, "backfilled", f->backfilled);
	if (f->missing_sides)
		ar_io_note(run->io, "missing_sides", f->missing_sides);
	if (cfg.backtest)
		return backtest(run);
	fit(run);
	put_forecasts(run);
	return put_cash(run);
}

static int forecast(struct ar_io *io)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct run run = { .io = io };
	int rc = -1;

	ar_rec_init(&run.rec, &mem);
	if (read_options(&run) == 0 && read_input(&run) == 0) {
		arrange(&run);
		run.fc = ar_fc_new(&run.data);
		rc = report(&run);
	}
	ar_fc_model_free(run.model);
	ar_fc_free(run.fc);
	ar_open_free(run.open);
	ar_cal_release(&run.cal);
	free(run.item);
	free(run.from);
	free(run.no_due);
	free(run.segment);
	free(run.part);
	ar_rec_release(&run.rec);
	ar_arena_release(&mem);
	return rc;
}

static const struct ar_tool tool = {
	.name = "ar-forecast",
	.summary = "when open items will be paid, and how much cash comes in which week",
	.operands = "[FILE ...]",
	.about = "Reads customers, invoices, credit memos, payments and applications, learns from them how each customer pays, and writes one forecast "
	         "record per open invoice (the days by which it is paid with 10, 50 and 90 % probability) and one cash record per week and currency, with "
	         "intervals and what the due dates alone would say. Weeks end on Sunday; the first one begins on the day after --as-of.\n\n"
	         "The model counts, for each customer, weekday and day relative to the due date, how many open items were paid; customers with little "
	         "history are drawn to their segment (or payment terms) and to the company. Items still open count too, and nothing dated after --as-of "
	         "or learned after --known-at is used. How strongly customers are drawn together is chosen on past days of the same ledger.\n\n"
	         "Only invoices are forecast; credits, payments on account and refunds are left out. An invoice without a due date is taken to be due "
	         "30 days after its issue, and its reasons say so. Intervals of the weeks allow for customers who pay many items at once, and are "
	         "scaled by how far past forecasts missed.\n\n"
	         "Forecasts are sorted by entity, customer, currency, due date, number and id; then cash by currency and week. Key figures of --backtest "
	         "come for all cut-offs together first, then for each, oldest first.",
	.opts = opts,
	.run = forecast,
};

int main(int argc, char **argv)
{
	return ar_main(&tool, argc, argv);
}
