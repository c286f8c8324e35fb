/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/report.h"

#include "ar/pivot.h"
#include "base/sort.h"

#include <stdlib.h>

enum { MASK = 1, CARDS = 2, DOWN = 4, COLUMNS = 16, ORDER = 6, GROUP = 4, SUMS = 4 };

/* A column of a list: a field of the record. */
struct field {
	const char *head;
	enum ar_f f;
	unsigned how;           /* MASK: a bank account. CARDS: free text. DOWN: sorted the other way */
	int widest;
};

/* What is shown of one type. Rows are sorted by `order` (columns, from 1), then by every column. */
struct section {
	const char *title;
	enum ar_t type;
	const struct field *field;
	int order[ORDER];
	enum ar_f group[GROUP], sum[SUMS];      /* of the table of sums, which also counts; AR_F_NONE ends them */
	bool csv;
};

struct kind {
	const char *name, *title;
	const struct section *section;
};

#define END { NULL, AR_F_NONE, 0, 0 }

static const struct field statement_fields[] = {
	{ "account", AR_F_account, MASK, 0 }, { "bank", AR_F_bank, 0, 12 }, { "number", AR_F_number, 0, 16 },
	{ "from", AR_F_period_start, 0, 0 }, { "to", AR_F_period_end, 0, 0 }, { "currency", AR_F_currency, 0, 0 },
	{ "opening", AR_F_opening, 0, 0 }, { "credits", AR_F_credits, 0, 0 }, { "debits", AR_F_debits, 0, 0 },
	{ "closing", AR_F_closing, 0, 0 }, { "lines", AR_F_lines, 0, 0 }, { "adds up", AR_F_balance_ok, 0, 0 },
	{ "follows", AR_F_chain_ok, 0, 0 }, { "complete", AR_F_complete, 0, 0 }, { "warnings", AR_F_warnings, CARDS, 60 }, END
};
static const struct field finding_fields[] = {
	{ "severity", AR_F_severity, 0, 0 }, { "code", AR_F_code, 0, 0 }, { "where", AR_F_src, 0, 32 }, { "message", AR_F_message, CARDS, 100 },
	{ "about", AR_F_about, CARDS, 32 }, END
};
static const struct field bank_line_fields[] = {
	{ "account", AR_F_account, MASK, 0 }, { "booked", AR_F_booked, 0, 0 }, { "value", AR_F_value, 0, 0 },
	{ "entry", AR_F_entry, 0, 0 }, { "tx", AR_F_tx, 0, 0 }, { "currency", AR_F_currency, 0, 0 }, { "amount", AR_F_amount, 0, 0 },
	{ "status", AR_F_status, 0, 0 }, { "role", AR_F_role, 0, 0 }, { "payer", AR_F_payer, CARDS, 28 },
	{ "from", AR_F_payer_account, MASK, 0 }, { "text", AR_F_text, CARDS, 44 }, { "warnings", AR_F_warnings, CARDS, 32 },
	{ "id", AR_F_id, 0, 24 }, END
};
static const struct field remittance_fields[] = {
	{ "date", AR_F_date, 0, 0 }, { "payer", AR_F_payer, CARDS, 28 }, { "from", AR_F_payer_account, MASK, 0 },
	{ "payment", AR_F_payment_reference, 0, 28 }, { "currency", AR_F_currency, 0, 0 }, { "amount", AR_F_amount, 0, 0 },
	{ "id", AR_F_id, 0, 24 }, END
};
static const struct field remittance_line_fields[] = {
	{ "remittance", AR_F_remittance, 0, 24 }, { "document", AR_F_document, 0, 24 }, { "kind", AR_F_document_kind, 0, 0 },
	{ "currency", AR_F_currency, 0, 0 }, { "gross", AR_F_gross, 0, 0 }, { "discount", AR_F_discount, 0, 0 },
	{ "adjustment", AR_F_adjustment, 0, 0 }, { "reason", AR_F_adjustment_reason, CARDS, 20 }, { "net", AR_F_net, 0, 0 },
	{ "memo", AR_F_memo, CARDS, 28 }, END
};
static const struct field match_fields[] = {
	{ "source", AR_F_source, 0, 28 }, { "line", AR_F_line, 0, 0 }, { "date", AR_F_date, 0, 0 }, { "decision", AR_F_decision, 0, 0 },
	{ "currency", AR_F_currency, 0, 0 }, { "received", AR_F_received, 0, 0 }, { "customer", AR_F_customer, 0, 24 },
	{ "target", AR_F_target, 0, 28 }, { "amount", AR_F_amount, 0, 0 }, { "discount", AR_F_discount, 0, 0 },
	{ "writeoff", AR_F_writeoff, 0, 0 }, { "on account", AR_F_on_account, 0, 0 }, { "residual", AR_F_residual, 0, 0 },
	{ "confidence", AR_F_confidence, 0, 0 }, { "rule", AR_F_rule, 0, 20 }, { "evidence", AR_F_evidence, CARDS, 40 }, END
};
static const struct field cash_fields[] = {
	{ "currency", AR_F_currency, 0, 0 }, { "by", AR_F_by, 0, 32 }, { "from", AR_F_period_start, 0, 0 }, { "to", AR_F_period_end, 0, 0 },
	{ "expected", AR_F_expected, 0, 0 }, { "came", AR_F_actual, 0, 0 }, { "low 80%", AR_F_low_80, 0, 0 }, { "high 80%", AR_F_high_80, 0, 0 },
	{ "low 90%", AR_F_low_90, 0, 0 }, { "high 90%", AR_F_high_90, 0, 0 }, { "already open", AR_F_already_open, 0, 0 },
	{ "new billing", AR_F_new_billing, 0, 0 }, { "naive", AR_F_naive, 0, 0 }, END
};
static const struct field forecast_fields[] = {
	{ "customer", AR_F_customer, 0, 28 }, { "id", AR_F_id, 0, 28 }, { "currency", AR_F_currency, 0, 0 }, { "open", AR_F_open, 0, 0 },
	{ "due", AR_F_due, 0, 0 }, { "10%", AR_F_p10, 0, 0 }, { "50%", AR_F_p50, 0, 0 }, { "90%", AR_F_p90, 0, 0 },
	{ "7 days", AR_F_paid_7, 0, 0 }, { "30 days", AR_F_paid_30, 0, 0 }, { "late", AR_F_days_late, 0, 0 },
	{ "why", AR_F_reasons, CARDS, 110 }, END
};
static const struct field notice_fields[] = {
	{ "level", AR_F_level, DOWN, 0 }, { "customer", AR_F_customer, 0, 32 }, { "date", AR_F_date, 0, 0 }, { "currency", AR_F_currency, 0, 0 },
	{ "amount", AR_F_amount, 0, 0 }, { "fees", AR_F_fees, 0, 0 }, { "interest", AR_F_interest, 0, 0 }, { "total", AR_F_total, 0, 0 },
	{ "pay by", AR_F_due_by, 0, 0 }, { "channel", AR_F_channel, 0, 0 }, { "language", AR_F_language, 0, 0 }, { "state", AR_F_state, 0, 0 },
	{ "id", AR_F_id, 0, 32 }, END
};
static const struct field posting_fields[] = {
	{ "state", AR_F_state, 0, 0 }, { "kind", AR_F_kind, 0, 0 }, { "key", AR_F_wire_key, 0, 0 }, { "line", AR_F_line, 0, 0 },
	{ "date", AR_F_date, 0, 0 }, { "customer", AR_F_customer, 0, 28 }, { "source", AR_F_source, 0, 28 }, { "target", AR_F_target, 0, 28 },
	{ "currency", AR_F_currency, 0, 0 }, { "amount", AR_F_amount, 0, 0 }, { "discount", AR_F_discount, 0, 0 },
	{ "writeoff", AR_F_writeoff, 0, 0 }, { "refusal", AR_F_refusal, 0, 0 }, { "message", AR_F_message, CARDS, 40 },
	{ "document", AR_F_system_id, 0, 0 }, END
};
static const struct field reject_fields[] = {
	{ "code", AR_F_code, 0, 0 }, { "input", AR_F_input, 0, 28 }, { "record", AR_F_record, 0, 0 }, { "field", AR_F_field, 0, 20 },
	{ "value", AR_F_value, CARDS, 28 }, { "message", AR_F_message, CARDS, 60 }, { "advice", AR_F_advice, 0, 60 },
	{ "tool", AR_F_tool, 0, 0 }, END
};
static const struct field kpi_fields[] = {
	{ "name", AR_F_name, 0, 0 }, { "by", AR_F_by, 0, 32 }, { "as of", AR_F_as_of, 0, 0 }, { "from", AR_F_period_start, 0, 0 },
	{ "to", AR_F_period_end, 0, 0 }, { "currency", AR_F_currency, 0, 0 }, { "amount", AR_F_amount, 0, 0 }, { "ratio", AR_F_ratio, 0, 0 },
	{ "days", AR_F_days, 0, 0 }, { "count", AR_F_count, 0, 0 }, { "undefined", AR_F_undefined, 0, 32 }, { "formula", AR_F_formula, 0, 60 }, END
};

