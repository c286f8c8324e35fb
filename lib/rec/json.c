/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rec/json.h"

#include <stdarg.h>
#include <stdio.h>

#include <xxhash.h>

#include "rec/jstr.h"

enum expect {
	FIRST,                  /* the document's value, or a byte order mark to refuse */
	VALUE,
	VALUE_OR_END,           /* behind '[' */
	KEY_OR_END,             /* behind '{' */
	COMMA_OR_END,           /* behind a value in a container */
	NOTHING,                /* behind the document's value */
	OVER,                   /* END or ERROR was returned */
};

enum {
	FEW = 8,                /* so many keys are compared one by one; more get a hash table */
	TABLE = 32,             /* its first size, a power of two; always at least half free */
	PROBES = 256,           /* looks at a table for one key; below 100 by chance even for 10^7 keys */
};

struct ar_json_frame {
	bool object;
	size_t key0, slot0;     /* its keys and its table begin here, and end at the end while it is innermost */
};

struct ar_json_key {
	struct ar_str s;
	uint64_t hash;
};

void ar_json_init(struct ar_json *j, struct ar_arena *scratch, const char *p, size_t n,
	struct ar_err *err)
{
	*j = (struct ar_json){ .max_depth = AR_JSON_DEPTH, .arena = scratch, .err = err, .p = p, .n = n,
		.last = AR_J_END, .expect = FIRST };
}

uint64_t ar_json_line(struct ar_json *j)
{
	while (j->line_at < j->offset) {        /* offsets only grow */
		const char *q = memchr(j->p + j->line_at, '\n', j->offset - j->line_at);

		if (!q) {
			j->line_at = j->offset;
			break;
		}
		j->line_at = (size_t)(q - j->p) + 1;
		j->newlines++;
	}
	return j->newlines + 1;
}

__attribute__((format(printf, 4, 5)))
static enum ar_jev fail(struct ar_json *j, size_t at, const char *code, const char *fmt, ...)
{
	char what[160];
	uint64_t line;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof what, fmt, ap);
	va_end(ap);
	j->offset = at;
	j->expect = OVER;
	line = ar_json_line(j);
	ar_err(j->err, AR_DAMAGED, code, "JSON: %s (line %llu, byte offset %zu)", what,
		(unsigned long long)line, at);
	if (j->err)
		j->err->line = line;
	return AR_J_ERROR;
}

/* The next byte, or -1 at the end. */
static inline int peek(const struct ar_json *j)
{
	return j->at < j->n ? (unsigned char)j->p[j->at] : -1;
}

static enum ar_jev unexpected(struct ar_json *j, const char *wanted)
{
	int c = peek(j);

	if (c < 0)
		return fail(j, j->at, "json_syntax", "%s expected, but the document ends", wanted);
	if (c > 0x20 && c < 0x7F)
		return fail(j, j->at, "json_syntax", "%s expected, found '%c'", wanted, c);
	return fail(j, j->at, "json_syntax", "%s expected, found byte 0x%02X", wanted, (unsigned)c);
}

static inline void skip_space(struct ar_json *j)
{
	while (j->at < j->n && (j->p[j->at] == ' ' || j->p[j->at] == '\n' || j->p[j->at] == '\r'
			|| j->p[j->at] == '\t'))
		j->at++;
}

/* An array in the arena that holds at least `want` things of a size; what it held is kept. */
static void *enlarge(struct ar_json *j, void *old, size_t *cap, size_t want, size_t size)
{
	size_t n = *cap ? *cap : 16;
	void *p;

	if (want <= *cap)
		return old;
	while (n < want)
		n *= 2;
	p = ar_arena_alloc(j->arena, n * size);
	if (*cap)
		memcpy(p, old, *cap * size);
	*cap = n;
	return p;
}

/* A value is complete: what may follow it? */
static enum ar_jev done(struct ar_json *j, enum ar_jev ev)
{
	j->expect = j->depth ? COMMA_OR_END : NOTHING;
	return ev;
}

static enum ar_jev open_container(struct ar_json *j, bool object)
{
	if (j->depth >= j->max_depth)
		return fail(j, j->at, "json_depth", "more than %u objects and arrays inside each other",
			j->max_depth);
	j->frames = enlarge(j, j->frames, &j->frames_cap, j->depth + 1, sizeof *j->frames);
	j->frames[j->depth++] = (struct ar_json_frame){ object, j->keys_n, j->slots_n };
	j->at++;
	j->expect = object ? KEY_OR_END : VALUE_OR_END;
	return object ? AR_J_OBJ : AR_J_ARR;
}

