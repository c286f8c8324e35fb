/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "syntax/text.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

enum { BLOCK = 64 * 1024, SPARE = 16, MARK = BLOCK / 2 };     /* MARK: what is read at first, to choose the encoding */

static const struct { const char *name; enum ar_enc enc; } names[] = {
	{ "utf-8", AR_ENC_UTF8 }, { "utf8", AR_ENC_UTF8 }, { "us-ascii", AR_ENC_UTF8 }, { "ascii", AR_ENC_UTF8 },
	{ "utf-16le", AR_ENC_UTF16LE }, { "utf-16be", AR_ENC_UTF16BE },
	{ "windows-1252", AR_ENC_1252 }, { "cp1252", AR_ENC_1252 },
	{ "windows-1250", AR_ENC_1250 }, { "cp1250", AR_ENC_1250 },
	{ "iso-8859-1", AR_ENC_LATIN1 }, { "latin1", AR_ENC_LATIN1 },
	{ "iso-8859-15", AR_ENC_LATIN9 }, { "latin9", AR_ENC_LATIN9 },
};

enum ar_enc ar_enc_find(struct ar_str name)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (ar_str_caseeq(name, ar_str(names[i].name)))
			return names[i].enc;
	return AR_ENC_NONE;
}

/* windows-1252, bytes 0x80..0x9F; 0 = the byte is no character */
static const uint16_t win1252[32] = {
	0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
	0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
};

/* windows-1250 (Central Europe), bytes 0x80..0xFF; 0 = the byte is no character */
static const uint16_t win1250[128] = {
	0x20AC, 0, 0x201A, 0, 0x201E, 0x2026, 0x2020, 0x2021, 0, 0x2030, 0x0160, 0x2039, 0x015A, 0x0164, 0x017D, 0x0179,
	0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0, 0x2122, 0x0161, 0x203A, 0x015B, 0x0165, 0x017E, 0x017A,
	0x00A0, 0x02C7, 0x02D8, 0x0141, 0x00A4, 0x0104, 0x00A6, 0x00A7, 0x00A8, 0x00A9, 0x015E, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x017B,
	0x00B0, 0x00B1, 0x02DB, 0x0142, 0x00B4, 0x00B5, 0x00B6, 0x00B7, 0x00B8, 0x0105, 0x015F, 0x00BB, 0x013D, 0x02DD, 0x013E, 0x017C,
	0x0154, 0x00C1, 0x00C2, 0x0102, 0x00C4, 0x0139, 0x0106, 0x00C7, 0x010C, 0x00C9, 0x0118, 0x00CB, 0x011A, 0x00CD, 0x00CE, 0x010E,
	0x0110, 0x0143, 0x0147, 0x00D3, 0x00D4, 0x0150, 0x00D6, 0x00D7, 0x0158, 0x016E, 0x00DA, 0x0170, 0x00DC, 0x00DD, 0x0162, 0x00DF,
	0x0155, 0x00E1, 0x00E2, 0x0103, 0x00E4, 0x013A, 0x0107, 0x00E7, 0x010D, 0x00E9, 0x0119, 0x00EB, 0x011B, 0x00ED, 0x00EE, 0x010F,
	0x0111, 0x0144, 0x0148, 0x00F3, 0x00F4, 0x0151, 0x00F6, 0x00F7, 0x0159, 0x016F, 0x00FA, 0x0171, 0x00FC, 0x00FD, 0x0163, 0x02D9,
};

/* Where ISO 8859-15 is not ISO 8859-1. */
static uint32_t latin9(unsigned char c)
{
	switch (c) {
	case 0xA4: return 0x20AC;
	case 0xA6: return 0x0160;
	case 0xA8: return 0x0161;
	case 0xB4: return 0x017D;
	case 0xB8: return 0x017E;
	case 0xBC: return 0x0152;
	case 0xBD: return 0x0153;
	case 0xBE: return 0x0178;
	}
	return c;
}

uint32_t ar_enc_letter(enum ar_enc enc, unsigned char c)
{
	if (enc == AR_ENC_LATIN9)
		return latin9(c);
	if (enc == AR_ENC_1250 && c >= 0x80)
		return win1250[c - 0x80];
	return enc == AR_ENC_1252 && c >= 0x80 && c < 0xA0 ? win1252[c - 0x80] : c;
}

