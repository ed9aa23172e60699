// fabric_sweep.test.ts -- grids of runs, comparisons, interruptions: the
// command line as users run it.

import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { gridOf, parseSetting, shardOf } from '../src/fabric/sweep.ts';
import { WEFT, weft } from './weft.ts';

const dir = mkdtempSync(join(tmpdir(), 'weft-fabric-sweep-')), file = join(dir, 'small.yaml');
writeFileSync(file, 'topology: {kind: leaf-spine, leaves: 2, spines: 2, hosts_per_leaf: 2}\nworkload:\n  - {kind: permutation, bytes: 200kB}\n');
test.after(() => { rmSync(dir, { recursive: true }); });

const GRID = ['--set', 'transport.window=4,64', '--set', 'workload.0.bytes=100kB,200kB', '--balance', 'ecmp,fare', '--seed', '1..2'];
const sweep = (out: string, ...more: string[]) => weft(['fabric', 'sweep', file, ...GRID, '--out', join(dir, out), '--memory', '256MiB', ...more]);
const result = (out: string) => readFileSync(join(dir, out, 'sweep.json'), 'utf8');

test('a grid: every point, whatever the number of threads', () => {
  const one = sweep('one', '--workers', '1'), three = sweep('three', '--workers', '3');
  assert.is(one.code, 0, one.err);
  assert.is(three.code, 0, three.err);
  assert.is(result('one'), result('three'));
  const { points, missing } = JSON.parse(result('one')) as { points: { set: Record<string, unknown>; balance: string; seed: number; result: { seconds: number } }[]; missing: number };
  assert.is(missing, 0);
  assert.is(points.length, 16);
  assert.equal(points[0]!.set, { 'transport.window': 4, 'workload.0.bytes': '100kB' });
  assert.ok(points[0]!.result.seconds > points[8]!.result.seconds, 'a window of 4 is slower than one of 64');
  const run = JSON.parse(weft(['fabric', 'run', file, '--balance', 'fare', '--seed', '2', '--json']).out) as { runs: [object] };
  const same = weft(['fabric', 'sweep', file, '--balance', 'fare', '--seed', '2', '--out', join(dir, 'same'), '--memory', '256MiB', '--json']);
  assert.equal((JSON.parse(same.out) as { points: [{ result: object }] }).points[0].result, run.runs[0]);
});

test('in parts, and taken up again: done points are not run again', () => {
  const first = sweep('parts', '--shard', '1/2', '--json');
  assert.is((JSON.parse(first.out) as { missing: number }).missing, 8);
  const points = join(dir, 'parts', 'points'), stamps = () => Object.fromEntries(readdirSync(points).map(f => [f, statSync(join(points, f)).mtimeMs])), before = stamps();
  assert.is(Object.keys(before).length, 8);
  const [broken] = Object.keys(before);
  writeFileSync(join(points, broken!), '{"half":');
  assert.is(sweep('parts').code, 0);
  const after = stamps();
  assert.is(Object.keys(after).length, 16);
  for (const [name, stamp] of Object.entries(before)) if (name !== broken) assert.is(after[name], stamp);
  assert.is(result('parts'), result('one'));
});

test('a hash is of all that decides a result', () => {
  const hash = (text: string, balance: 'ecmp' | 'fare', seed: number, until: number | undefined, version: string) => gridOf(text, [], [balance], [seed], until, () => version)[0]!.hash;
  const all = [hash('a: 1', 'ecmp', 1, undefined, '1'), hash('a: 2', 'ecmp', 1, undefined, '1'), hash('a: 1', 'fare', 1, undefined, '1'), hash('a: 1', 'ecmp', 2, undefined, '1'), hash('a: 1', 'ecmp', 1, 5, '1'), hash('a: 1', 'ecmp', 1, undefined, '2')];
  assert.is(new Set(all).size, all.length);
  assert.equal([1, 2, 3].flatMap(index => shardOf([0, 1, 2, 3, 4, 5, 6], { index, of: 3 })).sort(), [0, 1, 2, 3, 4, 5, 6]);
  assert.equal(parseSetting('a.0.b=1,x,true').values, [1, 'x', true]);
});

