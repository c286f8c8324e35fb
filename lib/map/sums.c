/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/sums.h"

#include "base/hash.h"
#include "base/sort.h"
#include "map/xform.h"
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

struct moves {
	uint64_t lines;
	ar_wide credit, debit;
	int ccy;
	bool mixed;
	/* by entries */
	int64_t entry;                   /* the last one, */
	ar_wide net;                     /* and its amount so far */
	uint64_t entries;
	ar_wide in, out;
};


/* Of a statement's id. held: the record, -1 = none; open: some line is not booked */
struct account { struct moves own, detail; int held, ccy; bool open; };

struct held {
	struct ar_rec rec;
	int64_t low, high, last;         /* pages: the first and last one read, and that which says it is the last; 0 = none */
	int pages;
};

struct ar_statements {
	struct held *held;
	int n, cap;
	struct ar_tab id, page;
	struct account *of;              /* by number in id */
	uint32_t ofcap;
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
		ar_rec_release(&s->held[i].rec);
	free(s->held);
	free(s->of);
	ar_tab_release(&s->id);
	ar_tab_release(&s->page);
	ar_arena_release(&s->mem);
	free(s);
}

static struct account *account_of(struct ar_statements *s, struct ar_str id)
{
	bool fresh;
	uint32_t k = ar_tab_add(&s->id, id, &fresh);

	if (k >= s->ofcap) {
		s->ofcap = s->ofcap ? s->ofcap * 2 : 16;
		s->of = ar_realloc(s->of, s->ofcap * sizeof *s->of);
	}
	if (fresh)
		s->of[k] = (struct account){ .own.ccy = AR_CCY_NONE, .detail.ccy = AR_CCY_NONE, .held = -1, .ccy = AR_CCY_NONE };
	return &s->of[k];
}

static bool same_field(const struct ar_rec *a, const struct ar_rec *b, enum ar_f f)
{
	const struct ar_val *v = &a->v[f], *w = &b->v[f];

	if (ar_has(a, f) != ar_has(b, f) || !ar_has(a, f))
		return ar_has(a, f) == ar_has(b, f);
	return v->p ? v->n == w->n && memcmp(v->p, w->p, v->n) == 0 : v->i == w->i;
}

/* Equal in all but where they were read. */
static bool same_statement(const struct ar_rec *a, const struct ar_rec *b)
{
	const struct ar_type *t = &ar_types[AR_T_statement];

	for (int i = 0; i < t->n; i++)
		if (t->field[i].f != AR_F_src && !same_field(a, b, t->field[i].f))
			return false;
	return true;
}

static void take_field(struct ar_rec *to, const struct ar_rec *from, enum ar_f f)
{
	if (!ar_has(from, f))
		return;
	to->v[f] = from->v[f];
	ar_mark(to, f);
}

/* Another page of a statement: what the first says counts, but for the end. */
static void unite(struct ar_statements *s, struct held *h, const struct ar_rec *r)
{
	static const enum ar_f end[] = { AR_F_closing, AR_F_period_end, AR_F_page };
	int64_t page = ar_int(r, AR_F_page, 0);
	struct ar_rec copy;

	ar_rec_init(&copy, &s->mem);
	ar_rec_copy(&copy, r, &s->mem);
	if (page < h->low) {
		for (size_t i = 0; i < sizeof end / sizeof *end; i++)
			take_field(&copy, &h->rec, end[i]);
		ar_rec_release(&h->rec);
		h->rec = copy;
		h->low = page;
		return;
	}
	if (page > h->high) {
		for (size_t i = 0; i < sizeof end / sizeof *end; i++)
			take_field(&h->rec, &copy, end[i]);
		h->high = page;
	}
	ar_rec_release(&copy);
}

/* Counts a page once. */
static void count_page(struct ar_statements *s, struct held *h, const struct ar_rec *r)
{
	struct ar_str id = ar_raw_text(r, AR_F_id);
	int64_t page = ar_int(r, AR_F_page, 0);
	struct ar_buf b = AR_BUF_INIT;
	bool fresh;

	ar_buf_str(&b, id);
	ar_buf_c(&b, '#');
	ar_buf_int(&b, page);
	ar_tab_add(&s->page, ar_buf_slice(&b), &fresh);
	ar_buf_release(&b);
	h->pages += fresh;
	if (ar_int(r, AR_F_complete, 0) && page > h->last)
		h->last = page;
}

