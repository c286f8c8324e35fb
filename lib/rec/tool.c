/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "rec/tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { SHOWN_REJECTS = 20 };

static const struct ar_limit common_limits[] = {
	{ "line", AR_LINE_MAX, "bytes of one record line" },
	{ "custom-fields", AR_X_MAX, "custom fields of one record, or names of a raw row" },
	{ "amount", AR_MONEY_MAX, "minor units of one amount" },
	{ "input-bytes", AR_IN_MAX, "bytes of one input after decompression" },
	{ "decompression-ratio", AR_IN_RATIO, "bytes out for one byte in, beyond 16 MiB" },
	{ 0 }
};

static int today(ar_date *d)
{
	time_t t = time(NULL);          /* the only clock of the toolkit; asked for by name */

	*d = (ar_date)(t / 86400);
	return t == (time_t)-1 ? -1 : 0;
}

int ar_opt_date(const char *value, void *var, const char **shown, struct ar_err *e)
{
	static char text[4][11];
	static int at;
	ar_date *d = var;

	if (strcmp(value, "today") == 0) {
		if (today(d) < 0)
			return ar_err_sys(e, "cannot read the clock");
		*shown = ar_date_z(text[at++ & 3], *d);
		return 0;
	}
	if (!ar_date_parse(ar_str(value), d))
		return ar_err(e, AR_USAGE, "usage", "'%s' is not a date: write YYYY-MM-DD, or today", value);
	return 0;
}

int ar_opt_time(const char *value, void *var, const char **shown, struct ar_err *e)
{
	static char text[4][24];
	static int at;
	int64_t *t = var;
	ar_date d;

	if (ar_date_parse(ar_str(value), &d)) {
		*t = (int64_t)d * 86400 + 86399;
		*shown = text[at & 3];
		ar_time_put(text[at & 3], *t);
		text[at++ & 3][20] = '\0';
		return 0;
	}
	if (!ar_time_parse(ar_str(value), t, NULL))
		return ar_err(e, AR_USAGE, "usage", "'%s' is not a moment: write YYYY-MM-DDThh:mm:ssZ or YYYY-MM-DD", value);
	return 0;
}

int ar_opt_ccy(const char *value, void *var, const char **shown, struct ar_err *e)
{
	int c = ar_ccy_find(ar_str(value));

	if (c < 0)
		return ar_err(e, AR_USAGE, "usage", "'%s' is not an ISO 4217 currency", value);
	*(int *)var = c;
	return 0;
}

