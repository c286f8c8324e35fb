/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rec/stream.h"

#include "base/sort.h"

#include <stdlib.h>

enum { FLUSH = 256 * 1024 };

bool ar_prov_input(struct ar_prov *p, struct ar_str name, uint64_t size, const char *sha256, struct ar_err *e)
{
	struct ar_buf b = AR_BUF_INIT;
	bool other;

	ar_buf_str(&b, name);
	ar_buf_fmt(&b, " %llu %s", (unsigned long long)size, sha256);
	other = ar_tab_get(&p->name, name) != AR_TAB_NONE && ar_tab_get(&p->input, ar_buf_slice(&b)) == AR_TAB_NONE;
	if (!other) {
		ar_tab_add(&p->name, name, NULL);
		ar_tab_add(&p->input, ar_buf_slice(&b), NULL);
	}
	ar_buf_release(&b);
	if (other) {
		ar_err(e, AR_USAGE, "input_name", "two different inputs are called %.*s", AR_STR_FMT(name));
		ar_err_advice(e, "give one another name with --name=NAME, so that every record says which one it came from");
		return false;
	}
	return true;
}

void ar_prov_release(struct ar_prov *p)
{
	ar_tab_release(&p->stage);
	ar_tab_release(&p->input);
	ar_tab_release(&p->name);
	ar_tab_release(&p->head_input);
}

struct ar_reader {
	const char *const *path;
	int npath, at;
	unsigned flags;
	struct ar_prov *prov;
	struct ar_in *in;
	struct ar_lines *lines;
	struct ar_arena mem;
	struct ar_rec rec;
	bool inside;             /* between head and end */
	bool any_end;
	struct ar_tally tally;   /* of the current stream */
	uint64_t refused;        /* in the current stream */
	uint64_t count;
	struct ar_stream_facts facts;
};

struct ar_reader *ar_reader_new(const char *const *paths, int n, unsigned flags, struct ar_prov *prov)
{
	static const char *const standard_input[] = { "-" };
	struct ar_reader *rd = ar_calloc(1, sizeof *rd);

	rd->path = n ? paths : standard_input;
	rd->npath = n ? n : 1;
	rd->flags = flags;
	rd->prov = prov;
	rd->facts.as_of = rd->facts.head_as_of = AR_DATE_NONE;
	rd->facts.known_at = INT64_MIN;
	ar_rec_init(&rd->rec, &rd->mem);
	return rd;
}

void ar_reader_set_flags(struct ar_reader *rd, unsigned more) { rd->flags |= more; }

void ar_reader_free(struct ar_reader *rd)
{
	if (!rd)
		return;
	ar_lines_free(rd->lines);
	ar_in_close(rd->in);
	ar_rec_release(&rd->rec);
	ar_arena_release(&rd->mem);
	ar_tally_release(&rd->tally);
	ar_tab_release(&rd->facts.notes);
	free(rd);
}

const struct ar_stream_facts *ar_reader_facts(const struct ar_reader *rd) { return &rd->facts; }
uint64_t ar_reader_count(const struct ar_reader *rd) { return rd->count; }

static int damaged(struct ar_reader *rd, struct ar_err *e, const char *code, const char *text, const char *advice)
{
	ar_err(e, AR_DAMAGED, code, "%s", text);
	ar_err_advice(e, advice);
	return ar_err_at(e, ar_in_name(rd->in), rd->lines ? ar_lines_number(rd->lines) : 0);
}

static int take_head(struct ar_reader *rd, struct ar_err *e)
{
	struct ar_rec *r = &rd->rec;
	struct ar_str *name;
	int n;

	if (!ar_streqz(ar_raw_text(r, AR_F_schema), AR_SCHEMA))
		return damaged(rd, e, "schema_version", "the stream was written in another version of the record format",
		               "use the arpipe version that wrote it, or extract again");
	rd->facts.head_as_of = ar_day(r, AR_F_as_of);
	if (ar_has(r, AR_F_as_of)) {
		ar_date d = ar_day(r, AR_F_as_of);

		if (rd->facts.as_of == AR_DATE_NONE && !rd->facts.as_of_differ)
			rd->facts.as_of = d;
		else if (rd->facts.as_of != d)
			rd->facts.as_of_differ = true;
	}
	if (rd->facts.as_of_differ)
		rd->facts.as_of = AR_DATE_NONE;
	if (ar_has(r, AR_F_known_at))
		rd->facts.known_at = r->v[AR_F_known_at].i;
	n = ar_list(r, AR_F_inputs, &name);
	for (int i = 0; i < n; i++)
		ar_tab_add(&rd->prov->head_input, name[i], NULL);
	ar_lines_sum_from_here(rd->lines);
	ar_tally_release(&rd->tally);
	rd->refused = 0;
	rd->inside = true;
	return 0;
}