#define NO { NULL, AR_T_COUNT, NULL, { 0 }, { 0 }, { 0 }, false }
static const struct section aging_sections[] = { NO };
static const struct section statements_sections[] = {
	{ "Statements", AR_T_statement, statement_fields, { 1, 6, 4, 3 }, { 0 }, { 0 }, false },
	{ "Findings", AR_T_finding, finding_fields, { 3, 2 }, { 0 }, { 0 }, false },
	{ "Lines", AR_T_bank_line, bank_line_fields, { 1, 2, 4, 5 }, { 0 }, { 0 }, true },
	{ "Remittances", AR_T_remittance, remittance_fields, { 1, 2 }, { 0 }, { 0 }, false },
	{ "Documents of remittances", AR_T_remittance_line, remittance_line_fields, { 1, 2 }, { 0 }, { 0 }, false }, NO
};
static const struct section matches_sections[] = {
	{ "Lines", AR_T_match, match_fields, { 1, 2 }, { AR_F_decision, AR_F_currency },
	  { AR_F_received, AR_F_amount, AR_F_discount, AR_F_writeoff }, true }, NO
};
static const struct section cash_sections[] = {
	{ "Periods", AR_T_cash, cash_fields, { 1, 2, 3 }, { 0 }, { 0 }, true }, NO
};
static const struct section forecasts_sections[] = {
	{ "Items", AR_T_forecast, forecast_fields, { 7, 1 }, { AR_F_currency }, { AR_F_open }, true }, NO
};
static const struct section notices_sections[] = {
	{ "Notices", AR_T_notice, notice_fields, { 1, 2, 4 }, { AR_F_level, AR_F_currency },
	  { AR_F_amount, AR_F_fees, AR_F_interest, AR_F_total }, true }, NO
};
static const struct section postings_sections[] = {
	{ "Lines", AR_T_posting, posting_fields, { 1, 2, 3, 4 }, { AR_F_state, AR_F_kind, AR_F_currency },
	  { AR_F_amount, AR_F_discount, AR_F_writeoff }, true }, NO
};
static const struct section rejects_sections[] = {
	{ "Records", AR_T_reject, reject_fields, { 1, 2, 3 }, { AR_F_code, AR_F_tool, AR_F_message }, { 0 }, true }, NO
};
static const struct section kpis_sections[] = {
	{ "Figures", AR_T_kpi, kpi_fields, { 1, 2, 3 }, { 0 }, { 0 }, true }, NO
};

