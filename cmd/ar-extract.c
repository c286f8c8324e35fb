/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-extract - export files in, one raw record out for each of their rows. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/zip.h"
#include "cmd/extract_lines.h"
#include "map/find.h"
#include "map/syntax.h"
#include "rec/tool.h"
#include "syntax/columns.h"
#include "syntax/csv.h"
#include "syntax/json.h"
#include "syntax/mt940.h"
#include "syntax/ofx.h"
#include "syntax/xml.h"

static struct {
	const char *map, *name, *encoding, *check;
	struct ar_args maps;
	ar_date as_of;
	bool list, detect;
} cfg = { .as_of = AR_DATE_NONE };

/* A map's file is shown by its base name: where it lies does not change the output. */
static int opt_map(const char *value, void *var, const char **shown, struct ar_err *e)
{
	const char *slash = strrchr(value, '/');

	cfg.map = value;
	if (slash && ar_str_ends(ar_str(value), ".map"))
		*shown = slash + 1;
	return 0;
}

static const struct ar_opt opts[] = {
	{ AR_O_PARSE, "map", "NAME", "Read every input by this map: its name (see --list-formats), or a file that ends in .map. Without it the one map "
	  "is taken whose detect line is true of the file", NULL, AR_OPT_SHOWN, opt_map },
	{ AR_O_LIST, "maps", "FOLDER", "A folder of maps of your own, searched before the shipped ones; may be repeated", &cfg.maps, 0, NULL },
	AR_AS_OF(&cfg.as_of, "The date whose state the exports show; it stands in the head of the stream"),
	{ AR_O_TEXT, "encoding", "NAME", "What the bytes are, where no byte order mark says it: utf-8, utf-16le, utf-16be, windows-1250, windows-1252, "
	  "iso-8859-1 or iso-8859-15, of SWIFT messages also cp850 and din-66003; it goes before what the map says", &cfg.encoding, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "name", "NAME", "Call the input so in src and in the provenance, instead of by its base name; for one input only", &cfg.name,
	  AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "detect", NULL, "Say of each input, in words, which syntax and map fit it and why, and extract nothing; status 1 if one is unknown",
	  &cfg.detect, 0, NULL },
	{ AR_O_FLAG, "list-formats", NULL, "List in words the syntaxes, the keys of a map that each reads, and all maps", &cfg.list, 0, NULL },
	{ AR_O_TEXT, "check", "MAP", "Try a map on the samples that it names: each must be found by its detect line, and by no other map's, and must decode",
	  &cfg.check, 0, NULL },
	AR_OPT_END
};

/* ---- which map ---- */

struct input {
	struct ar_in *in;
	char *head;                     /* its first bytes, given back to it */
	size_t nhead;
	const struct ar_syntax *syntax;
	const struct ar_mapfile *map;
	char why[AR_WHY];
};

static void input_close(struct input *f)
{
	ar_in_close(f->in);
	free(f->head);
}

/* in: NULL if it could not be opened; e says why already */
static int input_from(struct input *f, struct ar_in *in, struct ar_err *e)
{
	ssize_t k;

	memset(f, 0, sizeof *f);
	f->in = in;
	if (!f->in)
		return -1;
	f->head = ar_malloc(AR_PEEK);
	do {
		k = ar_in_read(f->in, f->head + f->nhead, AR_PEEK - f->nhead, e);
		if (k < 0)
			return -1;
		f->nhead += (size_t)k;
	} while (k && f->nhead < AR_PEEK);
	ar_in_unread(f->in, f->head, f->nhead);
	return 0;
}

static int input_open(struct input *f, const char *path, const char *name, struct ar_err *e)
{
	return input_from(f, ar_in_open(path, name, true, e), e);
}

static const struct ar_syntax *syntax_of(const struct ar_mapfile *m, struct ar_err *e)
{
	struct ar_str name = { NULL, 0 };

	if (ar_conf_get_str(m->map, "syntax", &name, e) < 0)
		return NULL;
	if (!name.p) {
		ar_conf_missing(m->map, "syntax", e);
		return NULL;
	}
	for (int i = 0; ar_syntaxes[i]; i++)
		if (ar_streqz(name, ar_syntaxes[i]->name))
			return ar_syntaxes[i];
	ar_err(e, AR_USAGE, "syntax_unknown", "no syntax is called '%.*s'", AR_STR_FMT(name));
	ar_err_advice(e, "ar-extract --list-formats lists them");
	ar_err_at(e, m->conf.file, m->map->line);
	return NULL;
}

