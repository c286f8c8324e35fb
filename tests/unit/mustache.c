/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mustache.c - the template language: the official test suite where it is at hand, and what arpipe adds to it. */
#include "config.h"

#include "map/mustache.h"
#include "tap.h"

#include <stdlib.h>

static struct ar_arena arena;
static struct ar_err err;

/* ---- the official suite: JSON files, read straight into values ---- */

static const char *j;           /* the reader's place; files are trusted, a mistake in them fails their tests */

static void blank(void)
{
	j += strspn(j, " \t\r\n");
}

static uint32_t hex4(void)
{
	uint32_t u = 0;

	for (int i = 0; i < 4 && *j; i++, j++)
		u = u * 16 + (uint32_t)(ar_is_digit(*j) ? *j - '0' : ar_lower(*j) - 'a' + 10);
	return u;
}

static struct ar_str json_string(void)
{
	static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str s;

	for (j++; *j && *j != '"'; ) {
		const char *k;
		char u[4];

		if (*j != '\\') {
			ar_buf_c(&b, *j++);
			continue;
		}
		j++;
		k = *j ? strchr(from, *j) : NULL;
		if (*j == 'u') {
			j++;
			ar_buf_put(&b, u, (size_t)ar_utf8_put(u, hex4()));
		} else {
			ar_buf_c(&b, k ? to[k - from] : *j);
			j++;
		}
	}
	j++;
	s = ar_arena_str(&arena, ar_buf_slice(&b));
	ar_buf_release(&b);
	return s;
}

static struct ar_mv *json(void)
{
	struct ar_mv *v;
	size_t n;

	blank();
	if (*j == '{' || *j == '[') {
		bool map = *j++ == '{';

		v = map ? ar_mv_map(&arena) : ar_mv_list(&arena);
		for (blank(); *j && *j != '}' && *j != ']'; blank()) {
			struct ar_str key = { NULL, 0 };

			if (map) {
				key = json_string();
				blank();
				j++;            /* ':' */
			}
			if (map)
				ar_mv_set(v, key, json());
			else
				ar_mv_push(v, json());
			blank();
			j += *j == ',';
		}
		j += *j != '\0';
		return v;
	}
	if (*j == '"')
		return ar_mv_text(&arena, json_string());
	n = strcspn(j, " \t\r\n,]}");
	j += n;
	if (n == 4 && memcmp(j - 4, "null", 4) == 0)
		return ar_mv_null(&arena);
	if (n == 4 && memcmp(j - 4, "true", 4) == 0)
		return ar_mv_bool(&arena, true);
	if (n == 5 && memcmp(j - 5, "false", 5) == 0)
		return ar_mv_bool(&arena, false);
	return ar_mv_text(&arena, (struct ar_str){ j - n, n });
}

static int lookup(void *ctx, struct ar_str name, struct ar_str *text, struct ar_err *e)
{
	const struct ar_mv *v = ctx ? ar_mv_get(ctx, name) : NULL;

	if (ar_streqz(name, "broken"))
		return ar_err(e, AR_SYSTEM, "system", "cannot read it");
	if (v)
		*text = v->text;
	return v != NULL;
}

static void official_case(const char *file, const struct ar_mv *c)
{
	const struct ar_mv *partials = ar_mv_get(c, AR_STR("partials"));
	struct ar_str want = ar_mv_get(c, AR_STR("expected"))->text, name = ar_mv_get(c, AR_STR("name"))->text;
	struct ar_buf b = AR_BUF_INIT;
	struct ar_mustache *t;
	int r = -1;

	ar_err_clear(&err);
	t = ar_mustache_compile(&arena, "case", ar_mv_get(c, AR_STR("template"))->text, lookup, (void *)partials, &err);
	if (t)
		r = ar_mustache_render(t, ar_mv_get(c, AR_STR("data")), AR_ESC_HTML, false, &b, &err);
	if (!ok(r == 0 && ar_streq(ar_buf_slice(&b), want), "%s: %.*s", file, AR_STR_FMT(name)))
		printf("# %s\n# got  <%.*s>\n# want <%.*s>\n", err.text, AR_STR_FMT(ar_buf_slice(&b)), AR_STR_FMT(want));
	ar_buf_release(&b);
}