static const struct kind kinds[] = {
#define ROW(name, title, doc) { #name, title, name##_sections },
	AR_REPORTS(ROW)
#undef ROW
	{ NULL, NULL, NULL }
};

enum { SECTIONS = 5 };

struct value { struct ar_str text; int64_t number; unsigned flags; };   /* number: of what is sorted as one */

struct rows {
	struct value *v;
	size_t n, cap;
	struct ar_tab group;            /* key -> row of sums */
	struct value *label;            /* GROUP each */
	int64_t *count, *sum;           /* SUMS each */
	bool *summed;
	size_t group_cap;
};

struct ar_report {
	const struct kind *kind;
	struct ar_arena mem;
	struct rows rows[SECTIONS];
	struct ar_pivot items, totals;
	bool any_total;
};

struct ar_report *ar_report_new(struct ar_str name)
{
	for (const struct kind *k = kinds; k->name; k++)
		if (ar_streqz(name, k->name)) {
			struct ar_report *r = ar_calloc(1, sizeof *r);

			r->kind = k;
			return r;
		}
	return NULL;
}

void ar_report_free(struct ar_report *r)
{
	if (!r)
		return;
	for (int i = 0; i < SECTIONS; i++) {
		struct rows *w = &r->rows[i];

		free(w->v);
		free(w->label);
		free(w->count);
		free(w->sum);
		free(w->summed);
		ar_tab_release(&w->group);
	}
	ar_pivot_release(&r->items);
	ar_pivot_release(&r->totals);
	ar_arena_release(&r->mem);
	free(r);
}

