/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-dunning - who is reminded today, at which level and why: notices, mails and letters, tasks. */
#include "config.h"

#include "base/sort.h"
#include "cmd/dunning_world.h"
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
		struct ar_str name = world_customer(w, r.customer, AR_F_name);

		r.name = name.n ? name : r.name;
		own = world_customer(w, r.customer, AR_F_email);
		lang = world_customer(w, r.customer, AR_F_language);
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
	return world_customer(w, c, AR_F_name);
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
		l.number = world_customer(w, to->customer, AR_F_system_id);
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
	if (world_read(w, &cfg.with) < 0 || world_facts(w) < 0 || check_fresh(w) < 0
	    || ar_dun_run(&res, &w->f, &w->policies, &w->mem, &io->err) < 0)
		return -1;
	w->letters = letters_new(io, cfg.templates);
	return cfg.explain ? explain(w, &res) : put_all(w, &res);
}

static int dunning(struct ar_io *io)
{
	struct world w = { .io = io, .f.as_of = cfg.as_of, .known_at = cfg.known_at, .statement = AR_DATE_NONE };
	int rc;

	ar_rec_init(&w.rec, &w.rec_mem);
	rc = work(&w);
	if (w.letters)
		letters_release(w.letters);
	ar_tab_release(&w.told);
	free(w.finding);
	free(cfg.with.v);
	ar_rec_release(&w.rec);
	ar_arena_release(&w.rec_mem);
	world_release(&w);
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
