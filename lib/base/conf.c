/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/conf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct ar_conf_asked {
	struct ar_str name;
	struct ar_conf_asked *next;
};

struct parse {
	struct ar_conf *c;
	struct ar_conf_sec **sec_tail, *sec;
	struct ar_conf_key **key_tail, *key;    /* key: whose value an indented line continues, or NULL */
	struct ar_conf_line *last;              /* last line of that value */
	uint32_t line;
	struct ar_err *e;
};

/* fail with a place: the line being parsed, or any other */
#define FAIL_AT(e, file, line, code, ...) \
	(ar_err((e), AR_USAGE, (code), __VA_ARGS__), ar_err_at((e), (file), (line)))
#define FAIL(ps, code, ...) FAIL_AT((ps)->e, (ps)->c->file, (ps)->line, (code), __VA_ARGS__)
#define BAD(ps, ...) FAIL((ps), "conf_syntax", __VA_ARGS__)

static const char *sec_title(const struct ar_conf_sec *s)
{
	if (!s->name.n)
		return "the part before the first section";
	return ar_arena_fmt(s->conf->arena, s->arg.n ? "[%.*s %.*s]" : "[%.*s]", AR_STR_FMT(s->name),
	                    AR_STR_FMT(s->arg));
}

/* ---- pieces ---- */

/* Offset of the first c or d outside quotes, or s.n. */
static size_t find_plain(struct ar_str s, char c, char d)
{
	bool quoted = false;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '"')
			quoted = !quoted;
		else if ((s.p[i] == c || s.p[i] == d) && !quoted)
			return i;
	}
	return s.n;
}

bool ar_conf_split(struct ar_str *rest, char sep, struct ar_str *piece)
{
	size_t i;

	if (!rest->p)
		return false;
	i = find_plain(*rest, sep, sep);
	*piece = ar_str_trim((struct ar_str){ rest->p, i });
	if (i < rest->n)
		*rest = (struct ar_str){ rest->p + i + 1, rest->n - i - 1 };
	else
		*rest = (struct ar_str){ NULL, 0 };
	return true;
}

bool ar_conf_word(struct ar_str *rest, struct ar_str *word)
{
	struct ar_str s = ar_str_trim(*rest);
	size_t i = find_plain(s, ' ', '\t');

	*word = (struct ar_str){ s.p, i };
	*rest = (struct ar_str){ s.p + i, s.n - i };
	return i > 0;
}

struct ar_str ar_conf_unquote(struct ar_arena *a, struct ar_str s)
{
	bool quoted = false;
	size_t n = 0;
	char *q;

	if (!s.n || !memchr(s.p, '"', s.n))
		return s;
	q = ar_arena_alloc(a, s.n);
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '"') {
			q[n++] = s.p[i];
		} else if (quoted && i + 1 < s.n && s.p[i + 1] == '"') {
			q[n++] = '"';
			i++;
		} else {
			quoted = !quoted;
		}
	}
	return (struct ar_str){ q, n };
}

/* ---- parsing ---- */

/* Take the comment and the blanks at the end off a line; -1 if a quote stays open. */
static int strip(struct parse *ps, struct ar_str *s)
{
	bool quoted = false;

	for (size_t i = 0; i < s->n; i++) {
		unsigned char c = (unsigned char)s->p[i];

		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return BAD(ps, "control character 0x%02X in column %zu", c, i + 1);
		if (c == '"') {
			quoted = !quoted;
		} else if (c == '#' && !quoted && (i == 0 || ar_is_blank(s->p[i - 1]))) {
			s->n = i;
			break;
		}
	}
	if (quoted) {
		BAD(ps, "a quotation mark is not closed on its line");
		return ar_err_advice(ps->e, "write a lone one doubled and inside quotes, as in \"12\"\" pipe\"");
	}
	while (s->n && ar_is_blank(s->p[s->n - 1]))
		s->n--;
	return 0;
}

static void open_section(struct parse *ps, struct ar_str name, struct ar_str arg)
{
	struct ar_conf_sec *s = ar_arena_zero(ps->c->arena, sizeof *s);

	s->name = name;
	s->arg = arg;
	s->file = ps->c->file;
	s->line = ps->line;
	s->conf = ps->c;
	*ps->sec_tail = ps->sec = s;
	ps->sec_tail = &s->next;
	ps->key_tail = &s->keys;
	ps->key = NULL;
}

static int parse_section(struct parse *ps, struct ar_str s)
{
	struct ar_arena *a = ps->c->arena;
	size_t end = find_plain(s, ']', ']');
	struct ar_str in = { s.p + 1, end - 1 }, name;

	if (end == s.n)
		return BAD(ps, "the section has no closing ']'");
	if (end + 1 < s.n)
		return BAD(ps, "only a comment (a blank, then '#') may follow the ']' of a section");
	if (!ar_conf_word(&in, &name) || memchr(name.p, '"', name.n) || memchr(name.p, '[', name.n))
		return BAD(ps, "a section is written [name] or [name argument]");
	open_section(ps, name, ar_conf_unquote(a, ar_str_trim(in)));
	return 0;
}

