/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The forecast model on cases small enough to be done by hand (fractions in the comments), and its laws on random
 * ledgers: nothing later than the cut-off matters, quantiles are ordered, the weeks add up.
 */
#include "config.h"

#include "ar/forecast_in.h"
#include "base/arena.h"
#include "tap.h"

#include <math.h>
#include <stdlib.h>

#define MONDAY ((ar_date)20458)         /* 2026-01-05 */

static struct ar_cal cal;
static const uint32_t no_segments[64];

static void near(double got, double want, const char *what)
{
	if (!ok(fabs(got - want) < 1e-12, "%s", what))
		printf("# got %.17g, want %.17g\n", got, want);
}

static struct ar_fc_data data_of(const struct ar_fc_item *it, size_t n, const struct ar_fc_part *part, ar_date as_of)
{
	return (struct ar_fc_data){ .item = it, .n = n, .part = part, .segment = no_segments, .customers = n ? it[n - 1].customer + 1 : 0,
		.segments = 1, .ccys = 2, .cal = &cal, .cals = 1, .as_of = as_of };
}

/*
 * One customer, every day a business day. A: posted Monday, due Thursday, paid Friday. B: posted Tuesday, due Thursday, open.
 * At risk: A on the lags -2 -1 0 1, B on -1 0 1. So lag 1: one payment in two days.
 *   company  (1 + 10 * 0.12) / (2 + 10) = 11/60          (0.12: what is assumed of that bin without data, as if from ten days)
 *   segment  (1 + 20 * 11/60) / (2 + 20) = 7/33
 *   customer (1 + 5 * 7/33) / (2 + 5)    = 68/231
 * Friday's factor: one payment came, 2 * 68/231 were expected: (1 + 1) / (2 * 68/231 + 1) = 462/367.
 * On a Friday at lag 1: odds 68/163 * 462/367 = 31416/59821, p = 31416/91237; (1 + 4 p) / (2 + 4) = 216901/547422.
 * A Tuesday at lag 5 (nobody has been there): segment and customer have the company's 0.12; Tuesday's factor: none came, on lag -2
 * 5/231 was expected ((0 + 10 * 0.03) / 11 = 3/110, 20 * 3/110 / 21 = 2/77, 5 * 2/77 / 6 = 5/231): 231/236. Odds 3/22 * 231/236 = 63/472.
 */
static void by_hand(void)
{
	static const struct ar_fc_part part[] = { { MONDAY + 4, 100, 100 } };
	static const struct ar_fc_item it[] = {
		{ .posted = MONDAY, .due = MONDAY + 3, .settled = MONDAY + 4, .paid = MONDAY + 4, .amount = 100, .nparts = 1,
		  .since = AR_DATE_NONE, .disputed = AR_DATE_NONE },
		{ .posted = MONDAY + 1, .due = MONDAY + 3, .settled = AR_DATE_NONE, .paid = AR_DATE_NONE, .amount = 50,
		  .since = AR_DATE_NONE, .disputed = AR_DATE_NONE },
	};
	struct ar_fc_data d = data_of(it, 2, part, MONDAY + 4);
	struct ar_fc *fc;
	struct ar_fc_model *m;
	struct ar_fc_who *w = ar_malloc(sizeof *w);
	double paid, risk;

	ar_cal_init(&cal, "none");
	fc = ar_fc_new(&d);
	m = ar_fc_fit(fc, MONDAY + 4, &ar_fc_default);
	ar_fc_cell(m, 0, 1, &paid, &risk);
	near(paid, 1, "one payment at lag 1");
	near(risk, 2, "two days at risk at lag 1");
	ar_fc_cell(m, 0, 2, &paid, &risk);
	near(risk, 0, "none beyond the cut-off");
	near(ar_fc_model_facts(m)->company[41 - 15], 11.0 / 60, "company");
	ar_fc_who(m, 0, w);
	near(w->h1[26], 68.0 / 231, "customer");
	near(ar_fc_model_facts(m)->weekday[4], 462.0 / 367, "Friday's factor");
	near(ar_fc_hazard(m, w, MONDAY + 10, MONDAY + 11), 216901.0 / 547422, "a Friday at lag 1");
	near(ar_fc_hazard(m, w, MONDAY + 3, MONDAY + 8), 63.0 / 535, "a Tuesday at lag 5");
	is_int(ar_fc_open(fc, &it[0], MONDAY + 3), 100, "open before it was paid");
	is_int(ar_fc_open(fc, &it[0], MONDAY + 4), 0, "settled when it was paid");
	is_int(ar_fc_open(fc, &it[1], MONDAY), 0, "not open before it was posted");
	ar_fc_model_free(m);
	ar_fc_free(fc);
	free(w);
}

