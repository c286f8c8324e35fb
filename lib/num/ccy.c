/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "num/ccy.h"

/* The day number of a date as a constant; the sum of date.c, with years that begin in March. */
#define MARCH_YEAR(y, m) ((y) - ((m) <= 2))
#define MARCH_DAYS(y) (365 * (y) + (y) / 4 - (y) / 100 + (y) / 400)
#define MARCH_MONTH(m) ((m) + ((m) > 2 ? -3 : 9))
#define DAY(y, m, d) (MARCH_DAYS(MARCH_YEAR(y, m)) + (153 * MARCH_MONTH(m) + 2) / 5 + (d) - 719469)

#define CUR(code, numeric, digits, name) { #code, numeric, digits, AR_DATE_NONE, name }
#define OLD(code, numeric, digits, y, m, d, name) { #code, numeric, digits, DAY(y, m, d), name }

/* ISO 4217 lists one and two (CUR) and three (OLD), sorted by code. */
const struct ar_ccy ar_ccy[] = {
	OLD(ADP, 20, 0, 2002, 1, 1, "Andorran Peseta"),
	CUR(AED, 784, 2, "UAE Dirham"),
	OLD(AFA, 4, 2, 2003, 1, 1, "Afghani (1927)"),
	CUR(AFN, 971, 2, "Afghani"),
	CUR(ALL, 8, 2, "Lek"),
	CUR(AMD, 51, 2, "Armenian Dram"),
	OLD(ANG, 532, 2, 2025, 3, 31, "Netherlands Antillean Guilder"),
	CUR(AOA, 973, 2, "Kwanza"),
	OLD(AON, 24, 2, 2000, 3, 1, "New Kwanza"),
	OLD(AOR, 982, 2, 2000, 3, 1, "Kwanza Reajustado"),
	CUR(ARS, 32, 2, "Argentine Peso"),
	OLD(ATS, 40, 2, 2002, 1, 1, "Schilling"),
	CUR(AUD, 36, 2, "Australian Dollar"),
	CUR(AWG, 533, 2, "Aruban Florin"),
	OLD(AZM, 31, 2, 2006, 1, 1, "Azerbaijan Manat (1992)"),
	CUR(AZN, 944, 2, "Azerbaijan Manat"),
	OLD(BAD, 70, 2, 1997, 8, 1, "Bosnia and Herzegovina Dinar"),
	CUR(BAM, 977, 2, "Convertible Mark"),
	CUR(BBD, 52, 2, "Barbados Dollar"),
	CUR(BDT, 50, 2, "Taka"),
	OLD(BEF, 56, 0, 2002, 1, 1, "Belgian Franc"),
	OLD(BGL, 100, 2, 1999, 7, 5, "Bulgarian Lev (1962)"),
	OLD(BGN, 975, 2, 2026, 1, 1, "Bulgarian Lev"),
	CUR(BHD, 48, 3, "Bahraini Dinar"),
	CUR(BIF, 108, 0, "Burundi Franc"),
	CUR(BMD, 60, 2, "Bermudian Dollar"),
	CUR(BND, 96, 2, "Brunei Dollar"),
	CUR(BOB, 68, 2, "Boliviano"),
	CUR(BOV, 984, 2, "Mvdol"),
	OLD(BRE, 76, 2, 1993, 8, 1, "Cruzeiro (1990)"),
	CUR(BRL, 986, 2, "Brazilian Real"),
	OLD(BRR, 987, 2, 1994, 7, 1, "Cruzeiro Real"),
	CUR(BSD, 44, 2, "Bahamian Dollar"),
	CUR(BTN, 64, 2, "Ngultrum"),
	CUR(BWP, 72, 2, "Pula"),
	OLD(BYB, 112, 0, 2001, 1, 1, "Belarusian Ruble (1992)"),
	CUR(BYN, 933, 2, "Belarusian Ruble"),
	OLD(BYR, 974, 0, 2017, 1, 1, "Belarusian Ruble (2000)"),
	CUR(BZD, 84, 2, "Belize Dollar"),
	CUR(CAD, 124, 2, "Canadian Dollar"),
	CUR(CDF, 976, 2, "Congolese Franc"),
	OLD(CHC, 948, 2, 2004, 12, 1, "WIR Franc (electronic)"),
	CUR(CHE, 947, 2, "WIR Euro"),
	CUR(CHF, 756, 2, "Swiss Franc"),
	CUR(CHW, 948, 2, "WIR Franc"),
	CUR(CLF, 990, 4, "Unidad de Fomento"),
	CUR(CLP, 152, 0, "Chilean Peso"),
	CUR(CNY, 156, 2, "Yuan Renminbi"),
	CUR(COP, 170, 2, "Colombian Peso"),
	CUR(COU, 970, 2, "Unidad de Valor Real"),
	CUR(CRC, 188, 2, "Costa Rican Colon"),
	OLD(CSD, 891, 2, 2006, 10, 25, "Serbian Dinar (2003)"),
	OLD(CSK, 200, 2, 1993, 3, 1, "Czechoslovak Koruna"),
	OLD(CUC, 931, 2, 2021, 7, 1, "Peso Convertible"),
	CUR(CUP, 192, 2, "Cuban Peso"),
	CUR(CVE, 132, 2, "Cabo Verde Escudo"),
	OLD(CYP, 196, 2, 2008, 1, 1, "Cyprus Pound"),
	CUR(CZK, 203, 2, "Czech Koruna"),
	OLD(DEM, 276, 2, 2002, 1, 1, "Deutsche Mark"),
	CUR(DJF, 262, 0, "Djibouti Franc"),
	CUR(DKK, 208, 2, "Danish Krone"),
	CUR(DOP, 214, 2, "Dominican Peso"),
	CUR(DZD, 12, 2, "Algerian Dinar"),
	OLD(ECS, 218, 2, 2000, 10, 1, "Sucre (Ecuador)"),
	OLD(ECV, 983, 2, 2000, 10, 1, "Unidad de Valor Constante"),
	OLD(EEK, 233, 2, 2011, 1, 1, "Kroon"),
	CUR(EGP, 818, 2, "Egyptian Pound"),
	CUR(ERN, 232, 2, "Nakfa"),
	OLD(ESB, 995, 0, 1995, 1, 1, "Convertible Peseta"),
	OLD(ESP, 724, 0, 2002, 1, 1, "Spanish Peseta"),
	CUR(ETB, 230, 2, "Ethiopian Birr"),
	CUR(EUR, 978, 2, "Euro"),
	OLD(FIM, 246, 2, 2002, 1, 1, "Markka"),
	CUR(FJD, 242, 2, "Fiji Dollar"),
	CUR(FKP, 238, 2, "Falkland Islands Pound"),
	OLD(FRF, 250, 2, 2002, 1, 1, "French Franc"),
	CUR(GBP, 826, 2, "Pound Sterling"),
	OLD(GEK, 268, 2, 1995, 10, 2, "Georgian Coupon"),
	CUR(GEL, 981, 2, "Lari"),
	OLD(GHC, 288, 2, 2008, 1, 1, "Cedi (1967)"),
	CUR(GHS, 936, 2, "Ghana Cedi"),
	CUR(GIP, 292, 2, "Gibraltar Pound"),
	CUR(GMD, 270, 2, "Dalasi"),
	CUR(GNF, 324, 0, "Guinean Franc"),
	OLD(GRD, 300, 0, 2002, 1, 1, "Drachma"),
	CUR(GTQ, 320, 2, "Quetzal"),
	OLD(GWP, 624, 2, 1997, 6, 1, "Guinea-Bissau Peso"),
	CUR(GYD, 328, 2, "Guyana Dollar"),
	CUR(HKD, 344, 2, "Hong Kong Dollar"),
	CUR(HNL, 340, 2, "Lempira"),
	OLD(HRD, 191, 2, 1995, 1, 1, "Croatian Dinar"),
	OLD(HRK, 191, 2, 2023, 1, 1, "Kuna"),
	CUR(HTG, 332, 2, "Gourde"),
	CUR(HUF, 348, 2, "Forint"),
	CUR(IDR, 360, 2, "Rupiah"),
	OLD(IEP, 372, 2, 2002, 1, 1, "Irish Pound"),
	CUR(ILS, 376, 2, "New Israeli Sheqel"),
	CUR(INR, 356, 2, "Indian Rupee"),
	CUR(IQD, 368, 3, "Iraqi Dinar"),
	CUR(IRR, 364, 2, "Iranian Rial"),
	CUR(ISK, 352, 0, "Iceland Krona"),
	OLD(ITL, 380, 0, 2002, 1, 1, "Italian Lira"),
	CUR(JMD, 388, 2, "Jamaican Dollar"),
	CUR(JOD, 400, 3, "Jordanian Dinar"),
	CUR(JPY, 392, 0, "Yen"),
	CUR(KES, 404, 2, "Kenyan Shilling"),
	CUR(KGS, 417, 2, "Som"),
	CUR(KHR, 116, 2, "Riel"),
	CUR(KMF, 174, 0, "Comorian Franc"),
	CUR(KPW, 408, 2, "North Korean Won"),
	CUR(KRW, 410, 0, "Won"),
	CUR(KWD, 414, 3, "Kuwaiti Dinar"),
	CUR(KYD, 136, 2, "Cayman Islands Dollar"),
	CUR(KZT, 398, 2, "Tenge"),
	CUR(LAK, 418, 2, "Lao Kip"),
	CUR(LBP, 422, 2, "Lebanese Pound"),
	CUR(LKR, 144, 2, "Sri Lanka Rupee"),
	CUR(LRD, 430, 2, "Liberian Dollar"),
	CUR(LSL, 426, 2, "Loti"),
	OLD(LTL, 440, 2, 2015, 1, 1, "Lithuanian Litas"),
	OLD(LTT, 440, 2, 1993, 8, 1, "Talonas"),
	OLD(LUF, 442, 0, 2002, 1, 1, "Luxembourg Franc"),
	OLD(LVL, 428, 2, 2014, 1, 1, "Latvian Lats"),
	OLD(LVR, 428, 2, 1995, 1, 1, "Latvian Ruble"),
	CUR(LYD, 434, 3, "Libyan Dinar"),
	CUR(MAD, 504, 2, "Moroccan Dirham"),
	CUR(MDL, 498, 2, "Moldovan Leu"),
	CUR(MGA, 969, 2, "Malagasy Ariary"),
	OLD(MGF, 450, 0, 2005, 1, 1, "Malagasy Franc"),
	CUR(MKD, 807, 2, "Denar"),
	CUR(MMK, 104, 2, "Kyat"),
	CUR(MNT, 496, 2, "Tugrik"),
	CUR(MOP, 446, 2, "Pataca"),
	OLD(MRO, 478, 2, 2018, 1, 1, "Ouguiya (1973)"),
	CUR(MRU, 929, 2, "Ouguiya"),
	OLD(MTL, 470, 2, 2008, 1, 1, "Maltese Lira"),
	CUR(MUR, 480, 2, "Mauritius Rupee"),
	CUR(MVR, 462, 2, "Rufiyaa"),
	CUR(MWK, 454, 2, "Malawi Kwacha"),
	CUR(MXN, 484, 2, "Mexican Peso"),
	OLD(MXP, 484, 2, 1993, 1, 1, "Mexican Peso (before 1993)"),
	CUR(MXV, 979, 2, "Mexican Unidad de Inversion (UDI)"),
	CUR(MYR, 458, 2, "Malaysian Ringgit"),
	OLD(MZM, 508, 2, 2006, 7, 1, "Mozambique Metical (1980)"),
	CUR(MZN, 943, 2, "Mozambique Metical"),
	CUR(NAD, 516, 2, "Namibia Dollar"),
	CUR(NGN, 566, 2, "Naira"),
	CUR(NIO, 558, 2, "Cordoba Oro"),
	OLD(NLG, 528, 2, 2002, 1, 1, "Netherlands Guilder"),
	CUR(NOK, 578, 2, "Norwegian Krone"),
	CUR(NPR, 524, 2, "Nepalese Rupee"),
	CUR(NZD, 554, 2, "New Zealand Dollar"),
	CUR(OMR, 512, 3, "Rial Omani"),
	CUR(PAB, 590, 2, "Balboa"),
	CUR(PEN, 604, 2, "Sol"),
	CUR(PGK, 598, 2, "Kina"),
	CUR(PHP, 608, 2, "Philippine Peso"),
	CUR(PKR, 586, 2, "Pakistan Rupee"),
	CUR(PLN, 985, 2, "Zloty"),
	OLD(PLZ, 616, 2, 1997, 1, 1, "Zloty (1950)"),
	OLD(PTE, 620, 0, 2002, 1, 1, "Portuguese Escudo"),
	CUR(PYG, 600, 0, "Guarani"),
	CUR(QAR, 634, 2, "Qatari Rial"),
	OLD(ROL, 642, 2, 2005, 7, 1, "Old Leu"),
	CUR(RON, 946, 2, "Romanian Leu"),
	CUR(RSD, 941, 2, "Serbian Dinar"),
	CUR(RUB, 643, 2, "Russian Ruble"),
	OLD(RUR, 810, 2, 2004, 1, 1, "Russian Ruble (before 1998)"),
	CUR(RWF, 646, 0, "Rwanda Franc"),
	CUR(SAR, 682, 2, "Saudi Riyal"),
	CUR(SBD, 90, 2, "Solomon Islands Dollar"),
	CUR(SCR, 690, 2, "Seychelles Rupee"),
	OLD(SDD, 736, 2, 2007, 7, 1, "Sudanese Dinar"),
	CUR(SDG, 938, 2, "Sudanese Pound"),
	OLD(SDP, 736, 2, 1998, 7, 1, "Sudanese Pound (1957)"),
	CUR(SEK, 752, 2, "Swedish Krona"),
	CUR(SGD, 702, 2, "Singapore Dollar"),
	CUR(SHP, 654, 2, "Saint Helena Pound"),
	OLD(SIT, 705, 2, 2007, 1, 1, "Tolar"),
	OLD(SKK, 703, 2, 2009, 1, 1, "Slovak Koruna"),
	CUR(SLE, 925, 2, "Leone"),
	OLD(SLL, 694, 2, 2024, 1, 1, "Leone (1964)"),
	CUR(SOS, 706, 2, "Somali Shilling"),
	CUR(SRD, 968, 2, "Surinam Dollar"),
	OLD(SRG, 740, 2, 2004, 1, 1, "Surinam Guilder"),
	CUR(SSP, 728, 2, "South Sudanese Pound"),
	OLD(STD, 678, 2, 2018, 1, 1, "Dobra (1977)"),
	CUR(STN, 930, 2, "Dobra"),
	CUR(SVC, 222, 2, "El Salvador Colon"),
	CUR(SYP, 760, 2, "Syrian Pound"),
	CUR(SZL, 748, 2, "Lilangeni"),
	CUR(THB, 764, 2, "Baht"),
	OLD(TJR, 762, 2, 2001, 5, 1, "Tajik Ruble"),
	CUR(TJS, 972, 2, "Somoni"),
	OLD(TMM, 795, 2, 2009, 1, 1, "Turkmenistan Manat (1993)"),
	CUR(TMT, 934, 2, "Turkmenistan New Manat"),
	CUR(TND, 788, 3, "Tunisian Dinar"),
	CUR(TOP, 776, 2, "Pa'anga"),
	OLD(TPE, 626, 0, 2002, 12, 1, "Timor Escudo"),
	OLD(TRL, 792, 0, 2006, 1, 1, "Old Turkish Lira"),
	CUR(TRY, 949, 2, "Turkish Lira"),
	CUR(TTD, 780, 2, "Trinidad and Tobago Dollar"),
	CUR(TWD, 901, 2, "New Taiwan Dollar"),
	CUR(TZS, 834, 2, "Tanzanian Shilling"),
	CUR(UAH, 980, 2, "Hryvnia"),
	OLD(UAK, 804, 2, 1996, 9, 17, "Karbovanets"),
	CUR(UGX, 800, 0, "Uganda Shilling"),
	CUR(USD, 840, 2, "US Dollar"),
	CUR(USN, 997, 2, "US Dollar (Next day)"),
	OLD(USS, 998, 2, 2014, 4, 1, "US Dollar (Same day)"),
	CUR(UYI, 940, 0, "Uruguay Peso en Unidades Indexadas"),
	OLD(UYP, 858, 2, 1993, 3, 1, "Uruguayan Peso (1975)"),
	CUR(UYU, 858, 2, "Peso Uruguayo"),
	CUR(UYW, 927, 4, "Unidad Previsional"),
	CUR(UZS, 860, 2, "Uzbekistan Sum"),
	OLD(VEB, 862, 2, 2008, 1, 1, "Bolivar"),
	CUR(VED, 926, 2, "Bolivar Soberano"),
	OLD(VEF, 937, 2, 2018, 8, 20, "Bolivar Fuerte"),
	CUR(VES, 928, 2, "Bolivar Soberano"),
	CUR(VND, 704, 0, "Dong"),
	CUR(VUV, 548, 0, "Vatu"),
	CUR(WST, 882, 2, "Tala"),
	CUR(XAD, 396, 2, "Arab Accounting Dinar"),
	CUR(XAF, 950, 0, "CFA Franc BEAC"),
	CUR(XAG, 961, 0, "Silver"),
	CUR(XAU, 959, 0, "Gold"),
	CUR(XBA, 955, 0, "European Composite Unit (EURCO)"),
	CUR(XBB, 956, 0, "European Monetary Unit (E.M.U.-6)"),
	CUR(XBC, 957, 0, "European Unit of Account 9 (E.U.A.-9)"),
	CUR(XBD, 958, 0, "European Unit of Account 17 (E.U.A.-17)"),
	CUR(XCD, 951, 2, "East Caribbean Dollar"),
	CUR(XCG, 532, 2, "Caribbean Guilder"),
	CUR(XDR, 960, 0, "Special Drawing Right"),
	OLD(XEU, 954, 2, 1999, 1, 1, "European Currency Unit"),
	OLD(XFO, 0, 0, 2006, 11, 1, "Gold-Franc"),
	OLD(XFU, 0, 0, 2013, 12, 1, "UIC-Franc"),
	CUR(XOF, 952, 0, "CFA Franc BCEAO"),
	CUR(XPD, 964, 0, "Palladium"),
	CUR(XPF, 953, 0, "CFP Franc"),
	CUR(XPT, 962, 0, "Platinum"),
	OLD(XRE, 0, 0, 1999, 12, 1, "RINET Funds Code"),
	CUR(XSU, 994, 0, "Sucre"),
	CUR(XTS, 963, 0, "Code reserved for testing"),
	CUR(XUA, 965, 0, "ADB Unit of Account"),
	CUR(XXX, 999, 0, "No currency involved"),
	CUR(YER, 886, 2, "Yemeni Rial"),
	OLD(YUM, 891, 2, 2003, 8, 1, "Yugoslavian New Dinar"),
	OLD(YUN, 890, 2, 1995, 12, 1, "Yugoslavian Dinar"),
	OLD(ZAL, 991, 2, 1995, 3, 13, "Financial Rand"),
	CUR(ZAR, 710, 2, "Rand"),
	OLD(ZMK, 894, 2, 2013, 1, 1, "Zambian Kwacha (1968)"),
	CUR(ZMW, 967, 2, "Zambian Kwacha"),
	OLD(ZRN, 180, 2, 1999, 7, 1, "New Zaire"),
	OLD(ZRZ, 180, 2, 1994, 3, 1, "Zaire"),
	OLD(ZWD, 716, 2, 2008, 8, 1, "Zimbabwe Dollar (1980)"),
	CUR(ZWG, 924, 2, "Zimbabwe Gold"),
	OLD(ZWL, 932, 2, 2024, 9, 1, "Zimbabwe Dollar (2009)"),
	OLD(ZWN, 942, 2, 2006, 10, 1, "Zimbabwe Dollar (new)"),
	OLD(ZWR, 935, 2, 2009, 7, 1, "Zimbabwe Dollar (2008)"),
};

