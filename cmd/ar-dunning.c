/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-dunning - who is reminded today, at which level and why: notices, mails and letters, tasks. */
#include "config.h"

#include "ar/dun.h"
#include "ar/open.h"
#include "base/sort.h"
#include "cmd/dunning_letter.h"
#include "rec/jstr.h"
#include "rec/tool.h"
#include "sync/mail.h"

#include <stdlib.h>

static struct {
	ar_date as_of;
	int64_t now, known_at;
	const char *policy, *render, *templates, *explain;
	struct ar_args with;
	bool fresh;
	int64_t fresh_days;
} cfg = { .as_of = AR_DATE_NONE, .now = INT64_MIN, .known_at = INT64_MAX };

static int opt_fresh(const char *value, void *var, const char **shown, struct ar_err *e)
{
	cfg.fresh = true;
	cfg.fresh_days = ar_str_uint(ar_str(value), AR_DUN_DAYS);
	if (cfg.fresh_days < 0)
		return ar_err(e, AR_USAGE, "usage", "--fresh takes a number of days, not '%s'", value);
	return 0;
}

/* Which folder it is does not change the output, only that there is one. */
static int opt_dir(const char *value, void *var, const char **shown, struct ar_err *e)
{
	*(const char **)var = value;
	*shown = NULL;
	return 0;
}

/* An explanation is text for a person, not a stream. */
static struct ar_tool tool;
static int opt_explain(const char *value, void *var, const char **shown, struct ar_err *e)
{
	cfg.explain = value;
	tool.flags |= AR_TOOL_TEXT;
	return 0;
}

static const struct ar_opt opts[] = {
	AR_AS_OF(&cfg.as_of, "The day for which it is decided who is reminded"),
	{ AR_O_PARSE, "known-at", "MOMENT", "Only what was recorded until then counts", &cfg.known_at, AR_OPT_SHOWN,
	  ar_opt_time },
	{ AR_O_PARSE, "now", "MOMENT", "The moment that notices and mails bear; without it the as-of date, 00:00Z",
	  &cfg.now, AR_OPT_SHOWN, ar_opt_time },
	{ AR_O_FILE, "policy", "FILE", "The levels, and who writes; see ar-policy(5)", &cfg.policy, AR_OPT_SHOWN, NULL },
	{ AR_O_FILES, "with", "FILE", "More records: notices made before (the history), contacts, promises, disputes, "
	  "customers, tonight's matches; may be repeated", &cfg.with, 0, NULL },
	{ AR_O_PARSE, "render", "DIR", "Write each notice into DIR, as a mail (KEY.eml) or a letter (KEY.txt)",
	  &cfg.render, AR_OPT_SHOWN, opt_dir },
	{ AR_O_PARSE, "templates", "DIR", "Look for templates here before the shipped ones", &cfg.templates,
	  AR_OPT_SHOWN, opt_dir },
	{ AR_O_PARSE, "fresh", "DAYS", "Refuse (status 5) when the newest export of a company with open items, or the "
	  "newest bank statement, is older than DAYS", NULL, AR_OPT_SHOWN, opt_fresh },
	{ AR_O_PARSE, "explain", "ITEM", "Say why this item is or is not reminded, as text; nothing is written", NULL, 0,
	  opt_explain },
	AR_OPT_END
};

/* ---- what was read ---- */

struct contact {
	struct ar_str id, customer, name, email, language;
	int rank;                       /* smaller = better for a reminder */
	bool usable;                    /* not bounced, not opted out */
	int64_t recorded;
};

struct transit { struct ar_str item; int ccy; int64_t amount; };
struct seen_day { struct ar_str name; ar_date day; };

struct world {
	struct ar_io *io;
	struct ar_arena mem;            /* texts of what is held */
	struct ar_open *open;
	struct ar_dun_policies policies;
	struct ar_dun_facts f;
	struct contact *contact;
	struct transit *transit;
	struct seen_day *export;        /* newest per entity */
	size_t ncontact, ntransit, nexport;
	ar_date statement;              /* newest; AR_DATE_NONE = none came */
	struct ar_tab matches, contact_of;      /* match lines seen; customers that have contacts */
	uint32_t *first_contact;        /* by number in contact_of: index in `contact`, sorted */
	uint32_t *item_customer;        /* by item of f: customer in `open` */
	uint64_t findings;
	struct letters *letters;
	struct ar_rec rec;
	struct ar_arena rec_mem;
	struct ar_tab told;             /* findings made: code and what about */
	struct finding *finding;
	size_t nfinding;
};

struct finding { const char *code, *severity; struct ar_str message, about; };

/* Room for one more in a growing array; a doubling at each power of two. */
#define MORE(array, n) (*(((n) & ((n) - 1)) == 0 \
	? (void)((array) = ar_realloc((array), ((n) ? (n) * 2 : 1) * sizeof *(array))) : (void)0, &(array)[(n)++]))

static struct ar_str held(struct world *w, struct ar_str s)
{
	return s.n ? ar_arena_str(&w->mem, s) : (struct ar_str){ NULL, 0 };
}

static struct ar_str text_of(struct world *w, const struct ar_rec *r, enum ar_f f)
{
	return held(w, ar_text(r, f));
}

