/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cmd/dunning_letter.h"

#include "map/find.h"
#include "map/mustache.h"
#include "num/ccy.h"
#include "sync/mail.h"

#include <stdlib.h>
#include <unistd.h>

struct letters {
	struct ar_io *io;
	struct ar_maps *maps;
	const char *dir;
	struct ar_tab names;            /* "mild.de" */
	struct ar_mustache **compiled;  /* by number; NULL = there is no such file */
	uint32_t cap;
	struct ar_arena mem;            /* of one letter */
	struct ar_buf text;
	enum ar_lang lang;              /* of the template being compiled: where its partials are looked for */
};

struct letters *letters_new(struct ar_io *io, const char *dir)
{
	struct letters *l = ar_arena_zero(&io->mem, sizeof *l);

	l->io = io;
	l->dir = dir;
	l->maps = ar_maps_new(&io->mem, NULL);
	return l;
}

void letters_release(struct letters *l)
{
	ar_tab_release(&l->names);
	ar_arena_release(&l->mem);
	ar_buf_release(&l->text);
	free(l->compiled);
}

/* ---- templates ---- */

/* 1 = *text is the file, 0 = there is none. The file enters the provenance. */
static int load(struct letters *l, const char *file, struct ar_str *text, struct ar_err *e)
{
	const char *path = l->dir ? ar_arena_fmt(&l->io->mem, "%s/%s", l->dir, file) : NULL;
	struct ar_err none = { 0 };

	if (strchr(file, '/'))
		return 0;
	if (!path || access(path, F_OK) < 0)
		path = ar_maps_file(l->maps, ar_arena_fmt(&l->io->mem, "letters/%s", file), &none);
	if (!path)
		return 0;
	text->p = ar_io_slurp(l->io, path, AR_MUSTACHE_MAX_TEXT, &text->n);
	if (text->p)
		return 1;
	if (e != &l->io->err)
		*e = l->io->err;
	return -1;
}

static int partial(void *ctx, struct ar_str name, struct ar_str *text, struct ar_err *e)
{
	struct letters *l = ctx;

	return load(l, ar_arena_fmt(&l->io->mem, "%.*s.%s.mustache", AR_STR_FMT(name), ar_lang_name(l->lang)), text, e);
}

/* 1 = *out, 0 = there is no such template. */
static int get(struct letters *l, struct ar_str name, enum ar_lang lang, const char *ending,
               struct ar_mustache **out, struct ar_err *e)
{
	const char *file = ar_arena_fmt(&l->mem, "%.*s.%s%s.mustache", AR_STR_FMT(name), ar_lang_name(lang), ending);
	struct ar_str text;
	bool fresh;
	uint32_t k = ar_tab_add(&l->names, ar_str(file), &fresh);
	int rc;

	if (k >= l->cap)
		l->compiled = ar_realloc(l->compiled, (l->cap = l->cap * 2 + 16) * sizeof(struct ar_mustache *));
	if (fresh) {
		l->compiled[k] = NULL;
		l->lang = lang;
		rc = load(l, file, &text, e);
		if (rc < 0)
			return -1;
		if (rc)
			l->compiled[k] = ar_mustache_compile(&l->io->mem, ar_arena_dup(&l->io->mem, file, strlen(file)),
			                                     text, partial, l, e);
		if (rc && !l->compiled[k])
			return -1;
	}
	*out = l->compiled[k];
	return *out != NULL;
}

static int must_get(struct letters *l, struct ar_str name, enum ar_lang lang, struct ar_mustache **out,
                    struct ar_err *e)
{
	int rc = get(l, name, lang, "", out, e);

	if (rc)
		return rc;
	ar_err(e, AR_USAGE, "template_missing", "there is no template %.*s.%s.mustache", AR_STR_FMT(name),
	       ar_lang_name(lang));
	return ar_err_advice(e, "write it into the folder that --templates names");
}

/* ---- values ---- */

struct values {
	const struct letter *w;
	struct ar_arena *mem;
	struct ar_buf room;
	size_t width[4];                /* characters of the columns number, due, days, open */
};

static struct ar_str money(struct values *v, int64_t minor)
{
	v->room.n = 0;
	ar_show_money(&v->room, minor, ar_ccy[v->w->notice->ccy].digits, v->w->lang);
	return ar_arena_str(v->mem, ar_buf_slice(&v->room));
}

static struct ar_str date(struct values *v, ar_date d)
{
	v->room.n = 0;
	ar_show_date(&v->room, d, v->w->lang);
	return ar_arena_str(v->mem, ar_buf_slice(&v->room));
}

