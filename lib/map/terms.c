/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/terms.h"

#include <stdlib.h>

/* A word of the text: digits, letters, or one of % / . as a word of its own; in lower case. */
struct word { char text[16]; size_t n; int64_t number; };
enum { MAX_WORDS = 16, MAX_DAYS = 3660 };

static bool is_part(char c)
{
	return ar_is_alpha(c) || (unsigned char)c >= 0x80;
}

static bool next_word(struct ar_str *s, struct word *w)
{
	const char *p = s->p, *end = s->p + s->n;
	size_t n = 0;

	while (p < end && (ar_is_space(*p) || *p == ',' || *p == '(' || *p == ')' || *p == ';' || *p == '-'))
		p++;
	if (p == end)
		return false;
	w->number = -1;
	if (ar_is_digit(*p)) {
		while (p + n < end && (ar_is_digit(p[n]) || (p[n] == '.' && p + n + 1 < end && ar_is_digit(p[n + 1]))))
			n++;
		w->number = ar_str_uint((struct ar_str){ p, n }, MAX_DAYS);
	} else if (is_part(*p)) {
		while (p + n < end && is_part(p[n]))
			n++;
	} else {
		n = 1;
	}
	w->n = n < sizeof w->text ? n : sizeof w->text - 1;
	for (size_t i = 0; i < w->n; i++)
		w->text[i] = ar_lower(p[i]);
	w->text[w->n] = '\0';
	*s = (struct ar_str){ p + n, (size_t)(end - p) - n };
	return true;
}

static bool is(const struct word *w, int n, int i, const char *list)
{
	struct ar_str rest = ar_str(list), one;

	if (i >= n)
		return false;
	while (rest.p) {
		rest = ar_str_cut(rest, ' ', &one);
		if (ar_streqz(one, w[i].text))
			return true;
	}
	return false;
}

static bool percent(const struct word *w, struct ar_rate *out)
{
	struct ar_rate r;

	if (!ar_decimal_parse((struct ar_str){ w->text, w->n }, &r) || r.mant <= 0 || r.scale > 4)
		return false;
	for (int i = 0, limit = 100; ; i++, limit *= 10)
		if (i == r.scale) {
			if (r.mant >= limit)
				return false;
			break;
		}
	*out = r;
	return true;
}

/* "2/10", "2% 10", "2 % 10 days": the words used, 0 = no discount here */
static int discount(const struct word *w, int n, int i, struct ar_terms *t)
{
	int k = i + 1;

	if (!ar_is_digit(w[i].text[0]))
		return 0;
	if (is(w, n, k, "%")) {
		k++;
		if (is(w, n, k, "/"))
			k++;
	} else if (is(w, n, k, "/")) {
		k++;
	} else {
		return 0;
	}
	if (k >= n || w[k].number < 0 || !percent(&w[i], &t->discount))
		return 0;
	t->discount_days = (int)w[k].number;
	k++;
	if (is(w, n, k, "days day tage d"))
		k++;
	return k - i;
}

static bool tail_words(const struct word *w, int n, int i, struct ar_terms *t)
{
	for (; i < n; i++) {
		if (is(w, n, i, "eom"))
			t->month_end = true;
		else if (is(w, n, i, "end") && is(w, n, i + 1, "of") && is(w, n, i + 2, "month")) {
			t->month_end = true;
			i += 2;
		} else if (!is(w, n, i, "days day net netto tage from after of invoice date d the"))
			return false;
	}
	return true;
}

/* "15th of next month", "15 of the following month": a day of the month after the document's */
static bool day_of_next(const struct word *w, int n, struct ar_terms *t)
{
	int i = 1;

	if (n < 3 || w[0].number < 1 || w[0].number > 31)
		return false;
	if (is(w, n, i, "st nd rd th ."))
		i++;
	if (is(w, n, i, "of"))
		i++;
	if (is(w, n, i, "the"))
		i++;
	if (!is(w, n, i, "next following") || !is(w, n, i + 1, "month") || i + 2 != n)
		return false;
	t->months = 1;
	t->day_of_month = (int)w[0].number;
	return true;
}