/* The syntax that the first bytes speak for most; NULL: none. */
static const struct ar_syntax *likely(const struct input *f, char *why)
{
	const struct ar_syntax *best = NULL;
	char reason[AR_WHY] = "";
	int most = 0;

	for (int i = 0; ar_syntaxes[i]; i++) {
		int score = ar_syntaxes[i]->detect((struct ar_str){ f->head, f->nhead }, reason, sizeof reason);

		if (score > most) {
			most = score;
			best = ar_syntaxes[i];
			memcpy(why, reason, AR_WHY);
		}
	}
	return best;
}

static int matches(struct input *f, const struct ar_mapfile *m, char *why, struct ar_err *e)
{
	struct ar_peek p = { .map = m->map, .head = { f->head, f->nhead }, .encoding = cfg.encoding, .why = why, .err = e };
	const struct ar_syntax *s = syntax_of(m, e);

	why[0] = '\0';
	return !s ? -1 : s != f->syntax ? 0 : s->match(&p);
}

/* The one map for the file. NULL: e says which come near, or which there are too many of. */
static const struct ar_mapfile *find_map(struct ar_maps *maps, struct input *f, struct ar_err *e)
{
	const struct ar_mapfile *const *all, *found = NULL;
	char why[AR_WHY], near[300] = "";
	size_t n = 0;
	int count = ar_maps_all(maps, &all, e), hits = 0;

	for (int i = 0; i < count; i++) {
		int rc = matches(f, all[i], why, e);

		if (rc < 0)
			return NULL;
		if (rc) {
			hits++;
			memcpy(f->why, why, AR_WHY);
			n = hits == 1 ? 0 : n;          /* from here on only what fits is listed */
			found = all[i];
		}
		if ((rc || !hits) && why[0] && why[0] != '0' && n < sizeof near)
			n += (size_t)snprintf(near + n, sizeof near - n, rc ? "%s%s" : "%s%s (%s)", n ? ", " : "", all[i]->name, why);
	}
	if (hits == 1 || count < 0)
		return found;
	if (hits)
		ar_err(e, AR_USAGE, "map_ambiguous", "more than one map fits: %s", near);
	else
		ar_err(e, AR_USAGE, "map_none", "no map fits%s%s", n ? "; nearest: " : "", near);
	ar_err_advice(e, "say which with --map=NAME; --list-formats lists them");
	return NULL;
}

static bool file_exists(const char *path)
{
	return ar_str_ends(ar_str(path), ".map") && access(path, F_OK) == 0;
}

static const struct ar_mapfile *named_map(struct ar_maps *maps, const char *name, struct ar_err *e)
{
	return file_exists(name) ? ar_maps_load(maps, name, e) : ar_maps_get(maps, ar_str(name), e);
}

static int choose(struct ar_maps *maps, struct input *f, struct ar_err *e)
{
	char why[AR_WHY];

	if (cfg.map) {
		f->map = named_map(maps, cfg.map, e);
		f->syntax = f->map ? syntax_of(f->map, e) : NULL;
		return f->syntax ? 0 : -1;
	}
	f->syntax = likely(f, why);
	if (!f->syntax) {
		ar_err(e, AR_USAGE, "syntax_none", "the first bytes are of no syntax that is known here");
		return ar_err_advice(e, "if it is compressed otherwise than by gzip, uncompress it; else say --map=NAME");
	}
	f->map = find_map(maps, f, e);
	return f->map ? 0 : -1;
}

/* ---- extracting ---- */

static int decode(struct ar_io *io, struct input *f, struct lines *l)
{
	struct ar_decode d = { .in = f->in, .map = f->map->map, .encoding = cfg.encoding, .sink = &l->sink, .err = &io->err };

	if (f->syntax->decode(&d) < 0)
		return -1;
	if (d.groups)
		ar_io_note(io, "groups", d.groups);
	if (l->rows + l->rejects || io->allow_empty)
		return 0;
	ar_err(&io->err, AR_DAMAGED, "no_records", "there is no row in the file");
	return ar_err_advice(&io->err, "if that can be right, say --allow-empty");
}

static int provenance(struct ar_io *io, struct input *f)
{
	struct ar_str map;

	if (!ar_prov_input(&io->prov, ar_str(ar_in_name(f->in)), ar_in_size(f->in), ar_in_sha256(f->in), &io->err))
		return -1;
	if (!f->map)
		return 0;
	map = ar_str(ar_arena_fmt(&io->mem, "%s.map", f->map->name));
	return ar_prov_input(&io->prov, map, f->map->size, f->map->sha256, &io->err) ? 0 : -1;
}

