/* SPDX-License-Identifier: GPL-3.0-or-later */
/* out.h: a file appears whole or not at all; what could not be written is told. */
#include "config.h"

#include "base/out.h"
#include "base/arena.h"
#include "tap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char dir[] = "/tmp/ar-out-XXXXXX";
static char path[64];

static int files(void)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int n = 0;

	while ((e = readdir(d)))
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static char *content(void)
{
	static char buf[100];
	FILE *f = fopen(path, "rb");
	size_t n = f ? fread(buf, 1, sizeof buf - 1, f) : 0;

	if (!f)
		return NULL;
	fclose(f);
	buf[n] = '\0';
	return buf;
}

static void test_commit(void)
{
	struct ar_err e = { 0 };
	struct stat st;
	struct ar_out o;

	is_int(ar_out_create(&o, path, &e), 0, "a file is begun");
	ar_out_puts(&o, "one");
	ok(!content(), "nothing stands there before it is done");
	is_int(ar_out_flush(&o, &e), 0, "flushed");
	ok(!content(), "not even then");
	is_int(ar_out_commit(&o, &e), 0, "done");
	ar_out_abort(&o);
	is_str(content(), "one", "now it stands there");
	ok(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600, "readable by its owner only");
	is_int(ar_out_create(&o, path, &e), 0, "it is made anew");
	ar_out_puts(&o, "two");
	ar_out_abort(&o);
	is_str(content(), "one", "given up: the old one stays");
	is_int(files(), 1, "and nothing lies beside it");
	is_int(ar_out_create(&o, path, &e), 0, "once more");
	ar_out_puts(&o, "three");
	ar_out_commit(&o, &e);
	ar_out_abort(&o);
	is_str(content(), "three", "replaced");
	is_int(ar_out_create(&o, "/nonexistent/x", &e), -1, "a folder that is not there");
	is_int(e.exit, AR_SYSTEM, "is a failure of the system");
	ar_out_abort(&o);
}

static void test_spill(void)
{
	struct ar_err e = { 0 };
	struct ar_out o;
	struct stat st;
	char *big = ar_calloc(1, 1 << 20);

	ar_out_create(&o, path, &e);
	for (int i = 0; i < 7; i++)
		ar_out_put(&o, big, 99999);
	ar_out_put(&o, big, 1 << 20);
	ar_out_puts(&o, "x");
	is_int(ar_out_commit(&o, &e), 0, "many pieces and one larger than the buffer");
	ar_out_abort(&o);
	ok(stat(path, &st) == 0 && st.st_size == 7 * 99999 + (1 << 20) + 1, "have arrived");
	free(big);
}

static void test_same(void)
{
	struct ar_err e = { 0 };
	struct stat a, b;

	is_int(ar_out_file(path, "same", 4, &e), 0, "a whole file at once");
	stat(path, &a);
	is_int(ar_out_file(path, "same", 4, &e), 0, "again with the same content");
	stat(path, &b);
	ok(a.st_ino == b.st_ino && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec, "was not touched");
	is_int(ar_out_file(path, "sama", 4, &e), 0, "with other content");
	is_str(content(), "sama", "was replaced");
	is_int(files(), 1, "nothing lies beside it");
}

static void test_full(void)
{
	struct ar_err e = { 0 };
	int fd = open("/dev/full", O_WRONLY);
	struct ar_out o;

	if (fd < 0)
		return;
	ar_out_fd(&o, fd);
	ar_out_puts(&o, "lost");
	is_int(ar_out_flush(&o, &e), -1, "a full device");
	ok(e.exit == AR_SYSTEM && strstr(e.text, strerror(ENOSPC)), "is told with its cause");
	ar_out_puts(&o, "more");
	is_int(ar_out_flush(&o, &e), -1, "and stays failed");
	ar_out_abort(&o);
	close(fd);
}

/* A run by root with --rejects=/dev/null must leave a device behind. Here a pipe stands for it. */
static void test_special(void)
{
	struct ar_err e = { 0 };
	struct stat st;
	struct ar_out o;
	char got[8] = "";
	int fd;

	unlink(path);
	ok(mkfifo(path, 0600) == 0, "a named pipe");
	fd = open(path, O_RDONLY | O_NONBLOCK);
	is_int(ar_out_create(&o, path, &e), 0, "is opened");
	ar_out_puts(&o, "through");
	is_int(ar_out_commit(&o, &e), 0, "and written to");
	ar_out_abort(&o);
	ok(read(fd, got, sizeof got) == 7 && memcmp(got, "through", 7) == 0, "what is written goes through it");
	ok(stat(path, &st) == 0 && S_ISFIFO(st.st_mode), "it stays what it is");
	is_int(files(), 1, "nothing lies beside it");
	close(fd);
	unlink(path);
	is_int(ar_out_create(&o, dir, &e), -1, "a folder cannot be written to");
	ar_out_abort(&o);
	is_int(ar_out_file(path, "x", 1, &e), 0, "a file again");
}

static void test_mkdirs(void)
{
	struct ar_err e = { 0 };
	char deep[100];
	struct stat st;

	snprintf(deep, sizeof deep, "%s/a/b/c", dir);
	is_int(ar_mkdirs(deep, &e), 0, "folders in folders");
	ok(stat(deep, &st) == 0 && S_ISDIR(st.st_mode) && (st.st_mode & 0777) == 0700, "made, private");
	is_int(ar_mkdirs(deep, &e), 0, "there already");
	is_int(ar_mkdirs(path, &e), -1, "a file in the way");
	for (int i = 0; i < 3; i++) {
		rmdir(deep);
		deep[strlen(deep) - 2] = '\0';
	}
}

int main(void)
{
	if (!mkdtemp(dir))
		return 1;
	umask(077);
	snprintf(path, sizeof path, "%s/file", dir);
	test_commit();
	test_spill();
	test_same();
	test_full();
	test_special();
	test_mkdirs();
	unlink(path);
	rmdir(dir);
	return done_testing();
}
