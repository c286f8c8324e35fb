/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * out.h - buffered output that is checked to the end. To a descriptor (standard output) or to a file that appears whole
 * or not at all: written under a temporary name in the same folder, fsynced, renamed, the folder fsynced. Files are made 0600.
 * A path that is no regular file, such as /dev/null or a named pipe, is written to as it is, never replaced.
 * A failed write is remembered: puts become no-ops and flush, commit and close report it. A failed fsync is never retried.
 */
#ifndef AR_BASE_OUT_H
#define AR_BASE_OUT_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

struct ar_out {
	int fd;                  /* -1 = closed */
	char *buf;
	size_t n, cap;
	int failed;              /* errno of the first failure */
	char *path, *tmp;        /* of a file; NULL for a descriptor */
	uint64_t written;
};

void ar_out_fd(struct ar_out *o, int fd);                                   /* not closed by us */
int ar_out_create(struct ar_out *o, const char *path, struct ar_err *e);    /* nothing at `path` changes before commit */
void ar_out_spill(struct ar_out *o, const char *p, size_t n);
static inline void ar_out_put(struct ar_out *o, const char *p, size_t n)
{
	if (!n)
		return;
	if (o->cap - o->n >= n) {
		memcpy(o->buf + o->n, p, n);
		o->n += n;
	} else {
		ar_out_spill(o, p, n);
	}
}
static inline void ar_out_str(struct ar_out *o, struct ar_str s) { ar_out_put(o, s.p, s.n); }
static inline void ar_out_puts(struct ar_out *o, const char *z) { ar_out_put(o, z, strlen(z)); }
int ar_out_flush(struct ar_out *o, struct ar_err *e);
int ar_out_commit(struct ar_out *o, struct ar_err *e);      /* file: flush, fsync, rename, fsync folder; descriptor: flush */
void ar_out_abort(struct ar_out *o);                        /* drop what was not committed; safe after commit too */

/* A whole file at once, the same way. Identical content already there is left untouched (its time too). */
int ar_out_file(const char *path, const char *p, size_t n, struct ar_err *e);
int ar_mkdirs(const char *path, struct ar_err *e);          /* mkdir -p, 0700 for what is new */

#endif
