/* SPDX-License-Identifier: GPL-3.0-or-later */
/* stream.h: every prefix of a sealed stream and every flipped bit is refused; provenance, facts, flags. */
#include "config.h"

#include "rec/scan.h"
#include "rec/stream.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>

static char path[] = "/tmp/ar-stream-XXXXXX";

static void write_file(const char *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	ar_assert(f && fwrite(p, 1, n, f) == n && fclose(f) == 0);
}

/* 0: read to a true end; else the exit status */
static int read_file(unsigned flags, uint64_t *records, struct ar_err *e)
{
	const char *const paths[] = { path };
	struct ar_prov prov = { 0 };
	struct ar_reader *rd = ar_reader_new(paths, 1, flags, &prov);
	struct ar_rec *r;
	int rc;

	ar_err_clear(e);
	while ((rc = ar_reader_next(rd, &r, e)) > 0)
		;
	if (records)
		*records = ar_reader_count(rd);
	ar_reader_free(rd);
	ar_prov_release(&prov);
	return rc < 0 ? (int)e->exit : 0;
}

/* A stream of n payments into b. */
static void make(struct ar_buf *b, int n, const struct ar_prov *prov)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_err e = { 0 };
	struct ar_writer w;
	struct ar_out out;
	struct ar_rec r;
	size_t size;
	char *p;

	ar_assert(ar_out_create(&out, path, &e) == 0);
	ar_writer_init(&w, &out, "test");
	w.prov = prov;
	w.as_of = 20000;
	w.known_at = 1700000000;
	ar_rec_init(&r, &mem);
	for (int i = 0; i < n; i++) {
		ar_rec_start(&r, AR_T_payment);
		ar_set_fmt(&r, AR_F_id, "p%d", i);
		ar_set_text(&r, AR_F_entity, AR_STR("E"));
		ar_set_text(&r, AR_F_system, AR_STR("s"));
		ar_set_i(&r, AR_F_date, 20000 + i);
		ar_set_i(&r, AR_F_currency, ar_ccy_find(i & 1 ? AR_STR("JPY") : AR_STR("EUR")));
		ar_set_i(&r, AR_F_amount, 12345 + i);
		ar_write(&w, &r);
	}
	ar_assert(ar_writer_end(&w, (struct ar_str[]){ AR_STR("collapsed=2") }, 1, &e) == 0 && ar_out_commit(&out, &e) == 0);
	ar_out_abort(&out);
	ar_writer_release(&w);
	ar_rec_release(&r);
	ar_arena_release(&mem);
	p = ar_in_slurp(path, 1 << 20, &size, &e);
	ar_buf_put(b, p, size);
	free(p);
}

static void test_prefixes(const struct ar_buf *b)
{
	struct ar_err e = { 0 };
	int taken = 0, other = 0;

	for (size_t n = 0; n < b->n; n++) {
		write_file(b->p, n);
		for (unsigned flags = 0; flags <= AR_READ_EMPTY; flags += AR_READ_EMPTY) {
			int rc = read_file(flags, NULL, &e);

			taken += rc == 0;
			other += rc != AR_DAMAGED;
		}
	}
	is_int(taken, 0, "no prefix of a sealed stream is taken for a whole one");
	is_int(other, 0, "each is damaged input");
}

static void test_bits(struct ar_buf *b)
{
	struct ar_err e = { 0 };
	int taken = 0, other = 0;

	for (size_t bit = 0; bit < 8 * b->n; bit++) {
		int rc;

		b->p[bit / 8] ^= (char)(1 << bit % 8);
		write_file(b->p, b->n);
		rc = read_file(0, NULL, &e);
		if (rc == 0)
			printf("# bit %zu\n", bit);
		taken += rc == 0;
		other += rc != AR_DAMAGED;
		b->p[bit / 8] ^= (char)(1 << bit % 8);
	}
	is_int(taken, 0, "no flipped bit of a sealed stream goes unnoticed");
	is_int(other, 0, "each is damaged input");
}

static void test_several(const struct ar_buf *b)
{
	struct ar_buf two = AR_BUF_INIT;
	struct ar_err e = { 0 };
	uint64_t n;

	ar_buf_put(&two, b->p, b->n);
	ar_buf_put(&two, b->p, b->n);
	write_file(two.p, two.n);
	is_int(read_file(0, &n, &e), 0, "two streams behind each other");
	is_int((int64_t)n, 8, "with the records of both");
	write_file(two.p, two.n - 1);
	is_int(read_file(0, &n, &e), AR_DAMAGED, "the second one cut");
	write_file(two.p, b->n + 1);
	is_int(read_file(0, &n, &e), AR_DAMAGED, "a byte behind the end");
	write_file(strchr(b->p, '\n') + 1, b->n - (size_t)(strchr(b->p, '\n') + 1 - b->p));
	is_int(read_file(0, &n, &e), AR_DAMAGED, "without its head");
	ar_buf_release(&two);
}