/*
 * Weekends free: posted Wednesday, due Friday, paid on Monday, seen on Tuesday. The payment is shared out over Saturday, Sunday and
 * Monday (lags 1, 2, 3) by four rounds; the figures are those of a separate program with dictionaries for tables. Sunday loses the
 * risk that Saturday's share took, Monday that of both: so on Monday payments and risk are equal.
 */
static void shared_out(void)
{
	static const double want[][3] = { { -1, 0, 1 }, { 0, 0, 1 }, { 1, 0.381941542126565, 1 },
		{ 2, 0.314246388446362, 0.618058457873434 }, { 3, 0.303812069427073, 0.303812069427073 } };
	static const struct ar_fc_part part[] = { { MONDAY + 7, 100, 100 } };
	static const struct ar_fc_item it[] = {
		{ .posted = MONDAY + 2, .due = MONDAY + 4, .settled = MONDAY + 7, .paid = MONDAY + 7, .amount = 100, .nparts = 1,
		  .since = AR_DATE_NONE, .disputed = AR_DATE_NONE } };
	struct ar_fc_data d = data_of(it, 1, part, MONDAY + 8);
	struct ar_fc *fc;
	struct ar_fc_model *m;
	struct ar_fc_who *w = ar_malloc(sizeof *w);

	ar_cal_init(&cal, "weekends");
	fc = ar_fc_new(&d);
	m = ar_fc_fit(fc, MONDAY + 8, &ar_fc_default);
	for (size_t i = 0; i < 5; i++) {
		double paid, risk;

		ar_fc_cell(m, 0, (int)want[i][0], &paid, &risk);
		near(paid, want[i][1], "payments shared out");
		near(risk, want[i][2], "days at risk");
	}
	ar_fc_who(m, 0, w);
	near(ar_fc_hazard(m, w, MONDAY + 11, MONDAY + 12), 0.5 / 1002, "a Saturday: none of two, as if a half in a thousand");
	near(ar_fc_hazard(m, w, MONDAY + 11, MONDAY + 14), 0.64615605088342076, "a Monday");
	ar_fc_model_free(m);
	ar_fc_free(fc);
	free(w);
}