#undef CUR
#undef OLD

const int ar_ccy_count = sizeof ar_ccy / sizeof ar_ccy[0];

int ar_ccy_find(struct ar_str code)
{
	static uint16_t slot[26 * 26 * 26];     /* index + 1 by letters; 0 = unknown */
	static bool filled;
	unsigned a, b, c;

	if (!filled) {
		for (int i = 0; i < ar_ccy_count; i++) {
			const char *k = ar_ccy[i].code;
			int at = ((k[0] - 'A') * 26 + (k[1] - 'A')) * 26 + (k[2] - 'A');

			slot[at] = (uint16_t)(i + 1);
		}
		filled = true;
	}
	if (code.n != 3)
		return AR_CCY_NONE;
	a = (unsigned char)code.p[0] - (unsigned)'A';
	b = (unsigned char)code.p[1] - (unsigned)'A';
	c = (unsigned char)code.p[2] - (unsigned)'A';
	if (a > 25 || b > 25 || c > 25)
		return AR_CCY_NONE;
	return slot[(a * 26 + b) * 26 + c] - 1;
}

int ar_ccy_numeric(int numeric)
{
	int best = AR_CCY_NONE;

	if (numeric <= 0)
		return AR_CCY_NONE;
	for (int i = 0; i < ar_ccy_count; i++) {
		if (ar_ccy[i].numeric != numeric)
			continue;
		if (ar_ccy[i].ended == AR_DATE_NONE)
			return i;
		if (best < 0 || ar_ccy[i].ended > ar_ccy[best].ended)
			best = i;
	}
	return best;
}