const char *ar_report_title(const struct ar_report *r) { return r->kind->title; }

struct ar_str ar_mask_account(struct ar_arena *mem, struct ar_str s)
{
	bool country = s.n > 8 && ar_is_upper(s.p[0]) && ar_is_upper(s.p[1]) && ar_is_digit(s.p[2]);
	size_t from = s.n;

	if (s.n < 8)
		return s.n ? AR_STR("****") : s;
	for (int i = 0; i < 4; i++)     /* four characters, not bytes */
		do
			from--;
		while (from && (s.p[from] & 0xC0) == 0x80);
	return ar_str(ar_arena_fmt(mem, "%.*s****%.*s", country ? 2 : 0, s.p, (int)(s.n - from), s.p + from));
}

static bool luhn(const char *p, size_t n)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned d = (unsigned)(p[n - 1 - i] - '0') << (i & 1);

		sum += d > 9 ? d - 9 : d;
	}
	return sum % 10 == 0;
}

struct ar_str ar_mask_cards(struct ar_arena *mem, struct ar_str s)
{
	char *copy = NULL;

	for (size_t i = 0; i < s.n; ) {
		size_t n = 0;

		while (i + n < s.n && ar_is_digit(s.p[i + n]))
			n++;
		if (n >= 13 && n <= 19 && s.p[i] >= '2' && s.p[i] <= '6' && (!i || !ar_is_alpha(s.p[i - 1])) && luhn(s.p + i, n)) {
			if (!copy)
				s.p = copy = ar_arena_dup(mem, s.p, s.n);
			memset(copy + i, '*', n - 4);
		}
		i += n + 1;
	}
	return s;
}

static struct ar_str joined(struct ar_report *r, const struct ar_rec *rec, enum ar_f f)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str *s, out;
	int n = ar_list(rec, f, &s);

	for (int i = 0; i < n; i++) {
		if (i)
			ar_buf_puts(&b, ", ");
		ar_buf_str(&b, s[i]);
	}
	out = ar_arena_str(&r->mem, ar_buf_slice(&b));
	ar_buf_release(&b);
	return out;
}

static struct ar_str digits(struct ar_report *r, const char *p, int n) { return ar_arena_str(&r->mem, (struct ar_str){ p, (size_t)n }); }

