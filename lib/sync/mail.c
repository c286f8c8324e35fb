/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "sync/mail.h"

#include "base/arena.h"

#include <gmime/gmime.h>

/* RFC 5322 atext */
static bool is_atext(char c)
{
	return ar_is_alnum(c) || (c && strchr("!#$%&'*+-/=?^_`{|}~", c));
}

static bool dot_atom(struct ar_str s)
{
	if (!s.n || s.n > 64 || s.p[0] == '.' || s.p[s.n - 1] == '.')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!is_atext(s.p[i]) && !(s.p[i] == '.' && s.p[i - 1] != '.'))
			return false;
	return true;
}

static bool label(struct ar_str s)
{
	if (!s.n || s.n > 63 || s.p[0] == '-' || s.p[s.n - 1] == '-')
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ar_is_alnum(s.p[i]) && s.p[i] != '-')
			return false;
	return true;
}

bool ar_mail_addr_ok(struct ar_str s)
{
	struct ar_str local, domain = ar_str_cut(s, '@', &local), one;
	int labels = 0;

	if (s.n > AR_MAIL_ADDR_MAX || !domain.p || !dot_atom(local))
		return false;
	for (; domain.p; labels++) {
		domain = ar_str_cut(domain, '.', &one);
		if (!label(one))
			return false;
	}
	return labels >= 2;
}

static int check_header(const char *name, struct ar_str v, struct ar_err *e)
{
	bool bad = v.n > AR_MAIL_HEADER_MAX || !ar_utf8_ok(v.p, v.n);

	for (size_t i = 0; i < v.n; i++)
		bad |= (unsigned char)v.p[i] < ' ' || v.p[i] == 0x7F;
	if (!bad)
		return 0;
	ar_err_field(e, name, v.p, v.n);
	return ar_err(e, AR_FINDINGS, "mail_header", "cannot stand in the header %s of a mail", name);
}

static int check_address(const char *name, struct ar_str v, struct ar_err *e)
{
	if (ar_mail_addr_ok(v))
		return 0;
	ar_err_field(e, name, v.p, v.n);
	return ar_err(e, AR_FINDINGS, "mail_address", "%s is not one plain mail address", name);
}

static int check(const struct ar_mail *m, struct ar_err *e)
{
	if (check_address("From", m->from, e) < 0 || check_address("To", m->to, e) < 0
	    || (m->reply_to.n && check_address("Reply-To", m->reply_to, e) < 0)
	    || check_header("From", m->from_name, e) < 0 || check_header("To", m->to_name, e) < 0
	    || check_header("Subject", m->subject, e) < 0)
		return -1;
	for (size_t i = 0; i < m->key.n + m->reply_key.n; i++)
		ar_assert(ar_is_alnum(i < m->key.n ? m->key.p[i] : m->reply_key.p[i - m->key.n]));
	if (!ar_utf8_ok(m->text.p, m->text.n) || !ar_utf8_ok(m->html.p, m->html.n)
	    || memchr(m->text.p, '\0', m->text.n) || (m->html.n && memchr(m->html.p, '\0', m->html.n)))
		return ar_err(e, AR_FINDINGS, "mail_text", "the text of the mail is not UTF-8");
	return 0;
}

static const char *z(struct ar_arena *a, struct ar_str s)
{
	return ar_arena_dup(a, s.p, s.n);
}

