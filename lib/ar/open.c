/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/open.h"

#include "base/index.h"
#include "base/sort.h"

#include <stdlib.h>

#define NONE UINT32_MAX
#define PACKED __attribute__((packed, aligned(4)))

enum { KEEP_MAX = 48 };
#define NO_OPEN INT64_MIN

/* Anything an application or reversal may name: found by the hash of its id; doc NONE until the document itself comes. */
struct node { struct ar_key key; uint32_t doc; } PACKED;

enum { D_REVERSED = 1, D_BACKFILLED = 2, D_SNAPSHOT = 4, D_HAS_BASE = 8, D_REFUND_LINKED = 32,
	D_RETENTION = 64, D_DEPOSIT = 128 };

struct doc {
	int64_t amount;
	uint32_t recorded;
	ar_date issued, posting, due;
	uint32_t cust, more;
	uint16_t ccy, entity, extract;
	int16_t base;
	uint8_t type, flags;
} PACKED;

/* What few documents have, or only the full mode keeps. Index 0 is not used. */
struct more {
	int64_t amount_base, open_base;
	int64_t open;                   /* the source's own, full mode; NO_OPEN = it says none */
	ar_date delivered, reversed;
	uint32_t source;                /* node of a refund's source */
	uint64_t line_hash;             /* to tell two versions with one `recorded` apart */
	struct ar_str id;
	struct ar_val *keep;            /* nkeep of them; p NULL and n = 1: a number in i; n = 0: absent */
};

enum { E_APPLICATION, E_ADJUSTMENT };

struct event {
	struct ar_key key;
	int64_t fall;                   /* off the target; an adjustment: minus its amount */
	uint32_t recorded, target, source, more;   /* target, source: nodes */
	ar_date date;
	uint8_t kind, date_is, flags, pad;
} PACKED;
enum { V_BACKFILLED = 1 };

struct event_more {                     /* index 0 is not used */
	int64_t source_amount, base, source_base;
	bool has_source_amount, has_base, has_source_base;
	ar_date reversed;
	int64_t done[2];                /* while walking: base effect on target and source, for the reversal */
};

/* An event that was read but not yet looked up: several are, together, so that their cache misses are waited for at once. */
struct waiting {
	struct event v;
	struct ar_key target, source;
	struct event_more more;
	bool has_more, has_source;
};
enum { WAITING = 16 };

struct undo { struct ar_hash128 id, what; ar_date date; uint32_t recorded; };
struct dispute { struct ar_hash128 id; uint32_t item /* node; from close on document */; int64_t amount; ar_date opened, closed; uint32_t recorded; };
struct extract { ar_date as_of, since; bool seen, none; };
struct cust { uint64_t hash; uint32_t recorded; bool seen, backfilled; struct ar_val *keep; struct ar_str name; };

struct step { uint32_t event; ar_date date; uint8_t side; bool undo; };   /* side: 0 target, 1 source, 2 document reversed, 3 refund */

struct ar_open {
	struct ar_open_params p;
	uint32_t known;                 /* p.known_at, clamped */
	struct ar_open_facts facts;
	struct ar_arena mem;
	enum ar_f keep[KEEP_MAX], ckeep[KEEP_MAX];
	int nkeep, nckeep;
	struct node *node;
	struct ar_index nodes, events;
	struct doc *doc;
	uint32_t ndoc, cdoc, copen, cnode;
	int64_t *open;                  /* per document: the source's own open until close, then ours, signed */
	struct more *more;
	uint32_t nmore, cmore;
	struct event *ev;
	uint32_t nev, cev;
	struct event_more *em;
	uint32_t nem, cem;
	struct waiting waiting[WAITING];
	int nwaiting;
	struct undo *undo;
	uint32_t nundo, cundo;
	struct dispute *disp;
	uint32_t ndisp, cdisp;
	struct ar_tab cust_id, entity, extract_id;
	struct cust *cust;
	uint32_t ccust;
	struct extract *extract;
	uint32_t cextract;
	/* after close */
	struct ar_item *item;
	uint32_t nitem;
	uint32_t *item_of;              /* document -> item */
	struct ar_event *out;
	size_t *out_at;
	uint32_t *step_at;
	struct step *step;
};

static const char *const date_is_name[] = { "own", "source", "later", "clearing", "first_seen" };

#define GROW(p, n, cap) do { \
		if ((n) == (cap)) { \
			ar_assert((cap) < UINT32_MAX / 4); \
			(cap) = (cap) ? (cap) + (cap) / 2 + 16 : 256; \
			(p) = ar_realloc((p), (size_t)(cap) * sizeof *(p)); \
		} \
	} while (0)

struct ar_open *ar_open_new(const struct ar_open_params *p)
{
	struct ar_open *o = ar_calloc(1, sizeof *o);

	o->p = *p;
	o->known = p->known_at >= UINT32_MAX ? UINT32_MAX : p->known_at < 0 ? 0 : (uint32_t)p->known_at;
	o->facts.newest = AR_DATE_NONE;
	o->nmore = o->nem = 1;
	o->cmore = o->cem = 16;
	o->more = ar_calloc(o->cmore, sizeof *o->more);
	o->em = ar_calloc(o->cem, sizeof *o->em);
	ar_tab_add(&o->extract_id, AR_STR(""), NULL);           /* 0: no extract named */
	o->cextract = 16;
	o->extract = ar_calloc(o->cextract, sizeof *o->extract);
	if (!p->light)
		ar_open_keep(o, AR_F_number);
	return o;
}

void ar_open_keep(struct ar_open *o, enum ar_f f)
{
	for (int i = 0; i < o->nkeep; i++)
		if (o->keep[i] == f)
			return;
	ar_assert(o->nkeep < KEEP_MAX && !o->ndoc);
	o->keep[o->nkeep++] = f;
}

void ar_open_keep_customer(struct ar_open *o, enum ar_f f)
{
	for (int i = 0; i < o->nckeep; i++)
		if (o->ckeep[i] == f)
			return;
	ar_assert(o->nckeep < KEEP_MAX && !o->ccust);
	o->ckeep[o->nckeep++] = f;
}

/* ---- tables of hashed ids ---- */

static uint32_t node_of_key(struct ar_open *o, struct ar_key key)
{
	uint32_t at = 0, k = ar_index_find(&o->nodes, o->node, sizeof *o->node, key, &at);

	if (k != NONE)
		return k;
	GROW(o->node, o->nodes.n, o->cnode);
	ar_index_room(&o->nodes, o->node, sizeof *o->node, key, &at);
	o->node[o->nodes.n] = (struct node){ key, NONE };
	ar_index_put(&o->nodes, key, at);
	return o->nodes.n - 1;
}

static struct ar_hash128 hash_of(const struct ar_rec *r, enum ar_f f)
{
	return ar_hash128(r->v[f].p, r->v[f].n);
}

static uint32_t node_of(struct ar_open *o, const struct ar_rec *r, enum ar_f f)
{
	return node_of_key(o, ar_key(hash_of(r, f)));
}

/* ---- which of two versions counts ---- */

