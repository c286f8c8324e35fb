/* SPDX-License-Identifier: GPL-3.0-or-later */
/* lines.h and rec.h: which lines are records, why others are not, and what is written back. Every case runs with both variants
 * of the scan. */
#include "config.h"

#include "rec/lines.h"
#include "rec/scan.h"
#include "tap.h"

#include <stdlib.h>

#define HEAD "{\"type\":\"payment\",\"id\":\"1\",\"entity\":\"E\",\"system\":\"s\""
#define PAY HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"1.00\""

/* line: without newline. code: NULL = a record; out: what is written, NULL = the line itself */
static const struct { const char *line, *code, *out; } cases[] = {
	{ PAY "}", NULL, NULL },
	/* any order and white space */
	{ " { \"type\" : \"payment\" ,\t\"id\":\"1\", \"entity\":\"E\",\"system\":\"s\",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"1.00\" } \r", NULL, PAY "}" },
	{ "{\"amount\":\"1.00\",\"currency\":\"EUR\",\"date\":\"2026-01-02\",\"system\":\"s\",\"type\":\"payment\",\"entity\":\"E\",\"id\":\"1\"}", NULL, PAY "}" },
	{ "{\"id\":\"1\",\"entity\":\"E\",\"system\":\"s\",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"1.00\",\"type\":\"payment\"}", NULL, PAY "}" },
	{ "{\"id\":\"type\",\"entity\":\"E\",\"system\":\"s\",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"1.00\",\"type\":\"payment\"}", NULL,
	  "{\"type\":\"payment\",\"id\":\"type\",\"entity\":\"E\",\"system\":\"s\",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"1.00\"}" },
	{ "{\"items\":[\"type\"],\"type\":\"promise\",\"id\":\"1\",\"entity\":\"E\",\"customer\":\"c\",\"date\":\"2026-01-02\",\"made_on\":\"2026-01-02\"}", NULL,
	  "{\"type\":\"promise\",\"id\":\"1\",\"entity\":\"E\",\"customer\":\"c\",\"items\":[\"type\"],\"date\":\"2026-01-02\",\"made_on\":\"2026-01-02\"}" },
	/* escapes become canonical */
	{ PAY ",\"memo\":\"a\\u0062\\/\\u00e9\\u000a\\ud83d\\ude00\"}", NULL, PAY ",\"memo\":\"ab/\u00e9\\n\U0001F600\"}" },
	{ PAY ",\"memo\":\"\\u0001\\u007f\\\"\\\\\"}", NULL, PAY ",\"memo\":\"\\u0001\x7f\\\"\\\\\"}" },
	{ HEAD ",\"d\\u0061te\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"1.00\"}", NULL, PAY "}" },
	{ PAY ",\"memo\":\"\\u0000\"}", "string_nul", NULL },
	{ PAY ",\"memo\":\"\\ud83d\"}", "string_syntax", NULL },
	{ PAY ",\"memo\":\"\\x41\"}", "string_syntax", NULL },
	{ PAY ",\"memo\":\"a\tb\"}", "string_syntax", NULL },
	{ PAY ",\"memo\":\"not closed}", "record_syntax", NULL },
	{ PAY ",\"memo\":\"ends in a backslash\\\"}", "record_syntax", NULL },
	/* x_ fields, before src, in the order in which they came */
	{ PAY ",\"x_b\":\"2\",\"x_a\":\"1\",\"src\":\"f:1\"}", NULL, NULL },
	{ PAY ",\"x_b\":\"2\",\"src\":\"f:1\",\"x_a\":\"1\"}", NULL, PAY ",\"x_b\":\"2\",\"x_a\":\"1\",\"src\":\"f:1\"}" },
	{ HEAD ",\"x_b\":\"2\",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"1.00\"}", NULL, PAY ",\"x_b\":\"2\"}" },
	{ PAY ",\"x_b\":\"2\",\"x_b\":\"2\"}", "duplicate_field", NULL },
	{ PAY ",\"x_b\":\"2\",\"x_\\u0062\":\"3\"}", "duplicate_field", NULL },
	{ PAY ",\"x_b\":7}", "unknown_field", NULL },
	{ PAY ",\"x_b\":\"\"}", "empty_value", NULL },
	{ PAY ",\"x_\":\"1\"}", "unknown_field", NULL },
	{ PAY ",\"X_b\":\"1\"}", "unknown_field", NULL },
	{ PAY ",\"colour\":\"red\"}", "unknown_field", NULL },
	{ PAY ",\"a_name_that_is_longer_than_any_field\":\"red\"}", "unknown_field", NULL },
	/* duplicates */
	{ PAY ",\"id\":\"1\"}", "duplicate_field", NULL },
	{ PAY ",\"i\\u0064\":\"1\"}", "duplicate_field", NULL },
	{ PAY ",\"type\":\"payment\"}", "duplicate_field", NULL },
	{ "{\"id\":\"1\",\"type\":\"payment\",\"type\":\"refund\",\"entity\":\"E\",\"system\":\"s\",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"1.00\"}", "duplicate_field", NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":1,\"Type\":\"a\",\"\":\"b\",\"c\":\"\"}", NULL, NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":1,\"type\":\"a\"}", "duplicate_field", NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":1,\"typ\\u0065\":\"a\"}", "duplicate_field", NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":1,\"a\":\"1\",\"a\":\"2\"}", "duplicate_field", NULL },
	/* required and kinds */
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\"}", "missing_field", NULL },
	{ HEAD ",\"date\":\"2026-02-29\",\"currency\":\"EUR\",\"amount\":\"1.00\"}", "date_syntax", NULL },
	{ HEAD ",\"date\":\"2026-1-02\",\"currency\":\"EUR\",\"amount\":\"1.00\"}", "date_syntax", NULL },
	{ HEAD ",\"date\":20260102,\"currency\":\"EUR\",\"amount\":\"1.00\"}", "wrong_kind", NULL },
	{ HEAD ",\"date\":null,\"currency\":\"EUR\",\"amount\":\"1.00\"}", "wrong_kind", NULL },
	{ HEAD ",\"date\":[\"2026-01-02\"],\"currency\":\"EUR\",\"amount\":\"1.00\"}", "wrong_kind", NULL },
	{ PAY ",\"memo\":\"\"}", "empty_value", NULL },
	{ PAY ",\"memo\":true}", "wrong_kind", NULL },
	{ PAY ",\"memo\":{\"a\":\"b\"}}", "wrong_kind", NULL },
	{ PAY ",\"method\":\"transfer\"}", NULL, NULL },
	{ PAY ",\"method\":\"wire\"}", "unknown_code", NULL },
	{ PAY ",\"rate\":\"1.0840\"}", NULL, NULL },
	{ PAY ",\"rate\":\"1e3\"}", "rate_syntax", NULL },
	{ PAY ",\"rate\":1.5}", "wrong_kind", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"recorded\":\"2026-01-02T00:30:00+01:00\",\"currency\":\"EUR\",\"amount\":\"1.00\"}", NULL,
	  HEAD ",\"date\":\"2026-01-02\",\"recorded\":\"2026-01-01T23:30:00Z\",\"currency\":\"EUR\",\"amount\":\"1.00\"}" },
	{ PAY ",\"recorded\":\"2026-01-02\"}", "time_syntax", NULL },
	/* money: exactly the digits of its currency */
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"JPY\",\"amount\":\"100\"}", NULL, NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"JPY\",\"amount\":\"100.00\"}", "money_syntax", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"KWD\",\"amount\":\"1.234\"}", NULL, NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"KWD\",\"amount\":\"1.23\"}", "money_syntax", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"CLF\",\"amount\":\"1.2345\"}", NULL, NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"1\"}", "money_syntax", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"01.00\"}", "money_syntax", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"+1.00\"}", "money_syntax", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"1,00\"}", "money_syntax", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"-0.00\"}", "money_syntax", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"-1.00\"}", "money_sign", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"9999999999999.99\"}", NULL, NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"10000000000000.00\"}", "money_syntax", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":1}", "wrong_kind", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"XXY\",\"amount\":\"1.00\"}", "currency_unknown", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"eur\",\"amount\":\"1.00\"}", "currency_unknown", NULL },
	{ PAY ",\"amount_base\":\"1.00\"}", "money_without_currency", NULL },
	{ HEAD ",\"date\":\"2026-01-02\",\"currency\":\"EUR\",\"amount\":\"1.00\",\"base_currency\":\"JPY\",\"amount_base\":\"161\"}", NULL, NULL },
	{ "{\"type\":\"line\",\"id\":\"1\",\"document\":\"d\",\"number\":\"1\",\"amount\":\"-7\",\"currency\":\"JPY\"}", NULL, NULL },
	/* integers, booleans, lists */
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":17,\"last\":true}", NULL, NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":-17,\"last\":false}", NULL, NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":1.0}", "wrong_kind", NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":01}", "wrong_kind", NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":-0}", "wrong_kind", NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":1e3}", "wrong_kind", NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":\"1\"}", "wrong_kind", NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":1,\"last\":1}", "wrong_kind", NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":999999999999999}", NULL, NULL },
	{ "{\"type\":\"raw\",\"map\":\"m\",\"row\":9999999999999999}", "wrong_kind", NULL },
	{ "{\"type\":\"finding\",\"code\":\"c\",\"severity\":\"info\",\"message\":\"m\",\"about\":[\"a\",\"b\"]}", NULL, NULL },
	{ "{\"type\":\"finding\",\"code\":\"c\",\"severity\":\"info\",\"message\":\"m\",\"about\":[ \"a\" , \"\\u0062,\\\"\" ]}", NULL,
	  "{\"type\":\"finding\",\"code\":\"c\",\"severity\":\"info\",\"message\":\"m\",\"about\":[\"a\",\"b,\\\"\"]}" },
	{ "{\"type\":\"finding\",\"code\":\"c\",\"severity\":\"info\",\"message\":\"m\",\"about\":[]}", "empty_value", NULL },
	{ "{\"type\":\"finding\",\"code\":\"c\",\"severity\":\"info\",\"message\":\"m\",\"about\":[\"a\",]}", "list_syntax", NULL },
	{ "{\"type\":\"finding\",\"code\":\"c\",\"severity\":\"info\",\"message\":\"m\",\"about\":[1]}", "list_syntax", NULL },
	{ "{\"type\":\"finding\",\"code\":\"c\",\"severity\":\"info\",\"message\":\"m\",\"about\":[[\"a\"]]}", "list_syntax", NULL },
	{ "{\"type\":\"finding\",\"code\":\"c\",\"severity\":\"info\",\"message\":\"m\",\"about\":[\"a\"}", "list_syntax", NULL },
	/* UTF-8 */
	{ PAY ",\"memo\":\"M\u00fcller \u65e5\u672c \U0001F600\"}", NULL, NULL },
	{ PAY ",\"memo\":\"M\xfcller\"}", "utf8", NULL },
	{ PAY ",\"memo\":\"\xed\xa0\x80\"}", "utf8", NULL },
	{ PAY ",\"memo\":\"\xc0\x80\"}", "utf8", NULL },
	{ PAY ",\"x_\xff\":\"1\"}", "utf8", NULL },
	/* what is no record at all */
	{ "", "record_syntax", NULL },
	{ "   ", "record_syntax", NULL },
	{ "null", "record_syntax", NULL },
	{ "[]", "record_syntax", NULL },
	{ "{}", "type_missing", NULL },
	{ "{", "type_missing", NULL },
	{ "{\\\"", "type_missing", NULL },
	{ "{\\\":\"type\":\"payment\"", "type_missing", NULL },
	{ "{\"type\":\"payment\"", "record_syntax", NULL },
	{ "{\"type\":\"", "record_syntax", NULL },
	{ "{\"type\":7}", "type_missing", NULL },
	{ "{\"type\":\"invoices\"}", "type_unknown", NULL },
	{ "{\"type\":\"\"}", "type_unknown", NULL },
	{ PAY "} {}", "record_syntax", NULL },
	{ PAY "}}", "record_syntax", NULL },
	{ PAY ",}", "record_syntax", NULL },
	{ PAY " \"memo\":\"x\"}", "record_syntax", NULL },
	{ PAY ",\"memo\" \"x\"}", "record_syntax", NULL },
	{ PAY ",memo:\"x\"}", "record_syntax", NULL },
	{ "\xef\xbb\xbf" PAY "}", "record_syntax", NULL },
};

