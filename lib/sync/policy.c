/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/policy.h"

static int bad(const struct ar_conf_key *k, struct ar_str value, const char *why, struct ar_err *e)
{
	ar_err(e, AR_USAGE, "conf_value", "'%.*s' %s", AR_STR_FMT(value), why);
	ar_err_at(e, k->file, k->line);
	return ar_err_field(e, "", NULL, 0);
}

/* EUR 10000.00, USD 500.00 */
static int read_limits(struct ar_conf_sec *s, const char *name, struct ar_arena *mem, int64_t **out, bool *there,
                       struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	struct ar_str rest, piece;
	int64_t *limit = ar_arena_alloc(mem, (size_t)ar_ccy_count * sizeof *limit);

	for (int i = 0; i < ar_ccy_count; i++)
		limit[i] = -1;
	*out = limit;
	*there = false;
	if (ar_conf_get(s, name, &k, e) < 0)
		return -1;
	if (!k)
		return 0;
	*there = true;
	for (rest = k->value; ar_conf_split(&rest, ',', &piece); ) {
		struct ar_str words = piece, ccy, amount = { 0 };
		struct ar_err why = { 0 };
		int c;

		ar_conf_word(&words, &ccy);
		ar_conf_word(&words, &amount);
		c = ar_ccy_find(ccy);
		if (c < 0 || words.n || !amount.n || limit[c] >= 0)
			return bad(k, piece, "is not a currency and an amount, each currency once: EUR 10000.00, USD 500.00", e);
		if (ar_money_read(amount, ar_ccy[c].digits, &limit[c], &why) < 0 || limit[c] < 0)
			return bad(k, piece, "is not a positive amount in that currency's digits", e);
	}
	return 0;
}

static int cut_find(struct ar_str name)
{
	for (int i = 0; i < AR_CUTS; i++)
		if (ar_streqz(name, ar_field_name[ar_cut_field[i]]))
			return i;
	return -1;
}

static int read_cuts(struct ar_conf_sec *s, const char *name, bool cut[AR_CUTS], struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	struct ar_str rest, piece;

	if (ar_conf_get(s, name, &k, e) < 0)
		return -1;
	if (!k || !k->value.n)
		return 0;
	for (rest = k->value; ar_conf_split(&rest, ',', &piece); ) {
		int c = cut_find(piece);

		if (c < 0)
			return bad(k, piece, "is none of discount, writeoff, withholding_tax, bank_charges", e);
		cut[c] = true;
	}
	return 0;
}

static int read_rules(struct ar_conf_sec *s, struct ar_approval *a, struct ar_arena *mem, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	struct ar_str rest, piece;
	int n = 0;

	if (ar_conf_get(s, "rules", &k, e) < 0)
		return -1;
	if (!k)
		return ar_conf_missing(s, "rules", e);
	for (rest = k->value; ar_conf_split(&rest, ',', &piece); n++)
		if (!piece.n)
			return bad(k, k->value, "has an empty name in it; * stands for all rules", e);
	a->rule = ar_arena_alloc(mem, (size_t)n * sizeof *a->rule);
	for (rest = k->value; ar_conf_split(&rest, ',', &piece); )
		a->rule[a->nrule++] = ar_conf_unquote(mem, piece);
	if (n == 1 && ar_streqz(a->rule[0], "*"))
		a->nrule = 0;
	return 0;
}

static int read_approval(struct ar_conf_sec *s, struct ar_approval *a, struct ar_arena *mem, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	bool there;

	a->name = s->arg;
	if (read_rules(s, a, mem, e) < 0 || read_limits(s, "limit", mem, &a->limit, &there, e) < 0)
		return -1;
	if (!there)
		return ar_conf_missing(s, "limit", e);
	if (read_limits(s, "batch_limit", mem, &a->batch_limit, &a->has_batch_limit, e) < 0 ||
	    read_cuts(s, "allow", a->allow, e) < 0 || ar_conf_get_str(s, "by", &a->by, e) < 0)
		return -1;
	if (!a->by.n)
		return ar_conf_missing(s, "by", e);
	if (!a->name.n)
		return ar_conf_missing(s, "name", e);
	if (ar_conf_get(s, "until", &k, e) < 0)
		return -1;
	if (!k)
		return ar_conf_missing(s, "until", e);
	if (!ar_date_parse(k->value, &a->until))
		return bad(k, k->value, "is not a date: write YYYY-MM-DD", e);
	return 0;
}

