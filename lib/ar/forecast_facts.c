/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is known besides days: promises, disputes, discounts, habits; and curves that heed them. */
#include "config.h"

#include "ar/forecast_in.h"

#include <stdlib.h>

#define NEARLY_NONE 1e-5        /* for so little of an item the tables will do */

enum { GRACE = 3 };                     /* days after a promise that still count as kept */

static void count_words(struct ar_fc_model *m)
{
	const struct ar_fc *fc = m->fc;

	for (size_t i = 0; i < fc->d.n; i++) {
		const struct ar_fc_item *it = &fc->d.item[i];

		for (uint32_t j = 0; j < it->nwords; j++) {
			const struct ar_fc_word *v = &fc->d.word[it->word + j];
			double got;

			if (v->made > m->t || v->date + GRACE > m->t)
				continue;
			got = (double)ar_fc_cash(fc, it, v->made - 1, v->date + GRACE);
			m->facts.words++;
			m->facts.kept += got >= 0.95 * v->share * (double)it->amount;
		}
	}
	m->facts.keeps = ((double)m->facts.kept + 1) / ((double)m->facts.words + 2);
	m->promise = m->facts.keeps;
}

struct shares { double sum[2], n[2]; };

static void count_parts(const struct ar_fc_model *m, uint32_t c, struct shares *s)
{
	const struct ar_fc *fc = m->fc;

	for (size_t i = fc->first[c]; i < fc->first[c + 1]; i++) {
		const struct ar_fc_item *it = &fc->d.item[i];

		for (uint32_t j = 0; j < it->nparts; j++) {
			const struct ar_fc_part *p = &fc->d.part[it->part + j];
			bool late = p->date > it->due;

			if (p->date > m->t || p->cash <= 0 || p->fall <= 0)
				continue;
			s->sum[late] += p->cash < p->fall ? (double)p->cash / (double)p->fall : 1;
			s->n[late]++;
		}
	}
}

static bool any_discount(const struct ar_fc_model *m)
{
	const struct ar_fc *fc = m->fc;

	for (size_t i = 0; i < fc->d.n; i++)
		for (uint32_t j = 0; j < fc->d.item[i].nparts; j++) {
			const struct ar_fc_part *p = &fc->d.part[fc->d.item[i].part + j];

			if (p->date <= m->t && p->cash > 0 && p->cash < p->fall)
				return true;
		}
	return false;
}

void ar_fc_learn_cash(struct ar_fc_model *m)
{
	const struct ar_fc *fc = m->fc;
	struct shares all = { { 5, 5 }, { 5, 5 } };

	count_words(m);
	m->facts.discounts = any_discount(m);
	if (!m->facts.discounts)
		return;
	m->cash_share = ar_calloc((size_t)fc->d.customers * 2 + 1, sizeof *m->cash_share);
	for (uint32_t c = 0; c < fc->d.customers; c++)
		count_parts(m, c, &all);
	for (uint32_t c = 0; c < fc->d.customers; c++) {
		struct shares own = { 0 };

		count_parts(m, c, &own);
		for (int late = 0; late < 2; late++)
			m->cash_share[(size_t)c * 2 + (size_t)late] =
				(own.sum[late] + 5 * all.sum[late] / all.n[late]) / (own.n[late] + 5);
	}
}

/* ---- curves ---- */

static double slowed(double h, double factor)
{
	return within(with_odds(h, factor));
}

static void heed_words(const struct ar_fc_model *m, const struct ar_fc_item *it, int n, double *f)
{
	const struct ar_fc_word *v = m->fc->d.word + it->word;
	double all = 0;

	for (uint32_t j = 0; j < it->nwords; j++)
		all += v[j].made <= m->t && v[j].date > m->t ? v[j].share : 0;
	if (all <= 0)
		return;
	for (int i = 0; i < n; i++) {
		double by = 0;

		for (uint32_t j = 0; j < it->nwords; j++)
			by += v[j].made <= m->t && v[j].date > m->t && v[j].date <= m->t + 1 + i ? v[j].share : 0;
		f[i] = (1 - m->promise * (all < 1 ? all : 1)) * f[i] + m->promise * (all > 1 ? by / all : by);
	}
}

