/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * map.h - a map as the program sees it: which records are made of a row, and each field from which columns through which
 * transforms. The language is closed (ar-map(5) prints it from the tables here and in xform.c): no loops, no expressions.
 *
 *     [map]
 *     name    = erp/invoices          system  = erp            # the word that ids and `system` get
 *     title   = Open invoices         syntax  = csv            # read by the decoder, as are its own keys
 *     history = full                  mode    = full
 *     covers  = invoice credit_memo   group   = Internal ID    # rows with this value in a row are one record
 *     totals  = Amount, Open          offset  = -08:00         # of times that say none
 *     [emit invoice]
 *     each    = row                   when    = Type is Invoice
 *     id      = Internal ID | id i
 *     amount  = Amount, "Amount (old)" | money us
 *     x_*     = *
 *
 * A map is checked completely when it is read: fields must be those of the record type, transforms must fit, money needs its
 * currency, what the type requires must be given. Everything lives in the arena given; slices point into the file's text.
 * Errors: AR_USAGE, codes map_syntax map_field map_transform map_missing, with file and line.
 */
#ifndef AR_MAP_MAP_H
#define AR_MAP_MAP_H

#include "base/conf.h"
#include "rec/schema.h"

struct ar_xform;
struct ar_step;

enum { AR_MAP_MAX_EMIT = 32, AR_MAP_MAX_LINES = 200, AR_MAP_MAX_COLS = 500, AR_MAP_MAX_TOTALS = 8 };

/* Where a value comes from. The words of the table in map.c name them. */
enum ar_from {
	AR_FROM_COLUMN,          /* a column of the row */
	AR_FROM_TEXT,            /* "text" */
	AR_FROM_ENTITY, AR_FROM_SYSTEM, AR_FROM_BASE, AR_FROM_AS_OF, AR_FROM_EXTRACT, AR_FROM_EXPORT, AR_FROM_ACCOUNT,
	AR_FROM_SRC, AR_FROM_SUB, AR_FROM_NTH,
	AR_FROM_COL_NAME, AR_FROM_COL_VALUE,                     /* each = column */
	AR_FROM_AMOUNT, AR_FROM_ALLOCATED, AR_FROM_DEBIT, AR_FROM_CREDIT,    /* each = settlement (amount: each = part too) */
	AR_FROM_PART_ROLE, AR_FROM_PART_WARNING, AR_FROM_PART_KIND, AR_FROM_PART_TX,         /* each = part */
	AR_FROM_TARGET_CUSTOMER, AR_FROM_TARGET_DATE,            /* of the application's target, if its document is known */
	AR_FROM_SOURCE_DATE,
};

struct ar_mapsrc {
	enum ar_from from;
	uint32_t col;                    /* COLUMN: index in the map's columns */
	struct ar_str text;              /* TEXT; else the word as written */
	struct ar_str label;             /* `COLUMN as LABEL`: for lists "label=value"; n = 0: none */
};

/* One part of a column's path that stands for many: `Ustrd*` is Ustrd, Ustrd#2 ...; a whole `*` is any array index. */
struct ar_mapseg { struct ar_str text, key, want; bool star; };

struct ar_mapcol {
	struct ar_str name;              /* as the map says */
	struct ar_str raw;               /* canonical JSON text of the name in a raw record */
	struct ar_mapseg *seg;           /* a pattern; NULL: one plain name */
	int nseg;
};

enum ar_op { AR_OP_IS, AR_OP_STARTS, AR_OP_FILLED, AR_OP_NEGATIVE, AR_OP_ZERO };
struct ar_cond {
	struct ar_mapsrc src;            /* `A, B filled`: the first that is filled */
	struct ar_mapsrc *other;
	int nother;
	enum ar_op op;
	bool no;                         /* turned round: is not, empty, not negative ... */
	struct ar_str *value;            /* IS, STARTS: any of these */
	int nvalue;
	struct ar_str text;              /* as written */
};

