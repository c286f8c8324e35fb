/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contents of JSON strings: check, decode, canonical spelling. */
#include "config.h"

#include "rec/jstr.h"

#include <stdlib.h>

#include "base/arena.h"
#include "tap.h"

static uint64_t seed = 0xD1B54A32D192ED03ULL;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32) % below;
}

/* A copy of exactly n bytes, so that a sanitizer sees any look beyond it. */
static char *exact(const char *p, size_t n)
{
	char *q = ar_malloc(n);

	if (n)
		memcpy(q, p, n);
	return q;
}

#define LIT(s) s, sizeof(s) - 1

/* escaped: as it stands between the quotes; text: what it means; canonical: NULL = the same as escaped. */
static const struct good {
	const char *escaped;
	size_t n;
	const char *text;
	size_t text_n;
	const char *canonical;
	bool nul;
} goods[] = {
	{ LIT(""), LIT(""), NULL, 0 },
	{ LIT("abc"), LIT("abc"), NULL, 0 },
	{ LIT("\x7F"), LIT("\x7F"), NULL, 0 },
	{ LIT("Stra\xC3\x9F" "e \xE2\x82\xAC \xF0\x9D\x84\x9E"),
		LIT("Stra\xC3\x9F" "e \xE2\x82\xAC \xF0\x9D\x84\x9E"), NULL, 0 },
	{ LIT("\\\"\\\\\\b\\f\\n\\r\\t"), LIT("\"\\\b\f\n\r\t"), NULL, 0 },
	{ LIT("\\/"), LIT("/"), "/", 0 },
	{ LIT("a\\/b\\/"), LIT("a/b/"), "a/b/", 0 },
	{ LIT("\\u0041"), LIT("A"), "A", 0 },
	{ LIT("\\u0022\\u005c\\u005C\\u002f"), LIT("\"\\\\/"), "\\\"\\\\\\\\/", 0 },
	{ LIT("\\u0008\\u000c\\u000a\\u000d\\u0009"), LIT("\b\f\n\r\t"), "\\b\\f\\n\\r\\t", 0 },
	{ LIT("\\u001f\\u000b\\u0001"), LIT("\x1F\x0B\x01"), NULL, 0 },
	{ LIT("\\u001F"), LIT("\x1F"), "\\u001f", 0 },
	{ LIT("\\u000B"), LIT("\x0B"), "\\u000b", 0 },
	{ LIT("\\u0000"), LIT("\0"), NULL, 1 },
	{ LIT("a\\u0000b\\n"), LIT("a\0b\n"), NULL, 1 },
	{ LIT("\\u0020\\u007f"), LIT(" \x7F"), " \x7F", 0 },
	{ LIT("\\u00e9\\u00E9"), LIT("\xC3\xA9\xC3\xA9"), "\xC3\xA9\xC3\xA9", 0 },
	{ LIT("\\u20AC"), LIT("\xE2\x82\xAC"), "\xE2\x82\xAC", 0 },
	{ LIT("\\uD834\\uDD1E"), LIT("\xF0\x9D\x84\x9E"), "\xF0\x9D\x84\x9E", 0 },
	{ LIT("\\uDBFF\\uDFFF\\ud800\\udc00"), LIT("\xF4\x8F\xBF\xBF\xF0\x90\x80\x80"),
		"\xF4\x8F\xBF\xBF\xF0\x90\x80\x80", 0 },
	{ LIT("\\uFFFF\\uE000\\uD7FF"), LIT("\xEF\xBF\xBF\xEE\x80\x80\xED\x9F\xBF"),
		"\xEF\xBF\xBF\xEE\x80\x80\xED\x9F\xBF", 0 },
	{ LIT("\\\\u0041"), LIT("\\u0041"), NULL, 0 },
	{ LIT("plain text of thirty-two bytes..\\/and more behind it, well over a word"),
		LIT("plain text of thirty-two bytes../and more behind it, well over a word"),
		"plain text of thirty-two bytes../and more behind it, well over a word", 0 },
};

