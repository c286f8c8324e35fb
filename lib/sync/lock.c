/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/lock.h"

#include "base/arena.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/vfs.h>
#include <unistd.h>

enum { NFS = 0x6969 };
static const unsigned CIFS = 0xFF534D42u, SMB2 = 0xFE534D42u;

static int is_local(int fd, const char *dir, struct ar_err *e)
{
	struct statfs fs;
	unsigned type;

	if (fstatfs(fd, &fs) < 0)
		return ar_err_sys(e, "cannot look at the file system of %s", dir);
	type = (unsigned)fs.f_type;
	if (type != NFS && type != CIFS && type != SMB2)
		return 0;
	ar_err(e, AR_REFUSED, "network_state", "%s lies on a network file system", dir);
	return ar_err_advice(e, "locks and fsync do not hold there: keep the state on a local disk");
}

int ar_lock_take(const char *dir, bool make, struct ar_err *e)
{
	struct ar_arena mem = AR_ARENA_INIT;
	const char *path = ar_arena_fmt(&mem, "%s/lock", dir);
	int fd = open(path, (make ? O_RDWR | O_CREAT : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0 && !make && errno == ENOENT) {
		fd = AR_LOCK_NONE;
	} else if (fd < 0) {
		ar_err_sys(e, "cannot open the lock %s", path);
	} else if (is_local(fd, dir, e) < 0) {
		close(fd);
		fd = -1;
	} else if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EWOULDBLOCK) {
			ar_err(e, AR_REFUSED, "locked", "another run holds the lock %s", path);
			ar_err_advice(e, "wait until it has ended; do not delete the file");
		} else {
			ar_err_sys(e, "cannot lock %s", path);
		}
		close(fd);
		fd = -1;
	}
	ar_arena_release(&mem);
	return fd;
}

void ar_lock_drop(int fd)
{
	if (fd >= 0)
		close(fd);
}
