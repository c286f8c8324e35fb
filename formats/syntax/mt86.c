/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mt86.c - the structures of :86:. A bank breaks the field at 65 columns wherever that falls, so every structured form is read from
 * the lines joined without anything between them, and borders remember where they were, to give the text as it was sent.
 */
#include "config.h"

#include "syntax/mt86.h"

#include <stdlib.h>

enum { CELL = 27 };

static void add_filled(struct ar_mt_row *r, const char *base, struct ar_str v)
{
	v = ar_str_trim(v);
	if (v.n)
		ar_mt_add(r, base, v);
}

static void add_unless_blank(struct ar_mt_row *r, const char *base, struct ar_str v)
{
	if (ar_str_trim(v).n)
		ar_mt_add(r, base, v);
}

/* ---- joined lines ---- */

struct flat {
	const char *p;
	size_t n;
	char *room;                     /* p, where it is a copy */
	size_t *border;                 /* where a line or piece begins, ascending; the first is 0 */
	int nborder;
};

static struct flat new_flat(struct ar_mt_row *r, size_t bytes, size_t pieces)
{
	char *room = ar_arena_alloc(&r->mem, bytes + AR_MT_SPARE);

	return (struct flat){ .p = room, .room = room, .border = ar_arena_alloc(&r->mem, pieces * sizeof(size_t)) };
}

/* What is too much of the copy lies in the spare bytes of both. */
static void append(struct flat *f, struct ar_str piece)
{
	if (!piece.n)
		return;
	f->border[f->nborder++] = f->n;
	for (size_t i = 0; i < piece.n; i += AR_MT_SPARE)
		memcpy(f->room + f->n + i, piece.p + i, AR_MT_SPARE);
	f->n += piece.n;
}

/* Lines that were read one behind the other lie so already. */
static struct flat flatten(struct ar_mt_row *r, const struct ar_str *line, int n)
{
	struct flat f = { .p = n ? line[0].p : "", .border = ar_arena_alloc(&r->mem, ((size_t)n + 1) * sizeof *f.border) };
	int i;

	for (i = 0; i < n && line[i].p == f.p + f.n; i++)
		if (line[i].n) {
			f.border[f.nborder++] = f.n;
			f.n += line[i].n;
		}
	if (i == n)
		return f;
	for (f.n = 0, i = 0; i < n; i++)
		f.n += line[i].n;
	f = new_flat(r, f.n, (size_t)n);
	for (i = 0; i < n; i++)
		append(&f, line[i]);
	return f;
}

static struct ar_str part(const struct flat *f, size_t from, size_t to)
{
	return (struct ar_str){ f->p + from, to - from };
}

