/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_review.c - the sheet of what is not decided, and its answers read back.
 *
 * One row a candidate. An answer stands in any row of its payment:
 *     x                       this row
 *     2                       the row of that rank
 *     account                 all of it on account of the customer who paid; account ID: of that customer
 *     INV1; INV2=100.00       these documents, in full or with so much
 *     no                      not now
 * A row's documents stand as "INV1 [id]=490.00 +discount 10.00; ...": so an approved row settles what the person saw, or is refused.
 */
#include "config.h"

#include "cmd/match_run.h"

#include "ar/table.h"

#include <csv.h>
#include <stdlib.h>

enum { C_LINE, C_RANK, C_DATE, C_AMOUNT, C_CURRENCY, C_PAYER, C_TEXT, C_CUSTOMER, C_DOCUMENTS, C_ACCOUNT, C_RULE, C_CONFIDENCE, C_WHY, C_ANSWER, COLUMNS };
enum { MAX_SHEET = 256 << 20, MAX_PARTS = 500 };

static const char *const heads[COLUMNS] = { "line", "rank", "date", "amount", "currency", "payer", "text", "customer", "documents", "on account", "rule",
	"confidence", "why", "answer" };

/* ---- writing ---- */

static void put_cut(struct ar_buf *b, const char *name, int64_t v, uint16_t ccy)
{
	char t[AR_MONEY_TEXT];

	if (v)
		ar_buf_fmt(b, " +%s %s", name, ar_money_z(t, v, ar_ccy[ccy].digits));
}

static void put_document(struct ar_buf *b, const struct ar_match_item *it, int64_t amount, const struct ar_match_target *t)
{
	char text[AR_MONEY_TEXT];

	if (b->n)
		ar_buf_puts(b, "; ");
	if (it->number.n) {
		ar_buf_str(b, it->number);
		ar_buf_c(b, ' ');
	}
	ar_buf_c(b, '[');
	ar_buf_str(b, it->id);
	ar_buf_fmt(b, "]=%s", ar_money_z(text, amount, ar_ccy[it->ccy].digits));
	put_cut(b, "discount", t->discount, it->ccy);
	put_cut(b, "writeoff", t->writeoff, it->ccy);
	put_cut(b, "tax", t->withholding_tax, it->ccy);
	put_cut(b, "charges", t->charges, it->ccy);
}

/* What is settled of each document by money and credit memos together; memos with what they give, negative. */
static struct ar_str documents(struct match_run *run, const struct ar_match_result *m)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str s;

	for (int i = 0, next; i < m->ntarget; i = next) {
		struct ar_match_target sum = { 0 };

		for (next = i; next < m->ntarget && m->target[next].item == m->target[i].item; next++) {
			sum.amount += m->target[next].amount;
			sum.discount += m->target[next].discount;
			sum.writeoff += m->target[next].writeoff;
			sum.withholding_tax += m->target[next].withholding_tax;
			sum.charges += m->target[next].charges;
		}
		put_document(&b, ar_match_item_of(run->match, m->target[i].item), sum.amount, &sum);
	}
	for (int i = 0; i < m->ntarget; i++) {
		static const struct ar_match_target none;
		int64_t gives = 0;
		bool seen = m->target[i].memo == AR_MATCH_NONE;

		for (int k = 0; k < i; k++)
			seen |= m->target[k].memo == m->target[i].memo;
		for (int k = i; !seen && k < m->ntarget; k++)
			gives += m->target[k].memo == m->target[i].memo ? m->target[k].amount : 0;
		if (!seen)
			put_document(&b, ar_match_item_of(run->match, m->target[i].memo), -gives, &none);
	}
	s = match_kept(run, ar_buf_slice(&b));
	ar_buf_release(&b);
	return s;
}

static struct ar_str money_text(struct match_run *run, int64_t v, uint16_t ccy)
{
	char t[AR_MONEY_TEXT];

	return v ? match_kept(run, ar_str(ar_money_z(t, v, ar_ccy[ccy].digits))) : (struct ar_str){ NULL, 0 };
}

