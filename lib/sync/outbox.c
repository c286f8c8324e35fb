/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/outbox.h"

#include "base/arena.h"
#include "base/hash.h"
#include "base/in.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool ar_outbox_name_ok(struct ar_str name)
{
	if (!name.n || name.n > 120 || name.p[0] == '.')
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!ar_is_alnum(name.p[i]) && !strchr("._-", name.p[i]))
			return false;
	return true;
}

/* What was renamed by a run that died before its last fsync must not be believed before it is durable. */
static int sync_path(const char *path, int flags, struct ar_err *e)
{
	int fd = open(path, flags | O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd < 0)
		return ar_err_sys(e, "cannot open %s", path);
	rc = fsync(fd);
	if (rc < 0)
		ar_err_sys(e, "cannot save %s", path);
	close(fd);
	return rc;
}

static int compare(const char *path, const char *sha256, enum ar_outbox_seen *seen, struct ar_err *e)
{
	size_t n;
	char *p = ar_in_slurp(path, AR_OUTBOX_MAX, &n, e), hex[65];
	uint8_t d[32];

	if (!p)
		return -1;
	ar_sha256(p, n, d);
	ar_hex(d, sizeof d, hex);
	free(p);
	*seen = strcmp(hex, sha256) == 0 ? AR_OUTBOX_SAME : AR_OUTBOX_OTHER;
	return *seen == AR_OUTBOX_SAME ? sync_path(path, O_NOFOLLOW, e) : 0;
}

static int look_in(const char *dir, const char *name, const char *sha256, enum ar_outbox_seen *seen,
                   struct ar_err *e)
{
	struct ar_arena mem = AR_ARENA_INIT;
	const char *path = ar_arena_fmt(&mem, "%s/%s", dir, name);
	struct stat st;
	int rc = 0;

	*seen = AR_OUTBOX_NONE;
	if (lstat(path, &st) < 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			rc = ar_err_sys(e, "cannot look at %s", path);
	} else if (!S_ISREG(st.st_mode)) {
		*seen = AR_OUTBOX_OTHER;
	} else {
		rc = compare(path, sha256, seen, e);
		if (rc == 0 && *seen == AR_OUTBOX_SAME)
			rc = sync_path(dir, O_DIRECTORY, e);
	}
	ar_arena_release(&mem);
	return rc;
}

int ar_outbox_look(const char *dir, const char *name, const char *sha256, enum ar_outbox_seen *seen,
                   struct ar_err *e)
{
	struct ar_arena mem = AR_ARENA_INIT;
	int rc = look_in(dir, name, sha256, seen, e);

	if (rc == 0 && *seen == AR_OUTBOX_NONE)
		rc = look_in(ar_arena_fmt(&mem, "%s/done", dir), name, sha256, seen, e);
	ar_arena_release(&mem);
	return rc;
}

static int write_file(const char *path, struct ar_str content, struct ar_err *e)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return ar_err_sys(e, "cannot create %s", path);
	while (content.n) {
		ssize_t k = write(fd, content.p, content.n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			break;
		content.p += k;
		content.n -= (size_t)k;
	}
	if (content.n || fsync(fd) < 0) {
		ar_err_sys(e, "cannot write %s", path);
		close(fd);
		return -1;
	}
	if (close(fd) < 0)
		return ar_err_sys(e, "cannot write %s", path);
	return 0;
}

int ar_outbox_put(const char *dir, const char *name, struct ar_str content, struct ar_err *e)
{
	struct ar_arena mem = AR_ARENA_INIT;
	const char *path = ar_arena_fmt(&mem, "%s/%s", dir, name);
	const char *tmp = ar_arena_fmt(&mem, "%s/.%s.tmp", dir, name);
	int rc = write_file(tmp, content, e);

	if (rc == 0 && rename(tmp, path) < 0)
		rc = ar_err_sys(e, "cannot rename %s", tmp);
	if (rc == 0)
		rc = sync_path(dir, O_DIRECTORY, e);
	if (rc < 0)
		ar_err_advice(e, "what was announced stands in the journal: mend the disk and run again");
	ar_arena_release(&mem);
	return rc;
}
