/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An archive cut at every byte and with single bytes changed: never taken for a whole one, no crash. */
#include "config.h"

#include <stdlib.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/zip.h"
#include "tap.h"

enum { CHANGES = 3000 };

struct bytes { const char *p; size_t n, at; };

static ssize_t give(void *ctx, char *p, size_t n, struct ar_err *e)
{
	struct bytes *b = ctx;

	n = n < b->n - b->at ? n : b->n - b->at;
	memcpy(p, b->p + b->at, n);
	b->at += n;
	return (ssize_t)n;
}

static void nothing(void *ctx)
{
}

/* Bytes of all files of an archive, -1: refused. Their text is added to *out. */
static int64_t read_all(const char *p, size_t n, struct ar_buf *out)
{
	struct bytes b = { p, n, 0 };
	struct ar_err e = { 0 };
	struct ar_in *in = ar_in_from(give, nothing, &b, "a.zip", false), *m;
	struct ar_zip *z = ar_zip_open(in, &e);
	int64_t sum = 0;
	char room[64];
	ssize_t k = 0;

	for (int i = 0; z && i < ar_zip_count(z) && k >= 0; i++) {
		m = ar_zip_member(z, i, false, &e);
		k = m ? 1 : -1;
		while (k > 0 && (k = ar_in_read(m, room, sizeof room, &e)) > 0) {
			sum += k;
			ar_buf_put(out, room, (size_t)k);
		}
		ar_in_close(m);
	}
	ar_zip_close(z);
	ar_in_close(in);
	return !z || k < 0 ? -1 : sum;
}

int main(void)
{
	static const char want[] = "<D><S><i>1</i></S></D>\n<D><S><i>2</i></S><S><i>3</i></S></D>\n";
	const char *src = getenv("top_srcdir");
	struct ar_buf out = AR_BUF_INIT;
	struct ar_err e = { 0 };
	char path[4096], *p;
	size_t n, taken = 0, wrong = 0;
	uint32_t seed = 20261030;

	snprintf(path, sizeof path, "%s/tests/golden/ar-extract/zip/in.zip", src ? src : ".");
	p = ar_in_slurp(path, 1 << 16, &n, &e);
	if (!ok(p != NULL, "the archive is there"))
		return done_testing();
	is_int(read_all(p, n, &out), sizeof want - 1, "two files; no folder, nothing a desktop added");
	ok(ar_streqz(ar_buf_slice(&out), want), "as they were packed");
	for (size_t k = 0; k < n; k++)
		taken += read_all(p, k, &out) >= 0;
	is_int((int64_t)taken, 0, "no prefix is taken for an archive");
	for (int k = 0; k < CHANGES; k++) {
		size_t at;
		char was;

		seed = seed * 1664525 + 1013904223;
		at = (seed >> 8) % n;
		was = p[at];
		p[at] ^= (char)(1u << (seed & 7));
		out.n = 0;
		wrong += read_all(p, n, &out) == sizeof want - 1 && !ar_streqz(ar_buf_slice(&out), want);
		p[at] = was;
	}
	is_int((int64_t)wrong, 0, "no changed byte changes what is read unseen");
	ok(ar_zip_begins((struct ar_str){ p, n }) && !ar_zip_begins(AR_STR("<?xml")), "seen from the first bytes");
	ok(!ar_zip_begins((struct ar_str){ "PK\3\4..[Content_Types].xml", 25 }), "an office document is no archive of inputs");
	ar_buf_release(&out);
	free(p);
	return done_testing();
}
