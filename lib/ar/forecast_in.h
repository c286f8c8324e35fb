/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forecast_in.h - what the files of the forecast share; nobody else includes it. */
#ifndef AR_AR_FORECAST_IN_H
#define AR_AR_FORECAST_IN_H

#include "ar/boost.h"
#include "ar/forecast.h"
#include "ar/logit.h"

#include "base/arena.h"
#include "base/err.h"

enum {
	BINS = AR_FC_BINS,
	MAX_MOVED = 4,                  /* a payment is shared out over at most this many days */
	LAG_LO = -61, LAG_HI = 91,      /* beyond them the first and the last bin */
	LAST_FROM = 90,                 /* the last bin: this lag and all above */
};

struct ar_fc {
	struct ar_fc_data d;
	size_t *first;                  /* customers + 1 */
	uint32_t *cell;                 /* customers + 1: where its level 1 cells begin */
	uint8_t *bin0;                  /* bin of its first cell */
	ar_date day0;                   /* of the two tables below */
	int days;
	uint8_t *weekday, *monthday, *left;     /* day of the month, days to its end */
	uint8_t *free_day;              /* of each calendar: [calendar * days + day] */
	uint8_t bin[LAG_HI - LAG_LO + 1];
};

static inline int bin_of(const struct ar_fc *fc, int lag)
{
	return fc->bin[(lag < LAG_LO ? LAG_LO : lag > LAG_HI ? LAG_HI : lag) - LAG_LO];
}

/* An item as it stood at the end of day t: at risk on the days from..to, paid on `to` or not. */
struct seen { ar_date from, to; bool paid; };
static inline struct seen seen_at(const struct ar_fc_item *it, ar_date t)
{
	ar_date first = t - AR_FC_HISTORY;
	struct seen s = { it->posted + 1 > first ? it->posted + 1 : first, t, false };

	if (it->since != AR_DATE_NONE && it->since > s.from)
		s.from = it->since;
	if (it->unwatched)
		s.from = t + 1;
	if (it->settled != AR_DATE_NONE && it->settled <= t) {
		s.paid = it->paid != AR_DATE_NONE && it->paid >= s.from;
		s.to = it->paid != AR_DATE_NONE ? it->paid : it->settled;
	}
	return s;
}
static inline bool is_open(const struct ar_fc_item *it, ar_date t)
{
	return it->posted <= t && (it->settled == AR_DATE_NONE || it->settled > t);
}

static inline bool paid_by(const struct ar_fc_item *it, ar_date t)
{
	return it->settled != AR_DATE_NONE && it->settled <= t && it->paid != AR_DATE_NONE && it->paid > t - AR_FC_HISTORY;
}
/* What an event so many days ago counts: half after `half`, straight lines between. */
static inline double fades(int days, int half)
{
	int q = days / half;

	return q > 60 ? 0 : (1 - 0.5 * (days % half) / half) / (double)(1ULL << q);
}
static inline double fading(int days) { return fades(days, 90); }

struct ar_fc_model {
	const struct ar_fc *fc;
	ar_date t;
	struct ar_fc_k k;
	struct ar_fc_facts facts;
	double off_day;                 /* hazard of a free day, where the calendar holds */
	double *d, *e;                  /* level 1 */
	double *seg;                    /* [segment * BINS + bin] */
	double *weight;                 /* by age in days; NULL = all 1 */
	double *spans;                  /* sums of the weights of days: see span_of */
	uint8_t *window;                /* by day: days whose payments fall on this one; 0 = a free day */
	double *came, *expected;        /* of each customer by weekday */
	double *cash_share;             /* of what payments settle, by customer: up to the due date, after it; NULL = all */
	double promise;                 /* probability that a word is kept */
	int late;                       /* days that the customers `later`, by currency, pay late in a scenario */
	uint32_t *later;
	double mean_lag;                /* of everybody, recent payments counting more */
	const struct ar_fc_learned *learned;    /* NULL: tables only */
	bool traits;                    /* ar_fc_who fills them */
};

/* ---- the learned correction: features of an item, frozen at the day of the forecast, and of a day to come ---- */

enum { ROWS_AHEAD = 45, LEARN_DAYS = 120 };