static void official(const char *folder, const char *file, int least)
{
	char *path = ar_arena_fmt(&arena, "%s/%s.json", folder, file);
	FILE *f = fopen(path, "r");
	struct ar_buf b = AR_BUF_INIT;
	const struct ar_mv *tests;
	size_t k;
	int n = 0;

	if (!f) {
		ok(1, "official suite, %s # SKIP %s is not here", file, path);
		return;
	}
	do {
		ar_buf_room(&b, 65536);
		k = fread(b.p + b.n, 1, 65536, f);
		b.n += k;
	} while (k);
	fclose(f);
	j = ar_buf_z(&b);
	tests = ar_mv_get(json(), AR_STR("tests"));
	for (const struct ar_mv_item *i = tests ? tests->first : NULL; i; i = i->next, n++)
		official_case(file, i->v);
	ok(n >= least, "%s: %d cases of the official suite, at least %d", file, n, least);
	ar_buf_release(&b);
}

static void official_suite(void)
{
	const char *shared = getenv("AR_SHARED"), *src = getenv("top_srcdir");
	char *folder = shared ? ar_arena_fmt(&arena, "%s/conformance/mustache", shared)
		: ar_arena_fmt(&arena, "%s/../shared/conformance/mustache", src ? src : ".");

	official(folder, "comments", 12);
	official(folder, "delimiters", 14);
	official(folder, "interpolation", 42);
	official(folder, "inverted", 22);
	official(folder, "partials", 12);
	official(folder, "sections", 34);
}

/* ---- our own ---- */

static struct ar_mv *data(const char *text)
{
	j = text;
	return json();
}

static struct ar_mv *parts;     /* partials by name */

/* what the template gives, or "CODE line: words" */
static const char *shown(const char *text, const struct ar_mv *v, enum ar_esc esc, bool strict)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_mustache *t;
	const char *r;

	ar_err_clear(&err);
	ar_buf_puts(&b, "old:");
	t = ar_mustache_compile(&arena, "letter", ar_str(text), lookup, parts, &err);
	if (!t || ar_mustache_render(t, v, esc, strict, &b, &err)) {
		if (b.n != 4)
			ok(0, "a failed rendering leaves nothing behind");
		r = ar_arena_fmt(&arena, "%s %s:%u: %s", err.code, err.file, (unsigned)err.line, err.text);
	} else {
		r = ar_arena_dup(&arena, b.p + 4, b.n - 4);
	}
	ar_buf_release(&b);
	return r;
}

static void gives(const char *text, const char *json_text, const char *want, const char *what)
{
	is_str(shown(text, data(json_text), AR_ESC_NONE, false), want, what);
}

static void escapes(enum ar_esc esc, const char *value, const char *want, const char *what)
{
	struct ar_mv *m = ar_mv_map(&arena);

	ar_mv_set_text(m, "v", ar_str(value));
	is_str(shown("{{v}}", m, esc, true), want, what);
}

