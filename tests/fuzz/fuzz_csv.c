/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_csv.c - any bytes as a CSV file, under a few maps; the promises of decode.h are checked. */
#include "config.h"

#include "syntax/csv.h"

#include "../unit/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const maps[] = {
	"[map]\ndetect = a, b\n",
	"[map]\nheader = a#1\ntotals = report\nragged = trim\n",
	"[map]\ndelimiter = ;\nencoding = windows-1252\ndetect = a\n",
	"[map]\ncolumns = a, b, a\ndetect = a like 9*9, b like A?*\nabove = x, one, -, two\nquotes = text\n",
	"[map]\nheader = a\nwidth = 3\nabove = x, one, two\nabove = y, two\nbelow = a, three, one\nbelow = t\nragged = trim\nencoding = windows-1250\n",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		struct probe p = { 0 };
		struct ar_err e = { 0 };
		uint64_t hash;
		int rc = probe_decode(&ar_syntax_csv, maps[i], (const char *)data, n, &p, &e);

		hash = p.hash;
		ar_assert(probe_decode(&ar_syntax_csv, maps[i], (const char *)data, n, &p, &e) == rc && p.hash == hash);
	}
	return 0;
}
