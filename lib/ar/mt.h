/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mt.h - the Mersenne twister MT19937 (Matsumoto and Nishimura 1998): integers only, so the same numbers everywhere.
 * Always with a seed that the caller names; never for secrets.
 */
#ifndef AR_AR_MT_H
#define AR_AR_MT_H

#include <stdint.h>

struct ar_mt { uint32_t s[624]; int at; };

void ar_mt_seed(struct ar_mt *m, uint32_t seed);
uint32_t ar_mt_next(struct ar_mt *m);                    /* 0 .. 2^32 - 1 */
static inline uint32_t ar_mt_below(struct ar_mt *m, uint32_t n)  /* 0 .. n - 1; uneven by n / 2^32 at most */
{
	return (uint32_t)((uint64_t)ar_mt_next(m) * n >> 32);
}

#endif
