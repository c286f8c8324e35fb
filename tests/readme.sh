#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The sessions of the README: each command of a console block is run, and prints what stands there.
. "${top_srcdir:-$(cd "$(dirname "$0")/.." && pwd)}/tests/tap.sh"

(cd "$top_builddir" && make -s install prefix="$tmp/inst") >"$tmp/install.log" 2>&1
PATH=$tmp/inst/bin:$PATH
mkdir "$tmp/work" && cp -R "$top_srcdir/examples" "$tmp/work/" && chmod -R u+w "$tmp/work" || exit 1  # make distcheck has a source tree that cannot be written
if ! command -v jq >/dev/null 2>&1; then
	skip "sessions" "no jq"
	finish
	exit
fi
# commands and what they print, without the fences; then the commands alone as one script that prints itself
sed -n '/^```console$/,/^```$/p' "$top_srcdir/README.md" | grep -v '^```' >"$tmp/wanted"
{
	echo "cd '$tmp/work'"
	grep '^\$ ' "$tmp/wanted" | sed 's/^\$ //' | while IFS= read -r line; do
		printf 'cat <<"END"\n$ %s\nEND\n{ %s\n} 2>&1\n' "$line" "$line"
	done
} >"$tmp/script"
sh "$tmp/script" >"$tmp/got" 2>&1
check "there are commands" grep -q '^\$ ar-age' "$tmp/wanted"
diff -u "$tmp/wanted" "$tmp/got" >"$tmp/diff"
is "the README's sessions print what stands there" $? 0
head -n 40 "$tmp/diff" | sed 's/^/# /'
finish
