/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * logit.h - logistic regression with an offset and a ridge, by Newton's method.
 *
 * Sums run in the order of the rows and use + - * / only (exp: ar/detmath.h), so equal rows in equal order give equal
 * bits. Columns are taken to a mean of 0 and a spread of 1 inside; what comes out is for the columns as given.
 */
#ifndef AR_AR_LOGIT_H
#define AR_AR_LOGIT_H

#include <stddef.h>
#include <stdint.h>

enum { AR_LOGIT_COLUMNS = 96 };

struct ar_logit_rows {
	size_t n;
	int columns;                    /* at most AR_LOGIT_COLUMNS */
	const float *x;                 /* row after row */
	const uint8_t *y;
	const uint8_t *weight;
	const float *offset;            /* log-odds */
};

struct ar_logit { int columns; double constant, weight[AR_LOGIT_COLUMNS]; };

/* ridge: as if so many rows of weight `unit` spoke for each weight being 0. */
void ar_logit_fit(const struct ar_logit_rows *r, double ridge, double unit, struct ar_logit *l);
double ar_logit_say(const struct ar_logit *l, const float *x);

#endif
