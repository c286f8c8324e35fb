/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Decoders: no prefix of a document is a document, blocks may end anywhere, what is given is what stands there. */
#include "config.h"

#include "syntax/csv.h"
#include "syntax/json.h"
#include "syntax/xml.h"

#include <zlib.h>

#include "decode.h"
#include "tap.h"

#define CSV_MAP "[map]\ndetect = Number, Amount\nheader = Number\ntotals = report\nragged = trim\n"
#define JSON_MAP "[map]\ndetect = A/I\nrecord = A/I rows L\n"
#define XML_MAP "[map]\ndetect = D/S, namespace urn:\nrecord = s: D/S\nrecord = e: D/S/N rows T/X\n"

static const char json[] = "{\"A\":{\"I\":[{\"id\":\"1\",\"L\":[{\"a\":1.50},{\"a\":\"\\u00e9\"}]},{\"id\":2,\"b\":null,\"c\":[true,{}]}],"
	"\"n\":2},\"t\":\"x\"}";
static const char xml[] = "<?xml version=\"1.0\"?><D xmlns=\"urn:x\"><H a=\"1\">h</H><S><i>1</i><!-- c --><N><r>&lt;</r><T><X><u>1</u>"
	"</X><X/></T><T><X>2</X></T></N><N/><z><![CDATA[q]]></z></S></D>";

static int refused(const struct ar_syntax *s, const char *map, const char *p, size_t n)
{
	struct probe probe = { 0 };
	struct ar_err e = { 0 };
	int accepted = 0;

	for (size_t i = 0; i < n; i++)
		if (probe_decode(s, map, p, i, &probe, &e) == 0) {
			printf("# accepted: the first %zu bytes\n", i);
			accepted++;
		}
	return !accepted;
}

static void prefixes(void)
{
	struct probe p = { 0 };
	struct ar_err e = { 0 };

	ok(probe_decode(&ar_syntax_json, JSON_MAP, json, sizeof json - 1, &p, &e) == 0, "JSON: the whole");
	is_int((int64_t)p.rows, 3, "three rows");
	ok(refused(&ar_syntax_json, JSON_MAP, json, sizeof json - 1), "and no prefix");
	ok(probe_decode(&ar_syntax_xml, XML_MAP, xml, sizeof xml - 1, &p, &e) == 0, "XML: the whole");
	is_int((int64_t)p.rows, 5, "three rows of an entry, one of another, the statement");
	ok(refused(&ar_syntax_xml, XML_MAP, xml, sizeof xml - 1), "and no prefix");
}

static size_t deflated(const char *p, size_t n, char *out, size_t cap)
{
	z_stream z = { 0 };

	ar_assert(deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) == Z_OK);
	z.next_in = (Bytef *)p;
	z.avail_in = (uInt)n;
	z.next_out = (Bytef *)out;
	z.avail_out = (uInt)cap;
	ar_assert(deflate(&z, Z_FINISH) == Z_STREAM_END);
	n = cap - z.avail_out;
	deflateEnd(&z);
	return n;
}

static void compressed(void)
{
	static const char csv[] = "Number,Amount\r\nA1,1\r\n\"A\n2\",2\r\n";
	struct probe p = { 0 };
	struct ar_err e = { 0 };
	char z[512];
	size_t n = deflated(csv, sizeof csv - 1, z, sizeof z), bad = 0;

	ok(probe_decode(&ar_syntax_csv, CSV_MAP, z, n, &p, &e) == 0 && p.rows == 2, "compressed CSV: the whole");
	for (size_t i = 1; i < n; i++)          /* nothing at all is an empty file: ar-extract's business */
		if (probe_decode(&ar_syntax_csv, CSV_MAP, z, i, &p, &e) == 0) {
			printf("# accepted: the first %zu bytes\n", i);
			bad++;
		}
	ok(!bad, "and no prefix");
	n = deflated(xml, sizeof xml - 1, z, sizeof z);
	ok(probe_decode(&ar_syntax_xml, XML_MAP, z, n, &p, &e) == 0 && refused(&ar_syntax_xml, XML_MAP, z, n), "compressed XML: no prefix");
}

/* A prefix of a CSV file is one more often than not: but it never gives a row that the whole does not give. */
static void csv_prefixes(void)
{
	static const char csv[] = "Title\n\nNumber;Amount;\nG;;\nA1;1;\n\"x;\ny\";2;3\nTotal for G;3;\n;;\nA4;4;\n";
	struct probe p = { 0 };
	struct ar_err e = { 0 };
	size_t from = (size_t)(strchr(csv, '"') - csv), to = (size_t)(strrchr(csv, '"') - csv);
	uint64_t most = 0;
	int more = 0, open = 0;

	ok(probe_decode(&ar_syntax_csv, CSV_MAP, csv, sizeof csv - 1, &p, &e) == 0, "CSV: the whole");
	is_int((int64_t)p.rows, 5, "title, two rows, total, row");
	most = p.rows;
	for (size_t i = 1; i < sizeof csv - 1; i++) {
		int rc = probe_decode(&ar_syntax_csv, CSV_MAP, csv, i, &p, &e);

		more += p.rows > most;
		open += rc == 0 && i > from && i <= to;
	}
	is_int(more, 0, "no prefix gives more rows");
	is_int(open, 0, "a prefix that ends inside quotes is refused");
}

