/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/journal.h"

#include "rec/lines.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BLOCK = 256 * 1024, MAX_PREFIX = 160 };

struct ar_journal {
	char *dir, *path;
	int fd;
	bool write, failed;
	int64_t now;
	uint64_t seq;                   /* of the next line */
	char prev[65];                  /* hash of the last line */
	struct ar_buf batch;
	struct ar_arena mem;
	struct ar_journal_facts facts;
	/* while reading */
	ar_journal_fn *fn;
	void *arg;
	struct ar_buf text;             /* records without the three members */
	size_t upto;                    /* of text: what a mark has closed */
	uint64_t told;                  /* lines given to fn */
	uint64_t good;                  /* offset behind the last mark */
	uint64_t good_seq;
};

static int damaged(struct ar_journal *j, uint64_t line, const char *what, struct ar_err *e)
{
	ar_err(e, AR_DAMAGED, "journal_damaged", "the journal %s: line %llu %s", j->path,
	       (unsigned long long)line, what);
	return ar_err_advice(e, "nothing is posted on such a journal; compare it with a copy and find out who changed it");
}

static void hash_line(const char *p, size_t n, char hex[65])
{
	uint8_t d[32];

	ar_sha256(p, n, d);
	ar_hex(d, sizeof d, hex);
}

/* ---- reading ---- */

/* The three members before the record: their length, or 0 if they are not what they must be. */
static size_t prefix(const struct ar_journal *j, const char *p, size_t n)
{
	char want[MAX_PREFIX];
	struct ar_buf b = { want, 0, sizeof want };
	int64_t at;

	ar_buf_puts(&b, "{\"seq\":");
	ar_buf_int(&b, (int64_t)j->seq);
	ar_buf_puts(&b, ",\"prev\":\"");
	ar_buf_put(&b, j->prev, 64);
	ar_buf_puts(&b, "\",\"at\":\"");
	if (n < b.n + 24 || memcmp(p, want, b.n) != 0)
		return 0;
	if (!ar_time_parse((struct ar_str){ p + b.n, 20 }, &at, NULL) || memcmp(p + b.n + 20, "\",\"", 3) != 0)
		return 0;
	return b.n + 22;
}

/* The first n bytes of text: whole lines. They are told only if a mark has closed them, but must be records. */
static int tell(struct ar_journal *j, size_t n, struct ar_err *e)
{
	struct ar_lines *l = ar_lines_new_mem(j->text.p, n);
	bool closed = n == j->upto;
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_rec r;
	int rc;

	ar_rec_init(&r, &mem);
	while ((rc = ar_lines_next(l, &r, e)) == 1) {
		j->told++;
		if (j->told == 1 && (r.type != AR_T_journal || !ar_streqz(ar_raw_text(&r, AR_F_schema), AR_JOURNAL_SCHEMA)))
			rc = damaged(j, j->told, "is not the start of a journal", e);
		else if (closed && j->fn)
			rc = j->fn(j->arg, &r, e);
		if (rc < 0)
			break;
	}
	if (rc == 2)
		rc = damaged(j, j->told + 1, "holds no record", e);
	ar_rec_release(&r);
	ar_arena_release(&mem);
	ar_lines_free(l);
	memmove(j->text.p, j->text.p + n, j->text.n - n);
	j->text.n -= n;
	j->upto = 0;
	return rc;
}

/* One whole line without its line feed, at the given offset of the file. */
static int take_line(struct ar_journal *j, const char *p, size_t n, uint64_t at, struct ar_err *e)
{
	static const char mark[] = "\"type\":\"journal\",\"kind\":\"mark\"}";
	size_t skip = prefix(j, p, n);

	if (!skip)
		return damaged(j, j->seq, "does not follow from the one before", e);
	hash_line(p, n, j->prev);
	j->seq++;
	ar_buf_c(&j->text, '{');
	ar_buf_put(&j->text, p + skip, n - skip);
	ar_buf_c(&j->text, '\n');
	if (n - skip == sizeof mark - 1 && memcmp(p + skip, mark, sizeof mark - 1) == 0) {
		j->upto = j->text.n;
		j->good = at + n + 1;
		j->good_seq = j->seq;
		memcpy(j->facts.head, j->prev, sizeof j->prev);
	}
	return 0;
}

static int take_block(struct ar_journal *j, struct ar_buf *b, uint64_t base, size_t *used, struct ar_err *e)
{
	const char *nl;

	*used = 0;
	while ((nl = memchr(b->p + *used, '\n', b->n - *used))) {
		size_t n = (size_t)(nl - b->p) - *used;

		if (take_line(j, b->p + *used, n, base + *used, e) < 0)
			return -1;
		*used += n + 1;
	}
	return j->upto ? tell(j, j->upto, e) : 0;
}

static int read_all(struct ar_journal *j, struct ar_err *e)
{
	struct ar_buf b = AR_BUF_INIT;
	uint64_t base = 0;
	int rc = 0;

	while (rc == 0) {
		ssize_t k;
		size_t used;

		ar_buf_room(&b, BLOCK);
		k = read(j->fd, b.p + b.n, BLOCK);
		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			rc = ar_err_sys(e, "cannot read %s", j->path);
		if (k <= 0)
			break;
		b.n += (size_t)k;
		rc = take_block(j, &b, base, &used, e);
		memmove(b.p, b.p + used, b.n - used);
		b.n -= used;
		base += used;
		if (b.n > AR_LINE_MAX)
			rc = damaged(j, j->seq, "is too long", e);
	}
	if (rc == 0 && j->text.n)
		rc = tell(j, j->text.n, e);
	j->facts.torn = base + b.n - j->good;
	ar_buf_release(&b);
	return rc;
}

