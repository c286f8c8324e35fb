/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mt940.c - lines into messages, and detection. A message is read whole (its currency may stand at its end, and whether it has an end
 * decides about every entry in it), then its rows are given.
 */
#include "config.h"

#include "syntax/mt.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- tags ---- */

/* The text of a tag as a number; of two bytes the third is 0. */
#define CODE(a, b, c) ((uint32_t)(unsigned char)(a) << 16 | (uint32_t)(unsigned char)(b) << 8 | (unsigned char)(c))

static enum ar_mt_tag tag_named(uint32_t code)
{
	switch (code) {
	case CODE('2', '0', 0): return T_20;
	case CODE('2', '1', 0): return T_21;
	case CODE('2', '5', 0): return T_25;
	case CODE('2', '5', 'P'): return T_25P;
	case CODE('2', '8', 'C'): return T_28C;
	case CODE('2', '8', 0): return T_28;
	case CODE('3', '4', 'F'): return T_34F;
	case CODE('1', '3', 'D'): return T_13D;
	case CODE('1', '3', 0): return T_13;
	case CODE('6', '0', 'F'): return T_60F;
	case CODE('6', '0', 'M'): return T_60M;
	case CODE('6', '1', 0): return T_61;
	case CODE('8', '6', 0): return T_86;
	case CODE('6', '2', 'F'): return T_62F;
	case CODE('6', '2', 'M'): return T_62M;
	case CODE('6', '4', 0): return T_64;
	case CODE('6', '5', 0): return T_65;
	case CODE('9', '0', 'D'): return T_90D;
	case CODE('9', '0', 'C'): return T_90C;
	case CODE('N', 'S', 0): return T_NS;
	case CODE('9', '4', '0'): return T_940;
	case CODE('9', '4', '2'): return T_942;
	default: return T_NONE;
	}
}

/* A known tag at the start of a line; *rest gets what follows it. */
static enum ar_mt_tag tag_of(struct ar_str line, struct ar_str *rest)
{
	size_t n;

	if (line.n <= 3 || line.p[0] != ':')
		return T_NONE;
	n = line.p[3] == ':' ? 2 : 3;
	if (n == 3 && (line.n == 4 || line.p[4] != ':' || !line.p[3]))
		return T_NONE;
	*rest = (struct ar_str){ line.p + n + 2, line.n - n - 2 };
	return tag_named(CODE(line.p[1], line.p[2], n == 3 ? line.p[3] : 0));
}

/* ---- lines into messages ---- */

static void add_field(struct ar_mt *m, enum ar_mt_tag tag, struct ar_str first)
{
	if (m->nfield == m->field_cap)
		m->field = ar_realloc(m->field, (size_t)(m->field_cap = m->field_cap * 2 + 64) * sizeof *m->field);
	m->field[m->nfield++] = (struct ar_mt_field){ tag, m->in.line, m->nline, 1 };
	m->line[m->nline++] = first;
}

int ar_mt_damaged(struct ar_mt *m, const char *code, const char *what, const char *advice)
{
	ar_err(m->d->err, AR_DAMAGED, code, "%s", what);
	if (advice)
		ar_err_advice(m->d->err, advice);
	return ar_err_at(m->d->err, ar_in_name(m->d->in), m->in.line);
}

/* For another line, and the ':' that may stand before it. */
static inline int make_room(struct ar_mt *m)
{
	if (m->bytes > AR_MT_MESSAGE)
		return ar_mt_damaged(m, "mt_limit", "a message of more than 64 MiB (limit mt-message)", NULL);
	if (m->nline + 3 > m->line_cap)
		m->line = ar_realloc(m->line, (size_t)(m->line_cap = m->line_cap * 2 + 256) * sizeof *m->line);
	return 0;
}

/* A copy that lives as long as the message, without control bytes. */
static int take_line(struct ar_mt *m, struct ar_str *s)
{
	size_t n = 0;
	char *p;

	m->bytes += s->n + AR_MT_SPARE;
	if (make_room(m) < 0)
		return -1;
	if ((size_t)(m->text_end - m->text) < s->n + AR_MT_SPARE) {
		m->text = ar_arena_alloc(&m->mem, AR_MT_LINE + AR_MT_SPARE);
		m->text_end = m->text + AR_MT_LINE + AR_MT_SPARE;
	}
	p = m->text;
	if (m->in.clean) {
		for (; n < s->n; n += AR_MT_SPARE)      /* what is too much lies in the spare bytes of both */
			memcpy(p + n, s->p + n, AR_MT_SPARE);
		n = s->n;
	} else {
		m->odd = true;
		for (size_t i = 0; i < s->n; i++)
			if ((unsigned char)s->p[i] >= ' ' || s->p[i] == '\t')
				p[n++] = s->p[i];
	}
	m->text = p + n;
	*s = (struct ar_str){ p, n };
	return 0;
}

