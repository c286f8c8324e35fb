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
#include "syntax/lockbox.h"
#include "syntax/nacha.h"
#include "syntax/ofx.h"
#include "syntax/x12.h"
#include "syntax/xml.h"

#include "../fuzz/bank_maps.h"
#include "../unit/decode.h"
#include "../unit/tap.h"

enum { CHANGES = 4000 };

#define CAMT_CONF "[map]\nrecord = statement: Document/BkToCstmrStmt/Stmt\n" \
	"record = entry: Document/BkToCstmrStmt/Stmt/Ntry rows NtryDtls/TxDtls rows RmtInf/Strd\n"

/* again: where the last statement begins, in formats of which a file may end behind any statement; so many bytes tell that it does */
static const struct { const struct ar_syntax *x; const char *conf, *file, *again; size_t width; } all[] = {
	{ &ar_syntax_bai2, MAP_BAI2, "bai2.bai", NULL, 0 },
	{ &ar_syntax_nacha, MAP_NACHA, "nacha.ach", NULL, 0 },
	{ &ar_syntax_x12, MAP_X12, "x12-820.edi", NULL, 0 },
	{ &ar_syntax_lockbox, MAP_LOCKBOX, "lockbox.bai", NULL, 0 },
	{ &ar_syntax_lockbox, MAP_LOCKBOX, "lockbox-80.bai", NULL, 0 },
	{ &ar_syntax_lockbox, MAP_LOCKBOX, "lockbox-wide.bai", NULL, 0 },
	{ &ar_syntax_ofx, MAP_OFX, "ofx.ofx", NULL, 0 },
	{ &ar_syntax_coda, MAP_ANY, "coda.cod", "0000029102653905D", 25 },
	{ &ar_syntax_cfonb, MAP_ANY, "cfonb120.txt", "0115589    00001JPY", 104 },
	{ &ar_syntax_aeb43, MAP_ANY, "aeb43.n43", NULL, 0 },
	{ &ar_syntax_xml, CAMT_CONF, "camt053.xml", NULL, 0 },
	{ &ar_syntax_xml, CAMT_CONF, "camt053-page1.xml", NULL, 0 },
};

static int decode(int i, const char *p, size_t n, struct probe *t)
{
	struct ar_err e = { 0 };

	*t = (struct probe){ 0 };
	return probe_decode(all[i].x, all[i].conf, p, n, t, &e);
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
	const char *src = getenv("top_srcdir");
	char path[4096];
	struct probe t, whole;
	struct ar_err e = { 0 };
	size_t n, end, cut = 0, odd = 0;
	uint32_t seed = 20261029;
	char *p;

	snprintf(path, sizeof path, "%s/formats/banks/%s", src ? src : ".", all[i].file);
	p = ar_in_slurp(path, 1 << 20, &n, &e);
	if (!ok(p != NULL, "%s is there", all[i].file))
		return;
	ok(decode(i, p, n, &whole) == 0 && whole.rows > 0, "%s: %llu rows", all[i].file, (unsigned long long)whole.rows);
	end = tail(p, n);
	for (size_t k = first(i, p, n); k < n; k++)
		if (decode(i, p, k, &t) == 0 && k <= end)
			cut++;
	snprintf(path, sizeof path, "%s: every prefix is known to be one", all[i].file);
	is_int((int64_t)cut, 0, path);
	for (int k = 0; k < CHANGES; k++) {
		size_t at;
		char was;

		seed = seed * 1664525 + 1013904223;
		at = (seed >> 8) % n;
		was = p[at];
		p[at] = (char)(seed >> 3);
		decode(i, p, n, &t);
		odd += t.rows > 3 * whole.rows + 3;
		p[at] = was;
	}
	snprintf(path, sizeof path, "%s: %d changed bytes, no flood of rows", all[i].file, CHANGES);
	is_int((int64_t)odd, 0, path);
	free(p);
}

int main(void)
{
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		one((int)i);
	return done_testing();
}