static void heed_lateness(const struct ar_fc_model *m, const struct ar_fc_item *it, int n, double *f)
{
	if (!m->late || m->later[it->ccy] != it->customer)
		return;
	for (int i = n - 1; i >= 0; i--)
		f[i] = i >= m->late ? f[i - m->late] : 0;
}

/* The curves that are mixed, each with what is left of the item. */
struct mixed { struct strand { enum ar_fc_stage stage; double share, alive, argued; } strand[AR_FC_STAGES]; int n; };

static struct mixed mixed(const struct ar_fc_model *m)
{
	struct mixed x = { 0 };

	for (int s = 0; s < AR_FC_STAGES; s++) {
		int percent = m->learned ? m->learned->mix.percent[s] : s == AR_FC_TABLES ? 100 : 0;

		if (percent)
			x.strand[x.n++] = (struct strand){ (enum ar_fc_stage)s, percent / 100.0, 1, 1 };
	}
	return x;
}

static void same(const struct mixed *x, double h[AR_FC_STAGES], double hazard)
{
	for (int s = 0; s < x->n; s++)
		h[x->strand[s].stage] = hazard;
}

void ar_fc_curve(const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it, int n, double *f)
{
	bool disputed = it->disputed != AR_DATE_NONE && it->disputed <= m->t && (it->resolved == AR_DATE_NONE || it->resolved > m->t);
	double share = disputed ? it->dispute_share : 0, open = 1;
	struct mixed x = mixed(m);
	struct row r;

	ar_assert(n <= AR_FC_REACH);
	if (m->learned)
		ar_fc_item_features(m, w, it, &r);
	for (int i = 0; i < n; i++) {
		ar_date day = m->t + 1 + i;
		double h[AR_FC_STAGES];

		if (!m->learned || i >= LEARN_DAYS || open < NEARLY_NONE)
			same(&x, h, ar_fc_hazard(m, w, it->due, day));
		else if (ar_fc_day_features(m, w, it, day, &r, &h[0]))
			ar_fc_corrected(m->learned, &r, h);
		else
			same(&x, h, h[0]);
		f[i] = 0;
		for (int s = 0; s < x.n; s++) {
			struct strand *p = &x.strand[s];

			p->alive *= 1 - h[p->stage];
			if (disputed)
				p->argued *= 1 - slowed(h[p->stage], m->facts.disputed_odds);
			f[i] += p->share * (1 - (1 - share) * p->alive - share * p->argued);
		}
		f[i] = f[i] < 1 ? f[i] : 1;     /* shares may add up to a bit more than 1 */
		open = 1 - f[i];
	}
	if (it->nwords)
		heed_words(m, it, n, f);
	heed_lateness(m, it, n, f);
}

/* ---- why ---- */

/* false: it is as usual already. */
static bool as_usual(struct row *r, enum ar_fc_why why)
{
	static const int feature[AR_FC_WHYS] = { F_LATER, F_SAME, F_RECENT, F_RELATIVE };
	float before = r->x[feature[why]];

	ar_fc_set_feature(r, feature[why], why == AR_FC_WHY_OF_LATE ? (double)r->x[F_MEAN] : 0);
	return r->x[feature[why]] < before || r->x[feature[why]] > before;
}

/* Days to the payment by the learned hazards of each of n rows, all alike but for a trait; the last is as it is. */
static void mean_days(const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it, struct row *rows, int n, double *sum)
{
	struct mixed x[AR_FC_WHYS + 1];
	struct row r = rows[n - 1];
	double open = 1;

	for (int v = 0; v < n; v++) {
		x[v] = mixed(m);
		sum[v] = 0;
	}
	for (int i = 0; i < LEARN_DAYS && open > 1e-3; i++) {
		double h[AR_FC_STAGES], table;
		bool business = ar_fc_day_features(m, w, it, m->t + 1 + i, &r, &table);

		for (int v = 0; v < n; v++) {
			memcpy(rows[v].x + F_DAYS, r.x + F_DAYS, (FEATURES - F_DAYS) * sizeof *r.x);
			memcpy(rows[v].bin + F_DAYS, r.bin + F_DAYS, FEATURES - F_DAYS);
			rows[v].odds = r.odds;
			if (business)
				ar_fc_corrected(m->learned, &rows[v], h);
			else
				same(&x[v], h, table);
			open = 0;
			for (int s = 0; s < x[v].n; s++) {
				struct strand *p = &x[v].strand[s];

				sum[v] += p->share * p->alive;
				p->alive *= 1 - h[p->stage];
				open += p->share * p->alive;
			}
		}
	}
}

