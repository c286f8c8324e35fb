/* SPDX-License-Identifier: GPL-3.0-or-later */
/* saxfloor - libxml2's SAX2 push parse of a file with callbacks that only count. */
#include "config.h"

#include <fcntl.h>
#include <libxml/parser.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static unsigned long long elements, bytes;

static void on_start(void *ctx, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int nns, const xmlChar **ns,
                     int natt, int ndef, const xmlChar **att)
{
	elements++;
}

static void on_text(void *ctx, const xmlChar *p, int n) { bytes += (unsigned)n; }

int main(int argc, char **argv)
{
	enum { BLOCK = 64 * 1024 };
	xmlSAXHandler sax = { .initialized = XML_SAX2_MAGIC, .startElementNs = on_start, .characters = on_text };
	char *buf = malloc(BLOCK);
	xmlParserCtxtPtr x = xmlCreatePushParserCtxt(&sax, NULL, NULL, 0, NULL);
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	ssize_t n;

	if (fd < 0 || !buf || !x) {
		fprintf(stderr, "usage: saxfloor FILE\n");
		return 2;
	}
	while ((n = read(fd, buf, BLOCK)) > 0)
		if (xmlParseChunk(x, buf, (int)n, 0))
			return 1;
	if (n || xmlParseChunk(x, buf, 0, 1))
		return 1;
	xmlFreeParserCtxt(x);
	free(buf);
	close(fd);
	printf("%llu elements %llu bytes of text\n", elements, bytes);
	return 0;
}
