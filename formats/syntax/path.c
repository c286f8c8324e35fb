/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "syntax/path.h"

int ar_path_split(struct ar_str text, struct ar_str step[AR_PATH_STEPS])
{
	int n = 0;

	if (ar_streqz(text, "."))
		return 0;
	while (text.p) {
		if (n == AR_PATH_STEPS)
			return -1;
		text = ar_str_cut(text, '/', &step[n]);
		if (!step[n++].n)
			return -1;
	}
	return n;
}

bool ar_path_same(const struct ar_path *a, const struct ar_path *b, int n)
{
	if (a->n < n || b->n < n)
		return false;
	for (int i = 0; i < n; i++)
		if (!ar_streq(a->step[i], b->step[i]))
			return false;
	return true;
}

static int wrong(const struct ar_conf_key *k, struct ar_err *e, const char *what)
{
	ar_err(e, AR_USAGE, "map_value", "record: %s", what);
	ar_err_advice(e, "write record = PATH, or record = NAME: PATH rows PATH [rows PATH]");
	return ar_err_at(e, k->file, k->line);
}

/* `rows PATH`: its steps; 0 = there is none, -1 = something else. */
static int read_rows(struct ar_str *rest, struct ar_str *step)
{
	struct ar_str word;
	int n;

	if (!ar_conf_word(rest, &word))
		return 0;
	if (!ar_streqz(word, "rows") || !ar_conf_word(rest, &word))
		return -1;
	n = ar_path_split(word, step);
	return n < 1 ? -1 : n;
}

static int read_one(struct ar_path *p, const struct ar_conf_key *k, struct ar_err *e)
{
	struct ar_str rest = k->value, word = { NULL, 0 };

	memset(p, 0, sizeof *p);
	p->line = k->line;
	if (ar_conf_word(&rest, &word) && word.n > 1 && word.p[word.n - 1] == ':') {
		p->name = (struct ar_str){ word.p, word.n - 1 };
		for (size_t i = 0; i < p->name.n; i++)
			if (!ar_is_alnum(word.p[i]) && !strchr("._-", word.p[i]))
				return wrong(k, e, "a name is made of letters, digits, . _ and -");
		word.n = 0;
		ar_conf_word(&rest, &word);
	}
	p->n = word.n ? ar_path_split(word, p->step) : -1;
	if (p->n < 0)
		return wrong(k, e, "a path of 1 to 16 names parted by / is wanted");
	p->nrow = read_rows(&rest, p->row);
	if (p->nrow > 0)
		p->ninner = read_rows(&rest, p->inner);
	if (p->nrow < 0 || p->ninner < 0 || ar_conf_word(&rest, &word))
		return wrong(k, e, "only rows PATH may follow the path, and rows PATH again");
	return 0;
}

int ar_paths_read(struct ar_path out[AR_PATHS], struct ar_conf_sec *map, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	int n = 0;

	if (!map) {
		ar_err(e, AR_USAGE, "map_none", "without a map nobody knows which elements are the records");
		return ar_err_advice(e, "say --map=NAME");
	}
	while ((k = ar_conf_next(map, "record", k))) {
		if (n == AR_PATHS)
			return wrong(k, e, "more than 16 of them");
		if (read_one(&out[n], k, e) < 0)
			return -1;
		for (int i = 0; i < n; i++)
			if (out[i].n == out[n].n && ar_path_same(&out[i], &out[n], out[n].n))
				return wrong(k, e, "the same path twice");
		n++;
	}
	return n ? n : ar_conf_missing(map, "record", e);
}