static int read_names(struct ar_conf_sec *s, struct ar_target *t, struct ar_arena *mem, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	struct ar_str rest, piece;

	t->currency_name = ar_arena_zero(mem, (size_t)ar_ccy_count * sizeof *t->currency_name);
	if (ar_conf_get(s, "currency_names", &k, e) < 0)
		return -1;
	if (!k)
		return 0;
	for (rest = k->value; ar_conf_split(&rest, ',', &piece); ) {
		struct ar_str code, name = ar_str_cut(piece, '=', &code);
		int c = ar_ccy_find(ar_str_trim(code));

		if (c < 0 || !name.n)
			return bad(k, piece, "is not a currency and its name: EUR=Euro", e);
		t->currency_name[c] = ar_conf_unquote(mem, ar_str_trim(name));
	}
	return 0;
}

static int read_target(struct ar_conf_sec *s, struct ar_target *t, struct ar_arena *mem, struct ar_err *e)
{
	t->sec = s;
	t->name = s->arg;
	if (ar_conf_get_str(s, "entity", &t->entity, e) < 0 || ar_conf_get_str(s, "system", &t->system, e) < 0 ||
	    ar_conf_get_str(s, "format", &t->format_name, e) < 0 ||
	    ar_conf_get_str(s, "file", &t->file, e) < 0)
		return -1;
	if (!t->entity.n)
		return ar_conf_missing(s, "entity", e);
	if (!t->format_name.n)
		return ar_conf_missing(s, "format", e);
	return read_names(s, t, mem, e);
}

/* An earlier target that the same postings could go to. */
static bool rivals(const struct ar_policy *p, const struct ar_target *t)
{
	for (int i = 0; i < p->ntarget; i++)
		if (ar_streq(p->target[i].entity, t->entity) &&
		    (!t->system.n || !p->target[i].system.n || ar_streq(p->target[i].system, t->system)))
			return true;
	return false;
}

static int count(struct ar_conf *c, const char *name)
{
	int n = 0;

	for (struct ar_conf_sec *s = NULL; (s = ar_conf_next_sec(c, name, s)); )
		n++;
	return n;
}

int ar_policy_read(struct ar_policy *p, struct ar_conf *c, struct ar_arena *mem, struct ar_err *e)
{
	memset(p, 0, sizeof *p);
	p->approval = ar_arena_zero(mem, ((size_t)count(c, "approval") + 1) * sizeof *p->approval);
	p->target = ar_arena_zero(mem, ((size_t)count(c, "target") + 1) * sizeof *p->target);
	for (struct ar_conf_sec *s = NULL; (s = ar_conf_next_sec(c, "approval", s)); )
		if (read_approval(s, &p->approval[p->napproval++], mem, e) < 0)
			return -1;
	for (struct ar_conf_sec *s = NULL; (s = ar_conf_next_sec(c, "target", s)); ) {
		struct ar_target *t = &p->target[p->ntarget];

		if (read_target(s, t, mem, e) < 0)
			return -1;
		if (rivals(p, t)) {
			ar_err(e, AR_USAGE, "conf_duplicate", "two targets for one system of %.*s", AR_STR_FMT(t->entity));
			return ar_err_at(e, s->file, s->line);
		}
		p->ntarget++;
	}
	return 0;
}

struct ar_target *ar_policy_target(const struct ar_policy *p, struct ar_str entity, struct ar_str system)
{
	for (int i = 0; i < p->ntarget; i++)
		if (ar_streq(p->target[i].entity, entity) &&
		    (!p->target[i].system.n || ar_streq(p->target[i].system, system)))
			return &p->target[i];
	return NULL;
}

/* ---- formats ---- */

static int read_words(struct ar_conf_sec *s, const char *name, struct ar_str *out, int *n, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	struct ar_str rest, piece;

	if (ar_conf_get(s, name, &k, e) < 0)
		return -1;
	if (!k || !k->value.n)
		return 0;
	for (rest = k->value; ar_conf_split(&rest, ',', &piece); ) {
		if (!piece.n || *n == AR_FORMAT_LIST)
			return bad(k, k->value, "is no list of at most 16 names", e);
		out[(*n)++] = piece;
	}
	return 0;
}