/* Lines around the table and tables without header: every beginning, and thousands of files with one byte changed, are read or refused
 * with a reason; decode.h watches over what is given. */
static void csv_tables(void)
{
	static const char *const map[] = {
		"[map]\nheader = Datum, Betrag\nabove = Konto, account, -, ccy\nabove = \"Stand:\", on, sum\nbelow = Summe, sum\nbelow = Ende\n",
		"[map]\nheader = Datum\nwidth = 3\nabove = Konto, a\nquotes = text\nragged = trim\n",
		"[map]\ncolumns = d, t, b\ndetect = d like 9*, b like \"*,99\"\nabove = Konto, a, b\nbelow = Summe, c\nquotes = text\n",
	};
	static const char csv[] = "Bank\nKonto 12;x;EUR\nStand: 31.10.;7,00\n\nDatum;Text;Betrag\n1.10.;a;1,00\n2.10.;\"Konto \"\"b\";2,00\n"
		"Summe;;3,00\nKonto;13;;CHF\nDatum;Text;Betrag\n3.10.;c;4,00\n;;Summe 4,00\nDatum;Betrag;Neu\n4.10.;5,00;n\nEnde\n";
	uint64_t seed = 88172645463325252u, unsaid = 0, rows[3];
	char text[sizeof csv];

	for (size_t m = 0; m < 3; m++) {
		struct probe p = { 0 };
		struct ar_err e = { 0 };

		probe_decode(&ar_syntax_csv, map[m], csv, sizeof csv - 1, &p, &e);
		rows[m] = p.rows;
		for (size_t i = 1; i < sizeof csv - 1; i++)
			unsaid += probe_decode(&ar_syntax_csv, map[m], csv, i, &p, &e) < 0 && !e.text[0];
		for (int i = 0; i < 3000; i++) {
			memcpy(text, csv, sizeof csv);
			seed ^= seed << 13;
			seed ^= seed >> 7;
			seed ^= seed << 17;
			text[seed % (sizeof csv - 1)] = (char)(seed >> 32);
			unsaid += probe_decode(&ar_syntax_csv, map[m], text, sizeof csv - 1, &p, &e) < 0 && !e.text[0];
		}
	}
	is_int((int64_t)rows[0], 13, "lines above and below: three above, two rows, a sum, two lines, a row, a sum, a header, a row, the end");
	is_int((int64_t)unsaid, 0, "no file is refused without a reason");
}

/* ---- blocks ---- */

enum { ROWS = 30000 };

/* The text of a row's second value: characters of one to four bytes, so that every block border cuts some. */
static size_t text_of(uint64_t i, char out[64])
{
	static const char *const c[] = { "a", "\u00E9", "\u20AC", "\U0001F600" };
	size_t n = (size_t)sprintf(out, "%llu", (unsigned long long)i);

	for (uint64_t k = 0, x = i * 2654435761u; k < 3 + i % 5; k++, x >>= 2)
		n += (size_t)sprintf(out + n, "%s", c[x & 3]);
	return n;
}

static int check_row(struct probe *p, const struct ar_row *row)
{
	const struct ar_str *v = &row->value[row->n - 1];
	char want[64];
	size_t n = text_of(p->rows, want);
	int *wrong = p->arg;

	*wrong += !ar_streq(*v, (struct ar_str){ want, n });
	return 0;
}

static void put16(struct ar_buf *b, uint32_t u, bool big)
{
	ar_buf_c(b, (char)(big ? u >> 8 : u));
	ar_buf_c(b, (char)(big ? u : u >> 8));
}

static void to_utf16(struct ar_buf *out, struct ar_str s, bool big)
{
	int len;

	put16(out, 0xFEFF, big);
	for (; s.n; s.p += len, s.n -= (size_t)len) {
		uint32_t c = ar_utf8_get(s.p, s.n, &len);

		if (c < 0x10000) {
			put16(out, c, big);
			continue;
		}
		put16(out, 0xD800 + ((c - 0x10000) >> 10), big);
		put16(out, 0xDC00 + ((c - 0x10000) & 0x3FF), big);
	}
}

