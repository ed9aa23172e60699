// exact.test.ts -- the exact-match tables against a Map.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench, random } from './wasm.ts';

const MISS = 0xffffffff;
const { k, u32, alloc } = bench(96);
const i64 = (hi: number, lo: number): bigint => BigInt.asIntN(64, BigInt(hi) << 32n | BigInt(lo));

type Key = (number | bigint)[];
/** The n-th key; close ones, so that clusters form, and the corner keys 0 and all ones. */
const KEYS: Record<string, (n: number) => Key> = {
  exact32: n => [n === 1 ? MISS : n],
  exact64: n => [n === 1 ? -1n : i64(n >> 3, n & 7)],
  exact128: n => (n === 1 ? [-1n, -1n] : [i64(n >> 6, n >> 3 & 7), i64(0, n & 7)]),
  exact160: n => (n === 1 ? [MISS, -1n, -1n] : [n >> 6, i64(n >> 3 & 7, 0), i64(0, n & 7)]),
};

for (const [table, keyOf] of Object.entries(KEYS)) {
  const make = (entries: number): number => {
    const t = alloc(u32(`${table}_sizeof`, entries));
    u32(`${table}_init`, t, entries);
    return t;
  };

  test(`${table}: puts, replacements and deletions agree with a Map`, () => {
    const next = random(table.length + Number(table.slice(5)));
    for (const entries of [1, 4, 8, 100, 1000]) { // the smallest wrap round all the time
      const t = make(entries), model = new Map<number, number>();
      // `sizeof` rounds up: the table takes at least what was asked for.
      let limit = Infinity;
      for (let step = 0; step < 20000; step++) {
        const n = next() % (entries * 3 + 10), key = keyOf(n), what = next() % 100;
        // The balance of puts and deletions drifts, so the table fills and empties.
        if (what < (step & 4096 ? 30 : 55)) {
          const value = next() % MISS, ok = u32(`${table}_put`, t, ...key, value) !== 0;
          if (ok) model.set(n, value);
          else {
            assert.not.ok(model.has(n), 'a replacement always succeeds');
            assert.ok(model.size >= entries, `refused at ${model.size} of ${entries}`);
            limit = Math.min(limit, model.size);
          }
          assert.ok(model.size <= limit, 'refused earlier with fewer entries');
        } else if (what < 80) {
          assert.is(u32(`${table}_del`, t, ...key), model.delete(n) ? 1 : 0);
        }
        const probe = next() % (entries * 3 + 10);
        assert.is(u32(`${table}_get`, t, ...keyOf(probe)), model.get(probe) ?? MISS);
        assert.is(u32(`${table}_get_from`, t, u32(`${table}_slot`, t, ...keyOf(probe)), ...keyOf(probe)), model.get(probe) ?? MISS);
      }
      assert.ok(limit < Infinity, 'the table was never full');
      for (let n = 0; n < entries * 3 + 10; n++) assert.is(u32(`${table}_get`, t, ...keyOf(n)), model.get(n) ?? MISS);
    }
  });

  test(`${table}: MISS is not a value`, () => {
    const t = make(4);
    assert.is(u32(`${table}_put`, t, ...keyOf(5), MISS), 0);
    assert.is(u32(`${table}_get`, t, ...keyOf(5)), MISS);
    u32(`${table}_put`, t, ...keyOf(5), 6);
    assert.is(u32(`${table}_put`, t, ...keyOf(5), MISS), 0);
    assert.is(u32(`${table}_get`, t, ...keyOf(5)), 6);
  });

  test(`${table}: slots lie inside the table, and a full one still answers`, () => {
    const size = u32(`${table}_sizeof`, 50), t = alloc(size + 64);
    k.bytes.fill(0xa5, t + size, t + size + 64);
    u32(`${table}_init`, t, 50);
    let taken = 0;
    for (let n = 0; n < 200; n++) {
      const slot = u32(`${table}_slot`, t, ...keyOf(n));
      assert.ok(slot >= t + 64 && slot < t + size);
      taken += u32(`${table}_put`, t, ...keyOf(n), n) ? 1 : 0;
    }
    assert.is(taken, 64); // 128 slots, half of them
    for (let n = 0; n < 200; n++) assert.is(u32(`${table}_get`, t, ...keyOf(n)), n < taken ? n : MISS);
    assert.ok(k.bytes.subarray(t + size, t + size + 64).every(b => b === 0xa5), 'wrote past the end');
  });
}

test('exact160: the domain is part of the key; the same address in 1,000 domains does not pile up', () => {
  const t = alloc(u32('exact160_sizeof', 1000));
  u32('exact160_init', t, 1000);
  for (let d = 0; d < 1000; d++) assert.ok(u32('exact160_put', t, d, 1n, 2n, d));
  let far = 0;
  for (let d = 0; d < 1000; d++) {
    assert.is(u32('exact160_get', t, d, 1n, 2n), d);
    const slot = u32('exact160_slot', t, d, 1n, 2n), at = u32('exact160_find', t, slot, d, 1n, 2n);
    far = Math.max(far, (at - slot) / 32 & 2047);
  }
  assert.ok(far < 32, `an entry sits ${far} slots from home`);
});

test('exact128: 256k SIDs of one locator are found within a few slots', () => {
  const COUNT = 262144, t = alloc(u32('exact128_sizeof', COUNT));
  u32('exact128_init', t, COUNT);
  // fc00:0:<node>:<function>:: as loaded: the last bytes of the upper half vary.
  const sid = (n: number): bigint => i64((n & 0xffff) << 16 | n >> 16, 0x00fc);
  for (let n = 0; n < COUNT; n++) assert.ok(u32('exact128_put', t, sid(n), 0n, n), `${n} refused`);
  assert.is(u32('exact128_put', t, sid(COUNT), 0n, 1), 0);
  let total = 0;
  for (let n = 0; n < COUNT; n += 7) {
    const slot = u32('exact128_slot', t, sid(n), 0n);
    assert.is(u32('exact128_get_from', t, slot, sid(n), 0n), n);
    total += (u32('exact160_find', t, slot, 0, sid(n), 0n) - slot) / 32 & (2 * COUNT - 1);
  }
  // Knuth 6.4: (1/2)(1 + 1/(1 - load)) = 1.5 probes at load 1/2.
  assert.ok(total / (COUNT / 7) < 0.6, `${(total / (COUNT / 7)).toFixed(2)} slots from home on average`);
});

test.run();
