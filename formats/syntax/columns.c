/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "syntax/columns.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "num/date.h"

static void release(struct ar_cols *c)
{
	ar_feed_close(&c->feed);
	ar_rowbuf_release(&c->row);
	ar_buf_release(&c->bytes);
	ar_buf_release(&c->said);
	ar_occur_release(&c->occur);
	free(c->line);
}

int ar_cols_run(struct ar_cols *c, struct ar_decode *d, int (*line)(void *x, struct ar_str), int (*at_end)(void *x), void *x)
{
	struct ar_str s;
	int rc = -1;

	c->row.sink = d->sink;
	if (ar_feed_open(&c->feed, d) == 0) {
		while ((rc = ar_cols_next(c, &s)) > 0)
			if (line(x, s) < 0) {
				rc = -1;
				break;
			}
		if (rc == 0)
			rc = at_end(x);
	}
	release(c);
	return rc;
}

void ar_cols_hold(struct ar_cols *c, int kind, struct ar_str line)
{
	if (c->n == c->cap)
		c->line = ar_realloc(c->line, (c->cap = c->cap * 2 + 1024) * sizeof *c->line);
	c->line[c->n++] = (struct ar_cols_line){ c->bytes.n, (uint32_t)line.n, (int16_t)kind, !ar_utf8_ascii(line.p, line.n), c->feed.line };
	ar_buf_put(&c->bytes, line.p, line.n);
	ar_buf_room(&c->bytes, AR_FEED_SPARE);
}

void ar_cols_drop(struct ar_cols *c)
{
	c->n = c->wide = 0;
	c->bytes.n = 0;
}

/* The offset of the character number k, from 0. */
static size_t offset(struct ar_str s, size_t k)
{
	size_t i = 0;

	while (i < s.n && k) {
		i++;
		while (i < s.n && ((unsigned char)s.p[i] & 0xC0) == 0x80)
			i++;
		k--;
	}
	return i;
}

static struct ar_str slice(struct ar_str s, size_t a, size_t b)
{
	b = b < s.n ? b : s.n;
	return a < b ? (struct ar_str){ s.p + a, b - a } : (struct ar_str){ s.p, 0 };
}

struct ar_str ar_cols_of(struct ar_str line, int from, int to)
{
	return slice(line, offset(line, (size_t)from - 1), offset(line, (size_t)to));
}

/* Where the characters of a line begin. */
static void measure(struct ar_cols *c, uint32_t i, struct ar_str s)
{
	size_t at = 0;

	for (int k = 0; k <= AR_COLS_WIDE; k++) {
		c->place[k] = (uint16_t)at;
		at += at < s.n;
		while (at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80)
			at++;
	}
	c->wide = i + 1;
}

struct ar_str ar_cols_raw(struct ar_cols *c, uint32_t i, int from, int to)
{
	const struct ar_cols_line *l = &c->line[i];
	struct ar_str s = { c->bytes.p + l->at, l->n };

	if (!l->wide)
		return slice(s, (size_t)from - 1, (size_t)to);
	if (c->wide != i + 1)
		measure(c, i, s);
	return slice(s, c->place[from - 1], c->place[to]);
}

struct ar_str ar_cols_text(struct ar_cols *c, uint32_t i, int from, int to)
{
	struct ar_str s = ar_cols_raw(c, i, from, to);

	while (s.n && s.p[s.n - 1] == ' ')
		s.n--;
	while (s.n && *s.p == ' ')
		s = (struct ar_str){ s.p + 1, s.n - 1 };
	return s;
}

/* ---- values ---- */

static bool says_nothing(struct ar_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != ' ' && s.p[i] != '0')
			return false;
	return true;
}

int ar_cols_day(struct ar_str s, const char *order, char iso[11])
{
	int part[3], y, m, d, rc = 1;
	bool year_first = order[0] == 'y';

	if (says_nothing(s))
		return -1;
	if (s.n != 6)
		return 0;
	for (int i = 0; i < 3; i++) {
		if (!ar_is_digit(s.p[2 * i]) || !ar_is_digit(s.p[2 * i + 1]))
			return 0;
		part[i] = (s.p[2 * i] - '0') * 10 + s.p[2 * i + 1] - '0';
	}
	y = 2000 + part[year_first ? 0 : 2];
	m = part[1];
	d = part[year_first ? 2 : 0];
	if (m < 1 || m > 12 || d < 1 || d > 31)
		return 0;
	if (d > ar_month_days(y, m)) {
		d = ar_month_days(y, m);
		rc = 2;
	}
	ar_date_z(iso, ar_date_from(y, m, d));
	return rc;
}

