/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/find.h"

#include "base/hash.h"
#include "base/in.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

struct ar_maps {
	struct ar_arena *mem;
	const char **dir;
	int ndir;
	struct ar_mapfile *file[1024];
	int nfile;
};

static const char *beside_program(struct ar_arena *mem, const char *where)
{
	char exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *slash;

	if (n <= 0)
		return NULL;
	exe[n] = '\0';
	slash = strrchr(exe, '/');
	return slash ? ar_arena_fmt(mem, "%.*s/%s", (int)(slash - exe), exe, where) : NULL;
}

struct ar_maps *ar_maps_new(struct ar_arena *mem, const struct ar_args *dirs)
{
	struct ar_maps *m = ar_arena_zero(mem, sizeof *m);
	const char *own[3];
	int n = dirs ? dirs->n : 0;

	m->mem = mem;
	m->dir = ar_arena_alloc(mem, ((size_t)n + 4) * sizeof *m->dir);
	for (int i = 0; i < n; i++)
		m->dir[m->ndir++] = dirs->v[i];
	own[0] = beside_program(mem, "../share/arpipe/formats");
	own[1] = beside_program(mem, "../formats");
	own[2] = AR_DATADIR "/formats";
	for (int i = 0; i < 3; i++)
		if (own[i])
			m->dir[m->ndir++] = own[i];
	return m;
}

static struct ar_mapfile *load(struct ar_maps *m, const char *path, struct ar_err *e)
{
	struct ar_mapfile *f = ar_arena_zero(m->mem, sizeof *f);
	struct ar_conf_sec *sec;
	struct ar_str name = { NULL, 0 };
	uint8_t sum[32];

	if (ar_conf_load(&f->conf, m->mem, path, e) < 0 || ar_conf_get_sec(&f->conf, "map", &sec, e) < 0)
		return NULL;
	if (!sec || ar_conf_get_str(sec, "name", &name, e) <= 0) {
		ar_err(e, AR_USAGE, "map_missing", "no [map] section with a name");
		ar_err_at(e, f->conf.file, 1);
		return NULL;
	}
	f->name = ar_arena_dup(m->mem, name.p, name.n);
	f->path = ar_arena_dup(m->mem, path, strlen(path));
	f->map = sec;
	f->size = f->conf.text.n;
	ar_sha256(f->conf.text.p, f->conf.text.n, sum);
	ar_hex(sum, sizeof sum, f->sha256);
	return f;
}

const char *ar_maps_file(struct ar_maps *m, const char *name, struct ar_err *e)
{
	for (int i = 0; i < m->ndir; i++) {
		const char *path = ar_arena_fmt(m->mem, "%s/%s", m->dir[i], name);

		if (access(path, R_OK) == 0)
			return path;
	}
	return NULL;
}

const struct ar_mapfile *ar_maps_load(struct ar_maps *m, const char *path, struct ar_err *e)
{
	struct ar_mapfile *f = load(m, path, e);

	if (f && m->nfile < (int)(sizeof m->file / sizeof *m->file))
		m->file[m->nfile++] = f;
	return f;
}

const struct ar_mapfile *ar_maps_get(struct ar_maps *m, struct ar_str name, struct ar_err *e)
{
	const char *path = NULL;

	for (int i = 0; i < m->nfile; i++)
		if (ar_streqz(name, m->file[i]->name))
			return m->file[i];
	if (name.n && name.n < 256 && *name.p != '/' && !ar_str_find(name, AR_STR("..")))
		path = ar_maps_file(m, ar_arena_fmt(m->mem, "%.*s.map", AR_STR_FMT(name)), e);
	if (path)
		return ar_maps_load(m, path, e);
	ar_err(e, AR_USAGE, "map_unknown", "no map is called '%.*s'", AR_STR_FMT(name));
	ar_err_advice(e, "give the folder of your own maps with --maps");
	return NULL;
}
