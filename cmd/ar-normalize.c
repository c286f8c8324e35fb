/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-normalize - raw rows into canonical records, by the map of the system. */
#include "config.h"

#include "map/apply.h"
#include "map/check.h"
#include "map/find.h"
#include "map/read.h"
#include "rec/tool.h"

#include <string.h>

static struct {
	const char *entity, *account, *map, *mode, *describe, *check;
	struct ar_args maps, with;
	int base;
	ar_date as_of;
	int32_t offset;
	bool has_offset;
} cfg = { .base = AR_CCY_NONE, .as_of = AR_DATE_NONE };

#define UNNAMED "unnamed"
#define NO_DATE "which date do the exports show? Their head does not say: --as-of=DATE"

static int opt_offset(const char *value, void *var, const char **shown, struct ar_err *e)
{
	cfg.has_offset = true;
	if (!ar_read_offset(ar_str(value), &cfg.offset))
		return ar_err(e, AR_USAGE, "usage", "--offset: '%s' is no offset: write +01:00, -08:00 or Z", value);
	return 0;
}

static const struct ar_opt opts[] = {
	{ AR_O_TEXT, "entity", "ENTITY", "The company whose books these are: a short word that never changes, for it stands in every id; may be left out for a "
	  "mere look at a bank's file", &cfg.entity, AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "account", "ACCOUNT", "The bank account whose lines these are, for exports of banks that do not say it: its number as the books "
	  "have it", &cfg.account, AR_OPT_SHOWN, NULL },
	{ AR_O_PARSE, "base-currency", "CCY", "The company's own currency: of the amounts that the source gives in it, and to convert to "
	  "where it gives none (rates by --with)", &cfg.base, AR_OPT_SHOWN, ar_opt_ccy },
	AR_AS_OF(&cfg.as_of, "The date that the exports show, where their head does not say it; of files of banks it may be left out: it is that of the latest line"),
	{ AR_O_PARSE, "offset", "OFFSET", "Zone of times that say none, as +01:00; overrides the map's", NULL, AR_OPT_SHOWN, opt_offset },
	{ AR_O_TEXT, "mode", "MODE", "What the exports hold: full, incremental or snapshot; overrides the map's", &cfg.mode, AR_OPT_SHOWN, NULL },
	{ AR_O_FILES, "with", "FILE", "Records needed beforehand: rate, term, customer and documents that applications may name", &cfg.with,
	  AR_OPT_SHOWN, NULL },
	{ AR_O_TEXT, "map", "MAP", "Read every row with this map (name or file), whatever the raw records say", &cfg.map, AR_OPT_SHOWN, NULL },
	{ AR_O_FILES, "maps", "DIR", "A folder of your own maps; they win over those of arpipe", &cfg.maps, 0, NULL },
	{ AR_O_TEXT, "describe", "MAP", "Print a map in words and exit", &cfg.describe, 0, NULL },
	{ AR_O_TEXT, "check", "MAP", "Read the raw rows of a sample and tell, in words, which columns this map would lose (status 1) and which of "
	  "its columns the sample does not have", &cfg.check, 0, NULL },
	AR_OPT_END
};

struct work {
	struct ar_apply_sink sink;
	struct ar_io *io;
	struct ar_maps *maps;
	struct ar_arena mem;             /* of the export */
	struct ar_shared shared;
	struct ar_str map_name;          /* of the export now being read */
	const struct ar_map *map;
	struct ar_xrun run;
	struct ar_apply *ap;
	bool findings, unnamed;          /* unnamed: that it is so was told */
	ar_date latest;                  /* of the export's records: stands for its date where nobody said one and only banks speak */
	struct ar_apply_counts sum;
	uint64_t exports;
};

/* ---- what the records go to ---- */

static ar_date later(ar_date d, const struct ar_rec *r, enum ar_f f)
{
	return ar_has(r, f) && (d == AR_DATE_NONE || r->v[f].i > d) ? (ar_date)r->v[f].i : d;
}