/* Canonical JSON text that `open` holds, decoded. */
static struct ar_str plain(struct world *w, struct ar_str s)
{
	char *p;

	if (!s.n || !memchr(s.p, '\\', s.n))
		return s;
	p = ar_arena_alloc(&w->mem, s.n);
	return (struct ar_str){ p, ar_jstr_decode(s.p, s.n, p) };
}

static int64_t recorded(const struct ar_rec *r)
{
	return ar_int(r, AR_F_recorded, INT64_MIN);
}

static bool known(const struct ar_rec *r)
{
	return recorded(r) <= cfg.known_at;
}

static int code_of(const struct ar_rec *r, enum ar_f f, const char *const *words)
{
	int i = 0;

	while (words[i] && !ar_streqz(ar_raw_text(r, f), words[i]))
		i++;
	return i;
}

static void take_notice(struct world *w, const struct ar_rec *r)
{
	static const char *const states[] = { "proposed", "approved", "rendered", "queued", "sent", "delivered",
		"bounced", "failed", "cancelled", NULL };
	struct ar_dun_past *p;

	if (!known(r))
		return;
	p = &MORE(w->f.past, w->f.npast);
	*p = (struct ar_dun_past){ .id = text_of(w, r, AR_F_id), .key = text_of(w, r, AR_F_key),
		.entity = text_of(w, r, AR_F_entity), .payer = text_of(w, r, AR_F_customer),
		.channel = text_of(w, r, AR_F_channel), .ccy = ar_currency(r, AR_F_currency),
		.level = (int)ar_int(r, AR_F_level, 0), .recorded = recorded(r),
		.date = ar_has(r, AR_F_sent_on) ? ar_day(r, AR_F_sent_on) : ar_day(r, AR_F_date),
		.state = (enum ar_dun_state)code_of(r, AR_F_state, states) };
}

static void take_notice_line(struct world *w, const struct ar_rec *r)
{
	struct ar_dun_past_line *l = &MORE(w->f.past_line, w->f.npast_line);

	*l = (struct ar_dun_past_line){ text_of(w, r, AR_F_notice), text_of(w, r, AR_F_item),
		(int)ar_int(r, AR_F_level, 0) };
}

static void take_promise(struct world *w, const struct ar_rec *r)
{
	struct ar_dun_promise *p;
	struct ar_str *item;
	int n;

	if (!known(r))
		return;
	n = ar_list(r, AR_F_items, &item);
	p = &MORE(w->f.promise, w->f.npromise);
	*p = (struct ar_dun_promise){ .id = text_of(w, r, AR_F_id), .customer = text_of(w, r, AR_F_customer), .nitem = n,
		.item = ar_arena_alloc(&w->mem, (size_t)(n + 1) * sizeof *p->item), .date = ar_day(r, AR_F_date),
		.made_on = ar_day(r, AR_F_made_on), .recorded = recorded(r),
		.withdrawn = ar_streqz(ar_raw_text(r, AR_F_status), "withdrawn") };
	for (int i = 0; i < n; i++)
		p->item[i] = held(w, item[i]);
}

static void take_contact(struct world *w, const struct ar_rec *r)
{
	static const char *const roles[] = { "dunning", "billing", NULL };
	static const char *const gone[] = { "bounced", "opted_out", NULL };
	int rank = code_of(r, AR_F_role, roles);
	struct contact *c;

	if (!known(r) || rank == 2)             /* sales and others do not get reminders */
		return;
	c = &MORE(w->contact, w->ncontact);
	*c = (struct contact){ .id = text_of(w, r, AR_F_id), .customer = text_of(w, r, AR_F_customer),
		.name = text_of(w, r, AR_F_name), .email = text_of(w, r, AR_F_email),
		.language = text_of(w, r, AR_F_language), .rank = rank,
		.usable = code_of(r, AR_F_status, gone) == 2, .recorded = recorded(r) };
}

/* Money that is here but not booked: the first-ranked proposal of each source, once however often it comes. */
static int take_match(struct world *w, const struct ar_rec *r)
{
	static const enum ar_f part[] = { AR_F_amount, AR_F_discount, AR_F_writeoff, AR_F_withholding_tax,
		AR_F_bank_charges };
	struct ar_str decision = ar_raw_text(r, AR_F_decision), id = ar_raw_text(r, AR_F_id),
		target = ar_raw_text(r, AR_F_target);
	struct transit *t;
	int64_t sum = 0;
	bool fresh;

	if (!target.n || ar_int(r, AR_F_rank, 1) > 1 || ar_day(r, AR_F_date) > cfg.as_of
	    || (!ar_streqz(decision, "auto") && !ar_streqz(decision, "suggest")))
		return 0;
	ar_tab_add(&w->matches, ar_str(ar_arena_fmt(r->mem, "%.*s %lld %.*s", AR_STR_FMT(id),
	           (long long)ar_int(r, AR_F_line, 0), AR_STR_FMT(target))), &fresh);
	if (!fresh)
		return 0;
	for (size_t i = 0; i < sizeof part / sizeof *part; i++)
		if (!ar_add(sum, ar_minor(r, part[i]), &sum))
			return ar_err(&w->io->err, AR_DAMAGED, "overflow", "the parts of the match do not fit");
	t = &MORE(w->transit, w->ntransit);
	*t = (struct transit){ text_of(w, r, AR_F_target), ar_currency(r, AR_F_currency), sum };
	return 0;
}

