/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * err.h - what failed, as a value.
 *
 * The library never prints and never exits (one exception: no memory). A function that can fail returns 0 or -1
 * (or NULL) and fills the struct ar_err it was given. `exit` says which exit status the failure deserves if
 * nobody can go on (the same six for every tool, DESIGN section 7); `code` is a short stable word that also
 * stands in reject records; `text` is the sentence for a person; `advice` says what to do about it.
 * `code` and `advice` are static strings; everything else is copied into the struct.
 */
#ifndef AR_BASE_ERR_H
#define AR_BASE_ERR_H

#include <stddef.h>
#include <stdint.h>

enum ar_exit {
	AR_OK = 0,        /* all handled */
	AR_FINDINGS = 1,  /* finished, with rejects or findings */
	AR_USAGE = 2,     /* usage or configuration, nothing read */
	AR_DAMAGED = 3,   /* input damaged or incomplete */
	AR_SYSTEM = 4,    /* system or write failure */
	AR_REFUSED = 5,   /* locked, stale, already posted otherwise, data cannot support the as-of: severity order is 4 3 5 2 1 0 */
};

struct ar_err {
	enum ar_exit exit;
	const char *code;       /* static, lower case, '_': "money_digits"; NULL = no error */
	const char *advice;     /* static; NULL = none */
	char text[512];         /* what is wrong */
	char file[192];         /* base name of the input; "" = unknown */
	uint64_t line;          /* line or record number; 0 = unknown */
	char field[96];         /* "" = none */
	char value[128];        /* the offending value, cut; "" = none */
};

/* Fill *e and return -1. Keeps file, line, field and value if they were set before. e may be NULL. */
int ar_err(struct ar_err *e, enum ar_exit exit, const char *code, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* The same, with ": <strerror(errno)>" appended; exit is AR_SYSTEM. */
int ar_err_sys(struct ar_err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Say where; each returns -1 so that it can end a return statement. p need not be NUL-terminated. */
int ar_err_at(struct ar_err *e, const char *file, uint64_t line);
int ar_err_field(struct ar_err *e, const char *field, const char *p, size_t n);
int ar_err_advice(struct ar_err *e, const char *advice);

void ar_err_clear(struct ar_err *e);

/* One line for a person: "file:17: due: not a date: '31.02.2026'; write it as ..." (no newline). Returns buf. */
char *ar_err_line(const struct ar_err *e, char *buf, size_t n);

/* The graver of two exit statuses, by the order 4 3 5 2 1 0. */
enum ar_exit ar_exit_worse(enum ar_exit a, enum ar_exit b);

/* Our own mistakes only, kept in production builds: prints file and line and aborts. */
#define ar_assert(c) ((c) ? (void)0 : ar_assert_failed(__FILE__, __LINE__, #c))
_Noreturn void ar_assert_failed(const char *file, int line, const char *what);

#endif