static void put(struct ar_apply_sink *s, const struct ar_rec *r)
{
	struct work *w = (struct work *)s;

	w->findings |= r->type == AR_T_finding && !ar_streqz(ar_raw_text(r, AR_F_severity), "info");    /* a decoder's, by the map */
	w->latest = later(later(w->latest, r, AR_F_booked), r, AR_F_date);
	ar_io_put(w->io, r);
}

static void reject(struct ar_apply_sink *s, const struct ar_err *e, struct ar_str line, struct ar_str src)
{
	struct ar_io *io = ((struct work *)s)->io;
	struct ar_rec r;
	struct ar_arena mem = AR_ARENA_INIT;

	ar_rec_init(&r, &mem);
	ar_rec_start(&r, AR_T_raw);
	ar_set_raw(&r, AR_F_src, src);
	r.line = line.p;
	r.len = (uint32_t)line.n;
	io->err = *e;
	ar_io_reject(io, &r);
	ar_rec_release(&r);
	ar_arena_release(&mem);
}

static void finding(struct ar_apply_sink *s, const char *code, const char *severity, struct ar_str about, const char *message)
{
	struct work *w = (struct work *)s;
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_rec r;

	ar_rec_init(&r, &mem);
	ar_rec_start(&r, AR_T_finding);
	ar_set_text(&r, AR_F_code, ar_str(code));
	ar_set_text(&r, AR_F_severity, ar_str(severity));
	ar_set_text(&r, AR_F_message, ar_str(message));
	ar_set_raw(&r, AR_F_about, about.n ? (struct ar_str){ ar_arena_fmt(&mem, "\"%.*s\"", AR_STR_FMT(about)), about.n + 2 } : about);
	r.v[AR_F_about].i = 1;
	ar_io_put(w->io, &r);
	ar_rec_release(&r);
	ar_arena_release(&mem);
	w->findings = true;
}

/* ---- maps ---- */

static const struct ar_mapfile *find_map(struct work *w, struct ar_str name)
{
	if (name.n > 4 && ar_str_ends(name, ".map"))
		return ar_maps_load(w->maps, ar_arena_dup(&w->io->mem, name.p, name.n), &w->io->err);
	return ar_maps_get(w->maps, name, &w->io->err);
}

/* Nothing but what banks and payers say: no documents of a company's books. */
static bool of_banks_only(const struct ar_map *m)
{
	for (int i = 0; i < m->nemit; i++) {
		enum ar_t t = m->emit[i].type;

		if (t != AR_T_statement && t != AR_T_bank_line && t != AR_T_remittance && t != AR_T_remittance_line && t != AR_T_finding)
			return false;
	}
	return true;
}

/* Whose books the export is of; n = 0: nobody's, as rates are. Only an export of a bank can lack a name where one is needed. */
static struct ar_str entity_of(const struct ar_map *m)
{
	return cfg.entity ? ar_str(cfg.entity) : m->needs_entity ? AR_STR(UNNAMED) : (struct ar_str){ NULL, 0 };
}

static const struct ar_map *read_map(struct work *w, struct ar_str name, bool needs)
{
	const struct ar_mapfile *f = find_map(w, name);
	struct ar_err *e = &w->io->err;
	struct ar_map *m;
	char *input;

	if (!f)
		return NULL;
	m = ar_map_read(&w->io->mem, (struct ar_conf *)&f->conf, e);
	if (!m || !needs)
		return m;
	input = ar_arena_fmt(&w->io->mem, "%s.map", f->name);
	if (!ar_prov_input(&w->io->prov, ar_str(input), f->size, f->sha256, e))
		return NULL;
	if (m->needs_entity && !cfg.entity && !of_banks_only(m)) {
		ar_err(e, AR_USAGE, "usage", "say whose books these are: --entity=NAME");
		return NULL;
	}
	if (m->needs_entity && !cfg.entity && !w->unnamed) {
		w->unnamed = true;
		ar_io_warn(w->io, "without --entity=NAME the bank lines belong to '" UNNAMED "': good for a look at them, not for matching");
	}
	if (m->needs_base && cfg.base == AR_CCY_NONE) {
		ar_err(e, AR_USAGE, "usage", "the map %s reads amounts in the company's own currency: say which with --base-currency", f->name);
		return NULL;
	}
	if (m->needs_account && !cfg.account) {
		ar_err(e, AR_USAGE, "usage", "the map %s reads a file that does not say its account: say which with --account", f->name);
		return NULL;
	}
	return m;
}