static int parse_key(struct parse *ps, struct ar_str s)
{
	size_t eq = find_plain(s, '=', '=');
	struct ar_str name = ar_conf_unquote(ps->c->arena, ar_str_trim((struct ar_str){ s.p, eq }));
	struct ar_conf_key *k;

	if (eq == s.n)
		return BAD(ps, "neither a [section] nor 'key = value'");
	if (!name.n)
		return BAD(ps, "there is no key before '='");
	if (!ps->sec)
		open_section(ps, (struct ar_str){ "", 0 }, (struct ar_str){ "", 0 });
	k = ar_arena_zero(ps->c->arena, sizeof *k);
	k->name = name;
	k->value = ar_str_trim((struct ar_str){ s.p + eq + 1, s.n - eq - 1 });
	k->file = ps->c->file;
	k->line = ps->line;
	k->first = (struct ar_conf_line){ k->value, ps->line, NULL };
	*ps->key_tail = ps->key = k;
	ps->key_tail = &k->next;
	ps->last = &k->first;
	return 0;
}

static int parse_more(struct parse *ps, struct ar_str s)
{
	struct ar_conf_line *l;

	s = ar_str_trim(s);
	if (s.p[0] == '[' && s.p[s.n - 1] == ']')
		return BAD(ps, "a section begins at the line start, without blanks before it");
	if (!ps->key)
		return BAD(ps, "an indented line continues a value, but there is none just above;"
		           " a key begins at the line start");
	l = ar_arena_alloc(ps->c->arena, sizeof *l);
	*l = (struct ar_conf_line){ s, ps->line, NULL };
	ps->last = ps->last->next = l;
	return 0;
}

/* Join the lines of the value that just ended. */
static void join(struct parse *ps)
{
	struct ar_conf_key *k = ps->key;
	size_t n = 0;
	char *q;

	if (!k || !k->first.next)
		return;
	for (struct ar_conf_line *l = &k->first; l; l = l->next)
		n += l->text.n + 1;
	q = ar_arena_alloc(ps->c->arena, n);
	n = 0;
	for (struct ar_conf_line *l = &k->first; l; l = l->next) {
		if (n && l->text.n)
			q[n++] = ' ';
		if (l->text.n)
			memcpy(q + n, l->text.p, l->text.n);
		n += l->text.n;
	}
	k->value = (struct ar_str){ q, n };
}

static int parse_line(struct parse *ps, struct ar_str s)
{
	bool empty;

	if (s.n > AR_CONF_MAX_LINE)
		return FAIL(ps, "conf_limit", "the line has %zu bytes, more than %d", s.n, AR_CONF_MAX_LINE);
	if (s.n && s.p[s.n - 1] == '\r')
		s.n--;
	empty = ar_str_trim(s).n == 0;
	if (strip(ps, &s))
		return -1;
	if (!s.n && !empty)             /* only a comment: a value may go on behind it */
		return 0;
	if (s.n && ar_is_blank(s.p[0]))
		return parse_more(ps, s);
	join(ps);
	ps->key = NULL;
	if (!s.n)
		return 0;
	return s.p[0] == '[' ? parse_section(ps, s) : parse_key(ps, s);
}

static uint32_t line_of(const char *p, size_t at)
{
	uint32_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += p[i] == '\n';
	return line;
}

static int check_text(struct ar_conf *c, const char *p, size_t n, struct ar_err *e)
{
	static const char bom[] = "\xEF\xBB\xBF";
	size_t bad = ar_utf8_check(p, n);
	const char *q;

	if (bad < n) {
		FAIL_AT(e, c->file, line_of(p, bad), "conf_utf8", "byte 0x%02X is not UTF-8",
		        (unsigned char)p[bad]);
		return ar_err_advice(e, "save the file in the encoding UTF-8");
	}
	q = n > 3 ? memmem(p + 1, n - 1, bom, 3) : NULL;
	if (q)
		return FAIL_AT(e, c->file, line_of(p, (size_t)(q - p)), "conf_utf8",
		               "a byte order mark (U+FEFF) inside the file; it may only begin it");
	return 0;
}

int ar_conf_parse(struct ar_conf *c, struct ar_arena *a, const char *file, const char *p, size_t n,
                  struct ar_err *e)
{
	const char *slash = strrchr(file, '/'), *end;
	struct parse ps = { .c = c, .e = e };

