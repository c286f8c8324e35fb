/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-forecast - when will open items be paid, how much cash comes in which week, and how good such forecasts were. */
#include "config.h"

#include "cmd/forecast_run.h"

#include "ar/detmath.h"
#include "ar/fixed.h"
#include "base/hash.h"

#include <math.h>
#include <stdlib.h>

enum { CDF_DAYS = 120, LATE_DAYS = 30 };

static struct {
	ar_date as_of;
	int64_t known_at;
	const char *calendar, *stage, *by, *scenario;
	struct ar_args holiday, model, actual;
	uint64_t weeks;
	bool backtest, distribution, train, all_in;
} cfg = { .as_of = AR_DATE_NONE, .known_at = INT64_MAX, .calendar = "auto", .stage = "auto", .weeks = 13 };

static const struct ar_opt opts[] = {
	AR_AS_OF(&cfg.as_of, "Forecast from the end of this day (required); today must be said"),
	{ AR_O_PARSE, "known-at", "MOMENT", "Use only what was known then: YYYY-MM-DDThh:mm:ssZ, or a date for its end", &cfg.known_at,
	  AR_OPT_SHOWN, ar_opt_time },
	{ AR_O_TEXT, "calendar", "NAME", "Free days: weekends, us-federal, target2 (closing days of the euro payment system), england, none, "
	  "or auto (the default): that of these on whose holidays fewest payments came. If history shows payments on weekends, none is used",
	  &cfg.calendar, AR_OPT_SHOWN, NULL },
	{ AR_O_LIST, "holiday", "DATE,...", "More free days, past and coming", &cfg.holiday, AR_OPT_SHOWN, NULL },
	{ AR_O_UINT, "horizon", "WEEKS", "Weeks of the cash forecast, 1 to 53; default 13", &cfg.weeks, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "by", "WHAT", "One cash record per week, currency and customer or segment, instead of per week and currency", &cfg.by,
	  AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "all-in", NULL, "Add cash from sales not yet billed, as if the billing of the last eight weeks went on", &cfg.all_in,
	  AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "scenario", "NAME", "What if: promises (every promise and instalment is kept) or top-late (the customer that owes most in a "
	  "currency pays 30 days later)", &cfg.scenario, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "stage", "NAME", "The learned correction: tables (none), logistic, trees, mixed (a quarter of each, and of the first half of the trees), or "
	  "auto (the default): the mixture that forecast best on past days of this ledger", &cfg.stage, AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "train", NULL, "Instead of a forecast, write what is learned: a file for --model", &cfg.train, AR_OPT_SHOWN, NULL },
	{ AR_O_FILES, "model", "FILE", "Use what --train wrote into FILE instead of learning now", &cfg.model, AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "distribution", NULL, "Add to each forecast the probability that it is paid within 1, 2, ... 120 days",
	  &cfg.distribution, AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "backtest", NULL, "Instead of a forecast, write key figures of how good past ones would have been, "
	  "beside simple rules. Status 5 if the history is too short for it", &cfg.backtest, AR_OPT_SHOWN, NULL },
	{ AR_O_FILES, "actual", "FILE", "Instead of a forecast, compare the earlier one in FILE with what happened by --as-of: the weeks that have passed, then key figures",
	  &cfg.actual, AR_OPT_SHOWN, NULL },
	AR_OPT_END
};

static const char *const calendar_name[] = { "weekends", "us-federal", "target2", "england" };
enum { CALENDARS = sizeof calendar_name / sizeof calendar_name[0] };

struct run {
	struct forecast_run x;
	struct ar_cal cal[CALENDARS];
	int cals;
	const struct ar_fc_mix *mix;            /* NULL: choose */
	enum ar_fc_by by;
	struct ar_fc_saved saved;               /* what is learned now, or came from a file */
	bool loaded;
	struct ar_fc_learned *test;
	struct ar_fc_model *model;
	const char *model_name;
	uint8_t *mark;                          /* of each currency, as the file knows it */
};

