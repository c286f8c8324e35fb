# SPDX-License-Identifier: GPL-3.0-or-later
# Tests speak TAP: *.t are C programs or shell scripts.
TEST_EXTENSIONS = .t .sh
T_LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(T_LOG_DRIVER)
AM_TESTS_ENVIRONMENT = export top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' CC='$(CC)'; \
	export PATH="$(abs_top_builddir):$$PATH" AR_TOOLS='$(bin_PROGRAMS)';
EXTRA_DIST += tests/unit/tap.h

json_tests = tests/unit/json_document.t tests/unit/json_scan.t tests/unit/json_string.t
check_PROGRAMS += $(json_tests)
TESTS += $(json_tests)
tests_unit_json_document_t_SOURCES = %D%/unit/json_document.c
tests_unit_json_document_t_LDADD = lib/librec.a lib/libbase.a $(XXHASH_LIBS)
tests_unit_json_scan_t_SOURCES = %D%/unit/json_scan.c
tests_unit_json_scan_t_LDADD = lib/librec.a lib/libbase.a
tests_unit_json_string_t_SOURCES = %D%/unit/json_string.c
tests_unit_json_string_t_LDADD = lib/librec.a lib/libbase.a
# The number layer: one program per module.
num_tests = %D%/unit/num_cal.t %D%/unit/num_ccy.t %D%/unit/num_date.t %D%/unit/num_money.t %D%/unit/num_rate.t
num_libs = lib/libnum.a lib/libbase.a
check_PROGRAMS += $(num_tests)
TESTS += $(num_tests)
tests_unit_num_cal_t_SOURCES = %D%/unit/num_cal.c %D%/unit/tap.h
tests_unit_num_cal_t_LDADD = $(num_libs)
tests_unit_num_ccy_t_SOURCES = %D%/unit/num_ccy.c %D%/unit/tap.h
tests_unit_num_ccy_t_LDADD = $(num_libs)
tests_unit_num_date_t_SOURCES = %D%/unit/num_date.c %D%/unit/tap.h
tests_unit_num_date_t_LDADD = $(num_libs)
tests_unit_num_money_t_SOURCES = %D%/unit/num_money.c %D%/unit/tap.h
tests_unit_num_money_t_LDADD = $(num_libs)
tests_unit_num_rate_t_SOURCES = %D%/unit/num_rate.c %D%/unit/tap.h
tests_unit_num_rate_t_LDADD = $(num_libs)
check_PROGRAMS += tests/unit/conf.t
tests_unit_conf_t_SOURCES = %D%/unit/conf.c
tests_unit_conf_t_LDADD = lib/libbase.a
TESTS += tests/unit/conf.t

check_PROGRAMS += tests/unit/mustache.t
tests_unit_mustache_t_SOURCES = %D%/unit/mustache.c
tests_unit_mustache_t_LDADD = lib/libmap.a lib/libbase.a
TESTS += tests/unit/mustache.t
EXTRA_DIST += tests/fuzz/fuzz_mustache.c

# maps: rows into records
map_tests = tests/unit/map_parts.t tests/unit/map_xform.t
check_PROGRAMS += $(map_tests)
TESTS += $(map_tests)
tests_unit_map_parts_t_SOURCES = %D%/unit/map_parts.c
tests_unit_map_parts_t_LDADD = lib/libmap.a $(REC_LIBS)
tests_unit_map_xform_t_SOURCES = %D%/unit/map_xform.c
tests_unit_map_xform_t_LDADD = lib/libmap.a $(REC_LIBS)
dist_check_SCRIPTS += tests/extract.sh tests/nightly-normalize.sh
TESTS += tests/extract.sh tests/nightly-normalize.sh
EXTRA_DIST += tests/fuzz/fuzz_map.c

check_PROGRAMS += tests/unit/open.t
tests_unit_open_t_SOURCES = %D%/unit/open.c
tests_unit_open_t_LDADD = lib/libar.a $(REC_LIBS)
TESTS += tests/unit/open.t

