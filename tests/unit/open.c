/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is open at (date, known-at): the golden case and the laws of the record format, and random ledgers against a naive sum. */
#include "config.h"

#include "ar/open.h"
#include "rec/lines.h"
#include "tap.h"

#include <stdlib.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))

static ar_date day(const char *z)
{
	ar_date d = AR_DATE_NONE;

	ar_date_parse(ar_str(z), &d);
	return d;
}

static int64_t moment(const char *z)
{
	int64_t t = 0;

	ar_time_parse(ar_str(z), &t, NULL);
	return t;
}

/* feed lines; the ledger is not closed */
static struct ar_open *feed(const char *text, struct ar_open_params p)
{
	struct ar_open *o = ar_open_new(&p);
	struct ar_lines *l = ar_lines_new_mem(text, strlen(text));
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_err e = { 0 };
	struct ar_rec r;
	char line[1200];
	int rc;

	ar_rec_init(&r, &mem);
	while ((rc = ar_lines_next(l, &r, &e)) > 0) {
		if (rc == 2 || ar_open_add(o, &r, &e) < 0) {
			ok(0, "record taken: %s", ar_err_line(&e, line, sizeof line));
			ar_err_clear(&e);
		}
	}
	ar_rec_release(&r);
	ar_arena_release(&mem);
	ar_lines_free(l);
	return o;
}

static struct ar_open *ledger(const char *text, const char *as_of)
{
	struct ar_err e = { 0 };
	struct ar_open *o = feed(text, (struct ar_open_params){ .as_of = day(as_of), .known_at = INT64_MAX });

	ok(ar_open_close(o, &e) == 0, "closed as of %s", as_of);
	return o;
}

#define INV "{\"type\":\"invoice\",\"entity\":\"n\",\"system\":\"s\",\"subtype\":\"invoice\",\"customer\":\"n/s:c:1\",\"currency\":\"USD\","
#define PAY "{\"type\":\"payment\",\"entity\":\"n\",\"system\":\"s\",\"customer\":\"n/s:c:1\",\"currency\":\"USD\","
#define MEMO "{\"type\":\"credit_memo\",\"entity\":\"n\",\"system\":\"s\",\"subtype\":\"credit_memo\",\"customer\":\"n/s:c:1\",\"currency\":\"USD\","
#define APP "{\"type\":\"application\",\"entity\":\"n\",\"system\":\"s\",\"customer\":\"n/s:c:1\",\"date_is\":\"own\",\"currency\":\"USD\","

static const char golden[] =
	INV "\"id\":\"n/s:i:1\",\"issued\":\"2026-01-15\",\"due\":\"2026-02-14\",\"amount\":\"1000.00\",\"base_currency\":\"EUR\",\"amount_base\":\"920.00\","
	"\"discount_amount\":\"20.00\",\"discount_date\":\"2026-01-25\"}\n"
	PAY "\"id\":\"n/s:p:1\",\"date\":\"2026-01-24\",\"amount\":\"490.00\",\"base_currency\":\"EUR\",\"amount_base\":\"445.90\"}\n"
	APP "\"id\":\"a1\",\"source\":\"n/s:p:1\",\"target\":\"n/s:i:1\",\"date\":\"2026-01-24\",\"amount\":\"490.00\",\"discount\":\"10.00\","
	"\"base_currency\":\"EUR\",\"source_amount_base\":\"445.90\",\"discount_base\":\"9.20\"}\n"
	MEMO "\"id\":\"n/s:m:1\",\"issued\":\"2026-02-20\",\"amount\":\"100.00\",\"base_currency\":\"EUR\",\"amount_base\":\"93.00\"}\n"
	APP "\"id\":\"a2\",\"source\":\"n/s:m:1\",\"target\":\"n/s:i:1\",\"date\":\"2026-02-20\",\"amount\":\"100.00\",\"base_currency\":\"EUR\","
	"\"source_amount_base\":\"93.00\"}\n"
	PAY "\"id\":\"n/s:p:2\",\"date\":\"2026-03-02\",\"amount\":\"375.00\",\"base_currency\":\"EUR\",\"amount_base\":\"337.50\"}\n"
	APP "\"id\":\"a3\",\"source\":\"n/s:p:2\",\"target\":\"n/s:i:1\",\"date\":\"2026-03-02\",\"amount\":\"375.00\",\"bank_charges\":\"15.00\","
	"\"base_currency\":\"EUR\",\"source_amount_base\":\"337.50\",\"bank_charges_base\":\"13.80\"}\n"
	"{\"type\":\"adjustment\",\"id\":\"j1\",\"entity\":\"n\",\"item\":\"n/s:i:1\",\"customer\":\"n/s:c:1\",\"date\":\"2026-03-31\",\"currency\":\"USD\","
	"\"amount\":\"-10.00\",\"base_currency\":\"EUR\",\"amount_base\":\"-9.20\",\"reason\":\"writeoff\"}\n"
	"{\"type\":\"reversal\",\"id\":\"v1\",\"entity\":\"n\",\"undoes\":\"j1\",\"date\":\"2026-04-05\",\"reason\":\"writeoff_reversed\"}\n";

