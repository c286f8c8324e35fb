/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ar/tokens.h"

enum { MIN_DIGITS = 4, MIN_LETTERED = 5, MAX_KEY = 40, MAX_PARTS = 4, MAX_RANGE = 50 };

/* ---- words ---- */

static const struct {
	enum ar_word kind;
	const char *words;
} builtin[] = {
	{ AR_WORD_DOCUMENT, "INV INVOICE INVOICES INVS BILL BILLS RE RG RGN RECHNUNG RECHNUNGEN "
			    "RECHNUNGSNR RECHNUNGSNUMMER RECHNR RGNR RENR "
			    "FAKTURA FAKTUREN FACT FACTURE FACTURES FACTUUR FACTUURNR FATTURA "
			    "FATTURE FACTURA FACTURAS FAC FT FV LASKU CM CREDIT MEMO "
			    "GUTSCHRIFT GS AVOIR NOTE DOC DOCUMENT BELEG BELEGNR REF" },
	{ AR_WORD_NUMBER, "NO NR NUM NUMBER NUMMER NUMERO N" },
	{ AR_WORD_ORDER, "ORDER ORDERS PO AUFTRAG AUFTRAGSNR BESTELLUNG BESTELLNR BEST COMMANDE "
			 "BON LIEFERSCHEIN LS DELIVERY DN" },
	{ AR_WORD_PARTY, "KD KDNR KUNDE KUNDEN KUNDENNR KUNDENNUMMER CUST CUSTOMER CLIENT CLIENTE "
			 "ACCT ACCOUNT ACC KONTO KTO MANDAT" },
	{ AR_WORD_PHONE, "TEL TELEFON TELEPHONE PHONE FON FAX MOBIL MOBILE CALL" },
	{ AR_WORD_AND, "AND UND U ET E EN Y OG OCH SOWIE" },
};

static size_t upper(struct ar_str s, char *out, size_t room)
{
	if (!s.n || s.n > room)
		return 0;
	for (size_t i = 0; i < s.n; i++)
		out[i] = ar_upper(s.p[i]);
	return s.n;
}

bool ar_words_add(struct ar_words *w, enum ar_word kind, struct ar_str word)
{
	char p[MAX_KEY];
	size_t n = upper(word, p, sizeof p);
	uint32_t k;

	for (size_t i = 0; i < n; i++)
		if (!ar_is_alpha(p[i]) && !((unsigned char)p[i] & 0x80))
			return false;
	if (!n || w->tab.n == sizeof w->kind)
		return false;
	k = ar_tab_add(&w->tab, (struct ar_str){ p, n }, NULL);
	w->kind[k] = (uint8_t)kind;
	return true;
}

void ar_words_init(struct ar_words *w)
{
	memset(w, 0, sizeof *w);
	for (size_t i = 0; i < sizeof builtin / sizeof builtin[0]; i++) {
		struct ar_str rest = ar_str(builtin[i].words), word;

		while (rest.p) {
			rest = ar_str_cut(rest, ' ', &word);
			ar_words_add(w, builtin[i].kind, word);
		}
	}
}

void ar_words_release(struct ar_words *w)
{
	ar_tab_release(&w->tab);
}

static int word_kind(const struct ar_words *w, struct ar_str s) /* -1: not in the list */
{
	char p[MAX_KEY];
	size_t n = upper(s, p, sizeof p);
	uint32_t k = n ? ar_tab_get(&w->tab, (struct ar_str){ p, n }) : AR_TAB_NONE;

	return k == AR_TAB_NONE ? -1 : w->kind[k];
}

/* ---- atoms: runs of letters and digits ---- */

enum { DIGITS = 1, LETTERS = 2 };
struct atom {
	struct ar_str s;
	uint8_t has; /* DIGITS, LETTERS or both */
	char sep; /* what parts it from the atom before: ' ' or the first other byte; 0 = the text begins */
	bool tight; /* that byte is all there is */
	bool masked, weak, introduced, order, party;
	bool cut;    /* lies at or over a cut */
	int8_t word; /* enum ar_word, -1 */
};

struct scan {
	const struct ar_words *w;
	ar_token_known *known;
	void *ctx;
	struct ar_arena *mem;
	struct ar_tokens *out;
	struct atom *a;
	int n;
	bool tight; /* this rendering is the lines joined tight */
};

