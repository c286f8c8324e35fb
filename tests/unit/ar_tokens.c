/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar_tokens.c - what is found in remittance text and, more important, what is not; and names made comparable. */
#include "config.h"

#include "ar/names.h"
#include "ar/tokens.h"

#include "tap.h"

static struct ar_words words;
static struct ar_arena mem;

struct known { const char *const *key; };

static bool known(void *ctx, struct ar_str key, unsigned flags)
{
	const char *const *k = ctx;

	(void)flags;
	for (; *k; k++)
		if (ar_streqz(key, *k))
			return true;
	return false;
}

/* The finds as "KEY" with i (introduced), w (weak), x (expanded), o (order) behind a colon, parted by blanks; in order of bytes. */
static const char *found(const char *const *keys, const char *text)
{
	static char out[512];
	struct ar_str line[8], rest = ar_str(text);
	struct ar_tokens t;
	int n = 0;
	size_t at = 0;

	while (rest.p)
		rest = ar_str_cut(rest, '|', &line[n++]);
	ar_tokens_find(&t, line, n, &words, known, (void *)(uintptr_t)keys, &mem);
	for (int i = 1; i < t.n; i++)
		for (int j = i; j > 0 && ar_str_cmp(t.v[j - 1].key, t.v[j].key) > 0; j--) {
			struct ar_token x = t.v[j];

			t.v[j] = t.v[j - 1];
			t.v[j - 1] = x;
		}
	for (int i = 0; i < t.n; i++)
		at += (size_t)snprintf(out + at, sizeof out - at, "%s%.*s:%s%s%s%s", i ? " " : "", AR_STR_FMT(t.v[i].key),
				       t.v[i].flags & AR_TOKEN_INTRODUCED ? "i" : "", t.v[i].flags & AR_TOKEN_WEAK ? "w" : "",
				       t.v[i].flags & AR_TOKEN_EXPANDED ? "x" : "", t.v[i].flags & AR_TOKEN_ORDER ? "o" : "");
	out[at] = '\0';
	return out;
}

#define KEYS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void hits(void)
{
	static const char *const k[] = { "INV10612", "10612", "10600", "10619", "10626", "1060", "1966", "1969", "1978", "CM160", "2026", "142", "41",
		"4711", "4712", "4713", "4715", "RE202610432", "10432", "PO704", "66969", "9001", "1007", NULL };
	static const struct { const char *text, *want, *what; } t[] = {
		{ "Invoice INV10612", "INV10612:i", "the number itself" },
		{ "inv10612", "INV10612:", "case does not count" },
		{ "INV-10612", "INV10612:i", "nor a separator" },
		{ "INV 10612", "INV10612:i", "nor a blank" },
		{ "RE10612", "10612:i", "another word for invoice before the digits" },
		{ "XY10612", "", "but not any letters" },
		{ "10612", "10612:", "digits alone" },
		{ "0010612", "10612:", "leading zeros" },
		{ "450010612", "", "inside a longer number" },
		{ "106120", "", "begin of a longer number" },
		{ "10612A", "", "inside a longer word" },
		{ "10612-3", "", "tied to more digits" },
		{ "Rg. 10600/10619/106|26 vom September", "10600:i 10619:i 10626:iw", "cut by the bank within a number" },
		{ "10600|10619", "10600:w 10619:w", "two lines of digits may be one number" },
		{ "Inv 1966, 1969, 1978 less CM-160", "1966:i 1969:i 1978:i CM160:i", "a list keeps its introduction" },
		{ "Inv 1966 and 1969", "1966:i 1969:i", "also by a word" },
		{ "1966 1969 1978", "1966:w 1969:w 1978:w", "equal blocks may be one long number" },
		{ "PAYMENT 10/28/2026", "", "a date" }, { "vom 14.10.2026", "", "a date" }, { "2026-10-30", "", "a date" },
		{ "2026", "2026:w", "a year, perhaps" }, { "INV 2026", "2026:i", "introduced" },
		{ "OCTOBER 2026", "2026:w", "a year, perhaps" },
		{ "CALL 503-555-0142", "", "a telephone number" }, { "Tel 040 66969 411", "", "a telephone number" },
		{ "thanks Te|l 040 66969", "66969:w", "a word cut by the bank" },
		{ "inv 41", "41:i", "a short number, introduced" }, { "41", "", "a short number" }, { "#142", "142:i", "introduced by #" },
		{ "Kd 1007", "", "a customer number" }, { "Kunden-Nr. 1007", "", "a customer number" }, { "Rechnung Nr. 1007", "1007:i", "an invoice number" },
		{ "Order 4711", "4711:o", "an order number" },
		{ "4711/12/13", "4711: 4712:x 4713:x", "short forms" },
		{ "4711-4713", "4711:x 4712:x 4713:x", "a range" },
		{ "4711-4715", "", "a range with gaps is none" },
		{ "RE-2026-10432", "RE202610432:i", "parts tied by hyphens are one number" },
		{ "2026-10432", "", "the end of a tied number is no number" },
		{ "po PO-70/4", "PO704:o", "letters, hyphen, slash" },
		{ "IBAN DE06 9001 0036 0009 1614 86", "", "groups of an IBAN" },
		{ "10612,50", "", "an amount" }, { "EUR 10612.50", "", "an amount" }, { "1.966,00", "", "an amount" },
		{ "", "", "nothing" }, { "\xC3\xA9" "10612", "", "a letter is a letter, accent or not" },
	};

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		is_str(found(k, t[i].text), t[i].want, t[i].what);
	is_str(found(KEYS("10612"), "INV10612"), "10612:i", "the digits behind a known word");
	is_str(found(KEYS("7"), "7"), "", "one digit");
}

