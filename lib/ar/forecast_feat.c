/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the learned correction looks at. Everything of an item and its customer is frozen at the day of the forecast. */
#include "config.h"

#include "ar/forecast_in.h"

#include "ar/detmath.h"

#include <math.h>
#include <stdlib.h>

enum { HALF_RECENT = 10, RECENT = 45, LATELY = 150, CYCLE = 120, MONTHLY = 365 };
#define SHRINK 4.0

/* Bins are fixed, so that a model does not depend on them being chosen well on some day. */
const struct feature_range ar_fc_feature[FEATURES] = {
	[F_TERM] = { "term", 0, 2 },
	[F_AGE] = { "age", 0, 2 },
	[F_AMOUNT] = { "log amount", 4, 0.3 },
	[F_RELATIVE] = { "log amount to the customer's usual", -6, 0.2 },
	[F_CCY] = { "currency", 0, 1 },
	[F_N] = { "log payments of the customer", 0, 0.15 },
	[F_MEAN] = { "customer's mean lag", -20, 1 },
	[F_SPREAD] = { "customer's spread of lags", 0, 0.5 },
	[F_RECENT] = { "customer's lag of late", -20, 1 },
	[F_LATE] = { "customer's share over a week late", 0, 1.0 / 63 },
	[F_GAP] = { "days since the customer's last payment", 0, 1 },
	[F_PER_DAY] = { "log items per payment day", 0, 0.1 },
	[F_OPEN] = { "log open items", 0, 0.15 },
	[F_OVER] = { "log overdue items", 0, 0.15 },
	[F_LATER] = { "log items due later and paid already", 0, 0.1 },
	[F_SAME] = { "log items due the same day and paid already", 0, 0.1 },
	[F_RUN] = { "due after the last paid due date", -31, 1 },
	[F_DUE_DAY] = { "weekday of the due date", 0, 1 },
	[F_CYCLE] = { "days between the customer's payment days", 0, 0.5 },
	[F_AHEAD] = { "days ahead", 0, 1 },
	[F_LAG] = { "day after due", -25, 1 },
	[F_WEEKDAY] = { "weekday", 0, 1 },
	[F_MONTHDAY] = { "day of the month", 0, 1 },
	[F_LEFT] = { "days to the month's end", 0, 1 },
	[F_WINDOW] = { "days whose payments fall on it", 0, 1 },
	[F_TABLE] = { "log-odds of the tables", -9, 0.2 },
	[F_LATENT] = { "log-odds of level 1", -9, 0.2 },
	[F_OWN_DAY] = { "customer's preference for the weekday", -2, 1.0 / 16 },
	[F_USUAL] = { "from the customer's mean lag, in spreads", -5, 0.16 },
	[F_LOOK] = { "after what the customer's payment run takes along", -31, 1 },
	[F_WEEKS] = { "weeks of the last eight with a payment that weekday", 0, 1 },
	[F_SINCE] = { "days from the customer's last payment", 0, 1 },
	[F_MONTHLY] = { "customer's preference for the day of the month", -2, 1.0 / 16 },
};

void ar_fc_set_feature(struct row *r, int f, double v)
{
	double b = (v - ar_fc_feature[f].lo) / ar_fc_feature[f].step;

	r->x[f] = (float)v;
	r->bin[f] = (uint8_t)(b <= 0 ? 0 : b >= AR_BOOST_BINS - 1 ? AR_BOOST_BINS - 1 : b);
}

static void set(struct row *r, int f, double v) { ar_fc_set_feature(r, f, v); }
static double log1(double x) { return ar_det_log(1 + x); }
static double logit(double p) { return ar_det_log(p / (1 - p)); }
static double clip(double x, double lo, double hi) { return x < lo ? lo : x > hi ? hi : x; }

/* ---- the customer ---- */

struct lags { double n, sum, sq, late, rn, rsum, logs; };

