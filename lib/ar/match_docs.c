/* SPDX-License-Identifier: GPL-3.0-or-later */
/* match_docs.c - candidates out of documents that a line quotes: by reference, by number, as the bank file names them. */
#include "config.h"

#include "ar/match_in.h"

enum { SLIP_MAX = 40 };         /* longer keys are not retyped */

static void push(struct ar_match *m, uint32_t *v, int *n, uint32_t i)
{
	if (m->item[i].mark == m->mark || *n == MAX_FOUND)
		return;
	m->item[i].mark = m->mark;
	v[(*n)++] = i;
}

/* The documents of a key: those still open, or where none is, those settled. */
static int chain(const struct ar_match *m, const struct hit *h, bool open, uint32_t out[AR_MATCH_CHAIN])
{
	int n = 0, seen = 0;

	AR_MI_EACH(m, p, h->key) {
		uint32_t i = ar_mi_value(m, p);

		if (seen++ == AR_MATCH_CHAIN)
			return -1;
		if ((m->item[i].open != 0) == open)
			out[n++] = i;
	}
	return n;
}

static bool is_family(const struct ar_match *m, const uint32_t *v, int n)
{
	for (int i = 1; i < n; i++)
		if (m->item[v[i]].group != m->item[v[0]].group || m->item[v[i]].in.credit != m->item[v[0]].in.credit ||
		    !ar_streq(m->item[v[i]].in.number, m->item[v[0]].in.number))
			return false;
	return true;
}

static int keep_group(const struct ar_match *m, uint32_t *v, int n, uint32_t group)
{
	int k = 0;

	for (int i = 0; i < n; i++)
		if (m->item[v[i]].group == group)
			v[k++] = v[i];
	return k;
}

/* One key that several documents have: the payer's own, else the one with just this amount, which then is a guess. */
static int choose(const struct ar_match *m, const struct line *l, uint32_t *v, int n, struct found *f)
{
	uint32_t own[AR_MATCH_CHAIN];
	int k, equal = -1;

	memcpy(own, v, (size_t)n * sizeof *v);
	k = keep_group(m, own, n, ar_mi_known(l));
	if (k && is_family(m, own, k)) {
		memcpy(v, own, (size_t)k * sizeof *v);
		f->left_out = true;
		return k;
	}
	f->ambiguous = true;
	f->alternatives += n - 1;
	for (int i = 0; i < n; i++)
		if (m->item[v[i]].open == l->in->amount) {
			if (equal >= 0)
				return 0;
			equal = i;
		}
	if (equal < 0)
		return 0;
	v[0] = v[equal];
	return 1;
}

static void take_hit(struct ar_match *m, const struct line *l, const struct hit *h, struct found *f)
{
	bool doubtful = h->flags & AR_TOKEN_WEAK || h->how == BY_ORDER;
	uint32_t v[AR_MATCH_CHAIN];
	int n = chain(m, h, true, v);

	if (n < 0) {
		ar_mi_trace(m, l, "  '%.*s' stands for more than %d documents: says nothing", AR_STR_FMT(h->text), AR_MATCH_CHAIN);
		return;
	}
	if (n == 0) {
		n = chain(m, h, false, v);
		if (doubtful)
			n = keep_group(m, v, n, ar_mi_known(l));
		for (int i = 0; i < n; i++)
			push(m, f->settled, &f->nsettled, v[i]);
		return;
	}
	if (n > 1 && !is_family(m, v, n))
		n = choose(m, l, v, n, f);
	f->weak |= n && doubtful;
	f->how |= n ? h->how : 0;
	f->family |= n > 1;
	for (int i = 0; i < n; i++)
		push(m, f->open, &f->nopen, v[i]);
}

