/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/opt.h"
#include "base/arena.h"

#include <stdlib.h>

#define EACH(o, tables) \
	for (const struct ar_opt *const *t_ = (tables); *t_; t_++) \
		for (const struct ar_opt *o = *t_; o->name; o++)

static const struct ar_opt *find(const struct ar_opt *const *tables, struct ar_str name)
{
	EACH(o, tables)
		if (ar_streqz(name, o->name))
			return o;
	return NULL;
}

/* Levenshtein distance, for "did you mean"; names are short */
static unsigned distance(struct ar_str a, const char *b)
{
	unsigned row[64], nb = (unsigned)strlen(b);

	if (a.n > 60 || nb > 60)
		return 99;
	for (unsigned j = 0; j <= nb; j++)
		row[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned diag = row[0];

		row[0] = i;
		for (unsigned j = 1; j <= nb; j++) {
			unsigned up = row[j], best = diag + (a.p[i - 1] != b[j - 1]);

			if (up + 1 < best)
				best = up + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
			diag = up;
		}
	}
	return row[nb];
}

static int unknown(const struct ar_opt *const *tables, struct ar_str name, struct ar_err *e)
{
	const char *near = NULL;
	unsigned best = 4;

	EACH(o, tables) {
		unsigned d = distance(name, o->name);

		if (d < best) {
			best = d;
			near = o->name;
		}
	}
	if (near)
		return ar_err(e, AR_USAGE, "usage", "unknown option --%.*s; did you mean --%s?", AR_STR_FMT(name), near);
	return ar_err(e, AR_USAGE, "usage", "unknown option --%.*s; see --help", AR_STR_FMT(name));
}

static void add_arg(struct ar_args *a, const char *value)
{
	a->v = ar_realloc(a->v, ((size_t)a->n + 1) * sizeof *a->v);
	a->v[a->n++] = value;
}

static int set(const struct ar_opt *o, const char *value, const char **shown, struct ar_err *e)
{
	switch (o->kind) {
	case AR_O_FLAG:
		*(bool *)o->var = true;
		return 0;
	case AR_O_TEXT:
	case AR_O_FILE:
		*(const char **)o->var = value;
		return 0;
	case AR_O_UINT: {
		int64_t v = ar_str_uint(ar_str(value), INT64_MAX / 2);

		if (v < 0)
			return ar_err(e, AR_USAGE, "usage", "--%s takes a whole number, not '%s'", o->name, value);
		*(uint64_t *)o->var = (uint64_t)v;
		return 0;
	}
	case AR_O_LIST:
	case AR_O_FILES:
		add_arg(o->var, value);
		return 0;
	case AR_O_PARSE:
		return o->parse(value, o->var, shown, e);
	}
	return 0;
}

static int take(const struct ar_opt *const *tables, char **argv, int argc, int *i, struct ar_cmdline *out, struct ar_err *e)
{
	struct ar_str name, v = ar_str_cut(ar_str(argv[*i] + 2), '=', &name);
	const struct ar_opt *o = find(tables, name);
	const char *value = v.p, *shown;

	if (!o)
		return unknown(tables, name, e);
	if (!o->arg && value)
		return ar_err(e, AR_USAGE, "usage", "--%s takes no value", o->name);
	if (o->arg && o->arg[0] != '[' && !value) {
		if (*i + 1 >= argc)
			return ar_err(e, AR_USAGE, "usage", "--%s needs a value: --%s=%s", o->name, o->name, o->arg);
		value = argv[++*i];
	}
	for (int k = 0; k < out->ngiven; k++)
		if (out->given[k].opt == o && o->kind != AR_O_LIST && o->kind != AR_O_FILES)
			return ar_err(e, AR_USAGE, "usage", "--%s is given twice", o->name);
	shown = value;
	if (set(o, value, &shown, e) < 0)
		return -1;
	out->given = ar_realloc(out->given, ((size_t)out->ngiven + 1) * sizeof *out->given);
	out->given[out->ngiven++] = (struct ar_given){ o, shown };
	return 0;
}

