/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "syntax/bai2_keys.h"

#include "rec/jstr.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

enum { FULL = 76 };                     /* a line of text this long may break a word */

/* ---- the map's keys ---- */

static uint64_t eight(const char *p)
{
	uint64_t w;

	memcpy(&w, p, 8);
	return w;
}

static void add(struct ar_bai2_keys *k, struct ar_arena *mem, struct ar_str s, bool inside)
{
	struct ar_bai2_key *key = &k->key[k->n++];
	struct ar_str name = s;
	char text[8] = { 0 }, mask[8] = { 0 };
	int *link;

	while (name.n > 1 && strchr(":=+/ ", name.p[name.n - 1]))
		name.n--;
	memcpy(text, s.p, s.n < 8 ? s.n : 8);
	memset(mask, 0xFF, s.n < 8 ? s.n : 8);
	*key = (struct ar_bai2_key){ ar_arena_str(mem, s), ar_feed_name(mem, name), eight(text), eight(mask), inside, 0 };
	if (inside)
		k->inside[(unsigned char)s.p[0]] |= s.n > 1 ? (uint64_t)1 << (s.p[1] & 63) : UINT64_MAX;
	for (link = &k->first[(unsigned char)s.p[0]]; *link; link = &k->key[*link - 1].next)
		;
	*link = k->n;                   /* in the order of the map */
}

static int read_line(struct ar_bai2_keys *k, struct ar_arena *mem, struct ar_conf_sec *map, const char *name, bool inside, struct ar_err *e)
{
	struct ar_conf_key *line = NULL;

	while ((line = ar_conf_next(map, name, line))) {
		struct ar_str rest = line->value, piece;

		while (ar_conf_split(&rest, ',', &piece)) {
			struct ar_str s = ar_conf_unquote(mem, piece);

			if (!s.n)
				continue;
			if (ar_jstr_plain(s.p, s.n) < s.n) {
				ar_err(e, AR_USAGE, "map_value", "%s: a key becomes a name, so it holds no quote, backslash or control character", name);
				return ar_err_at(e, map->file, line->line);
			}
			if (k->n == AR_BAI2_KEYS || s.n > AR_BAI2_KEY) {
				ar_err(e, AR_USAGE, "map_value", "%s: at most %d keys of at most %d bytes", name, AR_BAI2_KEYS, AR_BAI2_KEY);
				return ar_err_at(e, map->file, line->line);
			}
			add(k, mem, s, inside);
		}
	}
	return 0;
}

int ar_bai2_keys_read(struct ar_bai2_keys *k, struct ar_arena *mem, struct ar_conf_sec *map, struct ar_err *e)
{
	return read_line(k, mem, map, "key", false, e) < 0 || read_line(k, mem, map, "key_inside", true, e) < 0 ? -1 : 0;
}

void ar_bai2_keys_release(struct ar_bai2_keys *k)
{
	ar_buf_release(&k->text);
}

/* ---- finding them ---- */

/* The key at s, which is the rest of a line; NULL: none. */
static const struct ar_bai2_key *key_at(const struct ar_bai2_keys *k, struct ar_str s, bool begins)
{
	for (int i = k->first[(unsigned char)*s.p]; i; i = k->key[i - 1].next) {
		const struct ar_bai2_key *key = &k->key[i - 1];

		if ((begins || key->inside) && (eight(s.p) & key->mask) == key->first && s.n >= key->text.n
		    && (key->text.n <= 8 || memcmp(s.p + 8, key->text.p + 8, key->text.n - 8) == 0))
			return key;
	}
	return NULL;
}

/* Which of the 16 bytes at p are neither letter nor digit: a bit each, the first in bit 0. */
static unsigned signs16(const char *p)
{
#ifdef __SSE2__
	const __m128i v = _mm_loadu_si128((const __m128i *)p), z = _mm_set1_epi8(25), nine = _mm_set1_epi8(9);
	const __m128i letter = _mm_sub_epi8(_mm_or_si128(v, _mm_set1_epi8(0x20)), _mm_set1_epi8('a'));
	const __m128i digit = _mm_sub_epi8(v, _mm_set1_epi8('0'));

	return (unsigned)~_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(_mm_min_epu8(letter, z), letter),
		_mm_cmpeq_epi8(_mm_min_epu8(digit, nine), digit))) & 0xFFFF;
