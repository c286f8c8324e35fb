/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * csv.c - comma, semicolon, tab or bar separated values, by libcsv in strict mode.
 *
 * What libcsv leaves to its caller is done here: encoding (text.h), physical line numbers, the width of rows, limits, where the
 * header is. Its callbacks cannot stop it, so a failure is remembered and the rest of the block runs through unheard.
 * Blanks around an unquoted cell do not count (libcsv's rule); inside quotes everything does.
 *
 * Files of banks are tables with lines around them, or tables without a header. The map says which (`columns`, `above`, `below`):
 * values of lines above the table are given with every row as ../NAME, a line below it is a row of its own whose .record is
 * "below". Where an `above` line or the header comes again between the rows, the next table of the file begins.
 */
#include "config.h"

#include "syntax/csv.h"

#include <csv.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/hash.h"
#include "rec/jstr.h"
#include "syntax/csv_header.h"
#include "syntax/text.h"

enum { SPARE = 16 };

struct preamble { uint64_t line; struct ar_str text; };

struct csv {
	struct ar_decode *d;
	struct csv_parser p;
	struct ar_arena mem;
	char delim;
	bool report, trim, cr_lines, failed;
	struct ar_want want;

	char *rec;                      /* the cells of the current record, end to end */
	size_t rec_n;
	int nf;
	struct ar_str val[AR_CSV_FIELDS + 2], *cell;    /* cell = val + 2: room for .totals and .group */

	uint64_t line;                  /* physical lines before the current record */
	int last_term;
	int ncol;                       /* 0: no header yet */
	struct ar_str *name;            /* .totals, .group, then the columns */
	struct ar_str *name_total;      /* .totals, then the columns */
	const struct ar_str *given;     /* the names of the last row given, and how many */
	int ngiven;
	struct preamble pre[AR_CSV_SEARCH];
	int npre;
	struct ar_buf group[AR_CSV_GROUPS];
	int ngroup;
	struct ar_buf text;

	/* ../NAME of the lines above the table, then those of the line below that is being given */
	struct ar_str above_name[AR_CSV_VALUES], above_value[AR_CSV_VALUES];
	struct ar_buf above_room[AR_CSV_VALUES];
	int nabove;
	uint64_t above;
	struct ar_str first;            /* the header's first cell: a record that begins so may be the header again */
	uint64_t header;                /* hash of its cells */
};

static int fail(struct csv *c, enum ar_exit status, const char *code, const char *what, const char *advice)
{
	c->failed = true;
	ar_err(c->d->err, status, code, "%s", what);
	if (advice)
		ar_err_advice(c->d->err, advice);
	return ar_err_at(c->d->err, ar_in_name(c->d->in), c->line + 1);
}

static void lines_shown(struct ar_buf *b, struct ar_str head)
{
	for (int i = 0; i < 3 && head.n; i++) {
		const char *nl = memchr(head.p, '\n', head.n);
		size_t n = nl ? (size_t)(nl - head.p) : head.n, shown;

		shown = n < 60 ? n : 60;
		while (shown && ((unsigned char)head.p[shown - 1] & 0xC0) == 0x80 && shown < n)
			shown--;                        /* do not cut a character */
		while (shown && ((unsigned char)head.p[shown - 1] < ' ' || (shown < n && (unsigned char)head.p[shown - 1] >= 0xC0)))
			shown--;
		ar_buf_fmt(b, "%s'%.*s'", i ? ", " : "", (int)shown, head.p);
		n += nl ? 1 : 0;
		head.p += n;
		head.n -= n;
	}
}

static int no_header(struct csv *c, struct ar_str head)
{
	struct ar_buf b = AR_BUF_INIT;

	ar_buf_puts(&b, "none of the first lines is a header with the columns ");
	for (int i = 0; i < c->want.n && i < 8; i++)
		ar_buf_fmt(&b, "%s%.*s", i ? ", " : "", AR_STR_FMT(c->want.name[i]));
	ar_buf_puts(&b, "; they hold ");
	lines_shown(&b, head);
	fail(c, AR_USAGE, "header_missing", ar_buf_z(&b), "is it another export, or were columns renamed? say --map=NAME, or change `header` in your copy of the map");
	ar_buf_release(&b);
	return -1;
}

/* ---- the header ---- */

/* Every column gets a name of its own: NAME, NAME#2, and #k for one without a name. */
static void name_columns(struct csv *c)
{
	struct ar_tab seen = { 0 };

	c->ncol = c->nf;
	c->name = ar_arena_alloc(&c->mem, ((size_t)c->nf + 2) * sizeof *c->name);
	c->name_total = ar_arena_alloc(&c->mem, ((size_t)c->nf + 1) * sizeof *c->name);
	c->name[0] = c->name_total[0] = AR_STR(".totals");
	c->name[1] = AR_STR(".group");
	for (int i = 0; i < c->nf; i++) {
		struct ar_str s = ar_str_trim(c->cell[i]), one;
		bool fresh;

		one = ar_str(ar_arena_fmt(&c->mem, "%s%.*s", s.n && s.p[0] == '.' ? "." : "", AR_STR_FMT(s)));
		if (!s.n)
			one = ar_str(ar_arena_fmt(&c->mem, "#%d", i + 1));
		s = one;
		ar_tab_add(&seen, one, &fresh);
		for (int k = 2; !fresh; k++) {
			one = ar_str(ar_arena_fmt(&c->mem, "%.*s#%d", AR_STR_FMT(s), k));
			ar_tab_add(&seen, one, &fresh);
		}
		c->name[i + 2] = c->name_total[i + 1] = one;
	}
	ar_tab_release(&seen);
	c->given = NULL;
	c->first = ar_arena_str(&c->mem, c->cell[0]);
	c->header = ar_hash64(c->rec, c->rec_n);
}

/* The text of a record that is no row: its filled cells, as a person reads them. */
static struct ar_str cells_text(struct csv *c)
{
	const char *glue = c->delim == ',' ? ", " : c->delim == ';' ? "; " : " ";

	c->text.n = 0;
	for (int i = 0; i < c->nf; i++)
		if (c->cell[i].n) {
			ar_buf_puts(&c->text, c->text.n ? glue : "");
			ar_buf_str(&c->text, c->cell[i]);
		}
	return ar_buf_slice(&c->text);
}

static int give_preamble(struct csv *c, uint64_t line, struct ar_str text)
{
	static const struct ar_str name = { ".preamble", 9 };
	struct ar_row row = { .row = line, .n = 1, .name = &name, .value = &text };

	c->given = NULL;
	return c->d->sink->row(c->d->sink, &row);
}

/* The values that a line names, over those it named before. */
static void keep_values(struct csv *c, const struct ar_label *l, int at)
{
	struct ar_str own = ar_str_trim(c->cell[at]);
	struct ar_str rest = ar_str_trim((struct ar_str){ own.p + l->text.n, own.n - l->text.n });

	for (int i = 0; i < l->n; i++) {
		int from = at + 1 + i - (rest.n > 0), k = 0;
		struct ar_str v = i == 0 && rest.n ? rest : from < c->nf ? ar_str_trim(c->cell[from]) : (struct ar_str){ "", 0 };

		while (k < c->nabove && !ar_streq(c->above_name[k], l->name[i]))
			k++;
		if (!l->name[i].n || k == AR_CSV_VALUES)
			continue;
		c->nabove = k == c->nabove ? k + 1 : c->nabove;
		c->above_name[k] = l->name[i];
		c->above_room[k].n = 0;
		ar_buf_room(&c->above_room[k], v.n + SPARE);
		ar_buf_put(&c->above_room[k], v.p, v.n);
		c->above_value[k] = ar_buf_slice(&c->above_room[k]);
	}
	c->above++;
}

static int search(struct csv *c)
{
	const struct ar_label *l;
	struct ar_str text;
	int missing, at;

	if (ar_want_found(&c->want, c->cell, c->nf, &missing) == c->want.n) {
		name_columns(c);
		for (int i = 0; i < c->npre; i++)
			if (give_preamble(c, c->pre[i].line, c->pre[i].text) < 0)
				return -1;
		return 0;
	}
	if (c->npre == AR_CSV_SEARCH)
		return no_header(c, c->pre[0].text);
	l = ar_want_label(&c->want, c->cell, c->nf, &at);
	if (l && !l->below)
		keep_values(c, l, at);
	text = cells_text(c);
	c->pre[c->npre++] = (struct preamble){ c->line + 1, ar_arena_str(&c->mem, text) };
	return 0;
}

/* ---- rows ---- */

static int give(struct csv *c, const struct ar_str *name, const struct ar_str *val, int n, bool plain)
{
	struct ar_row row = { .row = c->line + 1, .n = n, .name = name, .value = val, .plain = plain,
		.nabove = c->nabove, .above_name = c->above_name, .above_value = c->above_value, .above = c->above };

	row.same_names = name == c->given && n == c->ngiven;
	c->given = name;
	c->ngiven = n;
	return c->d->sink->row(c->d->sink, &row);
}

/* The record as CSV again: what a reject keeps. */
static struct ar_str record_text(struct csv *c)
{
	c->text.n = 0;
	for (int i = 0; i < c->nf; i++) {
		struct ar_str s = c->cell[i];
		bool quote = memchr(s.p, '"', s.n) || memchr(s.p, c->delim, s.n) || memchr(s.p, '\n', s.n) || memchr(s.p, '\r', s.n);

		if (i)
			ar_buf_c(&c->text, c->delim);
		if (quote)
			ar_buf_c(&c->text, '"');
		for (size_t k = 0; k < s.n; k++) {
			if (s.p[k] == '"')
				ar_buf_c(&c->text, '"');
			ar_buf_c(&c->text, s.p[k]);
		}
		if (quote)
			ar_buf_c(&c->text, '"');
	}
	return ar_buf_slice(&c->text);
}

static int ragged(struct csv *c)
{
	struct ar_err e = { 0 };

	ar_err(&e, AR_FINDINGS, "row_width", "the row has %d cells, the header %d columns", c->nf, c->ncol);
	ar_err_advice(&e, c->nf < c->ncol ? "a line break or a missing cell: correct the row, or export again"
	              : "an unquoted delimiter in a cell: export again; cells that are only empty pass with ragged = trim");
	return c->d->sink->reject(c->d->sink, c->line + 1, record_text(c), &e);
}

static bool extra_empty(const struct csv *c)
{
	for (int i = c->ncol; i < c->nf; i++)
		if (c->cell[i].n)
			return false;
	return true;
}

static bool word_is(struct ar_str s, const char *word, const char *after)
{
	size_t n = strlen(word);

	return ar_str_starts(s, word) && (s.n == n || strchr(after, s.p[n]));
}

/* "Total for Rotaver", "Total - North", "Total Rotaver", "TOTAL", "Grand Total"; not "TotalEnergies". */
static bool is_total(struct ar_str s)
{
	return word_is(s, "Total", " :") || word_is(s, "TOTAL", " :") || word_is(s, "Grand Total", " :") || word_is(s, "GRAND TOTAL", " :");
}

/* What a total is the total of. */
static struct ar_str total_of(struct ar_str s)
{
	static const char *const prefix[] = { "Total for ", "Total - ", "Total " };

	for (int i = 0; i < 3; i++)
		if (ar_str_starts(s, prefix[i]))
			return ar_str_trim((struct ar_str){ s.p + strlen(prefix[i]), s.n - strlen(prefix[i]) });
	return (struct ar_str){ NULL, 0 };
}

static bool is_footer(struct ar_str s)
{
	static const char *const word[] = { "Accrual Basis", "Accrual basis", "Cash Basis", "Cash basis", "Monday", "Tuesday", "Wednesday",
		"Thursday", "Friday", "Saturday", "Sunday" };

	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		if (word_is(s, word[i], " ,"))
			return true;
	return false;
}

/* A group lasts until its total or the next label; labels above it come back when it ends. */
static void open_group(struct csv *c, struct ar_str s)
{
	struct ar_buf b;

	if (c->ngroup == AR_CSV_GROUPS) {               /* labels without totals: the oldest goes, its memory is used again */
		b = c->group[0];
		memmove(c->group, c->group + 1, sizeof b * (AR_CSV_GROUPS - 1));
		c->group[--c->ngroup] = b;
	}
	c->group[c->ngroup].n = 0;
	ar_buf_room(&c->group[c->ngroup], s.n + SPARE);
	ar_buf_str(&c->group[c->ngroup++], s);
	c->d->groups++;
}

static struct ar_str group_now(const struct csv *c)
{
	return ar_buf_slice(&c->group[c->ngroup - 1]);
}

static void close_group(struct csv *c, struct ar_str of)
{
	for (int i = c->ngroup - 1; i >= 0; i--)
		if (ar_streq(ar_buf_slice(&c->group[i]), of)) {
			c->ngroup = i;
			return;
		}
}

static int give_total(struct csv *c, struct ar_str label, int n, bool plain)
{
	int rc;

	if (c->ngroup) {
		c->val[0] = label;
		c->val[1] = group_now(c);
		rc = give(c, c->name, c->val, n + 2, false);
	} else {
		c->val[1] = label;
		rc = give(c, c->name_total, c->val + 1, n + 1, plain);
	}
	close_group(c, total_of(label));
	return rc;
}

static int report_row(struct csv *c, bool plain)
{
	struct ar_str first = { NULL, 0 };
	int filled = 0, at = -1;

	for (int i = 0; i < c->nf; i++)
		if (c->cell[i].n && filled++ == 0)
			at = i;
	first = ar_str_trim(c->cell[at]);
	if (is_total(first) && extra_empty(c))
		return give_total(c, first, c->nf < c->ncol ? c->nf : c->ncol, plain);
	if (filled <= 3 && is_footer(first))
		return give_preamble(c, c->line + 1, cells_text(c));
	if (filled == 1 && at == 0) {
		open_group(c, first);
		return 0;
	}
	if (c->nf != c->ncol && !(c->nf > c->ncol && c->trim && extra_empty(c)))
		return ragged(c);
	if (!c->ngroup)
		return give(c, c->name + 2, c->cell, c->ncol, plain);
	c->val[1] = group_now(c);
	return give(c, c->name + 1, c->val + 1, c->ncol + 1, plain && ar_jstr_plain(c->val[1].p, c->val[1].n) == c->val[1].n);
}

/* A line below the table: a row that holds what is known of the table, and what this line says. */
static int give_below(struct csv *c, const struct ar_label *l, int at)
{
	static const struct ar_str name = { ".record", 7 }, value = { "below", 5 };
	int above = c->nabove, rc;

	if (!l->n)
		return give_preamble(c, c->line + 1, cells_text(c));
	keep_values(c, l, at);
	rc = give(c, &name, &value, 1, false);
	c->nabove = above;
	c->above++;
	return rc;
}

/* Between the rows: a line below, or what begins the next table. 0: it is a row; 1: done; -1. */
static int outside(struct csv *c)
{
	int missing, at;
	const struct ar_label *l = ar_want_label(&c->want, c->cell, c->nf, &at);

	if (l && l->below)
		return give_below(c, l, at) < 0 ? -1 : 1;
	if (l)
		keep_values(c, l, at);
	else if (c->want.rows || !c->want.n || !ar_csv_same_name(c->cell[0], c->first)
	         || ar_want_found(&c->want, c->cell, c->nf, &missing) < c->want.n)
		return 0;
	else if (c->header != ar_hash64(c->rec, c->rec_n))
		name_columns(c);
	return give_preamble(c, c->line + 1, cells_text(c)) < 0 ? -1 : 1;
}

static int record(struct csv *c, bool plain)
{
	int rc;

	if (!c->rec_n)
		return 0;                               /* nothing but delimiters: a blank line */
	if (!c->ncol)
		return search(c);
	if (c->want.nlabel && (rc = outside(c)))
		return rc < 0 ? -1 : 0;
	if (c->report)
		return report_row(c, plain);
	if (c->nf != c->ncol && !(c->nf > c->ncol && c->trim && extra_empty(c)))
		return ragged(c);
	return give(c, c->name + 2, c->cell, c->ncol, plain);
}

static void on_field(void *p, size_t n, void *data)
{
	struct csv *c = data;
	char *to = c->rec + c->rec_n;

	if (c->failed)
		return;
	if (n > AR_CSV_FIELD || c->nf == AR_CSV_FIELDS || c->rec_n + n > AR_CSV_RECORD) {
		fail(c, AR_DAMAGED, "csv_limit", n > AR_CSV_FIELD ? "a cell of more than 65536 bytes (limit csv-field)"
		     : c->nf == AR_CSV_FIELDS ? "more than 1024 cells in one record (limit csv-fields)"
		     : "a record of more than 1 MiB (limit csv-record)", "look for a quotation mark that is not closed, in this record or before");
		return;
	}
	if (n <= SPARE && c->p.entry_size >= SPARE)
		memcpy(to, p, SPARE);           /* most cells are short: one move of fixed size */
	else if (n)
		memcpy(to, p, n);
	c->cell[c->nf++] = (struct ar_str){ to, n };
	c->rec_n += n;
}

static uint64_t breaks_inside(const struct csv *c, const char *p, size_t n)
{
	return ar_count_char(p, n, c->cr_lines ? '\r' : '\n');
}

/* Every line end outside quotes comes here, also those of blank lines (nf = 0) and the LF of a CRLF. */
static void on_row(int term, void *data)
{
	struct csv *c = data;
	uint64_t inside = 0;
	size_t plain;

	if (c->failed)
		return;
	if (!c->nf && term == '\n' && c->last_term == '\r') {
		c->last_term = 0;
		return;
	}
	c->last_term = term;
	if (c->nf) {
		plain = ar_jstr_plain(c->rec, c->rec_n);
		if (plain < c->rec_n)
			inside = breaks_inside(c, c->rec + plain, c->rec_n - plain);
		if (record(c, plain == c->rec_n) < 0)
			c->failed = true;
	}
	c->line += inside + 1;
	c->nf = 0;
	c->rec_n = 0;
}

/* ---- decoding ---- */

static int parse_error(struct csv *c)
{
	switch (csv_error(&c->p)) {
	case CSV_ENOMEM:
	case CSV_ETOOBIG:
		ar_no_memory();
	}
	return fail(c, AR_DAMAGED, "csv_quote", "a quotation mark inside a cell, or text behind a quoted cell, in the record that begins here",
	            "a cell that holds quotation marks must be quoted and each mark doubled; correct the file or export it again");
}

static int feed(struct csv *c, const char *p, size_t n)
{
	size_t done = csv_parse(&c->p, p, n, on_field, on_row, c);

	if (c->failed)
		return -1;
	if (done != n)
		return parse_error(c);
	if (c->p.entry_pos > AR_CSV_FIELD)
		return fail(c, AR_DAMAGED, "csv_limit", "a cell of more than 65536 bytes (limit csv-field)",
		            "look for a quotation mark that is not closed, in this record or before");
	return 0;
}

static int finish(struct csv *c, struct ar_str head)
{
	if (csv_fini(&c->p, on_field, on_row, c) && !c->failed)
		return fail(c, AR_DAMAGED, "csv_quote", "a quoted cell is not closed at the end of the file",
		            "the file is cut off, or a quotation mark is missing in the record that begins here; export it again");
	if (c->failed)
		return -1;
	if (!c->ncol && c->npre) {
		c->line = 0;
		return no_header(c, head);
	}
	return 0;
}

static int read_keys(struct csv *c, const char **delims)
{
	struct ar_conf_sec *map = c->d->map;
	struct ar_str totals = { NULL, 0 }, width = { NULL, 0 };
	struct ar_err *e = c->d->err;

	if (ar_want_read(&c->want, &c->mem, map, false, e) < 0 || ar_csv_delims(map, delims, e) < 0)
		return -1;
	if (!map)
		return 0;
	if (ar_conf_get_str(map, "totals", &totals, e) < 0 || ar_conf_get_str(map, "ragged", &width, e) < 0)
		return -1;
	c->report = ar_streqz(totals, "report");
	c->trim = ar_streqz(width, "trim");
	if ((totals.p && !c->report) || (width.p && !c->trim)) {
		ar_err(e, AR_USAGE, "map_value", "%s", totals.p && !c->report ? "totals can only be: report" : "ragged can only be: trim");
		return ar_err_at(e, map->file, map->line);
	}
	return 0;
}

/* The first block decides on the delimiter and on what ends a line. */
static void begin(struct csv *c, struct ar_str head, const char *delims)
{
	c->delim = ar_csv_sniff(&c->want, head, delims, NULL);
	if (c->want.rows) {
		struct ar_want any = c->want;   /* the user may know better how cells look: then by their number alone */

		any.one = true;
		any.like = ar_arena_zero(&c->mem, ((size_t)any.n + 1) * sizeof *any.like);
		if (!c->delim)
			c->delim = ar_csv_sniff(&any, head, delims, NULL);
		memcpy(c->cell, c->want.name, (size_t)c->want.n * sizeof *c->cell);
		c->nf = c->want.n;
		name_columns(c);
		c->nf = 0;
	}
	if (!c->delim && (c->want.n || delims[1]))
		c->delim = delims[0];
	if (!c->delim)
		c->delim = ',';
	csv_set_delim(&c->p, (unsigned char)c->delim);
	c->cr_lines = !memchr(head.p, '\n', head.n) && memchr(head.p, '\r', head.n);
}

static int run(struct csv *c, struct ar_text *t, const char *delims)
{
	char first[512];
	struct ar_str head = { first, 0 };
	bool begun = false;
	const char *p;
	ssize_t n;

	while (t->line = c->line + breaks_inside(c, c->rec, c->rec_n)
	       + breaks_inside(c, (const char *)c->p.entry_buf, c->p.entry_pos), (n = ar_text_next(t, &p, c->d->err)) > 0) {
		if (!begun) {
			begun = true;
			begin(c, (struct ar_str){ p, (size_t)n }, delims);
			head.n = (size_t)n < sizeof first ? (size_t)n : sizeof first;
			memcpy(first, p, head.n);
		}
		if (feed(c, p, (size_t)n) < 0)
			return -1;
	}
	return n < 0 ? -1 : finish(c, head);
}

static int decode(struct ar_decode *d)
{
	struct csv *c = ar_calloc(1, sizeof *c);
	struct ar_text t = { 0 };
	const char *delims;
	int rc = -1;

	c->d = d;
	c->cell = c->val + 2;
	c->rec = ar_malloc(AR_CSV_RECORD + SPARE);
	if (read_keys(c, &delims) == 0 && ar_text_open(&t, d, false) == 0) {
		if (csv_init(&c->p, (c->want.loose ? 0 : CSV_STRICT) | CSV_STRICT_FINI | CSV_REPALL_NL))
			ar_no_memory();
		csv_set_blk_size(&c->p, 4096);
		rc = run(c, &t, delims);
		csv_free(&c->p);
	}
	ar_text_close(&t);
	ar_buf_release(&c->text);
	for (int i = 0; i < AR_CSV_VALUES; i++)
		ar_buf_release(&c->above_room[i]);
	for (int i = 0; i < AR_CSV_GROUPS; i++)
		ar_buf_release(&c->group[i]);
	ar_arena_release(&c->mem);
	free(c->rec);
	free(c);
	return rc;
}

const struct ar_syntax ar_syntax_csv = {
	.name = "csv",
	.summary = "values parted by comma, semicolon, tab or bar, a header line above them",
	.keys = "header = COLUMN, ...: the columns that the header must hold, looked for in the first 50 records (default: those of detect; "
	        "with neither, the first record is the header)\n"
	        "columns = NAME, ...: the file has no header; these are its columns by position, and detect says how cells look: NAME like "
	        "PATTERN, ... (9 a digit, A a letter, ? any byte, * anything)\n"
	        "width = NUMBER: the header has so many cells, no more and no less (default: any number)\n"
	        "above = \"TEXT\", NAME, -, ...: a line above the table that begins with TEXT; what follows TEXT in its cell, if anything, and "
	        "then its further cells are given as ../NAME with every row (- is not kept); repeated; where it comes again, it counts from "
	        "there\n"
	        "below = \"TEXT\", NAME, ...: a line below the table that begins with TEXT; with names it is a row whose .record is below\n"
	        "quotes = text: a quotation mark inside a cell is part of it (default: such a file is damaged)\n"
	        "delimiter = , or ; or | or tab (default: the one under which the header is found)\n"
	        "encoding = windows-1250, windows-1252, iso-8859-1, iso-8859-15 (default: byte order mark, else UTF-8)\n"
	        "totals = report: the file is a printed report, with label rows, totals and footers (default: every record is a row)\n"
	        "ragged = trim: cells beyond the header are left out if they are empty (default: such a row is refused)",
	.detect = ar_csv_detect,
	.match = ar_csv_match,
	.decode = decode,
};