static void count_paid(const struct ar_fc_model *m, const struct ar_fc_item *it, struct ar_fc_who *w, struct lags *l)
{
	const struct ar_fc *fc = m->fc;
	int ago = m->t - it->paid, day = it->paid - fc->day0;
	double lag = clip(it->paid - it->due, -30, 60), f = fading(ago);

	w->paid++;
	l->n += f;
	l->sum += f * lag;
	l->sq += f * lag * lag;
	l->late += f * (lag > 7);
	l->logs += ar_det_log((double)it->amount + 1);
	if (ago < RECENT) {
		l->rn += fades(ago, HALF_RECENT);
		l->rsum += fades(ago, HALF_RECENT) * lag;
	}
	if (ago < MONTHLY)
		for (int d = fc->monthday[day] - 1; d <= fc->monthday[day] + 1; d++)
			w->monthly[d < 1 ? 31 : d > 31 ? 1 : d]++;
	if (w->last == AR_DATE_NONE || it->paid > w->last) {
		w->last = it->paid;
		w->run_due = it->due;
	} else if (it->paid == w->last && it->due > w->run_due) {
		w->run_due = it->due;
	}
}

/* Days of payment: in all, their distance of late, and on which weekdays of the last eight weeks. */
static void count_pay_days(const struct ar_fc_model *m, uint32_t c, struct ar_fc_who *w)
{
	const struct ar_fc *fc = m->fc;
	static _Thread_local uint8_t seen[AR_FC_HISTORY + 1];
	int first = -1, n = 0;

	memset(seen, 0, sizeof seen);
	for (size_t i = fc->first[c]; i < fc->first[c + 1]; i++)
		if (paid_by(&fc->d.item[i], m->t))
			seen[m->t - fc->d.item[i].paid] = 1;
	for (int ago = 0; ago <= AR_FC_HISTORY; ago++) {
		if (!seen[ago])
			continue;
		w->pay_days++;
		if (ago < 56)
			w->weeks[weekday_on(fc, m->t - ago)]++;
		if (ago < CYCLE) {
			first = ago;
			n++;
		}
	}
	w->cycle = n > 1 ? (double)(first - (m->t - w->last)) / (n - 1) : 31;
}

static void preferences(const struct ar_fc_model *m, uint32_t c, struct ar_fc_who *w)
{
	double n = 0;

	for (int d = 1; d <= 31; d++)
		n += w->monthly[d];
	for (int d = 1; d <= 31; d++)
		w->monthly[d] = ar_det_log((w->monthly[d] + 5) / (n / 31 + 5));
	for (int d = 0; d < 7; d++)
		w->own_day[d] = ar_det_log((m->came[(size_t)c * 7 + (size_t)d] + 6) /
					   (m->expected[(size_t)c * 7 + (size_t)d] * m->facts.weekday[d] + 6));
}

static void count_later(const struct ar_fc_model *m, uint32_t c, struct ar_fc_who *w)
{
	const struct ar_fc *fc = m->fc;

	memset(w->later, 0, sizeof w->later);
	for (size_t i = fc->first[c]; i < fc->first[c + 1]; i++) {
		const struct ar_fc_item *it = &fc->d.item[i];
		int at = it->due - m->t + AR_FC_DUES / 2;

		if (it->posted > m->t - LATELY && paid_by(it, m->t) && at >= 0 && at < AR_FC_DUES)
			w->later[at + 1] += w->later[at + 1] < UINT16_MAX;
	}
	for (int i = 0; i < AR_FC_DUES; i++)
		w->later[i + 1] = (uint16_t)clip(w->later[i + 1] + w->later[i], 0, UINT16_MAX);
}

