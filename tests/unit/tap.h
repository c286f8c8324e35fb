/* SPDX-License-Identifier: GPL-3.0-or-later */
/* tap.h - the few lines a unit test needs to speak TAP. Use: ok(cond, "what"), is_int, is_str, return done_testing(). */
#ifndef TAP_H
#define TAP_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static int tap_n, tap_bad;

__attribute__((format(printf, 2, 3), unused))
static int ok(int cond, const char *fmt, ...)
{
	va_list ap;

	tap_n++;
	if (!cond)
		tap_bad++;
	printf("%s %d - ", cond ? "ok" : "not ok", tap_n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	fflush(stdout);
	return cond;
}

__attribute__((unused))
static int is_int(int64_t got, int64_t want, const char *what)
{
	if (!ok(got == want, "%s", what))
		printf("# got %lld, want %lld\n", (long long)got, (long long)want);
	return got == want;
}

__attribute__((unused))
static int is_str(const char *got, const char *want, const char *what)
{
	int same = got && want && strcmp(got, want) == 0;

	if (!ok(same, "%s", what))
		printf("# got  %s\n# want %s\n", got ? got : "(null)", want ? want : "(null)");
	return same;
}

__attribute__((unused))
static int done_testing(void)
{
	printf("1..%d\n", tap_n);
	return tap_bad != 0;
}

#endif
