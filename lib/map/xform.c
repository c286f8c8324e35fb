/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/xform.h"

#include "map/read.h"
#include "map/row.h"

static int fail(struct ar_xctx *c, const char *code, struct ar_str value, const char *text)
{
	ar_err(c->err, AR_FINDINGS, code, "%s", text);
	return ar_err_field(c->err, c->field ? ar_field_name[c->field->f] : "", value.p, value.n);
}

static void set_text(struct ar_xv *v, struct ar_str s)
{
	v->kind = AR_X_TEXT;
	v->s = s;
}

static void set_i(struct ar_xv *v, enum ar_xkind kind, int64_t i)
{
	v->kind = kind;
	v->i = i;
	v->canonical = false;
}

/* ---- money ---- */

static int money_of(struct ar_xctx *c, struct ar_str plain, struct ar_str shown, struct ar_xv *v)
{
	int64_t minor;

	if (c->ccy == AR_CCY_NONE)
		return fail(c, "money_without_currency", shown, "an amount, but the row gives no currency for it");
	if (ar_money_read(plain, ar_ccy[c->ccy].digits, &minor, c->err) < 0)
		return ar_err_field(c->err, c->field ? ar_field_name[c->field->f] : "", shown.p, shown.n);
	set_i(v, AR_X_MONEY, minor);
	return 0;
}

static int x_money(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	struct ar_str s = v->s, plain;

	if (c->ccy != AR_CCY_NONE && !(st && st->i) && ar_money_parse(s, ar_ccy[c->ccy].digits, &v->i)) {
		v->kind = AR_X_MONEY;
		v->canonical = true;
		return 0;
	}
	if (!st || !st->arg.n)
		return money_of(c, ar_str_trim(s), s, v);
	if (c->ccy != AR_CCY_NONE && ar_read_quick(s, st->i, ar_ccy[c->ccy].digits, &v->i)) {
		v->kind = AR_X_MONEY;
		return 0;
	}
	if (!ar_read_decimal(c->mem, s, st->i, &plain))
		return fail(c, "money_syntax", s, st->i ? "not an amount as 1.234,50" : "not an amount as 1,234.50");
	if (!plain.n) {
		set_text(v, plain);
		return 0;
	}
	return money_of(c, plain, s, v);
}

/* Digits in the smallest unit of the currency: 10000 is 100.00 EUR and 10000 JPY. */
static int x_minor(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	struct ar_str s = ar_str_trim(v->s);
	bool neg = s.n > 1 && *s.p == '-';
	int64_t n = ar_str_uint(neg ? (struct ar_str){ s.p + 1, s.n - 1 } : s, AR_MONEY_MAX);

	if (c->ccy == AR_CCY_NONE)
		return fail(c, "money_without_currency", v->s, "an amount, but the row gives no currency for it");
	if (n < 0)
		return fail(c, "money_syntax", v->s, "not a whole number of the currency's smallest unit");
	set_i(v, AR_X_MONEY, neg ? -n : n);
	return 0;
}

static int as_money(struct ar_xctx *c, struct ar_xv *v)
{
	return v->kind == AR_X_TEXT ? money_of(c, ar_str_trim(v->s), v->s, v) : 0;
}

static int x_abs(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	if (as_money(c, v) < 0)
		return -1;
	if (v->i < 0)
		set_i(v, AR_X_MONEY, -v->i);
	return 0;
}

/* An amount of another currency than the field's is none of it. */
static int x_in(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	struct ar_str code = ar_str_trim(ar_row_value(c, &st->src, NULL));

	if (code.n && c->ccy != AR_CCY_NONE && !ar_streqz(code, ar_ccy[c->ccy].code))
		set_text(v, (struct ar_str){ NULL, 0 });
	return 0;
}

static int x_sum(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	ar_wide sum = 0;
	int64_t out;

	for (int i = 0; i < v->nlist; i++) {
		struct ar_xv one = { .kind = AR_X_TEXT, .s = v->list[i] };

		if (money_of(c, ar_str_trim(one.s), one.s, &one) < 0)
			return -1;
		sum += one.i;
	}
	if (!ar_narrow(sum, &out))
		return fail(c, "money_large", v->list[0], "a sum beyond all limits");
	set_i(v, AR_X_MONEY, out);
	return 0;
}