static void golden_case(void)
{
	static const struct { const char *as_of; int64_t open, base; } want[] = {
		{ "2026-01-20", 100000, 92000 }, { "2026-01-31", 50000, 46000 }, { "2026-02-28", 40000, 36800 },
		{ "2026-03-30", 1000, 920 }, { "2026-03-31", 0, 0 }, { "2026-04-30", 1000, 920 },
	};

	for (size_t i = 0; i < COUNT(want); i++) {
		struct ar_open *o = ledger(golden, want[i].as_of);
		size_t k = ar_open_find(o, AR_STR("n/s:i:1"));

		ok(k != SIZE_MAX, "the invoice is there");
		is_int(ar_open_item(o, k)->open, want[i].open, want[i].as_of);
		is_int(ar_open_item(o, k)->open_base, want[i].base, "in base currency");
		if (ar_open_find(o, AR_STR("n/s:p:1")) != SIZE_MAX)
			is_int(ar_open_item(o, ar_open_find(o, AR_STR("n/s:p:1")))->open, 0, "the payment is used up");
		ar_open_free(o);
	}
}

static void not_before_both_count(void)
{
	static const char text[] =
		INV "\"id\":\"i\",\"issued\":\"2026-05-10\",\"amount\":\"50.00\"}\n"
		PAY "\"id\":\"p\",\"date\":\"2026-05-01\",\"amount\":\"50.00\"}\n"
		APP "\"id\":\"a\",\"source\":\"p\",\"target\":\"i\",\"date\":\"2026-05-01\",\"amount\":\"50.00\"}\n";
	struct ar_open *o = ledger(text, "2026-05-05");

	is_int((int64_t)ar_open_count(o), 1, "a prepaid invoice of the future is not there yet");
	is_int(ar_open_item(o, 0)->open, -5000, "and its payment is unapplied");
	ar_open_free(o);
	o = ledger(text, "2026-05-10");
	is_int(ar_open_item(o, ar_open_find(o, AR_STR("i")))->open, 0, "settled when both count");
	is_int(ar_open_item(o, ar_open_find(o, AR_STR("p")))->open, 0, "both sides");
	ar_open_free(o);
}

static void applied_by(void)
{
	static const char text[] =
		INV "\"id\":\"i\",\"issued\":\"2025-12-01\",\"amount\":\"50.00\"}\n"
		PAY "\"id\":\"p\",\"date\":\"2025-12-20\",\"amount\":\"50.00\"}\n"
		APP "\"id\":\"a\",\"source\":\"p\",\"target\":\"i\",\"date\":\"2026-01-07\",\"amount\":\"50.00\"}\n";
	struct ar_err e = { 0 };
	struct ar_open_params p = { .as_of = day("2025-12-31"), .known_at = INT64_MAX };
	struct ar_open *o = feed(text, p);

	ar_open_close(o, &e);
	is_int(ar_open_item(o, ar_open_find(o, AR_STR("i")))->open, 5000, "matched next year: still open by the application's date");
	ar_open_free(o);
	p.applied_by = AR_BY_DOCUMENTS;
	o = feed(text, p);
	ar_open_close(o, &e);
	is_int(ar_open_item(o, ar_open_find(o, AR_STR("i")))->open, 0, "settled by the documents' dates");
	ar_open_free(o);
}