static uint32_t seconds(const struct ar_rec *r, enum ar_f f)
{
	int64_t t = ar_int(r, f, 0);

	return t < 0 ? 0 : t > UINT32_MAX ? UINT32_MAX : (uint32_t)t;
}

/* May this version count at known-at? 1 yes, 0 no, 2: only because it was created by then (backfilled). */
static int knowable(const struct ar_open *o, const struct ar_rec *r)
{
	uint32_t rec = seconds(r, AR_F_recorded);

	if (rec <= o->known)
		return 1;
	return ar_has(r, AR_F_created) && seconds(r, AR_F_created) <= o->known ? 2 : 0;
}

/*
 * Does the new version replace the old one? A version known in time beats a backfilled one; of those known in time the later counts, of
 * backfilled ones the earlier; at equal moments the greater hash of the line, so that the order of input cannot show.
 */
static bool replaces(bool new_back, uint32_t new_rec, uint64_t new_hash, bool old_back, uint32_t old_rec, uint64_t old_hash)
{
	if (new_back != old_back)
		return old_back;
	if (new_rec != old_rec)
		return new_back ? new_rec < old_rec : new_rec > old_rec;
	return new_hash > old_hash;
}

/* A hash of what the record says, without where it was found. */
static uint64_t content_hash(const struct ar_rec *r)
{
	const struct ar_type *t = &ar_types[r->type];
	uint64_t h = 0;

	for (int i = 0; i < t->n; i++) {
		enum ar_f f = t->field[i].f;
		uint64_t k[3];

		if (!ar_has(r, f) || f == AR_F_src || f == AR_F_extract)
			continue;
		k[0] = h;
		k[1] = (uint64_t)f;
		k[2] = r->v[f].p ? ar_hash64(r->v[f].p, r->v[f].n) : (uint64_t)r->v[f].i;
		h = ar_hash64((const char *)k, sizeof k);
	}
	return h;
}

/* ---- taking records ---- */

static uint32_t customer(struct ar_open *o, struct ar_str id)
{
	bool fresh;
	uint32_t c;

	if (!id.n)
		return AR_OPEN_NOBODY;
	c = ar_tab_add(&o->cust_id, id, &fresh);
	if (fresh) {
		GROW(o->cust, c, o->ccust);
		memset(&o->cust[c], 0, sizeof o->cust[c]);
	}
	return c;
}

static struct ar_val *keep_values(struct ar_open *o, const struct ar_rec *r, const enum ar_f *keep, int n)
{
	struct ar_val *v = ar_arena_zero(&o->mem, (size_t)(n ? n : 1) * sizeof *v);

	for (int i = 0; i < n; i++) {
		const struct ar_field *fd = ar_field_of(r->type, keep[i]);

		if (!fd || !ar_has(r, keep[i]))
			continue;
		switch ((enum ar_kind)fd->kind) {
		case AR_MONEY: case AR_DATE: case AR_TIME: case AR_INT: case AR_BOOL: case AR_CCY:
			v[i] = (struct ar_val){ .n = 1, .i = r->v[keep[i]].i };
			break;
		case AR_ID: case AR_TEXT: case AR_CODE: case AR_RATE: case AR_LIST:
			v[i] = r->v[keep[i]];
			v[i].p = ar_arena_dup(&o->mem, v[i].p, v[i].n);
			break;
		}
	}
	return v;
}

static uint32_t new_more(struct ar_open *o)
{
	GROW(o->more, o->nmore, o->cmore);
	o->more[o->nmore] = (struct more){ .delivered = AR_DATE_NONE, .reversed = AR_DATE_NONE, .source = NONE };
	return o->nmore++;
}

static uint16_t small_index(struct ar_tab *t, struct ar_str s)
{
	uint32_t k = ar_tab_add(t, s, NULL);

	ar_assert(k < UINT16_MAX);
	return (uint16_t)k;
}

static uint16_t extract_of(struct ar_open *o, struct ar_str id)
{
	uint16_t k = small_index(&o->extract_id, id);

	while (k >= o->cextract) {
		o->extract = ar_realloc(o->extract, (size_t)o->cextract * 2 * sizeof *o->extract);
		memset(o->extract + o->cextract, 0, o->cextract * sizeof *o->extract);
		o->cextract *= 2;
	}
	return k;
}

static bool has_base(const struct ar_rec *r, int ccy)
{
	return (ar_has(r, AR_F_amount_base) || (ar_has(r, AR_F_open_base) && !ar_has(r, AR_F_amount)))
		&& ar_currency(r, AR_F_base_currency) != ccy;
}

static bool draft(const struct ar_rec *r)
{
	return ar_streqz(ar_raw_text(r, AR_F_status), "draft");
}

static void fill_more(struct ar_open *o, struct doc *d, const struct ar_rec *r)
{
	uint32_t source = r->type == AR_T_refund ? node_of(o, r, AR_F_source) : NONE;
	struct more *m;

	if (!d->more)
		d->more = new_more(o);
	m = &o->more[d->more];
	m->amount_base = ar_minor(r, AR_F_amount_base);
	m->open_base = ar_minor(r, AR_F_open_base);
	m->delivered = ar_day(r, AR_F_delivered);
	m->source = source;
	if (o->p.light)
		return;
	m->line_hash = content_hash(r);
	if (!m->id.p)
		m->id = ar_arena_str(&o->mem, ar_raw_text(r, AR_F_id));
	m->keep = keep_values(o, r, o->keep, o->nkeep);
}

static int64_t source_open(const struct ar_rec *r)
{
	enum ar_f f = r->type == AR_T_invoice || r->type == AR_T_credit_memo ? AR_F_open : AR_F_unapplied;

	return ar_has(r, f) ? ar_minor(r, f) : NO_OPEN;
}

static void fill_doc(struct ar_open *o, struct doc *d, const struct ar_rec *r, bool backfilled)
{
	int ccy = ar_currency(r, AR_F_currency), base = ar_currency(r, AR_F_base_currency);
	bool payment = r->type == AR_T_payment || r->type == AR_T_refund;
	ar_date own = ar_day(r, payment ? AR_F_date : AR_F_issued);

	d->type = (uint8_t)r->type;
	d->ccy = (uint16_t)ccy;
	d->amount = ar_minor(r, AR_F_amount);
	d->recorded = seconds(r, AR_F_recorded);
	d->issued = own;
	d->posting = ar_has(r, AR_F_posting_date) ? ar_day(r, AR_F_posting_date) : own;
	d->due = payment ? AR_DATE_NONE : ar_day(r, AR_F_due);
	d->cust = customer(o, ar_raw_text(r, AR_F_customer));
	d->entity = small_index(&o->entity, ar_raw_text(r, AR_F_entity));
	d->extract = extract_of(o, ar_raw_text(r, AR_F_extract));
	d->base = (int16_t)base;
	d->flags = backfilled ? D_BACKFILLED : 0;
	if (has_base(r, ccy))
		d->flags |= D_HAS_BASE;
	else if (base != ccy)
		d->base = AR_CCY_NONE;
	if (d->cust != AR_OPEN_NOBODY && !o->cust[d->cust].name.n && ar_has(r, AR_F_customer_name) && !o->p.light)
		o->cust[d->cust].name = ar_arena_str(&o->mem, ar_raw_text(r, AR_F_customer_name));
	if (!ar_has(r, AR_F_amount))
		d->flags |= D_SNAPSHOT;
	if (r->type == AR_T_invoice && ar_streqz(ar_raw_text(r, AR_F_subtype), "retention"))
		d->flags |= D_RETENTION;
	if (r->type == AR_T_payment && ar_streqz(ar_raw_text(r, AR_F_subtype), "prepayment"))
		d->flags |= D_DEPOSIT;
	o->open[d - o->doc] = source_open(r);
	if (!o->p.light || (d->flags & D_HAS_BASE) || r->type == AR_T_refund || ar_has(r, AR_F_delivered) || d->more)
		fill_more(o, d, r);
}

