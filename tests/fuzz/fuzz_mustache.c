/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_mustache.c - any bytes as a template, with a partial behind the first NUL. Every way of escaping is tried
 * on a small tree of values; what is rendered twice must come out the same.
 */
#include "config.h"

#include "map/mustache.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int lookup(void *ctx, struct ar_str name, struct ar_str *text, struct ar_err *e)
{
	*text = *(struct ar_str *)ctx;
	return name.n == 1;
}

static struct ar_mv *values(struct ar_arena *a, struct ar_str text)
{
	struct ar_mv *root = ar_mv_map(a), *list = ar_mv_list(a), *in = ar_mv_map(a);

	ar_mv_set(root, AR_STR("t"), ar_mv_text(a, text));
	ar_mv_set_text(in, "t", AR_STR("<&>\"'\n,;"));
	ar_mv_set(in, AR_STR("n"), ar_mv_null(a));
	ar_mv_set(in, AR_STR("y"), ar_mv_bool(a, true));
	ar_mv_set(root, AR_STR("m"), in);
	ar_mv_push(list, in);
	ar_mv_push(list, ar_mv_text(a, AR_STR("x\ny")));
	ar_mv_set(root, AR_STR("l"), list);
	return root;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ar_arena a = AR_ARENA_INIT;
	struct ar_str text = { (const char *)data, n }, main_text, partial = ar_str_cut(text, '\0', &main_text);
	struct ar_buf one = AR_BUF_INIT, two = AR_BUF_INIT;
	struct ar_mustache *t;
	struct ar_err e;

	ar_err_clear(&e);
	t = ar_mustache_compile(&a, "fuzz", main_text, lookup, &partial, &e);
	if (!t)
		ar_assert(e.code && e.text[0] && e.exit == AR_USAGE);
	for (int esc = AR_ESC_HTML; t && esc <= AR_ESC_NONE; esc++) {
		struct ar_mv *v = values(&a, text);
		int r;

		one.n = two.n = 0;
		ar_err_clear(&e);
		r = ar_mustache_render(t, v, (enum ar_esc)esc, n & 1, &one, &e);
		ar_assert(r == 0 || (e.code && one.n == 0));
		if (r && strcmp(e.code, "template_limit") == 0)
			break;                          /* it took long enough */
		ar_assert(ar_mustache_render(t, v, (enum ar_esc)esc, n & 1, &two, &e) == r);
		ar_assert(one.n == two.n && (!one.n || memcmp(one.p, two.p, one.n) == 0));
	}
	ar_buf_release(&one);
	ar_buf_release(&two);
	ar_arena_release(&a);
	return 0;
}
