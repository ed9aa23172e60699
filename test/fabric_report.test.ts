// fabric_report.test.ts -- run folders: what is in them, that looking changes
// nothing, and that the page is a page.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SimPort } from '../assembly/abi/sim.ts';
import { runScenario } from '../src/fabric/run.ts';
import { Sampler } from '../src/fabric/samples.ts';
import { Scenario } from '../src/fabric/scenario.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { golden } from './golden.ts';
import { needs } from './skip.ts';
import { WEFT, weft } from './weft.ts';

const dir = mkdtempSync(join(tmpdir(), 'weft-fabric-report-')), gallery = fileURLToPath(new URL('../examples/fabric/', import.meta.url)), example = join(gallery, 'ecmp-fare.yaml');
test.after(() => { rmSync(dir, { recursive: true }); });

const out = join(dir, 'run');
let ran = { code: null as number | null, out: '', err: '' };
test.before(() => { ran = weft(['fabric', 'run', example, '--balance', 'ecmp,fare', '--out', out, '--json']); });

interface Document { runs: { balance: string; goodput: number; seconds: number; completed: number; pfc: { frames: number }; utilisation: { stages: Record<string, { mean: number }> } }[]; meta?: unknown }
const rows = (file: string): Record<string, string>[] => {
  const [head, ...lines] = readFileSync(join(out, file), 'utf8').trim().split('\n').map(l => l.split(','));
  return lines.map(l => Object.fromEntries(l.map((cell, i) => [head![i]!, cell])));
};
const sum = (list: Record<string, string>[], column: string) => list.reduce((s, r) => s + Number(r[column]), 0);

