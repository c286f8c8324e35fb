/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * json.c - one JSON document a file: answers of an ERP, nested exports.
 *
 * The document is in memory and is read twice. The first time everything is checked to the end and the scalars of the objects
 * around the records are kept, for they may stand behind the records (paging figures do). The second time rows are given, so
 * no row of a broken document is ever given.
 */
#include "config.h"

#include "syntax/json.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "rec/json.h"
#include "syntax/path.h"
#include "syntax/text.h"

struct value { struct ar_str name, text; };
struct values { struct value *v; int n, cap; };

/* An object on the way to the records. */
struct scope {
	struct values scalar;
	int up;                         /* the one around it, -1 = none */
};

struct json {
	struct ar_decode *d;
	struct ar_json j;
	struct ar_arena scratch;        /* what the reader decodes */
	struct ar_arena mem;            /* scopes */
	struct ar_arena rec;            /* one record */
	struct ar_path path[AR_PATHS];
	int npath;
	bool giving;                    /* second time */
	struct scope *scope;
	int nscope, scope_cap, in;      /* in: the innermost one */
	int above_of;                   /* the scope that `above` was made for */
	struct ar_str *above_name, *above_text;         /* ../NAME */
	int nabove;
	/* the record being read */
	const struct ar_path *at;
	struct ar_buf name;             /* path of the current value */
	struct values head, row;        /* values of the record; of all its rows, one behind the other */
	int *row_end, nrow, row_cap;
	struct ar_str *names, *texts;
	int fields_cap;
	uint64_t records;
};

static void add(struct values *l, struct ar_str name, struct ar_str text)
{
	if (l->n == l->cap)
		l->v = ar_realloc(l->v, (size_t)(l->cap = l->cap * 2 + 32) * sizeof *l->v);
	l->v[l->n++] = (struct value){ name, text };
}

static int fail(struct json *s, const char *code, const char *what)
{
	ar_err(s->d->err, AR_DAMAGED, code, "%s", what);
	return ar_err_at(s->d->err, ar_in_name(s->d->in), ar_json_line(&s->j));
}

static enum ar_jev next(struct json *s)
{
	return ar_json_next(&s->j);
}

/* The text of a scalar. 1: *out is it, 0: null, -1: it holds what records cannot. */
static int scalar(struct json *s, enum ar_jev ev, struct ar_str *out)
{
	*out = ev == AR_J_TRUE ? AR_STR("true") : ev == AR_J_FALSE ? AR_STR("false") : s->j.text;
	if (ev == AR_J_STR && memchr(out->p, '\0', out->n))
		return fail(s, "text_nul", "a NUL character (\\u0000) in a string: this is not text");
	return ev != AR_J_NULL;
}

/* Append one step to a path: ~ and / inside a key are escaped, so that the path can be taken apart again. */
static void put_step(struct ar_buf *b, struct ar_str key)
{
	if (b->n)
		ar_buf_c(b, '/');
	else if (!key.n || key.p[0] == '.')
		ar_buf_c(b, key.n ? '.' : '#');
	for (size_t i = 0; i < key.n; i++) {
		if (key.p[i] == '~')
			ar_buf_put(b, "~0", 2);
		else if (key.p[i] == '/')
			ar_buf_put(b, "~1", 2);
		else
			ar_buf_c(b, key.p[i]);
	}
}

/* ---- one record ---- */

static int flatten(struct json *s, enum ar_jev ev, struct values *to, int rows);

static int flatten_array(struct json *s, struct values *to, int rows)
{
	size_t n = s->name.n;
	enum ar_jev ev;
	int i = 0, rc = 0;

	while (rc == 0 && (ev = next(s)) != AR_J_ARR_END) {
		if (ev == AR_J_ERROR)
			return -1;
		if (n)
			ar_buf_c(&s->name, '/');
		ar_buf_int(&s->name, i++);
		rc = flatten(s, ev, to, rows);
		s->name.n = n;
	}
	return rc;
}

/* One element of `rows`: its values go to s->row, under the name of the path without its place in the array. */
static int flatten_row(struct json *s, enum ar_jev ev)
{
	struct ar_buf outer = s->name;
	int rc;

	s->name = (struct ar_buf){ 0 };
	for (int i = 0; i < s->at->nrow; i++)
		put_step(&s->name, s->at->row[i]);
	rc = flatten(s, ev, &s->row, -1);
	ar_buf_release(&s->name);
	s->name = outer;
	if (s->nrow == s->row_cap)
		s->row_end = ar_realloc(s->row_end, (size_t)(s->row_cap = s->row_cap * 2 + 32) * sizeof *s->row_end);
	s->row_end[s->nrow++] = s->row.n;
	return rc;
}

