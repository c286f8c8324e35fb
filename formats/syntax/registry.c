/* SPDX-License-Identifier: GPL-3.0-or-later */
/* registry.c - every wire syntax that ar-extract decodes. */
#include "config.h"

#include "map/syntax.h"
#include "syntax/aeb43.h"
#include "syntax/bai2.h"
#include "syntax/cfonb.h"
#include "syntax/coda.h"
#include "syntax/csv.h"
#include "syntax/json.h"
#include "syntax/lockbox.h"
#include "syntax/mt940.h"
#include "syntax/nacha.h"
#include "syntax/ofx.h"
#include "syntax/x12.h"
#include "syntax/xml.h"

const struct ar_syntax *const ar_syntaxes[] = {
	&ar_syntax_aeb43,
	&ar_syntax_bai2,
	&ar_syntax_cfonb,
	&ar_syntax_coda,
	&ar_syntax_csv,
	&ar_syntax_json,
	&ar_syntax_lockbox,
	&ar_syntax_mt940,
	&ar_syntax_nacha,
	&ar_syntax_ofx,
	&ar_syntax_x12,
	&ar_syntax_xml,
	NULL
};
