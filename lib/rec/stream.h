/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream.h - the life of a stream (DESIGN section 2): head, records, end.
 *
 * Reading: one or more files or standard input, each holding one or more sealed streams; heads and ends are consumed and verified:
 * the checksum of every byte, the counts, the control totals. Stages and inputs of all streams are united in a struct ar_prov. A stream
 * without a true end, bytes outside a stream, a second head before an end: exit 3. Zero records in all: exit 3 unless allowed.
 *
 * Writing: ar_writer writes a head before the first record, counts and sums what it writes, and an end only when asked to.
 */
#ifndef AR_REC_STREAM_H
#define AR_REC_STREAM_H

#include "base/out.h"
#include "rec/lines.h"
#include "rec/rec.h"

/* Where everything came from: united over all inputs of a run. */
struct ar_prov {
	struct ar_tab stage;     /* "tool version parameters", in order of first appearance */
	struct ar_tab input;     /* "name size sha256" */
	struct ar_tab name;      /* names of inputs: two different inputs of one name are refused */
	struct ar_tab head_input;/* names that heads listed */
};
/* false: another input of this name but with other content is there already (e: exit 2). size and hash of the file as stored. */
bool ar_prov_input(struct ar_prov *p, struct ar_str name, uint64_t size, const char *sha256, struct ar_err *e);
void ar_prov_release(struct ar_prov *p);

enum {
	AR_READ_FRAGMENT = 1,    /* records only, no envelope; empty is valid */
	AR_READ_EMPTY = 2,       /* zero records are fine */
	AR_READ_LOOSE = 4,       /* for ar-cat --seal: heads and ends anywhere and unverified, at least one end */
	AR_READ_NEW = 8,         /* for ar-cat --seal=new: no envelope at all, but not a fragment */
};

struct ar_stream_facts {         /* from heads and ends; the last one wins unless said */
	ar_date as_of;           /* AR_DATE_NONE: none said, or streams differ (differ = true) */
	bool as_of_differ;
	ar_date head_as_of;      /* of the last head alone */
	int64_t known_at;        /* INT64_MIN: none */
	uint64_t streams;        /* ends seen */
	uint64_t ended_records;  /* sum of their counts */
	struct ar_tab notes;     /* "name" of upstream notes, with sums in note_sum */
	uint64_t note_sum[64];
};

struct ar_reader;
struct ar_reader *ar_reader_new(const char *const *paths, int n, unsigned flags, struct ar_prov *prov);   /* n = 0: stdin */
void ar_reader_set_flags(struct ar_reader *rd, unsigned more);   /* before the first record */
/* 1: *r, 2: refused record (e; (*r)->line is its text), 0: true end of all inputs, -1: e. */
int ar_reader_next(struct ar_reader *rd, struct ar_rec **r, struct ar_err *e);
const struct ar_stream_facts *ar_reader_facts(const struct ar_reader *rd);
uint64_t ar_reader_count(const struct ar_reader *rd);          /* records read, refused ones too */
void ar_reader_free(struct ar_reader *rd);

struct ar_writer {
	struct ar_out *out;
	struct ar_buf buf;
	struct ar_sum *sum;
	struct ar_tally tally;
	struct ar_arena mem;
	bool fragment, begun;
	/* set before the first record */
	const char *tool, *version;
	ar_date as_of;
	int64_t known_at;                   /* INT64_MIN: none */
	struct ar_str *parameter;
	int nparameter;
	const struct ar_prov *prov;
};
void ar_writer_init(struct ar_writer *w, struct ar_out *out, const char *tool);
void ar_write(struct ar_writer *w, const struct ar_rec *r);
/* For records of type raw, whose names no schema knows: append the canonical line with its newline to what the first returns,
 * then call the second, which counts it. Nobody checks it. */
struct ar_buf *ar_write_raw_line(struct ar_writer *w);
void ar_write_raw_done(struct ar_writer *w);
/* The end: notes as "name=n". Also writes the head if no record came. Then flushes. -1: e. */
int ar_writer_end(struct ar_writer *w, const struct ar_str *note, int nnote, struct ar_err *e);
int ar_writer_flush(struct ar_writer *w, struct ar_err *e);    /* without an end: what was written so far */
void ar_writer_release(struct ar_writer *w);

#endif
