# One program a tool; each links only what it uses.
bin_PROGRAMS += ar-cat

REC_LIBS = lib/librec.a lib/libnum.a lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS)

ar_cat_SOURCES = %D%/ar-cat.c
ar_cat_LDADD = $(REC_LIBS)

bin_PROGRAMS += ar-forecast
ar_forecast_SOURCES = %D%/ar-forecast.c
ar_forecast_LDADD = lib/libar.a $(REC_LIBS) -lm