void ar_io_warn(struct ar_io *io, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s: ", io->tool->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

void ar_io_note(struct ar_io *io, const char *name, uint64_t n)
{
	bool fresh;
	uint32_t k = ar_tab_add(&io->note, ar_str(name), &fresh);

	if (fresh) { /* few, and seldom new */
		io->note_n = ar_realloc(io->note_n, ((size_t)k + 1) * sizeof *io->note_n);
		io->note_n[k] = 0;
	}
	io->note_n[k] += n;
}

static void add_param(struct ar_io *io, struct ar_str s)
{
	io->w.parameter = ar_realloc(io->w.parameter, ((size_t)io->w.nparameter + 1) * sizeof *io->w.parameter);
	io->w.parameter[io->w.nparameter++] = s;
}

void ar_io_param(struct ar_io *io, const char *name, const char *value)
{
	add_param(io, ar_str(value ? ar_arena_fmt(&io->mem, "%s=%s", name, value) : ar_arena_fmt(&io->mem, "%s", name)));
}

/* A raw line for the rejects file: bytes that are not UTF-8 are shown as \xNN, so that nothing is lost. */
static struct ar_str printable(struct ar_arena *mem, struct ar_str raw)
{
	struct ar_buf b = AR_BUF_INIT;
	struct ar_str out;

	if (ar_utf8_ok(raw.p, raw.n) && !memchr(raw.p, '\0', raw.n))
		return raw;
	while (raw.n) {
		size_t n = ar_utf8_check(raw.p, raw.n), z;
		const char *nul = n ? memchr(raw.p, '\0', n) : NULL;

		z = nul ? (size_t)(nul - raw.p) : n;
		ar_buf_put(&b, raw.p, z);
		if (z == raw.n)
			break;
		ar_buf_fmt(&b, "\\x%02X", (unsigned char)raw.p[z]);
		raw.p += z + 1;
		raw.n -= z + 1;
	}
	out = ar_arena_str(mem, ar_buf_slice(&b));
	ar_buf_release(&b);
	return out;
}

static void write_reject(struct ar_io *io, struct ar_str raw, struct ar_str src)
{
	const struct ar_err *e = &io->err;
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_rec r;

	ar_rec_init(&r, &mem);
	ar_rec_start(&r, AR_T_reject);
	ar_set_text(&r, AR_F_code, ar_str(e->code));
	ar_set_text(&r, AR_F_message, ar_str(e->text));
	ar_set_text(&r, AR_F_advice, ar_str(e->advice));
	ar_set_text(&r, AR_F_tool, ar_str(io->tool->name));
	ar_set_text(&r, AR_F_input, e->file[0] ? ar_str(e->file) : AR_STR("-"));
	if (e->line)
		ar_set_i(&r, AR_F_record, (int64_t)e->line);
	ar_set_text(&r, AR_F_field, printable(&mem, ar_str(e->field)));
	ar_set_text(&r, AR_F_value, printable(&mem, ar_str(e->value)));
	ar_set_text(&r, AR_F_raw, printable(&mem, raw));
	ar_set_text(&r, AR_F_src, src);
	ar_write(&io->rej, &r);
	ar_rec_release(&r);
	ar_arena_release(&mem);
}

static void reject(struct ar_io *io, struct ar_str raw, struct ar_str src)
{
	char line[1200];

	io->rejected++;
	if (io->rej_open)
		write_reject(io, raw, src);
	else if (io->rejected <= SHOWN_REJECTS)
		fprintf(stderr, "%s: refused: %s\n", io->tool->name, ar_err_line(&io->err, line, sizeof line));
	ar_err_clear(&io->err);
}

void ar_io_reject(struct ar_io *io, const struct ar_rec *r)
{
	struct ar_str src = { NULL, 0 }, raw = { NULL, 0 };

	if (r && ar_has(r, AR_F_src)) {
		struct ar_str name, rest;
		const char *colon;

		src = ar_text(r, AR_F_src);
		colon = memchr(src.p, ':', src.n);
		if (colon && !io->err.file[0]) {
			name = (struct ar_str){ src.p, (size_t)(colon - src.p) };
			rest = (struct ar_str){ colon + 1, src.n - name.n - 1 };
			ar_str_cut(rest, ':', &rest);
			ar_err_at(&io->err, ar_arena_dup(r->mem, name.p, name.n),
			          (uint64_t)(ar_str_uint(rest, INT64_MAX / 2) > 0 ? ar_str_uint(rest, INT64_MAX / 2) : 0));
		}
	}
	if (r && r->line)
		raw = (struct ar_str){ r->line, r->len };
	if (r && !io->err.file[0] && r->input)
		ar_err_at(&io->err, r->input, r->lineno);
	reject(io, raw, src);
}

void ar_io_reject_raw(struct ar_io *io, const char *input, uint64_t line, struct ar_str raw)
{
	ar_err_at(&io->err, input, line);
	reject(io, raw, (struct ar_str){ NULL, 0 });
}

int ar_io_expected(struct ar_io *io)
{
	for (int i = 0; i < io->expect.n; i++) {
		struct ar_str rest = ar_str(io->expect.v[i]), name;

		while (rest.p) {
			rest = ar_str_cut(rest, ',', &name);
			if (!name.n || ar_tab_get(&io->prov.name, name) != AR_TAB_NONE)
				continue;
			ar_err(&io->err, AR_DAMAGED, "input_missing", "the input %.*s never arrived", AR_STR_FMT(name));
			return ar_err_advice(&io->err, "look why its export is missing; nothing is made from an incomplete night");
		}
	}
	return 0;
}

int ar_io_next(struct ar_io *io, struct ar_rec **r)
{
	for (;;) {
		int rc = ar_reader_next(io->in, r, &io->err);

		if (rc == 1 || rc == 2)
			io->read++;
		if (rc == 0 && ar_io_expected(io) < 0)        /* before the tool acts on what it read */
			return -1;
		if (rc != 2)
			return rc;
		ar_io_reject(io, *r);
	}
}

int ar_io_with(struct ar_io *io, const struct ar_args *files, int (*fn)(struct ar_io *, const struct ar_rec *, void *), void *arg)
{
	struct ar_reader *rd;
	struct ar_rec *r;
	int rc;

	if (!files->n)
		return 0;
	rd = ar_reader_new(files->v, files->n, AR_READ_EMPTY, &io->prov);
	while ((rc = ar_reader_next(rd, &r, &io->err)) > 0) {
		if (rc == 2)
			ar_io_reject(io, r);
		else if (fn(io, r, arg) < 0) {
			rc = -1;
			break;
		}
	}
	ar_reader_free(rd);
	return rc;
}

char *ar_io_slurp(struct ar_io *io, const char *path, size_t max, size_t *n)
{
	char *p = ar_in_slurp(path, max, n, &io->err), *q, hex[65];
	const char *base = strrchr(path, '/');
	uint8_t d[32];

	if (!p)
		return NULL;
	ar_sha256(p, *n, d);
	ar_hex(d, 32, hex);
	q = ar_arena_dup(&io->mem, p, *n);
	free(p);
	if (!ar_prov_input(&io->prov, ar_str(base ? base + 1 : path), *n, hex, &io->err))
		return NULL;
	return q;
}

/* ---- the frame ---- */

static struct {
	bool help, version, limits;
	const char *generate;
} common;

static struct ar_opt input_opts[] = {
	{ AR_O_LIST, "expect", "NAME,...", "Inputs that must have arrived: without one of them the tool stops with status 3", NULL, 0, NULL },
	{ AR_O_FLAG, "allow-empty", NULL, "Zero records are no error", NULL, 0, NULL },
	AR_OPT_END
};

static struct ar_opt fragment_opts[] = {
	{ AR_O_FLAG, "fragment", NULL, "Input and output without head and end, for parts of a stream run in parallel", NULL, 0, NULL },
	AR_OPT_END
};

static struct ar_opt common_opts[] = {
	{ AR_O_FILE, "rejects", "FILE", "Write what is refused to FILE as reject records; without it the first 20 are told on standard error", NULL, 0, NULL },
	{ AR_O_UINT, "tolerate", "N", "Up to N rejects still end with status 0", NULL, 0, NULL },
	{ AR_O_FLAG, "show-limits", NULL, "Print every limit and exit", &common.limits, 0, NULL },
	{ AR_O_FLAG, "help", NULL, "Print this help and exit", &common.help, 0, NULL },
	{ AR_O_FLAG, "version", NULL, "Print the version and exit", &common.version, 0, NULL },
	AR_OPT_END
};

static struct ar_opt hidden_opts[] = {
	{ AR_O_TEXT, "generate", "WHAT", "", &common.generate, 0, NULL },
	AR_OPT_END
};

/* Descriptors 0, 1, 2 must be open, or the next file opened would become standard output. Opened the wrong way round on
 * purpose: a read or write then fails and is reported. */
static void guard_descriptors(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0)
			_exit(AR_SYSTEM);
}

