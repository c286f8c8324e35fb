/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-match - cash application: proposes who paid what. */
#include "config.h"

#include "cmd/match_run.h"

#include <stdlib.h>

static struct ar_tool tool;

static struct match_run cfg = { .as_of = AR_DATE_NONE, .known_at = INT64_MAX, .now = INT64_MIN };

static int opt_explain(const char *value, void *var, const char **shown, struct ar_err *e)
{
	(void)var;
	(void)shown;
	(void)e;
	cfg.explain = value;
	tool.flags |= AR_TOOL_TEXT; /* the story of one line instead of the stream */
	return 0;
}

static const struct ar_opt opts[] = {
	AR_AS_OF(&cfg.as_of, "The day whose open items are matched (required); lines booked later "
			     "are not looked at; today must be said"),
	{ AR_O_PARSE, "known-at", "TIME",
	  "Only what was recorded by then counts: a moment, or a date for its end. Default: "
	  "everything in the input",
	  &cfg.known_at, AR_OPT_SHOWN, ar_opt_time },
	{ AR_O_FILE, "policy", "FILE",
	  "What may be decided alone, limits, and words that introduce numbers: section [match] of ar-policy(5)",
	  &cfg.policy_file, AR_OPT_SHOWN, NULL },
	{ AR_O_FILE, "rules", "FILE", "A rule matrix of your own in place of the shipped match/rules.conf", &cfg.rules_file, AR_OPT_SHOWN, NULL },
	{ AR_O_FILE, "weights", "FILE", "Weights of your own, as --train writes them, in place of match/weights.conf", &cfg.weights_file,
	  AR_OPT_SHOWN, NULL },
	{ AR_O_FILE, "words", "FILE", "Reasons, limits and classes of lines of your own in place of match/words.conf", &cfg.words_file, AR_OPT_SHOWN,
	  NULL },
	{ AR_O_TEXT, "alias", "DIR",
	  "The journal of what was learned about payers: used as of --as-of, and what the input confirms is appended to it", &cfg.alias, AR_OPT_SHOWN,
	  NULL },
	{ AR_O_FILE, "review", "FILE", "Also write a sheet (CSV) of all that is not decided, with the best candidates and room for answers", &cfg.review,
	  0, NULL },
	{ AR_O_FILE, "answers", "FILE", "A sheet of --review, answered: what it says goes before everything else, as approved by --by", &cfg.answers,
	  AR_OPT_SHOWN, NULL },
	{ AR_O_LIST, "by", "NAME", "Who answered; given twice, two different people did (four eyes)", &cfg.by, AR_OPT_SHOWN, NULL },
	{ AR_O_PARSE, "now", "MOMENT", "When they answered; default: the day of --as-of, 00:00 UTC", &cfg.now, AR_OPT_SHOWN, ar_opt_time },
	{ AR_O_PARSE, "explain", "ID",
	  "Instead of the stream, tell in plain words how the bank line ID was decided, and why "
	  "the other rules did not decide it",
	  NULL, 0, opt_explain },
	{ AR_O_FLAG, "evaluate", NULL,
	  "Instead of matches, write key figures (kpi): decide every bank line of the input that history has since applied as it stood on its own "
	  "day, and compare", &cfg.evaluate, AR_OPT_SHOWN, NULL },
	{ AR_O_FILE, "train", "FILE", "With --evaluate: write the weights that this history teaches", &cfg.train, 0, NULL },
	{ AR_O_FLAG, "summary", NULL,
	  "Tell counts and sums per decision and currency on standard error; with --evaluate its figures and the table of confidence", &cfg.summary, 0,
	  NULL },
	AR_OPT_END
};

/* ---- telling ---- */

static void tell_summary(struct match_run *run)
{
	static const enum ar_mdecision all[] = { AR_MD_AUTO, AR_MD_SUGGEST, AR_MD_NONE,
						 AR_MD_EXCLUDED };

	for (size_t d = 0; d < sizeof all / sizeof *all; d++)
		for (int c = 0; c < ar_ccy_count; c++) {
			unsigned long long n = 0;
			ar_wide sum = 0;
			char text[AR_MONEY_TEXT];

			for (size_t i = 0; i < run->nline; i++) {
				const struct ar_match_result *m = ar_match_result(run->match, i);

				if (m->decision != all[d] || run->line[i].line.ccy != c)
					continue;
				n++;
				sum += m->received;
			}
			if (n) {
				text[ar_wide_put(text, sum, ar_ccy[c].digits)] = '\0';
				ar_io_warn(run->io, "%-8s %8llu lines %20s %s",
					   ar_match_decision(all[d]), n, text, ar_ccy[c].code);
			}
		}
}