/* Days long after due are taken together: as if each had been looked at. With fading, weekends free, one item paid late and one open. */
static void long_overdue(void)
{
	static const struct ar_fc_part part[] = { { MONDAY + 150, 100, 100 } };
	static const struct ar_fc_item it[] = {
		{ .posted = MONDAY, .due = MONDAY + 3, .settled = MONDAY + 150, .paid = MONDAY + 150, .amount = 100, .nparts = 1,
		  .since = AR_DATE_NONE, .disputed = AR_DATE_NONE },
		{ .posted = MONDAY + 1, .due = MONDAY + 3, .settled = AR_DATE_NONE, .paid = AR_DATE_NONE, .amount = 50,
		  .since = AR_DATE_NONE, .disputed = AR_DATE_NONE },
	};
	struct ar_fc_k k = { 20, 5, 4, 100 };
	struct ar_fc_data d = data_of(it, 2, part, MONDAY + 300);
	struct ar_fc_who *w = ar_calloc(1, sizeof *w);
	double expected[7] = { 0 }, came[7] = { 0 }, e3[7] = { 0 }, last = 0, got, paid, weight = exp(-log(2) * 150 / 100);
	struct ar_fc_model *m;
	struct ar_fc *fc;

	ar_cal_init(&cal, "weekends");
	fc = ar_fc_new(&d);
	m = ar_fc_fit(fc, MONDAY + 300, &k);
	ar_fc_who(m, 0, w);
	for (int i = 0; i < 2; i++)
		for (ar_date day = it[i].posted + 1; day <= MONDAY + (i ? 300 : 150); day++) {
			int wd = (day - MONDAY) % 7, lag = day - it[i].due;
			double one = exp(-log(2) * (MONDAY + 300 - day) / 100);

			last += lag >= 90 ? one : 0;
			if (wd > 4)
				continue;
			e3[wd] += lag >= 90 ? one : 0;
			expected[wd] += one * latent(fc, w->h1, lag, wd ? 1 : 3);
		}
	came[150 % 7] = weight;
	ar_fc_cell(m, 0, 90, &paid, &got);
	ok(fabs(paid - weight) < 1e-9, "a payment of the last bin");
	ok(fabs(got - last) < 1e-9, "days at risk in it");
	for (int wd = 0; wd < 5; wd++) {
		ok(fabs(w->e3[wd][BINS - 1] - e3[wd]) < 1e-9, "by weekday");
		ok(fabs(ar_fc_model_facts(m)->weekday[wd] - (came[wd] + 1) / (expected[wd] + 1)) < 1e-9, "factor of a weekday");
	}
	ar_fc_model_free(m);
	ar_fc_free(fc);
	free(w);
}

/* ---- random ledgers ---- */

enum { CUSTOMERS = 12, EACH = 60, N = CUSTOMERS * EACH };
static struct ar_fc_item ledger[N], before[N];
static struct ar_fc_part parts[N], parts_before[N];

static uint32_t draw(uint32_t n)
{
	static uint64_t state = 42;

	state = state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(state >> 33) % n;
}

/* Each customer pays around a lag of its own, on business days; some items are settled by credits. */
static void make_ledger(void)
{
	for (int i = 0; i < N; i++) {
		struct ar_fc_item *x = &ledger[i];
		ar_date posted = MONDAY + (ar_date)draw(400), due = posted + 30;
		ar_date paid = due + (ar_date)(i / EACH) - 3 + (ar_date)draw(5);

		while (!ar_cal_business(&cal, paid))
			paid++;
		*x = (struct ar_fc_item){ .customer = (uint32_t)(i / EACH), .ccy = (uint16_t)(i % 7 == 0), .posted = posted, .due = due,
			.settled = paid, .paid = draw(20) ? paid : AR_DATE_NONE, .amount = 100 + draw(1000000), .part = (uint32_t)i, .nparts = 1,
			.since = AR_DATE_NONE, .disputed = AR_DATE_NONE };
		parts[i] = (struct ar_fc_part){ paid, x->amount, x->paid == AR_DATE_NONE ? 0 : x->amount };
	}
}

/* The ledger as it was known at t. */
static size_t cut_off(ar_date t)
{
	size_t n = 0;

	for (int i = 0; i < N; i++) {
		if (ledger[i].posted > t)
			continue;
		before[n] = ledger[i];
		parts_before[n] = parts[i];
		before[n].part = (uint32_t)n;
		if (before[n].settled > t) {
			before[n].settled = before[n].paid = AR_DATE_NONE;
			before[n].nparts = 0;
		}
		n++;
	}
	return n;
}

static bool same_curves(const struct ar_fc_model *a, const struct ar_fc_model *b, double *f, double *g)
{
	struct ar_fc_item it = { .posted = MONDAY + 320, .due = MONDAY + 350, .settled = AR_DATE_NONE, .paid = AR_DATE_NONE,
		.amount = 12345, .since = AR_DATE_NONE, .disputed = AR_DATE_NONE };
	struct ar_fc_who *w = ar_malloc(sizeof *w);
	bool same = true;

	for (uint32_t c = 0; c < CUSTOMERS; c++) {
		it.customer = c;
		ar_fc_who(a, c, w);
		ar_fc_curve(a, w, &it, 200, f);
		ar_fc_who(b, c, w);
		ar_fc_curve(b, w, &it, 200, g);
		same = same && memcmp(f, g, 200 * sizeof *f) == 0;
	}
	free(w);
	return same;
}

