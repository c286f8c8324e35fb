/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The document profile: events, refusals, limits, and the public conformance files where they are at hand. */
#include "config.h"

#include "rec/json.h"

#include <dirent.h>
#include <stdlib.h>

#include <xxhash.h>

#include "base/buf.h"
#include "tap.h"

/* A document as a line of events: { } [ ] key: "text" 12 T F N, then "." at its end or "!code" at an error. */
static void put_event(struct ar_buf *b, const struct ar_json *j, enum ar_jev ev, const char *code)
{
	static const char *const sign[] = { [AR_J_END] = ".", [AR_J_OBJ] = "{", [AR_J_OBJ_END] = "}", [AR_J_ARR] = "[",
		[AR_J_ARR_END] = "]", [AR_J_TRUE] = "T", [AR_J_FALSE] = "F", [AR_J_NULL] = "N" };

	if (ev == AR_J_ERROR)
		ar_buf_fmt(b, "!%s", code);
	else if (ev == AR_J_KEY || ev == AR_J_NUM)
		ar_buf_fmt(b, "%.*s%s", AR_STR_FMT(j->text), ev == AR_J_KEY ? ":" : "");
	else if (ev == AR_J_STR)
		ar_buf_fmt(b, "\"%.*s\"", AR_STR_FMT(j->text));
	else
		ar_buf_puts(b, sign[ev]);
}

static const char *trace_of(struct ar_buf *b, struct ar_err *e, const char *p, size_t n, unsigned max_depth)
{
	struct ar_arena a = AR_ARENA_INIT;
	struct ar_json j;
	enum ar_jev ev;
	char *q = ar_malloc(n);         /* of exactly that size: a sanitizer sees any look beyond it */

	if (n)
		memcpy(q, p, n);
	b->n = 0;
	ar_err_clear(e);
	ar_json_init(&j, &a, q, n, e);
	if (max_depth)
		j.max_depth = max_depth;
	do {
		ev = ar_json_next(&j);
		if (b->n)
			ar_buf_c(b, ' ');
		put_event(b, &j, ev, e->code);
	} while (ev > AR_J_END);
	if (ar_json_next(&j) != ev || ar_json_next(&j) != ev)
		ar_buf_puts(b, " and it did not stay there");
	free(q);
	ar_arena_release(&a);
	return ar_buf_z(b);
}

#define LIT(s) s, sizeof(s) - 1