static int complain(struct ar_io *io)
{
	char line[1400];

	fprintf(stderr, "%s: %s\n", io->tool->name, ar_err_line(&io->err, line, sizeof line));
	return io->err.exit ? (int)io->err.exit : AR_SYSTEM;
}

static int say(struct ar_buf *b)
{
	struct ar_err e = { 0 };
	struct ar_out o;
	char line[1400];
	int rc;

	ar_out_fd(&o, 1);
	ar_out_put(&o, b->p, b->n);
	rc = ar_out_flush(&o, &e);
	if (rc < 0)
		fprintf(stderr, "%s\n", ar_err_line(&e, line, sizeof line));
	ar_out_abort(&o);
	ar_buf_release(b);
	return rc < 0 ? AR_SYSTEM : AR_OK;
}

static void limits(struct ar_buf *b, const struct ar_limit *l)
{
	for (; l && l->name; l++)
		ar_buf_fmt(b, "%-24s %20llu  %s\n", l->name, (unsigned long long)l->value, l->doc);
}

static int documents(const struct ar_tool *t, const struct ar_opt *const *tables)
{
	struct ar_opt_page p = { .name = t->name, .summary = t->summary, .operands = t->operands, .about = t->about, .tables = tables };
	const char *what = common.generate;
	struct ar_buf b = AR_BUF_INIT;

	if (common.version)
		ar_buf_fmt(&b, "%s (arpipe) %s\nLicense GPL-3.0-or-later.\n", t->name, PACKAGE_VERSION);
	else if (common.limits) {
		limits(&b, common_limits);
		limits(&b, t->limits);
	} else if (common.help)
		ar_opt_help(&p, &b);
	else if (strcmp(what, "mdoc") == 0)
		ar_opt_mdoc(&p, &b);
	else if (strcmp(what, "bash") == 0)
		ar_opt_bash(&p, &b);
	else if (strcmp(what, "zsh") == 0)
		ar_opt_zsh(&p, &b);
	else if (strcmp(what, "fish") == 0)
		ar_opt_fish(&p, &b);
	else if (strcmp(what, "records-mdoc") == 0)
		ar_schema_mdoc(&b);
	else if (strcmp(what, "records-json-schema") == 0)
		ar_schema_json(&b);
	else if (!t->generate || !t->generate(what, &b)) {
		fprintf(stderr, "%s: nothing called %s can be generated\n", t->name, what);
		return AR_USAGE;
	}
	return say(&b);
}

