/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-post - approved proposals become postings, each exactly once; confirmed by the ERP's next export. */
#include "config.h"

#include "ar/open.h"
#include "base/sort.h"
#include "map/find.h"
#include "map/mustache.h"
#include "rec/tool.h"
#include "sync/confirm.h"
#include "sync/outbox.h"
#include "sync/plan.h"

#include <stdlib.h>

enum { MAX_POLICY = 4 << 20 };

static struct {
	ar_date as_of;
	int64_t now;
	const char *state, *outbox, *policy, *release, *by;
	struct ar_args maps, with;
	bool confirm, dry_run;
} cfg = { .as_of = AR_DATE_NONE, .now = AR_JOURNAL_CLOCK };

static const struct ar_opt opts[] = {
	AR_AS_OF(&cfg.as_of, "What is open is computed as of this date, and a standing approval must not "
	         "have ended before it"),
	{ AR_O_FILE, "policy", "FILE",
	  "Standing approvals and where postings go: ar-policy(5)",
	  &cfg.policy, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "state", "DIR",
	  "Folder of the journal and its lock, made if it is not there; on a local disk, one "
	  "for each set of books, never deleted",
	  &cfg.state, 0, NULL },
	{ AR_O_PARSE, "now", "MOMENT", "The moment that lines of the journal bear; without it the clock is read for them, and for nothing else", &cfg.now, 0,
	  ar_opt_time },
	{ AR_O_TEXT, "outbox", "DIR",
	  "Folder into which the files for the ERP are put; who fetches one leaves it there or "
	  "moves it to DIR/done",
	  &cfg.outbox, 0, NULL },
	{ AR_O_FILES, "with", "FILE",
	  "Customers and documents from another stream; may be repeated",
	  &cfg.with, AR_OPT_SHOWN, NULL },
	{ AR_O_LIST, "maps", "DIR",
	  "Folder of formats and templates of your own; may be repeated",
	  &cfg.maps, 0, NULL },
	{ AR_O_FLAG, "dry-run", NULL,
	  "Show what would be posted; write nothing",
	  &cfg.dry_run, AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "confirm", NULL,
	  "Read the ERP's next export and confirm what was sent; a posting that is not what it "
	  "should be is a mismatch",
	  &cfg.confirm, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "release", "KEY",
	  "A person has decided that this posting does not stand: its source may be posted "
	  "anew. KEY is the key or the wire key; needs --by",
	  &cfg.release, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "by", "NAME",
	  "Who decided, for --release",
	  &cfg.by, AR_OPT_SHOWN, NULL },
	AR_OPT_END
};

struct delivery {                       /* one file of the outbox */
	struct ar_target *target;
	struct ar_post **post;
	size_t n;
	struct ar_batch batch;
	struct ar_buf content;
};

struct run {
	struct ar_io *io;
	struct ar_book book;
	struct ar_policy policy;
	struct ar_conf conf;
	struct ar_mustache **template;  /* by target */
	struct ar_open *open;
	struct ar_plan *plan;
	struct ar_confirm *confirm;
	/* announced earlier and not delivered, then the fresh ones; with --confirm those asked about */
	struct ar_post **queue;
	size_t nqueue, resumed, uncertain;
	struct delivery *out;
	size_t nout;
};

/* ---- policy and formats ---- */

static int lookup(void *ctx, struct ar_str name, struct ar_str *text, struct ar_err *e)
{
	(void)ctx;
	(void)name;
	(void)text;
	(void)e;
	return 0;                               /* a document for an ERP stands in one file */
}

static char *slurp_format(struct run *r, struct ar_maps *maps, const char *name, size_t *n)
{
	const char *path = ar_maps_file(maps, name, &r->io->err);

	return path ? ar_io_slurp(r->io, path, MAX_POLICY, n) : NULL;
}

