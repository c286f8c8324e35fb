/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mustache.c - a template becomes a tree of nodes once; rendering walks the tree. */
#include "config.h"

#include "map/mustache.h"

#include <string.h>

enum kind { TEXT, VALUE, RAW, SECTION, INVERTED, PARTIAL };

struct node {
	enum kind kind;
	bool bol;                       /* first on its line of the template: indentation goes before it */
	uint32_t line;
	struct ar_str text;             /* TEXT: the bytes; else the name in the tag */
	struct ar_str indent;           /* PARTIAL: the blanks before a tag alone on its line */
	struct node *body;              /* SECTION, INVERTED */
	const struct ar_mustache *partial;      /* NULL: there is none of that name */
	struct node *next;
};

struct ar_mustache {
	const char *file;
	struct ar_str text;
	struct node *first;
	struct ar_mustache *next;       /* all that one compile call read, the template itself first */
};

/* ---- compile ---- */

struct set {
	struct ar_arena *a;
	ar_mustache_lookup *lookup;
	void *ctx;
	struct ar_mustache *first, **tail;
	int count;
	struct ar_err *e;
};

struct comp {
	struct set *set;
	struct ar_mustache *t;
	const char *p, *end;            /* what is not compiled yet */
	uint32_t line;                  /* of p */
	struct ar_str open, close;      /* delimiters */
	struct node **tail;             /* where the next node goes */
	struct node *open_sec[AR_MUSTACHE_MAX_NEST];
	int depth;
	bool bol;                       /* no node of this line yet */
	bool alone;                     /* the tag at hand is alone on its line, which leaves no line behind */
};

struct tag {
	const char *start, *end;
	char sigil;                     /* # ^ / ! > & { = or 0 */
	struct ar_str name;             /* what stands in the tag, trimmed */
};

#define FAIL(c, code, ...) \
	(ar_err((c)->set->e, AR_USAGE, (code), __VA_ARGS__), ar_err_at((c)->set->e, (c)->t->file, \
		(c)->line))
#define BAD(c, ...) FAIL((c), "template_syntax", __VA_ARGS__)

static void advance(struct comp *c, const char *to)
{
	for (; c->p < to; c->p++)
		c->line += *c->p == '\n';
}

static struct node *add(struct comp *c, enum kind kind, struct ar_str text)
{
	struct node *n = ar_arena_zero(c->set->a, sizeof *n);

	n->kind = kind;
	n->line = c->line;
	n->text = text;
	n->bol = c->bol && !c->alone;
	c->bol = c->bol && c->alone;    /* then the next line begins where this one did */
	*c->tail = n;
	c->tail = &n->next;
	return n;
}

static void add_text(struct comp *c, const char *to)
{
	if (c->p == to)
		return;
	add(c, TEXT, (struct ar_str){ c->p, (size_t)(to - c->p) });
	c->bol = to[-1] == '\n';
	advance(c, to);
}

/* Read the tag that begins at `start`. */
static int read_tag(struct comp *c, const char *start, struct tag *t)
{
	const char *p = start + c->open.n, *q;
	char two;                       /* stands before the closing delimiter of {{{a}}} and {{=a b=}} */

	while (p < c->end && ar_is_space(*p))
		p++;
	*t = (struct tag){ .start = start };
	if (p < c->end && *p && strchr("#^/!>&{=<$", *p))
		t->sigil = *p++;
	two = t->sigil == '{' ? '}' : t->sigil == '=' ? '=' : 0;
	for (q = p; ; q++) {
		q = memmem(q, (size_t)(c->end - q), c->close.p, c->close.n);
		if (!q) {
			advance(c, start);
			return BAD(c, "the tag that begins here is not closed by '%s%.*s'",
			           two == '}' ? "}" : two ? "=" : "", AR_STR_FMT(c->close));
		}
		if (!two || (q > p && q[-1] == two))
			break;
	}
	t->name = ar_str_trim((struct ar_str){ p, (size_t)(q - p) - (two != 0) });
	t->end = q + c->close.n;
	return 0;
}

/* A name: no white space, no delimiter that was forgotten to close, no empty part between dots. */
static int check_name(struct comp *c, const struct tag *t)
{
	struct ar_str n = t->name, part;

	if (t->sigil == '<' || t->sigil == '$')
		return BAD(c, "templates have no inheritance: '%c' cannot begin a tag", t->sigil);
	if (!n.n)
		return BAD(c, "there is no name in the tag");
	for (size_t i = 0; i < n.n; i++)
		if (ar_is_space(n.p[i]))
			return BAD(c, "a name has no blanks, but the tag goes on after '%.*s'", (int)i, n.p);
	if (ar_str_find(n, c->open))
		return BAD(c, "the tag that begins here is not closed by '%.*s' before '%.*s'",
		           AR_STR_FMT(c->close), AR_STR_FMT(n));
	if (t->sigil == '>' || ar_streqz(n, "."))
		return 0;
	while (n.p) {
		n = ar_str_cut(n, '.', &part);
		if (!part.n)
			return BAD(c, "a dot divides names: '%.*s'", AR_STR_FMT(t->name));
	}
	return 0;
}