/* ---- exports ---- */

/* "invoices.csv:17" and, for a row of a record, "x.xml:3:2": the name in front */
static struct ar_str export_name(const struct ar_rec *r)
{
	struct ar_str s = ar_text(r, AR_F_src);
	int numbers = ar_int(r, AR_F_sub, 0) ? 2 : 1;

	while (numbers-- > 0) {
		size_t n = s.n;

		while (n && ar_is_digit(s.p[n - 1]))
			n--;
		if (n < 2 || n == s.n || s.p[n - 1] != ':')
			break;
		s.n = n - 1;
	}
	return s;
}

static struct ar_str escaped(struct ar_arena *mem, struct ar_str s)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str out;

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] == '%' || s.p[i] == '/' || s.p[i] == ':')
			ar_buf_fmt(&b, "%%%02X", (unsigned char)s.p[i]);
		else
			ar_buf_c(&b, s.p[i]);
	out = ar_arena_str(mem, ar_buf_slice(&b));
	ar_buf_release(&b);
	return out;
}

static int begin_export(struct work *w, const struct ar_rec *r, struct ar_str name)
{
	struct ar_xrun *run = &w->run;
	struct ar_str map = cfg.map ? ar_str(cfg.map) : ar_text(r, AR_F_map), key;
	const struct ar_stream_facts *facts = ar_reader_facts(w->io->in);

	if (!w->map || !ar_streq(map, w->map_name)) {
		w->map = read_map(w, map, true);
		if (!w->map)
			return -1;
		w->map_name = ar_arena_str(&w->io->mem, map);
	}
	ar_arena_reset(&w->mem);
	key = escaped(&w->mem, name);
	*run = (struct ar_xrun){ .map = w->map, .entity = entity_of(w->map), .system = w->map->system, .terms = &w->shared.terms,
		.account = ar_str(cfg.account), .offset = cfg.has_offset ? cfg.offset : w->map->offset, .base = cfg.base, .export = ar_arena_str(&w->mem, name) };
	run->as_of = facts->head_as_of != AR_DATE_NONE ? facts->head_as_of : cfg.as_of;
	if (run->as_of == AR_DATE_NONE && !of_banks_only(w->map))
		return ar_err(&w->io->err, AR_USAGE, "usage", NO_DATE);
	w->latest = AR_DATE_NONE;
	run->extract = ar_str(ar_arena_fmt(&w->mem, "%.*s%s%.*s:x:%.*s", AR_STR_FMT(run->entity), run->entity.n ? "/" : "",
	                                   AR_STR_FMT(run->system), AR_STR_FMT(key)));
	w->ap = ar_apply_new(w->map, run, &w->shared, &w->sink);
	w->exports++;
	if (!w->io->w.begun)
		w->io->w.as_of = facts->as_of != AR_DATE_NONE ? facts->as_of : run->as_of;
	return 0;
}

static void add_counts(struct ar_apply_counts *sum, const struct ar_apply_counts *c)
{
	sum->rows += c->rows;
	sum->mapped += c->mapped;
	sum->collapsed_rows += c->collapsed_rows;
	sum->totals += c->totals;
	sum->unused += c->unused;
	sum->rejected += c->rejected;
	sum->made += c->made;
	sum->collapsed += c->collapsed;
}