static void versions(void)
{
	static const char text[] =
		INV "\"id\":\"i\",\"issued\":\"2026-01-01\",\"created\":\"2026-01-01T00:00:00Z\",\"recorded\":\"2026-01-02T00:00:00Z\",\"amount\":\"10.00\"}\n"
		INV "\"id\":\"i\",\"issued\":\"2026-01-01\",\"created\":\"2026-01-01T00:00:00Z\",\"recorded\":\"2026-03-02T00:00:00Z\",\"amount\":\"30.00\"}\n"
		INV "\"id\":\"i\",\"issued\":\"2026-01-01\",\"created\":\"2026-01-01T00:00:00Z\",\"recorded\":\"2026-02-02T00:00:00Z\",\"amount\":\"20.00\"}\n";
	static const struct { const char *known; int64_t open; uint64_t backfilled; } want[] = {
		{ "2026-01-01T12:00:00Z", 1000, 1 }, { "2026-01-15T00:00:00Z", 1000, 0 }, { "2026-02-15T00:00:00Z", 2000, 0 },
		{ "2026-12-31T00:00:00Z", 3000, 0 },
	};
	struct ar_err e = { 0 };

	for (size_t i = 0; i < COUNT(want); i++) {
		struct ar_open *o = feed(text, (struct ar_open_params){ .as_of = day("2026-12-31"), .known_at = moment(want[i].known) });

		ar_open_close(o, &e);
		is_int(ar_open_item(o, 0)->open, want[i].open, want[i].known);
		is_int((int64_t)ar_open_facts(o)->backfilled, (int64_t)want[i].backfilled, "backfilled");
		ar_open_free(o);
	}
}

static void refunds_and_reversals(void)
{
	static const char text[] =
		PAY "\"id\":\"p\",\"date\":\"2026-01-01\",\"amount\":\"80.00\"}\n"
		"{\"type\":\"refund\",\"id\":\"f\",\"entity\":\"n\",\"system\":\"s\",\"customer\":\"n/s:c:1\",\"date\":\"2026-02-01\",\"currency\":\"USD\",\"amount\":\"30.00\",\"source\":\"p\"}\n"
		INV "\"id\":\"i\",\"issued\":\"2026-01-01\",\"amount\":\"50.00\"}\n"
		APP "\"id\":\"a\",\"source\":\"p\",\"target\":\"i\",\"date\":\"2026-01-05\",\"amount\":\"50.00\"}\n"
		"{\"type\":\"reversal\",\"id\":\"v1\",\"entity\":\"n\",\"undoes\":\"a\",\"date\":\"2026-03-01\",\"reason\":\"nsf\"}\n"
		"{\"type\":\"reversal\",\"id\":\"v2\",\"entity\":\"n\",\"undoes\":\"p\",\"date\":\"2026-03-01\",\"reason\":\"nsf\"}\n";
	static const struct { const char *as_of; int64_t p, i; } want[] = {
		{ "2026-01-02", -8000, 5000 }, { "2026-01-10", -3000, 0 }, { "2026-02-10", 0, 0 }, { "2026-03-05", 3000, 5000 },
	};

	for (size_t k = 0; k < COUNT(want); k++) {
		struct ar_open *o = ledger(text, want[k].as_of);

		is_int(ar_open_item(o, ar_open_find(o, AR_STR("p")))->open, want[k].p, "payment");
		is_int(ar_open_item(o, ar_open_find(o, AR_STR("i")))->open, want[k].i, "invoice");
		if (ar_open_find(o, AR_STR("f")) != SIZE_MAX)
			is_int(ar_open_item(o, ar_open_find(o, AR_STR("f")))->open, 0, "the refund stands on its source");
		ar_open_free(o);
	}
}

static void snapshots(void)
{
	static const char text[] =
		INV "\"id\":\"i\",\"extract\":\"x\",\"issued\":\"2026-01-01\",\"amount\":\"50.00\",\"open\":\"20.00\"}\n"
		"{\"type\":\"extract\",\"id\":\"x\",\"entity\":\"n\",\"system\":\"s\",\"name\":\"x\",\"as_of\":\"2026-02-01\",\"mode\":\"snapshot\",\"history\":\"none\",\"complete\":true}\n";
	struct ar_err e = { 0 };
	struct ar_open *o = ledger(text, "2026-02-01");

	is_int(ar_open_item(o, 0)->open, 2000, "the source's own figure on its day");
	ar_open_free(o);
	for (int light = 0; light < 2; light++) {
		o = feed(text, (struct ar_open_params){ .as_of = day("2026-01-31"), .known_at = INT64_MAX, .light = light });
		ok(ar_open_close(o, &e) < 0 && e.exit == AR_REFUSED && strcmp(e.code, "as_of_unsupported") == 0, "another day is refused");
		ar_open_free(o);
	}
}

