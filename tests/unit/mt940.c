/* SPDX-License-Identifier: GPL-3.0-or-later */
/* MT940: what banks write into :61:, :86: and balances, by hand from the rules of mt940.h; prefixes, line ends, mutations. */
#include "config.h"

#include "syntax/mt940.h"

#include "base/buf.h"
#include "decode.h"
#include "tap.h"

#define MAP "[map]\ncurrency = EUR\n"

static struct ar_buf seen;              /* name=value of the rows looked at, each ended by '\n' */
static int incomplete;

static int collect(struct probe *p, const struct ar_row *row)
{
	const char *only = p->arg;

	for (int i = 0; i < row->n + row->nabove; i++) {
		struct ar_str name = i < row->n ? row->name[i] : row->above_name[i - row->n];
		struct ar_str value = i < row->n ? row->value[i] : row->above_value[i - row->n];

		incomplete += ar_streqz(name, ".incomplete");
		if (only && (!row->n || !ar_streqz(row->value[0], only)))
			continue;
		ar_buf_str(&seen, name);
		ar_buf_c(&seen, '=');
		ar_buf_str(&seen, value);
		ar_buf_c(&seen, '\n');
	}
	return 0;
}

static int decoded(const char *map, const char *data, size_t n, const char *only, struct probe *p)
{
	struct ar_err e = { 0 };

	*p = (struct probe){ .look = collect, .arg = (void *)only };
	seen.n = 0;
	incomplete = 0;
	return probe_decode(&ar_syntax_mt940, map, data, n, p, &e);
}

/* Does every line of `want` stand in what was seen? A line that begins with '!' must not. */
static void wants(const char *what, const char *want)
{
	struct ar_buf all = AR_BUF_INIT;
	struct ar_str rest = ar_str(want), line;
	bool good = true;

	ar_buf_c(&all, '\n');
	ar_buf_str(&all, ar_buf_slice(&seen));
	while (rest.p) {
		bool not;
		char one[256];

		rest = ar_str_cut(rest, '\n', &line);
		not = line.n && *line.p == '!';
		snprintf(one, sizeof one, "\n%.*s%s", AR_STR_FMT(((struct ar_str){ line.p + not, line.n - not })), not ? "" : "\n");
		if (line.n && !ar_str_find(ar_buf_slice(&all), ar_str(one)) != not) {
			printf("# %s: %.*s\n", not ? "there is" : "missing", AR_STR_FMT(line));
			good = false;
		}
	}
	if (!ok(good, "%s", what))
		printf("# seen: %.*s\n", AR_STR_FMT(ar_buf_slice(&seen)));
	ar_buf_release(&all);
}

/* One entry between balances: the line of :61: and what follows it. */
static void entry(const char *what, const char *text, const char *want)
{
	struct ar_buf b = AR_BUF_INIT;
	struct probe p;

	ar_buf_fmt(&b, ":20:X\n:25:A\n:28C:1/1\n:60F:C260101EUR0,\n:61:%s\n:62F:C260101EUR0,\n-\n", text);
	decoded(MAP, b.p, b.n, "entry", &p);
	wants(what, want);
	ar_buf_release(&b);
}

