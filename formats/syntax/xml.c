/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xml.c - XML by libxml2's SAX2 parser, which asks for its bytes (pushing them costs a fifth more): no DTD, no entities but the five
 * of XML, no processing instructions, no network, ever; no option turns one of them on. Elements are known by their local names, text
 * is TEXT and CDATA up to the end tag.
 *
 * Memory is constant but for one record and what its enclosing elements said before it:
 *
 *   way      the elements that lead to a record, from the root; every open one has a place on the stack (way >= 0)
 *   node     a path below an element of the way, made when it first occurs, kept for the file: names are never put together
 *            twice. The second of a name in the same parent is a node of its own (#2)
 *   leaf     a value: node, and where its bytes lie. Leaves belong to the innermost open element of the way; when that ends they
 *            go, so both leaves and bytes are stacks
 *   row      from which leaf to which one a row of the record goes. Rows are told when the record ends, for what follows them
 *            belongs to them too: first the record's own leaves, then those of the row, then those of a row in the row
 *
 * Elements of the way that are not records themselves keep no repeated leaves: what stands many times beside the records (another
 * table of the same file) is not about each of them.
 */
#include "config.h"

#include "syntax/xml.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "rec/jstr.h"
#include "syntax/path.h"
#include "syntax/text.h"
#include "syntax/xml_parts.h"

#define NONE UINT32_MAX
enum { MAX_WAY = AR_PATHS * AR_PATH_STEPS };

struct node {
	const xmlChar *name;            /* the parser's own copy: compared by address */
	uint32_t parent;                /* NONE: an element of the way, or a row */
	uint32_t next;                   /* what followed it last time among its siblings: a guess */
	uint32_t repeat, now;           /* the same name again; the one that was last used, */
	uint64_t seen;                  /* in this element */
	uint32_t nth;
	const struct rows *rows;        /* on the way to a row: which, and how many steps lead here; NULL = off it */
	int step;
	uint32_t row;                   /* all of them: the node that every row begins with */
	int level;                      /* of that node: 1 = a row, 2 = a row in a row */
	struct ar_str path, *up;        /* made when first needed; up[i]: with i+1 times ../ before it */
	bool attribute;
};

struct rows {                           /* a rows path of a record */
	const struct ar_str *step;
	int n;
	uint32_t node;                  /* that every such row begins with */
};

struct way {
	const xmlChar *name;
	int parent, path;               /* path: the record that it is, -1 = none */
	int first, next;                /* its first child, the next of its parent's; -1 = none */
	uint32_t root;                  /* its own node */
	struct rows rows[2];            /* of the record, and of the rows */
};

struct leaf { uint32_t node, n; size_t at; bool plain; };

struct frame {                          /* an open element */
	int way;
	uint32_t node;                  /* NONE: not of interest */
	bool child;
	int row;                        /* 1 + its place among the rows; 0 = it is none */
	uint64_t serial;
	uint32_t last;                  /* node of its last child */
	size_t text;                    /* where its text since the last tag begins */
	size_t bytes;                   /* way: where its bytes, leaves, rows begin */
	uint32_t leaf;
	int rows;
	struct ar_buf mixed;            /* text before children */
};

struct span { uint32_t from, to; int inner; };          /* inner: so many of the next ones lie in it */

struct xml {
	struct ar_decode *d;
	xmlParserCtxtPtr ctxt;
	bool failed;
	struct ar_path path[AR_PATHS];
	int npath;
	struct way way[MAX_WAY];
	int nway, first;                /* first: the first root, -1 = none */
	int inmost;                     /* depth of the innermost open element of the way, -1 = none */
	struct node *node;
	uint32_t nnode, node_cap, *slot, mask;
	struct ar_arena mem;
	struct frame open[AR_XML_DEPTH];
	int depth;
	uint64_t serial;
	struct leaf *leaf;
	uint32_t nleaf, leaf_cap;
	struct ar_buf bytes;
	int indent;                     /* so many bytes of text since the last tag, a line end and blanks, are not in bytes yet */
	struct span *row;
	int nrow, row_cap, outer;       /* outer: the row that rows in rows lie in */
	struct ar_str *names, *texts, *above_name, *above_text;
	uint32_t fields_cap, above_cap;
	int nabove;
	uint64_t around, above;         /* the element around the last record, and the number of what it and others said */
	uint32_t around_leaves;
	uint64_t records;
	struct ar_xml_guard guard;
	struct ar_text text;
	const char *block;              /* of the text, what the parser has not asked for yet */
	size_t nblock;
};

static int complain(struct xml *x, const char *code, const char *what, const char *advice)
{
	if (x->failed)
		return -1;
	x->failed = true;
	ar_err(x->d->err, AR_DAMAGED, code, "%s", what);
	if (advice)
		ar_err_advice(x->d->err, advice);
	return ar_err_at(x->d->err, ar_in_name(x->d->in), x->ctxt->input ? (uint64_t)x->ctxt->input->line : 0);
}

/* The same, and the parser stops: not from its own error callback, where it has stopped by itself. */
static int fail(struct xml *x, const char *code, const char *what, const char *advice)
{
	complain(x, code, what, advice);
	xmlStopParser(x->ctxt);
	return -1;
}

/* ---- nodes ---- */

static uint32_t new_node(struct xml *x, uint32_t parent, const xmlChar *name, bool attribute)
{
	if (x->nnode == x->node_cap)
		x->node = ar_realloc(x->node, (x->node_cap = x->node_cap * 2 + 64) * sizeof *x->node);
	x->node[x->nnode] = (struct node){ .name = name, .parent = parent, .next = NONE, .repeat = NONE, .nth = 1, .row = NONE,
		.attribute = attribute };
	return x->nnode++;
}

static uint32_t slot_of(const struct xml *x, uint32_t parent, const xmlChar *name, bool attribute)
{
	uint64_t h = ((uint64_t)(uintptr_t)name * 2 + attribute) ^ (uint64_t)parent << 40;

	return (uint32_t)((h * 0x9E3779B97F4A7C15u) >> 32) & x->mask;
}

static bool is_node(const struct xml *x, uint32_t k, uint32_t parent, const xmlChar *name, bool attribute)
{
	const struct node *n = &x->node[k];

	return n->name == name && n->parent == parent && n->attribute == attribute;
}

static void grow_slots(struct xml *x)
{
	uint32_t size = x->mask ? (x->mask + 1) * 2 : 1024;

	free(x->slot);
	x->slot = ar_malloc(size * sizeof *x->slot);
	memset(x->slot, 0xFF, size * sizeof *x->slot);
	x->mask = size - 1;
	for (uint32_t i = 0; i < x->nnode; i++) {
		uint32_t h;

		if (x->node[i].nth > 1 || x->node[i].parent == NONE)
			continue;
		for (h = slot_of(x, x->node[i].parent, x->node[i].name, x->node[i].attribute); x->slot[h] != NONE; h = (h + 1) & x->mask)
			;
		x->slot[h] = i;
	}
}

/* A new node below one that is on the way to a row: is it on it too, or its end? */
static void follow_rows(const struct node *up, struct node *n)
{
	const struct rows *r = up->rows;

	if (n->attribute || up->step == r->n || !ar_streqz(r->step[up->step], (const char *)n->name))
		return;
	n->rows = r;
	n->step = up->step + 1;
	if (n->step == r->n)
		n->row = r->node;
}

/* The first of its name below a parent; made if there was none. */
static uint32_t first_child(struct xml *x, uint32_t parent, const xmlChar *name, bool attribute)
{
	uint32_t h, k;

	if (!x->mask || x->nnode * 2 > x->mask)
		grow_slots(x);
	for (h = slot_of(x, parent, name, attribute); x->slot[h] != NONE; h = (h + 1) & x->mask)
		if (is_node(x, x->slot[h], parent, name, attribute))
			return x->slot[h];
	k = new_node(x, parent, name, attribute);
	x->slot[h] = k;
	if (x->node[parent].rows)
		follow_rows(&x->node[parent], &x->node[k]);
	return k;
}

/* The child of that name in the element f; the second one in the same element is NAME#2, but for rows. */
static uint32_t child(struct xml *x, struct frame *f, const xmlChar *name, bool attribute)
{
	uint32_t k = f->last == NONE ? NONE : x->node[f->last].next, next;
	struct node *n;

	if (k == NONE || !is_node(x, k, f->node, name, attribute)) {
		k = first_child(x, f->node, name, attribute);
		if (f->last != NONE)
			x->node[f->last].next = k;
	}
	f->last = k;
	n = &x->node[k];
	if (n->row != NONE)
		return k;
	if (n->seen != f->serial) {
		n->seen = f->serial;
		return n->now = k;
	}
	next = x->node[n->now].repeat;
	if (next == NONE) {
		next = new_node(x, f->node, name, attribute);
		n = &x->node[k];
		x->node[next].nth = x->node[n->now].nth + 1;
		x->node[next].rows = n->rows;
		x->node[next].step = n->step;
		x->node[n->now].repeat = next;
	}
	if (x->nnode > AR_XML_NAMES)
		fail(x, "xml_limit", "more than 262144 different paths in the file (limit xml-names)",
		     "the element that repeats should be a record, or rows, in the map");
	return n->now = next;
}

/* A copy with room behind it, as a plain value must have; what a name may be is nothing that JSON escapes. */
static struct ar_str spare_copy(struct xml *x, struct ar_str s)
{
	char *p = ar_arena_alloc(&x->mem, s.n + 16);

	memcpy(p, s.p ? s.p : "", s.n);
	return (struct ar_str){ p, s.n };
}

/* Below the element of the way; that element itself goes by its name. */
static struct ar_str path_of(struct xml *x, uint32_t k)
{
	struct node *n = &x->node[k];
	struct ar_str up = { "", 0 };
	char nth[16] = "";

	if (n->path.p || n->parent == NONE)
		return n->path;
	if (x->node[n->parent].parent != NONE || x->node[n->parent].path.n)
		up = path_of(x, n->parent);
	if (n->nth > 1)
		snprintf(nth, sizeof nth, "#%u", n->nth);
	n->path = spare_copy(x, ar_str(ar_arena_fmt(&x->mem, "%.*s%s%s%s", AR_STR_FMT(up), n->attribute ? "@" : up.n ? "/" : "",
	                                            n->name, nth)));
	return n->path;
}

static struct ar_str path_above(struct xml *x, uint32_t k, int level)
{
	struct ar_str path = path_of(x, k), *s;
	struct node *n = &x->node[k];
	char *p;

	if (!path.n)
		path = spare_copy(x, ar_str((const char *)n->name));

	if (!level)
		return path;
	if (!n->up)
		n->up = ar_arena_zero(&x->mem, AR_PATH_STEPS * sizeof *n->up);
	s = &n->up[level - 1];
	if (!s->p) {
		s->n = path.n + 3 * (size_t)level;
		s->p = p = ar_arena_alloc(&x->mem, s->n + 1);
		for (int i = 0; i < level; i++)
			memcpy(p + 3 * i, "../", 3);
		memcpy(p + 3 * level, path.p, path.n);
	}
	return *s;
}

/* ---- leaves and rows ---- */

/* Is any step of the path a second one of its name? */
static bool repeated(const struct xml *x, uint32_t k)
{
	for (; x->node[k].parent != NONE; k = x->node[k].parent)
		if (x->node[k].nth > 1)
			return true;
	return false;
}

/* The bytes from `at` to the end of x->bytes are the value of a node. */
static void add_leaf(struct xml *x, uint32_t node, size_t at)
{
	int depth = x->inmost;

	if (depth < 0 || (x->way[x->open[depth].way].path < 0 && repeated(x, node))) {
		x->bytes.n = at;
		return;
	}
	if (x->nleaf == AR_XML_LEAVES || x->bytes.n > AR_XML_RECORD) {
		fail(x, "xml_limit", "a record of more than 1048576 values or 64 MiB (limits xml-leaves, xml-record)",
		     "the element that repeats should be a record, or rows, in the map");
		return;
	}
	if (x->nleaf == x->leaf_cap)
		x->leaf = ar_realloc(x->leaf, (x->leaf_cap = x->leaf_cap * 2 + 256) * sizeof *x->leaf);
	x->leaf[x->nleaf++] = (struct leaf){ node, (uint32_t)(x->bytes.n - at), at,
		ar_jstr_plain(x->bytes.p + at, x->bytes.n - at) == x->bytes.n - at };
}

static void put(struct xml *x, struct ar_row *row, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++, row->n++) {
		const struct leaf *f = &x->leaf[i];

		x->names[row->n] = x->node[f->node].path.n ? x->node[f->node].path : path_above(x, f->node, 0);
		x->texts[row->n] = (struct ar_str){ x->bytes.p + f->at, f->n };
		row->plain &= f->plain;
	}
}

