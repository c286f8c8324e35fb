# SPDX-License-Identifier: GPL-3.0-or-later
# The layers, bottom up; each is an archive of its own so that a test of one links without those above it.
noinst_LIBRARIES += lib/libbase.a lib/libnum.a lib/librec.a lib/libmap.a

lib_libbase_a_SOURCES = \
	%D%/base/arena.c %D%/base/arena.h \
	%D%/base/buf.c %D%/base/buf.h \
	%D%/base/conf.c %D%/base/conf.h \
	%D%/base/err.c %D%/base/err.h \
	%D%/base/hash.c %D%/base/hash.h \
	%D%/base/in.c %D%/base/in.h \
	%D%/base/index.c %D%/base/index.h \
	%D%/base/opt.c %D%/base/opt.h \
	%D%/base/out.c %D%/base/out.h \
	%D%/base/sort.c %D%/base/sort.h \
	%D%/base/str.c %D%/base/str.h \
	%D%/base/zip.c %D%/base/zip.h

lib_libnum_a_SOURCES = \
	%D%/num/cal.c %D%/num/cal.h \
	%D%/num/ccy.c %D%/num/ccy.h \
	%D%/num/date.c %D%/num/date.h \
	%D%/num/money.c %D%/num/money.h \
	%D%/num/rate.c %D%/num/rate.h

lib_librec_a_SOURCES = \
	%D%/rec/json.c %D%/rec/json.h \
	%D%/rec/jstr.c %D%/rec/jstr.h \
	%D%/rec/lines.c %D%/rec/lines.h \
	%D%/rec/rates.c %D%/rec/rates.h \
	%D%/rec/rec.c %D%/rec/rec.h \
	%D%/rec/scan.c %D%/rec/scan.h \
	%D%/rec/schema.c %D%/rec/schema.h %D%/rec/schema.def \
	%D%/rec/stream.c %D%/rec/stream.h \
	%D%/rec/tool.c %D%/rec/tool.h

lib_libmap_a_SOURCES = \
	%D%/map/esc.c %D%/map/esc.h \
	%D%/map/find.c %D%/map/find.h \
	%D%/map/mustache.c %D%/map/mustache.h \
	%D%/map/mv.c %D%/map/mv.h \
	%D%/map/syntax.h

noinst_LIBRARIES += lib/libar.a
lib_libar_a_SOURCES = \
	%D%/ar/age.c %D%/ar/age.h \
	%D%/ar/open.c %D%/ar/open.h

lib_libar_a_SOURCES += \
	%D%/ar/pivot.c %D%/ar/pivot.h \
	%D%/ar/report.c %D%/ar/report.h \
	%D%/ar/table.c %D%/ar/table.h
# Matching: names are folded with utf8proc, so that whoever matches links $(UTF8PROC_LIBS).
lib_libar_a_SOURCES += \
	%D%/ar/match.c %D%/ar/match.h %D%/ar/match_in.h \
	%D%/ar/match_amount.c %D%/ar/match_assign.c \
	%D%/ar/match_conf.c %D%/ar/match_conf.h \
	%D%/ar/match_docs.c %D%/ar/match_index.c %D%/ar/match_plan.c \
	%D%/ar/match_read.c %D%/ar/match_remit.c %D%/ar/match_rest.c \
	%D%/ar/match_rules.c %D%/ar/match_short.c %D%/ar/match_subset.c %D%/ar/match_train.c %D%/ar/match_train.h \
	%D%/ar/names.c %D%/ar/names.h \
	%D%/ar/refs.c %D%/ar/refs.h \
	%D%/ar/tokens.c %D%/ar/tokens.h
# Forecast of payments and cash.
lib_libar_a_SOURCES += \
	%D%/ar/detmath.c %D%/ar/detmath.h \
	%D%/ar/fixed.c %D%/ar/fixed.h \
	%D%/ar/boost.c %D%/ar/boost.h \
	%D%/ar/logit.c %D%/ar/logit.h \
	%D%/ar/mt.c %D%/ar/mt.h \
	%D%/ar/forecast.c %D%/ar/forecast.h %D%/ar/forecast_in.h \
	%D%/ar/forecast_book.c %D%/ar/forecast_cal.c %D%/ar/forecast_facts.c \
	%D%/ar/forecast_feat.c %D%/ar/forecast_file.c %D%/ar/forecast_learn.c \
	%D%/ar/forecast_ledger.c %D%/ar/forecast_ledger.h %D%/ar/forecast_test.c
# Dunning: policy and decision (pure), and mails as bytes.
noinst_LIBRARIES += lib/libmail.a
lib_libar_a_SOURCES += \
	%D%/ar/dun.c %D%/ar/dun.h \
	%D%/ar/dunpolicy.c %D%/ar/dunpolicy.h \
	%D%/ar/dunwords.c
lib_libmail_a_SOURCES = %D%/sync/mail.c %D%/sync/mail.h
lib_libmail_a_CPPFLAGS = $(AM_CPPFLAGS) $(GMIME_CFLAGS)
lib_libnum_a_SOURCES += %D%/num/show.c %D%/num/show.h
noinst_LIBRARIES += lib/libsync.a
lib_libsync_a_SOURCES = \
	%D%/sync/book.c %D%/sync/book.h \
	%D%/sync/confirm.c %D%/sync/confirm.h \
	%D%/sync/journal.c %D%/sync/journal.h \
	%D%/sync/key.c %D%/sync/key.h \
	%D%/sync/lock.c %D%/sync/lock.h \
	%D%/sync/outbox.c %D%/sync/outbox.h \
	%D%/sync/plan.c %D%/sync/plan.h \
	%D%/sync/policy.c %D%/sync/policy.h \
	%D%/sync/posting.c %D%/sync/posting.h

# maps: rows into records
lib_libmap_a_SOURCES += \
	%D%/map/account.c %D%/map/account.h \
	%D%/map/apply.c %D%/map/apply.h \
	%D%/map/check.c %D%/map/check.h \
	%D%/map/describe.c \
	%D%/map/layout.c %D%/map/layout.h \
	%D%/map/make.c %D%/map/make.h \
	%D%/map/map.c %D%/map/map.h \
	%D%/map/parts.c %D%/map/parts.h \
	%D%/map/read.c %D%/map/read.h \
	%D%/map/row.c %D%/map/row.h \
	%D%/map/seen.c %D%/map/seen.h \
	%D%/map/sums.c %D%/map/sums.h \
	%D%/map/terms.c %D%/map/terms.h \
	%D%/map/xform.c %D%/map/xform.h
