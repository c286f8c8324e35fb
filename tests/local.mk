# Tests speak TAP: *.t are C programs or shell scripts.
TEST_EXTENSIONS = .t .sh
T_LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
SH_LOG_DRIVER = $(T_LOG_DRIVER)
AM_TESTS_ENVIRONMENT = export top_srcdir='$(abs_top_srcdir)' top_builddir='$(abs_top_builddir)' CC='$(CC)'; \
	export PATH="$(abs_top_builddir):$$PATH";
EXTRA_DIST += tests/unit/tap.h

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
