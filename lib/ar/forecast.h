/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forecast.h - when will open items be paid, and how much cash comes in which week.
 *
 * The model is a discrete-time hazard by day relative to the due date, on a business calendar:
 *
 *   h(customer, weekday, lag) = (D3 + k3 * p) / (E3 + k3)       level 3: customer x weekday x lag bin
 *   p = odds(latent) * weekday factor                           all customers' preference for that weekday
 *   latent = 1 - product of (1 - h1) over the days whose payments fall on this business day (Saturday and
 *            Sunday on Monday), h1 = (D1 + k1 * s) / (E1 + k1)  level 1: customer x lag bin
 *   s = (D0 + k0 * g) / (E0 + k0)                               level 0: segment x lag bin; g: everybody
 *
 * D are payments, E invoice-days at risk; lag bins run from 60 days before to 90 days after the due date. Items still
 * open count as days at risk without a payment, so recent cohorts do not bias the tables, and a forecast is
 * conditional on the age an item has reached. A payment on the day after free days is shared out over the days it
 * covers by a few rounds of expectation and maximization. The prior strengths k and the half-life of old history are
 * chosen by ranked probability score on past cut-offs of the ledger itself (ar_fc_tune), each seeing only what was
 * known before it.
 *
 * Everything at a date T uses only what happened up to T: items posted by then, and of their ends only those by then.
 * Sums of doubles run in the order of the items, so the caller gives items in an order that does not depend on its
 * input's (lib/ar/open sorts them). Transcendental functions: ar/detmath.h only.
 */
#ifndef AR_AR_FORECAST_H
#define AR_AR_FORECAST_H

#include "num/cal.h"
#include "num/money.h"

#define AR_FC_NAME "hazard/3"           /* name and version of the model: changes when a figure could */

enum {
	AR_FC_BINS = 50,
	AR_FC_HISTORY = 1826,           /* days of history looked at before a cut-off */
	AR_FC_REACH = 730,              /* days after the cut-off that a curve can reach */
	AR_FC_WEEKS = 53,               /* most periods of a cash forecast */
	AR_FC_NO_MARK = 63,
};

struct ar_fc_part {                     /* what made an item fall; negative: a reversal */
	ar_date date;
	int64_t fall, cash;             /* in all, and by payments */
};

struct ar_fc_word {                     /* a promise, or an instalment of a payment plan */
	ar_date date, made;             /* to be paid by; known from then on */
	double share;                   /* of the item's amount */
};

struct ar_fc_item {
	uint32_t customer;              /* 0.. without gaps; items stand in rising order of customer */
	uint16_t ccy;                   /* 0.. in the caller's list of currencies */
	ar_date posted, due;            /* at risk from the day after posted */
	ar_date settled;                /* the day it was fully settled; AR_DATE_NONE = open */
	ar_date paid;                   /* settled items: day of the last cash; AR_DATE_NONE = settled without any */
	int64_t amount;
	uint32_t part, nparts;          /* in ar_fc_data.part, by date */
	uint32_t word, nwords;          /* in ar_fc_data.word, by date */
	ar_date disputed, resolved;     /* AR_DATE_NONE = never */
	double dispute_share;           /* of the amount, 0..1 */
	ar_date since;                  /* its source tells what happened from this day on; AR_DATE_NONE = all */
	bool unwatched;                 /* its source tells no payments: being open says nothing; kept out of the tables */
};

struct ar_fc_data {
	const struct ar_fc_item *item;
	size_t n;
	const struct ar_fc_part *part;
	const struct ar_fc_word *word;
	const uint32_t *segment;        /* of each customer, 0.. */
	uint32_t customers, segments;
	uint16_t ccys;
	const struct ar_cal *cal;       /* calendars to choose from, by the payments on their free days; the first in doubt */
	int cals;
	const uint8_t *ccy_mark;        /* of each currency: its place among those of the model in use, AR_FC_NO_MARK = unknown to it; NULL = as here */
	ar_date as_of;                  /* nothing in the data is later */
};

struct ar_fc;                           /* the data, arranged; borrows what ar_fc_data points to */
struct ar_fc *ar_fc_new(const struct ar_fc_data *data);
void ar_fc_free(struct ar_fc *fc);
/* First item of a customer; that of `customers` is n. */
size_t ar_fc_first(const struct ar_fc *fc, uint32_t customer);
/* What was open of an item at the end of day t: 0 when not yet posted. */
int64_t ar_fc_open(const struct ar_fc *fc, const struct ar_fc_item *it, ar_date t);
int64_t ar_fc_cash(const struct ar_fc *fc, const struct ar_fc_item *it, ar_date after, ar_date upto);   /* in (after, upto] */