static void add_holiday(struct run *run, ar_date d)
{
	struct ar_fc_saved *s = &run->saved;

	for (int c = 0; c < run->cals; c++)
		ar_cal_add(&run->cal[c], d);
	if (run->loaded)
		return;
	s->holiday = ar_realloc(s->holiday, ((size_t)s->holidays + 1) * sizeof *s->holiday);
	s->holiday[s->holidays++] = d;
}

/* Those of a model file hold besides. */
static int read_holidays(struct run *run)
{
	for (int i = 0; run->loaded && i < run->saved.holidays; i++)
		add_holiday(run, run->saved.holiday[i]);
	for (int i = 0; i < cfg.holiday.n; i++) {
		struct ar_str rest = ar_str(cfg.holiday.v[i]), one;
		ar_date d;

		while (rest.p) {
			rest = ar_str_cut(rest, ',', &one);
			if (!ar_date_parse(one, &d))
				return ar_err(&run->x.io->err, AR_USAGE, "usage", "--holiday: '%.*s' is not a date: write YYYY-MM-DD", AR_STR_FMT(one));
			add_holiday(run, d);
		}
	}
	return 0;
}

static int word(struct run *run, const char *option, const char *value, const char *const *words, int n, const char *list)
{
	for (int i = 0; i < n; i++)
		if (ar_streqz(ar_str(value), words[i]))
			return i;
	ar_err(&run->x.io->err, AR_USAGE, "usage", "--%s: '%s' is unknown; there are %s", option, value, list);
	return -1;
}

static int read_calendar(struct run *run, const char *name)
{
	bool choose = ar_streqz(ar_str(name), "auto");

	run->cals = choose ? CALENDARS : 1;
	for (int c = 0; c < run->cals; c++)
		if (!ar_cal_init(&run->cal[c], choose ? calendar_name[c] : name))
			return ar_err(&run->x.io->err, AR_USAGE, "usage",
				"--calendar: no calendar is called '%s'; there are weekends, us-federal, target2, england, none and auto", name);
	return read_holidays(run);
}

static int read_words(struct run *run)
{
	static const char *const by[] = { "customer", "segment" }, *const scenario[] = { "promises", "top-late" };
	static const char *const stage[] = { "tables", "logistic", "trees", "mixed" };
	static const struct ar_fc_mix mix[] = { { { 100, 0, 0, 0 } }, { { 0, 100, 0, 0 } }, { { 0, 0, 0, 100 } }, { { 25, 25, 25, 25 } } };
	int i;

	if (!ar_streqz(ar_str(cfg.stage), "auto")) {
		if ((i = word(run, "stage", cfg.stage, stage, 4, "tables, logistic, trees, mixed and auto")) < 0)
			return -1;
		run->mix = &mix[i];
	}
	if (cfg.by) {
		if ((i = word(run, "by", cfg.by, by, 2, "customer and segment")) < 0)
			return -1;
		run->by = i ? AR_FC_BY_SEGMENT : AR_FC_BY_CUSTOMER;
	}
	if (cfg.scenario && word(run, "scenario", cfg.scenario, scenario, 2, "promises and top-late") < 0)
		return -1;
	return 0;
}