/* stages and inputs of an end go into the provenance of this run; notes are summed */
static int unite(struct ar_reader *rd, struct ar_err *e)
{
	struct ar_rec *r = &rd->rec;
	struct ar_str *s;
	int n = ar_list(r, AR_F_stages, &s);

	for (int i = 0; i < n; i++)
		ar_tab_add(&rd->prov->stage, s[i], NULL);
	n = ar_list(r, AR_F_inputs, &s);
	for (int i = 0; i < n; i++) {
		const char *sha = memrchr(s[i].p, ' ', s[i].n), *size;
		struct ar_str name;

		size = sha ? memrchr(s[i].p, ' ', (size_t)(sha - s[i].p)) : NULL;
		if (!size)
			return damaged(rd, e, "end_inputs", "the end record lists an input without size and hash", NULL);
		name = (struct ar_str){ s[i].p, (size_t)(size - s[i].p) };
		if (!ar_prov_input(rd->prov, name, (uint64_t)ar_str_uint((struct ar_str){ size + 1, (size_t)(sha - size - 1) },
		                   INT64_MAX / 2), ar_arena_dup(&rd->mem, sha + 1, (size_t)(s[i].p + s[i].n - sha - 1)), e))
			return -1;
	}
	n = ar_list(r, AR_F_notes, &s);
	for (int i = 0; i < n; i++) {
		struct ar_str name, value = ar_str_cut(s[i], '=', &name);
		uint32_t k = ar_tab_add(&rd->facts.notes, name, NULL);
		int64_t v = ar_str_uint(value, INT64_MAX / 2);

		if (k < 64 && v > 0)
			rd->facts.note_sum[k] += (uint64_t)v;
	}
	return 0;
}

static bool same_text(const struct ar_rec *a, const struct ar_rec *b, enum ar_f f)
{
	return ar_streq(ar_raw_text(a, f), ar_raw_text(b, f));
}

static int verify_totals(struct ar_reader *rd, struct ar_err *e)
{
	struct ar_rec mine;
	bool ok;

	ar_rec_init(&mine, &rd->mem);
	ar_rec_start(&mine, AR_T_end);
	ar_tally_totals(&rd->tally, &mine);
	ar_tally_counts(&rd->tally, &mine);
	ok = rd->refused || (same_text(&mine, &rd->rec, AR_F_totals) && same_text(&mine, &rd->rec, AR_F_counts));
	ar_rec_release(&mine);
	return ok ? 0 : damaged(rd, e, "control_totals", "counts or control totals do not agree with the records",
	                        "run the step that made the stream again");
}

static int take_end(struct ar_reader *rd, struct ar_err *e)
{
	struct ar_rec *r = &rd->rec;
	const char *at = memmem(r->line, r->len, ",\"checksum\"", 11);
	char hex[33];

	if (!at)
		return damaged(rd, e, "checksum", "the end record has no checksum", NULL);
	ar_lines_sum_upto(rd->lines, at, hex);
	if (!ar_streqz(ar_raw_text(r, AR_F_checksum), hex))
		return damaged(rd, e, "checksum", "the stream was changed or damaged after it was written",
		               "run the step that made it again; after jq or Miller, close it with ar-cat --seal");
	if ((uint64_t)r->v[AR_F_records].i != rd->tally.records + rd->refused)
		return damaged(rd, e, "record_count", "the end record counts other records than there are", NULL);
	if (verify_totals(rd, e) < 0)
		return -1;
	rd->inside = false;
	return 0;
}