static int extract_one(struct ar_io *io, struct ar_maps *maps, struct input *f)
{
	struct lines l;
	int rc = 0;

	if (!f->nhead && !io->allow_empty) {
		ar_err(&io->err, AR_DAMAGED, "no_records", "the file is empty");
		rc = ar_err_advice(&io->err, "if that can be right, say --allow-empty");
	}
	if (rc == 0 && f->nhead)
		rc = choose(maps, f, &io->err);
	if (rc == 0 && f->nhead) {
		lines_init(&l, io, ar_in_name(f->in), f->map->name);
		rc = decode(io, f, &l);
		lines_release(&l);
	}
	if (rc == 0)
		rc = provenance(io, f);
	else if (!io->err.file[0])
		ar_err_at(&io->err, ar_in_name(f->in), io->err.line);
	return rc;
}

/*
 * One operand: an input, or an archive of several. The names of all inputs stand in the head, so that every operand is looked at
 * before the first is read; what can be opened again is closed meanwhile.
 */
struct operand {
	const char *path;
	struct input first;             /* open if it cannot be opened again */
	bool open;
	struct ar_zip *zip;
};

static bool regular(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

/* The archive's own size and hash stand beside those of its members. */
static int open_zip(struct ar_io *io, struct operand *o)
{
	struct ar_in *in = o->first.in;

	o->zip = ar_zip_open(in, &io->err);
	if (!o->zip)
		return -1;
	for (int i = 0; i < ar_zip_count(o->zip); i++)
		ar_tab_add(&io->prov.head_input, ar_str(ar_zip_name(o->zip, i)), NULL);
	return ar_prov_input(&io->prov, ar_str(ar_in_name(in)), ar_in_size(in), ar_in_sha256(in), &io->err) ? 0 : -1;
}

static int look(struct ar_io *io, struct operand *o)
{
	int rc = input_open(&o->first, o->path, cfg.name, &io->err);

	if (rc == 0) {
		ar_tab_add(&io->prov.head_input, ar_str(ar_in_name(o->first.in)), NULL);
		if (ar_zip_begins((struct ar_str){ o->first.head, o->first.nhead }))
			rc = open_zip(io, o);
	}
	if (rc == 0 && !o->zip && !regular(o->path))
		o->open = true;
	else
		input_close(&o->first);
	return rc;
}

typedef int input_fn(struct ar_io *io, struct ar_maps *maps, struct input *f);

static int each_input(struct ar_io *io, struct ar_maps *maps, struct operand *o, input_fn *fn)
{
	int rc = 0, status = 0;

	for (int i = 0; i < (o->zip ? ar_zip_count(o->zip) : 1) && rc >= 0; i++) {
		struct input f = o->first;

		if (o->zip)
			rc = input_from(&f, ar_zip_member(o->zip, i, true, &io->err), &io->err);
		else if (!o->open)
			rc = input_open(&f, o->path, cfg.name, &io->err);
		if (rc >= 0)
			rc = fn(io, maps, &f);
		status = rc > status ? rc : status;
		input_close(&f);
		o->open = false;
	}
	return rc < 0 ? -1 : status;
}

/* All operands looked at, then each of their inputs given to fn. The highest of what fn returned, or -1. */
static int all_inputs(struct ar_io *io, struct ar_maps *maps, const struct ar_args *files, input_fn *fn)
{
	struct operand *o = ar_calloc((size_t)files->n, sizeof *o);
	int rc = 0, status = 0;

	for (int i = 0; i < files->n && rc == 0; i++) {
		o[i].path = files->v[i];
		rc = look(io, &o[i]);
	}
	for (int i = 0; i < files->n && rc >= 0; i++) {
		rc = each_input(io, maps, &o[i], fn);
		status = rc > status ? rc : status;
	}
	for (int i = 0; i < files->n; i++) {
		if (o[i].open)
			input_close(&o[i].first);
		ar_zip_close(o[i].zip);
	}
	free(o);
	return rc < 0 ? -1 : status;
}

/* ---- in words ---- */

static void say(struct ar_io *io, struct ar_buf *b)
{
	ar_out_put(&io->out, b->p, b->n);
	b->n = 0;
}

static int detect(struct ar_io *io, struct ar_maps *maps, struct input *f)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_err e = { 0 };
	char why[AR_WHY] = "";

	ar_buf_fmt(&b, "%s: ", ar_in_name(f->in));
	f->syntax = likely(f, why);
	if (f->syntax)
		ar_buf_fmt(&b, "%s (%s), ", f->syntax->name, why);
	if (f->syntax)
		f->map = find_map(maps, f, &e);
	if (f->map)
		ar_buf_fmt(&b, "map %s (%s)\n", f->map->name, f->why);
	else
		ar_buf_fmt(&b, "%s\n", f->syntax ? e.text : f->nhead ? "no syntax that is known here" : "empty");
	say(io, &b);
	ar_buf_release(&b);
	return f->map ? AR_OK : AR_FINDINGS;
}

