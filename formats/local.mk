# SPDX-License-Identifier: GPL-3.0-or-later
# Decoders, one per wire syntax.
noinst_LIBRARIES += formats/libsyntax.a
formats_libsyntax_a_CPPFLAGS = $(AM_CPPFLAGS) $(XML_CFLAGS)
formats_libsyntax_a_SOURCES = \
	%D%/syntax/csv.c %D%/syntax/csv.h \
	%D%/syntax/json.c %D%/syntax/json.h \
	%D%/syntax/path.c %D%/syntax/path.h \
	%D%/syntax/registry.c \
	%D%/syntax/text.c %D%/syntax/text.h \
	%D%/syntax/xml.c %D%/syntax/xml.h
SYNTAX_LIBS = formats/libsyntax.a lib/libmap.a
SYNTAX_SYSTEM_LIBS = $(CSV_LIBS) $(XML_LIBS)

# Maps with their samples, forms and templates: installed in their folders, for a map is called by its folder and file.
nobase_dist_pkgdata_DATA = \
	%D%/banks/camt053.map %D%/banks/camt053.xml \
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
	%D%/netsuite/credit_memos.csv %D%/netsuite/credit_memos.map %D%/netsuite/customer-payment.csv.mustache \
	%D%/netsuite/customer-payment.post %D%/netsuite/customers.csv %D%/netsuite/customers.map \
	%D%/netsuite/invoices.csv %D%/netsuite/invoices.map %D%/netsuite/payments.csv %D%/netsuite/payments.map \
	%D%/quickbooks/credit_memo.json %D%/quickbooks/credit_memo.map %D%/quickbooks/customer.json \
	%D%/quickbooks/customer.map %D%/quickbooks/invoice.json %D%/quickbooks/invoice.map %D%/quickbooks/payment.json \
	%D%/quickbooks/payment.json.mustache %D%/quickbooks/payment.map %D%/quickbooks/payment.post
nobase_dist_pkgdata_DATA += %D%/match/rules.conf %D%/match/weights.conf %D%/match/words.conf
