/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rec/rates.h"

#include "base/hash.h"
#include "base/sort.h"

#include <stdlib.h>

struct entry {
	uint32_t entity;                /* 0 = common */
	int16_t unit, quoted;
	ar_date day;
	bool closing;                   /* of one day a closing rate goes before a spot rate */
	struct ar_rate rate;
};

/* What was found last for a question: months of documents ask for few pairs and days. */
struct memo {
	bool used;
	uint32_t entity;
	int from, to;
	ar_date day;
	const struct entry *e, *f;      /* both NULL: there is none; f NULL: e is direct */
};

enum { MEMOS = 64 };

struct ar_rates {
	int max_age;
	struct memo memo[MEMOS];
	struct entry *e;
	size_t n, cap;
	bool sorted;
	struct ar_tab entity;
};

struct ar_rates *ar_rates_new(int max_age)
{
	struct ar_rates *t = ar_calloc(1, sizeof *t);

	t->max_age = max_age;
	ar_tab_add(&t->entity, AR_STR(""), NULL);
	return t;
}

bool ar_rates_any(const struct ar_rates *t)
{
	return t->n > 0;
}

void ar_rates_add(struct ar_rates *t, const struct ar_rec *r)
{
	struct ar_str kind = ar_raw_text(r, AR_F_kind);
	struct entry x;

	if (!ar_streqz(kind, "spot") && !ar_streqz(kind, "closing"))
		return;
	x = (struct entry){ .unit = (int16_t)ar_currency(r, AR_F_unit_currency), .quoted = (int16_t)ar_currency(r, AR_F_quoted_currency),
		.day = ar_day(r, AR_F_date), .closing = ar_streqz(kind, "closing") };
	if (!ar_rate_parse(ar_raw_text(r, AR_F_rate), &x.rate))
		return;
	x.entity = ar_tab_add(&t->entity, ar_raw_text(r, AR_F_entity), NULL);
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 256;
		t->e = ar_realloc(t->e, t->cap * sizeof *t->e);
	}
	t->e[t->n++] = x;
	t->sorted = false;
	memset(t->memo, 0, sizeof t->memo);
}

static int pair_cmp(const struct entry *a, uint32_t entity, int unit, int quoted)
{
	if (a->entity != entity)
		return a->entity < entity ? -1 : 1;
	if (a->unit != unit)
		return a->unit < unit ? -1 : 1;
	return a->quoted < quoted ? -1 : a->quoted > quoted;
}

/* by pair and day; of one day closing after spot, then the greater rate: whatever the order of arrival */
static int entry_cmp(const void *pa, const void *pb, void *ctx)
{
	const struct entry *a = pa, *b = pb;
	int c = pair_cmp(a, b->entity, b->unit, b->quoted);

	if (c)
		return c;
	if (a->day != b->day)
		return a->day < b->day ? -1 : 1;
	if (a->closing != b->closing)
		return a->closing ? 1 : -1;
	return ar_rate_cmp(a->rate, b->rate);
}

static const struct entry *last_on(const struct ar_rates *t, uint32_t entity, int unit, int quoted, ar_date day)
{
	size_t lo = 0, hi = t->n;

	while (lo < hi) {               /* first entry beyond (pair, day) */
		size_t mid = (lo + hi) / 2;
		int c = pair_cmp(&t->e[mid], entity, unit, quoted);

		if (c < 0 || (c == 0 && t->e[mid].day <= day))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == 0 || pair_cmp(&t->e[lo - 1], entity, unit, quoted) != 0 || day - t->e[lo - 1].day > t->max_age)
		return NULL;
	return &t->e[lo - 1];
}

/* a rate of the pair in the direction asked for: the entity's own, else a common one */
static const struct entry *quote(struct ar_rates *t, struct ar_str entity, int unit, int quoted, ar_date day)
{
	uint32_t k = entity.n ? ar_tab_get(&t->entity, entity) : 0;
	const struct entry *e = NULL;

	if (!t->sorted) {
		ar_sort(t->e, t->n, sizeof *t->e, entry_cmp, NULL);
		t->sorted = true;
	}
	if (k != AR_TAB_NONE && k != 0)
		e = last_on(t, k, unit, quoted, day);
	return e ? e : last_on(t, 0, unit, quoted, day);
}

/* The currency through which `from` and `to` are both quoted: the first in code order. */
static bool through(struct ar_rates *t, struct ar_str entity, int from, int to, ar_date day, const struct entry **a, const struct entry **b)
{
	for (int pivot = 0; pivot < ar_ccy_count; pivot++) {
		*a = quote(t, entity, pivot, from, day);
		if (*a && (*b = quote(t, entity, pivot, to, day)))
			return true;
	}
	return false;
}

static const struct memo *look_up(struct ar_rates *t, struct ar_str entity, int from, int to, ar_date day)
{
	uint32_t k = entity.n ? ar_tab_get(&t->entity, entity) : 0;
	struct memo *m = &t->memo[(unsigned)(from * 31 + to * 7 + day + (int)k) % MEMOS];

	if (m->used && m->entity == k && m->from == from && m->to == to && m->day == day)
		return m;
	*m = (struct memo){ true, k, from, to, day, NULL, NULL };
	m->e = quote(t, entity, from, to, day);
	if (!m->e)
		m->e = quote(t, entity, to, from, day);
	if (!m->e && !through(t, entity, from, to, day, &m->e, &m->f))
		m->e = m->f = NULL;
	return m;
}

bool ar_rates_convert(struct ar_rates *t, struct ar_str entity, ar_date day, int64_t minor, int from, int to, enum ar_round how, int64_t *out)
{
	const struct memo *m;

	if (from == to) {
		*out = minor;
		return true;
	}
	m = look_up(t, entity, from, to, day);
	if (!m->e)
		return false;
	if (!m->f)
		return ar_convert(minor, from, to, m->e->rate, m->e->unit, m->e->quoted, how, out);
	return ar_convert_via(minor, from, to, m->e->unit, m->e->rate, m->f->rate, how, out);
}

bool ar_rates_direct(struct ar_rates *t, struct ar_str entity, ar_date day, int from, int to, struct ar_rate *rate, bool *to_per_from)
{
	const struct memo *m = look_up(t, entity, from, to, day);

	if (!m->e || m->f)
		return false;
	*rate = m->e->rate;
	*to_per_from = m->e->unit == from;
	return true;
}

static void words(struct ar_buf *b, const struct entry *e)
{
	char rate[48], day[11];

	ar_buf_fmt(b, "%s ", ar_ccy[e->quoted].code);
	ar_buf_put(b, rate, (size_t)ar_rate_put(rate, e->rate));
	ar_buf_fmt(b, " per %s of %s", ar_ccy[e->unit].code, ar_date_z(day, e->day));
}

bool ar_rates_words(struct ar_rates *t, struct ar_str entity, ar_date day, int from, int to, struct ar_buf *b)
{
	const struct memo *m = look_up(t, entity, from, to, day);

	if (!m->e)
		return false;
	words(b, m->e);
	if (m->f) {
		ar_buf_puts(b, ", ");
		words(b, m->f);
	}
	return true;
}

void ar_rates_free(struct ar_rates *t)
{
	if (!t)
		return;
	free(t->e);
	ar_tab_release(&t->entity);
	free(t);
}
