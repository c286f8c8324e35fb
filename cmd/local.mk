# One program a tool; each links only what it uses.
bin_PROGRAMS += ar-cat

REC_LIBS = lib/librec.a lib/libnum.a lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS)

ar_cat_SOURCES = %D%/ar-cat.c
ar_cat_LDADD = $(REC_LIBS)

bin_PROGRAMS += ar-dunning
ar_dunning_SOURCES = %D%/ar-dunning.c %D%/dunning_letter.c %D%/dunning_letter.h
ar_dunning_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
ar_dunning_LDADD = lib/libar.a lib/libmap.a lib/libmail.a $(REC_LIBS) $(GMIME_LIBS)
