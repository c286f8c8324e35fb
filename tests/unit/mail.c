/* SPDX-License-Identifier: GPL-3.0-or-later */
/* mail.c - a mail as bytes: same every time, and no value can become a header. */
#include "config.h"

#include "sync/mail.h"
#include "tap.h"

#include <stdlib.h>
#include <time.h>

#define S(z) ar_str(z)
static struct ar_err err;
static struct ar_buf out;

static struct ar_mail usual(void)
{
	return (struct ar_mail){ .from_name = S("Brenndal Antriebe GmbH"), .from = S("ar@brenndal.example"),
		.reply_to = S("buchhaltung@brenndal.example"), .to_name = S("Chlo\xC3\xA9 & Fils"),
		.to = S("compta@chloe.example"), .subject = S("Rappel n\xC2\xB0 1"), .date = 1793318400,
		.key = S("abc123"), .text = S("Montant d\xC3\xBB: 1\xC2\xA0" "234,50\n.\nFrom here\n") };
}

static const char *put(const struct ar_mail *m)
{
	out.n = 0;
	ar_err_clear(&err);
	return ar_mail_put(m, &out, &err) < 0 ? err.code : ar_buf_z(&out);
}

/* 1793318400 = 2026-10-30 00:00 UTC (a Friday); Q2hsb8Op and bsKw are base64 of the two words */
static const char plain[] =
	"From: Brenndal Antriebe GmbH <ar@brenndal.example>\r\n"
	"Reply-To: buchhaltung@brenndal.example\r\n"
	"To: =?UTF-8?b?Q2hsb8Op?= & Fils <compta@chloe.example>\r\n"
	"Subject: Rappel =?UTF-8?B?bsKw?= 1\r\n"
	"Date: Fri, 30 Oct 2026 00:00:00 +0000\r\n"
	"Message-Id: <abc123@brenndal.example>\r\n"
	"Auto-Submitted: auto-generated\r\n"
	"MIME-Version: 1.0\r\n"
	"Content-Type: text/plain; charset=utf-8\r\n"
	"Content-Transfer-Encoding: quoted-printable\r\n"
	"\r\n"
	"Montant d=C3=BB: 1=C2=A0234,50\r\n"
	".\r\n"
	"From here\r\n";

static void bytes(void)
{
	struct ar_mail m = usual();

	is_str(put(&m), plain, "a mail, byte for byte");
	setenv("TZ", "Pacific/Auckland", 1);
	tzset();
	is_str(put(&m), plain, "the same in another time zone");
	m.reply_key = S("def456");
	ok(strstr(put(&m), "\r\nIn-Reply-To: <def456@brenndal.example>\r\n") != NULL, "it follows another");
	m.html = S("<p>=_abc123</p>\n");
	put(&m);
	ok(strstr(out.p, "multipart/alternative; boundary=\"=_abc123\"\r\n") != NULL, "two parts, boundary from the key");
	ok(strstr(out.p, "<p>=3D_abc123</p>") != NULL, "which no text can hold");
}

static void refused(struct ar_mail m, const char *code, const char *what)
{
	is_str(put(&m), code, what);
	is_int((int64_t)out.n, 0, "nothing was written");
}

static void injection(void)
{
	struct ar_mail m = usual();

	m.subject = S("Hello\r\nBcc: a@b.example");
	refused(m, "mail_header", "CR LF in the subject");
	m.subject = S("Hello\nBcc: a@b.example");
	refused(m, "mail_header", "LF in the subject");
	m.subject = (struct ar_str){ "a\0b", 3 };
	refused(m, "mail_header", "NUL in the subject");
	m.subject = S("a\xC3");
	refused(m, "mail_header", "bad UTF-8 in the subject");
	m = usual();
	m.to_name = S("x\rBcc: a@b.example");
	refused(m, "mail_header", "CR in the name");
	m = usual();
	m.to = S("a@b.example, c@d.example");
	refused(m, "mail_address", "two recipients");
	m = usual();
	m.text = (struct ar_str){ "a\0b", 3 };
	refused(m, "mail_text", "NUL in the text");
	m = usual();
	m.to_name = S("a@b.example, \"x\" <c@d.example>");
	ok(strstr(put(&m), "To: \"a@b.example, \\\"x\\\" <c@d.example>\" <compta@chloe.example>\r\n") != NULL,
	   "a name that looks like addresses stays a name");
}

static void addresses(void)
{
	static const char *const good[] = { "a@b.example", "o'brien+ar@x-1.example.com", "a.b.c@d.e" };
	static const char *const bad[] = { "", "a", "a@", "@b.example", "a@b", "a@b.", "a@.b", "a b@c.example", ".a@b.c",
		"a.@b.c", "a..b@c.d", "a@b@c.d", "<a@b.c>", "\"a\"@b.c", "a@[1.2.3.4]", "a@-b.c", "a@b-.c", "a@b.c\n",
		"a@b.c,d@e.f", "a@b.c;d@e.f", "\xC3\xA9@b.c", "a@\xC3\xA9.c", "a(x)@b.c" };

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		ok(ar_mail_addr_ok(S(good[i])), "%s", good[i]);
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		ok(!ar_mail_addr_ok(S(bad[i])), "not an address: number %zu", i);
	ok(!ar_mail_addr_ok((struct ar_str){ "a\0@b.c", 6 }), "not an address: NUL");
}

int main(void)
{
	bytes();
	injection();
	addresses();
	ar_buf_release(&out);
	return done_testing();
}
