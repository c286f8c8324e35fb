# SPDX-License-Identifier: GPL-3.0-or-later
# tap.sh - what a shell test needs: sourced first. check "what" COMMAND..., skip "what" "why", is "what" got want,
# scratch folder $tmp (removed at the end), and finish as the last command.
: "${top_srcdir:=$(cd "$(dirname "$0")/.." && pwd)}"
: "${top_builddir:=$PWD}"
: "${AR_TOOLS:=$(cd "$top_builddir" && for t in ar-*; do [ -x "$t" ] && [ -f "$t" ] && printf '%s ' "$t"; done)}"
PATH=$top_builddir:$PATH
LC_ALL=C
export PATH LC_ALL
umask 022
tmp=$(mktemp -d "${TMPDIR:-/tmp}/ar-test.XXXXXX") || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
tap_n=0
tap_bad=0

# check WHAT COMMAND...: passes when the command does
check()
{
	tap_what=$1
	shift
	tap_n=$((tap_n + 1))
	if "$@"; then
		echo "ok $tap_n - $tap_what"
	else
		tap_bad=$((tap_bad + 1))
		echo "not ok $tap_n - $tap_what"
		return 1
	fi
}

is()
{
	tap_n=$((tap_n + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tap_n - $1"
	else
		tap_bad=$((tap_bad + 1))
		echo "not ok $tap_n - $1"
		echo "# got  '$2'"
		echo "# want '$3'"
		return 1
	fi
}

skip()
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1 # SKIP $2"
}

has_tool()
{
	case " $AR_TOOLS " in
	*" $1 "*) return 0 ;;
	esac
	return 1
}

# foreign FILE: TAP lines without numbers that another program wrote, counted as ours
foreign()
{
	tap_bad=$((tap_bad + $(grep -c '^not ok' "$1")))
	while IFS= read -r tap_line; do
		case $tap_line in
		ok\ -\ * | not\ ok\ -\ *)
			tap_n=$((tap_n + 1))
			echo "${tap_line%% - *} $tap_n - ${tap_line#* - }"
			;;
		*) echo "$tap_line" ;;
		esac
	done <"$1"
}

finish()
{
	echo "1..$tap_n"
	[ $tap_bad -eq 0 ]
}