static void disputes(void)
{
	static const char text[] =
		INV "\"id\":\"i\",\"issued\":\"2026-01-01\",\"amount\":\"50.00\"}\n"
		"{\"type\":\"dispute\",\"id\":\"d1\",\"entity\":\"n\",\"customer\":\"c\",\"item\":\"i\",\"code\":\"price\",\"amount\":\"30.00\",\"currency\":\"USD\",\"opened\":\"2026-01-10\",\"closed\":\"2026-02-10\"}\n"
		"{\"type\":\"dispute\",\"id\":\"d2\",\"entity\":\"n\",\"customer\":\"c\",\"item\":\"i\",\"code\":\"price\",\"amount\":\"40.00\",\"currency\":\"USD\",\"opened\":\"2026-01-20\"}\n";
	static const struct { const char *as_of; int64_t disputed; } want[] = {
		{ "2026-01-05", 0 }, { "2026-01-10", 3000 }, { "2026-01-20", 5000 }, { "2026-02-10", 4000 },
	};

	for (size_t k = 0; k < COUNT(want); k++) {
		struct ar_open *o = ledger(text, want[k].as_of);

		is_int(ar_open_item(o, 0)->disputed, want[k].disputed, want[k].as_of);
		ar_open_free(o);
	}
}

/* ---- random ledgers ---- */

static uint64_t seed = 20261030;
static uint64_t rnd(uint64_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (seed >> 33) % n;
}

enum { DOCS = 12, EVENTS = 30, LINES = DOCS + 2 * EVENTS };
struct naive { int64_t amount, open; bool debit, there; int date; };

/* One random ledger as lines; and what a naive reading in order of nothing gives at (day D, second K). */
static bool future_doc(const int *date, const int64_t *rec, int D, int64_t K, int doc)
{
	return rec[doc] <= K && date[doc] > D;
}

static int random_ledger(char line[LINES][400], int D, int64_t K, struct naive *doc, int *date, int64_t *rec)
{
	int n = 0;
	char z[11], t[21] = "";

	for (int i = 0; i < DOCS; i++, n++) {
		doc[i] = (struct naive){ .amount = (int64_t)rnd(100000) + 1, .debit = i % 2 == 0, .date = (int)rnd(60) };
		date[n] = doc[i].date;
		rec[n] = (int64_t)(20000 + rnd(70)) * 86400;
		doc[i].there = doc[i].date <= D && rec[n] <= K;
		doc[i].open = doc[i].there ? doc[i].debit ? doc[i].amount : -doc[i].amount : 0;
		ar_time_put(t, rec[n]);
		snprintf(line[n], 400, "%s\"id\":\"d%d\",\"%s\":\"%s\",\"recorded\":\"%s\",\"amount\":\"%lld.%02lld\"}\n", doc[i].debit ? INV : PAY, i,
		         doc[i].debit ? "issued" : "date", ar_date_z(z, 20000 + doc[i].date), t, (long long)doc[i].amount / 100, (long long)doc[i].amount % 100);
	}
	for (int i = 0; i < EVENTS; i++) {
		int tgt = (int)rnd(DOCS / 2) * 2, src = (int)rnd(DOCS / 2) * 2 + 1, at = (int)rnd(60), undo = (int)rnd(4) == 0 ? (int)rnd(60) : -1;
		int64_t amount = (int64_t)rnd(5000) + 1, urec = (int64_t)(20000 + rnd(70)) * 86400;
		bool counts, undone;

		date[n] = at;
		rec[n] = (int64_t)(20000 + rnd(70)) * 86400;
		ar_time_put(t, rec[n]);
		snprintf(line[n], 400, "%s\"id\":\"e%d\",\"source\":\"d%d\",\"target\":\"d%d\",\"date\":\"%s\",\"recorded\":\"%s\",\"amount\":\"%lld.%02lld\"}\n", APP, i,
		         src, tgt, ar_date_z(z, 20000 + at), t, (long long)amount / 100, (long long)amount % 100);
		/* a side that is not known at K does not hold the application back; one that is known but dated later does */
		counts = at <= D && rec[n] <= K;
		for (int s = 0; s < 2; s++) {
			if (future_doc(date, rec, D, K, s ? src : tgt)) {
				counts = false;
				date[n] = 99;   /* for the truncation law it is dated when both its documents count */
			}
		}
		n++;
		undone = undo >= 0 && undo <= D && urec <= K;
		if (undo >= 0) {
			date[n] = undo;
			rec[n] = urec;
			ar_time_put(t, urec);
			snprintf(line[n], 400, "{\"type\":\"reversal\",\"id\":\"u%d\",\"entity\":\"n\",\"undoes\":\"e%d\",\"date\":\"%s\",\"recorded\":\"%s\",\"reason\":\"unapplied\"}\n", i, i,
			         ar_date_z(z, 20000 + undo), t);
			n++;
		}
		if (counts && !undone) {
			if (doc[tgt].there)
				doc[tgt].open -= amount;
			if (doc[src].there)
				doc[src].open += amount;
		}
	}
	return n;
}