static bool parse_words(const struct word *w, int n, struct ar_terms *t)
{
	int i = 0, k;

	if ((is(w, n, 0, "due") && is(w, n, 1, "on") && (is(w, n, 2, "receipt")) && n == 3)
	    || (n == 1 && is(w, n, 0, "immediate immediately sofort prepaid cod prepayment"))
	    || (is(w, n, 0, "on") && is(w, n, 1, "receipt") && n == 2))
		return true;
	if (day_of_next(w, n, t))
		return true;
	k = discount(w, n, 0, t);
	i += k;
	if (is(w, n, i, "net n netto"))
		i++;
	if (is(w, n, i, "/"))
		i++;
	if (i >= n || w[i].number < 0)
		return false;
	t->net_days = (int)w[i].number;
	return tail_words(w, n, i + 1, t);
}

bool ar_terms_parse(struct ar_str s, struct ar_terms *out)
{
	struct ar_terms t = { .discount_days = -1 };
	struct word w[MAX_WORDS];
	int n = 0;

	while (n < MAX_WORDS && next_word(&s, &w[n]))
		n++;
	if (!n || (n == MAX_WORDS && ar_str_trim(s).n) || !parse_words(w, n, &t))
		return false;
	*out = t;
	return true;
}

static int clamp(int day, ar_date month)
{
	struct ar_ymd y = ar_ymd_of(month);
	int last = ar_month_days(y.y, y.m);

	return day < last ? day : last;
}

ar_date ar_terms_due(const struct ar_terms *t, ar_date issued)
{
	ar_date d = t->months ? ar_add_months(issued, t->months) : issued, first;
	int day;

	if (d == AR_DATE_NONE || d > AR_DATE_MAX - t->net_days)
		return AR_DATE_NONE;
	d += t->net_days;
	if (t->month_end)
		d = ar_month_end(d);
	if (!t->day_of_month)
		return d;
	day = ar_ymd_of(d).d;
	first = d - (day - 1);
	if (!t->months && day > clamp(t->day_of_month, d))
		first = ar_add_months(first, 1);
	return first == AR_DATE_NONE ? first : first + clamp(t->day_of_month, first) - 1;
}

ar_date ar_terms_discount_date(const struct ar_terms *t, ar_date issued)
{
	if (t->discount_days < 0 || issued > AR_DATE_MAX - t->discount_days)
		return AR_DATE_NONE;
	return issued + t->discount_days;
}

bool ar_terms_discount(const struct ar_terms *t, int64_t amount, int64_t *out)
{
	return t->discount_days >= 0 && ar_percent(amount, t->discount, AR_HALF_UP, out);
}

static uint32_t slot(struct ar_termtab *t, struct ar_str name, bool *fresh)
{
	uint32_t k = ar_tab_add(&t->name, name, fresh);

	if (k >= t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->term = ar_realloc(t->term, t->cap * sizeof *t->term);
		t->known = ar_realloc(t->known, t->cap * sizeof *t->known);
	}
	return k;
}

void ar_termtab_add(struct ar_termtab *t, const struct ar_rec *r)
{
	struct ar_str name = ar_has(r, AR_F_name) ? ar_text(r, AR_F_name) : ar_text(r, AR_F_id);
	bool fresh;
	uint32_t k = slot(t, name, &fresh);
	struct ar_terms *m = &t->term[k];

	*m = (struct ar_terms){ .discount_days = -1 };
	m->net_days = (int)ar_int(r, AR_F_net_days, 0);
	m->months = (int)ar_int(r, AR_F_months, 0);
	m->day_of_month = (int)ar_int(r, AR_F_day_of_month, 0);
	t->known[k] = m->net_days >= 0 && m->net_days <= MAX_DAYS && m->months >= 0 && m->months <= 120 && m->day_of_month >= 0
		&& m->day_of_month <= 31;
	if (ar_has(r, AR_F_discount_days) && ar_has(r, AR_F_discount_percent)
	    && ar_decimal_parse(ar_text(r, AR_F_discount_percent), &m->discount) && ar_int(r, AR_F_discount_days, -1) <= MAX_DAYS)
		m->discount_days = (int)ar_int(r, AR_F_discount_days, -1);
}

const struct ar_terms *ar_termtab_find(struct ar_termtab *t, struct ar_str name)
{
	bool fresh;
	uint32_t k = ar_tab_get(&t->name, name);

	if (k == AR_TAB_NONE) {
		k = slot(t, name, &fresh);
		t->known[k] = ar_terms_parse(name, &t->term[k]);
	}
	return t->known[k] ? &t->term[k] : NULL;
}

void ar_termtab_release(struct ar_termtab *t)
{
	ar_tab_release(&t->name);
	free(t->term);
	free(t->known);
	memset(t, 0, sizeof *t);
}
