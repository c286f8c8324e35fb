/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is learned, as records, and back. */
#include "config.h"

#include "ar/forecast_in.h"

#include "ar/fixed.h"
#include "base/hash.h"
#include "rec/rec.h"

#include <stdlib.h>

static struct ar_str decimal(struct ar_rec *r, double v, int digits)
{
	char text[AR_FIXED_TEXT];
	size_t n = (size_t)ar_fixed_put(text, v, digits);

	return (struct ar_str){ ar_arena_dup(r->mem, text, n), n };
}

static void add(struct ar_rec *r, const char *name, double v, int digits)
{
	ar_list_add(r, AR_F_values, ar_str(ar_arena_fmt(r->mem, "%s=%.*s", name, AR_STR_FMT(decimal(r, v, digits)))));
}

static void begin(struct ar_rec *r, const char *name, int line)
{
	ar_rec_start(r, AR_T_model);
	ar_set_raw(r, AR_F_name, ar_str(name));
	if (line >= 0)
		ar_set_i(r, AR_F_line, line);
}

/* ---- one function for each kind of line ---- */

static void put_form(const struct ar_fc_saved *s, struct ar_rec *r)
{
	(void)s;
	begin(r, "form", -1);
	ar_set_raw(r, AR_F_text, AR_STR(AR_FC_NAME));
}

static void put_window(const struct ar_fc_saved *s, struct ar_rec *r)
{
	char day[11];

	begin(r, "window", -1);
	ar_list_add(r, AR_F_values, ar_str(ar_arena_fmt(r->mem, "to=%s", ar_date_z(day, s->t))));
	ar_list_add(r, AR_F_values, ar_str(ar_arena_fmt(r->mem, "snapshots-from=%s", ar_date_z(day, s->choice.learned_from))));
	ar_list_add(r, AR_F_values, ar_str(ar_arena_fmt(r->mem, "tested-from=%s", ar_date_z(day, s->choice.tested_from))));
}

static void put_data(const struct ar_fc_saved *s, struct ar_rec *r)
{
	begin(r, "data", -1);
	ar_list_add(r, AR_F_values, ar_str(ar_arena_fmt(r->mem, "items=%llu", (unsigned long long)s->items)));
	ar_list_add(r, AR_F_values, ar_str(ar_arena_fmt(r->mem, "payments=%llu", (unsigned long long)s->payments)));
	ar_list_add(r, AR_F_values, ar_str(ar_arena_fmt(r->mem, "rows=%llu", (unsigned long long)s->choice.rows)));
	ar_list_add(r, AR_F_values, ar_str(ar_arena_fmt(r->mem, "sha256=%s", s->sha256)));
}

static void put_calendar(const struct ar_fc_saved *s, struct ar_rec *r)
{
	char day[11];

	begin(r, "calendar", -1);
	ar_set_text(r, AR_F_text, ar_str(s->calendar));
	for (int i = 0; i < s->holidays; i++)
		ar_list_add(r, AR_F_values, ar_str(ar_arena_fmt(r->mem, "%s", ar_date_z(day, s->holiday[i]))));
}

static void put_strengths(const struct ar_fc_saved *s, struct ar_rec *r)
{
	begin(r, "strengths", -1);
	add(r, "k0", s->k.k0, 3);
	add(r, "k1", s->k.k1, 3);
	add(r, "k3", s->k.k3, 3);
	add(r, "half-life", s->k.half_life, 3);
	add(r, "cutoffs", s->tuned_on, 0);
}

static void put_stage(const struct ar_fc_saved *s, struct ar_rec *r)
{
	begin(r, "stage", -1);
	for (int i = 0; i < AR_FC_STAGES; i++)
		add(r, ar_fc_stage_name[i], s->choice.mix.percent[i] / 100.0, 2);
}

static void put_scores(const struct ar_fc_saved *s, struct ar_rec *r)
{
	begin(r, "scores", -1);
	ar_set_raw(r, AR_F_text, AR_STR("ranked probability score over 28 days, in days per item, of cut-offs after what was learned from"));
	add(r, "cutoffs", s->choice.cutoffs, 0);
	add(r, "items", (double)s->choice.items, 0);
	for (int i = 0; i < AR_FC_STAGES; i++)
		if (s->choice.score[i] >= 0)
			add(r, ar_fc_stage_name[i], s->choice.score[i], 6);
	if (s->choice.mixed >= 0)
		add(r, "mixture", s->choice.mixed, 6);
}