static void take_extract(struct world *w, const struct ar_rec *r)
{
	struct ar_str entity = ar_text(r, AR_F_entity);
	size_t i = 0;

	while (i < w->nexport && !ar_streq(w->export[i].name, entity))
		i++;
	if (i == w->nexport) {
		struct seen_day *s = &MORE(w->export, w->nexport);

		*s = (struct seen_day){ held(w, entity), ar_day(r, AR_F_as_of) };
	} else if (ar_day(r, AR_F_as_of) > w->export[i].day) {
		w->export[i].day = ar_day(r, AR_F_as_of);
	}
}

static int take(struct ar_io *io, const struct ar_rec *r, void *arg)
{
	struct world *w = arg;

	switch (r->type) {
	case AR_T_notice:
		take_notice(w, r);
		return 0;
	case AR_T_notice_line:
		take_notice_line(w, r);
		return 0;
	case AR_T_promise:
		take_promise(w, r);
		return 0;
	case AR_T_contact:
		take_contact(w, r);
		return 0;
	case AR_T_match:
		return take_match(w, r);
	case AR_T_statement:
		if (w->statement == AR_DATE_NONE || ar_day(r, AR_F_period_end) > w->statement)
			w->statement = ar_day(r, AR_F_period_end);
		return 0;
	case AR_T_extract:
		take_extract(w, r);
		break;
	default:
		break;
	}
	if (ar_open_add(w->open, r, &io->err) < 0)
		ar_io_reject(io, r);
	return 0;
}

static void keep_fields(struct ar_open *o)
{
	static const enum ar_f item[] = { AR_F_number, AR_F_status, AR_F_dunning_block, AR_F_dunning_level,
		AR_F_dunning_date };
	static const enum ar_f customer[] = { AR_F_name, AR_F_payer, AR_F_dunning_policy, AR_F_dunning_block,
		AR_F_dunning_block_until, AR_F_payment_method, AR_F_language, AR_F_email, AR_F_address, AR_F_system_id };

	for (size_t i = 0; i < sizeof item / sizeof *item; i++)
		ar_open_keep(o, item[i]);
	for (size_t i = 0; i < sizeof customer / sizeof *customer; i++)
		ar_open_keep_customer(o, customer[i]);
}

static int read_all(struct world *w)
{
	struct ar_open_params p = { .as_of = cfg.as_of, .known_at = cfg.known_at };
	struct ar_io *io = w->io;
	struct ar_rec *r;
	int rc;

	w->open = ar_open_new(&p);
	keep_fields(w->open);
	if (ar_io_with(io, &cfg.with, take, w) < 0)
		return -1;
	while ((rc = ar_io_next(io, &r)) > 0)
		if (take(io, r, w) < 0)
			return -1;
	return rc < 0 ? -1 : ar_open_close(w->open, &io->err);
}

/* ---- facts ---- */

static ar_date kept_day(struct world *w, const struct ar_item *it, enum ar_f f)
{
	int64_t v;

	return ar_open_int(w->open, it, f, &v) ? (ar_date)v : AR_DATE_NONE;
}

static void add_item(struct world *w, const struct ar_item *it)
{
	struct ar_str status = ar_open_text(w->open, it, AR_F_status);
	struct ar_dun_item *d;
	int64_t level;

	if (it->open == 0)
		return;
	w->item_customer = ar_realloc(w->item_customer, (w->f.nitem + 1) * sizeof *w->item_customer);
	w->item_customer[w->f.nitem] = it->customer;
	d = &MORE(w->f.item, w->f.nitem);
	*d = (struct ar_dun_item){ .id = plain(w, ar_open_id(w->open, it)),
		.number = plain(w, ar_open_text(w->open, it, AR_F_number)),
		.entity = plain(w, ar_open_entity(w->open, it->entity)),
		.block = plain(w, ar_open_text(w->open, it, AR_F_dunning_block)), .ccy = it->ccy, .issued = it->issued,
		.due = it->due, .open = it->open, .disputed = it->disputed,
		.erp_date = kept_day(w, it, AR_F_dunning_date) };
	if (it->customer != AR_OPEN_NOBODY)
		d->customer = plain(w, ar_open_customer(w->open, it->customer));
	if (ar_streqz(status, "draft") || ar_streqz(status, "void"))
		d->block = status;
	if (ar_open_int(w->open, it, AR_F_dunning_level, &level) && level > 0 && level < AR_DUN_LEVELS)
		d->erp_level = (int)level;
}

static struct ar_str customer_text(struct world *w, uint32_t c, enum ar_f f)
{
	return plain(w, ar_open_customer_text(w->open, c, f));
}