static void limits(void)
{
	char text[16000];
	size_t n = 0;
	struct ar_str line;
	struct ar_tokens t;

	for (int i = 10000; i < 12000; i++)
		n += (size_t)snprintf(text + n, sizeof text - n, "%d;", i);
	line = (struct ar_str){ text, n };
	ar_tokens_find(&t, &line, 1, &words, known, (void *)(uintptr_t)KEYS("10001", "11999"), &mem);
	is_int(t.n, 2, "two finds among two thousand");
	ok(!t.cut, "nothing cut");
}

static const char *keys_of(const char *number)
{
	static char out[256];
	struct ar_str key[3];
	unsigned flags[3];
	int n = ar_number_keys(ar_str(number), key, flags, &mem);
	size_t at = 0;

	for (int i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, sizeof out - at, "%s%.*s%s", i ? " " : "", AR_STR_FMT(key[i]),
				       flags[i] & AR_TOKEN_LETTERS ? "*" : "");
	out[at] = '\0';
	return out;
}

static void numbers(void)
{
	is_str(keys_of("INV10612"), "INV10612* 10612", "letters and digits");
	is_str(keys_of("RE-2026-10432"), "RE202610432* 202610432 10432", "the running number of a year");
	is_str(keys_of("2026-00417"), "202600417", "its end is too short alone");
	is_str(keys_of("0001993"), "1993", "leading zeros");
	is_str(keys_of("PO-70/4"), "PO704* 704", "short runs");
	is_str(keys_of("draft"), "", "no digits, no key");
}

static const char *name(const char *s)
{
	static char out[256];
	struct ar_str key[2];
	int n = ar_name_keys(ar_str(s), key, &mem);
	size_t at = 0;

	for (int i = 0; i < n; i++)
		at += (size_t)snprintf(out + at, sizeof out - at, "%s%.*s", i ? " " : "", AR_STR_FMT(key[i]));
	out[at] = '\0';
	return out;
}

static void names(void)
{
	is_str(name("Quellbr\xC3\xBC" "ck Getr\xC3\xA4nketechnik GmbH & Co. KG"), "QUELLBRUCKGETRANKETECHNIK QUELLBRUECKGETRAENKETECHNIK", "umlauts two ways");
	is_str(name("Quellbrueck Getraenketechnik GmbH + Co"), "QUELLBRUECKGETRAENKETECHNIK", "as banks write it");
	is_str(name("D'Avignac Foods, Inc."), "DAVIGNACFOODS", "apostrophe, comma, legal form");
	is_str(name("D\xE2\x80\x99" "AVIGNAC FOODS INC"), "DAVIGNACFOODS", "a typographic apostrophe");
	is_str(name("Soci\xC3\xA9t\xC3\xA9 Vellombre SARL"), "SOCIETEVELLOMBRE", "accents");
	is_str(name("Zahnwerk \xC3\x96sterlohe AG"), "ZAHNWERKOSTERLOHE ZAHNWERKOESTERLOHE", "a capital umlaut");
	is_str(name("Gro\xC3\x9F" "mann e.K."), "GROSSMANN", "sharp s, points in a legal form");
	is_str(name("AG"), "", "too short to be a name");
	is_str(name("Co Op Ltd"), "COOP", "the first word stays though it looks like a legal form");
	is_str(name("Limited"), "LIMITED", "a name of nothing else");
	is_str(name(""), "", "nothing");
	ok(ar_streq(ar_account_key(AR_STR("de06 9001-0036"), &mem), AR_STR("DE0690010036")), "accounts: letters and digits, upper case");
	is_int((int64_t)ar_account_key(AR_STR("12-34"), &mem).n, 0, "too short for an account");
}

int main(void)
{
	ar_words_init(&words);
	hits();
	limits();
	numbers();
	names();
	ok(ar_words_add(&words, AR_WORD_DOCUMENT, AR_STR("fak")), "a word of one's own");
	is_str(found(KEYS("41"), "FAK 41"), "41:i", "introduces");
	ok(!ar_words_add(&words, AR_WORD_DOCUMENT, AR_STR("no1")), "a word holds letters only");
	ar_words_release(&words);
	ar_arena_release(&mem);
	return done_testing();
}
