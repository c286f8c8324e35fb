/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * forecast_ledger.h - from records to what the forecast model takes (ar/forecast.h).
 *
 * Feed every record, then close. Invoices become items, in the order of ar/open.h; what settled them becomes parts, of
 * which cash is what payments gave (discounts and deductions are not). Promises and payment plans become words,
 * disputes mark their item. An entity whose extracts all tell events from some day on only (history=since) is watched
 * from the earliest such day: what happened before is known of survivors only. An entity without a single payment says
 * nothing about how long customers take.
 */
#ifndef AR_AR_FORECAST_LEDGER_H
#define AR_AR_FORECAST_LEDGER_H

#include "ar/forecast.h"
#include "ar/open.h"
#include "base/hash.h"

enum { AR_FC_NO_DUE_DAYS = 30 };        /* an invoice without a due date is taken to be due so long after its issue */

struct ar_fc_note;
struct ar_fc_ledger {
	struct ar_open *open;
	struct ar_fc_data data;                 /* filled by close; cal and cals are the caller's */
	struct ar_fc_item *item;
	size_t *from;                           /* index of each item in open */
	bool *no_due;
	int *ccy;                               /* slot -> currency, in code order */
	struct ar_tab segments;                 /* their names; "" = none */
	uint64_t credits;                       /* left out */
	/* inside */
	ar_date as_of;
	int64_t known_at;
	struct ar_fc_part *part;
	uint32_t nparts;
	struct ar_fc_word *word;
	uint32_t nwords;
	uint32_t *segment;
	struct ar_fc_note *note;
	uint32_t nnotes, cnotes;
	struct ar_arena mem;
};

void ar_fc_ledger_init(struct ar_fc_ledger *l, const struct ar_open_params *p);
int ar_fc_ledger_add(struct ar_fc_ledger *l, const struct ar_rec *r, struct ar_err *e);
int ar_fc_ledger_close(struct ar_fc_ledger *l, struct ar_err *e);
void ar_fc_ledger_release(struct ar_fc_ledger *l);

#endif