#else
	unsigned m = 0;

	for (int i = 0; i < 16; i++)
		m |= (unsigned)!ar_is_alnum(p[i]) << i;
	return m;
#endif
}

/* The next key in a line from *at on, and where; none: *at is the end. Bytes behind the line may be read. */
static const struct ar_bai2_key *find(const struct ar_bai2_keys *k, struct ar_str s, size_t *at)
{
	const struct ar_bai2_key *key;
	size_t start = 0, i;

	while (start < s.n && s.p[start] == ' ')
		start++;
	if (*at <= start) {
		*at = start;
		key = start < s.n ? key_at(k, (struct ar_str){ s.p + start, s.n - start }, true) : NULL;
		if (key)
			return key;
		++*at;
	}
	for (i = *at; i < s.n; i += 16)
		for (unsigned m = signs16(s.p + i - 1); m; m &= m - 1) {
			*at = i + (size_t)__builtin_ctz(m);
			if (*at >= s.n || !(k->inside[(unsigned char)s.p[*at]] >> (s.p[*at + 1] & 63) & 1))
				continue;
			key = key_at(k, (struct ar_str){ s.p + *at, s.n - *at }, false);
			if (key)
				return key;
		}
	*at = s.n;
	return NULL;
}

/* ---- their values ---- */

/* More of a value: its first piece stays where it is, several are put together. */
static void extend(struct ar_bai2_keys *k, struct ar_str *value, struct ar_str more, bool blank)
{
	if (!value->n || !more.n) {
		*value = value->n ? *value : more;
		return;
	}
	if (value->p != k->text.p) {
		k->text.n = 0;
		ar_buf_str(&k->text, *value);
	}
	if (blank)
		ar_buf_c(&k->text, ' ');
	ar_buf_str(&k->text, more);
	*value = ar_buf_slice(&k->text);
}

static uint64_t initial(struct ar_str name)
{
	return (uint64_t)1 << (*name.p & 63);
}

/* seen: with what the names in the row begin, so that most keys need no look at them. */
static void put(struct ar_bai2_keys *k, struct ar_rowbuf *row, const struct ar_bai2_key *key, struct ar_str value, uint64_t *seen)
{
	bool joined = value.n && value.p == k->text.p;
	struct ar_str name;

	value = ar_str_trim(value);
	if (!key || !value.n || row->n >= AR_FEED_COLS - 4)
		return;
	name = *seen & initial(key->name) ? ar_rowbuf_next(row, key->name) : key->name;
	*seen |= initial(name);
	if (joined)
		ar_rowbuf_copy(row, name, value);
	else
		ar_rowbuf_put(row, name, value);
}

void ar_bai2_keys_put(struct ar_bai2_keys *k, struct ar_rowbuf *row, int from, int to)
{
	struct ar_str value = { NULL, 0 };
	const struct ar_bai2_key *open = NULL;
	uint64_t seen = 0;
	bool full = false;

	for (int i = 0; k->n && i < row->n; i++)
		seen |= initial(row->name[i]);
	for (int i = from; k->n && i < to; i++) {
		struct ar_str s = row->value[i];
		size_t at = 0, begin = 0;
		bool blank = !full;

		while (at < s.n) {
			const struct ar_bai2_key *key = find(k, s, &at);

			if (open)
				extend(k, &value, (struct ar_str){ s.p + begin, at - begin }, blank);
			if (!key)
				break;
			put(k, row, open, value, &seen);
			value.n = 0;
			open = key;
			blank = false;
			begin = at += key->text.n;
		}
		full = s.n >= FULL;
	}
	put(k, row, open, value, &seen);
}