static struct ar_str number(struct values *v, int64_t n)
{
	v->room.n = 0;
	ar_buf_int(&v->room, n);
	return ar_arena_str(v->mem, ar_buf_slice(&v->room));
}

static size_t characters(struct ar_str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += ((unsigned char)s.p[i] & 0xC0) != 0x80;
	return n;
}

static struct ar_str padded(struct values *v, struct ar_str s, size_t width, bool right)
{
	size_t n = characters(s), fill = width > n ? width - n : 0;

	v->room.n = 0;
	for (size_t i = 0; right && i < fill; i++)
		ar_buf_c(&v->room, ' ');
	ar_buf_str(&v->room, s);
	for (size_t i = 0; !right && i < fill; i++)
		ar_buf_c(&v->room, ' ');
	return ar_arena_str(v->mem, ar_buf_slice(&v->room));
}

struct row { struct ar_str cell[4]; const struct ar_dun_item *item; };

static struct row row(struct values *v, const struct ar_dun_item *it, int64_t open)
{
	struct row r = { .item = it };
	ar_date due = it->due == AR_DATE_NONE ? it->issued : it->due;

	r.cell[0] = it->number.n ? it->number : it->id;
	r.cell[1] = date(v, due);
	r.cell[2] = number(v, due == AR_DATE_NONE ? 0 : v->w->date - due);
	r.cell[3] = money(v, open);
	for (int i = 0; i < 4; i++)
		if (characters(r.cell[i]) > v->width[i])
			v->width[i] = characters(r.cell[i]);
	return r;
}

static struct ar_mv *row_value(struct values *v, const struct row *r)
{
	static const char *const name[] = { "number", "due", "days", "open" };
	static const char *const wide[] = { "number_", "due_", "days_", "open_" };
	struct ar_mv *m = ar_mv_map(v->mem);

	for (int i = 0; i < 4; i++) {
		ar_mv_set_text(m, name[i], r->cell[i]);
		ar_mv_set_text(m, wide[i], padded(v, r->cell[i], v->width[i], i >= 2));
	}
	ar_mv_set_text(m, "issued", date(v, r->item->issued));
	ar_mv_set_text(m, "of", v->w->customer_name(v->w->ctx, r->item));
	return m;
}

static struct row *rows(struct values *v, const struct ar_dun_item **it, int n, int sign)
{
	struct row *r = ar_arena_alloc(v->mem, (size_t)(n + 1) * sizeof *r);

	for (int i = 0; i < n; i++)
		r[i] = row(v, it[i], sign * it[i]->open);
	return r;
}

static void set_rows(struct values *v, struct ar_mv *root, const char *name, const struct row *r, int n)
{
	struct ar_mv *list = ar_mv_list(v->mem);

	for (int i = 0; i < n; i++)
		ar_mv_push(list, row_value(v, &r[i]));
	ar_mv_set(root, ar_str(name), list);
}

static void set_lists(struct values *v, struct ar_mv *root)
{
	const struct ar_dun_notice *n = v->w->notice;
	struct row *item = ar_arena_alloc(v->mem, (size_t)(n->nline + 1) * sizeof *item);
	struct row *credit, *not_due, *reminded;

	for (int i = 0; i < n->nline; i++)              /* all widths first, then all rows */
		item[i] = row(v, n->line[i].item, n->line[i].open);
	credit = rows(v, n->credit, n->ncredit, -1);
	not_due = rows(v, n->not_due, n->nnot_due, 1);
	reminded = rows(v, n->reminded, n->nreminded, 1);
	set_rows(v, root, "items", item, n->nline);
	set_rows(v, root, "credit_items", credit, n->ncredit);
	set_rows(v, root, "not_due", not_due, n->nnot_due);
	set_rows(v, root, "reminded", reminded, n->nreminded);
	ar_mv_set(root, AR_STR("credits_listed"), ar_mv_bool(v->mem, n->ncredit > 0));
	ar_mv_set(root, AR_STR("not_due_listed"), ar_mv_bool(v->mem, n->nnot_due > 0));
	ar_mv_set(root, AR_STR("reminded_listed"), ar_mv_bool(v->mem, n->nreminded > 0));
}

static void set_lines(struct ar_mv *root, const char *name, const struct ar_str *line, int n, struct ar_arena *mem)
{
	struct ar_mv *list = ar_mv_list(mem);

	for (int i = 0; i < n; i++)
		ar_mv_push(list, ar_mv_text(mem, line[i]));
	ar_mv_set(root, ar_str(name), list);
}