void ar_fc_traits(const struct ar_fc_model *m, uint32_t c, struct ar_fc_who *w)
{
	const struct ar_fc *fc = m->fc;
	struct lags l = { 0 };
	double mean;

	w->paid = w->pay_days = w->open = w->over = w->run_due = 0;
	w->last = AR_DATE_NONE;
	memset(w->weeks, 0, sizeof w->weeks);
	memset(w->monthly, 0, sizeof w->monthly);
	for (size_t i = fc->first[c]; i < fc->first[c + 1]; i++) {
		const struct ar_fc_item *it = &fc->d.item[i];

		if (paid_by(it, m->t)) {
			count_paid(m, it, w, &l);
		} else if (is_open(it, m->t)) {
			w->open++;
			w->over += it->due < m->t;
		}
	}
	mean = (l.sum + SHRINK * m->mean_lag) / (l.n + SHRINK);
	w->mean = mean;
	w->spread = sqrt(clip((l.sq - 2 * mean * l.sum + l.n * mean * mean + SHRINK * 25) / (l.n + SHRINK), 0.01, 1e6));
	w->recent = (l.rsum + mean) / (l.rn + 1);
	w->late = (l.late + SHRINK * 0.1) / (l.n + SHRINK);
	w->log_amount = w->paid ? l.logs / w->paid : -1;
	w->look = w->last == AR_DATE_NONE ? 0 : w->run_due - w->last;
	count_pay_days(m, c, w);
	preferences(m, c, w);
	count_later(m, c, w);
}

/* ---- the item and the day ---- */

void ar_fc_item_features(const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it, struct row *r)
{
	double amount = ar_det_log((double)it->amount + 1);
	int at = (int)clip(it->due - m->t + AR_FC_DUES / 2, 0, AR_FC_DUES - 1);
	int gap = w->last == AR_DATE_NONE ? 90 : (int)clip(m->t - w->last, 0, 90);

	set(r, F_TERM, it->due - it->posted);
	set(r, F_AGE, m->t - it->posted);
	set(r, F_AMOUNT, amount);
	set(r, F_RELATIVE, w->log_amount < 0 ? 0 : amount - w->log_amount);
	set(r, F_CCY, m->fc->d.ccy_mark ? m->fc->d.ccy_mark[it->ccy] : it->ccy);
	set(r, F_N, log1(w->paid));
	set(r, F_MEAN, w->mean);
	set(r, F_SPREAD, w->spread);
	set(r, F_RECENT, w->recent);
	set(r, F_LATE, w->late);
	set(r, F_GAP, gap);
	set(r, F_PER_DAY, log1(w->pay_days ? (double)w->paid / w->pay_days : 0));
	set(r, F_OPEN, log1(w->open));
	set(r, F_OVER, log1(w->over));
	set(r, F_LATER, log1(w->later[AR_FC_DUES] - w->later[at + 1]));
	set(r, F_SAME, log1(w->later[at + 1] - w->later[at]));
	set(r, F_RUN, w->last == AR_DATE_NONE ? 60 : clip(it->due - w->run_due, -60, 60));
	set(r, F_DUE_DAY, weekday_on(m->fc, clip(it->due, m->t - AR_FC_HISTORY, m->t + AR_FC_REACH)));
	set(r, F_CYCLE, w->cycle);
}

bool ar_fc_day_features(const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it, ar_date day,
			struct row *r, double *hazard)
{
	const struct ar_fc *fc = m->fc;
	int window = window_on(m, day), wd = weekday_on(fc, day), lag = day - it->due, i = day - fc->day0;
	double odds;

	*hazard = ar_fc_hazard(m, w, it->due, day);
	if (!window)
		return false;
	odds = logit(*hazard);
	r->odds = (int32_t)(odds * AR_BOOST_ONE);
	set(r, F_AHEAD, day - m->t);
	set(r, F_LAG, lag);
	set(r, F_WEEKDAY, wd);
	set(r, F_MONTHDAY, fc->monthday[i]);
	set(r, F_LEFT, fc->left[i]);
	set(r, F_WINDOW, window);
	set(r, F_TABLE, odds);
	set(r, F_LATENT, logit(latent(fc, w->h1, lag, window)));
	set(r, F_OWN_DAY, w->own_day[wd]);
	set(r, F_USUAL, (lag - w->mean) / w->spread);
	set(r, F_LOOK, w->last == AR_DATE_NONE ? 0 : lag + w->look);
	set(r, F_WEEKS, w->weeks[wd]);
	set(r, F_SINCE, w->last == AR_DATE_NONE ? 90 : clip(day - w->last, 0, 90));
	set(r, F_MONTHLY, w->monthly[fc->monthday[i]]);
	return true;
}

