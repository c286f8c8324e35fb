/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/names.h"

#include <stdlib.h>
#include <utf8proc.h>

enum { MIN_NAME = 4, MIN_ACCOUNT = 5, MAX_LIKE = 128 };

#define AR_S(z) { z, sizeof z - 1 }
static const struct ar_str legal[] = {
	AR_S("AB"), AR_S("AG"), AR_S("AKTIENGESELLSCHAFT"), AR_S("APS"), AR_S("AS"), AR_S("ASA"),
	AR_S("BV"), AR_S("BVBA"), AR_S("CO"), AR_S("COMPANY"), AR_S("CORP"), AR_S("CORPORATION"),
	AR_S("EG"), AR_S("EK"), AR_S("EU"), AR_S("GBR"), AR_S("GESMBH"), AR_S("GMBH"),
	AR_S("HB"), AR_S("INC"), AR_S("INCORPORATED"), AR_S("KB"), AR_S("KFT"), AR_S("KG"),
	AR_S("KGAA"), AR_S("KK"), AR_S("LIMITED"), AR_S("LLC"), AR_S("LLP"), AR_S("LP"),
	AR_S("LTD"), AR_S("MBH"), AR_S("NV"), AR_S("OG"), AR_S("OHG"), AR_S("OY"), AR_S("OYJ"),
	AR_S("PLC"), AR_S("PTE"), AR_S("PTY"), AR_S("SA"), AR_S("SARL"), AR_S("SAS"),
	AR_S("SASU"), AR_S("SE"), AR_S("SL"), AR_S("SNC"), AR_S("SPA"), AR_S("SPRL"),
	AR_S("SRL"), AR_S("UG"), AR_S("UND"), AR_S("AND"),
};
#undef AR_S

static bool is_legal(struct ar_str w)
{
	for (size_t i = 0; i < sizeof legal / sizeof legal[0]; i++)
		if (ar_streq(w, legal[i]))
			return true;
	return false;
}

/*
 * How a letter is written by those who have no key for it: ae for a-umlaut, aa for a-ring, oe,
 * ue.
 */
static const char *spelled(uint32_t cp)
{
	switch (cp) {
	case 0xC4:
	case 0xE4:
		return "AE";
	case 0xD6:
	case 0xF6:
	case 0xD8:
	case 0xF8:
		return "OE";
	case 0xDC:
	case 0xFC:
		return "UE";
	case 0xC5:
	case 0xE5:
		return "AA";
	default:
		return NULL;
	}
}

/* Letters that have no decomposition but a plain form. */
static const char *plain(uint32_t cp)
{
	switch (cp) {
	case 0xD8:
	case 0xF8:
		return "O";
	case 0xC6:
	case 0xE6:
		return "AE";
	case 0x152:
	case 0x153:
		return "OE";
	case 0x141:
	case 0x142:
		return "L";
	case 0x110:
	case 0x111:
	case 0xD0:
	case 0xF0:
		return "D";
	case 0xDF:
	case 0x1E9E:
		return "SS";
	default:
		return NULL;
	}
}

static size_t fold(uint32_t cp, char *out)
{
	utf8proc_int32_t d[8];
	utf8proc_ssize_t k =
		utf8proc_decompose_char((utf8proc_int32_t)cp, d, 8,
					UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_STRIPMARK |
						UTF8PROC_CASEFOLD | UTF8PROC_IGNORE,
					NULL);
	size_t n = 0;

	for (utf8proc_ssize_t i = 0; i < k && k <= 8; i++) {
		if (d[i] < 0x80)
			out[n++] = ar_upper((char)d[i]);
		else if (utf8proc_category(d[i]) <= UTF8PROC_CATEGORY_NO)
			n += (size_t)ar_utf8_put(out + n, (uint32_t)d[i]);
	}
	return n;
}

/*
 * Upper case words with one blank between them; points and apostrophes vanish, other signs
 * part words.
 */
