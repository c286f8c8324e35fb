/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-cat - verify, concatenate, select, seal: the way in and out for jq and Miller. */
#include "config.h"

#include "rec/tool.h"

static struct {
	bool seal, seal_new, count;
	struct ar_args type, where, without;
} cfg;

static int opt_seal(const char *value, void *var, const char **shown, struct ar_err *e)
{
	cfg.seal = true;
	cfg.seal_new = value && strcmp(value, "new") == 0;
	if (value && !cfg.seal_new)
		return ar_err(e, AR_USAGE, "usage", "--seal takes no value, or new");
	return 0;
}

static const struct ar_opt opts[] = {
	{ AR_O_PARSE, "seal", "[=new]", "Close what jq, Miller or sort changed: the old end record must stand somewhere in the input (their death "
	  "would have cut it off); any key order and white space is accepted; what comes out is canonical. Old and new counts are told on "
	  "standard error. --seal=new is for records made elsewhere, which never had a head or an end", NULL, AR_OPT_SHOWN, opt_seal },
	{ AR_O_LIST, "type", "TYPE,...", "Pass on records of these types only", &cfg.type, AR_OPT_SHOWN, NULL },
	{ AR_O_LIST, "where", "FIELD=VALUE", "Pass on records whose FIELD has this value; repeated, all must hold. FIELD!=VALUE turns it round", &cfg.where,
	  AR_OPT_SHOWN, NULL },
	AR_OPT_END
};

struct test {
	struct ar_str field, value;
	bool differs;
	enum ar_f f;                     /* AR_F_NONE: an x_ field, or `type` */
};

struct select {
	bool types, type[AR_T_COUNT];
	struct test *test;
	int ntest;
};

static int read_types(struct ar_io *io, struct select *s)
{
	for (int i = 0; i < cfg.type.n; i++) {
		struct ar_str rest = ar_str(cfg.type.v[i]), name;

		while (rest.p) {
			int t;

			rest = ar_str_cut(rest, ',', &name);
			t = ar_type_find(name);
			if (t < 0)
				return ar_err(&io->err, AR_USAGE, "usage", "--type: no record type is called '%.*s'; see ar-record(5)", AR_STR_FMT(name));
			s->type[t] = s->types = true;
		}
	}
	return 0;
}

static int read_tests(struct ar_io *io, struct select *s)
{
	s->test = ar_arena_zero(&io->mem, ((size_t)cfg.where.n + 1) * sizeof *s->test);
	for (int i = 0; i < cfg.where.n; i++) {
		struct test *t = &s->test[s->ntest++];

		t->value = ar_str_cut(ar_str(cfg.where.v[i]), '=', &t->field);
		if (!t->value.p || !t->field.n)
			return ar_err(&io->err, AR_USAGE, "usage", "--where takes FIELD=VALUE, not '%s'", cfg.where.v[i]);
		if (t->field.p[t->field.n - 1] == '!') {
			t->differs = true;
			t->field.n--;
		}
		t->f = ar_field_by_name(t->field);
		if (t->f == AR_F_NONE && !ar_streqz(t->field, "type") && !ar_str_starts(t->field, "x_"))
			return ar_err(&io->err, AR_USAGE, "usage", "--where: no field is called '%.*s'; see ar-record(5)", AR_STR_FMT(t->field));
	}
	return 0;
}

/* The value of a field as it stands in the record's text, without quotes. */
static struct ar_str value_of(const struct ar_rec *r, const struct test *t, char *room)
{
	const struct ar_field *fd;
	const struct ar_x *x;

	if (ar_streqz(t->field, "type"))
		return ar_str(ar_types[r->type].name);
	if (t->f == AR_F_NONE) {
		x = ar_x_find(r, t->field);
		return x ? ar_x_text(r, x) : (struct ar_str){ "", 0 };
	}
	fd = ar_field_of(r->type, t->f);
	if (!fd || !ar_has(r, t->f))
		return (struct ar_str){ "", 0 };
	if (fd->kind == AR_MONEY)
		return (struct ar_str){ room, (size_t)ar_money_put(room, r->v[t->f].i, ar_ccy[r->v[fd->ccy].i].digits) };
	return ar_text(r, t->f);
}

static bool wanted(const struct select *s, const struct ar_rec *r)
{
	char room[AR_MONEY_TEXT];

	if (s->types && !s->type[r->type])
		return false;
	for (int i = 0; i < s->ntest; i++)
		if (ar_streq(value_of(r, &s->test[i], room), s->test[i].value) == s->test[i].differs)
			return false;
	return true;
}

static int cat(struct ar_io *io)
{
	struct select s = { 0 };
	struct ar_rec *r;
	uint64_t dropped = 0;
	int rc;

	if (read_types(io, &s) < 0 || read_tests(io, &s) < 0)
		return -1;
	if (cfg.seal)
		ar_reader_set_flags(io->in, cfg.seal_new ? AR_READ_NEW : AR_READ_LOOSE);
	while ((rc = ar_io_next(io, &r)) > 0) {
		if (!io->w.begun) {
			io->w.as_of = ar_reader_facts(io->in)->as_of;
			io->w.known_at = ar_reader_facts(io->in)->known_at;
		}
		if (wanted(&s, r))
			ar_io_put(io, r);
		else
			dropped++;
	}
	if (rc < 0)
		return -1;
	if (dropped)
		ar_io_note(io, "left_out", dropped);
	if (cfg.seal && !cfg.seal_new)
		ar_io_warn(io, "sealed: %llu records, %llu when the old end was written",
		           (unsigned long long)io->written, (unsigned long long)ar_reader_facts(io->in)->ended_records);
	return AR_OK;
}

static const struct ar_tool tool = {
	.name = "ar-cat",
	.summary = "verify, concatenate, select and seal record streams",
	.operands = "[FILE ...]",
	.about = "Reads sealed record streams from the files, or from standard input, verifies each to its end record and writes one stream "
	         "that holds their records in order. With --type and --where it selects; with --seal it closes what another program changed.\n\n"
	         "A stream that was cut off, damaged or edited ends with status 3, and the output then has no end record of its own.",
	.opts = opts,
	.run = cat,
};

int main(int argc, char **argv)
{
	return ar_main(&tool, argc, argv);
}