static void entries(void)
{
	entry("all parts", "2601020103CR1190,50NTRFINV 7//BK1", "61/value_date=2026-01-02\n61/entry_date=2026-01-03\n61/mark=C\n61/funds=R\n"
	      "61/amount=1190.50\n61/type=NTRF\n61/customer_ref=INV 7\n61/bank_ref=BK1\n!.warning");
	entry("reversal of a credit, with a funds code", "260102RCR300,NMSCNONREF", "61/mark=RC\n61/funds=R\n61/amount=300\n!61/entry_date");
	entry("reversal of a debit", "260102RD,02NMSC", "61/mark=RD\n61/amount=0.02\n!61/funds");
	entry("expected", "260102EC1,5NMSC", "61/mark=EC\n61/amount=1.5");
	entry("blanks for the entry date", "260102    D65,00NOVBNL47INGB9999999999", "61/mark=D\n61/amount=65.00\n61/type=NOVB\n"
	      "61/account=NL47INGB9999999999");
	entry("entry date in the year before", "2601021231C1,NTRF", "61/value_date=2026-01-02\n61/entry_date=2025-12-31");
	entry("entry date in the year after", "2612310102C1,NTRF", "61/value_date=2026-12-31\n61/entry_date=2027-01-02");
	entry("30 February", "2602300301D6,00N024NONREF", "61/value_date=2026-02-28\n61/entry_date=2026-03-01\n"
	      ".warning=61: a day that its month does not have; the last of the month was taken");
	entry("month 26", "262601C6,00N024", "!61/value_date\n.warning=61: the value date is no date\n61/amount=6.00");
	entry("29 February of a leap year", "280229C1,NTRF", "61/value_date=2028-02-29\n!.warning");
	entry("zeros and a point", "260102D000000000300.00N102", "61/amount=300.00");
	entry("beyond 15 characters", "260102D00000000000001234,56NTRF", "61/amount=1234.56");
	entry("thousands", "260102D1.234.567,80NTRF", "61/amount=1234567.80");
	entry("blanks inside", "260102D12 345,6NTRF", "61/amount=12345.6");
	entry("a sign beside the mark", "260102D-104,12NTRF", "61/mark=D\n61/amount=104.12\n.warning=61: a sign before the amount, beside the mark;"
	      " the mark was taken");
	entry("no type", "260102D1,NONREF//B", "61/customer_ref=NONREF\n61/bank_ref=B\n!61/type");
	entry("type in small letters", "260102D1,nov abc", "61/type=nov\n61/customer_ref=abc");
	entry("a line break before the amount", "1811261126CR\n30,00N062NONREF", "61/amount=30.00\n61/mark=C\n61/funds=R");
	entry("codes", "260102C1,NTRFX\n/OCMT/USD123,45/CHGS/EUR5,/EXCH/1,0842/", "61/OCMT=123.45\n61/OCMT/currency=USD\n61/CHGS=5\n"
	      "61/CHGS/currency=EUR\n61/EXCH=1.0842");
	entry("text", "260102C1,NTRFX\nJ. Doe", "61/supplementary=J. Doe");
	entry("old Rabobank", "260102D1,N044P000029225      KPN - MOBIEL", "61/account=P000029225\n61/name=KPN - MOBIEL\n!61/customer_ref");
}

static void german(void)
{
	entry("keys, split over lines and borders", "260102C1,NTRFX\n:86:166?00GUTSCHRIFT?109251?20EREF+1234567890123456789012?21 345?22S\n"
	      "V?23WZ+Rechnung 4711?30BANKDEFF?31DE1?32Muster Aktiengesellschaft u?33nd Co", "86/gvc=166\n86/00=GUTSCHRIFT\n86/10=9251\n"
	      "86/EREF=1234567890123456789012 345\n86/SVWZ=Rechnung 4711\n86/text=Rechnung 4711\n86/30=BANKDEFF\n86/31=DE1\n"
	      "86/name=Muster Aktiengesellschaft und Co\n!86/line\n!61/line");
	entry("another separator", "260102C1,NTRFX\n:86:020<00Przelew<20Faktura 12<21/2026<32Jan", "86/gvc=020\n86/20=Faktura 12\n"
	      "86/text=Faktura 12\n86/text#2=/2026\n86/name=Jan");
	entry("without a code", "260102C1,NTRFX\n:86:^00VIR^20FACT 9^32DUPONT", "!86/gvc\n86/00=VIR\n86/text=FACT 9\n86/name=DUPONT");
	entry("text before the first key", "260102C1,NTRFX\n:86:166?20Rg 1 ?21EREF+E1", "86/text=Rg 1 \n86/EREF=E1");
	entry("a short value ends at its border", "260102C1,NTRFX\n:86:166?20EREF+E1?21Rg 5", "86/EREF=E1\n86/text=Rg 5");
	entry("name of two words", "260102C1,NTRFX\n:86:166?32Muster?33Bau", "86/name=Muster Bau");
	entry("a question mark in the text", "260102C1,NTRFX\n:86:166?20Warum?99 Ballons?21x", "86/20=Warum?99 Ballons\n86/text#2=x");
	entry("keys with a colon", "260102C1,NTRFX\n:86:105?20EREF: E1?21MREF: M1?22SVWZ: Rg 8", "86/EREF=E1\n86/MREF=M1\n86/SVWZ=Rg 8");
	entry("a code alone", "260102C1,NTRFX\n:86:091", "86/gvc=091\n!86/text");
	entry("unstructured", "260102C1,NTRFX\n:86:999PN5477SCHECK", "86/gvc=999\n86/text=PN5477SCHECK");
	entry("a number is no code", "260102C1,NTRFX\n:86:166/12 Stueck", "!86/gvc\n86/text=166/12 Stueck");
	entry("NS", "260102C1,NTRFX\n:NS:01Rechnung 5\n15Muster\n16 Bau\n3412345", "NS/01=Rechnung 5\nNS/text=Rechnung 5\nNS/name=Muster Bau\n"
	      "NS/34=12345");
}