/* What a document says, as far as it is kept: to choose between versions of one moment without regard to their order of arrival. */
static uint64_t doc_hash(const struct ar_open *o, const struct doc *d, int64_t open)
{
	const struct more *m = &o->more[d->more];
	struct ar_str cust = d->cust == AR_OPEN_NOBODY ? (struct ar_str){ NULL, 0 } : o->cust_id.key[d->cust];
	int64_t k[12] = { d->amount, d->issued, d->posting, d->due, d->ccy, d->base, d->type, open,
		(int64_t)ar_hash64(cust.p ? cust.p : "", cust.n), d->more ? m->amount_base : 0, d->more ? m->open_base : 0,
		o->p.light ? 0 : (int64_t)m->line_hash };

	return ar_hash64((const char *)k, sizeof k);
}

static void new_doc(struct ar_open *o, uint32_t node)
{
	GROW(o->doc, o->ndoc, o->cdoc);
	GROW(o->open, o->ndoc, o->copen);
	o->doc[o->ndoc] = (struct doc){ 0 };
	o->open[o->ndoc] = NO_OPEN;
	o->node[node].doc = o->ndoc++;
}

static int add_document(struct ar_open *o, const struct ar_rec *r, struct ar_err *e)
{
	int how = knowable(o, r);
	struct doc *d, old;
	int64_t old_open;
	uint64_t h, old_h;
	uint32_t k;

	if (!how || draft(r))
		return 0;
	if (!ar_has(r, AR_F_currency)) {
		ar_err(e, AR_FINDINGS, "missing_field", "the document has no currency");
		return ar_err_field(e, "currency", NULL, 0);
	}
	k = node_of(o, r, AR_F_id);
	if (o->node[k].doc == NONE) {
		new_doc(o, k);
		fill_doc(o, &o->doc[o->ndoc - 1], r, how == 2);
		return 0;
	}
	/* another version: build it in a place of its own, keep the better one */
	d = &o->doc[o->node[k].doc];
	old = *d;
	old_open = o->open[o->node[k].doc];
	old_h = doc_hash(o, &old, old_open);
	*d = (struct doc){ 0 };
	fill_doc(o, d, r, how == 2);
	h = doc_hash(o, d, o->open[o->node[k].doc]);
	if (old.recorded == d->recorded && h != old_h)
		o->facts.conflicts++;
	if (!replaces(how == 2, d->recorded, h, old.flags & D_BACKFILLED, old.recorded, old_h)) {
		*d = old;
		o->open[o->node[k].doc] = old_open;
	} else if (!d->more && old.more) {
		d->more = old.more;             /* a reversal may be noted there */
	}
	return 0;
}

static bool sum_components(const struct ar_rec *r, const enum ar_f *f, int n, int64_t *out)
{
	int64_t s = 0;

	for (int i = 0; i < n; i++)
		if (!ar_add(s, ar_minor(r, f[i]), &s))
			return false;
	*out = s;
	return true;
}

static uint32_t more_of_event(struct ar_open *o, struct event *v)
{
	if (!v->more) {
		GROW(o->em, o->nem, o->cem);
		o->em[o->nem] = (struct event_more){ .reversed = AR_DATE_NONE };
		v->more = o->nem++;
	}
	return v->more;
}

static int event_amounts(struct waiting *w, const struct ar_rec *r, struct ar_err *e)
{
	static const enum ar_f part[] = { AR_F_amount, AR_F_discount, AR_F_writeoff, AR_F_withholding_tax, AR_F_bank_charges };
	struct event_more *m = &w->more;
	struct event *v = &w->v;

	*m = (struct event_more){ .reversed = AR_DATE_NONE, .has_base = ar_has(r, AR_F_amount_base) };
	if (v->kind == E_ADJUSTMENT) {
		v->fall = -ar_minor(r, AR_F_amount);
		m->base = -ar_minor(r, AR_F_amount_base);
	} else {
		int64_t fall;

		if (!sum_components(r, part, 5, &fall)) {
			ar_err(e, AR_FINDINGS, "money_large", "the parts of the application overflow");
			return -1;
		}
		v->fall = fall;
		m->source_amount = ar_has(r, AR_F_source_amount) ? ar_minor(r, AR_F_source_amount) : ar_minor(r, AR_F_amount);
		m->has_source_amount = m->source_amount != v->fall;
		m->base = ar_minor(r, AR_F_amount_base);
		m->has_source_base = ar_has(r, AR_F_source_amount_base);
		m->source_base = ar_minor(r, AR_F_source_amount_base);
	}
	w->has_more = m->has_source_amount || m->has_base || m->has_source_base;
	return 0;
}

static uint64_t event_hash(const struct ar_open *o, const struct event *v)
{
	const struct event_more *m = &o->em[v->more];
	int64_t k[10] = { v->fall, v->date, v->kind, v->date_is, (int64_t)o->node[v->target].key.lo,
		v->source == NONE ? 0 : (int64_t)o->node[v->source].key.lo, v->more ? m->source_amount : 0, v->more ? m->base : 0,
		v->more ? m->source_base : 0, v->more ? m->has_source_amount | m->has_base << 1 | m->has_source_base << 2 : 0 };

	return ar_hash64((const char *)k, sizeof k);
}

/* Everything that the record says. */
static int read_event(struct waiting *w, const struct ar_rec *r, struct ar_err *e)
{
	struct event *v = &w->v;

	if (event_amounts(w, r, e) < 0)
		return -1;
	v->recorded = seconds(r, AR_F_recorded);
	v->date = ar_day(r, AR_F_date);
	w->has_source = v->kind == E_APPLICATION;
	w->target = ar_key(hash_of(r, w->has_source ? AR_F_target : AR_F_item));
	if (!w->has_source)
		return 0;
	w->source = ar_key(hash_of(r, AR_F_source));
	for (uint8_t i = 0; i < 5; i++)
		if (ar_streqz(ar_raw_text(r, AR_F_date_is), date_is_name[i]))
			v->date_is = i;
	return 0;
}

/* at: where the search for it ended */
static void new_event(struct ar_open *o, const struct event *v, uint32_t at)
{
	GROW(o->ev, o->nev, o->cev);
	ar_index_room(&o->events, o->ev, sizeof *o->ev, v->key, &at);
	o->ev[o->nev++] = *v;
	ar_index_put(&o->events, v->key, at);
}