/* No value, and nothing but blanks around it on its line? *line, *next: where this line and the next begin. */
static bool is_alone(const struct comp *c, const struct tag *t, const char **line, const char **next)
{
	const char *s = t->start, *q = t->end;

	if (!t->sigil || t->sigil == '&' || t->sigil == '{')
		return false;
	while (s > c->t->text.p && ar_is_blank(s[-1]))
		s--;
	if (s > c->t->text.p && s[-1] != '\n')
		return false;
	while (q < c->end && ar_is_blank(*q))
		q++;
	if (c->end - q >= 2 && q[0] == '\r' && q[1] == '\n')
		q++;
	if (q < c->end && *q != '\n')
		return false;
	*line = s;
	*next = q < c->end ? q + 1 : q;
	return true;
}

static int set_delimiters(struct comp *c, struct ar_str s)
{
	struct ar_str d[2];
	size_t i = 0, n = 0;

	for (; n < 2 && i < s.n; n++) {
		d[n].p = s.p + i;
		while (i < s.n && !ar_is_space(s.p[i]))
			i++;
		d[n].n = (size_t)(s.p + i - d[n].p);
		while (i < s.n && ar_is_space(s.p[i]))
			i++;
	}
	if (n < 2 || i < s.n || memchr(s.p, '=', s.n))
		return BAD(c, "delimiters are set as in {{=<%% %%>=}}: two words without '='");
	c->open = d[0];
	c->close = d[1];
	return 0;
}

static int open_section(struct comp *c, const struct tag *t)
{
	struct node *n;

	if (c->depth == AR_MUSTACHE_MAX_NEST)
		return FAIL(c, "template_limit", "more than %d sections inside each other",
		            AR_MUSTACHE_MAX_NEST);
	n = add(c, t->sigil == '#' ? SECTION : INVERTED, t->name);
	c->open_sec[c->depth++] = n;
	c->tail = &n->body;
	return 0;
}

static int close_section(struct comp *c, const struct tag *t)
{
	struct node *n = c->depth ? c->open_sec[c->depth - 1] : NULL;

	if (!n)
		return BAD(c, "no section is open that '%.*s' could close", AR_STR_FMT(t->name));
	if (!ar_streq(n->text, t->name))
		return BAD(c, "'%.*s' is closed, but '%.*s' of line %u is open inside it",
		           AR_STR_FMT(t->name), AR_STR_FMT(n->text), n->line);
	if (c->bol && !c->alone)                /* this line begins inside the section */
		add(c, TEXT, (struct ar_str){ "", 0 });
	c->depth--;
	c->tail = &n->next;
	return 0;
}

static int want(struct set *s, const char *file, struct ar_str text, struct ar_mustache **out)
{
	struct ar_mustache *t = ar_arena_zero(s->a, sizeof *t);
	size_t bad;

	t->file = file;
	if (text.n > AR_MUSTACHE_MAX_TEXT) {
		ar_err(s->e, AR_USAGE, "template_limit", "the template has more than %d bytes",
		       AR_MUSTACHE_MAX_TEXT);
		return ar_err_at(s->e, file, 0);
	}
	bad = ar_utf8_check(text.p, text.n);
	if (bad < text.n) {
		uint32_t line = 1;

		for (size_t i = 0; i < bad; i++)
			line += text.p[i] == '\n';
		ar_err(s->e, AR_USAGE, "template_utf8", "byte 0x%02X is not UTF-8",
		       (unsigned char)text.p[bad]);
		return ar_err_at(s->e, file, line);
	}
	if (ar_str_starts(text, "\xEF\xBB\xBF"))
		text = (struct ar_str){ text.p + 3, text.n - 3 };
	t->text = text.n ? text : (struct ar_str){ "", 0 };
	*s->tail = *out = t;
	s->tail = &t->next;
	return 0;
}

static int add_partial(struct comp *c, const struct tag *t, struct ar_str indent)
{
	struct set *s = c->set;
	struct ar_mustache *p = s->first->next;         /* the first is the template itself, not a partial */
	struct ar_str text = { NULL, 0 };
	struct node *n = add(c, PARTIAL, t->name);
	int r;

	n->indent = indent;
	while (p && !ar_streqz(t->name, p->file))
		p = p->next;
	if (!p && s->lookup) {
		r = s->lookup(s->ctx, t->name, &text, s->e);
		if (r < 0)
			return -1;
		if (r && ++s->count > AR_MUSTACHE_MAX_PARTIALS)
			return FAIL(c, "template_limit", "more than %d partials", AR_MUSTACHE_MAX_PARTIALS);
		if (r && want(s, ar_arena_dup(s->a, t->name.p, t->name.n), text, &p))
			return -1;
	}
	n->partial = p;
	return 0;
}

