/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_subset.c - which of many open amounts make a payment. Up to FULL amounts every subset is looked at, by meeting in the middle: the
 * sums of each half, in order, made by merging (E. Horowitz, S. Sahni, Computing partitions with applications to the knapsack problem,
 * 1974). Of more, subsets of two and three, which `incomplete` says. Steps are counted, never time.
 */
#include "config.h"

#include "ar/match_in.h"

enum { FULL = 24, MOST = 64, MAX_PAIRS = 4096 };

struct sum { int64_t v; uint32_t bits; };

/* All sums of n amounts in rising order: 2^n of them. */
static struct sum *all_sums(const int64_t *v, int n, struct ar_arena *mem)
{
	struct sum *now = ar_arena_alloc(mem, sizeof *now << n), *next = ar_arena_alloc(mem, sizeof *next << n), *swap;

	now[0] = (struct sum){ 0, 0 };
	for (int k = 0; k < n; k++) {
		uint32_t count = 1u << k, a = 0, b = 0, to = 0;

		while (a < count || b < count)
			if (b == count || (a < count && now[a].v <= now[b].v + v[k])) {
				next[to++] = now[a++];
			} else {
				next[to++] = (struct sum){ now[b].v + v[k], now[b].bits | 1u << k };
				b++;
			}
		swap = now;
		now = next;
		next = swap;
	}
	return now;
}

struct search { uint64_t best; int found, pairs; };

/* Fewer documents first, then the one that holds the earliest that the other does not. */
static void offer(struct search *s, uint64_t bits)
{
	int n = __builtin_popcountll(bits), k = __builtin_popcountll(s->best);
	uint64_t differ = bits ^ s->best;

	if (n < 2)
		return;
	s->found += s->found < 2;
	if (!s->best || n < k || (n == k && bits & (differ & -differ)))
		s->best = bits;
}

static void meet(const int64_t *v, int n, int64_t want, struct search *s, struct ar_arena *mem)
{
	int left = n / 2;
	struct sum *a = all_sums(v, left, mem), *b = all_sums(v + left, n - left, mem);
	int64_t na = 1LL << left, i = 0, k = (1LL << (n - left)) - 1;

	while (i < na && k >= 0) {
		int64_t sum = a[i].v + b[k].v;

		if (sum < want) {
			i++;
		} else if (sum > want) {
			k--;
		} else {
			int64_t j = k;

			for (; j >= 0 && b[j].v == b[k].v && s->pairs < MAX_PAIRS; j--, s->pairs++)
				offer(s, a[i].bits | (uint64_t)b[j].bits << left);
			i++;
		}
	}
}

static void two_and_three(const int64_t *v, int n, int64_t want, struct search *s)
{
	for (int i = 0; i < n; i++)
		for (int j = i + 1; j < n; j++) {
			int64_t rest = want - v[i] - v[j];

			if (!rest)
				offer(s, 1ULL << i | 1ULL << j);
			for (int k = j + 1; rest && k < n; k++)
				if (v[k] == rest)
					offer(s, 1ULL << i | 1ULL << j | 1ULL << k);
		}
}

int ar_mi_subset(const int64_t *v, int n, int64_t want, uint64_t *out, bool *incomplete, struct ar_arena *mem)
{
	struct search s = { 0 };

	for (int i = 0; i < n; i++)
		if (v[i] > INT64_MAX / 128 || v[i] < INT64_MIN / 128)
			n = i;                  /* sums of such amounts are not looked at */
	*incomplete = n > FULL;
	if (n > MOST)
		n = MOST;
	if (n > FULL)
		two_and_three(v, n, want, &s);
	else if (n > 1)
		meet(v, n, want, &s, mem);
	*incomplete |= s.pairs == MAX_PAIRS;
	*out = s.best;
	return s.found;
}