/* Into the tables, beside or instead of another version. */
static void place_event(struct ar_open *o, struct waiting *w)
{
	struct event *v = &w->v;
	bool back = v->flags & V_BACKFILLED;
	uint32_t at = 0, k;

	if (w->has_more) {
		k = more_of_event(o, v);                /* first: it may move o->em */
		o->em[k] = w->more;
	}
	v->target = node_of_key(o, w->target);
	v->source = w->has_source ? node_of_key(o, w->source) : NONE;
	k = ar_index_find(&o->events, o->ev, sizeof *o->ev, v->key, &at);
	if (k == NONE) {
		new_event(o, v, at);
		return;
	}
	if (o->ev[k].recorded == v->recorded && event_hash(o, &o->ev[k]) != event_hash(o, v))
		o->facts.conflicts++;
	if (replaces(back, v->recorded, event_hash(o, v), o->ev[k].flags & V_BACKFILLED, o->ev[k].recorded, event_hash(o, &o->ev[k])))
		o->ev[k] = *v;
}

static void place_waiting(struct ar_open *o)
{
	for (int i = 0; i < o->nwaiting; i++) {
		ar_index_entry_ahead(&o->nodes, o->node, sizeof *o->node, o->waiting[i].target);
		ar_index_entry_ahead(&o->nodes, o->node, sizeof *o->node, o->waiting[i].source);
	}
	for (int i = 0; i < o->nwaiting; i++)
		place_event(o, &o->waiting[i]);
	o->nwaiting = 0;
}

static int add_event(struct ar_open *o, const struct ar_rec *r, uint8_t kind, struct ar_err *e)
{
	struct ar_key key = ar_key(hash_of(r, AR_F_id));
	struct waiting *w = &o->waiting[o->nwaiting];
	int how = knowable(o, r);

	if (!how)
		return 0;
	*w = (struct waiting){ .v = { .key = key, .kind = kind, .flags = how == 2 ? V_BACKFILLED : 0 } };
	if (read_event(w, r, e) < 0)
		return -1;
	ar_index_ahead(&o->events, key);
	ar_index_ahead(&o->nodes, w->target);
	ar_index_ahead(&o->nodes, w->source);
	if (++o->nwaiting == WAITING)
		place_waiting(o);
	return 0;
}

static void add_undo(struct ar_open *o, const struct ar_rec *r)
{
	if (!knowable(o, r))
		return;
	GROW(o->undo, o->nundo, o->cundo);
	o->undo[o->nundo++] = (struct undo){ hash_of(r, AR_F_id), hash_of(r, AR_F_undoes), ar_day(r, AR_F_date), seconds(r, AR_F_recorded) };
}

static void add_dispute(struct ar_open *o, const struct ar_rec *r)
{
	uint32_t node;

	if (!knowable(o, r))
		return;
	node = node_of(o, r, AR_F_item);
	GROW(o->disp, o->ndisp, o->cdisp);
	o->disp[o->ndisp++] = (struct dispute){ hash_of(r, AR_F_id), node, ar_has(r, AR_F_amount) ? ar_minor(r, AR_F_amount) : -1,
		ar_day(r, AR_F_opened), ar_day(r, AR_F_closed), seconds(r, AR_F_recorded) };
}

/* Of master data even a version that was not known in time is better than none. */
static void add_customer(struct ar_open *o, const struct ar_rec *r)
{
	bool late = knowable(o, r) != 1;
	struct cust *cu;
	uint32_t c;
	uint64_t h;

	if (o->p.light && !o->nckeep)
		return;
	c = customer(o, ar_raw_text(r, AR_F_id));       /* first: it may move o->cust */
	cu = &o->cust[c];
	h = content_hash(r);
	if (cu->seen && !replaces(late, seconds(r, AR_F_recorded), h, cu->backfilled, cu->recorded, cu->hash))
		return;
	cu->seen = true;
	cu->backfilled = late;
	cu->recorded = seconds(r, AR_F_recorded);
	cu->hash = h;
	cu->keep = keep_values(o, r, o->ckeep, o->nckeep);
}

static void add_extract(struct ar_open *o, const struct ar_rec *r)
{
	uint16_t k = extract_of(o, ar_raw_text(r, AR_F_id));
	ar_date d = ar_day(r, AR_F_as_of);

	o->extract[k] = (struct extract){ d, ar_streqz(ar_raw_text(r, AR_F_history), "since") ? ar_day(r, AR_F_history_since)
		: AR_DATE_NONE, true, ar_streqz(ar_raw_text(r, AR_F_history), "none") };
	if (o->facts.newest == AR_DATE_NONE || d > o->facts.newest)
		o->facts.newest = d;
}

int ar_open_add(struct ar_open *o, const struct ar_rec *r, struct ar_err *e)
{
	switch (r->type) {
	case AR_T_invoice:
	case AR_T_credit_memo:
	case AR_T_payment:
	case AR_T_refund:
		return add_document(o, r, e);
	case AR_T_application:
		return add_event(o, r, E_APPLICATION, e);
	case AR_T_adjustment:
		return ar_has(r, AR_F_item) ? add_event(o, r, E_ADJUSTMENT, e) : 0;
	case AR_T_reversal:
		add_undo(o, r);
		return 0;
	case AR_T_dispute:
		add_dispute(o, r);
		return 0;
	case AR_T_customer:
		add_customer(o, r);
		return 0;
	case AR_T_extract:
		add_extract(o, r);
		return 0;
	default:
		return 0;
	}
}

/* ---- closing: what counts at (D, K) ---- */

static bool counts(const struct ar_open *o, const struct doc *d)
{
	return d->posting == AR_DATE_NONE || d->posting <= o->p.as_of;
}

static struct doc *doc_of(const struct ar_open *o, uint32_t node)
{
	return node == NONE || o->node[node].doc == NONE ? NULL : &o->doc[o->node[node].doc];
}

/* The day from which an event counts: its own, but not before both documents that are here count. */
static ar_date effective(const struct ar_open *o, const struct event *v)
{
	const struct doc *t = doc_of(o, v->target), *s = doc_of(o, v->source);
	ar_date d = o->p.applied_by == AR_BY_DOCUMENTS && v->kind == E_APPLICATION && (t || s) ? AR_DATE_MIN : v->date;

	if (t && t->posting != AR_DATE_NONE && t->posting > d)
		d = t->posting;
	if (s && s->posting != AR_DATE_NONE && s->posting > d)
		d = s->posting;
	return d;
}

static int undo_cmp(const void *a, const void *b, void *ctx)
{
	const struct undo *x = a, *y = b;
	int c = memcmp(&x->id, &y->id, sizeof x->id);

	if (c)
		return c;
	return x->recorded < y->recorded ? -1 : x->recorded > y->recorded;
}

