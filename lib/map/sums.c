/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/sums.h"

#include "base/hash.h"
#include "map/read.h"

#include <stdlib.h>

/* ---- totals of a report ---- */

enum { SCALE = 6, MAX_TOTALS = 10000 };  /* decimals kept of any column; totals rows remembered */

struct group { ar_wide sum[AR_MAP_MAX_TOTALS]; };
struct total { struct ar_str label; int col; ar_wide said, ours; bool known, unreadable; struct ar_str value; };

struct ar_sums {
	const struct ar_map *map;
	struct ar_tab names;             /* of groups; 0 = the whole */
	struct group *group;
	uint32_t cap;
	struct total *total;
	int n, totalcap;
	struct ar_arena mem, tmp;
};

struct ar_sums *ar_sums_new(const struct ar_map *m)
{
	struct ar_sums *s = ar_calloc(1, sizeof *s);

	s->map = m;
	s->cap = 16;
	s->group = ar_calloc(s->cap, sizeof *s->group);
	ar_tab_add(&s->names, AR_STR(""), NULL);
	return s;
}

void ar_sums_free(struct ar_sums *s)
{
	if (!s)
		return;
	ar_tab_release(&s->names);
	free(s->group);
	free(s->total);
	ar_arena_release(&s->mem);
	ar_arena_release(&s->tmp);
	free(s);
}

/* 1 = a number, 0 = empty, -1 = neither */
static int decimal(struct ar_sums *s, struct ar_str v, ar_wide *out)
{
	struct ar_str plain;
	size_t dot;

	if (!ar_str_trim(v).n)
		return 0;
	if (!ar_read_decimal(&s->tmp, v, s->map->totals_eu, &plain) || plain.n > 30)
		return -1;
	*out = 0;
	dot = plain.n;
	for (size_t i = 0; i < plain.n; i++)
		if (plain.p[i] == '.')
			dot = i;
		else if (ar_is_digit(plain.p[i]) && (i < dot || i - dot <= SCALE))
			*out = *out * 10 + (plain.p[i] - '0');
		else if (plain.p[i] != '-' && plain.p[i] != '0')
			return -1;
	for (size_t i = dot < plain.n ? plain.n - dot - 1 : 0; i < SCALE; i++)
		*out *= 10;
	if (plain.n && *plain.p == '-')
		*out = -*out;
	return 1;
}

static struct ar_str cell(const struct ar_rowview *v, int32_t at)
{
	return at < 0 ? (struct ar_str){ NULL, 0 } : (struct ar_str){ v->x[at].val, v->x[at].nval };
}

static struct ar_str own(struct ar_sums *s, const char *p, size_t n)
{
	return (struct ar_str){ ar_arena_dup(&s->mem, p, n), n };
}

/* "Total for Acme", "Total - Acme", "Total Acme", "Acme Total"; of the whole: "Total", "TOTAL", "Grand total" */
static uint32_t group_of(const struct ar_sums *s, struct ar_str label, struct ar_str group)
{
	static const char *const lead[] = { "Total for ", "Total - ", "Total ", NULL };
	struct ar_str t = ar_str_trim(label);

	if (group.n)
		return ar_tab_get(&s->names, group);
	if (ar_str_caseeq(t, AR_STR("total")) || ar_str_caseeq(t, AR_STR("grand total")) || ar_str_caseeq(t, AR_STR("totals")))
		return 0;
	for (int i = 0; lead[i]; i++)
		if (ar_str_starts(t, lead[i])) {
			uint32_t k = ar_tab_get(&s->names, (struct ar_str){ t.p + strlen(lead[i]), t.n - strlen(lead[i]) });

			if (k != AR_TAB_NONE)
				return k;
		}
	if (ar_str_ends(t, " Total"))
		return ar_tab_get(&s->names, (struct ar_str){ t.p, t.n - 6 });
	return AR_TAB_NONE;
}

static void total_row(struct ar_sums *s, const struct ar_rowview *v, struct ar_str label)
{
	uint32_t g = group_of(s, label, cell(v, v->lay->group));

	for (int i = 0; i < s->map->ntotal && s->n < MAX_TOTALS; i++) {
		const struct ar_x *x = ar_row_find(v, s->map, s->map->total[i]);
		struct total *t;
		ar_wide said = 0;
		int rc = x ? decimal(s, (struct ar_str){ x->val, x->nval }, &said) : 0;

		if (rc == 0)
			continue;
		if (s->n == s->totalcap) {
			s->totalcap = s->totalcap ? s->totalcap * 2 : 16;
			s->total = ar_realloc(s->total, (size_t)s->totalcap * sizeof *s->total);
		}
		t = &s->total[s->n++];
		*t = (struct total){ own(s, label.p, label.n), i, said, g == AR_TAB_NONE ? 0 : s->group[g].sum[i], g != AR_TAB_NONE, rc < 0,
			own(s, x->val, x->nval) };
	}
}

bool ar_sums_row(struct ar_sums *s, const struct ar_rowview *v)
{
	struct ar_str label = cell(v, v->lay->totals), group;
	uint32_t g = 0;
	bool fresh;

	if (!label.n && !s->map->ntotal)
		return false;
	ar_arena_reset(&s->tmp);
	if (label.n) {
		total_row(s, v, label);
		return true;
	}
	group = cell(v, v->lay->group);
	if (group.n) {
		g = ar_tab_add(&s->names, group, &fresh);
		if (g >= s->cap) {
			s->group = ar_realloc(s->group, 2 * (size_t)s->cap * sizeof *s->group);
			s->cap *= 2;
		}
		if (fresh)
			s->group[g] = (struct group){ 0 };
	}
	for (int i = 0; i < s->map->ntotal; i++) {
		const struct ar_x *x = ar_row_find(v, s->map, s->map->total[i]);
		ar_wide one;

		if (!x || decimal(s, (struct ar_str){ x->val, x->nval }, &one) <= 0)
			continue;
		s->group[0].sum[i] += one;
		if (g)
			s->group[g].sum[i] += one;
	}
	return false;
}