static int x_negate(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	if (as_money(c, v) < 0)
		return -1;
	if (!st->cond || ar_row_holds(c, st->cond))
		set_i(v, AR_X_MONEY, -v->i);
	return 0;
}

static int compared(struct ar_xctx *c, struct ar_str s, int ccy, int64_t *out)
{
	struct ar_str plain;

	if (!ar_read_decimal(c->mem, s, false, &plain) || !plain.n)
		return fail(c, "money_syntax", s, "not an amount as 1,234.50");
	if (ccy == AR_CCY_NONE)
		return fail(c, "money_without_currency", s, "an amount, but the row gives no currency for it");
	if (ar_money_read(plain, ar_ccy[ccy].digits, out, c->err) < 0)
		return ar_err_field(c->err, c->field ? ar_field_name[c->field->f] : "", s.p, s.n);
	return 0;
}

static int x_settled_of(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	int ccy = ar_currency(c->out, AR_F_currency);
	int64_t rest, all;

	if (compared(c, v->s, ccy, &rest) < 0 || compared(c, ar_row_value(c, &st->src, NULL), ccy, &all) < 0)
		return -1;
	set_text(v, rest == 0 ? AR_STR("paid") : rest == all ? AR_STR("open") : AR_STR("partial"));
	return 0;
}

static int x_rate(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	struct ar_str s;
	struct ar_rate r;

	if (!ar_read_decimal(c->mem, v->s, false, &s) || !s.n)
		return fail(c, "rate_syntax", v->s, "not a rate as 1.0842");
	while (s.n > 1 && *s.p == '0' && s.p[1] != '.')
		s = (struct ar_str){ s.p + 1, s.n - 1 };
	if (!ar_decimal_parse(s, &r))
		return fail(c, "rate_syntax", v->s, "not a rate as 1.0842");
	set_text(v, s);
	return 0;
}

static int x_currency(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	struct ar_str s = ar_str_trim(v->s);
	int64_t n = s.n == 3 ? ar_str_uint(s, 999) : -1;
	int k = n >= 0 ? ar_ccy_numeric((int)n) : ar_ccy_find(s);

	if (k < 0)
		return fail(c, "currency_unknown", v->s, "not an ISO 4217 currency");
	set_text(v, (struct ar_str){ ar_ccy[k].code, 3 });
	return 0;
}

/* ---- dates ---- */

static int x_date(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	struct ar_str s = ar_str_trim(v->s);
	ar_date d;

	for (int i = 0; i < st->nword; i++)
		if (ar_date_read_shape(s, &st->shape[i], &d)
		    || (ar_streqz(st->word[i], "iso") ? ar_read_day(s, &d) : ar_date_read(s, st->word[i].p, &d))) {
			set_i(v, AR_X_DATE, d);
			v->canonical = st->shape[i].iso && s.n == 10;
			v->s = s;
			return 0;
		}
	fail(c, "date_syntax", v->s, "");
	return ar_err(c->err, AR_FINDINGS, "date_syntax", "not a date written as %.*s", AR_STR_FMT(st->text));
}

static int x_datetime(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	int64_t t;

	for (int i = 0; i < st->nword; i++)
		if (ar_read_time(v->s, st->word[i].p, c->run->offset, &t)) {
			set_i(v, AR_X_TIME, t);
			return 0;
		}
	fail(c, "time_syntax", v->s, "");
	return ar_err(c->err, AR_FINDINGS, "time_syntax", "not a time written as %.*s", AR_STR_FMT(st->text));
}

/* The latest of all sources that are filled; of an application, date_is says whether all were. */
static int x_later(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	ar_date best = AR_DATE_NONE, d;

	for (int i = 0; i < v->nlist; i++) {
		if (!ar_read_day(ar_str_trim(v->list[i]), &d))
			return fail(c, "date_syntax", v->list[i], "not a date written as yyyy-mm-dd");
		if (d > best)
			best = d;
	}
	if (c->out->type == AR_T_application)
		ar_set_raw(c->out, AR_F_date_is, v->nlist == v->nsrc ? AR_STR("later") : AR_STR("source"));
	if (best == AR_DATE_NONE)
		set_text(v, (struct ar_str){ NULL, 0 });
	else
		set_i(v, AR_X_DATE, best);
	return 0;
}