struct ar_fc_k { double k0, k1, k3, half_life; };      /* half_life in days, 0 = old history counts in full */
extern const struct ar_fc_k ar_fc_default;
/* The best of a small grid by ranked probability score over the 28 days after each of six past cut-offs (of more than
 * 100,000 items: on a part of the customers); too little past: the default. *cutoffs gets how many were used. */
struct ar_fc_k ar_fc_tune(const struct ar_fc *fc, ar_date t, int *cutoffs);

/*
 * The learned correction of the tables' hazard, by features of the item, its customer and the day (ar_fc_feature_name).
 * It learns from weekly past snapshots, whose features are frozen at the snapshot, and what happened on the days after
 * them up to t. A forecast mixes the curves of the tables as they are, of a logistic regression, and of boosted trees, the
 * first half of them and all; the shares of the mixture with the best score on the latest cut-offs before t, by a
 * correction learned before them, are taken (stacking: Wolpert 1992). Ledgers with little past keep to the tables so, and the
 * more there is to learn from, the more the trees count.
 */
enum ar_fc_stage { AR_FC_TABLES, AR_FC_LOGISTIC, AR_FC_FIRST_TREES, AR_FC_TREES, AR_FC_STAGES };
extern const char *const ar_fc_stage_name[AR_FC_STAGES];
struct ar_fc_mix { uint8_t percent[AR_FC_STAGES]; };    /* 100 in all */
enum { AR_FC_MIX_TEXT = 96 };
const char *ar_fc_mix_put(char out[AR_FC_MIX_TEXT], const struct ar_fc_mix *mix);        /* "trees", "tables:20+trees:80" */

enum { AR_FC_TEST_SPAN = 77 };                  /* days before t of the earliest of those cut-offs */
struct ar_fc_learned;
struct ar_fc_choice {
	struct ar_fc_mix mix;
	int cutoffs;                            /* that it was chosen on; 0: too little past, the tables */
	double score[AR_FC_STAGES], mixed;      /* ranked probability score, days per item, of each alone and of the mixture; < 0: not tried */
	uint64_t rows, items;                   /* learned from, scored on */
	ar_date learned_from, tested_from;
};
/* mix NULL: choose. What is learned up to t; *test is learned up to test->tested_from only (both the caller's, NULL = tables). */
void ar_fc_learn(const struct ar_fc *fc, ar_date t, const struct ar_fc_k *k, const struct ar_fc_mix *mix, struct ar_fc_choice *choice,
		 struct ar_fc_learned **now, struct ar_fc_learned **test);
void ar_fc_learned_free(struct ar_fc_learned *l);

struct ar_fc_model;
void ar_fc_use(struct ar_fc_model *m, const struct ar_fc_learned *l);    /* borrowed; NULL = tables */
struct ar_fc_model *ar_fc_fit(const struct ar_fc *fc, ar_date t, const struct ar_fc_k *k);
void ar_fc_model_free(struct ar_fc_model *m);

struct ar_fc_facts {
	uint64_t payments;              /* in the tables */
	bool calendar;                  /* free days are not used for payments: payments move to the next business day */
	int calendar_index;             /* which one */
	int closed;                     /* past business days on which nearly nobody paid, taken as free */
	double weekday[7];              /* factors on the odds */
	uint64_t words, kept;           /* promises whose day has passed, and of them kept within three days */
	double keeps;                   /* probability that one is kept: 1/2 as if from two, then as they were */
	double disputed_odds;           /* factor on the odds while in dispute: 1/2 as if from two payments, then as it was */
	double disputed_days;
	bool discounts;                 /* payments brought less than they settled */
	double company[AR_FC_BINS];     /* g */
};
const struct ar_fc_facts *ar_fc_model_facts(const struct ar_fc_model *m);
struct ar_fc_k ar_fc_model_k(const struct ar_fc_model *m);
/* Level 1 counts: payments and days at risk after sharing out. */
void ar_fc_cell(const struct ar_fc_model *m, uint32_t customer, int lag, double *payments, double *at_risk);

