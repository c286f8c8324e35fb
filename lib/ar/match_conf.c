/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/match_conf.h"

#include "ar/detmath.h"
#include "ar/fixed.h"
#include "num/ccy.h"
#include "num/money.h"
#include "num/rate.h"

static const char *const fields[AR_MW_FIELDS] = { "party", "document", "amount", "residual", "round", "when" };
static const char *const levels[AR_MW_FIELDS][AR_MW_LEVELS] = {
	{ "account", "number", "name", "fuzzy", "loose", "none", "other" },
	{ "reference", "remittance", "number", "order", "weak", "some", "none" },
	{ "exact", "sum", "discount", "unique", "several", "balance", "past_due", "statement", "oldest", "same_due", "same_month",
	  "subset", "split", "instructed", "converted", "part", "settled", "order" },
	{ "none", "late", "charges", "fee", "tolerance", "short", "deduction", "withholding", "over", "all" },
	{ "cents", "whole" },
	{ "due", "late", "early", "none" },
};

const char *ar_mc_name(int field, int level)
{
	return level < AR_MW_LEVELS ? levels[field][level] : NULL;
}

const char *ar_mc_field(int field)
{
	return fields[field];
}

static int level_find(int field, struct ar_str name)
{
	for (int i = 0; i < AR_MW_LEVELS && levels[field][i]; i++)
		if (ar_streqz(name, levels[field][i]))
			return i;
	return -1;
}

static int64_t *no_limits(struct ar_arena *mem)
{
	int64_t *v = ar_arena_alloc(mem, (size_t)ar_ccy_count * sizeof *v);

	for (int i = 0; i < ar_ccy_count; i++)
		v[i] = -1;
	return v;
}

void ar_match_conf_init(struct ar_match_conf *c, struct ar_arena *mem)
{
	memset(c, 0, sizeof *c);
	c->mem = mem;
	c->tolerance = no_limits(mem);
	c->fee_low = no_limits(mem);
	c->fee_high = no_limits(mem);
	c->auto_writeoff = no_limits(mem);
	c->auto_late_discount = no_limits(mem);
	c->auto_withholding = no_limits(mem);
	c->tolerance_permille = 10;
	c->rate_permille = 10;
	for (int f = 0; f < AR_MW_FIELDS; f++)
		for (int l = 0; l < AR_MW_LEVELS; l++)
			c->m[f][l] = c->u[f][l] = 0.5;
	ar_match_conf_weigh(c);
}

static int bad(struct ar_conf_key *k, struct ar_str piece, const char *what, struct ar_err *e)
{
	ar_err(e, AR_USAGE, "conf_value", "%.*s: '%.*s' is not %s", AR_STR_FMT(k->name), AR_STR_FMT(piece), what);
	return ar_err_at(e, k->file, k->line);
}

int ar_mc_limits(struct ar_conf_key *k, int64_t *limit, struct ar_err *e)
{
	for (struct ar_str rest = k->value, piece; ar_conf_split(&rest, ',', &piece);) {
		struct ar_str code, amount = ar_str_trim(ar_str_cut(piece, ' ', &code));
		int ccy = ar_ccy_find(code);

		if (ccy < 0 || ar_money_read(amount, ar_ccy[ccy].digits, &limit[ccy], NULL) < 0 || limit[ccy] < 0)
			return bad(k, piece, "a currency and an amount, as in EUR 5.00", e);
	}
	return 0;
}

int64_t ar_mc_limit(const int64_t *limit, int ccy)
{
	return limit[ccy] < 0 ? 0 : limit[ccy];
}

/* ---- the matrix ---- */

static int read_row(struct ar_match_conf *c, struct ar_conf_key *k, struct ar_err *e)
{
	struct ar_mc_row row = { .decision = AR_MD_NONE };
	struct ar_str rest = k->value, cell, word;
	int d = 0;

	for (; ar_conf_split(&rest, '|', &cell); d++) {
		if (d == AR_MC_DIMENSIONS) {
			for (row.decision = AR_MD_AUTO; row.decision < AR_MD_NONE; row.decision++)
				if (ar_streqz(cell, ar_match_decision(row.decision)))
					break;
			if (row.decision == AR_MD_NONE)
				return bad(k, cell, "auto or suggest", e);
			continue;
		}
		while (d < AR_MC_DIMENSIONS && ar_conf_word(&cell, &word)) {
			int l = level_find(d, word);

			if (ar_streqz(word, "any"))
				row.fits[d] = UINT32_MAX;
			else if (l < 0)
				return bad(k, word, "a word of this column", e);
			else
				row.fits[d] |= 1u << l;
		}
	}
	if (d != AR_MC_DIMENSIONS + 1 || c->nrow == (int)(sizeof c->row / sizeof *c->row))
		return bad(k, k->value, "a row: party | document | amount | residual | decision (128 rows at most)", e);
	c->row[c->nrow++] = row;
	return 0;
}

