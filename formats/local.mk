# SPDX-License-Identifier: GPL-3.0-or-later
# Decoders, one per wire syntax; maps, templates and samples lie in folders beside them.
noinst_LIBRARIES += formats/libsyntax.a
formats_libsyntax_a_CPPFLAGS = $(AM_CPPFLAGS) $(XML_CFLAGS)
formats_libsyntax_a_SOURCES = \
	%D%/syntax/csv.c %D%/syntax/csv.h \
	%D%/syntax/json.c %D%/syntax/json.h \
	%D%/syntax/path.c %D%/syntax/path.h \
	%D%/syntax/registry.c \
	%D%/syntax/text.c %D%/syntax/text.h \
	%D%/syntax/xml.c %D%/syntax/xml.h
SYNTAX_LIBS = formats/libsyntax.a lib/libmap.a
SYNTAX_SYSTEM_LIBS = $(CSV_LIBS) $(XML_LIBS)
