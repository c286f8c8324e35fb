/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/index.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum { HUGE_PAGE = 2 * 1024 * 1024 };

/* Slots are met at random: with large pages each costs one miss, not two. Where the system has none, nothing happens. */
static void large_pages(void *p, size_t n)
{
#ifdef MADV_HUGEPAGE
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), from = ((uintptr_t)p + page - 1) & ~(page - 1);

	if (n >= 2 * HUGE_PAGE)
		(void)madvise((void *)from, n - (from - (uintptr_t)p), MADV_HUGEPAGE);
#endif
}

void ar_index_grow(struct ar_index *x, const void *base, size_t size)
{
	uint32_t cap = x->slot ? (x->mask + 1) * 2 : 1024;

	if (!cap)
		ar_no_memory();
	free(x->slot);
	x->slot = ar_calloc(cap, sizeof *x->slot);
	large_pages(x->slot, cap * sizeof *x->slot);
	x->mask = cap - 1;
	for (uint32_t i = 0; i < x->n; i++) {
		struct ar_key k;
		uint32_t s;

		memcpy(&k, (const char *)base + (size_t)i * size, sizeof k);
		for (s = (uint32_t)k.lo & x->mask; x->slot[s]; s = (s + 1) & x->mask)
			;
		x->slot[s] = (k.hi & ~x->mask) | (i + 1);
	}
}

void ar_index_release(struct ar_index *x)
{
	free(x->slot);
	memset(x, 0, sizeof *x);
}