/* What the elements around the record at `depth` have said so far, nearest first. They only ever add to it. */
static void look_up(struct xml *x, int depth)
{
	uint64_t around = depth ? x->open[depth - 1].serial : 0;
	uint32_t end = x->open[depth].leaf;

	if (x->around == around && x->around_leaves == end && x->above)
		return;
	x->around = around;
	x->around_leaves = end;
	x->above++;
	x->nabove = 0;
	if (x->above_cap < end) {
		x->above_cap = end * 2;
		x->above_name = ar_realloc(x->above_name, x->above_cap * sizeof *x->above_name);
		x->above_text = ar_realloc(x->above_text, x->above_cap * sizeof *x->above_text);
	}
	for (int i = depth - 1; i >= 0; i--) {
		for (uint32_t k = x->open[i].leaf; k < end; k++) {
			x->above_name[x->nabove] = path_above(x, x->leaf[k].node, depth - i);
			x->above_text[x->nabove++] = (struct ar_str){ x->bytes.p + x->leaf[k].at, x->leaf[k].n };
		}
		end = x->open[i].leaf;
	}
}

static const char record_name[32] = ".record", outer_name[32] = ".outer";

static void put_own(struct xml *x, struct ar_row *row, const char *name, size_t n, struct ar_str value)
{
	x->names[row->n] = (struct ar_str){ name, n };
	x->texts[row->n++] = value;
}