static void escaping(void)
{
	struct ar_mv *m = ar_mv_map(&arena);

	escapes(AR_ESC_HTML, "<a href=\"x\">'&'</a>", "&lt;a href=&quot;x&quot;&gt;'&amp;'&lt;/a&gt;", "HTML");
	escapes(AR_ESC_XML, "<O'Neil & \"Co\">", "&lt;O&apos;Neil &amp; &quot;Co&quot;&gt;", "XML");
	escapes(AR_ESC_XML, "a\tb\r\nc", "a&#9;b&#13;&#10;c", "XML keeps tabs and line ends");
	escapes(AR_ESC_XML, "Zürich \xF0\x9F\x92\xB6 \xEF\xBF\xBD", "Zürich \xF0\x9F\x92\xB6 \xEF\xBF\xBD", "XML keeps UTF-8");
	escapes(AR_ESC_XML, "a\x01", "template_value letter:1: the value of 'v' has a character that XML does not allow",
	        "XML refuses control characters");
	is_int(err.exit, AR_FINDINGS, "which is the record's fault");
	escapes(AR_ESC_XML, "\xEF\xBF\xBF", "template_value letter:1: the value of 'v' has a character that XML does not allow",
	        "XML refuses U+FFFF");
	escapes(AR_ESC_XML, "\xFC", "template_value letter:1: the value of 'v' is not UTF-8", "XML refuses Latin-1");
	escapes(AR_ESC_JSON, "a\"b\\c/<'", "a\\\"b\\\\c/<'", "JSON");
	escapes(AR_ESC_JSON, "\b\t\n\v\f\r\x1F", "\\b\\t\\n\\u000b\\f\\r\\u001f", "JSON control characters");
	escapes(AR_ESC_JSON, "\xED\xA0\x80", "template_value letter:1: the value of 'v' is not UTF-8", "JSON refuses a surrogate");
	escapes(AR_ESC_CSV, "plain text", "plain text", "CSV leaves a plain field alone");
	escapes(AR_ESC_CSV, "Smith, \"Joe\"", "\"Smith, \"\"Joe\"\"\"", "CSV quotes");
	escapes(AR_ESC_CSV, "a\nb", "\"a\nb\"", "CSV quotes line ends");
	escapes(AR_ESC_CSV, "a;b", "\"a;b\"", "CSV quotes semicolons");
	escapes(AR_ESC_CSV, " a", "\" a\"", "CSV quotes a blank at the start");
	escapes(AR_ESC_CSV, "a\t", "\"a\t\"", "CSV quotes a tab at the end");
	escapes(AR_ESC_CSV, "=1+1", "=1+1", "CSV leaves formulas to the caller");
	escapes(AR_ESC_NONE, "<&>\"'\x01", "<&>\"'\x01", "plain text");
	ar_mv_set_text(m, "v", AR_STR("a\0<"));
	is_str(shown("{{v}}", m, AR_ESC_JSON, true), "a\\u0000<", "JSON and NUL");
	is_str(shown("{{{v}}}", data("{\"v\":\"<\\u0001>\"}"), AR_ESC_XML, true), "<\x01>", "three braces escape nothing");
	is_str(shown("{{& v }}", data("{\"v\":\"a,b\"}"), AR_ESC_CSV, true), "a,b", "nor does an ampersand");
}

static void language(void)
{
	gives("", "{}", "", "an empty template");
	gives("\xEF\xBB\xBF{{a}}", "{\"a\":\"x\"}", "x", "a byte order mark is dropped");
	gives("{\"a\": {\"b\": \"{{b}}\"}, \"c\": {{{c}}}}", "{\"b\":\"1\",\"c\":\"2\"}", "{\"a\": {\"b\": \"1\"}, \"c\": 2}",
	      "a JSON template with its braces");
	gives("{{#a}}A{{/a}}{{^a}}B{{/a}}", "{\"a\":\"\"}", "B", "an empty text is false");
	gives("{{#a}}A{{/a}}{{^a}}B{{/a}}", "{\"a\":\"0\"}", "A", "the text 0 is true");
	gives("{{#a}}A{{/a}}{{^a}}B{{/a}}", "{\"a\":{}}", "A", "an empty map is true");
	gives("{{a}}{{b}}", "{\"a\":true,\"b\":false}", "truefalse", "bools are written");
	gives("[{{a}}{{b}}{{c}}]", "{\"a\":[\"x\"],\"b\":{\"x\":\"y\"},\"c\":null}", "[]", "lists, maps and null are not");
	gives("{{#l}}{{.}}{{^last}},{{/last}}{{/l}}", "{\"l\":[\"a\",\"b\"]}", "a,b,", "a list of texts");
	gives("{{#m}}{{x}}{{/m}}", "{\"m\":{\"x\":null},\"x\":\"outer\"}", "", "null hides an outer value");
	gives("{{#a}}\r\nx\r\n{{/a}}\r\ny", "{\"a\":true}", "x\r\ny", "lines of tags alone leave nothing, CRLF");
	gives("{{a.b}}", "{\"a\":\"text\"}", "", "a text has no parts");
	gives("{{!a\n}}b{{! {{ }}c", "{}", "bc", "comments over lines and with braces");
	gives("{{ # a }}{{ . }}{{ / a }}", "{\"a\":[\"x\"]}", "x", "blanks in tags");
	gives("{{=<% %>=}}<%{a}%> {{a}} <%={{ }}=%>{{a}}", "{\"a\":\"x\"}", "x {{a}} x", "delimiters there and back");
}

