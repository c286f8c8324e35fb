/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * account.h - bank files that are nothing but lines: no statement, no number of a line, sometimes not even the account.
 *
 * Identity. A bank line without an id gets ENTITY/SYSTEM:b:ACCOUNT:DATE:AMOUNT CCY:HASH:N: the hash is of what the map made of the
 * line (not of x_ fields, of where it stood, nor of its statement), N counts the lines of the export that are equal in all this. Two
 * equal payments so are two lines, the same line in two exports that overlap is one, and a column that the bank adds changes no id.
 *
 * Statements. `each = statement` gives one for each account and currency of the file (or for each id that the map gives): a field has
 * the first value that any row gives it, the period is that of its lines, and its id is made of the first line. With `each = balance`
 * closing is the balance behind each row; which end of the file is the newer one is seen from balances and amounts, and where these
 * do not say it, from the dates. Then opening = balance of the oldest row less its amount.
 *
 * Totals. `each = total` gives one record for each id, its amount the sum of those of its rows.
 *
 * Memory: one record for each account, statement or total of the export.
 */
#ifndef AR_MAP_ACCOUNT_H
#define AR_MAP_ACCOUNT_H

#include "map/seen.h"
#include "map/xform.h"

struct ar_accounts;
struct ar_accounts *ar_accounts_new(const struct ar_map *m, const struct ar_xrun *run);        /* both must live as long */
void ar_accounts_free(struct ar_accounts *a);

/* A bank line gets the id and the statement that it lacks; texts in mem. true: its id tells its whole content. */
bool ar_accounts_line(struct ar_accounts *a, struct ar_rec *line, struct ar_arena *mem);

/* A record of a section whose `each` unites. true: the first of its id. */
bool ar_accounts_unite(struct ar_accounts *a, const struct ar_rec *r, enum ar_each each);

/*
 * At the end: how many were united, and the i-th one, whole but for what sums.h adds to statements. Those of `each = total` are lines
 * and go before the statements. -1: e says what it lacks; out then is only good for its id.
 */
int ar_accounts_count(const struct ar_accounts *a);
bool ar_accounts_is_total(const struct ar_accounts *a, int i);
int ar_accounts_take(struct ar_accounts *a, int i, struct ar_rec *out, struct ar_err *e);

#endif
