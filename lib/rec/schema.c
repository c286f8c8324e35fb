/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rec/schema.h"

#include "base/err.h"

#include <stdio.h>

#define ID AR_ID
#define TEXT AR_TEXT
#define DATE AR_DATE
#define TIME AR_TIME
#define MONEY AR_MONEY
#define CCY AR_CCY
#define RATE AR_RATE
#define INT AR_INT
#define BOOL AR_BOOL
#define CODE AR_CODE
#define LIST AR_LIST
#define REQ AR_REQ
#define SIGNED AR_SIGNED

/* one array of fields a type */
#define TYPE(name, doc) static struct ar_field fields_##name[] = {
#define F(name, kind, flags, ccy, codes, ads, doc) { AR_F_##name, kind, flags, ccy, codes, ads, doc, NULL, 0 },
#define END };
#include "rec/schema.def"
#undef TYPE
#undef F
#undef END

struct ar_type ar_types[AR_T_COUNT] = {
#define TYPE(t, d) [AR_T_##t] = { .name = #t, .doc = d, .field = fields_##t, .n = sizeof fields_##t / sizeof *fields_##t },
#define F(...)
#define END
#include "rec/schema.def"
#undef TYPE
#undef F
#undef END
};

const char *const ar_field_name[AR_F_COUNT] = {
	"",
#define NAME(name) #name,
#include "rec/schema.def"
#undef NAME
};

const uint8_t ar_field_name_len[AR_F_COUNT] = {
	0,
#define NAME(name) sizeof #name - 1,
#include "rec/schema.def"
#undef NAME
};

static uint8_t type_slot[256];
static struct ar_name24 type_name24[AR_T_COUNT];

#define LOW(n) ((n) <= 0 ? 0 : (n) >= 8 ? ~(uint64_t)0 : ((uint64_t)1 << (8 * ((n) & 7))) - 1)
#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "names are compared as little-endian words"
#endif
#define ROW(n) { LOW(n), LOW((n) - 8), LOW((n) - 16) }
const uint64_t ar_name_mask[25][3] = {
	ROW(0), ROW(1), ROW(2), ROW(3), ROW(4), ROW(5), ROW(6), ROW(7), ROW(8), ROW(9), ROW(10), ROW(11), ROW(12), ROW(13),
	ROW(14), ROW(15), ROW(16), ROW(17), ROW(18), ROW(19), ROW(20), ROW(21), ROW(22), ROW(23), ROW(24),
};

struct ar_name24 ar_field_name24[AR_F_COUNT];

struct ar_name24 ar_name24(const char *p, size_t n)
{
	struct ar_name24 k = { { 0 } };

	ar_assert(n <= sizeof k);
	memcpy(&k, p, n);
	return k;
}

static uint32_t name_hash(struct ar_str name)
{
	struct ar_name24 k = ar_name24(name.p, name.n);

	return ar_name_hash(&k);
}

static struct ar_str field_str(enum ar_f f)
{
	return (struct ar_str){ ar_field_name[f], ar_field_name_len[f] };
}

/* "open,partial,paid" */
static void init_codes(struct ar_field *fd)
{
	static struct ar_name24 room[1024];
	static int used;
	struct ar_str rest = ar_str(fd->codes), one;

	fd->code = room + used;
	while (rest.p) {
		rest = ar_str_cut(rest, ',', &one);
		ar_assert(used < (int)(sizeof room / sizeof *room));
		room[used++] = ar_name24(one.p, one.n);
		fd->ncode++;
	}
}

static void init_quick(struct ar_quick *q, const struct ar_field *fd)
{
	struct ar_str name = field_str(fd->f);
	char *p = q->lead;

	q->f = fd->f;
	q->kind = fd->kind;
	q->len = (uint8_t)(name.n + 4 + (fd->kind <= AR_CODE));
	ar_assert(q->len <= sizeof q->lead);
	memcpy(p, ",\"", 2);
	memcpy(p + 2, name.p, name.n);
	memcpy(p + 2 + name.n, "\":\"", q->len - name.n - 2);
	q->bits = ~0U >> (32 - q->len);
}