static void partials(void)
{
	parts = data("{\"p\":\"a\\n{{#l}}\\n- {{.}}\\n{{/l}}\\nb\",\"q\":\"<\\n  {{>p}}\\n>\\n\",\"loop\":\"{{>loop}}\","
	             "\"in\":\"{{#l}}{{.}}\\n{{/l}}x\\n\",\"tree\":\"({{n}}{{#k}}{{>tree}}{{/k}})\","
	             "\"bad\":\"1\\n{{#x}}\",\"unk\":\"1\\n2 {{nobody}}\",\"letter\":\"own\",\"off\":\"{{#x}}\\nz\\n{{/x}}\\ny\\n\",\"gap\":\"a\\n\\nb\\n\"}");
	gives("{{>p}}", "{\"l\":[\"1\",\"2\"]}", "a\n- 1\n- 2\nb", "a partial with a section");
	gives(" {{>p}}\n.", "{\"l\":[\"1\",\"2\"]}", " a\n - 1\n - 2\n b.", "indented, its lines of tags too");
	gives("\t{{>q}}\n.", "{\"l\":[\"1\"]}", "\t<\n\t  a\n\t  - 1\n\t  b\t>\n.", "indentation adds up");
	gives("  {{>p}}\n", "{\"l\":[\"1\\n2\"]}", "  a\n  - 1\n2\n  b", "the lines of a value are not indented");
	gives("  {{>in}}", "{\"l\":[\"1\",\"2\"]}", "  1\n  2\n  x\n", "a line that begins inside a section");
	gives("  {{>in}}", "{\"l\":false}", "  x\n", "and is left out with it");
	gives("  {{>off}}", "{}", "  y\n", "a section of whole lines that is false leaves nothing");
	gives("  {{>gap}}", "{}", "  a\n  \n  b\n", "an empty line is a line");
	gives("{{>tree}}", "{\"n\":\"1\",\"k\":[{\"n\":\"2\",\"k\":[]},{\"n\":\"3\",\"k\":[]}]}", "(1(2)(3))", "recursion over data");
	gives("{{>letter}}", "{}", "own", "a partial with the name of the file");
	gives("[{{>none}}]", "{}", "[]", "a partial that is not there");
	gives("{{>loop}}", "{}", "template_depth loop:1: more than 16 partials inside each other; does 'loop' include"
	      " itself without end?", "recursion without end");
	gives("{{>bad}}", "{}", "template_syntax bad:2: the section 'x' is never closed", "an error inside a partial");
	gives("\n{{>broken}}", "{}", "system :0: cannot read it", "a lookup that fails");
	is_str(shown("a\n{{>unk}}", data("{}"), AR_ESC_NONE, true),
	       "template_unknown unk:2: the template asks for 'nobody', which is not known here", "a strict partial");
	is_str(shown("a\n{{>none}}", data("{}"), AR_ESC_NONE, true), "template_partial letter:2: there is no partial 'none'",
	       "a strict partial that is not there");
	parts = NULL;
	ok(ar_mustache_compile(&arena, "x", AR_STR("{{>a}}"), NULL, NULL, &err) != NULL, "no lookup, no partials");
}

