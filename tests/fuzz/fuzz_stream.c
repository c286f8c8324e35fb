/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * fuzz_stream.c - any bytes as a file of sealed streams. A checksum that is there is made to fit first, or nothing would ever be
 * read behind it. What was read to a true end and sealed again must be readable with the same count of records.
 */
#include "config.h"

#include "rec/stream.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static int in_fd = -1, out_fd = -1;
static char in_path[64], out_path[64];

static int scratch(char path[64])
{
	char name[] = "/tmp/ar-fuzz-XXXXXX";
	int fd = mkostemp(name, O_CLOEXEC);

	ar_assert(fd >= 0 && unlink(name) == 0);
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static void put_file(int fd, const char *p, size_t n)
{
	ar_assert(ftruncate(fd, 0) == 0 && pwrite(fd, p, n, 0) == (ssize_t)n);
}

static void mend(struct ar_buf *b)
{
	static const char mark[] = ",\"checksum\":\"";
	struct ar_str all = ar_buf_slice(b);
	const char *at = ar_str_find(all, AR_STR(mark));
	struct ar_sum *sum = ar_sum_new();
	char hex[33];

	if (at && (size_t)(all.p + all.n - at) >= sizeof mark - 1 + 32) {
		ar_sum_add(sum, b->p, (size_t)(at - b->p));
		ar_sum_hex(sum, hex);
		memcpy(b->p + (at - b->p) + sizeof mark - 1, hex, 32);
	}
	ar_sum_free(sum);
}

/* -1: refused; else the count of good records, which are sealed into out_fd */
static int64_t pass(const char *path, unsigned flags, bool seal)
{
	const char *const paths[] = { path };
	struct ar_prov prov = { 0 };
	struct ar_reader *rd = ar_reader_new(paths, 1, flags, &prov);
	struct ar_writer w;
	struct ar_out out;
	struct ar_rec *r;
	struct ar_err e;
	int64_t good = 0;
	int rc;

	ar_err_clear(&e);
	if (seal)
		ar_assert(ftruncate(out_fd, 0) == 0 && lseek(out_fd, 0, SEEK_SET) == 0);
	ar_out_fd(&out, out_fd);
	ar_writer_init(&w, &out, "fuzz");
	w.prov = &prov;
	while ((rc = ar_reader_next(rd, &r, &e)) > 0) {
		if (rc != 1)
			continue;
		good++;
		if (seal)
			ar_write(&w, r);
	}
	ar_assert(rc == 0 || (e.exit != AR_OK && e.code && e.text[0]));
	if (rc == 0 && seal)
		ar_assert(ar_writer_end(&w, NULL, 0, &e) == 0);
	ar_reader_free(rd);
	ar_writer_release(&w);
	ar_out_abort(&out);
	ar_prov_release(&prov);
	return rc < 0 ? -1 : good;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const unsigned ways[] = { AR_READ_EMPTY, AR_READ_LOOSE, AR_READ_NEW | AR_READ_EMPTY, AR_READ_FRAGMENT };
	struct ar_buf b = AR_BUF_INIT;

	if (n > 1 << 16)
		return 0;
	if (in_fd < 0) {
		in_fd = scratch(in_path);
		out_fd = scratch(out_path);
	}
	ar_buf_put(&b, (const char *)data, n);
	mend(&b);
	put_file(in_fd, b.p ? b.p : "", b.n);
	for (int i = 0; i < 4; i++) {
		int64_t good = pass(in_path, ways[i], true);

		if (good >= 0)
			ar_assert(pass(out_path, AR_READ_EMPTY, false) == good);
	}
	ar_buf_release(&b);
	return 0;
}
