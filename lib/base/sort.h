/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sort.h - stable merge sort (qsort is not stable and differs between systems). Needs n * size bytes of scratch. */
#ifndef AR_BASE_SORT_H
#define AR_BASE_SORT_H

#include <stddef.h>

void ar_sort(void *base, size_t n, size_t size, int (*cmp)(const void *a, const void *b, void *ctx), void *ctx);

#endif
