# The layers, bottom up; each is an archive of its own so that a test of one links without those above it.
noinst_LIBRARIES += lib/libbase.a lib/libnum.a lib/libmap.a

lib_libbase_a_SOURCES = \
	%D%/base/arena.c %D%/base/arena.h \
	%D%/base/buf.c %D%/base/buf.h \
	%D%/base/conf.c %D%/base/conf.h \
	%D%/base/err.c %D%/base/err.h \
	%D%/base/str.c %D%/base/str.h

lib_libnum_a_SOURCES = \
	%D%/num/cal.c %D%/num/cal.h \
	%D%/num/ccy.c %D%/num/ccy.h \
	%D%/num/date.c %D%/num/date.h \
	%D%/num/money.c %D%/num/money.h \
	%D%/num/rate.c %D%/num/rate.h

lib_libmap_a_SOURCES = \
	%D%/map/esc.c %D%/map/esc.h \
	%D%/map/mustache.c %D%/map/mustache.h \
	%D%/map/mv.c %D%/map/mv.h