static int list_formats(struct ar_io *io, struct ar_maps *maps)
{
	const struct ar_mapfile *const *all;
	struct ar_buf b = AR_BUF_INIT;
	int n = ar_maps_all(maps, &all, &io->err), rc = n < 0 ? -1 : AR_OK;

	for (int i = 0; ar_syntaxes[i]; i++) {
		struct ar_str rest = ar_str(ar_syntaxes[i]->keys), line;

		ar_buf_fmt(&b, "syntax %s: %s\n", ar_syntaxes[i]->name, ar_syntaxes[i]->summary);
		while (rest.p) {
			rest = ar_str_cut(rest, '\n', &line);
			ar_buf_fmt(&b, "    %.*s\n", AR_STR_FMT(line));
		}
	}
	for (int i = 0; i < n && rc == AR_OK; i++) {
		struct ar_str about = { NULL, 0 };
		const struct ar_syntax *s = syntax_of(all[i], &io->err);

		if (!s || ar_conf_get_str(all[i]->map, "title", &about, &io->err) < 0)
			rc = -1;
		else
			ar_buf_fmt(&b, "map %s (%s)%s%.*s\n", all[i]->name, s->name, about.n ? ": " : "", AR_STR_FMT(about));
	}
	say(io, &b);
	ar_buf_release(&b);
	return rc;
}

/* One sample: found by this map alone, and decoded without a refusal. */
/* 1: columns of the sample would be lost; 0; -1. */
static int check_sample(struct ar_io *io, struct ar_maps *maps, const struct ar_mapfile *m, struct ar_check *check, const char *path)
{
	const struct ar_mapfile *found;
	char why[AR_WHY];
	struct input f;
	struct lines l;
	int rc = input_open(&f, path, NULL, &io->err);

	if (rc == 0) {
		f.syntax = likely(&f, why);
		found = f.syntax ? find_map(maps, &f, &io->err) : NULL;
		if (!found || strcmp(found->name, m->name) != 0) {
			ar_err(&io->err, AR_FINDINGS, "sample_map", "the sample is not found by its own map%s%s",
			       found ? " but by " : io->err.text[0] ? ": " : "", found ? found->name : ar_arena_fmt(&io->mem, "%s", io->err.text));
			rc = -1;
		}
	}
	if (rc == 0) {
		f.map = m;
		lines_init(&l, io, ar_in_name(f.in), m->name);
		l.check = check;
		rc = decode(io, &f, &l);
		if (rc == 0) {
			struct ar_buf b = AR_BUF_INIT;

			ar_buf_fmt(&b, "%s: %s: %llu rows, %llu refused\n", m->name, ar_in_name(f.in), (unsigned long long)l.rows,
			           (unsigned long long)l.rejects);
			rc = ar_check_tell(check, &b) > 0;
			say(io, &b);
			ar_buf_release(&b);
		}
		lines_release(&l);
	}
	if (rc < 0 && f.in && !io->err.file[0])
		ar_err_at(&io->err, ar_in_name(f.in), io->err.line);
	input_close(&f);
	return rc;
}

static int check(struct ar_io *io, struct ar_maps *maps)
{
	const struct ar_mapfile *m = named_map(maps, cfg.check, &io->err);
	struct ar_conf_key *k = NULL;
	const char *slash;
	struct ar_map *map;
	int samples = 0, lost = 0;

	if (!m)
		return -1;
	map = ar_map_read(&io->mem, (struct ar_conf *)&m->conf, &io->err);
	if (!map)
		return -1;
	slash = strrchr(m->path, '/');
	while ((k = ar_conf_next(m->map, "sample", k))) {
		struct ar_str file = ar_conf_unquote(&io->mem, k->value);
		struct ar_check *c = ar_check_new(map);
		int rc = check_sample(io, maps, m, c, ar_arena_fmt(&io->mem, "%.*s%.*s", slash ? (int)(slash - m->path + 1) : 0, m->path,
		                                                   AR_STR_FMT(file)));

		ar_check_free(c);
		if (rc < 0)
			return -1;
		lost += rc;
		samples++;
	}
	if (samples)
		return lost ? AR_FINDINGS : AR_OK;
	ar_err(&io->err, AR_USAGE, "sample_missing", "the map names no sample");
	ar_err_advice(&io->err, "put a small real export beside it and say sample = FILE in its [map] section");
	return ar_err_at(&io->err, m->conf.file, m->map->line);
}

