/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dun.c - who is reminded when: the cadence of the default policy, day by day, and everything that stops it. */
#include "config.h"

#include "ar/dun.h"
#include "num/ccy.h"
#include "tap.h"

#define S(z) ar_str(z)
enum { MAX = 64, GRACE = 3 };

static const char seed[] =
	"[policy]\nname = seed\ngrace = 3 days\nmin_gap = 3 days\nmin_total = EUR 10.00\n"
	"[level 0]\nafter = -3 days\ntemplate = friendly\n"
	"[level 1]\nafter = 7 days\ntemplate = mild\ndue_in = 10 days\nmin_item = EUR 2.00\n"
	"[level 2]\nafter = 14 days\ntemplate = second\nfee = EUR 5.00\n"
	"[level 3]\nafter = 30 days\nchannel = task\nrole = credit administrator\nkey_focus = yes\n"
	"[level 4]\nafter = 60 days\ntemplate = final\nchannel = letter\n";

static struct ar_arena arena;
static struct ar_err err;
static struct ar_dun_policies policies;
static struct ar_dun_result res;
static ar_date d0;                      /* when the item is due */
static int eur, usd;

static struct ar_dun_item item[MAX];
static struct ar_dun_customer customer[MAX];
static struct ar_dun_past past[MAX];
static struct ar_dun_past_line past_line[MAX];
static struct ar_dun_promise promise[MAX];
static struct ar_dun_facts f = { .item = item, .customer = customer, .past = past, .past_line = past_line,
	.promise = promise };

static void policy(const char *text)
{
	struct ar_conf c;

	policies = (struct ar_dun_policies){ NULL, NULL };
	ar_err_clear(&err);
	if (ar_conf_parse(&c, &arena, "p.policy", text, strlen(text), &err) < 0
	    || ar_dun_policy_read(&policies, &c, &arena, &err) < 0)
		printf("# policy: %s\n", err.text);
}

static struct ar_dun_item *add(const char *id, const char *cust, int64_t open, ar_date due)
{
	item[f.nitem] = (struct ar_dun_item){ .id = S(id), .number = S(id), .entity = S("north"),
		.customer = S(cust), .ccy = eur, .issued = d0 - 30, .due = due, .open = open,
		.erp_date = AR_DATE_NONE };
	return &item[f.nitem++];
}

static struct ar_dun_customer *add_customer(const char *id)
{
	customer[f.ncustomer] = (struct ar_dun_customer){ .id = S(id), .block_until = AR_DATE_NONE };
	return &customer[f.ncustomer++];
}

/* An empty world with the default policy. */
static void fresh(void)
{
	policy(seed);
	f.nitem = f.ncustomer = f.npast = f.npast_line = f.npromise = 0;
}

/* The usual one: 100.00 EUR, due on d0. */
static struct ar_dun_item *one(void)
{
	fresh();
	return add("i1", "c1", 10000, d0);
}

static size_t run(int day)
{
	f.as_of = d0 + day;
	ar_err_clear(&err);
	if (ar_dun_run(&res, &f, &policies, &arena, &err) < 0) {
		res.nnotice = 0;
		printf("# %s: %s\n", err.code, err.text);
		return 99;
	}
	return res.nnotice;
}

static enum ar_dun_why why(size_t i)
{
	return res.verdict[i].why;
}

/* Put what the last run proposed into the history, in this state. */
static void record(enum ar_dun_state state)
{
	for (size_t i = 0; i < res.nnotice; i++) {
		const struct ar_dun_notice *n = &res.notice[i];
		struct ar_dun_past *p = &past[f.npast++];

		*p = (struct ar_dun_past){ .key = ar_str(ar_arena_dup(&arena, n->key, 64)), .entity = n->entity,
			.payer = n->payer, .channel = S(ar_dun_channel_name(n->level->channel)), .ccy = n->ccy,
			.level = n->level->number, .date = f.as_of, .recorded = INT64_MIN, .state = state };
		p->id = p->key;
		for (int k = 0; k < n->nline; k++)
			past_line[f.npast_line++] = (struct ar_dun_past_line){ p->id, n->line[k].item->id,
				n->line[k].level->number };
	}
}