static void warn(struct ar_cols *c, struct ar_str name, const char *what, struct ar_str value)
{
	char code[96];

	snprintf(code, sizeof code, "%.*s: %s", (int)(name.n < 40 ? name.n : 40), name.p, what);
	ar_rowbuf_warn(&c->row, code, value);
}

void ar_cols_put_day(struct ar_cols *c, struct ar_str name, struct ar_str s, const char *order)
{
	char iso[11];
	int rc = ar_cols_day(s, order, iso);

	if (rc > 0)
		ar_rowbuf_copy(&c->row, name, (struct ar_str){ iso, 10 });
	if (rc == 0)
		warn(c, name, "no day", s);
	if (rc == 2)
		warn(c, name, "past the end of its month, taken as the last day", s);
}

bool ar_cols_put_amount(struct ar_cols *c, struct ar_str name, struct ar_str digits, size_t width, int decimals, bool neg, int64_t *minor)
{
	int64_t v = 0;

	*minor = 0;
	for (size_t i = 0; i < digits.n; i++) {
		if (!ar_is_digit(digits.p[i]) || v > AR_MONEY_MAX / 10) {
			warn(c, name, "no amount", digits);
			return false;
		}
		v = v * 10 + (digits.p[i] - '0');
	}
	if (digits.n != width) {
		warn(c, name, "no amount", digits);
		return false;
	}
	*minor = neg ? -v : v;
	return ar_rowbuf_number(&c->row, name, *minor, decimals);
}

int ar_cols_finding(struct ar_cols *c, uint64_t line, const char *code, const char *severity)
{
	int rc = ar_rowbuf_finding(&c->row, line, code, severity, ar_buf_slice(&c->said));

	c->said.n = 0;
	return rc;
}

int ar_cols_stray(struct ar_cols *c, const char *what)
{
	c->said.n = 0;
	ar_buf_puts(&c->said, what);
	return ar_cols_finding(c, c->feed.line, "record_out_of_place", "warning");
}

uint32_t ar_cols_occurrence(struct ar_cols *c)
{
	uint32_t k = ar_occur_next(&c->occur, ar_hash128(c->said.p, c->said.n));

	c->said.n = 0;
	return k;
}

int ar_cols_next(struct ar_cols *c, struct ar_str *line)
{
	bool whole;
	int rc = ar_feed_line(&c->feed, line, &whole);

	if (rc > 0 && !whole)
		return ar_feed_fail(&c->feed, "line_limit", "a line of more than 1 MiB (limit feed-line)", "is it a file of lines?");
	if (rc > 0 && line->n > AR_COLS_LINE)
		for (line->n = AR_COLS_LINE; ((unsigned char)line->p[line->n] & 0xC0) == 0x80; line->n--)
			;
	return rc;
}

/* ---- detection ---- */

bool ar_cols_search(struct ar_str head, bool (*is)(struct ar_str line))
{
	while (head.n) {
		const char *lf = memchr(head.p, '\n', head.n), *cr;
		size_t n = lf ? (size_t)(lf - head.p) : head.n;

		cr = n ? memchr(head.p, '\r', n) : NULL;
		if (is((struct ar_str){ head.p, cr ? (size_t)(cr - head.p) : n }))
			return true;
		n = cr && cr + 1 != lf ? (size_t)(cr - head.p) : n;
		n += n < head.n;
		head = (struct ar_str){ head.p + n, head.n - n };
	}
	return false;
}

int ar_cols_detect(struct ar_str head, bool (*is)(struct ar_str line), const char *what, char *why, size_t cap)
{
	struct ar_peek peek = { .head = head };
	struct ar_buf room = AR_BUF_INIT;
	bool yes = ar_cols_search(ar_text_head(&room, &peek, false), is);

	if (yes)
		snprintf(why, cap, "%s", what);
	ar_buf_release(&room);
	return yes ? 96 : 0;
}

int ar_cols_match(struct ar_peek *p, const char *what)
{
	struct ar_conf_key *k;
	int rc = ar_conf_get(p->map, "detect", &k, p->err);

	snprintf(p->why, AR_WHY, "%s", rc > 0 ? what : "it has no detect line");
	if (rc > 0 && !ar_streqz(k->value, "any")) {
		ar_err(p->err, AR_USAGE, "map_value", "detect can only be: any");
		return ar_err_at(p->err, p->map->file, k->line);
	}
	return rc;
}