static struct value value_of(struct ar_report *r, const struct ar_rec *rec, enum ar_f f, unsigned how)
{
	const struct ar_field *fd = ar_field_of(rec->type, f);
	struct value v = { { "", 0 }, 0, 0 };
	char z[AR_MONEY_TEXT];
	int64_t i;

	if (!fd || !ar_has(rec, f))
		return v;
	i = rec->v[f].i;
	switch ((enum ar_kind)fd->kind) {
	case AR_MONEY:
		v.text = digits(r, z, ar_money_put(z, i, ar_ccy[rec->v[fd->ccy].i].digits));
		v.flags = AR_CELL_NUMBER | (i < 0 ? AR_CELL_RED : 0);
		v.number = i;
		return v;
	case AR_INT:
		v.text = ar_str(ar_arena_fmt(&r->mem, "%lld", (long long)i));
		v.flags = AR_CELL_NUMBER;
		v.number = i;
		return v;
	case AR_BOOL:
		v.text = i ? AR_STR("yes") : AR_STR("NO");
		v.flags = i ? 0 : AR_CELL_RED | AR_CELL_BOLD;
		return v;
	case AR_CCY:
		v.text = ar_str(ar_ccy[i].code);
		return v;
	case AR_DATE:
		ar_date_put(z, (ar_date)i);
		v.text = digits(r, z, 10);
		return v;
	case AR_TIME:
		ar_time_put(z, i);
		v.text = digits(r, z, 20);
		return v;
	case AR_LIST:
		v.text = joined(r, rec, f);
		break;
	case AR_RATE:
		v.flags = AR_CELL_NUMBER;
		v.text = ar_arena_str(&r->mem, ar_text(rec, f));
		return v;
	case AR_ID:
	case AR_TEXT:
	case AR_CODE:
		v.text = ar_arena_str(&r->mem, ar_text(rec, f));
		break;
	}
	if (how & MASK)
		v.text = ar_mask_account(&r->mem, v.text);
	else if (how & CARDS)
		v.text = ar_mask_cards(&r->mem, v.text);
	return v;
}

static int sum_row(struct ar_report *r, struct rows *w, const struct section *s, const struct ar_rec *rec, struct ar_err *e)
{
	struct value label[GROUP] = { { { "", 0 }, 0, 0 } };
	struct ar_buf key = AR_BUF_INIT;
	bool fresh;
	uint32_t k;

	for (int i = 0; i < GROUP && s->group[i]; i++) {
		label[i] = value_of(r, rec, s->group[i], CARDS);
		ar_buf_str(&key, label[i].text);
		ar_buf_c(&key, '\0');
	}
	k = ar_tab_add(&w->group, ar_buf_slice(&key), &fresh);
	ar_buf_release(&key);
	if (k >= w->group_cap) {
		w->group_cap = w->group_cap ? w->group_cap * 2 : 32;
		w->label = ar_realloc(w->label, w->group_cap * GROUP * sizeof *w->label);
		w->count = ar_realloc(w->count, w->group_cap * sizeof *w->count);
		w->sum = ar_realloc(w->sum, w->group_cap * SUMS * sizeof *w->sum);
		w->summed = ar_realloc(w->summed, w->group_cap * SUMS * sizeof *w->summed);
	}
	if (fresh) {
		memcpy(w->label + k * GROUP, label, sizeof label);
		memset(w->sum + k * SUMS, 0, SUMS * sizeof *w->sum);
		memset(w->summed + k * SUMS, 0, SUMS * sizeof *w->summed);
		w->count[k] = 0;
	}
	w->count[k]++;
	for (int i = 0; i < SUMS && s->sum[i]; i++) {
		if (!ar_has(rec, s->sum[i]))
			continue;
		w->summed[k * SUMS + (size_t)i] = true;
		if (!ar_add(w->sum[k * SUMS + (size_t)i], ar_minor(rec, s->sum[i]), &w->sum[k * SUMS + (size_t)i]))
			return ar_err(e, AR_DAMAGED, "sum_large", "the sum of the amounts is too large to be counted in minor units");
	}
	return 0;
}

