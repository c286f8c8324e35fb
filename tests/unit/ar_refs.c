/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ar_refs.c - structured references. The figures were computed apart from this code, in Python, from the rules of each scheme
 * (rf on whole integers mod 97, qrr by the rotated table); RF18539007547034, 210000000003139471430009017 and 090933755493 are the
 * well-known public examples.
 */
#include "config.h"

#include "ar/refs.h"

#include "tap.h"

static const char *made(enum ar_ref kind, const char *number)
{
	static char out[AR_REF_MAX + 1];

	out[ar_ref_make(kind, ar_str(number), out)] = '\0';
	return out;
}

static const char *key(const char *s)
{
	static char out[AR_REF_MAX + 1];

	out[ar_ref_key(ar_str(s), out)] = '\0';
	return out;
}

static const char *normal(enum ar_ref kind, const char *s)
{
	static char out[AR_REF_MAX + 1];

	out[ar_ref_normal(kind, ar_str(s), out)] = '\0';
	return out;
}

static void making(void)
{
	static const struct { enum ar_ref kind; const char *number, *want; } t[] = {
		{ AR_REF_RF, "539007547034", "RF18539007547034" }, { AR_REF_RF, "100110640", "RF77100110640" },
		{ AR_REF_RF, "C-2026/ab9", "RF40C2026AB9" }, { AR_REF_RF, "111111111111111111111", "RF48111111111111111111111" },
		{ AR_REF_RF, "1111111111111111111111", "" }, { AR_REF_RF, "", "" },
		{ AR_REF_QRR, "21000000000313947143000901", "210000000003139471430009017" },
		{ AR_REF_QRR, "RG-4711", "000000000000000000000047119" },
		{ AR_REF_QRR, "98765432109876543210987654", "987654321098765432109876544" },
		{ AR_REF_OGM, "0909337554", "090933755493" }, { AR_REF_OGM, "97", "000000009797" },
		{ AR_REF_OGM, "1234567890", "123456789002" }, { AR_REF_OGM, "INV10432", "000001043253" }, { AR_REF_OGM, "12345678901", "" },
		{ AR_REF_FI, "1234", "12344" }, { AR_REF_FI, "00123456", "1234561" }, { AR_REF_FI, "10432", "104320" },
		{ AR_REF_FI, "1234567890123456789", "12345678901234567894" }, { AR_REF_FI, "12", "" }, { AR_REF_FI, "12345678901234567890", "" },
		{ AR_REF_KID, "234567", "2345676" }, { AR_REF_OCR, "INV10432", "104323" },
		{ AR_REF_OCR, "123456789012345678901234", "1234567890123456789012340" }, { AR_REF_OCR, "1234567890123456789012345", "" },
		{ AR_REF_NL, "10432", "8000000000010432" }, { AR_REF_NL, "123456789012345", "0123456789012345" },
		{ AR_REF_NL, "100012345678901", "2100012345678901" }, { AR_REF_NL, "6", "1000000000000006" }, { AR_REF_NL, "19", "0000000000000019" },
		{ AR_REF_OCR, "no digits", "" },
	};

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		is_str(made(t[i].kind, t[i].number), t[i].want, t[i].number);
		if (*t[i].want)
			ok(ar_ref_ok(t[i].kind, ar_str(t[i].want)), "%s is a true %s", t[i].want, ar_ref_name(t[i].kind));
	}
}

static void mod11(void)
{
	static const struct { const char *body; char check; } t[] = {
		{ "234567", '6' }, { "10432", '9' }, { "12345678901", '8' }, { "7", '8' }, { "14", '0' }, { "100000005", '8' }, { "10003", '-' },
	};

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
		is_int(ar_ref_kid11(ar_str(t[i].body)), t[i].check, t[i].body);
	ok(ar_ref_ok(AR_REF_KID, AR_STR("10003-")), "a KID may end in a minus sign");
	ok(ar_ref_ok(AR_REF_KID, AR_STR("104329")) && ar_ref_ok(AR_REF_KID, AR_STR("104323")), "a KID by mod 11 and by Luhn");
	ok(!ar_ref_ok(AR_REF_KID, AR_STR("104324")), "neither");
}