static void words(void)
{
	entry("ING", "260102C1,NTRFX\n:86:/EREF/E/1//CNTP/NL1/BICX/Voorbeeld BV/Adam//REMI/USTD//Fact\nuur 7/8/ PURP/x/PURP/OTHR/", "86/EREF=E/1\n"
	      "86/CNTP/account=NL1\n86/CNTP/bic=BICX\n86/CNTP/name=Voorbeeld BV\n86/CNTP/city=Adam\n86/text=Fact\n86/text#2=uur 7/8/ PURP/x\n"
	      "86/PURP=OTHR");
	entry("ING, structured", "260102C1,NTRFX\n:86:/RTRN/AC04//REMI/STRD/CUR/9001/", "86/RTRN=AC04\n86/REMI/issuer=CUR\n86/REMI/ref=9001");
	entry("Rabobank", "260102C1,NTRFX\n:86:/MARF//EREF/E2/ORDP//NAME/J. Doe/REMI//CDTRREFTP//CD/SCOR/ISSR/CUR/CDTRREF/8001/CSID/Z9",
	      "86/EREF=E2\n86/ORDP/NAME=J. Doe\n86/CDTRREF=8001\n86/CSID=Z9\n!86/MARF");
	entry("Rabobank, twice", "260102C1,NTRFX\n:86:/BENM//NAME/A/REMI/one/REMI/two", "86/BENM/NAME=A\n86/REMI=one\n86/REMI#2=two\n86/text=one\n"
	      "86/text#2=two");
	entry("ABN AMRO", "260102C1,NTRFX\n:86:/TRTP/SEPA OVERBOEKING/IBAN/NL2/BIC/ABNANL2A/NAME/Piet/REMI/Issuer: CUR Ref: 1234/EREF/E3",
	      "86/TRTP=SEPA OVERBOEKING\n86/IBAN=NL2\n86/BIC=ABNANL2A\n86/NAME=Piet\n86/REMI/ref=1234\n86/EREF=E3");
	entry("old ABN AMRO", "260102C1,NTRFX\n:86:12.34.56.789 W. JANSEN          BETALINGSKENM.  50020\n09999999999", "86/account=12.34.56.789\n"
	      "86/name=W. JANSEN\n86/payment_ref=5002009999999999");
	entry("giro", "260102C1,NTRFX\n:86:GIRO   428428 KPN - DIGITENNE    BETREFT", "86/account=428428\n86/name=KPN - DIGITENNE");
	entry("mBank", "260102C1,NTRFX\n:86:911 TR; ID IPH: XX1; Z RACH.: \n5611; OD: JAN; TYT.: FV 1/2; \nTNR: 17.01", "86/ID IPH=XX1\n86/Z RACH.=5611\n"
	      "86/OD=JAN\n86/TYT.=FV 1/2\n86/TNR=17.01");
	entry("Belgium", "260102C1,NTRFX\n:86:betaling ***085/1927/54115*** dank", "86/OGM=085192754115\n86/text=betaling ***085/1927/54115*** dank");
	entry("several fields of text", "260102C1,NTRFX\n:86:one\n:86:two", "86/text=one\n86/text#2=two");
	entry("text that looks like a tag", "260102C1,NTRFX\n:86:at\n:44:45\n:13:15\n- and\n-\nso", "86/text#2=:44:45\n86/text#3=:13:15\n86/text#4=- and\n"
	      "86/text#5=-\n86/text#6=so");
}

