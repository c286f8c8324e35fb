/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * table.h - tables for people: columns aligned by what a terminal shows (East Asian characters take two places, combining marks
 * none), and the same rows as CSV. Pure layout; whoever prints owns the bytes.
 *
 * Texts are slices that must live as long as the table. On a screen, control characters and marks that turn the direction of writing are shown as
 * U+FFFD: a customer's name cannot move the cursor.
 */
#ifndef AR_AR_TABLE_H
#define AR_AR_TABLE_H

#include "base/arena.h"
#include "base/buf.h"

enum {                          /* of a column or of a cell */
	AR_CELL_RIGHT = 1,
	AR_CELL_NUMBER = 2,     /* in CSV as it stands; on screen right-aligned with thousands parted */
	AR_CELL_RED = 4,
	AR_CELL_BOLD = 8,
};

struct ar_cell_text { struct ar_str text; unsigned flags; };

struct ar_column {
	struct ar_str head;
	unsigned flags;
	int widest;             /* longer texts are cut on a screen; 0 = no limit */
};

struct ar_table {
	struct ar_arena *mem;
	const struct ar_column *col;
	int ncol;
	struct ar_cell_text *cell;      /* nrow * ncol, owned */
	bool *rule;                     /* a line above this row */
	size_t nrow, cap;
};

void ar_table_init(struct ar_table *t, struct ar_arena *mem, const struct ar_column *col, int ncol);
void ar_table_release(struct ar_table *t);      /* not the arena */
struct ar_cell_text *ar_table_row(struct ar_table *t);  /* a new row of empty cells, good until the next one */
void ar_table_rule(struct ar_table *t);         /* a line above the row just made */

/* Headings, a line, rows; columns that are empty in every row are left out. At most `rows` rows (0 = all), then how many more. */
void ar_table_text(const struct ar_table *t, size_t rows, bool color, struct ar_buf *b);

/*
 * RFC 4180, lines ended by CR LF, with a line of headings. sheet: for spreadsheets, which take texts that begin with = + - @, a tab, CR, LF
 * or the full-width forms of those signs for formulas: such texts get a ' before them. Numbers never do.
 * Control characters are replaced there as on a screen. Without sheet: exact texts.
 */
void ar_table_csv(const struct ar_table *t, bool sheet, struct ar_buf *b);

size_t ar_text_width(struct ar_str s);          /* places on a terminal, of what is shown */

#endif
