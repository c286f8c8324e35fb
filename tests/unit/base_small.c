/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * arena.h, str.h (what is searched, numbers), hash.h, sort.h and opt.h. The digests are published test vectors (FIPS 180-4
 * examples; xxHash's own).
 */
#include "config.h"

#include "base/hash.h"
#include "base/opt.h"
#include "base/sort.h"
#include "tap.h"

#include <stdlib.h>

static void test_arena(void)
{
	struct ar_arena a = AR_ARENA_INIT;
	char *p[300], *first, *big;
	bool good = true, aligned = true;

	for (size_t i = 0; i < 300; i++) {
		p[i] = ar_arena_alloc(&a, i * 7);
		aligned &= (uintptr_t)p[i] % 16 == 0;
		memset(p[i], (int)i, i * 7);
	}
	big = ar_arena_alloc(&a, 1 << 20);
	memset(big, 1, 1 << 20);
	for (size_t i = 0; i < 300; i++)
		for (size_t k = 0; k < i * 7; k++)
			good &= p[i][k] == (char)i;
	ok(aligned, "memory is aligned");
	ok(good, "and does not overlap");
	first = p[0];
	ar_arena_reset(&a);
	ok(ar_arena_alloc(&a, 1) == first, "after a reset it is used again");
	is_str(ar_arena_dup(&a, "abcdef", 3), "abc", "a copy of a part");
	is_str(ar_arena_fmt(&a, "%d-%s", 7, "x"), "7-x", "formatted text");
	for (int round = 0; round < 3; round++) {
		ar_arena_reset(&a);
		for (int i = 0; i < 100; i++)
			memset(ar_arena_zero(&a, 70000), 1, 70000);
	}
	ok(((char *)ar_arena_zero(&a, 100))[99] == 0, "cleared memory is clear");
	ar_arena_release(&a);
}

/* Byte by byte, what ar_str_find does in two ways: for short texts and for long ones. */
static const char *find_slowly(struct ar_str hay, struct ar_str needle)
{
	for (size_t i = 0; i + needle.n <= hay.n; i++)
		if (memcmp(hay.p + i, needle.p, needle.n) == 0)
			return hay.p + i;
	return NULL;
}

static void test_find(void)
{
	char text[300], what[6];
	uint64_t x = 88172645463325252u;
	int found = 0, wrong = 0;

	for (int k = 0; k < 200000; k++) {
		struct ar_str hay = { text, 0 }, needle = { what, 0 };
		bool large = k % 64 == 0;

		for (size_t i = 0; i < (large ? sizeof text : 20); i++) {
			x ^= x << 13, x ^= x >> 7, x ^= x << 17;
			text[i] = "ab/"[x % 3];
			what[i % sizeof what] = "ab/"[x / 3 % 3];
		}
		hay.n = large ? 200 + x / 9 % 101 : x / 9 % 21;
		needle.n = x / 9999 % 7;
		found += find_slowly(hay, needle) != NULL;
		wrong += ar_str_find(hay, needle) != find_slowly(hay, needle);
	}
	ok(!wrong && found > 40000 && found < 160000, "ar_str_find finds what is there (%d), %d wrong", found, wrong);
}

static void test_hash(void)
{
	struct ar_sum *s = ar_sum_new();
	static char big[300000];
	struct ar_hash128 whole;
	uint8_t d[32];
	char hex[65], want[33];
	struct ar_sha *sha = ar_sha_new();

	ar_sum_hex(s, hex);
	is_str(hex, "99aa06d3014798d86001c324468d497f", "XXH3-128 of nothing");
	ar_sum_add(s, "ab", 2);
	ar_sum_hex(s, hex);
	ar_sum_add(s, "c", 1);
	ar_sum_hex(s, hex);
	is_str(hex, "06b05ab6733a618578af5f94892f3950", "XXH3-128 of abc, in pieces");
	ar_sum_reset(s);
	for (size_t i = 0; i < sizeof big; i++)
		big[i] = (char)(i * 2654435761u >> 24);
	for (size_t i = 0, n = 1; i < sizeof big; i += n, n = n * 7 % 30011)
		ar_sum_add(s, big + i, sizeof big - i < n ? sizeof big - i : n);
	whole = ar_hash128(big, sizeof big);
	ar_sum_hex(s, hex);
	snprintf(want, sizeof want, "%016llx%016llx", (unsigned long long)whole.hi, (unsigned long long)whole.lo);
	is_str(hex, want, "of 300 kB, in pieces as at once");
	ar_sum_free(s);
	ar_sha256("abc", 3, d);
	ar_hex(d, 32, hex);
	is_str(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "SHA-256 of abc");
	ar_sha_add(sha, "abcdbcdecdefdefgefghfghighijhijk", 32);
	ar_sha_add(sha, "ijkljklmklmnlmnomnopnopq", 24);
	ar_sha_end(sha, d);
	ar_hex(d, 32, hex);
	is_str(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1", "SHA-256 in pieces");
	ar_sha_end(sha, d);
	ar_hex(d, 32, hex);
	is_str(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "and starts anew");
	ar_sha_free(sha);
}

static void test_tab(void)
{
	struct ar_tab t = { 0 };
	char name[20];
	bool fresh, good = true;

	is_int(ar_tab_get(&t, AR_STR("a")), AR_TAB_NONE, "an empty table has nothing");
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "n%d", i);
		good &= ar_tab_add(&t, ar_str(name), &fresh) == (uint32_t)i && fresh;
	}
	ok(good, "names get the next number");
	for (int i = 0; i < 5000; i++) {
		snprintf(name, sizeof name, "n%d", i);
		good &= ar_tab_add(&t, ar_str(name), &fresh) == (uint32_t)i && !fresh && ar_streqz(t.key[i], name);
	}
	ok(good, "and keep it");
	is_int(ar_tab_get(&t, AR_STR("n5000")), AR_TAB_NONE, "one that is not there");
	is_int(ar_tab_add(&t, AR_STR(""), &fresh), 5000, "the empty name is one too");
	ar_tab_release(&t);
}