int ar_opt_parse(const struct ar_opt *const *tables, int argc, char **argv, struct ar_cmdline *out, struct ar_err *e)
{
	bool only_operands = false;

	memset(out, 0, sizeof *out);
	for (int i = 1; i < argc; i++) {
		const char *a = argv[i];

		if (!only_operands && strcmp(a, "--") == 0) {
			only_operands = true;
		} else if (!only_operands && a[0] == '-' && a[1] == '-') {
			if (take(tables, argv, argc, &i, out, e) < 0)
				return -1;
		} else if (!only_operands && a[0] == '-' && a[1]) {
			return ar_err(e, AR_USAGE, "usage", "unknown option %s: options have long names only; see --help", a);
		} else {
			add_arg(&out->operand, a);
		}
	}
	return 0;
}

void ar_opt_release(struct ar_cmdline *c)
{
	free(c->operand.v);
	free(c->given);
	memset(c, 0, sizeof *c);
}

/* text wrapped at 78 columns, each line after `indent` blanks; the cursor stands at column `col` */
static void wrap(struct ar_buf *b, const char *s, size_t indent, size_t col)
{
	while (*s) {
		size_t n = strcspn(s, " \n");

		if (*s == '\n') {
			ar_buf_c(b, '\n');
			col = 0;
			s++;
			continue;
		}
		if (col > indent && col + 1 + n > 78) {
			ar_buf_c(b, '\n');
			col = 0;
		}
		if (col == 0) {
			for (size_t i = 0; i < indent; i++)
				ar_buf_c(b, ' ');
			col = indent;
		} else if (col > indent) {
			ar_buf_c(b, ' ');
			col++;
		}
		ar_buf_put(b, s, n);
		col += n;
		s += n;
		while (*s == ' ')
			s++;
	}
	ar_buf_c(b, '\n');
}

static void spelled(struct ar_buf *b, const struct ar_opt *o)
{
	ar_buf_puts(b, "--");
	ar_buf_puts(b, o->name);
	if (o->arg && o->arg[0] == '[')
		ar_buf_puts(b, o->arg);
	else if (o->arg)
		ar_buf_fmt(b, "=%s", o->arg);
}

void ar_opt_help(const struct ar_opt_page *p, struct ar_buf *b)
{
	ar_buf_fmt(b, "%s - %s\n\nUsage: %s [OPTION ...]%s%s\n\n", p->name, p->summary, p->name, *p->operands ? " " : "", p->operands);
	wrap(b, p->about, 0, 0);
	ar_buf_puts(b, "\nOptions:\n");
	EACH(o, p->tables) {
		size_t at = b->n;

		ar_buf_puts(b, "  ");
		spelled(b, o);
		at = b->n - at;
		if (at > 24) {
			ar_buf_c(b, '\n');
			at = 0;
		}
		while (at && at < 26) {
			ar_buf_c(b, ' ');
			at++;
		}
		wrap(b, o->help, 26, at);
	}
	ar_buf_puts(b, "\nExit status: 0 all handled, 1 finished with rejects or findings, 2 usage or configuration,\n"
	               "3 input damaged or incomplete, 4 system or write failure, 5 refused.\n");
}

static void mdoc_text(struct ar_buf *b, const char *s)
{
	bool start = true;

	for (; *s; s++) {
		if (start && (*s == '.' || *s == '\''))
			ar_buf_puts(b, "\\&");
		start = *s == '\n';
		if (*s == '\n' && s[1] == '\n') {
			ar_buf_puts(b, "\n.Pp\n");
			s++;
		} else if (*s == '\\') {
			ar_buf_puts(b, "\\e");
		} else if (*s == '-') {
			ar_buf_puts(b, "\\-");
		} else if ((*s == '.' || *s == '!' || *s == '?') && s[1] == ' ' && ar_is_upper(s[2])) {
			ar_buf_c(b, *s);                /* a new sentence begins on a new line */
			ar_buf_c(b, '\n');
			s++;
			start = true;
		} else {
			ar_buf_c(b, *s);
		}
	}
	ar_buf_c(b, '\n');
}

/* "REPORT [FILE ...]": each word or bracket on a line of its own, in lower case */
static void mdoc_operands(struct ar_buf *b, const char *s)
{
	while (*s) {
		bool optional = *s == '[';
		size_t n = strcspn(s += optional, optional ? "]" : " ");

		ar_buf_puts(b, optional ? ".Op Ar " : ".Ar ");
		for (size_t i = 0; i < n; i++)
			ar_buf_c(b, ar_lower(s[i]));
		ar_buf_c(b, '\n');
		s += n + optional;
		s += strspn(s, " ");
	}
}

