#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bank files of public projects through ar-extract | ar-normalize, compared with the facts of their expected.json.

    bank-samples.py SAMPLES MAPS BUILD [FOLDER ...]       TAP on standard output, one test a folder and format

Grades A and B: every fact must be met. Grade C: neither crash nor hang, and a status that is not 0 says why.

A new format: a folder in FOLDERS with a reader of its facts. A reader turns the facts of one file into a list of wanted
statements (class Want); what is None in it is not compared. What the facts have wrong, or what nobody can decide, stands in
EXCEPTIONS with the reason in words: FOLDER/FILE and the fact, or "*" for all of the file. TODO names what is not done yet, by
folder and version; a file of it that meets its facts is counted as such, so that the entry can go.
"""
import collections
import decimal
import json
import os
import re
import subprocess
import sys
import tempfile

D = decimal.Decimal
SECONDS = 20


class Want:
	"""One statement as the facts have it. lines: of (amount, value date, set of references[, other fields]) in order."""

	def __init__(self):
		self.account = self.opening = self.closing = self.entries = self.credits = self.debits = None
		self.lines = None
		self.references = set()


# ---- facts of each format ----

MARKERS = {'', 'NONREF', 'NOREF', 'EREF', 'MARF', 'PREF', 'EREF+', 'KREF+', 'MREF+', 'NOTPROVIDED'}


def signed(b):
	return None if b is None or b.get('amt') is None else D(b['amt']) * (-1 if b['mark'] == 'D' else 1)


def mt_statements(facts):
	"""Sheets of one statement (opening 60M, same account and number) are one."""
	wants, chains = [], {}
	for s in facts['statements']:
		number = (s['stmt'] or '').split('/')[0]
		key = (s['account'], number)
		w = chains.get(key) if s['open'] and s['open']['tag'] == '60M' else None
		if w is None:
			w = Want()
			w.account = s['account']
			w.opening = signed(s['open'])
			w.entries, w.credits, w.debits, w.lines = 0, D(0), D(0), []
			wants.append(w)
		w.closing = signed(s['close'])
		w.entries += s['n']
		w.credits += D(s['credits'])
		w.debits += D(s['debits'])
		for e in s['entries']:
			out = (e['mark'][-1] == 'D') != (e['mark'] in ('RC', 'RD'))
			refs = {r for r in ((e['cust_ref'] or '').strip(), (e['bank_ref'] or '').strip()) if r not in MARKERS}
			w.lines.append((D(e['amt']) * (-1 if out else 1), e['value_date'], refs))
		if s['close'] is None or s['close']['tag'] == '62M':
			chains[key] = w
		else:
			chains.pop(key, None)
	return wants


def camt_statements(facts):
	wants = []
	for s in facts['statements']:
		w = Want()
		w.account = s['account']
		for b in s['balances']:
			v = D(b['amt']) * (-1 if b['ind'] == 'DBIT' else 1)
			if b['code'] == 'OPBD' or (b['code'] == 'PRCD' and w.opening is None):
				w.opening = v
			if b['code'] == 'CLBD':
				w.closing = v
		w.entries = s['n_entries']
		w.credits, w.debits = D(s['credits']), D(s['debits'])
		w.references = {r[1] for r in s['references']} | set(s['end_to_end_ids'])
		w.references -= {'NOTPROVIDED', 'NONREF', 'NOTPRESENT'}
		wants.append(w)
	return wants


def ofx_line(t):
	"""Days as written; a day that its month does not have is its last; check number 0 is none."""
	day = {'20120231': '20120229'}.get(t.get('DTPOSTED', '')[:8], t.get('DTPOSTED', '')[:8])
	check = t.get('CHECKNUM', '0')
	fields = {'booked': '-'.join((day[:4], day[4:6], day[6:])) if day else None, 'bank_code': ['ofx=' + t['TRNTYPE'].upper()],
	          'check_number': check if check.strip('0') else None}
	if 'NAME' in t:
		fields['payer'] = t['NAME']
	if 'MEMO' in t:
		fields['text'] = list(dict.fromkeys([t[k] for k in ('NAME', 'MEMO') if k in t]))
	return D(t['TRNAMT']), None, {t[k] for k in ('FITID',) if t.get(k)}, fields


def ofx_statements(facts):
	wants = []
	for s in facts['statements']:
		w = Want()
		w.account, w.entries = s['account'], s['n']
		w.credits, w.debits = D(s['credits']), D(s['debits'])
		w.closing = D(s['ledger']) if s['ledger'] else None
		w.lines = [ofx_line(t) for t in s['tx']]
		wants.append(w)
	return wants


FOLDERS = {
	'betterplace+mt940_parser': ('mt940', mt_statements),
	'wolph+mt940': ('mt940', mt_statements),
	'genkgo+camt': ('camt', camt_statements),
	'viafintech+camt_parser': ('camt', camt_statements),
	'jseutter+ofxparse': ('ofx', ofx_statements),
}

# Keys given to a map for all files of a format: fragments say neither account nor currency.
KEYS = {'mt940': ('mt940.map', 'account = FRAGMENT\ncurrency = EUR\n')}

# (folder, file, fact): why it is not compared
MISTYPED = 'the file has :25: in place of the :86: of an entry; the first :25: is the account'
FEBRUARY = 'there is no 30 February: the last day of the month is taken, with a warning'
RABOBANK = 'account and name of the payer stand in place of a reference; they are fields of their own'
FRAGMENT = 'a :61: behind the end of the message, without one of its own: whose it is cannot be told'
WOLPH, SELF = 'files/mt940_tests/', 'files/mt940_tests/self-provided/'
EXCEPTIONS = {
	('betterplace+mt940_parser', 'files/test/fixtures/sepa_snippet_broken.txt', 'account'): MISTYPED,
	('wolph+mt940', WOLPH + 'betterplace/sepa_snippet_broken.sta', 'account'): MISTYPED,
	('wolph+mt940', WOLPH + 'jejik/rabobank.sta', 'references'): RABOBANK,
	('wolph+mt940', SELF + 'february_30.sta', 'value_date'): FEBRUARY,
	('wolph+mt940', SELF + 'transaction_details_wrapped.sta', 'value_date'): FEBRUARY,
	('wolph+mt940', SELF + 'wrapped_timestamp.sta', 'value_date'): FEBRUARY,
	('wolph+mt940', SELF + 'multiline.sta', 'statements'): FRAGMENT,
}

# (folder, file): what must be told about it, as a finding, a warning or on standard error
OFX = 'files/tests/fixtures/'
INVESTMENT = 'an investment statement is left out'
SAYS = {
	('jseutter+ofxparse', OFX + 'error_message.ofx'): '2000 ERROR: General Server Error',
	('jseutter+ofxparse', OFX + 'signon_fail.ofx'): '15500 ERROR: Your request could not be processed',
	('jseutter+ofxparse', OFX + 'signon_success.ofx'): 'the file holds no statement',
	('jseutter+ofxparse', OFX + 'signon_success_no_message.ofx'): 'the file holds no statement',
	('jseutter+ofxparse', OFX + 'bank_small.ofx'): 'the file holds no statement',
	('jseutter+ofxparse', OFX + 'account_listing_aggregation.ofx'): 'the file holds no statement',
	('jseutter+ofxparse', OFX + 'fail_nice/date_missing.ofx'): '20120231',
	('jseutter+ofxparse', OFX + 'fail_nice/decimal_error.ofx'): '$120',
}
for name in ('fidelity-savings', 'fidelity', 'investment_401k', 'investment_medium', 'td_ameritrade', 'tiaacref', 'vanguard', 'vanguard401k'):
	SAYS['jseutter+ofxparse', OFX + name + '.ofx'] = INVESTMENT

# Grade C, and yet their facts are met: files that other readers refuse
MET = {('jseutter+ofxparse', OFX + 'fail_nice/' + name + '.ofx') for name in ('date_missing', 'empty_balance')}

# (folder, pattern of the file): what is missing
TODO = []


# ---- what the programs make of a file ----

class Got:
	def __init__(self, statement, lines):
		self.statement, self.lines = statement, lines


def run(samples, maps, build, path):
	env = dict(os.environ, LC_ALL='C')
	extract = [os.path.join(build, 'ar-extract'), '--as-of=2026-01-01'] + ['--maps=' + m for m in maps] + [path]
	normalize = [os.path.join(build, 'ar-normalize'), '--entity=t'] + ['--maps=' + m for m in maps]
	raw = subprocess.run(extract, capture_output=True, timeout=SECONDS, env=env, check=False)
	out = subprocess.run(normalize, input=raw.stdout, capture_output=True, timeout=SECONDS, env=env, check=False)
	return raw, out


def records(b):
	return [json.loads(line) for line in b.decode('utf-8').splitlines() if line]


def place(r):
	return int(r['src'].split(':')[1])


def from_raw(r):
	"""Of a stream that was cut the records of statements do not come; of an MT file their raw rows tell the same."""
	return {k: r[n] for k, n in (('account', '25/account'), ('opening', '60/amount'), ('closing', '62/amount'), ('src', 'src')) if n in r}


def statements(raw, out):
	"""In the order of the file: statement records by id, lines by statement."""
	by_id, lines, details = {}, collections.defaultdict(list), collections.defaultdict(list)
	for r in records(out.stdout):
		if r['type'] == 'statement':
			by_id[r['id']] = r
		elif r['type'] == 'bank_line' and r.get('role', 'money') != 'detail':
			lines[r.get('statement')].append(r)
		elif r['type'] == 'bank_line' and not (r['tx'] and 'batch_mismatch' in r.get('warnings', [])):
			details[r.get('statement')].append(r)
	for i in set(details) - set(lines):     # a notification holds nothing but details
		lines[i] = details[i]
	raws = [r for r in records(raw.stdout) if r.get('.record') in ('statement', 'report', 'notice')]
	for r in raws:
		if 'statement' in r:
			key = 't/bank:s:' + r['statement'].replace('%', '%25').replace('/', '%2F').replace(':', '%3A')
			by_id.setdefault(key, from_raw(r))
	got = [Got(by_id.get(i), lines[i]) for i in set(by_id) | set(lines)]
	return sorted(got, key=lambda g: place(g.statement or g.lines[0])), len(raws)


def money(r, key):
	return None if r is None or key not in r else D(r[key])


def values(line):
	return {r.split('=', 1)[1] for r in line.get('references', [])}


def compare_lines(w, lines, wrong):
	for i, (want, got) in enumerate(zip(w.lines, lines)):
		if D(got['amount']) != want[0]:
			wrong('amount', 'entry %d: %s, wanted %s' % (i + 1, got['amount'], want[0]))
		if want[1] and got.get('value') != want[1]:
			wrong('value_date', 'entry %d: %s, wanted %s' % (i + 1, got.get('value'), want[1]))
		if not want[2] <= values(got):
			wrong('references', 'entry %d: %s, wanted %s' % (i + 1, sorted(values(got)), sorted(want[2])))
		for key, value in (want[3] if len(want) > 3 else {}).items():
			if got.get(key) != value:
				wrong(key, 'entry %d: %s, wanted %s' % (i + 1, got.get(key), value))


def compare(wants, got, raws, wrong):
	if raws != len(wants):
		wrong('statements', '%d, wanted %d' % (raws, len(wants)))
	if len(got) != len(wants):
		wrong('statements', '%d records, wanted %d' % (len(got), len(wants)))
		return
	by_account = {}
	for w in wants:
		by_account.setdefault(w.account, []).append(w)
	for i, w in enumerate(wants):
		g = got[i]
		entries = {l.get('entry') for l in g.lines}
		plus = sum((D(l['amount']) for l in g.lines if D(l['amount']) > 0), D(0))
		minus = -sum((D(l['amount']) for l in g.lines if D(l['amount']) < 0), D(0))
		account = (g.statement or {}).get('account') or (g.lines[0]['account'] if g.lines else None)
		for fact, is_, want in (('account', account, w.account), ('entries', len(entries), w.entries), ('credits', plus, w.credits),
		                        ('debits', minus, w.debits), ('opening', money(g.statement, 'opening'), w.opening),
		                        ('closing', money(g.statement, 'closing'), w.closing)):
			if want is not None and is_ != want:
				wrong(fact, 'statement %d: %s, wanted %s' % (i + 1, is_, want))
		if w.lines is not None and len(w.lines) == len(g.lines):
			compare_lines(w, g.lines, wrong)
		missing = w.references - set().union(*[values(l) for l in g.lines], set())
		if missing:
			wrong('references', 'statement %d: without %s' % (i + 1, sorted(missing)))


# ---- the run ----

class Count:
	def __init__(self):
		self.files = self.statements = self.entries = self.excepted = self.todo = self.todo_met = 0
		self.wrong = []


def todo_of(folder, name):
	for f, pattern, why in TODO:
		if f == folder and re.search(pattern, name):
			return why
	return None


def one_file(samples, maps, build, folder, name, facts, c):
	wrong = []
	excepted = {e[2]: r for e, r in EXCEPTIONS.items() if e[0] == folder and e[1] == name}
	used = set()

	def tell(fact, text):
		if fact in excepted or '*' in excepted:
			used.add(fact if fact in excepted else '*')
			c.excepted += 1
		else:
			wrong.append('%s: %s: %s' % (name, fact, text))

	c.files += 1
	try:
		raw, out = run(samples, maps, build, os.path.join(samples, folder, name))
	except subprocess.TimeoutExpired:
		c.wrong.append('%s: hangs' % name)
		return
	for what, p in (('ar-extract', raw), ('ar-normalize', out)):
		if p.returncode < 0 or p.returncode > 3:
			c.wrong.append('%s: %s ends with %d' % (name, what, p.returncode))
			return
		if p.returncode and not p.stderr and b'"type":"finding"' not in p.stdout:
			wrong.append('%s: %s ends with %d and does not say why' % (name, what, p.returncode))
	word = SAYS.get((folder, name))
	if word and word not in (raw.stderr + out.stdout + out.stderr).decode('utf-8', 'replace'):
		wrong.append('%s: it is not said that: %s' % (name, word))
	if facts['grade'] in 'AB' or (folder, name) in MET:
		got, raws = statements(raw, out)
		compare(FOLDERS[folder][1](facts), got, raws, tell)
		c.statements += raws
		c.entries += sum(len(g.lines) for g in got)
		if used != set(excepted):
			wrong.append('%s: the exception for %s is not needed' % (name, sorted(set(excepted) - used)))
	if wrong and todo_of(folder, name):
		c.todo += 1
	elif not wrong and todo_of(folder, name) and facts['grade'] in 'AB':
		c.todo_met += 1
	else:
		c.wrong += wrong


def facts_of_unlisted(samples, folder, listed):
	"""Files without facts: they must only not crash."""
	top = os.path.join(samples, folder, 'files')
	for at, _, names in sorted(os.walk(top)):
		for n in sorted(names):
			path = os.path.relpath(os.path.join(at, n), os.path.join(samples, folder))
			if path not in listed and os.path.splitext(n)[1].lower() in ('.sta', '.xml', '.txt', '.mt940', '.mt942'):
				yield path, {'grade': 'C'}


def main():
	samples, formats, build = sys.argv[1:4]
	folders = sys.argv[4:] or sorted(FOLDERS)
	failed = 0
	print('1..%d' % len(folders))
	with tempfile.TemporaryDirectory() as tmp:
		for n, folder in enumerate(folders):
			kind = FOLDERS[folder][0]
			maps = [formats]
			if kind in KEYS:
				name, keys = KEYS[kind]
				os.makedirs(os.path.join(tmp, kind, 'banks'), exist_ok=True)
				with open(os.path.join(formats, 'banks', name), encoding='utf-8') as f:
					text = f.read().replace('[map]\n', '[map]\n' + keys, 1)
				with open(os.path.join(tmp, kind, 'banks', name), 'w', encoding='utf-8') as f:
					f.write(text)
				maps.insert(0, os.path.join(tmp, kind))
			with open(os.path.join(samples, folder, 'expected.json'), encoding='utf-8') as f:
				expected = json.load(f)
			c = Count()
			for name, facts in sorted(list(expected.items()) + list(facts_of_unlisted(samples, folder, expected))):
				one_file(samples, maps, build, folder, name, facts, c)
			for w in c.wrong:
				print('# ' + w)
			failed += bool(c.wrong)
			print('%s %d - %s (%s): %d files, %d statements, %d entries, %d facts excepted, %d files todo%s' % (
				'not ok' if c.wrong else 'ok', n + 1, folder, kind, c.files, c.statements, c.entries, c.excepted, c.todo,
				', %d of them met' % c.todo_met if c.todo_met else ''))
	return 1 if failed else 0


if __name__ == '__main__':
	sys.exit(main())
