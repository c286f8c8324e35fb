/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_write.c - results as match records. */
#include "config.h"

#include "cmd/match_run.h"

#include "base/sort.h"

#include <stdlib.h>

/* ---- writing ---- */

static void set_ids(struct match_run *run, struct ar_rec *r, enum ar_f f, const struct ar_str *id, int n)
{
	struct ar_buf b = AR_BUF_INIT;

	for (int i = 0; i < n; i++) {
		ar_buf_puts(&b, i ? ",\"" : "\"");
		ar_buf_str(&b, id[i]);
		ar_buf_c(&b, '"');
	}
	ar_set_raw(r, f, ar_arena_str(&run->mem, ar_buf_slice(&b)));
	r->v[f].i = n;
	ar_buf_release(&b);
}

static void set_id(struct match_run *run, struct ar_rec *r, struct ar_str source, int rank, int line)
{
	struct ar_buf b = AR_BUF_INIT;

	ar_buf_str(&b, source);
	ar_buf_puts(&b, "~m");
	if (rank > 1)
		ar_buf_int(&b, rank);
	if (line) {
		ar_buf_c(&b, '/');
		ar_buf_int(&b, line);
	}
	ar_set_raw(r, AR_F_id, ar_arena_str(&run->mem, ar_buf_slice(&b)));
	ar_buf_release(&b);
}

static void money(struct ar_rec *r, enum ar_f f, int64_t v)
{
	if (v)
		ar_set_i(r, f, v);
}

struct source {
	struct ar_str id, entity, src;
	struct ar_str batch;            /* the line whose place a detail took; n = 0: none */
	const char *kind;
	ar_date date;
	int rank;                       /* 0: the only one */
};

static struct ar_rec *start(struct match_run *run, const struct source *s,
			    const struct ar_match_result *m, enum ar_mdecision d, int line)
{
	struct ar_rec *r = &run->rec;

	ar_arena_reset(&run->mem);
	ar_rec_start(r, AR_T_match);
	set_id(run, r, s->id, s->rank, line);
	ar_set_raw(r, AR_F_entity, s->entity);
	ar_set_raw(r, AR_F_source, s->id);
	ar_set_text(r, AR_F_source_kind, ar_str(s->kind));
	ar_set_i(r, AR_F_line, line);
	ar_set_i(r, AR_F_date, s->date);
	ar_set_text(r, AR_F_decision, ar_str(ar_match_decision(d)));
	if (m->kind)
		ar_set_text(r, AR_F_kind, ar_str(m->kind));
	ar_set_text(r, AR_F_rule, ar_str(ar_match_rule(m->rule)));
	ar_set_raw(r, AR_F_src, s->src);
	if (s->rank)
		ar_set_i(r, AR_F_rank, s->rank);
	if (m->answer) {
		ar_set_text(r, AR_F_approved_by, m->answer->by);
		ar_set_i(r, AR_F_approved_at, m->answer->at);
	}
	return r;
}

static void put_target(struct match_run *run, const struct source *s, const struct ar_match_result *m,
		       enum ar_mdecision d, int line, const struct ar_match_target *t,
		       uint16_t source_ccy)
{
	struct ar_rec *r = start(run, s, m, d, line);
	const struct ar_match_item *it = ar_match_item_of(run->match, t->item);
	struct ar_str from[] = { s->id, it->id };

	ar_set_i(r, AR_F_currency, it->ccy);
	ar_set_raw(r, AR_F_customer, it->customer);
	ar_set_raw(r, AR_F_target, it->id);
	ar_set_i(r, AR_F_amount, t->amount);
	if (it->ccy != source_ccy) {
		ar_set_i(r, AR_F_source_amount, t->source_amount);
		ar_set_i(r, AR_F_source_currency, source_ccy);
	}
	money(r, AR_F_discount, t->discount);
	money(r, AR_F_writeoff, t->writeoff);
	if (t->writeoff && t->writeoff_reason)
		ar_set_text(r, AR_F_writeoff_reason, ar_str(t->writeoff_reason));
	money(r, AR_F_withholding_tax, t->withholding_tax);
	money(r, AR_F_bank_charges, t->charges);
	money(r, AR_F_residual, t->residual);
	if (t->residual && t->reason)
		ar_set_text(r, AR_F_residual_reason, ar_str(t->reason));
	set_ids(run, r, AR_F_derived_from, from, 2);
	ar_io_put(run->io, r);
}