static size_t words(struct ar_str s, bool spell, char *out)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n;) {
		int len;
		uint32_t cp;
		const char *as;
		char piece[40];
		size_t k;

		if (ar_is_alnum(s.p[i])) { /* nearly all of them */
			out[n++] = ar_upper(s.p[i++]);
			continue;
		}
		cp = ar_utf8_get(s.p + i, s.n - i, &len);
		as = spell ? spelled(cp) : NULL;
		i += (size_t)len;
		if (cp == '.' || cp == '\'' || cp == 0x2019 || cp == '`')
			continue;
		if (!as)
			as = plain(cp);
		k = as ? strlen(as) : fold(cp, piece);
		if (!as)
			as = piece;
		if (k && (unsigned char)*as < 0x80 && !ar_is_alnum(*as))
			k = 0;
		if (k) {
			memcpy(out + n, as, k);
			n += k;
		} else if (n && out[n - 1] != ' ') {
			out[n++] = ' ';
		}
	}
	return n && out[n - 1] == ' ' ? n - 1 : n;
}

static struct ar_str make(struct ar_str name, bool spell, struct ar_arena *mem)
{
	char *p = ar_arena_alloc(mem,
				 name.n * 36 + 1); /* a code point folds to at most 8 of 4 bytes */
	size_t n = words(name, spell, p), k = 0, cut;

	for (;;) { /* legal forms off the end, but never the first word */
		for (cut = n; cut && p[cut - 1] != ' '; cut--)
			;
		if (!cut || !is_legal((struct ar_str){ p + cut, n - cut }))
			break;
		n = cut - 1;
	}
	for (size_t i = 0; i < n; i++)
		if (p[i] != ' ')
			p[k++] = p[i];
	return (struct ar_str){ p, k };
}

int ar_name_keys(struct ar_str name, struct ar_str key[2], struct ar_arena *mem)
{
	int n = 0;

	bool ascii = true;

	for (size_t i = 0; i < name.n; i++)
		ascii &= !((unsigned char)name.p[i] & 0x80);
	for (int spell = 0; spell < 2 - ascii; spell++) { /* only letters outside of ASCII are spelled in two ways */
		struct ar_str k = make(name, spell, mem);

		if (k.n >= MIN_NAME && (!n || !ar_streq(k, key[0])))
			key[n++] = k;
	}
	return n;
}

/* Bytes of b that stand for bytes of a within reach; those of either are marked. */
static int common(struct ar_str a, struct ar_str b, bool *in_a, bool *in_b)
{
	size_t reach = (a.n > b.n ? a.n : b.n) / 2;
	int m = 0;

	reach = reach ? reach - 1 : 0;
	for (size_t i = 0; i < a.n; i++) {
		size_t from = i > reach ? i - reach : 0;

		for (size_t k = from; k < b.n && k <= i + reach; k++)
			if (!in_b[k] && a.p[i] == b.p[k]) {
				in_a[i] = in_b[k] = true;
				m++;
				break;
			}
	}
	return m;
}

int ar_name_likeness(struct ar_str a, struct ar_str b)
{
	bool in_a[MAX_LIKE] = { 0 }, in_b[MAX_LIKE] = { 0 };
	int64_t m, moved = 0, jaro;
	size_t front = 0;

	if (!a.n || !b.n || a.n > MAX_LIKE || b.n > MAX_LIKE)
		return ar_streq(a, b) && a.n ? 1000 : 0;
	m = common(a, b, in_a, in_b);
	if (!m)
		return 0;
	for (size_t i = 0, k = 0; i < a.n; i++) {
		if (!in_a[i])
			continue;
		while (!in_b[k])
			k++;
		moved += a.p[i] != b.p[k++];
	}
	jaro = (m * 1000000 / (int64_t)a.n + m * 1000000 / (int64_t)b.n + (m - moved / 2) * 1000000 / m) / 3;
	while (front < 4 && front < a.n && front < b.n && a.p[front] == b.p[front])
		front++;
	return (int)((jaro + (int64_t)front * (1000000 - jaro) / 10) / 1000);
}

struct ar_str ar_account_key(struct ar_str account, struct ar_arena *mem)
{
	char *p = ar_arena_alloc(mem, account.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < account.n; i++)
		if (ar_is_alnum(account.p[i]))
			p[n++] = ar_upper(account.p[i]);
	return (struct ar_str){ p, n >= MIN_ACCOUNT ? n : 0 };
}