struct ar_mapline {
	enum ar_f f;                     /* AR_F_NONE: an x_ field */
	const struct ar_field *field;
	struct ar_str xkey;              /* x_name */
	struct ar_mapsrc *src;
	int nsrc;
	struct ar_step *step;
	int nstep;
	bool all;                        /* the first step takes every source, not the first that is filled */
	uint32_t line;
	struct ar_str text;              /* the value as written, for --describe */
};

enum ar_each { AR_EACH_ROW, AR_EACH_RECORD, AR_EACH_COLUMN, AR_EACH_SETTLEMENT, AR_EACH_PART, AR_EACH_PART_ROW,
	AR_EACH_STATEMENT, AR_EACH_BALANCE, AR_EACH_TOTAL };     /* account.h: united until the end of the export */
static inline bool ar_each_united(enum ar_each e) { return e >= AR_EACH_STATEMENT && e <= AR_EACH_TOTAL; }

/* each = settlement: lines of a payment that settle debits with the payment's own money and with credits. */
struct ar_settle {
	struct ar_mapsrc amount, key;    /* of a line */
	struct ar_cond debit, credit;    /* which a line is */
	struct ar_mapsrc paid, less;     /* paid - less = debits - credits */
	struct ar_step *money;           /* how amounts are read; NULL: canonical */
};

/* each = part: an entry and the amounts of its rows: the rows where they make up the entry, else the entry itself. Rows with the same
 * `outer` are one. each = row of part: every row of these. */
struct ar_part {
	struct ar_mapsrc outer;                  /* .outer */
	struct ar_mapsrc direction[2];           /* of a row and of the entry: where both are filled and differ, the row counts negative */
	struct ar_mapsrc total, total_currency;
	struct ar_mapsrc *amount, *currency;     /* of a row: first that is filled, paired */
	int namount;
	struct ar_mapsrc *charge;                /* the first that is filled */
	int ncharge;
};

struct ar_emit {
	enum ar_t type;
	enum ar_each each;
	struct ar_cond *when;
	int nwhen;
	struct ar_mapline *line;         /* currencies first, else in the order of the file */
	int nline;
	struct ar_settle settle;
	struct ar_part part;
	bool rest;                       /* x_* = * */
	struct ar_str *but;              /* x_* = * but PREFIX*, ...: columns left out */
	int nbut;
	bool has_id;
	uint32_t at;                     /* line of the file */
};

enum ar_history { AR_HISTORY_FULL, AR_HISTORY_SINCE, AR_HISTORY_NONE };

struct ar_map {
	const char *file;
	struct ar_str name, title, system, syntax, history, mode;
	struct ar_str *covers;
	int ncovers;
	int32_t offset;                  /* seconds east of UTC */
	struct ar_mapcol *col;
	uint32_t ncol;
	int32_t group;                   /* column; -1: none */
	uint32_t total[AR_MAP_MAX_TOTALS];       /* columns the report totals */
	int ntotal;
	bool totals_eu;                  /* 1.234,56 */
	struct ar_emit *emit;
	int nemit;
	bool needs_entity, needs_base, needs_account;
};

/* The whole conf must be a map; every key of [map] that this module does not know counts as the decoder's. */
struct ar_map *ar_map_read(struct ar_arena *a, struct ar_conf *conf, struct ar_err *e);

/* For transforms that take a condition or a column as argument. */
struct ar_map_parse;
int ar_map_cond(struct ar_map_parse *p, struct ar_str text, struct ar_cond *out, struct ar_err *e);
int ar_map_source(struct ar_map_parse *p, struct ar_str text, struct ar_mapsrc *out, struct ar_err *e);
struct ar_arena *ar_map_arena(struct ar_map_parse *p);

/* The name of a source's column as an x_ field: ASCII lower case, other runs one '_'. */
struct ar_str ar_map_xname(struct ar_arena *a, struct ar_str column);

/* The map for an accountant, and the body of ar-map(5). */
void ar_map_describe(const struct ar_map *m, struct ar_buf *b);
void ar_map_mdoc(struct ar_buf *b);
void ar_map_words(struct ar_buf *b, void (*item)(struct ar_buf *b, const char *word, const char *doc));

#endif
