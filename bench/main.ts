// main.ts -- `npm run bench`: a row a node, then whole switches hot and cold
// beside C. README.md says how to read the rows.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { VEC_MAX } from '../assembly/abi/packet.ts';
import { catalog } from '../src/graph/catalog.ts';
import { headLines, machine } from './machine.ts';
import { type PipelineRow, SETS, type SetName } from './measure.ts';
import type { NodeRow } from './nodes.ts';
import { pipelines } from './pipelines/index.ts';
import type { Result } from './row.ts';
import { buildTwins } from './twins.ts';

const USAGE = `Usage: npm run bench -- [OPTIONS]

  --only NAME   rows of this node or pipeline (the beginning of a name will do); repeatable
  --nodes       nodes only
  --pipelines   pipelines only
  --hot, --cold one set only (nodes always have hot)
  --json        JSON on stdout, rows on stderr
  --save NAME   write the rows to bench/results/NAME.txt too
`;

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] }, nodes: { type: 'boolean' }, pipelines: { type: 'boolean' },
    hot: { type: 'boolean' }, cold: { type: 'boolean' }, json: { type: 'boolean' }, save: { type: 'string' }, help: { type: 'boolean', short: 'h' },
  },
});

const lines: string[] = [];
function say(line: string): void {
  lines.push(line);
  (options.json ? process.stderr : process.stdout).write(line + '\n');
}

/** @returns the row, or why there is none */
function child(...args: string[]): Result {
  const { status, signal, stdout, stderr, error } = spawnSync(process.execPath, [...process.execArgv, fileURLToPath(new URL('row.ts', import.meta.url)), ...args], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status === 0) return JSON.parse(stdout) as Result;
  failed = true;
  return `FAILED: ${error?.message ?? signal ?? /^\w*Error: .*(\n {2}.*){0,2}/m.exec(stderr)?.[0] ?? stderr}`;
}

let failed = false;
/** Names that --only asks for: exactly, else those that begin so. */
const wanted = (names: readonly string[]): string[] => names.filter(n => options.only.length === 0 || options.only.some(o => n === o || (n.startsWith(o) && !all.has(o))));
const all = new Set([...Object.keys(catalog), ...Object.keys(pipelines)]);

const NODE_HEAD = `# node, vectors of ${VEC_MAX}         hot ns/pkt     Mpps  cold ns/pkt    rme %   cases  harness`;
function nodeText(name: string, hot: Result, cold: Result | undefined): string {
  if (typeof hot === 'string') return `${name.padEnd(31)} ${hot}`;
  const { net, restore, rme, cases, of } = hot as NodeRow, far = cold === undefined ? '-' : typeof cold === 'string' ? 'FAILED' : (cold as NodeRow).net.toFixed(1);
  return `${name.padEnd(31)} ${net.toFixed(1).padStart(10)} ${(1e3 / net).toFixed(1).padStart(8)} ${far.padStart(12)} ${rme.toFixed(1).padStart(8)} ${`${cases}/${of}`.padStart(7)} ${restore.toFixed(1).padStart(8)}`;
}

const PIPELINE_HEAD = '# whole switch                  ns/packet      min     Mpps  C ns/pkt   weft/C  tables';
function pipelineText(name: string, set: SetName, r: Result): string {
  const label = `${name} ${set}`.padEnd(31);
  if (typeof r === 'string') return `${label} ${r}`;
  const [weft, c] = r as PipelineRow[], { median, min, what } = weft!;
  const beside = c ? `${c.median.toFixed(1).padStart(9)} ${c.first.toFixed(2).padStart(8)}` : `${'-'.padStart(9)} ${'-'.padStart(8)}`;
  return `${label} ${median.toFixed(1).padStart(9)} ${min.toFixed(1).padStart(8)} ${(1e3 / median).toFixed(1).padStart(8)} ${beside}  ${what}`;
}

if (options.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}

const head = machine(), nodeRows: unknown[] = [], pipelineRows: unknown[] = [];
for (const line of headLines(head)) say(line);
const nodes = options.pipelines ? [] : wanted(Object.keys(catalog)), chosen = options.nodes ? [] : wanted(Object.keys(pipelines));
if (nodes.length + chosen.length === 0) {
  process.stderr.write(`bench: no node or pipeline ${options.only.join(', ')}\n`);
  process.exit(2);
}

if (nodes.length > 0) say(NODE_HEAD);
for (const name of nodes) {
  const hot = child('node', name, 'hot'), cold = typeof hot === 'string' || (options.hot && !options.cold) ? undefined : child('node', name, 'cold');
  nodeRows.push(typeof hot === 'string' ? { node: name, none: hot } : { ...hot, cold: cold === undefined || typeof cold === 'string' ? cold : (cold as NodeRow).net });
  say(nodeText(name, hot, cold));
}

if (chosen.length > 0) {
  const why = buildTwins(), sets = (['hot', 'cold'] as const).filter(s => options[s] ?? !(options.hot || options.cold));
  say(PIPELINE_HEAD);
  say(`# ${sets.map(s => `${s}: ${SETS[s].toLocaleString('en')} packets`).join(', ')}; C twins: ${why || 'gcc -O3 -march=native, output compared byte for byte'}`);
  for (const name of chosen)
    for (const set of sets) {
      const result = child('pipeline', name, set, ...(why ? [] : ['twins']));
      pipelineRows.push(...(typeof result === 'string' ? [{ pipeline: name, set, none: result }] : result as PipelineRow[]));
      say(pipelineText(name, set, result));
    }
}

const after = machine().load;
say(`# load average at the end ${after.join(' ')}`);
if (options.json) process.stdout.write(JSON.stringify({ ...head, loadAfter: after, nodes: nodeRows, pipelines: pipelineRows }, null, 2) + '\n');
if (options.save) {
  const folder = new URL('results/', import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${options.save}.txt`, folder), lines.join('\n') + '\n');
}
process.exitCode = failed ? 1 : 0;
