/* SPDX-License-Identifier: GPL-3.0-or-later */
/* ar-report - what people look at: aging, statements, matches, cash, notices, postings, rejects, key figures. */
#include "config.h"

#include "ar/report.h"
#include "rec/tool.h"

#include <unistd.h>

static struct {
	bool csv, data, brief;
	const char *color;
	uint64_t rows;
} cfg;

static int opt_format(const char *value, void *var, const char **shown, struct ar_err *e)
{
	cfg.csv = strcmp(value, "csv") == 0;
	return cfg.csv || strcmp(value, "text") == 0 ? 0 : ar_err(e, AR_USAGE, "usage", "--format takes text or csv, not '%s'", value);
}

static int opt_csv(const char *value, void *var, const char **shown, struct ar_err *e)
{
	cfg.data = strcmp(value, "data") == 0;
	return cfg.data || strcmp(value, "sheet") == 0 ? 0 : ar_err(e, AR_USAGE, "usage", "--csv takes sheet or data, not '%s'", value);
}

static int opt_color(const char *value, void *var, const char **shown, struct ar_err *e)
{
	cfg.color = value;
	return strcmp(value, "auto") == 0 || strcmp(value, "always") == 0 || strcmp(value, "never") == 0 ? 0
		: ar_err(e, AR_USAGE, "usage", "--color takes auto, always or never, not '%s'", value);
}

static const struct ar_opt opts[] = {
	{ AR_O_PARSE, "format", "text|csv", "Text with its source data and control totals on top, or the rows as CSV (RFC 4180)", NULL,
	  AR_OPT_SHOWN, opt_format },
	{ AR_O_PARSE, "csv", "sheet|data", "sheet, the default, is safe to open in a spreadsheet: a text that could be taken for a formula gets "
	  "a ' before it. data has every text exactly as it is, for programs", NULL, AR_OPT_SHOWN, opt_csv },
	{ AR_O_PARSE, "color", "auto|always|never", "Negative amounts in red, amounts more than 90 days overdue in bold; auto, the default, when "
	  "standard output is a terminal", NULL, AR_OPT_SHOWN, opt_color },
	{ AR_O_UINT, "rows", "N", "At most N rows of each list; sums are always whole", &cfg.rows, AR_OPT_SHOWN, NULL },
	{ AR_O_FLAG, "brief", NULL, "Only the sums, without the sources on top and the lists below", &cfg.brief, AR_OPT_SHOWN, NULL },
	AR_OPT_END
};

static void line(struct ar_buf *b, const char *label, struct ar_str text)
{
	ar_buf_fmt(b, "%-15s%.*s\n", label, AR_STR_FMT(text));
}

/* "name size sha256": the hash is cut to what a person can compare */
static struct ar_str input_line(struct ar_io *io, struct ar_str s)
{
	const char *sha = memrchr(s.p, ' ', s.n), *size = sha ? memrchr(s.p, ' ', (size_t)(sha - s.p)) : NULL;

	if (!size || (size_t)(s.p + s.n - sha) < 13)
		return s;
	return ar_str(ar_arena_fmt(&io->mem, "%.*s, %.*s bytes, SHA-256 %.12s", (int)(size - s.p), s.p, (int)(sha - size - 1), size + 1,
	                           sha + 1));
}