static const struct { const char *p; size_t n; const char *want; } cases[] = {
	/* accepted */
	{ LIT("{}"), "{ } ." },
	{ LIT("[]"), "[ ] ." },
	{ LIT(" \t\r\n[ \t\r\n] \t\r\n"), "[ ] ." },
	{ LIT("true"), "T ." },
	{ LIT("false"), "F ." },
	{ LIT("null"), "N ." },
	{ LIT("0"), "0 ." },
	{ LIT("-0"), "-0 ." },
	{ LIT("-0.0"), "-0.0 ." },
	{ LIT("12"), "12 ." },
	{ LIT("1.50"), "1.50 ." },
	{ LIT("1E+2"), "1E+2 ." },
	{ LIT("0e-00"), "0e-00 ." },
	{ LIT("1e400"), "1e400 ." },
	{ LIT("123456789012345678901234567890.10"), "123456789012345678901234567890.10 ." },
	{ LIT("\"\""), "\"\" ." },
	{ LIT("\"a\\u00e9\\n\""), "\"a\xC3\xA9\n\" ." },
	{ LIT("\"\\ud834\\udd1e\""), "\"\xF0\x9D\x84\x9E\" ." },
	{ LIT("\"\x7F\xEF\xBF\xBF\""), "\"\x7F\xEF\xBF\xBF\" ." },
	{ LIT("[\"\xEF\xBB\xBF\"]"), "[ \"\xEF\xBB\xBF\" ] ." },
	{ LIT("{\"a\":1}"), "{ a: 1 } ." },
	{ LIT("{ \"a\" : 1 , \"b\" : [ true , false , null ] }"), "{ a: 1 b: [ T F N ] } ." },
	{ LIT("{\"\":\"\"}"), "{ : \"\" } ." },
	{ LIT("{\"a\\/b\":\"c\\\\\"}"), "{ a/b: \"c\\\" } ." },
	{ LIT("{\"a\":{\"a\":{\"a\":1}}}"), "{ a: { a: { a: 1 } } } ." },
	{ LIT("[{\"a\":1},{\"a\":2}]"), "[ { a: 1 } { a: 2 } ] ." },
	{ LIT("{\"a\":1,\"A\":2,\"a \":3,\"\xC3\xA4\":4,\"a\xCC\x88\":5}"),
		"{ a: 1 A: 2 a : 3 \xC3\xA4: 4 a\xCC\x88: 5 } ." },
	{ LIT("[[[[]],[]],[{}]]"), "[ [ [ [ ] ] [ ] ] [ { } ] ] ." },
	{ LIT("[1,-2,3.5,\"x\",{}]"), "[ 1 -2 3.5 \"x\" { } ] ." },
	{ LIT("{\"amount\":10.10,\"id\":\"007\"}"), "{ amount: 10.10 id: \"007\" } ." },
	{ LIT("{\"a\":{\"x\":1,\"y\":2},\"x\":3,\"y\":4}"), "{ a: { x: 1 y: 2 } x: 3 y: 4 } ." },
	/* refused: form */
	{ LIT(""), "!json_syntax" },
	{ LIT("  \n"), "!json_syntax" },
	{ LIT("{"), "{ !json_syntax" },
	{ LIT("["), "[ !json_syntax" },
	{ LIT("}"), "!json_syntax" },
	{ LIT("]"), "!json_syntax" },
	{ LIT("[}"), "[ !json_syntax" },
	{ LIT("{]"), "{ !json_syntax" },
	{ LIT("[1}"), "[ 1 !json_syntax" },
	{ LIT("{\"a\":1]"), "{ a: 1 !json_syntax" },
	{ LIT("[1,]"), "[ 1 !json_syntax" },
	{ LIT("[,1]"), "[ !json_syntax" },
	{ LIT("[1,,2]"), "[ 1 !json_syntax" },
	{ LIT("[1 2]"), "[ 1 !json_syntax" },
	{ LIT("[1"), "[ 1 !json_syntax" },
	{ LIT("[1,"), "[ 1 !json_syntax" },
	{ LIT("{\"a\":1,}"), "{ a: 1 !json_syntax" },
	{ LIT("{,\"a\":1}"), "{ !json_syntax" },
	{ LIT("{\"a\"}"), "{ !json_syntax" },
	{ LIT("{\"a\":}"), "{ a: !json_syntax" },
	{ LIT("{\"a\" 1}"), "{ !json_syntax" },
	{ LIT("{\"a\"::1}"), "{ a: !json_syntax" },
	{ LIT("{a:1}"), "{ !json_syntax" },
	{ LIT("{1:1}"), "{ !json_syntax" },
	{ LIT("{'a':1}"), "{ !json_syntax" },
	{ LIT("{\"a\":1 \"b\":2}"), "{ a: 1 !json_syntax" },
	{ LIT("{} {}"), "{ } !json_syntax" },
	{ LIT("1 2"), "1 !json_syntax" },
	{ LIT("[]]"), "[ ] !json_syntax" },
	{ LIT("{},"), "{ } !json_syntax" },
	{ LIT("[] // end"), "[ ] !json_syntax" },
	{ LIT("/* */[]"), "!json_syntax" },
	{ LIT("[]\0"), "[ ] !json_syntax" },
	{ LIT("\0"), "!json_syntax" },
	{ LIT("[\f]"), "[ !json_syntax" },
	{ LIT("[\v]"), "[ !json_syntax" },
	{ LIT("[\xC2\xA0]"), "[ !json_syntax" },
	{ LIT("'a'"), "!json_syntax" },
	{ LIT("a"), "!json_syntax" },
	{ LIT("True"), "!json_syntax" },
	{ LIT("tru"), "!json_syntax" },
	{ LIT("nul"), "!json_syntax" },
	{ LIT("truee"), "T !json_syntax" },
	{ LIT("NaN"), "!json_syntax" },
	{ LIT("[\"a\" \"b\"]"), "[ \"a\" !json_syntax" },
	{ LIT(":"), "!json_syntax" },
	/* refused: numbers */
	{ LIT("-"), "!json_syntax" },
	{ LIT("+1"), "!json_syntax" },
	{ LIT("01"), "!json_syntax" },
	{ LIT("-01"), "!json_syntax" },
	{ LIT("00"), "!json_syntax" },
	{ LIT("1."), "!json_syntax" },
	{ LIT(".5"), "!json_syntax" },
	{ LIT("-.5"), "!json_syntax" },
	{ LIT("1.e1"), "!json_syntax" },
	{ LIT("1e"), "!json_syntax" },
	{ LIT("1e+"), "!json_syntax" },
	{ LIT("1e1.5"), "1e1 !json_syntax" },
	{ LIT("1.2.3"), "1.2 !json_syntax" },
	{ LIT("0x1F"), "0 !json_syntax" },
	{ LIT("1,000"), "1 !json_syntax" },
	{ LIT("1_000"), "1 !json_syntax" },
	{ LIT("--1"), "!json_syntax" },
	{ LIT("-Infinity"), "!json_syntax" },
	{ LIT("\xEF\xBC\x91"), "!json_syntax" },
	/* refused: strings */
	{ LIT("\""), "!json_syntax" },
	{ LIT("\"abc"), "!json_syntax" },
	{ LIT("[\"a"), "[ !json_syntax" },
	{ LIT("\"\\\""), "!json_syntax" },
	{ LIT("\"\\"), "!json_string" },
	{ LIT("\"\\x\""), "!json_string" },
	{ LIT("\"\\u12\""), "!json_string" },
	{ LIT("\"a\nb\""), "!json_string" },
	{ LIT("\"a\tb\""), "!json_string" },
	{ LIT("\"\0\""), "!json_string" },
	{ LIT("\"\\\n\""), "!json_string" },
	{ LIT("\"\\ud800\""), "!json_string" },
	{ LIT("\"\\udc00\""), "!json_string" },
	{ LIT("\"\xFF\""), "!json_string" },
	{ LIT("\"\xC3\""), "!json_string" },
	{ LIT("\"\xED\xA0\x80\""), "!json_string" },
	{ LIT("{\"\\ud800\":1}"), "{ !json_string" },
	{ LIT("{\"\xE9\":1}"), "{ !json_string" },
	/* refused: what readers would understand differently */
	{ LIT("{\"a\":1,\"a\":2}"), "{ a: 1 !json_duplicate" },
	{ LIT("{\"a\":1,\"a\":1}"), "{ a: 1 !json_duplicate" },
	{ LIT("{\"\":1,\"\":1}"), "{ : 1 !json_duplicate" },
	{ LIT("{\"a\":1,\"\\u0061\":2}"), "{ a: 1 !json_duplicate" },
	{ LIT("{\"\xC3\xA9\":1,\"\\u00E9\":2}"), "{ \xC3\xA9: 1 !json_duplicate" },
	{ LIT("{\"a\":{\"a\":1,\"b\":2,\"a\":3}}"), "{ a: { a: 1 b: 2 !json_duplicate" },
	{ LIT("{\"a\":{\"b\":2},\"a\":3}"), "{ a: { b: 2 } !json_duplicate" },
	{ LIT("\xEF\xBB\xBF{}"), "!json_bom" },
	{ LIT("\xFF\xFE{\0}\0"), "!json_syntax" },
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

static void own_cases(void)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_err e = { 0 };

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		is_str(trace_of(&b, &e, cases[i].p, cases[i].n, 0), cases[i].want,
			shown(cases[i].p, cases[i].n));
	ar_buf_release(&b);
}

