/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every transform of the map language, by one-line maps over one row; expected values were written by hand. */
#include "config.h"

#include "map/make.h"

#include "tap.h"

static struct ar_arena mem;
static char got[512];

struct col { const char *name, *value; };

/*
 * A record made by a map whose section is `lines`, from the columns. Returns the field as text; "!code" if it was refused, "?code" if
 * the map was.
 */
static const char *field_of(const char *type, const char *lines, const char *field, const struct col *col)
{
	struct ar_str text = ar_str(ar_arena_fmt(&mem, "[map]\nname = t\nsystem = s\nsyntax = csv\n[emit %s]\n%s\n", type, lines));
	struct ar_termtab terms = { 0 };
	struct ar_xrun run = { .entity = AR_STR("e"), .system = AR_STR("s"), .offset = 3600, .terms = &terms, .as_of = 0,
		.base = AR_CCY_NONE };
	struct ar_err e = { 0 };
	struct ar_conf conf;
	struct ar_layouts *l;
	struct ar_rowview view = { .src = AR_STR("x.csv:2"), .row = 2 };
	struct ar_xrow row = { .view = &view };
	struct ar_rec r;
	struct ar_xctx c = { .run = &run, .row = &row, .mem = &mem, .out = &r, .err = &e };
	struct ar_x x[16];
	struct ar_buf b = AR_BUF_INIT;
	const char *at, *end;
	int n = 0;

	for (; col && col[n].name; n++)
		x[n] = (struct ar_x){ col[n].name, col[n].value, (uint32_t)strlen(col[n].name), (uint32_t)strlen(col[n].value),
			strchr(col[n].value, '\\') != NULL };
	if (ar_conf_parse(&conf, &mem, "t.map", text.p, text.n, &e) < 0 || !(run.map = ar_map_read(&mem, &conf, &e))) {
		snprintf(got, sizeof got, "?%s", e.code);
		return got;
	}
	ar_rec_init(&r, &mem);
	l = ar_layouts_new(run.map);
	view.lay = ar_layout_of(l, x, n, 0);
	view.x = x;
	if (!ar_make_wanted(&run.map->emit[0], &c)) {
		snprintf(got, sizeof got, "(none)");
	} else if (ar_make(&run.map->emit[0], &c) < 0) {
		snprintf(got, sizeof got, "!%s", e.code);
	} else {
		ar_rec_put(&r, &b);
		at = strstr(ar_buf_z(&b), ar_arena_fmt(&mem, "\"%s\":", field));
		at = at ? at + strlen(field) + 3 : NULL;
		end = at && *at == '[' ? strstr(at, "]") + 1 : at && *at == '"' ? strstr(at + 1, "\"") + 1 : at ? at + strcspn(at, ",}") : NULL;
		snprintf(got, sizeof got, "%.*s", at ? (int)(end - at) : 0, at ? at : "");
	}
	ar_buf_release(&b);
	ar_layouts_free(l);
	ar_rec_release(&r);
	ar_termtab_release(&terms);
	return got;
}

#define CUSTOMER "id = \"7\" | id c\nname = \"n\"\ncurrency = \"EUR\"\ncredit_limit_currency = C\n"
#define INVOICE "id = \"7\" | id i\nsubtype = \"invoice\"\ncustomer = \"c\"\ncurrency = C\nissued = D\namount = A | money us\n"

/* one column A through a chain into a field of a customer */
static const char *text(const char *chain, const char *value)
{
	const struct col col[] = { { "C", "EUR" }, { "A", value }, { NULL, NULL } };

	return field_of("customer", ar_arena_fmt(&mem, CUSTOMER "email = %s", chain), "email", col);
}

static const char *amount(const char *chain, const char *ccy, const char *value)
{
	const struct col col[] = { { "C", ccy }, { "A", value }, { "B", "x" }, { NULL, NULL } };

	return field_of("customer", ar_arena_fmt(&mem, CUSTOMER "credit_limit = A | %s", chain), "credit_limit", col);
}