static int flatten_rows(struct json *s, enum ar_jev ev)
{
	if (ev == AR_J_NULL)
		return 0;
	if (ev != AR_J_ARR)
		return flatten_row(s, ev);
	while ((ev = next(s)) != AR_J_ARR_END)
		if (ev == AR_J_ERROR || flatten_row(s, ev) < 0)
			return -1;
	return 0;
}

static int flatten_object(struct json *s, struct values *to, int rows)
{
	size_t n = s->name.n;
	enum ar_jev ev;
	int rc = 0;

	while (rc == 0 && (ev = next(s)) != AR_J_OBJ_END) {
		int below = -1;

		if (ev == AR_J_ERROR)
			return -1;
		if (rows >= 0 && ar_streq(s->j.text, s->at->row[rows]))
			below = rows + 1;
		put_step(&s->name, s->j.text);
		ev = next(s);
		rc = below == s->at->nrow && below > 0 ? flatten_rows(s, ev) : flatten(s, ev, to, below);
		s->name.n = n;
	}
	return rc;
}

/* rows: how many steps of the rows path led here, -1 = not on it */
static int flatten(struct json *s, enum ar_jev ev, struct values *to, int rows)
{
	struct ar_str text;
	int rc;

	if (ev == AR_J_ERROR)
		return -1;
	if (ev == AR_J_OBJ)
		return flatten_object(s, to, rows);
	if (ev == AR_J_ARR)
		return flatten_array(s, to, rows);
	rc = scalar(s, ev, &text);
	if (rc > 0)
		add(to, ar_arena_str(&s->rec, ar_buf_slice(&s->name)), text);
	return rc < 0 ? -1 : 0;
}

/* The values around the record: made once for all records of the same object. */
static void look_up(struct json *s)
{
	struct ar_buf b = AR_BUF_INIT;
	int n = 0;

	if (s->above_of == s->in)
		return;
	s->above_of = s->in;
	for (int i = s->in; i >= 0; i = s->scope[i].up)
		n += s->scope[i].scalar.n;
	s->above_name = ar_realloc(s->above_name, ((size_t)n + 1) * sizeof *s->above_name);
	s->above_text = ar_realloc(s->above_text, ((size_t)n + 1) * sizeof *s->above_text);
	s->nabove = 0;
	for (int i = s->in, level = 1; i >= 0; i = s->scope[i].up, level++)
		for (int k = 0; k < s->scope[i].scalar.n; k++) {
			b.n = 0;
			for (int up = 0; up < level; up++)
				ar_buf_put(&b, "../", 3);
			ar_buf_str(&b, s->scope[i].scalar.v[k].name);
			s->above_name[s->nabove] = ar_arena_str(&s->mem, ar_buf_slice(&b));
			s->above_text[s->nabove++] = s->scope[i].scalar.v[k].text;
		}
	ar_buf_release(&b);
}

static void put(struct json *s, int *n, const struct value *v, int count)
{
	for (int i = 0; i < count; i++, ++*n) {
		s->names[*n] = v[i].name;
		s->texts[*n] = v[i].text;
	}
}

static int give_row(struct json *s, int from, int to, uint32_t sub)
{
	struct value kind = { AR_STR(".record"), s->at->name };
	struct ar_row row = { .row = s->records, .sub = sub, .last = sub && sub == (uint32_t)s->nrow };
	int need = s->head.n + (to - from) + 1;

	if (need > s->fields_cap) {
		s->fields_cap = need * 2;
		s->names = ar_realloc(s->names, (size_t)s->fields_cap * sizeof *s->names);
		s->texts = ar_realloc(s->texts, (size_t)s->fields_cap * sizeof *s->texts);
	}
	put(s, &row.n, &kind, s->at->name.n > 0);
	put(s, &row.n, s->head.v, s->head.n);
	if (to > from)
		put(s, &row.n, s->row.v + from, to - from);
	row.name = s->names;
	row.value = s->texts;
	row.nabove = s->nabove;
	row.above_name = s->above_name;
	row.above_value = s->above_text;
	row.above = (uint64_t)s->in + 1;
	return s->d->sink->row(s->d->sink, &row);
}