static bool is_word_byte(char c)
{
	return ar_is_alnum(c) || ((unsigned char)c & 0x80);
}

static void set_separator(struct atom *a, const char *p, size_t n)
{
	a->sep = n ? ' ' : 0;
	a->tight = n == 1 && !ar_is_space(*p);
	for (size_t i = 0; i < n; i++)
		if (!ar_is_space(p[i])) {
			a->sep = p[i];
			break;
		}
	if (memchr(p, '#', n))
		a->sep = '#';
}

/* cut: places (offsets, rising) where a line ended and the next began. */
static bool at_cut(const size_t *cut, int ncut, size_t from, size_t to, int *at)
{
	while (*at < ncut && cut[*at] < from)
		(*at)++;
	return *at < ncut && cut[*at] <= to;
}

static void split(struct scan *s, const char *p, size_t n, const size_t *cut, int ncut)
{
	size_t i = 0, end = 0;
	int at = 0;

	s->a = ar_arena_alloc(s->mem, (n / 2 + 1) * sizeof *s->a);
	s->n = 0;
	while (i < n) {
		struct atom *a = &s->a[s->n];
		size_t from;

		if (!is_word_byte(p[i])) {
			i++;
			continue;
		}
		*a = (struct atom){ .word = -1 };
		set_separator(a, p + end, i - end);
		for (from = i; i < n && is_word_byte(p[i]); i++)
			a->has |= ar_is_digit(p[i]) ? DIGITS : LETTERS;
		a->s = (struct ar_str){ p + from, i - from };
		a->cut = at_cut(cut, ncut, from, i, &at);
		if (a->has == LETTERS)
			a->word = (int8_t)word_kind(s->w, a->s);
		end = i;
		s->n++;
	}
}

static int number(const struct atom *a) /* of at most 4 digits */
{
	int v = 0;

	for (size_t i = 0; i < a->s.n; i++)
		v = v * 10 + (a->s.p[i] - '0');
	return v;
}

static bool digits_of(const struct atom *a, size_t min, size_t max)
{
	return a->has == DIGITS && a->s.n >= min && a->s.n <= max;
}

/* ---- what is no document number ---- */

static bool year(const struct atom *a)
{
	return digits_of(a, 4, 4) && number(a) >= 1900 && number(a) <= 2099;
}

static void mask_dates(struct scan *s)
{
	for (int i = 0; i + 2 < s->n; i++) {
		struct atom *a = &s->a[i];
		bool ends, starts;

		if (!a[1].tight || !a[2].tight || a[1].sep != a[2].sep || !strchr(".-/", a[1].sep))
			continue;
		if (!digits_of(&a[1], 1, 2) || number(&a[1]) > 31)
			continue;
		ends = digits_of(a, 1, 2) && number(a) <= 31 &&
		       (digits_of(&a[2], 2, 2) || year(&a[2]));
		starts = year(a) && digits_of(&a[2], 1, 2) && number(&a[2]) <= 31;
		if ((ends || starts) && (number(&a[1]) <= 12 || (ends && number(a) <= 12)))
			a[0].masked = a[1].masked = a[2].masked = true;
	}
}

static void mask_phones(struct scan *s)
{
	for (int i = 0; i < s->n; i++) {
		if (s->a[i].word != AR_WORD_PHONE)
			continue;
		for (int j = i + 1;
		     j < s->n && (s->a[j].has == DIGITS || s->a[j].word == AR_WORD_NUMBER); j++) {
			if (s->a[j].sep == ',' || s->a[j].sep == ';')
				break;
			s->a[j].masked = true;
		}
	}
}

static bool iban_starts(const struct atom *a)
{
	return a->s.n == 4 && ar_is_alpha(a->s.p[0]) && ar_is_alpha(a->s.p[1]) &&
	       ar_is_digit(a->s.p[2]) && ar_is_digit(a->s.p[3]);
}

static bool blank_before(const struct atom *a)
{
	return a->sep == ' ';
}

