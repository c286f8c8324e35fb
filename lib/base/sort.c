/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sort.h"
#include "base/arena.h"

#include <stdlib.h>
#include <string.h>

/* Bottom-up: runs of 8 by insertion, then merged back and forth between the array and the scratch space. */
enum { RUN = 8 };

static void insertion(char *a, size_t n, size_t size, int (*cmp)(const void *, const void *, void *), void *ctx, char *t)
{
	for (size_t i = 1; i < n; i++) {
		size_t j = i;

		memcpy(t, a + i * size, size);
		for (; j > 0 && cmp(a + (j - 1) * size, t, ctx) > 0; j--)
			memcpy(a + j * size, a + (j - 1) * size, size);
		memcpy(a + j * size, t, size);
	}
}

static void merge(const char *a, size_t na, const char *b, size_t nb, char *out, size_t size,
                  int (*cmp)(const void *, const void *, void *), void *ctx)
{
	while (na && nb) {
		if (cmp(a, b, ctx) <= 0) {
			memcpy(out, a, size);
			a += size, na--;
		} else {
			memcpy(out, b, size);
			b += size, nb--;
		}
		out += size;
	}
	if (na)
		memcpy(out, a, na * size);
	if (nb)
		memcpy(out, b, nb * size);
}

void ar_sort(void *base, size_t n, size_t size, int (*cmp)(const void *a, const void *b, void *ctx), void *ctx)
{
	char *a = base, *b, *scratch;

	if (n < 2)
		return;
	scratch = ar_malloc((n + 1) * size);
	for (size_t i = 0; i < n; i += RUN)
		insertion(a + i * size, n - i < RUN ? n - i : RUN, size, cmp, ctx, scratch + n * size);
	b = scratch;
	for (size_t w = RUN; w < n; w *= 2) {
		char *t;

		for (size_t i = 0; i < n; i += 2 * w) {
			size_t na = n - i < w ? n - i : w;
			size_t nb = n - i - na < w ? n - i - na : w;

			merge(a + i * size, na, a + (i + na) * size, nb, b + i * size, size, cmp, ctx);
		}
		t = a, a = b, b = t;
	}
	if (a != base)
		memcpy(base, a, n * size);
	free(scratch);
}

void ar_reorder(void *base, size_t n, size_t size, uint32_t *at)
{
	char *p = base, *one = ar_malloc(size);

	for (size_t i = 0; i < n; i++) {
		size_t to = i;

		if (at[i] == i)
			continue;
		memcpy(one, p + i * size, size);
		while (at[to] != i) { /* round the ring that i is part of */
			size_t from = at[to];

			memcpy(p + to * size, p + from * size, size);
			at[to] = (uint32_t)to;
			to = from;
		}
		memcpy(p + to * size, one, size);
		at[to] = (uint32_t)to;
	}
	free(one);
}
