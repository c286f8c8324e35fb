/* SPDX-License-Identifier: GPL-3.0-or-later */
/* csvfloor - libcsv's own parse of a file with callbacks that only count: no CSV reader built on it can be faster. */
#include "config.h"

#include <csv.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long long cells, rows;

static void on_cell(void *p, size_t n, void *arg) { cells++; }
static void on_row(int c, void *arg) { rows++; }

int main(int argc, char **argv)
{
	enum { BLOCK = 256 * 1024 };
	char *buf = malloc(BLOCK);
	struct csv_parser p;
	ssize_t n = -1;
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;

	if (fd < 0 || !buf || csv_init(&p, CSV_STRICT | CSV_STRICT_FINI | CSV_REPALL_NL)) {
		fprintf(stderr, "usage: csvfloor FILE\n");
		return 2;
	}
	while ((n = read(fd, buf, BLOCK)) > 0)
		if (csv_parse(&p, buf, (size_t)n, on_cell, on_row, NULL) != (size_t)n)
			break;
	if (n || csv_fini(&p, on_cell, on_row, NULL))
		return 1;
	csv_free(&p);
	free(buf);
	close(fd);
	printf("%llu rows %llu cells\n", rows, cells);
	return 0;
}
