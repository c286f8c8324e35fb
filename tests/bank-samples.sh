#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Bank files of public projects against facts that were graded without these programs: see bank-samples.py. The files are no part of the
# project; AR_SHARED names the folder that holds samples/bank.
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${top_builddir:=$PWD}"
samples=${AR_SHARED:-$top_srcdir/../shared}/samples/bank
[ -d "$samples" ] || samples=$top_srcdir/../../shared/samples/bank
if [ ! -d "$samples" ]; then
	echo "1..0 # SKIP no folder of bank samples (AR_SHARED)"
	exit 0
fi
exec python3 "$top_srcdir/tests/bank-samples.py" "$samples" "$top_srcdir/formats" "$top_builddir" "$@"
