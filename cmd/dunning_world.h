/* SPDX-License-Identifier: GPL-3.0-or-later */
/* dunning_world.h - what ar-dunning has read, as the facts of ar/dun.h, and where its findings gather. */
#ifndef AR_CMD_DUNNING_WORLD_H
#define AR_CMD_DUNNING_WORLD_H

#include "ar/open.h"
#include "cmd/dunning_letter.h"

struct contact {
	struct ar_str id, customer, name, email, language;
	int rank;                       /* smaller = better for a reminder */
	bool usable;                    /* not bounced, not opted out */
	int64_t recorded;
};

struct transit { struct ar_str item; int ccy; int64_t amount; };
struct seen_day { struct ar_str name; ar_date day; };

struct world {
	struct ar_io *io;
	struct ar_arena mem;            /* texts of what is held */
	struct ar_open *open;
	struct ar_dun_policies policies;
	struct ar_dun_facts f;          /* as_of is set before anything is read */
	int64_t known_at;
	struct contact *contact;
	struct transit *transit;
	struct seen_day *export;        /* newest per entity */
	size_t ncontact, ntransit, nexport;
	ar_date statement;              /* newest; AR_DATE_NONE = none came */
	struct ar_tab matches, contact_of;      /* match lines seen; customers that have contacts */
	uint32_t *first_contact;        /* by number in contact_of: index in `contact`, sorted */
	uint32_t *item_customer;        /* by item of f: customer in `open` */
	struct letters *letters;
	struct ar_rec rec;
	struct ar_arena rec_mem;
	struct ar_tab told;             /* findings made: code and what about */
	struct finding *finding;
	size_t nfinding;
};

struct finding { const char *code, *severity; struct ar_str message, about; };

/* Room for one more in a growing array; a doubling at each power of two. */
#define MORE(array, n) (*(((n) & ((n) - 1)) == 0 \
	? (void)((array) = ar_realloc((array), ((n) ? (n) * 2 : 1) * sizeof *(array))) : (void)0, &(array)[(n)++]))

/* Read all masters and all input to its true end; then make w->f. -1: io->err. */
int world_read(struct world *w, const struct ar_args *with);
int world_facts(struct world *w);
struct ar_str world_customer(struct world *w, uint32_t c, enum ar_f f);  /* a text of a customer of w->open, decoded */
void world_release(struct world *w);

#endif
