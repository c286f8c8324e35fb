/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/in.h"
#include "base/arena.h"
#include "base/hash.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { BLOCK = 256 * 1024 };

struct ar_in {
	int fd;                  /* -1: read_fn instead */
	ssize_t (*read_fn)(void *ctx, char *p, size_t n, struct ar_err *e);
	void (*close_fn)(void *ctx);
	void *ctx;
	char *name;
	struct ar_sha *sha;
	char hex[65];
	struct stat st;
	bool started, gz, eof, z_open, z_done;
	uint64_t stored, decoded;
	char *raw;               /* stored bytes waiting to be inflated */
	size_t raw_at, raw_n;
	char *back;              /* bytes put back */
	size_t back_at, back_n;
	z_stream z;
};

static const char *base_name(const char *path)
{
	const char *s = strrchr(path, '/');

	return s ? s + 1 : path;
}

struct ar_in *ar_in_open(const char *path, const char *name, bool hash, struct ar_err *e)
{
	bool std = strcmp(path, "-") == 0;
	int fd = std ? 0 : open(path, O_RDONLY | O_CLOEXEC);
	struct ar_in *in;

	if (fd < 0) {
		ar_err_sys(e, "cannot open %s", path);
		e->exit = errno == ENOENT || errno == EACCES ? AR_USAGE : AR_SYSTEM;
		return NULL;
	}
	in = ar_calloc(1, sizeof *in);
	in->fd = fd;
	if (!name)
		name = std ? "stdin" : base_name(path);
	in->name = ar_malloc(strlen(name) + 1);
	memcpy(in->name, name, strlen(name) + 1);
	if (fstat(fd, &in->st) < 0) {
		ar_err_sys(e, "cannot read %s", std ? "standard input" : path);
		ar_in_close(in);
		return NULL;
	}
	if (S_ISDIR(in->st.st_mode)) {
		ar_err(e, AR_USAGE, "is_directory", "%s is a directory, not a file", std ? "standard input" : path);
		ar_in_close(in);
		return NULL;
	}
	if (S_ISFIFO(in->st.st_mode))
		fcntl(fd, F_SETPIPE_SZ, 1 << 20);       /* fewer switches; refused is fine */
	if (hash)
		in->sha = ar_sha_new();
	return in;
}

struct ar_in *ar_in_from(ssize_t (*read_fn)(void *ctx, char *p, size_t n, struct ar_err *e), void (*close_fn)(void *ctx), void *ctx,
                         const char *name, bool hash)
{
	struct ar_in *in = ar_calloc(1, sizeof *in);

	in->fd = -1;
	in->read_fn = read_fn;
	in->close_fn = close_fn;
	in->ctx = ctx;
	in->name = ar_strdup(name);
	if (hash)
		in->sha = ar_sha_new();
	return in;
}

/* A regular file must have the size and time that it had when it was opened: else it was still being written. */
static int unchanged(struct ar_in *in, struct ar_err *e)
{
	struct stat now;

	if (!S_ISREG(in->st.st_mode) || in->fd <= 0)
		return 0;
	if (fstat(in->fd, &now) == 0 && now.st_size == in->st.st_size && (uint64_t)now.st_size == in->stored
	    && now.st_mtim.tv_sec == in->st.st_mtim.tv_sec && now.st_mtim.tv_nsec == in->st.st_mtim.tv_nsec)
		return 0;
	ar_err(e, AR_DAMAGED, "changed", "the file changed while it was read");
	ar_err_advice(e, "let its writer finish, then run again");
	return ar_err_at(e, in->name, 0);
}

static ssize_t read_stored(struct ar_in *in, char *p, size_t n, struct ar_err *e)
{
	ssize_t k;

	if (in->read_fn) {
		k = in->read_fn(in->ctx, p, n, e);
		if (k < 0)
			return ar_err_at(e, in->name, 0);
	} else {
		do
			k = read(in->fd, p, n);
		while (k < 0 && errno == EINTR);
	}
	if (k < 0) {
		ar_err_sys(e, "cannot read");
		return ar_err_at(e, in->name, 0);
	}
	if (k == 0) {
		in->eof = true;
		if (in->sha) {
			uint8_t d[32];

			ar_sha_end(in->sha, d);
			ar_hex(d, 32, in->hex);
		}
		return unchanged(in, e);
	}
	in->stored += (uint64_t)k;
	if (in->sha)
		ar_sha_add(in->sha, p, (size_t)k);
	return k;
}

static int damaged(struct ar_in *in, struct ar_err *e, const char *what)
{
	ar_err(e, AR_DAMAGED, "gzip", "%s", what);
	ar_err_advice(e, "fetch the file again");
	return ar_err_at(e, in->name, 0);
}

static int refill(struct ar_in *in, struct ar_err *e)
{
	ssize_t k;

	if (in->raw_at < in->raw_n || in->eof)
		return 0;
	k = read_stored(in, in->raw, BLOCK, e);
	if (k < 0)
		return -1;
	in->raw_at = 0;
	in->raw_n = (size_t)k;
	return 0;
}

/* At a member's end: another member, the end, or garbage. 1 = go on, 0 = end, -1. */
static int next_member(struct ar_in *in, struct ar_err *e)
{
	if (refill(in, e) < 0)
		return -1;
	if (in->raw_at == in->raw_n)
		return 0;
	if ((unsigned char)in->raw[in->raw_at] != 0x1f)
		return damaged(in, e, "bytes follow the end of the compressed data");
	inflateReset(&in->z);
	in->z_done = false;
	return 1;
}