static int check_words(struct ar_conf_sec *s, struct ar_format *f, struct ar_str one_file, struct ar_err *e)
{
	static const char *const must[] = { "template", "content", "one_file", "file", "kinds" };
	struct ar_str got[] = { f->template_name, f->content, one_file, f->file, f->kind[0] };
	struct ar_conf_key *k;

	for (size_t i = 0; i < sizeof must / sizeof *must; i++)
		if (!got[i].n)
			return ar_conf_missing(s, must[i], e);
	f->per_posting = ar_streqz(one_file, "posting");
	if (!f->per_posting && !ar_streqz(one_file, "batch") && ar_conf_get(s, "one_file", &k, e) > 0)
		return bad(k, one_file, "is neither batch nor posting", e);
	if (!ar_streqz(f->content, "csv") && !ar_streqz(f->content, "json") && !ar_streqz(f->content, "xml") &&
	    ar_conf_get(s, "content", &k, e) > 0)
		return bad(k, f->content, "is none of csv, json, xml", e);
	if (ar_str_find(f->file, AR_STR("{batch}")) || (f->per_posting && ar_str_find(f->file, AR_STR("{wire_key}"))))
		return 0;
	ar_err(e, AR_USAGE, "conf_value", "'%.*s' is not a file of its own for each delivery", AR_STR_FMT(f->file));
	ar_err_at(e, s->file, s->line);
	return ar_err_advice(e, "put {batch} into the name, or {wire_key} where one_file = posting");
}

static int read_values(struct ar_target *t, struct ar_err *e)
{
	struct ar_format *f = &t->format;

	for (int i = 0; i < f->nneed; i++) {
		char name[64];

		if (f->need[i].n >= sizeof name)
			return ar_conf_missing(t->sec, "a name this long", e);
		memcpy(name, f->need[i].p, f->need[i].n);
		name[f->need[i].n] = '\0';
		if (ar_conf_get_str(t->sec, name, &t->value[i], e) < 0)
			return -1;
		if (!t->value[i].n)
			return ar_conf_missing(t->sec, name, e);
	}
	return 0;
}

int ar_format_read(struct ar_target *t, struct ar_conf *c, struct ar_err *e)
{
	struct ar_format *f = &t->format;
	struct ar_str one_file = { 0 }, currency = AR_STR("code");
	struct ar_conf_sec *s;
	int rc = ar_conf_get_sec(c, "post", &s, e);

	if (rc < 0)
		return -1;
	if (rc == 0) {
		ar_err(e, AR_USAGE, "conf_missing", "there is no section [post]");
		return ar_err_at(e, c->file, 0);
	}
	f->rows = AR_FORMAT_ROWS;
	f->date = AR_STR("yyyy-mm-dd");
	if (ar_conf_get_str(s, "template", &f->template_name, e) < 0 || ar_conf_get_str(s, "content", &f->content, e) < 0 ||
	    ar_conf_get_str(s, "one_file", &one_file, e) < 0 || ar_conf_get_str(s, "file", &f->file, e) < 0 ||
	    ar_conf_get_str(s, "date", &f->date, e) < 0 || ar_conf_get_str(s, "currency", &currency, e) < 0 ||
	    ar_conf_get_uint(s, "rows", AR_FORMAT_ROWS, &f->rows, e) < 0 ||
	    read_words(s, "kinds", f->kind, &f->nkind, e) < 0 || read_words(s, "needs", f->need, &f->nneed, e) < 0 ||
	    read_cuts(s, "reductions", f->cut, e) < 0)
		return -1;
	f->names_currency = ar_streqz(currency, "name");
	if (t->file.n)
		f->file = t->file;
	return check_words(s, f, one_file, e) < 0 || read_values(t, e) < 0 || ar_conf_unused(c, e) < 0 ? -1 : 0;
}

void ar_format_date(struct ar_buf *b, struct ar_str format, ar_date d)
{
	struct ar_ymd v = ar_ymd_of(d);

	for (size_t i = 0; i < format.n; ) {
		char c = format.p[i];
		size_t n = 1;
		int part;

		if (c != 'y' && c != 'm' && c != 'd') {
			ar_buf_c(b, c);
			i++;
			continue;
		}
		while (i + n < format.n && format.p[i + n] == c)
			n++;
		part = c == 'm' ? v.m : c == 'd' ? v.d : n == 2 ? v.y % 100 : v.y;
		for (int ten = 1000; ten >= 10; ten /= 10)      /* zeros up to the length of the part */
			if (part < ten && (n >= 4 || (n >= 2 && ten == 10)))
				ar_buf_c(b, '0');
		ar_buf_int(b, part);
		i += n;
	}
}

static bool take_word(struct ar_buf *b, struct ar_str *rest, const char *word, struct ar_str value)
{
	if (!ar_str_starts(*rest, word))
		return false;
	ar_buf_str(b, value);
	rest->p += strlen(word);
	rest->n -= strlen(word);
	return true;
}

void ar_format_file(struct ar_buf *b, struct ar_str pattern, struct ar_str batch, struct ar_str wire)
{
	while (pattern.n) {
		if (take_word(b, &pattern, "{batch}", batch) || take_word(b, &pattern, "{wire_key}", wire))
			continue;
		ar_buf_c(b, *pattern.p++);
		pattern.n--;
	}
}