static bool bytes(const char *a, size_t an, const char *b, size_t bn)
{
	return an == bn && (an == 0 || memcmp(a, b, an) == 0);
}

static void good_one(const struct good *g)
{
	const char *canonical = g->canonical ? g->canonical : g->escaped;
	size_t canonical_n = g->canonical ? strlen(g->canonical) : g->n;
	char *p = exact(g->escaped, g->n), *out = ar_malloc(g->n);
	struct ar_buf b = AR_BUF_INIT;
	bool nul = !g->nul;
	size_t n;

	ok(ar_jstr_check(p, g->n, &nul) == g->n && nul == g->nul, "accepted: %s", g->escaped);
	ok(ar_jstr_check(p, g->n, NULL) == g->n, "the same without asking for NUL");
	n = ar_jstr_decode(p, g->n, out);
	ok(bytes(out, n, g->text, g->text_n), "decoded: %s", g->escaped);
	ar_jstr_canonical(&b, p, g->n);
	ok(bytes(b.p, b.n, canonical, canonical_n), "canonical: %s", canonical);
	ok(ar_jstr_is_canonical(p, g->n) == bytes(p, g->n, canonical, canonical_n), "canonical or not");
	ok(ar_jstr_is_canonical(canonical, canonical_n), "the canonical spelling is canonical");
	b.n = 0;
	ar_jstr_put(&b, g->text, g->text_n);
	ok(bytes(b.p, b.n, canonical, canonical_n), "text put: %s", canonical);
	n = ar_jstr_decode(p, g->n, p);
	ok(bytes(p, n, g->text, g->text_n), "decoded in place");
	ar_buf_release(&b);
	free(out);
	free(p);
}

static const struct bad {
	const char *escaped;
	size_t n, at;
	const char *why;
} bads[] = {
	{ LIT("\""), 0, "a bare quote" },
	{ LIT("ab\"c"), 2, "a bare quote" },
	{ LIT("\n"), 0, "a control character that is not escaped" },
	{ LIT("a\tb"), 1, "a control character that is not escaped" },
	{ LIT("0123456789abcdefghij\x1F"), 20, "a control character that is not escaped" },
	{ LIT("a\0b"), 1, "a control character that is not escaped" },
	{ LIT("\\"), 0, "an unknown escape" },
	{ LIT("a\\"), 1, "an unknown escape" },
	{ LIT("\\a"), 0, "an unknown escape" },
	{ LIT("\\x41"), 0, "an unknown escape" },
	{ LIT("\\U0041"), 0, "an unknown escape" },
	{ LIT("\\'"), 0, "an unknown escape" },
	{ LIT("\\0"), 0, "an unknown escape" },
	{ LIT("\\\xC3\xA9"), 0, "an unknown escape" },
	{ LIT("\\\0"), 0, "an unknown escape" },
	{ LIT("\\u"), 0, "an unknown escape" },
	{ LIT("\\u004"), 0, "an unknown escape" },
	{ LIT("\\u004g"), 0, "an unknown escape" },
	{ LIT("\\u 041"), 0, "an unknown escape" },
	{ LIT("\\u-041"), 0, "an unknown escape" },
	{ LIT("\\uD800"), 0, "half of a surrogate pair" },
	{ LIT("x\\uDBFFy"), 1, "half of a surrogate pair" },
	{ LIT("\\uDC00"), 0, "half of a surrogate pair" },
	{ LIT("\\uDC00\\uD800"), 0, "half of a surrogate pair" },
	{ LIT("\\uD800\\uD800\\uDC00"), 0, "half of a surrogate pair" },
	{ LIT("\\uD800\\u0041"), 0, "half of a surrogate pair" },
	{ LIT("\\uD800\\n"), 0, "half of a surrogate pair" },
	{ LIT("\\uD834\\uDD"), 0, "half of a surrogate pair" },
	{ LIT("\\uD834\\uDD1E\\uDD1E"), 12, "half of a surrogate pair" },
	{ LIT("\x80"), 0, "a byte that is not UTF-8" },
	{ LIT("ab\xFF"), 2, "a byte that is not UTF-8" },
	{ LIT("\xC3"), 0, "a byte that is not UTF-8" },
	{ LIT("\xC3\\u00A9"), 0, "a byte that is not UTF-8" },
	{ LIT("\xC0\xAF"), 0, "a byte that is not UTF-8" },
	{ LIT("\xE0\x80\xAF"), 0, "a byte that is not UTF-8" },
	{ LIT("\xED\xA0\x80"), 0, "a byte that is not UTF-8" },
	{ LIT("\xF4\x90\x80\x80"), 0, "a byte that is not UTF-8" },
	{ LIT("\xF0\x9D\x84"), 0, "a byte that is not UTF-8" },
	{ LIT("\\n\xE9t\xE9"), 2, "a byte that is not UTF-8" },
};

