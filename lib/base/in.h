/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * in.h - one input: a file or standard input, gzip seen through.
 *
 * gzip is inflated by our own loop, because zlib's gzread takes a truncated file for a whole one: every member must end, nothing
 * but another member may follow. Bytes handed out before the end are provisional: only when ar_in_read has returned 0 is the
 * input whole. Limits: bytes after decompression, and the ratio of decompression (a bomb is refused).
 */
#ifndef AR_BASE_IN_H
#define AR_BASE_IN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/err.h"

#define AR_IN_MAX (1ULL << 42)         /* bytes of one input after decompression */
#define AR_IN_RATIO 200                /* decompressed : stored, once more than 16 MiB came out */

struct ar_in;

/* path "-" is standard input. name: how messages and provenance call it (NULL: the path's base name, "stdin" for "-"); copied.
 * hash: compute the SHA-256 of the stored bytes while reading. NULL and *e on failure. */
struct ar_in *ar_in_open(const char *path, const char *name, bool hash, struct ar_err *e);
/* Bytes from elsewhere (a member of an archive): read as ar_in_read would give them stored; close frees ctx. */
struct ar_in *ar_in_from(ssize_t (*read)(void *ctx, char *p, size_t n, struct ar_err *e), void (*close)(void *ctx), void *ctx,
                         const char *name, bool hash);
/* Up to n decoded bytes; 0 = the true end, -1 = failure (*e; AR_SYSTEM for I/O, AR_DAMAGED for a bad gzip). */
ssize_t ar_in_read(struct ar_in *in, char *p, size_t n, struct ar_err *e);
/* Put back n bytes just read, so that the next reads give them again (detection). At most 1 MiB, before any further read. */
void ar_in_unread(struct ar_in *in, const char *p, size_t n);
const char *ar_in_name(const struct ar_in *in);
bool ar_in_gzip(const struct ar_in *in);
uint64_t ar_in_size(const struct ar_in *in);              /* stored bytes so far */
const char *ar_in_sha256(struct ar_in *in);               /* 64 hex digits, after the end was reached, if asked for */
void ar_in_close(struct ar_in *in);

/* A whole small file (map, policy). Bytes in memory from ar_malloc, *n their count, NUL behind; NULL and *e on failure. */
char *ar_in_slurp(const char *path, size_t max, size_t *n, struct ar_err *e);

#endif