static void strict(void)
{
	const struct ar_mv *v = data("{\"name\":\"ACME\",\"po\":null,\"m\":{\"x\":\"1\"},\"l\":[{\"n\":\"1\"},{}]}");

	is_str(shown("{{name}} [{{po}}] {{m.x}}", v, AR_ESC_NONE, true), "ACME [] 1", "strict: known values, null is known");
	is_str(shown("a\nb {{nmae}}", v, AR_ESC_NONE, true),
	       "template_unknown letter:2: the template asks for 'nmae', which is not known here", "an unknown value");
	is_int(err.exit, AR_USAGE, "is the template's fault");
	is_str(shown("{{{m.y}}}", v, AR_ESC_NONE, true),
	       "template_unknown letter:1: the template asks for 'm.y', which is not known here", "an unknown part");
	is_str(shown("{{#l}}\n{{n}}\n{{/l}}", v, AR_ESC_NONE, true),
	       "template_unknown letter:2: the template asks for 'n', which is not known here", "unknown in the second of a list");
	is_str(shown("{{m}}", v, AR_ESC_NONE, true), "template_type letter:1: 'm' is a map, which cannot be written as a value",
	       "a map as value");
	is_str(shown("{{&l}}", v, AR_ESC_NONE, true), "template_type letter:1: 'l' is a list, which cannot be written as a value",
	       "a list as value");
	is_str(shown("{{#po}}{{nobody}}{{/po}}{{^there}}no{{/there}}", v, AR_ESC_NONE, true), "no",
	       "sections may ask for anything");
	is_str(shown("a {{nmae}} b", v, AR_ESC_NONE, false), "a  b", "not strict: nothing");
}

static void mistakes(void)
{
	gives("a\n{{#x}}\nb", "{}", "template_syntax letter:2: the section 'x' is never closed", "an open section");
	gives("{{#x}}\n{{^y}}\n{{/x}}{{/y}}", "{}",
	      "template_syntax letter:3: 'x' is closed, but 'y' of line 2 is open inside it", "wrong nesting");
	gives("a{{/x}}", "{}", "template_syntax letter:1: no section is open that 'x' could close", "closing what is not open");
	gives("a\n\n{{name", "{}", "template_syntax letter:3: the tag that begins here is not closed by '}}'", "an open tag");
	gives("a {{name} b", "{}", "template_syntax letter:1: the tag that begins here is not closed by '}}'", "one brace");
	gives("{{{name}} b", "{}", "template_syntax letter:1: the tag that begins here is not closed by '}}}'", "two of three braces");
	gives("{{a b}}", "{}", "template_syntax letter:1: a name has no blanks, but the tag goes on after 'a'", "a blank in a name");
	gives("{{a{{b}}", "{}", "template_syntax letter:1: the tag that begins here is not closed by '}}' before 'a{{b'",
	      "a tag in a tag");
	gives("{{}}", "{}", "template_syntax letter:1: there is no name in the tag", "no name");
	gives("{{# }}", "{}", "template_syntax letter:1: there is no name in the tag", "no name of a section");
	gives("{{a..b}}", "{}", "template_syntax letter:1: a dot divides names: 'a..b'", "two dots");
	gives("{{.a}}", "{}", "template_syntax letter:1: a dot divides names: '.a'", "a dot before");
	gives("{{=a=}}", "{}", "template_syntax letter:1: delimiters are set as in {{=<% %>=}}: two words without '='",
	      "one delimiter");
	gives("{{=a b c=}}", "{}", "template_syntax letter:1: delimiters are set as in {{=<% %>=}}: two words without '='",
	      "three delimiters");
	gives("{{==}}", "{}", "template_syntax letter:1: delimiters are set as in {{=<% %>=}}: two words without '='",
	      "no delimiters");
	gives("{{=a b}}", "{}", "template_syntax letter:1: the tag that begins here is not closed by '=}}'", "delimiters left open");
	gives("{{<p}}{{/p}}", "{}", "template_syntax letter:1: templates have no inheritance: '<' cannot begin a tag", "inheritance");
	gives("a\n\xFC", "{}", "template_utf8 letter:2: byte 0xFC is not UTF-8", "Latin-1");
}