static int load_format(struct run *r, struct ar_maps *maps, int i)
{
	struct ar_target *t = &r->policy.target[i];
	struct ar_io *io = r->io;
	const char *name = ar_arena_fmt(&io->mem, "%.*s.post", AR_STR_FMT(t->format_name));
	const char *slash = strrchr(name, '/');
	struct ar_conf *c = ar_arena_zero(&io->mem, sizeof *c);
	char *text;
	size_t n;

	text = slurp_format(r, maps, name, &n);
	if (!text || ar_conf_parse(c, &io->mem, slash ? slash + 1 : name, text, n, &io->err) < 0 ||
	    ar_format_read(t, c, &io->err) < 0)
		return -1;
	name = ar_arena_fmt(&io->mem, "%.*s%.*s", slash ? (int)(slash - name) + 1 : 0, name,
	                    AR_STR_FMT(t->format.template_name));
	text = slurp_format(r, maps, name, &n);
	if (!text)
		return -1;
	r->template[i] = ar_mustache_compile(&io->mem, name, (struct ar_str){ text, n }, lookup, NULL, &io->err);
	return r->template[i] ? 0 : -1;
}

static int load_policy(struct run *r)
{
	struct ar_io *io = r->io;
	struct ar_maps *maps;
	const char *base;
	char *text;
	size_t n;

	if (!cfg.policy)
		return ar_err(&io->err, AR_USAGE, "usage", "--policy must be given: who may have what posted, and where to");
	text = ar_io_slurp(io, cfg.policy, MAX_POLICY, &n);
	base = strrchr(cfg.policy, '/');
	if (!text || ar_conf_parse(&r->conf, &io->mem, base ? base + 1 : cfg.policy, text, n, &io->err) < 0 ||
	    ar_policy_read(&r->policy, &r->conf, &io->mem, &io->err) < 0)
		return -1;
	maps = ar_maps_new(&io->mem, &cfg.maps);
	r->template = ar_arena_zero(&io->mem, ((size_t)r->policy.ntarget + 1) * sizeof *r->template);
	for (int i = 0; i < r->policy.ntarget; i++)
		if (load_format(r, maps, i) < 0)
			return -1;
	return ar_conf_unused(&r->conf, &io->err);
}

/* ---- input ---- */

static int take(struct ar_io *io, const struct ar_rec *rec, void *arg)
{
	struct run *r = arg;

	if (r->confirm)
		ar_confirm_add(r->confirm, rec);
	if (rec->type != AR_T_match)
		return ar_open_add(r->open, rec, &io->err);
	if (r->plan && ar_plan_add(r->plan, rec, &io->err) < 0)
		ar_io_reject(io, rec);
	return 0;
}

static void refuse_proposal(void *ctx, const struct ar_err *e, struct ar_str proposal)
{
	struct ar_io *io = ctx;

	io->err = *e;
	ar_io_reject_raw(io, e->file, e->line, proposal);
}

/* To the true end, before anything is done. */
static int read_input(struct run *r)
{
	struct ar_open_params params = { .as_of = cfg.as_of, .known_at = INT64_MAX, .applied_by = AR_BY_APPLICATION };
	struct ar_io *io = r->io;
	struct ar_rec *rec;
	int rc;

	r->open = ar_open_new(&params);
	ar_open_keep(r->open, AR_F_discount_date);
	ar_open_keep(r->open, AR_F_discount_amount);
	ar_open_keep_customer(r->open, AR_F_payer);
	ar_open_keep_customer(r->open, AR_F_parent);
	if (ar_io_with(io, &cfg.with, take, r) < 0)
		return -1;
	while ((rc = ar_io_next(io, &rec)) > 0)
		if (take(io, rec, r) < 0)
			return -1;
	if (rc < 0 || ar_io_expected(io) < 0)
		return -1;
	return ar_open_close(r->open, &io->err);
}

/* The customer and who stands above it: its payer, else its parent, and so on. */
static void chain(const struct ar_open *o, uint32_t customer, struct ar_debt *d)
{
	while (customer != AR_OPEN_NOBODY && d->npayer < AR_DEBT_PAYERS) {
		struct ar_str id = ar_open_customer(o, customer), up = ar_open_customer_text(o, customer, AR_F_payer);

		d->payer[d->npayer++] = id;
		if (!up.n || ar_streq(up, id))
			up = ar_open_customer_text(o, customer, AR_F_parent);
		if (!up.n || ar_streq(up, id))
			return;
		customer = ar_open_customer_find(o, up);
	}
}