static int record(struct json *s, enum ar_jev ev)
{
	int rc;

	ar_arena_reset(&s->rec);
	s->head.n = s->row.n = s->nrow = 0;
	s->name.n = 0;
	s->records++;
	rc = flatten(s, ev, &s->head, s->at->nrow ? 0 : -1);
	if (rc < 0)
		return -1;
	look_up(s);
	if (!s->nrow)
		return give_row(s, 0, 0, 0);
	for (int i = 0, from = 0; i < s->nrow && rc == 0; from = s->row_end[i++])
		rc = give_row(s, from, s->row_end[i], (uint32_t)i + 1);
	return rc;
}

/* ---- the way to the records ---- */

static int enter_scope(struct json *s)
{
	if (!s->giving) {
		if (s->nscope == s->scope_cap)
			s->scope = ar_realloc(s->scope, (size_t)(s->scope_cap = s->scope_cap * 2 + 16) * sizeof *s->scope);
		s->scope[s->nscope] = (struct scope){ .up = s->in };
	}
	return s->nscope++;
}

static int keep_scalar(struct json *s, struct ar_str key, enum ar_jev ev)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str text;
	int rc = scalar(s, ev, &text);

	if (rc > 0 && !s->giving) {
		put_step(&b, key);
		add(&s->scope[s->in].scalar, ar_arena_str(&s->mem, ar_buf_slice(&b)), text);
		ar_buf_release(&b);
	}
	return rc < 0 ? -1 : 0;
}

static int walk(struct json *s, enum ar_jev ev, uint32_t mask, int k);

static int walk_object(struct json *s, uint32_t mask, int k)
{
	int outer = s->in, rc = 0;
	enum ar_jev ev;

	s->in = enter_scope(s);
	while (rc == 0 && (ev = next(s)) != AR_J_OBJ_END) {
		struct ar_str key = s->j.text;
		uint32_t below = 0;

		if (ev == AR_J_ERROR)
			return -1;
		for (int i = 0; i < s->npath; i++)
			if (mask >> i & 1 && k < s->path[i].n && ar_streq(s->path[i].step[k], key))
				below |= 1u << i;
		ev = next(s);
		if (ev == AR_J_ERROR)
			return -1;
		if (below && (ev == AR_J_OBJ || ev == AR_J_ARR))
			rc = walk(s, ev, below, k + 1);
		else if (ev == AR_J_OBJ || ev == AR_J_ARR)
			rc = ar_json_skip(&s->j);
		else
			rc = keep_scalar(s, key, ev);
	}
	s->in = outer;
	return rc;
}

/* A value to which k steps of the paths in mask lead; arrays are walked, each of their elements is such a value. */
static int walk(struct json *s, enum ar_jev ev, uint32_t mask, int k)
{
	if (ev == AR_J_ARR) {
		while ((ev = next(s)) != AR_J_ARR_END)
			if (ev == AR_J_ERROR || walk(s, ev, mask, k) < 0)
				return -1;
		return 0;
	}
	if (ev == AR_J_ERROR)
		return -1;
	for (int i = 0; i < s->npath; i++)
		if (mask >> i & 1 && s->path[i].n == k && ev != AR_J_NULL) {
			if (ev != AR_J_OBJ)
				return fail(s, "record_kind", "a single value stands where the map says that there are records");
			s->at = &s->path[i];
			return s->giving ? record(s, ev) : ar_json_skip(&s->j);
		}
	return ev == AR_J_OBJ ? walk_object(s, mask, k) : 0;
}

static int pass(struct json *s, const char *p, size_t n)
{
	enum ar_jev ev;

	s->nscope = 0;
	s->in = s->above_of = -1;
	ar_json_init(&s->j, &s->scratch, p, n, s->d->err);
	ev = next(s);
	if (ev == AR_J_ERROR || walk(s, ev, (1u << s->npath) - 1, 0) < 0)
		return -1;
	return next(s) == AR_J_END ? 0 : -1;
}

static int read_paths(struct json *s)
{
	s->npath = ar_paths_read(s->path, s->d->map, s->d->err);
	for (int i = 0; i < s->npath; i++)
		if (s->path[i].ninner) {
			ar_err(s->d->err, AR_USAGE, "map_value", "record: rows in rows are of XML only");
			return ar_err_at(s->d->err, s->d->map->file, s->path[i].line);
		}
	for (int i = 0; i < s->npath; i++)
		for (int k = 0; k < s->npath; k++)
			if (i != k && ar_path_same(&s->path[i], &s->path[k], s->path[i].n)) {
				ar_err(s->d->err, AR_USAGE, "map_value", "one record path leads through another");
				ar_err_advice(s->d->err, "in JSON, elements inside a record are reached by rows");
				return ar_err_at(s->d->err, s->d->map->file, s->path[k].line);
			}
	return s->npath < 0 ? -1 : 0;
}