/* Ends: '-' alone (also before a control byte, which is gone), '-}', '-}{5:..}', '$', and the '-XXX' of ING. */
static bool is_end(struct ar_str s)
{
	if (s.n && ar_is_alnum(*s.p))
		return false;
	s = ar_str_trim(s);
	return ar_streqz(s, "-") || ar_streqz(s, "$") || ar_str_starts(s, "-}") || ar_streqz(s, "-XXX");
}

/* Does a tag behind a lone '-' still belong to the message: is the dash text? */
static bool goes_on(const struct ar_mt *m, enum ar_mt_tag tag)
{
	if (m->block || m->nfield == 0)
		return false;
	return !m->closing && (tag == T_61 || tag == T_86 || tag == T_62F || tag == T_62M) && m->field[0].tag == T_20;
}

static bool begins(const struct ar_mt *m, enum ar_mt_tag tag)
{
	if (tag == T_20 || tag == T_940 || tag == T_942)
		return m->nfield > 0;
	return m->closing && (tag == T_21 || tag == T_25 || tag == T_28C || tag == T_28 || tag == T_60F || tag == T_60M);
}

/* The lone dash and the lines behind it were text after all. */
static void undash(struct ar_mt *m)
{
	struct ar_mt_field *f = &m->field[m->nfield - 1];

	f->n = m->nline - f->first;
	m->dashed = m->ends = false;
}

/* Tags that stand before the entries: behind one they are text that looks like it (13:15 h). */
static bool too_late(const struct ar_mt *m, enum ar_mt_tag tag)
{
	switch (tag) {
	case T_21: case T_25: case T_25P: case T_28C: case T_28: case T_34F: case T_13D: case T_13: case T_60F: case T_60M:
		return m->entries && !m->closing && !m->dashed;
	default:
		return false;
	}
}

static int feed_tag(struct ar_mt *m, enum ar_mt_tag tag, struct ar_str rest)
{
	if (m->dashed && goes_on(m, tag)) {
		undash(m);
	} else if (m->dashed || begins(m, tag)) {
		struct ar_buf hold = AR_BUF_INIT;       /* the end of a message lets its lines go */
		int rc;

		ar_buf_str(&hold, rest);
		rc = ar_mt_end_message(m, false);
		rest = ar_mt_in_message(m, ar_buf_slice(&hold));
		ar_buf_release(&hold);
		m->odd = !m->in.clean;
		if (rc < 0 || make_room(m) < 0)
			return -1;
	}
	if (tag == T_940 || tag == T_942) {
		m->kind = tag;
		return 0;
	}
	m->closing |= tag == T_62F || tag == T_62M;
	m->entries |= tag == T_61;
	add_field(m, tag, rest);
	return 0;
}

/* {1:F01...}{2:O940...}{3:..}{4: and perhaps the first field behind it */
static int feed_block(struct ar_mt *m, struct ar_str line, struct ar_str *rest)
{
	const char *block2, *block4;

	if ((m->nfield || m->dashed) && ar_mt_end_message(m, false) < 0)
		return -1;
	block2 = ar_str_find(line, AR_STR("{2:"));
	if (block2 && line.p + line.n - block2 >= 7)
		m->kind = memcmp(block2 + 4, "942", 3) == 0 ? T_942 : T_940;
	block4 = ar_str_find(line, AR_STR("{4:"));
	m->block |= block4 != NULL;
	*rest = block4 ? (struct ar_str){ block4 + 3, (size_t)(line.p + line.n - block4) - 3 } : (struct ar_str){ "", 0 };
	return 0;
}

static void feed_text(struct ar_mt *m, struct ar_str s)
{
	if (!m->dashed && is_end(s)) {
		m->dashed = m->ends = true;
		m->block = m->block && !ar_str_starts(ar_str_trim(s), "-}");
	} else if (!m->dashed) {
		m->field[m->nfield - 1].n++;
	}
	m->line[m->nline++] = s;
}