/* ---- terms ---- */

static const struct ar_terms *terms(struct ar_xctx *c, struct ar_str name)
{
	return name.n && c->run->terms ? ar_termtab_find(c->run->terms, ar_str_trim(name)) : NULL;
}

static int from_date(struct ar_xv *v, ar_date d)
{
	if (d == AR_DATE_NONE)
		set_text(v, (struct ar_str){ NULL, 0 });
	else
		set_i(v, AR_X_DATE, d);
	return 0;
}

static int x_terms(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	const struct ar_terms *t;
	struct ar_str name;

	if (v->kind != AR_X_TEXT || v->s.n || !ar_has(c->out, AR_F_issued))
		return 0;
	name = ar_str_trim(ar_row_value(c, &st->src, NULL));
	t = terms(c, name);
	if (!t && name.n && c->run->terms)
		c->run->terms->unread++;
	return from_date(v, t ? ar_terms_due(t, ar_day(c->out, AR_F_issued)) : AR_DATE_NONE);
}

static int x_discount_date(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	const struct ar_terms *t = terms(c, v->s);

	return from_date(v, t && ar_has(c->out, AR_F_issued) ? ar_terms_discount_date(t, ar_day(c->out, AR_F_issued))
	                 : AR_DATE_NONE);
}

static int x_discount_amount(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	const struct ar_terms *t = terms(c, v->s);
	int64_t d;

	if (t && ar_has(c->out, AR_F_amount) && ar_terms_discount(t, ar_minor(c->out, AR_F_amount), &d))
		set_i(v, AR_X_MONEY, d);
	else
		set_text(v, (struct ar_str){ NULL, 0 });
	return 0;
}

/* ---- text ---- */

static int x_map(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	struct ar_str s = ar_str_trim(v->s);

	for (int i = 0; i < st->npair; i++)
		if (ar_streq(s, st->pair[i].from)) {
			set_text(v, st->pair[i].to);
			return 0;
		}
	if (st->otherwise_keep)
		return 0;
	if (st->otherwise.p) {
		set_text(v, st->otherwise);
		return 0;
	}
	ar_err_advice(c->err, "add the value to the map, or end its list with `else keep`");
	return fail(c, "map_value", v->s, "a value the map does not know");
}

static int x_case(struct ar_xctx *c, struct ar_xv *v, char (*to)(char))
{
	char *p = ar_arena_alloc(c->mem, v->s.n + 1);

	for (size_t i = 0; i < v->s.n; i++)
		p[i] = to(v->s.p[i]);
	v->s.p = p;
	return 0;
}

static int x_upper(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v) { return x_case(c, v, ar_upper); }
static int x_lower(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v) { return x_case(c, v, ar_lower); }

static int x_trim(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	v->s = ar_str_trim(v->s);
	return 0;
}

static int x_cut(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	if (ar_str_starts(v->s, st->z))
		v->s = (struct ar_str){ v->s.p + st->arg.n, v->s.n - st->arg.n };
	return 0;
}

static int x_prefix(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	char *p = ar_arena_alloc(c->mem, st->arg.n + v->s.n + 1);

	memcpy(p, st->arg.p, st->arg.n);
	memcpy(p + st->arg.n, v->s.p, v->s.n);
	v->s = (struct ar_str){ p, st->arg.n + v->s.n };
	return 0;
}

static int x_before(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	const char *at = ar_str_find(v->s, st->arg);

	if (at)
		v->s.n = (size_t)(at - v->s.p);
	v->s = ar_str_trim(v->s);
	return 0;
}

static int x_after(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	const char *at = ar_str_find(v->s, st->arg);

	if (at)
		v->s = ar_str_trim((struct ar_str){ at + st->arg.n, (size_t)(v->s.p + v->s.n - at) - st->arg.n });
	return 0;
}