static void test_flags(void)
{
	static const char line[] = "{\"type\":\"finding\",\"code\":\"c\",\"severity\":\"info\",\"message\":\"m\"}\n";
	struct ar_buf b = AR_BUF_INIT;
	struct ar_err e = { 0 };
	uint64_t n;

	write_file("", 0);
	is_int(read_file(AR_READ_FRAGMENT, &n, &e), 0, "an empty fragment is valid");
	write_file(line, sizeof line - 1);
	is_int(read_file(AR_READ_FRAGMENT, &n, &e), 0, "a fragment has records only");
	is_int((int64_t)n, 1, "one here");
	is_int(read_file(AR_READ_NEW, &n, &e), 0, "records made elsewhere");
	is_int(read_file(0, &n, &e), AR_DAMAGED, "are no stream");
	is_int(read_file(AR_READ_LOOSE, &n, &e), AR_DAMAGED, "to be sealed again there must have been an end");
	make(&b, 0, NULL);
	is_int(read_file(0, &n, &e), AR_DAMAGED, "a sealed stream without records");
	is_str(e.code, "no_records", "is an error");
	is_int(read_file(AR_READ_EMPTY, &n, &e), 0, "unless allowed");
	is_int(read_file(AR_READ_FRAGMENT, &n, &e), AR_DAMAGED, "a fragment has no envelope");
	ar_buf_release(&b);
}

static void test_facts(void)
{
	static const char sha[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
	struct ar_prov from = { 0 }, prov = { 0 };
	const char *const paths[] = { path };
	struct ar_buf b = AR_BUF_INIT;
	struct ar_err e = { 0 };
	struct ar_reader *rd;
	struct ar_rec *r;

	ok(ar_prov_input(&from, AR_STR("a b.csv"), 3, sha, &e), "an input");
	ok(ar_prov_input(&from, AR_STR("a b.csv"), 3, sha, &e), "the same again");
	ok(!ar_prov_input(&from, AR_STR("a b.csv"), 4, sha, &e) && e.exit == AR_USAGE, "another of its name is refused");
	make(&b, 4, &from);
	rd = ar_reader_new(paths, 1, 0, &prov);
	is_int(ar_reader_next(rd, &r, &e), 1, "the first record");
	is_int(ar_minor(r, AR_F_amount), 12345, "its amount");
	is_int(ar_reader_facts(rd)->as_of, 20000, "the date is known from the head");
	while (ar_reader_next(rd, &r, &e) > 0)
		;
	is_int(ar_reader_facts(rd)->known_at, 1700000000, "and the moment");
	is_int((int64_t)ar_reader_facts(rd)->ended_records, 4, "records of the end");
	is_int((int64_t)ar_reader_facts(rd)->note_sum[0], 2, "its notes");
	is_int(prov.input.n, 1, "its inputs");
	ok(prov.input.n == 1 && ar_streqz(prov.name.key[0], "a b.csv"), "by name");
	ok(prov.stage.n == 1 && ar_str_starts(prov.stage.key[0], "test "), "its stages");
	ar_reader_free(rd);
	ar_prov_release(&from);
	ar_prov_release(&prov);
	ar_buf_release(&b);
}

/* Counts and totals are checked on their own, even if somebody wrote a fitting checksum. */
static void test_totals(const struct ar_buf *b)
{
	static const char *const lies[] = { "\"records\":5", "[\"payment=5\"]", "payment.amount.EUR=246.93" };
	static const char *const truth[] = { "\"records\":4", "[\"payment=4\"]", "payment.amount.EUR=246.92" };
	struct ar_err e = { 0 };

	for (int i = 0; i < 3; i++) {
		struct ar_str all = ar_buf_slice(b);
		const char *at = ar_str_find(all, ar_str(truth[i])), *end;
		struct ar_buf c = AR_BUF_INIT;
		struct ar_sum *sum = ar_sum_new();
		char hex[33];

		ar_assert(at);
		ar_buf_put(&c, all.p, (size_t)(at - all.p));
		ar_buf_puts(&c, lies[i]);
		ar_buf_put(&c, at + strlen(truth[i]), all.n - (size_t)(at - all.p) - strlen(truth[i]));
		end = ar_str_find(ar_buf_slice(&c), AR_STR(",\"checksum\""));
		ar_sum_add(sum, c.p, (size_t)(end - c.p));
		ar_sum_hex(sum, hex);
		c.n = (size_t)(end - c.p);
		ar_buf_fmt(&c, ",\"checksum\":\"%s\"}\n", hex);
		write_file(c.p, c.n);
		ok(read_file(0, NULL, &e) == AR_DAMAGED && strcmp(e.code, i ? "control_totals" : "record_count") == 0,
		   "a wrong %s is noticed in spite of its checksum", truth[i]);
		ar_sum_free(sum);
		ar_buf_release(&c);
	}
}

int main(void)
{
	struct ar_buf b = AR_BUF_INIT;
	int fd = mkstemp(path);

	ar_assert(fd >= 0);
	close(fd);
	make(&b, 4, NULL);
	ar_buf_z(&b);
	test_totals(&b);
	test_several(&b);
	test_prefixes(&b);
	test_bits(&b);
	ar_scan_force(true);
	test_bits(&b);
	ar_scan_force(false);
	test_flags();
	test_facts();
	unlink(path);
	ar_buf_release(&b);
	return done_testing();
}