/* One customer's tables and traits: fill once, then ask for all its items. About 10 KB. */
enum { AR_FC_DUES = 800 };
struct ar_fc_who {
	double h1[AR_FC_BINS];
	double d3[7][AR_FC_BINS], e3[7][AR_FC_BINS];
	/* traits, only where a correction is learned or used */
	int paid, pay_days, open, over, run_due, look;  /* run_due: latest due date of the last day it paid on */
	ar_date last;                                   /* that day; AR_DATE_NONE = never */
	double mean, spread, recent, late, log_amount, cycle;
	double own_day[7];                              /* log of its preference for a weekday */
	double monthly[32];                             /* and for a day of the month */
	uint8_t weeks[7];                               /* of the last eight: with a payment on that weekday */
	uint16_t later[AR_FC_DUES + 1];                 /* paid items due before t - AR_FC_DUES / 2 + i, posted lately */
};
void ar_fc_who(const struct ar_fc_model *m, uint32_t customer, struct ar_fc_who *w);
double ar_fc_hazard(const struct ar_fc_model *m, const struct ar_fc_who *w, ar_date due, ar_date day);
/* f[i] = probability that the item is paid by t + 1 + i, given that it is open at t; n <= AR_FC_REACH. */
void ar_fc_curve(const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it, int n, double *f);
/* Days after t until the probability reaches q; AR_FC_REACH when it does not. */
int ar_fc_quantile(const double *f, int n, double q);

/*
 * Why the learned correction says what it says: how many days later (or sooner) the payment is expected, over the next
 * 120 days, than if one trait were as usual. 0 where nothing is corrected.
 */
enum ar_fc_why { AR_FC_WHY_SKIPPED, AR_FC_WHY_TAKEN, AR_FC_WHY_OF_LATE, AR_FC_WHY_SIZE, AR_FC_WHYS };
void ar_fc_why(const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it, double days[AR_FC_WHYS]);
/* Paid items of the customer due after it, and on its day, of the last 150 days. */
void ar_fc_passed_over(const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it, int *later, int *same);

/* What a person would say of a customer's history, as known at t. */
struct ar_fc_habits {
	int paid;                               /* items paid */
	double mean_lag;                        /* days from due to paid */
	int month_end;                          /* of them paid on the last three days of a month */
	int weekday[7];
};
void ar_fc_habits(const struct ar_fc *fc, ar_date t, uint32_t customer, struct ar_fc_habits *h);
/* Days from t to the payment on average, none counted for more than n: the mean of the curve cut off at n. */
double ar_fc_mean_days(const double *f, int n);

/* What if: promises kept, or each currency's largest open customer pays `late` days later. */
struct ar_fc_suppose { bool promises; int late; };
void ar_fc_suppose(struct ar_fc_model *m, const struct ar_fc_suppose *what);
/* The customer that owes most in a currency at the model's day, the first of equals; UINT32_MAX: nobody owes. */
uint32_t ar_fc_largest(const struct ar_fc_model *m, uint16_t ccy);

/*
 * Cash of one group and currency in one period: of items open at t. `expected`, `billed` and `naive` in 10^-9 minor
 * units: probabilities are fixed to 9 digits first, so these sums are exact and do not depend on order. Cash is what
 * payments bring: an item that is settled with a discount brings less than it held, and so much less is expected of it.
 */
struct ar_fc_cell_cash {
	ar_wide expected, naive, actual;        /* naive: everything on its due date, overdue items on the first day */
	ar_wide billed;                         /* all-in: from sales not yet billed, as the last eight weeks' */
	double sigma2;                          /* as if all items of a customer were paid together or not at all */
};
enum ar_fc_by { AR_FC_BY_NONE, AR_FC_BY_CUSTOMER, AR_FC_BY_SEGMENT };
struct ar_fc_ask { int weeks; enum ar_fc_by by; bool all_in; };
struct ar_fc_book {
	ar_date t;
	int weeks;
	ar_date end[AR_FC_WEEKS];               /* last days: the Sundays after t */
	uint16_t ccys;
	uint32_t groups;
	ar_wide *open;                          /* [group * ccys + ccy] */
	uint64_t *items;
	struct ar_fc_cell_cash *cell;           /* [(group * ccys + ccy) * weeks + week] */
};
void ar_fc_book(const struct ar_fc_model *m, const struct ar_fc_ask *ask, struct ar_fc_book *b);
void ar_fc_book_release(struct ar_fc_book *b);

/*
 * How far sums missed in the past, in sigmas: root mean square over weekly past cut-offs whose week had passed by t,
 * neighbouring weeks pooled; a currency is drawn to all currencies, and those towards 1, where there is little past.
 * The first eight weeks have widths of their own, later ones that of the eighth: so a week's interval does not depend
 * on how many weeks are asked for. test: what was learned before the cut-offs from tested_from on (NULL: tables).
 */
enum { AR_FC_WIDTHS = 8 };
struct ar_fc_scale {
	int cutoffs;
	uint16_t ccys;
	double *cell;                           /* [ccy * AR_FC_WIDTHS + week] */
};
void ar_fc_calibrate(const struct ar_fc *fc, ar_date t, const struct ar_fc_k *k, const struct ar_fc_learned *test, bool all_in,
		     struct ar_fc_scale *s);