/* An IBAN, or a creditor reference, in blocks of four: the last may be shorter. */
static void mask_ibans(struct scan *s)
{
	for (int i = 0; i < s->n; i++) {
		int j = i + 1;

		if (!iban_starts(&s->a[i]))
			continue;
		while (j < s->n && blank_before(&s->a[j]) && s->a[j].s.n == 4 &&
		       s->a[j].has & DIGITS)
			j++;
		if (j - i < 3)
			continue;
		if (j < s->n && blank_before(&s->a[j]) && s->a[j].s.n < 4)
			j++;
		while (i < j)
			s->a[i++].masked = true;
		i--;
	}
}

/* 21 00000 00003 13947: one long number in blocks, or a list of short ones. */
static void weaken_blocks(struct scan *s)
{
	for (int i = 0; i < s->n;) {
		int j = i + 1;

		if (!digits_of(&s->a[i], 4, 5)) {
			i++;
			continue;
		}
		while (j < s->n && blank_before(&s->a[j]) && s->a[j].has == DIGITS &&
		       s->a[j].s.n == s->a[i].s.n)
			j++;
		if (j - i >= 3)
			for (int k = i; k < j; k++)
				s->a[k].weak = true;
		i = j;
	}
}

/*
 * 1.450,00 and 12,345.67: the last two digits stand after a comma or point, and nothing
 * follows tight.
 */
static void mask_amounts(struct scan *s)
{
	for (int i = 1; i < s->n; i++) {
		struct atom *a = &s->a[i];

		if (!a->tight || (a->sep != ',' && a->sep != '.') || !digits_of(a, 2, 2) ||
		    s->a[i - 1].has != DIGITS)
			continue;
		if (i + 1 < s->n && s->a[i + 1].tight && s->a[i + 1].has == DIGITS)
			continue;
		for (int j = i; j >= 0 && s->a[j].has == DIGITS; j--) {
			s->a[j].masked = true;
			if (!s->a[j].tight || !strchr(",.'", s->a[j].sep))
				break;
		}
	}
}

/* ---- who introduces whom ---- */

static bool list_separator(char c)
{
	return c == ',' || c == '/' || c == '+' || c == '&' || c == ';';
}

static void introduce(struct scan *s)
{
	for (int i = 0; i < s->n; i++) {
		struct atom *a = &s->a[i], *before = i ? a - 1 : NULL;
		int w = before ? before->word : -1;

		if (!(a->has & DIGITS))
			continue;
		if (w == AR_WORD_NUMBER && i > 1 && a[-2].word >= 0 && a[-2].word != AR_WORD_AND)
			w = a[-2].word;
		a->introduced = a->sep == '#' || w == AR_WORD_DOCUMENT || w == AR_WORD_NUMBER;
		if (w == AR_WORD_PARTY) {
			a->party = !a->masked;
			a->masked = true;
		}
		a->order = w == AR_WORD_ORDER;
		if (before && before->has & DIGITS && list_separator(a->sep)) {
			a->introduced |= before->introduced;
			a->order |= before->order;
		}
		if (i > 1 && w == AR_WORD_AND && a[-2].has & DIGITS) {
			a->introduced |= a[-2].introduced;
			a->order |= a[-2].order;
		}
	}
}

/* ---- finds ---- */

static void emit(struct scan *s, struct ar_str key, unsigned flags)
{
	struct ar_tokens *t = s->out;

	for (int i = 0; i < t->n; i++) {
		if (!ar_streq(t->v[i].key, key))
			continue;
		/* found twice: the better place speaks */
		t->v[i].flags |= flags & AR_TOKEN_INTRODUCED;
		t->v[i].flags &=
			flags | ~(unsigned)(AR_TOKEN_WEAK | AR_TOKEN_EXPANDED | AR_TOKEN_ORDER);
		return;
	}
	if (t->n == AR_TOKENS_MAX) {
		t->cut = true;
		return;
	}
	if (t->n == t->room) {
		struct ar_token *v = ar_arena_alloc(s->mem, (size_t)(t->room + 16) * 2 * sizeof *v);

		if (t->n)
			memcpy(v, t->v, (size_t)t->n * sizeof *v);
		t->v = v;
		t->room = (t->room + 16) * 2;
	}
	t->v[t->n++] = (struct ar_token){ ar_arena_str(s->mem, key), flags };
}