static void add_customers(struct world *w)
{
	for (uint32_t c = 0; c < ar_open_customers(w->open); c++) {
		struct ar_dun_customer *d = &MORE(w->f.customer, w->f.ncustomer);
		int64_t until = AR_DATE_NONE;

		ar_open_customer_int(w->open, c, AR_F_dunning_block_until, &until);
		*d = (struct ar_dun_customer){ .id = plain(w, ar_open_customer(w->open, c)),
			.payer = customer_text(w, c, AR_F_payer), .policy = customer_text(w, c, AR_F_dunning_policy),
			.block = customer_text(w, c, AR_F_dunning_block), .block_until = (ar_date)until,
			.direct_debit = ar_streqz(customer_text(w, c, AR_F_payment_method), "direct_debit") };
	}
}

static int add_transit(struct world *w)
{
	struct ar_tab at = { 0 };
	int rc = 0;

	for (size_t i = 0; i < w->f.nitem; i++)
		ar_tab_add(&at, w->f.item[i].id, NULL);
	for (size_t i = 0; i < w->ntransit && rc == 0; i++) {
		const struct transit *t = &w->transit[i];
		uint32_t k = ar_tab_get(&at, t->item);
		struct ar_dun_item *it = k == AR_TAB_NONE ? NULL : &w->f.item[k];

		if (it && it->ccy == t->ccy && !ar_add(it->transit, t->amount, &it->transit))
			rc = ar_err(&w->io->err, AR_DAMAGED, "overflow", "the matches of %.*s do not fit",
			            AR_STR_FMT(t->item));
	}
	ar_tab_release(&at);
	return rc;
}

static int compare_contacts(const void *pa, const void *pb, void *ctx)
{
	const struct contact *a = pa, *b = pb;
	int c = ar_str_cmp(a->customer, b->customer);

	if (!c)
		c = a->rank - b->rank;
	return c ? c : ar_str_cmp(a->id, b->id);
}

/* Of several versions of a contact the one recorded last; then by customer, the best first. */
static void sort_contacts(struct world *w)
{
	struct ar_tab ids = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < w->ncontact; i++) {
		bool fresh;
		uint32_t k = ar_tab_add(&ids, w->contact[i].id, &fresh);

		if (fresh || w->contact[i].recorded > w->contact[k].recorded
		    || (w->contact[i].recorded == w->contact[k].recorded && !w->contact[i].usable))
			w->contact[k] = w->contact[i];
		n = ids.n;
	}
	ar_tab_release(&ids);
	w->ncontact = n;
	ar_sort(w->contact, n, sizeof *w->contact, compare_contacts, NULL);
	w->first_contact = ar_arena_alloc(&w->mem, (n + 1) * sizeof *w->first_contact);
	for (size_t i = 0; i < n; i++) {
		bool fresh;
		uint32_t k = ar_tab_add(&w->contact_of, w->contact[i].customer, &fresh);

		if (fresh)
			w->first_contact[k] = (uint32_t)i;
	}
}

static int make_facts(struct world *w)
{
	w->f.as_of = cfg.as_of;
	for (size_t i = 0; i < ar_open_count(w->open); i++)
		add_item(w, ar_open_item(w->open, i));
	add_customers(w);
	sort_contacts(w);
	return add_transit(w);
}

/* ---- the freshness gate: no letters on stale cash ---- */

static int stale(struct world *w, struct ar_str what, ar_date day)
{
	char z[11];

	if (day == AR_DATE_NONE)
		ar_err(&w->io->err, AR_REFUSED, "stale", "--fresh: no export of %.*s says of which day it is",
		       AR_STR_FMT(what));
	else
		ar_err(&w->io->err, AR_REFUSED, "stale", "the newest %.*s is of %s, more than %lld days old",
		       AR_STR_FMT(what), ar_date_z(z, day), (long long)cfg.fresh_days);
	return ar_err_advice(&w->io->err, "get today's exports first: who has paid meanwhile must not be reminded");
}

static int check_fresh(struct world *w)
{
	for (size_t i = 0; cfg.fresh && i < w->f.nitem; i++) {
		struct ar_str entity = w->f.item[i].entity;
		ar_date day = AR_DATE_NONE;

		for (size_t k = 0; k < w->nexport; k++)
			if (ar_streq(w->export[k].name, entity))
				day = w->export[k].day;
		if (day == AR_DATE_NONE)
			return stale(w, entity, day);
		if (cfg.as_of - day > cfg.fresh_days)
			return stale(w, ar_str(ar_arena_fmt(&w->mem, "export of %.*s", AR_STR_FMT(entity))), day);
	}
	if (cfg.fresh && w->statement != AR_DATE_NONE && cfg.as_of - w->statement > cfg.fresh_days)
		return stale(w, AR_STR("bank statement"), w->statement);
	return 0;
}

/* ---- explanations ---- */

static int explain(struct world *w, const struct ar_dun_result *res)
{
	const char *words = ar_open_find(w->open, ar_str(cfg.explain)) != SIZE_MAX ? "not reminded: nothing is open"
		: "no such item in the input";

	for (size_t k = 0; k < w->f.nitem; k++) {
		const struct ar_dun_verdict *v = &res->verdict[k];

		if (ar_streqz(w->f.item[k].id, cfg.explain))
			words = ar_arena_fmt(&w->mem, "%s%s", v->why == AR_DUN_ACT ? "" : "not reminded: ",
			                     ar_dun_words(v, &w->mem));
	}
	ar_out_puts(&w->io->out, cfg.explain);
	ar_out_puts(&w->io->out, ": ");
	ar_out_puts(&w->io->out, words);
	ar_out_puts(&w->io->out, "\n");
	return AR_OK;
}