struct pair { uint32_t key, order; };

static int by_key(const void *a, const void *b, void *ctx)
{
	const struct pair *x = a, *y = b;

	(*(int *)ctx)++;
	return x->key < y->key ? -1 : x->key > y->key;
}

static void test_sort(void)
{
	uint32_t seed = 7;
	bool sorted = true, stable = true;
	int calls = 0;

	for (size_t n = 0; n < 400; n += 1 + n / 9) {
		struct pair *v = ar_calloc(n, sizeof *v);
		uint64_t sum = 0, after = 0;

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1664525 + 1013904223;
			v[i] = (struct pair){ (seed >> 20) % 50, (uint32_t)i };
			sum += v[i].key * 1000 + v[i].order;
		}
		ar_sort(v, n, sizeof *v, by_key, &calls);
		for (size_t i = 0; i < n; i++) {
			after += v[i].key * 1000 + v[i].order;
			sorted &= i == 0 || v[i - 1].key <= v[i].key;
			stable &= i == 0 || v[i - 1].key != v[i].key || v[i - 1].order < v[i].order;
		}
		sorted &= sum == after;
		free(v);
	}
	ok(sorted, "sorted, nothing lost, for many lengths");
	ok(stable, "equal ones keep their order");
	ok(calls > 0, "the context reaches the comparison");
}

static bool flag;
static const char *word;
static uint64_t number;
static struct ar_args list;
static const struct ar_opt opts[] = {
	{ AR_O_FLAG, "flag", NULL, "A flag", &flag, 0, NULL },
	{ AR_O_TEXT, "word", "WORD", "A word. Another sentence", &word, AR_OPT_SHOWN, NULL },
	{ AR_O_UINT, "number", "N", "It's a number", &number, 0, NULL },
	{ AR_O_LIST, "list", "X", "May be repeated", &list, 0, NULL },
	{ .name = NULL }
};
static const struct ar_opt *const tables[] = { opts, NULL };

static int parse(int argc, const char *const *argv, struct ar_err *e)
{
	struct ar_cmdline c;
	int rc;

	flag = false;
	word = NULL;
	number = 0;
	list.n = 0;
	ar_err_clear(e);
	rc = ar_opt_parse(tables, argc, (char **)(uintptr_t)argv, &c, e);
	rc = rc < 0 ? -1 : c.operand.n;
	ar_opt_release(&c);
	return rc;
}