/* What all rows of the record begin with: its leaves outside of them. */
static struct ar_row begin_rows(struct xml *x, const struct frame *f, int rows)
{
	const struct ar_path *p = &x->path[x->way[f->way].path];
	struct ar_row row = { .row = x->records, .name = x->names, .value = x->texts, .plain = true, .plain_names = true,
		.nabove = x->nabove, .above_name = x->above_name, .above_value = x->above_text, .above = x->above };
	uint32_t at = f->leaf;

	if (p->name.n)
		put_own(x, &row, record_name, sizeof ".record" - 1, p->name);
	for (int i = f->rows; i < f->rows + rows; i += 1 + x->row[i].inner) {
		put(x, &row, at, x->row[i].from);
		at = x->row[i].to;
	}
	put(x, &row, at, x->nleaf);
	return row;
}

static struct ar_str digits(char room[40], uint32_t v)
{
	char *p = room + 24;

	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	return (struct ar_str){ p, (size_t)(room + 24 - p) };
}

/* The rows of one row: itself, or those that it holds, each with what stands beside them. last: it is the record's last. */
static int give_row(struct xml *x, struct ar_row *row, const struct span *own, bool numbered, uint32_t nth, bool last)
{
	int n = row->n, m;
	bool plain = row->plain;
	uint32_t at = own->from;
	char room[40];

	if (numbered)
		put_own(x, row, outer_name, sizeof ".outer" - 1, digits(room, nth));
	for (int i = 1; i <= own->inner; i++) {
		put(x, row, at, own[i].from);
		at = own[i].to;
	}
	put(x, row, at, own->to);
	m = row->n;
	for (int i = 1; i <= own->inner || i == 1; i++) {
		bool was = row->plain;

		row->sub++;
		row->last = last && i >= own->inner;
		if (own->inner)
			put(x, row, own[i].from, own[i].to);
		if (x->d->sink->row(x->d->sink, row) < 0)
			return -1;
		row->n = m;
		row->plain = was;
	}
	row->n = n;
	row->plain = plain;
	return 0;
}