static int columns(const struct section *s)
{
	int n = 0;

	while (s->field[n].head)
		n++;
	ar_assert(n <= COLUMNS);
	return n;
}

static int add_row(struct ar_report *r, struct rows *w, const struct section *s, const struct ar_rec *rec, struct ar_err *e)
{
	size_t n = (size_t)columns(s);
	struct value *v;

	if (w->n == w->cap) {
		w->cap = w->cap ? w->cap * 2 : 256;
		w->v = ar_realloc(w->v, w->cap * n * sizeof *w->v);
	}
	v = w->v + w->n++ * n;
	for (size_t i = 0; i < n; i++)
		v[i] = value_of(r, rec, s->field[i].f, s->field[i].how);
	return s->group[0] ? sum_row(r, w, s, rec, e) : 0;
}

static int add_aging(struct ar_report *r, const struct ar_rec *rec, struct ar_err *e)
{
	struct ar_str label[AR_PIVOT_LABELS] = { { NULL, 0 } };
	struct ar_str bucket = ar_text(rec, AR_F_bucket);
	struct ar_pivot_row *row;

	if (rec->type == AR_T_aging) {
		label[0] = ar_text(rec, AR_F_entity);
		label[1] = ar_text(rec, AR_F_customer);
		label[2] = ar_text(rec, AR_F_customer_name);
		row = ar_pivot_row(&r->items, label, 2, ar_currency(rec, AR_F_currency));
		return ar_pivot_add(&r->items, row, bucket, 1, ar_minor(rec, AR_F_open), e) < 0 ? -1 : 1;
	}
	r->any_total = true;
	if (ar_streqz(bucket, "total"))         /* we add the buckets up ourselves */
		return 1;
	label[0] = joined(r, rec, AR_F_by);
	if (ar_has(rec, AR_F_base_currency))
		label[1] = ar_str(ar_ccy[ar_currency(rec, AR_F_base_currency)].code);
	row = ar_pivot_row(&r->totals, label, 2, ar_currency(rec, AR_F_currency));
	return ar_pivot_add(&r->totals, row, bucket, ar_int(rec, AR_F_items, 0), ar_minor(rec, AR_F_open), e) < 0 ? -1 : 1;
}

int ar_report_add(struct ar_report *r, const struct ar_rec *rec, struct ar_err *e)
{
	if (r->kind->section == aging_sections)
		return rec->type == AR_T_aging || rec->type == AR_T_aging_total ? add_aging(r, rec, e) : 0;
	/* other candidates of a payment take nothing: they are not part of what is proposed */
	if (rec->type == AR_T_match && ar_int(rec, AR_F_rank, 1) > 1 && !ar_has(rec, AR_F_approved_by))
		return 0;
	for (int i = 0; r->kind->section[i].title; i++)
		if (rec->type == r->kind->section[i].type)
			return add_row(r, &r->rows[i], &r->kind->section[i], rec, e) < 0 ? -1 : 1;
	return 0;
}

/* Items of each currency against the totals that have no dimension. */
static bool totals_fit(const struct ar_report *r)
{
	ar_wide *sum = ar_calloc((size_t)ar_ccy_count, sizeof *sum);
	bool plain = false, fit = true;

	for (uint32_t i = 0; i < r->totals.key.n; i++)
		if (!r->totals.row[i].label[0].n) {
			plain = true;
			sum[r->totals.row[i].ccy] += r->totals.row[i].total;
		}
	for (uint32_t i = 0; i < r->items.key.n; i++)
		sum[r->items.row[i].ccy] -= r->items.row[i].total;
	for (int c = 0; c < ar_ccy_count; c++)
		fit &= sum[c] == 0;
	free(sum);
	return fit || !plain || !r->items.key.n;
}