/* Every other last digit must be refused, every pair of neighbours that differ, turned round, too (mod 97 and the Swiss table). */
static void refusing(void)
{
	static const struct { enum ar_ref kind; const char *ref; bool turned; } t[] = {
		{ AR_REF_RF, "RF18539007547034", true }, { AR_REF_QRR, "210000000003139471430009017", true },
		{ AR_REF_OGM, "090933755493", true }, { AR_REF_FI, "12345678901234567894", false },
		{ AR_REF_OCR, "1234567890123456789012340", false }, { AR_REF_NL, "2100012345678901", false },
	};

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		char s[32];
		size_t n = strlen(t[i].ref), bad = 0, turned = 0;

		memcpy(s, t[i].ref, n);
		for (char c = '0'; c <= '9'; c++) {
			s[n - 1] = c;
			bad += c != t[i].ref[n - 1] && ar_ref_ok(t[i].kind, (struct ar_str){ s, n });
		}
		s[n - 1] = t[i].ref[n - 1];
		for (size_t k = 2; t[i].turned && k + 1 < n; k++) {
			s[k] = t[i].ref[k + 1];
			s[k + 1] = t[i].ref[k];
			turned += s[k] != s[k + 1] && ar_ref_ok(t[i].kind, (struct ar_str){ s, n });
			memcpy(s, t[i].ref, n);
		}
		is_int((int64_t)bad, 0, "no other last digit passes");
		is_int((int64_t)turned, 0, "no turned pair passes");
	}
}

static void forms(void)
{
	is_str(key("RF18 5390 0754 7034"), "RF18539007547034", "blanks off");
	is_str(key("+++090/9337/55493+++"), "90933755493", "signs and leading zeros off");
	is_str(key("090933755493"), "90933755493", "the same key");
	is_str(key("21 00000 00003 13947 14300 09017"), "210000000003139471430009017", "blocks");
	is_str(key("10003-"), "10003-", "the minus of a KID stays");
	is_str(key("10-003"), "10003", "a minus inside goes");
	is_str(key("rot-2026-10"), "ROT202610", "letters in upper case");
	is_str(key("000"), "0", "zero");
	is_str(key(""), "", "nothing");
	is_str(key("A=B"), "", "a byte no reference holds");
	is_str(key("1234567890123456789012345678901234567890123456789"), "", "too long");
	is_str(normal(AR_REF_QRR, "47119"), "000000000000000000000047119", "a QR reference has 27 digits");
	is_str(normal(AR_REF_OGM, "***090/9337/55493***"), "090933755493", "OGM with stars");
	is_str(normal(AR_REF_FI, "00000 12344"), "12344", "Finnish without leading zeros");
	is_str(normal(AR_REF_NL, "12345678"), "", "no Dutch reference has 8 digits");
	is_str(normal(AR_REF_RF, "RF1"), "", "too short");
	ok(ar_ref_ok(AR_REF_NL, AR_STR("271234567")) && ar_ref_ok(AR_REF_NL, AR_STR("42123456789012")), "short Dutch ones carry their length");
	ok(!ar_ref_ok(AR_REF_NL, AR_STR("281234567")), "and it must be right");
	ok(ar_ref_ok(AR_REF_NL, AR_STR("1234567")), "7 digits have no check");
	is_int(ar_ref_find(AR_STR("ogm")), AR_REF_OGM, "by name");
	is_int(ar_ref_find(AR_STR("OGM")), -1, "names are lower case");
	is_int(ar_ref_kinds(AR_STR("RF18539007547034")), 1 << AR_REF_RF, "RF is nothing else");
}

int main(void)
{
	making();
	mod11();
	refusing();
	forms();
	return done_testing();
}