static const char *kind(const char *line, const char *field, const char *value)
{
	const struct col col[] = { { "C", "EUR" }, { "A", value }, { "B", "b" }, { "Long, Name", "ln" }, { NULL, NULL } };

	return field_of("customer", ar_arena_fmt(&mem, CUSTOMER "%s", line), field, col);
}

static void texts(void)
{
	is_str(text("A", " a "), "\" a \"", "no transform: verbatim");
	is_str(text("A | trim", " a "), "\"a\"", "trim");
	is_str(text("A | upper", "aBc\xC3\xA4"), "\"ABC\xC3\xA4\"", "upper is ASCII");
	is_str(text("A | lower", "aBC"), "\"abc\"", "lower");
	is_str(text("A | cut INV", "INV7"), "\"7\"", "cut");
	is_str(text("A | cut INV", "7INV"), "\"7INV\"", "cut only in front");
	is_str(text("A | before \" (\"", "Old Mill (deleted)"), "\"Old Mill\"", "before");
	is_str(text("A | after \" : \"", "a : b : c"), "\"b : c\"", "after");
	is_str(text("A | last \" : \"", "a : b : c"), "\"c\"", "last");
	is_str(text("A | last \" : \"", "a"), "\"a\"", "last of one level");
	is_str(text("A | digits", "+49 (40) 7"), "\"49407\"", "digits");
	is_str(text("A | prefix iso=", "x"), "\"iso=x\"", "prefix");
	is_str(text("A | default none", " "), "\"none\"", "default for blanks");
	is_str(text("A | default none", "x"), "\"x\"", "default not needed");
	is_str(text("A | required", ""), "!missing_field", "required");
	is_str(text("A | drop NOTPROVIDED, NONREF", "NONREF"), "", "drop");
	is_str(text("A | map US Dollar=USD \"Euro (EU)\"=EUR", "US Dollar"), "\"USD\"", "map with a blank in the key");
	is_str(text("A | map US Dollar=USD \"Euro (EU)\"=EUR", "Euro (EU)"), "\"EUR\"", "map with a quoted key");
	is_str(text("A | map a=b", "x"), "!map_value", "map refuses what it does not know");
	is_str(text("A | map a=b else keep", "x"), "\"x\"", "map keeps");
	is_str(text("A | map a=b else other", "x"), "\"other\"", "map with another value");
	is_str(text("A | if C is EUR, USD", "x"), "\"x\"", "if holds");
	is_str(text("A | if C is not EUR", "x"), "", "if does not hold");
	is_str(text("A | id x", "a/b:c%d"), "\"e/s:x:a%2Fb%3Ac%25d\"", "id escapes");
	is_str(text("\"const\"", "x"), "\"const\"", "a text");
	is_str(text("Z, A", "x"), "\"x\"", "the first column that is filled");
	is_str(text("A, C | join -", "x"), "\"x-EUR\"", "join");
	is_str(text("A, C | join -", ""), "\"EUR\"", "join leaves out empty ones");
	is_str(text(".entity", ""), "\"e\"", "word for the entity");
	is_str(text(".src", ""), "\"x.csv:2\"", "word for the place");
	is_str(text("A", "line\\nbreak \\\"q\\\""), "\"line\\nbreak \\\"", "escapes stay");     /* cut at the quote by this test */
}

