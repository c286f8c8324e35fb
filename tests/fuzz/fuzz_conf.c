/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_conf.c - any bytes as a configuration file; what parses is read in every way. */
#include "config.h"

#include "base/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void read_key(struct ar_conf_sec *s, struct ar_conf_key *k, struct ar_arena *a, struct ar_err *e)
{
	const char *name = ar_arena_dup(a, k->name.p, k->name.n);
	struct ar_conf_key *got;
	struct ar_str rest, piece, v;
	int64_t u;
	bool b;

	for (rest = k->value; ar_conf_split(&rest, '|', &piece); )
		ar_conf_unquote(a, piece);
	for (rest = k->value; ar_conf_word(&rest, &piece); )
		ar_assert(piece.n > 0);
	ar_assert(k->line > 0 && k->name.n > 0);
	if (ar_conf_get(s, name, &got, e) == 1)
		ar_assert(got == k);
	k->used = true;         /* a third one of the same name is not looked at */
	ar_conf_get_str(s, name, &v, e);
	ar_conf_get_bool(s, name, &b, e);
	ar_conf_get_uint(s, name, INT64_MAX, &u, e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ar_arena a = AR_ARENA_INIT;
	struct ar_err e;
	struct ar_conf c;
	int keys = 0;

	ar_err_clear(&e);
	if (ar_conf_parse(&c, &a, "fuzz.conf", (const char *)data, n, &e)) {
		ar_assert(e.exit == AR_USAGE && e.code && e.text[0]);
	} else {
		ar_conf_next_sec(&c, "emit", NULL);
		for (struct ar_conf_sec *s = c.secs; s; s = s->next)
			if (s->keys)
				ar_conf_next(s, "amount", NULL);
		ar_conf_unused(&c, &e);
		for (struct ar_conf_sec *s = c.secs; s; s = s->next) {
			s->used = true;
			for (struct ar_conf_key *k = s->keys; k && keys < 500; k = k->next, keys++)
				read_key(s, k, &a, &e);
		}
		if (keys < 500)
			ar_assert(ar_conf_unused(&c, &e) == 0);
	}
	ar_arena_release(&a);
	return 0;
}
