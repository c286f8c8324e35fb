#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Output that cannot be written and input that cannot be read: no tool says 0 then, and its message names the cause.
. "${top_srcdir:-.}/tests/tap.sh"

# Some records, sealed, more than fit into the smallest disk; and the same with every line refused.
awk 'BEGIN {
	for (i = 1; i <= 3000; i++)
		printf "{\"type\":\"payment\",\"id\":\"E1/s:payment:%d\",\"entity\":\"E1\",\"system\":\"s\"," \
			"\"date\":\"2026-10-%02d\",\"currency\":\"EUR\",\"amount\":\"%d.%02d\"}\n", i, i % 28 + 1, i, i % 100
}' >"$tmp/records"
ar-cat --seal=new "$tmp/records" >"$tmp/sealed" || echo "# ar-cat --seal=new failed"
sed 's/"amount":"/"amount":"x/' "$tmp/records" >"$tmp/bad"

ar-cat --seal=new --rejects="$tmp/rejects" "$tmp/bad" >/dev/null

# arguments TOOL: with which a tool reads the stream that input names; status 1 for tools that read none
arguments()
{
	case $1 in
	ar-cat) echo "" ;;
	ar-age | ar-match | ar-forecast) echo "--as-of=2026-10-31" ;;
	ar-report) echo "rejects" ;;
	*) return 1 ;;
	esac
}

input()
{
	case $1 in
	ar-report) echo "$tmp/rejects" ;;
	*) echo "$tmp/sealed" ;;
	esac
}

# run COMMAND...: standard error in $tmp/err, the status in $status
run()
{
	"$@" 2>"$tmp/err"
	status=$?
}

# The status is one of those given and the message matches.
told()
{
	what=$1
	pattern=$2
	shift 2
	good=false
	for s; do
		[ "$status" = "$s" ] && good=true
	done
	grep -qiE "$pattern" "$tmp/err" || good=false
	check "$what" $good || { echo "# status $status, message:"; sed 's/^/# /' "$tmp/err"; }
}

no_end()
{
	! grep -q '^{"type":"end"' "$1"
}

full=$tmp/full
small_disk()
{
	mkdir "$full"
	[ "$(id -u)" -eq 0 ] && mount -t tmpfs -o size=64k none "$full" 2>/dev/null || return 1
	trap 'umount "$full"; rm -rf "$tmp"' EXIT
}

generic()
{
	t=$1
	if [ -c /dev/full ]; then
		run "$t" --help >/dev/full
		told "$t --help to a full device" 'no space' 4
		run "$t" --generate=records-json-schema >/dev/full
		told "$t --generate to a full device" 'no space' 4
	fi
	run "$t" --help >&-
	told "$t --help to a closed output" 'bad file descriptor' 4
	{ sleep 0.3; "$t" --generate=records-json-schema 2>"$tmp/err"; echo $? >"$tmp/st"; } | :
	is "$t --generate into a closed pipe dies of SIGPIPE" "$(cat "$tmp/st")" 141
	is "$t into a closed pipe says nothing" "$(cat "$tmp/err")" ""
}