enum { NCASES = sizeof cases / sizeof *cases };

/* one line between two good ones: they must not feel it */
static void test_one(int i)
{
	struct ar_buf in = AR_BUF_INIT, out = AR_BUF_INIT;
	const char *want = cases[i].out ? cases[i].out : cases[i].line;
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_err e = { 0 };
	struct ar_lines *l;
	struct ar_rec r;
	int rc[4];

	ar_buf_puts(&in, PAY "}\n");
	ar_buf_puts(&in, cases[i].line);
	ar_buf_puts(&in, "\n" PAY "}\n");
	l = ar_lines_new_mem(in.p, in.n);
	ar_rec_init(&r, &mem);
	rc[0] = ar_lines_next(l, &r, &e);
	rc[1] = ar_lines_next(l, &r, &e);
	if (rc[1] == 1) {
		ar_rec_put(&r, &out);
		ok(!cases[i].code && out.n == strlen(want) + 1 && memcmp(out.p, want, out.n - 1) == 0, "record: %s", want);
		if (out.n != strlen(want) + 1 || memcmp(out.p, want, out.n - 1))
			printf("# got %.*s", (int)out.n, out.p);
		ok(r.canonical == !cases[i].out, "canonical or not");
		ok(ar_rec_check(&r, &e) == 0, "a check of the record agrees");
	} else {
		ok(rc[1] == 2 && cases[i].code && strcmp(e.code, cases[i].code) == 0 && e.line == 2, "refused as %s: case %d",
		   cases[i].code ? cases[i].code : "(it should not)", i);
		if (!cases[i].code || strcmp(e.code, cases[i].code))
			printf("# got %s for %s\n", e.code, cases[i].line);
		ok(r.len == strlen(cases[i].line) && memcmp(r.line, cases[i].line, r.len) == 0, "the line is kept");
	}
	rc[2] = ar_lines_next(l, &r, &e);
	rc[3] = ar_lines_next(l, &r, &e);
	ok(rc[0] == 1 && rc[2] == 1 && rc[3] == 0, "its neighbours are untouched");
	ar_lines_free(l);
	ar_rec_release(&r);
	ar_buf_release(&in);
	ar_buf_release(&out);
	ar_arena_release(&mem);
}

