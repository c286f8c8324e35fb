/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * boost.h - shallow boosted trees for yes-or-no rows, with an offset that they correct.
 *
 * Newton boosting of the log loss (Friedman 2001; second order as in Chen and Guestrin 2016) over features that the
 * caller has put into at most 64 bins each. Log-odds are integers in units of 2^-20, gradients too, and their sums
 * are integers, so the trees do not depend on the order of additions, the compiler or the CPU; the few quotients
 * that choose splits and leaf values are doubles of exact integers. Rows and features of each tree are drawn by
 * ar/mt.h from a given seed.
 */
#ifndef AR_AR_BOOST_H
#define AR_AR_BOOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AR_BOOST_BINS = 64, AR_BOOST_ONE = 1 << 20, AR_BOOST_DEPTH = 6, AR_BOOST_LEAF = 255, AR_BOOST_TREES = 1000 };

struct ar_boost_rows {
	int features;                   /* at most 64 */
	const uint8_t *x;               /* row after row, `features` bins each */
	const uint8_t *y;               /* 0 or 1 */
	const uint8_t *weight;          /* 1..255 */
	const int32_t *offset;          /* log-odds before correction */
	const uint32_t *use;            /* the rows to learn from, n of them */
	size_t n;
};

struct ar_boost_how {
	int trees, depth;
	int times;                      /* learned so often, from seed, seed + 1 ..., and averaged: it takes out the luck of the draws; 0 = once */
	double rate;                    /* of each tree's step that is taken */
	double lambda;                  /* added to the curvature of a leaf, in rows of weight `unit` */
	double least;                   /* curvature that a leaf must have */
	double unit;                    /* the weight that counts as one row */
	int rows, features;             /* per cent drawn for each tree */
	uint32_t seed;
};

struct ar_boost_node { uint8_t feature, cut; int32_t value; };   /* to the left: bin <= cut; a leaf: feature AR_BOOST_LEAF */

struct ar_boost {
	int trees, depth;
	struct ar_boost_node *node;     /* of each tree 2^(depth+1) - 1, children of i are 2i+1 and 2i+2; owned. First trees of all times, second trees, ... */
	/* The same with every leaf at the bottom, so that no step depends on a guess of the CPU (ar_boost_ready): */
	struct ar_boost_ask { uint8_t feature, cut; } *ask;     /* of each tree 2^depth - 1; owned */
	int32_t *value;                                          /* of each tree 2^depth; owned */
};

static inline int ar_boost_size(const struct ar_boost *b) { return (2 << b->depth) - 1; }
void ar_boost_fit(const struct ar_boost_rows *rows, const struct ar_boost_how *how, struct ar_boost *b);
void ar_boost_ready(struct ar_boost *b);         /* after filling node by hand: makes ask and value; fit does it itself */
void ar_boost_release(struct ar_boost *b);
int32_t ar_boost_say(const struct ar_boost *b, const uint8_t *x);        /* what is to be added to the offset */
int32_t ar_boost_say_half(const struct ar_boost *b, const uint8_t *x, int32_t *half);     /* the same, and what the first half of the trees says */
int32_t ar_boost_sigmoid(int32_t odds);                                  /* probability in 2^-20 */

#endif