static const struct ar_fc_mix tables = { { 100, 0, 0, 0 } }, everything = { { 25, 25, 25, 25 } };

/* Fit, prior strengths and interval widths at t from the whole ledger and from what was known at t: the same bits. */
static void nothing_later(ar_date t)
{
	struct ar_fc_data whole = data_of(ledger, N, parts, MONDAY + 500), then = data_of(before, cut_off(t), parts_before, t);
	struct ar_fc *a = ar_fc_new(&whole), *b = ar_fc_new(&then);
	int na = 0, nb = 0;
	struct ar_fc_k ka = ar_fc_tune(a, t, &na), kb = ar_fc_tune(b, t, &nb);
	struct ar_fc_model *ma = ar_fc_fit(a, t, &ka), *mb = ar_fc_fit(b, t, &kb);
	struct ar_fc_learned *la, *lb, *ta, *tb;
	struct ar_fc_choice ca, cb;
	struct ar_fc_scale sa = { 0 }, sb = { 0 };
	struct ar_fc_book ba, bb;
	double f[200], g[200];
	char text[AR_FC_MIX_TEXT];
	int percent = 0;
	bool same = true;

	ok(na == nb && na > 0 && memcmp(&ka, &kb, sizeof ka) == 0, "the same prior strengths, from %d cut-offs", na);
	ok(same_curves(ma, mb, f, g), "the same curves");
	ar_fc_learn(a, t, &ka, NULL, &ca, &la, &ta);
	ar_fc_learn(b, t, &kb, NULL, &cb, &lb, &tb);
	ok(ca.rows > 1000 && ca.cutoffs > 0 && ca.items > 0 && memcmp(&ca, &cb, sizeof ca) == 0, "the same choice: %s",
	   ar_fc_mix_put(text, &ca.mix));
	for (int s = 0; s < AR_FC_STAGES; s++) {
		percent += ca.mix.percent[s];
		ok(ca.mixed <= 1.005 * ca.score[s], "the mixture is as good as %s alone, or nearly", ar_fc_stage_name[s]);
	}
	is_int(percent, 100, "shares of the whole");
	ar_fc_learned_free(la);
	ar_fc_learned_free(lb);
	ar_fc_learned_free(ta);
	ar_fc_learned_free(tb);
	ar_fc_learn(a, t, &ka, &everything, &ca, &la, &ta);
	ar_fc_learn(b, t, &kb, &everything, &cb, &lb, &tb);
	ar_fc_use(ma, la);
	ar_fc_use(mb, lb);
	ok(la && lb && ta && tb && same_curves(ma, mb, f, g), "the same corrected curves");
	ar_fc_calibrate(a, t, &ka, ta, true, &sa);
	ar_fc_calibrate(b, t, &kb, tb, true, &sb);
	ok(sa.cutoffs > 0 && sa.cutoffs == sb.cutoffs && memcmp(sa.cell, sb.cell, 2 * AR_FC_WIDTHS * sizeof *sa.cell) == 0, "the same widths");
	ar_fc_book(ma, &(struct ar_fc_ask){ .weeks = 13, .all_in = true }, &ba);
	ar_fc_book(mb, &(struct ar_fc_ask){ .weeks = 13, .all_in = true }, &bb);
	for (int i = 0; i < 26; i++)
		same = same && ba.cell[i].expected == bb.cell[i].expected && ba.cell[i].billed == bb.cell[i].billed && ba.cell[i].naive == bb.cell[i].naive &&
		       memcmp(&ba.cell[i].sigma2, &bb.cell[i].sigma2, sizeof(double)) == 0;
	ok(same && ba.open[0] == bb.open[0] && ba.items[1] == bb.items[1], "the same cash");
	ar_fc_book_release(&ba);
	ar_fc_book_release(&bb);
	ar_fc_learned_free(la);
	ar_fc_learned_free(lb);
	ar_fc_learned_free(ta);
	ar_fc_learned_free(tb);
	ar_fc_scale_release(&sa);
	ar_fc_scale_release(&sb);
	ar_fc_model_free(ma);
	ar_fc_model_free(mb);
	ar_fc_free(a);
	ar_fc_free(b);
}