static int x_last(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	for (const char *at; (at = ar_str_find(v->s, st->arg)); )
		v->s = (struct ar_str){ at + st->arg.n, (size_t)(v->s.p + v->s.n - at) - st->arg.n };
	v->s = ar_str_trim(v->s);
	return 0;
}

static int x_digits(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	char *p = ar_arena_alloc(c->mem, v->s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < v->s.n; i++)
		if (ar_is_digit(v->s.p[i]))
			p[n++] = v->s.p[i];
	v->s = (struct ar_str){ p, n };
	return 0;
}

static bool dropped(const struct ar_step *st, struct ar_str s)
{
	for (int i = 0; i < st->nword; i++)
		if (ar_streq(st->word[i], s))
			return true;
	return false;
}

static int x_drop(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	int n = 0;

	if (v->kind == AR_X_TEXT && dropped(st, ar_str_trim(v->s)))
		v->s.n = 0;
	if (v->kind == AR_X_LIST) {
		for (int i = 0; i < v->nlist; i++) {
			struct ar_str value, label;

			value = ar_str_cut(v->list[i], '=', &label);
			if (!dropped(st, v->list[i]) && !(value.p && dropped(st, value)))
				v->list[n++] = v->list[i];
		}
		v->nlist = n;
	}
	return 0;
}

static int x_if(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	if (!ar_row_holds(c, st->cond))
		set_text(v, (struct ar_str){ NULL, 0 });
	return 0;
}

static int x_default(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	if (v->kind == AR_X_TEXT && !v->s.n)
		v->s = st->arg;
	return 0;
}

static int x_required(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	if (v->kind == AR_X_TEXT && !v->s.n)
		return fail(c, "missing_field", v->s, "a value that must be there is empty");
	return 0;
}

struct ar_str ar_xrun_id(const struct ar_xrun *run, struct ar_arena *mem, char letter, struct ar_str s)
{
	static const char hex[] = "0123456789ABCDEF";
	char *p = ar_arena_alloc(mem, run->entity.n + run->system.n + 4 + 3 * s.n), *q = p;

	memcpy(q, run->entity.p, run->entity.n);
	q += run->entity.n;
	*q++ = '/';
	memcpy(q, run->system.p, run->system.n);
	q += run->system.n;
	*q++ = ':';
	*q++ = letter;
	*q++ = ':';
	for (size_t i = 0; i < s.n; i++) {
		char b = s.p[i];

		if (b < '@' && (b == '%' || b == '/' || b == ':')) {
			*q++ = '%';
			*q++ = hex[(unsigned char)b >> 4];
			*q++ = hex[b & 15];
		} else {
			*q++ = b;
		}
	}
	return (struct ar_str){ p, (size_t)(q - p) };
}

static int x_id(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	set_text(v, ar_xrun_id(c->run, c->mem, st->z[0], ar_str_trim(v->s)));
	return 0;
}

static int x_int(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	struct ar_str s = ar_str_trim(v->s);
	bool neg = s.n > 1 && *s.p == '-';
	int64_t n = ar_str_uint(neg ? (struct ar_str){ s.p + 1, s.n - 1 } : s, INT64_MAX);

	if (n < 0)
		return fail(c, "integer_syntax", v->s, "not a whole number");
	set_i(v, AR_X_INT, neg ? -n : n);
	return 0;
}

static int x_bool(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	static const char *const yes[] = { "yes", "true", "t", "y", "1", NULL }, *const no[] = { "no", "false", "f", "n", "0", NULL };
	struct ar_str s = ar_str_trim(v->s);

	for (int i = 0; yes[i]; i++) {
		if (ar_str_caseeq(s, ar_str(yes[i])) || ar_str_caseeq(s, ar_str(no[i]))) {
			set_i(v, AR_X_BOOL, ar_str_caseeq(s, ar_str(yes[i])));
			return 0;
		}
	}
	return fail(c, "bool_syntax", v->s, "neither yes nor no");
}

/* ---- lists ---- */

/* The value of an element, without its label. */
static struct ar_str unlabelled(struct ar_str s)
{
	struct ar_str label, v = ar_str_cut(s, '=', &label);

