/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * decode.h - run a decoder over bytes in memory, checking what every decoder promises to its sink: names and values are UTF-8
 * without NUL, no name twice in a row, `plain`, `framed` and `same_names` true when said, sub and last consistent. Breaking one aborts.
 */
#ifndef AR_TESTS_DECODE_H
#define AR_TESTS_DECODE_H

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/hash.h"
#include "map/syntax.h"
#include "rec/jstr.h"

struct probe {
	struct ar_sink sink;
	uint64_t rows, rejects, hash;   /* hash: of everything given */
	uint64_t row, above;
	uint32_t sub;
	bool last;
	const struct ar_str *name;
	int n;
	uint64_t names_hash, above_hash;
	uint64_t above_upto[256];       /* the hash of what stood above the last row, up to each of it */
	int nabove;
	int (*look)(struct probe *p, const struct ar_row *row);     /* one more check; NULL: none */
	void *arg;
};

static uint64_t probe_mix(uint64_t h, struct ar_str s)
{
	return (h ^ ar_hash64(s.p, s.n)) * 0x9E3779B97F4A7C15u + s.n;
}

static void probe_text(struct ar_str s, bool plain, bool padded)
{
	ar_assert(s.n == 0 || (ar_utf8_ok(s.p, s.n) && !memchr(s.p, '\0', s.n)));
	ar_assert(!plain || ar_jstr_plain(s.p, s.n) == s.n);
	if ((plain || padded) && s.n) {
		volatile char behind;

		for (int i = 0; i < 16; i++)
			behind = s.p[s.n + (size_t)i];
		(void)behind;
	}
}

static void probe_frame(struct ar_str s)
{
	volatile char behind;

	ar_assert(memcmp(s.p - 2, ",\"", 2) == 0 && memcmp(s.p + s.n, "\":\"", 3) == 0);
	for (int i = -2; i < 30; i++)
		behind = s.p[i];
	(void)behind;
	probe_text((struct ar_str){ s.p, s.n + 3 }, false, true);
	probe_text(s, true, false);
}

static void probe_names(const struct ar_row *row)
{
	struct ar_tab seen = { 0 };
	bool fresh;

	for (int i = 0; i < row->n + row->nabove; i++) {
		struct ar_str s = i < row->n ? row->name[i] : row->above_name[i - row->n];

		ar_assert(s.n > 0);
		ar_tab_add(&seen, s, &fresh);
		ar_assert(fresh);
	}
	ar_tab_release(&seen);
}

static int probe_row(struct ar_sink *s, const struct ar_row *row)
{
	struct probe *p = (struct probe *)s;
	uint64_t names = 0, above = 0;

	ar_assert(row->n >= 0 && row->row > 0 && row->above_same <= row->nabove && (!row->framed || (row->padded && row->plain_names)));
	for (int i = 0; i < row->n; i++) {
		probe_text(row->name[i], row->plain_names, false);
		probe_text(row->value[i], row->plain, row->padded);
		if (row->framed)
			probe_frame(row->name[i]);
		names = probe_mix(names, row->name[i]);
		p->hash = probe_mix(p->hash, row->value[i]);
	}
	for (int i = 0; i < row->nabove; i++) {
		probe_text(row->above_name[i], false, false);
		probe_text(row->above_value[i], false, row->framed);
		if (row->framed)
			probe_frame(row->above_name[i]);
		above = probe_mix(probe_mix(above, row->above_name[i]), row->above_value[i]);
		if (i < 256) {
			ar_assert(i + 1 != row->above_same || (i < p->nabove && p->above_upto[i] == above));
			p->above_upto[i] = above;
		}
	}
	ar_assert(!row->same_names || (p->name == row->name && p->n == row->n && p->names_hash == names));
	ar_assert(!row->nabove || p->above != row->above || p->above_hash == above);
	if (!row->same_names)
		probe_names(row);
	ar_assert(row->sub != 1 || p->sub == 0 || p->last);
	ar_assert(row->sub <= 1 || (p->row == row->row && p->sub + 1 == row->sub && !p->last));
	p->hash = probe_mix(p->hash ^ names ^ above ^ row->row ^ row->sub, AR_STR("."));
	p->name = row->name;
	p->n = row->n;
	p->names_hash = names;
	p->above = row->above;
	p->above_hash = above;
	p->nabove = row->nabove;
	p->row = row->row;
	p->sub = row->sub;
	p->last = row->last;
	p->rows++;
	return p->look ? p->look(p, row) : 0;
}

static int probe_reject(struct ar_sink *s, uint64_t row, struct ar_str raw, const struct ar_err *e)
{
	struct probe *p = (struct probe *)s;

	ar_assert(row > 0 && e->code && e->text[0]);
	probe_text(raw, false, false);
	p->rejects++;
	return 0;
}

/* What ar_decode's decode returns; *e and *p are set anew. map: the text of a map. */
static int probe_decode(const struct ar_syntax *syntax, const char *map, const char *data, size_t n, struct probe *p, struct ar_err *e)
{
	static int fd = -1;
	static char path[64];
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_conf conf;
	struct ar_decode d = { .err = e, .sink = &p->sink };
	char head[AR_PEEK], why[AR_WHY];
	int rc;

	if (fd < 0) {
		fd = memfd_create("probe", 0);
		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	}
	ar_assert(ftruncate(fd, 0) == 0 && pwrite(fd, data, n, 0) == (ssize_t)n);
	ar_err_clear(e);
	p->sink = (struct ar_sink){ probe_row, probe_reject };
	p->nabove = 0;
	p->rows = p->rejects = p->hash = p->row = p->sub = p->above = 0;
	p->name = NULL;
	p->last = true;
	ar_assert(ar_conf_parse(&conf, &mem, "probe.map", map, strlen(map), e) == 0 && ar_conf_get_sec(&conf, "map", &d.map, e) == 1);
	d.in = ar_in_open(path, "probe", true, e);
	ar_assert(d.in);
	memcpy(head, data, n < sizeof head ? n : sizeof head);
	syntax->detect((struct ar_str){ head, n < sizeof head ? n : sizeof head }, why, sizeof why);
	rc = syntax->match(&(struct ar_peek){ .map = d.map, .head = { head, n < sizeof head ? n : sizeof head }, .why = why, .err = e });
	ar_assert(rc >= 0);
	rc = syntax->decode(&d);
	ar_assert(rc == 0 || (rc == -1 && e->code && e->text[0] && e->exit));
	ar_in_close(d.in);
	ar_arena_release(&mem);
	return rc;
}

#endif