static size_t from_bytes(enum ar_enc enc, const char *p, size_t n, struct ar_buf *out)
{
	size_t i;

	ar_buf_room(out, 3 * n + SPARE);
	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)p[i];
		uint32_t cp = c < 0x80 ? c : ar_enc_letter(enc, c);

		if (!cp)
			break;
		if (cp < 0x80)
			out->p[out->n++] = (char)cp;
		else
			out->n += (size_t)ar_utf8_put(out->p + out->n, cp);
	}
	return i;
}

static uint32_t unit(bool big, const char *p)
{
	unsigned char a = (unsigned char)p[big ? 0 : 1], b = (unsigned char)p[big ? 1 : 0];

	return (uint32_t)a << 8 | b;
}

/* Stops before half a character at the end (part = true) and before what is wrong (part = false). */
static size_t from_utf16(bool big, const char *p, size_t n, struct ar_buf *out, bool *part)
{
	size_t i = 0;

	*part = false;
	ar_buf_room(out, 3 * n + SPARE);
	while (n - i >= 2) {
		uint32_t u = unit(big, p + i), low;

		if (!u || (u >= 0xDC00 && u < 0xE000))
			return i;
		if (u < 0xD800 || u >= 0xE000) {
			out->n += (size_t)ar_utf8_put(out->p + out->n, u);
			i += 2;
			continue;
		}
		if (n - i < 4)
			break;
		low = unit(big, p + i + 2);
		if (low < 0xDC00 || low >= 0xE000)
			return i;
		out->n += (size_t)ar_utf8_put(out->p + out->n, 0x10000 + ((u - 0xD800) << 10) + (low - 0xDC00));
		i += 4;
	}
	*part = i < n;
	return i;
}

uint64_t ar_count_char(const char *p, size_t n, char c)
{
	const char *end = n ? p + n : p;
	uint64_t k = 0;

	while (p < end && (p = memchr(p, c, (size_t)(end - p)))) {
		k++;
		p++;
	}
	return k;
}

static int bad(struct ar_text *t, struct ar_err *e, const char *code, const char *what, const char *advice, uint64_t line)
{
	ar_err(e, AR_DAMAGED, code, "%s", what);
	if (advice)
		ar_err_advice(e, advice);
	return ar_err_at(e, ar_in_name(t->in), line);
}

static int bad_byte(struct ar_text *t, struct ar_err *e, const char *p, size_t at, uint64_t lines_before)
{
	char what[96];
	uint64_t line = t->line + lines_before + 1;

	if (!p[at] && t->enc != AR_ENC_UTF16LE && t->enc != AR_ENC_UTF16BE)
		return bad(t, e, "text_nul", "a NUL byte: this is not text",
		           "if it is UTF-16 without byte order mark, say --encoding=utf-16le or utf-16be", line);
	if (t->enc == AR_ENC_UTF16LE || t->enc == AR_ENC_UTF16BE)
		return bad(t, e, "text_encoding", "not valid UTF-16", "fetch the file again", line);
	snprintf(what, sizeof what, "the byte 0x%02X is not %s", (unsigned char)p[at],
	         t->enc == AR_ENC_1252 ? "a character of windows-1252" : t->enc == AR_ENC_1250 ? "a character of windows-1250" : "valid UTF-8");
	return bad(t, e, "text_encoding", what, t->enc == AR_ENC_1252 || t->enc == AR_ENC_1250 ? "look for the encoding that its writer used"
	           : "if the file was written by a Windows program, say encoding = windows-1252 in the map or --encoding=windows-1252",
	           line);
}

/* The same for bytes of which not all are UTF-8: the rest one by one as windows-1252, NUL as a blank. */
static ssize_t mended(struct ar_text *t, const char **p, size_t n)
{
	size_t i = 0;

	t->out.n = 0;
	ar_buf_room(&t->out, 3 * n + SPARE);
	while (i < n) {
		size_t ok = ar_utf8_check(t->buf + i, n - i);
		uint32_t cp;

		if (memchr(t->buf + i, '\0', ok)) {
			for (size_t k = 0; k < ok; k++) {
				char c = t->buf[i + k];

				t->mended += !c;
				t->out.p[t->out.n++] = c ? c : ' ';
			}
		} else {
			memcpy(t->out.p + t->out.n, t->buf + i, ok);
			t->out.n += ok;
		}
		i += ok;
		if (i == n || (!t->end && n - i <= 3))
			break;                          /* the next block may go on with the character */
		cp = ar_enc_letter(AR_ENC_1252, (unsigned char)t->buf[i++]);
		t->out.n += (size_t)ar_utf8_put(t->out.p + t->out.n, cp ? cp : 0xFFFD);
		t->mended++;
	}
	t->from = i;
	t->keep = n - i;
	*p = t->out.p;
	return (ssize_t)t->out.n;
}