	return v.p ? v : s;
}

/* The first of equal values stays. Few are compared one by one, many through a table. */
static int x_list(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	enum { FEW = 32 };
	struct ar_tab seen = { 0 };
	int n = 0;

	for (int i = 0; i < v->nlist; i++) {
		bool fresh = true;

		if (v->nlist > FEW)
			ar_tab_add(&seen, unlabelled(v->list[i]), &fresh);
		for (int k = 0; v->nlist <= FEW && k < n && fresh; k++)
			fresh = !ar_streq(unlabelled(v->list[k]), unlabelled(v->list[i]));
		if (fresh)
			v->list[n++] = v->list[i];
	}
	ar_tab_release(&seen);
	v->nlist = n;
	v->kind = AR_X_LIST;
	return 0;
}

static int x_join(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	size_t n = 0;
	char *p;

	for (int i = 0; i < v->nlist; i++)
		n += v->list[i].n + st->arg.n;
	p = ar_arena_alloc(c->mem, n + 1);
	n = 0;
	for (int i = 0; i < v->nlist; i++) {
		if (i && st->arg.n)
			memcpy(p + n, st->arg.p, st->arg.n);
		n += i ? st->arg.n : 0;
		memcpy(p + n, v->list[i].p, v->list[i].n);
		n += v->list[i].n;
	}
	set_text(v, (struct ar_str){ p, n });
	return 0;
}

static int x_split(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v)
{
	struct ar_str sep = strcmp(st->z, "lines") == 0 ? AR_STR("\n") : st->arg, rest = v->s, one;
	int n = 1;

	for (const char *at; (at = ar_str_find(rest, sep)); n++)
		rest = (struct ar_str){ at + sep.n, (size_t)(v->s.p + v->s.n - at) - sep.n };
	v->list = ar_arena_alloc(c->mem, (size_t)n * sizeof *v->list);
	v->nlist = 0;
	for (rest = v->s; n > 0; n--) {
		const char *at = ar_str_find(rest, sep);

		one = ar_str_trim(at ? (struct ar_str){ rest.p, (size_t)(at - rest.p) } : rest);
		if (one.n)
			v->list[v->nlist++] = one;
		if (at)
			rest = (struct ar_str){ at + sep.n, (size_t)(v->s.p + v->s.n - at) - sep.n };
	}
	v->kind = AR_X_LIST;
	return 0;
}