/* Over all weeks, cash is the sum of open times the probability at the horizon, exactly; intervals hold the middle. */
static void adds_up(ar_date t)
{
	struct ar_fc_data d = data_of(ledger, N, parts, MONDAY + 500);
	struct ar_fc *fc = ar_fc_new(&d);
	struct ar_fc_model *m = ar_fc_fit(fc, t, &ar_fc_default);
	struct ar_fc_who *w = ar_malloc(sizeof *w);
	struct ar_fc_scale s;
	struct ar_fc_book b;
	ar_wide want[2] = { 0 }, got[2] = { 0 };
	bool ordered = true, inside = true, rising = true;
	double f[200];

	ar_fc_calibrate(fc, t, &ar_fc_default, NULL, false, &s);
	ar_fc_book(m, &(struct ar_fc_ask){ .weeks = 13 }, &b);
	for (int i = 0; i < N; i++) {
		int64_t open = ar_fc_open(fc, &ledger[i], t);

		if (open <= 0)
			continue;
		ar_fc_who(m, ledger[i].customer, w);
		ar_fc_curve(m, w, &ledger[i], 200, f);
		want[ledger[i].ccy] += (ar_wide)open * (int64_t)floor(f[b.end[12] - t - 1] * 1e9 + 0.5);
		ordered = ordered && ar_fc_quantile(f, 200, 0.1) <= ar_fc_quantile(f, 200, 0.5) &&
			  ar_fc_quantile(f, 200, 0.5) <= ar_fc_quantile(f, 200, 0.9);
		for (int j = 1; j < 200; j++)
			rising = rising && f[j] >= f[j - 1] && f[j] <= 1;
	}
	for (int c = 0; c < 2; c++) {
		for (int k = 0; k < 13; k++) {
			const struct ar_fc_cell_cash *x = &b.cell[c * 13 + k];
			int64_t lo8, hi8, lo9, hi9, mid = ar_fc_expected(x);

			got[c] += x->expected;
			ar_fc_interval(&b, 0, c, k, &s, 80, &lo8, &hi8);
			ar_fc_interval(&b, 0, c, k, &s, 90, &lo9, &hi9);
			inside = inside && 0 <= lo9 && lo9 <= lo8 && lo8 <= mid && mid <= hi8 && hi8 <= hi9 && hi9 <= b.open[c];
		}
		ok(want[c] > 0 && want[c] == got[c], "weeks of currency %d add up", c);
	}
	ok(ordered && rising, "curves rise and quantiles are ordered");
	ok(inside, "intervals hold the expectation, 90 %% holds 80 %%, all within what is open");
	ar_fc_book_release(&b);
	ar_fc_scale_release(&s);
	ar_fc_model_free(m);
	ar_fc_free(fc);
	free(w);
}

/* A customer always pays 4 to 8 days late (11 - 3 + 0..4 moved off weekends): the model must know, the due date does not. */
static void learns(void)
{
	struct ar_fc_data d = data_of(ledger, N, parts, MONDAY + 440);
	struct ar_fc *fc = ar_fc_new(&d);
	struct ar_fc_test *t;
	int n = ar_fc_backtest(fc, 4, 50, &tables, &t);

	is_int(n, 4, "four cut-offs");
	for (int i = 0; i < n; i++) {
		const struct ar_fc_score *s = t[i].score;

		ok(t[i].t == MONDAY + 440 - 56 - 28 * i && s[AR_FC_MODEL].items > 0, "cut-off %d", i);
		ok(s[AR_FC_MODEL].error < s[AR_FC_CUSTOMER_MEAN].error && s[AR_FC_CUSTOMER_MEAN].error < s[AR_FC_DUE].error,
		   "the model is better than the mean, the mean better than the due date");
		ok(s[AR_FC_MODEL].crps <= s[AR_FC_MODEL].error, "a distribution scores better than its median");
	}
	ar_fc_tests_free(t, n);
	n = ar_fc_backtest(fc, 4, N, &tables, &t);
	is_int(n, 0, "too little history: none");
	ar_fc_tests_free(t, n);
	ar_fc_free(fc);
}

