/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Amounts of MT940: the short way for what nearly all are against the long way, over every short text of what can be in one. */
#include "config.h"

#include "syntax/mt.h"

#include "tap.h"

static unsigned long tried, taken, wrong;

static void both(const char *p, size_t n)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_mt_amount got = { 0 };
	struct ar_str s = { p, n }, text = { "", 0 };
	size_t bytes = ar_mt_read_amount(&mem, s, &got), span = ar_mt_amount_span(s);
	bool minus = false, known = false, same;
	ar_wide minor = 0;

	s.n = span;
	if (span) {
		text = ar_mt_plain_amount(&mem, s, &minus);
		known = ar_mt_scaled(text, &minor);
	}
	same = bytes == span && ar_streq(got.text, text) && got.minus == minus && got.known == known && (!known || got.minor == minor)
		&& (!span || got.comma == (memchr(text.p, '.', text.n) || memchr(p, ',', span)));
	if (!same && wrong++ < 5)
		printf("# otherwise: %.*s\n", (int)n, p);
	tried++;
	taken += span > 0;
	ar_arena_release(&mem);
}

int main(void)
{
	static const char letter[] = "019,. '-Nx";
	char text[40];

	for (size_t n = 0, count = 1; n <= 5; n++, count *= 10)
		for (size_t k = 0; k < count; k++) {
			size_t rest = k;

			for (size_t i = 0; i < n; i++, rest /= 10)
				text[i] = letter[rest % 10];
			both(text, n);
		}
	ok(!wrong, "%lu texts of up to 5 bytes, %lu of them amounts", tried, taken);
	is_int((int64_t)tried, 111111, "all were tried");
	for (int digits = 1; digits < 20; digits++)
		for (int decimals = 0; decimals < 7; decimals++)
			for (int first = 0; first < 2; first++)
				for (int tail = 0; tail < 4; tail++) {
					int n = snprintf(text, sizeof text, "%.*s,%.*s%s", digits, first ? "9876543210987654321" : "0123456789012345678", decimals,
					                 "123456", tail == 0 ? "" : tail == 1 ? "NTRF" : tail == 2 ? "//" : " N");

					both(text, (size_t)n);
				}
	ok(!wrong, "long ones");
	return done_testing();
}