static void blocks_of(const char *what, const struct ar_syntax *syntax, const char *map, struct ar_str text)
{
	struct ar_buf wide = AR_BUF_INIT;
	struct ar_err e = { 0 };
	int wrong = 0;
	struct probe p = { .look = check_row, .arg = &wrong };
	uint64_t hash;

	ok(probe_decode(syntax, map, text.p, text.n, &p, &e) == 0 && p.rows == ROWS && !wrong, "%s: %d rows as they were written", what, ROWS);
	hash = p.hash;
	for (int big = 0; big < 2; big++) {
		wide.n = 0;
		to_utf16(&wide, text, big);
		ok(probe_decode(syntax, map, wide.p, wide.n, &p, &e) == 0 && p.hash == hash && !wrong, "%s: the same in UTF-16%s", what,
		   big ? "BE" : "LE");
	}
	ar_buf_release(&wide);
}

static void blocks(void)
{
	struct ar_buf c = AR_BUF_INIT, j = AR_BUF_INIT, x = AR_BUF_INIT;
	char t[64];

	ar_buf_puts(&c, "Number,Amount\n");
	ar_buf_puts(&j, "{\"A\":{\"I\":[");
	ar_buf_puts(&x, "<D><S>");
	for (uint64_t i = 1; i <= ROWS; i++) {
		text_of(i, t);
		ar_buf_fmt(&c, "%llu,\"%s\"\n", (unsigned long long)i, t);
		ar_buf_fmt(&j, "%s{\"n\":%llu,\"t\":\"%s\"}", i > 1 ? "," : "", (unsigned long long)i, t);
		ar_buf_fmt(&x, "<N n=\"%llu\"><t>%s</t></N>\n", (unsigned long long)i, t);
	}
	ar_buf_puts(&j, "]}}");
	ar_buf_puts(&x, "</S></D>");
	blocks_of("CSV", &ar_syntax_csv, CSV_MAP, ar_buf_slice(&c));
	blocks_of("JSON", &ar_syntax_json, "[map]\nrecord = A/I\n", ar_buf_slice(&j));
	blocks_of("XML", &ar_syntax_xml, "[map]\nrecord = D/S/N\n", ar_buf_slice(&x));
	ar_buf_release(&c);
	ar_buf_release(&j);
	ar_buf_release(&x);
}

/* A DOCTYPE at every place around the border of two blocks; and tags across it. */
static void borders(void)
{
	struct probe p = { 0 };
	struct ar_err e = { 0 };
	struct ar_buf b = AR_BUF_INIT;
	int missed = 0, wrong = 0;

	for (size_t at = 65500; at < 65560; at++) {
		b.n = 0;
		ar_buf_puts(&b, "<!--");
		while (b.n < at - 3)
			ar_buf_c(&b, 'c');
		ar_buf_puts(&b, "--><!DOCTYPE D []><D><S/></D>");
		missed += probe_decode(&ar_syntax_xml, XML_MAP, b.p, b.n, &p, &e) == 0 || strcmp(e.code, "xml_doctype") != 0;
	}
	is_int(missed, 0, "a DOCTYPE is seen wherever blocks end");
	for (size_t at = 65500; at < 65560; at++) {
		b.n = 0;
		ar_buf_puts(&b, "<D>");
		while (b.n < at)
			ar_buf_puts(&b, b.n % 97 ? "t" : "<a/>");
		ar_buf_puts(&b, "<S a=\"<\" b='>'");
		b.n -= 11;
		ar_buf_puts(&b, " a=\"&lt;>\" b='>'><i>1</i></S></D>");
		wrong += probe_decode(&ar_syntax_xml, XML_MAP, b.p, b.n, &p, &e) != 0 || p.rows != 1;
	}
	is_int(wrong, 0, "a tag is read wherever blocks end");
	ar_buf_release(&b);
}

/* An element that occurs 300,000 times as a row is no path of its own; as a value it is beyond the limit. */
static void many(void)
{
	struct probe p = { 0 };
	struct ar_err e = { 0 };
	struct ar_buf b = AR_BUF_INIT;

	ar_buf_puts(&b, "<D><S><N><T>");
	for (int i = 0; i < 300000; i++)
		ar_buf_puts(&b, "<X>1</X>");
	ar_buf_puts(&b, "</T></N></S></D>");
	ok(probe_decode(&ar_syntax_xml, XML_MAP, b.p, b.n, &p, &e) == 0 && p.rows == 300001, "XML: 300,000 rows in a record");
	ok(probe_decode(&ar_syntax_xml, "[map]\nrecord = D/S/N\n", b.p, b.n, &p, &e) < 0 && strcmp(e.code, "xml_limit") == 0,
	   "as many values of a record are refused");
	ar_buf_release(&b);
}

int main(void)
{
	prefixes();
	compressed();
	csv_prefixes();
	csv_tables();
	blocks();
	borders();
	many();
	return done_testing();
}