static void put_cash(const struct ar_fc_saved *s, struct ar_rec *r)
{
	begin(r, "cash", -1);
	ar_set_raw(r, AR_F_text, s->all_in ? AR_STR("all-in") : AR_STR("open items"));
	add(r, "cutoffs", s->scale.cutoffs, 0);
}

static void (*const once[])(const struct ar_fc_saved *, struct ar_rec *) = {
	put_form, put_window, put_data, put_calendar, put_strengths, put_stage, put_scores, put_cash
};
enum { ONCE = sizeof once / sizeof once[0] };

static void put_width(const struct ar_fc_saved *s, int slot, struct ar_rec *r)
{
	begin(r, "width", slot);
	ar_set_raw(r, AR_F_text, ar_str(ar_ccy[s->ccy[slot]].code));
	for (int w = 0; w < AR_FC_WIDTHS; w++)
		ar_list_add(r, AR_F_values, decimal(r, s->scale.cell[slot * AR_FC_WIDTHS + w], 6));
}

static void put_feature(int f, struct ar_rec *r)
{
	begin(r, "feature", f);
	ar_set_text(r, AR_F_text, ar_str(ar_fc_feature[f].name));
	add(r, "from", ar_fc_feature[f].lo, 9);
	add(r, "step", ar_fc_feature[f].step, 9);
}

/* Line 0 is the constant. */
static void put_weight(const struct ar_logit *l, int line, struct ar_rec *r)
{
	begin(r, "weight", line);
	ar_list_add(r, AR_F_values, decimal(r, line ? l->weight[line - 1] : l->constant, 9));
}

/* Nodes in the order of the array: "feature<=bin", "=value in 2^-20", "" where there is none. */
static void put_tree(const struct ar_boost *b, int t, struct ar_rec *r)
{
	const struct ar_boost_node *node = b->node + (size_t)t * (size_t)ar_boost_size(b);
	uint8_t there[2 << AR_BOOST_DEPTH] = { 1 };

	begin(r, "tree", t);
	for (int i = 0; i < ar_boost_size(b); i++) {
		bool leaf = node[i].feature == AR_BOOST_LEAF;

		ar_list_add(r, AR_F_values, ar_str(!there[i] ? "-" : leaf ? ar_arena_fmt(r->mem, "=%d", node[i].value)
			: ar_arena_fmt(r->mem, "%d<=%d", node[i].feature, node[i].cut)));
		if (there[i] && !leaf)
			there[2 * i + 1] = there[2 * i + 2] = 1;
	}
}

bool ar_fc_saved_put(const struct ar_fc_saved *s, int i, struct ar_rec *r)
{
	const struct ar_fc_learned *l = s->learned;
	int weights = l && l->logit.columns ? l->logit.columns + 1 : 0, trees = l ? l->trees.trees : 0;

	if (i < ONCE) {
		once[i](s, r);
		return true;
	}
	i -= ONCE;
	if (i < s->scale.ccys)
		put_width(s, i, r);
	else if ((i -= s->scale.ccys) < FEATURES)
		put_feature(i, r);
	else if ((i -= FEATURES) < weights)
		put_weight(&l->logit, i, r);
	else if ((i -= weights) < trees)
		put_tree(&l->trees, i, r);
	else
		return false;
	return true;
}

/* ---- back ---- */

static int bad(struct ar_err *e, const char *what)
{
	return ar_err(e, AR_DAMAGED, "model_damaged", "the model file cannot be used: %s", what);
}

static bool value(struct ar_str s, int digits, double *out)
{
	static const double ten[] = { 1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9 };
	int64_t v;

	if (!ar_money_parse(s, digits, &v))
		return false;
	*out = (double)v / ten[digits];
	return true;
}

static bool named(const struct ar_rec *r, const char *name, int digits, double *out)
{
	struct ar_str *v, key;
	int n = ar_list(r, AR_F_values, &v);

	for (int i = 0; i < n; i++) {
		struct ar_str rest = ar_str_cut(v[i], '=', &key);

		if (ar_streqz(key, name))
			return rest.p && value(rest, digits, out);
	}
	return false;
}

static int take_strengths(struct ar_fc_saved *s, const struct ar_rec *r, struct ar_err *e)
{
	double cutoffs;

	if (!named(r, "k0", 3, &s->k.k0) || !named(r, "k1", 3, &s->k.k1) || !named(r, "k3", 3, &s->k.k3) ||
	    !named(r, "half-life", 3, &s->k.half_life) || !named(r, "cutoffs", 0, &cutoffs))
		return bad(e, "its strengths are not whole");
	if (!(s->k.k0 > 0 && s->k.k1 > 0 && s->k.k3 > 0 && s->k.half_life >= 0 && cutoffs >= 0 && cutoffs < 1000))
		return bad(e, "its strengths are not positive");
	s->tuned_on = (int)cutoffs;
	return 0;
}

