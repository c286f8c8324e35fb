/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xform.h - the closed table of transforms. A transform takes the value of a field on its way from the column to the record and
 * gives it on, or fails with a sentence. An empty value passes through all of them but those marked so in the table (default,
 * required, terms, later ...).
 *
 * No transform allocates but from the arena of the record, reads a clock, or looks at anything but its value, its argument, the
 * row and the record being made.
 */
#ifndef AR_MAP_XFORM_H
#define AR_MAP_XFORM_H

#include "map/layout.h"
#include "map/map.h"
#include "map/terms.h"

enum ar_xkind { AR_X_TEXT, AR_X_MONEY, AR_X_DATE, AR_X_TIME, AR_X_INT, AR_X_BOOL, AR_X_LIST };

struct ar_xv {
	enum ar_xkind kind;
	struct ar_str s;                 /* TEXT, decoded; n = 0 and kind TEXT: empty */
	int64_t i;                       /* MONEY DATE TIME INT BOOL */
	bool canonical;                  /* MONEY DATE: s is i as it will be written */
	struct ar_str *list;             /* LIST; for a step that takes every source: all that are filled */
	int nlist;
	int nsrc;                        /* how many sources the line has */
};

/* What all records of an export share. */
struct ar_xrun {
	const struct ar_map *map;
	struct ar_str entity, system;
	int32_t offset;
	struct ar_termtab *terms;
	ar_date as_of;
	struct ar_str extract, export, account;
	int base;                        /* AR_CCY_NONE: not known */
};
/* ENTITY/SYSTEM:LETTER:s, with %, / and : of s percent-escaped; in mem. */
struct ar_str ar_xrun_id(const struct ar_xrun *run, struct ar_arena *mem, char letter, struct ar_str s);

struct ar_xrow;                          /* apply.h: the row a record is made of */

struct ar_xctx {
	const struct ar_xrun *run;
	struct ar_xrow *row;             /* NULL in tests */
	struct ar_arena *mem;
	struct ar_rec *out;              /* the record being made */
	const struct ar_field *field;    /* NULL: an x_ field */
	int ccy;                         /* currency of a money field; AR_CCY_NONE: not known yet */
	struct ar_err *err;
};

struct ar_pair { struct ar_str from, to; };

struct ar_step {
	const struct ar_xform *x;
	struct ar_str text;              /* the argument as written */
	char *z;                         /* the argument, unquoted, with a NUL */
	struct ar_str arg;               /* the same */
	int64_t i;
	struct ar_cond *cond;
	struct ar_mapsrc src;
	struct ar_pair *pair;            /* map */
	int npair;
	bool otherwise_keep;             /* map ... else keep */
	struct ar_str otherwise;         /* map ... else VALUE; p NULL: none */
	struct ar_str *word;
	int nword;
	struct ar_date_shape *shape;     /* date: of the words */
};

enum {
	AR_X_EMPTY = 1,                  /* called for an empty value too */
	AR_X_ALL = 2,                    /* as the first step: takes every source of the line that is filled */
	AR_X_MAKES = 4,                  /* makes something other than text of it: only AR_X_ANY may follow */
	AR_X_ANY = 8,                    /* takes any kind of value */
	AR_X_GATE = 32,                  /* decides by its condition alone, whatever the value is */
	AR_X_ROWS = 16,                  /* takes the sources of all rows that make up a part, not only of the first */
};
enum ar_xarg { AR_XA_NONE, AR_XA_TEXT, AR_XA_OPTIONAL, AR_XA_COND, AR_XA_COND_OPTIONAL, AR_XA_SOURCE, AR_XA_PAIRS,
	AR_XA_DATE, AR_XA_TIMES, AR_XA_LETTER };

struct ar_xform {
	const char *name, *usage;        /* "date FORMAT" */
	const char *doc;                 /* a sentence or two for ar-map(5) */
	const char *words;               /* for --describe: "read as money"; %s = the argument */
	enum ar_xarg arg;
	unsigned flags;
	int (*fn)(struct ar_xctx *c, const struct ar_step *st, struct ar_xv *v);
};

extern const struct ar_xform ar_xforms[];        /* ended by an entry without name */
const struct ar_xform *ar_xform_find(struct ar_str name);
/* Read "name argument" into *out. */
int ar_xform_prepare(struct ar_map_parse *p, struct ar_str text, struct ar_step *out, struct ar_err *e);

#endif
