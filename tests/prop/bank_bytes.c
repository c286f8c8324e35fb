/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * bank_bytes.c - the samples of the bank formats cut at every byte and with single bytes changed, seeded: no crash, no hang, no row
 * that breaks a promise; a file that lacks its end is never taken for a whole one.
 */
#include "config.h"

#include <stdlib.h>

#include "base/in.h"
#include "syntax/aeb43.h"
#include "syntax/bai2.h"
#include "syntax/cfonb.h"
#include "syntax/coda.h"
#include "syntax/csv.h"
#include "syntax/lockbox.h"
#include "syntax/mt940.h"
#include "syntax/nacha.h"
#include "syntax/ofx.h"
#include "syntax/x12.h"
#include "syntax/xml.h"

#include "../unit/decode.h"
#include "../unit/tap.h"

enum { CHANGES = 10000 };

/*
 * again: where the last statement begins, in formats of which a file may end behind any statement; so many bytes tell that it does.
 * "" where a file may end anywhere (of MT940 see tests/unit/mt940.c).
 */
static const struct { const struct ar_syntax *x; const char *map, *file, *again; size_t width; } all[] = {
	{ &ar_syntax_bai2, "bai2", "bai2.bai", NULL, 0 },
	{ &ar_syntax_nacha, "nacha", "nacha.ach", NULL, 0 },
	{ &ar_syntax_x12, "x12-820", "x12-820.edi", NULL, 0 },
	{ &ar_syntax_lockbox, "lockbox", "lockbox.bai", NULL, 0 },
	{ &ar_syntax_lockbox, "lockbox-80", "lockbox-80.bai", NULL, 0 },
	{ &ar_syntax_lockbox, "lockbox-wide", "lockbox-wide.bai", NULL, 0 },
	{ &ar_syntax_mt940, "mt940", "mt940.sta", "", 0 },
	{ &ar_syntax_ofx, "ofx", "ofx.ofx", NULL, 0 },
	{ &ar_syntax_coda, "coda", "coda.cod", "0000029102653905D", 25 },
	{ &ar_syntax_cfonb, "cfonb120", "cfonb120.txt", "0115589    00001JPY", 104 },
	{ &ar_syntax_aeb43, "aeb43", "aeb43.n43", NULL, 0 },
	{ &ar_syntax_xml, "camt", "camt052.xml", NULL, 0 },
	{ &ar_syntax_xml, "camt", "camt053.xml", NULL, 0 },
	{ &ar_syntax_xml, "camt", "camt053-page1.xml", NULL, 0 },
	{ &ar_syntax_xml, "camt", "camt054.xml", NULL, 0 },
	{ &ar_syntax_xml, "pain002", "pain002.xml", NULL, 0 },
	{ &ar_syntax_csv, "csv-de-ing", "csv-de-ing.csv", "", 0 },
	{ &ar_syntax_csv, "csv-nl-rabobank", "csv-nl-rabobank.csv", "", 0 },
};

/* A file of formats/banks, with a NUL behind it; NULL: there is none. */
static char *bank_file(const char *name, const char *suffix, size_t *n)
{
	const char *top = getenv("top_srcdir");
	struct ar_err e = { 0 };
	char path[4096];

	snprintf(path, sizeof path, "%s/formats/banks/%s%s", top ? top : ".", name, suffix);
	return ar_in_slurp(path, 1 << 20, n, &e);
}

/* What the map says to the decoder: its first section. */
static char *conf_of(int i)
{
	size_t n;
	char *p = bank_file(all[i].map, ".map", &n), *end = p ? strstr(p, "\n[emit") : NULL;

	ar_assert(end);
	end[1] = '\0';
	return p;
}

static int decode(int i, const char *conf, const char *p, size_t n, struct probe *t)
{
	struct ar_err e = { 0 };

	*t = (struct probe){ 0 };
	return probe_decode(all[i].x, conf, p, n, t, &e);
}

/* The last bytes whose loss does not show: line ends, and of the closing record what its readers do not need. */
static size_t tail(const char *p, size_t n)
{
	size_t from = n;

	while (from && (ar_is_space(p[from - 1]) || p[from - 1] == '9'))
		from--;
	while (from && p[from - 1] != '\n')
		from--;
	return from;
}

static size_t first(int i, const char *p, size_t n)
{
	const char *at = all[i].again ? ar_str_find((struct ar_str){ p, n }, ar_str(all[i].again)) : NULL;

	ar_assert(at || !all[i].again);
	return at ? (size_t)(at - p) + all[i].width : 0;
}

