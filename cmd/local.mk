# One program a tool; each links only what it uses.
bin_PROGRAMS += ar-cat

REC_LIBS = lib/librec.a lib/libnum.a lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS)

ar_cat_SOURCES = %D%/ar-cat.c
ar_cat_LDADD = $(REC_LIBS)

bin_PROGRAMS += ar-normalize
ar_normalize_SOURCES = %D%/ar-normalize.c
ar_normalize_LDADD = lib/libmap.a $(REC_LIBS)
