/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * match_large.c - one customer with 100,000 open documents, and 20,000 payments of it in every shape: numbers, lists, amounts alone that one
 * document, none, or thousands have, payments in halves, of the same amount, by a name that is nearly right. Demands:
 *   - all that is named is matched, nothing by an amount alone;
 *   - four times the book takes less than ten times the work, counted in processor time (quadratic
 *     growth would be sixteen times). The best of three runs counts.
 */
#include "config.h"

#include <stdlib.h>
#include <sys/resource.h>

#include "ar/match.h"
#include "ar/match_conf.h"
#include "num/ccy.h"

#include "tap.h"
#include "../prop/made.h"

enum { LARGE = 100000, DAY = 20750 };

struct book {
	struct ar_arena mem;
	struct ar_match_item *item;
	struct ar_match_line *line;
	int nitem, nline;
	struct ar_match_customer customer;
	struct ar_str account;
};

#define z(b, ...) made_text(&(b)->mem, __VA_ARGS__)

static void say(struct book *b, struct ar_match_line *l, struct ar_str text)
{
	struct ar_str *one = ar_arena_alloc(&b->mem, sizeof *one);

	*one = text;
	l->text = one;
	l->ntext = 1;
}

/* A third of the documents have one price. */
static int64_t amount_of(int i) { return i % 3 == 0 ? 11900 : 20001 + (int64_t)i * 37 % 900000; }

static void list(struct book *b, struct ar_match_line *l, int first)
{
	char out[700];
	int n = snprintf(out, sizeof out, "Rechnungen");

	l->amount = 0;
	for (int k = 0; k < 30; k++) {
		const struct ar_match_item *it = &b->item[(first + k * 11) % b->nitem];

		n += snprintf(out + n, sizeof out - (size_t)n, "%s%.*s", k ? ", " : " ", AR_STR_FMT(it->number));
		l->amount += it->amount;
	}
	say(b, l, z(b, "%s", out));
}

enum shape { NUMBER, LIST, ALONE, NONE_HAS, PRICE, HALF, NAME, SHAPES };

static void make_line(struct book *b, int k)
{
	struct ar_match_line *l = &b->line[k];
	int i = (int)below((uint32_t)b->nitem);

	*l = (struct ar_match_line){ .id = z(b, "e/b:l:%07d", k), .entity = AR_STR("e"), .ccy = b->item[0].ccy, .booked = DAY - k % 3,
		.instructed_ccy = AR_CCY_NONE, .charges_ccy = AR_CCY_NONE, .payer_account = b->account, .amount = b->item[i].amount };
	switch ((enum shape)(k % SHAPES)) {
	case NUMBER:    /* each another */
		l->amount = b->item[k].amount;
		say(b, l, z(b, "Invoice %.*s", AR_STR_FMT(b->item[k].number)));
		break;
	case LIST:
		list(b, l, i);
		break;
	case NONE_HAS:
		l->amount = 19 + i * 2;
		break;
	case PRICE:
		l->amount = 11900;
		break;
	case HALF:
		l->amount = b->item[i].amount / 2;
		break;
	case NAME:
		l->payer_account = (struct ar_str){ NULL, 0 };
		l->payer = AR_STR("GROSSHANDEL MEIRE");
		break;
	default:
		break;
	}
}

static struct book *make_book(int items)
{
	struct book *b = ar_calloc(1, sizeof *b);

	rng = 88172645463325252u;
	b->nitem = items;
	b->nline = items / 5;
	b->item = ar_calloc((size_t)b->nitem, sizeof *b->item);
	b->line = ar_calloc((size_t)b->nline, sizeof *b->line);
	b->account = AR_STR("DE02900100100000012345");
	b->customer = (struct ar_match_customer){ .id = AR_STR("e/s:c:1"), .entity = AR_STR("e"), .name = AR_STR("Grosshandel Meier GmbH"),
		.account = &b->account, .naccount = 1 };
	for (int i = 0; i < b->nitem; i++) {
		struct ar_match_item *it = &b->item[i];

		*it = (struct ar_match_item){ .id = z(b, "e/s:i:%d", i), .entity = AR_STR("e"), .customer = b->customer.id,
			.number = z(b, "INV%d", 1000000 + i), .ccy = (uint16_t)ar_ccy_find(AR_STR("EUR")), .amount = amount_of(i), .due = DAY - i % 60,
			.issued = DAY - 30 - i % 60, .settled = AR_DATE_NONE, .discount_date = AR_DATE_NONE };
		it->open = it->amount;
		if (i % 7 == 0) {
			it->discount = it->amount / 50;
			it->discount_date = DAY - 10 + i % 20;
		}
	}
	for (int k = 0; k < b->nline; k++)
		make_line(b, k);
	return b;
}