static void statements(void)
{
	static const char sheets[] = ":20:A\n:25:ACC\n:28C:7/1\n:60F:C260101EUR1,\n:61:260102C2,NTRF\n:62M:C260102EUR3,\n-\n:20:B\n:25:ACC\n:28C:7/2\n"
		":60M:C260102EUR3,\n:61:260102C4,NTRF\n:86:166?20x\n:86:about all\n:62F:C260103EUR7,\n-\n";
	static const char twice[] = ":20:A\n:25:B\n:28C:1\n:60F:C260101EUR1,\n:62F:C260101EUR1,\n-\n:20:A\n:25:B\n:28C:1\n:60F:C260101EUR2,\n"
		":62F:C260101EUR2,\n-\n";
	static const char odd[] = ":20:A\n:25:1291.99.348EUR\n:28:2\n:60F:C0EUR1 234,5\n:62F:D2601311,00\n:65:Dnullnull7414,3\n-\n";
	static const char report[] = "{1:F01X}{2:O942X}{4:\n:20:A\n:25:B\n:28C:1\n:34F:EURD0,\n:13D:2601021530+0100\n:61:260102EC5,NTRF\n:90C:2EUR5,\n-}\n";
	struct probe p;

	ok(decoded(MAP, sheets, sizeof sheets - 1, "statement", &p) == 0 && p.rows == 3, "two sheets are one statement");
	wants("with the balances of both", "statement=ACC:7:2026-01-01\n20=A\n60/amount=1\n62/amount=7\n62/date=2026-01-03\ncomplete=true\n"
	      "86=about all\n!.warning");
	decoded(MAP, sheets, sizeof sheets - 1, "entry", &p);
	wants("and their entries go on", ".entry=1\n.entry=2\nstatement=ACC:7:2026-01-01");
	decoded(MAP, twice, sizeof twice - 1, "statement", &p);
	wants("two statements of one name", "statement=B:1:2026-01-01\nstatement=B:1:2026-01-01~2");
	decoded(MAP, odd, sizeof odd - 1, "statement", &p);
	wants("odd balances", "60/amount=1234.5\n!60/date\n62/amount=-1.00\n62/date=2026-01-31\n65/amount=-7414.3\ncurrency=EUR\nnumber=2");
	ok(decoded(MAP, report, sizeof report - 1, "statement", &p) == 0, "MT942");
	wants("its counts are compared", "message=942\n13D=2601021530+0100\nstatement=B:1:2601021530\nperiod_end=2026-01-02\n90C=2EUR5,\n"
	      ".warning=the report counts another number of entries than it has (90D, 90C)");
}

/* A byte that was hurt must not make a smaller amount. */
static void broken_amounts(void)
{
	static const char *const bad[] = { "4m,00NTRFNONREF", "4%2,00NTRFNONREF", "42,0\x80NTRF" };
	struct probe p;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct ar_buf b = AR_BUF_INIT;

		ar_buf_fmt(&b, ":20:X\n:25:A\n:60F:C260101EUR0,\n:61:260102C%s\n:62F:C260101EUR42,\n-\n", bad[i]);
		decoded(MAP, b.p, b.n, "entry", &p);
		is_int(seen.n, 0, "no entry of an amount that does not end");
		ar_buf_release(&b);
	}
	entry("an odd type", "260102C42,AxxxNONREF", "61/amount=42\n.warning=61: what follows the amount is no transaction type");
	entry("no decimal comma", "260102C42NTRFNONREF", "61/amount=42\n.warning=61: an amount without a decimal comma");
}

static void encodings(void)
{
	entry("windows-1252", "260102C1,NTRFX\n:86:Gr\xFC\xDF" "e", "86/text=Gr\xC3\xBC\xC3\x9F" "e");
	entry("UTF-8", "260102C1,NTRFX\n:86:Gr\xC3\xBC\xC3\x9F" "e", "86/text=Gr\xC3\xBC\xC3\x9F" "e");
	{
		static const char dos[] = ":20:X\n:25:A\n:60F:C260101EUR0,\n:61:260102C1,NTRF\n:86:\x9A" "berweisungsgutschr.\n:62F:C260101EUR1,\n-\n";
		static const char din[] = ":20:X\n:25:A\n:60F:C260101EUR0,\n:61:260102C1,NTRF\n:86:gr}~e [\n:62F:C260101EUR1,\n-\n";
		struct probe p;

		decoded(MAP "encoding = cp850\n", dos, sizeof dos - 1, "entry", &p);
		wants("cp850", "86/text=\xC3\x9C" "berweisungsgutschr.");
		decoded(MAP "encoding = din-66003\n", din, sizeof din - 1, "entry", &p);
		wants("DIN 66003", "86/text=gr\xC3\xBC\xC3\x9F" "e \xC3\x84");
	}
}