static void amounts(void)
{
	static const struct { const char *chain, *ccy, *value, *want, *what; } t[] = {
		{ "money", "EUR", "1234.5", "\"1234.50\"", "fewer decimals are filled up" },
		{ "money", "EUR", "1,234.50", "!money_syntax", "plain money has no thousands" },
		{ "money", "JPY", "640000.0", "\"640000\"", "zeros beyond the currency's digits are dropped" },
		{ "money", "JPY", "640000.5", "!money_digits", "others are refused" },
		{ "money us", "EUR", "1,234.50", "\"1234.50\"", "us" },
		{ "money us", "EUR", "12,34.50", "!money_syntax", "thousands in threes" },
		{ "money us", "EUR", "1,2345.50", "!money_syntax", "no four after a comma" },
		{ "money us", "EUR", "1,234,567", "\"1234567.00\"", "no decimals" },
		{ "money us", "EUR", ".50", "\"0.50\"", "no digit before the point" },
		{ "money us", "EUR", "$1,234.50", "\"1234.50\"", "a sign" },
		{ "money us", "EUR", "USD 1,315.00", "\"1315.00\"", "a code" },
		{ "money us", "EUR", "1'234.56", "\"1234.56\"", "an apostrophe" },
		{ "money us", "KWD", "1,234.567", "\"1234.567\"", "three digits" },
		{ "money us", "EUR", "1,204.565", "!money_digits", "three where two belong" },
		{ "money us", "EUR", "12a", "!money_syntax", "a letter" },
		{ "money us", "EUR", "--1", "!money_syntax", "two signs" },
		{ "money us", "EUR", "1.", "!money_syntax", "nothing behind the point" },
		{ "money us", "EUR", "(300.00)", "!money_sign", "parentheses are below zero" },
		{ "money us | negate", "EUR", "(300.00)", "\"300.00\"", "negate" },
		{ "money us | abs", "EUR", "300.00-", "\"300.00\"", "abs; a minus behind" },
		{ "money us | abs", "EUR", "1,234.56 CR", "\"1234.56\"", "CR" },
		{ "money us | negate if B is y", "EUR", "5.00", "\"5.00\"", "negate if: no" },
		{ "money us | negate if B is x", "EUR", "-5.00", "\"5.00\"", "negate if: yes" },
		{ "money eu", "EUR", "1.234,50", "\"1234.50\"", "eu" },
		{ "money eu", "EUR", "1 234,56", "\"1234.56\"", "eu with blanks" },
		{ "money eu", "EUR", "1.5", "!money_syntax", "a point is no decimal there" },
		{ "money us", "EUR", "+1,234.50", "\"1234.50\"", "a plus sign" },
		{ "money us", "EUR", "$+1,000", "\"1000.00\"", "one behind the currency's sign" },
		{ "money eu | abs", "EUR", "\xE2\x88\x92" "45,00", "\"45.00\"", "the typographer's minus sign" },
		{ "money eu", "EUR", "\xE2\x88\x92" "45,00", "!money_sign", "which is one" },
		{ "money eu", "EUR", "45,00+", "\"45.00\"", "a plus behind" },
		{ "money eu", "EUR", "+-45,00", "!money_syntax", "two signs of different kinds" },
		{ "money us | abs", "EUR", "($42)", "\"42.00\"", "parentheses around a currency's sign" },
		{ "money eu | abs", "EUR", "-1.089,90 EUR", "\"1089.90\"", "a code behind" },
		{ "money us", "EUR", "  ", "", "blank is empty, not zero" },
		{ "minor", "EUR", "10000", "\"100.00\"", "the smallest unit" },
		{ "minor", "JPY", "10000", "\"10000\"", "of a currency without one" },
		{ "minor", "KWD", "1", "\"0.001\"", "of a thousandth" },
		{ "minor | abs", "EUR", "-5", "\"0.05\"", "with a sign" },
		{ "minor", "EUR", "1.00", "!money_syntax", "the smallest unit has no point" },
		{ "minor", "EUR", "1000000000000000", "!money_syntax", "nor is it without end" },
		{ "money us", "EUR", "9999999999999999", "!money_large", "too large" },
		{ "money xx", "EUR", "1", "?map_transform", "an unknown way of writing" },
	};

	for (unsigned i = 0; i < sizeof t / sizeof *t; i++)
		is_str(amount(t[i].chain, t[i].ccy, t[i].value), t[i].want, t[i].what);
	is_str(amount("money", "", "1.00"), "!money_without_currency", "an amount without a currency");
	is_str(amount("money", "EURO", "1.00"), "!currency_unknown", "a currency that is none");
}