const struct ar_xform ar_xforms[] = {
	{ "abs", "abs", "The amount without its sign", "without its sign", AR_XA_NONE, AR_X_MAKES | AR_X_ANY, x_abs },
	{ "after", "after TEXT", "What follows the first TEXT; all of it if TEXT is not there", "what follows \"%s\"", AR_XA_TEXT, 0, x_after },
	{ "before", "before TEXT", "What stands before the first TEXT; all of it if TEXT is not there", "what stands before \"%s\"", AR_XA_TEXT,
	  0, x_before },
	{ "bool", "bool", "yes, true, T, y, 1 or no, false, F, n, 0, in small or capital letters", "read as yes or no", AR_XA_NONE, AR_X_MAKES, x_bool },
	{ "currency", "currency", "An ISO 4217 code of three capitals, or its number", "read as a currency code", AR_XA_NONE, 0, x_currency },
	{ "cut", "cut TEXT", "Without TEXT at the beginning, if it is there", "without \"%s\" in front", AR_XA_TEXT, 0, x_cut },
	{ "date", "date FORMAT, ...", "A date written as one of the formats: yyyy yy mm m dd d mmm (English month) and what stands between; "
	  "iso is yyyy-mm-dd, also in front of a time, of which the day is taken as written", "read as a date %s", AR_XA_DATE, AR_X_MAKES, x_date },
	{ "datetime", "datetime FORMAT, ...", "A moment: the parts of date, then after a blank or T hours (h or hh), mm, ss and am (for am or "
	  "pm); iso is 2026-10-30T17:32:58 with or without fraction and zone. A time without zone is read with the offset of the map or of "
	  "--offset", "read as a moment %s", AR_XA_TIMES, AR_X_MAKES, x_datetime },
	{ "default", "default TEXT", "TEXT, where the value is empty", "\"%s\" if empty", AR_XA_TEXT, AR_X_EMPTY | AR_X_ANY, x_default },
	{ "digits", "digits", "The digits only", "digits only", AR_XA_NONE, 0, x_digits },
	{ "discount_amount", "discount_amount", "Of payment terms: the early-payment discount of amount, rounded half_up; empty where the "
	  "terms give none", "the discount these terms give", AR_XA_NONE, AR_X_MAKES, x_discount_amount },
	{ "discount_date", "discount_date", "Of payment terms: the last day of the early-payment discount, counted from issued",
	  "the last day of the discount these terms give", AR_XA_NONE, AR_X_MAKES, x_discount_date },
	{ "drop", "drop VALUE, ...", "Nothing, where the value (or an element of a list, with or without its label) is one of these",
	  "left out where it is %s", AR_XA_PAIRS, AR_X_ANY, x_drop },
	{ "id", "id LETTER", "entity/system:LETTER:value, with %, / and : of the value percent-escaped", "made an id (%s)", AR_XA_LETTER, 0, x_id },
	{ "if", "if CONDITION", "Nothing, unless the condition holds (as in when)", "only if %s", AR_XA_COND, AR_X_ANY | AR_X_GATE, x_if },
	{ "in", "in COLUMN", "Nothing, where COLUMN names another currency than that of the field", "if in the currency of the field (%s)", AR_XA_SOURCE,
	  0, x_in },
	{ "int", "int", "A whole number", "read as a whole number", AR_XA_NONE, AR_X_MAKES, x_int },
	{ "join", "join TEXT", "All sources that are filled, with TEXT between them; must come first", "joined with \"%s\"", AR_XA_TEXT, AR_X_ALL,
	  x_join },
	{ "last", "last TEXT", "What follows the last TEXT: the lowest level of a hierarchy", "what follows the last \"%s\"", AR_XA_TEXT, 0, x_last },
	{ "later", "later", "The latest date of all sources that are filled; must come first. Of an application, date_is becomes later, or "
	  "source where a source was empty", "the latest of them", AR_XA_NONE, AR_X_ALL | AR_X_EMPTY | AR_X_MAKES, x_later },
	{ "list", "list", "All sources that are filled as a list, equal ones once (the first label stays); `COLUMN as LABEL` gives label=value; must "
	  "come first",
	  "all of them, as a list", AR_XA_NONE, AR_X_ALL | AR_X_MAKES | AR_X_ROWS, x_list },
	{ "lower", "lower", "ASCII letters in lower case", "in lower case", AR_XA_NONE, 0, x_lower },
	{ "map", "map A=B C=D ... [else keep|else reject|else VALUE]", "B for A, D for C; another value refuses the row, is kept, or becomes VALUE", "translated: %s",
	  AR_XA_PAIRS, 0, x_map },
	{ "minor", "minor", "An amount as digits only, in the smallest unit of the currency of the field: 10000 is 100.00 EUR and 10000 JPY",
	  "read as an amount in the smallest unit", AR_XA_NONE, AR_X_MAKES, x_minor },
	{ "money", "money [us|eu]", "An amount in the currency of the field: a plain decimal; us takes 1,234.50 and eu 1.234,50, both also blanks "
	  "and apostrophes between thousands, (12.00), 12.00-, +12.00, CR and DR, a currency sign or code. More decimals than the currency has are "
	  "refused unless they are zero", "read as an amount %s", AR_XA_OPTIONAL, AR_X_MAKES, x_money },
	{ "negate", "negate [if CONDITION]", "The amount with its sign turned", "with its sign turned %s", AR_XA_COND_OPTIONAL, AR_X_MAKES | AR_X_ANY, x_negate },
	{ "prefix", "prefix TEXT", "With TEXT in front", "with \"%s\" in front", AR_XA_TEXT, 0, x_prefix },
	{ "rate", "rate", "A decimal number that is kept as written, without thousands separators", "read as a rate", AR_XA_NONE, 0, x_rate },
	{ "required", "required", "An empty value refuses the row", "must be there", AR_XA_NONE, AR_X_EMPTY | AR_X_ANY, x_required },
	{ "settled_of", "settled_of COLUMN", "The state of a document from what remains: paid if that is zero, open if it is all of COLUMN, else "
	  "partial", "paid, partial or open, compared with %s", AR_XA_SOURCE, 0, x_settled_of },
	{ "split", "split SEPARATOR", "A list of the parts between the separators, without blanks around them and without empty ones; "
	  "`split lines` parts at line ends", "parted at %s", AR_XA_TEXT, AR_X_MAKES, x_split },
	{ "sum", "sum", "All sources that are filled, added up as plain decimals in the currency of the field; must come first", "all of them, added up",
	  AR_XA_NONE, AR_X_ALL | AR_X_MAKES, x_sum },
	{ "terms", "terms COLUMN", "Where the date is empty: the due date by the payment terms in COLUMN, counted from issued: those of term "
	  "records, else as written (Net 30, 2/10 n30, Net 30 EOM, 15th of next month, Due on receipt)", "or by the terms in %s if empty",
	  AR_XA_SOURCE, AR_X_EMPTY | AR_X_MAKES | AR_X_ANY, x_terms },
	{ "trim", "trim", "Without blanks at either end", "without blanks around it", AR_XA_NONE, 0, x_trim },
	{ "upper", "upper", "ASCII letters in capitals", "in capitals", AR_XA_NONE, 0, x_upper },
	{ .name = NULL }
};

