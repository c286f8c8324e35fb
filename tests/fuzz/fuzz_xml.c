/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_xml.c - any bytes as a XML file, under a few maps; the promises of decode.h are checked. */
#include "config.h"

#include "syntax/xml.h"

#include "../unit/decode.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const maps[] = {
	"[map]\nrecord = D/S\ndetect = D/S\n",
	"[map]\nrecord = s: D/S\nrecord = e: D/S/N rows T/X\ndetect = namespace urn:x\n",
	"[map]\nrecord = D rows S\n",
	"[map]\nrecord = D/S\nrecord = D/S/N rows T/X rows R/Y\ndetect = D/S, E\ndetect = D/S/N\n",
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	for (size_t i = 0; i < sizeof maps / sizeof *maps; i++) {
		struct probe p = { 0 };
		struct ar_err e = { 0 };
		uint64_t hash;
		int rc = probe_decode(&ar_syntax_xml, maps[i], (const char *)data, n, &p, &e);

		hash = p.hash;
		ar_assert(probe_decode(&ar_syntax_xml, maps[i], (const char *)data, n, &p, &e) == rc && p.hash == hash);
	}
	return 0;
}
