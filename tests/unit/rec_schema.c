/* SPDX-License-Identifier: GPL-3.0-or-later */
/* schema.h: the table agrees with itself, and every name in it is found. */
#include "config.h"

#include "rec/schema.h"
#include "rec/json.h"
#include "tap.h"

static void test_find(void)
{
	int types = 0, fields = 0, wrong = 0;
	char pad[64];

	for (int i = 0; i < AR_T_COUNT; i++) {
		const struct ar_type *t = &ar_types[i];

		types++;
		wrong += ar_type_find(ar_str(t->name)) != i;
		for (int k = 0; k < t->n; k++) {
			struct ar_str name = ar_str(ar_field_name[t->field[k].f]);

			fields++;
			memset(pad, 'z', sizeof pad);
			memcpy(pad, name.p, name.n);
			wrong += ar_field_find(t, name) != k || ar_field_find_padded(t, pad, name.n) != k;
			wrong += ar_field_of((enum ar_t)i, t->field[k].f) != &t->field[k];
			wrong += ar_field_find(t, (struct ar_str){ name.p, name.n - 1 }) == k;
		}
	}
	ok(types > 30 && fields > 500, "the table is there");
	is_int(wrong, 0, "every type and every field of it is found, and only by its whole name");
	wrong = 0;
	for (int f = 1; f < AR_F_COUNT; f++)
		wrong += ar_field_by_name(ar_str(ar_field_name[f])) != (enum ar_f)f;
	is_int(wrong, 0, "every field name is found");
	ok(ar_field_by_name(AR_STR("no_such")) == AR_F_NONE && ar_field_by_name(AR_STR("")) == AR_F_NONE, "others are not");
	ok(ar_type_find(AR_STR("")) < 0 && ar_type_find(AR_STR("invoic")) < 0 && ar_type_find(AR_STR("invoices")) < 0
	   && ar_type_find(AR_STR("a_name_longer_than_24_bytes")) < 0, "nor other types");
	ok(ar_field_find(&ar_types[AR_T_invoice], AR_STR("a_name_longer_than_24_bytes")) < 0, "nor long fields");
}

static void test_table(void)
{
	int order = 0, money = 0, codes = 0, last = 0, doc = 0;

	for (int f = 2; f < AR_F_COUNT; f++)
		order += strcmp(ar_field_name[f - 1], ar_field_name[f]) >= 0 || strlen(ar_field_name[f]) > 24;
	is_int(order, 0, "names are sorted, each once, short enough");
	for (int i = 0; i < AR_T_COUNT; i++)
		for (int k = 0; k < ar_types[i].n; k++) {
			const struct ar_field *fd = &ar_types[i].field[k], *c;

			if (fd->kind == AR_MONEY) {
				c = ar_field_of((enum ar_t)i, (enum ar_f)fd->ccy);
				money += !c || c->kind != AR_CCY;
			} else {
				money += fd->ccy != 0;
			}
			codes += (fd->kind == AR_CODE) != (fd->codes != NULL);
			last += fd->f == AR_F_src && k != ar_types[i].n - 1;
			doc += !fd->doc || !fd->doc[0] || fd->doc[strlen(fd->doc) - 1] == '.';
		}
	is_int(money, 0, "every amount names a currency field of its type");
	is_int(codes, 0, "codes stand where codes are");
	is_int(last, 0, "src is the last field");
	is_int(doc, 0, "every field has a line of documentation");
}

static void test_code(void)
{
	const struct ar_field *fd = ar_field_of(AR_T_invoice, AR_F_status);

	ok(ar_code_ok(fd, AR_STR("open")) && ar_code_ok(fd, AR_STR("partial")) && ar_code_ok(fd, AR_STR("draft")),
	   "first, middle and last code");
	ok(!ar_code_ok(fd, AR_STR("ope")) && !ar_code_ok(fd, AR_STR("")) && !ar_code_ok(fd, AR_STR("open,partial"))
	   && !ar_code_ok(fd, AR_STR("Open")), "nothing else");
}

static void test_documents(void)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_buf b = AR_BUF_INIT;
	struct ar_err e = { 0 };
	struct ar_json j;
	enum ar_jev ev;
	int titles = 0;

	ar_schema_json(&b);
	ar_json_init(&j, &mem, b.p, b.n, &e);
	while ((ev = ar_json_next(&j)) > AR_J_END)
		titles += ev == AR_J_KEY && ar_streqz(j.text, "title");
	ok(ev == AR_J_END, "the JSON Schema is JSON");
	is_int(titles, AR_T_COUNT + 1, "with every type");
	b.n = 0;
	ar_schema_mdoc(&b);
	ok(strstr(ar_buf_z(&b), ".Ss aging_total\n") && strstr(b.p, ".It Va open\n"), "the manual has types and fields");
	ar_buf_release(&b);
	ar_arena_release(&mem);
}

int main(void)
{
	ar_schema_init();
	test_find();
	test_table();
	test_code();
	test_documents();
	return done_testing();
}
