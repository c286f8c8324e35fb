
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