static int give(struct xml *x, const struct frame *f, int rows)
{
	const struct ar_path *p = &x->path[x->way[f->way].path];
	struct ar_row row = begin_rows(x, f, rows);
	uint32_t nth = 0;

	if (!rows)
		return x->d->sink->row(x->d->sink, &row);
	for (int i = 0; i < rows; i += 1 + x->row[f->rows + i].inner) {
		const struct span *own = &x->row[f->rows + i];

		if (give_row(x, &row, own, p->ninner > 0, ++nth, i + 1 + own->inner == rows) < 0)
			return -1;
	}
	return 0;
}

static void end_record(struct xml *x, int depth)
{
	const struct frame *f = &x->open[depth];

	x->records++;
	ar_buf_room(&x->bytes, 16);
	look_up(x, depth);
	if (x->fields_cap < x->nleaf + 2) {
		x->fields_cap = x->nleaf * 2 + 64;
		x->names = ar_realloc(x->names, x->fields_cap * sizeof *x->names);
		x->texts = ar_realloc(x->texts, x->fields_cap * sizeof *x->texts);
	}
	if (give(x, f, x->nrow - f->rows) < 0) {
		x->failed = true;
		xmlStopParser(x->ctxt);
	}
}

/* ---- events of the parser ---- */

static bool blank(const char *p, size_t n)
{
	size_t i = n && p[0] == '\n';

	for (uint64_t w; i + 8 <= n; i += 8) {          /* mostly a line end and indentation */
		memcpy(&w, p + i, 8);
		if (w != 0x2020202020202020u)
			break;
		if (i + 8 < n && i + 16 > n)            /* the last bytes once more */
			i = n - 16;
	}
	for (; i < n; i++)
		if (!ar_is_space(p[i]))
			return false;
	return true;
}