/* ---- findings ---- */

static void find(struct world *w, const char *code, const char *severity, struct ar_str about, const char *message)
{
	struct finding *f;
	bool fresh;

	ar_tab_add(&w->told, ar_str(ar_arena_fmt(&w->mem, "%s %.*s", code, AR_STR_FMT(about))), &fresh);
	if (!fresh)
		return;
	f = &MORE(w->finding, w->nfinding);
	*f = (struct finding){ code, severity, ar_str(message), about };
}

static int compare_findings(const void *pa, const void *pb, void *ctx)
{
	const struct finding *a = pa, *b = pb;
	int c = strcmp(a->code, b->code);

	return c ? c : ar_str_cmp(a->about, b->about);
}

static void start(struct world *w, enum ar_t type)
{
	ar_arena_reset(&w->rec_mem);
	ar_rec_start(&w->rec, type);
}

static void put_findings(struct world *w)
{
	struct ar_rec *r = &w->rec;

	ar_sort(w->finding, w->nfinding, sizeof *w->finding, compare_findings, NULL);
	for (size_t i = 0; i < w->nfinding; i++) {
		start(w, AR_T_finding);
		ar_set_text(r, AR_F_code, ar_str(w->finding[i].code));
		ar_set_text(r, AR_F_severity, ar_str(w->finding[i].severity));
		ar_set_text(r, AR_F_message, w->finding[i].message);
		ar_set_list(r, AR_F_about, &w->finding[i].about, 1);
		ar_io_put(w->io, r);
	}
}

/* What the verdicts say that a person should look at: policies not found, notices that lie about. */
static void find_in_verdicts(struct world *w, const struct ar_dun_result *res)
{
	for (size_t i = 0; i < w->f.nitem; i++) {
		const struct ar_dun_verdict *v = &res->verdict[i];
		const struct ar_dun_policy *p = w->policies.first;
		char day[11];

		if (v->why == AR_DUN_POLICY_UNKNOWN)
			find(w, "policy_unknown", "error", w->f.item[i].customer,
			     ar_arena_fmt(&w->mem, "the policy %.*s is not in the file: the payer is not reminded",
			                  AR_STR_FMT(v->about)));
		if (v->why == AR_DUN_UNDER_WAY && cfg.as_of - v->when > p->pending)
			find(w, "notice_pending", "warning", v->about,
			     ar_arena_fmt(&w->mem, "the notice was made on %s and is neither sent nor cancelled; its items "
			                  "are not reminded meanwhile", ar_date_z(day, v->when)));
	}
}

/* ---- who is written to ---- */

struct reader {                         /* of a notice */
	uint32_t customer;              /* in `open`; AR_OPEN_NOBODY = only an id */
	const struct contact *contact;
	struct ar_str email, name, to_name;
	enum ar_lang lang;
};

static bool bounced(const struct world *w, struct ar_str payer, struct ar_str email)
{
	uint32_t k = ar_tab_get(&w->contact_of, payer);

	for (size_t i = k == AR_TAB_NONE ? w->ncontact : w->first_contact[k];
	     i < w->ncontact && ar_streq(w->contact[i].customer, payer); i++)
		if (!w->contact[i].usable && ar_str_caseeq(w->contact[i].email, email))
			return true;
	return false;
}

static const struct contact *best_contact(struct world *w, struct ar_str payer)
{
	uint32_t k = ar_tab_get(&w->contact_of, payer);

	for (size_t i = k == AR_TAB_NONE ? w->ncontact : w->first_contact[k];
	     i < w->ncontact && ar_streq(w->contact[i].customer, payer); i++) {
		const struct contact *c = &w->contact[i];

		if (!c->usable || !c->email.n)
			continue;
		if (ar_mail_addr_ok(c->email))
			return c;
		find(w, "email_invalid", "warning", c->id, "the contact's mail address is not one plain address: not used");
	}
	return NULL;
}

static enum ar_lang language(struct ar_str contact, struct ar_str customer, const struct ar_dun_policy *p)
{
	int l = ar_lang_find(contact);

	if (l < 0)
		l = ar_lang_find(customer);
	if (l < 0)
		l = ar_lang_find(p->language);
	return (enum ar_lang)l;
}

static struct reader reader_of(struct world *w, const struct ar_dun_notice *n)
{
	struct reader r = { .customer = ar_open_customer_find(w->open, n->payer), .name = n->payer };
	struct ar_str own = { NULL, 0 }, lang = { NULL, 0 };