/* Every case with a last line that is alone in the block, and writing what was written changes nothing. */
static void rewrite(struct ar_str in, struct ar_buf *out, int *refused)
{
	struct ar_lines *l = ar_lines_new_mem(in.p, in.n);
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_err e = { 0 };
	struct ar_rec r;
	int rc;

	ar_rec_init(&r, &mem);
	while ((rc = ar_lines_next(l, &r, &e)) > 0) {
		if (rc == 1)
			ar_rec_put(&r, out);
		else
			++*refused;
	}
	ar_assert(rc == 0);
	ar_lines_free(l);
	ar_rec_release(&r);
	ar_arena_release(&mem);
}

static void test_all(struct ar_buf *once)
{
	struct ar_buf in = AR_BUF_INIT, twice = AR_BUF_INIT;
	int refused = 0, again = 0, bad = 0;

	for (int i = 0; i < NCASES; i++) {
		ar_buf_puts(&in, cases[i].line);
		ar_buf_c(&in, '\n');
		bad += cases[i].code != NULL;
	}
	rewrite(ar_buf_slice(&in), once, &refused);
	rewrite(ar_buf_slice(once), &twice, &again);
	is_int(refused, bad, "in one block as many are refused");
	is_int(again, 0, "what was written is read");
	ok(twice.n == once->n && memcmp(twice.p, once->p, once->n) == 0, "and comes out the same: f(f(x)) = f(x)");
	ar_buf_release(&in);
	ar_buf_release(&twice);
}

