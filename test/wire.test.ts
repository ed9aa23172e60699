// wire.test.ts -- the diagrams in assembly/wire are drawn from src/wire.

import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Header, WireError } from '../src/wire/header.ts';
import { ip6 } from '../src/wire/ip6.ts';
import { vxlan } from '../src/wire/vxlan.ts';

const folder = new URL('../assembly/wire/', import.meta.url);

/** The bit diagrams in a file's comments, in order. */
function diagrams(source: string): string[] {
  const drawn: string[][] = [];
  for (const line of source.split('\n')) {
    if (/^\/\/ {4}0 {19}1/.test(line)) drawn.push([]);
    if (/^\/\/ {3}[ +|]/.test(line)) drawn.at(-1)?.push(line.slice(5));
  }
  return drawn.map(lines => lines.join('\n'));
}

const headers: Header<never>[] = [];
for (const file of readdirSync(folder).filter(f => f.endsWith('.ts'))) {
  const drawn = diagrams(readFileSync(new URL(file, folder), 'utf8'));
  if (drawn.length === 0) continue;
  const tables = Object.values(await import(`../src/wire/${file}`) as object).filter(v => v instanceof Header) as Header<never>[];
  headers.push(...tables);
  test(`${file}: the comments show the tables`, () => {
    for (const table of tables) assert.ok(drawn.includes(table.diagram()), `${file}: ${table.name} should be drawn\n${table.diagram()}`);
    assert.is(drawn.length, tables.length, `${file}: a diagram without a table in src/wire/${file}`);
  });
}

test('the fields of a header neither overlap nor leave gaps', () => {
  for (const h of headers as unknown as Header<[]>[]) {
    const owners = new Array<number>(h.length * 8).fill(0);
    for (const f of h.fields as readonly { bit: number; bits: number }[]) for (let b = 0; b < f.bits; b++) owners[f.bit + b]!++;
    assert.ok(owners.every(n => n === 1), h.name);
  }
});

test('parse then emit is the identity on every header, at any offset', () => {
  for (const h of headers)
    fc.assert(fc.property(fc.uint8Array({ minLength: h.length, maxLength: h.length }), fc.nat(9), (bytes, at) => {
      const frame = new Uint8Array(at + h.length + 3);
      frame.set(bytes, at);
      assert.equal(h.emit(h.parse(frame, at)), bytes);
    }), { seed: 768, numRuns: 20 });
});

test('a value that does not fit is refused', () => {
  assert.throws(() => vxlan.emit({ vni: 2 ** 24 }), /vxlan\.vni: 16777216 does not fit 24 bits/);
  assert.throws(() => ip6.emit({ src: new Uint8Array(4) }), /ip6\.src: 4 octets do not fit 128 bits/);
  assert.throws(() => vxlan.emit({ vni: 1.5 }), RangeError);
});

test('a header cut short is a WireError', () => {
  assert.throws(() => vxlan.parse(new Uint8Array(9), 2), (e: unknown) => e instanceof WireError && /vxlan at 2: needs 8 bytes, has 7/.test(e.message));
});

test.run();