/* A child begins, or the element with children ends: its own text so far is kept only if it says something. */
static void set_aside(struct xml *x, struct frame *f)
{
	if (x->bytes.n > f->text && !blank(x->bytes.p + f->text, x->bytes.n - f->text))
		ar_buf_put(&f->mixed, x->bytes.p + f->text, x->bytes.n - f->text);
	x->bytes.n = f->text;
	if (f->mixed.n > AR_XML_TEXT)
		fail(x, "xml_limit", "a text of more than 1 MiB (limit xml-text)", NULL);
}

static int way_child(const struct xml *x, int parent, const xmlChar *name)
{
	int i = parent < 0 ? x->first : x->way[parent].first;

	while (i >= 0 && x->way[i].name != name)
		i = x->way[i].next;
	return i;
}

static void begin_row(struct xml *x, struct frame *f)
{
	int level = x->node[f->node].level;

	if (x->nrow == x->row_cap)
		x->row = ar_realloc(x->row, (size_t)(x->row_cap = x->row_cap * 2 + 64) * sizeof *x->row);
	if (level == 1)
		x->outer = x->nrow;
	else
		x->row[x->outer].inner++;
	x->row[x->nrow++] = (struct span){ x->nleaf, x->nleaf, 0 };
	f->row = x->nrow;
}

/* Where the element that just opened belongs: on the way, a row, below one of both, or nowhere. */
static void place(struct xml *x, struct frame *f, struct frame *up, const xmlChar *name)
{
	f->node = NONE;
	f->way = up && up->way < 0 ? -1 : way_child(x, up ? up->way : -1, name);
	if (f->way >= 0) {
		x->inmost = x->depth;
		f->node = x->way[f->way].root;
		f->leaf = x->nleaf;
		f->rows = x->nrow;
		return;
	}
	if (!up || up->node == NONE)
		return;
	f->node = child(x, up, name, false);
	if (x->node[f->node].row != NONE) {
		f->node = x->node[f->node].row;
		begin_row(x, f);
	}
}

/* libxml2 gives an ampersand in an attribute as &#38; when it does not replace entities; no other reference can come here. */
static void put_attribute(struct xml *x, const char *p, size_t n)
{
	const char *amp;

	while ((amp = memchr(p, '&', n))) {
		size_t k = (size_t)(amp - p) + 1;

		ar_buf_put(&x->bytes, p, k);
		p += k;
		n -= k;
		if (n >= 4 && memcmp(p, "#38;", 4) == 0) {
			p += 4;
			n -= 4;
		}
	}
	ar_buf_put(&x->bytes, p, n);
}