static void remembered(const char *id, const char *of, int level, int day, enum ar_dun_state state)
{
	past[f.npast++] = (struct ar_dun_past){ .id = S(id), .entity = S("north"), .payer = S("c1"), .ccy = eur,
		.channel = S("email"), .level = level, .date = d0 + day, .recorded = INT64_MIN, .state = state };
	past_line[f.npast_line++] = (struct ar_dun_past_line){ S(id), S(of), level };
}

static int level(size_t n)
{
	return n < res.nnotice ? res.notice[n].level->number : -9;
}

/* Runs every day from..to (except skipped ones), sends what it makes; the text says what came: "-3:0 7:1". */
static const char *days(int from, int to, int skip_from, int skip_to)
{
	static char out[400];
	size_t n = 0;

	out[0] = '\0';
	for (int day = from; day <= to; day++) {
		if (day >= skip_from && day <= skip_to)
			continue;
		for (int twice = 0; twice < 2; twice++) {
			run(day);
			for (size_t i = 0; i < res.nnotice; i++)
				n += (size_t)snprintf(out + n, sizeof out - n, "%s%d:%d%s", n ? " " : "", day, level(i),
				                      res.notice[i].level->key_focus ? "!" : "");
			record(AR_DUN_SENT);
		}
	}
	return out;
}

static void cadence(void)
{
	one();
	is_str(days(-40, 100, 1, 0), "-3:0 7:1 14:2 30:3! 60:4",
	       "-3 friendly, 7 mild, 14 second, 30 task and key focus, 60 final; each once, run twice every day");
	one();
	is_str(days(6, 6, 1, 0), "", "6 days: nothing");
	one();
	is_str(days(7, 13, 1, 0), "7:1", "7 days: mild, once; 8 to 13: nothing");
	one();
	is_str(days(0, 29, 7, 9), "0:0 10:1 14:2", "missed on 7 to 9: mild on day 10, once");
	one();
	is_str(days(-20, 20, -3, 0), "7:1 14:2", "missed from -3 to 0: the courtesy does not come after the due date");
	one();
	is_str(days(-20, 0, -3, -2), "-1:0", "a courtesy may come late, as long as it is before the due date");
	one();
	is_str(days(45, 45, 1, 0), "45:1", "first seen at 45 days: level 1 only");
	one();
	is_str(days(45, 60, 1, 0), "45:1 48:2 51:3! 60:4", "and on from there, min_gap apart");
	one();
	run(7);
	is_int(level(0), 1, "a mild mail is proposed");
	record(AR_DUN_PROPOSED);
	is_int((int64_t)run(7), 0, "proposed already: not again on the same day");
	is_int(why(0), AR_DUN_UNDER_WAY, "it is under way");
	is_int((int64_t)run(8), 0, "nor on the next");
	past[0].state = AR_DUN_CANCELLED;
	is_int((int64_t)run(7), 0, "cancelled: not the same again on that day");
	is_int(why(0), AR_DUN_SAME_DAY, "because it has the same key");
	is_int((int64_t)run(8), 1, "but on the next");
	past[0].state = AR_DUN_BOUNCED;
	is_int((int64_t)run(9), 1, "a bounced one does not count");
}

static void history(void)
{
	one();
	remembered("n1", "i1", 1, 7, AR_DUN_PROPOSED);
	remembered("n1", "i1", 1, 8, AR_DUN_SENT);
	past[0].recorded = 1;
	past[1].recorded = 2;
	run(12);
	is_int(why(0), AR_DUN_EARLY, "the version recorded last counts: sent");
	is_int(res.verdict[0].last_date, d0 + 8, "on the day it was sent");
	past[1].recorded = 0;
	run(12);
	is_int(why(0), AR_DUN_UNDER_WAY, "whichever came first in the input");
	one();
	remembered("n1", "i1", 1, 7, AR_DUN_SENT);
	run(6);
	is_int(res.verdict[0].last, AR_DUN_NEVER, "what is dated later is not looked at");
	one();
	past_line[f.npast_line++] = (struct ar_dun_past_line){ S("n9"), S("i1"), 1 };
	is_int((int64_t)run(7), 99, "a line without its notice");
	is_str(err.code, "history_incomplete", "is refused");
	one();
	remembered("n1", "i1", 1, 7, AR_DUN_SENT);
	f.npast_line = 0;
	is_int((int64_t)run(7), 99, "a notice without lines");
	is_str(err.code, "history_incomplete", "is refused");
	one()->erp_level = 2;
	item[0].erp_date = d0 + 14;
	run(30);
	is_int(level(0), 3, "the source's own mark counts as reached");
	one();
	remembered("n1", "i1", 7, 7, AR_DUN_SENT);
	run(300);
	is_int(why(0), AR_DUN_LAST, "no level beyond the last");
}

