/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * lock.h - two runs never overlap on one state folder. The lock is flock(2) on DIR/lock, taken at once
 * or not at all; it dies with the process that holds it, so a killed run leaves none behind. The file
 * itself is never deleted: whoever deletes it while it is held lets a second run in.
 * Network file systems are refused, since their locks do not hold everywhere.
 */
#ifndef AR_SYNC_LOCK_H
#define AR_SYNC_LOCK_H

#include <stdbool.h>

#include "base/err.h"

/*
 * A descriptor that holds the lock until it is closed, or -1 and *e: AR_REFUSED with code `locked` if
 * another run holds it (the text names the file), AR_SYSTEM else. The folder must be there.
 * make = false: a lock file that is not there is not made, and AR_LOCK_NONE returned.
 */
#define AR_LOCK_NONE (-2)
int ar_lock_take(const char *dir, bool make, struct ar_err *e);
void ar_lock_drop(int fd);              /* -1 and AR_LOCK_NONE are fine */

#endif
