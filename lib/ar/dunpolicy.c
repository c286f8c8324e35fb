/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/dunpolicy.h"

#include "num/ccy.h"
#include "num/money.h"

int64_t ar_dun_amount(const struct ar_dun_amounts *a, int ccy)
{
	for (int i = 0; i < a->n; i++)
		if (a->v[i].ccy == ccy)
			return a->v[i].minor;
	return 0;
}

const struct ar_dun_policy *ar_dun_policy_find(const struct ar_dun_policies *p, struct ar_str name)
{
	const struct ar_dun_policy *at = p->first;

	while (name.n && at && !ar_streq(at->name, name))
		at = at->next;
	return at;
}

const struct ar_dun_level *ar_dun_level_find(const struct ar_dun_policy *p, int number)
{
	for (int i = 0; i < p->nlevel; i++)
		if (p->level[i].number == number)
			return &p->level[i];
	return NULL;
}

int ar_dun_last_level(const struct ar_dun_policy *p)
{
	return p->level[p->nlevel - 1].number;
}

const struct ar_dun_company *ar_dun_company_of(const struct ar_dun_policies *p, struct ar_str entity)
{
	const struct ar_dun_company *any = NULL;

	for (const struct ar_dun_company *c = p->company; c; c = c->next) {
		if (c->entity.n && ar_streq(c->entity, entity))
			return c;
		if (!c->entity.n)
			any = c;
	}
	return any;
}

const char *ar_dun_channel_name(enum ar_dun_channel c)
{
	static const char *const name[] = { "email", "letter", "task" };

	return name[c];
}

/* ---- reading ---- */

static int bad(const struct ar_conf_key *k, struct ar_str v, const char *why, struct ar_err *e)
{
	ar_err(e, AR_USAGE, "conf_value", "%.*s: %s, not '%.*s'", AR_STR_FMT(k->name), why, AR_STR_FMT(v));
	return ar_err_at(e, k->file, k->line);
}

static int bad_sec(const struct ar_conf_sec *s, const char *why, struct ar_err *e)
{
	ar_err(e, AR_USAGE, "conf_value", "[%.*s%s%.*s]: %s", AR_STR_FMT(s->name), s->arg.n ? " " : "",
	       AR_STR_FMT(s->arg), why);
	return ar_err_at(e, s->file, s->line);
}

/* "14 days", "1 day", "14", and below zero only where `least` allows it. */
static int get_days(struct ar_conf_sec *s, const char *name, int least, int *out, struct ar_err *e)
{
	struct ar_conf_key *k;
	struct ar_str rest, word;
	int64_t n;
	bool minus;
	int rc = ar_conf_get(s, name, &k, e);

	if (rc != 1)
		return rc;
	rest = k->value;
	if (!ar_conf_word(&rest, &word))
		return bad(k, k->value, "write a number of days: 14 days", e);
	minus = ar_str_starts(word, "-");
	if (minus)
		word = (struct ar_str){ word.p + 1, word.n - 1 };
	n = ar_str_uint(word, AR_DUN_DAYS);
	if (n < 0 || (ar_conf_word(&rest, &word) && !ar_streqz(word, "days") && !ar_streqz(word, "day"))
	    || ar_str_trim(rest).n)
		return bad(k, k->value, "write a number of days: 14 days", e);
	if (minus)
		n = -n;
	if (n < least)
		return bad(k, k->value, "must not lie before the due date", e);
	*out = (int)n;
	return 1;
}

static int get_amounts(struct ar_conf_sec *s, const char *name, struct ar_arena *a,
                       struct ar_dun_amounts *out, struct ar_err *e)
{
	struct ar_conf_key *k;
	int rc = ar_conf_get(s, name, &k, e);

	if (rc != 1)
		return rc;
	out->v = ar_arena_zero(a, (k->value.n / 4 + 1) * sizeof *out->v);       /* "EUR 1" is five bytes */
	for (struct ar_str rest = k->value, piece, ccy, digits; ar_conf_split(&rest, ',', &piece); ) {
		struct ar_dun_money *m = &out->v[out->n];

		if (!ar_conf_word(&piece, &ccy) || !ar_conf_word(&piece, &digits) || ar_str_trim(piece).n)
			return bad(k, k->value, "write currency and amount: EUR 5.00, USD 5.00", e);
		m->ccy = (int16_t)ar_ccy_find(ccy);
		if (m->ccy < 0)
			return bad(k, ccy, "must be an ISO 4217 currency", e);
		if (ar_money_read(digits, ar_ccy[m->ccy].digits, &m->minor, e) < 0 || m->minor < 0)
			return bad(k, digits, "must be an amount of that currency", e);
		for (int i = 0; i < out->n; i++)
			if (out->v[i].ccy == m->ccy)
				return bad(k, ccy, "may name a currency once only", e);
		out->n++;
	}
	return 1;
}