const struct ar_xform *ar_xform_find(struct ar_str name)
{
	for (const struct ar_xform *x = ar_xforms; x->name; x++)
		if (ar_streqz(name, x->name))
			return x;
	return NULL;
}

/* ---- arguments ---- */

static int bad_argument(struct ar_err *e, const struct ar_xform *x, struct ar_str text)
{
	return ar_err(e, AR_USAGE, "map_transform", "'%.*s': write %s", AR_STR_FMT(text), x->usage);
}

static struct ar_str own_text(struct ar_arena *a, struct ar_str s)
{
	return (struct ar_str){ ar_arena_dup(a, s.p, s.n), s.n };
}

static struct ar_str kept(struct ar_arena *a, struct ar_str quoted)
{
	return own_text(a, ar_conf_unquote(a, quoted));
}

/* `A=B C D=E else keep`: the words up to one with `=` are its key */
static int pairs(struct ar_arena *a, struct ar_step *st, struct ar_str arg, struct ar_err *e)
{
	struct ar_buf key = AR_BUF_INIT;
	struct ar_str rest = arg, word, from;
	int n = 0, rc = 0;

	while (ar_conf_word(&rest, &word))
		n++;
	st->pair = ar_arena_alloc(a, ((size_t)n + 1) * sizeof *st->pair);
	for (rest = arg; ar_conf_word(&rest, &word); ) {
		struct ar_str to = word;

		ar_conf_split(&to, '=', &from);
		if (key.n && to.p && from.n)
			ar_buf_c(&key, ' ');
		if (!to.p) {
			if (key.n)
				ar_buf_c(&key, ' ');
			ar_buf_str(&key, ar_conf_unquote(a, word));
			continue;
		}
		ar_buf_str(&key, ar_conf_unquote(a, from));
		st->pair[st->npair++] = (struct ar_pair){ ar_arena_str(a, ar_buf_slice(&key)), kept(a, to) };
		key.n = 0;
	}
	if (ar_streqz(ar_buf_slice(&key), "else keep"))
		st->otherwise_keep = true;
	else if (key.n > 5 && ar_str_starts(ar_buf_slice(&key), "else ") && !ar_streqz(ar_buf_slice(&key), "else reject"))
		st->otherwise = own_text(a, (struct ar_str){ key.p + 5, key.n - 5 });
	else if (key.n && !ar_streqz(ar_buf_slice(&key), "else reject"))
		rc = bad_argument(e, st->x, arg);
	ar_buf_release(&key);
	return rc < 0 || !st->npair ? bad_argument(e, st->x, arg) : 0;
}