static int read_options(struct run *run)
{
	struct ar_err *e = &run->x.io->err;

	if (cfg.as_of == AR_DATE_NONE)
		return ar_err(e, AR_USAGE, "usage", "--as-of=DATE is required");
	if (cfg.as_of < AR_DATE_MIN + 2 * AR_FC_HISTORY || cfg.as_of > AR_DATE_MAX - 2 * AR_FC_REACH)
		return ar_err(e, AR_USAGE, "usage", "--as-of: no forecast can be made at the ends of the calendar");
	if (cfg.weeks < 1 || cfg.weeks > AR_FC_WEEKS)
		return ar_err(e, AR_USAGE, "usage", "--horizon takes 1 to %d weeks", AR_FC_WEEKS);
	if (cfg.train + cfg.backtest + (cfg.actual.n > 0) > 1 || (cfg.model.n && (cfg.train || cfg.backtest)))
		return ar_err(e, AR_USAGE, "usage", "--train, --backtest and --actual go alone, and --model with neither of the first two");
	if (cfg.model.n > 1 || cfg.actual.n > 1)
		return ar_err(e, AR_USAGE, "usage", "--model and --actual take one file");
	if (cfg.model.n && (!ar_streqz(ar_str(cfg.stage), "auto") || !ar_streqz(ar_str(cfg.calendar), "auto")))
		return ar_err(e, AR_USAGE, "usage", "--stage and --calendar are for learning; --model brings what it was learned with");
	if (cfg.actual.n && (cfg.scenario || cfg.all_in || cfg.by || cfg.model.n))
		return ar_err(e, AR_USAGE, "usage", "--actual takes the forecast as it was made: no --scenario, --all-in, --by or --model");
	if ((cfg.backtest || cfg.train) && (cfg.scenario || cfg.by))
		return ar_err(e, AR_USAGE, "usage", "--scenario and --by change a forecast, not what is learned or tested");
	run->x.as_of = cfg.as_of;
	return read_words(run) < 0 ? -1 : read_calendar(run, cfg.calendar);
}

static int take_model(struct ar_io *io, const struct ar_rec *r, void *arg)
{
	struct run *run = arg;

	return ar_fc_saved_take(&run->saved, r, &io->err);
}

/* What the file was learned with goes before the options. */
static int read_model(struct run *run)
{
	if (!cfg.model.n)
		return 0;
	run->loaded = true;
	if (ar_io_with(run->x.io, &cfg.model, take_model, run) < 0 || ar_fc_saved_check(&run->saved, &run->x.io->err) < 0)
		return -1;
	if (run->saved.t > cfg.as_of)
		return ar_err(&run->x.io->err, AR_REFUSED, "model_later", "the model was learned from what happened after --as-of");
	if (run->saved.all_in != cfg.all_in)
		return ar_err(&run->x.io->err, AR_USAGE, "usage", "the intervals of the model are for forecasts %s --all-in: train one %s it",
			      cfg.all_in ? "without" : "with", cfg.all_in ? "with" : "without");
	for (int c = 0; c < run->cals; c++)
		ar_cal_release(&run->cal[c]);
	return read_calendar(run, run->saved.calendar);
}

static int read_input(struct run *run)
{
	struct ar_io *io = run->x.io;
	struct ar_fc_ledger *l = &run->x.ledger;
	struct ar_rec *r;
	int rc;

	ar_fc_ledger_init(l, &(struct ar_open_params){ .as_of = cfg.as_of, .known_at = cfg.known_at });
	while ((rc = ar_io_next(io, &r)) > 0)
		if (ar_fc_ledger_add(l, r, &io->err) < 0)
			ar_io_reject(io, r);
	if (rc < 0 || ar_fc_ledger_close(l, &io->err) < 0)
		return -1;
	if (l->credits)
		ar_io_note(io, "credits_ignored", l->credits);
	l->data.cal = run->cal;
	l->data.cals = run->cals;
	return 0;
}

/* ---- learning ---- */

/* Name, form, stage and a hash of everything that was learned, so that two forecasts show at a glance whether the model is one. */
static void name_model(struct run *run)
{
	struct ar_buf b = AR_BUF_INIT;
	char hex[65], mix[AR_FC_MIX_TEXT];
	uint8_t sha[32];

	for (int i = 0; ar_fc_saved_put(&run->saved, i, &run->x.rec); i++) {
		ar_rec_put(&run->x.rec, &b);
		ar_arena_reset(run->x.rec.mem);
	}
	ar_sha256(b.p, b.n, sha);
	ar_hex(sha, 6, hex);
	run->model_name = ar_arena_fmt(&run->x.io->mem, "%s %s %s", AR_FC_NAME, ar_fc_mix_put(mix, &run->saved.choice.mix), hex);
	ar_buf_release(&b);
}

