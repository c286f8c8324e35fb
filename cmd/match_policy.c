/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_policy.c - what may be decided alone: the company's policy, and the shipped rules, weights and words. */
#include "config.h"

#include "cmd/match_data.h"
#include "cmd/match_run.h"

#include "ar/names.h"
#include "base/hash.h"

/* ---- policy ---- */

static int bad_word(struct ar_conf_key *k, const char *what, struct ar_str word, struct ar_err *e)
{
	ar_err(e, AR_USAGE, "conf_value", "%.*s: '%.*s' is not %s", AR_STR_FMT(k->name),
	       AR_STR_FMT(word), what);
	return ar_err_at(e, k->file, k->line);
}

static int read_autos(struct match_run *run, struct ar_conf_key *k, struct ar_err *e)
{
	struct ar_str rest = k->value, piece;

	run->policy.autos = 0;
	while (ar_conf_split(&rest, ',', &piece)) {
		int r = ar_match_rule_find(piece);

		if (ar_streqz(piece, "none"))
			continue;
		if (r < 0)
			return bad_word(k,
					"a rule that may decide alone (ref.equal ref.sum remit.all "
					"number.equal number.sum amount.unique amount.discount ..., see ar-match(1)), or none",
					piece, e);
		run->policy.autos |= 1u << r;
	}
	return 0;
}

static int read_generate(struct match_run *run, struct ar_conf_key *k, struct ar_err *e)
{
	struct ar_str rest = k->value, piece;

	while (ar_conf_split(&rest, ',', &piece)) {
		int r = ar_ref_find(piece);

		if (r < 0)
			return bad_word(k, "a kind of reference: rf qrr ogm fi kid ocr nl", piece,
					e);
		run->policy.make |= 1u << r;
	}
	return 0;
}

static int read_words(struct match_run *run, struct ar_conf_sec *s, const char *name, enum ar_word kind,
		      struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	struct ar_str rest, piece;
	int rc = ar_conf_get(s, name, &k, e);

	if (rc <= 0)
		return rc;
	for (rest = k->value; ar_conf_split(&rest, ',', &piece);)
		if (!ar_words_add(&run->words, kind, ar_conf_unquote(&run->io->mem, piece)))
			return bad_word(k, "a word of letters", piece, e);
	return 0;
}

/* auto or suggest */
static int read_choice(struct ar_conf_sec *s, const char *name, bool *autos, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	int rc = ar_conf_get(s, name, &k, e);

	if (rc <= 0)
		return rc;
	*autos = ar_streqz(k->value, "auto");
	return *autos || ar_streqz(k->value, "suggest")
		       ? 0
		       : bad_word(k, "auto or suggest", k->value, e);
}

static int read_section(struct match_run *run, struct ar_conf_sec *s, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	int64_t grace = 0;
	int rc = ar_conf_get(s, "auto", &k, e);

	if (rc < 0 || (rc && read_autos(run, k, e) < 0))
		return -1;
	rc = ar_conf_get(s, "generate", &k, e);
	if (rc < 0 || (rc && read_generate(run, k, e) < 0))
		return -1;
	if (ar_conf_get_uint(s, "grace_days", 60, &grace, e) < 0)
		return -1;
	run->policy.grace_days = (int)grace;
	if (read_choice(s, "overpayment", &run->policy.over_auto, e) < 0 ||
	    read_choice(s, "discount", &run->policy.discount_auto, e) < 0)
		return -1;
	if (read_words(run, s, "document_words", AR_WORD_DOCUMENT, e) < 0 ||
	    read_words(run, s, "order_words", AR_WORD_ORDER, e) < 0)
		return -1;
	return read_words(run, s, "customer_words", AR_WORD_PARTY, e) < 0 ||
			       read_words(run, s, "phone_words", AR_WORD_PHONE, e) < 0
		       ? -1
		       : 0;
}

