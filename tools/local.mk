# SPDX-License-Identifier: GPL-3.0-or-later
# Maintainers' tools and what they wrote: one list, because the test reruns the one against the other.
EXTRA_DIST += tools/make-nightly.py
EXTRA_DIST += \
	examples/nightly/data/README.md \
	examples/nightly/data/bank/north-eur-20261030.xml \
	examples/nightly/data/bank/south-usd-20260930.xml \
	examples/nightly/data/bank/south-usd-20261030.xml \
	examples/nightly/data/ecb/eurofxref-daily.xml \
	examples/nightly/data/ecb/eurofxref-hist.csv \
	examples/nightly/data/expected.json \
	examples/nightly/data/netsuite-previous/invoices.csv \
	examples/nightly/data/netsuite/credit_memos.csv \
	examples/nightly/data/netsuite/customers.csv \
	examples/nightly/data/netsuite/invoices.csv \
	examples/nightly/data/netsuite/payments.csv \
	examples/nightly/data/quickbooks/CreditMemo-1.json \
	examples/nightly/data/quickbooks/Customer-1.json \
	examples/nightly/data/quickbooks/Invoice-1.json \
	examples/nightly/data/quickbooks/Invoice-2.json \
	examples/nightly/data/quickbooks/Payment-1.json \
	examples/nightly/data/quickbooks/Payment-2.json
dist_check_SCRIPTS += tests/nightly-data.sh
TESTS += tests/nightly-data.sh

EXTRA_DIST += examples/nightly/run examples/nightly/policy/dunning.conf examples/nightly/policy/post.conf
