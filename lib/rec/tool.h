/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * tool.h - the frame every tool stands in, from argv to exit status.
 *
 * A tool is a table of options and one function run(io) that reads like the whole program. ar_main alone parses options, opens
 * inputs, prints to stderr, writes rejects, checks that what was written really was written, closes the stream with `end`, and exits.
 * run returns AR_OK (or AR_FINDINGS) when all is done, or -1 with io->err filled; then no `end` is written.
 */
#ifndef AR_REC_TOOL_H
#define AR_REC_TOOL_H

#include "base/opt.h"
#include "rec/stream.h"

struct ar_io;

enum {
	AR_TOOL_SOURCE = 1,      /* operands are not record streams; the tool opens them itself */
	AR_TOOL_TEXT = 2,        /* standard output is not a record stream */
	AR_TOOL_NO_INPUT = 4,    /* run() may finish without reading its input to the end */
	AR_TOOL_SINK = 8,        /* has side effects: --fragment is refused */
	AR_TOOL_WORD = 16,       /* the first operand is a word for run(), not an input; it must be there */
};

struct ar_limit { const char *name; uint64_t value; const char *doc; };

struct ar_tool {
	const char *name, *summary, *operands;   /* operands: "[FILE ...]" */
	const char *about;                       /* paragraphs parted by "\n\n": DESCRIPTION of the man page, and --help */
	const struct ar_opt *opts;               /* ended by an entry without name */
	unsigned flags;
	int (*run)(struct ar_io *io);
	const struct ar_limit *limits;           /* ended by an entry without name; NULL: none of its own */
	bool (*generate)(const char *what, struct ar_buf *b);    /* words of its own for --generate; NULL: none */
};

struct ar_io {
	const struct ar_tool *tool;
	struct ar_err err;
	struct ar_args operand;
	struct ar_arena mem;             /* lives as long as the run */
	struct ar_prov prov;
	struct ar_reader *in;            /* NULL for AR_TOOL_SOURCE */
	struct ar_out out;               /* standard output */
	struct ar_writer w;              /* on out, unless AR_TOOL_TEXT */
	uint64_t read, written, rejected;
	/* common options */
	const char *rejects_path;
	uint64_t tolerate;
	bool allow_empty, fragment;
	struct ar_args expect;
	/* rejects */
	struct ar_out rej_out;
	struct ar_writer rej;
	bool rej_open;
	/* notes of the end record: "collapsed" = n ... */
	struct ar_tab note;
	uint64_t *note_n;
};

int ar_main(const struct ar_tool *tool, int argc, char **argv);

/* Next record: 1, 0 at the true end, -1. Lines that are no records are rejected on the way. */
int ar_io_next(struct ar_io *io, struct ar_rec **r);
static inline void ar_io_put(struct ar_io *io, const struct ar_rec *r)
{
	io->written++;
	ar_write(&io->w, r);
}
/* Did every input that --expect names arrive? ar_main asks at the end; a sink asks before its first act. -1: io->err. */
int ar_io_expected(struct ar_io *io);
/* Refuse r (may be NULL) for the reason in io->err. raw: the text to keep when r has no line. */
void ar_io_reject(struct ar_io *io, const struct ar_rec *r);
void ar_io_reject_raw(struct ar_io *io, const char *input, uint64_t line, struct ar_str raw);
void ar_io_note(struct ar_io *io, const char *name, uint64_t n);      /* add n to a note of the end record */
void ar_io_warn(struct ar_io *io, const char *fmt, ...) __attribute__((format(printf, 2, 3)));   /* a line on stderr */
void ar_io_param(struct ar_io *io, const char *name, const char *value);   /* one more parameter for head and stages */
/* Read master data: every record of the files goes to fn, which returns 0 or -1 (io->err). */
int ar_io_with(struct ar_io *io, const struct ar_args *files, int (*fn)(struct ar_io *, const struct ar_rec *, void *), void *arg);
/* A file the outcome depends on (policy, map, rates): enters the provenance. Returns its bytes (in io->mem), NULL on failure. */
char *ar_io_slurp(struct ar_io *io, const char *path, size_t max, size_t *n);

/* For option tables. */
int ar_opt_date(const char *value, void *var, const char **shown, struct ar_err *e);    /* ar_date; YYYY-MM-DD or today */
int ar_opt_time(const char *value, void *var, const char **shown, struct ar_err *e);    /* int64_t; moment or date (its end) */
int ar_opt_ccy(const char *value, void *var, const char **shown, struct ar_err *e);     /* int */
#define AR_AS_OF(varp, text) { AR_O_PARSE, "as-of", "DATE", text, varp, AR_OPT_SHOWN, ar_opt_date }
#define AR_OPT_END { .name = NULL }

#endif
