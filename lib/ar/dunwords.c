/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dunwords.c - why an item is or is not reminded, in words. */
#include "config.h"

#include "ar/dun.h"

#include "base/buf.h"

static const char *const words[AR_DUN_WHY_COUNT] = {
	[AR_DUN_ACT] = "reminded now",
	[AR_DUN_NOTHING_OPEN] = "nothing is open",
	[AR_DUN_CREDIT] = "it is a credit or money received, not a debt",
	[AR_DUN_NO_DUE] = "it has no due date",
	[AR_DUN_NOBODY] = "it belongs to no customer",
	[AR_DUN_BLOCK_CUSTOMER] = "reminders of the customer are blocked",
	[AR_DUN_BLOCK_ITEM] = "the item is blocked",
	[AR_DUN_DIRECT_DEBIT] = "the payer is collected from by direct debit",
	[AR_DUN_NO_POLICY] = "the payer is never reminded (policy none)",
	[AR_DUN_POLICY_UNKNOWN] = "the payer's policy is not in the file",
	[AR_DUN_DISPUTED] = "it is disputed",
	[AR_DUN_PROMISED] = "payment is promised",
	[AR_DUN_TRANSIT] = "proposed matches of money received cover it",
	[AR_DUN_UNDER_WAY] = "a notice about it is under way: send or cancel it",
	[AR_DUN_NOT_DUE] = "it is not due yet",
	[AR_DUN_EARLY] = "the next level is not reached yet",
	[AR_DUN_LAST] = "it has had the last level",
	[AR_DUN_SMALL] = "it is below the smallest amount of its level",
	[AR_DUN_COURTESY_LEFT_OUT] = "no courtesy notice beside a reminder",
	[AR_DUN_PAYER_GAP] = "the payer has just been written to",
	[AR_DUN_COVERED] = "credits and unapplied money cover what would be reminded of",
	[AR_DUN_TOTAL_SMALL] = "the total is below the policy's minimum",
	[AR_DUN_SAME_DAY] = "the same notice was made today already",
};

const char *ar_dun_words(const struct ar_dun_verdict *v, struct ar_arena *a)
{
	struct ar_buf b = AR_BUF_INIT;
	char day[11];
	char *s;

	ar_buf_puts(&b, words[v->why]);
	if (v->about.n)
		ar_buf_fmt(&b, " (%.*s)", AR_STR_FMT(v->about));
	if (v->next != AR_DUN_NEVER)
		ar_buf_fmt(&b, "; level %d", v->next);
	if (v->when != AR_DATE_NONE && v->why != AR_DUN_LAST)
		ar_buf_fmt(&b, "%s %s", v->why == AR_DUN_UNDER_WAY ? "; since" : v->why == AR_DUN_PROMISED ? "; next on"
		           : v->why == AR_DUN_ACT ? " was due on" : " can come on", ar_date_z(day, v->when));
	if (v->last != AR_DUN_NEVER)
		ar_buf_fmt(&b, "; level %d reached%s%s", v->last, v->last_date == AR_DATE_NONE ? "" : " on ",
		           ar_date_z(day, v->last_date));
	s = ar_arena_dup(a, b.p, b.n);
	ar_buf_release(&b);
	return s;
}