static void attributes(struct xml *x, struct frame *f, int n, const xmlChar **a)
{
	for (int i = 0; i < n; i++, a += 5) {
		size_t at = x->bytes.n, len = (size_t)(a[4] - a[3]);
		uint32_t k = child(x, f, a[0], true);

		if (len > AR_XML_TEXT) {
			fail(x, "xml_limit", "an attribute of more than 1 MiB (limit xml-text)", NULL);
			return;
		}
		put_attribute(x, (const char *)a[3], len);
		add_leaf(x, k, at);
	}
}

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int nns, const xmlChar **ns,
                     int nattr, int ndefault, const xmlChar **attr)
{
	struct xml *x = ctx;
	struct frame *up = x->depth ? &x->open[x->depth - 1] : NULL, *f;

	if (x->failed)
		return;
	if (x->depth == AR_XML_DEPTH) {
		fail(x, "xml_limit", "more than 256 elements inside each other (limit xml-depth)", NULL);
		return;
	}
	if (up && up->node != NONE) {
		if (!x->indent)
			set_aside(x, up);
		x->indent = 0;
		up->child = true;
	}
	f = &x->open[x->depth];
	f->child = false;
	f->row = 0;
	f->serial = ++x->serial;
	f->last = NONE;
	f->mixed.n = 0;
	f->bytes = x->bytes.n;
	place(x, f, up, name);
	x->depth++;
	if (f->node != NONE && nattr)
		attributes(x, f, nattr, attr);
	f->text = x->bytes.n;
}

static void put_indent(struct xml *x)
{
	char *p;

	ar_buf_room(&x->bytes, (size_t)x->indent);
	p = x->bytes.p + x->bytes.n;
	memset(p, ' ', (size_t)x->indent);
	*p = '\n';
	x->bytes.n += (size_t)x->indent;
}

/* A line end and blanks, as stand between most tags: such text is mostly thrown away, and never worth copying before that. */
static bool is_indent(const char *p, int n)
{
	uint64_t w;

	if (n < 9 || n > 256 || *p != '\n')
		return false;
	for (int i = 1; i + 8 < n; i += 8) {
		memcpy(&w, p + i, 8);
		if (w != 0x2020202020202020u)
			return false;
	}
	memcpy(&w, p + n - 8, 8);
	return w == 0x2020202020202020u;
}

static void on_end(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct xml *x = ctx;
	struct frame *f = &x->open[x->depth - 1], *up = x->depth > 1 ? f - 1 : NULL;

	if (x->failed)
		return;
	if (x->indent && !f->child)
		put_indent(x);
	x->indent = 0;
	if (f->node != NONE && f->child) {
		set_aside(x, f);
		ar_buf_put(&x->bytes, f->mixed.p, f->mixed.n);
	}
	/* An element of the way is a leaf only if it says something itself: a record without text is not an empty value. */
	if (f->node != NONE && (f->way < 0 ? !f->child || f->mixed.n : !blank(x->bytes.p + f->text, x->bytes.n - f->text)))
		add_leaf(x, f->node, f->text);
	if (f->row)
		x->row[f->row - 1].to = x->nleaf;
	if (f->way >= 0) {
		if (x->way[f->way].path >= 0 && !x->failed)
			end_record(x, x->depth - 1);
		x->nleaf = f->leaf;
		x->nrow = f->rows;
		x->bytes.n = f->bytes;
		x->inmost--;            /* the way leads from the root without a gap */
	}
	x->depth--;
	if (up)
		up->text = x->bytes.n;
}

static void on_text(void *ctx, const xmlChar *p, int n)
{
	struct xml *x = ctx;
	struct frame *f;

	if (x->failed || !x->depth)
		return;
	f = &x->open[x->depth - 1];
	if (f->node == NONE)
		return;
	if (x->indent) {
		put_indent(x);
		x->indent = 0;
	} else if (x->bytes.n == f->text && is_indent((const char *)p, n)) {
		x->indent = n;
		return;
	}
	if (x->bytes.n - f->text + (size_t)n > AR_XML_TEXT) {
		fail(x, "xml_limit", "a text of more than 1 MiB (limit xml-text)", NULL);
		return;
	}
	ar_buf_put(&x->bytes, (const char *)p, (size_t)n);
}

static const char no_doctype[] = "a DOCTYPE declaration: it is never read",
	no_doctype_advice[] = "take it out, after looking who put it there; exports of ERPs and banks have none";

static void on_doctype(void *ctx, const xmlChar *name, const xmlChar *id, const xmlChar *system)
{
	fail(ctx, "xml_doctype", no_doctype, no_doctype_advice);
}

static void on_reference(void *ctx, const xmlChar *name)
{
	fail(ctx, "xml_entity", "a reference to an entity: it would stand for nothing here", NULL);
}

