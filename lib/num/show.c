/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "num/show.h"

#include "num/money.h"

static const struct manner {
	const char *name, *group, *point;
	char order[3], between;         /* of the parts of a date */
} manner[AR_LANG_COUNT] = {
	[AR_LANG_EN] = { "en", ",", ".", "ymd", '-' },
	[AR_LANG_DE] = { "de", ".", ",", "dmy", '.' },
	[AR_LANG_FR] = { "fr", "\xC2\xA0", ",", "dmy", '/' },
};

int ar_lang_find(struct ar_str tag)
{
	for (int l = 0; l < AR_LANG_COUNT; l++) {
		struct ar_str name = ar_str(manner[l].name);

		if (tag.n >= name.n && ar_str_caseeq((struct ar_str){ tag.p, name.n }, name)
		    && (tag.n == name.n || !ar_is_alnum(tag.p[name.n])))
			return l;
	}
	return -1;
}

const char *ar_lang_name(enum ar_lang l)
{
	return manner[l].name;
}

void ar_show_money(struct ar_buf *b, int64_t minor, int digits, enum ar_lang l)
{
	char text[AR_MONEY_TEXT];
	int n = ar_money_put(text, minor, digits), whole = digits ? n - digits - 1 : n, i = 0;

	if (text[0] == '-')
		ar_buf_c(b, text[i++]);
	for (int start = i; i < whole; i++) {
		if (i > start && (whole - i) % 3 == 0)
			ar_buf_puts(b, manner[l].group);
		ar_buf_c(b, text[i]);
	}
	if (!digits)
		return;
	ar_buf_puts(b, manner[l].point);
	ar_buf_put(b, text + whole + 1, (size_t)digits);
}

void ar_show_date(struct ar_buf *b, ar_date d, enum ar_lang l)
{
	char iso[10];

	if (d == AR_DATE_NONE)
		return;
	ar_date_put(iso, d);
	for (int i = 0; i < 3; i++) {
		if (i)
			ar_buf_c(b, manner[l].between);
		if (manner[l].order[i] == 'y')
			ar_buf_put(b, iso, 4);
		else
			ar_buf_put(b, iso + (manner[l].order[i] == 'm' ? 5 : 8), 2);
	}
}
