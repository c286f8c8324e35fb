/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * confirm.h - did the ERP do what was sent? Answered from its next export, by reading back what was touched and
 * not by believing an answer.
 *
 * A posting is found by its wire key standing as a word in a payment's number, reference, memo, system_id or any
 * x_ field. Then its amount must be the one sent, and each document must either show the application of it, or
 * be open for what was expected. Without such a payment the open balances alone must show it. What is open as
 * before was not seen yet; all else is a mismatch that a person has to look at.
 *
 * Only postings in state sent, acknowledged, uncertain or mismatch are asked about.
 */
#ifndef AR_SYNC_CONFIRM_H
#define AR_SYNC_CONFIRM_H

#include "sync/book.h"
#include "sync/plan.h"

enum ar_verdict { AR_NOT_ASKED, AR_UNSEEN, AR_CONFIRMED_NOW, AR_MISMATCH_NOW };

struct ar_confirm;
struct ar_confirm *ar_confirm_new(struct ar_book *book);
void ar_confirm_free(struct ar_confirm *c);
void ar_confirm_add(struct ar_confirm *c, const struct ar_rec *r);      /* any record of the export */
/* Sets state, seen balances, system_id and message of posting i of the book; *changed: its state is another now. */
enum ar_verdict ar_confirm_decide(struct ar_confirm *c, size_t i, ar_debt_fn *debt, void *ctx, bool *changed);

#endif