/* UTF-8: the block is given as it stands, but for a character that its end cuts. */
static ssize_t check_utf8(struct ar_text *t, const char **p, size_t n, struct ar_err *e)
{
	const char *nul = memchr(t->buf, '\0', n);
	bool ascii = ar_utf8_ascii(t->buf, n);
	size_t ok = ascii ? n : ar_utf8_check(t->buf, n);

	if (t->mend && (nul || (ok < n && (t->end || n - ok > 3))))
		return mended(t, p, n);
	if (nul && (size_t)(nul - t->buf) < ok)
		return bad_byte(t, e, t->buf, (size_t)(nul - t->buf), ar_count_char(t->buf, (size_t)(nul - t->buf), '\n'));
	if (ok < n && (t->end || n - ok > 3))
		return bad_byte(t, e, t->buf, ok, ar_count_char(t->buf, ok, '\n'));
	t->ascii = ascii;
	t->from = ok;
	t->keep = n - ok;
	*p = t->buf;
	return (ssize_t)ok;
}

static ssize_t transcode(struct ar_text *t, const char **p, size_t n, struct ar_err *e)
{
	const char *nul;
	bool part = false;
	size_t used;

	t->out.n = 0;
	if (t->enc == AR_ENC_UTF16LE || t->enc == AR_ENC_UTF16BE)
		used = from_utf16(t->enc == AR_ENC_UTF16BE, t->buf, n, &t->out, &part);
	else
		used = from_bytes(t->enc, t->buf, n, &t->out);
	if (used < n && (!part || t->end))
		return bad_byte(t, e, t->buf, used, ar_count_char(t->out.p, t->out.n, '\n'));
	nul = memchr(t->out.p, '\0', t->out.n);
	if (nul)
		return bad_byte(t, e, nul, 0, ar_count_char(t->out.p, (size_t)(nul - t->out.p), '\n'));
	t->from = used;
	t->keep = n - used;
	*p = t->out.p;
	return (ssize_t)t->out.n;
}

ssize_t ar_text_next(struct ar_text *t, const char **p, struct ar_err *e)
{
	ssize_t n = 0, k;

	while (n == 0) {
		if (t->end && !t->keep)
			return 0;
		memmove(t->buf, t->buf + t->from, t->keep);
		t->from = 0;
		k = ar_in_read(t->in, t->buf + t->keep, BLOCK - t->keep, e);
		if (k < 0)
			return -1;
		t->end = k == 0;
		t->ascii = false;
		if (t->end && !t->keep)
			return 0;
		n = t->enc == AR_ENC_UTF8 ? check_utf8(t, p, t->keep + (size_t)k, e) : transcode(t, p, t->keep + (size_t)k, e);
	}
	return n;
}

/* encoding="..." of an XML declaration at the start; p = NULL: there is none. */
static struct ar_str declared(struct ar_str s)
{
	const char *at, *end;
	struct ar_str none = { NULL, 0 };

	if (!ar_str_starts(s, "<?xml"))
		return none;
	end = ar_str_find(s, AR_STR("?>"));
	at = ar_str_find(s, AR_STR("encoding"));
	if (!end || !at || at > end)
		return none;
	for (at += 8; at < end && (ar_is_space(*at) || *at == '='); at++)
		;
	if (at == end || (*at != '"' && *at != '\''))
		return none;
	s = (struct ar_str){ at + 1, (size_t)(end - at - 1) };
	end = memchr(s.p, *at, s.n);
	if (!end)
		return none;
	s.n = (size_t)(end - s.p);
	return s;
}

/* The encoding that a byte order mark says; *skip gets its length. */
static enum ar_enc marked(struct ar_str s, size_t *skip)
{
	*skip = 0;
	if (ar_str_starts(s, "\xEF\xBB\xBF")) {
		*skip = 3;
		return AR_ENC_UTF8;
	}
	if (ar_str_starts(s, "\xFF\xFE") || ar_str_starts(s, "\xFE\xFF")) {
		*skip = 2;
		return s.p[0] == '\xFF' ? AR_ENC_UTF16LE : AR_ENC_UTF16BE;
	}
	return AR_ENC_NONE;
}