# Dunning.
dun_tests = %D%/unit/num_show.t %D%/unit/dun.t
check_PROGRAMS += $(dun_tests)
TESTS += $(dun_tests)
tests_unit_num_show_t_SOURCES = %D%/unit/num_show.c %D%/unit/tap.h
tests_unit_num_show_t_LDADD = lib/libnum.a lib/libbase.a
tests_unit_dun_t_SOURCES = %D%/unit/dun.c %D%/unit/tap.h
tests_unit_dun_t_LDADD = lib/libar.a lib/libnum.a lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS)
check_PROGRAMS += tests/unit/mail.t
TESTS += tests/unit/mail.t
tests_unit_mail_t_SOURCES = %D%/unit/mail.c %D%/unit/tap.h
tests_unit_mail_t_LDADD = lib/libmail.a lib/libbase.a $(GMIME_LIBS)
# Tests of the programs and of the tree as a whole.
script_tests = %D%/docs.sh %D%/dunning.sh %D%/golden.sh %D%/io.sh %D%/layers.sh %D%/repro.sh %D%/truncate.sh
dist_check_SCRIPTS += $(script_tests)
TESTS += $(script_tests)
EXTRA_DIST += tests/tap.sh tests/golden
frame_tests = %D%/unit/base_in.t %D%/unit/base_out.t %D%/unit/base_small.t \
	%D%/unit/rec_lines.t %D%/unit/rec_schema.t %D%/unit/rec_stream.t
check_PROGRAMS += $(frame_tests)
TESTS += $(frame_tests)
tests_unit_base_in_t_SOURCES = %D%/unit/base_in.c
tests_unit_base_in_t_LDADD = lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS)
tests_unit_base_out_t_SOURCES = %D%/unit/base_out.c
tests_unit_base_out_t_LDADD = lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS)
tests_unit_base_small_t_SOURCES = %D%/unit/base_small.c
tests_unit_base_small_t_LDADD = lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS)
tests_unit_rec_lines_t_SOURCES = %D%/unit/rec_lines.c
tests_unit_rec_lines_t_LDADD = $(REC_LIBS)
tests_unit_rec_schema_t_SOURCES = %D%/unit/rec_schema.c
tests_unit_rec_schema_t_LDADD = $(REC_LIBS)
tests_unit_rec_stream_t_SOURCES = %D%/unit/rec_stream.c
tests_unit_rec_stream_t_LDADD = $(REC_LIBS)

# The forecast.
forecast_tests = tests/unit/ar_detmath.t tests/unit/ar_fixed.t tests/unit/ar_forecast.t tests/unit/ar_learn.t
check_PROGRAMS += $(forecast_tests)
TESTS += $(forecast_tests)
tests_unit_ar_detmath_t_SOURCES = %D%/unit/ar_detmath.c
tests_unit_ar_detmath_t_LDADD = lib/libar.a lib/libbase.a -lm
tests_unit_ar_fixed_t_SOURCES = %D%/unit/ar_fixed.c
tests_unit_ar_fixed_t_LDADD = lib/libar.a lib/libnum.a lib/libbase.a -lm
tests_unit_ar_learn_t_SOURCES = %D%/unit/ar_learn.c
tests_unit_ar_learn_t_LDADD = lib/libar.a lib/libbase.a -lm
tests_unit_ar_forecast_t_SOURCES = %D%/unit/ar_forecast.c
tests_unit_ar_forecast_t_LDADD = lib/libar.a lib/libnum.a lib/libbase.a $(XXHASH_LIBS) -lm
dist_check_SCRIPTS += %D%/forecast.sh
TESTS += %D%/forecast.sh
EXTRA_DIST += bench/forecast/README.md bench/forecast/allin.py bench/forecast/coverage.py bench/forecast/curves.py bench/forecast/ledger.py bench/forecast/run.sh \
	bench/forecast/table.py
# Fuzz targets: make check replays their corpora in the plain build; make fuzz runs them for FUZZ_SECONDS each.
fuzz_tests = %D%/fuzz/fuzz_conf.t %D%/fuzz/fuzz_lines.t %D%/fuzz/fuzz_money_date.t %D%/fuzz/fuzz_mustache.t \
	%D%/fuzz/fuzz_stream.t %D%/fuzz/fuzz_model.t