test('a run folder: the exact inputs, and all results', () => {
  assert.is(ran.code, 0, ran.err);
  assert.equal(readdirSync(out).sort(), ['ecmp-1', 'fabric.yaml', 'fare-1', 'report.html', 'result.json', 'run.json']);
  assert.is(readFileSync(join(out, 'fabric.yaml'), 'utf8'), readFileSync(example, 'utf8'));
  assert.equal(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')), JSON.parse(ran.out));
  const inputs = JSON.parse(readFileSync(join(out, 'run.json'), 'utf8')) as Record<string, unknown>;
  assert.is(inputs['sha256'], createHash('sha256').update(readFileSync(example)).digest('hex'));
  assert.equal(inputs['arguments'], ['run', example, '--balance', 'ecmp,fare', '--out', out, '--json']);
  const plain = weft(['fabric', 'run', example, '--balance', 'ecmp,fare', '--json']), without = (text: string) => ({ ...JSON.parse(text) as Document, meta: 0 });
  assert.equal(without(plain.out), without(ran.out), 'looking changes nothing');
});

test('time series add up to the result', () => {
  for (const run of (JSON.parse(ran.out) as Document).runs) {
    const series = rows(`${run.balance}-1/timeseries.csv`), seconds = sum(series, 'seconds'), delivered = series.reduce((s, r) => s + Number(r['goodput_bps']) * Number(r['seconds']), 0);
    assert.ok(Math.abs(seconds - run.seconds) < 1e-12 + run.seconds * 1e-9);
    assert.ok(Math.abs(delivered - run.goodput * run.seconds) < 1);
    assert.is(sum(series, 'pfc_frames'), run.pfc.frames);
    assert.ok(series.length > 50 && series.length <= 256, `${series.length} samples`);
    const flows = rows(`${run.balance}-1/flows.csv`);
    assert.is(flows.length, run.completed);
    // 16 messages of 16 MB cross every stage once: frames and what a wire adds, over 16 links of 400 Gbit/s.
    const busy = series.reduce((s, r) => s + Number(r['spine > leaf mean']) * Number(r['seconds']), 0), packets = Math.ceil(16e6 / 4096), wire = (16e6 + packets * (74 + 24)) * 8 / 400e9;
    // Acknowledgements go the same ways back: 86 bytes for every four packets.
    const acknowledged = Math.ceil(packets / 4) * 86 * 8 / 400e9;
    assert.ok(busy >= wire && busy < wire + acknowledged * 1.2, `${busy} s for ${wire} s`);
  }
});

test('samples halve when there are too many, and lose nothing', async () => {
  const s = new Scenario('long.yaml', 'topology: {kind: leaf-spine, leaves: 2, spines: 2, hosts_per_leaf: 1}\nworkload: [{kind: permutation, bytes: 60MB}]');
  let sampler: Sampler | undefined;
  const { sim, result } = await runScenario(loadKernels({ memory: 256 * 2 ** 20, small: 64, jumbo: 16, huge: 4 }), s, 'fare', 1, { watch: sim => (sampler = new Sampler(sim)) });
  const { samples } = sampler!;
  assert.ok(samples.length >= 127 && samples.length < 256, `${samples.length}`);
  assert.is(samples.reduce((n, x) => n + x.delivered, 0), 120e6);
  // Two hosts, two wires: all the time that those were busy, but for a frame that was not over.
  const busy = [0, 1].reduce((t, h) => t + Number(sim.k.view.getBigUint64(sim.portRecord(sim.port(h, 0)) + SimPort.BUSY, true)) / 2e12, 0), stage = sampler!.stages.indexOf('host > leaf');
  assert.ok(Math.abs(samples.reduce((t, x) => t + x.stages[stage]!.mean * x.seconds, 0) - busy) < 1e-7);
  samples.slice(1).forEach((x, i) => { assert.ok(Math.abs(x.start - samples[i]!.start - samples[i]!.seconds) < 1e-15); });
  assert.ok(Math.abs(samples.at(-1)!.start + samples.at(-1)!.seconds - result.seconds) < 1e-12);
});

test('the page is whole and asks no network for anything', () => {
  const html = readFileSync(join(out, 'report.html'), 'utf8');
  assert.not.match(html, /https?:\/\/|<script|<link|@import|url\(|src=/);
  for (const [open, close] of [['<svg', '</svg>'], ['<figure>', '</figure>'], ['<table>', '</table>']] as const) assert.is(html.split(open).length, html.split(close).length);
  for (const words of ['ecmp, seed 1', 'fare, seed 1', 'leaf1:e5 &gt; spine1:e1', 'share of messages that are done', 'FARE against ECMP']) assert.ok(html.includes(words), words);
});

const chromium = ['chromium', 'chromium-browser', 'google-chrome'].find(name => spawnSync(name, ['--version'], { stdio: 'ignore' }).error === undefined);

needs(chromium ? undefined : 'chromium not installed')('headless Chromium draws it', () => {
  const shot = join(dir, 'report.png');
  execFileSync(chromium!, ['--headless', '--no-sandbox', '--disable-gpu', `--user-data-dir=${join(dir, 'profile')}`, '--host-resolver-rules=MAP * ~NOTFOUND', '--window-size=1240,1900', `--screenshot=${shot}`, `file://${out}/report.html`], { stdio: 'ignore', timeout: 60_000 });
  const png = readFileSync(shot);
  assert.is(png.toString('latin1', 1, 4), 'PNG');
  assert.equal([png.readUInt32BE(16), png.readUInt32BE(20)], [1240, 1900]);
  assert.ok(statSync(shot).size > 60_000, 'an empty page is a tenth of that');
});

test('files that the fabric file names are inputs too', () => {
  const file = join(dir, 'named.yaml'), to = join(dir, 'named'), flows = 'start,src,dst,bytes\n0us,host1,host4,4kB\n';
  writeFileSync(file, 'topology: {kind: leaf-spine, leaves: 2, spines: 2, hosts_per_leaf: 2}\nworkload: [{kind: csv, file: list.csv}]\n');
  writeFileSync(join(dir, 'list.csv'), flows);
  const run = () => weft(['fabric', 'run', file, '--out', to]), inputs = () => JSON.parse(readFileSync(join(to, 'run.json'), 'utf8')) as { files: unknown; sha256: string };
  assert.is(run().code, 0);
  assert.equal(inputs().files, [{ name: 'list.csv', copy: 'inputs/1-list.csv' }]);
  assert.is(readFileSync(join(to, 'inputs', '1-list.csv'), 'utf8'), flows);
  const before = inputs().sha256;
  writeFileSync(join(dir, 'list.csv'), flows.replace('4kB', '8kB'));
  run();
  assert.is.not(inputs().sha256, before);
});

test('a folder that holds something else is left alone', () => {
  const { code, err } = weft(['fabric', 'run', example, '--out', gallery]);
  assert.is(code, 2);
  assert.match(err, /neither empty nor a run folder/);
  assert.is(weft(['fabric', 'run', example, '--capture', 'leaf1:*']).code, 2);
  const none = weft(['fabric', 'run', example, '--out', join(dir, 'none'), '--capture', 'leef1:*']);
  assert.is(none.code, 2);
  assert.match(none.err, /names no port/);
  const bad = join(dir, 'bad.yaml');
  writeFileSync(bad, 'topology: {kind: leaf-spine, leaves: 2, spines: 2, hosts_per_leaf: 2}\nworkload: [{kind: permutation, bytes: 1kB}]\ncapture: [leaf9]\n');
  assert.match(weft(['fabric', 'run', bad]).err, /bad\.yaml:3:11/);
});

/** Fabrics of the gallery that are run here, and until when, picoseconds. */
const HOSTS_MAX = 256, UNTIL = 300_000_000;
const small = () => readdirSync(gallery).filter(f => f.endsWith('.yaml')).sort().map(name => ({ name, s: Scenario.read(join(gallery, name)) })).filter(({ s }) => s.topology.hosts <= HOSTS_MAX);

test('the gallery: one seed, the same bytes on every machine', async () => {
  const lines: string[] = [];
  for (const { name, s } of small()) {
    const { result } = await runScenario(loadKernels({ memory: 1024 * 2 ** 20, small: 64, jumbo: 16, huge: 4 }), s, s.config.balance ?? 'fare', s.config.seed ?? 1, { until: UNTIL });
    lines.push(`${createHash('sha256').update(JSON.stringify(result)).digest('hex')}  ${name}`);
  }
  golden('fabric/gallery.sha256', `${lines.join('\n')}\n`);
});

/** Another Node to compare with: its path. */
const other = process.env['WEFT_OTHER_NODE'];

needs(other ? undefined : 'WEFT_OTHER_NODE names no other Node')('another Node: the same bytes', () => {
  for (const { name } of small()) {
    const args = [WEFT, 'fabric', 'run', join(gallery, name), '--until', '300us', '--json'], runs = (node: string) => (JSON.parse(spawnSync(node, args, { encoding: 'utf8' }).stdout) as Document).runs;
    assert.is(JSON.stringify(runs(other!)), JSON.stringify(runs(process.execPath)), name);
  }
});

test.run();
