/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/zip.h"

#include <stdlib.h>
#include <zip.h>

#include "base/arena.h"

struct member { zip_uint64_t at; const char *name; };

struct ar_zip {
	char *bytes, *name;              /* of the archive */
	size_t n;
	zip_t *zip;
	struct member *member;
	int count;
	uint64_t out;                    /* bytes of all members so far */
	struct ar_arena mem;
};

struct reader { struct ar_zip *zip; zip_file_t *file; bool any; };

bool ar_zip_begins(struct ar_str head)
{
	static const struct ar_str document[] = { { "[Content_Types].xml", 19 }, { "mimetypeapplication/", 20 } };

	if (head.n < 4 || memcmp(head.p, "PK\3\4", 4) != 0)
		return head.n >= 4 && memcmp(head.p, "PK\5\6", 4) == 0;
	for (int i = 0; i < 2; i++)
		if (memmem(head.p, head.n, document[i].p, document[i].n))
			return false;
	return true;
}

static int damaged(const struct ar_zip *z, struct ar_err *e, const char *name, const char *what)
{
	ar_err(e, AR_DAMAGED, "zip", "%s", what);
	ar_err_advice(e, "fetch the file again, or unpack it and give the files");
	return ar_err_at(e, name ? name : z->name, 0);
}

static int slurp(struct ar_zip *z, struct ar_in *in, struct ar_err *e)
{
	size_t cap = 64 * 1024;
	ssize_t k;

	z->bytes = ar_malloc(cap);
	while ((k = ar_in_read(in, z->bytes + z->n, cap - z->n, e)) > 0) {
		z->n += (size_t)k;
		if (z->n > AR_ZIP_BYTES)
			return damaged(z, e, NULL, "an archive of more than 256 MiB (limit zip-bytes)");
		if (z->n == cap)
			z->bytes = ar_realloc(z->bytes, cap *= 2);
	}
	return (int)k;
}

static const char *name_fault(struct ar_str name)
{
	if (!name.n || name.n > AR_ZIP_NAME)
		return "a file in it has no name, or one of more than 255 bytes (limit zip-name)";
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] < 0x20 || name.p[i] == 0x7F)
			return "the name of a file in it holds control bytes";
	return ar_utf8_ok(name.p, name.n) ? NULL : "the name of a file in it is no UTF-8";
}

static int add_member(struct ar_zip *z, zip_uint64_t at, struct ar_err *e)
{
	zip_stat_t st;
	struct ar_str name;
	const char *fault;

	if (zip_stat_index(z->zip, at, ZIP_FL_UNCHANGED, &st) < 0 || !(st.valid & ZIP_STAT_NAME))
		return damaged(z, e, NULL, "the archive is damaged");
	name = ar_str(st.name);
	fault = name_fault(name);
	if (fault)
		return damaged(z, e, NULL, fault);
	if (name.p[name.n - 1] == '/' || ar_str_starts(name, "__MACOSX/"))      /* folders; what one desktop adds */
		return 0;
	if (st.valid & ZIP_STAT_ENCRYPTION_METHOD && st.encryption_method != ZIP_EM_NONE)
		return damaged(z, e, NULL, "a file in it is encrypted");
	if (st.valid & ZIP_STAT_COMP_METHOD && st.comp_method != ZIP_CM_STORE && st.comp_method != ZIP_CM_DEFLATE)
		return damaged(z, e, NULL, "a file in it is compressed in a way that is not known here");
	z->member[z->count].at = at;
	z->member[z->count++].name = ar_arena_fmt(&z->mem, "%s/%s", z->name, st.name);
	return 0;
}

static int list(struct ar_zip *z, struct ar_err *e)
{
	zip_error_t ze;
	zip_source_t *src = zip_source_buffer_create(z->bytes, z->n, 0, &ze);
	zip_int64_t n;

	if (!src)
		ar_no_memory();
	z->zip = zip_open_from_source(src, ZIP_RDONLY | ZIP_CHECKCONS, &ze);
	if (!z->zip) {
		zip_source_free(src);
		return damaged(z, e, NULL, "the archive is damaged or cut off: its directory at the end is missing or wrong");
	}
	n = zip_get_num_entries(z->zip, ZIP_FL_UNCHANGED);
	if (n > AR_ZIP_MEMBERS)
		return damaged(z, e, NULL, "an archive of more than 10000 files (limit zip-members)");
	z->member = ar_calloc((size_t)n + 1, sizeof *z->member);
	for (zip_int64_t i = 0; i < n; i++)
		if (add_member(z, (zip_uint64_t)i, e) < 0)
			return -1;
	return z->count ? 0 : damaged(z, e, NULL, "there is no file in the archive");
}

struct ar_zip *ar_zip_open(struct ar_in *in, struct ar_err *e)
{
	struct ar_zip *z = ar_calloc(1, sizeof *z);

	z->name = ar_strdup(ar_in_name(in));
	if (slurp(z, in, e) == 0 && list(z, e) == 0)
		return z;
	ar_zip_close(z);
	return NULL;
}

int ar_zip_count(const struct ar_zip *z)
{
	return z->count;
}

const char *ar_zip_name(const struct ar_zip *z, int i)
{
	return z->member[i].name;
}

static ssize_t read_member(void *ctx, char *p, size_t n, struct ar_err *e)
{
	struct reader *r = ctx;
	zip_int64_t k = zip_fread(r->file, p, n);

	if (k < 0)
		return damaged(r->zip, e, NULL, "a file in the archive is damaged");
	if (!r->any && ar_zip_begins((struct ar_str){ p, (size_t)k }))
		return damaged(r->zip, e, NULL, "an archive in the archive");
	r->any = true;
	r->zip->out += (uint64_t)k;
	if (r->zip->out > 16u << 20 && r->zip->out / AR_IN_RATIO > r->zip->n)
		return damaged(r->zip, e, NULL, "the archive grows beyond 200 times its size (limit decompression-ratio)");
	return (ssize_t)k;
}

static void close_member(void *ctx)
{
	struct reader *r = ctx;

	zip_fclose(r->file);
	free(r);
}

struct ar_in *ar_zip_member(struct ar_zip *z, int i, bool hash, struct ar_err *e)
{
	struct reader *r = ar_calloc(1, sizeof *r);

	r->zip = z;
	r->file = zip_fopen_index(z->zip, z->member[i].at, ZIP_FL_UNCHANGED);
	if (!r->file) {
		free(r);
		damaged(z, e, z->member[i].name, "a file in the archive cannot be opened");
		return NULL;
	}
	return ar_in_from(read_member, close_member, r, z->member[i].name, hash);
}

void ar_zip_close(struct ar_zip *z)
{
	if (!z)
		return;
	if (z->zip)
		zip_discard(z->zip);
	free(z->member);
	free(z->bytes);
	free(z->name);
	ar_arena_release(&z->mem);
	free(z);
}