check_PROGRAMS += $(fuzz_tests)
TESTS += $(fuzz_tests)
tests_fuzz_fuzz_conf_t_SOURCES = %D%/fuzz/fuzz_conf.c %D%/fuzz/replay.c
tests_fuzz_fuzz_conf_t_LDADD = lib/libbase.a $(ZLIB_LIBS) $(NETTLE_LIBS) $(XXHASH_LIBS)
tests_fuzz_fuzz_lines_t_SOURCES = %D%/fuzz/fuzz_lines.c %D%/fuzz/replay.c
tests_fuzz_fuzz_lines_t_LDADD = $(REC_LIBS)
tests_fuzz_fuzz_money_date_t_SOURCES = %D%/fuzz/fuzz_money_date.c %D%/fuzz/replay.c
tests_fuzz_fuzz_money_date_t_LDADD = $(REC_LIBS)
tests_fuzz_fuzz_mustache_t_SOURCES = %D%/fuzz/fuzz_mustache.c %D%/fuzz/replay.c
tests_fuzz_fuzz_mustache_t_LDADD = lib/libmap.a lib/libbase.a $(ZLIB_LIBS) $(NETTLE_LIBS) $(XXHASH_LIBS)
tests_fuzz_fuzz_model_t_SOURCES = %D%/fuzz/fuzz_model.c %D%/fuzz/replay.c
tests_fuzz_fuzz_model_t_LDADD = lib/libar.a $(REC_LIBS) -lm
tests_fuzz_fuzz_stream_t_SOURCES = %D%/fuzz/fuzz_stream.c %D%/fuzz/replay.c
tests_fuzz_fuzz_stream_t_LDADD = $(REC_LIBS)
EXTRA_DIST += tests/fuzz/run.sh tests/fuzz/lines.dict tests/fuzz/stream.dict tests/fuzz/corpus

fuzz: config.h
	@top_srcdir='$(top_srcdir)' top_builddir='$(top_builddir)' \
		FUZZ_CPPFLAGS='$(NETTLE_CFLAGS) $(XXHASH_CFLAGS) $(ZLIB_CFLAGS) $(XML_CFLAGS) $(GSL_CFLAGS) $(GMIME_CFLAGS) $(UTF8PROC_CFLAGS)' \
		FUZZ_LIBS='$(NETTLE_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS) $(XML_LIBS) $(GSL_LIBS) $(GMIME_LIBS) $(UTF8PROC_LIBS) $(CSV_LIBS)' \
		$(SHELL) $(top_srcdir)/tests/fuzz/run.sh
clean-local:
	rm -rf fuzz-build docs
.PHONY: fuzz
check_PROGRAMS += tests/unit/age.t
tests_unit_age_t_SOURCES = %D%/unit/age.c
tests_unit_age_t_LDADD = lib/libar.a $(REC_LIBS)
TESTS += tests/unit/age.t

# Decoders and ar-extract.
DECODE_LIBS = $(SYNTAX_LIBS) $(REC_LIBS) $(SYNTAX_SYSTEM_LIBS)
check_PROGRAMS += tests/unit/decode.t
TESTS += tests/unit/decode.t
tests_unit_decode_t_SOURCES = %D%/unit/decode.c %D%/unit/decode.h
tests_unit_decode_t_LDADD = $(DECODE_LIBS)
decode_fuzz = %D%/fuzz/fuzz_csv.t %D%/fuzz/fuzz_json.t %D%/fuzz/fuzz_xml.t
check_PROGRAMS += $(decode_fuzz)
TESTS += $(decode_fuzz)
tests_fuzz_fuzz_csv_t_SOURCES = %D%/fuzz/fuzz_csv.c %D%/fuzz/replay.c
tests_fuzz_fuzz_csv_t_LDADD = $(DECODE_LIBS)
tests_fuzz_fuzz_json_t_SOURCES = %D%/fuzz/fuzz_json.c %D%/fuzz/replay.c
tests_fuzz_fuzz_json_t_LDADD = $(DECODE_LIBS)
tests_fuzz_fuzz_xml_t_SOURCES = %D%/fuzz/fuzz_xml.c %D%/fuzz/replay.c
tests_fuzz_fuzz_xml_t_LDADD = $(DECODE_LIBS)
EXTRA_DIST += tests/maps

