/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mustache.h - text from a template and a tree of values (map/mv.h): letters, mails, reports,
 * documents for an ERP.
 *
 * The template language is Mustache as its specification says (the modules comments, delimiters,
 * interpolation, inverted, partials and sections; neither lambdas nor inheritance):
 *
 *     {{name}}              the value, escaped for the kind of document; {{{name}}} and {{&name}} as it is
 *     {{a.b}}  {{.}}        a value inside a value; the current value itself
 *     {{#x}} ... {{/x}}     for each of a list; once for anything else that is true
 *     {{^x}} ... {{/x}}     where x is false
 *     {{! words }}          nothing
 *     {{>other}}            another template, in its place (a partial)
 *     {{=<% %>=}}           other delimiters from here on
 *
 * A line that holds but one such tag (not a value) and blanks leaves no line behind; a partial
 * alone on its line gets that line's indentation before each of its own lines. Names are looked
 * for in the current value first, then in those around it; of a.b only a is, then b must be in
 * it.
 *
 * False are: false, null, an empty list, an empty text, and what is not there. All else is true:
 * "0" and an empty map. Written are: a text as it is, a bool as `true` or `false`; null, a map
 * and a list as nothing.
 *
 * Strict rendering (letters): {{name}} must find a value, and one that can be written;
 * ar_mv_null says "known, and nothing to write". A partial that does not exist is an error too.
 * Sections stay as they are: asking whether something is there is what they are for.
 *
 * Memory: values and compiled templates live in arenas; a compiled template keeps slices of its
 * text and of the texts that the lookup gave, which must live as long. A template can be
 * rendered any number of times.
 *
 * Errors have the template's name and line. At compile: template_syntax template_utf8
 * template_limit (exit AR_USAGE). At rendering: template_unknown template_type template_partial
 * template_depth template_limit (AR_USAGE), template_value (AR_FINDINGS: the value of this
 * record cannot stand in such a document).
 */
#ifndef AR_MAP_MUSTACHE_H
#define AR_MAP_MUSTACHE_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"
#include "map/esc.h"
#include "map/mv.h"

enum {
	AR_MUSTACHE_MAX_TEXT = 1 << 20,         /* bytes of a template */
	AR_MUSTACHE_MAX_NEST = 64,              /* sections inside each other in one template */
	AR_MUSTACHE_MAX_PARTIALS = 256,         /* different partials that one template reaches */
	AR_MUSTACHE_MAX_DEPTH = 16,             /* partials inside each other while rendering */
	AR_MUSTACHE_MAX_OUT = 64 << 20,         /* bytes of one rendering */
	AR_MUSTACHE_MAX_STEPS = 50000000,       /* tags and lines visited in one rendering */
};

/* The text of a partial: 1 = found, 0 = there is none, -1 = failed, *e filled. */
typedef int ar_mustache_lookup(void *ctx, struct ar_str name, struct ar_str *text, struct ar_err *e);

struct ar_mustache;
/*
 * Compile a template and every partial it reaches. NULL = error. `file` is for messages; lookup may be
 * NULL: no partials.
 */
struct ar_mustache *ar_mustache_compile(struct ar_arena *a, const char *file, struct ar_str text,
                                        ar_mustache_lookup *lookup, void *ctx, struct ar_err *e);

/* Append the rendering to *out. After an error *out is as long as before. */
int ar_mustache_render(const struct ar_mustache *t, const struct ar_mv *root, enum ar_esc esc, bool strict,
                       struct ar_buf *out, struct ar_err *e);

#endif