	p = p ? p : "";
	end = p + n;
	file = slash ? slash + 1 : file;
	*c = (struct ar_conf){ .arena = a, .text = { p, n } };
	c->file = ar_arena_dup(a, file, strlen(file));
	ps.sec_tail = &c->secs;
	if (n > AR_CONF_MAX_FILE)
		return FAIL_AT(e, c->file, 0, "conf_limit", "the file has more than %d bytes",
		               AR_CONF_MAX_FILE);
	if (check_text(c, p, n, e))
		return -1;
	if (ar_str_starts(c->text, "\xEF\xBB\xBF"))
		p += 3;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *stop = nl ? nl : end;

		ps.line++;
		if (parse_line(&ps, (struct ar_str){ p, (size_t)(stop - p) }))
			return -1;
		p = nl ? nl + 1 : end;
	}
	join(&ps);
	return 0;
}

static int read_all(int fd, struct ar_arena *a, const char *path, struct ar_str *out, struct ar_err *e)
{
	size_t cap = 16384, n = 0;
	char *p = ar_arena_alloc(a, cap);

	for (;;) {
		ssize_t k = read(fd, p + n, cap - n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return ar_err_sys(e, "cannot read %s", path);
		if (k == 0)
			break;
		n += (size_t)k;
		if (n > AR_CONF_MAX_FILE)       /* ar_conf_parse says so */
			break;
		if (n == cap) {
			char *q = ar_arena_alloc(a, cap * 4);

			p = memcpy(q, p, n);
			cap *= 4;
		}
	}
	*out = (struct ar_str){ p, n };
	return 0;
}

int ar_conf_load(struct ar_conf *c, struct ar_arena *a, const char *path, struct ar_err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), r;
	struct ar_str text = { NULL, 0 };
	struct stat st;

	if (fd < 0)
		return ar_err(e, AR_USAGE, "conf_open", "cannot open %s: %s", path, strerror(errno));
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		close(fd);
		return ar_err(e, AR_USAGE, "conf_open", "%s is a folder, not a file", path);
	}
	r = read_all(fd, a, path, &text, e);
	close(fd);
	return r ? -1 : ar_conf_parse(c, a, path, text.p, text.n, e);
}

/* ---- reading ---- */

static void ask(struct ar_arena *a, struct ar_conf_asked **list, const char *name)
{
	struct ar_conf_asked **p = list;

	for (; *p; p = &(*p)->next)
		if (ar_streqz((*p)->name, name))
			return;
	*p = ar_arena_zero(a, sizeof **p);
	(*p)->name.p = ar_arena_dup(a, name, strlen(name));
	(*p)->name.n = strlen(name);
}

struct ar_conf_sec *ar_conf_next_sec(struct ar_conf *c, const char *name, struct ar_conf_sec *prev)
{
	struct ar_conf_sec *s = prev ? prev->next : c->secs;

	if (!prev)
		ask(c->arena, &c->asked, name);
	while (s && !ar_streqz(s->name, name))
		s = s->next;
	if (s)
		s->used = true;
	return s;
}

int ar_conf_get_sec(struct ar_conf *c, const char *name, struct ar_conf_sec **out, struct ar_err *e)
{
	struct ar_conf_sec *s = ar_conf_next_sec(c, name, NULL), *twice;

	*out = s;
	if (!s)
		return 0;
	twice = ar_conf_next_sec(c, name, s);
	if (twice)
		return FAIL_AT(e, twice->file, twice->line, "conf_duplicate",
		               "the section [%s] is given twice, first on line %u", name, s->line);
	return 1;
}

struct ar_conf_key *ar_conf_next(struct ar_conf_sec *s, const char *name, struct ar_conf_key *prev)
{
	struct ar_conf_key *k = prev ? prev->next : s->keys;

	if (!prev)
		ask(s->conf->arena, &s->asked, name);
	while (k && !ar_streqz(k->name, name))
		k = k->next;
	if (k)
		k->used = true;
	return k;
}

int ar_conf_get(struct ar_conf_sec *s, const char *name, struct ar_conf_key **out, struct ar_err *e)
{
	struct ar_conf_key *k = ar_conf_next(s, name, NULL), *twice;

	if (!k)
		return 0;
	twice = ar_conf_next(s, name, k);
	if (twice)
		return FAIL_AT(e, twice->file, twice->line, "conf_duplicate",
		               "the key '%s' is given twice in %s, first on line %u", name, sec_title(s),
		               k->line);
	*out = k;
	return 1;
}

int ar_conf_get_str(struct ar_conf_sec *s, const char *name, struct ar_str *out, struct ar_err *e)
{
	struct ar_conf_key *k;
	int r = ar_conf_get(s, name, &k, e);

	if (r == 1)
		*out = ar_conf_unquote(s->conf->arena, k->value);
	return r;
}