static bool try_key(struct scan *s, const char *p, size_t n, unsigned flags)
{
	struct ar_str key = { p, n };

	if (!s->known(s->ctx, key, flags))
		return false;
	emit(s, key, flags);
	return true;
}

static unsigned flags_of(const struct atom *a)
{
	return (a->introduced ? AR_TOKEN_INTRODUCED : 0u) | (a->weak ? AR_TOKEN_WEAK : 0u) |
	       (a->order ? AR_TOKEN_ORDER : 0u);
}

static struct ar_str no_zeros(struct ar_str s)
{
	while (s.n > 1 && *s.p == '0') {
		s.p++;
		s.n--;
	}
	return s;
}

static bool like_year_or_date(struct ar_str d)
{
	int y = 0;

	if (d.n != 4 && d.n != 8)
		return false;
	for (size_t i = 0; i < 4; i++)
		y = y * 10 + (d.p[i] - '0');
	if (y >= 1900 && y <= 2099)
		return true;
	if (d.n == 4)
		return false;
	for (y = 0; d.n > 4; d.n--, d.p++)
		;
	for (size_t i = 0; i < 4; i++)
		y = y * 10 + (d.p[i] - '0');
	return y >= 1900 && y <= 2099;
}

static bool try_digits(struct scan *s, struct ar_str d, unsigned flags)
{
	d = no_zeros(d);
	if (d.n > MAX_KEY || (d.n < MIN_DIGITS && !(flags & AR_TOKEN_INTRODUCED)) || *d.p == '0')
		return false;
	if (!(flags & AR_TOKEN_INTRODUCED) && like_year_or_date(d))
		flags |= AR_TOKEN_WEAK;
	return try_key(s, d.p, d.n, flags);
}

static bool ties(char c)
{
	return c == '-' || c == '.' || c == '_';
}

/* Does a number go on at atom i + 1 (or before i), so that what ends here is a part only? */
static bool tied_after(const struct scan *s, int i)
{
	return i + 1 < s->n && s->a[i + 1].tight && ties(s->a[i + 1].sep) &&
	       ar_is_digit(*s->a[i + 1].s.p);
}

static bool tied_before(const struct scan *s, int i)
{
	return i > 0 && s->a[i].tight && ties(s->a[i].sep) &&
	       ar_is_digit(s->a[i - 1].s.p[s->a[i - 1].s.n - 1]);
}

/* Atoms i .. i + parts - 1 as one number: INV-2026-417, PO-70/4, "RE 10432". */
static bool try_compound(struct scan *s, int i, int parts)
{
	char key[MAX_KEY];
	size_t n = 0;
	uint8_t has = 0;
	unsigned flags = 0;
	bool weak = false, at_the_cut = false;

	if (i + parts > s->n || tied_before(s, i) || tied_after(s, i + parts - 1))
		return false;
	for (int k = i; k < i + parts; k++) {
		const struct atom *a = &s->a[k];
		bool spaced = parts == 2 && s->a[i].has == LETTERS && ar_is_digit(*a->s.p) &&
			      strchr(" #.:", a->sep);

		if (k > i && !spaced && !(a->tight && strchr("-./_#", a->sep)))
			return false;
		if (a->masked || n + a->s.n > sizeof key)
			return false;
		n += upper(a->s, key + n, sizeof key - n);
		has |= a->has;
		weak |= a->weak || a->cut;
		at_the_cut |= a->cut;
		flags |= flags_of(a);
	}
	if (!(has & DIGITS) || (s->tight && !at_the_cut))
		return false;
	if (has == DIGITS)
		return try_digits(s, (struct ar_str){ key, n }, flags | (weak ? AR_TOKEN_WEAK : 0));
	if (n < MIN_LETTERED && !(flags & AR_TOKEN_INTRODUCED))
		return false;
	return try_key(s, key, n, flags | AR_TOKEN_LETTERS | (weak ? AR_TOKEN_WEAK : 0));
}