static struct ar_str shown(ar_wide w, char *room)
{
	int n = ar_wide_put(room, w, SCALE);

	while (room[n - 1] == '0' && room[n - 3] != '.')
		n--;
	return (struct ar_str){ room, (size_t)n };
}

bool ar_sums_differ(const struct ar_sums *s, int i, struct ar_arena *mem, struct ar_str *text)
{
	char a[AR_MONEY_TEXT], b[AR_MONEY_TEXT];
	struct ar_str said, ours;

	for (int k = 0; k < s->n; k++) {
		const struct total *t = &s->total[k];
		const struct ar_mapcol *c = &s->map->col[s->map->total[t->col]];

		if (!t->unreadable && (!t->known || t->said == t->ours))
			continue;
		if (i-- > 0)
			continue;
		said = shown(t->said, a);
		ours = shown(t->ours, b);
		*text = ar_str(t->unreadable
			? ar_arena_fmt(mem, "%.*s: the total of %.*s is no number: %.*s", AR_STR_FMT(t->label), AR_STR_FMT(c->name),
			               AR_STR_FMT(t->value))
			: ar_arena_fmt(mem, "%.*s: the report says %.*s = %.*s, its rows add up to %.*s", AR_STR_FMT(t->label),
			               AR_STR_FMT(c->name), AR_STR_FMT(said), AR_STR_FMT(ours)));
		return true;
	}
	return false;
}

void ar_sums_totals(const struct ar_sums *s, struct ar_rec *extract)
{
	struct ar_str *list = ar_arena_alloc(extract->mem, ((size_t)s->n + 1) * sizeof *list);

	for (int k = 0; k < s->n; k++) {
		const struct total *t = &s->total[k];

		list[k] = ar_str(ar_arena_fmt(extract->mem, "%.*s %.*s=%.*s", AR_STR_FMT(t->label),
		                              AR_STR_FMT(s->map->col[s->map->total[t->col]].name), AR_STR_FMT(t->value)));
	}
	ar_set_list(extract, AR_F_totals, list, s->n);
}

/* ---- statements ---- */

struct moves { uint64_t lines; ar_wide credit, debit; int ccy; bool mixed; };

struct ar_statements {
	struct ar_rec *rec;
	int n, cap;
	struct ar_tab id;
	struct moves *moves;
	uint32_t movecap;
	struct ar_arena mem;
};

struct ar_statements *ar_statements_new(void)
{
	return ar_calloc(1, sizeof(struct ar_statements));
}

void ar_statements_free(struct ar_statements *s)
{
	if (!s)
		return;
	for (int i = 0; i < s->n; i++)
		ar_rec_release(&s->rec[i]);
	free(s->rec);
	free(s->moves);
	ar_tab_release(&s->id);
	ar_arena_release(&s->mem);
	free(s);
}

static struct moves *moves_of(struct ar_statements *s, struct ar_str id)
{
	bool fresh;
	uint32_t k = ar_tab_add(&s->id, id, &fresh);

	if (k >= s->movecap) {
		s->movecap = s->movecap ? s->movecap * 2 : 16;
		s->moves = ar_realloc(s->moves, s->movecap * sizeof *s->moves);
	}
	if (fresh)
		s->moves[k] = (struct moves){ .ccy = AR_CCY_NONE };
	return &s->moves[k];
}

void ar_statements_hold(struct ar_statements *s, const struct ar_rec *r)
{
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 4;
		s->rec = ar_realloc(s->rec, (size_t)s->cap * sizeof *s->rec);
	}
	ar_rec_init(&s->rec[s->n], &s->mem);
	ar_rec_copy(&s->rec[s->n++], r, &s->mem);
}

void ar_statements_line(struct ar_statements *s, const struct ar_rec *r)
{
	struct ar_str role = ar_raw_text(r, AR_F_role), status = ar_raw_text(r, AR_F_status);
	struct moves *m;

	if (!ar_has(r, AR_F_statement) || (role.n && !ar_streqz(role, "money")) || (status.n && !ar_streqz(status, "booked")))
		return;
	m = moves_of(s, ar_raw_text(r, AR_F_statement));
	m->mixed |= m->lines && m->ccy != ar_currency(r, AR_F_currency);
	m->ccy = ar_currency(r, AR_F_currency);
	m->lines++;
	if (ar_minor(r, AR_F_amount) > 0)
		m->credit += ar_minor(r, AR_F_amount);
	else
		m->debit -= ar_minor(r, AR_F_amount);
}

bool ar_statements_take(struct ar_statements *s, int i, struct ar_rec *out)
{
	struct moves *m;
	int64_t credit, debit;

	if (i >= s->n)
		return false;
	ar_rec_copy(out, &s->rec[i], &s->mem);
	m = moves_of(s, ar_raw_text(out, AR_F_id));
	ar_set_i(out, AR_F_lines, (int64_t)m->lines);
	if ((m->lines && m->ccy != ar_currency(out, AR_F_currency)) || m->mixed || !ar_narrow(m->credit, &credit)
	    || !ar_narrow(m->debit, &debit))
		return true;
	ar_set_i(out, AR_F_credits, credit);
	ar_set_i(out, AR_F_debits, debit);
	if (ar_has(out, AR_F_opening) && ar_has(out, AR_F_closing))
		ar_set_i(out, AR_F_balance_ok, (ar_wide)ar_minor(out, AR_F_opening) + credit - debit == ar_minor(out, AR_F_closing));
	return true;
}
