/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int ar_err(struct ar_err *e, enum ar_exit exit, const char *code, const char *fmt, ...)
{
	va_list ap;

	if (!e)
		return -1;
	e->exit = exit;
	e->code = code;
	e->advice = NULL;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	return -1;
}

int ar_err_sys(struct ar_err *e, const char *fmt, ...)
{
	int saved = errno;
	va_list ap;
	size_t n;

	if (!e)
		return -1;
	e->exit = AR_SYSTEM;
	e->code = "system";
	e->advice = NULL;
	va_start(ap, fmt);
	vsnprintf(e->text, sizeof e->text, fmt, ap);
	va_end(ap);
	n = strlen(e->text);
	snprintf(e->text + n, sizeof e->text - n, ": %s", strerror(saved));
	return -1;
}

static void copy(char *dst, size_t cap, const char *p, size_t n)
{
	if (n >= cap)
		n = cap - 1;
	if (n)
		memcpy(dst, p, n);
	dst[n] = '\0';
}

int ar_err_at(struct ar_err *e, const char *file, uint64_t line)
{
	if (!e)
		return -1;
	copy(e->file, sizeof e->file, file ? file : "", file ? strlen(file) : 0);
	e->line = line;
	return -1;
}

int ar_err_field(struct ar_err *e, const char *field, const char *p, size_t n)
{
	if (!e)
		return -1;
	copy(e->field, sizeof e->field, field ? field : "", field ? strlen(field) : 0);
	copy(e->value, sizeof e->value, p ? p : "", p ? n : 0);
	return -1;
}

int ar_err_advice(struct ar_err *e, const char *advice)
{
	if (e)
		e->advice = advice;
	return -1;
}

void ar_err_clear(struct ar_err *e)
{
	e->exit = AR_OK;
	e->code = e->advice = NULL;
	e->text[0] = e->file[0] = e->field[0] = e->value[0] = '\0';
	e->line = 0;
}

char *ar_err_line(const struct ar_err *e, char *buf, size_t cap)
{
	size_t n = 0;

#define PUT(...) do { \
		int k_ = snprintf(buf + n, cap - n, __VA_ARGS__); \
		n += k_ < 0 ? 0 : (size_t)k_; \
		if (n >= cap) \
			return buf; \
	} while (0)
	buf[0] = '\0';
	if (e->file[0] && e->line)
		PUT("%s:%llu: ", e->file, (unsigned long long)e->line);
	else if (e->file[0])
		PUT("%s: ", e->file);
	if (e->field[0])
		PUT("%s: ", e->field);
	PUT("%s", e->text[0] ? e->text : "unknown error");
	if (e->value[0])
		PUT(": '%s'", e->value);
	if (e->advice)
		PUT("; %s", e->advice);
#undef PUT
	return buf;
}

enum ar_exit ar_exit_worse(enum ar_exit a, enum ar_exit b)
{
	static const int rank[] = { [AR_OK] = 0, [AR_FINDINGS] = 1, [AR_USAGE] = 2, [AR_REFUSED] = 3,
		[AR_DAMAGED] = 4, [AR_SYSTEM] = 5 };

	return rank[a] >= rank[b] ? a : b;
}

void ar_assert_failed(const char *file, int line, const char *what)
{
	fprintf(stderr, "arpipe: internal error at %s:%d: %s\n", file, line, what);
	abort();
}