/* How many borders stand at `at` or before it. */
static int borders_to(const struct flat *f, size_t at)
{
	int lo = 0, hi = f->nborder;

	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (f->border[mid] > at)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

/* The first border behind `at`; f->n if there is none. */
static size_t next_border(const struct flat *f, size_t at)
{
	int k = borders_to(f, at);

	return k < f->nborder ? f->border[k] : f->n;
}

/* A stretch of the joined text, in the lines in which it was sent. */
static void add_lines(struct ar_mt_row *r, const char *base, const struct flat *f, size_t from, size_t to)
{
	for (int k = borders_to(f, from); from < to; k++) {
		size_t end = k < f->nborder && f->border[k] < to ? f->border[k] : to;

		add_unless_blank(r, base, part(f, from, end));
		from = end;
	}
}

static void add_sent(struct ar_mt_row *r, const char *base, const struct ar_str *line, int n)
{
	for (int i = 0; i < n; i++)
		add_unless_blank(r, base, line[i]);
}

/* ---- German ZKA and its kin ---- */

static const char *const sub_name[100] = {
#define TEN(t) "86/" t "0", "86/" t "1", "86/" t "2", "86/" t "3", "86/" t "4", "86/" t "5", "86/" t "6", "86/" t "7", \
		"86/" t "8", "86/" t "9"
	TEN("0"), TEN("1"), TEN("2"), TEN("3"), TEN("4"), TEN("5"), TEN("6"), TEN("7"), TEN("8"), TEN("9"),
#undef TEN
};

/* Keys of the text; SVWZ is the text itself. */
static const struct { const char *key, *base; } sepa[] = {
	{ "EREF", "86/EREF" }, { "KREF", "86/KREF" }, { "MREF", "86/MREF" }, { "CRED", "86/CRED" }, { "DEBT", "86/DEBT" },
	{ "SVWZ", "86/SVWZ" }, { "ABWA", "86/ABWA" }, { "ABWE", "86/ABWE" }, { "COAM", "86/COAM" }, { "OAMT", "86/OAMT" },
	{ "PURP", "86/PURP" }, { "DDAT", "86/DDAT" }, { "SQTP", "86/SQTP" }, { "ORCR", "86/ORCR" }, { "ORMR", "86/ORMR" },
	{ "RTRN", "86/RTRN" }, { "IBAN", "86/IBAN" }, { "BIC", "86/BIC" },
};
enum { SEPA = sizeof sepa / sizeof *sepa, SVWZ = 5, IBAN = 16 };

/* The two digits of a subfield at p, -1: none. 40..59 and 80..99 are in no list of any country: text. */
static inline int subfield(const char *p, const char *end)
{
	int k;

	if (end - p < 2 || !ar_is_digit(p[0]) || !ar_is_digit(p[1]))
		return -1;
	k = (p[0] - '0') * 10 + (p[1] - '0');
	if (k >= 10 && k < 40)
		return k;
	return (k > 0 && k < 10) || (k >= 40 && k < 60) || k >= 80 ? -1 : k;
}

/* Where the first separator stands: 3 behind a GVC, 0 without one; -1: not this structure. */
static int zka_begin(const struct flat *f)
{
	const char *p = f->p, *end = f->p + f->n;
	bool gvc = f->n >= 3 && ar_is_digit(p[0]) && ar_is_digit(p[1]) && ar_is_digit(p[2]);
	int at = gvc ? 3 : 0;
	char sep;

	if (f->n <= (size_t)at)
		return -1;
	sep = p[at];
	if (ar_is_alnum(sep) || ar_is_blank(sep) || (unsigned char)sep >= 0x80 || subfield(p + at + 1, end) < 0)
		return -1;
	if (!gvc)
		return strchr("?^<>~", sep) ? at : -1;
	return strchr("/-.,:;", sep) && subfield(p + at + 1, end) > 0 ? -1 : at;        /* 166/00 is one, 166/12 a number */
}

/* Which key ends before the mark at `at`, -1: none; *begin: where it begins. */
static int key_before(const struct flat *f, size_t at, size_t from, char mark, size_t *begin)
{
	for (int i = 0; i < SEPA; i++) {
		size_t n = i == SEPA - 1 ? 3 : 4, p = at - n;

		if (at < from + n || memcmp(f->p + p, sepa[i].key, 3) != 0 || (n == 4 && f->p[p + 3] != sepa[i].key[3]))
			continue;
		if ((i >= IBAN || mark == ':') && p && !ar_is_blank(f->p[p - 1]) && next_border(f, p - 1) != p)
			continue;                       /* short words: only at the start of one */
		*begin = p;
		return i;
	}
	return -1;
}

/* The next key from `from` on, and what is behind its mark: '+', or ':' with a bank that writes so. */
static size_t find_key(const struct flat *f, size_t from, char mark, int *key, size_t *behind)
{
	const char *at = f->p + from, *end = f->p + f->n;
	size_t begin;

	for (; at < end && (at = memchr(at, mark, (size_t)(end - at))); at++)
		if ((*key = key_before(f, (size_t)(at - f->p), from, mark, &begin)) >= 0) {
			*behind = (size_t)(at - f->p) + 1;
			return begin;
		}
	*key = -1;
	return f->n;
}

/*
 * The end of a key's value. A value that goes on in the next piece has filled its own up to the border (27 columns, 26 where a blank
 * got lost); what follows a shorter one is remittance text.
 */
static size_t value_end(const struct flat *f, size_t key, size_t to)
{
	int k = borders_to(f, key);
	size_t begin = k ? f->border[k - 1] : 0, end;

	for (end = next_border(f, key); end < to && end - begin >= CELL - 1; end = next_border(f, begin))
		begin = end;
	return end < to ? end : to;
}

static void split_keys(struct ar_mt_row *r, const struct flat *f)
{
	char mark = '+';
	size_t behind = 0, at, next;
	int key, follow;

	at = find_key(f, 0, mark, &key, &behind);
	if (key < 0)
		at = find_key(f, 0, mark = ':', &key, &behind);
	add_lines(r, "86/text", f, 0, at);
	for (; key >= 0; at = next, key = follow) {
		size_t from = behind, end;

		next = find_key(f, from, mark, &follow, &behind);
		end = key == SVWZ ? next : value_end(f, at, next);
		if (end < from)
			end = from;
		add_filled(r, sepa[key].base, part(f, from, end));
		add_lines(r, "86/text", f, key == SVWZ ? from : end, next);
	}
}

/* The name goes on behind a full line of 27, and begins a new word behind a shorter one. */
static void join_name(struct ar_mt_row *r, struct ar_str a, struct ar_str b)
{
	struct flat f;

	if (!a.n || !b.n) {
		add_filled(r, "86/name", a.n ? a : b);
		return;
	}
	f = new_flat(r, a.n + 1 + b.n, 3);
	append(&f, a);
	if (a.n < CELL && !ar_is_blank(a.p[a.n - 1]) && !ar_is_blank(*b.p))
		append(&f, AR_MT_STR(" "));
	append(&f, b);
	add_filled(r, "86/name", part(&f, 0, f.n));
}

static bool zka(struct ar_mt_row *r, const struct flat *f)
{
	const char *end = f->p + f->n, *p, *next;
	int at = zka_begin(f), key, follow = 0;
	struct ar_str name[2] = { { "", 0 }, { "", 0 } };
	struct flat text;
	char sep;

	if (at < 0)
		return false;
	sep = f->p[at];
	ar_mt_add(r, "86/kind", AR_MT_STR("zka"));
	if (at)
		ar_mt_add(r, "86/gvc", part(f, 0, 3));
	text = new_flat(r, f->n, f->n / 3);
	key = subfield(f->p + at + 1, end);
	for (p = f->p + at; p < end; p = next, key = follow) {
		struct ar_str v;

		p += 3;
		for (next = p; (next = memchr(next, sep, (size_t)(end - next))) && (follow = subfield(next + 1, end)) < 0; )
			next++;
		next = next ? next : end;
		v = (struct ar_str){ p, (size_t)(next - p) };
		if (v.n)
			ar_mt_add(r, sub_name[key], v);
		if ((key >= 20 && key < 30) || (key >= 60 && key < 64))
			append(&text, v);
		if (key == 32 || key == 33)
			name[key - 32] = v;
	}
	if (name[0].n || name[1].n)
		join_name(r, name[0], name[1]);
	split_keys(r, &text);
	return true;
}

/* ---- code words between slashes ---- */

enum { PARTY = 1, INSIDE = 2, TEXT = 4, ROOT = 8 };

/* INSIDE: not looked for in a remittance text, which may hold such words itself. ROOT: a field may begin with it. */
static const struct word { const char *word, *base; unsigned how; } words[] = {
	{ "ACCW", "86/ACCW", ROOT }, { "ADDR", "86/ADDR", INSIDE }, { "BENM", "86/BENM", PARTY | ROOT }, { "BIC", "86/BIC", INSIDE },
	{ "BN", "86/BN", INSIDE }, { "BO", "86/BO", INSIDE }, { "CDTRREF", "86/CDTRREF", 0 }, { "CDTRREFTP", "86/CDTRREFTP", 0 },
	{ "CHGS", "86/CHGS", ROOT }, { "CHGS1", "86/CHGS1", 0 }, { "CHGS2", "86/CHGS2", 0 }, { "CNTP", "86/CNTP", ROOT },
	{ "CREF", "86/CREF", ROOT }, { "CSID", "86/CSID", ROOT }, { "EREF", "86/EREF", ROOT }, { "EXCH", "86/EXCH", ROOT },
	{ "IBAN", "86/IBAN", INSIDE }, { "ID", "86/ID", INSIDE }, { "INIT", "86/INIT", PARTY | ROOT }, { "IREF", "86/IREF", ROOT },
	{ "ISDT", "86/ISDT", 0 }, { "ISSR", "86/ISSR", 0 }, { "MARF", "86/MARF", ROOT }, { "NAME", "86/NAME", INSIDE | ROOT },
	{ "NRTX", "86/NRTX", ROOT }, { "OB", "86/OB", INSIDE }, { "OCMT", "86/OCMT", ROOT }, { "ORDP", "86/ORDP", PARTY | ROOT },
	{ "PREF", "86/PREF", ROOT }, { "PT", "86/PT", INSIDE | ROOT }, { "PURP", "86/PURP", ROOT }, { "PY", "86/PY", TEXT | INSIDE | ROOT },
	{ "REMI", "86/REMI", TEXT | ROOT }, { "RTRN", "86/RTRN", ROOT }, { "SVCL", "86/SVCL", ROOT }, { "TRCD", "86/TRCD", ROOT },
	{ "TRTP", "86/TRTP", ROOT }, { "ULTC", "86/ULTC", ROOT }, { "ULTB", "86/ULTB", ROOT }, { "ULTD", "86/ULTD", ROOT },
};

/* The word between the slashes at `at`; NULL: none. */
static const struct word *word_at(const struct flat *f, size_t at, size_t *behind)
{
	size_t end = at + 1;

	while (end < f->n && end - at < 11 && (ar_is_upper(f->p[end]) || ar_is_digit(f->p[end])))
		end++;
	if (end >= f->n || f->p[end] != '/' || end - at < 3)
		return NULL;
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (words[i].word[0] == f->p[at + 1] && ar_streqz(part(f, at + 1, end), words[i].word)) {
			*behind = end + 1;
			return &words[i];
		}
	return NULL;
}

static size_t find_word(const struct flat *f, size_t from, bool text, const struct word **w, size_t *behind)
{
	const char *slash;

	for (; from < f->n && (slash = memchr(f->p + from, '/', f->n - from)); from = (size_t)(slash - f->p) + 1) {
		*w = word_at(f, (size_t)(slash - f->p), behind);
		if (*w && !(text && (*w)->how & INSIDE))
			return (size_t)(slash - f->p);
	}
	*w = NULL;
	return f->n;
}

/* Without the slashes at its end, which part it from the next word. */
static struct ar_str unslashed(struct ar_str s)
{
	s = ar_str_trim(s);
	while (s.n && s.p[s.n - 1] == '/')
		s = ar_str_trim((struct ar_str){ s.p, s.n - 1 });
	return s;
}

static void add_cut(struct ar_mt_row *r, struct ar_str v, const char *const *base, int n)
{
	for (int i = 0; i < n && v.p; i++) {
		struct ar_str head;

		v = ar_str_cut(v, '/', &head);
		add_filled(r, base[i], head);
	}
}

static const char *party_name(const struct word *party, const char *what)
{
	static const char *const name[][3] = {
		{ "BENM", "86/BENM/NAME", "86/BENM/ID" }, { "ORDP", "86/ORDP/NAME", "86/ORDP/ID" }, { "INIT", "86/INIT/NAME", "86/INIT/ID" },
	};

	for (int i = 0; i < 3; i++)
		if (strcmp(party->word, name[i][0]) == 0)
			return name[i][strcmp(what, "NAME") == 0 ? 1 : 2];
	return NULL;
}

/* /REMI/USTD//text, /REMI/STRD/CUR/reference, /REMI/text; of the text with the words Issuer and Ref: the reference too. */
static void remittance(struct ar_mt_row *r, const struct flat *f, size_t from, size_t to)
{
	static const char *const strd[] = { "86/REMI/issuer", "86/REMI/ref" };
	static const struct ar_str issuer = { "Issuer:", 7 }, ref = { "Ref:", 4 };
	struct ar_str v = part(f, from, to);
	const char *at;

	if (ar_str_starts(v, "STRD/")) {
		add_cut(r, unslashed((struct ar_str){ v.p + 5, v.n - 5 }), strd, 2);
		return;
	}
	if (ar_str_starts(v, "USTD/")) {
		from += v.n > 5 && v.p[5] == '/' ? 6 : 5;
	} else if ((at = ar_str_find(v, issuer)) && (at = ar_str_find((struct ar_str){ at, (size_t)(v.p + v.n - at) }, ref))) {
		struct ar_str word = ar_str_trim((struct ar_str){ at + 4, (size_t)(v.p + v.n - at - 4) });
		const char *blank = memchr(word.p, ' ', word.n);

		add_filled(r, "86/REMI/ref", blank ? (struct ar_str){ word.p, (size_t)(blank - word.p) } : unslashed(word));
	}
	v = unslashed(part(f, from, to));
	if (v.n) {
		ar_mt_add(r, "86/REMI", v);
		add_lines(r, "86/text", f, (size_t)(v.p - f->p), (size_t)(v.p - f->p) + v.n);
	}
}

static void one_word(struct ar_mt_row *r, const struct flat *f, const struct word *w, const struct word *party, size_t from, size_t to)
{
	static const char *const cntp[] = { "86/CNTP/account", "86/CNTP/bic", "86/CNTP/name", "86/CNTP/city" };
	static const char *const ultc[] = { "86/ULTC/name", "86/ULTC/id" }, *const ultd[] = { "86/ULTD/name", "86/ULTD/id" };
	struct ar_str v = part(f, from, to);
	const char *base = w->base;

	if (strcmp(w->word, "REMI") == 0) {
		remittance(r, f, from, to);
	} else if (strcmp(w->word, "CNTP") == 0) {
		add_cut(r, v, cntp, 4);
	} else if (strcmp(w->word, "ULTC") == 0 || strcmp(w->word, "ULTD") == 0) {
		add_cut(r, v, w->word[3] == 'C' ? ultc : ultd, 2);
	} else {
		if (party && (strcmp(w->word, "NAME") == 0 || strcmp(w->word, "ID") == 0))
			base = party_name(party, w->word);
		add_filled(r, base, unslashed(v));
		if (w->how & TEXT)
			add_lines(r, "86/text", f, from, to);
	}
}

static bool code_words(struct ar_mt_row *r, const struct flat *f, const struct ar_str *line, int n)
{
	const struct word *w, *next, *party = NULL;
	size_t behind, at, from;
	bool text = false;

	if (!f->n || f->p[0] != '/' || !(w = word_at(f, 0, &behind)) || !(w->how & ROOT))
		return false;
	ar_mt_add(r, "86/kind", AR_MT_STR("codewords"));
	for (; w; w = next) {
		from = behind;
		/* the slash that ends a word may be the one that begins the next: /REMI//CDTRREFTP/ */
		at = find_word(f, from - 1, w->how & TEXT, &next, &behind);
		one_word(r, f, w, party, from, at < from ? from : at);
		text |= w->how & TEXT;
		party = w->how & PARTY ? w : w->how & INSIDE ? party : NULL;
	}
	if (!text)
		add_sent(r, "86/text", line, n);
	return true;
}

/* ---- free text with some order in it ---- */

/* mBank: KEY: value; KEY: value; with line breaks anywhere */
static bool mbank(struct ar_mt_row *r, const struct flat *f)
{
	static const struct { const char *key, *base; } keys[] = {
		{ "ID IPH: ", "86/ID IPH" }, { "Z RACH.: ", "86/Z RACH." }, { "OD: ", "86/OD" }, { "TYT.: ", "86/TYT." }, { "TNR: ", "86/TNR" },
	};
	struct ar_str rest = part(f, 0, f->n), head;
	bool any = false;

	if (!ar_str_find(rest, AR_STR("; TNR:")))
		return false;
	while (rest.p) {
		rest = ar_str_cut(rest, ';', &head);
		head = ar_str_trim(head);
		for (int i = 0; i < 5; i++)
			if (ar_str_starts(head, keys[i].key)) {
				any = true;
				add_filled(r, keys[i].base, (struct ar_str){ head.p + strlen(keys[i].key), head.n - strlen(keys[i].key) });
			}
	}
	if (any)
		ar_mt_add(r, "86/kind", AR_MT_STR("mbank"));
	return any;
}

static size_t skip(struct ar_str s, size_t i)
{
	while (i < s.n && ar_is_blank(s.p[i]))
		i++;
	return i;
}

/* The name that follows an account: up to two blanks or the end. */
static void name_behind(struct ar_mt_row *r, struct ar_str s, size_t i)
{
	size_t from = skip(s, i), end = from;

	while (end < s.n && !(ar_is_blank(s.p[end]) && (end + 1 == s.n || ar_is_blank(s.p[end + 1]))))
		end++;
	add_filled(r, "86/name", (struct ar_str){ s.p + from, end - from });
}

/* NL47INGB9999999999 of an IBAN: letters and digits where they must be; check digits are not asked, 0: none */
static size_t iban_nl(struct ar_str s)
{
	if (s.n < 18 || s.p[0] != 'N' || s.p[1] != 'L')
		return 0;
	for (int i = 2; i < 18; i++)
		if (i >= 4 && i < 8 ? !ar_is_upper(s.p[i]) : !ar_is_digit(s.p[i]))
			return 0;
	return s.n == 18 || ar_is_blank(s.p[18]) ? 18 : 0;
}

/* 12.34.56.789 and GIRO 1234567 of old ABN AMRO: the end of the account; *from its begin, 0: none */
static size_t old_account(struct ar_str s, size_t *from)
{
	size_t i = 0;
	int dots = 0;

	*from = 0;
	if (ar_str_starts(s, "GIRO ")) {
		*from = i = skip(s, 5);
		while (i < s.n && ar_is_digit(s.p[i]))
			i++;
		return i > *from && i < s.n && ar_is_blank(s.p[i]) ? i : 0;
	}
	for (; i < s.n && (ar_is_digit(s.p[i]) || s.p[i] == '.'); i++)
		dots += s.p[i] == '.';
	return dots == 3 && i >= 10 && i < 14 && (i == s.n || ar_is_blank(s.p[i])) ? i : 0;
}

static bool dutch(struct ar_mt_row *r, const struct flat *f, const struct ar_str *line, int n)
{
	struct ar_str all = part(f, 0, f->n), first = n ? ar_str_trim(line[0]) : all;
	const char *at = ar_str_find(all, AR_STR("BETALINGSKENM."));
	size_t from = 0, end = iban_nl(first);
	bool any = false;

	if (!end)
		end = old_account(first, &from);
	if (end) {
		any = true;
		ar_mt_add(r, "86/account", (struct ar_str){ first.p + from, end - from });
		name_behind(r, first, end);
	}
	if (at) {
		size_t i = skip(all, (size_t)(at - all.p) + 14), k = i;

		while (k < all.n && ar_is_digit(all.p[k]))
			k++;
		any |= k > i;
		add_filled(r, "86/payment_ref", (struct ar_str){ all.p + i, k - i });
	}
	return any;
}

/* +++123/4567/89012+++ or with asterisks */
static void belgian(struct ar_mt_row *r, const struct flat *f)
{
	const char *at = f->p, *end = f->p + f->n;

	if (f->n < 20)
		return;
	for (at += 6; end - at >= 14 && (at = memchr(at, '/', (size_t)(end - at) - 13)); at++) {
		const char *p = at - 6;
		char digits[12];
		int k = 0;

		if ((*p != '+' && *p != '*') || p[1] != *p || p[2] != *p || p[11] != '/')
			continue;
		for (int j = 3; j < 17; j++)
			if (j != 6 && j != 11 && ar_is_digit(p[j]))
				digits[k++] = p[j];
		if (k == 12 && p[17] == *p && p[18] == *p && p[19] == *p)
			ar_mt_add(r, "86/OGM", ar_mt_copy(r, (struct ar_str){ digits, 12 }));
	}
}

bool ar_mt86_structured(struct ar_mt_row *r, const struct ar_str *line, int n)
{
	struct flat f = flatten(r, line, n < 8 ? n : 8);
	const struct word *w = f.n && f.p[0] == '/' ? word_at(&f, 0, &(size_t){ 0 }) : NULL;

	return (w && w->how & ROOT) || zka_begin(&f) >= 0;
}

/* 999 is the German code for a text without structure: PN5477 CHECK. */
static bool code_only(const struct flat *f)
{
	if (f->n < 3 || !ar_is_digit(f->p[0]) || !ar_is_digit(f->p[1]) || !ar_is_digit(f->p[2]))
		return false;
	return f->n == 3 || (memcmp(f->p, "999", 3) == 0 && !ar_is_digit(f->p[3]));
}

void ar_mt86(struct ar_mt_row *r, const struct ar_str *line, int n)
{
	struct flat f = flatten(r, line, n);

	belgian(r, &f);
	if (zka(r, &f)) {
		;       /* every byte of it stands in a subfield */
	} else if (code_words(r, &f, line, n)) {
		add_sent(r, "86/line", line, n);
	} else if (code_only(&f)) {
		ar_mt_add(r, "86/gvc", part(&f, 0, 3));
		add_lines(r, "86/text", &f, 3, f.n);
		add_sent(r, "86/line", line, n);
	} else {
		if (!mbank(r, &f) && dutch(r, &f, line, n))
			ar_mt_add(r, "86/kind", AR_MT_STR("abn"));
		add_sent(r, "86/text", line, n);
	}
}