static void sort_items(const struct ar_match *m, uint32_t *v, int n) /* few, and nearly in order */
{
	for (int i = 1; i < n; i++) {
		uint32_t x = v[i];
		int j = i;

		for (; j > 0 && ar_mi_before(m, x, v[j - 1]); j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}

static void collect(struct ar_match *m, const struct line *l, unsigned how, bool expanded, struct found *f)
{
	uint32_t group = ar_mi_known(l);
	int own;

	f->nopen = f->nsettled = f->alternatives = f->how = 0;
	f->weak = f->ambiguous = f->groups = f->family = f->left_out = false;
	m->mark++;
	for (int i = 0; i < l->nhit; i++)
		if (l->hit[i].how & how && (expanded || !(l->hit[i].flags & AR_TOKEN_EXPANDED)))
			take_hit(m, l, &l->hit[i], f);
	for (int i = 1; i < f->nopen; i++)
		f->groups |= m->item[f->open[i]].group != m->item[f->open[0]].group;
	own = f->groups ? 0 : f->nopen;
	for (int i = 0; f->groups && i < f->nopen; i++)
		own += m->item[f->open[i]].group == group;
	if (f->groups && own) {
		f->nopen = keep_group(m, f->open, f->nopen, group);
		f->groups = false;
		f->left_out = true;
	}
	sort_items(m, f->open, f->nopen);
}

/* What is quoted, expanded where only that explains the amount. */
static struct found *found_for(struct ar_match *m, const struct line *l, unsigned how, enum fit *fit)
{
	struct found *f = ar_arena_alloc(&m->scratch, sizeof *f);

	collect(m, l, how, false, f);
	*fit = ar_mi_fits(m, l, f->open, f->nopen);
	if (*fit == FIT_EXACT || *fit == FIT_DISCOUNT)
		return f;
	for (int i = 0; i < l->nhit; i++)
		if (l->hit[i].flags & AR_TOKEN_EXPANDED) {
			struct found *more = ar_arena_alloc(&m->scratch, sizeof *more);
			enum fit with;

			collect(m, l, how, true, more);
			with = ar_mi_fits(m, l, more->open, more->nopen);
			if (with != FIT_EXACT && with != FIT_DISCOUNT)
				break;
			*fit = with;
			return more;
		}
	return f;
}

/* Several instalments of one number: the one with this amount, if it is the only one. */
static bool reduce(const struct ar_match *m, const struct line *l, struct found *f)
{
	int equal = -1;

	for (int i = 0; i < f->nopen; i++)
		if (ar_mi_fits(m, l, &f->open[i], 1) == FIT_EXACT) {
			if (equal >= 0)
				return false;
			equal = i;
		}
	if (equal < 0)
		return false;
	f->alternatives += f->nopen - 1;
	f->open[0] = f->open[equal];
	f->nopen = 1;
	return true;
}

static uint8_t document_mark(const struct found *f)
{
	if (f->weak)
		return f->how & ~(unsigned)BY_ORDER ? AR_DOC_WEAK : AR_DOC_ORDER;
	return f->how == BY_REF ? AR_DOC_REFERENCE : f->how == BY_ORDER ? AR_DOC_ORDER : AR_DOC_NUMBER;
}

/* Is there an open document of another payer with this key and amount? */
static bool rival(const struct ar_match *m, const struct line *l, struct ar_str key, uint32_t item)
{
	int n = 0;

	AR_MI_EACH(m, p, ar_mi_find(m, K_NUMBER, l->entity, key)) {
		const struct item *it = &m->item[ar_mi_value(m, p)];

		if (n++ == AR_MATCH_CHAIN)
			return true;
		if (it->group != m->item[item].group && it->in.ccy == m->item[item].in.ccy && it->open == m->item[item].open)
			return true;
	}
	return false;
}

/*
 * A number one slip of the fingers away - a digit wrong, two exchanged, one missing, one too many (F. Damerau, 1964) - that is another
 * payer's document of the same amount: then the amount confirms nothing.
 */
static bool mistyped(const struct ar_match *m, const struct line *l, struct ar_str key, uint32_t item)
{
	char v[SLIP_MAX + 2];

	if (key.n > SLIP_MAX)
		return false;
	for (size_t i = 0; i <= key.n; i++) {
		memcpy(v, key.p, i);
		if (i < key.n)
			memcpy(v + i + 1, key.p + i, key.n - i);
		for (char d = '0'; d <= '9'; d++) { /* one missing: put in before the i-th */
			v[i] = d;
			if (rival(m, l, (struct ar_str){ v, key.n + 1 }, item))
				return true;
		}
		if (i == key.n || !ar_is_digit(key.p[i]))
			continue;
		memcpy(v, key.p, key.n);
		for (char d = '0'; d <= '9'; d++) {
			v[i] = d;
			if (d != key.p[i] && rival(m, l, (struct ar_str){ v, key.n }, item))
				return true;
		}
		memcpy(v, key.p, key.n);
		if (i + 1 < key.n) {
			v[i] = key.p[i + 1];
			v[i + 1] = key.p[i];
			if (key.p[i] != key.p[i + 1] && rival(m, l, (struct ar_str){ v, key.n }, item))
				return true;
		}
		memcpy(v + i, key.p + i + 1, key.n - i - 1);
		if (rival(m, l, (struct ar_str){ v, key.n - 1 }, item))
			return true;
	}
	return false;
}

/* Who sends it is not known: only the number and the amount speak. */
static const char *stranger_veto(struct ar_match *m, const struct line *l, const struct found *f, uint32_t group)
{
	if (l->nparty && l->party[0].group != group)
		return "the payer's name is nearly that of another customer";
	for (int i = 0; !l->nparty && f->nopen == 1 && i < l->nhit; i++) {
		struct ar_str key[3];
		unsigned flags[3];

		if (l->hit[i].how == BY_REF || !ar_number_keys(l->hit[i].text, key, flags, &m->scratch))
			continue;
		if (mistyped(m, l, key[0], f->open[0]))
			return "another payer's document of the same amount has nearly this number, and the payer is not known";
	}
	return NULL;
}

/* NULL: nothing speaks against it. */
static const char *veto(struct ar_match *m, struct line *l, const struct found *f, uint32_t group, bool issued)
{
	uint32_t known = ar_mi_known(l);

	if (f->groups)
		return "the documents belong to different payers";
	if (f->ambiguous)
		return "a number stands for several documents";
	if (f->nsettled && !issued)
		return "a document is quoted too that is settled already";
	if (l->cut)
		return "the text holds more numbers than are looked at";
	if (f->weak && known != group)
		return "the number could be something else, and the payer is not known as its customer";
	if (!issued && known != NONE && known != group)
		return l->party[0].how == AR_PARTY_ACCOUNT ? "the money came from another customer's account"
		       : l->party[0].how == AR_PARTY_NAME  ? "the payer's name is that of another customer"
							   : "the text names another customer's number";
	if (issued || l->exact_party || f->how & BY_REF)
		return NULL;
	ar_mi_guess_party(m, l);
	return stranger_veto(m, l, f, group);
}

struct cand *ar_mi_docs_cand(struct ar_match *m, struct line *l, const struct found *f, enum ar_mrule rule, unsigned how)
{
	struct cand *c = ar_mi_cand(m, rule, "receipt", f->nopen);
	uint32_t group = m->item[f->open[0]].group;

	c->mark[AR_MC_PARTY] = ar_mi_party_of(l, group);
	c->mark[AR_MC_DOCUMENT] = document_mark(f);
	c->mark[AR_MC_AMOUNT] = f->nopen > 1 ? AR_AMT_SUM : AR_AMT_EXACT;
	c->alternatives = f->alternatives;
	c->veto = veto(m, l, f, group, how == BY_REF);
	ar_mi_say_quotes(m, &c->told, l, f->open, f->nopen, how);
	return c;
}

void ar_mi_docs_rest(struct ar_match *m, struct cand *c, const struct line *l, const struct found *f, enum fit fit)
{
	ar_mi_say_fit(m, &c->told, l, f->open, f->nopen, fit);
	if (f->left_out)
		ar_mi_say(m, &c->told, "documents of other customers with such a number were left out", NULL);
	ar_mi_say_payer(m, &c->told, l);
}

static struct cand *whole(struct ar_match *m, struct line *l, const struct found *f, enum ar_mrule rule, enum fit fit, unsigned how)
{
	struct cand *c = ar_mi_docs_cand(m, l, f, rule, how);

	if (fit == FIT_DISCOUNT)
		c->mark[AR_MC_AMOUNT] = AR_AMT_DISCOUNT;
	if (fit == FIT_OVER) {
		c->mark[AR_MC_RESIDUAL] = AR_RES_OVER;
		c->reason = "over";
	}
	ar_mi_docs_rest(m, c, l, f, fit);
	ar_mi_parts(m, l, c, f->open, f->nopen, fit);
	return c;
}

/* ---- the auto pass ---- */

struct cand *ar_mi_auto_docs(struct ar_match *m, uint32_t line, unsigned how, enum ar_mrule one, enum ar_mrule several)
{
	struct line *l = &m->line[line];
	enum fit fit;
	struct found *f;
	struct cand *c;
	const char *why;

	if (!l->nhit && !l->traced)
		return NULL;
	f = found_for(m, l, how, &fit);
	if (!f->nopen || fit == FIT_NONE) {
		ar_mi_trace(m, l, "  %s: %s", ar_match_rule(one),
			    f->nopen ? "what is quoted is not in this currency, or nothing to pay"
			    : f->nsettled ? "what is quoted is settled"
					  : "nothing of ours is quoted");
		return NULL;
	}
	if (f->family && fit != FIT_EXACT && reduce(m, l, f))
		fit = FIT_EXACT;
	if (fit == FIT_SHORT) {
		c = ar_mi_auto_short(m, line, f, how);
		if (c)
			return c;
		why = veto(m, l, f, m->item[f->open[0]].group, how == BY_REF);
		l->blocked = why;
		ar_mi_trace(m, l, "  %s: %s", ar_match_rule(f->nopen > 1 ? several : one), why ? why : "less was paid than is open");
		return NULL;
	}
	c = whole(m, l, f, f->nopen > 1 ? several : one, fit, how);
	why = ar_mi_no_auto(m, l, c);
	if (!why)
		return c;
	ar_mi_trace(m, l, "  %s: %s", ar_match_rule(c->rule), why);
	l->blocked = why;
	return NULL;
}

/* ---- only some of what is quoted ---- */

static void say_some(struct ar_match *m, struct line *l, const struct found *f, unsigned how, struct cands *s)
{
	struct found *some;
	int64_t v[16];
	uint64_t bits = 0;
	bool incomplete;
	int n = f->nopen < 16 ? f->nopen : 16, found;

	if (n < 2)
		return;
	some = ar_arena_alloc(&m->scratch, sizeof *some);
	for (int i = 0; i < n; i++) {
		const struct item *it = &m->item[f->open[i]];

		v[i] = it->in.ccy == l->in->ccy ? it->open : INT64_MAX / 64;
		if (it->in.ccy == l->in->ccy && it->open == l->in->amount)
			bits = bits ? bits : 1ULL << i;
	}
	found = bits ? 1 : ar_mi_subset(v, n, l->in->amount, &bits, &incomplete, &m->scratch);
	if (!found || bits == (1ULL << n) - 1)
		return;
	*some = (struct found){ .how = f->how, .weak = f->weak, .alternatives = found - 1 };
	for (int i = 0; i < n; i++)
		if (bits >> i & 1)
			some->open[some->nopen++] = f->open[i];
	for (int i = 1; i < some->nopen; i++)
		if (m->item[some->open[i]].group != m->item[some->open[0]].group)
			return;
	{
		struct cand *c = whole(m, l, some, AR_M_SOME, FIT_EXACT, how);

		c->mark[AR_MC_DOCUMENT] = AR_DOC_SOME;
		c->veto = "only some of what is quoted is paid";
		ar_mi_add(s, c);
	}
}

/* ---- other currencies ---- */

static struct cand *foreign(struct ar_match *m, struct line *l, const struct found *f, enum ar_mrule rule, const int64_t *weight,
			    const int64_t *part, unsigned how)
{
	struct cand *c = ar_mi_docs_cand(m, l, f, rule, how);

	c->converted = true;
	for (int i = 0; i < f->nopen; i++)
		ar_mi_part(c, f->open[i], weight[i])->source = part[i];
	return c;
}

/* What the bank says was sent is what is open; or what came is what is open, by the rate of the day. */
static void say_currency(struct ar_match *m, struct line *l, const struct found *f, unsigned how, struct cands *s)
{
	int64_t weight[MAX_FOUND], part[MAX_FOUND], sum = 0, by_rate;
	uint16_t ccy = m->item[f->open[0]].in.ccy;
	char a[TEXT], b[TEXT];
	struct cand *c;

	if (ccy == l->in->ccy)
		return;
	for (int i = 0; i < f->nopen; i++) {
		const struct item *it = &m->item[f->open[i]];

		if (it->in.ccy != ccy || it->in.credit || !ar_add(sum, it->open, &sum))
			return;
		weight[i] = it->open;
	}
	if (!ar_allocate(l->in->amount, weight, f->nopen, part))
		return;
	if (l->in->instructed_ccy == ccy && l->in->instructed == sum) {
		c = foreign(m, l, f, AR_M_INSTRUCTED, weight, part, how);
		c->mark[AR_MC_AMOUNT] = AR_AMT_INSTRUCTED;
		ar_mi_say(m, &c->told, "the payer sent ", ar_mi_money(l->in->instructed, ccy, a), ", which is what is open", NULL);
	} else {
		int64_t off;

		if (!m->policy.convert || l->in->booked == AR_DATE_NONE || !m->policy.conf ||
		    !m->policy.convert(m->policy.ctx, l->in->entity, l->in->booked, sum, ccy, l->in->ccy, &by_rate))
			return;
		off = by_rate > l->in->amount ? by_rate - l->in->amount : l->in->amount - by_rate;
		if ((ar_wide)off * 1000 > (ar_wide)by_rate * m->policy.conf->rate_permille)
			return;
		c = foreign(m, l, f, AR_M_CONVERTED, weight, part, how);
		c->mark[AR_MC_AMOUNT] = AR_AMT_CONVERTED;
		ar_mi_say(m, &c->told, "open are ", ar_mi_money(sum, ccy, a), ", by the rate of the day ", ar_mi_money(by_rate, l->in->ccy, b), NULL);
	}
	c->veto = "another currency arrived";
	ar_mi_say_payer(m, &c->told, l);
	ar_mi_say(m, &c->told, "no auto: another currency arrived", NULL);
	ar_mi_add(s, c);
}

/* ---- all that can be said about what is quoted ---- */

static void say_how(struct ar_match *m, uint32_t line, unsigned how, enum ar_mrule one, enum ar_mrule several, struct cands *s)
{
	struct line *l = &m->line[line];
	enum fit fit;
	struct found *f = found_for(m, l, how, &fit);
	struct found *all;

	if (!f->nopen)
		return;
	say_currency(m, l, f, how, s);
	all = ar_arena_alloc(&m->scratch, sizeof *all);
	*all = *f;
	if (fit != FIT_EXACT && fit != FIT_DISCOUNT && (f->nopen > 1 || f->groups) && reduce(m, l, f))
		fit = FIT_EXACT;
	else if (fit == FIT_SHORT || fit == FIT_OVER)
		say_some(m, l, f, how, s);
	if (fit == FIT_EXACT || fit == FIT_DISCOUNT) {
		ar_mi_add(s, whole(m, l, f, f->nopen > 1 ? several : one, fit, how));
		return;
	}
	if (all->groups) {
		ar_mi_trace(m, l, "  the documents quoted belong to different payers");
		return;
	}
	if (fit == FIT_NONE || (f->weak && ar_mi_known(l) != m->item[f->open[0]].group))
		return;
	if (fit == FIT_SHORT)
		ar_mi_say_short(m, line, f, how, s);
	else
		ar_mi_add(s, whole(m, l, f, how == BY_REF ? AR_M_REF_OVER : AR_M_NUMBER_OVER, fit, how));
}

/* Only documents are quoted that are settled: paid twice, or a mistake. The money waits, it goes nowhere else. */
static void say_settled(struct ar_match *m, uint32_t line, struct cands *s)
{
	struct line *l = &m->line[line];
	struct found *f = ar_arena_alloc(&m->scratch, sizeof *f);
	const struct item *it;
	struct cand *c;
	char day[11];
	int k = 0;
	bool twice;

	collect(m, l, BY_ALL, true, f);
	if (f->nopen || !f->nsettled)
		return;
	sort_items(m, f->settled, f->nsettled);
	while (k < f->nsettled && m->item[f->settled[k]].in.amount != l->in->amount &&
	       m->item[f->settled[k]].in.amount - m->item[f->settled[k]].in.discount != l->in->amount)
		k++;
	twice = k < f->nsettled;
	it = &m->item[f->settled[twice ? k : 0]];
	c = ar_mi_cand(m, twice ? AR_M_DUPLICATE : AR_M_CLOSED, twice ? "duplicate" : "receipt", 0);
	ar_mi_say_quotes(m, &c->told, l, f->settled, f->nsettled, BY_ALL);
	if (it->by != NONE)
		ar_mi_say(m, &c->told, "it is paid by ", ar_mi_z(m, m->line[it->by].in->id), " already", NULL);
	else if (it->in.settled != AR_DATE_NONE)
		ar_mi_say(m, &c->told, "it was settled on ", ar_date_z(day, it->in.settled), " already", NULL);
	else
		ar_mi_say(m, &c->told, "nothing is open of it", NULL);
	if (twice)
		ar_mi_say(m, &c->told, "its amount is that of this payment: paid twice", NULL);
	ar_mi_say_payer(m, &c->told, l);
	c->mark[AR_MC_PARTY] = ar_mi_party_of(l, it->group);
	c->mark[AR_MC_DOCUMENT] = AR_DOC_NUMBER;
	c->mark[AR_MC_AMOUNT] = twice ? AR_AMT_SETTLED : AR_AMT_PART;
	c->mark[AR_MC_RESIDUAL] = AR_RES_ALL;
	if (!l->exact_party)
		c->customer = it->customer;
	ar_mi_add(s, c);
}

void ar_mi_say_docs(struct ar_match *m, uint32_t line, struct cands *s)
{
	const struct line *l = &m->line[line];
	bool refs = false, others = false;

	for (int i = 0; i < l->nhit; i++) {
		refs |= l->hit[i].how == BY_REF;
		others |= l->hit[i].how != BY_REF;
	}
	if (refs)
		say_how(m, line, BY_REF, AR_M_REF, AR_M_REF_SUM, s);
	if (others)
		say_how(m, line, BY_ALL, AR_M_NUMBER, AR_M_NUMBER_SUM, s);
	if (refs || others)
		say_settled(m, line, s);
}