/* One of a few words; *out gets its place among them. */
static int get_word(struct ar_conf_sec *s, const char *name, const char *const *words, int *out, struct ar_err *e)
{
	struct ar_conf_key *k;
	int rc = ar_conf_get(s, name, &k, e);

	if (rc != 1)
		return rc;
	for (int i = 0; words[i]; i++)
		if (ar_streqz(k->value, words[i])) {
			*out = i;
			return 1;
		}
	return bad(k, k->value, ar_arena_fmt(s->conf->arena, "write %s or %s", words[0],
	           words[2] ? ar_arena_fmt(s->conf->arena, "%s or %s", words[1], words[2]) : words[1]), e);
}

static int get_lines(struct ar_conf_sec *s, const char *name, struct ar_str **out, int *n, struct ar_err *e)
{
	struct ar_conf_key *k;
	int rc = ar_conf_get(s, name, &k, e), count = 0;

	if (rc != 1)
		return rc;
	for (const struct ar_conf_line *l = &k->first; l; l = l->next)
		count++;
	*out = ar_arena_zero(s->conf->arena, (size_t)count * sizeof **out);
	for (const struct ar_conf_line *l = &k->first; l; l = l->next)
		if (l->text.n)
			(*out)[(*n)++] = ar_conf_unquote(s->conf->arena, l->text);
	return 1;
}

static int read_policy(struct ar_dun_policy *p, struct ar_conf_sec *s, struct ar_arena *a, struct ar_err *e)
{
	static const char *const credits[] = { "list", "net", NULL };
	static const char *const disputes[] = { "item", "part", NULL };
	int net = 1, part = 0, rc = ar_conf_get_str(s, "name", &p->name, e);

	p->sequential = true;
	p->not_due = true;
	p->pending = 3;
	p->language = AR_STR("en");
	if (rc < 0)
		return -1;
	if (!rc || !p->name.n)
		return ar_conf_missing(s, "name", e);
	if (get_amounts(s, "min_total", a, &p->min_total, e) < 0 || get_word(s, "credits", credits, &net, e) < 0
	    || get_word(s, "disputes", disputes, &part, e) < 0 || get_days(s, "min_gap", 0, &p->min_gap, e) < 0
	    || get_days(s, "payer_gap", 0, &p->payer_gap, e) < 0 || get_days(s, "grace", 0, &p->grace, e) < 0
	    || get_days(s, "pending", 0, &p->pending, e) < 0
	    || ar_conf_get_bool(s, "include_not_due", &p->not_due, e) < 0
	    || ar_conf_get_bool(s, "sequential", &p->sequential, e) < 0
	    || ar_conf_get_str(s, "language", &p->language, e) < 0)
		return -1;
	p->net = net;
	p->dispute_part = part;
	return 0;
}

static int check_level(const struct ar_dun_policy *p, const struct ar_dun_level *l, struct ar_conf_sec *s,
                       struct ar_err *e)
{
	const struct ar_dun_level *last = p->nlevel ? &p->level[p->nlevel - 1] : NULL;

	if (l->number != (last ? last->number + 1 : l->number ? 1 : 0))
		return bad_sec(s, "levels are numbered 0 (a courtesy) or 1, then on by one", e);
	if (l->number == 0 && l->after > 0)
		return bad_sec(s, "level 0 is a courtesy: after must be 0 days or less", e);
	if (l->number == 0 && (l->channel == AR_DUN_TASK || l->clock != AR_DUN_DUE || l->fee.n))
		return bad_sec(s, "a courtesy is a mail or letter, counts from the due date and costs nothing", e);
	if (last && l->clock == AR_DUN_DUE && last->clock == AR_DUN_DUE && l->after <= last->after)
		return bad_sec(s, "each level must come later than the one before", e);
	if (l->channel == AR_DUN_TASK ? !l->role.n : !l->template.n)
		return ar_conf_missing(s, l->channel == AR_DUN_TASK ? "role" : "template", e);
	if (l->channel == AR_DUN_TASK && (l->template.n || l->fee.n))
		return bad_sec(s, "a task has neither template nor fee", e);
	if ((l->key_focus || l->assignee.n || l->kind.n) && !l->role.n)
		return ar_conf_missing(s, "role", e);
	return 0;
}

