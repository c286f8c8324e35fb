/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/posting.h"

#include "base/sort.h"
#include "rec/jstr.h"

#include <stdlib.h>

const char *const ar_post_state_name[AR_POST_STATES] = {
	"planned", "approved", "sent", "acknowledged", "uncertain", "refused", "confirmed", "mismatch", "released",
};

const enum ar_f ar_cut_field[AR_CUTS] = { AR_F_discount, AR_F_writeoff, AR_F_withholding_tax, AR_F_bank_charges };

int ar_post_state_find(struct ar_str name)
{
	for (int i = 0; i < AR_POST_STATES; i++)
		if (ar_streqz(name, ar_post_state_name[i]))
			return i;
	return -1;
}

bool ar_post_fall(const struct ar_post_line *l, int64_t *fall)
{
	int64_t sum = l->amount;

	for (int i = 0; i < AR_CUTS; i++)
		if (!ar_add(sum, l->cut[i], &sum))
			return false;
	*fall = sum;
	return true;
}

static int by_target(const void *a, const void *b, void *ctx)
{
	const struct ar_post_line *x = a, *y = b;

	(void)ctx;
	return ar_str_cmp(x->target, y->target);
}

void ar_post_sort(struct ar_post *p)
{
	ar_sort(p->line, (size_t)p->n, sizeof *p->line, by_target, NULL);
}

void ar_post_key(struct ar_post *p, int sequence)
{
	struct ar_str *t = ar_malloc((size_t)p->n * sizeof *t);
	struct ar_key k = { .entity = p->entity, .system = p->system, .kind = p->kind, .source = p->source,
	                    .target = t, .step = 1, .sequence = sequence };

	for (int i = 0; i < p->n; i++)
		if (p->line[i].target.n)
			t[k.ntarget++] = p->line[i].target;
	ar_key_make(&k, p->key, p->wire);
	p->sequence = sequence;
	free(t);
}

static void put_money(struct ar_buf *b, const char *name, int64_t v, int digits)
{
	char text[AR_MONEY_TEXT];

	ar_buf_puts(b, name);
	ar_buf_c(b, '=');
	ar_buf_put(b, text, (size_t)ar_money_put(text, v, digits));
	ar_buf_c(b, '\n');
}

void ar_post_content(struct ar_post *p)
{
	struct ar_buf b = AR_BUF_INIT;
	int digits = ar_ccy[p->ccy].digits;
	char date[11], wire[AR_KEY_WIRE + 1];

	ar_buf_puts(&b, "arpipe content 1\ncustomer=");
	ar_buf_str(&b, p->customer);
	ar_buf_fmt(&b, "\ndate=%s\ncurrency=%s\n", ar_date_z(date, p->date), ar_ccy[p->ccy].code);
	put_money(&b, "receipt_amount", p->receipt, digits);
	for (int i = 0; i < p->n; i++) {
		ar_buf_puts(&b, "target=");
		ar_buf_str(&b, p->line[i].target);
		ar_buf_c(&b, '\n');
		put_money(&b, "amount", p->line[i].amount, digits);
		for (int c = 0; c < AR_CUTS; c++)
			put_money(&b, ar_field_name[ar_cut_field[c]], p->line[i].cut[c], digits);
	}
	ar_key_hash(ar_buf_slice(&b), p->content, wire);
	ar_buf_release(&b);
}

static void rec_line(const struct ar_post *p, const struct ar_post_line *l, struct ar_rec *r)
{
	if (l->target.n) {
		ar_set_i(r, AR_F_amount, l->amount);
		ar_set_raw(r, AR_F_target, l->target);
	}
	for (int c = 0; c < AR_CUTS; c++)
		if (l->cut[c])
			ar_set_i(r, ar_cut_field[c], l->cut[c]);
	if (l->has_expected)
		ar_set_i(r, AR_F_expected_open, l->expected);
	if (l->has_seen)
		ar_set_i(r, AR_F_seen_open, l->seen);
	if (p->proposal.n)
		ar_list_add(r, AR_F_derived_from, p->proposal);
}

void ar_post_rec(const struct ar_post *p, int i, struct ar_rec *r)
{
	ar_rec_start(r, AR_T_posting);
	ar_set_raw(r, AR_F_id, ar_str(ar_arena_fmt(r->mem, "%.*s/%.*s:k:%s/%d", AR_STR_FMT(p->entity),
	                                           AR_STR_FMT(p->system), p->wire, i + 1)));
	ar_set_raw(r, AR_F_key, ar_str(p->key));
	ar_set_raw(r, AR_F_wire_key, ar_str(p->wire));
	ar_set_i(r, AR_F_line, i + 1);
	ar_set_i(r, AR_F_lines, p->n);
	ar_set_raw(r, AR_F_system, p->system);
	ar_set_raw(r, AR_F_entity, p->entity);
	ar_set_raw(r, AR_F_kind, p->kind);
	ar_set_raw(r, AR_F_source, p->source);
	ar_set_raw(r, AR_F_customer, p->customer);
	ar_set_i(r, AR_F_date, p->date);
	ar_set_i(r, AR_F_currency, p->ccy);
	if (i == 0)
		ar_set_i(r, AR_F_receipt_amount, p->receipt);
	ar_set_raw(r, AR_F_state, ar_str(ar_post_state_name[p->state]));
	if (p->refusal)
		ar_set_raw(r, AR_F_refusal, ar_str(p->refusal));
	if (p->next)
		ar_set_raw(r, AR_F_next, ar_str(p->next));
	ar_set_raw(r, AR_F_superseded_by, p->superseded_by);
	ar_set_raw(r, AR_F_batch, p->batch);
	ar_set_raw(r, AR_F_system_id, p->system_id);
	ar_set_text(r, AR_F_message, p->message);
	ar_set_raw(r, AR_F_rule, p->rule);
	rec_line(p, &p->line[i], r);
}

