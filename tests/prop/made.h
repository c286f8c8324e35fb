/* SPDX-License-Identifier: GPL-3.0-or-later */
/* made.h - what made-up books are made with: numbers by chance from a seed (rng, never 0), and texts that live in an arena. */
#ifndef AR_TESTS_MADE_H
#define AR_TESTS_MADE_H

#include <stdarg.h>
#include <stdio.h>

#include "base/arena.h"

static uint64_t rng;

static inline uint32_t below(uint32_t n)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return (uint32_t)(rng >> 32) % n;
}

static inline struct ar_str made_text(struct ar_arena *mem, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static inline struct ar_str made_text(struct ar_arena *mem, const char *fmt, ...)
{
	char out[800];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(out, sizeof out, fmt, ap);
	va_end(ap);
	return ar_arena_str(mem, (struct ar_str){ out, n < (int)sizeof out ? (size_t)n : sizeof out - 1 });
}

#endif
