/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What must never change (keys: computed with Python's hashlib from the text that key.h describes) and what must
 * survive anything (the journal cut off at every byte, and changed at every byte).
 */
#include "config.h"

#include "base/in.h"
#include "sync/book.h"
#include "sync/lock.h"
#include "sync/outbox.h"
#include "sync/policy.h"
#include "tap.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static struct ar_err err;
static char dir[] = "/tmp/ar-sync.XXXXXX";
static char path[128];

static void key_is(struct ar_key k, const char *key, const char *wire, const char *what)
{
	char got[AR_KEY_HEX + 1], w[AR_KEY_WIRE + 1];

	ar_key_make(&k, got, w);
	is_str(got, key, what);
	is_str(w, wire, what);
}

static void keys(void)
{
	struct ar_str t[] = { AR_STR("north/erp:i:9"), AR_STR("north/erp:i:17") };
	struct ar_str turned[] = { t[1], t[0] }, credit = AR_STR("süd/erp:i:a%3Ab");
	struct ar_key k = { AR_STR("north"), AR_STR("erp"), AR_STR("receipt"), AR_STR("north/bank:b:4711"), t, 2, 1, 1 };
	struct ar_buf b = AR_BUF_INIT;

	ar_key_text(&k, &b);
	is_str(ar_buf_z(&b), "arpipe posting 1\nentity=north\nsystem=erp\nkind=receipt\nsource=north/bank:b:4711\n"
	       "target=north/erp:i:17\ntarget=north/erp:i:9\nstep=1\nsequence=1\n", "canonical text, targets sorted");
	ar_buf_release(&b);
	key_is(k, "ae035d4510529d6f6a913f1611301e00da5b4bf0960d8e4a8b9e12f8d2dd68cd", "NR1NTH8GAAEPYTMH", "two targets");
	k.target = turned;
	key_is(k, "ae035d4510529d6f6a913f1611301e00da5b4bf0960d8e4a8b9e12f8d2dd68cd", "NR1NTH8GAAEPYTMH", "in either order");
	k.sequence = 2;
	key_is(k, "b6472f9193faac7b5c92a23bf0ae626339a784c6ee9ccd41879d1560f54e4086", "PS3JZ4CKZAP7PQ4J", "second time");
	k.sequence = 1;
	k.ntarget = 0;
	key_is(k, "b8b5ebf96efd62ae0a7c3b45460078586c7919e791270ce0f9ce64b02d37afc2", "Q2TYQYBEZNHAW2KW", "no target");
	k = (struct ar_key){ AR_STR("süd"), AR_STR("erp"), AR_STR("credit_application"), AR_STR("süd/erp:m:5"), &credit, 1, 1, 1 };
	key_is(k, "431eb528b39440d1319f684bfa11778d691264acd872c7eb2836d1908ff36621", "8CFBAA5KJH0D2CCZ", "not ASCII");
}

static void base32(void)
{
	static const struct { const char *bytes; size_t n; const char *text; } v[] = {
		{ "", 0, "" }, { "\0", 1, "00" }, { "\xff", 1, "ZW" }, { "foobar", 6, "CSQPYRK1E8" },
		{ "\0\1\2\3\4\5\6\7\10\11", 10, "000G40R40M30E209" },
		{ "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 10, "ZZZZZZZZZZZZZZZZ" },
		{ "\x80\0\0\0\0\0\0\0\0\1", 10, "G000000000000001" },
	};
	char out[32];

	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		ar_base32((const uint8_t *)v[i].bytes, v[i].n, out);
		is_str(out, v[i].text, "base 32");
	}
	is_int((int64_t)ar_wire_span("NR1NTH8GAAEPYTMH-2", 18), 16, "letters of a wire key");
	is_int((int64_t)ar_wire_span("NILU", 4), 1, "I, L, O and U are none");
}

/* ---- journal ---- */

static void put_file(const char *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		ok(0, "cannot write %s", path);
	close(fd);
}

static int count(void *arg, const struct ar_rec *r, struct ar_err *e)
{
	(void)e;
	*(int *)arg += r->type == AR_T_journal && ar_streqz(ar_raw_text(r, AR_F_kind), "release");
	return 0;
}

/* Open; how many of our lines it tells, -1: refused. */
static int told(bool write)
{
	int n = 0;
	struct ar_journal *j;

	ar_err_clear(&err);
	j = ar_journal_open(dir, write, AR_JOURNAL_CLOCK, count, &n, &err);
	ar_journal_close(j);
	return j ? n : -1;
}

static void add(struct ar_journal *j, const char *who)
{
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_rec r;

	ar_rec_init(&r, &mem);
	ar_rec_start(&r, AR_T_journal);
	ar_set_text(&r, AR_F_kind, AR_STR("release"));
	ar_set_text(&r, AR_F_key, AR_STR("k"));
	ar_set_text(&r, AR_F_approved_by, ar_str(who));
	ar_journal_add(j, &r);
	ar_rec_release(&r);
	ar_arena_release(&mem);
}

/* Offsets behind each mark, found by the text alone. */
static int marks(const char *p, size_t n, size_t at[8])
{
	int k = 0;

	for (size_t i = 0; i < n && k < 8; i++)
		if (p[i] == '\n' && i > 14 && memcmp(p + i - 14, "\"kind\":\"mark\"}", 14) == 0)
			at[k++] = i + 1;
	return k;
}

static void cut_everywhere(const char *p, size_t n, const size_t *mark)
{
	static const int want[] = { 0, 0, 2, 3 };       /* our lines behind that many marks */
	int bad = 0, again = 0;

	for (size_t cut = 0; cut <= n; cut++) {
		int k = 0, left;

		while (k < 3 && mark[k] <= cut)
			k++;
		put_file(p, cut);
		left = told(false);
		bad += left != want[k];
		bad += told(true) != want[k];
		again += told(true) != want[k];         /* and what was mended is whole */
	}
	is_int(bad, 0, "cut off anywhere: what a mark has closed, no more and no less");
	is_int(again, 0, "a mended journal is whole");
}

static void change_everywhere(char *p, size_t n)
{
	int missed = 0, wrong = 0;

	for (size_t i = 0; i < n; i++) {
		int rc;

		p[i] ^= 1;
		put_file(p, n);
		rc = told(false);
		p[i] ^= 1;
		if (rc == -1)
			wrong += err.exit != AR_DAMAGED;
		else if (i != n - 1)                    /* without its end the last batch is torn: not told */
			missed++;
		else
			wrong += rc != 2;
	}
	is_int(wrong, 0, "changed bytes are called damage");
	/* the time in the last line is in no other line's hash: flipping its lowest bits can give another valid time */
	ok(missed <= 14, "every change before the last mark is seen (%d in the time of the last line are not)", missed);
}

static void journal(void)
{
	struct ar_journal *j = ar_journal_open(dir, true, AR_JOURNAL_CLOCK, NULL, NULL, &err);
	size_t n, at[8];
	char *p;

	ok(j != NULL, "a new journal");
	add(j, "Ada");
	add(j, "Jürgen \"J\" Ö");
	is_int(ar_journal_commit(j, &err), 0, "first batch");
	add(j, "Bo");
	is_int(ar_journal_commit(j, &err), 0, "second batch");
	is_int(ar_journal_commit(j, &err), 0, "an empty batch writes nothing");
	add(j, "never committed");
	ar_journal_close(j);
	is_int(told(false), 3, "three lines come back");
	p = ar_in_slurp(path, 1 << 20, &n, &err);
	is_int(marks(p, n, at), 3, "three marks");
	cut_everywhere(p, n, at);
	change_everywhere(p, n);
	put_file(p, n);
	is_int(told(true), 3, "still there");
	free(p);
}

static void full_disk(void)
{
	struct ar_journal *j;

	unlink(path);
	if (symlink("/dev/full", path) < 0)
		return;
	ar_err_clear(&err);
	j = ar_journal_open(dir, true, AR_JOURNAL_CLOCK, NULL, NULL, &err);
	ok(!j && err.exit == AR_SYSTEM, "a link is not followed");
	ar_journal_close(j);
	unlink(path);
}

static void lock(void)
{
	int a = ar_lock_take(dir, true, &err), b;

	ok(a >= 0, "the lock is taken");
	ar_err_clear(&err);
	b = ar_lock_take(dir, true, &err);
	ok(b == -1 && err.exit == AR_REFUSED && strstr(err.text, "/lock"), "a second one is refused and names it");
	ar_lock_drop(a);
	b = ar_lock_take(dir, false, &err);
	ok(b >= 0, "free again");
	ar_lock_drop(b);
	is_int(ar_lock_take("/proc/self/task", false, &err), AR_LOCK_NONE, "not made where it shall not be");
}

static void outbox(void)
{
	/* sha256sum of "hello\n" */
	static const char sha[] = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03";
	static const char zero[] = "0000000000000000000000000000000000000000000000000000000000000000";
	enum ar_outbox_seen seen;
	char done[128];

	ok(ar_outbox_name_ok(AR_STR("a-1_B.csv")) && !ar_outbox_name_ok(AR_STR("../x")) && !ar_outbox_name_ok(AR_STR(".x")) &&
	   !ar_outbox_name_ok(AR_STR("")) && !ar_outbox_name_ok(AR_STR("a b")), "names of files");
	ok(ar_outbox_look(dir, "f.csv", sha, &seen, &err) == 0 && seen == AR_OUTBOX_NONE, "nothing there");
	is_int(ar_outbox_put(dir, "f.csv", AR_STR("hello\n"), &err), 0, "put");
	ok(ar_outbox_look(dir, "f.csv", sha, &seen, &err) == 0 && seen == AR_OUTBOX_SAME, "there");
	ok(ar_outbox_look(dir, "f.csv", zero, &seen, &err) == 0 && seen == AR_OUTBOX_OTHER, "there, but another");
	snprintf(done, sizeof done, "%s/done", dir);
	ok(mkdir(done, 0700) == 0, "folder of what was fetched");
	snprintf(done, sizeof done, "%s/done/f.csv", dir);
	snprintf(path, sizeof path, "%s/f.csv", dir);
	ok(rename(path, done) == 0, "fetched");
	ok(ar_outbox_look(dir, "f.csv", sha, &seen, &err) == 0 && seen == AR_OUTBOX_SAME, "looked for among them");
	unlink(done);
	snprintf(done, sizeof done, "%s/done", dir);
	rmdir(done);
}

static void small_things(void)
{
	static const struct { const char *format, *want; } v[] = {
		{ "m/d/yyyy", "1/5/2026" }, { "mm/dd/yyyy", "01/05/2026" }, { "yyyy-mm-dd", "2026-01-05" },
		{ "dd.mm.yy", "05.01.26" }, { "yyyymmdd", "20260105" },
	};
	struct ar_arena mem = AR_ARENA_INIT;
	struct ar_buf b = AR_BUF_INIT;
	struct ar_post_id id;

	for (size_t i = 0; i < sizeof v / sizeof *v; i++) {
		b.n = 0;
		ar_format_date(&b, ar_str(v[i].format), ar_date_from(2026, 1, 5));
		is_str(ar_buf_z(&b), v[i].want, v[i].format);
	}
	b.n = 0;
	ar_format_file(&b, AR_STR("p-{batch}-{wire_key}.{x}"), AR_STR("B"), AR_STR("W"));
	is_str(ar_buf_z(&b), "p-B-W.{x}", "name of a file");
	ok(ar_post_id(AR_STR("north/erp:i:a%2Fb%3a%25/2"), &id) && id.letter == 'i', "an id");
	is_str(ar_post_own_key(id.key, &mem).p, "a/b:%/2", "the source's own key");
	is_str(ar_post_own_key(AR_STR("q\\\"%2"), &mem).p, "q\"%2", "escapes undone, a lone % kept");
	ok(!ar_post_id(AR_STR("north"), &id) && !ar_post_id(AR_STR("north/erp:ii:1"), &id) && !ar_post_id(AR_STR("n/e:i:"), &id),
	   "no ids");
	ar_buf_release(&b);
	ar_arena_release(&mem);
}

int main(void)
{
	ar_schema_init();
	if (!mkdtemp(dir))
		return 1;
	keys();
	base32();
	snprintf(path, sizeof path, "%s/" AR_JOURNAL_FILE, dir);
	journal();
	full_disk();
	lock();
	outbox();
	small_things();
	snprintf(path, sizeof path, "%s/lock", dir);
	unlink(path);
	rmdir(dir);
	return done_testing();
}