static struct ar_str keep(const struct ar_rec *r, enum ar_f f, struct ar_arena *mem)
{
	struct ar_str s = ar_raw_text(r, f);

	return s.n ? ar_arena_str(mem, s) : s;
}

void ar_post_take(struct ar_post *p, const struct ar_rec *r, struct ar_arena *mem)
{
	struct ar_str key = ar_raw_text(r, AR_F_key), wire = ar_raw_text(r, AR_F_wire_key), *from;
	int64_t lines = ar_int(r, AR_F_lines, 1);

	memset(p, 0, sizeof *p);
	memcpy(p->key, key.p, key.n < AR_KEY_HEX ? key.n : AR_KEY_HEX);
	memcpy(p->wire, wire.p, wire.n < AR_KEY_WIRE ? wire.n : AR_KEY_WIRE);
	p->sequence = 1;
	p->entity = keep(r, AR_F_entity, mem);
	p->system = keep(r, AR_F_system, mem);
	p->kind = keep(r, AR_F_kind, mem);
	p->source = keep(r, AR_F_source, mem);
	p->customer = keep(r, AR_F_customer, mem);
	p->date = ar_day(r, AR_F_date);
	p->ccy = ar_currency(r, AR_F_currency);
	p->receipt = ar_minor(r, AR_F_receipt_amount);
	p->rule = keep(r, AR_F_rule, mem);
	p->approved_at = INT64_MIN;
	p->n = lines > 0 && lines < 1 << 20 ? (int)lines : 1;
	p->line = ar_arena_zero(mem, (size_t)p->n * sizeof *p->line);
	if (ar_list(r, AR_F_derived_from, &from) > 0)
		p->proposal = ar_arena_str(mem, from[0]);
}

void ar_post_take_line(struct ar_post *p, const struct ar_rec *r, struct ar_arena *mem)
{
	int64_t i = ar_int(r, AR_F_line, 0);
	struct ar_post_line *l;

	if (i < 1 || i > p->n)
		return;
	l = &p->line[i - 1];
	l->target = keep(r, AR_F_target, mem);
	l->amount = ar_minor(r, AR_F_amount);
	for (int c = 0; c < AR_CUTS; c++)
		l->cut[c] = ar_minor(r, ar_cut_field[c]);
	l->has_expected = ar_has(r, AR_F_expected_open);
	l->expected = ar_minor(r, AR_F_expected_open);
	l->has_seen = ar_has(r, AR_F_seen_open);
	l->seen = ar_minor(r, AR_F_seen_open);
	if (i > 1)
		return;
	p->state = (enum ar_post_state)ar_post_state_find(ar_raw_text(r, AR_F_state));
	p->batch = keep(r, AR_F_batch, mem);
	p->system_id = keep(r, AR_F_system_id, mem);
	p->message = ar_has(r, AR_F_message) ? ar_arena_str(mem, ar_text(r, AR_F_message)) : (struct ar_str){ 0 };
}

bool ar_post_id(struct ar_str id, struct ar_post_id *out)
{
	struct ar_str rest = ar_str_cut(id, '/', &out->entity), letter;

	if (!rest.p)
		return false;
	rest = ar_str_cut(rest, ':', &out->system);
	if (!rest.p)
		return false;
	out->key = ar_str_cut(rest, ':', &letter);
	if (!out->key.n || letter.n != 1)
		return false;
	out->letter = letter.p[0];
	return true;
}

static int hex_digit(char c)
{
	return ar_is_digit(c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

struct ar_str ar_post_own_key(struct ar_str key, struct ar_arena *mem)
{
	char *p = ar_arena_alloc(mem, key.n + 1);
	size_t n = ar_jstr_decode(key.p, key.n, p), to = 0;

	for (size_t i = 0; i < n; i++) {
		int hi = p[i] == '%' && i + 2 < n ? hex_digit(p[i + 1]) : -1;
		int lo = hi >= 0 ? hex_digit(p[i + 2]) : -1;

		if (lo >= 0)
			i += 2;
		p[to++] = lo >= 0 ? (char)(hi << 4 | lo) : p[i];
	}
	p[to] = '\0';
	return (struct ar_str){ p, to };
}