static int read_matrix(struct ar_match_conf *c, struct ar_conf_sec *s, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	struct ar_str text;

	if (ar_conf_get_str(s, "version", &text, e) < 0 || ar_conf_get_str(s, "name", &text, e) < 0)
		return -1;
	c->nrow = 0;
	c->has_matrix = true;
	while ((k = ar_conf_next(s, "row", k)))
		if (read_row(c, k, e) < 0)
			return -1;
	return 0;
}

enum ar_mdecision ar_match_conf_decide(const struct ar_match_conf *c, const uint8_t mark[AR_MC_DIMENSIONS])
{
	for (int i = 0; i < c->nrow; i++) {
		bool fits = true;

		for (int d = 0; d < AR_MC_DIMENSIONS; d++)
			fits &= c->row[i].fits[d] >> mark[d] & 1;
		if (fits)
			return c->row[i].decision;
	}
	return AR_MD_SUGGEST;
}

/* ---- the weights ---- */

static bool read_number(struct ar_str s, double *out)
{
	struct ar_rate r;
	double v;

	if (!ar_decimal_parse(s, &r))
		return false;
	v = (double)r.mant;
	for (int i = 0; i < r.scale; i++)
		v /= 10;
	*out = v;
	return true;
}

static int read_weights(struct ar_match_conf *c, struct ar_conf_sec *s, struct ar_err *e)
{
	struct ar_str text;

	if (ar_conf_get_str(s, "name", &text, e) < 0 || ar_conf_get_str(s, "trained_on", &text, e) < 0)
		return -1;
	for (struct ar_conf_key *k = s->keys; k; k = k->next) {
		struct ar_str level, field, m, u, rest = k->value;
		int f = 0, l;

		if (k->used)
			continue;
		k->used = true;
		if (ar_streqz(k->name, "none")) {
			if (!read_number(k->value, &c->none))
				return bad(k, k->value, "a number", e);
			continue;
		}
		level = ar_str_cut(k->name, '.', &field);
		while (f < AR_MW_FIELDS && !ar_streqz(field, fields[f]))
			f++;
		l = f < AR_MW_FIELDS ? level_find(f, level) : -1;
		if (l < 0)
			return bad(k, k->name, "a field and a level, as in party.account", e);
		if (!ar_conf_word(&rest, &m) || !ar_conf_word(&rest, &u) || !read_number(m, &c->m[f][l]) ||
		    !read_number(u, &c->u[f][l]) || !(c->m[f][l] > 0 && c->u[f][l] > 0 && c->m[f][l] <= 1 && c->u[f][l] <= 1))
			return bad(k, k->value, "two probabilities above 0, as in 0.62 0.10", e);
	}
	c->has_weights = true;
	return 0;
}

void ar_match_conf_weigh(struct ar_match_conf *c)
{
	for (int f = 0; f < AR_MW_FIELDS; f++)
		for (int l = 0; l < AR_MW_LEVELS; l++) {
			double bits = (ar_det_log(c->m[f][l]) - ar_det_log(c->u[f][l])) / 0.69314718055994531;
			int64_t v = 0;

			ar_fixed(bits, 3, &v);
			c->bits[f][l] = (int32_t)v;
		}
}

static void put_number(struct ar_buf *b, double x, int digits)
{
	char t[AR_FIXED_TEXT];
	int n = ar_fixed_put(t, x, digits);

	while (n > 3 && t[n - 1] == '0' && t[n - 2] != '.')
		n--;
	ar_buf_put(b, t, (size_t)n);
}

void ar_match_conf_put_weights(const struct ar_match_conf *c, struct ar_buf *out)
{
	ar_buf_puts(out, "[weights]\n");
	for (int f = 0; f < AR_MW_FIELDS; f++)
		for (int l = 0; l < AR_MW_LEVELS && levels[f][l]; l++) {
			ar_buf_fmt(out, "%s.%s = ", fields[f], levels[f][l]);
			put_number(out, c->m[f][l], 6);
			ar_buf_c(out, ' ');
			put_number(out, c->u[f][l], 6);
			ar_buf_c(out, '\n');
		}
	ar_buf_puts(out, "none = ");
	put_number(out, c->none, 3);
	ar_buf_c(out, '\n');
}