static struct ar_str joined(struct match_run *run, const struct ar_str *v, int n, const char *between)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str s;

	for (int i = 0; i < n; i++) {
		ar_buf_puts(&b, i ? between : "");
		ar_buf_str(&b, v[i]);
	}
	s = match_kept(run, ar_buf_slice(&b));
	ar_buf_release(&b);
	return s;
}

static void put_row(struct match_run *run, struct ar_table *t, size_t line, const struct ar_match_result *m, int rank)
{
	const struct ar_match_line *l = &run->line[line].line;
	struct ar_cell_text *c = ar_table_row(t);
	char day[11];

	c[C_LINE].text = l->id;
	c[C_RANK].text = ar_str(ar_arena_fmt(&run->io->mem, "%d", rank));
	c[C_DATE].text = match_kept(run, ar_str(ar_date_z(day, run->line[line].date)));
	c[C_AMOUNT].text = money_text(run, l->amount, l->ccy);
	c[C_CURRENCY].text = ar_str(ar_ccy[l->ccy].code);
	if (rank == 1) {
		c[C_PAYER].text = l->payer;
		c[C_TEXT].text = joined(run, l->text, l->ntext, " ");
	}
	c[C_CUSTOMER].text = m->customer;
	c[C_DOCUMENTS].text = documents(run, m);
	c[C_ACCOUNT].text = money_text(run, m->on_account, l->ccy);
	c[C_RULE].text = ar_str(ar_match_rule(m->rule));
	if (m->confidence >= 0)
		c[C_CONFIDENCE].text = ar_str(ar_arena_fmt(&run->io->mem, "0.%03d", m->confidence));
	c[C_WHY].text = joined(run, m->evidence, m->nevidence, "; ");
}

int match_put_review(struct match_run *run)
{
	static const unsigned number = 1u << C_RANK | 1u << C_AMOUNT | 1u << C_ACCOUNT | 1u << C_CONFIDENCE;
	struct ar_column col[COLUMNS];
	struct ar_buf b = AR_BUF_INIT;
	struct ar_table t;
	int rc;

	for (int i = 0; i < COLUMNS; i++)
		col[i] = (struct ar_column){ ar_str(heads[i]), number >> i & 1 ? AR_CELL_NUMBER : 0, 0 };
	ar_table_init(&t, &run->io->mem, col, COLUMNS);
	for (size_t i = 0; i < run->nline; i++) {
		const struct ar_match_result *m = ar_match_result(run->match, i);

		if (m->answer || !m->money || (m->decision != AR_MD_SUGGEST && m->decision != AR_MD_NONE))
			continue;
		put_row(run, &t, i, m, 1);
		for (int k = 0; k < m->nother; k++)
			put_row(run, &t, i, &m->other[k], k + 2);
	}
	ar_table_csv(&t, true, &b);
	rc = ar_out_file(run->review, b.p, b.n, &run->io->err);
	ar_table_release(&t);
	ar_buf_release(&b);
	return rc;
}

/* ---- reading ---- */

struct sheet {
	struct match_run *run;
	struct ar_str (*row)[COLUMNS];
	uint64_t *lineno;
	size_t n, room, room2;
	struct ar_str now[COLUMNS];
	int col[64], ncol, at;          /* col: which of ours the sheet's k-th is; -1 none */
	uint64_t line;
	bool head;
	struct ar_tab ranks;            /* line and rank -> rank_row -> row */
	size_t *rank_row;
	struct ar_tab answered;         /* lines with an answer, */
	bool *twice;                    /* and whether there are several */
};

static void cell(void *p, size_t n, void *ctx)
{
	struct sheet *s = ctx;
	struct ar_str text = { p, n };

	if (n && *text.p == '\'') {     /* the sign before what could be a formula */
		text.p++;
		text.n--;
	}
	if (!s->line && !s->head && n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0 && !s->at)
		text = (struct ar_str){ (char *)p + 3, n - 3 };
	if (!s->head && s->at < 64) {
		s->col[s->at] = -1;
		for (int i = 0; i < COLUMNS; i++)
			if (ar_str_caseeq(ar_str_trim(text), ar_str(heads[i])))
				s->col[s->at] = i;
		s->ncol = s->at + 1;
	} else if (s->head && s->at < s->ncol && s->col[s->at] >= 0) {
		s->now[s->col[s->at]] = match_kept(s->run, ar_str_trim(text));
	}
	s->at++;
}