static void set_parameters(struct ar_io *io, const struct ar_cmdline *c)
{
	for (int i = 0; i < c->ngiven; i++) {
		const struct ar_opt *o = c->given[i].opt;
		const char *v = c->given[i].value;

		if (!(o->flags & AR_OPT_SHOWN))
			continue;
		if (v && (o->kind == AR_O_FILE || o->kind == AR_O_FILES) && strrchr(v, '/'))
			v = strrchr(v, '/') + 1;
		ar_io_param(io, o->name, v);
	}
}

static int open_rejects(struct ar_io *io)
{
	if (!io->rejects_path)
		return 0;
	if (ar_out_create(&io->rej_out, io->rejects_path, &io->err) < 0)
		return -1;
	ar_writer_init(&io->rej, &io->rej_out, io->tool->name);
	io->rej_open = true;
	return 0;
}

static int close_rejects(struct ar_io *io, bool commit)
{
	int rc = 0;

	if (!io->rej_open)
		return 0;
	if (commit && (ar_writer_end(&io->rej, NULL, 0, &io->err) < 0 || ar_out_commit(&io->rej_out, &io->err) < 0))
		rc = -1;
	ar_writer_release(&io->rej);
	ar_out_abort(&io->rej_out);
	io->rej_open = false;
	return rc;
}

static int finish(struct ar_io *io)
{
	struct ar_str *note;
	int n = 0;
	struct ar_rec *r;

	if (io->in && !(io->tool->flags & AR_TOOL_NO_INPUT)) {
		int rc = ar_reader_next(io->in, &r, &io->err);

		ar_assert(rc <= 0);                 /* a tool reads its input to the end */
		if (rc < 0)
			return -1;
	}
	if (io->in && ar_io_expected(io) < 0)
		return -1;
	if (io->rejected)
		ar_io_note(io, "rejected", io->rejected);
	note = ar_arena_alloc(&io->mem, ((size_t)io->note.n + 1) * sizeof *note);
	for (uint32_t i = 0; i < io->note.n; i++)
		note[n++] = ar_str(ar_arena_fmt(&io->mem, "%.*s=%llu", AR_STR_FMT(io->note.key[i]), (unsigned long long)io->note_n[i]));
	if (io->tool->flags & AR_TOOL_TEXT)
		return ar_out_flush(&io->out, &io->err);
	return ar_writer_end(&io->w, note, n, &io->err);
}

