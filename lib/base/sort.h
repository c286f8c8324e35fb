/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sort.h - stable merge sort (qsort is not stable and differs between systems). Needs n * size bytes of scratch. */
#ifndef AR_BASE_SORT_H
#define AR_BASE_SORT_H

#include <stddef.h>
#include <stdint.h>

void ar_sort(void *base, size_t n, size_t size, int (*cmp)(const void *a, const void *b, void *ctx), void *ctx);
/* Puts what stands at at[i] to place i, for every i, moving each element once; at is used up. at must hold each of 0..n-1 once. */
void ar_reorder(void *base, size_t n, size_t size, uint32_t *at);

#endif
