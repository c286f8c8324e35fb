/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry.c - every wire syntax that ar-extract decodes. */
#include "config.h"

#include "map/syntax.h"
#include "syntax/csv.h"

const struct ar_syntax *const ar_syntaxes[] = {
	&ar_syntax_csv,
	NULL
};
