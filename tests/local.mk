# Tests speak TAP: *.t are C programs or shell scripts.
TEST_EXTENSIONS = .t .sh
T_LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(T_LOG_DRIVER)
AM_TESTS_ENVIRONMENT = export top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' CC='$(CC)'; \
	export PATH="$(abs_top_builddir):$$PATH";
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
EXTRA_DIST += tests/fuzz/fuzz_conf.c

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
dist_check_SCRIPTS += tests/nightly-normalize.sh
TESTS += tests/nightly-normalize.sh
EXTRA_DIST += tests/fuzz/fuzz_map.c
EXTRA_DIST += \
	%D%/golden/ar-normalize/describe/cmd \
	%D%/golden/ar-normalize/describe/err \
	%D%/golden/ar-normalize/describe/exit \
	%D%/golden/ar-normalize/describe/out \
	%D%/golden/ar-normalize/describe/pay.map \
	%D%/golden/ar-normalize/rates/cmd \
	%D%/golden/ar-normalize/rates/doc.map \
	%D%/golden/ar-normalize/rates/err \
	%D%/golden/ar-normalize/rates/exit \
	%D%/golden/ar-normalize/rates/in.raw \
	%D%/golden/ar-normalize/rates/out \
	%D%/golden/ar-normalize/rates/rates.nd \
	%D%/golden/ar-normalize/totals/cmd \
	%D%/golden/ar-normalize/totals/err \
	%D%/golden/ar-normalize/totals/exit \
	%D%/golden/ar-normalize/totals/in.raw \
	%D%/golden/ar-normalize/totals/out \
	%D%/golden/ar-normalize/totals/report.map \
	%D%/golden/ar-normalize/versions/cmd \
	%D%/golden/ar-normalize/versions/doc.map \
	%D%/golden/ar-normalize/versions/err \
	%D%/golden/ar-normalize/versions/exit \
	%D%/golden/ar-normalize/versions/in.raw \
	%D%/golden/ar-normalize/versions/out \
	%D%/golden/ar-normalize/whole/cmd \
	%D%/golden/ar-normalize/whole/err \
	%D%/golden/ar-normalize/whole/exit \
	%D%/golden/ar-normalize/whole/in.raw \
	%D%/golden/ar-normalize/whole/out \
	%D%/golden/ar-normalize/whole/pay.map
