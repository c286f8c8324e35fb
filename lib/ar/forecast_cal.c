/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which days are free: chosen among calendars, and seen, by how many payments came on them. */
#include "config.h"

#include "ar/forecast_in.h"

#include <stdlib.h>

enum { AROUND = 4 };                    /* weeks before and after that a day is compared with */

struct traffic {
	const struct ar_fc *fc;
	uint32_t *paid;                 /* payments by day */
	int from, to;                   /* first day with one, and the day of the cut-off */
	uint64_t all;
};

static void count_days(struct traffic *x, const struct ar_fc_model *m)
{
	const struct ar_fc *fc = m->fc;

	x->paid = ar_calloc((size_t)fc->days, sizeof *x->paid);
	x->to = m->t - fc->day0;
	x->from = x->to + 1;
	for (size_t i = 0; i < fc->d.n; i++) {
		struct seen s = seen_at(&fc->d.item[i], m->t);
		int day = s.to - fc->day0;

		if (!s.paid)
			continue;
		x->paid[day]++;
		x->all++;
		x->from = day < x->from ? day : x->from;
	}
}

/* Payments of the same weekday in the weeks around, on average. */
static double usual(const struct traffic *x, int day)
{
	uint64_t sum = 0, n = 0;

	for (int w = -AROUND; w <= AROUND; w++) {
		int d = day + 7 * w;

		if (w == 0 || d < x->from || d > x->to)
			continue;
		sum += x->paid[d];
		n++;
	}
	return n ? (double)sum / (double)n : 0;
}

/*
 * How much better payments are explained when the holidays of a calendar are free (a tenth of the usual payments, made
 * by those who keep other holidays) than when they are days like others: log of the ratio of Poisson probabilities.
 */
static double evidence(const struct traffic *x, int calendar)
{
	const uint8_t *is_free = x->fc->free_day + (size_t)calendar * (size_t)x->fc->days;
	double sum = 0;

	for (int day = x->from; day <= x->to; day++)
		if (is_free[day] && x->fc->weekday[day] < 5)
			sum += 0.9 * usual(x, day) - 2.302585092994046 * x->paid[day];
	return sum;
}

static bool weekends_are_free(const struct traffic *x, const uint8_t *is_free)
{
	uint64_t off = 0;

	if (!memchr(is_free, 1, (size_t)x->fc->days))
		return false;
	for (int day = x->from; day <= x->to; day++)
		off += is_free[day] ? x->paid[day] : 0;
	/* Two days in seven are free: with 5 % of the payments or more on them people do pay on weekends. */
	return x->all < 20 || (double)off < 0.05 * (double)x->all;
}

static void set_windows(struct ar_fc_model *m, const struct traffic *x, const uint8_t *is_free)
{
	const struct ar_fc *fc = m->fc;
	int run = 0;

	for (int day = 0; day < fc->days; day++) {
		bool closed = false;

		if (!is_free[day] && day >= x->from && day <= x->to) {
			double often = usual(x, day);

			closed = often >= 15 && x->paid[day] <= 0.05 * often;
			m->facts.closed += closed;
		}
		if (is_free[day] || closed) {
			m->window[day] = 0;
			run++;
		} else {
			m->window[day] = (uint8_t)(run < 200 ? run + 1 : 200);
			run = 0;
		}
	}
}

void ar_fc_calendar(struct ar_fc_model *m)
{
	const struct ar_fc *fc = m->fc;
	struct traffic x = { .fc = fc };
	double most = 5;                        /* what it takes to leave the first */

	count_days(&x, m);
	m->window = ar_malloc((size_t)fc->days);
	memset(m->window, 1, (size_t)fc->days);
	for (int c = 1; c < fc->d.cals; c++) {
		double e = evidence(&x, c);

		if (e > most) {
			most = e;
			m->facts.calendar_index = c;
		}
	}
	m->facts.calendar = weekends_are_free(&x, fc->free_day + (size_t)m->facts.calendar_index * (size_t)fc->days);
	if (m->facts.calendar)
		set_windows(m, &x, fc->free_day + (size_t)m->facts.calendar_index * (size_t)fc->days);
	free(x.paid);
}