static int end_export(struct work *w)
{
	const struct ar_map *m = w->map;
	ar_date as_of = w->run.as_of;
	struct ar_rec r;

	if (!w->ap)
		return 0;
	ar_rec_init(&r, &w->mem);
	ar_rec_start(&r, AR_T_extract);
	ar_set_text(&r, AR_F_id, w->run.extract);
	ar_apply_end(w->ap, &r);
	ar_set_text(&r, AR_F_entity, w->run.entity.n ? w->run.entity : w->run.system);
	ar_set_text(&r, AR_F_system, w->run.system);
	ar_set_text(&r, AR_F_name, w->run.export);
	if (as_of == AR_DATE_NONE)
		as_of = w->latest;
	ar_set_i(&r, AR_F_as_of, as_of);
	ar_set_text(&r, AR_F_mode, cfg.mode ? ar_str(cfg.mode) : m->mode);
	ar_set_list(&r, AR_F_covers, m->covers, m->ncovers);
	ar_set_text(&r, AR_F_history, m->history);
	ar_set_i(&r, AR_F_complete, 1);
	if (as_of != AR_DATE_NONE)
		ar_io_put(w->io, &r);
	add_counts(&w->sum, ar_apply_counts(w->ap));
	ar_rec_release(&r);
	ar_apply_free(w->ap);
	w->ap = NULL;
	return as_of == AR_DATE_NONE ? ar_err(&w->io->err, AR_USAGE, "usage", NO_DATE) : 0;
}

/* ---- what is needed beforehand ---- */

static int with_record(struct ar_io *io, const struct ar_rec *r, void *arg)
{
	struct work *w = arg;

	if (r->type == AR_T_rate) {
		if (!w->shared.rates)
			w->shared.rates = ar_rates_new(AR_APPLY_RATE_AGE);
		ar_rates_add(w->shared.rates, r);
	} else if (r->type == AR_T_term) {
		ar_termtab_add(&w->shared.terms, r);
	} else if (r->type == AR_T_invoice || r->type == AR_T_credit_memo || r->type == AR_T_payment) {
		ar_apply_document(&w->shared, r);
	}
	return 0;
}

static void notes(struct work *w)
{
	const struct ar_apply_counts *c = &w->sum;

	ar_io_note(w->io, "rows", c->rows);
	ar_io_note(w->io, "mapped", c->mapped);
	if (c->collapsed_rows)
		ar_io_note(w->io, "rows_collapsed", c->collapsed_rows);
	if (c->totals)
		ar_io_note(w->io, "totals", c->totals);
	if (c->unused)
		ar_io_note(w->io, "unused", c->unused);
	ar_io_note(w->io, "made", c->made);
	if (w->shared.terms.unread)
		ar_io_note(w->io, "terms_unread", w->shared.terms.unread);
	if (c->collapsed)
		ar_io_note(w->io, "collapsed", c->collapsed);
	ar_assert(c->rows == c->mapped + c->collapsed_rows + c->totals + c->unused + c->rejected);
}

static int read_rows(struct work *w)
{
	struct ar_io *io = w->io;
	struct ar_rec *r;
	int rc;

	while ((rc = ar_io_next(io, &r)) > 0) {
		struct ar_str name;

		if (r->type != AR_T_raw) {
			ar_err(&io->err, AR_FINDINGS, "not_raw", "a record of type %s: ar-normalize reads raw rows", ar_types[r->type].name);
			ar_err_advice(&io->err, "give records that are canonical already to the next tool, beside this one's output");
			ar_io_reject(io, r);
			continue;
		}
		name = export_name(r);
		if (!w->ap || !ar_streq(name, w->run.export) || (!cfg.map && !ar_streq(ar_text(r, AR_F_map), w->map_name))) {
			if (end_export(w) < 0 || begin_export(w, r, name) < 0)
				return -1;
		}
		ar_apply_row(w->ap, r);
	}
	if (rc == 0) {
		if (end_export(w) < 0)
			return -1;
		ar_apply_statements(&w->shared, &w->sink);
	}
	return rc;
}