static void put_parameter(struct ar_io *io, const char *name, double v, int digits)
{
	char text[AR_FIXED_TEXT];

	text[ar_fixed_put(text, v, digits)] = '\0';
	ar_io_param(io, name, ar_arena_dup(&io->mem, text, strlen(text)));
}

static void say_model(struct run *run)
{
	struct ar_io *io = run->x.io;
	const struct ar_fc_saved *s = &run->saved;
	char mix[AR_FC_MIX_TEXT];

	put_parameter(io, "fitted-k0", s->k.k0, 0);
	put_parameter(io, "fitted-k1", s->k.k1, 1);
	put_parameter(io, "fitted-k3", s->k.k3, 1);
	put_parameter(io, "fitted-half-life", s->k.half_life, 0);
	put_parameter(io, "fitted-on-cutoffs", s->tuned_on, 0);
	ar_io_param(io, "fitted-calendar", s->calendar);
	ar_fc_mix_put(mix, &s->choice.mix);
	ar_io_param(io, "fitted-stage", ar_arena_dup(&io->mem, mix, strlen(mix)));
	for (int i = 0; i < AR_FC_STAGES && s->choice.cutoffs; i++)
		if (s->choice.score[i] >= 0)
			put_parameter(io, ar_arena_fmt(&io->mem, "score-%s", ar_fc_stage_name[i]), s->choice.score[i], 4);
	if (s->choice.mixed >= 0)
		put_parameter(io, "score-mixture", s->choice.mixed, 4);
}

static void learn(struct run *run)
{
	struct ar_fc_saved *s = &run->saved;
	struct ar_fc *fc = run->x.fc;

	s->t = cfg.as_of;
	s->all_in = cfg.all_in;
	s->k = ar_fc_tune(fc, cfg.as_of, &s->tuned_on);
	ar_fc_learn(fc, cfg.as_of, &s->k, run->mix, &s->choice, &s->learned, &run->test);
	ar_fc_calibrate(fc, cfg.as_of, &s->k, run->test, cfg.all_in, &s->scale);
	s->items = run->x.ledger.data.n;
	ar_fc_hash(fc, s->sha256);
}

/* The widths of a file are in its own order of currencies; one that it does not know gets 1. */
static void fit_widths(struct run *run)
{
	const struct ar_fc_ledger *l = &run->x.ledger;
	struct ar_fc_scale s = { .cutoffs = run->saved.scale.cutoffs, .ccys = l->data.ccys };

	s.cell = ar_malloc(((size_t)s.ccys + 1) * AR_FC_WIDTHS * sizeof *s.cell);
	for (int c = 0; c < s.ccys; c++)
		for (int w = 0; w < AR_FC_WIDTHS; w++) {
			double v = 1;

			for (int j = 0; j < run->saved.scale.ccys; j++)
				if (run->saved.ccy[j] == l->ccy[c])
					v = run->saved.scale.cell[j * AR_FC_WIDTHS + w];
			s.cell[c * AR_FC_WIDTHS + w] = v;
		}
	ar_fc_scale_release(&run->saved.scale);
	free(run->saved.ccy);
	run->saved.ccy = NULL;
	run->saved.scale = s;
}

/* The correction knows currencies by their place in the file. */
static void mark_currencies(struct run *run)
{
	struct ar_fc_ledger *l = &run->x.ledger;

	run->mark = ar_malloc((size_t)l->data.ccys + 1);
	for (int c = 0; c < l->data.ccys; c++) {
		run->mark[c] = AR_FC_NO_MARK;
		for (int j = 0; j < run->saved.scale.ccys && j < AR_FC_NO_MARK; j++)
			if (run->saved.ccy[j] == l->ccy[c])
				run->mark[c] = (uint8_t)j;
	}
	l->data.ccy_mark = run->mark;
}

