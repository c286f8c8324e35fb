/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * find.h - the folders of maps and templates. Searched in this order: the folders given (--maps, the user's own: they win), then the
 * formats/ folder beside the program (../share/arpipe/formats, or ../formats in a build tree), then the installed one. A map is
 * called by its folder and file: SYSTEM/invoices is formats/SYSTEM/invoices.map and says so itself (name = ...).
 */
#ifndef AR_MAP_FIND_H
#define AR_MAP_FIND_H

#include "base/conf.h"
#include "base/opt.h"

struct ar_mapfile {
	const char *name, *path;         /* "SYSTEM/invoices"; where it was found */
	struct ar_conf conf;
	struct ar_conf_sec *map;         /* its [map] section */
	uint64_t size;
	char sha256[65];
};

struct ar_maps;
struct ar_maps *ar_maps_new(struct ar_arena *mem, const struct ar_args *dirs);
/* By name; loaded once. NULL: e (AR_USAGE; code map_unknown lists the nearest names). */
const struct ar_mapfile *ar_maps_get(struct ar_maps *m, struct ar_str name, struct ar_err *e);
const struct ar_mapfile *ar_maps_load(struct ar_maps *m, const char *path, struct ar_err *e);     /* one file, wherever it is */
/* Every map of all folders, sorted by name, a user's map hiding a shipped one of its name. Returns their count, -1: e. */
int ar_maps_all(struct ar_maps *m, const struct ar_mapfile *const **out, struct ar_err *e);
/* Another file of the folders (a template): its path in mem, NULL: not there. */
const char *ar_maps_file(struct ar_maps *m, const char *name, struct ar_err *e);

#endif