static void messages(void)
{
	static const struct { const char *doc, *text; int line; } t[] = {
		{ "{\n \"a\": 1\n \"b\": 2\n}", "JSON: a comma or '}' expected, found '\"' (line 3, byte offset 11)", 3 },
		{ "[1,", "JSON: a value expected, but the document ends (line 1, byte offset 3)", 1 },
		{ "[\n\n\"x\\q\"]", "JSON: an unknown escape in a string (line 3, byte offset 5)", 3 },
		{ "[01]", "JSON: a number must not begin with 0 (line 1, byte offset 1)", 1 },
		{ "[1]\n\x01", "JSON: nothing more expected, found byte 0x01 (line 2, byte offset 4)", 2 },
		{ "{\"k\":1,\n\"k\":2}", "JSON: the same key twice in one object (line 2, byte offset 8)", 2 },
		{ "[\"abc", "JSON: a string that does not end (line 1, byte offset 1)", 1 },
	};
	struct ar_buf b = AR_BUF_INIT;
	struct ar_err e = { 0 };

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		trace_of(&b, &e, t[i].doc, strlen(t[i].doc), 0);
		is_str(e.text, t[i].text, "message");
		is_int((int64_t)e.line, t[i].line, "its line");
		is_int(e.exit, AR_DAMAGED, "its exit status");
	}
	trace_of(&b, &e, LIT("{\"k\":1,\"k\":2}"), 0);
	is_str(e.value, "k", "the key that stands twice is named");
	ar_buf_release(&b);
}