void ar_opt_mdoc(const struct ar_opt_page *p, struct ar_buf *b)
{
	char up[64];
	size_t n = strlen(p->name);

	for (size_t i = 0; i <= n && i < sizeof up; i++)
		up[i] = ar_upper(p->name[i]);
	ar_buf_fmt(b, ".Dd " AR_RELEASE_DATE "\n.Dt %s 1\n.Os arpipe\n.Sh NAME\n.Nm %s\n.Nd %s\n.Sh SYNOPSIS\n.Nm\n.Op Ar option ...\n",
	           up, p->name, p->summary);
	mdoc_operands(b, p->operands);
	ar_buf_puts(b, ".Sh DESCRIPTION\n");
	mdoc_text(b, p->about);
	ar_buf_puts(b, ".Sh OPTIONS\n.Bl -tag -width Ds\n");
	EACH(o, p->tables) {
		if (o->arg)
			ar_buf_fmt(b, ".It Fl \\-%s Ns %s%s\n", o->name, o->arg[0] == '[' ? "" : "= Ns Ar ", o->arg);
		else
			ar_buf_fmt(b, ".It Fl \\-%s\n", o->name);
		mdoc_text(b, o->help);
	}
	ar_buf_puts(b, ".El\n.Sh EXIT STATUS\n.Bl -tag -width 3n -compact\n"
	            ".It 0\nall handled\n.It 1\nfinished, with rejects or findings\n"
	            ".It 2\nusage or configuration; nothing was read\n.It 3\ninput damaged or incomplete\n"
	            ".It 4\nsystem or write failure\n"
	            ".It 5\nrefused: locked, stale, already posted otherwise, or the data cannot support the as\\-of date\n.El\n");
}

/* The words that a value of an option may be, for completion: "=A|B" written in arg as A|B. */
void ar_opt_bash(const struct ar_opt_page *p, struct ar_buf *b)
{
	ar_buf_puts(b, "# bash completion, printed by the program's own option table\n_");
	for (const char *s = p->name; *s; s++)
		ar_buf_c(b, *s == '-' ? '_' : *s);
	ar_buf_puts(b, "()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]}\n\tif [[ $cur == --* ]]; then\n\t\tCOMPREPLY=($(compgen -W '");
	EACH(o, p->tables)
		ar_buf_fmt(b, "--%s%s ", o->name, o->arg && o->arg[0] != '[' ? "=" : "");
	ar_buf_puts(b, "' -- \"$cur\"))\n\t\t[[ ${COMPREPLY[0]} == *= ]] && compopt -o nospace\n"
	               "\telse\n\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n\tfi\n\treturn 0\n}\ncomplete -o filenames -F _");
	for (const char *s = p->name; *s; s++)
		ar_buf_c(b, *s == '-' ? '_' : *s);
	ar_buf_fmt(b, " %s\n", p->name);
}

static void quoted(struct ar_buf *b, const char *s, const char *special)
{
	for (; *s; s++) {
		if (*s == '\'')
			ar_buf_puts(b, "'\\''");
		else if (strchr(special, *s))
			ar_buf_fmt(b, "\\%c", *s);
		else
			ar_buf_c(b, *s == '\n' ? ' ' : *s);
	}
}

void ar_opt_zsh(const struct ar_opt_page *p, struct ar_buf *b)
{
	ar_buf_fmt(b, "#compdef %s\n# printed by the program's own option table\n_arguments \\\n", p->name);
	EACH(o, p->tables) {
		ar_buf_fmt(b, "\t'%s--%s%s[", o->kind == AR_O_LIST || o->kind == AR_O_FILES ? "*" : "", o->name,
		           !o->arg ? "" : o->arg[0] == '[' ? "=-" : "=");
		quoted(b, o->help, "[]:");
		ar_buf_c(b, ']');
		if (o->arg)
			ar_buf_fmt(b, ":value:%s", o->kind == AR_O_FILE || o->kind == AR_O_FILES ? "_files" : "");
		ar_buf_puts(b, "' \\\n");
	}
	ar_buf_puts(b, "\t'*:file:_files'\n");
}

void ar_opt_fish(const struct ar_opt_page *p, struct ar_buf *b)
{
	ar_buf_puts(b, "# fish completion, printed by the program's own option table\n");
	EACH(o, p->tables) {
		ar_buf_fmt(b, "complete -c %s -l %s%s -d '", p->name, o->name, o->arg && o->arg[0] != '[' ? " -r" : "");
		quoted(b, o->help, "");
		ar_buf_puts(b, "'\n");
	}
}