static int bad_value(const struct ar_conf_key *k, const char *name, struct ar_str v, const char *want,
                     struct ar_err *e)
{
	FAIL_AT(e, k->file, k->line, "conf_value", "%s", want);
	return ar_err_field(e, name, v.p, v.n);
}

int ar_conf_get_bool(struct ar_conf_sec *s, const char *name, bool *out, struct ar_err *e)
{
	struct ar_str v;
	struct ar_conf_key *k;
	int r = ar_conf_get(s, name, &k, e);

	if (r != 1)
		return r;
	v = ar_conf_unquote(s->conf->arena, k->value);
	if (ar_streqz(v, "yes") || ar_streqz(v, "true"))
		*out = true;
	else if (ar_streqz(v, "no") || ar_streqz(v, "false"))
		*out = false;
	else
		return bad_value(k, name, v, "write yes, no, true or false", e);
	return 1;
}

int ar_conf_get_uint(struct ar_conf_sec *s, const char *name, int64_t max, int64_t *out, struct ar_err *e)
{
	struct ar_str v;
	struct ar_conf_key *k;
	int r = ar_conf_get(s, name, &k, e);
	int64_t u;

	if (r != 1)
		return r;
	v = ar_conf_unquote(s->conf->arena, k->value);
	u = ar_str_uint(v, max);
	if (u < 0)
		return bad_value(k, name, v, ar_arena_fmt(s->conf->arena, "write a whole number from 0 to %lld",
		                 (long long)max), e);
	*out = u;
	return 1;
}

int ar_conf_missing(const struct ar_conf_sec *s, const char *name, struct ar_err *e)
{
	return FAIL_AT(e, s->file, s->line, "conf_missing", "the key '%s' is missing in %s", name,
	               sec_title(s));
}

/* ---- what nobody read ---- */

enum { NEAR = 64 };     /* longer names are not compared */

/* Edit distance with swaps of neighbours (optimal string alignment), capitals folded; 3 rows kept. */
static unsigned distance(struct ar_str a, struct ar_str b)
{
	unsigned rows[3][NEAR + 1], *old = rows[0], *prev = rows[1], *cur = rows[2], *t;

	for (size_t j = 0; j <= b.n; j++)
		prev[j] = (unsigned)j;
	for (size_t i = 1; i <= a.n; i++) {
		char ca = ar_lower(a.p[i - 1]);

		cur[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			char cb = ar_lower(b.p[j - 1]);
			unsigned d = prev[j - 1] + (ca != cb);

			d = prev[j] + 1 < d ? prev[j] + 1 : d;
			d = cur[j - 1] + 1 < d ? cur[j - 1] + 1 : d;
			if (i > 1 && j > 1 && ca == ar_lower(b.p[j - 2]) && cb == ar_lower(a.p[i - 2])
			    && old[j - 2] + 1 < d)
				d = old[j - 2] + 1;
			cur[j] = d;
		}
		t = old, old = prev, prev = cur, cur = t;
	}
	return prev[b.n];
}

bool ar_conf_nearer(struct ar_str name, struct ar_str cand, unsigned *best)
{
	unsigned d;

	if (!name.n || !cand.n || name.n > NEAR || cand.n > NEAR)
		return false;
	d = distance(name, cand);
	if (d >= *best || d >= AR_CONF_FAR || d > (name.n + 2) / 3)
		return false;
	*best = d;
	return true;
}

static int unknown(const struct ar_conf *c, const char *what, struct ar_str name, uint32_t line,
                   const struct ar_conf_asked *asked, struct ar_err *e)
{
	const struct ar_conf_asked *found = NULL;
	unsigned best = AR_CONF_FAR;
	char hint[NEAR + 32] = "";

	for (; asked; asked = asked->next)
		if (ar_conf_nearer(name, asked->name, &best))
			found = asked;
	if (found) {
		size_t n = found->name.n;

		memcpy(hint, "; did you mean '", 16);
		memcpy(hint + 16, found->name.p, n);
		memcpy(hint + 16 + n, "'?", 3);
	}
	return FAIL_AT(e, c->file, line, "conf_unknown", "%s is not known here%s", what, hint);
}

int ar_conf_unused(const struct ar_conf *c, struct ar_err *e)
{
	const char *what;

	for (const struct ar_conf_sec *s = c->secs; s; s = s->next) {
		if (!s->used && s->name.n) {
			what = ar_arena_fmt(c->arena, "the section %s", sec_title(s));
			return unknown(c, what, s->name, s->line, c->asked, e);
		}
		for (const struct ar_conf_key *k = s->keys; k; k = k->next) {
			if (k->used)
				continue;
			what = ar_arena_fmt(c->arena, "the key '%.*s' in %s", AR_STR_FMT(k->name), sec_title(s));
			return unknown(c, what, k->name, k->line, s->asked, e);
		}
	}
	return 0;
}