	if (r.customer != AR_OPEN_NOBODY) {
		struct ar_str name = customer_text(w, r.customer, AR_F_name);

		r.name = name.n ? name : r.name;
		own = customer_text(w, r.customer, AR_F_email);
		lang = customer_text(w, r.customer, AR_F_language);
	}
	r.contact = best_contact(w, n->payer);
	r.email = r.contact ? r.contact->email : own;
	r.to_name = r.contact && r.contact->name.n ? r.contact->name : r.name;
	r.lang = language(r.contact ? r.contact->language : (struct ar_str){ NULL, 0 }, lang, n->policy);
	if (r.contact || n->level->channel != AR_DUN_EMAIL)
		return r;
	if (own.n && !ar_mail_addr_ok(own))
		find(w, "email_invalid", "warning", n->payer, "the mail address is not one plain address: a letter is written");
	else if (!own.n || bounced(w, n->payer, own))
		find(w, "email_missing", "warning", n->payer, "there is no usable mail address: a letter is written");
	else
		return r;
	r.email.n = 0;
	return r;
}

/* ---- notices ---- */

static struct ar_str notice_id(struct world *w, const struct ar_dun_notice *n)
{
	return ar_str(ar_arena_fmt(&w->mem, "%.*s/arpipe:g:%.32s", AR_STR_FMT(n->entity), n->key));
}

static struct ar_str rule(struct world *w, const struct ar_dun_policy *p, const struct ar_dun_level *l)
{
	return ar_str(ar_arena_fmt(&w->rec_mem, "%.*s/level-%d", AR_STR_FMT(p->name), l->number));
}

static void set_items(struct ar_rec *r, enum ar_f f, const struct ar_dun_notice *n, bool credits)
{
	for (int i = 0; i < n->nline; i++)
		ar_list_add(r, f, n->line[i].item->id);
	for (int i = 0; credits && i < n->ncredit; i++)
		ar_list_add(r, f, n->credit[i]->id);
}

struct file { struct ar_str name; char sha256[65]; };

static void put_notice(struct world *w, const struct ar_dun_notice *n, const struct reader *to, struct ar_str channel,
                       const struct file *file)
{
	struct ar_rec *r = &w->rec;
	bool task = n->level->channel == AR_DUN_TASK;

	start(w, AR_T_notice);
	ar_set_text(r, AR_F_id, notice_id(w, n));
	ar_set_text(r, AR_F_entity, n->entity);
	ar_set_text(r, AR_F_customer, n->payer);
	ar_set_i(r, AR_F_date, cfg.as_of);
	if (task)                       /* the task record beside it is the act: nothing is left to send */
		ar_set_i(r, AR_F_sent_on, cfg.as_of);
	ar_set_text(r, AR_F_policy, n->policy->name);
	ar_set_i(r, AR_F_level, n->level->number);
	if (to && to->contact)
		ar_set_text(r, AR_F_contact, to->contact->id);
	ar_set_i(r, AR_F_currency, n->ccy);
	ar_set_i(r, AR_F_amount, n->amount);
	if (n->fees)
		ar_set_i(r, AR_F_fees, n->fees);
	ar_set_i(r, AR_F_total, n->total);
	ar_set_text(r, AR_F_channel, channel);
	if (to)
		ar_set_text(r, AR_F_language, ar_str(ar_lang_name(to->lang)));
	ar_set_text(r, AR_F_template, n->level->template);
	if (n->due_by != AR_DATE_NONE)
		ar_set_i(r, AR_F_due_by, n->due_by);
	ar_set_text(r, AR_F_state, task ? AR_STR("delivered") : file->name.n ? AR_STR("rendered") : AR_STR("proposed"));
	ar_set_text(r, AR_F_key, ar_str(n->key));
	ar_set_text(r, AR_F_origin, AR_STR("arpipe"));
	if (n->previous)
		ar_set_text(r, AR_F_previous, n->previous->id);
	ar_set_text(r, AR_F_file, file->name);
	if (file->name.n)
		ar_set_text(r, AR_F_file_sha256, ar_str(file->sha256));
	ar_set_i(r, AR_F_recorded, cfg.now);
	set_items(r, AR_F_derived_from, n, true);
	ar_set_text(r, AR_F_rule, rule(w, n->policy, n->level));
	ar_io_put(w->io, r);
}

static void put_lines(struct world *w, const struct ar_dun_notice *n)
{
	struct ar_rec *r = &w->rec;

	for (int i = 0; i < n->nline; i++) {
		const struct ar_dun_line *l = &n->line[i];

		start(w, AR_T_notice_line);
		ar_set_text(r, AR_F_notice, notice_id(w, n));
		ar_set_text(r, AR_F_item, l->item->id);
		ar_set_i(r, AR_F_level, l->level->number);
		ar_set_i(r, AR_F_open, l->open);
		ar_set_i(r, AR_F_days, l->days);
		ar_set_i(r, AR_F_currency, n->ccy);
		ar_set_list(r, AR_F_derived_from, &l->item->id, 1);
		ar_set_text(r, AR_F_rule, rule(w, n->policy, l->level));
		ar_io_put(w->io, r);
	}
}