# Banks: SWIFT messages; samples of public projects, where they are.
check_PROGRAMS += tests/unit/mt940.t tests/unit/mtfield.t tests/fuzz/fuzz_mt940.t
TESTS += tests/unit/mt940.t tests/unit/mtfield.t tests/fuzz/fuzz_mt940.t %D%/bank-samples.sh
dist_check_SCRIPTS += %D%/bank-samples.sh %D%/bank-samples.py
tests_unit_mt940_t_SOURCES = %D%/unit/mt940.c %D%/unit/decode.h
tests_unit_mt940_t_CPPFLAGS = $(AM_CPPFLAGS) -DAR_SOURCE='"$(abs_top_srcdir)"'
tests_unit_mt940_t_LDADD = $(DECODE_LIBS)
tests_unit_mtfield_t_SOURCES = %D%/unit/mtfield.c
tests_unit_mtfield_t_LDADD = $(DECODE_LIBS)
tests_fuzz_fuzz_mt940_t_SOURCES = %D%/fuzz/fuzz_mt940.c %D%/fuzz/replay.c
tests_fuzz_fuzz_mt940_t_LDADD = $(DECODE_LIBS)

# Matching.
match_tests = %D%/unit/ar_refs.t %D%/unit/ar_tokens.t %D%/prop/match_large.t %D%/prop/match_random.t %D%/prop/match_scenarios.t
match_libs = lib/libar.a lib/libnum.a lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(UTF8PROC_LIBS)
check_PROGRAMS += $(match_tests)
TESTS += $(match_tests)
tests_unit_ar_refs_t_SOURCES = %D%/unit/ar_refs.c %D%/unit/tap.h
tests_unit_ar_refs_t_LDADD = $(match_libs)
tests_unit_ar_tokens_t_SOURCES = %D%/unit/ar_tokens.c %D%/unit/tap.h
tests_unit_ar_tokens_t_LDADD = $(match_libs)
tests_prop_match_large_t_SOURCES = %D%/prop/match_large.c %D%/prop/made.h %D%/unit/tap.h
tests_prop_match_large_t_LDADD = $(match_libs)
tests_prop_match_large_t_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit -DTOP_SRCDIR='"$(abs_top_srcdir)"'
tests_prop_match_random_t_SOURCES = %D%/prop/match_random.c %D%/prop/made.h %D%/unit/tap.h
tests_prop_match_random_t_LDADD = $(match_libs)
tests_prop_match_random_t_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit
tests_prop_match_scenarios_t_SOURCES = %D%/prop/match_scenarios.c %D%/prop/made.h %D%/unit/tap.h
tests_prop_match_scenarios_t_LDADD = $(match_libs)
tests_prop_match_scenarios_t_CPPFLAGS = $(AM_CPPFLAGS) -I$(srcdir)/tests/unit -DTOP_SRCDIR='"$(abs_top_srcdir)"'
check_PROGRAMS += tests/unit/ar_table.t
TESTS += tests/unit/ar_table.t
tests_unit_ar_table_t_SOURCES = %D%/unit/ar_table.c
tests_unit_ar_table_t_LDADD = lib/libar.a $(REC_LIBS) $(UTF8PROC_LIBS)
# Posting: the journal, and ar-post killed at every system call.
check_PROGRAMS += %D%/unit/sync.t %D%/killat
tests_unit_sync_t_SOURCES = %D%/unit/sync.c
tests_unit_sync_t_LDADD = lib/libsync.a $(REC_LIBS)
tests_killat_SOURCES = %D%/killat.c
TESTS += %D%/unit/sync.t %D%/post-kill.sh %D%/post-faults.sh
dist_check_SCRIPTS += %D%/post-kill.sh %D%/post-faults.sh