/* ---- the two laws, in the end record: minor units, per currency ---- */

static void note_sum(struct match_run *run, const char *name, int ccy, ar_wide sum)
{
	ar_assert(sum >= 0 && sum < (ar_wide)UINT64_MAX);
	ar_io_note(run->io, ar_arena_fmt(&run->io->mem, "%s.%s", name, ar_ccy[ccy].code), (uint64_t)sum);
}

/* received = settled + on_account + set_aside, per currency of the lines. */
struct money { ar_wide received, settled, on_account, set_aside; bool any; };

static void note_received(struct match_run *run)
{
	struct money *all = ar_calloc((size_t)ar_ccy_count, sizeof *all);

	for (size_t i = 0; i < run->nline; i++) {
		const struct ar_match_result *m = ar_match_result(run->match, i);
		struct money *x = &all[run->line[i].line.ccy];

		if (!m->money)
			continue;
		x->any = true;
		x->received += m->received;
		x->on_account += m->on_account;
		x->set_aside += m->set_aside;
		for (int k = 0; k < m->ntarget; k++)
			x->settled += m->target[k].memo == AR_MATCH_NONE ? m->target[k].source_amount : 0;
	}
	for (int c = 0; c < ar_ccy_count; c++) {
		const struct money *x = &all[c];

		ar_assert(x->received == x->settled + x->on_account + x->set_aside);
		if (!x->any)
			continue;
		note_sum(run, "received", c, x->received);
		note_sum(run, "settled", c, x->settled);
		note_sum(run, "on_account", c, x->on_account);
		note_sum(run, "set_aside", c, x->set_aside);
	}
	free(all);
}

/* What each document falls by = amount + discount + writeoff + withholding_tax + bank_charges <= what was open of it; per currency of the documents. */
enum { BY_AMOUNT, BY_DISCOUNT, BY_WRITEOFF, BY_TAX, BY_CHARGES, BY_ALL, NETTED, FALLS };

static void add_fall(struct match_run *run, const struct ar_match_target *t, int64_t *fall, ar_wide (*all)[FALLS])
{
	const int64_t part[] = { t->amount, t->discount, t->writeoff, t->withholding_tax, t->charges };
	ar_wide *x = all[ar_match_item_of(run->match, t->item)->ccy];

	for (int k = 0; k < BY_ALL; k++) {
		ar_assert(part[k] >= 0);
		x[k] += part[k];
		x[BY_ALL] += part[k];
		fall[t->item] += part[k];
	}
	if (t->memo != AR_MATCH_NONE) {
		fall[t->memo] += t->amount;
		x[NETTED] += t->amount;
	}
}

static void note_falls(struct match_run *run)
{
	static const char *const name[FALLS] = { "amount", "discount", "writeoff", "withholding_tax", "bank_charges", "fall", "netted" };
	size_t items = ar_match_items(run->match);
	int64_t *fall = ar_calloc(items + 1, sizeof *fall);
	ar_wide(*all)[FALLS] = ar_calloc((size_t)ar_ccy_count, sizeof *all);
	uint64_t held = 0;

	for (size_t i = 0; i < run->nline; i++) {
		const struct ar_match_result *m = ar_match_result(run->match, i);

		for (int k = 0; k < m->ntarget; k++)
			add_fall(run, &m->target[k], fall, all);
	}
	for (size_t i = 0; i < items; i++) {
		int64_t open = ar_match_item_of(run->match, (uint32_t)i)->open;

		ar_assert(fall[i] <= (open < 0 ? -open : open));
		held += fall[i] > 0;
	}
	ar_io_note(run->io, "falls_held", held);
	for (int c = 0; c < ar_ccy_count; c++)
		for (int k = 0; k < FALLS; k++)
			if (all[c][k])
				note_sum(run, name[k], c, all[c][k]);
	free(fall);
	free(all);
}

static void note_decisions(struct match_run *run)
{
	for (size_t i = 0; i < run->nline; i++)
		ar_io_note(run->io, ar_match_decision(ar_match_result(run->match, i)->decision), 1);
	ar_io_note(run->io, "taken", run->taken);
	ar_io_note(run->io, "laws_held", run->nline);
	note_received(run);
	note_falls(run);
}