static int unknown(struct ar_err *e, enum ar_exit status, struct ar_str name)
{
	ar_err(e, status, "encoding_unknown", "the encoding '%.*s' is not known here", AR_STR_FMT(name));
	return ar_err_advice(e, "known are utf-8, utf-16le, utf-16be, windows-1250, windows-1252, iso-8859-1, iso-8859-15");
}

/* What was said without a mark: by the user, by the map, by the XML declaration. */
static int said(struct ar_decode *d, struct ar_str head, bool xml, enum ar_enc *enc)
{
	struct ar_str name = { NULL, 0 };

	if (d->encoding)
		name = ar_str(d->encoding);
	else if (d->map && ar_conf_get_str(d->map, "encoding", &name, d->err) < 0)
		return -1;
	if (name.p) {
		*enc = ar_enc_find(name);
		return *enc ? 0 : unknown(d->err, AR_USAGE, name);
	}
	*enc = AR_ENC_UTF8;
	name = xml ? declared(head) : name;
	if (!name.p || ar_str_caseeq(name, AR_STR("utf-16")))   /* without a mark, in single bytes: some ERPs do label so */
		return 0;
	*enc = ar_enc_find(name);
	if (!*enc || *enc == AR_ENC_UTF16LE || *enc == AR_ENC_UTF16BE) {
		unknown(d->err, AR_DAMAGED, name);
		return ar_err_at(d->err, ar_in_name(d->in), 1);
	}
	return 0;
}

int ar_text_open(struct ar_text *t, struct ar_decode *d, bool xml)
{
	struct ar_str head;
	size_t skip;
	ssize_t k;

	memset(t, 0, sizeof *t);
	t->in = d->in;
	t->buf = ar_malloc(BLOCK + SPARE);
	do {
		k = ar_in_read(d->in, t->buf + t->keep, MARK - t->keep, d->err);
		if (k < 0)
			return -1;
		t->keep += (size_t)k;
	} while (k && t->keep < MARK);
	head = (struct ar_str){ t->buf, t->keep };
	t->enc = marked(head, &skip);
	t->from = skip;
	t->keep -= skip;
	return t->enc ? 0 : said(d, head, xml, &t->enc);
}

char *ar_text_slurp(struct ar_text *t, size_t max, size_t *n, struct ar_err *e)
{
	size_t cap = BLOCK, len = 0;
	char *all = ar_malloc(cap + SPARE);
	const char *p;
	ssize_t k;

	while ((k = ar_text_next(t, &p, e)) > 0) {
		if (len + (size_t)k > max) {
			bad(t, e, "too_large", "the document is larger than the limit (document-bytes)", NULL, 0);
			k = -1;
			break;
		}
		while (cap - len < (size_t)k)
			all = ar_realloc(all, (cap *= 2) + SPARE);
		memcpy(all + len, p, (size_t)k);
		t->line += ar_count_char(p, (size_t)k, '\n');
		len += (size_t)k;
	}
	if (k < 0) {
		free(all);
		return NULL;
	}
	*n = len;
	return all;
}

void ar_text_close(struct ar_text *t)
{
	free(t->buf);
	ar_buf_release(&t->out);
}

struct ar_str ar_text_head(struct ar_buf *room, const struct ar_peek *p, bool xml)
{
	struct ar_err ignored = { 0 };
	struct ar_decode d = { .map = p->map, .encoding = p->encoding, .err = &ignored };
	struct ar_str s = p->head;
	enum ar_enc enc;
	size_t skip;
	bool part;

	enc = marked(s, &skip);
	s.p += skip;
	s.n -= skip;
	if (!enc && (d.map || d.encoding) && said(&d, (struct ar_str){ "", 0 }, false, &enc) < 0)
		enc = AR_ENC_UTF8;
	if (!enc || (enc == AR_ENC_UTF8 && xml))
		enc = declared(s).p ? ar_enc_find(declared(s)) : AR_ENC_UTF8;
	if (!enc || enc == AR_ENC_UTF8)
		return s;
	room->n = 0;
	if (enc == AR_ENC_UTF16LE || enc == AR_ENC_UTF16BE)
		from_utf16(enc == AR_ENC_UTF16BE, s.p, s.n, room, &part);
	else
		from_bytes(enc, s.p, s.n, room);
	return ar_buf_slice(room);
}