/* Without totals in the stream: one row a currency. */
static void make_totals(struct ar_report *r)
{
	const struct ar_str label[AR_PIVOT_LABELS] = { { NULL, 0 } };
	struct ar_err e = { 0 };

	for (uint32_t i = 0; i < r->items.key.n; i++) {
		const struct ar_pivot_row *from = &r->items.row[i];

		for (uint32_t k = 0; k < r->items.bucket.n; k++)
			if (from->has >> k & 1)
				ar_pivot_add(&r->totals, ar_pivot_row(&r->totals, label, 2, from->ccy), r->items.bucket.key[k], 0,
				             from->sum[k], &e);
		ar_pivot_row(&r->totals, label, 2, from->ccy)->items += from->items;
	}
}

const char *ar_report_close(struct ar_report *r)
{
	if (r->kind->section != aging_sections)
		return NULL;
	if (!r->any_total)
		make_totals(r);
	else if (!totals_fit(r))
		return "the items do not add up to the totals: some were left out, or come from another run";
	return NULL;
}

struct order { const struct section *s; const struct value *v; int n; };

static int by_columns(const void *a, const void *b, void *ctx)
{
	const struct order *o = ctx;
	const struct value *x = o->v + *(const size_t *)a * (size_t)o->n, *y = o->v + *(const size_t *)b * (size_t)o->n;

	for (int i = 0; i < ORDER + o->n; i++) {
		int k = i < ORDER ? o->s->order[i] - 1 : i - ORDER, c;

		if (k < 0)
			continue;
		c = x[k].number != y[k].number ? (x[k].number < y[k].number ? -1 : 1) : ar_str_cmp(x[k].text, y[k].text);
		if (c)
			return o->s->field[k].how & DOWN ? -c : c;
	}
	return 0;
}

/* exact: headings are the fields' names */
static void list_table(struct ar_report *r, const struct rows *w, const struct section *s, bool exact, struct ar_table *t)
{
	int n = columns(s);
	struct ar_column *col = ar_arena_zero(&r->mem, (size_t)n * sizeof *col);
	size_t *at = ar_malloc(w->n * sizeof *at);
	struct order o = { s, w->v, n };

	for (int i = 0; i < n; i++) {
		enum ar_kind k = (enum ar_kind)ar_field_of(s->type, s->field[i].f)->kind;

		col[i].head = ar_str(exact ? ar_field_name[s->field[i].f] : s->field[i].head);
		col[i].widest = s->field[i].widest;
		col[i].flags = k == AR_MONEY || k == AR_INT || k == AR_RATE ? AR_CELL_NUMBER : 0;
	}
	for (size_t i = 0; i < w->n; i++)
		at[i] = i;
	ar_sort(at, w->n, sizeof *at, by_columns, &o);
	ar_table_init(t, &r->mem, col, n);
	for (size_t i = 0; i < w->n; i++) {
		struct ar_cell_text *c = ar_table_row(t);

		for (int k = 0; k < n; k++)
			c[k] = (struct ar_cell_text){ w->v[at[i] * (size_t)n + (size_t)k].text, w->v[at[i] * (size_t)n + (size_t)k].flags };
	}
	free(at);
}

static int by_label(const void *a, const void *b, void *ctx)
{
	const struct value *label = ctx, *x = label + *(const uint32_t *)a * GROUP, *y = label + *(const uint32_t *)b * GROUP;

	for (int i = 0; i < GROUP; i++) {
		int c = x[i].number != y[i].number ? (x[i].number < y[i].number ? -1 : 1) : ar_str_cmp(x[i].text, y[i].text);

		if (c)
			return c;
	}
	return 0;
}

