/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The structural scan against a byte-by-byte reading of its contract, both variants, every way to cut the input. */
#include "config.h"

#include "rec/scan.h"

#include <stdlib.h>
#include <time.h>

#include "base/arena.h"
#include "tap.h"

static uint64_t seed = 0x9E3779B97F4A7C15ULL;

static uint32_t rnd(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 32) % below;
}

struct result {
	size_t n;
	uint32_t *pos;
	uint64_t nonascii[4], special[4];
	bool escaped;
};

static void result_init(struct result *r, size_t room)
{
	memset(r, 0, sizeof *r);
	r->pos = ar_malloc((room + 1) * sizeof *r->pos);
}

/* The contract, one byte at a time. */
static void by_hand(const unsigned char *p, size_t len, bool escaped, struct result *r)
{
	r->n = 0;
	memset(r->nonascii, 0, sizeof r->nonascii);
	memset(r->special, 0, sizeof r->special);
	for (size_t i = 0; i < len; i++) {
		uint64_t bit = 1ULL << (i / 64 % 64);

		if (p[i] >= 0x80)
			r->nonascii[i / 4096] |= bit;
		if (p[i] == '\\' || (p[i] < 0x20 && p[i] != '\n'))
			r->special[i / 4096] |= bit;
		if (p[i] == '\n' || (p[i] == '"' && !escaped))
			r->pos[r->n++] = (uint32_t)i;
		escaped = !escaped && p[i] == '\\';
	}
	r->escaped = escaped;
}

static bool good_next = true;            /* ar_scan_next agreed, always */

static void scan(const char *p, size_t len, bool escaped, struct result *r)
{
	struct ar_scan s = { escaped };
	uint64_t *place = ar_malloc((len / 64 + 1) * sizeof *place);
	struct ar_scan_out out = { place, r->nonascii, r->special };

	memset(place, 0xFF, (len / 64 + 1) * sizeof *place);
	memset(r->nonascii, 0xFF, sizeof r->nonascii);
	memset(r->special, 0xFF, sizeof r->special);
	ar_scan(&s, p, len, &out);
	for (size_t w = ar_scan_words(len); w < 4; w++)
		r->nonascii[w] = r->special[w] = 0;
	r->n = 0;
	for (size_t i = 0; i < (len + 63) / 64 * 64; i++)
		if (place[i / 64] >> i % 64 & 1) {
			for (size_t from = r->n ? r->pos[r->n - 1] + 1 : 0; from <= i; from++)
				good_next &= ar_scan_next(place, from) == i;
			r->pos[r->n++] = (uint32_t)i;
		}
	r->escaped = s.escaped;
	free(place);
}

static bool same(const struct result *a, const struct result *b)
{
	return a->n == b->n && a->escaped == b->escaped
		&& (a->n == 0 || memcmp(a->pos, b->pos, a->n * sizeof *a->pos) == 0)
		&& memcmp(a->nonascii, b->nonascii, sizeof a->nonascii) == 0
		&& memcmp(a->special, b->special, sizeof a->special) == 0;
}

/* A copy of exactly len bytes, so that a sanitizer sees any look beyond it. */
static char *exact(const char *p, size_t len)
{
	char *q = ar_malloc(len);

	if (len)
		memcpy(q, p, len);
	return q;
}

/* Both variants on one block agree with the contract. */
static bool agrees(const char *p, size_t len, bool escaped, struct result *want, struct result *got)
{
	char *q = exact(p, len);
	bool good = true;

	by_hand((const unsigned char *)p, len, escaped, want);
	for (int portable = 0; portable < 2; portable++) {
		ar_scan_force(portable);
		scan(q, len, escaped, got);
		good &= same(want, got);
	}
	ar_scan_force(false);
	free(q);
	return good;
}

static char random_byte(int dense)
{
	static const char odd[] = "\"\"\"\\\\\\\n\n\t\r\x1f\x7f\x80\xff\xc3\xa9\x22\xa2\x8a\xdc\x00 ,:";

	return rnd(100) < (uint32_t)dense ? odd[rnd(sizeof odd - 1)] : (char)(' ' + rnd(95));
}

static void random_blocks(void)
{
	static char p[9000];
	struct result want, got;

	result_init(&want, sizeof p);
	result_init(&got, sizeof p);
	for (int dense = 1; dense <= 100; dense += 11) {
		int bad = 0;

		for (int round = 0; round < 300; round++) {
			size_t len = round < 200 ? (size_t)round : rnd(sizeof p);

			for (size_t i = 0; i < len; i++)
				p[i] = random_byte(dense);
			bad += !agrees(p, len, round & 1, &want, &got);
		}
		ok(!bad, "random blocks, %d of 100 bytes odd", dense);
	}
	for (int b = 0; b < 256; b++)
		p[b] = (char)b;
	ok(agrees(p, 256, false, &want, &got), "every byte value");
	memset(p, '"', sizeof p);
	ok(agrees(p, sizeof p, false, &want, &got) && got.n == sizeof p, "nothing but quotes");
	free(want.pos);
	free(got.pos);
}

/* Positions of a cut input are those of the whole, whatever the cut; nothing but `escaped` has to be carried. */
static bool cut_agrees(const char *p, size_t len, size_t cut, const struct result *whole, struct result *part)
{
	size_t k;

	scan(p, cut, false, part);
	if (part->n > whole->n || (part->n && memcmp(part->pos, whole->pos, part->n * sizeof *part->pos)))
		return false;
	k = part->n;
	scan(p + cut, len - cut, part->escaped, part);
	if (k + part->n != whole->n || part->escaped != whole->escaped)
		return false;
	for (size_t i = 0; i < part->n; i++)
		if (part->pos[i] + cut != whole->pos[k + i])
			return false;
	return true;
}