static void suppose(struct run *run)
{
	struct ar_fc_suppose what = { 0 };

	if (!cfg.scenario)
		return;
	what.promises = ar_streqz(ar_str(cfg.scenario), "promises");
	what.late = what.promises ? 0 : LATE_DAYS;
	ar_fc_suppose(run->model, &what);
}

static void fit(struct run *run)
{
	struct ar_fc_saved *s = &run->saved;
	const struct ar_fc_facts *f;

	if (run->loaded)
		name_model(run);
	else
		learn(run);
	run->model = ar_fc_fit(run->x.fc, cfg.as_of, &s->k);
	ar_fc_use(run->model, s->learned);
	f = ar_fc_model_facts(run->model);
	if (run->loaded) {
		fit_widths(run);
	} else {
		const char *name = !f->calendar ? "none" : run->cals > 1 ? calendar_name[f->calendar_index] : cfg.calendar;

		memcpy(s->calendar, name, strlen(name) + 1 < sizeof s->calendar ? strlen(name) + 1 : 0);
		s->payments = f->payments;
		s->ccy = run->x.ledger.ccy;
		name_model(run);
	}
	say_model(run);
	suppose(run);
}

static void put_model(struct run *run)
{
	for (int i = 0; ar_fc_saved_put(&run->saved, i, &run->x.rec); i++) {
		ar_io_put(run->x.io, &run->x.rec);
		ar_arena_reset(run->x.rec.mem);
	}
}

/* ---- an item and why ---- */

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

static void say(struct ar_rec *r, struct ar_str s)
{
	ar_list_add(r, AR_F_reasons, s);
}

#define SAY(r, ...) say(r, ar_str(ar_arena_fmt((r)->mem, __VA_ARGS__)))

static void say_due(struct ar_rec *r, int left)
{
	if (left > 0)
		SAY(r, "due in %d %s", left, days(left));
	else if (left < 0)
		SAY(r, "%d %s overdue", -left, days(-left));
	else
		say(r, AR_STR("due today"));
}

static void say_facts(struct run *run, struct ar_rec *r, const struct ar_fc_item *x)
{
	const struct ar_fc_facts *f = ar_fc_model_facts(run->model);
	char day[11];

	for (uint32_t j = 0; j < x->nwords; j++) {
		const struct ar_fc_word *v = &run->x.ledger.word[x->word + j];

		if (v->date > cfg.as_of && !f->words)
			SAY(r, "promised by %s", ar_date_z(day, v->date));
		else if (v->date > cfg.as_of)
			SAY(r, "promised by %s (kept %llu of %llu promises)", ar_date_z(day, v->date), (unsigned long long)f->kept,
			    (unsigned long long)f->words);
		else
			SAY(r, "promise of %s has passed", ar_date_z(day, v->date));
	}
	if (x->disputed != AR_DATE_NONE && (x->resolved == AR_DATE_NONE || x->resolved > cfg.as_of))
		SAY(r, "in dispute since %s", ar_date_z(day, x->disputed));
}

/* What the learned correction heeds most, with how many days it makes. */
static void say_learned(struct run *run, struct ar_rec *r, const struct ar_fc_who *w, const struct ar_fc_item *x)
{
	double effect[AR_FC_WHYS];
	int later, same;

	if (run->saved.choice.mix.percent[AR_FC_TABLES] == 100)
		return;
	ar_fc_why(run->model, w, x, effect);
	ar_fc_passed_over(run->model, w, x, &later, &same);
	for (int i = 0; i < AR_FC_WHYS; i++) {
		const char *sign = effect[i] > 0 ? "+" : "-";
		char much[AR_FIXED_TEXT];

		if (fabs(effect[i]) < 0.75)
			continue;
		much[ar_fixed_put(much, fabs(effect[i]), 1)] = '\0';
		if (i == AR_FC_WHY_SKIPPED && later)
			SAY(r, "%d due later %s paid already (%s%s days)", later, later == 1 ? "is" : "are", sign, much);
		else if (i == AR_FC_WHY_TAKEN && same)
			SAY(r, "%d due the same day %s paid already (%s%s days)", same, same == 1 ? "is" : "are", sign, much);
		else if (i == AR_FC_WHY_OF_LATE && (w->recent > w->mean) == (effect[i] > 0))
			SAY(r, "pays %s of late than before (%s%s days)", w->recent > w->mean ? "later" : "earlier", sign, much);
		else if (i == AR_FC_WHY_SIZE)
			SAY(r, "%s than usual for this customer (%s%s days)", ar_det_log((double)x->amount + 1) > w->log_amount ? "larger" : "smaller", sign, much);
	}
}