static bool debt(void *ctx, struct ar_str id, struct ar_debt *d)
{
	const struct ar_open *o = ctx;
	size_t i = ar_open_find(o, id);
	const struct ar_item *it;
	int64_t v;

	if (i == SIZE_MAX)
		return false;
	it = ar_open_item(o, i);
	*d = (struct ar_debt){ .open = it->open, .ccy = it->ccy, .discount_date = AR_DATE_NONE };
	chain(o, it->customer, d);
	if (ar_open_int(o, it, AR_F_discount_date, &v))
		d->discount_date = (ar_date)v;
	if (ar_open_int(o, it, AR_F_discount_amount, &v))
		d->discount_amount = v;
	return true;
}

/* ---- documents for the ERP ---- */

static void set_money(struct ar_mv *map, const char *name, int64_t v, int ccy)
{
	char text[AR_MONEY_TEXT];

	ar_mv_set_text(map, name, (struct ar_str){ text, (size_t)ar_money_put(text, v, ar_ccy[ccy].digits) });
}

static void set_key(struct ar_mv *map, const char *name, struct ar_str id, struct ar_arena *mem)
{
	struct ar_post_id part;

	ar_mv_set_text(map, name, ar_post_own_key(ar_post_id(id, &part) ? part.key : id, mem));
}

static struct ar_mv *line_values(const struct ar_post *p, int i, struct ar_arena *mem)
{
	const struct ar_post_line *l = &p->line[i];
	struct ar_mv *m = ar_mv_map(mem);

	set_key(m, "target", l->target, mem);
	set_money(m, "amount", l->amount, p->ccy);
	for (int c = 0; c < AR_CUTS; c++) {
		const char *name = ar_field_name[ar_cut_field[c]];

		if (l->cut[c])
			set_money(m, name, l->cut[c], p->ccy);
		else
			ar_mv_set(m, ar_str(name), ar_mv_null(mem));
	}
	ar_mv_set(m, AR_STR("last"), ar_mv_bool(mem, i == p->n - 1));
	return m;
}

static struct ar_mv *post_values(const struct ar_target *t, const struct ar_post *p, struct ar_arena *mem)
{
	struct ar_mv *m = ar_mv_map(mem), *lines = ar_mv_list(mem);
	struct ar_buf date = AR_BUF_INIT;
	int64_t sum = 0;

	ar_format_date(&date, t->format.date, p->date);
	ar_mv_set_text(m, "key", ar_str(p->key));
	ar_mv_set_text(m, "wire_key", ar_str(p->wire));
	ar_mv_set_text(m, "date", ar_buf_slice(&date));
	ar_mv_set_text(m, "currency", t->format.names_currency ? t->currency_name[p->ccy] : ar_str(ar_ccy[p->ccy].code));
	set_key(m, "source", p->source, mem);
	set_key(m, "customer", p->customer, mem);
	set_money(m, "receipt_amount", p->receipt, p->ccy);
	for (int i = 0; i < p->n; i++) {
		if (!p->line[i].target.n)
			continue;
		ar_mv_push(lines, line_values(p, i, mem));
		ar_assert(ar_add(sum, p->line[i].amount, &sum));        /* the plan has added them up before */
	}
	ar_mv_set(m, AR_STR("lines"), lines);
	set_money(m, "applied_amount", sum, p->ccy);
	ar_mv_set(m, AR_STR("is_receipt"), ar_mv_bool(mem, ar_streqz(p->kind, "receipt")));
	ar_mv_set(m, AR_STR("is_credit"), ar_mv_bool(mem, ar_streqz(p->kind, "credit_application")));
	ar_buf_release(&date);
	return m;
}

static enum ar_esc escaping(const struct ar_target *t)
{
	if (ar_streqz(t->format.content, "json"))
		return AR_ESC_JSON;
	return ar_streqz(t->format.content, "xml") ? AR_ESC_XML : AR_ESC_CSV;
}