enum feature {
	F_TERM, F_AGE, F_AMOUNT, F_RELATIVE, F_CCY, F_N, F_MEAN, F_SPREAD, F_RECENT, F_LATE, F_GAP, F_PER_DAY, F_OPEN, F_OVER,
	F_LATER, F_SAME, F_RUN, F_DUE_DAY, F_CYCLE,
	F_DAYS,                         /* those above are of the item, those from here on of the day */
	F_AHEAD = F_DAYS, F_LAG, F_WEEKDAY, F_MONTHDAY, F_LEFT, F_WINDOW, F_TABLE, F_LATENT, F_OWN_DAY, F_USUAL, F_LOOK, F_WEEKS, F_SINCE,
	F_MONTHLY,
	FEATURES
};
struct feature_range { const char *name; double lo, step; };
extern const struct feature_range ar_fc_feature[FEATURES];

struct row { float x[FEATURES]; uint8_t bin[FEATURES]; int32_t odds; };
void ar_fc_item_features(const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it, struct row *r);
/* false: a free day, which is not corrected. *hazard: of the tables. */
bool ar_fc_day_features(const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it, ar_date day,
			struct row *r, double *hazard);
void ar_fc_traits(const struct ar_fc_model *m, uint32_t customer, struct ar_fc_who *w);
void ar_fc_set_feature(struct row *r, int f, double v);
/* Columns of the logistic from the features; returns how many. */
int ar_fc_columns(const float *x, float *out);

struct ar_fc_learned {
	struct ar_fc_mix mix;
	struct ar_boost trees;
	struct ar_logit logit;
};
/* Hazards of the stages that have a share. */
void ar_fc_corrected(const struct ar_fc_learned *l, const struct row *r, double h[AR_FC_STAGES]);
static inline bool only_tables(const struct ar_fc_learned *l) { return !l || l->mix.percent[AR_FC_TABLES] == 100; }

/* Chooses the calendar by the payments known at m->t and fills m->window, m->facts.calendar and .calendar_index. */
void ar_fc_calendar(struct ar_fc_model *m);

/* No day is certain. */
static inline double within(double h) { return h < 1e-5 ? 1e-5 : h > 0.995 ? 0.995 : h; }
/* h1 composed over the days that fall on this one */
static inline double latent(const struct ar_fc *fc, const double *h1, int lag, int window)
{
	double s = 1 - h1[bin_of(fc, lag)];

	for (int j = 1; j < window && j < MAX_MOVED; j++)
		s *= 1 - h1[bin_of(fc, lag - j)];
	return within(1 - s);
}
static inline double with_odds(double p, double factor)
{
	double o = p / (1 - p) * factor;

	return o / (1 + o);
}
static inline int window_on(const struct ar_fc_model *m, ar_date day)
{
	return m->window[day - m->fc->day0];
}
static inline int weekday_on(const struct ar_fc *fc, ar_date day) { return fc->weekday[day - fc->day0]; }
static inline double weight_on(const struct ar_fc_model *m, ar_date day) { return m->weight ? m->weight[m->t - day] : 1; }

/*
 * Weights of the days after `after` up to `upto` (both at most t), of one weekday and window (1..MAX_MOVED and more), or of
 * the free days: what an item adds that has long been overdue, without a look at each day.
 */
enum { SPAN_OFF = 7 * MAX_MOVED, SPANS };
static inline int span_kind(int window, int wd)
{
	return window ? ((window < MAX_MOVED ? window : MAX_MOVED) - 1) * 7 + wd : SPAN_OFF;
}
static inline double span_of(const struct ar_fc_model *m, int kind, ar_date after, ar_date upto)
{
	const double *s = m->spans + (size_t)kind * (AR_FC_HISTORY + 2) + AR_FC_HISTORY + 1 - m->t;

	return s[upto] - s[after];
}

/* Learns m->cash_share and the facts of promises. */
void ar_fc_learn_cash(struct ar_fc_model *m);
static inline double cash_share(const struct ar_fc_model *m, uint32_t customer, bool late)
{
	return m->cash_share ? m->cash_share[(size_t)customer * 2 + late] : 1;
}

/* Level 1 hazards of a customer. */
void ar_fc_h1(const struct ar_fc_model *m, uint32_t customer, double *h1);
/* The Sundays after t; returns the days from t to the last of them. */
int ar_fc_periods(ar_date t, int weeks, ar_date *end);

#endif