static void test_cut_line(void)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_err e = { 0 };
	struct ar_lines *l = ar_lines_new_mem(PAY "}\n" PAY "}", 2 * sizeof PAY + 1);
	struct ar_rec r;

	ar_rec_init(&r, &mem);
	is_int(ar_lines_next(l, &r, &e), 1, "a whole line");
	is_int(ar_lines_next(l, &r, &e), -1, "the last one without its newline");
	ok(e.exit == AR_DAMAGED && strcmp(e.code, "line_cut") == 0, "is damage");
	ar_lines_free(l);
	ar_rec_release(&r);
	ar_arena_release(&mem);
}

/* lines longer than a block, records across the borders of blocks, the limit of custom fields */
static void test_long(void)
{
	struct ar_buf in = AR_BUF_INIT, out = AR_BUF_INIT;
	int refused = 0;

	for (int i = 0; i < 9000; i++) {
		ar_buf_fmt(&in, PAY ",\"memo\":\"%*d\"}\n", i % 97 + 1, i);
		if (i % 3000 == 7) {
			ar_buf_puts(&in, PAY ",\"memo\":\"");
			for (int k = 0; k < 300000; k++)
				ar_buf_puts(&in, "\u00e9\\n");
			ar_buf_puts(&in, "\"}\n");
		}
	}
	rewrite(ar_buf_slice(&in), &out, &refused);
	ok(!refused && in.n == out.n && memcmp(in.p, out.p, in.n) == 0, "long lines and many blocks come out as they went in");
	for (int n = AR_X_MAX; n <= AR_X_MAX + 1; n++) {
		in.n = out.n = 0;
		refused = 0;
		ar_buf_puts(&in, PAY);
		for (int i = 0; i < n; i++)
			ar_buf_fmt(&in, ",\"x_%d\":\"1\"", i);
		ar_buf_puts(&in, "}\n");
		rewrite(ar_buf_slice(&in), &out, &refused);
		is_int(refused, n > AR_X_MAX, "as many custom fields as the limit, and one more");
	}
	ar_buf_release(&in);
	ar_buf_release(&out);
}