/* RE10432 where RE is a word for a document: the digits alone may be the number. */
static bool try_prefixed(struct scan *s, const struct atom *a)
{
	size_t k = 0;
	int w;

	while (k < a->s.n && !ar_is_digit(a->s.p[k]))
		k++;
	for (size_t i = k; i < a->s.n; i++)
		if (!ar_is_digit(a->s.p[i]))
			return false;
	w = word_kind(s->w, (struct ar_str){ a->s.p, k });
	if (w != AR_WORD_DOCUMENT && w != AR_WORD_NUMBER)
		return false;
	return try_digits(s, (struct ar_str){ a->s.p + k, a->s.n - k },
			  flags_of(a) | AR_TOKEN_INTRODUCED);
}

static void try_single(struct scan *s, int i)
{
	const struct atom *a = &s->a[i];
	char key[MAX_KEY];
	size_t n;

	if (tied_before(s, i) || tied_after(s, i))
		return;
	if (a->has == DIGITS) {
		try_digits(s, a->s, flags_of(a));
		return;
	}
	n = upper(a->s, key, sizeof key);
	if (n && (n >= MIN_LETTERED || a->introduced) &&
	    try_key(s, key, n, flags_of(a) | AR_TOKEN_LETTERS))
		return;
	try_prefixed(s, a);
}

/* Kd-Nr. 4711: who pays, perhaps. The first one counts. */
static void try_party(struct scan *s, int i)
{
	const struct atom *a = &s->a[i];
	struct ar_str key = no_zeros(a->s);
	char room[MAX_KEY];
	size_t n;

	if (s->out->party.n || tied_before(s, i) || tied_after(s, i) || a->cut)
		return;
	n = upper(a->has == DIGITS ? key : a->s, room, sizeof room);
	key = (struct ar_str){ room, n };
	if (n && s->known(s->ctx, key, AR_TOKEN_PARTY))
		s->out->party = ar_arena_str(s->mem, key);
}

/* 4711/12/15: a shorter number after a slash takes the front of the one before. */
static void try_short_forms(struct scan *s, int i)
{
	struct ar_str full = s->a[i].s;
	char key[MAX_KEY];

	if (!digits_of(&s->a[i], MIN_DIGITS, MAX_KEY) || tied_before(s, i))
		return;
	for (int k = i + 1; k < s->n && s->a[k].tight && s->a[k].sep == '/'; k++) {
		struct ar_str d = s->a[k].s;

		if (s->a[k].has != DIGITS || d.n >= full.n || s->a[k].masked)
			return;
		memcpy(key, full.p, full.n);
		memcpy(key + full.n - d.n, d.p, d.n);
		try_digits(s, (struct ar_str){ key, full.n },
			   flags_of(&s->a[i]) | AR_TOKEN_EXPANDED);
	}
}

static int64_t value(struct ar_str d)
{
	return ar_str_uint(no_zeros(d), 999999999999999999);
}

/* 4711-4715, expanded only if every number of it is known. */
static bool try_range(struct scan *s, int i)
{
	const struct atom *a = &s->a[i];
	int64_t from, to;
	unsigned flags;

	if (i + 1 >= s->n || !a[1].tight || a[1].sep != '-' || !digits_of(a, MIN_DIGITS, 18) ||
	    !digits_of(&a[1], a->s.n, a->s.n))
		return false;
	if (tied_before(s, i) || tied_after(s, i + 1) || a[1].masked)
		return false;
	from = value(a->s);
	to = value(a[1].s);
	if (from <= 0 || to <= from || to - from > MAX_RANGE)
		return false;
	flags = flags_of(a) | AR_TOKEN_EXPANDED;
	for (int pass = 0; pass < 2; pass++)
		for (int64_t v = from; v <= to; v++) {
			char key[24];
			int n = 0;

			for (int64_t x = v; x; x /= 10)
				key[sizeof key - (size_t)++n] = (char)('0' + x % 10);
			if (n < MIN_DIGITS ||
			    !s->known(s->ctx, (struct ar_str){ key + sizeof key - n, (size_t)n },
				      flags))
				return false;
			if (pass)
				emit(s, (struct ar_str){ key + sizeof key - n, (size_t)n }, flags);
		}
	return true;
}

/*
 * A number found on the lines, but no document's number once they are joined (`Te|l 040
 * 10012`), is weak.
 */
