/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * matchjoin - the exact pass of matching by itself, in memory: N documents with creditor references, N bank lines in another order that each
 * bear one of them and its amount. Prints the seconds of CPU that ar_match_run took (indexes, every line decided and told, nothing read
 * or written), lines a second, and how many were automatic (all of them, or it fails).
 *
 *     matchjoin [N]
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "ar/match.h"
#include "num/ccy.h"

static double cpu(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static struct ar_str text(struct ar_arena *mem, const char *fmt, unsigned i)
{
	char out[40];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	int n = snprintf(out, sizeof out, fmt, i);
#pragma GCC diagnostic pop

	return ar_arena_str(mem, (struct ar_str){ out, (size_t)n });
}

static struct ar_str reference(struct ar_arena *mem, unsigned i)
{
	char out[AR_REF_MAX];

	return ar_arena_str(mem, (struct ar_str){ out, ar_ref_make(AR_REF_RF, text(mem, "%09u", i + 100000), out) });
}

static struct ar_match_line *make_lines(struct ar_match *m, struct ar_arena *mem, unsigned n, uint16_t ccy)
{
	struct ar_match_line *line = ar_calloc(n, sizeof *line);
	struct ar_str *ref = ar_arena_alloc(mem, n * sizeof *ref);
	struct ar_match_customer c = { .entity = AR_STR("e") };

	for (unsigned i = 0; i < n / 50 + 1; i++) {
		c.id = text(mem, "e/s:c:%u", i);
		ar_match_add_customer(m, &c);
	}
	for (unsigned i = 0; i < n; i++) {
		struct ar_match_item it = { .id = text(mem, "e/s:i:%u", i), .entity = AR_STR("e"), .customer = text(mem, "e/s:c:%u", i / 50), .ref = &ref[i],
			.nref = 1, .ccy = ccy, .amount = 1001 + i, .open = 1001 + i, .due = 20000, .settled = AR_DATE_NONE, .discount_date = AR_DATE_NONE };
		unsigned k = (unsigned)((uint64_t)i * 7919 % n); /* n is no multiple of 7919 */

		ref[i] = reference(mem, i);
		ar_match_add_item(m, &it);
		line[k] = (struct ar_match_line){ .id = text(mem, "e/b:l:%08u", k), .entity = AR_STR("e"), .ref = &ref[i], .nref = 1, .ccy = ccy,
			.amount = it.amount, .booked = 20000, .instructed_ccy = AR_CCY_NONE, .charges_ccy = AR_CCY_NONE };
	}
	for (unsigned k = 0; k < n; k++)
		ar_match_add_line(m, &line[k]);
	return line;
}

int main(int argc, char **argv)
{
	unsigned n = argc > 1 ? (unsigned)ar_str_uint(ar_str(argv[1]), 100000000) : 1000000, autos = 0;
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_match_policy p;
	struct ar_words w;
	struct ar_match *m;
	struct ar_match_line *line;
	double from, took;

	ar_match_policy_init(&p);
	ar_words_init(&w);
	m = ar_match_new(&p, &w);
	line = make_lines(m, &mem, n, (uint16_t)ar_ccy_find(AR_STR("EUR")));
	from = cpu();
	ar_match_run(m);
	took = cpu() - from;
	for (size_t i = 0; i < ar_match_count(m); i++)
		autos += ar_match_result(m, i)->decision == AR_MD_AUTO;
	printf("%u references, %.3f s of CPU, %.0f thousand a second, %u automatic\n", n, took, n / took / 1000, autos);
	ar_match_free(m);
	free(line);
	ar_words_release(&w);
	ar_arena_release(&mem);
	return autos != n;
}