static int feed(struct ar_mt *m, struct ar_str s)
{
	struct ar_str rest;
	enum ar_mt_tag tag;

	if (s.n && *s.p == '{' && (ar_str_starts(s, "{1:") || ar_str_starts(s, "{2:") || ar_str_starts(s, "{4:"))) {
		if (feed_block(m, s, &rest) < 0)
			return -1;
		if (!rest.n)
			return 0;
		s = rest;
	}
	if (take_line(m, &s) < 0)
		return -1;
	if (m->colon) {                                 /* ':' at the end of a line, "86:" in the next */
		struct ar_str whole = ar_mt_join(&m->mem, AR_STR(":"), s);

		m->colon = false;
		tag = tag_of(whole, &rest);
		if (tag && !too_late(m, tag))
			return feed_tag(m, tag, rest);
		feed_text(m, ar_mt_in_message(m, AR_STR(":")));
	}
	tag = tag_of(s, &rest);
	if (tag == T_25 && too_late(m, tag) && m->field[m->nfield - 1].tag == T_61)
		tag = T_86;                             /* seen: a mistyped 86 */
	if (tag && !too_late(m, tag))
		return feed_tag(m, tag, rest);
	if (!m->nfield) {                               /* prose before a message */
		ar_mt_forget_text(m);
		return 0;
	}
	m->colon = ar_streqz(s, ":") && !m->dashed;
	if (!m->colon)
		feed_text(m, s);
	return 0;
}

/* ---- decoding ---- */

static int read_keys(struct ar_mt *m)
{
	struct ar_conf_sec *map = m->d->map;
	struct ar_err *e = m->d->err;
	struct ar_str empty = { "", 0 };

	m->said_account = m->said_ccy = empty;
	m->said_encoding = m->d->encoding ? ar_str(m->d->encoding) : empty;
	if (map) {
		if (ar_conf_get_str(map, "account", &m->said_account, e) < 0 || ar_conf_get_str(map, "currency", &m->said_ccy, e) < 0)
			return -1;
		if (!m->d->encoding && ar_conf_get_str(map, "encoding", &m->said_encoding, e) < 0)
			return -1;
		if (m->said_ccy.n && ar_ccy_find(m->said_ccy) < 0) {
			ar_err(e, AR_USAGE, "map_value", "currency = %.*s: not an ISO 4217 code", AR_STR_FMT(m->said_ccy));
			return ar_err_at(e, map->file, map->line);
		}
	}
	if (!m->said_encoding.n || ar_mt_encoding_known(m->said_encoding))
		return 0;
	ar_err(e, AR_USAGE, "encoding_unknown", "the encoding '%.*s' is not known here", AR_STR_FMT(m->said_encoding));
	return ar_err_advice(e, "known are utf-8, windows-1252, iso-8859-1, iso-8859-15, cp850, din-66003; utf-16 by its byte order mark");
}

static int give_waiting(struct ar_mt *m)
{
	for (;;) {
		struct ar_mt_statement *first = NULL;

		for (int i = 0; i < AR_MT_OPEN; i++)
			if (m->open[i].used && (!first || m->open[i].stamp < first->stamp))
				first = &m->open[i];
		if (!first)
			return 0;
		if (ar_mt_give_statement(m, first) < 0)
			return -1;
		ar_arena_reset(&m->mem);
	}
}

static int run(struct ar_mt *m)
{
	struct ar_str line;
	int rc, end;

	while ((rc = ar_mt_read_line(&m->in, &line, &m->whole_line, m->d->err)) > 0)
		if (feed(m, line) < 0)
			return -1;
	if (rc < 0)
		return -1;
	end = ar_mt_end_message(m, true);
	if (end < 0 && (!m->d->err->code || strcmp(m->d->err->code, "mt_truncated") != 0))
		return -1;
	return give_waiting(m) < 0 ? -1 : end;
}

