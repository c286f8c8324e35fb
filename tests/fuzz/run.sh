#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# make fuzz: every target of tests/fuzz with clang's libFuzzer, ASan and UBSan against the library's sources, FUZZ_SECONDS each
# (600). FUZZ=NAME runs only that one. New inputs go to fuzz-build/corpus/NAME, what breaks a target to
# fuzz-build/NAME-*: keep a small one in tests/fuzz/corpus/NAME, where make check replays it. TAP on standard output.
: "${top_srcdir:=.}"
: "${top_builddir:=.}"
: "${FUZZ_CC:=clang}"
: "${FUZZ_SECONDS:=600}"
build=$top_builddir/fuzz-build
flags="-g -O1 -std=gnu11 -fno-omit-frame-pointer -fno-sanitize-recover=all"
mkdir -p "$build/corpus" || exit 1
if ! command -v "$FUZZ_CC" >/dev/null; then
	echo "1..0 # SKIP $FUZZ_CC is not here"
	exit 0
fi

# objects newer than their source are kept
objects=
for c in "$top_srcdir"/lib/*/*.c "$top_srcdir"/formats/*.c "$top_srcdir"/formats/syntax/*.c; do
	[ -f "$c" ] || continue
	o=$build/$(echo "${c#"$top_srcdir/"}" | tr / _).o
	objects="$objects $o"
	[ "$o" -nt "$c" ] && [ -z "$(find "$top_srcdir/lib" "$top_srcdir/formats" \( -name '*.h' -o -name '*.def' \) -newer "$o")" ] &&
		continue
	$FUZZ_CC $flags -fsanitize=fuzzer-no-link,address,undefined -I"$top_builddir" -I"$top_srcdir/lib" -I"$top_srcdir/formats" \
		-DAR_DATADIR='"."' $FUZZ_CPPFLAGS -c "$c" -o "$o" || exit 1
done
rm -f "$build/lib.a"
ar cr "$build/lib.a" $objects || exit 1

n=0
bad=0
for c in "$top_srcdir"/tests/fuzz/fuzz_*.c; do
	name=${c##*/fuzz_}
	name=${name%.c}
	[ "${FUZZ:-$name}" = "$name" ] || continue
	n=$((n + 1))
	mkdir -p "$build/corpus/$name"
	seeds=$top_srcdir/tests/fuzz/corpus/$name
	[ -d "$seeds" ] || seeds=
	dict=
	[ ! -f "$top_srcdir/tests/fuzz/$name.dict" ] || dict=-dict=$top_srcdir/tests/fuzz/$name.dict
	if $FUZZ_CC $flags -fsanitize=fuzzer,address,undefined -I"$top_builddir" -I"$top_srcdir/lib" -I"$top_srcdir/formats" \
		$FUZZ_CPPFLAGS "$c" "$build/lib.a" $FUZZ_LIBS -o "$build/fuzz_$name" &&
		"$build/fuzz_$name" -max_total_time="$FUZZ_SECONDS" -max_len=8192 -timeout=20 -rss_limit_mb=2048 \
			-print_final_stats=1 -artifact_prefix="$build/$name-" $dict "$build/corpus/$name" $seeds >"$build/$name.log" 2>&1; then
		echo "ok $n - $name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$build/$name.log") inputs in $FUZZ_SECONDS s"
	else
		bad=$((bad + 1))
		echo "not ok $n - $name"
		tail -n 30 "$build/$name.log" 2>/dev/null | sed 's/^/# /'
	fi
done
echo "1..$n"
[ $bad -eq 0 ]
