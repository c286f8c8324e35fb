# SPDX-License-Identifier: GPL-3.0-or-later
# One program a tool; each links only what it uses.
bin_PROGRAMS += ar-cat

REC_LIBS = lib/librec.a lib/libnum.a lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS)

ar_cat_SOURCES = %D%/ar-cat.c
ar_cat_LDADD = $(REC_LIBS)
