/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "syntax/mtread.h"

#include <stdlib.h>

#include "base/arena.h"
#include "rec/jstr.h"
#include "syntax/mt86.h"
#include "syntax/mt940.h"

enum { BLOCK = 256 * 1024 };

/* ---- lines ---- */

int ar_mt_read_open(struct ar_mt_read *r, struct ar_decode *d)
{
	char head[2];
	ssize_t n = 0, k;

	r->d = d;
	do {
		k = ar_in_read(d->in, head + n, sizeof head - (size_t)n, d->err);
		if (k < 0)
			return -1;
		n += k;
	} while (k && n < 2);
	if (n)
		ar_in_unread(d->in, head, (size_t)n);
	r->buf = ar_malloc(BLOCK + AR_MT_LINE + 1 + AR_MT_SPARE);
	r->wide = n == 2 && (memcmp(head, "\xFF\xFE", 2) == 0 || memcmp(head, "\xFE\xFF", 2) == 0);
	return r->wide ? ar_text_open(&r->text, d, false) : 0;
}

void ar_mt_read_close(struct ar_mt_read *r)
{
	if (r->wide)
		ar_text_close(&r->text);
	free(r->buf);
}

static ssize_t more(struct ar_mt_read *r, struct ar_err *e)
{
	const char *p;
	ssize_t k;

	if (r->at) {
		memmove(r->buf, r->buf + r->at, r->n - r->at);
		r->n -= r->at;
		r->at = 0;
	}
	if (!r->wide)
		return ar_in_read(r->d->in, r->buf + r->n, BLOCK, e);
	r->text.line = r->line;
	k = ar_text_next(&r->text, &p, e);              /* at most 3 bytes for each two of 64 KiB */
	if (k > 0)
		memcpy(r->buf + r->n, p, (size_t)k);
	return k;
}

/* The file's own line ends: @@ is one where it stands before the first field. */
static void begin(struct ar_mt_read *r)
{
	struct ar_str s = { r->buf, r->n < 4096 ? r->n : 4096 };

	r->begun = true;
	if (ar_str_starts(s, "\xEF\xBB\xBF"))
		r->at = 3;
	r->signs = ar_str_find(s, AR_STR("@@:2")) || ar_str_find(s, AR_STR("@@:6")) || ar_str_find(s, AR_STR("@@:8"));
}

/* Where the line ends, and how long its end is; NULL: not in what was read so far. */
static char *any_line_end(struct ar_mt_read *r, size_t *len)
{
	char *p = r->buf + r->at, *nl = memchr(p, '\n', r->n - r->at), *end = nl ? nl : r->buf + r->n, *cr = memchr(p, '\r', (size_t)(end - p));

	*len = 1;
	if (cr) {
		if (cr + 1 == nl)
			*len = 2;
		else if (cr + 1 == r->buf + r->n && !r->end)
			cr = NULL;                      /* its LF may follow */
		end = cr ? cr : end;
		nl = cr ? cr : nl;
	}
	if (r->signs) {
		for (char *a = p; (a = memchr(a, '@', (size_t)(end - a))) && a + 1 < end; a++)
			if (a[1] == '@') {
				*len = 2;
				return a;
			}
	}
	return nl;
}

static int any_line(struct ar_mt_read *r, struct ar_str *line, bool *whole, struct ar_err *e)
{
	char *end;
	size_t len;

	for (;;) {
		end = r->begun ? any_line_end(r, &len) : NULL;
		if (end || (r->end && r->begun))
			break;
		if (r->n - r->at > AR_MT_LINE) {
			ar_err(e, AR_DAMAGED, "mt_limit", "a line of more than 65536 bytes (limit mt-line)");
			return ar_err_at(e, ar_in_name(r->d->in), r->line + 1);
		}
		if (r->end) {
			begin(r);
		} else {
			ssize_t k = more(r, e);

			if (k < 0)
				return -1;
			r->n += (size_t)k;
			r->end = k == 0;
			if (!r->begun && (r->end || r->n >= 4096))
				begin(r);
		}
	}
	if (!end && r->at == r->n)
		return 0;
	*whole = end != NULL;
	end = end ? end : r->buf + r->n;
	*line = (struct ar_str){ r->buf + r->at, (size_t)(end - (r->buf + r->at)) };
	r->clean = ar_jstr_printing(line->p, line->n);
	r->at = (size_t)(end - r->buf) + (*whole ? len : 0);
	r->line++;
	if (line->n > AR_MT_LINE) {
		ar_err(e, AR_DAMAGED, "mt_limit", "a line of more than 65536 bytes (limit mt-line)");
		return ar_err_at(e, ar_in_name(r->d->in), r->line);
	}
	return 1;
}

/* What any_line finds, where the first byte that is not plain text ends the line; most are so. */
int ar_mt_read_line(struct ar_mt_read *r, struct ar_str *line, bool *whole, struct ar_err *e)
{
	const char *p = r->buf + r->at;
	size_t left = r->n - r->at, n;

	if (!r->begun || r->signs)
		return any_line(r, line, whole, e);
	n = ar_jstr_plain(p, left);
	if (n > AR_MT_LINE || left - n < 2 || (p[n] != '\n' && p[n] != '\r'))
		return any_line(r, line, whole, e);
	*line = (struct ar_str){ p, n };
	*whole = true;
	r->clean = ar_utf8_ascii(p, n);
	r->at += n + (p[n] == '\r' && p[n + 1] == '\n' ? 2 : 1);
	r->line++;
	return 1;
}

