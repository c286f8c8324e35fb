/* SPDX-License-Identifier: GPL-3.0-or-later */
/* in.h: plain and gzip input; a compressed file that was cut or continued is never taken for a whole one. */
#include "config.h"

#include "base/in.h"
#include "base/arena.h"
#include "base/hash.h"
#include "tap.h"

#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

static char path[] = "/tmp/ar-in-XXXXXX";

static void write_file(const void *p, size_t n)
{
	FILE *f = fopen(path, "wb");

	ar_assert(f && fwrite(p, 1, n, f) == n && fclose(f) == 0);
}

static size_t pack(const char *p, size_t n, unsigned char *out, size_t cap)
{
	z_stream z = { 0 };

	ar_assert(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	z.next_in = (Bytef *)(uintptr_t)p;
	z.avail_in = (uInt)n;
	z.next_out = out;
	z.avail_out = (uInt)cap;
	ar_assert(deflate(&z, Z_FINISH) == Z_STREAM_END);
	n = cap - z.avail_out;
	deflateEnd(&z);
	return n;
}

/* All of it in pieces of `step` bytes: what came, or -1. */
static ssize_t read_all(char *out, size_t cap, size_t step, struct ar_err *e)
{
	struct ar_in *in;
	size_t n = 0;

	ar_err_clear(e);
	in = ar_in_open(path, NULL, false, e);
	if (!in)
		return -1;
	for (;;) {
		ssize_t k = ar_in_read(in, out + n, step < cap - n ? step : cap - n, e);

		if (k <= 0) {
			ar_in_close(in);
			return k < 0 ? -1 : (ssize_t)n;
		}
		n += (size_t)k;
	}
}

static char text[3000], got[8000];

static void test_plain(void)
{
	struct ar_err e = { 0 };
	struct ar_in *in;
	char sha[65];
	uint8_t d[32];

	write_file(text, sizeof text);
	is_int(read_all(got, sizeof got, 7, &e), sizeof text, "a plain file, seven bytes at a time");
	ok(memcmp(got, text, sizeof text) == 0, "has its bytes");
	write_file("", 0);
	is_int(read_all(got, sizeof got, 100, &e), 0, "an empty file");
	write_file("\x1f", 1);
	is_int(read_all(got, sizeof got, 100, &e), 1, "half of the gzip mark is plain text");
	write_file(text, sizeof text);
	in = ar_in_open(path, "name", true, &e);
	is_str(ar_in_name(in), "name", "the name given");
	is_int(ar_in_read(in, got, 10, &e), 10, "ten bytes");
	ar_in_unread(in, got, 10);
	is_int(ar_in_read(in, got, 4, &e), 4, "put back, read again");
	ok(memcmp(got, text, 4) == 0, "the same bytes");
	while (ar_in_read(in, got, sizeof got, &e) > 0)
		;
	ar_sha256(text, sizeof text, d);
	ar_hex(d, 32, sha);
	is_str(ar_in_sha256(in), sha, "its SHA-256");
	is_int((int64_t)ar_in_size(in), sizeof text, "its size");
	ar_in_close(in);
	ok(!ar_in_open("/nonexistent/file", NULL, false, &e) && e.exit == AR_USAGE, "no such file: usage");
	ok(!ar_in_open("/tmp", NULL, false, &e) && strcmp(e.code, "is_directory") == 0, "a folder is no file");
}

static void test_gzip(void)
{
	unsigned char z[8000];
	size_t n = pack(text, sizeof text, z, sizeof z), n2;
	struct ar_err e = { 0 };
	int64_t taken = 0, other = 0;

	for (size_t step = 1; step < 5000; step = step * 5 + 1) {
		write_file(z, n);
		is_int(read_all(got, sizeof got, step, &e), sizeof text, "a gzip file");
		ok(memcmp(got, text, sizeof text) == 0, "inflated");
	}
	for (size_t k = 2; k < n; k++) {        /* shorter ones are plain text */
		write_file(z, k);
		if (read_all(got, sizeof got, 4096, &e) >= 0)
			taken++;
		else if (e.exit != AR_DAMAGED)
			other++;
	}
	is_int(taken, 0, "cut off at any byte it is refused");
	is_int(other, 0, "as damaged");
	taken = 0;
	for (size_t bit = 16; bit < 8 * n; bit += 7) {
		z[bit / 8] ^= (unsigned char)(1 << bit % 8);
		write_file(z, n);
		if (read_all(got, sizeof got, 4096, &e) >= 0 && memcmp(got, text, sizeof text) != 0)
			taken++;
		z[bit / 8] ^= (unsigned char)(1 << bit % 8);
	}
	is_int(taken, 0, "no flipped bit, one in every byte, changes the text unnoticed");
	n2 = n + pack(text, 1000, z + n, sizeof z - n);
	write_file(z, n2);
	is_int(read_all(got, sizeof got, 333, &e), sizeof text + 1000, "two members behind each other");
	ok(memcmp(got + sizeof text, text, 1000) == 0, "both inflated");
	taken = 0;
	for (size_t k = n + 1; k < n2; k++) {
		write_file(z, k);
		taken += read_all(got, sizeof got, 4096, &e) >= 0;
	}
	is_int(taken, 0, "the second cut off at any byte is refused");
	memcpy(z + n, "garbage", 7);
	write_file(z, n + 7);
	is_int(read_all(got, sizeof got, 4096, &e), -1, "bytes behind the end are refused");
	is_str(e.code, "gzip", "with their code");
	n = pack("", 0, z, sizeof z);
	write_file(z, n);
	is_int(read_all(got, sizeof got, 4096, &e), 0, "an empty text, compressed");
}

static void test_bomb(void)
{
	size_t n = 64 << 20, cap = 1 << 20;
	char *zeros = ar_calloc(1, n);
	unsigned char *z = ar_malloc(cap);
	struct ar_err e = { 0 };
	struct ar_in *in;
	ssize_t k;

	write_file(z, pack(zeros, n, z, cap));
	in = ar_in_open(path, NULL, false, &e);
	while ((k = ar_in_read(in, zeros, 1 << 20, &e)) > 0)
		;
	ok(k < 0 && strstr(e.text, "decompression-ratio"), "a compressed file that grows without measure is refused");
	ar_in_close(in);
	free(zeros);
	free(z);
}

static void test_slurp(void)
{
	struct ar_err e = { 0 };
	size_t n;
	char *p;

	write_file("abc", 3);
	p = ar_in_slurp(path, 3, &n, &e);
	ok(p && n == 3 && strcmp(p, "abc") == 0, "a whole small file");
	free(p);
	p = ar_in_slurp(path, 2, &n, &e);
	ok(!p && strcmp(e.code, "too_large") == 0, "larger than allowed");
}

int main(void)
{
	int fd = mkstemp(path);
	uint32_t x = 1;

	ar_assert(fd >= 0);
	close(fd);
	for (size_t i = 0; i < sizeof text; i++) {
		x = x * 1664525 + 1013904223;
		text[i] = "0123456789abcdef\n"[(x >> 16) % 17];
	}
	test_plain();
	test_gzip();
	test_bomb();
	test_slurp();
	unlink(path);
	return done_testing();
}
