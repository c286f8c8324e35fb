/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dunpolicy.h - a dunning policy: the steps by which a payer is reminded, and who writes. The file is
 * described in ar-policy(5); base/conf.h reads its syntax.
 *
 *	[policy]                        several may stand in one file; the first is the default
 *	name      = standard
 *	min_total = EUR 10.00, USD 10.00
 *	[level 1]                       levels belong to the policy above them: 0 (a courtesy before
 *	after     = 7 days              the due date, may be left out), then 1, 2, 3 ...
 *	channel   = email
 *	template  = mild
 *	[company]                       or [company ENTITY]: who writes
 *	name      = Example Ltd
 *
 * Memory: everything lives in the arena and slices the configuration's text.
 */
#ifndef AR_AR_DUNPOLICY_H
#define AR_AR_DUNPOLICY_H

#include "base/conf.h"

enum {
	AR_DUN_LEVELS = 20,             /* levels of one policy */
	AR_DUN_DAYS = 3650,             /* the longest time that a policy can name */
};

enum ar_dun_clock {
	AR_DUN_DUE,                     /* days count from the item's due date */
	AR_DUN_PREVIOUS,                /* from its previous notice; without one, from the due date */
};
enum ar_dun_channel { AR_DUN_EMAIL, AR_DUN_LETTER, AR_DUN_TASK };

struct ar_dun_money {                   /* an amount for each currency that a policy names */
	int16_t ccy;
	int64_t minor;
};
struct ar_dun_amounts { struct ar_dun_money *v; int n; };
int64_t ar_dun_amount(const struct ar_dun_amounts *a, int ccy);          /* 0 = none named */

struct ar_dun_level {
	int number;
	int after;                      /* days; below 0 on level 0 only */
	enum ar_dun_clock clock;
	enum ar_dun_channel channel;
	struct ar_str template;         /* empty for tasks */
	struct ar_str role, assignee, kind;      /* role given: the level makes a task too */
	bool key_focus;
	int due_in;                     /* days to pay, or to do the task; -1 = not said */
	struct ar_dun_amounts min_item, fee;
};

struct ar_dun_policy {
	struct ar_str name;
	struct ar_dun_amounts min_total;
	bool net;                       /* credits and unapplied money lessen what is asked for */
	bool not_due;                   /* letters also list what is not due yet */
	bool sequential;                /* one level after the other; else the highest that is reached */
	bool dispute_part;              /* only the disputed part is left out, not the whole item */
	int min_gap;                    /* days between two notices about one item */
	int payer_gap;                  /* days between two letters to one payer in one currency */
	int grace;                      /* days after a promised date */
	int pending;                    /* days after which a notice not sent is worth a finding */
	struct ar_str language;         /* where neither contact nor customer names one we have */
	struct ar_dun_level level[AR_DUN_LEVELS];
	int nlevel;
	bool courtesy;                  /* level[0] is level 0 */
	struct ar_dun_policy *next;
};

struct ar_dun_company {
	struct ar_str entity;           /* empty = any */
	struct ar_str name, from, reply_to;
	struct ar_str *address, *bank;  /* lines, as written in the file */
	int naddress, nbank;
	struct ar_dun_company *next;
};

struct ar_dun_policies {
	struct ar_dun_policy *first;
	struct ar_dun_company *company;
};

/* Reads and checks the whole file; what it does not know is an error. -1: e (AR_USAGE, file and line). */
int ar_dun_policy_read(struct ar_dun_policies *out, struct ar_conf *c, struct ar_arena *a, struct ar_err *e);

/* By name; an empty one gives the default. NULL: no such policy. */
const struct ar_dun_policy *ar_dun_policy_find(const struct ar_dun_policies *p, struct ar_str name);
const struct ar_dun_level *ar_dun_level_find(const struct ar_dun_policy *p, int number);   /* NULL: none */
int ar_dun_last_level(const struct ar_dun_policy *p);
/* Who writes for an entity: its own section, else the one for any. NULL: none. */
const struct ar_dun_company *ar_dun_company_of(const struct ar_dun_policies *p, struct ar_str entity);
const char *ar_dun_channel_name(enum ar_dun_channel c);                  /* email letter task */

#endif
