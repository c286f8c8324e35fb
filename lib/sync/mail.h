/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mail.h - a mail as bytes (RFC 5322 and MIME, lines ended by CRLF), composed by GMime: the same bytes for the same
 * struct on every run, machine, time zone and locale. Nothing is sent here.
 *
 * One sender, one recipient. No value can add a header: control characters in any header value are refused, addresses
 * must be one plain addr-spec each. The text is UTF-8, quoted-printable; with html, multipart/alternative.
 * Headers: From, Reply-To, To, Subject, Date, Message-ID, In-Reply-To and References, Auto-Submitted: auto-generated.
 */
#ifndef AR_SYNC_MAIL_H
#define AR_SYNC_MAIL_H

#include "base/buf.h"
#include "base/err.h"

enum { AR_MAIL_ADDR_MAX = 254, AR_MAIL_HEADER_MAX = 900 };      /* bytes of an address, of a header value */

struct ar_mail {
	struct ar_str from_name, from, reply_to;        /* name and reply_to may be empty */
	struct ar_str to_name, to;
	struct ar_str subject;
	int64_t date;                   /* seconds since 1970 UTC */
	struct ar_str key;              /* letters and digits: Message-ID is <key@domain of from> */
	struct ar_str reply_key;        /* of the mail this one follows; empty = none */
	struct ar_str text, html;       /* UTF-8, lines ended by LF; html empty = none */
};

/*
 * One addr-spec: dot-atom@domain, ASCII, the domain of at least two labels of letters, digits and hyphens. No display name,
 * quotes, comments, lists, route or literal.
 */
bool ar_mail_addr_ok(struct ar_str s);

/* Append the mail. -1: e, code mail_address, mail_header or mail_text (AR_FINDINGS), nothing was appended. */
int ar_mail_put(const struct ar_mail *m, struct ar_buf *out, struct ar_err *e);

#endif