/* ---- words and limits ---- */

static int read_reasons(struct ar_match_conf *c, struct ar_conf_sec *s, struct ar_err *e)
{
	for (struct ar_conf_key *k = s->keys; k; k = k->next) {
		const char *code = ar_arena_dup(c->mem, k->name.p, k->name.n);

		k->used = true;
		for (struct ar_str rest = k->value, piece; ar_conf_split(&rest, ',', &piece);) {
			if (!piece.n || c->nreason == (int)(sizeof c->reason / sizeof *c->reason))
				return bad(k, piece, "a word (there is room for 512)", e);
			c->reason[c->nreason++] =
				(struct ar_mc_reason){ ar_arena_str(c->mem, ar_conf_unquote(c->mem, piece)), code };
		}
	}
	return 0;
}

static int words_of(struct ar_match_conf *c, struct ar_conf_sec *s, const char *name, struct ar_str **out, int *n, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	int rc = ar_conf_get(s, name, &k, e);

	*n = 0;
	if (rc <= 0)
		return rc;
	*out = ar_arena_alloc(c->mem, (k->value.n + 1) * sizeof **out);
	for (struct ar_str rest = k->value, piece; ar_conf_split(&rest, ',', &piece);)
		if (piece.n)
			(*out)[(*n)++] = ar_arena_str(c->mem, ar_conf_unquote(c->mem, piece));
	return 0;
}

static int read_class(struct ar_match_conf *c, struct ar_conf_sec *s, struct ar_err *e)
{
	struct ar_mc_class *k = &c->class[c->nclass];

	if (c->nclass == (int)(sizeof c->class / sizeof *c->class)) {
		ar_err(e, AR_USAGE, "conf_value", "more than 32 classes");
		return ar_err_at(e, s->file, s->line);
	}
	c->nclass++;
	k->name = ar_arena_dup(c->mem, s->arg.p, s->arg.n);
	return words_of(c, s, "payers", &k->payer, &k->npayer, e) < 0 || words_of(c, s, "codes", &k->code, &k->ncode, e) < 0 ||
			       words_of(c, s, "words", &k->word, &k->nword, e) < 0
		       ? -1
		       : 0;
}

static int read_limits(struct ar_match_conf *c, struct ar_conf_sec *s, struct ar_err *e)
{
	const struct { const char *name; int64_t *limit; } all[] = {
		{ "tolerance", c->tolerance }, { "fee_from", c->fee_low }, { "fee_to", c->fee_high },
	};
	int64_t v;

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct ar_conf_key *k = NULL;
		int rc = ar_conf_get(s, all[i].name, &k, e);

		if (rc < 0 || (rc && ar_mc_limits(k, all[i].limit, e) < 0))
			return -1;
	}
	v = c->tolerance_permille;
	if (ar_conf_get_uint(s, "tolerance_permille", 1000, &v, e) < 0)
		return -1;
	c->tolerance_permille = (int)v;
	v = c->rate_permille;
	if (ar_conf_get_uint(s, "rate_permille", 30, &v, e) < 0)
		return -1;
	c->rate_permille = (int)v;
	return 0;
}

int ar_match_conf_read(struct ar_match_conf *c, struct ar_conf *conf, struct ar_err *e)
{
	struct ar_conf_sec *s;
	int rc;

	rc = ar_conf_get_sec(conf, "matrix", &s, e);
	if (rc < 0 || (rc && read_matrix(c, s, e) < 0))
		return -1;
	rc = ar_conf_get_sec(conf, "weights", &s, e);
	if (rc < 0 || (rc && read_weights(c, s, e) < 0))
		return -1;
	rc = ar_conf_get_sec(conf, "reasons", &s, e);
	if (rc < 0 || (rc && read_reasons(c, s, e) < 0))
		return -1;
	rc = ar_conf_get_sec(conf, "limits", &s, e);
	if (rc < 0 || (rc && read_limits(c, s, e) < 0))
		return -1;
	for (s = NULL; (s = ar_conf_next_sec(conf, "class", s));)
		if (read_class(c, s, e) < 0)
			return -1;
	ar_match_conf_weigh(c);
	return 0;
}
