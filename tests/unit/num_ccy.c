/* SPDX-License-Identifier: GPL-3.0-or-later */
/* num_ccy.c - the currency table against the standard's own statements. */
#include "config.h"

#include "num/ccy.h"

#include "tap.h"

#include <stdlib.h>

static int find(const char *z)
{
	return ar_ccy_find(ar_str(z));
}

static void order(void)
{
	int bad = 0, current = 0, longest = 0;

	for (int i = 0; i < ar_ccy_count; i++) {
		const struct ar_ccy *c = &ar_ccy[i];

		bad += strlen(c->code) != 3 || c->digits > 4 || c->numeric > 999 || !c->name ||
			!c->name[0];
		bad += i > 0 && strcmp(ar_ccy[i - 1].code, c->code) >= 0;
		bad += find(c->code) != i;
		current += c->ended == AR_DATE_NONE;
		if ((int)strlen(c->name) > longest)
			longest = (int)strlen(c->name);
	}
	is_int(bad, 0, "rows are well formed, sorted by code and found at their place");
	is_int(current, 178, "ISO 4217 has 178 current codes");
	ok(longest < 64, "no name is longer than 63 bytes");
}

/* Every three letters: found exactly if a row says so. */
static void all_codes(void)
{
	int bad = 0, found = 0;

	for (int i = 0; i < 26 * 26 * 26; i++) {
		char z[4] = { (char)('A' + i / 676), (char)('A' + i / 26 % 26),
			(char)('A' + i % 26), 0 };
		int at = find(z);

		if (at == AR_CCY_NONE)
			continue;
		found++;
		bad += at < 0 || at >= ar_ccy_count || strcmp(ar_ccy[at].code, z) != 0;
	}
	is_int(bad, 0, "no code is found in a foreign row");
	is_int(found, ar_ccy_count, "as many codes are found as there are rows");
}

static void unknown(void)
{
	static const char *const bad[] = { "", "U", "US", "USDX", "usd", "Usd", "US ", " USD",
		"U$D", "ZZZ", "AAA",
		"US\xc4", "@AA", "[AA", "840", "EU\x80" };

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		is_int(find(bad[i]), AR_CCY_NONE, "unknown code");
	is_int(ar_ccy_find((struct ar_str){ "US\0", 3 }), AR_CCY_NONE, "a NUL is no letter");
	is_int(ar_ccy_find((struct ar_str){ NULL, 0 }), AR_CCY_NONE, "nothing is no code");
	ok(find("XXX") >= 0 && find("XTS") >= 0, "XXX and XTS are known codes");
}

/* The current codes with these digits are these and no others; `na` have none and stand with 0. */
static void digits(void)
{
	static const char zero[] = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF "
		"XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX";
	static const char three[] = "BHD IQD JOD KWD LYD OMR TND", four[] = "CLF UYW";
	static const char *const two[] = { "USD", "EUR", "MRU", "MGA", "HUF", "IDR", "TWD",
		"COP", "IRR", "LAK", "AFN",
		"ALL", "RSD", "LBP", "MMK", "SYP", "YER", "SOS", "VES", "ZWG", "XCG", "XAD",
		"SLE", "STN", "CHE", "CHW",
		"BOV", "COU", "MXV", "USN" };
	int bad = 0;

	for (int i = 0; i < ar_ccy_count; i++) {
		const struct ar_ccy *c = &ar_ccy[i];
		int want = strstr(zero, c->code) ? 0 : strstr(three, c->code) ? 3
			: strstr(four, c->code) ? 4 : 2;

		if (c->ended == AR_DATE_NONE && c->digits != want) {
			printf("# %s has %d digits, want %d\n", c->code, c->digits, want);
			bad++;
		}
	}
	is_int(bad, 0, "digits of all current codes");
	for (size_t i = 0; i < sizeof two / sizeof two[0]; i++)
		ok(find(two[i]) >= 0 && ar_ccy[find(two[i])].digits == 2, "%s has 2 digits",
			two[i]);
	is_int(ar_ccy[find("ITL")].digits, 0, "the lira had none");
	is_int(ar_ccy[find("DEM")].digits, 2, "the mark had two");
}

