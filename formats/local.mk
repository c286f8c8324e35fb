# SPDX-License-Identifier: GPL-3.0-or-later
# Decoders, one per wire syntax.
noinst_LIBRARIES += formats/libsyntax.a
formats_libsyntax_a_CPPFLAGS = $(AM_CPPFLAGS) $(XML_CFLAGS)
formats_libsyntax_a_SOURCES = \
	%D%/syntax/aeb43.c %D%/syntax/aeb43.h \
	%D%/syntax/bai2.c %D%/syntax/bai2.h \
	%D%/syntax/bai2_keys.c %D%/syntax/bai2_keys.h \
	%D%/syntax/cfonb.c %D%/syntax/cfonb.h \
	%D%/syntax/coda.c %D%/syntax/coda.h \
	%D%/syntax/columns.c %D%/syntax/columns.h \
	%D%/syntax/csv.c %D%/syntax/csv.h \
	%D%/syntax/csv_header.c %D%/syntax/csv_header.h \
	%D%/syntax/feed.c %D%/syntax/feed.h \
	%D%/syntax/json.c %D%/syntax/json.h \
	%D%/syntax/lockbox.c %D%/syntax/lockbox.h \
	%D%/syntax/mt.h \
	%D%/syntax/mt86.c %D%/syntax/mt86.h \
	%D%/syntax/mt940.c %D%/syntax/mt940.h \
	%D%/syntax/mtentry.c \
	%D%/syntax/mtfield.c \
	%D%/syntax/mtread.c %D%/syntax/mtread.h \
	%D%/syntax/mtrow.c %D%/syntax/mtrow.h \
	%D%/syntax/mtstmt.c \
	%D%/syntax/nacha.c %D%/syntax/nacha.h \
	%D%/syntax/ofx.c %D%/syntax/ofx.h \
	%D%/syntax/path.c %D%/syntax/path.h \
	%D%/syntax/registry.c \
	%D%/syntax/text.c %D%/syntax/text.h \
	%D%/syntax/x12.c %D%/syntax/x12.h \
	%D%/syntax/xml.c %D%/syntax/xml.h \
	%D%/syntax/xml_find.c \
	%D%/syntax/xml_guard.c \
	%D%/syntax/xml_parts.h
SYNTAX_LIBS = formats/libsyntax.a lib/libmap.a
SYNTAX_SYSTEM_LIBS = $(CSV_LIBS) $(XML_LIBS) $(ZIP_LIBS)

