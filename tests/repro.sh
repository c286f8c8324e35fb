#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The same bytes on every machine and every day: each golden case that wants status 0 or 1 is run again under another
# time zone, language, folder, umask, home and file descriptor limit.  (Both variants of the scan are
# compared by tests/unit/lines.c.)
. "${top_srcdir:-.}/tests/tap.sh"

# run OUT FOLDER CASE: in a copy of the case
run()
{
	rm -rf "$2"
	mkdir -p "$2"
	cp -R "$3/." "$2/"
	chmod -R u+w "$2"
	(cd "$2" && exec sh ./cmd) >"$1" 2>"$1.err" </dev/null
	echo $? >>"$1.err"
}

strange()
{
	(
		umask 077
		TZ=Asia/Tokyo LANG=tr_TR.UTF-8 LC_ALL=tr_TR.UTF-8 HOME=/nonexistent COLUMNS=40 TERM=dumb
		SOURCE_DATE_EPOCH=1
		export TZ LANG LC_ALL HOME COLUMNS TERM SOURCE_DATE_EPOCH
		ulimit -n 20
		run "$1" "$2" "$3"
	)
}

same()
{
	run "$tmp/one" "$tmp/a" "$1"
	strange "$tmp/two" "$tmp/an other/folder with ümlaut/b" "$1"
	is_wanted "$1" && cmp "$tmp/one" "$tmp/two" && cmp "$tmp/one.err" "$tmp/two.err"
}

# two runs that fail alike would be no proof
is_wanted()
{
	want=0
	[ ! -f "$1/exit" ] || want=$(cat "$1/exit")
	[ "$(tail -n 1 "$tmp/one.err")" = "$want" ]
}

for cmd in "$top_srcdir"/tests/golden/*/*/cmd; do
	dir=${cmd%/cmd}
	case $(cat "$dir/exit" 2>/dev/null) in
	'' | 0 | 1) check "same bytes: ${dir#"$top_srcdir/tests/golden/"}" same "$dir" ;;
	esac
done
finish