static void depth(void)
{
	struct ar_buf doc = AR_BUF_INIT, b = AR_BUF_INIT;
	struct ar_err e = { 0 };

	for (int n = 256; n <= 257; n++) {
		doc.n = 0;
		for (int i = 0; i < n; i++)
			ar_buf_puts(&doc, i & 1 ? "{\"k\":" : "[");
		ar_buf_c(&doc, '1');
		for (int i = n; i-- > 0;)
			ar_buf_c(&doc, i & 1 ? '}' : ']');
		trace_of(&b, &e, doc.p, doc.n, 0);
		ok(n > 256 ? e.code && !strcmp(e.code, "json_depth") : !e.code, "%d containers deep", n);
		trace_of(&b, &e, doc.p, doc.n, 257);
		ok(!e.code, "%d containers deep where 257 may be", n);
	}
	doc.n = 0;
	for (int i = 0; i < 100000; i++)
		ar_buf_c(&doc, '[');
	trace_of(&b, &e, doc.p, doc.n, 0);
	is_str(e.code, "json_depth", "100000 opening brackets");
	trace_of(&b, &e, doc.p, doc.n, 200000);
	is_str(e.code, "json_syntax", "100000 opening brackets where they may be: no stack is used up");
	is_str(trace_of(&b, &e, LIT("[[]]"), 1), "[ !json_depth", "a limit of one");
	ar_buf_release(&doc);
	ar_buf_release(&b);
}

/* Count the events of a document; -1 = refused. */
static int64_t events(const char *p, size_t n, struct ar_err *e)
{
	struct ar_arena a = AR_ARENA_INIT;
	struct ar_json j;
	enum ar_jev ev;
	int64_t k = 0;

	ar_err_clear(e);
	ar_json_init(&j, &a, p, n, e);
	while ((ev = ar_json_next(&j)) > AR_J_END)
		k++;
	ar_arena_release(&a);
	return ev == AR_J_ERROR ? -1 : k;
}

/* Objects around the sizes at which the set of keys changes its shape; in each the twin of every key is refused. */
static void duplicates(void)
{
	struct ar_buf doc = AR_BUF_INIT;
	struct ar_err e = { 0 };
	size_t end;
	int bad = 0;

	for (int n = 1; n <= 70; n++) {
		doc.n = 0;
		ar_buf_c(&doc, '{');
		for (int i = 0; i < n; i++)         /* an inner object of its own in between: its keys do not count */
			ar_buf_fmt(&doc, "%s\"k%d\":{\"k%d\":0,\"k%d\":0}", i ? "," : "", i, i, i + 1);
		end = doc.n;
		ar_buf_c(&doc, '}');
		bad += events(doc.p, doc.n, &e) != 2 + 7 * n;
		for (int i = 0; i < n; i++) {
			doc.n = end;
			ar_buf_fmt(&doc, ",\"\\u006b%d\":0}", i);
			bad += events(doc.p, doc.n, &e) != -1 || strcmp(e.code, "json_duplicate") != 0;
		}
		doc.n = end;
		ar_buf_fmt(&doc, ",\"k%d\":0}", n);
		bad += events(doc.p, doc.n, &e) != 2 + 7 * n + 2;
	}
	is_int(bad, 0, "objects of 1 to 70 keys, with and without a duplicate of each");
	doc.n = 0;
	for (int i = 0; i < 50; i++) {              /* large objects inside a large one, of other keys */
		ar_buf_fmt(&doc, "%c\"k%d\":", i ? ',' : '{', i);
		for (int k = 0; k < 50; k++)
			ar_buf_fmt(&doc, "%c\"i%d\":0", k ? ',' : '{', k);
		ar_buf_c(&doc, '}');
	}
	end = doc.n;
	ar_buf_c(&doc, '}');
	is_int(events(doc.p, doc.n, &e), 2 + 50 * (1 + 2 + 100), "50 objects of 50 keys in one of 50");
	for (int i = 0; i < 50; i++) {
		doc.n = end;
		ar_buf_fmt(&doc, ",\"k%d\":0}", i);
		bad += events(doc.p, doc.n, &e) != -1;
	}
	is_int(bad, 0, "the outer one with a duplicate of each");
	doc.n = 0;
	for (int i = 0; i < 300000; i++)
		ar_buf_fmt(&doc, "%c\"invoice-%d\":1", i ? ',' : '{', i);
	ar_buf_c(&doc, '}');
	is_int(events(doc.p, doc.n, &e), 2 + 2 * 300000, "an object of 300000 keys");
	doc.n--;
	ar_buf_puts(&doc, ",\"invoice-123456\":1}");
	is_int(events(doc.p, doc.n, &e), -1, "the same with one of them twice");
	is_str(e.value, "invoice-123456", "and it is named");
	ar_buf_release(&doc);
}