static int take_data(struct ar_fc_saved *s, const struct ar_rec *r, struct ar_err *e)
{
	double items, payments, rows;
	struct ar_str *v, key;
	int n = ar_list(r, AR_F_values, &v);

	if (!named(r, "items", 0, &items) || !named(r, "payments", 0, &payments) || !named(r, "rows", 0, &rows) || items < 0 || payments < 0 ||
	    rows < 0)
		return bad(e, "its data are not counted");
	s->items = (uint64_t)items;
	s->payments = (uint64_t)payments;
	s->choice.rows = (uint64_t)rows;
	for (int i = 0; i < n; i++) {
		struct ar_str rest = ar_str_cut(v[i], '=', &key);

		if (ar_streqz(key, "sha256") && rest.n == sizeof s->sha256 - 1)
			memcpy(s->sha256, rest.p, rest.n);
	}
	return s->sha256[0] ? 0 : bad(e, "the hash of its data is missing");
}

static int take_scores(struct ar_fc_saved *s, const struct ar_rec *r, struct ar_err *e)
{
	double cutoffs, items;

	if (!named(r, "cutoffs", 0, &cutoffs) || !named(r, "items", 0, &items) || !(cutoffs >= 0 && cutoffs < 1000 && items >= 0))
		return bad(e, "its scores are not whole");
	s->choice.cutoffs = (int)cutoffs;
	s->choice.items = (uint64_t)items;
	for (int i = 0; i < AR_FC_STAGES; i++)
		if (!named(r, ar_fc_stage_name[i], 6, &s->choice.score[i]))
			s->choice.score[i] = -1;
	if (!named(r, "mixture", 6, &s->choice.mixed))
		s->choice.mixed = -1;
	return 0;
}

static int take_calendar(struct ar_fc_saved *s, const struct ar_rec *r, struct ar_str text, struct ar_err *e)
{
	struct ar_str *v;
	int n = ar_list(r, AR_F_values, &v);

	if (!text.n || text.n >= sizeof s->calendar || memchr(text.p, 0, text.n))
		return bad(e, "its calendar is unknown");
	memcpy(s->calendar, text.p, text.n);
	s->calendar[text.n] = '\0';
	free(s->holiday);
	s->holiday = ar_calloc((size_t)n + 1, sizeof *s->holiday);
	s->holidays = n;
	for (int i = 0; i < n; i++)
		if (!ar_date_parse(v[i], &s->holiday[i]))
			return bad(e, "a holiday is not a date");
	return 0;
}

static int take_cash(struct ar_fc_saved *s, const struct ar_rec *r, struct ar_str text, struct ar_err *e)
{
	double cutoffs;

	if (!named(r, "cutoffs", 0, &cutoffs) || !(cutoffs >= 0 && cutoffs < 1000))
		return bad(e, "the past of its widths is not counted");
	s->scale.cutoffs = (int)cutoffs;
	s->all_in = ar_streqz(text, "all-in");
	return s->all_in || ar_streqz(text, "open items") ? 0 : bad(e, "its widths are of an unknown kind of cash");
}

static int take_window(struct ar_fc_saved *s, const struct ar_rec *r, struct ar_err *e)
{
	ar_date *to[] = { &s->t, &s->choice.learned_from, &s->choice.tested_from };
	struct ar_str *v, key;
	int n = ar_list(r, AR_F_values, &v);

	for (int i = 0; i < 3; i++) {
		struct ar_str rest = i < n ? ar_str_cut(v[i], '=', &key) : (struct ar_str){ NULL, 0 };

		if (!rest.p || !ar_date_parse(rest, to[i]))
			return bad(e, "its window is not three dates");
	}
	return 0;
}

static int take_stage(struct ar_fc_saved *s, const struct ar_rec *r, struct ar_err *e)
{
	int all = 0;

	for (int i = 0; i < AR_FC_STAGES; i++) {
		double share;

		if (!named(r, ar_fc_stage_name[i], 2, &share) || !(share >= 0 && share <= 1))
			return bad(e, "the shares of its stages are not figures from 0 to 1");
		s->choice.mix.percent[i] = (uint8_t)(share * 100 + 0.5);
		all += s->choice.mix.percent[i];
	}
	if (all != 100)
		return bad(e, "the shares of its stages do not add up to 1");
	if (!s->learned)
		s->learned = ar_calloc(1, sizeof *s->learned);
	s->learned->mix = s->choice.mix;
	return 0;
}

