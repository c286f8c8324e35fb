/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/book.h"

#include "base/out.h"
#include "sync/lock.h"

#include <stdlib.h>
#include <sys/stat.h>

static bool active(const struct ar_post *p)
{
	return p->state != AR_POST_REFUSED && p->state != AR_POST_RELEASED;
}

/* The active posting of a source follows the states: a release frees it, unless another has taken its place. */
static void follow(struct ar_book *b, struct ar_post *p)
{
	uint32_t k = ar_tab_add(&b->source, p->source, NULL);

	if (k >= b->active_cap) {
		size_t cap = b->active_cap ? b->active_cap * 2 : 64;

		b->active = ar_realloc(b->active, cap * sizeof *b->active);
		memset(b->active + b->active_cap, 0, (cap - b->active_cap) * sizeof *b->active);
		b->active_cap = cap;
	}
	if (active(p))
		b->active[k] = p;
	else if (b->active[k] == p)
		b->active[k] = NULL;
}

void ar_book_add(struct ar_book *b, struct ar_post *p)
{
	if (b->n == b->cap) {
		b->cap = b->cap ? b->cap * 2 : 64;
		b->post = ar_realloc(b->post, b->cap * sizeof *b->post);
	}
	ar_tab_add(&b->key, ar_str(p->key), NULL);
	ar_tab_add(&b->wire, ar_str(p->wire), NULL);
	b->post[b->n++] = p;
	follow(b, p);
}

static struct ar_post *look(const struct ar_book *b, const struct ar_tab *t, struct ar_str key)
{
	uint32_t k = ar_tab_get(t, key);

	return k == AR_TAB_NONE ? NULL : b->post[k];
}

struct ar_post *ar_book_find(const struct ar_book *b, struct ar_str key) { return look(b, &b->key, key); }
struct ar_post *ar_book_find_wire(const struct ar_book *b, struct ar_str wire) { return look(b, &b->wire, wire); }

struct ar_post *ar_book_active(const struct ar_book *b, struct ar_str source)
{
	uint32_t k = ar_tab_get(&b->source, source);

	return k == AR_TAB_NONE ? NULL : b->active[k];
}

const struct ar_batch *ar_book_batch(const struct ar_book *b, struct ar_str id)
{
	uint32_t k = ar_tab_get(&b->batch_id, id);

	return k == AR_TAB_NONE ? NULL : &b->batch[k];
}

/* ---- from the journal ---- */

static int take_posting(struct ar_book *b, const struct ar_rec *r, struct ar_err *e)
{
	struct ar_str key = ar_raw_text(r, AR_F_key), wire = ar_raw_text(r, AR_F_wire_key);
	struct ar_post *p = ar_book_find(b, key);

	if (!p && ar_book_find_wire(b, wire)) {
		ar_err(e, AR_DAMAGED, "wire_twice", "two postings of the journal share the wire key %.*s", AR_STR_FMT(wire));
		return ar_err_advice(e, "no key may be used twice: do not go on with this journal");
	}
	if (!p) {
		p = ar_arena_zero(&b->mem, sizeof *p);
		ar_post_take(p, r, &b->mem);
		ar_post_take_line(p, r, &b->mem);
		ar_book_add(b, p);
		return 0;
	}
	ar_post_take_line(p, r, &b->mem);
	follow(b, p);
	return 0;
}

static void take_batch(struct ar_book *b, const struct ar_rec *r)
{
	struct ar_str sha = ar_raw_text(r, AR_F_file_sha256);
	struct ar_batch *t;
	bool fresh;
	uint32_t k = ar_tab_add(&b->batch_id, ar_raw_text(r, AR_F_batch), &fresh);

	if (b->nbatch == b->batch_cap) {
		b->batch_cap = b->batch_cap ? b->batch_cap * 2 : 64;
		b->batch = ar_realloc(b->batch, b->batch_cap * sizeof *b->batch);
	}
	b->nbatch += fresh;
	t = &b->batch[k];               /* announced again: the last announcement counts */
	memset(t, 0, sizeof *t);
	t->id = ar_arena_str(&b->mem, ar_raw_text(r, AR_F_batch));
	t->file = ar_arena_str(&b->mem, ar_text(r, AR_F_file));
	t->entity = ar_arena_str(&b->mem, ar_raw_text(r, AR_F_entity));
	t->system = ar_arena_str(&b->mem, ar_raw_text(r, AR_F_system));
	memcpy(t->sha256, sha.p, sha.n < 64 ? sha.n : 64);
	t->records = (uint64_t)ar_int(r, AR_F_records, 0);
}

