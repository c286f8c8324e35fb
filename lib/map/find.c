/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "map/find.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/sort.h"

enum { MAX_DEPTH = 4, MAX_DIRS = 64, MAX_NAME = 200 };

struct ar_maps {
	struct ar_arena *mem;
	const char *dir[MAX_DIRS];
	int ndir;
	struct ar_mapfile **loaded;
	int nloaded, cap;
};

static void add_dir(struct ar_maps *m, const char *path, bool must)
{
	struct stat st;

	if (m->ndir < MAX_DIRS && (must || (stat(path, &st) == 0 && S_ISDIR(st.st_mode))))
		m->dir[m->ndir++] = path;
}

/* The shipped maps lie where the program lies, so that an installed tree can be moved as a whole. */
static void add_shipped(struct ar_maps *m)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);
	char *slash;

	if (n > 0) {
		exe[n] = '\0';
		slash = strrchr(exe, '/');
		if (slash) {
			*slash = '\0';
			add_dir(m, ar_arena_fmt(m->mem, "%s/../share/arpipe/formats", exe), false);
			add_dir(m, ar_arena_fmt(m->mem, "%s/formats", exe), false);
			add_dir(m, ar_arena_fmt(m->mem, "%s/../formats", exe), false);
		}
	}
	add_dir(m, AR_DATADIR "/formats", false);
}

struct ar_maps *ar_maps_new(struct ar_arena *mem, const struct ar_args *dirs)
{
	struct ar_maps *m = ar_arena_zero(mem, sizeof *m);

	m->mem = mem;
	for (int i = 0; dirs && i < dirs->n && i < MAX_DIRS / 2; i++)
		add_dir(m, dirs->v[i], true);
	add_shipped(m);
	return m;
}

/* Parts of [A-Za-z0-9._-] between slashes, none beginning with a dot: a name from a stream never leaves the folders. */
static bool name_ok(struct ar_str s)
{
	bool start = true;

	if (!s.n || s.n > MAX_NAME)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (start ? !ar_is_alnum(c) : !ar_is_alnum(c) && !strchr("._-/", c))
			return false;
		start = c == '/';
	}
	return !start;
}

/* Does the map say its name, and is it the one it was found under? want.p = NULL: any. */
static int check_name(struct ar_maps *m, struct ar_mapfile *f, struct ar_str want, struct ar_err *e)
{
	struct ar_str said = { NULL, 0 };

	if (ar_conf_get_sec(&f->conf, "map", &f->map, e) < 0)
		return -1;
	if (!f->map) {
		ar_err(e, AR_USAGE, "map_syntax", "there is no [map] section: this is not a map");
		return ar_err_at(e, f->conf.file, 0);
	}
	if (ar_conf_get_str(f->map, "name", &said, e) < 0)
		return -1;
	if (!said.p)
		return ar_conf_missing(f->map, "name", e);
	if (!name_ok(said) || (want.p && !ar_streq(said, want))) {
		ar_err(e, AR_USAGE, "map_name", "the map calls itself '%.*s', but it is found as '%.*s'", AR_STR_FMT(said), AR_STR_FMT(want));
		if (!want.p)
			ar_err(e, AR_USAGE, "map_name", "'%.*s' cannot be the name of a map", AR_STR_FMT(said));
		ar_err_advice(e, "a map is called by its folder and file, without .map");
		return ar_err_at(e, f->conf.file, f->map->line);
	}
	f->name = ar_arena_dup(m->mem, said.p, said.n);
	return 0;
}

static struct ar_mapfile *load(struct ar_maps *m, const char *path, struct ar_str want, struct ar_err *e)
{
	struct ar_mapfile *f;
	uint8_t d[32];

	for (int i = 0; i < m->nloaded; i++)
		if (strcmp(m->loaded[i]->path, path) == 0)
			return m->loaded[i];
	f = ar_arena_zero(m->mem, sizeof *f);
	f->path = ar_arena_dup(m->mem, path, strlen(path));
	if (ar_conf_load(&f->conf, m->mem, path, e) < 0 || check_name(m, f, want, e) < 0)
		return NULL;
	f->size = f->conf.text.n;
	ar_sha256(f->conf.text.p, f->conf.text.n, d);
	ar_hex(d, 32, f->sha256);
	if (m->nloaded == m->cap) {
		struct ar_mapfile **more = ar_arena_alloc(m->mem, (size_t)(m->cap = m->cap * 2 + 16) * sizeof *more);

		if (m->nloaded)
			memcpy(more, m->loaded, (size_t)m->nloaded * sizeof *more);
		m->loaded = more;
	}
	return m->loaded[m->nloaded++] = f;
}

const struct ar_mapfile *ar_maps_load(struct ar_maps *m, const char *path, struct ar_err *e)
{
	return load(m, path, (struct ar_str){ NULL, 0 }, e);
}