static void say_why(struct run *run, struct ar_rec *r, size_t i, const struct ar_fc_who *w, const struct ar_fc_habits *h, bool never)
{
	const struct ar_fc_ledger *l = &run->x.ledger;
	const struct ar_fc_item *x = &l->item[i];
	uint64_t known = ar_fc_model_facts(run->model)->payments;

	say_due(r, x->due - cfg.as_of);
	if (l->no_due[i])
		say(r, AR_STR("no due date: 30 days after issue assumed"));
	if (h->paid)
		say_habits(r, h);
	else
		say(r, known ? AR_STR("no payment history: as other customers pay")
			: AR_STR("no history at all: around the due date, with a wide spread"));
	if (x->amount > ar_open_item(l->open, l->from[i])->open)
		say(r, AR_STR("partly settled already"));
	say_facts(run, r, x);
	say_learned(run, r, w, x);
	if (never)
		say(r, AR_STR("may not be paid within two years"));
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

static void put_forecast(struct run *run, size_t i, const struct ar_fc_who *w, const struct ar_fc_habits *h, const double *f)
{
	const struct ar_fc_ledger *l = &run->x.ledger;
	const struct ar_item *it = ar_open_item(l->open, l->from[i]);
	const struct ar_fc_item *x = &l->item[i];
	struct ar_rec *r = &run->x.rec;
	struct ar_str id = ar_open_id(l->open, it);

	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_forecast);
	ar_set_raw(r, AR_F_id, id);
	ar_set_raw(r, AR_F_entity, ar_open_entity(l->open, it->entity));
	ar_set_raw(r, AR_F_customer, ar_open_customer(l->open, it->customer));
	ar_set_i(r, AR_F_currency, it->ccy);
	ar_set_i(r, AR_F_open, it->open);
	if (it->due != AR_DATE_NONE)
		ar_set_i(r, AR_F_due, it->due);
	ar_set_i(r, AR_F_p10, cfg.as_of + ar_fc_quantile(f, AR_FC_REACH, 0.1));
	ar_set_i(r, AR_F_p50, cfg.as_of + ar_fc_quantile(f, AR_FC_REACH, 0.5));
	ar_set_i(r, AR_F_p90, cfg.as_of + ar_fc_quantile(f, AR_FC_REACH, 0.9));
	forecast_decimal(r, AR_F_paid_7, f[6], 4);
	forecast_decimal(r, AR_F_paid_30, f[29], 4);
	forecast_decimal(r, AR_F_days_late, cfg.as_of - x->due + ar_fc_mean_days(f, AR_FC_REACH), 1);
	say_why(run, r, i, w, h, f[AR_FC_REACH - 1] < 0.9 - 1e-9);
	ar_set_text(r, AR_F_model, ar_str(run->model_name));
	if (cfg.distribution)
		put_curve(r, f);
	ar_list_add(r, AR_F_derived_from, id);
	ar_io_put(run->x.io, r);
}