static char *joined(char line[LINES][400], int n, const int *keep)
{
	static char text[LINES * 400];
	size_t at = 0;
	int order[LINES];

	for (int i = 0; i < n; i++)
		order[i] = i;
	for (int i = n - 1; i > 0; i--) {
		int j = (int)rnd((uint64_t)i + 1), t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
	text[0] = '\0';
	for (int i = 0; i < n; i++)
		if (!keep || keep[order[i]])
			at += (size_t)snprintf(text + at, sizeof text - at, "%s", line[order[i]]);
	return text;
}

static int add_up(void *arg, const struct ar_item *it)
{
	*(int64_t *)arg += it->open * (it->amount % 997 + 1);
	return 0;
}

static int64_t fingerprint(const char *text, struct ar_open_params p)
{
	struct ar_err e = { 0 };
	struct ar_open *o = feed(text, p);
	int64_t sum = 0;

	if (ar_open_close(o, &e) < 0 || ar_open_each(o, add_up, &sum) < 0)
		sum = -1;
	ar_open_free(o);
	return sum;
}

static void random_ledgers(void)
{
	static char line[LINES][400];
	int bad_open = 0, bad_order = 0, bad_light = 0, bad_law = 0;

	for (int round = 0; round < 300; round++) {
		struct naive doc[DOCS];
		int date[LINES], keep[LINES], n, D = (int)rnd(60);
		int64_t rec[LINES], K = (int64_t)(20000 + rnd(70)) * 86400, before;
		struct ar_open_params p = { .as_of = 20000 + D, .known_at = K };
		struct ar_open *o;
		struct ar_err e = { 0 };

		n = random_ledger(line, D, K, doc, date, rec);
		o = feed(joined(line, n, NULL), p);
		if (ar_open_close(o, &e) < 0)
			bad_open++;
		for (int i = 0; i < DOCS; i++) {
			char id[8];
			size_t k;

			snprintf(id, sizeof id, "d%d", i);
			k = ar_open_find(o, ar_str(id));
			if ((k != SIZE_MAX) != doc[i].there || (doc[i].there && ar_open_item(o, k)->open != doc[i].open))
				bad_open++;
		}
		ar_open_free(o);
		before = fingerprint(joined(line, n, NULL), p);
		bad_order += fingerprint(joined(line, n, NULL), p) != before;
		p.light = true;
		bad_light += fingerprint(joined(line, n, NULL), p) != before;
		for (int i = 0; i < n; i++)
			keep[i] = date[i] <= D && rec[i] <= K;
		bad_law += fingerprint(joined(line, n, keep), p) != before;
	}
	is_int(bad_open, 0, "300 random ledgers: open as the naive sum has it");
	is_int(bad_order, 0, "order of the input does not show");
	is_int(bad_light, 0, "the light way gives the same");
	is_int(bad_law, 0, "truncation law: what is dated or recorded later changes nothing");
}

int main(void)
{
	golden_case();
	not_before_both_count();
	applied_by();
	versions();
	refunds_and_reversals();
	snapshots();
	disputes();
	random_ledgers();
	return done_testing();
}
