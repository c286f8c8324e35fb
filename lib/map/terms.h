/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * terms.h - payment terms: what people write ("Net 30", "2/10 n30", "2% 10 Net 30", "Net 30 EOM", "Due on receipt", "30 days end of
 * month", "15th of next month", "14 Tage netto") and the dates that follow from them.
 *
 * Due date: `months` are added to the document date, then `net_days`; with `month_end` the last day of the month reached; then, if
 * `day_of_month` is set, that day (clamped to the month's length) of the month reached if there are `months`, else the first such
 * day that is not before the date reached.
 */
#ifndef AR_MAP_TERMS_H
#define AR_MAP_TERMS_H

#include "base/hash.h"
#include "num/date.h"
#include "num/rate.h"
#include "rec/rec.h"

struct ar_terms {
	int net_days;
	int months;
	int day_of_month;               /* 1..31; 0: none */
	bool month_end;
	int discount_days;              /* -1: no discount */
	struct ar_rate discount;        /* percent */
};

/* Read what people write. false: not understood, *out untouched. */
bool ar_terms_parse(struct ar_str s, struct ar_terms *out);

ar_date ar_terms_due(const struct ar_terms *t, ar_date issued);          /* AR_DATE_NONE: beyond the calendar */
ar_date ar_terms_discount_date(const struct ar_terms *t, ar_date issued);        /* AR_DATE_NONE: no discount */
/* The discount of an amount, rounded half_up; false: none, or overflow. */
bool ar_terms_discount(const struct ar_terms *t, int64_t amount, int64_t *out);

/* Terms by name: those of `term` records first, else what ar_terms_parse makes of the name. */
struct ar_termtab {
	struct ar_tab name;
	struct ar_terms *term;
	bool *known;
	uint32_t cap;
	uint64_t unread;         /* documents without a due date whose terms were not understood; counted by `terms` */
};
void ar_termtab_add(struct ar_termtab *t, const struct ar_rec *term);
/* NULL: not understood. The pointer lives until the next call. */
const struct ar_terms *ar_termtab_find(struct ar_termtab *t, struct ar_str name);
void ar_termtab_release(struct ar_termtab *t);

#endif