/* Reversals: the last version of each; the earliest reversal of a thing is the one that undoes it. */
static void take_undos(struct ar_open *o)
{
	ar_sort(o->undo, o->nundo, sizeof *o->undo, undo_cmp, NULL);
	for (uint32_t i = 0; i < o->nundo; i++) {
		const struct undo *u = &o->undo[i];
		uint32_t at, k;
		ar_date *when;

		if (i + 1 < o->nundo && memcmp(&u->id, &o->undo[i + 1].id, sizeof u->id) == 0)
			continue;
		k = ar_index_find(&o->events, o->ev, sizeof *o->ev, ar_key(u->what), &at);
		if (k != NONE) {
			k = more_of_event(o, &o->ev[k]);        /* first: it may move o->em */
			when = &o->em[k].reversed;
		} else {
			struct doc *d;

			k = ar_index_find(&o->nodes, o->node, sizeof *o->node, ar_key(u->what), &at);
			d = k == NONE ? NULL : doc_of(o, k);
			if (!d) {
				o->facts.missing_sides++;
				continue;
			}
			if (!d->more)
				d->more = new_more(o);
			d->flags |= D_REVERSED;
			when = &o->more[d->more].reversed;
		}
		if (*when == AR_DATE_NONE || u->date < *when)
			*when = u->date;
	}
}

static int check_snapshots(struct ar_open *o, struct ar_err *e)
{
	char z[11], y[11];

	for (uint32_t k = 0; k < o->ndoc; k++) {
		struct doc *d = &o->doc[k];
		const struct extract *x = &o->extract[d->extract];

		if (!(d->flags & D_SNAPSHOT) && !(d->extract && x->none))
			continue;
		d->flags |= D_SNAPSHOT;
		if (o->open[k] != NO_OPEN && d->extract && x->seen && x->as_of == o->p.as_of)
			continue;
		if (d->extract && x->seen)
			ar_err(e, AR_REFUSED, "as_of_unsupported", "the export %.*s shows what was open on %s only; as of %s cannot be told from it",
			       AR_STR_FMT(o->extract_id.key[d->extract]), ar_date_z(z, x->as_of), ar_date_z(y, o->p.as_of));
		else
			ar_err(e, AR_REFUSED, "as_of_unsupported", "a document has only an open amount and no export record says of which day it is");
		return ar_err_advice(e, "age as of the day of the export, or extract documents with their applications");
	}
	return 0;
}

static int sign_of(const struct doc *d)
{
	return d->type == AR_T_invoice || d->type == AR_T_refund ? 1 : -1;
}

static int64_t fall_on(const struct ar_open *o, const struct event *v, int side)
{
	if (side == 0)
		return v->fall;
	return v->more && o->em[v->more].has_source_amount ? o->em[v->more].source_amount : v->fall;
}

static int overflow(struct ar_err *e)
{
	return ar_err(e, AR_DAMAGED, "money_large", "the sum of one document's events is beyond what an amount can hold");
}

static bool event_counts(const struct ar_open *o, const struct event *v, ar_date *date, ar_date *undone)
{
	*date = effective(o, v);
	*undone = v->more ? o->em[v->more].reversed : AR_DATE_NONE;
	return *date <= o->p.as_of;
}

/* Events lie in the order of the input, their documents anywhere: ask for those of later events before they are needed. */
static inline void look_ahead(const struct ar_open *o, uint32_t i)
{
	enum { NODE = 32, DOC = 16 };
	uint32_t node;

	if (i + NODE < o->nev) {
		__builtin_prefetch(&o->node[o->ev[i + NODE].target]);
		if (o->ev[i + NODE].source != NONE)
			__builtin_prefetch(&o->node[o->ev[i + NODE].source]);
		node = o->ev[i + DOC].target;
		if (o->node[node].doc != NONE) {
			__builtin_prefetch(&o->doc[o->node[node].doc]);
			__builtin_prefetch(&o->open[o->node[node].doc]);
		}
	}
}

/* Sums without order: the light way, for documents whose base amounts need no steps. */
static int sum_events(struct ar_open *o, struct ar_err *e)
{
	for (uint32_t i = 0; i < o->nev; i++) {
		const struct event *v = &o->ev[i];
		ar_date date, undone;

		look_ahead(o, i);
		if (!event_counts(o, v, &date, &undone) || (undone != AR_DATE_NONE && undone <= o->p.as_of))
			continue;
		for (int side = 0; side < 2; side++) {
			uint32_t node = side ? v->source : v->target;
			const struct doc *d = doc_of(o, node);
			int64_t *open;

			if (!d) {
				o->facts.missing_sides += node != NONE;
				continue;
			}
			if (d->flags & D_SNAPSHOT)
				continue;
			open = &o->open[o->node[node].doc];
			if (side ? !ar_add(*open, fall_on(o, v, 1), open) : !ar_sub(*open, v->fall, open))
				return overflow(e);
		}
	}
	return 0;
}

static void link_refunds(struct ar_open *o)
{
	for (uint32_t i = 0; i < o->nev; i++) {
		struct doc *t;

		look_ahead(o, i);
		t = doc_of(o, o->ev[i].target);
		if (t && t->type == AR_T_refund)
			t->flags |= D_REFUND_LINKED;
	}
}

/* What a document brings by itself. open[] holds the source's own figure until now: it is taken over for snapshots, kept for comparison
 * in the full mode, and forgotten otherwise. */
static int sum_documents(struct ar_open *o, struct ar_err *e)
{
	for (uint32_t k = 0; k < o->ndoc; k++) {
		struct doc *d = &o->doc[k];
		int64_t own = d->flags & D_SNAPSHOT ? o->open[k] : d->amount;

		if (d->more)
			o->more[d->more].open = o->open[k];
		if (!counts(o, d) || ((d->flags & D_REVERSED) && o->more[d->more].reversed <= o->p.as_of))
			own = 0;
		o->open[k] = sign_of(d) * own;
	}
	for (uint32_t k = 0; k < o->ndoc; k++) {
		struct doc *d = &o->doc[k];
		const struct more *m = &o->more[d->more];
		int64_t own = o->open[k];

		if (d->type == AR_T_refund && !(d->flags & (D_REFUND_LINKED | D_SNAPSHOT)) && own) {
			struct doc *s = doc_of(o, m->source);

			if (s && s->ccy == d->ccy && !(s->flags & D_SNAPSHOT)) {
				int64_t *open = &o->open[o->node[m->source].doc];

				if (!ar_add(*open, own, open))
					return overflow(e);
				o->open[k] = 0;
			}
		}
	}
	return 0;
}

/* ---- steps: the dated effects on each document, in order ---- */

static bool needs_steps(const struct ar_open *o, const struct doc *d)
{
	return !o->p.light || (d->flags & D_HAS_BASE);
}

static uint64_t step_hash(const struct ar_open *o, const struct step *s)
{
	return s->side >= 2 ? s->event : o->ev[s->event].key.lo;
}

static int step_cmp(const void *a, const void *b, void *ctx)
{
	const struct step *x = a, *y = b;
	uint64_t hx, hy;

	if (x->date != y->date)
		return x->date < y->date ? -1 : 1;
	if (x->undo != y->undo)
		return x->undo ? 1 : -1;         /* what is undone the same day happened first */
	hx = step_hash(ctx, x);
	hy = step_hash(ctx, y);
	return hx < hy ? -1 : hx > hy;
}

