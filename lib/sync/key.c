/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/key.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/sort.h"

#include <stdlib.h>

static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

static void line(struct ar_buf *b, const char *name, struct ar_str value)
{
	ar_buf_puts(b, name);
	ar_buf_c(b, '=');
	ar_buf_str(b, value);
	ar_buf_c(b, '\n');
}

static int by_bytes(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp(*(const struct ar_str *)a, *(const struct ar_str *)b);
}

void ar_key_text(const struct ar_key *k, struct ar_buf *b)
{
	struct ar_str *t = ar_malloc(((size_t)k->ntarget + 1) * sizeof *t);

	for (int i = 0; i < k->ntarget; i++)
		t[i] = k->target[i];
	ar_sort(t, (size_t)k->ntarget, sizeof *t, by_bytes, NULL);
	ar_buf_puts(b, "arpipe posting 1\n");
	line(b, "entity", k->entity);
	line(b, "system", k->system);
	line(b, "kind", k->kind);
	line(b, "source", k->source);
	for (int i = 0; i < k->ntarget; i++)
		line(b, "target", t[i]);
	ar_buf_puts(b, "step=");
	ar_buf_int(b, k->step);
	ar_buf_puts(b, "\nsequence=");
	ar_buf_int(b, k->sequence);
	ar_buf_c(b, '\n');
	free(t);
}

void ar_key_hash(struct ar_str text, char key[AR_KEY_HEX + 1], char wire[AR_KEY_WIRE + 1])
{
	uint8_t d[32];

	ar_sha256(text.p, text.n, d);
	ar_hex(d, sizeof d, key);
	ar_base32(d, 10, wire);
}

void ar_key_make(const struct ar_key *k, char key[AR_KEY_HEX + 1], char wire[AR_KEY_WIRE + 1])
{
	struct ar_buf b = AR_BUF_INIT;

	ar_key_text(k, &b);
	ar_key_hash(ar_buf_slice(&b), key, wire);
	ar_buf_release(&b);
}

void ar_base32(const uint8_t *p, size_t n, char *out)
{
	unsigned bits = 0, acc = 0;

	for (size_t i = 0; i < n; i++) {
		acc = acc << 8 | p[i];
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			*out++ = crockford[acc >> bits & 31];
		}
		acc &= (1u << bits) - 1;
	}
	if (bits)
		*out++ = crockford[acc << (5 - bits) & 31];
	*out = '\0';
}

size_t ar_wire_span(const char *p, size_t n)
{
	size_t i = 0;

	while (i < n && p[i] && strchr(crockford, p[i]))
		i++;
	return i;
}