static int normalize(struct ar_io *io)
{
	struct work w = { .io = io, .sink = { put, reject, finding } };
	int rc;

	w.maps = ar_maps_new(&io->mem, &cfg.maps);
	rc = ar_io_with(io, &cfg.with, with_record, &w);
	if (rc == 0)
		rc = read_rows(&w);
	if (rc == 0)
		notes(&w);
	ar_apply_free(w.ap);
	ar_shared_release(&w.shared);
	ar_arena_release(&w.mem);
	return rc < 0 ? -1 : w.findings ? AR_FINDINGS : AR_OK;
}

static int describe(struct ar_io *io)
{
	struct work w = { .io = io, .maps = ar_maps_new(&io->mem, &cfg.maps) };
	const struct ar_map *m = read_map(&w, ar_str(cfg.describe), false);
	struct ar_buf b = AR_BUF_INIT;

	if (!m)
		return -1;
	ar_map_describe(m, &b);
	ar_out_put(&io->out, b.p, b.n);
	ar_buf_release(&b);
	return AR_OK;
}

static int check(struct ar_io *io)
{
	struct work w = { .io = io, .maps = ar_maps_new(&io->mem, &cfg.maps) };
	const struct ar_map *m = read_map(&w, ar_str(cfg.check), false);
	struct ar_buf b = AR_BUF_INIT;
	struct ar_check *c;
	struct ar_rec *r;
	int rc, lost;

	if (!m)
		return -1;
	c = ar_check_new(m);
	while ((rc = ar_io_next(io, &r)) > 0)
		if (r->type == AR_T_raw)
			ar_check_row(c, r->x, r->nx);
	lost = ar_check_tell(c, &b);
	if (rc == 0)
		ar_out_put(&io->out, b.p, b.n);
	ar_buf_release(&b);
	ar_check_free(c);
	return rc < 0 ? -1 : lost ? AR_FINDINGS : AR_OK;
}

static bool generate(const char *what, struct ar_buf *b)
{
	if (strcmp(what, "map-mdoc") != 0)
		return false;
	ar_map_mdoc(b);
	return true;
}

static const struct ar_limit limits[] = {
	{ "record-rows", AR_APPLY_MAX_ROWS, "rows of one record" },
	{ "map-sections", AR_MAP_MAX_EMIT, "[emit] sections of a map" },
	{ "map-lines", AR_MAP_MAX_LINES, "lines of a section" },
	{ "map-columns", AR_MAP_MAX_COLS, "columns a map reads" },
	{ "rate-age", AR_APPLY_RATE_AGE, "days a rate may be old" },
	{ 0 }
};

#define TOOL(what, how) { \
	.name = "ar-normalize", .summary = "turn raw rows of exports into canonical records", .operands = "[FILE ...]", \
	.about = ABOUT, .opts = opts, .flags = how, .run = what, .limits = limits, .generate = generate, \
}
#define ABOUT \
	"Reads the raw rows that ar-extract wrote and applies the map of their system: fields, dates, signs, payment terms, currencies and " \
	"identity. For each export an extract record follows its records and says what it covers and of which date it is.\n\n" \
	"A document and all that belongs to it (a payment and its applications) is taken as a whole or refused as a whole. Equal records of " \
	"overlapping exports collapse; changed versions of a document all stay.\n\n" \
	"The end record counts rows = mapped + rows_collapsed + totals + unused + rejected, and made records = written + collapsed, where " \
	"extract and finding records are written besides. A total of the report that our sum does not meet is a finding (status 1)."

static bool given(int argc, char **argv, const char *option)
{
	size_t n = strlen(option);

	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], option, n) == 0 && (!argv[i][n] || argv[i][n] == '='))
			return true;
	return false;
}

int main(int argc, char **argv)
{
	static const struct ar_tool tool = TOOL(normalize, 0);
	static const struct ar_tool words = TOOL(describe, AR_TOOL_TEXT | AR_TOOL_SOURCE | AR_TOOL_NO_INPUT);
	static const struct ar_tool sample = TOOL(check, AR_TOOL_TEXT | AR_TOOL_NO_INPUT);

	return ar_main(given(argc, argv, "--describe") ? &words : given(argc, argv, "--check") ? &sample : &tool, argc, argv);
}
