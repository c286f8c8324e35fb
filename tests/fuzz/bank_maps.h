/* SPDX-License-Identifier: GPL-3.0-or-later */
/* bank_maps.h - small maps for the decoders of the bank formats, with every key that they read. */
#ifndef AR_TESTS_BANK_MAPS_H
#define AR_TESTS_BANK_MAPS_H

#define MAP_BAI2 "[map]\ndetect = any\ncredit = 910-919\nkey = EREF:, REMI:\nkey_inside = ORG=, DES:\n"
#define MAP_NACHA "[map]\ndetect = any\n"
#define MAP_X12 "[map]\ndetect = 820\n"
#define MAP_LOCKBOX "[map]\ndetect = width 1-400, none\nfield = 1 origin 14-23\nfield = 5 lockbox 8-14\n" \
	"field = 5 deposit_date 15-20 date yymmdd\nfield = 6 check 37-46 number\nfield = 6 remitter 53-82\nfield = 4 memo 12-41\n" \
	"field = 4 invoice 12-26\nfield = 4 amount 27-36 amount\nfield = 4 invoice#2 37-51\nfield = 4 amount#2 52-61 amount 3\n"
#define MAP_OFX "[map]\ndetect = any\ncurrency = EUR\n"
#define MAP_ANY "[map]\ndetect = any\n"

#endif