static int take_width(struct ar_fc_saved *s, const struct ar_rec *r, struct ar_str code, struct ar_err *e)
{
	int slot = s->scale.ccys, ccy = ar_ccy_find(code);
	struct ar_str *v;

	if (ccy < 0 || slot >= 1000 || ar_list(r, AR_F_values, &v) != AR_FC_WIDTHS)
		return bad(e, "a width is not a currency and eight figures");
	s->scale.ccys++;
	s->ccy = ar_realloc(s->ccy, (size_t)s->scale.ccys * sizeof *s->ccy);
	s->ccy[slot] = ccy;
	s->scale.cell = ar_realloc(s->scale.cell, (size_t)s->scale.ccys * AR_FC_WIDTHS * sizeof *s->scale.cell);
	for (int w = 0; w < AR_FC_WIDTHS; w++)
		if (!value(v[w], 6, &s->scale.cell[slot * AR_FC_WIDTHS + w]))
			return bad(e, "a width is not a figure");
	return 0;
}

static int take_feature(const struct ar_rec *r, int64_t line, struct ar_err *e)
{
	double lo, step;

	if (line < 0 || line >= FEATURES || !ar_streqz(ar_raw_text(r, AR_F_text), ar_fc_feature[line].name) ||
	    !named(r, "from", 9, &lo) || !named(r, "step", 9, &step))
		return bad(e, "it was made for other features; train again");
	return 0;
}

static int take_weight(struct ar_fc_saved *s, const struct ar_rec *r, int64_t line, struct ar_err *e)
{
	struct ar_str *v;
	double x;

	if (!s->learned || line != s->weights || line > AR_LOGIT_COLUMNS || ar_list(r, AR_F_values, &v) != 1 || !value(v[0], 9, &x))
		return bad(e, "a weight is not a figure or not in its place");
	s->weights++;
	if (line) {
		s->learned->logit.weight[line - 1] = x;
		s->learned->logit.columns = (int)line;
	} else {
		s->learned->logit.constant = x;
	}
	return 0;
}

static bool take_node(struct ar_str s, struct ar_boost_node *node)
{
	struct ar_str left, right;
	int64_t f, cut;
	bool minus;

	if (ar_streqz(s, "-")) {
		*node = (struct ar_boost_node){ AR_BOOST_LEAF, 0, 0 };
		return true;
	}
	if (s.n && s.p[0] == '=') {
		minus = s.n > 1 && s.p[1] == '-';
		cut = ar_str_uint((struct ar_str){ s.p + 1 + minus, s.n - 1 - minus }, INT32_MAX);
		*node = (struct ar_boost_node){ AR_BOOST_LEAF, 0, (int32_t)(minus ? -cut : cut) };
		return cut >= 0;
	}
	right = ar_str_cut(s, '<', &left);
	if (!right.p || right.n < 2 || right.p[0] != '=')
		return false;
	f = ar_str_uint(left, FEATURES - 1);
	cut = ar_str_uint((struct ar_str){ right.p + 1, right.n - 1 }, AR_BOOST_BINS - 1);
	*node = (struct ar_boost_node){ (uint8_t)f, (uint8_t)cut, 0 };
	return f >= 0 && cut >= 0;
}

static int take_tree(struct ar_fc_saved *s, const struct ar_rec *r, int64_t line, struct ar_err *e)
{
	struct ar_str *v;
	int n = ar_list(r, AR_F_values, &v), depth = 0;
	struct ar_boost *b;

	while (depth < AR_BOOST_DEPTH && (2 << depth) - 1 < n)
		depth++;
	if (!s->learned || depth < 1 || n != (2 << depth) - 1 || line != s->learned->trees.trees || line >= AR_BOOST_TREES ||
	    (line && depth != s->learned->trees.depth))
		return bad(e, "a tree is not whole or not in its place");
	b = &s->learned->trees;
	b->depth = depth;
	b->trees++;
	b->node = ar_realloc(b->node, (size_t)b->trees * (size_t)n * sizeof *b->node);
	for (int i = 0; i < n; i++) {
		struct ar_boost_node *node = b->node + (size_t)line * (size_t)n + i;

		if (!take_node(v[i], node) || (node->feature != AR_BOOST_LEAF && 2 * i + 2 >= n))
			return bad(e, "a node of a tree is neither a question nor a value");
	}
	return 0;
}

