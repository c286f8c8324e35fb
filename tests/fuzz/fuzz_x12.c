/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_x12.c - any bytes through the decoder of that name. */
#include "config.h"

#include "syntax/x12.h"
#include "syntax.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct tried t;

	try_decode(&ar_syntax_x12, X12_CONF, data, n, &t);
	return 0;
}
