# The laws from the records alone: per source what was received, per document what it falls by, in minor units.
function text(f,  m) { return match($0, "\"" f "\":\"[^\"]*\"") ? substr($0, RSTART + length(f) + 4, RLENGTH - length(f) - 5) : "" }
function money(f,  s) { s = text(f); sub(/\./, "", s); return s + 0 }
/"type":"(invoice|credit_memo)"/ { open[text("id")] = money("amount"); next }
!/"type":"match"/ || /"rank":[2-9]/ { next }
/"line":0/ { got[text("source")] = money("received"); kept[text("source")] = money("on_account") + money("set_aside"); next }
{
	used[text("source")] += text("source_amount") != "" ? money("source_amount") : money("amount")
	fall[text("target")] += money("amount") + money("discount") + money("writeoff") + money("withholding_tax") + money("bank_charges")
	if (text("source") in open) fall[text("source")] += money("amount")
}
END {
	for (s in got) { n++; if (got[s] != used[s] + kept[s]) { print "received", s, got[s], used[s], kept[s]; bad = 1 } }
	for (d in fall) { k++; if (fall[d] > open[d]) { print "over-applied", d, fall[d], open[d]; bad = 1 } }
	print bad ? "broken" : "held", "for", n, "sources and", k, "documents"
}
