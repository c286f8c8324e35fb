/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/mt.h"

enum { N = 624, M = 397 };

void ar_mt_seed(struct ar_mt *m, uint32_t seed)
{
	m->s[0] = seed;
	for (uint32_t i = 1; i < N; i++)
		m->s[i] = 1812433253u * (m->s[i - 1] ^ m->s[i - 1] >> 30) + i;
	m->at = N;
}

static void twist(struct ar_mt *m)
{
	for (int i = 0; i < N; i++) {
		uint32_t y = (m->s[i] & 0x80000000u) | (m->s[(i + 1) % N] & 0x7FFFFFFFu);

		m->s[i] = m->s[(i + M) % N] ^ y >> 1 ^ (y & 1 ? 0x9908B0DFu : 0);
	}
	m->at = 0;
}

uint32_t ar_mt_next(struct ar_mt *m)
{
	uint32_t y;

	if (m->at == N)
		twist(m);
	y = m->s[m->at++];
	y ^= y >> 11;
	y ^= y << 7 & 0x9D2C5680u;
	y ^= y << 15 & 0xEFC60000u;
	return y ^ y >> 18;
}