static void stops(void)
{
	one()->open = 0;
	is_int((int64_t)run(7), 0, "paid before it is sent: nothing");
	one()->disputed = 10000;
	is_int((int64_t)run(7), 0, "disputed: nothing");
	is_int(why(0), AR_DUN_DISPUTED, "because of the dispute");
	one()->disputed = 1;
	is_int((int64_t)run(7), 0, "disputed in part: nothing either");
	policies.first->dispute_part = true;
	is_int((int64_t)run(7), 1, "unless the policy reminds of the rest");
	is_int(res.notice[0].amount, 9999, "of the rest only");
}

static void promises(void)
{
	one();
	remembered("n1", "i1", 0, -3, AR_DUN_SENT);
	promise[f.npromise++] = (struct ar_dun_promise){ S("p1"), S("c1"), &item[0].id, 1, d0 + 20, d0 + 5, 0, false };
	is_str(days(1, 25, 1, 0), "23:1", "promised until 20: next at 20 + grace");
	one();
	promise[f.npromise++] = (struct ar_dun_promise){ S("p1"), S("c1"), NULL, 0, d0 + 20, d0 + 5, 0, false };
	is_int((int64_t)run(22), 0, "a promise without items holds all");
	is_int((int64_t)run(23), 1, "until date + grace");
	promise[f.npromise++] = (struct ar_dun_promise){ S("p1"), S("c1"), NULL, 0, d0 + 20, d0 + 5, 1, true };
	is_int((int64_t)run(8), 1, "withdrawn later: holds nothing");
	promise[1].made_on = d0 + 9;
	is_int((int64_t)run(8), 0, "what was said later is not known yet");
}

static void blocks(void)
{
	one();
	add_customer("c1")->block = S("insolvency");
	is_int((int64_t)run(7), 0, "customer blocked");
	customer[0].block_until = d0 + 10;
	is_int((int64_t)run(10), 0, "to the last day of the block");
	is_int((int64_t)run(11), 1, "and not longer");
	one()->block = S("wait");
	is_int((int64_t)run(7), 0, "item blocked");
	one();
	add_customer("c1")->direct_debit = true;
	is_int((int64_t)run(7), 0, "direct debit");
	one();
	add_customer("c1")->policy = S("none");
	is_int((int64_t)run(7), 0, "policy none");
	is_int(why(0), AR_DUN_NO_POLICY, "says so");
	customer[0].policy = S("gold");
	run(7);
	is_int(why(0), AR_DUN_POLICY_UNKNOWN, "a policy that is not there reminds nobody");
	one()->due = AR_DATE_MAX;
	run(7);
	is_str(ar_dun_words(&res.verdict[0], &arena), "it is not due yet; level 0 can come on 9999-12-28",
	       "a due date that says never");
	item[0].due = AR_DATE_NONE;
	run(7);
	is_int(why(0), AR_DUN_NO_DUE, "no due date");
	one()->transit = 10000;
	run(7);
	is_int(why(0), AR_DUN_TRANSIT, "money in transit covers it");
	item[0].transit = 4000;
	run(7);
	is_int(res.nnotice ? res.notice[0].amount : 0, 6000, "or lessens what is asked for");
	one()->open = 199;
	run(7);
	is_int(why(0), AR_DUN_SMALL, "below min_item");
	item[0].open = 200;
	run(7);
	is_int(why(0), AR_DUN_TOTAL_SMALL, "min_item itself is enough, but min_total is not reached");
	item[0].open = 1000;
	is_int((int64_t)run(7), 1, "min_total itself is enough");
}

