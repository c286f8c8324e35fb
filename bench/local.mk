# SPDX-License-Identifier: GPL-3.0-or-later
# What the benchmark is made of; `make bench` runs it (bench/README.md).
bench_programs = %D%/generate %D%/measure %D%/csvfloor %D%/matchjoin %D%/saxfloor
check_PROGRAMS += $(bench_programs)
bench_generate_SOURCES = %D%/generate.c
bench_generate_LDADD = $(REC_LIBS)
bench_measure_SOURCES = %D%/measure.c
bench_csvfloor_SOURCES = %D%/csvfloor.c
bench_csvfloor_LDADD = $(CSV_LIBS)
bench_matchjoin_SOURCES = %D%/matchjoin.c
bench_matchjoin_LDADD = lib/libar.a lib/libnum.a lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(UTF8PROC_LIBS)
bench_saxfloor_SOURCES = %D%/saxfloor.c
bench_saxfloor_CPPFLAGS = $(AM_CPPFLAGS) $(XML_CFLAGS)
bench_saxfloor_LDADD = $(XML_LIBS)
EXTRA_DIST += %D%/README.md %D%/run %D%/peers.mjs %D%/maps %D%/match/books.py %D%/match/run.sh

bench: $(bin_PROGRAMS) $(bench_programs)
	$(SHELL) $(top_srcdir)/%D%/run --build=. $(BENCH_FLAGS)
.PHONY: bench