/* indent: the blanks before a tag alone on its line, else nothing. */
static int add_tag(struct comp *c, const struct tag *t, struct ar_str indent)
{
	if (t->sigil == '!')
		return 0;
	if (t->sigil == '=')
		return set_delimiters(c, t->name);
	if (check_name(c, t))
		return -1;
	switch (t->sigil) {
	case '#':
	case '^':
		return open_section(c, t);
	case '/':
		return close_section(c, t);
	case '>':
		return add_partial(c, t, indent);
	default:
		add(c, t->sigil ? RAW : VALUE, t->name);
		return 0;
	}
}

static int compile(struct set *s, struct ar_mustache *t)
{
	struct comp c = { .set = s, .t = t, .p = t->text.p, .end = t->text.p + t->text.n, .line = 1,
		.open = AR_STR("{{"), .close = AR_STR("}}"), .tail = &t->first, .bol = true };

	while (c.p < c.end) {
		const char *start = memmem(c.p, (size_t)(c.end - c.p), c.open.p, c.open.n);
		const char *text_end = start, *next;
		struct ar_str indent = { NULL, 0 };
		struct tag tag;
		bool alone;

		if (!start) {
			add_text(&c, c.end);
			break;
		}
		if (read_tag(&c, start, &tag))
			return -1;
		next = tag.end;
		alone = is_alone(&c, &tag, &text_end, &next);
		if (alone)
			indent = (struct ar_str){ text_end, (size_t)(start - text_end) };
		add_text(&c, text_end);
		advance(&c, start);
		c.alone = alone;
		if (add_tag(&c, &tag, indent))
			return -1;
		c.alone = false;
		advance(&c, next);
	}
	if (c.depth) {
		const struct node *n = c.open_sec[c.depth - 1];

		c.line = n->line;
		return BAD(&c, "the section '%.*s' is never closed", AR_STR_FMT(n->text));
	}
	return 0;
}

struct ar_mustache *ar_mustache_compile(struct ar_arena *a, const char *file, struct ar_str text,
                                        ar_mustache_lookup *lookup, void *ctx, struct ar_err *e)
{
	struct set s = { .a = a, .lookup = lookup, .ctx = ctx, .e = e };
	struct ar_mustache *t;

	s.tail = &s.first;
	if (want(&s, ar_arena_dup(a, file, strlen(file)), text, &t))
		return NULL;
	for (t = s.first; t; t = t->next)       /* partials are appended while we go */
		if (compile(&s, t))
			return NULL;
	return s.first;
}

/* ---- render ---- */

struct run {
	enum ar_esc esc;
	bool strict;
	struct ar_buf *out;
	size_t start;                           /* length of out before */
	const struct ar_mustache *t;            /* template or partial being rendered */
	const struct ar_mv *stack[AR_MUSTACHE_MAX_NEST * (AR_MUSTACHE_MAX_DEPTH + 1) + 1];
	int depth, partials;
	struct ar_buf indent;                   /* of all partials around us */
	int64_t steps;
	struct ar_err *e;
};

#define RFAIL(r, n, exit, code, ...) \
	(ar_err((r)->e, (exit), (code), __VA_ARGS__), ar_err_at((r)->e, (r)->t->file, (n)->line))

static int render(struct run *r, const struct node *n);

static int step(struct run *r, const struct node *n)
{
	if (++r->steps <= AR_MUSTACHE_MAX_STEPS)
		return 0;
	return RFAIL(r, n, AR_USAGE, "template_limit", "more than %d steps", AR_MUSTACHE_MAX_STEPS);
}

static int put(struct run *r, const struct node *n, struct ar_str s)
{
	if (r->out->n - r->start + s.n > AR_MUSTACHE_MAX_OUT)
		return RFAIL(r, n, AR_USAGE, "template_limit", "the output would have more than %d bytes",
		             AR_MUSTACHE_MAX_OUT);
	ar_buf_str(r->out, s);
	return 0;
}

/* Text of a template: each line that begins in it gets the indentation; render() saw to the first. */
static int put_text(struct run *r, const struct node *n)
{
	const char *p = n->text.p, *end = p + n->text.n;

	while (r->indent.n && p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		if (!nl || nl + 1 == end)
			break;
		if (put(r, n, (struct ar_str){ p, (size_t)(nl + 1 - p) })
		    || put(r, n, ar_buf_slice(&r->indent)))
			return -1;
		p = nl + 1;
	}
	return put(r, n, (struct ar_str){ p, (size_t)(end - p) });
}