static void withdrawn(void)
{
	static const struct { const char *code, *ended; } t[] = {
		{ "DEM", "2002-01-01" }, { "FRF", "2002-01-01" }, { "ITL", "2002-01-01" },
		{ "ATS", "2002-01-01" },
		{ "BEF", "2002-01-01" }, { "LUF", "2002-01-01" }, { "ESP", "2002-01-01" },
		{ "NLG", "2002-01-01" },
		{ "FIM", "2002-01-01" }, { "PTE", "2002-01-01" }, { "IEP", "2002-01-01" },
		{ "GRD", "2002-01-01" },
		{ "SIT", "2007-01-01" }, { "MTL", "2008-01-01" }, { "CYP", "2008-01-01" },
		{ "SKK", "2009-01-01" },
		{ "EEK", "2011-01-01" }, { "LVL", "2014-01-01" }, { "LTL", "2015-01-01" },
		{ "HRK", "2023-01-01" },
		{ "BGN", "2026-01-01" }, { "ROL", "2005-07-01" }, { "TRL", "2006-01-01" },
		{ "GHC", "2008-01-01" },
		{ "VEF", "2018-08-20" }, { "BYR", "2017-01-01" }, { "ZMK", "2013-01-01" },
		{ "ANG", "2025-03-31" },
		{ "MRO", "2018-01-01" }, { "STD", "2018-01-01" }, { "CSD", "2006-10-25" },
		{ "ZWL", "2024-09-01" },
		{ "EUR", "" }, { "USD", "" }, { "SVC", "" }, { "VES", "" }, { "VED", "" },
		{ "XCG", "" }, { "SLE", "" },
	};
	static const char *const known[] = { "RUR", "MZM", "VEB", "BYB", "SLL", "ZWD", "AZM",
		"SDD", "AFA", "YUM",
		"CUC", "MGF", "SRG", "TMM", "PLZ", "BGL", "XEU" };
	char z[11];

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		int at = find(t[i].code);

		is_str(at < 0 ? "unknown" : ar_date_z(z, ar_ccy[at].ended), t[i].ended, t[i].code);
	}
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		ok(find(known[i]) >= 0 && ar_ccy[find(known[i])].ended != AR_DATE_NONE,
			"%s has ended", known[i]);
}

static void numeric(void)
{
	static const struct { int n; const char *code; } t[] = {
		{ 978, "EUR" }, { 840, "USD" }, { 8, "ALL" }, { 36, "AUD" }, { 392, "JPY" },
		{ 532, "XCG" }, { 191, "HRK" },
		{ 276, "DEM" }, { 948, "CHW" }, { 428, "LVL" }, { 180, "ZRN" }, { 999, "XXX" },
		{ 100, "BGL" }, { 975, "BGN" },
	};
	int bad = 0;

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		int at = ar_ccy_numeric(t[i].n);

		is_str(at < 0 ? "unknown" : ar_ccy[at].code, t[i].code, "by number");
	}
	is_int(ar_ccy_numeric(0), AR_CCY_NONE, "0 is no number");
	is_int(ar_ccy_numeric(-1), AR_CCY_NONE, "nor is -1");
	is_int(ar_ccy_numeric(1), AR_CCY_NONE, "1 is not given");
	is_int(ar_ccy_numeric(1000000), AR_CCY_NONE, "nor is a million");
	for (int i = 0; i < ar_ccy_count; i++)
		if (ar_ccy[i].ended == AR_DATE_NONE)
			bad += ar_ccy_numeric(ar_ccy[i].numeric) != i;
	is_int(bad, 0, "current numbers are unique and lead back");
}

static char *slurp(const char *name)
{
	FILE *f = fopen(name, "r");
	char *p;
	size_t n;

	if (!f)
		return NULL;
	p = malloc(1 << 20);
	n = p ? fread(p, 1, (1 << 20) - 1, f) : 0;
	fclose(f);
	if (p)
		p[n] = '\0';
	return p;
}

/*
 * Another's list of the same standard, where it is installed: each of its codes is in ours with
 * the same number.
 */
static void against_iso_codes(void)
{
	static const char key[] = "\"alpha_3\": \"", num_key[] = "\"numeric\": \"";
	char *json = slurp("/usr/share/iso-codes/json/iso_4217.json");
	size_t num_at = sizeof num_key - 1;
	int n = 0, bad = 0;

	if (!json) {
		ok(1, "iso-codes # SKIP not installed");
		return;
	}
	for (char *p = json; (p = strstr(p, key)); n++) {
		char *num = strstr(p, num_key);
		int at;

		p += sizeof key - 1;
		at = ar_ccy_find((struct ar_str){ p, 3 });
		if (at < 0 || !num ||
			ar_ccy[at].numeric != ar_str_uint((struct ar_str){ num + num_at, 3 }, 999)) {
			printf("# %.3s is missing or has another number\n", p);
			bad++;
		}
	}
	ok(n > 150, "iso-codes lists %d codes", n);
	is_int(bad, 0, "all of them are ours too");
	free(json);
}

int main(void)
{
	order();
	all_codes();
	unknown();
	digits();
	withdrawn();
	numeric();
	against_iso_codes();
	return done_testing();
}