static void groups(void)
{
	one();
	add("i2", "c2", 5000, d0 - 7);
	add_customer("c1");
	add_customer("c2")->payer = S("c1");
	run(7);
	is_int((int64_t)res.nnotice, 1, "the parent pays: one notice");
	is_int(res.notice[0].nline, 2, "of two items");
	is_int(res.notice[0].amount, 15000, "their sum");
	is_int(res.notice[0].due_by, d0 + 17, "due_in counts from today");
	ok(res.notice[0].line[0].item == &item[1], "oldest first");
	remembered("n1", "i2", 1, 0, AR_DUN_SENT);
	run(7);
	is_int(res.notice[0].line[0].level->number, 2, "each item has its own level");
	is_int(res.notice[0].line[1].level->number, 1, "the other is at the first");
	is_int(level(0), 2, "the highest is the notice's");
	is_int(res.notice[0].fees, 500, "its fee, once");
	is_int(res.notice[0].total, 15500, "is in the total");
	ok(res.notice[0].previous == &past[0], "it follows the one before");
	item[0].open = 0;
	run(7);
	is_int(level(0), 2, "one paid does not reset the other");
	one();
	add("i2", "c1", 5000, d0)->ccy = usd;
	is_int((int64_t)run(7), 2, "two currencies, two notices");
	ok(res.notice[0].ccy == eur && res.notice[1].ccy == usd, "in the order of their codes");
	one();
	add("i2", "c1", 5000, d0 + 8);
	run(7);
	is_int((int64_t)res.nnotice, 1, "nothing is due soon");
	is_int(res.notice[0].nnot_due, 1, "but what is not due is listed");
	item[1].due = d0 + 10;
	run(7);
	is_int((int64_t)res.nnotice, 1, "no courtesy beside a reminder");
	is_int(why(1), AR_DUN_COURTESY_LEFT_OUT, "it is left out");
	record(AR_DUN_RENDERED);
	is_int((int64_t)run(7), 0, "nor in a second run, while the reminder is under way");
	past[0].state = AR_DUN_SENT;
	is_int((int64_t)run(7), 0, "nor when it was sent that day");
	is_int((int64_t)run(8), 1, "but on the next");
	is_int(level(0), 0, "as there is nothing else to say");
	one();
	add("i2", "c1", 5000, d0 - 23);
	remembered("n1", "i2", 2, -9, AR_DUN_SENT);
	run(7);
	is_int((int64_t)res.nnotice, 2, "a letter and a task");
	is_int(level(0), 1, "the letter comes first");
	is_int(level(1), 3, "then the task");
}

static void credits(void)
{
	one();
	add("m1", "c1", -4000, AR_DATE_NONE);
	run(7);
	is_int(res.notice[0].amount, 10000, "amount is what is dunned");
	is_int(res.notice[0].total, 6000, "net of credits");
	is_int(res.notice[0].ncredit, 1, "which are listed");
	policies.first->net = false;
	run(7);
	is_int(res.notice[0].total, 10000, "or only listed");
	item[1].open = -10000;
	run(7);
	is_int(why(0), AR_DUN_COVERED, "credits cover it all: nothing");
	policies.first->net = true;
	item[1].open = -9001;
	run(7);
	is_int(why(0), AR_DUN_TOTAL_SMALL, "less than min_total is left: nothing");
	item[1].ccy = usd;
	is_int((int64_t)run(7), 1, "credits in another currency do not count");
	item[1].ccy = eur;
	item[1].open = -15000;
	add("i2", "c1", 10000, d0 - 23);
	remembered("n1", "i2", 2, -9, AR_DUN_SENT);
	run(7);
	is_int((int64_t)res.nnotice, 1, "credits go to the oldest first");
	is_int(res.nnotice ? res.notice[0].total : 0, 5000, "and their rest to the letter");
}

static void modes(void)
{
	one();
	policies.first->sequential = false;
	run(45);
	is_int(level(0), 3, "not sequential: the highest level that is reached");
	run(6);
	is_int((int64_t)res.nnotice, 0, "and none before the first");
	policy("[policy]\nname = p\n[level 1]\nafter = 5 days\ntemplate = a\n"
	       "[level 2]\nafter = 10 days\nclock = previous_notice\ntemplate = b\n");
	is_str(days(0, 40, 5, 8), "9:1 19:2", "previous_notice counts from the last one");
	one();
	policies.first->payer_gap = 5;
	add("i2", "c1", 5000, d0 + 2);
	is_str(days(7, 13, 1, 0), "7:1 12:1", "payer_gap keeps letters apart");
}

