/* SPDX-License-Identifier: GPL-3.0-or-later */
/* conf.c - the configuration syntax: what it reads, and that nothing else is taken for it. */
#include "config.h"

#include "base/buf.h"
#include "base/conf.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static struct ar_arena arena;
static struct ar_conf conf;
static struct ar_err err;

static int parse(const char *z)
{
	ar_err_clear(&err);
	return ar_conf_parse(&conf, &arena, "some/where/a.conf", z, strlen(z), &err);
}

static const char *z(struct ar_str s)
{
	return ar_arena_dup(&arena, s.p ? s.p : "", s.n);
}

static void refuses(const char *text, const char *code, unsigned line, const char *what)
{
	char buf[900];
	int same = parse(text) == -1 && err.code && strcmp(err.code, code) == 0 && err.line == line
		&& err.exit == AR_USAGE && strcmp(err.file, "a.conf") == 0;

	if (!ok(same, "refused: %s", what))
		printf("# %s: %s\n", err.code ? err.code : "no error", ar_err_line(&err, buf, sizeof buf));
}

/* "name|arg|line{key=value@line;...}" for each section: everything that was read, in order */
static const char *dump(void)
{
	struct ar_buf b = AR_BUF_INIT;
	const char *r;

	for (struct ar_conf_sec *s = conf.secs; s; s = s->next) {
		ar_buf_fmt(&b, "%s|%s|%u{", z(s->name), z(s->arg), s->line);
		for (struct ar_conf_key *k = s->keys; k; k = k->next)
			ar_buf_fmt(&b, "%s=%s@%u;", z(k->name), z(k->value), k->line);
		ar_buf_puts(&b, "}");
	}
	r = ar_arena_dup(&arena, b.p, b.n);
	ar_buf_release(&b);
	return r;
}

static void reads(const char *text, const char *want, const char *what)
{
	char buf[900];

	if (parse(text)) {
		ok(0, "%s", what);
		printf("# %s\n", ar_err_line(&err, buf, sizeof buf));
		return;
	}
	is_str(dump(), want, what);
}

static void syntax(void)
{
	reads("", "", "an empty file");
	reads("\xEF\xBB\xBF", "", "a byte order mark alone");
	reads("\n# only\n   # comments\n\n", "", "comments and empty lines");
	reads("[map]\nname = x/y\n", "map||1{name=x/y@2;}", "a section and a key");
	reads("\xEF\xBB\xBF[map]\r\nname\t=\tx y \r\n", "map||1{name=x y@2;}", "byte order mark, CRLF, tabs");
	reads("[map]\nname=x", "map||1{name=x@2;}", "the last line may have no end");
	reads("[ emit   invoice  ]   # why\na=\nb = 1", "emit|invoice|1{a=@2;b=1@3;}", "section argument, empty value");
	reads("[emit \"credit ] memo\"]\n", "emit|credit ] memo|1{}", "quoted section argument");
	reads("[emit a]\nk=1\n[emit b]\nk=2\n[map]\n[emit a]\n", "emit|a|1{k=1@2;}emit|b|3{k=2@4;}map||5{}emit|a|6{}",
	      "sections that come again stay apart and in order");
	reads("top = 1\n[s]\nk = 2\n", "||1{top=1@1;}s||2{k=2@3;}", "keys before the first section");
	reads("id = Internal ID#1 # c\nx = C#\ny = #gone\nz = a#b\t# gone\n",
	      "||1{id=Internal ID#1@1;x=C#@2;y=@3;z=a#b@4;}", "a comment needs a blank before it");
	reads("a = \"x # y\" # z\nb = \"q=\"\"1\"\" |\"\n", "||1{a=\"x # y\"@1;b=\"q=\"\"1\"\" |\"@2;}",
	      "quotes keep '#' and are kept");
	reads("\"a = b\" = c\n\"#k\"=\"v\"\n", "||1{a = b=c@1;#k=\"v\"@2;}", "quoted keys");
	reads("a = b = c\nx_* = *\n2% 10 Net 30 = n30\n", "||1{a=b = c@1;x_*=*@2;2% 10 Net 30=n30@3;}",
	      "only the first '=' divides");
	reads("k = k1\nk = k2\n", "||1{k=k1@1;k=k2@2;}", "a key twice is kept twice");
	reads("Größe = 5 €\n", "||1{Größe=5 €@1;}", "UTF-8 in key and value");
	reads("a = 1,\n  2,   # two\n\t3\nb = x\n", "||1{a=1, 2, 3@1;b=x@4;}", "indented lines continue the value");
	reads("a =\n  1\n# c\n  # d\n  2\n", "||1{a=1 2@1;}", "a value that begins on the next line, comments between");
	reads("a = 1\n  b = 2\r\n", "||1{a=1 b = 2@1;}", "a continuation may hold '='");
}

