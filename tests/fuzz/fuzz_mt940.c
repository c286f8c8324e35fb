/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_mt940.c - any bytes as SWIFT messages, under a few maps; the promises of decode.h are checked. */
#include "config.h"

#include "syntax/mt940.h"

#include "../unit/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const maps[] = {
	"[map]\naccount = A\ncurrency = EUR\n",
	"[map]\ndetect = :20:\nencoding = din-66003\n",
	"[map]\nencoding = cp850\n",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		struct probe p = { 0 };
		struct ar_err e = { 0 };
		uint64_t hash;
		int rc = probe_decode(&ar_syntax_mt940, maps[i], (const char *)data, n, &p, &e);

		hash = p.hash;
		ar_assert(probe_decode(&ar_syntax_mt940, maps[i], (const char *)data, n, &p, &e) == rc && p.hash == hash);
	}
	return 0;
}