static void weeks(void)
{
	struct ar_fc_data d = data_of(NULL, 0, NULL, MONDAY + 2);
	struct ar_fc *fc = ar_fc_new(&d);
	struct ar_fc_model *m = ar_fc_fit(fc, MONDAY + 2, &ar_fc_default);
	struct ar_fc_book b;

	ar_fc_book(m, &(struct ar_fc_ask){ .weeks = 2 }, &b);
	is_int(b.end[0], MONDAY + 6, "from a Wednesday the first week ends on Sunday");
	is_int(b.end[1], MONDAY + 13, "the second a week later");
	ar_fc_book_release(&b);
	ar_fc_model_free(m);
	ar_fc_free(fc);
	d.as_of = MONDAY + 6;
	fc = ar_fc_new(&d);
	m = ar_fc_fit(fc, MONDAY + 6, &ar_fc_default);
	ar_fc_book(m, &(struct ar_fc_ask){ .weeks = 1 }, &b);
	is_int(b.end[0], MONDAY + 13, "from a Sunday it is a whole week");
	ar_fc_book_release(&b);
	ar_fc_model_free(m);
	ar_fc_free(fc);
}

/* An item of 100 due today, and what becomes of it: the tables' curve f is known, so what is known besides is arithmetic on it. */
static void known_besides(void)
{
	static const struct ar_fc_word word[] = {
		{ MONDAY + 20, MONDAY + 10, 1 }, { MONDAY + 30, MONDAY + 12, 1 },       /* two that have passed: one kept, one not */
		{ MONDAY + 103, MONDAY + 99, 0.5 } };
	static const struct ar_fc_part part[] = { { MONDAY + 22, 100, 97 }, { MONDAY + 60, 100, 100 } };
	struct ar_fc_item it[4];
	struct ar_fc_data d;
	struct ar_fc_who *w = ar_malloc(sizeof *w);
	struct ar_fc *fc;
	struct ar_fc_model *m;
	struct ar_fc_book book;
	double plain[60], f[60], half[60];

	for (int i = 0; i < 4; i++)
		it[i] = (struct ar_fc_item){ .posted = MONDAY, .due = MONDAY + 100, .settled = AR_DATE_NONE, .paid = AR_DATE_NONE, .amount = 100,
			.since = AR_DATE_NONE, .disputed = AR_DATE_NONE, .resolved = AR_DATE_NONE };
	for (int i = 0; i < 2; i++) {
		it[i].settled = it[i].paid = part[i].date;
		it[i].part = it[i].word = (uint32_t)i;
		it[i].nparts = it[i].nwords = 1;
		it[i].due = MONDAY + 20;
	}
	it[3].word = 2;
	d = data_of(it, 4, part, MONDAY + 100);
	d.word = word;
	fc = ar_fc_new(&d);
	m = ar_fc_fit(fc, MONDAY + 100, &ar_fc_default);
	is_int((long)ar_fc_model_facts(m)->words, 2, "two promises have passed");
	is_int((long)ar_fc_model_facts(m)->kept, 1, "97 of 100 within three days is kept, forty days later is not");
	near(ar_fc_model_facts(m)->keeps, 0.5, "(1 + 1) / (2 + 2)");
	ar_fc_who(m, 0, w);
	ar_fc_curve(m, w, &it[3], 60, plain);
	it[3].nwords = 1;
	ar_fc_curve(m, w, &it[3], 60, f);
	near(f[1], 0.75 * plain[1], "before the day a promise of half, kept by half, takes a quarter off");
	near(f[2], 0.75 * plain[2] + 0.25, "and gives it back on the day");
	ar_fc_suppose(m, &(struct ar_fc_suppose){ .promises = true });
	ar_fc_curve(m, w, &it[3], 60, f);
	near(f[2], 0.5 * plain[2] + 0.5, "the scenario: it is kept");
	it[3].nwords = 0;
	ar_fc_suppose(m, &(struct ar_fc_suppose){ .late = 30 });
	ar_fc_curve(m, w, &it[3], 60, f);
	ok(f[29] == 0 && f[30] == plain[0] && f[59] == plain[29], "a month late");
	ar_fc_suppose(m, &(struct ar_fc_suppose){ .late = 0 });
	it[3].disputed = MONDAY + 90;
	it[3].dispute_share = 1;
	ar_fc_curve(m, w, &it[3], 60, f);
	near(f[0], plain[0] / 2 / (1 - plain[0] / 2), "in dispute: half the odds, as nothing is known of disputes");
	it[3].dispute_share = 0.5;
	ar_fc_curve(m, w, &it[3], 60, half);
	near(half[9], (f[9] + plain[9]) / 2, "half of it in dispute");
	it[3].resolved = MONDAY + 95;
	ar_fc_curve(m, w, &it[3], 60, f);
	near(f[9], plain[9], "and not any more");
	/* Both payments came late, of 97 and 100 per cent: all (5 + 1.97) / 7, the customer (1.97 + 5 * 6.97 / 7) / 7. From a
	 * Wednesday to Sunday are four days; two items of 100, to 10^-9. */
	ok(ar_fc_model_facts(m)->discounts, "a discount was seen");
	ar_fc_book(m, &(struct ar_fc_ask){ .weeks = 1 }, &book);
	ok(fabs((double)book.cell[0].expected / 1e9 - 200 * plain[3] * (1.97 + 5 * 6.97 / 7) / 7) < 3e-7, "cash is less by the discount");
	ar_fc_book_release(&book);
	ar_fc_model_free(m);
	ar_fc_free(fc);
	free(w);
}