/* Call fn for each step of each document that needs steps: first to count, then to place. */
static void each_step(struct ar_open *o, void (*fn)(struct ar_open *, uint32_t doc, struct step))
{
	for (uint32_t i = 0; i < o->nev; i++) {
		const struct event *v = &o->ev[i];
		ar_date date, undone;

		if (!event_counts(o, v, &date, &undone))
			continue;
		for (uint8_t side = 0; side < 2; side++) {
			uint32_t node = side ? v->source : v->target;
			const struct doc *d = doc_of(o, node);

			if (!d || !needs_steps(o, d) || (d->flags & D_SNAPSHOT))
				continue;
			fn(o, o->node[node].doc, (struct step){ i, date, side, false });
			if (undone != AR_DATE_NONE && undone <= o->p.as_of)
				fn(o, o->node[node].doc, (struct step){ i, undone > date ? undone : date, side, true });
		}
	}
	for (uint32_t k = 0; k < o->ndoc; k++) {
		const struct doc *d = &o->doc[k], *s;
		const struct more *m = &o->more[d->more];
		bool reversed = (d->flags & D_REVERSED) && m->reversed <= o->p.as_of;

		if (reversed && counts(o, d) && needs_steps(o, d))
			fn(o, k, (struct step){ k, m->reversed, 2, true });
		if (d->type != AR_T_refund || (d->flags & (D_REFUND_LINKED | D_SNAPSHOT)) || !counts(o, d) || reversed)
			continue;
		s = doc_of(o, m->source);
		if (s && s->ccy == d->ccy && !(s->flags & D_SNAPSHOT)) {
			if (needs_steps(o, s))
				fn(o, o->node[m->source].doc, (struct step){ k, d->posting, 3, false });
			if (needs_steps(o, d))
				fn(o, k, (struct step){ k, d->posting, 3, false });
		}
	}
}

static void step_count(struct ar_open *o, uint32_t doc, struct step s)
{
	o->step_at[doc + 1]++;
}

static void step_place(struct ar_open *o, uint32_t doc, struct step s)
{
	o->step[o->step_at[doc]++] = s;
}

static void make_steps(struct ar_open *o)
{
	o->step_at = ar_calloc((size_t)o->ndoc + 2, sizeof *o->step_at);
	each_step(o, step_count);
	for (uint32_t k = 0; k < o->ndoc; k++)
		o->step_at[k + 1] += o->step_at[k];
	o->step = ar_malloc(((size_t)o->step_at[o->ndoc] + 1) * sizeof *o->step);
	each_step(o, step_place);                        /* moves step_at[k] to where k + 1 begins */
	memmove(o->step_at + 1, o->step_at, o->ndoc * sizeof *o->step_at);
	o->step_at[0] = 0;
	for (uint32_t k = 0; k < o->ndoc; k++)
		ar_sort(o->step + o->step_at[k], o->step_at[k + 1] - o->step_at[k], sizeof *o->step, step_cmp, o);
}

struct walk { int64_t rem, base; };      /* signed: what remains in document and base currency */

/* base amount of a change of `delta` on what remains, when the source does not say it */
static int64_t carried(const struct ar_open *o, const struct doc *d, const struct walk *w, int64_t delta)
{
	const struct more *m = &o->more[d->more];
	int64_t out;

	if (w->rem && delta && (w->rem > 0) != (delta > 0) && (delta > 0 ? delta <= -w->rem : -delta <= w->rem)
	    && ar_carry(w->base, -delta, w->rem, &out))
		return -out;
	if (d->amount && ar_narrow(ar_div_round((ar_wide)m->amount_base * delta, d->amount, AR_HALF_UP), &out))
		return out;
	return 0;
}

/* The effect of one step on the document, signed, in both currencies. */
static void step_effect(const struct ar_open *o, const struct doc *d, const struct step *s, const struct walk *w,
                        int64_t *delta, int64_t *delta_base)
{
	const struct event *v = &o->ev[s->event];
	const struct event_more *m = s->side < 2 && v->more ? &o->em[v->more] : NULL;

	*delta_base = 0;
	if (s->side == 2) {                              /* the document itself is undone: what it brought goes */
		*delta = -sign_of(d) * d->amount;
		*delta_base = d->base == AR_CCY_NONE ? 0
			: -sign_of(d) * (d->flags & D_HAS_BASE ? o->more[d->more].amount_base : d->amount);
		return;
	}
	if (s->side == 3) {
		*delta = (d == &o->doc[s->event] ? -1 : 1) * o->doc[s->event].amount;
	} else {
		*delta = s->side ? fall_on(o, v, 1) : -v->fall;
		if (s->undo) {
			*delta = -*delta;
			*delta_base = -m->done[s->side];
			return;
		}
	}
	if (d->base == AR_CCY_NONE)
		return;
	if (!(d->flags & D_HAS_BASE))
		*delta_base = *delta;
	else if (s->side == 0 && m && m->has_base)
		*delta_base = -m->base;
	else if (s->side == 1 && m && m->has_source_base)
		*delta_base = m->source_base;
	else
		*delta_base = carried(o, d, w, *delta);
}

/* What an event takes off its source, in the source's currency; an adjustment has none. */
static int64_t off_source(const struct ar_open *o, const struct event *v)
{
	const struct event_more *m = v->more ? &o->em[v->more] : NULL;

	return m && m->has_source_amount ? m->source_amount : v->fall;
}

/* Walk a document's steps; emit (may be NULL) gets each. */
static int walk_steps(struct ar_open *o, uint32_t k, struct walk *w, struct ar_event *emit, struct ar_item *it)
{
	const struct doc *d = &o->doc[k];
	uint32_t from = o->step_at[k], n = o->step_at[k + 1] - from;

	w->rem = sign_of(d) * d->amount;
	w->base = d->base == AR_CCY_NONE ? 0 : d->flags & D_HAS_BASE ? sign_of(d) * o->more[d->more].amount_base : w->rem;
	for (uint32_t i = 0; i < n; i++) {
		const struct step *s = &o->step[from + i];
		int64_t delta, base;

		step_effect(o, d, s, w, &delta, &base);
		if (!ar_add(w->rem, delta, &w->rem) || !ar_add(w->base, base, &w->base))
			return -1;
		if (s->side < 2 && o->ev[s->event].more)
			o->em[o->ev[s->event].more].done[s->side] = base;
		if (it) {
			const struct event *v = &o->ev[s->event];
			const struct doc *other = s->side < 2 ? doc_of(o, s->side ? v->target : v->source) : NULL;

			it->settled = s->date;
			if (s->side == 0 && v->kind == E_APPLICATION) {
				if (!other || other->type == AR_T_payment)
					it->cash += -delta;
				if (v->date_is > it->date_is && !s->undo)
					it->date_is = v->date_is;
			}
			if (emit)
				emit[i] = (struct ar_event){ s->undo ? AR_T_reversal : s->side == 3 ? AR_T_refund
					: v->kind == E_ADJUSTMENT ? AR_T_adjustment : AR_T_application, s->date, delta, base,
					s->side > 1 ? delta : s->undo ? off_source(o, v) : -off_source(o, v),
					s->side < 2 && (s->side ? v->target : v->source) != NONE ? o->node[s->side ? v->target : v->source].doc : NONE };
		}
	}
	return 0;
}

/* ---- disputes and items ---- */