static int start(struct ar_io *io, const struct ar_cmdline *c)
{
	bool text = io->tool->flags & AR_TOOL_TEXT;
	int words = io->tool->flags & AR_TOOL_WORD ? 1 : 0;

	if (io->operand.n < words)
		return ar_err(&io->err, AR_USAGE, "usage", "what shall it be? usage: %s [OPTION ...] %s", io->tool->name, io->tool->operands);
	ar_out_fd(&io->out, 1);
	ar_writer_init(&io->w, &io->out, io->tool->name);
	io->w.prov = &io->prov;
	io->w.fragment = io->fragment && !text;
	set_parameters(io, c);
	if (!(io->tool->flags & AR_TOOL_SOURCE))
		io->in = ar_reader_new(words ? io->operand.v + words : io->operand.v, io->operand.n - words,
		                       (io->fragment ? AR_READ_FRAGMENT : 0) | (io->allow_empty ? AR_READ_EMPTY : 0), &io->prov);
	return open_rejects(io);
}

static int work(struct ar_io *io, const struct ar_cmdline *c)
{
	int rc = start(io, c), status;

	if (rc == 0)
		rc = io->tool->run(io);
	status = rc;
	if (rc >= 0 && finish(io) < 0)
		rc = -1;
	if (rc < 0) {
		struct ar_err ignored = { 0 };

		status = complain(io);
		if (!(io->tool->flags & AR_TOOL_TEXT))
			ar_writer_flush(&io->w, &ignored);      /* what there is, without an end: readers will see that it is not whole */
	}
	if (close_rejects(io, true) < 0)
		status = complain(io);
	if (io->rejected > SHOWN_REJECTS && !io->rejects_path)
		fprintf(stderr, "%s: %llu records refused in all; --rejects=FILE keeps them\n", io->tool->name,
		        (unsigned long long)io->rejected);
	if (io->rejected > io->tolerate)
		status = (int)ar_exit_worse((enum ar_exit)status, AR_FINDINGS);
	return status;
}

int ar_main(const struct ar_tool *tool, int argc, char **argv)
{
	static const struct ar_opt none[] = { AR_OPT_END };
	const struct ar_opt *tables[8], *shown[8];
	struct ar_io io = { .tool = tool };
	struct ar_cmdline c;
	int n = 0, status;

	guard_descriptors();
	signal(SIGXFSZ, SIG_IGN);               /* a limit on the size of files is a failed write, told in words */
	umask(077);
	ar_schema_init();
	tables[n++] = tool->opts ? tool->opts : none;
	if (!(tool->flags & AR_TOOL_SOURCE)) {
		input_opts[0].var = &io.expect;
		tables[n++] = input_opts;
		if (!(tool->flags & (AR_TOOL_SINK | AR_TOOL_TEXT)))
			tables[n++] = fragment_opts;
	} else {
		tables[n++] = input_opts + 1;
	}
	input_opts[1].var = &io.allow_empty;
	fragment_opts[0].var = &io.fragment;
	common_opts[0].var = &io.rejects_path;
	common_opts[1].var = &io.tolerate;
	tables[n++] = common_opts;
	memcpy(shown, tables, sizeof tables);
	shown[n] = NULL;
	tables[n++] = hidden_opts;
	tables[n] = NULL;
	if (ar_opt_parse(tables, argc, argv, &c, &io.err) < 0)
		status = complain(&io);
	else if (common.help || common.version || common.limits || common.generate)
		status = documents(tool, shown);
	else {
		io.operand = c.operand;
		status = work(&io, &c);
	}
	ar_opt_release(&c);
	ar_reader_free(io.in);
	free(io.w.parameter);
	ar_writer_release(&io.w);
	ar_out_abort(&io.out);
	free(io.expect.v);
	ar_prov_release(&io.prov);
	ar_tab_release(&io.note);
	free(io.note_n);
	ar_arena_release(&io.mem);
	return status;
}