/* Keys made to meet in one place of the table are refused before they cost much. */
static void hostile_keys(void)
{
	struct ar_buf doc = AR_BUF_INIT;
	struct ar_err e = { 0 };
	int found = 0;

	for (int i = 0; found < 400; i++) {
		char k[24];
		int n = snprintf(k, sizeof k, "%d", i);

		if (XXH3_64bits(k, (size_t)n) & 0xFFF)
			continue;
		ar_buf_fmt(&doc, "%c\"%s\":1", found++ ? ',' : '{', k);
	}
	ar_buf_c(&doc, '}');
	is_int(events(doc.p, doc.n, &e), -1, "400 keys made to collide");
	is_str(e.code, "json_keys", "their code");
	ar_buf_release(&doc);
}

static void skipping(void)
{
	static const char doc[] = "{\"a\":[1,{\"x\":[]},\"\\n\"],\n\"b\":{\"c\":{}},\"d\":5,\"e\":[[2]],\"f\":\"\\u0041\"}";
	struct ar_arena a = AR_ARENA_INIT;
	struct ar_err e = { 0 };
	struct ar_buf b = AR_BUF_INIT;
	struct ar_json j;
	enum ar_jev ev;

	ar_json_init(&j, &a, doc, sizeof doc - 1, &e);
	is_int(ar_json_skip(&j), 0, "nothing to skip before the first event");
	while ((ev = ar_json_next(&j)) > AR_J_END) {
		put_event(&b, &j, ev, NULL);
		ar_buf_c(&b, ' ');
		if (ev == AR_J_KEY && (*j.text.p == 'b' || *j.text.p == 'd'))
			is_int(ar_json_skip(&j), 0, "the value of a key is skipped");
		if (ev == AR_J_ARR)
			is_int(ar_json_skip(&j), 0, "an array is skipped");
		if (ev == AR_J_NUM || ev == AR_J_STR)
			is_int(ar_json_skip(&j), 0, "behind a scalar there is nothing to skip");
	}
	is_str(ar_buf_z(&b), "{ a: [ b: d: e: [ f: \"A\" } ", "what was not skipped");
	is_int(ev, AR_J_END, "to the end");
	ar_json_init(&j, &a, doc, sizeof doc - 1, &e);
	ar_json_next(&j);
	is_int(ar_json_skip(&j), 0, "the whole document skipped");
	is_int(j.depth, 0, "nothing open");
	is_int(ar_json_next(&j), AR_J_END, "its end");
	ar_json_init(&j, &a, LIT("[[1,{\"a\":tru}],2]"), &e);
	ar_json_next(&j);
	ar_json_next(&j);
	is_int(ar_json_skip(&j), -1, "an error in what is skipped");
	is_int(ar_json_next(&j), AR_J_ERROR, "is not forgotten");
	is_int(ar_json_skip(&j), -1, "nor by another skip");
	ar_json_init(&j, &a, LIT("[{\"a\":1,\"\\u0061\":1}]"), NULL);
	ar_json_next(&j);
	is_int(ar_json_skip(&j), -1, "a duplicate in what is skipped, nobody asking why");
	ar_buf_release(&b);
	ar_arena_release(&a);
}