/* For the name of a test: printing ASCII only. Good until the next call. */
static const char *shown(const char *p, size_t n)
{
	static char t[200];
	size_t k = 0;

	for (size_t i = 0; i < n && k + 5 < sizeof t; i++)
		k += (size_t)snprintf(t + k, sizeof t - k, p[i] >= ' ' && p[i] < 0x7F ? "%c" : "<%02X>",
			(unsigned char)p[i]);
	t[k] = '\0';
	return t;
}

static void bad_one(const struct bad *t)
{
	char *p = exact(t->escaped, t->n);

	is_int((int64_t)ar_jstr_check(p, t->n, NULL), (int64_t)t->at, "refused at the right place");
	is_str(ar_jstr_why(p, t->n, t->at), t->why, shown(t->escaped, t->n));
	free(p);
}

/* Every unit as \uXXXX, in both cases of its digits. */
static void every_unit(void)
{
	int bad = 0;

	for (uint32_t u = 0; u < 0x10000; u++) {
		char e[8], want[4], out[8];
		int n = snprintf(e, sizeof e, u & 1 ? "\\u%04x" : "\\u%04X", u);
		bool surrogate = u >= 0xD800 && u < 0xE000, nul;
		size_t k = ar_jstr_check(e, (size_t)n, &nul);

		if (surrogate) {
			bad += k != 0;
			continue;
		}
		bad += k != 6 || nul != (u == 0);
		k = ar_jstr_decode(e, 6, out);
		bad += !bytes(out, k, want, (size_t)ar_utf8_put(want, u));
	}
	is_int(bad, 0, "every \\uXXXX");
}

static void every_pair(void)
{
	int bad = 0;

	for (uint32_t cp = 0x10000; cp <= 0x10FFFF; cp += 1 + rnd(7)) {
		char e[16], want[4], out[16];
		uint32_t v = cp - 0x10000;
		size_t k;

		snprintf(e, sizeof e, "\\u%04x\\u%04X", 0xD800 + (v >> 10), 0xDC00 + (v & 0x3FF));
		bad += ar_jstr_check(e, 12, NULL) != 12;
		k = ar_jstr_decode(e, 12, out);
		bad += !bytes(out, k, want, (size_t)ar_utf8_put(want, cp));
	}
	is_int(bad, 0, "surrogate pairs of all planes");
}

/* The run of plain bytes ends where it must, at every distance, whatever stands behind the end. */
static void plain_runs(void)
{
	int bad = 0;

	for (int c = 0; c < 256; c++) {
		bool odd = c < 0x20 || c == '"' || c == '\\';

		for (size_t n = 0; n < 70; n++) {
			char *p = ar_malloc(n + 1);

			memset(p, "a\xBF\x7F !#[]"[n % 8], n);
			p[n] = (char)c;
			bad += ar_jstr_plain(p, n) != n;
			bad += ar_jstr_plain(p, n + 1) != (odd ? n : n + 1);
			free(p);
		}
	}
	is_int(bad, 0, "runs of plain bytes");
}