static void kinds(void)
{
	static const struct { const char *line, *field, *value, *want, *what; } t[] = {
		{ "valid_from = A | date m/d/yyyy", "valid_from", "1/5/2026", "\"2026-01-05\"", "date" },
		{ "valid_from = A | date m/d/yyyy", "valid_from", "13/45/2026", "!date_syntax", "no such date" },
		{ "valid_from = A | date dd.mm.yyyy, iso", "valid_from", "2026-01-05", "\"2026-01-05\"", "date, second format" },
		{ "valid_from = A | date iso", "valid_from", "2011-01-01T00:00:00.000-08:00", "\"2011-01-01\"", "the day as written" },
		{ "valid_from = A", "valid_from", "2026-02-29", "!date_syntax", "implied date is strict" },
		{ "valid_from = A | date q", "valid_from", "1", "?map_transform", "an unknown format" },
		{ "created = A | datetime \"m/d/yyyy h:mm am\"", "created", "1/6/2026 12:30 am", "\"2026-01-05T23:30:00Z\"",
		  "moment; 12 am is midnight; offset +01:00" },
		{ "created = A | datetime \"m/d/yyyy h:mm am\"", "created", "1/6/2026 12:30 PM", "\"2026-01-06T11:30:00Z\"", "12 pm is noon" },
		{ "created = A | datetime \"m/d/yyyy h:mm am\"", "created", "1/6/2026 13:30 pm", "!time_syntax", "no 13 pm" },
		{ "created = A | datetime \"dd.mm.yyyy hh:mm:ss\"", "created", "06.01.2026 13:30:09", "\"2026-01-06T12:30:09Z\"", "24 hours" },
		{ "created = A | datetime iso", "created", "2025-09-01T09:36:03-07:00", "\"2025-09-01T16:36:03Z\"", "offset of its own" },
		{ "created = A | datetime iso", "created", "2025-09-01 09:36:03.5", "\"2025-09-01T08:36:03Z\"", "none of its own" },
		{ "credit_hold = A | bool", "credit_hold", "T", "true", "bool" },
		{ "credit_hold = A | bool", "credit_hold", "No", "false", "bool no" },
		{ "credit_hold = A | bool", "credit_hold", "maybe", "!bool_syntax", "neither" },
		{ "currency = A | currency", "currency", "978", "\"EUR\"", "currency by number" },
		{ "address = A | split lines", "address", "Am Kai 7\\n\\n 20457 Hamburg", "[\"Am Kai 7\",\"20457 Hamburg\"]", "split lines" },
		{ "address = A | split \"; \"", "address", "a; b;c", "[\"a\",\"b;c\"]", "split at a text" },
		{ "aliases = A as k, B, A | list", "aliases", "v", "[\"k=v\",\"b\"]", "list, label, equal ones once" },
		{ "aliases = A as k, B | list | drop v", "aliases", "v", "[\"b\"]", "drop of a labelled element" },
		{ "email = column \"Long, Name\"", "email", "", "\"ln\"", "a column that needs quotes" },
		{ "x_own = A | upper", "x_own", "v", "\"V\"", "an x_ field of one's own" },
		{ "x_* = *", "x_long_name", "v", "\"ln\"", "every other column" },
		{ "x_* = * but Long*", "x_long_name", "v", "", "but those left out" },
		{ "nothing = A", "nothing", "v", "?map_field", "an unknown field" },
		{ "email = A | fold", "email", "v", "?map_transform", "an unknown transform" },
		{ "email = A | money | upper", "email", "v", "?map_transform", "text transform behind an amount" },
		{ "email = A | trim | list", "email", "v", "?map_transform", "list must come first" },
		{ "email = .column", "email", "v", "?map_syntax", "a word of another kind of section" },
		{ "when = A starts v, w", "name", "vx", "\"n\"", "when starts" },
		{ "when = A starts not v", "name", "vx", "(none)", "when starts not" },
		{ "when = A empty", "name", "v", "(none)", "when empty" },
		{ "when = A zero", "name", "0.00", "\"n\"", "when zero" },
		{ "when = A negative", "name", "\xE2\x88\x92" "1,00", "\"n\"", "when negative, by the typographer's sign" },
		{ "when = A negative", "name", "(1.00)", "\"n\"", "when negative" },
		{ "when = A not negative", "name", "-0.00", "\"n\"", "minus zero is not negative" },
	};

	for (unsigned i = 0; i < sizeof t / sizeof *t; i++)
		is_str(kind(t[i].line, t[i].field, t[i].value), t[i].want, t[i].what);
}