static void places(void)
{
	static const char doc[] = "[\n  1,\n\n  \"a\"\n]\n";
	static const struct { size_t offset; int line; unsigned depth; } want[] = {
		{ 0, 1, 1 }, { 4, 2, 1 }, { 10, 4, 1 }, { 14, 5, 0 }, { 16, 6, 0 } };
	struct ar_arena a = AR_ARENA_INIT;
	struct ar_err e = { 0 };
	struct ar_json j;

	ar_json_init(&j, &a, doc, sizeof doc - 1, &e);
	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		ar_json_next(&j);
		is_int((int64_t)j.offset, (int64_t)want[i].offset, "offset");
		is_int((int64_t)ar_json_line(&j), want[i].line, "line");
		is_int(j.depth, want[i].depth, "depth");
	}
	ar_json_init(&j, &a, LIT("[\"plain\",\"nul\\u0000\"]"), &e);
	ar_json_next(&j);
	ar_json_next(&j);
	ok(j.text.p == j.p + 2 && j.text.n == 5, "a string without escapes is a slice of the input");
	ar_json_next(&j);
	ok(ar_streq(j.text, (struct ar_str){ "nul\0", 4 }), "a NUL in a string is a character");
	ar_arena_release(&a);
}

static char *slurp(const char *path, size_t *n)
{
	FILE *f = fopen(path, "rb");
	struct ar_buf b = AR_BUF_INIT;
	size_t k;

	if (!f)
		return NULL;
	do {
		ar_buf_room(&b, 65536);
		k = fread(b.p + b.n, 1, 65536, f);
		b.n += k;
	} while (k);
	fclose(f);
	*n = b.n;
	return b.p;
}

/* See DEVIATIONS.md: valid by the grammar, refused here because a key stands twice. */
static bool duplicate_by_design(const char *name)
{
	return !strcmp(name, "y_object_duplicated_key.json")
		|| !strcmp(name, "y_object_duplicated_key_and_value.json");
}

static void conformance_file(const char *dir, const char *name, int count[3])
{
	struct ar_err e = { 0 };
	char path[1024];
	size_t n = 0;
	char *p;
	int64_t k;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	p = slurp(path, &n);
	if (!ok(p != NULL, "read %s", name))
		return;
	k = events(p, n, &e);
	if (name[0] == 'y' && duplicate_by_design(name))
		is_str(e.code, "json_duplicate", name);
	else if (name[0] == 'y')
		ok(k > 0 && !e.code, "accepted: %s %s", name, e.code ? e.text : "");
	else if (name[0] == 'n')
		ok(k == -1 && e.code && e.text[0], "refused: %s", name);
	else
		ok(k > 0 ? !e.code : e.code != NULL, "either way: %s %s", name, e.code ? e.text : "accepted");
	count[name[0] == 'y' ? 0 : name[0] == 'n' ? 1 : 2]++;
	free(p);
}

static void conformance(void)
{
	const char *shared = getenv("AR_SHARED"), *top = getenv("top_srcdir");
	int count[3] = { 0 };
	struct dirent *d;
	char dir[512];
	DIR *f;

	if (shared)
		snprintf(dir, sizeof dir, "%s/conformance/json/test_parsing", shared);
	else
		snprintf(dir, sizeof dir, "%s/../shared/conformance/json/test_parsing", top ? top : ".");
	f = opendir(dir);
	if (!f) {
		ok(1, "conformance files # SKIP not at hand");
		return;
	}
	while ((d = readdir(f)))
		if (strchr("yni", d->d_name[0]) && d->d_name[1] == '_')
			conformance_file(dir, d->d_name, count);
	closedir(f);
	ok(count[0] >= 90 && count[1] >= 180 && count[2] >= 30, "files read: %d to accept, %d to refuse, %d either way",
		count[0], count[1], count[2]);
}

int main(void)
{
	own_cases();
	messages();
	depth();
	duplicates();
	hostile_keys();
	skipping();
	places();
	conformance();
	return done_testing();
}
