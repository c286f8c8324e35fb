/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_lines.c - any bytes as record lines. Both variants of the scan must find the same records and refusals; what is
 * written is canonical, so writing it again changes nothing; every record that is read stands a check.
 */
#include "config.h"

#include "rec/lines.h"
#include "rec/scan.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* Read lines, write the records to out and the reasons of refusals to why. */
static void pass(struct ar_str in, struct ar_buf *out, struct ar_buf *why)
{
	struct ar_lines *l = ar_lines_new_mem(in.p, in.n);
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_err e;
	struct ar_rec r;
	int rc;

	ar_err_clear(&e);
	ar_rec_init(&r, &mem);
	out->n = why->n = 0;
	while ((rc = ar_lines_next(l, &r, &e)) > 0) {
		if (rc == 2) {
			ar_assert(e.code && e.text[0] && e.line == ar_lines_number(l));
			ar_buf_fmt(why, "%llu %s\n", (unsigned long long)e.line, e.code);
			continue;
		}
		ar_assert(ar_rec_check(&r, &e) == 0);
		for (int i = 0; i < ar_types[r.type].n; i++)
			if (ar_types[r.type].field[i].kind == AR_LIST) {
				struct ar_str *s;

				ar_assert(ar_list(&r, (enum ar_f)ar_types[r.type].field[i].f, &s) >= 0);
			}
		ar_rec_put(&r, out);
		if (r.canonical)
			ar_assert(r.len < out->n && memcmp(out->p + out->n - r.len - 1, r.line, r.len) == 0);
	}
	ar_assert(rc == 0 || (e.exit == AR_DAMAGED && e.code));
	ar_lines_free(l);
	ar_rec_release(&r);
	ar_arena_release(&mem);
}

static bool same(const struct ar_buf *a, const struct ar_buf *b)
{
	return ar_streq(ar_buf_slice(a), ar_buf_slice(b));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ar_buf one = AR_BUF_INIT, two = AR_BUF_INIT, why = AR_BUF_INIT, why2 = AR_BUF_INIT;
	struct ar_str in = { (const char *)data, n };

	if (n > 1 << 16)
		return 0;
	ar_scan_force(true);
	pass(in, &two, &why2);
	ar_scan_force(false);
	pass(in, &one, &why);
	ar_assert(same(&one, &two) && same(&why, &why2));
	pass(ar_buf_slice(&one), &two, &why);
	ar_assert(same(&one, &two) && why.n == 0);
	ar_buf_release(&one);
	ar_buf_release(&two);
	ar_buf_release(&why);
	ar_buf_release(&why2);
	return 0;
}
