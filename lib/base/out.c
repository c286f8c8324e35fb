/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/out.h"
#include "base/arena.h"
#include "base/in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024 };

void ar_out_fd(struct ar_out *o, int fd)
{
	struct stat st;

	memset(o, 0, sizeof *o);
	o->fd = fd;
	o->buf = ar_malloc(BLOCK);
	o->cap = BLOCK;
	if (fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode))
		fcntl(fd, F_SETPIPE_SZ, 1 << 20);       /* fewer switches; refused is fine */
}

static void ready(struct ar_out *o, const char *path, size_t n)
{
	o->path = ar_malloc(n + 1);
	memcpy(o->path, path, n + 1);
	o->buf = ar_malloc(BLOCK);
	o->cap = BLOCK;
}

/* A device or a named pipe is written to; renaming a file over /dev/null would take it from everybody. */
static int open_special(struct ar_out *o, const char *path, struct ar_err *e)
{
	o->fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
	if (o->fd < 0)
		return ar_err_sys(e, "cannot open %s", path);
	ready(o, path, strlen(path));
	return 0;
}

int ar_out_create(struct ar_out *o, const char *path, struct ar_err *e)
{
	size_t n = strlen(path);
	struct stat st;

	memset(o, 0, sizeof *o);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return open_special(o, path, e);
	o->tmp = ar_malloc(n + 32);
	snprintf(o->tmp, n + 32, "%s.%ld.tmp", path, (long)getpid());
	o->fd = open(o->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (o->fd < 0 && errno == EEXIST && unlink(o->tmp) == 0)     /* left by a dead run that had our number */
		o->fd = open(o->tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (o->fd < 0) {
		ar_err_sys(e, "cannot create %s", path);
		free(o->tmp);
		memset(o, 0, sizeof *o);
		o->fd = -1;
		return -1;
	}
	ready(o, path, n);
	return 0;
}

static void write_all(struct ar_out *o, const char *p, size_t n)
{
	while (n && !o->failed) {
		ssize_t k = write(o->fd, p, n);

		if (k < 0) {
			if (errno != EINTR)
				o->failed = errno;
			continue;
		}
		p += k;
		n -= (size_t)k;
		o->written += (uint64_t)k;
	}
}

void ar_out_spill(struct ar_out *o, const char *p, size_t n)
{
	write_all(o, o->buf, o->n);
	o->n = 0;
	if (n >= o->cap) {
		write_all(o, p, n);
	} else {
		memcpy(o->buf, p, n);
		o->n = n;
	}
}

static int report(struct ar_out *o, const char *what, struct ar_err *e)
{
	errno = o->failed;
	ar_err_sys(e, "cannot %s %s", what, o->path ? o->path : "standard output");
	return ar_err_advice(e, "nothing after this point was delivered; free the disk or mend the receiver and run again");
}

int ar_out_flush(struct ar_out *o, struct ar_err *e)
{
	if (o->n)
		write_all(o, o->buf, o->n);
	o->n = 0;
	return o->failed ? report(o, "write", e) : 0;
}

static int sync_folder(const char *path)
{
	char *dir = ar_malloc(strlen(path) + 2);
	char *s;
	int fd, r;

	memcpy(dir, path, strlen(path) + 1);
	s = strrchr(dir, '/');
	if (!s)
		memcpy(dir, ".", 2);
	else if (s == dir)
		s[1] = '\0';
	else
		*s = '\0';
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(dir);
	if (fd < 0)
		return -1;
	r = fsync(fd);
	close(fd);
	return r;
}

int ar_out_commit(struct ar_out *o, struct ar_err *e)
{
	if (ar_out_flush(o, e) < 0)
		return -1;
	if (!o->path)
		return 0;
	if (o->tmp && fsync(o->fd) < 0) {
		o->failed = errno;
		return report(o, "save", e);
	}
	if (close(o->fd) < 0) {
		o->fd = -1;
		o->failed = errno;
		return report(o, "save", e);
	}
	o->fd = -1;
	if (!o->tmp)
		return 0;
	if (rename(o->tmp, o->path) < 0 || sync_folder(o->path) < 0) {
		o->failed = errno;
		return report(o, "save", e);
	}
	free(o->tmp);
	o->tmp = NULL;
	return 0;
}

void ar_out_abort(struct ar_out *o)
{
	if (o->path && o->fd >= 0)
		close(o->fd);
	if (o->tmp)
		unlink(o->tmp);
	free(o->tmp);
	free(o->path);
	free(o->buf);
	memset(o, 0, sizeof *o);
	o->fd = -1;
}

static bool same_content(const char *path, const char *p, size_t n)
{
	struct ar_err e = { 0 };
	struct stat st;
	size_t have;
	char *old;
	bool same;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || (uint64_t)st.st_size != n)
		return false;
	old = ar_in_slurp(path, n + 1, &have, &e);
	same = old && have == n && memcmp(old, p, n) == 0;
	free(old);
	return same;
}

int ar_out_file(const char *path, const char *p, size_t n, struct ar_err *e)
{
	struct ar_out o;
	int r;

	if (same_content(path, p, n))
		return 0;
	if (ar_out_create(&o, path, e) < 0)
		return -1;
	ar_out_put(&o, p, n);
	r = ar_out_commit(&o, e);
	ar_out_abort(&o);
	return r;
}

int ar_mkdirs(const char *path, struct ar_err *e)
{
	char *p = ar_malloc(strlen(path) + 1);
	struct stat st;

	memcpy(p, path, strlen(path) + 1);
	for (char *s = p + 1; ; s++) {
		char c = *s;

		if (c != '/' && c != '\0')
			continue;
		*s = '\0';
		if (mkdir(p, 0700) < 0 && errno != EEXIST) {
			ar_err_sys(e, "cannot make the folder %s", p);
			free(p);
			return -1;
		}
		*s = c;
		if (!c)
			break;
	}
	if (stat(p, &st) < 0 || !S_ISDIR(st.st_mode)) {
		free(p);
		return ar_err(e, AR_SYSTEM, "not_directory", "%s is not a folder", path);
	}
	free(p);
	return 0;
}