static int envelope(struct ar_reader *rd, struct ar_err *e)
{
	bool head = rd->rec.type == AR_T_head;

	if (rd->flags & (AR_READ_FRAGMENT | AR_READ_NEW))
		return damaged(rd, e, "fragment", "a fragment has no head and no end", "leave out --fragment to read a sealed stream");
	if (!(rd->flags & AR_READ_LOOSE)) {
		if (head && rd->inside)
			return damaged(rd, e, "stream_incomplete", "a new stream begins but the one before has no end",
			               "run the step that made it again");
		if (!head && !rd->inside)
			return damaged(rd, e, "end_without_head", "an end record without its head", NULL);
		if (head)
			return take_head(rd, e);
		if (take_end(rd, e) < 0)
			return -1;
	}
	if (!head) {
		rd->any_end = true;
		rd->facts.streams++;
		rd->facts.ended_records += (uint64_t)rd->rec.v[AR_F_records].i;
		return unite(rd, e);
	}
	if (ar_has(&rd->rec, AR_F_as_of))
		rd->facts.as_of = ar_day(&rd->rec, AR_F_as_of);
	if (ar_has(&rd->rec, AR_F_known_at))
		rd->facts.known_at = rd->rec.v[AR_F_known_at].i;
	return 0;
}

/* The end of one file: it must not end inside a stream. */
static int close_input(struct ar_reader *rd, struct ar_err *e)
{
	if (rd->inside)
		return damaged(rd, e, "stream_incomplete", "the stream has no end record: whoever wrote it did not finish",
		               "run the step that made it again; nothing of it may be used");
	if ((rd->flags & AR_READ_LOOSE) && !rd->any_end)
		return damaged(rd, e, "stream_incomplete", "no end record anywhere in the input: what came before was cut off",
		               "run the steps before again; for records made by hand use --seal=new");
	if (!(rd->flags & (AR_READ_FRAGMENT | AR_READ_NEW)) && !rd->any_end)
		return damaged(rd, e, "stream_incomplete", "nothing at all in the input, not even a head and an end record",
		               "whoever should have written it did not start or died; run that step again");
	ar_lines_free(rd->lines);
	rd->lines = NULL;
	ar_in_close(rd->in);
	rd->in = NULL;
	rd->at++;
	return 0;
}

static int open_input(struct ar_reader *rd, struct ar_err *e)
{
	rd->in = ar_in_open(rd->path[rd->at], NULL, false, e);
	if (!rd->in)
		return -1;
	rd->lines = ar_lines_new(rd->in);
	rd->any_end = false;
	return 0;
}

int ar_reader_next(struct ar_reader *rd, struct ar_rec **out, struct ar_err *e)
{
	for (;;) {
		int rc;

		if (!rd->in) {
			if (rd->at == rd->npath) {
				if (!rd->count && !(rd->flags & (AR_READ_EMPTY | AR_READ_FRAGMENT))) {
					ar_err(e, AR_DAMAGED, "no_records", "there is no record in the input");
					return ar_err_advice(e, "if that can be right, say --allow-empty");
				}
				return 0;
			}
			if (open_input(rd, e) < 0)
				return -1;
		}
		rc = ar_lines_next(rd->lines, &rd->rec, e);
		if (rc < 0)
			return -1;
		if (rc == 0) {
			if (close_input(rd, e) < 0)
				return -1;
			continue;
		}
		*out = &rd->rec;
		if (rc == 1 && (rd->rec.type == AR_T_head || rd->rec.type == AR_T_end)) {
			if (envelope(rd, e) < 0)
				return -1;
			continue;
		}
		if (!rd->inside && !(rd->flags & (AR_READ_FRAGMENT | AR_READ_LOOSE | AR_READ_NEW)))
			return damaged(rd, e, "no_head", "records without a head: this is not a whole stream",
			               "arpipe streams begin with a head record; seal foreign ones with ar-cat --seal");
		rd->count++;
		if (rc == 1)
			ar_tally_add(&rd->tally, &rd->rec);
		else
			rd->refused++;
		return rc;
	}
}

void ar_writer_init(struct ar_writer *w, struct ar_out *out, const char *tool)
{
	memset(w, 0, sizeof *w);
	w->out = out;
	w->tool = tool;
	w->version = PACKAGE_VERSION;
	w->as_of = AR_DATE_NONE;
	w->known_at = INT64_MIN;
	w->sum = ar_sum_new();
	ar_schema_init();
}

static void pass_on(struct ar_writer *w)
{
	ar_sum_add(w->sum, w->buf.p, w->buf.n);
	ar_out_put(w->out, w->buf.p, w->buf.n);
	w->buf.n = 0;
}

static int str_cmp(const void *a, const void *b, void *ctx)
{
	return ar_str_cmp(*(const struct ar_str *)a, *(const struct ar_str *)b);
}