#define PARSE(...) parse((int)(sizeof (const char *[]){ "t", __VA_ARGS__ } / sizeof (char *)), (const char *[]){ "t", __VA_ARGS__ }, &e)

static void test_opt(void)
{
	static const struct ar_opt_page page = { .name = "ar-test", .summary = "test", .operands = "[FILE ...]",
		.about = "About it.\n\n.Leading dot.", .tables = tables };
	struct ar_buf b = AR_BUF_INIT;
	struct ar_err e = { 0 };

	is_int(PARSE("a", "--flag", "--word=x=y", "-", "--", "--flag"), 3, "operands, also behind --");
	ok(flag && strcmp(word, "x=y") == 0, "flag and text");
	is_int(PARSE("--word", "v", "--list=1", "--list", "2", "--number=18"), 0, "value as the next word");
	ok(list.n == 2 && strcmp(list.v[1], "2") == 0 && number == 18, "a repeated option, a number");
	ok(PARSE("--flag=1") < 0 && e.exit == AR_USAGE, "a flag takes no value");
	ok(PARSE("--word") < 0, "a value is missing");
	ok(PARSE("--number=1x") < 0 && PARSE("--number=-1") < 0 && PARSE("--number=") < 0, "not a number");
	ok(PARSE("--word=a", "--word=b") < 0, "given twice");
	ok(PARSE("--flg") < 0 && strstr(e.text, "did you mean --flag?"), "misspelt");
	ok(PARSE("--wor=x") < 0, "no abbreviations");
	ok(PARSE("-f") < 0, "no short options");
	ar_opt_help(&page, &b);
	ok(strstr(ar_buf_z(&b), "--word=WORD") && strstr(b.p, "Exit status: 0"), "--help");
	for (const char *s = b.p; *s; s += strcspn(s, "\n") + 1)
		if (strcspn(s, "\n") > 92)
			ok(0, "a line of --help is too long");
	b.n = 0;
	ar_opt_mdoc(&page, &b);
	ok(strstr(ar_buf_z(&b), "\n\\&.Leading dot.\n") && strstr(b.p, "A word.\nAnother sentence"), "man page");
	b.n = 0;
	ar_opt_bash(&page, &b);
	ok(strstr(ar_buf_z(&b), "--word=") && strstr(b.p, "complete -o filenames -F _ar_test ar-test"), "bash");
	b.n = 0;
	ar_opt_zsh(&page, &b);
	ok(!!strstr(ar_buf_z(&b), "'*--list=[May be repeated]:value:'"), "zsh");
	b.n = 0;
	ar_opt_fish(&page, &b);
	ok(!!strstr(ar_buf_z(&b), "complete -c ar-test -l number -r -d 'It'\\''s a number'"), "fish");
	ar_buf_release(&b);
	free(list.v);
}

/* Around every power of ten and of two, as printf says it, nothing written behind. */
static void test_digits(void)
{
	uint64_t v[3 * 64 + 3 * 20], ten = 1;
	char want[32], got[32];
	int n = 0, bad = 0;

	for (int i = 0; i < 64; i++)
		for (int k = -1; k < 2; k++)
			v[n++] = ((uint64_t)1 << i) + (uint64_t)k;
	for (int i = 0; i < 20; i++, ten *= 10)
		for (int k = -1; k < 2; k++)
			v[n++] = ten + (uint64_t)k;
	for (int i = 0; i < n; i++) {
		memset(got, 'x', sizeof got);
		snprintf(want, sizeof want, "%llu", (unsigned long long)v[i]);
		bad += ar_uint_put(got, v[i]) != strlen(want) || memcmp(got, want, strlen(want)) != 0 || got[strlen(want)] != 'x';
	}
	is_int(bad, 0, "decimal digits");
}

int main(void)
{
	test_digits();
	test_arena();
	test_find();
	test_hash();
	test_tab();
	test_sort();
	test_opt();
	return done_testing();
}