static void refusals(void)
{
	static const char nul[] = "a = b\nc = d\0e\n";
	struct ar_buf b = AR_BUF_INIT;

	refuses("a = 1\nhello\n", "conf_syntax", 2, "neither section nor key");
	refuses("= 1\n", "conf_syntax", 1, "no key");
	refuses("\"\" = 1\n", "conf_syntax", 1, "an empty quoted key");
	refuses("[map\n", "conf_syntax", 1, "a section without ]");
	refuses("[map] x\n", "conf_syntax", 1, "text after a section");
	refuses("[map]#x\n", "conf_syntax", 1, "a comment without a blank after a section");
	refuses("[]\n", "conf_syntax", 1, "an empty section");
	refuses("[ \t ]\n", "conf_syntax", 1, "a blank section");
	refuses("[\"a\"]\n", "conf_syntax", 1, "a quoted section name");
	refuses("[[a]]\n", "conf_syntax", 1, "double brackets");
	refuses("  a = 1\n", "conf_syntax", 1, "an indented first line");
	refuses("[s]\n a = 1\n", "conf_syntax", 2, "an indented key under a section");
	refuses("a = 1\n\n  2\n", "conf_syntax", 3, "a continuation after an empty line");
	refuses("a = 1\n \t\n  2\n", "conf_syntax", 3, "a continuation after a line of blanks");
	refuses("a = 1\n  [emit x]\n", "conf_syntax", 2, "an indented section");
	refuses("a = 12\" pipe\n", "conf_syntax", 1, "a quote that does not close");
	refuses("a = \"x\n  y\"\n", "conf_syntax", 1, "a quote over two lines");
	refuses("a = \"x # y\n", "conf_syntax", 1, "a quote that swallows the comment");
	refuses("a = 1\rb = 2\r", "conf_syntax", 1, "lone carriage returns");
	refuses("a = \x7F\n", "conf_syntax", 1, "DEL");
	refuses("a = \x1B[0m\n", "conf_syntax", 1, "an escape sequence");
	refuses("a = 1\nb = M\xFCller\n", "conf_utf8", 2, "Latin-1");
	refuses("\xFF\xFE[\n", "conf_utf8", 1, "UTF-16");
	refuses("a = \xC0\xAF\n", "conf_utf8", 1, "an overlong form");
	refuses("a = \xED\xA0\x80\n", "conf_utf8", 1, "a surrogate");
	refuses("a = 1\n\n\xEF\xBB\xBF[s]\n", "conf_utf8", 3, "a byte order mark inside");
	refuses("\xEF\xBB\xBF\xEF\xBB\xBF[s]\n", "conf_utf8", 1, "two byte order marks");

	ar_err_clear(&err);
	ok(ar_conf_parse(&conf, &arena, "a.conf", nul, sizeof nul - 1, &err) == -1 && err.line == 2, "refused: NUL");

	ar_buf_puts(&b, "k = ");
	while (b.n < AR_CONF_MAX_LINE)
		ar_buf_c(&b, 'x');
	ok(parse(ar_buf_z(&b)) == 0 && conf.secs->keys->value.n == AR_CONF_MAX_LINE - 4, "a line at the limit");
	ar_buf_c(&b, 'x');
	refuses(ar_buf_z(&b), "conf_limit", 1, "a line above the limit");
	b.n = 0;
	while (b.n < AR_CONF_MAX_FILE)
		ar_buf_puts(&b, "#\n");
	ok(parse(ar_buf_z(&b)) == 0, "a file at the limit");
	ar_buf_c(&b, '\n');
	refuses(ar_buf_z(&b), "conf_limit", 0, "a file above the limit");
	ar_buf_release(&b);
	ok(ar_conf_parse(&conf, &arena, "a", "x", 1, NULL) == -1, "errors need no struct ar_err");
	ok(ar_conf_parse(&conf, &arena, "a", NULL, 0, NULL) == 0, "no bytes at all");
}

/* the continuation of one key runs over most of the file; nothing may be quadratic */
static void large(void)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str rest, w;
	int n = 0;

	ar_buf_puts(&b, "k =\n");
	while (b.n < AR_CONF_MAX_FILE - 8)
		ar_buf_puts(&b, " a|b\n");
	ok(parse(ar_buf_z(&b)) == 0, "a value over the whole file");
	rest = conf.secs->keys->value;
	while (ar_conf_word(&rest, &w))
		n++;
	is_int(n, (int64_t)((b.n - 4) / 5), "has all its words");
	ar_buf_release(&b);
}

