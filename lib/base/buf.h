/* SPDX-License-Identifier: GPL-3.0-or-later */
/* buf.h - growing bytes. `p` may move on every put; it is NUL-terminated only after ar_buf_z. */
#ifndef AR_BASE_BUF_H
#define AR_BASE_BUF_H

#include <stdint.h>
#include <string.h>

#include "base/str.h"

struct ar_buf {
	char *p;
	size_t n, cap;
};

#define AR_BUF_INIT { 0 }

void ar_buf_grow(struct ar_buf *b, size_t more);            /* make room for `more` bytes beyond n */
static inline void ar_buf_room(struct ar_buf *b, size_t more)
{
	if (b->cap - b->n < more)
		ar_buf_grow(b, more);
}
static inline void ar_buf_put(struct ar_buf *b, const char *p, size_t n)
{
	ar_buf_room(b, n);
	if (n)
		memcpy(b->p + b->n, p, n);
	b->n += n;
}
static inline void ar_buf_c(struct ar_buf *b, char c)
{
	ar_buf_room(b, 1);
	b->p[b->n++] = c;
}
static inline void ar_buf_str(struct ar_buf *b, struct ar_str s) { ar_buf_put(b, s.p, s.n); }
static inline void ar_buf_puts(struct ar_buf *b, const char *z) { ar_buf_put(b, z, strlen(z)); }
static inline struct ar_str ar_buf_slice(const struct ar_buf *b) { return (struct ar_str){ b->p, b->n }; }
void ar_buf_int(struct ar_buf *b, int64_t v);
void ar_buf_fmt(struct ar_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
char *ar_buf_z(struct ar_buf *b);                           /* puts a NUL behind the bytes (not counted), returns p */
void ar_buf_release(struct ar_buf *b);

#endif