test('what cannot be swept', () => {
  const fails = (...args: string[]) => weft(['fabric', 'sweep', file, '--out', join(dir, 'bad'), ...args]);
  for (const [args, words] of [[['--set', 'transport.windw=1'], /windw/], [['--set', 'transport.window=none'], /window/], [['--set', 'name.x=1,2'], /name/], [['--set', 'nonsense'], /sets nothing/], [['--shard', '3/2'], /2\/8/], [['--set', 'seed=1', '--set', 'seed=2'], /twice/]] as const) {
    const { code, err } = fails(...args);
    assert.is(code, 2, args.join(' '));
    assert.match(err, words);
  }
});

test('two runs compared', () => {
  const run = (out: string, ...more: string[]) => weft(['fabric', 'run', file, '--seed', '1..2', '--out', join(dir, out), ...more]);
  run('a');
  cpSync(join(dir, 'a'), join(dir, 'b'), { recursive: true });
  const same = weft(['fabric', 'diff', join(dir, 'a'), join(dir, 'b')]);
  assert.is(same.code, 0, same.err);
  assert.match(same.out, /all figures are the same/);
  const path = join(dir, 'b', 'result.json'), changed = JSON.parse(readFileSync(path, 'utf8')) as { runs: { completion: { p99: number }; dropped: Record<string, number> }[] };
  const before = changed.runs[1]!.completion.p99;
  changed.runs[1]!.completion.p99 = before * 2;
  changed.runs[0]!.dropped['LINK_DOWN'] = 3;
  writeFileSync(path, JSON.stringify(changed));
  const { code, out } = weft(['fabric', 'diff', join(dir, 'a'), path, '--json']);
  assert.is(code, 1);
  assert.equal((JSON.parse(out) as { differences: unknown }).differences, [
    { run: 'fare, seed 1', figure: 'dropped.LINK_DOWN', a: 0, b: 3, by: 3, share: null },
    { run: 'fare, seed 2', figure: 'completion.p99', a: before, b: before * 2, by: before, share: 1 },
  ]);
  assert.is(weft(['fabric', 'diff', file, path]).code, 3);
  assert.is(weft(['fabric', 'diff', join(dir, 'a')]).code, 2);
});

test('Ctrl-C keeps what was measured', async () => {
  const long = join(dir, 'long.yaml'), out = join(dir, 'interrupted');
  writeFileSync(long, 'topology: {kind: leaf-spine, leaves: 4, spines: 4, hosts_per_leaf: 4}\nworkload:\n  - {kind: cross-leaf, bytes: 1MB}\n  - {kind: cross-leaf, bytes: 8GB, start: 100us}\ncapture: ["leaf1:e1"]\n');
  const child = spawn(process.execPath, [WEFT, 'fabric', 'run', long, '--json', '--out', out, '--memory', '512MiB'], { stdio: ['ignore', 'pipe', 'pipe'] }), chunks: Buffer[] = [];
  child.stdout.on('data', (c: Buffer) => chunks.push(c));
  const ended = new Promise<number | null>(resolve => { child.on('close', resolve); });
  setTimeout(() => { child.kill('SIGINT'); }, 1500);
  assert.is(await ended, 130);
  const { runs: [run] } = JSON.parse(Buffer.concat(chunks).toString()) as { runs: [{ completed: number; messages: number; seconds: number; goodput: number }] };
  assert.is(run.completed, 16);
  assert.is(run.messages, 32);
  assert.ok(run.seconds > 100e-6 && run.goodput > 0);
  assert.equal(readdirSync(out).sort(), ['fabric.yaml', 'fare-1', 'report.html', 'result.json', 'run.json']);
  assert.is(readFileSync(join(out, 'fare-1', 'flows.csv'), 'utf8').trim().split('\n').length, 17);
});

test.run();