static int words(struct ar_arena *a, struct ar_step *st, struct ar_str arg, struct ar_err *e)
{
	struct ar_str rest = arg, piece;
	int n = 0;

	while (ar_conf_split(&rest, ',', &piece))
		n++;
	st->word = ar_arena_alloc(a, (size_t)n * sizeof *st->word);
	for (rest = arg; ar_conf_split(&rest, ',', &piece); ) {
		struct ar_str w = kept(a, piece);

		if (!w.n || (st->x->arg == AR_XA_DATE && !ar_streqz(w, "iso") && !ar_date_format_ok(w.p))
		    || (st->x->arg == AR_XA_TIMES && !ar_read_time_format_ok(w.p)))
			return bad_argument(e, st->x, arg);
		st->word[st->nword++] = w;
	}
	if (st->x->arg != AR_XA_DATE)
		return 0;
	st->shape = ar_arena_alloc(a, (size_t)n * sizeof *st->shape);
	for (int i = 0; i < n; i++)
		st->shape[i] = ar_date_shape(ar_streqz(st->word[i], "iso") ? "yyyy-mm-dd" : st->word[i].p);
	return 0;
}

static int condition(struct ar_map_parse *p, struct ar_step *st, struct ar_str arg, struct ar_err *e)
{
	if (st->x->arg == AR_XA_COND_OPTIONAL) {
		if (!arg.n)
			return 0;
		if (!ar_str_starts(arg, "if "))
			return bad_argument(e, st->x, arg);
		arg = ar_str_trim((struct ar_str){ arg.p + 3, arg.n - 3 });
	}
	st->cond = ar_arena_zero(ar_map_arena(p), sizeof *st->cond);
	return ar_map_cond(p, arg, st->cond, e);
}

static int text(struct ar_arena *a, struct ar_step *st, struct ar_str arg, struct ar_err *e)
{
	struct ar_str s = kept(a, arg);

	st->z = (char *)s.p;
	st->arg = s;
	st->i = ar_streqz(s, "eu");
	if (st->x->arg == AR_XA_OPTIONAL && s.n && !st->i && !ar_streqz(s, "us"))
		return bad_argument(e, st->x, arg);
	if (st->x->arg == AR_XA_LETTER && (s.n != 1 || !ar_is_lower(*s.p)))
		return bad_argument(e, st->x, arg);
	if (st->x->arg == AR_XA_TEXT && !s.n && st->x->fn != x_join)
		return bad_argument(e, st->x, arg);
	return 0;
}

int ar_xform_prepare(struct ar_map_parse *p, struct ar_str written, struct ar_step *st, struct ar_err *e)
{
	struct ar_str name, arg = written;
	const struct ar_xform *best = NULL;
	unsigned far = AR_CONF_FAR;

	memset(st, 0, sizeof *st);
	ar_conf_word(&arg, &name);
	arg = ar_str_trim(arg);
	st->x = ar_xform_find(name);
	if (!st->x) {
		for (const struct ar_xform *x = ar_xforms; x->name; x++)
			if (ar_conf_nearer(name, ar_str(x->name), &far))
				best = x;
		return ar_err(e, AR_USAGE, "map_transform", "no transform is called '%.*s'%s%s", AR_STR_FMT(name),
		              best ? "; did you mean " : "; see ar-map(5)", best ? best->name : "");
	}
	st->text = arg;
	switch (st->x->arg) {
	case AR_XA_NONE:
		return arg.n ? bad_argument(e, st->x, written) : 0;
	case AR_XA_COND:
	case AR_XA_COND_OPTIONAL:
		return condition(p, st, arg, e);
	case AR_XA_SOURCE:
		return arg.n ? ar_map_source(p, arg, &st->src, e) : bad_argument(e, st->x, written);
	case AR_XA_PAIRS:
		return st->x->fn == x_drop ? words(ar_map_arena(p), st, arg, e) : pairs(ar_map_arena(p), st, arg, e);
	case AR_XA_DATE:
	case AR_XA_TIMES:
		return words(ar_map_arena(p), st, arg, e);
	case AR_XA_TEXT:
	case AR_XA_OPTIONAL:
	case AR_XA_LETTER:
		break;
	}
	return text(ar_map_arena(p), st, arg, e);
}
