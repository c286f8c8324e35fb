/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forecast_in.h - what the files of the forecast share; nobody else includes it. */
#ifndef AR_AR_FORECAST_IN_H
#define AR_AR_FORECAST_IN_H

#include "ar/forecast.h"

#include "base/arena.h"
#include "base/err.h"

enum {
	BINS = AR_FC_BINS,
	MAX_MOVED = 4,                  /* a payment is shared out over at most this many days */
	LAG_LO = -61, LAG_HI = 91,      /* beyond them the first and the last bin */
};

struct ar_fc {
	struct ar_fc_data d;
	size_t *first;                  /* customers + 1 */
	uint32_t *cell;                 /* customers + 1: where its level 1 cells begin */
	uint8_t *bin0;                  /* bin of its first cell */
	ar_date day0;                   /* of the two tables below */
	int days;
	uint8_t *window;                /* calendar: days whose payments fall on this one; 0 = a free day */
	uint8_t *weekday;
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

struct ar_fc_model {
	const struct ar_fc *fc;
	ar_date t;
	struct ar_fc_k k;
	struct ar_fc_facts facts;
	double off_day;                 /* hazard of a free day, where the calendar holds */
	double *d, *e;                  /* level 1 */
	double *seg;                    /* [segment * BINS + bin] */
	double *weight;                 /* by age in days; NULL = all 1 */
};

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
	return m->facts.calendar ? m->fc->window[day - m->fc->day0] : 1;
}
static inline int weekday_on(const struct ar_fc *fc, ar_date day) { return fc->weekday[day - fc->day0]; }
static inline double weight_on(const struct ar_fc_model *m, ar_date day) { return m->weight ? m->weight[m->t - day] : 1; }

/* Level 1 hazards of a customer. */
void ar_fc_h1(const struct ar_fc_model *m, uint32_t customer, double *h1);
/* The Sundays after t; returns the days from t to the last of them. */
int ar_fc_periods(ar_date t, int weeks, ar_date *end);

#endif