static void free_book(struct book *b)
{
	free(b->item);
	free(b->line);
	ar_arena_release(&b->mem);
	free(b);
}

static int64_t now(void) /* microseconds of the processor */
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return (u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000000 + u.ru_utime.tv_usec + u.ru_stime.tv_usec;
}

static struct ar_match_conf conf;

static struct ar_match *run(const struct book *b, const struct ar_words *w, int64_t *took)
{
	struct ar_match_policy p;
	struct ar_match *m;

	ar_match_policy_init(&p);
	p.conf = &conf;
	m = ar_match_new(&p, w);
	*took = now();
	ar_match_add_customer(m, &b->customer);
	for (int i = 0; i < b->nitem; i++)
		ar_match_add_item(m, &b->item[i]);
	for (int k = 0; k < b->nline; k++)
		ar_match_add_line(m, &b->line[k]);
	ar_match_run(m);
	*took = now() - *took;
	return m;
}

static void judge(const struct book *b, const struct ar_match *m)
{
	int named = 0, good = 0, amounts = 0;

	for (int k = 0; k < b->nline; k++) { /* results and lines are in the order of their ids */
		const struct ar_match_result *r = ar_match_result(m, (size_t)k);

		if (k % SHAPES == NUMBER) {
			named++;
			good += r->decision == AR_MD_AUTO && r->ntarget == 1 && !r->on_account &&
				ar_streq(ar_match_item_of(m, r->target[0].item)->id, b->item[k].id);
		}
		amounts += r->decision == AR_MD_AUTO && b->line[k].ntext == 0;
	}
	/* some documents are taken before by a list that names them too */
	ok(good * 100 >= named * 80, "of %d numbers %d are matched", named, good);
	is_int(amounts, 0, "nothing is automatic by an amount alone");
}

static int read_conf(struct ar_arena *mem, struct ar_err *e)
{
	static const char *const file[] = { "rules", "weights", "words" };

	ar_match_conf_init(&conf, mem);
	for (int i = 0; i < 3; i++) {
		struct ar_conf *c = ar_arena_alloc(mem, sizeof *c);
		const char *path = ar_arena_fmt(mem, "%s/formats/match/%s.conf", TOP_SRCDIR, file[i]);

		if (ar_conf_load(c, mem, path, e) < 0 || ar_match_conf_read(&conf, c, e) < 0)
			return -1;
	}
	return 0;
}

int main(void)
{
	struct ar_words w;
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_err e = { 0 };
	struct book *small = make_book(LARGE / 4), *large = make_book(LARGE);
	int64_t best[2] = { INT64_MAX, INT64_MAX };

	ar_words_init(&w);
	ok(read_conf(&mem, &e) == 0, "the shipped rules can be read");
	for (int turn = 0; turn < 3; turn++)
		for (int i = 0; i < 2; i++) {
			int64_t took;
			struct ar_match *m = run(i ? large : small, &w, &took);

			best[i] = took < best[i] ? took : best[i];
			if (i && !turn)
				judge(large, m);
			ar_match_free(m);
		}
	printf("# %d documents %lld ms, %d documents %lld ms\n", small->nitem, (long long)best[0] / 1000, large->nitem, (long long)best[1] / 1000);
	ok(best[1] < 10 * best[0], "four times the book of one customer takes less than ten times the work");
	free_book(small);
	free_book(large);
	ar_words_release(&w);
	ar_arena_release(&mem);
	return done_testing();
}
