/* SPDX-License-Identifier: GPL-3.0-or-later */
/* fuzz_map.c - any bytes as a map; one that is read is described and applied to a row. */
#include "config.h"

#include "map/apply.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void put(struct ar_apply_sink *s, const struct ar_rec *r)
{
	struct ar_buf b = AR_BUF_INIT;

	ar_rec_put(r, &b);
	ar_assert(b.n > 0);
	ar_buf_release(&b);
}

static void reject(struct ar_apply_sink *s, const struct ar_err *e, struct ar_str line, struct ar_str src)
{
	ar_assert(e->code && e->text[0]);
}

static void finding(struct ar_apply_sink *s, const char *code, const char *severity, struct ar_str about, const char *message)
{
	ar_assert(code && message);
}

/* A row whose columns are those of the map. */
static void row(const struct ar_map *m, struct ar_arena *mem, struct ar_rec *raw)
{
	static const char *const value[] = { "1", "2026-01-05", "EUR", "1,234.50", "a/b", "" };

	ar_rec_start(raw, AR_T_raw);
	ar_set_text(raw, AR_F_map, AR_STR("m"));
	ar_set_i(raw, AR_F_row, 1);
	ar_set_text(raw, AR_F_src, AR_STR("x:1"));
	for (uint32_t i = 0; i < m->ncol && i < 64; i++)
		if (m->col[i].raw.n)
			ar_x_add_raw(raw, m->col[i].raw, ar_str(value[i % 6]));
}

static void apply(const struct ar_map *m, struct ar_arena *mem)
{
	struct ar_shared shared = { 0 };
	struct ar_apply_sink sink = { put, reject, finding };
	struct ar_xrun run = { .map = m, .entity = AR_STR("e"), .system = m->system, .terms = &shared.terms, .as_of = 20000,
		.extract = AR_STR("e/s:x:x"), .export = AR_STR("x"), .base = 0 };
	struct ar_apply *ap = ar_apply_new(m, &run, &shared, &sink);
	struct ar_rec raw, extract;

	ar_rec_init(&raw, mem);
	ar_rec_init(&extract, mem);
	ar_rec_start(&extract, AR_T_extract);
	for (int i = 0; i < 2; i++) {
		row(m, mem, &raw);
		ar_apply_row(ap, &raw);
	}
	ar_apply_end(ap, &extract);
	ar_apply_free(ap);
	ar_shared_release(&shared);
	ar_rec_release(&raw);
	ar_rec_release(&extract);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_buf b = AR_BUF_INIT;
	struct ar_err e = { 0 };
	struct ar_conf conf;
	struct ar_map *m;

	if (ar_conf_parse(&conf, &mem, "fuzz.map", (const char *)data, n, &e) == 0) {
		m = ar_map_read(&mem, &conf, &e);
		if (m) {
			ar_map_describe(m, &b);
			apply(m, &mem);
		} else {
			ar_assert(e.exit == AR_USAGE && e.code && e.text[0]);
		}
	}
	ar_buf_release(&b);
	ar_arena_release(&mem);
	return 0;
}
