/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/buf.h"
#include "base/arena.h"
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void ar_buf_grow(struct ar_buf *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 256;

	if (more > SIZE_MAX / 4 || b->n > SIZE_MAX / 4)
		ar_no_memory();
	while (cap - b->n < more)
		cap *= 2;
	b->p = ar_realloc(b->p, cap);
	b->cap = cap;
}

void ar_buf_int(struct ar_buf *b, int64_t v)
{
	ar_buf_room(b, 24);
	if (v < 0)
		b->p[b->n++] = '-';
	b->n += ar_uint_put(b->p + b->n, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void ar_buf_fmt(struct ar_buf *b, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	ar_assert(n >= 0);
	ar_buf_room(b, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(b->p + b->n, (size_t)n + 1, fmt, ap);
	va_end(ap);
	b->n += (size_t)n;
}

char *ar_buf_z(struct ar_buf *b)
{
	ar_buf_room(b, 1);
	b->p[b->n] = '\0';
	return b->p;
}

void ar_buf_release(struct ar_buf *b)
{
	free(b->p);
	b->p = NULL;
	b->n = b->cap = 0;
}