static const char *sample;
static size_t sample_n;

static void read_sample(void)
{
	const char *top = AR_SOURCE "/formats/banks/mt940.sta";
	struct ar_err e = { 0 };

	sample = ar_in_slurp(top, 1 << 20, &sample_n, &e);
	ar_assert(sample);
}

static void prefixes(void)
{
	uint64_t most;
	int more = 0, unfinished = 0;
	struct probe p;

	ok(decoded(MAP, sample, sample_n, NULL, &p) == 0 && p.rows == 14 && !incomplete, "the sample: ten entries, four statements");
	most = p.rows;
	for (size_t i = 1; i < sample_n; i++) {
		int rc = decoded(MAP, sample, i, NULL, &p);

		more += p.rows > most;
		unfinished += rc == 0 && incomplete;
	}
	is_int(more, 0, "no prefix gives more rows");
	is_int(unfinished, 0, "a prefix that gives incomplete entries is refused");
}

/* The same values, however lines end. */
static void line_ends(void)
{
	static const char *const end[] = { "\r\n", "\r", "@@", "\n\x01" };
	struct ar_buf b = AR_BUF_INIT, want = AR_BUF_INIT;
	const char *from = strstr(sample, ":20:");
	struct probe p;

	decoded(MAP, from, sample_n - (size_t)(from - sample), NULL, &p);
	ar_buf_str(&want, ar_buf_slice(&seen));
	for (int i = 0; i < 4; i++) {
		b.n = 0;
		for (const char *q = from; q < sample + sample_n; q++)
			if (*q == '\n')
				ar_buf_puts(&b, end[i]);
			else
				ar_buf_c(&b, *q);
		decoded(MAP, b.p, b.n, NULL, &p);
		ok(ar_streq(ar_buf_slice(&seen), ar_buf_slice(&want)), "line end %d", i);
	}
	ar_buf_release(&b);
	ar_buf_release(&want);
}

/* Nothing is quadratic: ten times the input takes not much more than ten times as long; here only: it ends. */
static void large(void)
{
	static const char *const piece[] = { "?20", "/REMI/", "?20EREF+", "+++111/", "\n:86:x", "\n-", "\n:NS:01x", "SVWZ+" };
	struct probe p;

	for (size_t i = 0; i < sizeof piece / sizeof *piece; i++) {
		struct ar_buf b = AR_BUF_INIT;

		ar_buf_puts(&b, ":20:X\n:25:A\n:60F:C260101EUR0,\n:61:260102C1,NTRF\n:86:");
		ar_buf_puts(&b, i == 1 ? "/REMI/" : i == 4 || i == 5 || i == 6 ? "a" : "166?20");
		for (int k = 0; k < 150000; k++) {
			ar_buf_puts(&b, piece[i]);
			if (k % 10 == 9)
				ar_buf_c(&b, '\n');
		}
		decoded(MAP, b.p, b.n, "none", &p);
		ok(p.rows == 2, "150000 times %.*s", (int)strcspn(piece[i][0] == '\n' ? piece[i] + 1 : piece[i], "\n"),
		   piece[i][0] == '\n' ? piece[i] + 1 : piece[i]);
		ar_buf_release(&b);
	}
}

/* ---- what one entry leaves behind does not change the next ---- */

static void open_message(struct ar_buf *b, int filler)
{
	ar_buf_puts(b, ":20:X\n:25:A\n:28C:1/1\n:60F:C260101EUR0,\n:86:");
	for (int i = 0; i < filler; i++)
		ar_buf_c(b, 'f');
	ar_buf_c(b, '\n');
}

/* What was seen, without the ordinals of the entries. */
static void add_seen(struct ar_buf *to)
{
	struct ar_str rest = ar_buf_slice(&seen), line;

	while (rest.n) {
		rest = ar_str_cut(rest, '\n', &line);
		if (!ar_str_starts(line, ".entry=")) {
			ar_buf_str(to, line);
			ar_buf_c(to, '\n');
		}
	}
}

