/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * text.h - the text of an input, whatever its encoding: blocks of valid UTF-8 without byte order mark and without NUL.
 *
 * Which encoding: a byte order mark decides (UTF-8, UTF-16 either way); else what the user said; else what the map says
 * (`encoding`); else, for XML, what its declaration says; else strict UTF-8. Nothing is guessed: a byte that is not UTF-8 is
 * an error whose advice names windows-1252. Tables are ours, no iconv (it opens files while it runs).
 */
#ifndef AR_FORMATS_TEXT_H
#define AR_FORMATS_TEXT_H

#include "base/buf.h"
#include "map/syntax.h"

enum ar_enc { AR_ENC_NONE, AR_ENC_UTF8, AR_ENC_UTF16LE, AR_ENC_UTF16BE, AR_ENC_1250, AR_ENC_1252, AR_ENC_LATIN1, AR_ENC_LATIN9 };

/* UTF-8, UTF-16LE, UTF-16BE, windows-1250, windows-1252, ISO-8859-1, ISO-8859-15, capitals do not matter; AR_ENC_NONE: none of them. */
enum ar_enc ar_enc_find(struct ar_str name);

/* A byte of a one-byte encoding; 0: it is no character. */
uint32_t ar_enc_letter(enum ar_enc enc, unsigned char c);

struct ar_text {
	struct ar_in *in;
	enum ar_enc enc;
	uint64_t line;          /* lines before the next block: kept by the caller, so that errors name the right one */
	char *buf;              /* stored bytes: `keep` of them from `from` on were not given out yet */
	size_t from, keep;
	struct ar_buf out;      /* of a block that had to be transcoded */
	bool end;
	bool ascii;             /* the block that was given out last is known to be ASCII */
	bool mend;              /* UTF-8 only: a byte that is none is read as windows-1252, NUL as a blank; set after ar_text_open */
	uint64_t mended;        /* how many were */
};

/* Reads the first bytes to choose the encoding. said: NULL = nothing; map: may be NULL. 0, or -1 and e. */
int ar_text_open(struct ar_text *t, struct ar_decode *d, bool xml);
/* The next block: its length, 0 = true end, -1 = e. Good until the next call; 16 bytes behind it may be read. */
ssize_t ar_text_next(struct ar_text *t, const char **p, struct ar_err *e);
/* All of it in memory (ar_malloc, 16 bytes to spare). NULL = e. */
char *ar_text_slurp(struct ar_text *t, size_t max, size_t *n, struct ar_err *e);
void ar_text_close(struct ar_text *t);

/* The first bytes of a file as UTF-8, leniently (for detection): bytes that are no text stay as they are. */
struct ar_str ar_text_head(struct ar_buf *room, const struct ar_peek *p, bool xml);

uint64_t ar_count_char(const char *p, size_t n, char c);

#endif