bool ar_statements_hold(struct ar_statements *s, const struct ar_rec *r)
{
	struct account *a = account_of(s, ar_raw_text(r, AR_F_id));
	struct held *h = a->held >= 0 ? &s->held[a->held] : NULL;
	bool paged = ar_has(r, AR_F_page);

	if (h && same_statement(&h->rec, r))
		return false;
	if (h && paged && h->pages) {
		unite(s, h, r);
		count_page(s, h, r);
		return false;
	}
	if (s->n == s->cap) {
		s->cap = s->cap ? s->cap * 2 : 4;
		s->held = ar_realloc(s->held, (size_t)s->cap * sizeof *s->held);
	}
	a->held = s->n;
	h = &s->held[s->n++];
	*h = (struct held){ .low = ar_int(r, AR_F_page, 0), .high = ar_int(r, AR_F_page, 0) };
	ar_rec_init(&h->rec, &s->mem);
	ar_rec_copy(&h->rec, r, &s->mem);
	if (paged)
		count_page(s, h, r);
	return true;
}

static bool mismatched(const struct ar_rec *r)
{
	struct ar_str *v;
	int n = ar_list(r, AR_F_warnings, &v);

	for (int i = 0; i < n; i++)
		if (ar_streqz(v[i], "batch_mismatch"))
			return true;
	return false;
}

static void end_entry(struct moves *m)
{
	if (m->net > 0)
		m->in += m->net;
	else
		m->out -= m->net;
	m->net = 0;
}

static void count_entry(struct moves *m, int64_t entry, int64_t amount)
{
	if (!entry || entry != m->entry) {
		end_entry(m);
		m->entries++;
	}
	m->entry = entry;
	m->net += amount;
}

void ar_statements_line(struct ar_statements *s, const struct ar_rec *r)
{
	struct ar_str role = ar_raw_text(r, AR_F_role), status = ar_raw_text(r, AR_F_status);
	bool detail = ar_streqz(role, "detail");
	struct account *a;
	struct moves *m;

	if (!ar_has(r, AR_F_statement))
		return;
	a = account_of(s, ar_raw_text(r, AR_F_statement));
	a->ccy = ar_currency(r, AR_F_currency);
	a->open |= status.n && !ar_streqz(status, "booked");
	if ((status.n && !ar_streqz(status, "booked")) || (detail && ar_int(r, AR_F_tx, 0) && mismatched(r)))
		return;
	m = detail ? &a->detail : &a->own;
	m->mixed |= m->lines && m->ccy != ar_currency(r, AR_F_currency);
	m->ccy = ar_currency(r, AR_F_currency);
	m->lines++;
	count_entry(m, ar_int(r, AR_F_entry, 0), ar_minor(r, AR_F_amount));
	if (ar_minor(r, AR_F_amount) > 0)
		m->credit += ar_minor(r, AR_F_amount);
	else
		m->debit -= ar_minor(r, AR_F_amount);
}

static const struct moves *moves_of(const struct account *a)
{
	return a->own.lines ? &a->own : &a->detail;
}

int ar_statements_currency(const struct ar_statements *s, struct ar_str id)
{
	uint32_t k = ar_tab_get(&s->id, id);

	return k == AR_TAB_NONE ? AR_CCY_NONE : s->of[k].ccy;
}

static void complete(struct held *h, const struct moves *m)
{
	struct ar_rec *r = &h->rec;
	int64_t credit, debit;

	if (h->pages)
		ar_set_i(r, AR_F_complete, h->last && h->pages == h->last);
	ar_set_i(r, AR_F_lines, (int64_t)m->lines);
	if ((m->lines && m->ccy != ar_currency(r, AR_F_currency)) || m->mixed || !ar_narrow(m->credit, &credit)
	    || !ar_narrow(m->debit, &debit))
		return;
	ar_set_i(r, AR_F_credits, credit);
	ar_set_i(r, AR_F_debits, debit);
	if (!ar_has(r, AR_F_opening) || !ar_has(r, AR_F_closing))
		return;
	ar_set_i(r, AR_F_balance_ok, (ar_wide)ar_minor(r, AR_F_opening) + credit - debit == ar_minor(r, AR_F_closing));
	if (h->pages && ar_int(r, AR_F_balance_ok, 0))
		ar_set_i(r, AR_F_complete, 1);  /* the pages are those of a message with several statements */
}

/* An amount or count that the statement says; false: it says none, or nothing that can be read. */
static bool said(const struct ar_rec *r, const char *name, int digits, int64_t *out)
{
	const struct ar_x *x = ar_x_find(r, ar_str(name));
	struct ar_err none = { 0 };

	return x && ar_money_read(ar_str_trim((struct ar_str){ x->val, x->nval }), digits, out, &none) == 0;
}