void ar_fc_why(const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it, double days[AR_FC_WHYS])
{
	double sum[AR_FC_WHYS + 1];
	struct row changed[AR_FC_WHYS + 1], r;
	int why[AR_FC_WHYS + 1], n = 0;

	for (int v = 0; v < AR_FC_WHYS; v++)
		days[v] = 0;
	if (!m->learned)
		return;
	ar_fc_item_features(m, w, it, &r);
	for (int v = 0; v < AR_FC_WHYS; v++) {
		changed[n] = r;
		if (as_usual(&changed[n], (enum ar_fc_why)v))
			why[n++] = v;
	}
	changed[n] = r;
	mean_days(m, w, it, changed, n + 1, sum);
	for (int v = 0; v < n; v++)
		days[why[v]] = sum[n] - sum[v];
}

void ar_fc_passed_over(const struct ar_fc_model *m, const struct ar_fc_who *w, const struct ar_fc_item *it, int *later, int *same)
{
	int at = it->due - m->t + AR_FC_DUES / 2;

	at = at < 0 ? 0 : at >= AR_FC_DUES ? AR_FC_DUES - 1 : at;
	*later = w->later[AR_FC_DUES] - w->later[at + 1];
	*same = w->later[at + 1] - w->later[at];
}

void ar_fc_suppose(struct ar_fc_model *m, const struct ar_fc_suppose *what)
{
	m->promise = what->promises ? 1 : m->facts.keeps;
	m->late = what->late;
	free(m->later);
	m->later = ar_calloc((size_t)m->fc->d.ccys + 1, sizeof *m->later);
	for (uint16_t c = 0; c < m->fc->d.ccys; c++)
		m->later[c] = ar_fc_largest(m, c);
}

uint32_t ar_fc_largest(const struct ar_fc_model *m, uint16_t ccy)
{
	const struct ar_fc *fc = m->fc;
	uint32_t best = UINT32_MAX;
	ar_wide most = 0;

	for (uint32_t c = 0; c < fc->d.customers; c++) {
		ar_wide sum = 0;

		for (size_t i = fc->first[c]; i < fc->first[c + 1]; i++)
			if (fc->d.item[i].ccy == ccy && is_open(&fc->d.item[i], m->t))
				sum += ar_fc_open(fc, &fc->d.item[i], m->t);
		if (sum > most) {
			most = sum;
			best = c;
		}
	}
	return best;
}

int ar_fc_quantile(const double *f, int n, double q)
{
	for (int i = 0; i < n; i++)
		if (f[i] >= q - 1e-9)
			return i + 1;
	return AR_FC_REACH;
}

double ar_fc_mean_days(const double *f, int n)
{
	double sum = 1;

	for (int i = 0; i < n - 1; i++)
		sum += 1 - f[i];
	return sum;
}

void ar_fc_habits(const struct ar_fc *fc, ar_date t, uint32_t c, struct ar_fc_habits *h)
{
	int64_t sum = 0;

	*h = (struct ar_fc_habits){ 0 };
	for (size_t i = fc->first[c]; i < fc->first[c + 1]; i++) {
		const struct ar_fc_item *it = &fc->d.item[i];

		if (!paid_by(it, t))
			continue;
		h->paid++;
		sum += it->paid - it->due;
		h->month_end += it->paid + 2 >= ar_month_end(it->paid);
		h->weekday[weekday_on(fc, it->paid)]++;
	}
	h->mean_lag = h->paid ? (double)sum / h->paid : 0;
}