static void sums_table(struct ar_report *r, const struct rows *w, const struct section *s, struct ar_table *t)
{
	struct ar_column *col = ar_arena_zero(&r->mem, (GROUP + 1 + SUMS) * sizeof *col);
	uint32_t *at = ar_arena_alloc(&r->mem, (w->group.n + 1) * sizeof *at);
	int ng = 0, ns = 0, ccy = -1;

	for (; ng < GROUP && s->group[ng]; ng++) {
		col[ng].head = ar_str(ar_field_name[s->group[ng]]);
		ccy = s->group[ng] == AR_F_currency ? ng : ccy;
	}
	col[ng] = (struct ar_column){ AR_STR("count"), AR_CELL_NUMBER, 0 };
	for (; ns < SUMS && s->sum[ns]; ns++)
		col[ng + 1 + ns] = (struct ar_column){ ar_str(ar_field_name[s->sum[ns]]), AR_CELL_NUMBER, 0 };
	ar_assert(!ns || ccy >= 0);             /* amounts are summed by currency only */
	for (uint32_t i = 0; i < w->group.n; i++)
		at[i] = i;
	ar_sort(at, w->group.n, sizeof *at, by_label, w->label);
	ar_table_init(t, &r->mem, col, ng + 1 + ns);
	for (uint32_t i = 0; i < w->group.n; i++) {
		struct ar_cell_text *c = ar_table_row(t);
		const struct value *label = w->label + at[i] * GROUP;
		char z[AR_MONEY_TEXT];

		for (int k = 0; k < ng; k++)
			c[k] = (struct ar_cell_text){ label[k].text, label[k].flags };
		c[ng] = (struct ar_cell_text){ ar_str(ar_arena_fmt(&r->mem, "%lld", (long long)w->count[at[i]])), AR_CELL_NUMBER };
		for (int k = 0; k < ns; k++) {
			int64_t v = w->sum[at[i] * SUMS + (size_t)k];

			if (w->summed[at[i] * SUMS + (size_t)k])
				c[ng + 1 + k] = (struct ar_cell_text){
					digits(r, z, ar_money_put(z, v, ar_ccy[ar_ccy_find(label[ccy].text)].digits)),
					AR_CELL_NUMBER | (v < 0 ? AR_CELL_RED : 0) };
		}
	}
}

static void put_table(struct ar_table *t, const char *title, size_t rows, bool color, struct ar_buf *b)
{
	if (t->nrow) {
		ar_buf_fmt(b, "\n%s\n\n", title);
		ar_table_text(t, rows, color, b);
	}
	ar_table_release(t);
}

static const char *const total_heads[] = { "by", "base currency" };
static const char *const item_heads[] = { "entity", "customer", "name" };

/* brief: the sums alone, or the list where there are no sums */
void ar_report_text(struct ar_report *r, size_t rows, bool brief, bool color, struct ar_buf *b)
{
	struct ar_table t;

	if (r->kind->section == aging_sections) {
		ar_pivot_table(&r->totals, total_heads, 2, &t);
		put_table(&t, "Totals", 0, color, b);
		if (!brief) {
			ar_pivot_table(&r->items, item_heads, 3, &t);
			put_table(&t, "By entity, customer and currency", rows, color, b);
		}
		return;
	}
	for (int i = 0; r->kind->section[i].title; i++) {
		const struct section *s = &r->kind->section[i];

		if (s->group[0]) {
			sums_table(r, &r->rows[i], s, &t);
			put_table(&t, "Sums", 0, color, b);
			if (brief)
				continue;
		}
		list_table(r, &r->rows[i], s, false, &t);
		put_table(&t, s->title, rows, color, b);
	}
}

void ar_report_csv(struct ar_report *r, bool sheet, struct ar_buf *b)
{
	struct ar_table t;

	if (r->kind->section == aging_sections) {
		if (r->items.key.n)
			ar_pivot_table(&r->items, item_heads, 3, &t);
		else
			ar_pivot_table(&r->totals, total_heads, 2, &t);
		ar_table_csv(&t, sheet, b);
		ar_table_release(&t);
		return;
	}
	for (int i = 0; r->kind->section[i].title; i++)
		if (r->kind->section[i].csv) {
			list_table(r, &r->rows[i], &r->kind->section[i], true, &t);
			ar_table_csv(&t, sheet, b);
			ar_table_release(&t);
		}
}