static void release(struct json *s)
{
	for (int i = 0; i < s->nscope; i++)
		free(s->scope[i].scalar.v);
	free(s->scope);
	free(s->above_name);
	free(s->above_text);
	free(s->head.v);
	free(s->row.v);
	free(s->row_end);
	free(s->names);
	free(s->texts);
	ar_buf_release(&s->name);
	ar_arena_release(&s->scratch);
	ar_arena_release(&s->mem);
	ar_arena_release(&s->rec);
	free(s);
}

static int decode(struct ar_decode *d)
{
	struct json *s = ar_calloc(1, sizeof *s);
	struct ar_text t = { 0 };
	char *p = NULL;
	size_t n;
	int rc = -1, scopes;

	s->d = d;
	if (read_paths(s) == 0 && ar_text_open(&t, d, false) == 0)
		p = ar_text_slurp(&t, AR_JSON_BYTES, &n, d->err);
	if (p) {
		rc = pass(s, p, n);
		scopes = s->nscope;
		s->giving = true;
		if (rc == 0)
			rc = pass(s, p, n);
		s->nscope = scopes;
		if (rc < 0 && !d->err->file[0])
			ar_err_at(d->err, ar_in_name(d->in), d->err->line);
	}
	ar_text_close(&t);
	free(p);
	release(s);
	return rc;
}

/* ---- detection ---- */

static int detect(struct ar_str head, char *why, size_t cap)
{
	struct ar_peek peek = { .head = head };
	struct ar_buf room = AR_BUF_INIT;
	struct ar_str s = ar_str_trim(ar_text_head(&room, &peek, false));
	char c = s.n ? s.p[0] : '\0';

	ar_buf_release(&room);
	if (c != '{' && c != '[')
		return 0;
	snprintf(why, cap, "it begins with %c", c);
	return 80;
}

/* Does the path lead to something in a document of which perhaps only the beginning is here? */
static bool exists(struct ar_str text, const struct ar_path *path)
{
	struct ar_arena mem = AR_ARENA_INIT;
	int at[AR_JSON_DEPTH + 2] = { 0 }, k = 0;       /* at[depth]: steps that led into the container; -1: none */
	struct ar_err ignored = { 0 };
	enum ar_jev ev, last = AR_J_NULL;
	struct ar_json j;
	bool found = false;

	ar_json_init(&j, &mem, text.p, text.n, &ignored);
	for (; !found && (ev = ar_json_next(&j)) > AR_J_END; last = ev) {
		if (ev == AR_J_KEY) {
			k = at[j.depth];
			k = k >= 0 && k < path->n && ar_streq(path->step[k], j.text) ? k + 1 : -1;
			found = k == path->n;
		} else if (ev == AR_J_OBJ || ev == AR_J_ARR) {
			at[j.depth] = last == AR_J_KEY ? k : at[j.depth - 1];
			found = ev == AR_J_OBJ && !path->n && !at[j.depth];
		}
	}
	ar_arena_release(&mem);
	return found;
}

static int match(struct ar_peek *p)
{
	struct ar_buf room = AR_BUF_INIT;
	struct ar_conf_key *k;
	struct ar_str rest, piece, text;
	int rc = ar_conf_get(p->map, "detect", &k, p->err), n = 0;

	if (rc <= 0) {
		snprintf(p->why, AR_WHY, "it has no detect line");
		return rc;
	}
	text = ar_text_head(&room, p, false);
	for (rest = k->value; rc == 1 && ar_conf_split(&rest, ',', &piece); n++) {
		struct ar_path path = { 0 };

		path.n = ar_path_split(piece, path.step);
		rc = path.n >= 0 && exists(text, &path);
		snprintf(p->why, AR_WHY, "%s %.*s", rc ? "there is" : "no", AR_STR_FMT(piece));
	}
	ar_buf_release(&room);
	return rc;
}

const struct ar_syntax ar_syntax_json = {
	.name = "json",
	.summary = "one JSON document a file",
	.keys = "record = [NAME:] PATH [rows PATH]: which objects are records, by member names from the root (. is the root itself, arrays on the "
	        "way are walked); each element of rows is a row of its own; may be repeated\n"
	        "detect = PATH, ...: what must be in the document\n"
	        "encoding = windows-1252, iso-8859-1, iso-8859-15 (default: byte order mark, else UTF-8)",
	.detect = detect,
	.match = match,
	.decode = decode,
};