/*
 * 100 are billed every Monday, due on the Monday two weeks later and paid then, for a year and a half. So 100 come every week, and the
 * all-in view of a Sunday says so for each week ahead, first of what is billed, then of what will be. Billed at the cut-off are two, so
 * the third week on is all new.
 */
static void steady(void)
{
	enum { WEEKS = 78, AHEAD = 10 };
	static struct ar_fc_item it[WEEKS];
	static struct ar_fc_part part[WEEKS];
	ar_date t = MONDAY + 7 * WEEKS - 1;
	struct ar_fc_data d = data_of(it, WEEKS, part, t);
	struct ar_fc_model *m;
	struct ar_fc_book b;
	struct ar_fc *fc;

	for (int i = 0; i < WEEKS; i++) {
		ar_date due = MONDAY + 7 * i + 14;
		bool paid = due <= t;

		part[i] = (struct ar_fc_part){ due, 100, 100 };
		it[i] = (struct ar_fc_item){ .posted = MONDAY + 7 * i, .due = due, .settled = paid ? due : AR_DATE_NONE,
			.paid = paid ? due : AR_DATE_NONE, .amount = 100, .part = (uint32_t)i, .nparts = paid, .since = AR_DATE_NONE,
			.disputed = AR_DATE_NONE };
	}
	d.customers = 1;
	fc = ar_fc_new(&d);
	m = ar_fc_fit(fc, t, &ar_fc_default);
	ar_fc_book(m, &(struct ar_fc_ask){ .weeks = AHEAD, .all_in = true }, &b);
	is_int(b.items[0], 2, "two are open");
	for (int w = 0; w < AHEAD; w++) {
		int64_t all = ar_fc_expected(&b.cell[w]), open = ar_fc_already(&b.cell[w]);

		ok(all >= 90 && all <= 110, "week %d: about 100 come (%lld)", w + 1, (long long)all);
		ok(w < 2 ? open >= 90 : open <= 5, "of them billed already: %lld", (long long)open);
	}
	ar_fc_book_release(&b);
	ar_fc_model_free(m);
	ar_fc_free(fc);
}

int main(void)
{
	by_hand();
	steady();
	shared_out();
	long_overdue();
	make_ledger();
	nothing_later(MONDAY + 350);
	nothing_later(MONDAY + 391);
	adds_up(MONDAY + 350);
	learns();
	weeks();
	known_besides();
	ar_cal_release(&cal);
	return done_testing();
}