# The example's night.
dist_check_SCRIPTS += %D%/age-laws.sh %D%/nightly.sh %D%/readme.sh
TESTS += %D%/age-laws.sh %D%/nightly.sh %D%/readme.sh
EXTRA_DIST += tests/age-laws.py tests/nightly.py

# Bank formats: BAI2, Nacha, X12 820, lockbox.
bank_tests = %D%/fuzz/fuzz_bai2.t %D%/fuzz/fuzz_lockbox.t %D%/fuzz/fuzz_nacha.t %D%/fuzz/fuzz_x12.t %D%/prop/bank_bytes.t \
	%D%/fuzz/fuzz_aeb43.t %D%/fuzz/fuzz_cfonb.t %D%/fuzz/fuzz_coda.t %D%/fuzz/fuzz_ofx.t
check_PROGRAMS += $(bank_tests)
TESTS += $(bank_tests) %D%/bank-samples-bai.sh %D%/bank-hurt.sh
dist_check_SCRIPTS += %D%/bank-samples-bai.sh %D%/bank-hurt.sh
EXTRA_DIST += tests/bank-samples-bai.py tests/fuzz/bank_maps.h
tests_fuzz_fuzz_bai2_t_SOURCES = %D%/fuzz/fuzz_bai2.c %D%/fuzz/replay.c
tests_fuzz_fuzz_bai2_t_LDADD = $(DECODE_LIBS)
tests_fuzz_fuzz_lockbox_t_SOURCES = %D%/fuzz/fuzz_lockbox.c %D%/fuzz/replay.c
tests_fuzz_fuzz_lockbox_t_LDADD = $(DECODE_LIBS)
tests_fuzz_fuzz_nacha_t_SOURCES = %D%/fuzz/fuzz_nacha.c %D%/fuzz/replay.c
tests_fuzz_fuzz_nacha_t_LDADD = $(DECODE_LIBS)
tests_fuzz_fuzz_x12_t_SOURCES = %D%/fuzz/fuzz_x12.c %D%/fuzz/replay.c
tests_fuzz_fuzz_x12_t_LDADD = $(DECODE_LIBS)
tests_prop_bank_bytes_t_SOURCES = %D%/prop/bank_bytes.c
tests_prop_bank_bytes_t_LDADD = $(DECODE_LIBS)
tests_fuzz_fuzz_aeb43_t_SOURCES = %D%/fuzz/fuzz_aeb43.c %D%/fuzz/replay.c
tests_fuzz_fuzz_aeb43_t_LDADD = $(DECODE_LIBS)
tests_fuzz_fuzz_cfonb_t_SOURCES = %D%/fuzz/fuzz_cfonb.c %D%/fuzz/replay.c
tests_fuzz_fuzz_cfonb_t_LDADD = $(DECODE_LIBS)
tests_fuzz_fuzz_coda_t_SOURCES = %D%/fuzz/fuzz_coda.c %D%/fuzz/replay.c
tests_fuzz_fuzz_coda_t_LDADD = $(DECODE_LIBS)
tests_fuzz_fuzz_ofx_t_SOURCES = %D%/fuzz/fuzz_ofx.c %D%/fuzz/replay.c
tests_fuzz_fuzz_ofx_t_LDADD = $(DECODE_LIBS)

# Maps of banks by CSV and of processors, and the walk through formats/banks/README.md.
dist_check_SCRIPTS += %D%/bank-maps.sh
TESTS += %D%/bank-maps.sh
EXTRA_DIST += tests/bank-readme.py
# Archives.
check_PROGRAMS += tests/unit/base_zip.t
TESTS += tests/unit/base_zip.t
tests_unit_base_zip_t_SOURCES = %D%/unit/base_zip.c
tests_unit_base_zip_t_LDADD = lib/libbase.a $(NETTLE_LIBS) $(XXHASH_LIBS) $(ZLIB_LIBS) $(ZIP_LIBS)