/* the names of a table, sorted: the order in which independent inputs came must not show */
static void set_sorted(struct ar_rec *r, enum ar_f f, const struct ar_tab *t)
{
	struct ar_str *s = ar_arena_alloc(r->mem, (t->n + 1) * sizeof *s);

	if (t->n)
		memcpy(s, t->key, t->n * sizeof *s);
	ar_sort(s, t->n, sizeof *s, str_cmp, NULL);
	ar_set_list(r, f, s, (int)t->n);
}

static void begin(struct ar_writer *w)
{
	struct ar_rec r;

	w->begun = true;
	if (w->fragment)
		return;
	ar_rec_init(&r, &w->mem);
	ar_rec_start(&r, AR_T_head);
	ar_set_text(&r, AR_F_schema, AR_STR(AR_SCHEMA));
	ar_set_text(&r, AR_F_tool, ar_str(w->tool));
	ar_set_text(&r, AR_F_version, ar_str(w->version));
	if (w->as_of != AR_DATE_NONE)
		ar_set_i(&r, AR_F_as_of, w->as_of);
	if (w->known_at != INT64_MIN)
		ar_set_i(&r, AR_F_known_at, w->known_at);
	ar_set_list(&r, AR_F_parameters, w->parameter, w->nparameter);
	if (w->prov)
		set_sorted(&r, AR_F_inputs, &w->prov->head_input);
	ar_rec_put(&r, &w->buf);
	ar_rec_release(&r);
}

void ar_write(struct ar_writer *w, const struct ar_rec *r)
{
	if (!w->begun)
		begin(w);
	ar_tally_add(&w->tally, r);
	ar_rec_put(r, &w->buf);
	if (w->buf.n >= FLUSH)
		pass_on(w);
}

struct ar_buf *ar_write_raw_line(struct ar_writer *w)
{
	if (!w->begun)
		begin(w);
	return &w->buf;
}

void ar_write_raw_done(struct ar_writer *w)
{
	w->tally.records++;
	w->tally.count[AR_T_raw]++;
	if (w->buf.n >= FLUSH)
		pass_on(w);
}

static void set_stages(struct ar_writer *w, struct ar_rec *r)
{
	struct ar_buf b = AR_BUF_INIT;

	if (w->prov)
		for (uint32_t i = 0; i < w->prov->stage.n; i++)
			ar_list_add(r, AR_F_stages, w->prov->stage.key[i]);
	ar_buf_fmt(&b, "%s %s", w->tool, w->version);
	for (int i = 0; i < w->nparameter; i++) {
		ar_buf_c(&b, ' ');
		ar_buf_str(&b, w->parameter[i]);
	}
	ar_list_add(r, AR_F_stages, ar_buf_slice(&b));
	ar_buf_release(&b);
}

int ar_writer_end(struct ar_writer *w, const struct ar_str *note, int nnote, struct ar_err *e)
{
	struct ar_rec r;
	char hex[33];

	if (!w->begun)
		begin(w);
	if (w->fragment) {
		pass_on(w);
		return ar_out_flush(w->out, e);
	}
	ar_rec_init(&r, &w->mem);
	ar_rec_start(&r, AR_T_end);
	ar_set_i(&r, AR_F_records, (int64_t)w->tally.records);
	ar_tally_counts(&w->tally, &r);
	ar_tally_totals(&w->tally, &r);
	ar_set_list(&r, AR_F_notes, note, nnote);
	set_stages(w, &r);
	if (w->prov)
		set_sorted(&r, AR_F_inputs, &w->prov->input);
	ar_rec_put(&r, &w->buf);
	ar_rec_release(&r);
	w->buf.n -= 2;                                  /* "}\n": the checksum goes before it */
	pass_on(w);
	ar_sum_hex(w->sum, hex);
	ar_buf_fmt(&w->buf, ",\"checksum\":\"%s\"}\n", hex);
	pass_on(w);
	return ar_out_flush(w->out, e);
}

int ar_writer_flush(struct ar_writer *w, struct ar_err *e)
{
	pass_on(w);
	return ar_out_flush(w->out, e);
}

void ar_writer_release(struct ar_writer *w)
{
	ar_buf_release(&w->buf);
	ar_sum_free(w->sum);
	ar_tally_release(&w->tally);
	ar_arena_release(&w->mem);
}