static int decode(struct ar_decode *d)
{
	struct ar_mt *m = ar_calloc(1, sizeof *m);
	int rc = -1;

	m->d = d;
	if (read_keys(m) == 0 && ar_mt_read_open(&m->in, d) == 0)
		rc = run(m);
	ar_mt_read_close(&m->in);
	for (int i = 0; i < AR_MT_OPEN; i++)
		ar_arena_release(&m->open[i].mem);
	ar_mt_row_release(&m->row);
	ar_tab_release(&m->seen);
	ar_tab_release(&m->counts);
	ar_arena_release(&m->mem);
	free(m->count);
	free(m->field);
	free(m->line);
	free(m);
	return rc;
}

/* ---- detection ---- */

/* The best line of the head: a block header or :20: is sure, another tag of a statement is a fragment. */
static int look(struct ar_str head, char *why, size_t cap)
{
	int best = 0;

	for (size_t i = 0; i < head.n && best < 95; ) {
		size_t end = i;
		struct ar_str line, rest;
		enum ar_mt_tag tag;
		int score = 0;

		while (end < head.n && head.p[end] != '\n' && head.p[end] != '\r' && !(head.p[end] == '@' && end + 1 < head.n && head.p[end + 1] == '@'))
			end++;
		while (i < end && ((unsigned char)head.p[i] < ' ' || (unsigned char)head.p[i] == 0xEF || (unsigned char)head.p[i] == 0xBB
		                   || (unsigned char)head.p[i] == 0xBF))
			i++;                            /* a byte order mark, SOH */
		line = (struct ar_str){ head.p + i, end - i };
		tag = tag_of(line, &rest);
		if (tag == T_20 || tag == T_940 || tag == T_942 || ar_str_starts(line, "{1:F") || ar_str_starts(line, "{4:"))
			score = 95;
		else if (tag == T_61 || tag == T_60F || tag == T_60M || tag == T_62F || tag == T_62M || tag == T_25 || tag == T_28C || tag == T_86
		         || tag == T_64)
			score = 80;
		else if (i == 0 && line.n && strchr("<{[", *line.p))
			return 0;
		if (score > best) {
			best = score;
			snprintf(why, cap, score > 90 ? "a SWIFT message begins" : "fields of a SWIFT statement");
		}
		i = end + 1 + (end < head.n && head.p[end] == '@');
	}
	return best;
}

static struct ar_str narrow(struct ar_buf *room, struct ar_str head)
{
	if (head.n < 2 || (memcmp(head.p, "\xFF\xFE", 2) != 0 && memcmp(head.p, "\xFE\xFF", 2) != 0))
		return head;
	for (size_t i = 2; i < head.n; i++)             /* UTF-16: ASCII is enough to know it by */
		if (head.p[i])
			ar_buf_c(room, head.p[i]);
	return ar_buf_slice(room);
}

static int detect(struct ar_str head, char *why, size_t cap)
{
	struct ar_buf room = AR_BUF_INIT;
	int score = look(narrow(&room, head), why, cap);

	ar_buf_release(&room);
	return score;
}

/* Every text of `detect` must stand in the head; without one, any file of this syntax will do. */
static int match(struct ar_peek *p)
{
	struct ar_buf room = AR_BUF_INIT;
	struct ar_str head = narrow(&room, p->head), piece;
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_conf_key *k;
	int rc = look(head, p->why, AR_WHY) > 0, got = rc ? ar_conf_get(p->map, "detect", &k, p->err) : 0;

	if (got < 0)
		rc = -1;
	for (struct ar_str rest = got > 0 ? k->value : (struct ar_str){ NULL, 0 }; rc > 0 && ar_conf_split(&rest, ',', &piece); ) {
		piece = ar_conf_unquote(&mem, piece);
		if (piece.n && !ar_str_find(head, piece)) {
			snprintf(p->why, AR_WHY, "it has no %.*s", AR_STR_FMT(piece));
			rc = 0;
		}
	}
	ar_arena_release(&mem);
	ar_buf_release(&room);
	return rc;
}

const struct ar_syntax ar_syntax_mt940 = {
	.name = "mt940",
	.summary = "bank statements and intraday reports of SWIFT, MT940 and MT942",
	.keys = "detect = TEXT, ...: each must stand in the first 64 KiB (default: any MT940 or MT942 file)\n"
	        "account = ACCOUNT, currency = CODE: of messages that do not say theirs\n"
	        "encoding = windows-1252, iso-8859-1, iso-8859-15, cp850, din-66003: of lines that are not UTF-8 (default: windows-1252; din-66003 "
	        "is of all lines)",
	.detect = detect,
	.match = match,
	.decode = decode,
};