static void name_batch(struct run *r, struct delivery *d)
{
	struct ar_arena *mem = &r->io->mem;
	char key[AR_KEY_HEX + 1], wire[AR_KEY_WIRE + 1];
	struct ar_buf b = AR_BUF_INIT;

	ar_buf_puts(&b, "arpipe batch 1\n");
	for (size_t i = 0; i < d->n; i++)
		ar_buf_fmt(&b, "%s %s\n", d->post[i]->key, d->post[i]->content);
	ar_key_hash(ar_buf_slice(&b), key, wire);
	b.n = 0;
	ar_format_file(&b, d->target->format.file, ar_str(wire), ar_str(d->post[0]->wire));
	d->batch.id = ar_arena_str(mem, ar_str(wire));
	d->batch.file = ar_str(ar_arena_dup(mem, b.p, b.n));
	d->batch.entity = d->target->entity;
	d->batch.system = d->post[0]->system;
	ar_buf_release(&b);
}

static int render(struct run *r, struct delivery *d)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_mv *root = ar_mv_map(&mem), *list = ar_mv_list(&mem);
	const struct ar_format *f = &d->target->format;
	struct ar_err *e = &r->io->err;
	uint8_t sha[32];
	int rc;

	name_batch(r, d);
	if (!ar_outbox_name_ok(d->batch.file)) {
		ar_arena_release(&mem);
		return ar_err(e, AR_USAGE, "file_name", "%s is no name for a file of the outbox: letters, digits, . _ - only",
		              d->batch.file.p);
	}
	ar_mv_set_text(root, "batch", d->batch.id);
	for (int i = 0; i < f->nneed; i++)
		ar_mv_set_text(root, ar_arena_dup(&mem, f->need[i].p, f->need[i].n), d->target->value[i]);
	for (size_t i = 0; i < d->n; i++)
		ar_mv_push(list, post_values(d->target, d->post[i], &mem));
	ar_mv_set(root, AR_STR("postings"), list);
	rc = ar_mustache_render(r->template[d->target - r->policy.target], root, escaping(d->target), true, &d->content, e);
	ar_sha256(d->content.p, d->content.n, sha);
	ar_hex(sha, sizeof sha, d->batch.sha256);
	ar_arena_release(&mem);
	return rc;
}

/* ---- delivery ---- */

/* What an earlier run announced: is it there? Else it goes into the queue again, under its own key. */
static int resume(struct run *r)
{
	struct ar_book *b = &r->book;
	struct ar_err *e = &r->io->err;

	for (size_t i = 0; i < b->n; i++) {
		struct ar_post *p = b->post[i];
		const struct ar_batch *batch = ar_book_batch(b, p->batch);
		enum ar_outbox_seen seen;

		if (p->state != AR_POST_SENT && p->state != AR_POST_UNCERTAIN)
			continue;
		if (!batch || !ar_policy_target(&r->policy, p->entity, p->system)) {
			ar_err(e, AR_REFUSED, "resume", "the posting %s was announced and not delivered, and the policy "
			       "has no target for it", p->wire);
			return ar_err_advice(e, "run with the policy of then, or release it");
		}
		if (ar_outbox_look(cfg.outbox, batch->file.p, batch->sha256, &seen, e) < 0)
			return -1;
		if (seen == AR_OUTBOX_NONE) {
			r->queue[r->nqueue++] = p;
			r->resumed++;
			continue;
		}
		r->uncertain += seen == AR_OUTBOX_OTHER;
		if (seen == AR_OUTBOX_OTHER && p->state == AR_POST_UNCERTAIN)
			continue;
		p->state = seen == AR_OUTBOX_SAME ? AR_POST_ACKNOWLEDGED : AR_POST_UNCERTAIN;
		p->message = ar_str(seen == AR_OUTBOX_SAME ? "" : "the file in the outbox is not the one that was announced");
		ar_book_log(b, p, false);
	}
	return ar_journal_commit(b->journal, e);
}