static void put_task(struct world *w, const struct ar_dun_notice *n)
{
	const struct ar_dun_level *l = n->level;
	struct ar_rec *r = &w->rec;

	start(w, AR_T_task);
	ar_set_fmt(r, AR_F_id, "%.*s/arpipe:t:%.32s", AR_STR_FMT(n->entity), n->key);
	ar_set_text(r, AR_F_entity, n->entity);
	ar_set_text(r, AR_F_customer, n->payer);
	ar_set_text(r, AR_F_kind, l->kind.n ? l->kind : AR_STR("dunning"));
	ar_set_text(r, AR_F_assignee, l->assignee);
	ar_set_text(r, AR_F_role, l->role);
	ar_set_i(r, AR_F_due, n->due_by == AR_DATE_NONE ? cfg.as_of : n->due_by);
	ar_set_text(r, AR_F_reason, ar_str(ar_arena_fmt(&w->rec_mem, "%d item%s reached level %d of policy %.*s; the oldest "
	            "is %d days past due", n->nline, n->nline == 1 ? "" : "s", l->number,
	            AR_STR_FMT(n->policy->name), n->line[0].days)));
	set_items(r, AR_F_items, n, false);
	ar_set_i(r, AR_F_amount, n->amount);
	ar_set_i(r, AR_F_currency, n->ccy);
	if (l->key_focus)
		ar_set_i(r, AR_F_key_focus, 1);
	ar_set_text(r, AR_F_state, AR_STR("open"));
	set_items(r, AR_F_derived_from, n, true);
	ar_set_text(r, AR_F_rule, rule(w, n->policy, l));
	ar_io_put(w->io, r);
}

static struct ar_str name_beside_payer(void *ctx, const struct ar_dun_item *it)
{
	struct world *w = ctx;
	uint32_t c = w->item_customer[it - w->f.item];
	struct ar_str payer = c == AR_OPEN_NOBODY ? it->customer : ar_open_customer_text(w->open, c, AR_F_payer);

	if (c == AR_OPEN_NOBODY || ar_streq(payer, ar_open_customer(w->open, c)))
		return (struct ar_str){ "", 0 };
	return customer_text(w, c, AR_F_name);
}

static int address_of(struct world *w, uint32_t customer, struct ar_str **line)
{
	struct ar_str raw = { NULL, 0 };
	struct ar_rec *r = &w->rec;

	if (customer != AR_OPEN_NOBODY)
		raw = ar_open_customer_text(w->open, customer, AR_F_address);
	start(w, AR_T_customer);
	if (!raw.n)
		return 0;
	r->v[AR_F_address] = (struct ar_val){ .p = raw.p, .n = (uint32_t)raw.n, .i = (int64_t)raw.n };  /* no more than that */
	ar_mark(r, AR_F_address);
	return ar_list(r, AR_F_address, line);
}

/* Write the file. *file stays empty when this one cannot be written: that is a finding. */
static int render(struct world *w, const struct ar_dun_notice *n, const struct reader *to, bool mail, struct file *file)
{
	struct letter l = { .notice = n, .company = ar_dun_company_of(&w->policies, n->entity), .lang = to->lang,
		.date = cfg.as_of, .now = cfg.now, .name = to->name, .to_name = to->to_name,
		.customer_name = name_beside_payer, .ctx = w };
	struct ar_err *e = &w->io->err;
	struct ar_buf b = AR_BUF_INIT;
	uint8_t d[32];
	int rc;

	if (!l.company)
		return ar_err(e, AR_USAGE, "conf_missing", "the policy file has no [company] for %.*s", AR_STR_FMT(n->entity));
	if (mail)
		l.to = to->email;
	if (to->customer != AR_OPEN_NOBODY)
		l.number = customer_text(w, to->customer, AR_F_system_id);
	if (n->previous && ar_streqz(n->previous->channel, "email"))
		l.previous = n->previous->key;
	l.naddress = address_of(w, to->customer, &l.address);
	rc = letters_put(w->letters, &l, &b, e);
	if (rc < 0 && e->exit == AR_FINDINGS) {
		char line[1200];

		find(w, "not_rendered", "error", n->payer, ar_arena_fmt(&w->mem, "%s", ar_err_line(e, line, sizeof line)));
		ar_err_clear(e);
		rc = 0;
	} else if (rc == 0) {
		file->name = ar_str(ar_arena_fmt(&w->mem, "%s.%s", n->key, mail ? "eml" : "txt"));
		ar_sha256(b.p, b.n, d);
		ar_hex(d, 32, file->sha256);
		rc = ar_out_file(ar_arena_fmt(&w->mem, "%s/%.*s", cfg.render, AR_STR_FMT(file->name)), b.p, b.n, e);
	}
	ar_buf_release(&b);
	return rc;
}

static int put_one(struct world *w, const struct ar_dun_notice *n)
{
	struct file file = { { NULL, 0 }, "" };
	struct reader to;
	bool mail;

	if (n->level->channel == AR_DUN_TASK) {
		put_notice(w, n, NULL, AR_STR("task"), &file);
	} else {
		to = reader_of(w, n);
		mail = n->level->channel == AR_DUN_EMAIL && to.email.n;
		if (cfg.render && render(w, n, &to, mail, &file) < 0)
			return -1;
		put_notice(w, n, &to, mail ? AR_STR("email") : AR_STR("letter"), &file);
	}
	put_lines(w, n);
	if (n->level->role.n)
		put_task(w, n);
	return 0;
}

/* ---- the run ---- */