static GMimeObject *text_part(const char *subtype, struct ar_str text)
{
	GMimePart *part = g_mime_part_new_with_type("text", subtype);
	GMimeStream *mem = g_mime_stream_mem_new_with_buffer(text.p, text.n);
	GMimeDataWrapper *data = g_mime_data_wrapper_new_with_stream(mem, GMIME_CONTENT_ENCODING_DEFAULT);

	g_mime_object_set_content_type_parameter(GMIME_OBJECT(part), "charset", "utf-8");
	g_mime_part_set_content(part, data);
	g_mime_part_set_content_encoding(part, GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
	g_object_unref(data);
	g_object_unref(mem);
	return GMIME_OBJECT(part);
}

/* GMime draws boundaries at random: ours comes from the key, and no quoted-printable line can hold "=_". */
static GMimeObject *body(const struct ar_mail *m, struct ar_arena *a)
{
	GMimeObject *plain = text_part("plain", m->text), *html;
	GMimeMultipart *both;

	if (!m->html.n)
		return plain;
	html = text_part("html", m->html);
	both = g_mime_multipart_new_with_subtype("alternative");
	g_mime_multipart_set_boundary(both, ar_arena_fmt(a, "=_%.32s", z(a, m->key)));
	g_mime_multipart_add(both, plain);
	g_mime_multipart_add(both, html);
	g_object_unref(plain);
	g_object_unref(html);
	return GMIME_OBJECT(both);
}

static void add_address(GMimeMessage *msg, GMimeAddressType type, struct ar_str name, struct ar_str addr,
                        struct ar_arena *a)
{
	InternetAddress *one = internet_address_mailbox_new(name.n ? z(a, name) : NULL, z(a, addr));

	internet_address_set_charset(one, "utf-8");
	internet_address_list_add(g_mime_message_get_addresses(msg, type), one);
	g_object_unref(one);
}

static void set_ids(GMimeMessage *msg, const struct ar_mail *m, struct ar_arena *a)
{
	struct ar_str local, domain = ar_str_cut(m->from, '@', &local);
	const char *before;

	g_mime_message_set_message_id(msg, ar_arena_fmt(a, "%.*s@%.*s", AR_STR_FMT(m->key), AR_STR_FMT(domain)));
	if (!m->reply_key.n)
		return;
	before = ar_arena_fmt(a, "<%.*s@%.*s>", AR_STR_FMT(m->reply_key), AR_STR_FMT(domain));
	g_mime_object_set_header(GMIME_OBJECT(msg), "In-Reply-To", before, "utf-8");
	g_mime_object_set_header(GMIME_OBJECT(msg), "References", before, "utf-8");
}

static GMimeMessage *message(const struct ar_mail *m, struct ar_arena *a)
{
	GMimeMessage *msg = g_mime_message_new(FALSE);
	GDateTime *when = g_date_time_new_from_unix_utc(m->date);
	GMimeObject *part = body(m, a);

	add_address(msg, GMIME_ADDRESS_TYPE_FROM, m->from_name, m->from, a);
	if (m->reply_to.n)
		add_address(msg, GMIME_ADDRESS_TYPE_REPLY_TO, (struct ar_str){ NULL, 0 }, m->reply_to, a);
	add_address(msg, GMIME_ADDRESS_TYPE_TO, m->to_name, m->to, a);
	g_mime_message_set_subject(msg, z(a, m->subject), "utf-8");
	g_mime_message_set_date(msg, when);
	set_ids(msg, m, a);
	g_mime_object_set_header(GMIME_OBJECT(msg), "Auto-Submitted", "auto-generated", "utf-8");
	g_mime_message_set_mime_part(msg, part);
	g_object_unref(part);
	g_date_time_unref(when);
	return msg;
}

int ar_mail_put(const struct ar_mail *m, struct ar_buf *out, struct ar_err *e)
{
	static bool begun;
	struct ar_arena a = AR_ARENA_INIT;
	GMimeFormatOptions *format;
	GMimeMessage *msg;
	GMimeStream *mem;
	GByteArray *bytes;

	if (check(m, e) < 0)
		return -1;
	if (!begun)
		g_mime_init();
	begun = true;
	msg = message(m, &a);
	format = g_mime_format_options_new();
	g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
	mem = g_mime_stream_mem_new();
	g_mime_object_write_to_stream(GMIME_OBJECT(msg), format, mem);
	bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(mem));
	ar_buf_put(out, (const char *)bytes->data, bytes->len);
	g_object_unref(mem);
	g_object_unref(msg);
	g_mime_format_options_free(format);
	ar_arena_release(&a);
	return 0;
}