/* One target's part of the queue, cut into files. */
static void cut_files(struct run *r, struct ar_target *t)
{
	struct delivery *d = NULL;
	int64_t rows = 0;

	for (size_t i = 0; i < r->nqueue; i++) {
		struct ar_post *p = r->queue[i];

		if (ar_policy_target(&r->policy, p->entity, p->system) != t)
			continue;
		if (!d || t->format.per_posting || rows + p->n > t->format.rows) {
			d = &r->out[r->nout++];
			d->target = t;
			d->post = ar_arena_alloc(&r->io->mem, r->nqueue * sizeof *d->post);
			rows = 0;
		}
		d->post[d->n++] = p;
		rows += p->n;
	}
}

static int check_free(struct run *r, const struct delivery *d)
{
	struct ar_err *e = &r->io->err;
	enum ar_outbox_seen seen;

	if (ar_outbox_look(cfg.outbox, d->batch.file.p, d->batch.sha256, &seen, e) < 0)
		return -1;
	if (seen == AR_OUTBOX_NONE)
		return 0;
	ar_err(e, AR_REFUSED, "outbox_unknown", "%s is in the outbox already, but the journal does not know of it",
	       d->batch.file.p);
	return ar_err_advice(e, "the journal was cut or is another one: find the right state folder before anything "
	                     "is posted");
}

static void announce(struct run *r, struct delivery *d)
{
	for (size_t i = 0; i < d->n; i++) {
		struct ar_post *p = d->post[i];

		p->batch = d->batch.id;
		p->message = (struct ar_str){ NULL, 0 };
		if (p->approved_by.n)
			ar_book_log_approval(&r->book, p);
		p->state = AR_POST_SENT;
		ar_book_log(&r->book, p, true);
	}
	ar_book_log_batch(&r->book, &d->batch, d->post, d->n);
}

/* Announced and saved, then done, then noted as done. */
static int deliver(struct run *r)
{
	struct ar_err *e = &r->io->err;

	r->out = ar_arena_zero(&r->io->mem, (r->nqueue + 1) * sizeof *r->out);
	for (int i = 0; i < r->policy.ntarget; i++)
		cut_files(r, &r->policy.target[i]);
	for (size_t i = 0; i < r->nout; i++)
		if (render(r, &r->out[i]) < 0 || check_free(r, &r->out[i]) < 0)
			return -1;
	for (size_t i = 0; i < r->nout; i++)
		announce(r, &r->out[i]);
	if (ar_journal_commit(r->book.journal, e) < 0)
		return -1;
	for (size_t i = 0; i < r->nout; i++) {
		struct delivery *d = &r->out[i];

		if (ar_outbox_put(cfg.outbox, d->batch.file.p, ar_buf_slice(&d->content), e) < 0)
			return -1;
		for (size_t k = 0; k < d->n; k++) {
			d->post[k]->state = AR_POST_ACKNOWLEDGED;
			ar_book_log(&r->book, d->post[k], false);
		}
	}
	return ar_journal_commit(r->book.journal, e);
}

/* ---- what comes out ---- */

static void show(struct ar_io *io, const struct ar_post *p)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_rec rec;

	ar_rec_init(&rec, &mem);
	for (int i = 0; i < p->n; i++) {
		ar_post_rec(p, i, &rec);
		ar_io_put(io, &rec);
	}
	ar_rec_release(&rec);
	ar_arena_release(&mem);
}