int ar_fc_saved_take(struct ar_fc_saved *s, const struct ar_rec *r, struct ar_err *e)
{
	struct ar_str name, text;
	int64_t line;

	if (r->type != AR_T_model)
		return 0;
	name = ar_raw_text(r, AR_F_name);
	text = ar_text(r, AR_F_text);
	line = ar_int(r, AR_F_line, -1);
	if (ar_streqz(name, "form"))
		return ar_streqz(text, AR_FC_NAME) ? 0 : bad(e, "it is of another form; train again");
	if (ar_streqz(name, "window"))
		return take_window(s, r, e);
	if (ar_streqz(name, "data"))
		return take_data(s, r, e);
	if (ar_streqz(name, "scores"))
		return take_scores(s, r, e);
	if (ar_streqz(name, "cash"))
		return take_cash(s, r, text, e);
	if (ar_streqz(name, "calendar"))
		return take_calendar(s, r, text, e);
	if (ar_streqz(name, "strengths"))
		return take_strengths(s, r, e);
	if (ar_streqz(name, "stage"))
		return take_stage(s, r, e);
	if (ar_streqz(name, "width"))
		return take_width(s, r, text, e);
	if (ar_streqz(name, "feature"))
		return take_feature(r, line, e);
	if (ar_streqz(name, "weight"))
		return take_weight(s, r, line, e);
	if (ar_streqz(name, "tree"))
		return take_tree(s, r, line, e);
	return 0;
}

int ar_fc_saved_check(struct ar_fc_saved *s, struct ar_err *e)
{
	struct ar_fc_learned *l = s->learned;
	float x[FEATURES] = { 0 }, out[AR_LOGIT_COLUMNS];
	bool logit, trees;

	if (!l || !(s->k.k0 > 0) || !s->calendar[0] || !s->sha256[0])
		return bad(e, "it has no stage, strengths, calendar or data; is it one that --train wrote?");
	logit = l->mix.percent[AR_FC_LOGISTIC];
	trees = l->mix.percent[AR_FC_FIRST_TREES] || l->mix.percent[AR_FC_TREES];
	if (logit && l->logit.columns != ar_fc_columns(x, out))
		return bad(e, "its weights are not those of this version; train again");
	if (trees && !l->trees.trees)
		return bad(e, "it has no trees");
	ar_boost_ready(&l->trees);
	return 0;
}

void ar_fc_saved_release(struct ar_fc_saved *s)
{
	ar_fc_learned_free(s->learned);
	ar_fc_scale_release(&s->scale);
	free(s->ccy);
	free(s->holiday);
	*s = (struct ar_fc_saved){ 0 };
}

static void hash_number(struct ar_buf *b, int64_t v)
{
	ar_buf_int(b, v);
	ar_buf_c(b, ' ');
}

static void hash_share(struct ar_buf *b, double v)
{
	int64_t u = 0;

	ar_fixed(v, 9, &u);
	hash_number(b, u);
}

static void hash_item(const struct ar_fc *fc, const struct ar_fc_item *it, struct ar_buf *b)
{
	const int64_t v[] = { it->customer, fc->d.segment[it->customer], it->ccy, it->posted, it->due, it->settled, it->paid, it->amount, it->disputed,
		it->resolved, it->since, it->unwatched, it->nparts, it->nwords };

	for (size_t j = 0; j < sizeof v / sizeof v[0]; j++)
		hash_number(b, v[j]);
	hash_share(b, it->disputed == AR_DATE_NONE ? 0 : it->dispute_share);
	for (uint32_t j = 0; j < it->nparts; j++) {
		const struct ar_fc_part *p = &fc->d.part[it->part + j];

		hash_number(b, p->date);
		hash_number(b, p->fall);
		hash_number(b, p->cash);
	}
	for (uint32_t j = 0; j < it->nwords; j++) {
		const struct ar_fc_word *w = &fc->d.word[it->word + j];

		hash_number(b, w->date);
		hash_number(b, w->made);
		hash_share(b, w->share);
	}
	ar_buf_c(b, '\n');
}

void ar_fc_hash(const struct ar_fc *fc, char hex[65])
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_sha *sha = ar_sha_new();
	uint8_t out[32];

	for (size_t i = 0; i < fc->d.n; i++) {
		b.n = 0;
		hash_item(fc, &fc->d.item[i], &b);
		ar_sha_add(sha, b.p, b.n);
	}
	ar_sha_end(sha, out);
	ar_hex(out, 32, hex);
	ar_sha_free(sha);
	ar_buf_release(&b);
}