static const struct ar_mv *look(const struct run *r, struct ar_str name)
{
	const struct ar_mv *v = NULL;
	struct ar_str part;

	if (ar_streqz(name, "."))
		return r->stack[r->depth - 1];
	name = ar_str_cut(name, '.', &part);
	for (int i = r->depth - 1; i >= 0 && !v; i--)
		v = ar_mv_get(r->stack[i], part);
	while (v && name.p) {
		name = ar_str_cut(name, '.', &part);
		v = ar_mv_get(v, part);
	}
	return v;
}

static bool is_true(const struct ar_mv *v)
{
	if (!v || v->kind == AR_MV_NULL)
		return false;
	if (v->kind == AR_MV_BOOL)
		return v->yes;
	if (v->kind == AR_MV_TEXT)
		return v->text.n > 0;
	return v->kind == AR_MV_MAP || v->first;
}

static int put_escaped(struct run *r, const struct node *n, struct ar_str s)
{
	const char *why = ar_esc_put(r->out, s, r->esc);

	if (why)
		return RFAIL(r, n, AR_FINDINGS, "template_value", "the value of '%.*s' %s",
		             AR_STR_FMT(n->text), why);
	return put(r, n, (struct ar_str){ NULL, 0 });   /* is it too long now? */
}

static int put_value(struct run *r, const struct node *n)
{
	const struct ar_mv *v = look(r, n->text);

	if (!v && r->strict)
		return RFAIL(r, n, AR_USAGE, "template_unknown",
		             "the template asks for '%.*s', which is not known here", AR_STR_FMT(n->text));
	if (v && r->strict && (v->kind == AR_MV_MAP || v->kind == AR_MV_LIST))
		return RFAIL(r, n, AR_USAGE, "template_type", "'%.*s' is a %s, which cannot be written as a value",
		             AR_STR_FMT(n->text), v->kind == AR_MV_MAP ? "map" : "list");
	if (!v || !v->text.n)
		return 0;
	return n->kind == RAW ? put(r, n, v->text) : put_escaped(r, n, v->text);
}

/* The stack cannot overflow: compile limits sections per template, put_partial the templates. */
static int render_with(struct run *r, const struct node *body, const struct ar_mv *v)
{
	int rc;

	r->stack[r->depth++] = v;
	rc = render(r, body);
	r->depth--;
	return rc;
}

static int put_section(struct run *r, const struct node *n)
{
	const struct ar_mv *v = look(r, n->text);

	if (n->kind == INVERTED)
		return is_true(v) ? 0 : render(r, n->body);
	if (!is_true(v))
		return 0;
	if (v->kind != AR_MV_LIST)
		return render_with(r, n->body, v);
	for (const struct ar_mv_item *i = v->first; i; i = i->next) {
		if (step(r, n) || render_with(r, n->body, i->v))
			return -1;
	}
	return 0;
}

static int put_partial(struct run *r, const struct node *n)
{
	const struct ar_mustache *outer = r->t;
	size_t indent = r->indent.n;
	int rc;

	if (!n->partial)
		return r->strict ? RFAIL(r, n, AR_USAGE, "template_partial", "there is no partial '%.*s'",
		                         AR_STR_FMT(n->text)) : 0;
	if (r->partials == AR_MUSTACHE_MAX_DEPTH)
		return RFAIL(r, n, AR_USAGE, "template_depth",
		             "more than %d partials inside each other; does '%.*s' include itself without end?",
		             AR_MUSTACHE_MAX_DEPTH, AR_STR_FMT(n->text));
	ar_buf_str(&r->indent, n->indent);
	r->t = n->partial;
	r->partials++;
	rc = render(r, n->partial->first);
	r->partials--;
	r->t = outer;
	r->indent.n = indent;
	return rc;
}

static int render(struct run *r, const struct node *n)
{
	static int (*const how[])(struct run *, const struct node *) = {
		[TEXT] = put_text, [VALUE] = put_value, [RAW] = put_value,
		[SECTION] = put_section, [INVERTED] = put_section, [PARTIAL] = put_partial,
	};

	for (; n; n = n->next) {
		if (step(r, n))
			return -1;
		if (n->bol && r->indent.n && put(r, n, ar_buf_slice(&r->indent)))
			return -1;
		if (how[n->kind](r, n))
			return -1;
	}
	return 0;
}

int ar_mustache_render(const struct ar_mustache *t, const struct ar_mv *root, enum ar_esc esc, bool strict,
                       struct ar_buf *out, struct ar_err *e)
{
	struct run r = { .esc = esc, .strict = strict, .out = out, .start = out->n, .t = t, .e = e };
	int rc = render_with(&r, t->first, root);

	if (rc)
		out->n = r.start;
	ar_buf_release(&r.indent);
	return rc;
}