static int report(struct run *r)
{
	static const char *const name[] = { "already", "refused", "not_approved", "new" };
	unsigned long long n[4] = { 0 };
	struct ar_io *io = r->io;
	bool conflict = false;

	for (size_t i = 0; i < ar_plan_count(r->plan); i++) {
		const struct ar_plan_item *it = ar_plan_item(r->plan, i);

		n[it->outcome]++;
		conflict |= it->conflict;
		if (it->outcome == AR_REFUSED_NOW)
			ar_io_warn(io, "refused: %.*s: %.*s", AR_STR_FMT(it->post->source), AR_STR_FMT(it->post->message));
		show(io, it->post);
	}
	for (int i = 0; i < 4; i++)
		if (n[i])
			ar_io_note(io, name[i], n[i]);
	if (ar_plan_left_out(r->plan))
		ar_io_note(io, "left_out", ar_plan_left_out(r->plan));
	if (ar_plan_collapsed(r->plan))
		ar_io_note(io, "collapsed", ar_plan_collapsed(r->plan));
	ar_io_warn(io, "%llu new, %llu already posted, %llu refused, %llu not approved", n[AR_FRESH], n[AR_ALREADY],
	           n[AR_REFUSED_NOW], n[AR_NOT_APPROVED]);
	if (r->resumed)
		ar_io_warn(io, "%zu delivered that an earlier run had announced and not delivered", r->resumed);
	if (r->uncertain)
		ar_io_warn(io, "%zu uncertain: their file in the outbox is not the one that was announced", r->uncertain);
	return conflict || r->uncertain ? AR_REFUSED : n[AR_REFUSED_NOW] ? AR_FINDINGS : AR_OK;
}

/* ---- the three ways to run ---- */

static int need(struct ar_io *io, const char *name, bool there)
{
	return there ? 0 : ar_err(&io->err, AR_USAGE, "usage", "--%s must be given", name);
}

static int post(struct run *r)
{
	struct ar_io *io = r->io;
	struct ar_plan_ask ask = { .book = &r->book, .policy = &r->policy, .as_of = cfg.as_of, .debt = debt };

	if (need(io, "outbox", cfg.outbox != NULL) < 0 || load_policy(r) < 0 ||
	    ar_book_open(&r->book, cfg.state, !cfg.dry_run, cfg.now, &io->err) < 0)
		return -1;
	r->plan = ar_plan_new();
	if (read_input(r) < 0)
		return -1;
	ask.ctx = r->open;
	ar_plan_close(r->plan, refuse_proposal, io);
	r->queue = ar_arena_alloc(&io->mem, (r->book.n + ar_plan_count(r->plan) + 1) * sizeof *r->queue);
	if (!cfg.dry_run && (ar_mkdirs(cfg.outbox, &io->err) < 0 || resume(r) < 0))
		return -1;
	ar_plan_decide(r->plan, &ask);
	for (size_t i = 0; i < ar_plan_count(r->plan); i++)
		if (ar_plan_item(r->plan, i)->outcome == AR_FRESH)
			r->queue[r->nqueue++] = ar_plan_item(r->plan, i)->post;
	if (!cfg.dry_run && deliver(r) < 0)
		return -1;
	return report(r);
}

static int by_source(const void *a, const void *b, void *ctx)
{
	const struct ar_post *x = *(struct ar_post *const *)a, *y = *(struct ar_post *const *)b;
	int c = ar_str_cmp(x->entity, y->entity);

	(void)ctx;
	if (!c)
		c = ar_str_cmp(x->source, y->source);
	return c ? c : strcmp(x->key, y->key);
}

static int confirm(struct run *r)
{
	unsigned long long n[4] = { 0 };
	struct ar_io *io = r->io;

	if (ar_book_open(&r->book, cfg.state, !cfg.dry_run, cfg.now, &io->err) < 0)
		return -1;
	r->confirm = ar_confirm_new(&r->book);
	if (read_input(r) < 0)
		return -1;
	r->queue = ar_arena_alloc(&io->mem, (r->book.n + 1) * sizeof *r->queue);
	for (size_t i = 0; i < r->book.n; i++) {
		bool changed;
		enum ar_verdict v = ar_confirm_decide(r->confirm, i, debt, r->open, &changed);

		n[v]++;
		if (v != AR_NOT_ASKED)
			r->queue[r->nqueue++] = r->book.post[i];
		if (changed && !cfg.dry_run)
			ar_book_log(&r->book, r->book.post[i], true);
		if (v == AR_MISMATCH_NOW)
			ar_io_warn(io, "mismatch: %s: %.*s", r->book.post[i]->wire, AR_STR_FMT(r->book.post[i]->message));
	}
	if (!cfg.dry_run && ar_journal_commit(r->book.journal, &io->err) < 0)
		return -1;
	ar_sort(r->queue, r->nqueue, sizeof *r->queue, by_source, NULL);
	for (size_t i = 0; i < r->nqueue; i++)
		show(io, r->queue[i]);
	ar_io_warn(io, "%llu confirmed, %llu mismatched, %llu not seen yet", n[AR_CONFIRMED_NOW], n[AR_MISMATCH_NOW],
	           n[AR_UNSEEN]);
	return n[AR_MISMATCH_NOW] ? AR_FINDINGS : AR_OK;
}

