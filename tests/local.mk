# Tests speak TAP: *.t are C programs or shell scripts.
TEST_EXTENSIONS = .t .sh
T_LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(T_LOG_DRIVER)
AM_TESTS_ENVIRONMENT = export top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' CC='$(CC)'; \
	export PATH="$(abs_top_builddir):$$PATH";
EXTRA_DIST += tests/unit/tap.h

check_PROGRAMS += tests/unit/json_scan.t
TESTS += tests/unit/json_scan.t
tests_unit_json_scan_t_SOURCES = %D%/unit/json_scan.c
tests_unit_json_scan_t_LDADD = lib/librec.a lib/libbase.a