/* Written in one pass it is the same text, in the room that was promised, whatever stands behind its end. */
static void one_pass(void)
{
	struct ar_buf want = AR_BUF_INIT;
	int bad = 0;

	for (int round = 0; round < 20000; round++) {
		size_t n = rnd(70);
		char *p = ar_malloc(n + 16), *out = ar_malloc(6 * n + 16);
		uint32_t plain = rnd(40);

		for (size_t i = 0; i < n + 16; i++)
			p[i] = (char)(rnd(plain + 1) ? 'a' + rnd(26) : rnd(256));
		want.n = 0;
		ar_jstr_put(&want, p, n);
		bad += !bytes(out, (size_t)(ar_jstr_write(out, p, n) - out), want.p, want.n);
		free(out);
		free(p);
	}
	is_int(bad, 0, "in one pass as in two");
	ar_buf_release(&want);
}

/* Random text: put equals the rule applied byte by byte, and everything returns to the text. */
static void there_and_back(void)
{
	static const char *const atoms[] = { "a", "B7", "\"", "\\", "\n", "\t", "\r", "\b", "\f",
		"\x01", "\x1f", "\x7f", "/", "\xC3\xA9",
		"\xE2\x82\xAC", "\xF0\x9D\x84\x9E", "a longer run of plain text" };
	enum { ATOMS = sizeof atoms / sizeof *atoms };
	struct ar_buf text = AR_BUF_INIT, want = AR_BUF_INIT, got = AR_BUF_INIT, loose = AR_BUF_INIT;
	int bad = 0;

	for (int round = 0; round < 3000; round++) {
		char *out;

		text.n = want.n = got.n = loose.n = 0;
		for (uint32_t k = rnd(30); k > 0; k--)
			ar_buf_puts(&text, atoms[rnd(round & 1 ? ATOMS : 3)]);
		for (size_t i = 0; i < text.n; i++) {
			unsigned char c = (unsigned char)text.p[i];
			const char *at = c ? strchr("\"\\\b\f\n\r\t", c) : NULL;

			if (at)
				ar_buf_fmt(&want, "\\%c", "\"\\bfnrt"[at - "\"\\\b\f\n\r\t"]);
			else if (c < 0x20)
				ar_buf_fmt(&want, "\\u%04x", c);
			else
				ar_buf_c(&want, (char)c);
			if (c < 0x80 && rnd(2))
				ar_buf_fmt(&loose, "\\u%04X", c);
			else if (at || c < 0x20)
				ar_buf_fmt(&loose, "\\u%04x", c);
			else
				ar_buf_c(&loose, (char)c);
		}
		ar_jstr_put(&got, text.p, text.n);
		bad += !bytes(got.p, got.n, want.p, want.n);
		bad += ar_jstr_check(got.p, got.n, NULL) != got.n || !ar_jstr_is_canonical(got.p, got.n);
		bad += ar_jstr_check(loose.p, loose.n, NULL) != loose.n;
		bad += ar_jstr_is_canonical(loose.p, loose.n) != bytes(loose.p, loose.n, want.p, want.n);
		out = ar_malloc(loose.n);
		bad += !bytes(out, ar_jstr_decode(loose.p, loose.n, out), text.p, text.n);
		free(out);
		got.n = 0;
		ar_jstr_canonical(&got, loose.p, loose.n);
		bad += !bytes(got.p, got.n, want.p, want.n);
	}
	is_int(bad, 0, "random texts, there and back");
	ar_buf_release(&text);
	ar_buf_release(&want);
	ar_buf_release(&got);
	ar_buf_release(&loose);
}

int main(void)
{
	for (size_t i = 0; i < sizeof goods / sizeof *goods; i++)
		good_one(&goods[i]);
	for (size_t i = 0; i < sizeof bads / sizeof *bads; i++)
		bad_one(&bads[i]);
	every_unit();
	every_pair();
	plain_runs();
	one_pass();
	there_and_back();
	return done_testing();
}