static const char *pieces(const char *text, char sep)
{
	struct ar_str rest = ar_str(text), w;
	struct ar_buf b = AR_BUF_INIT;
	const char *r;

	while (sep ? ar_conf_split(&rest, sep, &w) : ar_conf_word(&rest, &w))
		ar_buf_fmt(&b, "<%s>", z(ar_conf_unquote(&arena, w)));
	r = ar_arena_dup(&arena, b.p, b.n);
	ar_buf_release(&b);
	return r;
}

static void splitting(void)
{
	struct ar_str s = AR_STR("plain"), u = ar_conf_unquote(&arena, s);

	is_str(pieces("Due Date | date mm/dd/yyyy |trim", '|'), "<Due Date><date mm/dd/yyyy><trim>", "split a chain");
	is_str(pieces("\"a|b\" | c", '|'), "<a|b><c>", "split honours quotes");
	is_str(pieces("a,,b,", ','), "<a><><b><>", "empty pieces are pieces");
	is_str(pieces("", ','), "<>", "an empty value is one empty piece");
	is_str(pieces("  map  \"US Dollar\"=USD\tEuro=EUR ", 0), "<map><US Dollar=USD><Euro=EUR>", "words");
	is_str(pieces("  ", 0), "", "no words");
	is_str(pieces("\"a \"\"b\"\"\"", '|'), "<a \"b\">", "doubled quotes");
	is_str(pieces("x\"\"y \"\"", 0), "<xy><>", "empty quotes are nothing, or an empty word");
	ok(u.p == s.p, "unquote copies only what has quotes");
}

static const char text[] =
	"[company]\nname = \"ACME # GmbH\"\nfees = yes\nround = \"no\"\nlimit = 250\n"
	"[level 1]\nafter = 14\nto = a\nto = b\n[level 2]\nafter = 28\nafter = 35\nbig = 99999999999999999999\n"
	"neg = -1\nmaybe = maybe\nlines = a  b # c\n  c\n\n[bank]\n[bank]\n";

static void reading(void)
{
	struct ar_conf_sec *s, *l1, *l2;
	struct ar_conf_key *k = NULL;
	struct ar_str v = AR_STR("default");
	bool b = false;
	int64_t n = -7;

	ok(parse(text) == 0, "a policy is read");
	is_int(ar_conf_get_sec(&conf, "company", &s, &err), 1, "the only section of its name");
	is_int(ar_conf_get_str(s, "name", &v, &err), 1, "a string");
	is_str(z(v), "ACME # GmbH", "without its quotes");
	is_int(ar_conf_get_str(s, "nome", &v, &err), 0, "an absent key");
	is_str(z(v), "ACME # GmbH", "leaves the default alone");
	ok(ar_conf_get_bool(s, "fees", &b, &err) == 1 && b, "yes");
	ok(ar_conf_get_bool(s, "round", &b, &err) == 1 && !b, "no, quoted");
	ok(ar_conf_get_uint(s, "limit", 250, &n, &err) == 1 && n == 250, "a number at its maximum");
	ok(ar_conf_get_uint(s, "limit", 249, &n, &err) == -1 && err.line == 5, "a number above its maximum");
	is_int(ar_conf_missing(s, "country", &err), -1, "a missing key");
	is_str(err.text, "the key 'country' is missing in [company]", "says where");

	l1 = ar_conf_next_sec(&conf, "level", NULL);
	l2 = ar_conf_next_sec(&conf, "level", l1);
	ok(l1 && l2 && !ar_conf_next_sec(&conf, "level", l2), "two sections of one name");
	is_str(z(l2->arg), "2", "know their arguments");
	k = ar_conf_next(l1, "to", NULL);
	ok(k && k->line == 8 && strcmp(k->file, "a.conf") == 0, "a key knows its file and line");
	k = ar_conf_next(l1, "to", k);
	ok(k && ar_streqz(k->value, "b") && !ar_conf_next(l1, "to", k), "a key that may come several times");
	ar_err_clear(&err);
	is_int(ar_conf_get(l1, "to", &k, &err), -1, "the same where it may not");
	is_str(err.text, "the key 'to' is given twice in [level 1], first on line 8", "says where");
	is_int((int64_t)err.line, 9, "on the second line");
	is_int(ar_conf_get_uint(l2, "after", 99, &n, &err), -1, "a number twice");
	is_int(ar_conf_get_uint(l2, "big", INT64_MAX, &n, &err), -1, "a number too big for anything");
	is_int(ar_conf_get_uint(l2, "neg", 9, &n, &err), -1, "a negative number");
	is_int(ar_conf_get_bool(l2, "maybe", &b, &err), -1, "neither yes nor no");
	ok(strcmp(err.value, "maybe") == 0 && strcmp(err.field, "maybe") == 0 && err.line == 15, "says what and where");
	ok(ar_conf_get(l2, "lines", &k, &err) == 1 && ar_streqz(k->value, "a  b c"), "joined lines");
	ok(ar_streqz(k->first.text, "a  b") && k->first.line == 16 && ar_streqz(k->first.next->text, "c")
	   && k->first.next->line == 17 && !k->first.next->next, "and each of them");
	ar_err_clear(&err);
	is_int(ar_conf_get_sec(&conf, "bank", &s, &err), -1, "a section twice where it may not");
	ok(strcmp(err.code, "conf_duplicate") == 0 && err.line == 20, "says where");
	is_int(ar_conf_get_sec(&conf, "banks", &s, &err), 0, "no such section");
	ok(!s, "is NULL");
}