static int dispute_cmp(const void *a, const void *b, void *ctx)
{
	const struct dispute *x = a, *y = b;
	int c = memcmp(&x->id, &y->id, sizeof x->id);

	if (c)
		return c;
	return x->recorded < y->recorded ? -1 : x->recorded > y->recorded;
}

static int dispute_by_item(const void *a, const void *b, void *ctx)
{
	const struct dispute *x = a, *y = b;

	return x->item < y->item ? -1 : x->item > y->item;
}

/* Keep the last version of each dispute that is open at D, ordered by document. */
static void take_disputes(struct ar_open *o)
{
	uint32_t n = 0;

	ar_sort(o->disp, o->ndisp, sizeof *o->disp, dispute_cmp, NULL);
	for (uint32_t i = 0; i < o->ndisp; i++) {
		const struct dispute *x = &o->disp[i];

		if (i + 1 < o->ndisp && memcmp(&x->id, &o->disp[i + 1].id, sizeof x->id) == 0)
			continue;
		if (!doc_of(o, x->item) || x->opened > o->p.as_of || (x->closed != AR_DATE_NONE && o->p.as_of >= x->closed))
			continue;
		o->disp[n] = *x;
		o->disp[n++].item = o->node[x->item].doc;
	}
	o->ndisp = n;
	ar_sort(o->disp, n, sizeof *o->disp, dispute_by_item, NULL);
}

static int64_t disputed(const struct ar_open *o, uint32_t doc, int64_t open)
{
	uint32_t lo = 0, hi = o->ndisp;
	int64_t sum = 0;

	if (open <= 0)
		return 0;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;

		if (o->disp[mid].item < doc)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < o->ndisp && o->disp[lo].item == doc; lo++)
		if (o->disp[lo].amount < 0 || !ar_add(sum, o->disp[lo].amount, &sum))
			return open;
	return sum < open ? sum : open;
}

static int fill_item(struct ar_open *o, uint32_t k, struct ar_item *it, struct ar_event *emit)
{
	const struct doc *d = &o->doc[k];
	const struct more *m = &o->more[d->more];
	struct walk w = { 0, 0 };

	*it = (struct ar_item){ .type = (enum ar_t)d->type, .ccy = d->ccy, .base_ccy = d->base, .customer = d->cust, .entity = d->entity,
		.issued = d->issued, .posting = d->posting, .due = d->due, .delivered = d->more ? m->delivered : AR_DATE_NONE,
		.special = d->flags & D_RETENTION ? AR_ITEM_RETENTION : d->flags & D_DEPOSIT ? AR_ITEM_DEPOSIT : AR_ITEM_PLAIN,
		.amount = d->amount, .open = o->open[k], .settled = AR_DATE_NONE, .line = k,
		.since = d->extract && o->extract[d->extract].seen ? o->extract[d->extract].since : AR_DATE_NONE };
	if (d->flags & D_SNAPSHOT) {
		it->amount = d->amount ? d->amount : it->open < 0 ? -it->open : it->open;
		it->open_base = d->base == AR_CCY_NONE ? 0 : d->flags & D_HAS_BASE ? sign_of(d) * m->open_base : it->open;
	} else if (needs_steps(o, d)) {
		if (walk_steps(o, k, &w, emit, it) < 0)
			return -1;
		ar_assert(w.rem == it->open);
		it->open_base = w.rem == 0 ? 0 : w.base;
	} else {
		it->open_base = d->base == AR_CCY_NONE ? 0 : it->open;
	}
	it->disputed = o->ndisp ? disputed(o, k, it->open) : 0;
	return 0;
}

static void future_receipts(struct ar_open *o)
{
	int64_t end = (int64_t)o->p.as_of * 86400 + 86399;

	for (uint32_t i = 0; i < o->nev; i++) {
		const struct event *v = &o->ev[i];
		const struct doc *d = doc_of(o, v->target), *s = doc_of(o, v->source);

		if (v->kind == E_APPLICATION && d && s && s->type == AR_T_payment && counts(o, d) && v->date > o->p.as_of
		    && v->recorded && v->recorded <= end)
			o->item[o->item_of[o->node[v->target].doc]].future += v->fall;
	}
}

struct order { uint32_t entity_rank, customer_rank, doc; };

static const struct ar_val *kept(const struct ar_open *o, const struct ar_val *v, const enum ar_f *keep, int n, enum ar_f f)
{
	for (int i = 0; v && i < n; i++)
		if (keep[i] == f)
			return v[i].n ? &v[i] : NULL;
	return NULL;
}

static struct ar_str kept_text(const struct ar_val *v)
{
	return v && v->p ? (struct ar_str){ v->p, v->n } : (struct ar_str){ NULL, 0 };
}

static struct ar_str number_of(const struct ar_open *o, const struct doc *d)
{
	return kept_text(kept(o, o->more[d->more].keep, o->keep, o->nkeep, AR_F_number));
}

static int order_cmp(const void *a, const void *b, void *ctx)
{
	const struct ar_open *o = ctx;
	const struct order *x = a, *y = b;
	const struct doc *p = &o->doc[x->doc], *q = &o->doc[y->doc];
	ar_date dp = p->due != AR_DATE_NONE ? p->due : p->issued, dq = q->due != AR_DATE_NONE ? q->due : q->issued;
	int c;

	if (x->entity_rank != y->entity_rank)
		return x->entity_rank < y->entity_rank ? -1 : 1;
	if (x->customer_rank != y->customer_rank)
		return x->customer_rank < y->customer_rank ? -1 : 1;
	if (p->ccy != q->ccy)
		return p->ccy < q->ccy ? -1 : 1;
	if (dp != dq)
		return dp < dq ? -1 : 1;
	c = ar_str_cmp(number_of(o, p), number_of(o, q));
	return c ? c : ar_str_cmp(o->more[p->more].id, o->more[q->more].id);
}

struct ranked { struct ar_str s; uint32_t k; };

static int ranked_cmp(const void *a, const void *b, void *ctx)
{
	return ar_str_cmp(((const struct ranked *)a)->s, ((const struct ranked *)b)->s);
}

/* rank of each entry of a table in byte order */
static uint32_t *ranks(const struct ar_tab *t)
{
	struct ranked *r = ar_malloc((t->n + 1) * sizeof *r);
	uint32_t *out = ar_malloc((t->n + 1) * sizeof *out);

	for (uint32_t i = 0; i < t->n; i++)
		r[i] = (struct ranked){ t->key[i], i };
	ar_sort(r, t->n, sizeof *r, ranked_cmp, NULL);
	for (uint32_t i = 0; i < t->n; i++)
		out[r[i].k] = i;
	free(r);
	return out;
}

static struct order *ordered(struct ar_open *o)
{
	struct order *x = ar_malloc(((size_t)o->ndoc + 1) * sizeof *x);
	uint32_t *er = ranks(&o->entity), *cr = ranks(&o->cust_id), n = 0;

	for (uint32_t k = 0; k < o->ndoc; k++)
		if (counts(o, &o->doc[k]))
			x[n++] = (struct order){ er[o->doc[k].entity], o->doc[k].cust == AR_OPEN_NOBODY ? 0 : cr[o->doc[k].cust] + 1, k };
	free(er);
	free(cr);
	o->nitem = n;
	ar_sort(x, n, sizeof *x, order_cmp, o);
	return x;
}