static struct ar_mv *values(const struct letter *w, struct ar_arena *mem)
{
	struct values v = { .w = w, .mem = mem };
	const struct ar_dun_notice *n = w->notice;
	struct ar_mv *root = ar_mv_map(mem);
	struct ar_str none = { "", 0 };

	ar_mv_set_text(root, "company", w->company->name);
	set_lines(root, "company_address", w->company->address, w->company->naddress, mem);
	set_lines(root, "bank", w->company->bank, w->company->nbank, mem);
	ar_mv_set_text(root, "customer", w->name);
	ar_mv_set_text(root, "customer_number", w->number);
	set_lines(root, "address", w->address, w->naddress, mem);
	ar_mv_set_text(root, "date", date(&v, w->date));
	ar_mv_set_text(root, "due_by", n->due_by == AR_DATE_NONE ? none : date(&v, n->due_by));
	ar_mv_set_text(root, "level", number(&v, n->level->number));
	ar_mv_set_text(root, "currency", ar_str(ar_ccy[n->ccy].code));
	ar_mv_set_text(root, "amount", money(&v, n->amount));
	ar_mv_set_text(root, "credits", n->credits ? money(&v, n->credits) : none);
	ar_mv_set_text(root, "fees", n->fees ? money(&v, n->fees) : none);
	ar_mv_set(root, AR_STR("adjusted"), ar_mv_bool(mem, n->credits || n->fees));
	ar_mv_set_text(root, "total", money(&v, n->total));
	set_lists(&v, root);
	ar_buf_release(&v.room);
	return root;
}

/* ---- the file ---- */

static int no_subject(const struct ar_dun_notice *n, struct ar_err *e)
{
	return ar_err(e, AR_USAGE, "template_subject", "the template %.*s must begin with a line 'Subject: ...' and an "
	              "empty line", AR_STR_FMT(n->level->template));
}

/* Render the level's template; *subject and *body are slices of l->text. */
static int render(struct letters *l, const struct letter *w, const struct ar_mv *root, struct ar_str *subject,
                  struct ar_str *body, struct ar_err *e)
{
	struct ar_mustache *t;
	struct ar_str s, blank;

	if (must_get(l, w->notice->level->template, w->lang, &t, e) < 0)
		return -1;
	l->text.n = 0;
	if (ar_mustache_render(t, root, AR_ESC_NONE, true, &l->text, e) < 0)
		return -1;
	s = ar_buf_slice(&l->text);
	if (!ar_str_starts(s, "Subject: "))
		return no_subject(w->notice, e);
	s = ar_str_cut(s, '\n', subject);
	*subject = ar_str_trim((struct ar_str){ subject->p + 9, subject->n - 9 });
	s = ar_str_cut(s, '\n', &blank);
	if (!subject->n || blank.n || !s.n)
		return no_subject(w->notice, e);
	*body = s;
	return 0;
}

static int put_mail(struct letters *l, const struct letter *w, const struct ar_mv *root, struct ar_str subject,
                    struct ar_str body, struct ar_buf *out, struct ar_err *e)
{
	struct ar_mail m = { .from_name = w->company->name, .from = w->company->from, .reply_to = w->company->reply_to,
		.to_name = w->to_name, .to = w->to, .subject = subject, .date = w->now, .key = ar_str(w->notice->key),
		.reply_key = w->previous, .text = body };
	struct ar_buf html = AR_BUF_INIT;
	struct ar_mustache *t;
	int rc = get(l, w->notice->level->template, w->lang, ".html", &t, e);

	if (rc > 0)
		rc = ar_mustache_render(t, root, AR_ESC_HTML, true, &html, e);
	m.html = ar_buf_slice(&html);
	if (rc == 0)
		rc = ar_mail_put(&m, out, e);
	ar_buf_release(&html);
	return rc;
}

int letters_put(struct letters *l, const struct letter *w, struct ar_buf *out, struct ar_err *e)
{
	struct ar_str subject, body;
	struct ar_mustache *t;
	struct ar_mv *root;

	ar_arena_reset(&l->mem);
	root = values(w, &l->mem);
	if (render(l, w, root, &subject, &body, e) < 0)
		return -1;
	if (w->to.n)
		return put_mail(l, w, root, subject, body, out, e);
	while (body.n && body.p[body.n - 1] == '\n')
		body.n--;
	ar_mv_set_text(root, "subject", subject);
	ar_mv_set_text(root, "body", body);
	if (must_get(l, AR_STR("letter"), w->lang, &t, e) < 0)
		return -1;
	return ar_mustache_render(t, root, AR_ESC_NONE, true, out, e);
}