static int release(struct run *r)
{
	struct ar_io *io = r->io;
	struct ar_str key = ar_str(cfg.release);
	struct ar_post *p;

	if (need(io, "by", cfg.by && *cfg.by) < 0 || ar_book_open(&r->book, cfg.state, !cfg.dry_run, cfg.now, &io->err) < 0)
		return -1;
	p = key.n == AR_KEY_WIRE ? ar_book_find_wire(&r->book, key) : ar_book_find(&r->book, key);
	if (!p || p->state == AR_POST_RELEASED)
		return ar_err(&io->err, AR_USAGE, "key_unknown", p ? "the posting %s is released already" :
		              "the journal has no posting %s", cfg.release);
	p->state = AR_POST_RELEASED;
	if (!cfg.dry_run) {
		ar_book_log_release(&r->book, p, cfg.by);
		ar_book_log(&r->book, p, false);
		if (ar_journal_commit(r->book.journal, &io->err) < 0)
			return -1;
	}
	show(io, p);
	ar_io_warn(io, "released: %s", p->wire);
	return AR_OK;
}

static int run(struct ar_io *io)
{
	struct run r = { .io = io, .book.lock = -1 };
	int rc;

	if (cfg.release && cfg.confirm)
		return ar_err(&io->err, AR_USAGE, "usage", "--release and --confirm do not go together");
	if (need(io, "state", cfg.state != NULL) < 0 || need(io, "as-of", cfg.release || cfg.as_of != AR_DATE_NONE) < 0)
		return -1;
	io->w.as_of = cfg.as_of;
	rc = cfg.release ? release(&r) : cfg.confirm ? confirm(&r) : post(&r);
	for (size_t i = 0; i < r.nout; i++)
		ar_buf_release(&r.out[i].content);
	ar_confirm_free(r.confirm);
	ar_plan_free(r.plan);
	if (r.open)
		ar_open_free(r.open);
	ar_book_close(&r.book);
	return rc;
}

static const struct ar_tool tool = {
	.name = "ar-post",
	.summary = "post approved proposals, each exactly once",
	.operands = "[FILE ...]",
	.about = "Reads match records with the customers and documents they are about, and "
	         "writes the approved ones as files in the form that the ERP takes in: into "
	         "the outbox, each whole or not at all. What comes out are posting records, "
	         "one a line of each transaction, sorted by entity and source.\n\n"
	         "A proposal is approved by a person (approved_by on its line 0) or, if its "
	         "decision is auto, by a standing approval of the policy: rules, a limit for "
	         "each currency and an end date. A standing approval carries no write-off, no "
	         "unearned discount and no withholding tax unless it says so. What is not "
	         "approved stays planned.\n\n"
	         "Every posting has a key made of what it is: entity, system, kind, source and "
	         "documents. The journal in the state folder says what was announced; each "
	         "line carries the SHA-256 of the one before, and is saved before the file "
	         "appears. So a run that was killed is simply started again, and a second run "
	         "on the same input posts nothing. The same posting with another date or "
	         "amount is refused with status 5, and so is a second posting of the same bank "
	         "line.\n\n"
	         "After the ERP has taken the files in, --confirm reads its next export and "
	         "looks at what was touched. Run it before the next posting: what is sent and "
	         "not confirmed counts as on its way and is held against the documents it "
	         "settles.",
	.opts = opts,
	.flags = AR_TOOL_SINK | AR_TOOL_NO_INPUT,
	.run = run,
};

int main(int argc, char **argv)
{
	return ar_main(&tool, argc, argv);
}
