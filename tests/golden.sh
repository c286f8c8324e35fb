#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Golden tests, one folder a case: tests/golden/TOOL/CASE/ holds
#   cmd    a shell snippet; it is run by sh in a scratch copy of the folder, built tools on PATH
#   in*    whatever cmd reads
#   out    what standard output must be (no file: not compared)
#   err    what standard error must be (no file: not compared)
#   exit   the exit status (no file: 0)
# AR_GOLDEN=TOOL or TOOL/CASE runs only those. UPDATE=1 rewrites out, err and exit where they differ: look at the
# difference before you keep it.
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${top_builddir:=$PWD}"
PATH=$top_builddir:$PATH
LC_ALL=C
export top_srcdir top_builddir PATH LC_ALL
unset CDPATH ENV

scratch=$(mktemp -d "${TMPDIR:-/tmp}/golden.XXXXXX") || exit 1
trap 'rm -rf "$scratch"' EXIT
trap 'exit 1' HUP INT TERM

# compare NAME GOT: is file NAME of the case what came out?
compare()
{
	[ -f "$case_dir/$1" ] || return 0
	cmp -s "$case_dir/$1" "$2" && return 0
	if [ -n "$UPDATE" ]; then
		cp "$2" "$case_dir/$1"
		echo "# $name: $1 rewritten"
		return 0
	fi
	diff -u --label "$1 (wanted)" --label "$1 (got)" "$case_dir/$1" "$2" | sed 's/^/# /' | head -n 60
	return 1
}

# the wanted status; a case that has no file wants 0
status_is()
{
	want=0
	[ -f "$case_dir/exit" ] && want=$(cat "$case_dir/exit")
	[ "$1" -eq "$want" ] && return 0
	if [ -n "$UPDATE" ]; then
		echo "$1" >"$case_dir/exit"
		echo "# $name: exit rewritten"
		return 0
	fi
	echo "# exit status $1, wanted $want"
	[ -f "$case_dir/err" ] || sed 's/^/# stderr: /' "$scratch/err" | head -n 20
	return 1
}

run_case()
{
	rm -rf "$scratch/dir"
	cp -R "$case_dir" "$scratch/dir" && chmod -R u+w "$scratch/dir" || return 1
	(cd "$scratch/dir" && exec sh ./cmd) >"$scratch/out" 2>"$scratch/err" </dev/null
	got=$?
	good=true
	status_is "$got" || good=false
	compare out "$scratch/out" || good=false
	compare err "$scratch/err" || good=false
	$good
}

n=0
bad=0
for cmd in "$top_srcdir"/tests/golden/*/*/cmd; do
	[ -f "$cmd" ] || continue
	case_dir=${cmd%/cmd}
	name=${case_dir#"$top_srcdir/tests/golden/"}
	case $name in
	"${AR_GOLDEN:-}" | "${AR_GOLDEN:-$name}"/* | "${AR_GOLDEN:-$name}") ;;
	*) continue ;;
	esac
	n=$((n + 1))
	if run_case; then
		echo "ok $n - $name"
	else
		bad=$((bad + 1))
		echo "not ok $n - $name"
	fi
done
if [ $n -eq 0 ]; then
	echo "1..1"
	echo "not ok 1 - no case found for '${AR_GOLDEN:-any tool}'"
	exit 1
fi
echo "1..$n"
[ $bad -eq 0 ]
