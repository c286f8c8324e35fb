
# Maps with their samples, side by side.
map_files = \
	%D%/banks/camt053.map %D%/banks/camt053.xml \
	%D%/ecb/daily.map %D%/ecb/daily.xml %D%/ecb/hist.csv %D%/ecb/hist.map \
	%D%/netsuite/credit_memos.csv %D%/netsuite/credit_memos.map %D%/netsuite/customers.csv %D%/netsuite/customers.map %D%/netsuite/invoices.csv %D%/netsuite/invoices.map %D%/netsuite/payments.csv %D%/netsuite/payments.map \
	%D%/quickbooks/credit_memo.json %D%/quickbooks/credit_memo.map %D%/quickbooks/customer.json %D%/quickbooks/customer.map %D%/quickbooks/invoice.json %D%/quickbooks/invoice.map %D%/quickbooks/payment.json %D%/quickbooks/payment.map
EXTRA_DIST += $(map_files)
banksmapdir = $(pkgdatadir)/formats/banks
dist_banksmap_DATA = %D%/banks/camt053.map
ecbmapdir = $(pkgdatadir)/formats/ecb
dist_ecbmap_DATA = %D%/ecb/daily.map %D%/ecb/hist.map
netsuitemapdir = $(pkgdatadir)/formats/netsuite
dist_netsuitemap_DATA = %D%/netsuite/credit_memos.map %D%/netsuite/customers.map %D%/netsuite/invoices.map %D%/netsuite/payments.map
quickbooksmapdir = $(pkgdatadir)/formats/quickbooks
dist_quickbooksmap_DATA = %D%/quickbooks/credit_memo.map %D%/quickbooks/customer.map %D%/quickbooks/invoice.map %D%/quickbooks/payment.map

# pages: the rest of ar-normalize(1) and the frame of ar-map(5)
EXTRA_DIST += man/ar-normalize.1.in man/ar-map.5.in
# SPDX-License-Identifier: GPL-3.0-or-later
# Decoders, one per wire syntax; maps, templates and samples lie in folders beside them.
noinst_LIBRARIES += formats/libsyntax.a
formats_libsyntax_a_CPPFLAGS = $(AM_CPPFLAGS) $(XML_CFLAGS)
formats_libsyntax_a_SOURCES = \
	%D%/syntax/csv.c %D%/syntax/csv.h \
	%D%/syntax/json.c %D%/syntax/json.h \
	%D%/syntax/mt86.c %D%/syntax/mt86.h %D%/syntax/mt940.c %D%/syntax/mt940.h %D%/syntax/mtread.c %D%/syntax/mtread.h \
	%D%/syntax/path.c %D%/syntax/path.h \
	%D%/syntax/registry.c \
	%D%/syntax/text.c %D%/syntax/text.h \
	%D%/syntax/xml.c %D%/syntax/xml.h
SYNTAX_LIBS = formats/libsyntax.a lib/libmap.a
SYNTAX_SYSTEM_LIBS = $(CSV_LIBS) $(XML_LIBS)

# Letters: templates of the dunning levels in three languages, and a policy to begin with.
lettersdir = $(pkgdatadir)/formats/letters
dist_letters_DATA = %D%/letters/seed.policy \
	%D%/letters/close.de.mustache %D%/letters/close.en.mustache %D%/letters/close.fr.mustache \
	%D%/letters/final.de.mustache %D%/letters/final.en.mustache %D%/letters/final.fr.mustache \
	%D%/letters/friendly.de.mustache %D%/letters/friendly.en.mustache %D%/letters/friendly.fr.mustache \
	%D%/letters/items.de.mustache %D%/letters/items.en.mustache %D%/letters/items.fr.mustache \
	%D%/letters/letter.de.mustache %D%/letters/letter.en.mustache %D%/letters/letter.fr.mustache \
	%D%/letters/mild.de.mustache %D%/letters/mild.en.mustache %D%/letters/mild.fr.mustache \
	%D%/letters/rest.de.mustache %D%/letters/rest.en.mustache %D%/letters/rest.fr.mustache \
	%D%/letters/second.de.mustache %D%/letters/second.en.mustache %D%/letters/second.fr.mustache \
	%D%/letters/sum.de.mustache %D%/letters/sum.en.mustache %D%/letters/sum.fr.mustache

# What ar-post writes: a form and its template for each kind of document.
netsuitepostdir = $(pkgdatadir)/formats/netsuite
dist_netsuitepost_DATA = %D%/netsuite/customer-payment.post %D%/netsuite/customer-payment.csv.mustache
quickbookspostdir = $(pkgdatadir)/formats/quickbooks
dist_quickbookspost_DATA = %D%/quickbooks/payment.post %D%/quickbooks/payment.json.mustache