static void init_type(struct ar_type *t)
{
	static struct ar_quick room[2048];
	static int used;

	ar_assert(t->n <= AR_FIELDS_MAX && used + t->n <= (int)(sizeof room / sizeof *room));
	t->quick = room + used;
	used += t->n;
	t->nlead = (uint8_t)snprintf(t->lead, sizeof t->lead, "{\"type\":\"%s\"", t->name);
	for (int i = 0; i < t->n; i++) {
		struct ar_field *fd = &t->field[i];
		uint32_t h = name_hash(field_str(fd->f));
		uint64_t bit = 1ULL << (i + 1);

		ar_assert(!t->pos[fd->f]);
		init_quick(&t->quick[i], fd);
		t->pos[fd->f] = (uint8_t)(i + 1);
		if (fd->kind == AR_CODE)
			init_codes(fd);
		if (fd->kind == AR_MONEY)
			t->money |= bit;
		if (fd->kind == AR_DATE || fd->kind == AR_TIME || fd->kind == AR_CCY || fd->kind == AR_RATE || fd->kind == AR_CODE)
			t->check |= bit;
		if (fd->flags & AR_REQ)
			t->required |= bit;
		while (t->slot[h])
			h = (h + 1) & 255;
		t->slot[h] = (uint8_t)(i + 1);
	}
}

void ar_schema_init(void)
{
	static bool done;

	if (done)
		return;
	done = true;
	for (int f = 0; f < AR_F_COUNT; f++)
		ar_field_name24[f] = ar_name24(ar_field_name[f], ar_field_name_len[f]);
	for (int i = 0; i < AR_T_COUNT; i++) {
		uint32_t h = name_hash(ar_str(ar_types[i].name));

		type_name24[i] = ar_name24(ar_types[i].name, strlen(ar_types[i].name));
		init_type(&ar_types[i]);
		while (type_slot[h])
			h = (h + 1) & 255;
		type_slot[h] = (uint8_t)(i + 1);
	}
}

static int type_find(const struct ar_name24 *k)
{
	for (uint32_t h = ar_name_hash(k); type_slot[h]; h = (h + 1) & 255) {
		const struct ar_name24 *m = &type_name24[type_slot[h] - 1];

		if (m->w[0] == k->w[0] && m->w[1] == k->w[1] && m->w[2] == k->w[2])
			return type_slot[h] - 1;
	}
	return -1;
}

int ar_type_find(struct ar_str name)
{
	struct ar_name24 k;

	if (!name.n || name.n > 24)
		return -1;
	k = ar_name24(name.p, name.n);
	return type_find(&k);
}

int ar_type_find_padded(const char *p, size_t n)
{
	struct ar_name24 k;

	if (!n || n > 24)
		return -1;
	memcpy(&k, p, 24);
	for (int i = 0; i < 3; i++)
		k.w[i] &= ar_name_mask[n][i];
	return type_find(&k);
}

int ar_field_find(const struct ar_type *t, struct ar_str name)
{
	struct ar_name24 k;

	if (name.n > 24)
		return -1;
	k = ar_name24(name.p, name.n);
	return ar_field_find_padded(t, (const char *)&k, name.n);
}

enum ar_f ar_field_by_name(struct ar_str name)
{
	int lo = 1, hi = AR_F_COUNT - 1;

	while (lo <= hi) {
		int mid = (lo + hi) / 2, c = ar_str_cmp(name, field_str((enum ar_f)mid));

		if (c == 0)
			return (enum ar_f)mid;
		if (c < 0)
			hi = mid - 1;
		else
			lo = mid + 1;
	}
	return AR_F_NONE;
}

bool ar_code_ok(const struct ar_field *fd, struct ar_str code)
{
	struct ar_name24 k;

	if (!code.n || code.n > sizeof k)
		return false;
	k = ar_name24(code.p, code.n);
	for (int i = 0; i < fd->ncode; i++)
		if (fd->code[i].w[0] == k.w[0] && fd->code[i].w[1] == k.w[1] && fd->code[i].w[2] == k.w[2])
			return true;
	return false;
}

const char *ar_kind_name(enum ar_kind k)
{
	static const char *const name[] = { "id", "text", "date", "time", "money", "currency", "rate", "code",
		"integer", "boolean", "list" };

	return name[k];
}

bool ar_type_derived(enum ar_t t)
{
	return ar_types[t].pos[AR_F_derived_from] != 0;
}

/* mdoc: a leading dot or quote would be a macro, a backslash an escape */
static void mdoc_text(struct ar_buf *b, const char *s)
{
	if (*s == '.' || *s == '\'')
		ar_buf_puts(b, "\\&");
	for (; *s; s++) {
		if (*s == '\\')
			ar_buf_puts(b, "\\e");
		else if (*s == '-')
			ar_buf_puts(b, "\\-");
		else
			ar_buf_c(b, *s);
	}
}