/* ---- columns of the logistic ---- */

static float *knots(float *out, double v, const double *at, int n, double unit, double most)
{
	for (int i = 0; i < n; i++)
		*out++ = (float)clip((v - at[i]) / unit, 0, most);
	return out;
}

int ar_fc_columns(const float *x, float *out)
{
	static const double lag[] = { -10, -5, -2, 0, 2, 5, 10, 20 }, z[] = { -2, -1, -0.5, 0, 0.5, 1, 2 };
	double n = x[F_N] / 5, own = x[F_OWN_DAY], table = x[F_TABLE], cahz = x[F_LATENT], l = clip(x[F_LAG], -20, 30);
	float *o = out;

	for (int d = 0; d < 7; d++)
		*o++ = x[F_WEEKDAY] == (float)d;
	for (int d = 0; d < 5; d++)
		*o++ = x[F_WEEKDAY] == (float)d && l < -3;
	*o++ = (float)table;
	*o++ = (float)(table * table / 10);
	*o++ = (float)clip(table, -3, 10);
	*o++ = (float)clip(table + 1, 0, 10);
	*o++ = (float)(table * n);
	*o++ = (float)cahz;
	*o++ = (float)(cahz * cahz / 10);
	*o++ = (float)clip(cahz, -3, 10);
	*o++ = (float)clip(cahz + 1, 0, 10);
	*o++ = (float)(cahz * n);
	*o++ = (float)own;
	*o++ = (float)(own * cahz);
	*o++ = x[F_WEEKS];
	*o++ = x[F_MONTHLY];
	*o++ = (float)log1(x[F_AHEAD]);
	*o++ = x[F_AHEAD] == 1;
	*o++ = (float)clip(x[F_AHEAD] / 7, 0, 1);
	*o++ = (float)clip(x[F_AHEAD] / 21, 0, 1);
	o = knots(o, l, lag, 8, 10, 9);
	*o++ = x[F_LAG] > 30;
	*o++ = x[F_AMOUNT];
	*o++ = (float)clip(x[F_RELATIVE], -5, 5);
	*o++ = x[F_N];
	*o++ = x[F_MEAN] / 10;
	*o++ = x[F_SPREAD] / 10;
	*o++ = (x[F_RECENT] - x[F_MEAN]) / 10;
	*o++ = x[F_LATE];
	*o++ = (float)clip(x[F_GAP], 0, 30) / 30;
	*o++ = (float)clip(x[F_GAP], 0, 7) / 7;
	*o++ = x[F_PER_DAY];
	*o++ = x[F_OPEN];
	*o++ = x[F_OVER];
	*o++ = x[F_LATER];
	*o++ = x[F_LATER] > 0;
	*o++ = x[F_SAME];
	*o++ = x[F_SAME] > 0;
	*o++ = x[F_RUN] / 20;
	*o++ = (float)clip(x[F_RUN], -60, 0) / 10;
	*o++ = (float)log1(clip(x[F_TERM], 0, 400));
	*o++ = x[F_MONTHDAY] <= 2;
	*o++ = x[F_MONTHDAY] >= 14 && x[F_MONTHDAY] <= 16;
	*o++ = x[F_LEFT] <= 1;
	*o++ = x[F_WINDOW] > 1 && x[F_WEEKDAY] > 0;
	o = knots(o, x[F_USUAL], z, 7, 1, 3);
	o = knots(o, (x[F_LAG] - x[F_RECENT]) / clip(x[F_SPREAD], 1, 100), z, 7, 1, 3);
	*o++ = (float)(clip(x[F_USUAL], -10, 10) * n);
	*o++ = (float)(x[F_LATER] * (x[F_LAG] > 0));
	*o++ = (float)((x[F_LAG] > 0) * x[F_LATE]);
	*o++ = (float)clip(x[F_LOOK], -20, 20) / 10;
	*o++ = (float)clip(x[F_LOOK], 0, 5) / 5;
	return (int)(o - out);
}
