// fdb.test.ts -- the bridge table against a Map, ageing included.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench, random } from './wasm.ts';

const MISS = 0xffffffff, STATIC = 2n ** 63n - 1n;
// FdbLearn of assembly/tables/fdb.ts, which only asc reads.
const [NEW, REFRESHED, MOVED, REFUSED, FULL] = [0, 1, 2, 3, 4];
const { u32, i64, alloc } = bench(16);

const make = (entries: number, seed = 7): number => {
  const t = alloc(u32('fdb_sizeof', entries));
  u32('fdb_init', t, entries, seed);
  return t;
};

interface Entry { domain: number; mac: bigint; value: number; expires: bigint }
const list = (t: number): Entry[] => {
  const all: Entry[] = [];
  for (let p = u32('fdb_next', t, 0); p; p = u32('fdb_next', t, p))
    all.push({ domain: u32('fdb_entry_domain', p), mac: i64('fdb_entry_mac', p), value: u32('fdb_entry_value', p), expires: i64('fdb_entry_expires', p) });
  return all;
};
const id = (e: { domain: number; mac: bigint }): string => `${e.domain}/${e.mac.toString(16)}`;

test('learning, moves, static entries, ageing and sweeps agree with a Map', () => {
  for (const entries of [4, 60, 500]) {
    const t = make(entries), model = new Map<string, Entry>(), next = random(entries);
    let now = 0n, moved = 0n, full = 0n, refused = 0;
    for (let step = 0; step < 20000; step++) {
      if (next() % 4 === 0) now += BigInt(next() % 1000);
      const domain = next() % 3, mac = BigInt(next() % entries) | 0x020000000000n, key = { domain, mac };
      const old = model.get(id(key)), alive = old && old.expires > now;
      const value = next() % 3, age = BigInt([0, 500, 5000, 20000][next() % 4]!), what = next() % 100;
      if (what < 60) {
        const got = u32('fdb_learn', t, domain, mac, value, now, age);
        const room = old !== undefined || got !== FULL;
        if (old?.expires === STATIC) assert.is(got, old.value === value ? REFRESHED : REFUSED);
        else if (!room) { assert.ok(model.size >= entries, `full with ${model.size} of ${entries}`); full++; }
        else {
          assert.is(got, !alive ? NEW : old.value === value ? REFRESHED : MOVED);
          if (got === MOVED) moved++;
          model.set(id(key), { ...key, value, expires: age ? now + age : STATIC - 1n });
        }
        if (got === REFUSED) refused++;
      } else if (what < 65) {
        if (u32('fdb_put', t, domain, mac, value)) model.set(id(key), { ...key, value, expires: STATIC });
        else assert.ok(!old && model.size >= entries);
      } else if (what < 75) {
        assert.is(u32('fdb_del', t, domain, mac), model.delete(id(key)) ? 1 : 0);
      } else if (what < 76) {
        const aged = [...model.values()].filter(e => e.expires <= now);
        for (const e of aged) model.delete(id(e));
        assert.is(u32('fdb_age', t, now), aged.length);
      }
      const probe = { domain: next() % 3, mac: BigInt(next() % entries) | 0x020000000000n }, want = model.get(id(probe));
      const expected = want && want.expires > now ? want.value : MISS;
      assert.is(u32('fdb_get', t, probe.domain, probe.mac, now), expected);
      assert.is(u32('fdb_get_from', t, u32('fdb_slot', t, probe.domain, probe.mac), probe.domain, probe.mac, now), expected);
      if (step % 500 === 0) assert.equal(list(t).map(e => id(e)).sort(), [...model.keys()].sort());
    }
    assert.equal(list(t).sort((a, b) => (id(a) < id(b) ? -1 : 1)), [...model.values()].sort((a, b) => (id(a) < id(b) ? -1 : 1)));
    assert.is(i64('fdb_moved', t), moved);
    assert.is(i64('fdb_full', t), full);
    assert.ok(moved > 0n && full > 0n && refused > 0, 'every outcome was seen');
  }
});

test('an entry lives to the last picosecond of its age, and each frame starts it again', () => {
  const t = make(8), mac = 0x0200deadbeefn;
  assert.is(u32('fdb_learn', t, 1, mac, 5, 1000n, 300n), NEW);
  assert.is(u32('fdb_get', t, 1, mac, 1299n), 5);
  assert.is(u32('fdb_get', t, 1, mac, 1300n), MISS);
  assert.is(u32('fdb_get', t, 2, mac, 1000n), MISS, 'another domain');
  u32('fdb_learn', t, 1, mac, 5, 1299n, 300n);
  assert.is(u32('fdb_get', t, 1, mac, 1598n), 5);
  assert.is(u32('fdb_learn', t, 1, mac, 9, 1599n, 300n), NEW, 'aged elsewhere: no move');
});

test('a full table is not learnt into, and ageing makes room', () => {
  const t = make(4);
  for (let i = 0; i < 4; i++) assert.is(u32('fdb_learn', t, 0, BigInt(i), i, 0n, 100n), NEW);
  assert.is(u32('fdb_learn', t, 0, 9n, 9, 50n, 100n), FULL);
  assert.is(u32('fdb_put', t, 0, 9n, 9), 0);
  assert.is(u32('fdb_learn', t, 0, 3n, 3, 50n, 100n), REFRESHED);
  assert.is(u32('fdb_age', t, 120n), 3);
  assert.is(u32('fdb_learn', t, 0, 9n, 9, 120n, 100n), NEW);
  assert.is(u32('fdb_get', t, 0, 3n, 120n), 3);
});

test('the seed changes where entries stand', () => {
  const homes = [1, 2].map(seed => { const t = make(1000, seed); return Array.from({ length: 50 }, (_, i) => u32('fdb_slot', t, 0, BigInt(i)) - t); });
  assert.not.equal(homes[0], homes[1]);
});

test.run();