static void on_instruction(void *ctx, const xmlChar *target, const xmlChar *data)
{
	fail(ctx, "xml_instruction", "a processing instruction: it is never followed", NULL);
}

/* What libxml2 says about names and positions is told; nothing of the text of the document. */
static void on_error(void *ctx, xmlErrorPtr e)
{
	struct xml *x = ctx;
	char what[160];

	if (e->level < XML_ERR_FATAL || x->failed)
		return;
	switch (e->code) {
	case XML_ERR_TAG_NAME_MISMATCH:
		snprintf(what, sizeof what, "an end tag that does not belong to its start tag");
		break;
	case XML_ERR_UNDECLARED_ENTITY:
		snprintf(what, sizeof what, "a reference to an entity that XML does not know");
		break;
	case XML_ERR_DOCUMENT_EMPTY:
	case XML_ERR_DOCUMENT_END:
	case XML_ERR_TAG_NOT_FINISHED:
		snprintf(what, sizeof what, "the document is cut off, or something follows its end");
		break;
	case XML_ERR_ATTRIBUTE_REDEFINED:
		snprintf(what, sizeof what, "the same attribute twice");
		break;
	default:
		snprintf(what, sizeof what, "not well-formed XML (rule %d of libxml2)", e->code);
	}
	complain(x, "xml_syntax", what, "fetch the file again; if it stays so, its writer has to repair it");
}

/* ---- decoding ---- */

static int add_way(struct xml *x, int parent, struct ar_str name)
{
	const xmlChar *s = xmlDictLookup(x->ctxt->dict, (const xmlChar *)name.p, (int)name.n);
	int i = way_child(x, parent, s);

	if (i >= 0)
		return i;
	i = x->nway++;
	x->way[i] = (struct way){ .name = s, .parent = parent, .path = -1, .root = new_node(x, NONE, s, false), .first = -1,
		.next = parent < 0 ? x->first : x->way[parent].first };
	if (parent < 0)
		x->first = i;
	else
		x->way[parent].first = i;
	return i;
}

/* rows and records inside the record must not claim the same elements */
static int check_rows(struct xml *x)
{
	for (int i = 0; i < x->npath; i++)
		for (int k = 0; k < x->npath; k++) {
			const struct ar_path *a = &x->path[i], *b = &x->path[k];

			if (!a->nrow || b->n <= a->n || !ar_path_same(a, b, a->n) || !ar_streq(a->row[0], b->step[a->n]))
				continue;
			ar_err(x->d->err, AR_USAGE, "map_value", "one record lies in the rows of another");
			return ar_err_at(x->d->err, x->d->map->file, b->line);
		}
	return 0;
}

/* The node that rows begin with: it goes by the path from the record. */
static void lay_rows(struct xml *x, struct way *w, int level, const struct ar_str *step, int n)
{
	struct rows *r = &w->rows[level - 1];
	uint32_t from = level == 1 ? w->root : w->rows[0].node;
	struct ar_buf b = AR_BUF_INIT;

	*r = (struct rows){ step, n, new_node(x, NONE, NULL, false) };
	x->node[from].rows = r;
	ar_buf_str(&b, x->node[from].path);
	for (int i = 0; i < n; i++)
		ar_buf_fmt(&b, "%s%.*s", b.n ? "/" : "", AR_STR_FMT(step[i]));
	x->node[r->node].path = spare_copy(x, ar_buf_slice(&b));
	x->node[r->node].level = level;
	ar_buf_release(&b);
}

static int lay_ways(struct xml *x)
{
	x->npath = ar_paths_read(x->path, x->d->map, x->d->err);
	if (x->npath < 0 || check_rows(x) < 0)
		return -1;
	for (int i = 0; i < x->npath; i++) {
		struct ar_path *p = &x->path[i];
		int w = -1;

		for (int k = 0; k < p->n; k++)
			w = add_way(x, w, p->step[k]);
		if (w < 0) {
			ar_err(x->d->err, AR_USAGE, "map_value", "record: the path of an element is wanted");
			return ar_err_at(x->d->err, x->d->map->file, p->line);
		}
		x->way[w].path = i;
		p->name = spare_copy(x, p->name);
		if (p->nrow)
			lay_rows(x, &x->way[w], 1, p->row, p->nrow);
		if (p->ninner)
			lay_rows(x, &x->way[w], 2, p->inner, p->ninner);
	}
	return 0;
}