data()
{
	t=$1
	in=$(input "$t")
	set -- $(arguments "$t")
	run "$t" "$@" <"$in" >"$tmp/out"
	is "$t handles the records" "$status" 0 || sed 's/^/# /' "$tmp/err"
	if [ -c /dev/full ]; then
		run "$t" "$@" <"$in" >/dev/full
		told "$t to a full device" 'no space' 4
	fi
	run "$t" "$@" <"$in" >&-
	told "$t to a closed output" 'bad file descriptor' 4
	{ sleep 0.3; "$t" "$@" <"$in" 2>"$tmp/err"; echo $? >"$tmp/st"; } | :
	is "$t into a closed pipe dies of SIGPIPE" "$(cat "$tmp/st")" 141
	is "$t into a closed pipe says nothing" "$(cat "$tmp/err")" ""
	run "$t" "$@" <&- >"$tmp/out"
	told "$t with a closed input" 'bad file descriptor' 4
	check "$t with a closed input writes no end" no_end "$tmp/out"
	run "$t" "$@" <"$tmp" >"$tmp/out"
	told "$t with a folder as input" 'directory' 2 4
	run "$t" "$@" "$tmp" >"$tmp/out"
	told "$t with a folder as operand" 'directory' 2 4
	run "$t" "$@" "$tmp/nothing-here" >"$tmp/out"
	told "$t with a file that is not there" 'nothing-here.*no such file' 2
	run "$t" "$@" /dev/null >"$tmp/out"
	told "$t with an empty file" 'end record|no record' 3
	run "$t" --allow-empty "$@" /dev/null >"$tmp/out"
	told "$t with an empty file, --allow-empty" 'end record' 3

	# 64 KiB of disk, for those that write more
	"$t" "$@" <"$in" >"$tmp/out" 2>/dev/null
	[ "$(wc -c <"$tmp/out")" -gt 70000 ] || return 0
	if $have_disk; then
		rm -f "$full"/*
		run "$t" "$@" <"$in" >"$full/out"
		told "$t to a full disk" 'no space' 4
		check "$t to a full disk writes no end" no_end "$full/out"
		rm -f "$full"/*
	else
		skip "$t to a full disk" "only root can make a small one"
		skip "$t to a full disk writes no end" "only root can make a small one"
	fi
	(ulimit -f 8; run "$t" "$@" <"$in" >"$tmp/out"; exit $status)
	status=$?
	told "$t beyond the size limit of files" 'too large' 4
	check "$t beyond the size limit of files writes no end" no_end "$tmp/out"
}

# what is refused goes to a file; when that is not possible, nobody shall think that nothing was refused
rejects()
{
	run ar-cat --seal=new --rejects="$tmp/rej" "$tmp/bad" >"$tmp/out"
	is "every record is refused" "$status" 1
	is "and stands in the rejects" "$(grep -c '^{"type":"reject"' "$tmp/rej")" 3000
	if $have_disk; then
		rm -f "$full"/*
		run ar-cat --seal=new --rejects="$full/rej" "$tmp/bad" >"$tmp/out"
		told "rejects to a full disk" 'no space' 4
		is "rejects to a full disk leave no file" "$(ls -A "$full")" ""
	else
		skip "rejects to a full disk" "only root can make a small one"
		skip "rejects to a full disk leave no file" "only root can make a small one"
	fi
	rm -f "$tmp/rej"
	(ulimit -f 8; run ar-cat --seal=new --rejects="$tmp/rej" "$tmp/bad" >"$tmp/out"; exit $status)
	status=$?
	told "rejects beyond the size limit of files" 'too large' 4
	check "rejects beyond the size limit leave no file" [ ! -e "$tmp/rej" ]
	run ar-cat --seal=new --rejects=/dev/null "$tmp/bad" >"$tmp/out"
	is "rejects may go to /dev/null" "$status" 1
	check "which stays a device" [ -c /dev/null ]
	run ar-cat --seal=new --rejects="$tmp/no/such/folder/rej" "$tmp/bad" >"$tmp/out"
	told "rejects to a folder that is not there" 'no such file' 4
	check "then nothing is written" [ ! -s "$tmp/out" ]
}

# Started with SIGPIPE ignored, every program gets it ignored: then there is nothing to see here.
sh -c 'kill -s PIPE $$' 2>/dev/null
if [ $? -ne 141 ]; then
	echo "1..0 # SKIP SIGPIPE is ignored here"
	exit 0
fi
have_disk=false
small_disk && have_disk=true
for tool in $AR_TOOLS; do
	generic "$tool"
	if arguments "$tool" >/dev/null; then
		data "$tool"
	fi
done
rejects
finish
