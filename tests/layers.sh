#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What the compiler does not see of the house rules: which layer may include which, no name of a system in the
# code, functions nobody may call, licence lines, no path of somebody's machine.
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
cd "$top_srcdir" || exit 1
LC_ALL=C
export LC_ALL
n=0
bad=0

found=$(mktemp) || exit 1
trap 'rm -f "$found"' EXIT

# says NAME: passes when the file $found is empty; else shows it
says()
{
	n=$((n + 1))
	if [ ! -s "$found" ]; then
		echo "ok $n - $1"
	else
		bad=$((bad + 1))
		echo "not ok $n - $1"
		sed 's/^/# /' "$found" | head -n 40
	fi
}

# may FOLDER LAYER...: quoted includes of FOLDER's files name these layers only
may()
{
	folder=$1
	shift
	allowed=$(echo "$*" | tr ' ' '|')
	[ -d "$folder" ] || return 0
	grep -rnE --include='*.[ch]' --include='*.def' '^[[:blank:]]*#[[:blank:]]*include[[:blank:]]*"' "$folder" |
		grep -vE ':[[:blank:]]*#[[:blank:]]*include[[:blank:]]*"(config\.h"|('"$allowed"')/)' >"$found"
	says "$folder includes only $*"
}

may lib/base base
may lib/num base num
may lib/rec base num rec
may lib/map base num rec map
may lib/ar base num rec ar
may lib/sync base num rec sync
may formats/syntax base num rec map syntax
may cmd base num rec map ar sync syntax cmd

grep -rniwE --include='*.[ch]' --include='*.def' \
	'netsuite|quickbooks|intacct|sap|oracle|workday|dynamics|xero|sage|odoo|tryton|gnucash|erpnext|ledgersmb|salesforce|hubspot|paypal' \
	cmd lib >"$found"
says "no name of a system in cmd and lib"

# calls FUNCTION [EXCEPTION]: a call is the name with its bracket; an exception is the function's one home
calls()
{
	find lib cmd formats -name '*.[ch]' -exec grep -nE "(^|[^[:alnum:]_])$1\\(" /dev/null {} + |
		grep -vE "${2:-^$}" >"$found"
	says "nobody calls $1"
}
for f in strcpy strncpy stpcpy strcat strncat sprintf vsprintf gets atoi atol atoll strtod strtof strtold strtok strtok_r; do
	calls $f
done
for f in localtime localtime_r mktime gmtime strftime asctime ctime setlocale getenv secure_getenv qsort rand srand random drand48; do
	calls $f
done
calls time '^lib/rec/tool\.c:.*time\(NULL\)'    # --as-of=today, the only clock
calls gettimeofday
calls clock_gettime '^lib/sync/journal\.c:'     # wall time in the journal's own field, which no output repeats

find lib cmd formats tests tools \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' -o -name '*.py' -o -name '*.mk' \) |
	sort | while read -r f; do
	head -n 2 "$f" | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || echo "$f"
done >"$found"
says "every source file says its licence in the first two lines"

for f in configure.ac Makefile.am bootstrap .ci/run; do
	[ ! -f $f ] || head -n 2 $f | grep -q 'SPDX-License-Identifier: GPL-3.0-or-later' || echo $f
done >"$found"
says "the build files too"

find lib cmd formats man tests tools examples bench ./*.md configure.ac Makefile.am bootstrap .ci -type f 2>/dev/null |
	grep -vE '\.(o|a|log|trs|pyc)$|/\.deps/|/\.dirstamp$' | sort | while read -r f; do
	grep -InE '(^|[^A-Za-z0-9_.~-])/(work|root|home)/' "$f" /dev/null
done >"$found"
says "no path of somebody's machine"

find lib cmd formats tests -name '*.c' ! -path 'tests/golden/*' | sort | while read -r f; do
	first=$(grep -nE '^[[:blank:]]*#[[:blank:]]*include' "$f" | head -n 1)
	case $first in
	'' | *'"config.h"'*) ;;
	*) echo "$f: $first" ;;
	esac
done >"$found"
says "config.h is the first include of every .c file"

echo "1..$n"
[ $bad -eq 0 ]
