/* SPDX-License-Identifier: GPL-3.0-or-later */
/* syntax.h - bytes through a decoder, its rows checked for what syntax.h promises their readers. */
#ifndef AR_TESTS_SYNTAX_H
#define AR_TESTS_SYNTAX_H

#include "base/arena.h"
#include "map/syntax.h"
#include "rec/jstr.h"

struct tried { struct ar_sink sink; uint64_t rows, rejects; char seen; };

static void try_text(struct tried *t, struct ar_str s, bool plain)
{
	ar_assert(ar_utf8_ok(s.p ? s.p : "", s.n) && !(s.n && memchr(s.p, '\0', s.n)));
	if (!plain)
		return;
	ar_assert(ar_jstr_plain(s.p, s.n) == s.n);
	for (size_t i = 0; i < s.n + 16; i++)           /* whoever copies by sixteen reads as far */
		t->seen ^= s.p[i];
}

static int try_row(struct ar_sink *s, const struct ar_row *row)
{
	struct tried *t = (struct tried *)s;

	ar_assert(row->n > 0 && row->n <= 1024 + 2);
	for (int i = 0; i < row->n; i++) {
		ar_assert(row->name[i].n > 0);
		try_text(t, row->name[i], row->plain_names);
		try_text(t, row->value[i], row->plain);
		for (int k = 0; k < i; k++)
			ar_assert(!ar_streq(row->name[i], row->name[k]));
	}
	for (int i = 0; i < row->nabove; i++) {
		try_text(t, row->above_name[i], false);
		try_text(t, row->above_value[i], false);
	}
	t->rows++;
	return 0;
}

static int try_reject(struct ar_sink *s, uint64_t row, struct ar_str raw, const struct ar_err *e)
{
	ar_assert(e->code && e->text[0] && ar_utf8_ok(raw.p, raw.n));
	((struct tried *)s)->rejects++;
	return 0;
}

/* conf: a [map] section. What decode gives; -1 has a sentence. */
static int try_decode(const struct ar_syntax *x, const char *conf, const uint8_t *data, size_t n, struct tried *t)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_conf_sec *map = NULL;
	struct ar_err e = { 0 };
	struct ar_conf c;
	struct ar_decode d = { .err = &e };
	char why[AR_WHY] = "";
	int rc;

	*t = (struct tried){ .sink = { try_row, try_reject } };
	ar_assert(ar_conf_parse(&c, &mem, "t.map", conf, strlen(conf), &e) == 0 && ar_conf_get_sec(&c, "map", &map, &e) == 1);
	d.map = map;
	d.sink = &t->sink;
	d.in = ar_in_open("/dev/null", "t", false, &e);
	ar_assert(d.in);
	n = n < 1024 * 1024 ? n : 1024 * 1024;
	ar_in_unread(d.in, (const char *)data, n);
	x->detect((struct ar_str){ (const char *)data, n < AR_PEEK ? n : AR_PEEK }, why, sizeof why);
	x->match(&(struct ar_peek){ .map = map, .head = { (const char *)data, n < AR_PEEK ? n : AR_PEEK }, .why = why, .err = &e });
	rc = x->decode(&d);
	ar_assert(rc == 0 || (e.code && e.text[0]));
	ar_in_close(d.in);
	ar_arena_release(&mem);
	return rc;
}

#define BAI2_CONF "[map]\ndetect = any\ncredit = 910-919\nkey = EREF:, REMI:\nkey_inside = ORG=, DES:\n"
#define NACHA_CONF "[map]\ndetect = any\n"
#define X12_CONF "[map]\ndetect = 820\n"
#define LOCKBOX_CONF "[map]\ndetect = width 1-400, none\nfield = 1 origin 14-23\nfield = 5 lockbox 8-14\nfield = 5 deposit_date 15-20 date yymmdd\n" \
	"field = 6 check 37-46 number\nfield = 6 remitter 53-82\nfield = 4 memo 12-41\nfield = 4 invoice 12-26\nfield = 4 amount 27-36 amount\n" \
	"field = 4 invoice#2 37-51\nfield = 4 amount#2 52-61 amount 3\n"

#endif