const char *ar_statements_differ(const struct ar_statements *s, int i, struct ar_arena *mem)
{
	const struct ar_rec *r = &s->held[i].rec;
	const struct account *a = &s->of[ar_tab_get(&s->id, ar_raw_text(r, AR_F_id))];
	struct moves m = *moves_of(a);
	int digits = ar_ccy[ar_currency(r, AR_F_currency)].digits;
	char x[AR_MONEY_TEXT], y[AR_MONEY_TEXT];
	int64_t want;

	end_entry(&m);
	if (a->open || m.mixed)
		return NULL;
	if (said(r, "x_control_entries", 0, &want) && (uint64_t)want != m.entries)
		return ar_arena_fmt(mem, "the statement says %lld entries, there are %llu", (long long)want, (unsigned long long)m.entries);
	for (int out = 0; out < 2; out++) {
		ar_wide have = out ? m.out : m.in;

		if (!said(r, out ? "x_control_debits" : "x_control_credits", digits, &want) || want == have)
			continue;
		return ar_arena_fmt(mem, "the statement says %s of %.*s, its entries make %.*s", out ? "debits" : "credits",
		                    ar_money_put(x, want, digits), x, ar_wide_put(y, have, digits), y);
	}
	return NULL;
}

/* ---- the chain ---- */

static int by_number(struct ar_str a, struct ar_str b)
{
	int64_t x = ar_str_uint(a, INT64_MAX), y = ar_str_uint(b, INT64_MAX);

	if (x >= 0 && y >= 0 && x != y)
		return x < y ? -1 : 1;
	return ar_str_cmp(a, b);
}

static int by_account(const void *pa, const void *pb, void *ctx)
{
	static const enum ar_f day[] = { AR_F_period_end, AR_F_period_start };
	const struct ar_statements *s = ctx;
	const struct ar_rec *a = &s->held[*(const int *)pa].rec, *b = &s->held[*(const int *)pb].rec;
	int c = ar_str_cmp(ar_raw_text(a, AR_F_account), ar_raw_text(b, AR_F_account));

	if (!c)
		c = ar_currency(a, AR_F_currency) - ar_currency(b, AR_F_currency);
	for (int i = 0; i < 2 && !c; i++)
		if (ar_has(a, day[i]) && ar_has(b, day[i]))
			c = (ar_day(a, day[i]) > ar_day(b, day[i])) - (ar_day(a, day[i]) < ar_day(b, day[i]));
	if (!c)
		c = by_number(ar_raw_text(a, AR_F_number), ar_raw_text(b, AR_F_number));
	return c ? c : ar_str_cmp(ar_raw_text(a, AR_F_id), ar_raw_text(b, AR_F_id));
}

/* Of an account itself, and not a report or notification besides. */
static bool in_chain(const struct ar_rec *r)
{
	struct ar_str role = ar_raw_text(r, AR_F_role);

	return !role.n || ar_streqz(role, "money");
}

void ar_statements_close(struct ar_statements *s)
{
	int *order = ar_malloc(((size_t)s->n + 1) * sizeof *order), n = 0;

	for (int i = 0; i < s->n; i++) {
		struct ar_rec *r = &s->held[i].rec;

		r->mem = &s->mem;
		complete(&s->held[i], moves_of(account_of(s, ar_raw_text(r, AR_F_id))));
		if (in_chain(r))
			order[n++] = i;
	}
	ar_sort(order, (size_t)n, sizeof *order, by_account, s);
	for (int i = 1; i < n; i++) {
		struct ar_rec *a = &s->held[order[i - 1]].rec, *b = &s->held[order[i]].rec;

		bool overlap = ar_has(a, AR_F_period_end) && ar_has(b, AR_F_period_start)
			&& ar_day(b, AR_F_period_start) < ar_day(a, AR_F_period_end);

		if (same_field(a, b, AR_F_account) && same_field(a, b, AR_F_currency) && ar_has(a, AR_F_closing) && ar_has(b, AR_F_opening)
		    && !overlap)
			ar_set_i(b, AR_F_chain_ok, ar_minor(a, AR_F_closing) == ar_minor(b, AR_F_opening));
	}
	free(order);
}

bool ar_statements_take(struct ar_statements *s, int i, struct ar_rec *out)
{
	if (i >= s->n)
		return false;
	ar_rec_copy(out, &s->held[i].rec, &s->mem);
	return true;
}
