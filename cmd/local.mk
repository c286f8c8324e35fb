# SPDX-License-Identifier: GPL-3.0-or-later
# One program a tool; each links only what it uses.
bin_PROGRAMS += ar-cat

REC_LIBS = lib/librec.a lib/libnum.a lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS)

ar_cat_SOURCES = %D%/ar-cat.c
ar_cat_LDADD = $(REC_LIBS)

bin_PROGRAMS += ar-forecast
ar_forecast_SOURCES = %D%/ar-forecast.c \
	%D%/forecast_kpis.c %D%/forecast_run.h
ar_forecast_LDADD = lib/libar.a $(REC_LIBS) -lm
bin_PROGRAMS += ar-dunning
ar_dunning_SOURCES = %D%/ar-dunning.c \
	%D%/dunning_letter.c %D%/dunning_letter.h \
	%D%/dunning_world.c %D%/dunning_world.h
ar_dunning_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
ar_dunning_LDADD = lib/libar.a lib/libmap.a lib/libmail.a $(REC_LIBS) $(GMIME_LIBS)
bin_PROGRAMS += ar-age
ar_age_SOURCES = %D%/ar-age.c
ar_age_LDADD = lib/libar.a $(REC_LIBS)

bin_PROGRAMS += ar-extract
ar_extract_SOURCES = %D%/ar-extract.c %D%/extract_lines.c %D%/extract_lines.h
ar_extract_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)
ar_extract_LDADD = $(SYNTAX_LIBS) $(REC_LIBS) $(SYNTAX_SYSTEM_LIBS) $(ZIP_LIBS)

bin_PROGRAMS += ar-report
ar_report_SOURCES = %D%/ar-report.c
ar_report_LDADD = lib/libar.a $(REC_LIBS) $(UTF8PROC_LIBS)
bin_PROGRAMS += ar-match
ar_match_SOURCES = %D%/ar-match.c %D%/match_history.c %D%/match_pair.c %D%/match_policy.c %D%/match_review.c %D%/match_run.h \
	%D%/match_world.c %D%/match_write.c
nodist_ar_match_SOURCES = cmd/match_data.h
ar_match_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir) -I$(top_builddir)
ar_match_LDADD = lib/libsync.a lib/libar.a $(REC_LIBS) $(UTF8PROC_LIBS) $(CSV_LIBS)

# The shipped rules, weights and words are part of the program, so that it never runs by others unasked.
match_texts = $(top_srcdir)/formats/match/rules.conf $(top_srcdir)/formats/match/weights.conf $(top_srcdir)/formats/match/words.conf
cmd/match_data.h: $(match_texts)
	$(AM_V_GEN)$(MKDIR_P) cmd && for f in $(match_texts); do n=$${f##*/}; \
		echo "static const char $${n%.conf}_conf[] ="; \
		sed -e 's/[\\"]/\\&/g' -e 's/^/	"/' -e 's/$$/\\n"/' $$f; echo '	;'; done >$@.new && mv $@.new $@
cmd/ar_match-match_policy.$(OBJEXT): cmd/match_data.h
BUILT_SOURCES += cmd/match_data.h
CLEANFILES += cmd/match_data.h
bin_PROGRAMS += ar-post
ar_post_SOURCES = %D%/ar-post.c
ar_post_LDADD = lib/libsync.a lib/libar.a lib/libmap.a $(REC_LIBS)
bin_PROGRAMS += ar-normalize
ar_normalize_SOURCES = %D%/ar-normalize.c
ar_normalize_LDADD = lib/libmap.a $(REC_LIBS)