/* ---- writing ---- */

static void time_of(const struct ar_journal *j, char at[20])
{
	struct timespec t = { 0 };

	if (j->now == AR_JOURNAL_CLOCK && clock_gettime(CLOCK_REALTIME, &t) < 0)
		t.tv_sec = 0;
	ar_time_put(at, j->now == AR_JOURNAL_CLOCK ? (int64_t)t.tv_sec : j->now);
}

void ar_journal_add(struct ar_journal *j, const struct ar_rec *r)
{
	size_t from = j->batch.n, at;
	char when[20];

	time_of(j, when);
	ar_buf_puts(&j->batch, "{\"seq\":");
	ar_buf_int(&j->batch, (int64_t)j->seq);
	ar_buf_puts(&j->batch, ",\"prev\":\"");
	ar_buf_put(&j->batch, j->prev, 64);
	ar_buf_puts(&j->batch, "\",\"at\":\"");
	ar_buf_put(&j->batch, when, sizeof when);
	ar_buf_c(&j->batch, '"');
	at = j->batch.n;
	ar_rec_put(r, &j->batch);
	j->batch.p[at] = ',';                   /* was the record's brace */
	hash_line(j->batch.p + from, j->batch.n - from - 1, j->prev);
	j->seq++;
}

static void add_control(struct ar_journal *j, const char *kind, uint64_t bytes)
{
	struct ar_rec r;

	ar_rec_init(&r, &j->mem);
	ar_rec_start(&r, AR_T_journal);
	ar_set_text(&r, AR_F_kind, ar_str(kind));
	if (strcmp(kind, "start") == 0)
		ar_set_text(&r, AR_F_schema, AR_STR(AR_JOURNAL_SCHEMA));
	if (bytes)
		ar_set_i(&r, AR_F_records, (int64_t)bytes);
	ar_journal_add(j, &r);
	ar_rec_release(&r);
}

static int broken(struct ar_journal *j, const char *what, struct ar_err *e)
{
	j->failed = true;
	ar_err_sys(e, "cannot %s the journal %s", what, j->path);
	return ar_err_advice(e, "nothing was sent after this; mend the disk and run again, which finds out what is there");
}

int ar_journal_commit(struct ar_journal *j, struct ar_err *e)
{
	size_t done = 0;

	if (j->failed)
		return ar_err(e, AR_SYSTEM, "journal_failed", "the journal %s failed before", j->path);
	if (!j->batch.n)
		return 0;
	add_control(j, "mark", 0);
	while (done < j->batch.n) {
		ssize_t k = write(j->fd, j->batch.p + done, j->batch.n - done);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return broken(j, "write", e);
		done += (size_t)k;
	}
	if (fsync(j->fd) < 0)
		return broken(j, "save", e);
	j->batch.n = 0;
	ar_arena_reset(&j->mem);
	return 0;
}

static int sync_folder(struct ar_journal *j, struct ar_err *e)
{
	int fd = open(j->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0) {
		broken(j, "save", e);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	close(fd);
	return 0;
}

/* Cut off what no mark has closed, say so, and start the journal if nothing is left. */
static int make_ready(struct ar_journal *j, struct ar_err *e)
{
	if (j->facts.torn && ftruncate(j->fd, (off_t)j->good) < 0)
		return broken(j, "mend", e);
	if (!j->good && sync_folder(j, e) < 0)
		return -1;
	if (!j->good)
		add_control(j, "start", 0);
	if (j->facts.torn)
		add_control(j, "recovered", j->facts.torn);
	return ar_journal_commit(j, e);
}

static int open_file(struct ar_journal *j, struct ar_err *e)
{
	int flags = j->write ? O_RDWR | O_CREAT | O_APPEND : O_RDONLY;

	j->fd = open(j->path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (j->fd < 0 && !j->write && errno == ENOENT)
		return 0;
	if (j->fd < 0)
		return ar_err_sys(e, "cannot open the journal %s", j->path);
	return read_all(j, e);
}

struct ar_journal *ar_journal_open(const char *dir, bool write, int64_t now, ar_journal_fn *fn, void *arg, struct ar_err *e)
{
	struct ar_journal *j = ar_calloc(1, sizeof *j);
	size_t n = strlen(dir);

	j->dir = ar_malloc(n + 1);
	memcpy(j->dir, dir, n + 1);
	j->path = ar_malloc(n + sizeof "/" AR_JOURNAL_FILE);
	memcpy(j->path, dir, n);
	memcpy(j->path + n, "/" AR_JOURNAL_FILE, sizeof "/" AR_JOURNAL_FILE);
	j->write = write;
	j->now = now;
	j->fn = fn;
	j->arg = arg;
	j->seq = j->good_seq = 1;
	memset(j->prev, '0', 64);
	memset(j->facts.head, '0', 64);
	if (open_file(j, e) == 0) {
		j->seq = j->good_seq;
		j->facts.lines = j->good_seq - 1;
		memcpy(j->prev, j->facts.head, sizeof j->prev);
		if (!write || make_ready(j, e) == 0)
			return j;
	}
	ar_journal_close(j);
	return NULL;
}

const struct ar_journal_facts *ar_journal_facts(const struct ar_journal *j) { return &j->facts; }

void ar_journal_close(struct ar_journal *j)
{
	if (!j)
		return;
	if (j->fd > 0)
		close(j->fd);
	ar_buf_release(&j->text);
	ar_buf_release(&j->batch);
	ar_arena_release(&j->mem);
	free(j->path);
	free(j->dir);
	free(j);
}