static void test_made(void)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_buf b = AR_BUF_INIT;
	struct ar_err e = { 0 };
	struct ar_str *s;
	struct ar_rec r;

	ar_rec_init(&r, &mem);
	ar_rec_start(&r, AR_T_finding);
	ar_set_text(&r, AR_F_code, AR_STR("c"));
	ar_set_text(&r, AR_F_severity, AR_STR("info"));
	is_int(ar_rec_check(&r, &e), -1, "a required field is missing");
	ar_set_fmt(&r, AR_F_message, "%s \"%d\"\n", "say", 7);
	ar_list_add(&r, AR_F_about, AR_STR("a\"b"));
	ar_list_add(&r, AR_F_about, AR_STR("\\"));
	ar_x_add(&r, AR_STR("x_k"), AR_STR("v\t"));
	is_int(ar_rec_check(&r, &e), 0, "now it is whole");
	ar_rec_put(&r, &b);
	is_str(ar_buf_z(&b), "{\"type\":\"finding\",\"code\":\"c\",\"severity\":\"info\",\"message\":\"say \\\"7\\\"\\n\","
	       "\"about\":[\"a\\\"b\",\"\\\\\"],\"x_k\":\"v\\t\"}\n", "a record that was made");
	is_int(ar_list(&r, AR_F_about, &s), 2, "its list");
	ok(ar_streqz(s[0], "a\"b") && ar_streqz(s[1], "\\"), "decoded");
	ok(ar_streqz(ar_x_text(&r, ar_x_find(&r, AR_STR("x_k"))), "v\t"), "and the custom field");
	ar_rec_release(&r);
	ar_buf_release(&b);
	ar_arena_release(&mem);
}

int main(void)
{
	struct ar_buf best = AR_BUF_INIT, portable = AR_BUF_INIT;

	for (int i = 0; i < NCASES; i++)
		test_one(i);
	test_all(&best);
	ar_scan_force(true);
	for (int i = 0; i < NCASES; i++)
		test_one(i);
	test_all(&portable);
	ok(best.n == portable.n && memcmp(best.p, portable.p, best.n) == 0, "both variants of the scan give the same records");
	test_long();
	ar_scan_force(false);
	test_long();
	test_cut_line();
	test_made();
	ar_buf_release(&best);
	ar_buf_release(&portable);
	return done_testing();
}
