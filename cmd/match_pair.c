/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_pair.c - details (camt.054 and the like) and the line of the statement that brings their money.
 *
 * A statement may hold one line for a batch, and a notification what it is made of. They belong together where account, currency and a
 * reference that the bank gave are equal - of the entry (entry=), of its number (ntry=), of the batch - if one line alone bears that
 * reference and the details that bear it come to its amount, to the cent. Then
 *   - a single detail lends the line what it says of the payer, the text and the references; the line stays the source;
 *   - several take the line's place: each is a receipt of its own, and the line is set aside as a batch, so that no money is told twice.
 * What does not come to the amount, or could belong to several lines, stays a detail: excluded, as are advices always.
 */
#include "config.h"

#include "cmd/match_run.h"

#include "ar/names.h"
#include "base/sort.h"

#include <stdlib.h>

struct link { struct ar_str account, value; uint16_t ccy; uint8_t kind; bool detail; uint32_t at; };

static int same_money(const struct link *x, const struct link *y)
{
	int c = (x->kind > y->kind) - (x->kind < y->kind);

	c = c ? c : ar_str_cmp(x->account, y->account);
	c = c ? c : (x->ccy > y->ccy) - (x->ccy < y->ccy);
	return c ? c : ar_str_cmp(x->value, y->value);
}

static int by_link(const void *a, const void *b, void *ctx)
{
	const struct link *x = a, *y = b;
	int c = same_money(x, y);

	(void)ctx;
	c = c ? c : x->detail - y->detail;
	return c ? c : (x->at > y->at) - (x->at < y->at);
}

static struct ar_str either(struct ar_str a, struct ar_str b) { return a.n ? a : b; }

static const struct ar_str *both(struct match_run *run, const struct ar_str *a, uint16_t na, const struct ar_str *b, uint16_t nb, uint16_t *n)
{
	struct ar_str *v = ar_arena_alloc(&run->io->mem, ((size_t)na + nb + 1) * sizeof *v);
	size_t k = 0;

	for (int i = 0; i < na; i++)
		v[k++] = a[i];
	for (int i = 0; i < nb && k < UINT16_MAX; i++) {
		bool have = false;

		for (int j = 0; j < na && !have; j++)
			have = ar_streq(a[j], b[i]);
		if (!have)
			v[k++] = b[i];
	}
	*n = (uint16_t)k;
	return v;
}

static void lend(struct match_run *run, struct ar_match_line *l, const struct ar_match_line *d)
{
	l->payer = either(l->payer, d->payer);
	l->payer_account = either(l->payer_account, d->payer_account);
	l->end_to_end = either(l->end_to_end, d->end_to_end);
	l->original_reference = either(l->original_reference, d->original_reference);
	l->check_number = either(l->check_number, d->check_number);
	l->text = both(run, l->text, l->ntext, d->text, d->ntext, &l->ntext);
	l->ref = both(run, l->ref, l->nref, d->ref, d->nref, &l->nref);
	l->ref = both(run, l->ref, l->nref, &d->id, 1, &l->nref);       /* a remittance may name the detail */
	l->doc = both(run, l->doc, l->ndoc, d->doc, d->ndoc, &l->ndoc);
	if (l->instructed_ccy == AR_CCY_NONE) {
		l->instructed_ccy = d->instructed_ccy;
		l->instructed = d->instructed;
	}
	if (l->charges_ccy == AR_CCY_NONE) {
		l->charges_ccy = d->charges_ccy;
		l->charges = d->charges;
	}
	l->foreign |= d->foreign;
	l->cites |= d->cites;
}

static void replace(struct match_run *run, struct held *h, const struct link *v, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct held *d = &run->line[v[i].at];

		d->line.excluded = d->pair->alone.excluded;
		d->line.kind = d->pair->alone.kind;
		d->line.counts = d->pair->alone.counts;
		d->line.booked = h->line.booked;
		d->date = h->date;
		d->pair->batch = h->line.id;
		d->pair->detail = false;
	}
	h->line.excluded = "a batch: its money is told by the details that come to it";
	h->line.kind = "batch";
	h->line.counts = false;
}

/* v[0..n): one reference. */
static void pair(struct match_run *run, const struct link *v, size_t n)
{
	struct held *h = &run->line[v[0].at];
	size_t details = 0;
	ar_wide sum = 0;

	for (size_t i = 0; i < n; i++) {
		const struct held *d = &run->line[v[i].at];

		if (v[i].detail != (i > 0) || (i > 0 && !d->pair->detail))
			return; /* no line, several, or a detail that went elsewhere */
		if (i > 0) {
			sum += d->line.amount;
			details++;
		}
	}
	if (!details || h->line.excluded || h->pair->paired || sum != h->line.amount)
		return;
	h->pair->paired = true;
	ar_io_note(run->io, "paired", 1);
	if (details > 1) {
		replace(run, h, v + 1, details);
		return;
	}
	lend(run, &h->line, &run->line[v[1].at].line);
	run->line[v[1].at].pair->detail = false;
	run->line[v[1].at].line.excluded = "a detail of another line, which has taken over what it says";
}

void match_pair(struct match_run *run)
{
	struct link *v = NULL;
	size_t n = 0, room = 0, next;
	bool any = false;

	for (size_t i = 0; i < run->nline && !any; i++)
		any = run->line[i].pair && run->line[i].pair->detail;
	for (size_t i = 0; any && i < run->nline; i++) {
		const struct held *h = &run->line[i];

		for (uint8_t k = 0; h->pair && k < MATCH_LINKS; k++) {
			if (!h->pair->link[k].n || (!h->pair->detail && (h->line.excluded || h->line.amount <= 0)))
				continue;
			v = match_more(v, n, &room, sizeof *v);
			v[n++] = (struct link){ ar_account_key(h->bank_account, &run->io->mem), h->pair->link[k], h->line.ccy, k, h->pair->detail, (uint32_t)i };
		}
	}
	ar_sort(v, n, sizeof *v, by_link, NULL);
	for (size_t i = 0; i < n; i = next) {
		for (next = i + 1; next < n && same_money(&v[next], &v[i]) == 0; next++)
			;
		pair(run, v + i, next - i);
	}
	free(v);
}