static void put_forecasts(struct run *run)
{
	const struct ar_fc_item *item = run->x.ledger.item;
	struct ar_fc_who *who = ar_malloc(sizeof *who);
	struct ar_fc_habits h = { 0 };
	uint32_t at = UINT32_MAX;
	double f[AR_FC_REACH];

	for (size_t i = 0; i < run->x.ledger.data.n; i++) {
		if (item[i].settled != AR_DATE_NONE)
			continue;
		if (item[i].customer != at) {
			at = item[i].customer;
			ar_fc_who(run->model, at, who);
			ar_fc_habits(run->x.fc, cfg.as_of, at, &h);
		}
		ar_fc_curve(run->model, who, &item[i], AR_FC_REACH, f);
		put_forecast(run, i, who, &h, f);
	}
	free(who);
}

/* ---- cash ---- */

static void say_group(struct run *run, struct ar_rec *r, uint32_t group)
{
	const struct ar_fc_ledger *l = &run->x.ledger;

	if (run->by == AR_FC_BY_CUSTOMER) {
		uint32_t c = ar_open_item(l->open, l->from[ar_fc_first(run->x.fc, group)])->customer;

		ar_list_add(r, AR_F_by, ar_str(ar_arena_fmt(r->mem, "customer=%.*s", AR_STR_FMT(ar_open_customer(l->open, c)))));
	} else if (run->by == AR_FC_BY_SEGMENT) {
		struct ar_str s = l->segments.n ? l->segments.key[group] : AR_STR("");

		ar_list_add(r, AR_F_by, ar_str(ar_arena_fmt(r->mem, "segment=%.*s", AR_STR_FMT(s))));
	}
}

static void put_week(struct run *run, const struct ar_fc_book *b, uint32_t group, int c, int w)
{
	const struct ar_fc_cell_cash *x = &b->cell[((size_t)group * b->ccys + (size_t)c) * (size_t)b->weeks + (size_t)w];
	struct ar_rec *r = &run->x.rec;
	int64_t low, high;

	if (run->by != AR_FC_BY_NONE && !ar_fc_expected(x) && !x->naive)
		return;
	ar_arena_reset(r->mem);
	ar_rec_start(r, AR_T_cash);
	ar_set_i(r, AR_F_currency, run->x.ledger.ccy[c]);
	ar_set_i(r, AR_F_period_start, w ? b->end[w - 1] + 1 : b->t + 1);
	ar_set_i(r, AR_F_period_end, b->end[w]);
	say_group(run, r, group);
	ar_set_i(r, AR_F_expected, ar_fc_expected(x));
	ar_fc_interval(b, group, c, w, &run->saved.scale, 80, &low, &high);
	ar_set_i(r, AR_F_low_80, low);
	ar_set_i(r, AR_F_high_80, high);
	ar_fc_interval(b, group, c, w, &run->saved.scale, 90, &low, &high);
	ar_set_i(r, AR_F_low_90, low);
	ar_set_i(r, AR_F_high_90, high);
	ar_set_i(r, AR_F_already_open, ar_fc_already(x));
	if (cfg.all_in)
		ar_set_i(r, AR_F_new_billing, ar_fc_expected(x) - ar_fc_already(x));
	ar_set_i(r, AR_F_naive, ar_fc_naive(x));
	ar_set_raw(r, AR_F_rule, cfg.scenario ? ar_str(ar_arena_fmt(r->mem, "scenario_%s", run->model ? cfg.scenario : ""))
		: cfg.all_in ? AR_STR("all_in_by_week") : AR_STR("open_items_by_week"));
	ar_io_put(run->x.io, r);
}

static int put_cash(struct run *run)
{
	struct ar_fc_ask ask = { .weeks = (int)cfg.weeks, .by = run->by, .all_in = cfg.all_in };
	struct ar_fc_book b;
	int rc = 0;

	ar_fc_book(run->model, &ask, &b);
	for (uint32_t g = 0; g < b.groups && rc == 0; g++)
		for (int c = 0; c < b.ccys && rc == 0; c++) {
			size_t row = (size_t)g * b.ccys + (size_t)c;

			if (b.open[row] > AR_MONEY_MAX)
				rc = ar_err(&run->x.io->err, AR_DAMAGED, "money_large", "what is open in %s is beyond what an amount can hold",
					    ar_ccy[run->x.ledger.ccy[c]].code);
			for (int w = 0; w < b.weeks && (b.items[row] || cfg.all_in) && rc == 0; w++)
				put_week(run, &b, g, c, w);
		}
	ar_fc_book_release(&b);
	return rc;
}

