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
