/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * conf.h - the one configuration syntax: maps, policies, company files and plans.
 *
 *     # a comment line
 *     name    = ACME GmbH            # a comment after a blank
 *     [level 2]                      # section "level" with the argument "2"
 *     after   = 14 days
 *     subject = "Invoice #4711"      # quotes keep anything
 *     to      = ar@example.com,      # an indented line continues the value
 *               cfo@example.com
 *
 * File     UTF-8 (a byte order mark at the start is dropped; anything that is not UTF-8 is an
 *          error), lines ended by LF or CRLF, the last one perhaps by nothing. At most 4 MiB, a
 *          line at most 64 KiB. Control characters other than tab are errors.
 * Comment  From a `#` that begins the line or follows a blank, to the end of the line; not
 *          inside quotes. So `Internal ID#1` and `C#` are plain text. Blank means space or tab.
 * Section  `[name]` or `[name argument]` at the beginning of a line. The name is the first
 *          word, the argument whatever follows. The same section may come again: each stays a
 *          section of its own, in the order of the file. Keys before the first section belong
 *          to one whose name is empty.
 * Key      `key = value`, beginning at the line start. The first `=` outside quotes divides;
 *          blanks around key and value do not count; blanks inside do. Names are compared
 *          exactly, capitals matter. A value may be empty. Whether a key may stand twice in one
 *          section is for its reader to say; most may not.
 * Quotes   From `"` to the next `"` on the same line everything is text: `#`, `=`, `|`, `,`,
 *          blanks at either end. `""` inside quotes is one quotation mark. A quote that does
 *          not close is an error, so a lone inch mark is written `"12"" pipe"`. Keys and
 *          section arguments may be quoted too.
 * Continue An indented line continues the value above it, joined with one blank. Comment lines
 *          between do not matter; an empty line ends the value, and an indented line after it
 *          is an error, as is an indented `[section]`: a key that was indented by mistake shall
 *          not vanish in the value above it.
 *
 * A reader asks for the sections and keys it knows and at the end calls ar_conf_unused(), which names
 * the first section or key that nobody asked for: a misspelt key is an error, never a default.
 *
 * Memory: everything lives in the arena given to parse or load; values are slices of the text where
 * they can be, so the bytes given to ar_conf_parse must live as long. Only the arena is released.
 *
 * Errors: exit AR_USAGE, with file (base name) and line. Codes: conf_open conf_utf8 conf_limit
 * conf_syntax conf_duplicate conf_missing conf_value conf_unknown. A read that fails is "system".
 */
#ifndef AR_BASE_CONF_H
#define AR_BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

enum {
	AR_CONF_MAX_FILE = 4 << 20,     /* bytes of a file */
	AR_CONF_MAX_LINE = 64 << 10,    /* bytes of a line */
};

struct ar_conf_line {                   /* one physical line of a value */
	struct ar_str text;             /* trimmed, comment gone, quotes kept */
	uint32_t line;
	struct ar_conf_line *next;
};

struct ar_conf_key {
	struct ar_str name;             /* without quotes */
	struct ar_str value;            /* all lines joined, quotes kept: split first, then unquote the pieces */
	const char *file;
	uint32_t line;                  /* of the key */
	bool used;                      /* somebody read it; a reader that walks `keys` itself sets this */
	struct ar_conf_line first;      /* the lines of the value, one by one (first.text may be empty) */
	struct ar_conf_key *next;       /* in the order of the file */
};

struct ar_conf_asked;
struct ar_conf_sec {
	struct ar_str name, arg;        /* [emit invoice]: "emit", "invoice"; without quotes; may be empty */
	const char *file;
	uint32_t line;
	bool used;
	struct ar_conf *conf;
	struct ar_conf_key *keys;
	struct ar_conf_asked *asked;    /* names that were asked for: what ar_conf_unused suggests from */
	struct ar_conf_sec *next;
};

struct ar_conf {
	struct ar_arena *arena;
	const char *file;               /* base name */
	struct ar_str text;             /* the bytes as read, for hashing */
	struct ar_conf_sec *secs;
	struct ar_conf_asked *asked;
};

int ar_conf_parse(struct ar_conf *c, struct ar_arena *a, const char *file, const char *p, size_t n,
                  struct ar_err *e);
int ar_conf_load(struct ar_conf *c, struct ar_arena *a, const char *path, struct ar_err *e);

/* The next section of that name after prev (NULL: the first); NULL: no more. Counts as read. */
struct ar_conf_sec *ar_conf_next_sec(struct ar_conf *c, const char *name, struct ar_conf_sec *prev);
/* The only section of that name. 1 = *out is it, 0 = none (*out = NULL), -1 = there are two. */
int ar_conf_get_sec(struct ar_conf *c, const char *name, struct ar_conf_sec **out, struct ar_err *e);

/*
 * The only key of that name in a section. 1 = there, 0 = absent (*out is left alone, so it can hold the
 * default), -1 = error: given twice, or the value is not of its kind. Each counts the key as read.
 */
int ar_conf_get(struct ar_conf_sec *s, const char *name, struct ar_conf_key **out, struct ar_err *e);
int ar_conf_get_str(struct ar_conf_sec *s, const char *name, struct ar_str *out, struct ar_err *e); /* unquoted */
int ar_conf_get_bool(struct ar_conf_sec *s, const char *name, bool *out, struct ar_err *e); /* yes no true false */
int ar_conf_get_uint(struct ar_conf_sec *s, const char *name, int64_t max, int64_t *out, struct ar_err *e);
/* -1 with code conf_missing: for a key that must be there and is not. */
int ar_conf_missing(const struct ar_conf_sec *s, const char *name, struct ar_err *e);
/* The next key of that name after prev (NULL: the first), for keys that may repeat. Counts as read. */
struct ar_conf_key *ar_conf_next(struct ar_conf_sec *s, const char *name, struct ar_conf_key *prev);

/*
 * Take the next piece of *rest before `sep`, honouring quotes; pieces are trimmed, quotes kept. false = no more.
 * N separators make N + 1 pieces, so an empty value is one empty piece:
 *     for (struct ar_str rest = k->value, piece; ar_conf_split(&rest, ',', &piece); )
 */
bool ar_conf_split(struct ar_str *rest, char sep, struct ar_str *piece);
/* Take the next word of *rest: words are divided by any number of blanks. false = no more. */
bool ar_conf_word(struct ar_str *rest, struct ar_str *word);
/* The text without its quotes: `"a ""b"""` is `a "b"`. A slice of s where nothing had to be taken out. */
struct ar_str ar_conf_unquote(struct ar_arena *a, struct ar_str s);

/* 0 = everything was read; -1 = conf_unknown about the first section or key that nobody asked for. */
int ar_conf_unused(const struct ar_conf *c, struct ar_err *e);

/*
 * For "did you mean": true if cand is near enough to name (a third of its letters wrong, rounded up, 3 at
 * most) and nearer than *best, which is then lowered. Start with *best = AR_CONF_FAR.
 */
enum { AR_CONF_FAR = 4 };
bool ar_conf_nearer(struct ar_str name, struct ar_str cand, unsigned *best);

#endif
