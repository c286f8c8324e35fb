/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * jstr.h - the inside of a JSON string: what stands between its quotes, still escaped, and plain UTF-8 text.
 *
 * One canonical spelling: \" \\ \b \f \n \r \t, \u00xx with lower-case digits for the other control characters below
 * U+0020, and every other character as raw UTF-8. Canonical strings are equal exactly when their bytes are equal,
 * so the tools compare and copy them as they stand.
 *
 * `p, n` never includes the quotes. Nothing beyond n is read.
 */
#ifndef AR_REC_JSTR_H
#define AR_REC_JSTR_H

#include "base/buf.h"
#include "base/str.h"

/* How many bytes at the start are none of '"', '\\' and the controls below 0x20. UTF-8 is not looked at. */
size_t ar_jstr_plain(const char *p, size_t n);

/* Is it all ASCII from U+0020 on, without '"' and '\\'? For what is mostly short. */
bool ar_jstr_printing(const char *p, size_t n);

/*
 * Is it a valid inside of a JSON string: known escapes, surrogates only in pairs, no control byte, no bare quote,
 * strict UTF-8? Returns n, or the offset of the first escape, byte or UTF-8 sequence that is wrong. *has_nul (may be
 * NULL) is true if what was read holds \u0000: JSON allows it, records do not.
 */
size_t ar_jstr_check(const char *p, size_t n, bool *has_nul);

/* What is wrong at the offset `at` that ar_jstr_check returned, as a static phrase: "an unknown escape". */
const char *ar_jstr_why(const char *p, size_t n, size_t at);

/*
 * The text, without escapes, of contents that ar_jstr_check accepts. out has room for n and may be p itself.
 * Returns its length.
 */
size_t ar_jstr_decode(const char *p, size_t n, char *out);

/* Is the spelling canonical? For contents that ar_jstr_check accepts. */
bool ar_jstr_is_canonical(const char *p, size_t n);

/* Append the canonical spelling of contents that ar_jstr_check accepts: at most n bytes. */
void ar_jstr_canonical(struct ar_buf *b, const char *p, size_t n);

/* Append text (valid UTF-8, may hold anything) in canonical spelling: at most 6 n bytes. */
void ar_jstr_put(struct ar_buf *b, const char *p, size_t n);

#endif
