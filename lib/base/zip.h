/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * zip.h - a zip archive as a bundle of inputs: every file in it is an input of its own, called ARCHIVE/MEMBER. The archive lies in
 * memory, its members are inflated as they are read. Names are labels and never become paths.
 *
 * Refused: an archive that is cut off or whose parts contradict each other (no central directory, wrong sizes or checksums), members
 * that are encrypted or compressed otherwise than by deflate, names that are no UTF-8 or hold control bytes, an archive in an archive.
 * Limits: bytes of the archive, members, bytes of a name; all members together may not grow beyond AR_IN_RATIO times the archive.
 */
#ifndef AR_BASE_ZIP_H
#define AR_BASE_ZIP_H

#include "base/in.h"
#include "base/str.h"

enum { AR_ZIP_BYTES = 256 * 1024 * 1024, AR_ZIP_MEMBERS = 10000, AR_ZIP_NAME = 255 };

struct ar_zip;

/* Do the first bytes speak of a zip archive, and not of an office document in the same wrapping? */
bool ar_zip_begins(struct ar_str head);
/* Reads `in` to its end. NULL: e. */
struct ar_zip *ar_zip_open(struct ar_in *in, struct ar_err *e);
int ar_zip_count(const struct ar_zip *z);                /* its files; folders do not count */
const char *ar_zip_name(const struct ar_zip *z, int i);  /* "statements.zip/one.xml"; as long as the archive is open */
/* The i-th as an input; the archive must live as long. NULL: e. */
struct ar_in *ar_zip_member(struct ar_zip *z, int i, bool hash, struct ar_err *e);
void ar_zip_close(struct ar_zip *z);

#endif
