/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_coda.c - any bytes through the decoder of that name; the promises of decode.h are checked. */
#include "config.h"

#include "syntax/coda.h"

#include "../unit/decode.h"
#include "bank_maps.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct probe p = { 0 };
	struct ar_err e = { 0 };

	probe_decode(&ar_syntax_coda, MAP_ANY, (const char *)data, n, &p, &e);
	return 0;
}
