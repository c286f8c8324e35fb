/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * replay.c - a main for every fuzz target in the plain build: fuzz_NAME.t feeds each file of tests/fuzz/corpus/NAME, the same file
 * cut in many places, and with bytes changed (always the same ones). A target aborts when it finds something.
 */
#include "config.h"

#include "base/in.h"
#include "base/str.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

enum { MAX = 1 << 20, VARIANTS = 60 };

static void feed(const char *p, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);      /* its own memory, so that a read beyond the end is seen */

	if (!copy)
		abort();
	memcpy(copy, p, n);
	LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void variants(char *p, size_t n)
{
	uint32_t seed = 12345;

	for (int i = 0; n && i < VARIANTS; i++) {
		size_t at;
		char was;

		seed = seed * 1664525 + 1013904223;
		at = (seed >> 8) % n;
		was = p[at];
		p[at] = "\"\\{}[],:\n\0-.019 \xff#=]"[seed >> 27 & 15];
		feed(p, n);
		p[at] = was;
		feed(p, at);
	}
}

int main(int argc, char **argv)
{
	const char *src = getenv("top_srcdir"), *name = strrchr(argv[0], '/');
	struct dirent **file;
	char dir[4096], path[8192];
	int n, tests = 0;

	name = name ? name + 1 : argv[0];
	name = strncmp(name, "fuzz_", 5) == 0 ? name + 5 : name;
	snprintf(dir, sizeof dir, "%s/tests/fuzz/corpus/%.*s", src ? src : ".", (int)strcspn(name, "."), name);
	n = scandir(dir, &file, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		struct ar_err e = { 0 };
		size_t size;
		char *p;

		if (file[i]->d_name[0] != '.') {
			snprintf(path, sizeof path, "%s/%s", dir, file[i]->d_name);
			p = ar_in_slurp(path, MAX, &size, &e);
			if (p) {
				feed(p, size);
				variants(p, size);
			}
			printf("%sok %d - %s\n", p ? "" : "not ", ++tests, file[i]->d_name);
			fflush(stdout);
			free(p);
		}
		free(file[i]);
	}
	if (n >= 0)
		free(file);
	if (!tests)
		printf("not ok %d - no corpus in %s\n", ++tests, dir);
	printf("1..%d\n", tests);
	return 0;
}