static void one_by_one(void)
{
	static const char *const line[] = {
		"2601020103C1,5NTRFA//B", "2601020103D2,NTRFA", "2601020103C3,25NTRF//B", "260102C4,5NTRFA", "2601020104C5,5NTRFA", "2601021231C6,5NTRFA",
		"2601021231D7,5NTRFA", "2602300301C8,5NTRFA", "2602300301C9,5NTRFA", "2602280301C10,5NTRFA", "2613010301C11,5NTRFA", "2601021301C12,5NTRFA",
		"2601020103C13.5NTRFA", "2601020103C00014,5NTRFA", "2601020103C-15,5NTRFA", "2601020103C16 NTRFA",
	};
	struct ar_buf apart = AR_BUF_INIT, whole = AR_BUF_INIT, together = AR_BUF_INIT;
	struct probe p;

	open_message(&whole, 0);
	for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
		struct ar_buf b = AR_BUF_INIT;

		open_message(&b, 0);
		ar_buf_fmt(&b, ":61:%s\n:86:166?00X?20EREF+%zu?32N\n:62F:C260101EUR0,\n-\n", line[i], i);
		ar_buf_fmt(&whole, ":61:%s\n:86:166?00X?20EREF+%zu?32N\n", line[i], i);
		decoded(MAP, b.p, b.n, "entry", &p);
		add_seen(&apart);
		ar_buf_release(&b);
	}
	ar_buf_puts(&whole, ":62F:C260101EUR0,\n-\n");
	decoded(MAP, whole.p, whole.n, "entry", &p);
	add_seen(&together);
	ok(apart.n > 3000 && ar_streq(ar_buf_slice(&apart), ar_buf_slice(&together)), "entries alone and behind each other say the same");
	ar_buf_release(&apart);
	ar_buf_release(&whole);
	ar_buf_release(&together);
}

static struct { uint64_t first; int rows, other, told; } alike;

static int compare(struct probe *p, const struct ar_row *row)
{
	uint64_t h = 0;

	if (!ar_streqz(row->value[0], "entry"))
		return 0;
	for (int i = 2; i < row->n; i++)
		h = probe_mix(probe_mix(h, row->name[i]), row->value[i]);
	alike.first = alike.rows++ ? alike.first : h;
	alike.other += h != alike.first;
	alike.told += row->same_names;
	return 0;
}

/* Many times the same entry, and where the memory of a message begins anew it lies otherwise each time. */
static void many_alike(const char *entry, int times, int filler, int told)
{
	struct ar_buf b = AR_BUF_INIT;
	struct probe p = { .look = compare };
	struct ar_err e = { 0 };

	memset(&alike, 0, sizeof alike);
	open_message(&b, filler);
	for (int i = 0; i < times; i++)
		ar_buf_puts(&b, entry);
	ar_buf_puts(&b, ":62F:C260101EUR0,\n-\n");
	probe_decode(&ar_syntax_mt940, MAP, b.p, b.n, &p, &e);
	ok(alike.rows == times && !alike.other && alike.told == told, "%d times the same behind %d bytes: %d others, %d names told", times, filler,
	   alike.other, alike.told);
	ar_buf_release(&b);
}

static void memory(void)
{
	static const char zka[] = ":61:2601020103C1,5NTRFNONREF//B\n:86:166?00GUT?109251?20EREF+E2E\n-1?21SVWZ+Invoice of Ja\nnuary?22INV?30BIC?3\n"
		"1DE00?32Muster\n AG\n";
	static const char words[] = ":61:2601020103C1,5NTRFNONREF//B\n:86:/EREF/E2E-1//CNTP/NL00/BIC/Muster\n AG/City//RE\nMI/USTD//Invoice of\n January/\n";
	struct ar_buf b = AR_BUF_INIT;

	for (int filler = 0; filler < 180; filler += 9) {
		many_alike(zka, 700, filler, 700 - 4);
		many_alike(words, 700, filler, 700 - 4);
	}
	ar_buf_puts(&b, ":61:2601020103C1,5NTRF\n:86:text\n");
	for (int i = 0; i < 300; i++)
		ar_buf_puts(&b, "more\n");
	ar_buf_c(&b, '\0');
	many_alike(b.p, 9, 0, 0);
	ar_buf_release(&b);
}

int main(void)
{
	entries();
	one_by_one();
	memory();
	german();
	words();
	statements();
	broken_amounts();
	encodings();
	read_sample();
	prefixes();
	line_ends();
	large();
	return done_testing();
}