static void row_done(int c, void *ctx)
{
	struct sheet *s = ctx;

	(void)c;
	s->line++;
	s->at = 0;
	if (!s->head) {
		s->head = true;
		return;
	}
	s->row = match_more(s->row, s->n, &s->room, sizeof *s->row);
	s->lineno = match_more(s->lineno, s->n, &s->room2, sizeof *s->lineno);
	memcpy(s->row[s->n], s->now, sizeof s->now);
	s->lineno[s->n++] = s->line;
	memset(s->now, 0, sizeof s->now);
}

static int read_sheet(struct sheet *s)
{
	struct ar_io *io = s->run->io;
	struct csv_parser p;
	bool have[COLUMNS] = { 0 };
	size_t n;
	char *text = ar_io_slurp(io, s->run->answers, MAX_SHEET, &n);
	bool good;

	if (!text)
		return -1;
	if (!ar_utf8_ok(text, n))
		return ar_err(&io->err, AR_USAGE, "answers", "%s: not UTF-8; save the sheet as CSV, UTF-8", s->run->answers);
	if (csv_init(&p, CSV_STRICT | CSV_STRICT_FINI))
		ar_no_memory();
	if (n && memchr(text, ';', n) && (!memchr(text, ',', n) || memchr(text, ';', n) < memchr(text, ',', n)))
		csv_set_delim(&p, ';');
	good = csv_parse(&p, text, n, cell, row_done, s) == n && csv_fini(&p, cell, row_done, s) == 0;
	csv_free(&p);
	for (int i = 0; i < s->ncol; i++)
		if (s->col[i] >= 0)
			have[s->col[i]] = true;
	if (!good || !have[C_LINE] || !have[C_ANSWER] || !have[C_RANK] || !have[C_AMOUNT] || !have[C_CURRENCY] || !have[C_DOCUMENTS])
		return ar_err(&io->err, AR_USAGE, "answers", "%s: not a sheet that --review wrote: it needs the columns line, rank, amount, "
			      "currency, documents and answer", s->run->answers);
	return 0;
}

static int refuse(struct sheet *s, size_t row, const char *why, const char *advice)
{
	struct ar_io *io = s->run->io;
	const char *base = strrchr(s->run->answers, '/');

	ar_err(&io->err, AR_FINDINGS, "answer", "the answer '%.*s' for %.*s is not taken: %s", AR_STR_FMT(s->row[row][C_ANSWER]),
	       AR_STR_FMT(s->row[row][C_LINE]), why);
	if (advice)
		ar_err_advice(&io->err, advice);
	ar_io_reject_raw(io, base ? base + 1 : s->run->answers, s->lineno[row], s->row[row][C_ANSWER]);
	ar_err_clear(&io->err);
	return 0;
}

/* " +discount 10.00 +tax 5.00" */
static bool read_cuts(struct ar_str s, int digits, struct ar_match_answer_part *p)
{
	const struct { const char *name; int64_t *v; } all[] = { { "discount", &p->discount }, { "writeoff", &p->writeoff },
		{ "tax", &p->withholding_tax }, { "charges", &p->charges } };

	while (s.n) {
		struct ar_str word, amount;
		size_t i = 0;

		s = ar_str_cut(ar_str_trim(s), '+', &word);
		if (!s.p)
			return !ar_str_trim(word).n;
		s = ar_str_cut(s, ' ', &word);
		if (!s.p)
			return false;
		for (i = 0; i < s.n && s.p[i] != ' '; i++)
			;
		amount = (struct ar_str){ s.p, i };
		s.p += i;
		s.n -= i;
		for (i = 0; i < 4 && !ar_streqz(word, all[i].name); i++)
			;
		if (i == 4 || ar_money_read(amount, digits, all[i].v, NULL) < 0 || *all[i].v < 0)
			return false;
	}
	return true;
}