static void tell_target(struct match_run *run, const struct ar_match_target *t)
{
	const struct ar_match_item *it = ar_match_item_of(run->match, t->item);
	char a[AR_MONEY_TEXT];
	struct ar_buf *b = &run->story;

	ar_buf_puts(b, "  settles ");
	ar_buf_str(b, it->id);
	ar_buf_fmt(b, " with %s", ar_money_z(a, t->amount, ar_ccy[it->ccy].digits));
	ar_buf_fmt(b, " %s", ar_ccy[it->ccy].code);
	if (t->discount)
		ar_buf_fmt(b, ", discount %s", ar_money_z(a, t->discount, ar_ccy[it->ccy].digits));
	if (t->writeoff)
		ar_buf_fmt(b, ", written off %s (%s)", ar_money_z(a, t->writeoff, ar_ccy[it->ccy].digits),
			   t->writeoff_reason ? t->writeoff_reason : "");
	if (t->withholding_tax)
		ar_buf_fmt(b, ", withholding tax %s", ar_money_z(a, t->withholding_tax, ar_ccy[it->ccy].digits));
	if (t->charges)
		ar_buf_fmt(b, ", bank charges %s",
			   ar_money_z(a, t->charges, ar_ccy[it->ccy].digits));
	if (t->residual)
		ar_buf_fmt(b, ", leaves %s open (%s)",
			   ar_money_z(a, t->residual, ar_ccy[it->ccy].digits),
			   t->reason ? t->reason : "");
	if (t->memo != AR_MATCH_NONE) {
		ar_buf_puts(b, ", out of ");
		ar_buf_str(b, ar_match_item_of(run->match, t->memo)->id);
	}
	ar_buf_c(b, '\n');
}

static void tell_other(struct match_run *run, const struct ar_match_result *o, int rank)
{
	ar_buf_fmt(&run->story, "Or, rank %d: by %s", rank, ar_match_rule(o->rule));
	if (o->confidence >= 0)
		ar_buf_fmt(&run->story, ", confidence 0.%03d", o->confidence);
	ar_buf_c(&run->story, '\n');
	for (int k = 0; k < o->ntarget; k++)
		tell_target(run, &o->target[k]);
	if (!o->ntarget)
		ar_buf_puts(&run->story, "  all of it on account\n");
}

static int tell_story(struct match_run *run)
{
	struct ar_buf *b = &run->story;
	char a[AR_MONEY_TEXT];
	size_t i = 0;
	const struct ar_match_result *m;
	const struct ar_match_line *l;

	while (i < run->nline && !ar_streqz(run->line[i].line.id, run->explain))
		i++;
	if (i == run->nline)
		return ar_err(&run->io->err, AR_USAGE, "usage",
			      "--explain: no bank line '%s' is in the input", run->explain);
	m = ar_match_result(run->match, i);
	l = ar_match_line_of(run->match, m);
	ar_out_puts(&run->io->out, run->explain);
	ar_out_puts(&run->io->out, ": ");
	ar_out_puts(&run->io->out, ar_money_z(a, l->amount, ar_ccy[l->ccy].digits));
	ar_out_puts(&run->io->out, " ");
	ar_out_puts(&run->io->out, ar_ccy[l->ccy].code);
	ar_out_puts(&run->io->out, l->payer.n ? " from " : "");
	ar_out_str(&run->io->out, l->payer);
	ar_out_puts(&run->io->out, "\nRules asked:\n");
	ar_out_str(&run->io->out, ar_buf_slice(b));
	b->n = 0;
	ar_buf_fmt(b, "Decision: %s by %s", ar_match_decision(m->decision), ar_match_rule(m->rule));
	if (m->confidence >= 0)
		ar_buf_fmt(b, ", confidence 0.%03d", m->confidence);
	ar_buf_c(b, '\n');
	for (int k = 0; k < m->nevidence; k++) {
		ar_buf_puts(b, "  because ");
		ar_buf_str(b, m->evidence[k]);
		ar_buf_c(b, '\n');
	}
	for (int k = 0; k < m->ntarget; k++)
		tell_target(run, &m->target[k]);
	if (m->on_account)
		ar_buf_fmt(b, "  on account: %s\n",
			   ar_money_z(a, m->on_account, ar_ccy[l->ccy].digits));
	if (m->set_aside)
		ar_buf_fmt(b, "  set aside: %s\n",
			   ar_money_z(a, m->set_aside, ar_ccy[l->ccy].digits));
	for (int k = 0; k < m->nother; k++)
		tell_other(run, &m->other[k], k + 2);
	ar_out_str(&run->io->out, ar_buf_slice(b));
	return 0;
}