static void doubt(struct scan *s)
{
	int looked = 0;

	for (int i = 0; i < s->n && looked < AR_TOKENS_MAX; i++) {
		if (!s->a[i].masked || s->a[i].has != DIGITS)
			continue;
		looked++;
		for (int k = 0; k < s->out->n; k++)
			if (ar_streq(no_zeros(s->a[i].s), s->out->v[k].key))
				s->out->v[k].flags |= AR_TOKEN_WEAK;
	}
}

static void scan(struct scan *s, const char *p, size_t n, const size_t *cut, int ncut)
{
	split(s, p, n, cut, ncut);
	mask_dates(s);
	mask_phones(s);
	mask_ibans(s);
	mask_amounts(s);
	weaken_blocks(s);
	introduce(s);
	if (s->tight)
		doubt(s);
	for (int i = 0; i < s->n;) {
		int parts = MAX_PARTS;

		if (s->a[i].masked) {
			if (s->a[i].party && !s->tight)
				try_party(s, i);
			i++;
			continue;
		}
		while (parts > 1 && !try_compound(s, i, parts))
			parts--;
		if (parts > 1) {
			i += parts;
			continue;
		}
		if (try_range(s, i)) {
			i += 2;
			continue;
		}
		if (s->a[i].has & DIGITS && (!s->tight || s->a[i].cut)) {
			s->a[i].weak |= s->a[i].cut;
			try_single(s, i);
		}
		try_short_forms(s, i);
		i++;
	}
}

/*
 * A cut is only between two digits: elsewhere a number ends by itself. Joined with a blank, so
 * that cuts lie on both sides of it.
 */
static void render(struct scan *s, const struct ar_str *line, int nline, bool tight)
{
	size_t n = 0, *cut, total = 0;
	int ncut = 0;
	char *p;

	for (int i = 0; i < nline; i++)
		total += line[i].n + 1;
	p = ar_arena_alloc(s->mem, total);
	cut = ar_arena_alloc(s->mem, (size_t)nline * 2 * sizeof *cut);
	for (int i = 0; i < nline; i++) {
		bool split_digits;

		split_digits = n && line[i].n && ar_is_digit(p[n - 1]) && is_word_byte(*line[i].p);
		split_digits |= tight && n && line[i].n && is_word_byte(p[n - 1]) &&
				ar_is_digit(*line[i].p);
		if (split_digits)
			cut[ncut++] = n;
		if (n && !tight) {
			p[n++] = ' ';
			if (split_digits)
				cut[ncut++] = n;
		}
		memcpy(p + n, line[i].p, line[i].n);
		n += line[i].n;
	}
	s->tight = tight;
	scan(s, p, n, cut, ncut);
}

void ar_tokens_find(struct ar_tokens *t, const struct ar_str *line, int nline,
		    const struct ar_words *w, ar_token_known *known, void *ctx,
		    struct ar_arena *mem)
{
	struct scan s = { .w = w, .known = known, .ctx = ctx, .mem = mem, .out = t };

	*t = (struct ar_tokens){ 0 };
	if (nline <= 0)
		return;
	render(&s, line, nline, false);
	if (nline > 1)
		render(&s, line, nline, true);
}

int ar_number_keys(struct ar_str num, struct ar_str key[3], unsigned flags[3], struct ar_arena *mem)
{
	char *whole = ar_arena_alloc(mem, num.n + 1), *digits = ar_arena_alloc(mem, num.n + 1);
	size_t nw = 0, nd = 0, tail = 0;
	bool letters = false, in = false;
	struct ar_str last;
	int n = 0;

	for (size_t i = 0; i < num.n; i++) {
		char c = num.p[i];

		if (ar_is_digit(c)) {
			tail = in ? tail : nd;
			digits[nd++] = c;
		}
		in = ar_is_digit(c);
		if (!is_word_byte(c))
			continue;
		whole[nw++] = ar_upper(c);
		letters |= !in;
	}
	if (!nd)
		return 0;
	last = no_zeros((struct ar_str){ digits + tail, nd - tail });
	if (letters) {
		key[n] = (struct ar_str){ whole, nw };
		flags[n++] = AR_TOKEN_LETTERS;
	}
	key[n] = no_zeros((struct ar_str){ digits, nd });
	flags[n++] = 0;
	if (last.n >= MIN_DIGITS && !ar_streq(last, key[n - 1])) {
		key[n] = last;
		flags[n++] = 0;
	}
	return n;
}