/* "INV1 [id]=490.00 +discount 10.00", "INV1=490.00", "INV1" */
static bool read_part(struct ar_str s, int digits, struct ar_match_answer_part *p)
{
	struct ar_str name, amount, rest = ar_str_cut(s, '=', &name), id;

	*p = (struct ar_match_answer_part){ 0 };
	name = ar_str_trim(name);
	if (name.n && name.p[name.n - 1] == ']') {
		id = ar_str_cut(name, '[', &amount);
		if (!id.p)
			return false;
		name = (struct ar_str){ id.p, id.n - 1 };
	}
	p->item = name;
	if (!name.n)
		return false;
	if (!rest.p)
		return true;
	rest = ar_str_trim(rest);
	for (amount = (struct ar_str){ rest.p, 0 }; amount.n < rest.n && rest.p[amount.n] != ' '; amount.n++)
		;
	rest.p += amount.n;
	rest.n -= amount.n;
	if (ar_money_read(amount, digits, &p->amount, NULL) < 0 || !p->amount || !read_cuts(rest, digits, p))
		return false;
	p->amount = p->amount < 0 ? -p->amount : p->amount;
	return true;
}

static bool read_parts(struct match_run *run, struct ar_str s, int digits, struct ar_match_answer *a)
{
	a->part = ar_arena_alloc(&run->io->mem, MAX_PARTS * sizeof *a->part);
	while (s.p && s.n) {
		struct ar_str piece;

		s = ar_str_cut(s, ';', &piece);
		piece = ar_str_trim(piece);
		if (!piece.n)
			continue;
		if (a->npart == MAX_PARTS || !read_part(piece, digits, &a->part[a->npart++]))
			return false;
	}
	return true;
}

static struct ar_str rank_key(struct match_run *run, struct ar_str line, struct ar_str rank)
{
	run->story.n = 0;
	ar_buf_str(&run->story, line);
	ar_buf_c(&run->story, '\0');
	ar_buf_str(&run->story, rank);
	return ar_buf_slice(&run->story);
}

/* Rows may have been sorted in the spreadsheet: found by line and rank; of two the first. */
static void index_rows(struct sheet *s)
{
	s->rank_row = ar_malloc((s->n + 1) * sizeof *s->rank_row);
	for (size_t i = 0; i < s->n; i++) {
		bool fresh;
		uint32_t k = ar_tab_add(&s->ranks, rank_key(s->run, s->row[i][C_LINE], s->row[i][C_RANK]), &fresh);

		if (fresh)
			s->rank_row[k] = i;
	}
	s->run->story.n = 0;
	s->twice = ar_calloc(s->n + 1, sizeof *s->twice);
	for (size_t i = 0; i < s->n; i++)
		if (s->row[i][C_ANSWER].n) {
			bool fresh;
			uint32_t k = ar_tab_add(&s->answered, s->row[i][C_LINE], &fresh);

			s->twice[k] |= !fresh;
		}
}

static size_t row_of(struct sheet *s, size_t row, struct ar_str rank)
{
	uint32_t k = ar_tab_get(&s->ranks, rank_key(s->run, s->row[row][C_LINE], rank));

	s->run->story.n = 0;
	return k == AR_TAB_NONE ? SIZE_MAX : s->rank_row[k];
}

