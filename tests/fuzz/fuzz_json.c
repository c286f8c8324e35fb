/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_json.c - any bytes as a JSON file, under a few maps; the promises of decode.h are checked. */
#include "config.h"

#include "syntax/json.h"

#include "../unit/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const maps[] = {
	"[map]\nrecord = .\ndetect = a\n",
	"[map]\nrecord = one: A/I rows L\nrecord = two: A/P\ndetect = A/I\n",
	"[map]\nrecord = A/I rows L/M\nencoding = iso-8859-15\n",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		struct probe p = { 0 };
		struct ar_err e = { 0 };
		uint64_t hash;
		int rc = probe_decode(&ar_syntax_json, maps[i], (const char *)data, n, &p, &e);

		hash = p.hash;
		ar_assert(probe_decode(&ar_syntax_json, maps[i], (const char *)data, n, &p, &e) == rc && p.hash == hash);
	}
	return 0;
}