static int read_level(struct ar_dun_policy *p, struct ar_conf_sec *s, struct ar_arena *a, struct ar_err *e)
{
	static const char *const clocks[] = { "due", "previous_notice", NULL };
	static const char *const channels[] = { "email", "letter", "task", NULL };
	struct ar_dun_level l = { .due_in = -1 };
	int clock = AR_DUN_DUE, channel = AR_DUN_EMAIL, rc;

	l.number = (int)ar_str_uint(s->arg, AR_DUN_LEVELS - 1);
	if (l.number < 0 || p->nlevel == AR_DUN_LEVELS)
		return bad_sec(s, "a level has a number from 0 to 19", e);
	rc = get_days(s, "after", l.number ? 0 : -AR_DUN_DAYS, &l.after, e);
	if (rc < 0)
		return -1;
	if (!rc)
		return ar_conf_missing(s, "after", e);
	if (get_word(s, "clock", clocks, &clock, e) < 0 || get_word(s, "channel", channels, &channel, e) < 0
	    || ar_conf_get_str(s, "template", &l.template, e) < 0 || ar_conf_get_str(s, "role", &l.role, e) < 0
	    || ar_conf_get_str(s, "assignee", &l.assignee, e) < 0 || ar_conf_get_str(s, "kind", &l.kind, e) < 0
	    || ar_conf_get_bool(s, "key_focus", &l.key_focus, e) < 0
	    || get_days(s, "due_in", 0, &l.due_in, e) < 0 || get_amounts(s, "min_item", a, &l.min_item, e) < 0
	    || get_amounts(s, "fee", a, &l.fee, e) < 0)
		return -1;
	l.clock = (enum ar_dun_clock)clock;
	l.channel = (enum ar_dun_channel)channel;
	if (check_level(p, &l, s, e) < 0)
		return -1;
	p->courtesy |= l.number == 0;
	p->level[p->nlevel++] = l;
	return 0;
}

static int read_company(struct ar_dun_policies *out, struct ar_conf_sec *s, struct ar_arena *a, struct ar_err *e)
{
	struct ar_dun_company *c = ar_arena_zero(a, sizeof *c);
	int rc;

	c->entity = s->arg;
	for (const struct ar_dun_company *o = out->company; o; o = o->next)
		if (ar_streq(o->entity, c->entity))
			return bad_sec(s, "stands twice", e);
	rc = ar_conf_get_str(s, "name", &c->name, e);
	if (rc == 0)
		return ar_conf_missing(s, "name", e);
	if (rc > 0)
		rc = ar_conf_get_str(s, "from", &c->from, e);
	if (rc == 0)
		return ar_conf_missing(s, "from", e);
	if (rc < 0 || ar_conf_get_str(s, "reply_to", &c->reply_to, e) < 0
	    || get_lines(s, "address", &c->address, &c->naddress, e) < 0
	    || get_lines(s, "bank", &c->bank, &c->nbank, e) < 0)
		return -1;
	c->next = out->company;
	out->company = c;
	return 0;
}

/* The sections that belong to a policy are those up to the next [policy]. */
static int read_levels(struct ar_dun_policy *p, struct ar_conf_sec *from, struct ar_arena *a, struct ar_err *e)
{
	struct ar_conf_sec *s = from->next;

	for (; s && !ar_streqz(s->name, "policy"); s = s->next) {
		if (!ar_streqz(s->name, "level"))
			continue;
		s->used = true;
		if (read_level(p, s, a, e) < 0)
			return -1;
	}
	if (!p->nlevel || (p->nlevel == 1 && p->courtesy))
		return bad_sec(from, "has no [level 1]", e);
	return 0;
}

int ar_dun_policy_read(struct ar_dun_policies *out, struct ar_conf *c, struct ar_arena *a, struct ar_err *e)
{
	struct ar_dun_policy **tail = &out->first;

	for (struct ar_conf_sec *s = NULL; (s = ar_conf_next_sec(c, "policy", s)); ) {
		struct ar_dun_policy *p = ar_arena_zero(a, sizeof *p);

		if (read_policy(p, s, a, e) < 0 || read_levels(p, s, a, e) < 0)
			return -1;
		if (ar_dun_policy_find(out, p->name))
			return bad_sec(s, "two policies have one name", e);
		*tail = p;
		tail = &p->next;
	}
	for (struct ar_conf_sec *s = NULL; (s = ar_conf_next_sec(c, "company", s)); )
		if (read_company(out, s, a, e) < 0)
			return -1;
	if (!out->first) {
		ar_err(e, AR_USAGE, "conf_missing", "there is no [policy] section");
		return ar_err_at(e, c->file, 0);
	}
	return ar_conf_unused(c, e);
}