/* ---- the whole ---- */

static int check_options(struct match_run *run)
{
	struct ar_err *e = &run->io->err;

	if (run->as_of == AR_DATE_NONE)
		return ar_err(e, AR_USAGE, "usage", "--as-of is required: which day's open items are to be matched?");
	if (run->answers && !run->by.n)
		return ar_err(e, AR_USAGE, "usage", "--answers needs --by: who answered?");
	if (run->train && !run->evaluate)
		return ar_err(e, AR_USAGE, "usage", "--train is for --evaluate");
	if (run->evaluate && (run->answers || run->explain || run->review))
		return ar_err(e, AR_USAGE, "usage", "--evaluate decides anew what was decided: it has no part for --answers, --explain or --review");
	if (run->now == INT64_MIN)
		run->now = (int64_t)run->as_of * 86400;
	return 0;
}

static int whole(struct match_run *run)
{
	struct ar_io *io = run->io;

	if (check_options(run) < 0 || match_read_policy(run) < 0 || match_read_input(run) < 0)
		return -1;
	if (run->alias && match_read_alias(run) < 0)
		return -1;
	match_feed(run);
	io->w.as_of = run->as_of;
	if (run->known_at != INT64_MAX)
		io->w.known_at = run->known_at;
	if (run->evaluate)
		return match_evaluate(run);
	if (run->answers && match_read_answers(run) < 0)
		return -1;
	if (run->explain)
		ar_match_explain(run->match, ar_str(run->explain), &run->story);
	ar_match_run(run->match);
	if (run->answers && match_check_answers(run) < 0)
		return -1;
	if (run->summary)
		tell_summary(run);
	if (run->explain)
		return tell_story(run);
	match_put_results(run);
	note_decisions(run);
	if (run->review && match_put_review(run) < 0)
		return -1;
	return run->alias ? match_learn(run) : AR_OK;
}

static int match(struct ar_io *io)
{
	struct match_run *run = &cfg;
	int rc;

	run->io = io;
	ar_rec_init(&run->rec, &run->mem);
	ar_rec_init(&run->scratch, &run->mem);
	rc = whole(run);
	ar_match_free(run->match);
	ar_open_free(run->open);
	ar_rates_free(run->rates);
	ar_words_release(&run->words);
	ar_tab_release(&run->cut_statements);
	ar_tab_release(&run->own_accounts);
	ar_tab_release(&run->line_ids);
	ar_tab_release(&run->remit_ids);
	free(run->line);
	free(run->remit);
	free(run->listed);
	free(run->order);
	free(run->learned);
	free(run->also);
	ar_rec_release(&run->rec);
	ar_rec_release(&run->scratch);
	ar_arena_release(&run->mem);
	ar_buf_release(&run->story);
	return rc;
}

static struct ar_tool tool = {
	.name = "ar-match",
	.summary = "propose which bank lines pay which documents",
	.operands = "[FILE ...]",
	.about =
		"Reads customers, documents and their settlements, bank statements and "
		"remittances, in any order and from any number of streams, and writes "
		"match records: for every bank line one with line 0 (what was received, what stays "
		"on account or aside, the decision, the rule and the "
		"evidence in words), and one for each document it settles. Credit memos that the "
		"payer netted are sources of their own. Sorted by the "
		"source's id, bank lines first.\n\n"
		"The decision is auto where a rule that the policy names explains the whole amount "
		"and nothing speaks against it; suggest where a person "
		"should look; none where nothing is known; excluded for lines that are no "
		"customer's receipt. A number is taken as a document's only as a whole "
		"token; an amount alone decides only for a payer known by account, if no other "
		"document or sum could have it. Other currencies, short and over "
		"payments, unearned discounts, write-offs and payments of settled documents are suggested with everything filled in; a policy may "
		"let some of them be auto within limits.\n\n"
		"What is received is always what is settled, on account and set aside together, "
		"and no document is settled beyond what is open: this is checked "
		"for every line and document (notes laws_held, falls_held).",
	.opts = opts,
	.run = match,
};

int main(int argc, char **argv)
{
	return ar_main(&tool, argc, argv);
}