static enum ar_jev close_container(struct ar_json *j)
{
	const struct ar_json_frame *f = &j->frames[--j->depth];

	j->keys_n = f->key0;
	j->slots_n = f->slot0;
	j->at++;
	return done(j, f->object ? AR_J_OBJ_END : AR_J_ARR_END);
}

/* Read the string that begins here; its text is decoded if `wanted`. False after an error. */
static bool string(struct ar_json *j, bool wanted)
{
	const char *p = j->p;
	size_t from = j->at + 1, i = from, bad;
	bool escapes = false;

	for (;;) {
		i += ar_jstr_plain(p + i, j->n - i);
		if (i < j->n && p[i] == '\\') {
			escapes = true;
			i += j->n - i > 1 ? 2 : 1;
			continue;
		}
		break;
	}
	bad = from + ar_jstr_check(p + from, i - from, NULL);
	if (bad < i || (i < j->n && p[i] != '"')) {
		fail(j, bad, "json_string", "%s in a string", ar_jstr_why(p, j->n, bad));
		return false;
	}
	if (i == j->n) {
		fail(j, j->at, "json_syntax", "a string that does not end");
		return false;
	}
	j->text = (struct ar_str){ p + from, i - from };
	if (escapes && wanted) {
		char *out = ar_arena_alloc(j->arena, i - from);

		j->text = (struct ar_str){ out, ar_jstr_decode(p + from, i - from, out) };
	}
	j->at = i + 1;
	return true;
}

static inline bool same_key(const struct ar_json_key *a, const struct ar_json_key *b)
{
	return a->hash == b->hash && ar_streq(a->s, b->s);
}

/* Where in the table of the innermost object the key stands, or has a free place; NULL = too far off. */
static uint32_t *slot_of(const struct ar_json *j, const struct ar_json_frame *f,
	const struct ar_json_key *k)
{
	uint32_t *table = j->slots + f->slot0;
	size_t mask = j->slots_n - f->slot0 - 1;

	for (size_t i = 0; i < PROBES; i++) {
		uint32_t *s = &table[(k->hash + i) & mask];

		if (!*s || same_key(&j->keys[f->key0 + *s - 1], k))
			return s;
	}
	return NULL;
}

/* Give the innermost object, which has `count` keys, a table of that size. */
static bool make_table(struct ar_json *j, const struct ar_json_frame *f, size_t count, size_t size)
{
	j->slots = enlarge(j, j->slots, &j->slots_cap, f->slot0 + size, sizeof *j->slots);
	j->slots_n = f->slot0 + size;
	memset(j->slots + f->slot0, 0, size * sizeof *j->slots);
	for (size_t i = 0; i < count; i++) {
		uint32_t *s = slot_of(j, f, &j->keys[f->key0 + i]);

		if (!s)
			return false;
		*s = (uint32_t)i + 1;
	}
	return true;
}

/* Enter a key of the innermost object. NULL, or the code of what is wrong with it. */
static const char *enter_key(struct ar_json *j, struct ar_str text)
{
	const struct ar_json_frame *f = &j->frames[j->depth - 1];
	struct ar_json_key k = { text, XXH3_64bits(text.p, text.n) };
	size_t count = j->keys_n - f->key0, size = j->slots_n - f->slot0;
	uint32_t *s;

	if (count < FEW) {
		for (size_t i = 0; i < count; i++)
			if (same_key(&j->keys[f->key0 + i], &k))
				return "json_duplicate";
	} else {
		if (count >= UINT32_MAX / 4)
			return "json_keys";
		if (2 * (count + 1) > size && !make_table(j, f, count, size ? 2 * size : TABLE))
			return "json_keys";
		s = slot_of(j, f, &k);
		if (!s)
			return "json_keys";
		if (*s)
			return "json_duplicate";
		*s = (uint32_t)count + 1;
	}
	j->keys = enlarge(j, j->keys, &j->keys_cap, j->keys_n + 1, sizeof *j->keys);
	j->keys[j->keys_n++] = k;
	return NULL;
}

static enum ar_jev key(struct ar_json *j)
{
	size_t begin = j->at;
	const char *code;

	if (peek(j) != '"')
		return unexpected(j, "a key in quotes");
	if (!string(j, true))
		return AR_J_ERROR;
	code = enter_key(j, j->text);
	if (code) {
		if (j->err)
			ar_err_field(j->err, NULL, j->text.p, j->text.n);
		return fail(j, begin, code, strcmp(code, "json_keys") == 0
			? "an object whose keys are made to collide" : "the same key twice in one object");
	}
	skip_space(j);
	if (peek(j) != ':')
		return unexpected(j, "a colon");
	j->at++;
	j->expect = VALUE;
	return AR_J_KEY;
}