static void documents(void)
{
	static const struct col c[] = { { "C", "EUR" }, { "D", "2026-01-20" }, { "A", "1,000.00" }, { "R", "400.00" }, { "T", "2% 10 Net 30" },
		{ "E", "" }, { "S", "0.05" }, { "U", "USD" }, { NULL, NULL } };

	is_str(field_of("invoice", INVOICE "due = E | terms T", "due", c), "\"2026-02-19\"", "terms where the date is empty");
	is_str(field_of("invoice", INVOICE "due = D | date iso | terms T", "due", c), "\"2026-01-20\"", "not where it is given");
	is_str(field_of("invoice", INVOICE "discount_date = T | discount_date", "discount_date", c), "\"2026-01-30\"", "discount_date");
	is_str(field_of("invoice", INVOICE "discount_amount = T | discount_amount", "discount_amount", c), "\"20.00\"", "discount_amount");
	is_str(field_of("invoice", INVOICE "status = R | settled_of A", "status", c), "\"partial\"", "settled_of");
	is_str(field_of("invoice", INVOICE "status = A | settled_of A", "status", c), "\"open\"", "settled_of, nothing paid");
	is_str(field_of("invoice", INVOICE "tax = R, E, S | sum", "tax", c), "\"400.05\"", "sum of what is filled");
	is_str(field_of("invoice", INVOICE "tax = R, A | sum", "tax", c), "!money_syntax", "sum of what is no plain decimal");
	is_str(field_of("invoice", INVOICE "tax = R | in C | money", "tax", c), "\"400.00\"", "in: the currency of the field");
	is_str(field_of("invoice", INVOICE "tax = R | in E | money", "tax", c), "\"400.00\"", "in: none is said");
	is_str(field_of("invoice", INVOICE "tax = R | in U | money", "tax", c), "", "in: another currency");
	is_str(field_of("invoice", INVOICE "tax = A | money | if U is EUR", "tax", c), "", "if that does not hold: the value is not looked at");
	is_str(field_of("invoice", INVOICE "memo = R | if E, U is USD", "memo", c), "\"400.00\"", "a condition on the first that is filled");
	is_str(field_of("invoice", INVOICE "memo = R | if E, U is not USD | default x", "memo", c), "\"x\"", "default behind an if");
	is_str(field_of("bank_line", "id = \"7\" | id b\naccount = \"a\"\ncurrency = C\namount = R\nvalue = U", "warnings", c),
	       "[\"value: not a date written as yyyy-mm-dd\"]", "a warning in place of a field that the record can do without");
	is_str(field_of("bank_line", "id = \"7\" | id b\naccount = \"a\"\ncurrency = C\namount = U", "warnings", c), "!money_syntax",
	       "not of one that it needs");
	is_str(field_of("invoice", INVOICE "rate = A | rate", "rate", c), "\"1000.00\"", "rate keeps its decimals");
	is_str(field_of("invoice", INVOICE "delivered = D, E | later", "delivered", c), "\"2026-01-20\"", "later");
	is_str(field_of("invoice", INVOICE "instalment = D | before - | int", "instalment", c), "2026", "int");
	is_str(field_of("invoice", "id = \"7\" | id i\nsubtype = \"invoice\"\ncustomer = \"c\"\ndue = E | terms T", "due", c), "?map_transform",
	       "terms need issued before");
	is_str(field_of("invoice", "id = \"7\" | id i\nsubtype = \"invoice\"", "due", c), "?map_missing", "a field that the type requires");
	is_str(field_of("invoice", "id = \"7\" | id i\nsubtype = \"invoice\"\ncustomer = \"c\"\namount = A", "amount", c), "?map_missing",
	       "money without its currency");
}

int main(void)
{
	ar_schema_init();
	texts();
	amounts();
	kinds();
	documents();
	ar_arena_release(&mem);
	return done_testing();
}