static void cuts(void)
{
	char p[300];
	struct result whole, part;
	int bad = 0;

	result_init(&whole, sizeof p);
	result_init(&part, sizeof p);
	for (int round = 0; round < 40; round++) {
		for (size_t i = 0; i < sizeof p; i++)
			p[i] = random_byte(10 + 2 * round);
		by_hand((unsigned char *)p, sizeof p, false, &whole);
		ar_scan_force(round & 1);
		for (size_t cut = 0; cut <= sizeof p; cut++)
			bad += !cut_agrees(p, sizeof p, cut, &whole, &part);
	}
	ar_scan_force(false);
	ok(!bad, "every cut of random blocks");
	free(whole.pos);
	free(part.pos);
}

static void places(const char *what, const char *text, size_t n, const char *want)
{
	char got[200] = "";
	struct result r;

	result_init(&r, n);
	for (int portable = 0; portable < 2; portable++) {
		size_t k = 0;

		ar_scan_force(portable);
		scan(text, n, false, &r);
		got[0] = '\0';
		for (size_t i = 0; i < r.n; i++)
			k += (size_t)snprintf(got + k, sizeof got - k, "%s%u", i ? " " : "", r.pos[i]);
		k += (size_t)snprintf(got + k, sizeof got - k, "%s%s%s", r.special[0] ? " special" : "",
			r.nonascii[0] ? " nonascii" : "", r.escaped ? " escaped" : "");
		is_str(got, want, what);
	}
	ar_scan_force(false);
	free(r.pos);
}

/* Counted by hand. */
static void by_eye(void)
{
#define PLACES(text, want) places(#text, text, sizeof(text) - 1, want)
	PLACES("{\"a\":\"b\"}\n", "1 3 5 7 9");
	PLACES("", "");
	PLACES("\n\n", "0 1");
	PLACES("\"\\\"\"", "0 3 special");                /* "\"" */
	PLACES("\"\\\\\"", "0 3 special");                /* "\\" */
	PLACES("\"\\\\\\\"\"", "0 5 special");            /* "\\\"" */
	PLACES("\"\\\n\"", "0 2 3 special");              /* an escaped newline ends the line all the same */
	PLACES("\"a\n\"b\"\n", "0 2 3 5 6");              /* a string never closed: its mate is the newline */
	PLACES("\"\t\"", "0 2 special");
	PLACES("{}\r\n", "3 special");
	PLACES("\"\xC3\xA9\"", "0 3 nonascii");
	PLACES("\"\x7F\"", "0 2");
	PLACES("\\", " special escaped");
	PLACES("\\\\", " special");
#undef PLACES
}

static void marks(void)
{
	uint64_t bits[3] = { 0 };
	int bad = 0;

	ok(!ar_scan_marked(bits, 0, 3 * 4096), "no mark");
	for (size_t stripe = 0; stripe < 192; stripe++) {
		memset(bits, 0, sizeof bits);
		bits[stripe / 64] = 1ULL << stripe % 64;
		for (int k = 0; k < 500; k++) {
			size_t from = rnd(192 * 64), to = from + 1 + rnd((uint32_t)(192 * 64 - from));
			bool want = from / 64 <= stripe && stripe <= (to - 1) / 64;

			bad += ar_scan_marked(bits, from, to) != want;
		}
	}
	ok(!bad, "a mark is seen from each range that touches its stripe and from no other");
	ok(ar_scan_words(0) == 1 && ar_scan_words(4095) == 1 && ar_scan_words(4096) == 2, "words of a map");
}

/* For the eye only: rates depend on the machine, so nothing is demanded of them. */
static void rate(void)
{
	enum { LEN = 256 * 1024, TIMES = 64 };
	static const char line[] = "{\"type\":\"invoice\",\"id\":\"main/erp:i:10001\",\"entity\":\"main\","
		"\"system\":\"erp\",\"number\":\"INV-10001\",\"customer\":\"main/erp:c:204\",\"issued\":\"2026-01-15\","
		"\"due\":\"2026-02-14\",\"posting_date\":\"2026-01-15\",\"currency\":\"USD\",\"amount\":\"1000.00\","
		"\"tax\":\"160.00\",\"open\":\"500.00\",\"base_currency\":\"EUR\",\"po\":\"PO-7\",\"src\":\"a:17\"}\n";
	char *p = ar_malloc(LEN);
	uint64_t *place = ar_malloc((LEN / 64 + 1) * sizeof *place), nonascii[LEN / 4096 + 1], special[LEN / 4096 + 1];
	struct ar_scan_out out = { place, nonascii, special };

	for (size_t i = 0; i < LEN; i++)
		p[i] = line[i % (sizeof line - 1)];
	for (int portable = 0; portable < 2; portable++) {
		struct timespec a, z;
		struct ar_scan s = { false };
		double ns;

		ar_scan_force(portable);
		clock_gettime(CLOCK_MONOTONIC, &a);
		for (int i = 0; i < TIMES; i++)
			ar_scan(&s, p, LEN, &out);
		clock_gettime(CLOCK_MONOTONIC, &z);
		ns = (double)(z.tv_sec - a.tv_sec) * 1e9 + (double)(z.tv_nsec - a.tv_nsec);
		printf("# %s: %.2f GB/s\n", portable ? "portable" : "default", (double)LEN * TIMES / ns);
	}
	ar_scan_force(false);
	free(p);
	free(place);
}

int main(void)
{
	by_eye();
	random_blocks();
	cuts();
	marks();
	ok(good_next, "from every byte to the next place");
	rate();
	return done_testing();
}