static void mdoc_field(struct ar_buf *b, const struct ar_field *fd)
{
	ar_buf_fmt(b, ".It Va %s\n", ar_field_name[fd->f]);
	ar_buf_fmt(b, "%s%s%s", ar_kind_name(fd->kind), fd->flags & AR_SIGNED ? ", signed" : "",
	           fd->flags & AR_REQ ? ", required" : "");
	if (fd->kind == AR_MONEY)
		ar_buf_fmt(b, ", in %s", ar_field_name[fd->ccy]);
	ar_buf_puts(b, ": ");
	mdoc_text(b, fd->doc);
	if (fd->codes) {
		ar_buf_puts(b, " (");
		for (const char *p = fd->codes; *p; p++)
			ar_buf_puts(b, *p == ',' ? ", " : (char[]){ *p, 0 });
		ar_buf_puts(b, ")");
	}
	if (fd->ads)
		ar_buf_fmt(b, "; ADS: %s", fd->ads);
	ar_buf_puts(b, ".\n");
}

void ar_schema_mdoc(struct ar_buf *b)
{
	for (int i = 0; i < AR_T_COUNT; i++) {
		const struct ar_type *t = &ar_types[i];

		ar_buf_fmt(b, ".Ss %s\n", t->name);
		mdoc_text(b, t->doc);
		ar_buf_puts(b, ".\n.Bl -tag -width Ds -compact\n");
		for (int k = 0; k < t->n; k++)
			mdoc_field(b, &t->field[k]);
		ar_buf_puts(b, ".El\n");
	}
}

static void json_field(struct ar_buf *b, const struct ar_field *fd)
{
	static const char *const shape[] = {
		[AR_ID] = "{\"type\":\"string\",\"minLength\":1}",
		[AR_TEXT] = "{\"type\":\"string\",\"minLength\":1}",
		[AR_DATE] = "{\"type\":\"string\",\"format\":\"date\"}",
		[AR_TIME] = "{\"type\":\"string\",\"format\":\"date-time\"}",
		[AR_CCY] = "{\"type\":\"string\",\"pattern\":\"^[A-Z]{3}$\"}",
		[AR_RATE] = "{\"type\":\"string\",\"pattern\":\"^-?[0-9]+(\\\\.[0-9]+)?$\"}",
		[AR_INT] = "{\"type\":\"integer\"}",
		[AR_BOOL] = "{\"type\":\"boolean\"}",
		[AR_LIST] = "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}",
	};

	ar_buf_fmt(b, "\"%s\":", ar_field_name[fd->f]);
	if (fd->kind == AR_MONEY) {
		ar_buf_fmt(b, "{\"type\":\"string\",\"pattern\":\"^%s(0|[1-9][0-9]*)(\\\\.[0-9]{1,4})?$\"}",
		           fd->flags & AR_SIGNED ? "-?" : "");
	} else if (fd->kind == AR_CODE) {
		ar_buf_puts(b, "{\"enum\":[\"");
		for (const char *p = fd->codes; *p; p++)
			ar_buf_puts(b, *p == ',' ? "\",\"" : (char[]){ *p, 0 });
		ar_buf_puts(b, "\"]}");
	} else {
		ar_buf_puts(b, shape[fd->kind]);
	}
}

void ar_schema_json(struct ar_buf *b)
{
	ar_buf_puts(b, "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"title\":\"arpipe record\",\"oneOf\":[");
	for (int i = 0; i < AR_T_COUNT; i++) {
		const struct ar_type *t = &ar_types[i];

		ar_buf_fmt(b, "%s\n{\"title\":\"%s\",\"type\":\"object\",\"properties\":{\"type\":{\"const\":\"%s\"}",
		           i ? "," : "", t->name, t->name);
		for (int k = 0; k < t->n; k++) {
			ar_buf_c(b, ',');
			json_field(b, &t->field[k]);
		}
		ar_buf_puts(b, "},\"required\":[\"type\"");
		for (int k = 0; k < t->n; k++)
			if (t->field[k].flags & AR_REQ)
				ar_buf_fmt(b, ",\"%s\"", ar_field_name[t->field[k].f]);
		ar_buf_puts(b, i == AR_T_raw ? "]}" : "],\"patternProperties\":{\"^x_\":{\"type\":\"string\"}},\"additionalProperties\":false}");
	}
	ar_buf_puts(b, "\n]}\n");
}