/* ---- encodings ---- */

/* cp850, bytes 0x80..0xFF */
static const uint16_t cp850[128] = {
	0x00C7, 0x00FC, 0x00E9, 0x00E2, 0x00E4, 0x00E0, 0x00E5, 0x00E7, 0x00EA, 0x00EB, 0x00E8, 0x00EF, 0x00EE, 0x00EC, 0x00C4, 0x00C5,
	0x00C9, 0x00E6, 0x00C6, 0x00F4, 0x00F6, 0x00F2, 0x00FB, 0x00F9, 0x00FF, 0x00D6, 0x00DC, 0x00F8, 0x00A3, 0x00D8, 0x00D7, 0x0192,
	0x00E1, 0x00ED, 0x00F3, 0x00FA, 0x00F1, 0x00D1, 0x00AA, 0x00BA, 0x00BF, 0x00AE, 0x00AC, 0x00BD, 0x00BC, 0x00A1, 0x00AB, 0x00BB,
	0x2591, 0x2592, 0x2593, 0x2502, 0x2524, 0x00C1, 0x00C2, 0x00C0, 0x00A9, 0x2563, 0x2551, 0x2557, 0x255D, 0x00A2, 0x00A5, 0x2510,
	0x2514, 0x2534, 0x252C, 0x251C, 0x2500, 0x253C, 0x00E3, 0x00C3, 0x255A, 0x2554, 0x2569, 0x2566, 0x2560, 0x2550, 0x256C, 0x00A4,
	0x00F0, 0x00D0, 0x00CA, 0x00CB, 0x00C8, 0x0131, 0x00CD, 0x00CE, 0x00CF, 0x2518, 0x250C, 0x2588, 0x2584, 0x00A6, 0x00CC, 0x2580,
	0x00D3, 0x00DF, 0x00D4, 0x00D2, 0x00F5, 0x00D5, 0x00B5, 0x00FE, 0x00DE, 0x00DA, 0x00DB, 0x00D9, 0x00FD, 0x00DD, 0x00AF, 0x00B4,
	0x00AD, 0x00B1, 0x2017, 0x00BE, 0x00B6, 0x00A7, 0x00F7, 0x00B8, 0x00B0, 0x00A8, 0x00B7, 0x00B9, 0x00B3, 0x00B2, 0x25A0, 0x00A0,
};

static bool is_cp850(struct ar_str name)
{
	return ar_str_caseeq(name, AR_STR("cp850")) || ar_str_caseeq(name, AR_STR("ibm850"));
}

bool ar_mt_seven_bit(struct ar_str name)
{
	return ar_str_caseeq(name, AR_STR("din-66003")) || ar_str_caseeq(name, AR_STR("din66003"));
}

bool ar_mt_encoding_known(struct ar_str name)
{
	return is_cp850(name) || ar_mt_seven_bit(name) || ar_enc_find(name) != AR_ENC_NONE;
}

const char *ar_mt_encoding_name(struct ar_str name)
{
	enum ar_enc enc = ar_enc_find(name);

	return is_cp850(name) ? "cp850" : ar_mt_seven_bit(name) ? "din-66003" : enc == AR_ENC_LATIN1 ? "iso-8859-1"
		: enc == AR_ENC_LATIN9 ? "iso-8859-15" : "windows-1252";
}

/* DIN 66003: the German letters in the places of brackets. */
static uint32_t german(unsigned char c)
{
	switch (c) {
	case '@': return 0xA7;
	case '[': return 0xC4;
	case '\\': return 0xD6;
	case ']': return 0xDC;
	case '{': return 0xE4;
	case '|': return 0xF6;
	case '}': return 0xFC;
	case '~': return 0xDF;
	}
	return c;
}

static uint32_t letter(struct ar_str name, enum ar_enc enc, bool dos, bool seven, unsigned char c)
{
	uint32_t u;

	if (c < 0x80)
		return seven ? german(c) : c;
	if (dos)
		return cp850[c - 0x80];
	u = ar_enc_letter(enc == AR_ENC_LATIN1 || enc == AR_ENC_LATIN9 ? enc : AR_ENC_1252, c);
	return u ? u : 0xFFFD;
}

int ar_mt_transcode(struct ar_str *line, int n, struct ar_str name, struct ar_arena *mem)
{
	bool seven = ar_mt_seven_bit(name), dos = is_cp850(name), all = true;
	enum ar_enc enc = ar_enc_find(name);

	for (int i = 0; i < n && all; i++)
		all = ar_utf8_ok(line[i].p, line[i].n);
	if (all && !seven)
		return 0;
	for (int i = 0; i < n; i++) {
		char *p = ar_arena_alloc(mem, 3 * line[i].n + AR_MT_SPARE), *q = p;

		for (size_t k = 0; k < line[i].n; k++)
			q += ar_utf8_put(q, letter(name, enc, dos, seven, (unsigned char)line[i].p[k]));
		memset(q, 0, AR_MT_SPARE);
		line[i] = (struct ar_str){ p, (size_t)(q - p) };
	}
	return 1;
}