# Maps with their samples, forms and templates: installed in their folders, for a map is called by its folder and file.
nobase_dist_pkgdata_DATA = \
	%D%/banks/README.md %D%/banks/aeb43.map %D%/banks/aeb43.n43 %D%/banks/bai2.bai %D%/banks/bai2.map \
	%D%/banks/camt.map %D%/banks/camt052.xml %D%/banks/camt053-page1.xml %D%/banks/camt053-page2.xml \
	%D%/banks/camt053.xml %D%/banks/camt054.xml %D%/banks/cfonb120.map %D%/banks/cfonb120.txt %D%/banks/coda.cod \
	%D%/banks/coda.map %D%/banks/csv-at-erste.csv %D%/banks/csv-at-erste.map %D%/banks/csv-at-raiffeisen.csv \
	%D%/banks/csv-at-raiffeisen.map %D%/banks/csv-be-belfius.csv %D%/banks/csv-be-belfius.map \
	%D%/banks/csv-be-kbc.csv %D%/banks/csv-be-kbc.map %D%/banks/csv-ch-postfinance.csv \
	%D%/banks/csv-ch-postfinance.map %D%/banks/csv-ch-ubs.csv %D%/banks/csv-ch-ubs.map \
	%D%/banks/csv-de-commerzbank.csv %D%/banks/csv-de-commerzbank.map %D%/banks/csv-de-deutsche-bank.csv \
	%D%/banks/csv-de-deutsche-bank.map %D%/banks/csv-de-dkb.csv %D%/banks/csv-de-dkb.map %D%/banks/csv-de-ing.csv \
	%D%/banks/csv-de-ing.map %D%/banks/csv-de-n26.csv %D%/banks/csv-de-n26.map %D%/banks/csv-de-sparkasse-camt.csv \
	%D%/banks/csv-de-sparkasse-camt.map %D%/banks/csv-de-volksbank-alt.csv %D%/banks/csv-de-volksbank-alt.map \
	%D%/banks/csv-de-volksbank.csv %D%/banks/csv-de-volksbank.map %D%/banks/csv-dk-danske.csv \
	%D%/banks/csv-dk-danske.map %D%/banks/csv-es-bbva.csv %D%/banks/csv-es-bbva.map %D%/banks/csv-fi-nordea.csv \
	%D%/banks/csv-fi-nordea.map %D%/banks/csv-fr-bnp.csv %D%/banks/csv-fr-bnp.map %D%/banks/csv-fr-boursorama.csv \
	%D%/banks/csv-fr-boursorama.map %D%/banks/csv-fr-societe-generale.csv %D%/banks/csv-fr-societe-generale.map \
	%D%/banks/csv-gb-barclays.csv %D%/banks/csv-gb-barclays.map %D%/banks/csv-gb-hsbc.csv %D%/banks/csv-gb-hsbc.map \
	%D%/banks/csv-gb-lloyds.csv %D%/banks/csv-gb-lloyds.map %D%/banks/csv-gb-monzo.csv %D%/banks/csv-gb-monzo.map \
	%D%/banks/csv-hu-kh.csv %D%/banks/csv-hu-kh.map %D%/banks/csv-it-fineco.csv %D%/banks/csv-it-fineco.map \
	%D%/banks/csv-mx-banorte.csv %D%/banks/csv-mx-banorte.map %D%/banks/csv-nl-abnamro.csv \
	%D%/banks/csv-nl-abnamro.map %D%/banks/csv-nl-ing.csv %D%/banks/csv-nl-ing.map %D%/banks/csv-nl-rabobank.csv \
	%D%/banks/csv-nl-rabobank.map %D%/banks/csv-no-dnb.csv %D%/banks/csv-no-dnb.map %D%/banks/csv-pl-mbank.csv \
	%D%/banks/csv-pl-mbank.map %D%/banks/csv-pl-pko.csv %D%/banks/csv-pl-pko.map %D%/banks/csv-se-seb.csv \
	%D%/banks/csv-se-seb.map %D%/banks/csv-se-swedbank.csv %D%/banks/csv-se-swedbank.map \
	%D%/banks/csv-us-bank-of-america.csv %D%/banks/csv-us-bank-of-america.map %D%/banks/csv-us-bbt.csv \
	%D%/banks/csv-us-bbt.map %D%/banks/csv-us-capital-one.csv %D%/banks/csv-us-capital-one.map \
	%D%/banks/csv-us-chase-card.csv %D%/banks/csv-us-chase-card.map %D%/banks/csv-us-chase.csv \
	%D%/banks/csv-us-chase.map %D%/banks/csv-us-discover.csv %D%/banks/csv-us-discover.map \
	%D%/banks/csv-us-wells-fargo.csv %D%/banks/csv-us-wells-fargo.map %D%/banks/csv-xx-revolut-business.csv \
	%D%/banks/csv-xx-revolut-business.map %D%/banks/csv-xx-wise.csv %D%/banks/csv-xx-wise.map \
	%D%/banks/lockbox-80.bai %D%/banks/lockbox-80.map %D%/banks/lockbox-wide.bai %D%/banks/lockbox-wide.map \
	%D%/banks/lockbox.bai %D%/banks/lockbox.map %D%/banks/mt940.map %D%/banks/mt940.sta %D%/banks/nacha.ach \
	%D%/banks/nacha.map %D%/banks/ofx.map %D%/banks/ofx.ofx %D%/banks/pain002.map %D%/banks/pain002.xml \
	%D%/banks/x12-820.edi %D%/banks/x12-820.map \
	%D%/ecb/daily.map %D%/ecb/daily.xml %D%/ecb/hist.csv %D%/ecb/hist.map \
	%D%/letters/close.de.mustache %D%/letters/close.en.mustache %D%/letters/close.fr.mustache \
	%D%/letters/final.de.mustache %D%/letters/final.en.mustache %D%/letters/final.fr.mustache \
	%D%/letters/friendly.de.mustache %D%/letters/friendly.en.mustache %D%/letters/friendly.fr.mustache \
	%D%/letters/items.de.mustache %D%/letters/items.en.mustache %D%/letters/items.fr.mustache \
	%D%/letters/letter.de.mustache %D%/letters/letter.en.mustache %D%/letters/letter.fr.mustache \
	%D%/letters/mild.de.mustache %D%/letters/mild.en.mustache %D%/letters/mild.fr.mustache \
	%D%/letters/rest.de.mustache %D%/letters/rest.en.mustache %D%/letters/rest.fr.mustache \
	%D%/letters/second.de.mustache %D%/letters/second.en.mustache %D%/letters/second.fr.mustache \
	%D%/letters/seed.policy %D%/letters/sum.de.mustache %D%/letters/sum.en.mustache %D%/letters/sum.fr.mustache \
	%D%/match/README.md %D%/match/rules.conf %D%/match/weights.conf %D%/match/words.conf \
	%D%/netsuite/credit_memos.csv %D%/netsuite/credit_memos.map %D%/netsuite/customer-payment.csv.mustache \
	%D%/netsuite/customer-payment.post %D%/netsuite/customers.csv %D%/netsuite/customers.map \
	%D%/netsuite/invoices.csv %D%/netsuite/invoices.map %D%/netsuite/payments.csv %D%/netsuite/payments.map \
	%D%/paypal/settlement.csv %D%/paypal/settlement.map \
	%D%/quickbooks/credit_memo.json %D%/quickbooks/credit_memo.map %D%/quickbooks/customer.json \
	%D%/quickbooks/customer.map %D%/quickbooks/invoice.json %D%/quickbooks/invoice.map %D%/quickbooks/payment.json \
	%D%/quickbooks/payment.json.mustache %D%/quickbooks/payment.map %D%/quickbooks/payment.post \
	%D%/stripe/payouts.csv %D%/stripe/payouts.map
