// nodes.test.ts -- every node against its vectors, four ways: alone, as one
// vector, cut at every length, and with dirty bytes round the frame. The
// frames go through the whole switch; what is compared is the node's own work.

import { existsSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Packet } from '../assembly/abi/packet.ts';
import { catalog } from '../src/graph/catalog.ts';
import type { Visit } from '../src/graph/trace.ts';
import { hexdump } from '../src/wire/hexdump.ts';
import { BenchSwitch, type Outcome } from './bench_switch.ts';
import { type Case, type Frame, readVectors } from './vectors.ts';

const only = process.env['NODE_VECTORS'];
const GUARD = 64;

for (const node of Object.keys(catalog)) {
  if ((only && only !== node) || !existsSync(new URL(`vectors/${node}.txt`, import.meta.url))) continue;
  const test = suite(node), cases = readVectors(node);

  for (const c of cases)
    test(`${c.name} (line ${c.line})`, () => {
      const b = new BenchSwitch(c.config);
      check(node, c, single(b, c), 1);
    });

  test('as one vector', () => {
    // Cases with state of their own (earlier frames, times) stand alone.
    for (const config of new Set(cases.map(c => c.config))) {
      const group = cases.filter(c => c.config === config && c.before.length === 0 && c.time === 0n && c.port === cases[0]!.port);
      if (group.length === 0) continue;
      const b = new BenchSwitch(config);
      const outcome = b.run(group[0]!.port, group.map((c, i) => b.enter(input(c, i + 1))));
      for (const [i, c] of group.entries()) check(node, c, outcome, i + 1);
    }
  });

  test('no byte beyond the frame is read or written', () => {
    for (const c of cases) {
      const results = [0x00, 0xff].map(fill => {
        const b = new BenchSwitch(c.config);
        setUp(b, c);
        const seen: string[] = [];
        const cuts = Array.from({ length: c.in.length + 1 }, (_, n) => n).filter(n => n < 200 || n % 97 === 0 || n === c.in.length);
        for (const cut of cuts) {
          const d = b.enter({ ...input(c, 1000 + cut), bytes: c.in.subarray(0, cut), orig: cut });
          const end = b.k.view.getUint32(d + Packet.DATA, true) + cut;
          b.k.bytes.fill(fill, end, end + GUARD);
          // Headers pushed in front must not show what was there before.
          b.k.bytes.fill(fill, b.k.view.getUint32(d + Packet.BUF, true), b.k.view.getUint32(d + Packet.DATA, true));
          const { visits, sent } = b.run(c.port, [d]);
          // The last input of the switch: whatever was written beyond its end would show here.
          const dropped = visits.some(v => v.drop !== '') && sent.length === 0;
          if (dropped) assert.ok(b.k.bytes.subarray(end, end + GUARD).every(v => v === fill), `${c.name}: wrote behind byte ${cut}`);
          seen.push(`${cut} ${visits.map(v => `${v.node} ${v.edge} ${v.drop} ${Buffer.from(v.bytes).toString('hex')}`).join('\n')} ${sent.map(s => Buffer.from(s.bytes).toString('hex')).join('\n')}`);
        }
        return seen;
      });
      results[0]!.forEach((r, i) => { assert.is(r, results[1]![i], `${c.name}: reads behind its end`); });
    }
  });

  test.run();
}

const input = (c: Case, id: number) => ({ port: c.port, bytes: c.in, time: c.time, id, ...(c.orig === undefined ? {} : { orig: c.orig }) });

function setUp(b: BenchSwitch, c: Case): void {
  for (const f of c.before) b.send([{ port: f.where, bytes: f.bytes!, id: 999 }], false);
}

function single(b: BenchSwitch, c: Case): Outcome {
  setUp(b, c);
  return b.send([input(c, 1)]);
}

function check(node: string, c: Case, { visits, sent }: Outcome, id: number): void {
  const mine = visits.filter(v => v.node === node && v.id === id);
  const own = mine.filter(v => !v.copy && !v.originated);
  // A packet that loops is dropped on its last visit.
  const seen = (c.drop === undefined ? own[0] : own.at(-1)) ?? mine[0];
  assert.ok(seen, `${c.name}: never came to ${node}: ${visits.filter(v => v.id === id).map(v => `${v.node} ${v.edge} ${v.drop}`).join(', ')}`);
  if (c.drop !== undefined) assert.is(`${seen.edge} ${seen.drop}`, `drop ${c.drop}`);
  if (c.out) compare(c.out, seen, c.name);
  for (const [field, want] of c.fields) assert.is(fieldOf(seen, field), want, `${c.name}: ${field}`);
  // Packets made elsewhere, or made here and back again, are not made by this visit.
  const first = new Set<number>(), born = visits.filter(v => (v.copy || v.originated) && v.id === id && !first.has(v.handle) && first.add(v.handle));
  const made = mine.filter(v => v !== seen && born.includes(v));
  if (c.emit.length > 0 || c.drop !== undefined) {
    assert.is(made.map(v => v.edge).join(' '), c.emit.map(f => f.where).join(' '), `${c.name}: packets made`);
    c.emit.forEach((f, i) => { compare(f, made[i]!, c.name); });
  }
  if (c.tx.length > 0) {
    const out = sent.filter(s => s.id === id);
    assert.is(out.map(s => s.port).join(' '), c.tx.map(f => f.where).join(' '), `${c.name}: ports it left by`);
    c.tx.forEach((f, i) => { assert.fixture(hexdump(out[i]!.bytes), hexdump(f.bytes!), `${c.name}: left by ${f.where}`); });
  }
}

function compare(want: Frame, seen: Visit, name: string): void {
  assert.is(seen.edge, want.where, `${name}: edge (drop ${seen.drop})`);
  if (want.bytes) assert.fixture(hexdump(seen.bytes), hexdump(want.bytes.subarray(0, seen.bytes.length)), name);
}

function fieldOf(v: Visit, name: string): number | undefined {
  return ({ FLOW: v.flow, DOMAIN: v.domain, L3: v.l3, L4: v.l4, TX_PORT: v.txPort, LEN: v.length } as Record<string, number>)[name];
}