/* Limits of money: [match] keys of "EUR 5.00, USD 5.00". */
static int read_limits(struct match_run *run, struct ar_conf_sec *s, struct ar_err *e)
{
	const struct { const char *name; int64_t *limit; } all[] = {
		{ "auto_writeoff", run->conf.auto_writeoff },       { "auto_late_discount", run->conf.auto_late_discount },
		{ "auto_withholding", run->conf.auto_withholding }, { "tolerance", run->conf.tolerance },
		{ "answer_writeoff", run->writeoff_limit },         { "four_eyes_above", run->four_eyes },
	};

	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct ar_conf_key *k = NULL;
		int rc = ar_conf_get(s, all[i].name, &k, e);

		if (rc < 0 || (rc && ar_mc_limits(k, all[i].limit, e) < 0))
			return -1;
	}
	return 0;
}

static int read_own_accounts(struct match_run *run, struct ar_conf_sec *s, struct ar_err *e)
{
	struct ar_conf_key *k = NULL;
	struct ar_str rest, piece;
	int rc = ar_conf_get(s, "own_accounts", &k, e);

	if (rc <= 0)
		return rc;
	for (rest = k->value; ar_conf_split(&rest, ',', &piece);)
		if (piece.n)
			ar_tab_add(&run->own_accounts, ar_account_key(piece, &run->io->mem), NULL);
	return 0;
}

/* A file given, else the text that was shipped; either stands among the stream's inputs with its hash. */
static int read_data(struct match_run *run, const char *path, const char *name, const char *shipped)
{
	struct ar_io *io = run->io;
	const char *base = path ? strrchr(path, '/') : NULL;
	size_t n = strlen(shipped);
	struct ar_conf *c = ar_arena_alloc(&io->mem, sizeof *c);
	uint8_t d[32];
	char hex[65];

	if (path) {
		shipped = ar_io_slurp(io, path, AR_CONF_MAX_FILE, &n);
		if (!shipped)
			return -1;
		name = base ? base + 1 : path;
	} else {
		ar_sha256(shipped, n, d);
		ar_hex(d, 32, hex);
		if (!ar_prov_input(&io->prov, ar_str(name), n, hex, &io->err))
			return -1;
	}
	return ar_conf_parse(c, &io->mem, name, shipped, n, &io->err) < 0 || ar_match_conf_read(&run->conf, c, &io->err) < 0
		       ? -1
		       : ar_conf_unused(c, &io->err);
}

static int64_t *no_limits(struct match_run *run)
{
	int64_t *v = ar_arena_alloc(&run->io->mem, (size_t)ar_ccy_count * sizeof *v);

	for (int i = 0; i < ar_ccy_count; i++)
		v[i] = -1;
	return v;
}

int match_read_policy(struct match_run *run)
{
	struct ar_err *e = &run->io->err;
	struct ar_conf conf;
	struct ar_conf_sec *s;
	const char *base = run->policy_file ? strrchr(run->policy_file, '/') : NULL;
	size_t n;
	char *p;
	int rc;

	ar_match_policy_init(&run->policy);
	ar_words_init(&run->words);
	ar_match_conf_init(&run->conf, &run->io->mem);
	run->policy.conf = &run->conf;
	run->writeoff_limit = no_limits(run);
	run->four_eyes = no_limits(run);
	if (read_data(run, run->rules_file, "match/rules.conf", rules_conf) < 0 ||
	    read_data(run, run->weights_file, "match/weights.conf", weights_conf) < 0 ||
	    read_data(run, run->words_file, "match/words.conf", words_conf) < 0)
		return -1;
	if (!run->policy_file)
		return 0;
	p = ar_io_slurp(run->io, run->policy_file, AR_CONF_MAX_FILE, &n);
	if (!p || ar_conf_parse(&conf, &run->io->mem, base ? base + 1 : run->policy_file, p, n, e) < 0)
		return -1;
	rc = ar_conf_get_sec(&conf, "match", &s, e);
	if (rc < 0 || (rc && (read_section(run, s, e) < 0 || read_limits(run, s, e) < 0 || read_own_accounts(run, s, e) < 0)))
		return -1;
	return ar_conf_unused(&conf, e);
}
