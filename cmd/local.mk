# SPDX-License-Identifier: GPL-3.0-or-later
# One program a tool; each links only what it uses.
bin_PROGRAMS += ar-cat

REC_LIBS = lib/librec.a lib/libnum.a lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS)

ar_cat_SOURCES = %D%/ar-cat.c
ar_cat_LDADD = $(REC_LIBS)

bin_PROGRAMS += ar-age
ar_age_SOURCES = %D%/ar-age.c
ar_age_LDADD = lib/libar.a $(REC_LIBS)

bin_PROGRAMS += ar-extract
ar_extract_SOURCES = %D%/ar-extract.c
ar_extract_LDADD = $(SYNTAX_LIBS) $(REC_LIBS) $(SYNTAX_SYSTEM_LIBS)

bin_PROGRAMS += ar-report
ar_report_SOURCES = %D%/ar-report.c
ar_report_LDADD = lib/libar.a $(REC_LIBS) $(UTF8PROC_LIBS)