static int run(struct ar_io *io);

static const struct ar_limit limits[] = {
	{ "csv-field", AR_CSV_FIELD, "bytes of a CSV cell" },
	{ "csv-record", AR_CSV_RECORD, "bytes of a CSV record" },
	{ "csv-fields", AR_CSV_FIELDS, "cells of a CSV record" },
	{ "zip-bytes", AR_ZIP_BYTES, "bytes of a zip archive" },
	{ "zip-members", AR_ZIP_MEMBERS, "files of a zip archive" },
	{ "zip-name", AR_ZIP_NAME, "bytes of the name of such a file" },
	{ "document-bytes", AR_JSON_BYTES, "bytes of a JSON document, which is held in memory" },
	{ "xml-tag", AR_XML_TAG, "bytes of an XML tag" },
	{ "xml-text", AR_XML_TEXT, "bytes of an XML text or attribute" },
	{ "xml-depth", AR_XML_DEPTH, "XML elements inside each other" },
	{ "xml-names", AR_XML_NAMES, "different paths in an XML file" },
	{ "xml-leaves", AR_XML_LEAVES, "values of an XML record and the elements around it" },
	{ "xml-record", AR_XML_RECORD, "bytes of them" },
	{ "mt-line", AR_MT_LINE, "bytes of a line of a SWIFT message" },
	{ "mt-message", AR_MT_MESSAGE, "bytes of a SWIFT message, which is held in memory" },
	{ "mt-open", AR_MT_OPEN, "SWIFT statements that wait for their next sheet" },
	{ "feed-line", AR_FEED_LINE, "bytes of a line of other bank files" },
	{ "columns-held", 4 * AR_COLS_HELD, "bytes of one booking in CODA, CFONB 120, AEB 43" },
	{ "ofx-text", AR_OFX_TEXT, "bytes of a text in OFX" },
	{ "ofx-fields", AR_OFX_FIELDS, "values of an OFX transaction, of a statement" },
	{ 0 }
};

static struct ar_tool tool = {
	.name = "ar-extract",
	.summary = "decode export files into raw records",
	.operands = "[FILE ...]",
	.about = "Reads export files, or standard input, and writes one raw record for each of their rows, with the source's own names and "
	         "values as they stand; gzip is seen through, and every file of a zip archive is an input of its own, called ARCHIVE/FILE. What the values mean is the map's business: ar-normalize reads raw records "
	         "by the same map.\n\n"
	         "The syntax of a file is seen from its first bytes, the map from its detect line (the columns of the header, a path in the "
	         "document); exactly one map must fit. The size and SHA-256 of every input and of every map used stand in the end record.\n\n"
	         "A row that cannot be one (too few cells) is refused and the rest goes on. A file that is damaged or cut off, or holds no row "
	         "(see --allow-empty), ends the run with status 3 and no end record.",
	.opts = opts,
	.flags = AR_TOOL_SOURCE,
	.run = run,
	.limits = limits,
};

static int run(struct ar_io *io)
{
	static const char *standard_input[] = { "-" };
	struct ar_args files = io->operand;
	struct ar_maps *maps = ar_maps_new(&io->mem, &cfg.maps);

	if (cfg.list || cfg.detect || cfg.check)
		tool.flags |= AR_TOOL_TEXT;             /* this time the output is for people */
	if (cfg.list)
		return list_formats(io, maps);
	if (cfg.check)
		return check(io, maps);
	if (!files.n)
		files = (struct ar_args){ standard_input, 1 };
	if (cfg.name && files.n > 1)
		return ar_err(&io->err, AR_USAGE, "usage", "--name is for one input, and there are %d", files.n);
	io->w.as_of = cfg.as_of;
	return all_inputs(io, maps, &files, cfg.detect ? detect : extract_one);
}

int main(int argc, char **argv)
{
	return ar_main(&tool, argc, argv);
}
