/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arena.h - memory that dies together. One arena per record (reset at each record), one per run.
 * Blocks are never moved, so pointers stay good until reset or release. Allocation never fails: out of memory
 * ends the program with status 4 (the one place where the library exits).
 */
#ifndef AR_BASE_ARENA_H
#define AR_BASE_ARENA_H

#include <stddef.h>

#include "base/str.h"

struct ar_chunk;
struct ar_arena {
	struct ar_chunk *first, *cur;
	char *at, *end;
};

#define AR_ARENA_INIT { 0 }

void *ar_arena_more(struct ar_arena *a, size_t n);
static inline void *ar_arena_alloc(struct ar_arena *a, size_t n)   /* 16-byte aligned, not cleared */
{
	n = (n + 15) & ~(size_t)15;
	if ((size_t)(a->end - a->at) >= n && a->at) {
		void *p = a->at;

		a->at += n;
		return p;
	}
	return ar_arena_more(a, n);
}
void *ar_arena_zero(struct ar_arena *a, size_t n);                 /* cleared */
char *ar_arena_dup(struct ar_arena *a, const char *p, size_t n);   /* a copy with a NUL behind it */
struct ar_str ar_arena_str(struct ar_arena *a, struct ar_str s);
char *ar_arena_fmt(struct ar_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void ar_arena_reset(struct ar_arena *a);      /* all memory can be used again; chunks are kept */
void ar_arena_release(struct ar_arena *a);

/* malloc family that never returns NULL. n = 0 gives a valid pointer. */
void *ar_malloc(size_t n);
void *ar_calloc(size_t n, size_t size);
void *ar_realloc(void *p, size_t n);
char *ar_strdup(const char *z);
_Noreturn void ar_no_memory(void);

#endif
