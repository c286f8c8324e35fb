/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/arena.h"
#include "base/err.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct ar_chunk {
	struct ar_chunk *next;
	size_t size;
	_Alignas(16) char data[];
};

enum { CHUNK = 64 * 1024 };

void ar_no_memory(void)
{
	static const char msg[] = "arpipe: out of memory; nothing was completed. Give the tool more memory or smaller input.\n";
	ssize_t k = write(2, msg, sizeof msg - 1);

	_exit(k < 0 ? AR_SYSTEM : AR_SYSTEM);
}

void *ar_malloc(size_t n)
{
	void *p = malloc(n ? n : 1);

	if (!p)
		ar_no_memory();
	return p;
}

void *ar_calloc(size_t n, size_t size)
{
	void *p = calloc(n ? n : 1, size ? size : 1);

	if (!p)
		ar_no_memory();
	return p;
}

void *ar_realloc(void *old, size_t n)
{
	void *p = realloc(old, n ? n : 1);

	if (!p)
		ar_no_memory();
	return p;
}

char *ar_strdup(const char *z)
{
	size_t n = strlen(z) + 1;

	return memcpy(ar_malloc(n), z, n);
}

static void use(struct ar_arena *a, struct ar_chunk *c)
{
	a->cur = c;
	a->at = c->data;
	a->end = c->data + c->size;
}

void *ar_arena_more(struct ar_arena *a, size_t n)
{
	struct ar_chunk *c = a->cur ? a->cur->next : a->first;
	void *p;

	while (c && c->size < n) {          /* kept from before a reset, but too small: pass over it */
		a->cur = c;
		c = c->next;
	}
	if (!c) {
		size_t size = n > CHUNK ? n : CHUNK;

		if (size > SIZE_MAX - sizeof *c)
			ar_no_memory();
		c = ar_malloc(sizeof *c + size);
		c->size = size;
		c->next = NULL;
		if (a->cur)
			a->cur->next = c;
		else
			a->first = c;
	}
	use(a, c);
	p = a->at;
	a->at += n;
	return p;
}

void *ar_arena_zero(struct ar_arena *a, size_t n)
{
	return memset(ar_arena_alloc(a, n), 0, n);
}

char *ar_arena_dup(struct ar_arena *a, const char *p, size_t n)
{
	char *q = ar_arena_alloc(a, n + 1);

	if (n)
		memcpy(q, p, n);
	q[n] = '\0';
	return q;
}

struct ar_str ar_arena_str(struct ar_arena *a, struct ar_str s)
{
	return (struct ar_str){ ar_arena_dup(a, s.p, s.n), s.n };
}

char *ar_arena_fmt(struct ar_arena *a, const char *fmt, ...)
{
	va_list ap;
	int n;
	char *p;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	ar_assert(n >= 0);
	p = ar_arena_alloc(a, (size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return p;
}

void ar_arena_reset(struct ar_arena *a)
{
	if (a->first)
		use(a, a->first);
}

void ar_arena_release(struct ar_arena *a)
{
	struct ar_chunk *c = a->first, *next;

	for (; c; c = next) {
		next = c->next;
		free(c);
	}
	memset(a, 0, sizeof *a);
}