/* Line ends in all that the parser was given. */
static uint64_t lines_read(const struct xml *x)
{
	const xmlParserInput *in = x->ctxt->input;

	return (uint64_t)in->line - 1 + ar_count_char((const char *)in->cur, (size_t)(in->end - in->cur), '\n');
}

/* The next block of the input, looked at before the parser sees it. 1, 0 = the end, -1 = d->err. */
static int next_block(struct xml *x)
{
	ssize_t n;

	x->text.line = lines_read(x);
	n = ar_text_next(&x->text, &x->block, x->d->err);
	x->nblock = n > 0 ? (size_t)n : 0;
	if (n < 0)
		x->failed = true;
	else if (n && !ar_xml_tags_ok(&x->guard, x->block, x->nblock))
		complain(x, "xml_limit", "a tag of more than 16384 bytes (limit xml-tag)", "no export of an ERP or bank has such tags");
	else if (n && ar_xml_declares(&x->guard, x->block, x->nblock))
		complain(x, "xml_doctype", no_doctype, no_doctype_advice);
	return x->failed ? -1 : n > 0;
}

/* The parser asks for bytes. It must not be stopped in here: that frees what it is about to fill. */
static int on_read(void *ctx, char *to, int n)
{
	struct xml *x = ctx;
	int rc = x->failed ? -1 : x->nblock ? 1 : next_block(x);

	if (rc <= 0)
		return rc;
	if ((size_t)n > x->nblock)
		n = (int)x->nblock;
	memcpy(to, x->block, (size_t)n);
	x->block += n;
	x->nblock -= (size_t)n;
	return n;
}

static int parse(struct xml *x)
{
	xmlParseDocument(x->ctxt);
	if (x->failed)
		return -1;
	if (!x->ctxt->wellFormed || x->depth || !x->serial)
		return complain(x, "xml_syntax", "the document is cut off", "fetch the file again");
	return 0;
}

static void release(struct xml *x)
{
	for (int i = 0; i < AR_XML_DEPTH; i++)
		ar_buf_release(&x->open[i].mixed);
	if (x->ctxt->myDoc)
		xmlFreeDoc(x->ctxt->myDoc);
	xmlFreeParserCtxt(x->ctxt);
	free(x->node);
	free(x->slot);
	free(x->leaf);
	free(x->row);
	free(x->names);
	free(x->texts);
	free(x->above_name);
	free(x->above_text);
	ar_buf_release(&x->bytes);
	ar_arena_release(&x->mem);
	free(x);
}

static int decode(struct ar_decode *d)
{
	xmlSAXHandler sax = { .startElementNs = on_start, .endElementNs = on_end, .characters = on_text, .ignorableWhitespace = on_text,
		.cdataBlock = on_text, .reference = on_reference, .processingInstruction = on_instruction, .internalSubset = on_doctype,
		.serror = on_error };
	struct xml *x = ar_calloc(1, sizeof *x);
	int rc = -1;

	x->d = d;
	x->first = x->inmost = -1;
	ar_buf_room(&x->bytes, 4096);           /* never NULL: slices are made of it */
	x->ctxt = ar_xml_open(&sax, x, on_read, x);
	if (lay_ways(x) == 0 && ar_text_open(&x->text, d, true) == 0)
		rc = parse(x);
	ar_text_close(&x->text);
	release(x);
	return rc;
}

const struct ar_syntax ar_syntax_xml = {
	.name = "xml",
	.summary = "an XML document; DOCTYPE, entities and processing instructions are refused",
	.keys = "record = [NAME:] PATH [rows PATH [rows PATH]]: which elements are records, by local names from the root; each element of rows is a "
	        "row of its own, and each of the second rows in it; may be repeated, and records may lie inside records\n"
	        "detect = PATH or namespace URI, ...: what must be in the document; a URI may be only the beginning of one; of several detect "
	        "lines one must hold\n"
	        "encoding = windows-1252, iso-8859-1, iso-8859-15 (default: byte order mark, else the XML declaration)",
	.detect = ar_xml_detect,
	.match = ar_xml_match,
	.decode = decode,
};
