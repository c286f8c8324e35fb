/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * opt.h - the option table of a tool, and everything a person reads of it: --help, the OPTIONS of the man page, completions for
 * bash, zsh and fish. Long options only, by their full name: --name, --name=VALUE or --name VALUE. An option whose `arg` begins
 * with '[' takes its value only as --name=VALUE and may stand alone.
 */
#ifndef AR_BASE_OPT_H
#define AR_BASE_OPT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"

enum ar_opt_kind {
	AR_O_FLAG,              /* bool */
	AR_O_TEXT,              /* const char * */
	AR_O_FILE,              /* const char *; its base name stands in parameters */
	AR_O_UINT,              /* uint64_t */
	AR_O_LIST,              /* struct ar_args: may be repeated */
	AR_O_FILES,             /* struct ar_args of files */
	AR_O_PARSE,             /* `parse` does it; it may rewrite *shown (the text for parameters) */
};
enum { AR_OPT_SHOWN = 1 };      /* it changes the output: stands in head and stages */

struct ar_args { const char **v; int n; };

struct ar_opt {
	enum ar_opt_kind kind;
	const char *name, *arg, *help;      /* arg NULL for flags; help: a sentence or two, no final stop needed */
	void *var;
	unsigned flags;
	int (*parse)(const char *value, void *var, const char **shown, struct ar_err *e);
};

struct ar_given { const struct ar_opt *opt; const char *value; };     /* in the order given; value NULL for flags */

struct ar_cmdline {
	struct ar_args operand;
	struct ar_given *given;
	int ngiven;
};

/* tables: NULL-terminated list of option tables, each ended by an entry without name. -1: e (exit AR_USAGE). */
int ar_opt_parse(const struct ar_opt *const *tables, int argc, char **argv, struct ar_cmdline *out, struct ar_err *e);
void ar_opt_release(struct ar_cmdline *c);

struct ar_opt_page {            /* what the documents need of a tool */
	const char *name, *summary, *operands, *about, *see_also;
	const struct ar_opt *const *tables;
};
void ar_opt_help(const struct ar_opt_page *p, struct ar_buf *b);
void ar_opt_mdoc(const struct ar_opt_page *p, struct ar_buf *b);      /* NAME .. EXIT STATUS; examples are appended by the build */
void ar_opt_bash(const struct ar_opt_page *p, struct ar_buf *b);
void ar_opt_zsh(const struct ar_opt_page *p, struct ar_buf *b);
void ar_opt_fish(const struct ar_opt_page *p, struct ar_buf *b);

#endif