static ssize_t read_gzip(struct ar_in *in, char *p, size_t n, struct ar_err *e)
{
	in->z.next_out = (Bytef *)p;
	in->z.avail_out = (uInt)(n > 1 << 30 ? 1 << 30 : n);
	while (in->z.avail_out) {
		int r;

		if (in->z_done) {
			int more = next_member(in, e);

			if (more < 0)
				return -1;
			if (!more)
				break;
		}
		if (refill(in, e) < 0)
			return -1;
		if (in->raw_at == in->raw_n)
			return damaged(in, e, "the compressed file is cut off: it has no end");
		in->z.next_in = (Bytef *)in->raw + in->raw_at;
		in->z.avail_in = (uInt)(in->raw_n - in->raw_at);
		r = inflate(&in->z, Z_NO_FLUSH);
		in->raw_at = in->raw_n - in->z.avail_in;
		if (r == Z_STREAM_END)
			in->z_done = true;
		else if (r == Z_MEM_ERROR)
			ar_no_memory();
		else if (r != Z_OK && r != Z_BUF_ERROR)
			return damaged(in, e, "the compressed data is damaged");
		if (in->z_done || r == Z_BUF_ERROR) {
			if ((char *)in->z.next_out > p && in->raw_at == in->raw_n)
				break;
		}
	}
	n = (size_t)((char *)in->z.next_out - p);
	in->decoded += n;
	if (in->decoded > 16u << 20 && in->decoded / AR_IN_RATIO > in->stored)
		return damaged(in, e, "the compressed file grows beyond 200 times its size (limit decompression-ratio)");
	return (ssize_t)n;
}

static int start(struct ar_in *in, struct ar_err *e)
{
	ssize_t k;

	in->started = true;
	in->raw = ar_malloc(BLOCK);
	do {                                            /* two bytes are needed to see what it is */
		k = read_stored(in, in->raw + in->raw_n, BLOCK - in->raw_n, e);
		if (k < 0)
			return -1;
		in->raw_n += (size_t)k;
	} while (k > 0 && in->raw_n < 2);
	in->gz = in->raw_n >= 2 && (unsigned char)in->raw[0] == 0x1f && (unsigned char)in->raw[1] == 0x8b;
	if (in->gz) {
		if (inflateInit2(&in->z, 31) != Z_OK)
			ar_no_memory();
		in->z_open = true;
	}
	return 0;
}

ssize_t ar_in_read(struct ar_in *in, char *p, size_t n, struct ar_err *e)
{
	ssize_t k;

	if (in->back_at < in->back_n) {
		if (n > in->back_n - in->back_at)
			n = in->back_n - in->back_at;
		memcpy(p, in->back + in->back_at, n);
		in->back_at += n;
		return (ssize_t)n;
	}
	if (!in->started && start(in, e) < 0)
		return -1;
	if (in->gz)
		return read_gzip(in, p, n, e);
	if (in->raw_at < in->raw_n) {
		if (n > in->raw_n - in->raw_at)
			n = in->raw_n - in->raw_at;
		memcpy(p, in->raw + in->raw_at, n);
		in->raw_at += n;
		k = (ssize_t)n;
	} else {
		k = in->eof ? 0 : read_stored(in, p, n, e);
	}
	if (k > 0)
		in->decoded += (uint64_t)k;
	if (in->decoded > AR_IN_MAX) {
		ar_err(e, AR_DAMAGED, "too_large", "the input is larger than the limit (input-bytes)");
		return ar_err_at(e, in->name, 0);
	}
	return k;
}

void ar_in_unread(struct ar_in *in, const char *p, size_t n)
{
	size_t rest = in->back_n - in->back_at;
	char *b = ar_malloc(n + rest);

	memcpy(b, p, n);
	if (rest)
		memcpy(b + n, in->back + in->back_at, rest);
	free(in->back);
	in->back = b;
	in->back_at = 0;
	in->back_n = n + rest;
}

const char *ar_in_name(const struct ar_in *in) { return in->name; }
bool ar_in_gzip(const struct ar_in *in) { return in->gz; }
uint64_t ar_in_size(const struct ar_in *in) { return in->stored; }

const char *ar_in_sha256(struct ar_in *in)
{
	ar_assert(in->sha && in->hex[0]);
	return in->hex;
}

void ar_in_close(struct ar_in *in)
{
	if (!in)
		return;
	if (in->fd > 0)
		close(in->fd);
	if (in->close_fn)
		in->close_fn(in->ctx);
	if (in->z_open)
		inflateEnd(&in->z);
	ar_sha_free(in->sha);
	free(in->raw);
	free(in->back);
	free(in->name);
	free(in);
}

char *ar_in_slurp(const char *path, size_t max, size_t *n, struct ar_err *e)
{
	struct ar_in *in = ar_in_open(path, NULL, false, e);
	size_t cap = 64 * 1024, len = 0;
	char *p;

	if (!in)
		return NULL;
	p = ar_malloc(cap + 1);
	for (;;) {
		ssize_t k = ar_in_read(in, p + len, cap - len, e);

		if (k < 0)
			goto fail;
		if (k == 0)
			break;
		len += (size_t)k;
		if (len > max) {
			ar_err(e, AR_USAGE, "too_large", "the file is larger than %zu bytes", max);
			ar_err_at(e, ar_in_name(in), 0);
			goto fail;
		}
		if (len == cap)
			p = ar_realloc(p, (cap *= 2) + 1);
	}
	ar_in_close(in);
	p[len] = '\0';
	*n = len;
	return p;
fail:
	ar_in_close(in);
	free(p);
	return NULL;
}
