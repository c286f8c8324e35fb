#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Manual pages without a warning of mandoc, completions that their shells can read, --help that names every option.
. "${top_srcdir:-.}/tests/tap.sh"

lint()
{
	mandoc -Tlint -Wwarning "$1" >"$tmp/lint" 2>&1 && [ ! -s "$tmp/lint" ] && return 0
	head -n 20 "$tmp/lint" | sed 's/^/# /'
	return 1
}

for t in $AR_TOOLS; do
	page=$top_builddir/docs/man/$t.1
	if command -v mandoc >/dev/null; then
		check "$t(1) has no warnings" lint "$page"
	else
		skip "$t(1) has no warnings" "mandoc is not here"
	fi
	check "$t(1) has examples" grep -q '^\.Sh EXAMPLES' "$page"
	if command -v bash >/dev/null; then
		check "bash reads the completion of $t" bash -n "$top_builddir/docs/bash/$t"
	else
		skip "bash reads the completion of $t" "no bash"
	fi
	if command -v zsh >/dev/null; then
		check "zsh reads the completion of $t" zsh -n "$top_builddir/docs/zsh/_$t"
	else
		skip "zsh reads the completion of $t" "no zsh"
	fi
	if command -v fish >/dev/null; then
		check "fish reads the completion of $t" fish -n "$top_builddir/docs/fish/$t.fish"
	else
		skip "fish reads the completion of $t" "no fish"
	fi
	"$t" --help >"$tmp/help"
	is "$t --help" $? 0
	sed -n 's/^complete -c [^ ]* -l \([a-z-]*\).*/\1/p' "$top_builddir/docs/fish/$t.fish" | while read -r o; do
		grep -q -e "--$o\\b" "$tmp/help" || echo "--$o"
		grep -q -e "Fl \\\\-$o\\b" "$page" || echo "--$o in the page"
	done >"$tmp/missing"
	check "help and page of $t name every option" [ ! -s "$tmp/missing" ]
	awk 'length > 100' "$tmp/help" >"$tmp/wide"
	check "$t --help fits on a screen" [ ! -s "$tmp/wide" ]
	is "$t --version" "$("$t" --version | head -n 1 | cut -d ' ' -f 1,2)" "$t (arpipe)"
	"$t" --no-such-option >/dev/null 2>"$tmp/err" </dev/null
	is "$t refuses an unknown option" $? 2
done
for p in ar-policy.5 ar-record.5 arpipe.7; do
	if command -v mandoc >/dev/null; then
		check "$p has no warnings" lint "$top_builddir/docs/man/$p"
	else
		skip "$p has no warnings" "mandoc is not here"
	fi
done
finish