static int check_company(struct world *w, const struct ar_dun_company *c)
{
	struct ar_str bad = !ar_mail_addr_ok(c->from) ? c->from : c->reply_to;

	if (ar_mail_addr_ok(c->from) && (!c->reply_to.n || ar_mail_addr_ok(c->reply_to)))
		return 0;
	return ar_err(&w->io->err, AR_USAGE, "conf_value", "the [company] %.*s: '%.*s' is not one plain mail address",
	              AR_STR_FMT(c->name), AR_STR_FMT(bad));
}

static int read_policy(struct world *w)
{
	struct ar_io *io = w->io;
	struct ar_conf conf;
	const char *base = strrchr(cfg.policy, '/'), *p;
	size_t n;

	p = ar_io_slurp(io, cfg.policy, AR_CONF_MAX_FILE, &n);
	if (!p || ar_conf_parse(&conf, &io->mem, base ? base + 1 : cfg.policy, p, n, &io->err) < 0
	    || ar_dun_policy_read(&w->policies, &conf, &io->mem, &io->err) < 0)
		return -1;
	for (const struct ar_dun_company *c = w->policies.company; c; c = c->next)
		if (check_company(w, c) < 0)
			return -1;
	for (const struct ar_dun_policy *q = w->policies.first; q; q = q->next)
		if (ar_lang_find(q->language) < 0)
			return ar_err(&io->err, AR_USAGE, "conf_value", "the policy %.*s: language '%.*s' is none of en, de, fr",
			              AR_STR_FMT(q->name), AR_STR_FMT(q->language));
	return 0;
}

static int check_options(struct ar_io *io)
{
	if (cfg.as_of == AR_DATE_NONE || !cfg.policy)
		return ar_err(&io->err, AR_USAGE, "usage", "--%s is needed; see --help", cfg.policy ? "as-of" : "policy");
	if (cfg.render && io->fragment)
		return ar_err(&io->err, AR_USAGE, "usage", "--render needs a whole stream: --fragment cannot show that nothing "
		              "is missing");
	if (cfg.now == INT64_MIN)
		cfg.now = (int64_t)cfg.as_of * 86400;
	return 0;
}

static int put_all(struct world *w, const struct ar_dun_result *res)
{
	if (cfg.render && ar_mkdirs(cfg.render, &w->io->err) < 0)
		return -1;
	for (size_t i = 0; i < res->nnotice; i++)
		if (put_one(w, &res->notice[i]) < 0)
			return -1;
	find_in_verdicts(w, res);
	put_findings(w);
	return w->nfinding ? AR_FINDINGS : AR_OK;
}

static int work(struct world *w)
{
	struct ar_dun_result res;
	struct ar_io *io = w->io;

	if (check_options(io) < 0 || read_policy(w) < 0)
		return -1;
	io->w.as_of = cfg.as_of;
	io->w.known_at = cfg.known_at == INT64_MAX ? INT64_MIN : cfg.known_at;
	if (read_all(w) < 0 || make_facts(w) < 0 || check_fresh(w) < 0
	    || ar_dun_run(&res, &w->f, &w->policies, &w->mem, &io->err) < 0)
		return -1;
	w->letters = letters_new(io, cfg.templates);
	return cfg.explain ? explain(w, &res) : put_all(w, &res);
}

static int dunning(struct ar_io *io)
{
	struct world w = { .io = io, .statement = AR_DATE_NONE };
	int rc;

	ar_rec_init(&w.rec, &w.rec_mem);
	rc = work(&w);
	if (w.letters)
		letters_release(w.letters);
	if (w.open)
		ar_open_free(w.open);
	ar_tab_release(&w.matches);
	ar_tab_release(&w.contact_of);
	ar_tab_release(&w.told);
	free(w.f.item);
	free(w.f.customer);
	free(w.f.past);
	free(w.f.past_line);
	free(w.f.promise);
	free(w.contact);
	free(w.transit);
	free(w.export);
	free(w.finding);
	free(w.item_customer);
	free(cfg.with.v);
	ar_rec_release(&w.rec);
	ar_arena_release(&w.rec_mem);
	ar_arena_release(&w.mem);
	return rc;
}

static struct ar_tool tool = {
	.name = "ar-dunning",
	.summary = "decide who is reminded, and write the mails, letters and tasks",
	.operands = "[FILE ...]",
	.about = "Reads open items, customers and the history of notices and decides for the as-of date, by the levels of the policy, "
	         "which items are reminded: one notice for each company, payer and currency, with a line for each item.\n\n"
	         "The level of an item follows from the notices that were sent about it, never from a counter. A night that was "
	         "missed is caught up; a second run that has the output of the first as history proposes nothing new. Items in "
	         "dispute, promised, blocked, collected by direct debit or covered by tonight's proposed matches are left out; "
	         "--explain says of any item why.\n\n"
	         "Notices come out as proposed, or with --render as rendered: somebody sends them and keeps the notice with "
	         "state sent for the next run. A level with channel task needs no sending: its notice comes out as delivered.",
	.opts = opts,
	.run = dunning,
};

int main(int argc, char **argv)
{
	return ar_main(&tool, argc, argv);
}