void ar_fc_scale_release(struct ar_fc_scale *s);
/* expected +- width (a quantile of Student's t times the cell's scale and sigma), not below 0 and, without new billing, not beyond what is open. These three give INT64_MAX for sums
 * beyond it. */
void ar_fc_interval(const struct ar_fc_book *b, uint32_t group, int ccy, int week, const struct ar_fc_scale *s, int percent,
		    int64_t *low, int64_t *high);
int64_t ar_fc_expected(const struct ar_fc_cell_cash *c);        /* billed and not; rounded half even: the one rounding */
int64_t ar_fc_already(const struct ar_fc_cell_cash *c);         /* of items open at t alone */
int64_t ar_fc_naive(const struct ar_fc_cell_cash *c);

/*
 * What is learned, as records of type model, line by line: so that it can be kept, compared and used again. A forecast
 * needs it and the ledger: the counts of customers come from the ledger at each forecast, so that the file grows old
 * slowly. ar_fc_saved_put gives record i into r (started and filled; texts in r->mem); false: there are no more.
 */
struct ar_rec;
struct ar_err;
struct ar_fc_saved {
	ar_date t;                              /* learned from what was known then */
	struct ar_fc_k k;
	int tuned_on;                           /* cut-offs */
	char calendar[32];
	ar_date *holiday;                       /* free days besides it; owned */
	int holidays;
	bool all_in;                            /* what the widths are of: all cash, or that of open items */
	struct ar_fc_choice choice;
	struct ar_fc_learned *learned;          /* NULL = tables */
	struct ar_fc_scale scale;               /* [slot * AR_FC_WIDTHS + week], slots as in ccy */
	int *ccy;                               /* currency of each slot; the caller's when putting, owned when taking */
	int weights;                            /* taken so far */
	uint64_t payments, items;
	char sha256[65];                        /* of the data it was learned from */
};
bool ar_fc_saved_put(const struct ar_fc_saved *s, int i, struct ar_rec *r);
/* 0, or -1: e. Records of other types are left alone. */
int ar_fc_saved_take(struct ar_fc_saved *s, const struct ar_rec *r, struct ar_err *e);
int ar_fc_saved_check(struct ar_fc_saved *s, struct ar_err *e);   /* after the last record: is it whole? */
void ar_fc_saved_release(struct ar_fc_saved *s);                       /* what taking made */
/* SHA-256 of the arranged data up to its as_of, in hexadecimal. */
void ar_fc_hash(const struct ar_fc *fc, char hex[65]);

/*
 * Past cut-offs replayed: at each, tables, prior strengths and interval widths from what was known by then, then
 * compared with what happened up to as_of. Days of errors are limited to what is known since the cut-off (at most 120),
 * for all models alike, so that items still open are not left out.
 */
enum ar_fc_who_says { AR_FC_MODEL, AR_FC_DUE, AR_FC_CUSTOMER_MEAN, AR_FC_RUN_RATE, AR_FC_RIVALS };
extern const char *const ar_fc_rival[AR_FC_RIVALS];
enum { AR_FC_HORIZONS = 3 };
extern const int ar_fc_horizon[AR_FC_HORIZONS];         /* 7, 14, 30 days */

struct ar_fc_score {                    /* of one rival; RUN_RATE has cash only */
	double items, error, crps, within3, within7, in80, in90;        /* sums over items */
};
struct ar_fc_cash_score {               /* of one rival and currency; ar_wide in 10^-9 minor units */
	ar_wide forecast[AR_FC_HORIZONS], actual[AR_FC_HORIZONS];
	ar_wide missed, came;           /* over the first four weeks: what the forecast missed, and what open items brought */
	int weeks, in80, in90;          /* of the model's intervals */
	/* of the model: variance of the cash, as if its probabilities were true and items independent; and the book */
	double variance[AR_FC_HORIZONS];
	ar_wide open;
};
struct ar_fc_test {
	ar_date t;
	int limit;                      /* days of error at most */
	struct ar_fc_k k;
	struct ar_fc_mix mix;
	struct ar_fc_score score[AR_FC_RIVALS];
	struct ar_fc_cash_score *cash;  /* [rival * ccys + ccy] */
};
/* Cut-offs every 28 days back from as_of - 56 (at most `most`) with at least `history` payments before them, latest first.
 * Returns how many; *tests is the caller's (ar_fc_tests_free). */
int ar_fc_backtest(const struct ar_fc *fc, int most, uint64_t history, const struct ar_fc_mix *mix, struct ar_fc_test **tests);
void ar_fc_tests_free(struct ar_fc_test *t, int n);

#endif