const char *ar_maps_file(struct ar_maps *m, const char *name, struct ar_err *e)
{
	if (!name_ok(ar_str(name))) {
		ar_err(e, AR_USAGE, "map_name", "'%s' cannot be the name of a file beside the maps", name);
		return NULL;
	}
	for (int i = 0; i < m->ndir; i++) {
		const char *path = ar_arena_fmt(m->mem, "%s/%s", m->dir[i], name);

		if (access(path, F_OK) == 0)
			return path;
	}
	ar_err(e, AR_USAGE, "file_unknown", "there is no %s in the folders of maps", name);
	return NULL;
}

struct found { struct ar_str name; const char *path; };
struct list { struct found *v; int n, cap; };

static void push(struct ar_maps *m, struct list *l, struct ar_str name, const char *path)
{
	for (int i = 0; i < l->n; i++)
		if (ar_streq(l->v[i].name, name))
			return;                         /* a folder searched earlier has it */
	if (l->n == l->cap) {
		struct found *more = ar_arena_alloc(m->mem, (size_t)(l->cap = l->cap * 2 + 64) * sizeof *more);

		if (l->n)
			memcpy(more, l->v, (size_t)l->n * sizeof *more);
		l->v = more;
	}
	l->v[l->n++] = (struct found){ name, path };
}

static int walk(struct ar_maps *m, struct list *l, const char *dir, const char *prefix, int depth, struct ar_err *e)
{
	DIR *d = opendir(dir);
	struct dirent *ent;
	int rc = 0;

	if (!d) {
		ar_err_sys(e, "cannot read the folder %s", dir);
		if (e && (errno == ENOENT || errno == ENOTDIR || errno == EACCES))
			e->exit = AR_USAGE;
		return -1;
	}
	while (rc == 0 && (ent = readdir(d))) {
		const char *path;
		struct ar_str name;
		struct stat st;

		if (ent->d_name[0] == '.')
			continue;
		path = ar_arena_fmt(m->mem, "%s/%s", dir, ent->d_name);
		name = ar_str(ar_arena_fmt(m->mem, "%s%s", prefix, ent->d_name));
		if (stat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode) && depth < MAX_DEPTH)
			rc = walk(m, l, path, ar_arena_fmt(m->mem, "%s/", name.p), depth + 1, e);
		else if (S_ISREG(st.st_mode) && ar_str_ends(name, ".map"))
			push(m, l, (struct ar_str){ name.p, name.n - 4 }, path);
	}
	closedir(d);
	return rc;
}

static int by_name(const void *a, const void *b, void *ctx)
{
	return ar_str_cmp(((const struct found *)a)->name, ((const struct found *)b)->name);
}

static int list_all(struct ar_maps *m, struct list *l, struct ar_err *e)
{
	for (int i = 0; i < m->ndir; i++)
		if (walk(m, l, m->dir[i], "", 1, e) < 0)
			return -1;
	ar_sort(l->v, (size_t)l->n, sizeof *l->v, by_name, NULL);
	return 0;
}

int ar_maps_all(struct ar_maps *m, const struct ar_mapfile *const **out, struct ar_err *e)
{
	struct list l = { 0 };
	const struct ar_mapfile **v;

	if (list_all(m, &l, e) < 0)
		return -1;
	v = ar_arena_alloc(m->mem, ((size_t)l.n + 1) * sizeof *v);
	for (int i = 0; i < l.n; i++)
		if (!(v[i] = load(m, l.v[i].path, l.v[i].name, e)))
			return -1;
	*out = v;
	return l.n;
}

/* The names most like the one asked for: near in spelling, or with the same last part, or all of a few. */
static int unknown_map(struct ar_maps *m, struct ar_str name, struct ar_err *e)
{
	struct ar_err ignored = { 0 };
	struct list l = { 0 };
	char near[320] = "";
	size_t n = 0;

	ar_err(e, AR_USAGE, "map_unknown", "there is no map called '%.*s'", AR_STR_FMT(name));
	ar_err_advice(e, "ar-extract --list-formats lists the maps; --maps=FOLDER adds your own");
	if (list_all(m, &l, &ignored) < 0)
		return -1;
	for (int i = 0; i < l.n && n < sizeof near; i++) {
		unsigned best = AR_CONF_FAR;
		bool like = ar_conf_nearer(name, l.v[i].name, &best) || ar_str_find(l.v[i].name, name);

		if (like || l.n <= 8)
			n += (size_t)snprintf(near + n, sizeof near - n, "%s%.*s", n ? ", " : "", AR_STR_FMT(l.v[i].name));
	}
	if (n)
		ar_err(e, AR_USAGE, "map_unknown", "there is no map called '%.*s'; there is %s", AR_STR_FMT(name), near);
	return -1;
}

const struct ar_mapfile *ar_maps_get(struct ar_maps *m, struct ar_str name, struct ar_err *e)
{
	const char *file, *path;
	struct ar_err ignored = { 0 };

	if (!name_ok(name)) {
		ar_err(e, AR_USAGE, "map_unknown", "'%.*s' cannot be the name of a map", AR_STR_FMT(name));
		return NULL;
	}
	file = ar_arena_fmt(m->mem, "%.*s.map", AR_STR_FMT(name));
	path = ar_maps_file(m, file, &ignored);
	if (path)
		return load(m, path, name, e);
	unknown_map(m, name, e);
	return NULL;
}
