/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * dunning_letter.h - the part of ar-dunning that turns a notice into a mail or a letter: values, templates, bytes.
 *
 * A template NAME.LANG.mustache renders a line "Subject: ...", an empty line and the text; a mail adds NAME.LANG.html.mustache
 * as its second form where there is one; a letter is put into letter.LANG.mustache. They are looked for in the
 * folder given (--templates), then in letters/ of the folders of maps.
 */
#ifndef AR_CMD_DUNNING_LETTER_H
#define AR_CMD_DUNNING_LETTER_H

#include "ar/dun.h"
#include "num/show.h"
#include "rec/tool.h"

struct letters;
struct letters *letters_new(struct ar_io *io, const char *dir);
void letters_release(struct letters *l);

struct letter {                         /* what the notice itself does not say */
	const struct ar_dun_notice *notice;
	const struct ar_dun_company *company;
	enum ar_lang lang;
	ar_date date;
	int64_t now;                    /* the Date of the mail, seconds since 1970 UTC */
	struct ar_str to, to_name;      /* mail address; empty = a letter on paper */
	struct ar_str name, number;     /* of the payer; number: what it is called in the source, may be empty */
	struct ar_str *address;
	int naddress;
	struct ar_str previous;         /* key of the mail before; empty = none */
	struct ar_str (*customer_name)(void *ctx, const struct ar_dun_item *it);        /* empty = the payer itself */
	void *ctx;
};

/*
 * Append the file. -1: e. exit AR_FINDINGS: this one cannot be written (a name that cannot stand in a header), others can; else
 * a template is missing or wrong.
 */
int letters_put(struct letters *l, const struct letter *what, struct ar_buf *out, struct ar_err *e);

#endif
