// SPDX-License-Identifier: GPL-3.0-or-later
// The same tasks in DuckDB: node peers.mjs TASK INPUT OUTPUT. Prints wall seconds and CPU seconds of the query alone (without the start of
// node) and the peak of resident memory of the process in KB.
import { createRequire } from 'node:module';
import path from 'node:path';

const duckdb = createRequire(path.join(process.env.BENCH_NPM ?? '.', 'x.js'))('@duckdb/node-api');
const [task, input, output] = process.argv.slice(2);
const bucket = `CASE WHEN due IS NULL THEN 'no_date' WHEN due >= DATE '2026-10-31' THEN 'not_due'
	WHEN due >= DATE '2026-10-31' - 30 THEN '1-30' WHEN due >= DATE '2026-10-31' - 60 THEN '31-60'
	WHEN due >= DATE '2026-10-31' - 90 THEN '61-90' WHEN due >= DATE '2026-10-31' - 120 THEN '91-120' ELSE 'over_120' END`;
const lines = (columns) => `read_json('${input}', format = 'newline_delimited', columns = ${columns})`;
const csv = `(FORMAT csv, HEADER false)`;
const table = (from, where, open) => `COPY (SELECT customer, currency, ${bucket} AS bucket, sum(${open}) AS open FROM ${from}
	WHERE ${where} GROUP BY ALL ORDER BY ALL) TO '${output}' ${csv}`;

const tasks = {
	'age-records': table(lines(`{type: 'VARCHAR', customer: 'VARCHAR', currency: 'VARCHAR', due: 'DATE', open: 'DECIMAL(18,2)'}`),
		`type = 'invoice' AND open <> 0`, 'open'),
	'age-csv': table(`(SELECT 'us/erp:c:' || "Customer ID" AS customer, "Currency" AS currency, "Due Date" AS due, "Open Amount" AS open
		FROM read_csv('${input}', header = true, columns = {'Internal ID': 'VARCHAR', 'Document Number': 'VARCHAR', 'Customer ID': 'VARCHAR',
		'Customer Name': 'VARCHAR', 'Date': 'DATE', 'Due Date': 'DATE', 'Currency': 'VARCHAR', 'Amount': 'DECIMAL(18,2)',
		'Open Amount': 'DECIMAL(18,2)', 'Terms': 'VARCHAR', 'Status': 'VARCHAR', 'Sales Rep': 'VARCHAR'}))`, 'open <> 0', 'open'),
	'age-events': `WITH r AS MATERIALIZED (SELECT * FROM ${lines(`{type: 'VARCHAR', id: 'VARCHAR', target: 'VARCHAR', customer: 'VARCHAR',
		currency: 'VARCHAR', due: 'DATE', issued: 'DATE', date: 'DATE', amount: 'DECIMAL(18,2)'}`)}),
		a AS (SELECT target, sum(amount) AS paid FROM r WHERE type = 'application' AND date <= DATE '2026-10-31' GROUP BY target),
		i AS (SELECT customer, currency, due, amount - coalesce(paid, 0) AS open FROM r LEFT JOIN a ON r.id = a.target
			WHERE type = 'invoice' AND issued <= DATE '2026-10-31')
		COPY (SELECT customer, currency, ${bucket} AS bucket, sum(open) AS open FROM i WHERE open <> 0 GROUP BY ALL ORDER BY ALL)
		TO '${output}' ${csv}`,
	'join-references': `COPY (SELECT r.ref, r.id, l.id FROM read_csv('${input}/refs.csv', header = false, columns = {'id': 'VARCHAR', 'ref': 'VARCHAR'}) r
		JOIN read_csv('${input}/lines.csv', header = false, columns = {'id': 'VARCHAR', 'ref': 'VARCHAR'}) l ON r.ref = l.ref)
		TO '${output}' ${csv}`,
	'csv-json': `COPY (SELECT 'raw' AS type, * FROM read_csv('${input}', header = true, all_varchar = true)) TO '${output}' (FORMAT json)`,
};
// DuckDB's grammar has WITH inside COPY, not before it
tasks['age-events'] = tasks['age-events'].replace(/^(WITH[^]*?)\n\t\tCOPY \(/, 'COPY ($1 ');

const db = await (await duckdb.DuckDBInstance.create(':memory:', { threads: '2' })).connect();
const cpu = process.cpuUsage(), start = process.hrtime.bigint();
await db.run(tasks[task]);
const wall = Number(process.hrtime.bigint() - start) / 1e9, used = process.cpuUsage(cpu);
console.log(wall.toFixed(3), ((used.user + used.system) / 1e6).toFixed(3), process.resourceUsage().maxRSS);