static const char *unused(const char *t)
{
	struct ar_conf_sec *s, *p;
	struct ar_conf_key *k;
	char buf[900];

	parse(t);
	ar_err_clear(&err);
	for (s = ar_conf_next_sec(&conf, "emit", NULL); s; s = ar_conf_next_sec(&conf, "emit", s)) {
		ar_conf_get(s, "amount", &k, &err);
		ar_conf_get(s, "currency", &k, &err);
		ar_conf_get(s, "due", &k, &err);
	}
	ar_conf_get_sec(&conf, "company", &p, &err);
	if (ar_conf_unused(&conf, &err) == 0)
		return "none";
	return ar_arena_fmt(&arena, "%s", ar_err_line(&err, buf, sizeof buf));
}

static void unknown(void)
{
	unsigned best = AR_CONF_FAR;

	is_str(unused("[company]\n[emit a]\namount = 1\n[emit b]\ndue = 2\n"), "none", "all was read");
	is_str(unused("[emit a]\namount = 1\n[emit b]\namuont = 2\n"),
	       "a.conf:4: the key 'amuont' in [emit b] is not known here; did you mean 'amount'?", "a swapped letter");
	is_str(unused("[emit a]\nCURENCY = 1\n"),
	       "a.conf:2: the key 'CURENCY' in [emit a] is not known here; did you mean 'currency'?", "capitals");
	is_str(unused("[emit]\ncolour = 1\n"), "a.conf:2: the key 'colour' in [emit] is not known here", "nothing near");
	is_str(unused("\n[compny]\nx = 1\n"),
	       "a.conf:2: the section [compny] is not known here; did you mean 'company'?", "a section");
	is_str(unused("x = 1\n[emit]\n"), "a.conf:1: the key 'x' in the part before the first section is not known here",
	       "a key before the first section");
	ok(ar_conf_nearer(AR_STR("kitten"), AR_STR("mitten"), &best) && best == 1, "distance 1");
	ok(!ar_conf_nearer(AR_STR("kitten"), AR_STR("bitten"), &best), "as near is not nearer");
	best = AR_CONF_FAR;
	ok(!ar_conf_nearer(AR_STR("kitten"), AR_STR("sitting"), &best), "kitten and sitting: 3 of 6 is too far");
	ok(!ar_conf_nearer(AR_STR("a"), AR_STR("xyz"), &best) && !ar_conf_nearer(AR_STR("a"), AR_STR(""), &best), "short names");
}

static void loading(void)
{
	char path[] = "/tmp/ar-conf-XXXXXX";
	int fd = mkstemp(path);
	static const char t[] = "\xEF\xBB\xBF[s]\nk = v\n";

	ok(fd >= 0 && write(fd, t, sizeof t - 1) == (ssize_t)(sizeof t - 1), "a file");
	close(fd);
	ok(ar_conf_load(&conf, &arena, path, &err) == 0, "is loaded");
	is_str(dump(), "s||1{k=v@2;}", "with its keys");
	ok(conf.text.n == sizeof t - 1 && memcmp(conf.text.p, t, conf.text.n) == 0, "and its bytes, unchanged");
	is_str(conf.file, path + 5, "under its base name");
	unlink(path);
	ar_err_clear(&err);
	ok(ar_conf_load(&conf, &arena, path, &err) == -1 && err.exit == AR_USAGE && strcmp(err.code, "conf_open") == 0
	   && strstr(err.text, path), "a file that is not there");
	ok(ar_conf_load(&conf, &arena, "/", &err) == -1 && strcmp(err.code, "conf_open") == 0, "a folder");
}

int main(void)
{
	syntax();
	refusals();
	large();
	splitting();
	reading();
	unknown();
	loading();
	ar_arena_release(&arena);
	return done_testing();
}