static void put_line0(struct match_run *run, const struct source *s, const struct ar_match_result *m,
		      uint16_t ccy)
{
	struct ar_rec *r = start(run, s, m, m->decision, 0);
	struct ar_str *from = ar_arena_alloc(&run->mem, (size_t)(m->ntarget + 3) * sizeof *from);
	int n = 0;

	from[n++] = s->id;
	if (s->batch.n)
		from[n++] = s->batch;
	for (int i = 0; i < m->ntarget; i++)
		if (m->target[i].memo == AR_MATCH_NONE)
			from[n++] = ar_match_item_of(run->match, m->target[i].item)->id;
	if (m->undoes != AR_MATCH_NONE)
		from[n++] = ar_match_payment_of(run->match, m->undoes)->id;
	ar_set_i(r, AR_F_currency, ccy);
	if (m->money)
		ar_set_i(r, AR_F_received, m->received);
	money(r, AR_F_on_account, m->on_account);
	money(r, AR_F_set_aside, m->set_aside);
	ar_set_raw(r, AR_F_customer, m->customer);
	if (m->undoes != AR_MATCH_NONE)
		ar_set_raw(r, AR_F_undoes, from[n - 1]);
	if (m->reason)
		ar_set_text(r, AR_F_residual_reason, ar_str(m->reason));
	if (m->decision != AR_MD_EXCLUDED)
		ar_set_i(r, AR_F_alternatives, m->alternatives);
	if (m->confidence >= 0)
		ar_set_fmt(r, AR_F_confidence, "0.%03d", m->confidence);
	ar_set_list(r, AR_F_evidence, m->evidence, m->nevidence);
	set_ids(run, r, AR_F_derived_from, from, n);
	ar_io_put(run->io, r);
}

/* Credit memos that were netted: each is a source of its own. */
struct used {
	struct ar_str memo;
	const struct ar_match_result *result;
	const struct ar_match_target *target;
	struct ar_str src;
	ar_date date;
};

static int by_memo(const void *a, const void *b, void *ctx)
{
	(void)ctx;
	return ar_str_cmp(((const struct used *)a)->memo, ((const struct used *)b)->memo);
}

static void put_memo(struct match_run *run, const struct used *u, size_t n)
{
	const struct ar_match_item *memo = ar_match_item_of(run->match, u->target->memo);
	struct source s = { memo->id, memo->entity, u->src, { NULL, 0 }, "credit_memo", u->date, 0 };
	struct ar_match_result m = { .rule = u->result->rule,
				     .kind = "netting",
				     .customer = memo->customer,
				     .money = true,
				     .decision = u->result->decision,
				     .confidence = -1,
				     .undoes = AR_MATCH_NONE };
	struct ar_buf why = AR_BUF_INIT;
	struct ar_str say;
	size_t i;

	ar_buf_puts(&why, "netted in bank line ");
	ar_buf_str(&why, ar_match_line_of(run->match, u->result)->id);
	say = ar_buf_slice(&why);
	m.evidence = &say;
	m.nevidence = 1;
	m.target = ar_calloc(n, sizeof *m.target);
	for (i = 0; i < n; i++) {
		m.target[m.ntarget] = *u[i].target;
		m.target[m.ntarget++].memo = AR_MATCH_NONE;
		m.received += u[i].target->amount;
		if (u[i].result->decision > m.decision)
			m.decision = u[i].result->decision;
		m.answer = m.answer ? m.answer : u[i].result->answer;
	}
	put_line0(run, &s, &m, memo->ccy);
	for (i = 0; i < n; i++)
		put_target(run, &s, &m, m.decision, (int)i + 1, &m.target[i], memo->ccy);
	free(m.target);
	ar_buf_release(&why);
}

static void put_ranked(struct match_run *run, struct source *s, const struct ar_match_result *m, int rank, uint16_t ccy)
{
	int line = 0;

	s->rank = rank;
	put_line0(run, s, m, ccy);
	for (int k = 0; k < m->ntarget; k++)
		if (m->target[k].memo == AR_MATCH_NONE)
			put_target(run, s, m, m->decision, ++line, &m->target[k], ccy);
}

void match_put_results(struct match_run *run)
{
	struct used *used = NULL;
	size_t n = 0, room = 0, next;

	for (size_t i = 0; i < ar_match_count(run->match); i++) {
		const struct ar_match_result *m = ar_match_result(run->match, i);
		const struct ar_match_line *l = ar_match_line_of(run->match, m);
		const struct held *h = &run->line[i];
		struct source s = { l->id, l->entity, h->src, h->pair ? h->pair->batch : (struct ar_str){ NULL, 0 }, "bank_line", h->date, 0 };

		ar_assert(ar_streq(h->line.id, l->id));
		put_ranked(run, &s, m, m->nother ? 1 : 0, l->ccy);
		for (int k = 0; k < m->nother; k++)
			put_ranked(run, &s, &m->other[k], k + 2, l->ccy);
		for (int k = 0; k < m->ntarget; k++) {
			const struct ar_match_target *t = &m->target[k];

			if (t->memo == AR_MATCH_NONE)
				continue;
			used = match_more(used, n, &room, sizeof *used);
			used[n++] = (struct used){ ar_match_item_of(run->match, t->memo)->id, m, t, h->src, h->date };
		}
	}
	ar_sort(used, n, sizeof *used, by_memo, NULL);
	for (size_t i = 0; i < n; i = next) {
		for (next = i; next < n && ar_streq(used[next].memo, used[i].memo); next++)
			;
		put_memo(run, &used[i], next - i);
	}
	free(used);
}