static const char *repeat(const char *what, int n, const char *then)
{
	struct ar_buf b = AR_BUF_INIT;
	const char *r;

	while (n-- > 0)
		ar_buf_puts(&b, what);
	ar_buf_puts(&b, then);
	r = ar_arena_dup(&arena, b.p, b.n);
	ar_buf_release(&b);
	return r;
}

static int many(void *ctx, struct ar_str name, struct ar_str *text, struct ar_err *e)
{
	*text = ar_str(ar_arena_fmt(&arena, "{{>%.*sx}}", AR_STR_FMT(name)));
	return 1;
}

static void limits(void)
{
	const char *deep = ar_arena_fmt(&arena, "%s{{.}}%s", repeat("{{#.}}", AR_MUSTACHE_MAX_NEST, ""),
	                                repeat("{{/.}}", AR_MUSTACHE_MAX_NEST, ""));
	const char *big = repeat("0123456789abcdef", AR_MUSTACHE_MAX_TEXT / 16, "");
	struct ar_mv *list = ar_mv_list(&arena), *m = ar_mv_map(&arena);

	is_str(shown(deep, data("\"x\""), AR_ESC_NONE, true), "x", "64 sections inside each other");
	gives(repeat("{{#a}}", AR_MUSTACHE_MAX_NEST + 1, ""), "{}",
	      "template_limit letter:1: more than 64 sections inside each other", "65 are too many");
	ok(strlen(shown(big, data("{}"), AR_ESC_NONE, true)) == AR_MUSTACHE_MAX_TEXT, "a template of 1 MiB");
	gives(ar_arena_fmt(&arena, "%sx", big), "{}", "template_limit letter:0: the template has more than 1048576 bytes",
	      "one byte more");
	ok(!ar_mustache_compile(&arena, "x", AR_STR("{{>a}}"), many, NULL, &err) && !strcmp(err.code, "template_limit"),
	   "partials without end");
	for (int i = 0; i < AR_MUSTACHE_MAX_OUT / AR_MUSTACHE_MAX_TEXT; i++)
		ar_mv_push(list, ar_mv_null(&arena));
	ar_mv_set(m, AR_STR("l"), list);
	ar_mv_set_text(m, "big", ar_str(big));
	is_int((int64_t)strlen(shown("{{#l}}{{big}}{{/l}}", m, AR_ESC_JSON, true)), AR_MUSTACHE_MAX_OUT, "64 MiB of output");
	is_str(shown("{{#l}}{{big}}{{/l}}x", m, AR_ESC_NONE, true),
	       "template_limit letter:1: the output would have more than 67108864 bytes", "one byte more of text");
	is_str(shown("x{{#l}}{{big}}{{/l}}", m, AR_ESC_HTML, true),
	       "template_limit letter:1: the output would have more than 67108864 bytes", "one byte more of a value");
	is_str(shown(repeat("{{#l}}", 8, repeat("{{/l}}", 8, "")), m, AR_ESC_NONE, true),
	       "template_limit letter:1: more than 50000000 steps", "64^8 rounds without output end soon");
	ar_mv_set_text(m, "big", AR_STR("new"));
	is_str(shown("{{big}}", m, AR_ESC_NONE, true), "new", "a key set again has its new value");
}

int main(void)
{
	official_suite();
	escaping();
	language();
	partials();
	strict();
	mistakes();
	limits();
	ar_arena_release(&arena);
	return done_testing();
}
