/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * outbox.h - a folder as the way out: each delivery is one file that appears whole or not at all. Its name comes
 * from what is in it, never from the clock, so that "was this delivered?" is "is the file there, with
 * this SHA-256?". Whoever picks files up leaves them or moves them to DIR/done, where they are looked
 * for as well: a file that vanishes counts as never delivered.
 *
 * The caller holds the lock of the state folder: the temporary name is fixed and taken over from a dead run.
 */
#ifndef AR_SYNC_OUTBOX_H
#define AR_SYNC_OUTBOX_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

enum ar_outbox_seen {
	AR_OUTBOX_NONE,         /* not there */
	AR_OUTBOX_SAME,         /* there with this content; made durable before we say so */
	AR_OUTBOX_OTHER,        /* there with other content */
};

#define AR_OUTBOX_MAX (256u << 20)      /* bytes of one file */

/* Letters, digits, '.', '_', '-'; 1 to 120 of them, not beginning with '.'. */
bool ar_outbox_name_ok(struct ar_str name);
int ar_outbox_look(const char *dir, const char *name, const char *sha256, enum ar_outbox_seen *seen,
                   struct ar_err *e);
int ar_outbox_put(const char *dir, const char *name, struct ar_str content, struct ar_err *e);

#endif
