/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/esc.h"

#include <string.h>

static const char *reference(enum ar_esc esc, char c)
{
	switch (c) {
	case '&': return "&amp;";
	case '<': return "&lt;";
	case '>': return "&gt;";
	case '"': return "&quot;";
	}
	if (esc != AR_ESC_XML)
		return NULL;
	switch (c) {
	case '\'': return "&apos;";
	case '\t': return "&#9;";
	case '\n': return "&#10;";
	case '\r': return "&#13;";
	}
	return NULL;
}

static void put_markup(struct ar_buf *b, struct ar_str s, enum ar_esc esc)
{
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		const char *r = reference(esc, s.p[i]);

		if (!r)
			continue;
		ar_buf_put(b, s.p + from, i - from);
		ar_buf_puts(b, r);
		from = i + 1;
	}
	ar_buf_put(b, s.p + from, s.n - from);
}

static void put_json(struct ar_buf *b, struct ar_str s)
{
	static const char hex[] = "0123456789abcdef", names[] = "btn.fr";       /* of 8, 9, 10, -, 12, 13 */
	size_t from = 0;

	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		ar_buf_put(b, s.p + from, i - from);
		from = i + 1;
		ar_buf_c(b, '\\');
		if (c >= 0x20) {
			ar_buf_c(b, (char)c);
		} else if (c >= 8 && c <= 13 && c != 11) {
			ar_buf_c(b, names[c - 8]);
		} else {
			ar_buf_puts(b, "u00");
			ar_buf_c(b, hex[c >> 4]);
			ar_buf_c(b, hex[c & 15]);
		}
	}
	ar_buf_put(b, s.p + from, s.n - from);
}

static void put_csv(struct ar_buf *b, struct ar_str s)
{
	bool quote = s.n && (ar_is_blank(s.p[0]) || ar_is_blank(s.p[s.n - 1]));

	for (size_t i = 0; i < s.n && !quote; i++)
		quote = s.p[i] && strchr(",;\t\"\r\n", s.p[i]);
	if (!quote) {
		ar_buf_str(b, s);
		return;
	}
	ar_buf_c(b, '"');
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			ar_buf_c(b, '"');
		ar_buf_c(b, s.p[i]);
	}
	ar_buf_c(b, '"');
}

/* XML 1.0, production Char: false if a code point of valid UTF-8 is not one. */
static bool xml_chars(struct ar_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
			return false;
		if (c == 0xEF && (memcmp(s.p + i, "\xEF\xBF\xBE", 3) == 0 || memcmp(s.p + i, "\xEF\xBF\xBF", 3) == 0))
			return false;
	}
	return true;
}

const char *ar_esc_put(struct ar_buf *b, struct ar_str s, enum ar_esc esc)
{
	if ((esc == AR_ESC_XML || esc == AR_ESC_JSON) && !ar_utf8_ok(s.p, s.n))
		return "is not UTF-8";
	if (esc == AR_ESC_XML && !xml_chars(s))
		return "has a character that XML does not allow";
	switch (esc) {
	case AR_ESC_HTML:
	case AR_ESC_XML:
		put_markup(b, s, esc);
		break;
	case AR_ESC_JSON:
		put_json(b, s);
		break;
	case AR_ESC_CSV:
		put_csv(b, s);
		break;
	case AR_ESC_NONE:
		ar_buf_str(b, s);
		break;
	}
	return NULL;
}