/* The source's own open amount, where the as-of is the day of its export, must be what the events give. */
static void compare_with_source(struct ar_open *o, const struct ar_item *it)
{
	const struct doc *d = &o->doc[it->line];
	const struct more *m = &o->more[d->more];
	const struct extract *x = &o->extract[d->extract];

	if (!(d->flags & D_SNAPSHOT) && m->open != NO_OPEN && d->extract && x->seen && x->as_of == o->p.as_of
	    && it->open != sign_of(d) * m->open)
		o->facts.differs++;
}

static int make_items(struct ar_open *o, struct ar_err *e)
{
	struct order *x = ordered(o);
	size_t at = 0;
	int rc = 0;

	o->item = ar_malloc(((size_t)o->nitem + 1) * sizeof *o->item);
	o->item_of = ar_malloc(((size_t)o->ndoc + 1) * sizeof *o->item_of);
	o->out_at = ar_malloc(((size_t)o->nitem + 1) * sizeof *o->out_at);
	o->out = ar_malloc(((size_t)o->step_at[o->ndoc] + 1) * sizeof *o->out);
	memset(o->item_of, 0xFF, ((size_t)o->ndoc + 1) * sizeof *o->item_of);
	for (uint32_t i = 0; i < o->nitem; i++) {
		uint32_t k = x[i].doc;

		o->item_of[k] = i;
		o->out_at[i] = at;
		if (fill_item(o, k, &o->item[i], o->out + at) < 0) {
			rc = overflow(e);
			break;
		}
		at += o->step_at[k + 1] - o->step_at[k];
		o->facts.not_own_date += o->item[i].date_is != 0;
		compare_with_source(o, &o->item[i]);
	}
	o->out_at[o->nitem] = at;
	for (size_t i = 0; !rc && i < at; i++)
		if (o->out[i].other != NONE)
			o->out[i].other = o->item_of[o->out[i].other];
	free(x);
	if (!rc)
		future_receipts(o);
	return rc;
}

int ar_open_close(struct ar_open *o, struct ar_err *e)
{
	bool steps = !o->p.light;

	place_waiting(o);
	take_undos(o);
	take_disputes(o);
	if (check_snapshots(o, e) < 0)
		return -1;
	link_refunds(o);
	if (sum_documents(o, e) < 0 || sum_events(o, e) < 0)
		return -1;
	for (uint32_t k = 0; k < o->ndoc; k++)
		o->facts.backfilled += (o->doc[k].flags & D_BACKFILLED) != 0;
	for (uint32_t i = 0; i < o->nev; i++)
		o->facts.backfilled += (o->ev[i].flags & V_BACKFILLED) != 0;
	for (uint32_t k = 0; k < o->ndoc && !steps; k++)
		steps = o->doc[k].flags & D_HAS_BASE;
	if (steps)
		make_steps(o);
	return o->p.light ? 0 : make_items(o, e);
}

int ar_open_each(struct ar_open *o, int (*fn)(void *arg, const struct ar_item *it), void *arg)
{
	struct ar_item it;

	for (uint32_t k = 0; k < o->ndoc; k++)
		if (counts(o, &o->doc[k]) && (fill_item(o, k, &it, NULL) < 0 || fn(arg, &it) < 0))
			return -1;
	return 0;
}

/* ---- asking ---- */

size_t ar_open_count(const struct ar_open *o) { return o->nitem; }

const struct ar_item *ar_open_item(const struct ar_open *o, size_t i)
{
	ar_assert(i < o->nitem);
	return &o->item[i];
}

struct ar_str ar_open_id(const struct ar_open *o, const struct ar_item *it)
{
	return o->more[o->doc[it->line].more].id;
}

struct ar_str ar_open_text(const struct ar_open *o, const struct ar_item *it, enum ar_f f)
{
	return kept_text(kept(o, o->more[o->doc[it->line].more].keep, o->keep, o->nkeep, f));
}

bool ar_open_int(const struct ar_open *o, const struct ar_item *it, enum ar_f f, int64_t *out)
{
	const struct ar_val *v = kept(o, o->more[o->doc[it->line].more].keep, o->keep, o->nkeep, f);

	if (!v || v->p)
		return false;
	*out = v->i;
	return true;
}

size_t ar_open_find(const struct ar_open *o, struct ar_str id)
{
	uint32_t at, k = ar_index_find(&o->nodes, o->node, sizeof *o->node, ar_key(ar_hash128(id.p, id.n)), &at);

	if (k == NONE || o->node[k].doc == NONE || o->item_of[o->node[k].doc] == NONE)
		return SIZE_MAX;
	return o->item_of[o->node[k].doc];
}

uint32_t ar_open_customers(const struct ar_open *o) { return o->cust_id.n; }
struct ar_str ar_open_customer(const struct ar_open *o, uint32_t c) { return o->cust_id.key[c]; }

struct ar_str ar_open_customer_text(const struct ar_open *o, uint32_t c, enum ar_f f)
{
	struct ar_str s = kept_text(kept(o, o->cust[c].keep, o->ckeep, o->nckeep, f));

	if (!s.n && f == AR_F_payer)
		return o->cust_id.key[c];
	if (!s.n && f == AR_F_name)
		return o->cust[c].name;
	return s;
}

bool ar_open_customer_int(const struct ar_open *o, uint32_t c, enum ar_f f, int64_t *out)
{
	const struct ar_val *v = kept(o, o->cust[c].keep, o->ckeep, o->nckeep, f);

	if (!v || v->p)
		return false;
	*out = v->i;
	return true;
}

uint32_t ar_open_customer_find(const struct ar_open *o, struct ar_str id)
{
	uint32_t c = ar_tab_get(&o->cust_id, id);

	return c == AR_TAB_NONE ? AR_OPEN_NOBODY : c;
}

struct ar_str ar_open_entity(const struct ar_open *o, uint32_t entity) { return o->entity.key[entity]; }
const char *ar_open_date_is(uint8_t d) { return date_is_name[d < 5 ? d : 0]; }

size_t ar_open_events(const struct ar_open *o, size_t item, const struct ar_event **ev)
{
	ar_assert(item < o->nitem);
	*ev = o->out + o->out_at[item];
	return o->out_at[item + 1] - o->out_at[item];
}

const struct ar_open_facts *ar_open_facts(const struct ar_open *o) { return &o->facts; }

void ar_open_free(struct ar_open *o)
{
	if (!o)
		return;
	free(o->node);
	free(o->nodes.slot);
	free(o->events.slot);
	free(o->doc);
	free(o->more);
	free(o->ev);
	free(o->em);
	free(o->undo);
	free(o->disp);
	free(o->cust);
	free(o->extract);
	free(o->open);
	free(o->item);
	free(o->item_of);
	free(o->out);
	free(o->out_at);
	free(o->step_at);
	free(o->step);
	ar_tab_release(&o->cust_id);
	ar_tab_release(&o->entity);
	ar_tab_release(&o->extract_id);
	ar_arena_release(&o->mem);
	free(o);
}