static int take(void *arg, const struct ar_rec *r, struct ar_err *e)
{
	struct ar_book *b = arg;

	if (r->type == AR_T_posting)
		return take_posting(b, r, e);
	if (r->type == AR_T_journal && ar_streqz(ar_raw_text(r, AR_F_kind), "batch"))
		take_batch(b, r);
	return 0;
}

int ar_book_open(struct ar_book *b, const char *dir, bool write, int64_t now, struct ar_err *e)
{
	struct stat st;

	memset(b, 0, sizeof *b);
	b->lock = -1;
	if (write && ar_mkdirs(dir, e) < 0)
		return -1;
	if (!write && stat(dir, &st) < 0)
		return 0;
	b->lock = ar_lock_take(dir, write, e);
	if (b->lock == -1)
		return -1;
	b->journal = ar_journal_open(dir, write, now, take, b, e);
	if (!b->journal)
		return -1;
	for (size_t i = 0; i < b->n; i++)
		ar_post_content(b->post[i]);
	return 0;
}

void ar_book_close(struct ar_book *b)
{
	ar_journal_close(b->journal);
	ar_lock_drop(b->lock);
	ar_tab_release(&b->key);
	ar_tab_release(&b->wire);
	ar_tab_release(&b->source);
	ar_tab_release(&b->batch_id);
	free(b->active);
	free(b->post);
	free(b->batch);
	ar_arena_release(&b->mem);
	memset(b, 0, sizeof *b);
	b->lock = -1;
}

/* ---- to the journal ---- */

void ar_book_log(struct ar_book *b, const struct ar_post *p, bool all_lines)
{
	struct ar_rec r;

	ar_rec_init(&r, &b->mem);
	for (int i = 0; i < (all_lines ? p->n : 1); i++) {
		ar_post_rec(p, i, &r);
		ar_journal_add(b->journal, &r);
	}
	ar_rec_release(&r);
}

static void log_control(struct ar_book *b, struct ar_rec *r)
{
	ar_journal_add(b->journal, r);
	ar_rec_release(r);
}

static void start_control(struct ar_book *b, struct ar_rec *r, const char *kind)
{
	ar_rec_init(r, &b->mem);
	ar_rec_start(r, AR_T_journal);
	ar_set_text(r, AR_F_kind, ar_str(kind));
}

void ar_book_log_approval(struct ar_book *b, const struct ar_post *p)
{
	struct ar_rec r;

	start_control(b, &r, "approval");
	ar_set_raw(&r, AR_F_batch, p->batch);
	ar_set_raw(&r, AR_F_key, ar_str(p->key));
	ar_set_text(&r, AR_F_approved_by, p->approved_by);
	if (p->approved_at != INT64_MIN)
		ar_set_i(&r, AR_F_approved_at, p->approved_at);
	ar_set_text(&r, AR_F_rule, p->approval);
	log_control(b, &r);
}

void ar_book_log_batch(struct ar_book *b, const struct ar_batch *batch, struct ar_post *const *post, size_t n)
{
	ar_wide *sum = ar_calloc((size_t)ar_ccy_count, sizeof *sum);
	bool *seen = ar_calloc((size_t)ar_ccy_count, sizeof *seen);
	char text[AR_MONEY_TEXT];
	struct ar_rec r;

	start_control(b, &r, "batch");
	ar_set_raw(&r, AR_F_batch, batch->id);
	ar_set_text(&r, AR_F_file, batch->file);
	ar_set_raw(&r, AR_F_file_sha256, ar_str(batch->sha256));
	ar_set_i(&r, AR_F_records, (int64_t)n);
	ar_set_raw(&r, AR_F_system, batch->system);
	ar_set_raw(&r, AR_F_entity, batch->entity);
	for (size_t i = 0; i < n; i++) {
		sum[post[i]->ccy] += post[i]->receipt;
		seen[post[i]->ccy] = true;
	}
	for (int c = 0; c < ar_ccy_count; c++) {
		if (!seen[c])
			continue;
		text[ar_wide_put(text, sum[c], ar_ccy[c].digits)] = '\0';
		ar_list_add(&r, AR_F_totals, ar_str(ar_arena_fmt(&b->mem, "%s=%s", ar_ccy[c].code, text)));
	}
	log_control(b, &r);
	free(sum);
	free(seen);
}

void ar_book_log_release(struct ar_book *b, const struct ar_post *p, const char *by)
{
	struct ar_rec r;

	start_control(b, &r, "release");
	ar_set_raw(&r, AR_F_key, ar_str(p->key));
	ar_set_text(&r, AR_F_approved_by, ar_str(by));
	log_control(b, &r);
}