/* run->line is sorted by id */
static const struct ar_match_line *line_of(const struct match_run *run, struct ar_str id)
{
	size_t lo = 0, hi = run->nline;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = ar_str_cmp(run->line[mid].line.id, id);

		if (c == 0)
			return &run->line[mid].line;
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

static struct ar_str names(struct match_run *run)
{
	struct ar_str v[2] = { ar_str(run->by.v[0]), run->by.n > 1 ? ar_str(run->by.v[1]) : AR_STR("") };

	return joined(run, v, run->by.n > 1 ? 2 : 1, ", ");
}

/* Who may: write-offs within the policy's limit, large amounts by two. */
static const char *authority(const struct match_run *run, const struct ar_match_answer *a, int64_t amount, int ccy)
{
	int64_t writeoff = 0;

	for (int i = 0; i < a->npart; i++)
		writeoff += a->part[i].writeoff;
	if (writeoff && writeoff > ar_mc_limit(run->writeoff_limit, ccy))
		return "it writes off more than the policy lets an answer do (answer_writeoff)";
	if (run->four_eyes[ccy] >= 0 && amount > run->four_eyes[ccy] && (run->by.n < 2 || strcmp(run->by.v[0], run->by.v[1]) == 0))
		return "the policy wants two people for such an amount (four_eyes_above): give --by twice";
	return NULL;
}

static int take_answer(struct sheet *s, size_t row)
{
	struct match_run *run = s->run;
	struct ar_str *r = s->row[row], say = r[C_ANSWER], word, who;
	struct ar_match_answer a = { .line = r[C_LINE], .by = names(run), .at = run->now, .n = (uint32_t)row };
	int ccy = ar_ccy_find(r[C_CURRENCY]);
	const struct ar_match_line *l;
	int64_t amount;
	const char *why;

	if (s->twice[ar_tab_get(&s->answered, a.line)])
		return refuse(s, row, "the sheet has several answers for this payment", "leave one of them");
	if (ccy < 0 || ar_money_read(r[C_AMOUNT], ar_ccy[ccy].digits, &amount, NULL) < 0)
		return refuse(s, row, "its row has no amount and currency", NULL);
	if (ar_str_caseeq(say, AR_STR("no")) || ar_str_caseeq(say, AR_STR("none")))
		return 0;
	who = ar_str_trim(ar_str_cut(say, ' ', &word));
	if (ar_str_caseeq(say, AR_STR("x")) || ar_str_caseeq(say, AR_STR("yes")) || ar_str_uint(say, 99) > 0) {
		size_t chosen = ar_str_uint(say, 99) > 0 ? row_of(s, row, say) : row;

		if (chosen == SIZE_MAX)
			return refuse(s, row, "the sheet has no row of that rank", NULL);
		a.customer = s->row[chosen][C_CUSTOMER];
		say = s->row[chosen][C_DOCUMENTS];
	} else if (ar_str_caseeq(word, AR_STR("account"))) {
		a.customer = who.n ? who : r[C_CUSTOMER];
		say = AR_STR("");
	}
	if (!read_parts(run, say, ar_ccy[ccy].digits, &a))
		return refuse(s, row, "it is none of x, a rank, no, account, or documents parted by ;", NULL);
	why = authority(run, &a, amount, ccy);
	if (why)
		return refuse(s, row, why, NULL);
	l = line_of(run, a.line);
	if (l && (l->amount != amount || l->ccy != ccy))
		return refuse(s, row, "the bank line has another amount by now", "make the sheet anew");
	ar_match_add_answer(run->match, &a);
	return 0;
}

int match_read_answers(struct match_run *run)
{
	struct sheet s = { .run = run };
	int rc = read_sheet(&s);

	if (rc == 0)
		index_rows(&s);
	for (size_t i = 0; rc == 0 && i < s.n; i++)
		if (s.row[i][C_ANSWER].n)
			rc = take_answer(&s, i);
	free(s.row);
	free(s.lineno);
	free(s.rank_row);
	ar_tab_release(&s.ranks);
	free(s.twice);
	ar_tab_release(&s.answered);
	return rc;
}

/* What matching could not take. */
int match_check_answers(struct match_run *run)
{
	for (size_t i = 0;; i++) {
		const struct ar_match_answer *a = ar_match_answer_of(run->match, i);
		const char *why = a ? ar_match_refused(run->match, i) : NULL;

		if (!a)
			return 0;
		if (!why) {
			ar_io_note(run->io, "answered", 1);
			continue;
		}
		ar_err(&run->io->err, AR_FINDINGS, "answer", "the answer for %.*s is not taken: %s", AR_STR_FMT(a->line), why);
		ar_err_advice(&run->io->err, "make the sheet anew: the books have moved since");
		ar_io_reject_raw(run->io, run->answers, a->n + 2, a->line);
		ar_err_clear(&run->io->err);
	}
}