static void keys(void)
{
	char key[65];

	one();
	add("i2", "c1", 5000, d0);
	run(7);
	strcpy(key, res.notice[0].key);
	/* printf %s 6:notice4:seed5:north2:c13:EUR10:2026-01-082:i11:12:i21:1 | sha256sum */
	is_str(key, "0c4d1c27ef96c2483ae3f6993eda27c99ba460c3f669bd15d336f596d72d2297", "the key is the hash of what the notice is");
	item[0].id = S("i2");
	item[1].id = S("i1");
	run(7);
	is_str(res.notice[0].key, key, "whatever the order of the items");
	run(8);
	ok(strcmp(res.notice[0].key, key) != 0, "another day, another key");
}

static void refused(const char *text, const char *what)
{
	policy(text);
	ok(err.code && err.exit == AR_USAGE, "refused: %s", what);
	if (err.code)
		printf("# line %d: %s\n", (int)err.line, err.text);
}

static void policy_files(void)
{
#define P "[policy]\nname = p\n"
#define L "[level 1]\nafter = 7 days\ntemplate = a\n"
	policy(P L);
	ok(!err.code && policies.first->level[0].after == 7, "the least that a policy needs");
	refused("", "an empty file");
	refused(P, "no level");
	refused("[policy]\n" L, "no name");
	refused(L P L, "a level before any policy");
	refused(P L P L, "one name twice");
	refused(P L "[level 3]\nafter = 9\ntemplate = a\n", "a gap in the numbers");
	refused(P L "[level 2]\nafter = 7\ntemplate = a\n", "a level not later than the one before");
	refused(P "[level 1]\nafter = -1\ntemplate = a\n", "level 1 before the due date");
	refused(P "[level 0]\nafter = 1\ntemplate = a\n" L, "a courtesy after it");
	refused(P "[level 1]\nafter = soon\ntemplate = a\n", "not a number");
	refused(P "[level 1]\nafter = 7 weeks\ntemplate = a\n", "weeks");
	refused(P "[level 1]\nafter = 7 days late\ntemplate = a\n", "words behind the days");
	refused(P "[level 1]\nafter = 7\n", "no template");
	refused(P "[level 1]\nafter = 7\nchannel = task\n", "a task without a role");
	refused(P "[level 1]\nafter = 7\ntemplate = a\nkey_focus = yes\n", "key focus without a role");
	refused(P "[level 1]\nafter = 7\ntemplate = a\nmin_item = 5.00\n", "an amount without currency");
	refused(P "[level 1]\nafter = 7\ntemplate = a\nmin_item = EUR 5.001\n", "too many decimals");
	refused(P "[level 1]\nafter = 7\ntemplate = a\nmin_item = EUR 5, EUR 6\n", "a currency twice");
	refused(P "[level 1]\nafter = 7\ntemplate = a\nchanel = task\n", "a misspelt key");
	refused(P L "[company]\nname = x\n", "a company without from");
	policy(P L "[company]\nname = any\nfrom = a@b.example\n[company south]\nname = s\nfrom = s@b.example\n"
	       "bank = one\n  two\n");
	is_str(ar_dun_company_of(&policies, S("south"))->name.n == 1 ? "s" : "", "s", "the entity's own company");
	is_int(ar_dun_company_of(&policies, S("south"))->nbank, 2, "its bank lines");
	is_int((int64_t)ar_dun_company_of(&policies, S("north"))->name.n, 3, "else the one for any");
}

int main(void)
{
	eur = ar_ccy_find(AR_STR("EUR"));
	usd = ar_ccy_find(AR_STR("USD"));
	d0 = ar_date_from(2026, 1, 1);
	cadence();
	history();
	stops();
	promises();
	blocks();
	groups();
	credits();
	modes();
	keys();
	policy_files();
	ar_arena_release(&arena);
	return done_testing();
}