/* The face of a report: for which date, from which data, made how, and totals to tick off. */
static void face(struct ar_io *io, const struct ar_report *rep, const struct ar_tally *tally, struct ar_buf *b)
{
	const struct ar_stream_facts *facts = ar_reader_facts(io->in);
	const char *title = ar_report_title(rep);
	struct ar_str *s;
	struct ar_rec r;
	char z[24];
	int n;

	ar_rec_init(&r, &io->mem);
	ar_rec_start(&r, AR_T_end);
	ar_tally_counts(tally, &r);
	ar_tally_totals(tally, &r);
	ar_buf_fmt(b, "%s\n", title);
	for (size_t i = 0; i < strlen(title); i++)
		ar_buf_c(b, '=');
	ar_buf_c(b, '\n');
	if (facts->as_of != AR_DATE_NONE)
		line(b, "as of", ar_str(ar_date_z(z, facts->as_of)));
	else if (facts->as_of_differ)
		line(b, "as of", AR_STR("different dates in the inputs"));
	if (facts->known_at != INT64_MIN) {
		ar_time_put(z, facts->known_at);
		line(b, "known at", (struct ar_str){ z, 20 });
	}
	n = ar_list(&r, AR_F_counts, &s);
	for (int i = 0; i < n; i++)
		line(b, i ? "" : "records", s[i]);
	n = ar_list(&r, AR_F_totals, &s);
	for (int i = 0; i < n; i++)
		line(b, i ? "" : "control totals", s[i]);
	for (uint32_t i = 0; i < io->prov.input.n; i++)
		line(b, i ? "" : "inputs", input_line(io, io->prov.input.key[i]));
	for (uint32_t i = 0; i < io->prov.stage.n; i++)
		line(b, i ? "" : "made by", io->prov.stage.key[i]);
	ar_rec_release(&r);
}

static int compose(struct ar_io *io, struct ar_report *rep, struct ar_tally *tally, struct ar_buf *b)
{
	bool color = cfg.color && strcmp(cfg.color, "auto") != 0 ? strcmp(cfg.color, "always") == 0 : isatty(1) == 1;
	const char *doubt;
	struct ar_rec *r;
	int rc, taken;

	while ((rc = ar_io_next(io, &r)) > 0) {
		taken = ar_report_add(rep, r, &io->err);
		if (taken < 0)
			return -1;
		if (taken)
			ar_tally_add(tally, r);
	}
	if (rc < 0)
		return -1;
	if (!tally->records && !io->allow_empty) {
		ar_err(&io->err, AR_DAMAGED, "no_records", "no record in the input belongs into this report");
		return ar_err_advice(&io->err, "look which step makes them; if there can be none, say --allow-empty");
	}
	doubt = ar_report_close(rep);
	if (doubt)
		ar_io_warn(io, "%s", doubt);
	if (cfg.csv) {
		ar_report_csv(rep, !cfg.data, b);
	} else {
		if (cfg.brief)
			ar_buf_fmt(b, "%s\n", ar_report_title(rep));
		else
			face(io, rep, tally, b);
		if (doubt)
			line(b, "CAUTION", ar_str(doubt));
		ar_report_text(rep, cfg.rows, cfg.brief, color, b);
	}
	return doubt ? AR_FINDINGS : AR_OK;
}

static int report(struct ar_io *io)
{
	struct ar_str name = ar_str(io->operand.v[0]);
	struct ar_report *rep = ar_report_new(name);
	struct ar_tally tally = { 0 };
	struct ar_buf b = AR_BUF_INIT;
	int rc;

	if (!rep)
		return ar_err(&io->err, AR_USAGE, "usage", "no report is called '%.*s'; --help lists them", AR_STR_FMT(name));
	rc = compose(io, rep, &tally, &b);
	if (rc >= 0)
		ar_out_str(&io->out, ar_buf_slice(&b));
	ar_buf_release(&b);
	ar_tally_release(&tally);
	ar_report_free(rep);
	return rc;
}

#define LINE(name, title, doc) "\n\n" #name ": " doc "."

static const struct ar_tool tool = {
	.name = "ar-report",
	.summary = "tables for people from record streams",
	.operands = "REPORT [FILE ...]",
	.about = "Reads sealed record streams and prints one of the reports below. On top stand the date, the sources with the beginning of their "
	         "SHA-256, the steps that made the data, and control totals. Nothing is printed before the input was read to its true end.\n\n"
	         "Amounts of different currencies are never added. Bank accounts are shown by country and last four characters." AR_REPORTS(LINE),
	.opts = opts,
	.flags = AR_TOOL_TEXT | AR_TOOL_WORD,
	.run = report,
};

int main(int argc, char **argv)
{
	return ar_main(&tool, argc, argv);
}