/* ---- the run ---- */

static int compare(struct run *run)
{
	struct forecast_earlier *x = forecast_earlier_new(&run->x);
	int rc = ar_io_with(run->x.io, &cfg.actual, forecast_earlier_add, x);

	if (rc >= 0)
		rc = forecast_earlier_put(x);
	forecast_earlier_free(x);
	return rc;
}

static int report(struct run *run)
{
	struct ar_io *io = run->x.io;
	const struct ar_open_facts *f = ar_open_facts(run->x.ledger.open);

	io->w.as_of = cfg.as_of;
	if (cfg.known_at != INT64_MAX)
		io->w.known_at = cfg.known_at;
	if (f->backfilled)
		ar_io_note(io, "backfilled", f->backfilled);
	if (f->missing_sides)
		ar_io_note(io, "missing_sides", f->missing_sides);
	if (cfg.backtest)
		return forecast_backtest(&run->x, run->mix);
	if (cfg.actual.n)
		return compare(run);
	fit(run);
	if (cfg.train) {
		put_model(run);
		return 0;
	}
	put_forecasts(run);
	return put_cash(run);
}

static int forecast(struct ar_io *io)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct run run = { .x.io = io };
	int rc = -1;

	ar_rec_init(&run.x.rec, &mem);
	if (read_options(&run) == 0 && read_model(&run) == 0 && read_input(&run) == 0) {
		if (run.loaded)
			mark_currencies(&run);
		run.x.fc = ar_fc_new(&run.x.ledger.data);
		rc = report(&run);
	}
	if (!run.loaded)
		run.saved.ccy = NULL;           /* the ledger's */
	ar_fc_model_free(run.model);
	ar_fc_learned_free(run.test);
	ar_fc_saved_release(&run.saved);
	ar_fc_free(run.x.fc);
	free(run.mark);
	ar_fc_ledger_release(&run.x.ledger);
	for (int c = 0; c < run.cals; c++)
		ar_cal_release(&run.cal[c]);
	ar_rec_release(&run.x.rec);
	ar_arena_release(&mem);
	return rc;
}

static const struct ar_tool tool = {
	.name = "ar-forecast",
	.summary = "when open items will be paid, and how much cash comes in which week",
	.operands = "[FILE ...]",
	.about = "Reads customers, invoices, credit memos, payments and applications, and promises, payment plans and disputes where there are any; "
	         "learns from them how each customer pays, and writes one forecast "
	         "record per open invoice (the days by which it is paid with 10, 50 and 90 % probability, and why) and one cash record per week and "
	         "currency, with intervals and what the due dates alone would say. Weeks end on Sunday; the first one begins on the day after --as-of.\n\n"
	         "The model counts, for each customer, weekday and day relative to the due date, how many open items were paid; customers with little "
	         "history are drawn to their segment (or payment terms) and to the company. Items still open count too, and nothing dated after --as-of "
	         "or learned after --known-at is used. Where the past of the ledger shows that it helps, a correction is learned on top, from what "
	         "is known of the item, the customer's latest payments and the calendar. What was chosen stands in the parameters of the head.\n\n"
	         "Only invoices are forecast; credits, payments on account and refunds are left out. An invoice without a due date is taken to be due "
	         "30 days after its issue, and its reasons say so. Intervals of the weeks allow for customers who pay many items at once, and are "
	         "scaled by how far past forecasts missed.\n\n"
	         "Forecasts are sorted by entity, customer, currency, due date, number and id; then cash by group, currency and week. Key figures of "
	         "--backtest come for all cut-offs together first, then for each, oldest first.",
	.opts = opts,
	.run = forecast,
};

int main(int argc, char **argv)
{
	return ar_main(&tool, argc, argv);
}