static void one(int i)
{
	struct probe t, whole;
	size_t n, end, cut = 0, odd = 0;
	uint32_t seed = 20261029;
	bool anywhere;
	char *p = bank_file(all[i].file, "", &n), *conf = conf_of(i), what[128];

	if (!ok(p != NULL, "%s is there", all[i].file))
		return;
	ok(decode(i, conf, p, n, &whole) == 0 && whole.rows > 0, "%s: %llu rows", all[i].file, (unsigned long long)whole.rows);
	anywhere = all[i].again && !*all[i].again;
	end = tail(p, n);
	for (size_t k = first(i, p, n); k < n; k++)
		if (decode(i, conf, p, k, &t) == 0 && k <= end)
			cut += !anywhere || t.rows > whole.rows;
	snprintf(what, sizeof what, anywhere ? "%s: no prefix gives more rows" : "%s: every prefix is known to be one", all[i].file);
	is_int((int64_t)cut, 0, what);
	for (int k = 0; k < CHANGES; k++) {
		size_t at;
		char was;

		seed = seed * 1664525 + 1013904223;
		at = (seed >> 8) % n;
		was = p[at];
		p[at] = (char)(seed >> 3);
		decode(i, conf, p, n, &t);
		odd += t.rows > 3 * whole.rows + 3;
		p[at] = was;
	}
	snprintf(what, sizeof what, "%s: %d changed bytes, no flood of rows", all[i].file, CHANGES);
	is_int((int64_t)odd, 0, what);
	free(p);
	free(conf);
}

/* A file without line ends: some of its records lie across the pieces that are read, and columns are counted in characters. */
static int look_at_name(struct probe *t, const struct ar_row *row)
{
	bool *bad = t->arg;

	for (int i = 0; i < row->n; i++)
		if (ar_streq(row->name[i], AR_STR("name")) && !ar_streqz(row->value[i], "\xC3\xA9t\xC3\xA9"))
			*bad = true;
	return 0;
}

static void nacha_in_one_line(void)
{
	enum { ENTRIES = 30000, WIDTH = 94 };
	char *p = malloc((ENTRIES + 4) * (WIDTH + 2)), *at = p;
	struct probe t = { .look = look_at_name };
	struct ar_err e = { 0 };
	bool bad = false;

	t.arg = &bad;
	ar_assert(p);
	at += sprintf(at, "%-94s", "101 091000019 0210000892610300615A094101XQZ BANK               ROTAVER INC");
	at += sprintf(at, "%-94s", "5200Ostvik Packaging                    1234567890CCDPAYMENT   261030261030   1091000010000001");
	for (int i = 0; i < ENTRIES; i++)       /* 94 characters, 96 bytes of them */
		at += sprintf(at, "622091000019%017d%010d%-15s%-24s%02d0%015d", i, i, "", "\xC3\xA9t\xC3\xA9", i % 100, i);
	at += sprintf(at, "8200%-90s9%-93s", "", "");
	ar_assert(at - p <= (ENTRIES + 4) * (WIDTH + 2));
	is_int(probe_decode(&ar_syntax_nacha, "[map]\ndetect = any\n", p, (size_t)(at - p), &t, &e), 0, "a file of Nacha without line ends");
	ok(t.rows >= ENTRIES && !bad, "%llu rows, the columns of each where they are", (unsigned long long)t.rows);
	free(p);
}

/* More text than a row has room for may be cut, an amount not. */
static int look_at_net(struct probe *t, const struct ar_row *row)
{
	int *nets = t->arg;

	for (int i = 0; i < row->n; i++)
		*nets += ar_streq(row->name[i], AR_STR(".net")) && ar_streqz(row->value[i], "12.34");
	return 0;
}

static void much_text_in_a_line(void)
{
	static char p[64 * 1024];
	struct ar_err e = { 0 };
	int nets = 0, n;
	struct probe t = { .look = look_at_net, .arg = &nets };

	n = snprintf(p, sizeof p, "ISA*00*          *00*          *ZZ*A              *ZZ*B              *261029*1900*U*00501*000000001*0*P*>~\n"
		"GS*RA*A*B*20261029*1900*1*X*005010~ST*820*1~BPR*C*12.34*C~RMR*IV*7**12.34~");
	for (int i = 0; i < 9; i++)
		n += snprintf(p + n, sizeof p - (size_t)n, "REF*Z%d*y%4999s~", i, "x");
	n += snprintf(p + n, sizeof p - (size_t)n, "SE*12*1~GE*1*1~IEA*1*000000001~");
	is_int(probe_decode(&ar_syntax_x12, "[map]\ndetect = 820\n", p, (size_t)n, &t, &e), 0, "a line of X12 with much text");
	is_int(nets, 1, "its amount is there");
}

int main(void)
{
	nacha_in_one_line();
	much_text_in_a_line();
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		one((int)i);
	return done_testing();
}