/* At least one digit, or an error. */
static bool digits(struct ar_json *j)
{
	size_t from = j->at;

	while (j->at < j->n && ar_is_digit(j->p[j->at]))
		j->at++;
	if (j->at == from)
		unexpected(j, "a digit");
	return j->at > from;
}

static enum ar_jev number(struct ar_json *j)
{
	size_t from = j->at;
	int c;

	if (peek(j) == '-')
		j->at++;
	if (peek(j) == '0') {
		j->at++;
		if (j->at < j->n && ar_is_digit(j->p[j->at]))
			return fail(j, from, "json_syntax", "a number must not begin with 0");
	} else if (!digits(j)) {
		return AR_J_ERROR;
	}
	if (peek(j) == '.') {
		j->at++;
		if (!digits(j))
			return AR_J_ERROR;
	}
	c = peek(j);
	if (c == 'e' || c == 'E') {
		j->at++;
		c = peek(j);
		if (c == '+' || c == '-')
			j->at++;
		if (!digits(j))
			return AR_J_ERROR;
	}
	j->text = (struct ar_str){ j->p + from, j->at - from };
	return done(j, AR_J_NUM);
}

static enum ar_jev word(struct ar_json *j, struct ar_str w, enum ar_jev ev)
{
	if (j->n - j->at < w.n || memcmp(j->p + j->at, w.p, w.n) != 0)
		return fail(j, j->at, "json_syntax", "a word that is not true, false or null");
	j->at += w.n;
	return done(j, ev);
}

static enum ar_jev value(struct ar_json *j)
{
	int c = peek(j);

	switch (c) {
	case '"':
		return string(j, !j->skipping) ? done(j, AR_J_STR) : AR_J_ERROR;
	case '{':
		return open_container(j, true);
	case '[':
		return open_container(j, false);
	case 't':
		return word(j, AR_STR("true"), AR_J_TRUE);
	case 'f':
		return word(j, AR_STR("false"), AR_J_FALSE);
	case 'n':
		return word(j, AR_STR("null"), AR_J_NULL);
	default:
		return c == '-' || (c >= '0' && c <= '9') ? number(j) : unexpected(j, "a value");
	}
}

/* Behind a value in a container. */
static enum ar_jev comma_or_end(struct ar_json *j)
{
	bool object = j->frames[j->depth - 1].object;

	if (peek(j) == (object ? '}' : ']'))
		return close_container(j);
	if (peek(j) != ',')
		return unexpected(j, object ? "a comma or '}'" : "a comma or ']'");
	j->at++;
	skip_space(j);
	j->offset = j->at;
	return object ? key(j) : value(j);
}

static enum ar_jev step(struct ar_json *j)
{
	switch ((enum expect)j->expect) {
	case FIRST:
		if (ar_str_starts((struct ar_str){ j->p, j->n }, "\xEF\xBB\xBF"))
			return fail(j, 0, "json_bom", "a byte order mark before the document");
		return value(j);
	case VALUE_OR_END:
		return peek(j) == ']' ? close_container(j) : value(j);
	case VALUE:
		return value(j);
	case KEY_OR_END:
		return peek(j) == '}' ? close_container(j) : key(j);
	case COMMA_OR_END:
		return comma_or_end(j);
	case NOTHING:
		if (j->at < j->n)
			return unexpected(j, "nothing more");
		j->expect = OVER;
		return AR_J_END;
	case OVER:
		break;
	}
	return j->last;
}

enum ar_jev ar_json_next(struct ar_json *j)
{
	if (j->expect != OVER) {
		skip_space(j);
		j->offset = j->at;
		j->text = (struct ar_str){ NULL, 0 };
		j->last = step(j);
	}
	return j->last;
}

int ar_json_skip(struct ar_json *j)
{
	enum ar_jev ev = j->last;

	j->skipping = true;
	if (ev == AR_J_KEY)
		ev = ar_json_next(j);
	if (ev == AR_J_OBJ || ev == AR_J_ARR)
		for (unsigned outside = j->depth - 1; j->depth > outside && ev != AR_J_ERROR;)
			ev = ar_json_next(j);
	j->skipping = false;
	return ev == AR_J_ERROR ? -1 : 0;
}
