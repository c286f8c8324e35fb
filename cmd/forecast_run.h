/* SPDX-License-Identifier: GPL-3.0-or-later */
/* forecast_run.h - what the two files of ar-forecast share. */
#ifndef AR_CMD_FORECAST_RUN_H
#define AR_CMD_FORECAST_RUN_H

#include "ar/forecast_ledger.h"
#include "rec/tool.h"

struct forecast_run {
	struct ar_io *io;
	struct ar_rec rec;
	ar_date as_of;
	struct ar_fc_ledger ledger;
	struct ar_fc *fc;
};

/* v with so many digits as a RATE field. */
void forecast_decimal(struct ar_rec *r, enum ar_f f, double v, int digits);

/* Key figures of past cut-offs; mix NULL: chosen at each. -1: io->err. */
int forecast_backtest(struct forecast_run *run, const struct ar_fc_mix *mix);

/* An earlier forecast, record by record; then how it compares with what happened. */
struct forecast_earlier;
struct forecast_earlier *forecast_earlier_new(struct forecast_run *run);
int forecast_earlier_add(struct ar_io *io, const struct ar_rec *r, void *earlier);
int forecast_earlier_put(struct forecast_earlier *x);
void forecast_earlier_free(struct forecast_earlier *x);

#endif
