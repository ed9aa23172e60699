// lpm4.test.ts -- IPv4 longest prefix match against trying every length.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench, random } from './wasm.ts';

const MISS = 0xffffffff;
const { k, u32, alloc } = bench(700);
const mask = (len: number): number => (len === 0 ? 0 : -1 << (32 - len) >>> 0);

/** The oracle: a Map per VRF, tried from /32 to /0. */
class Model {
  readonly routes = new Map<number, number>();
  static key = (prefix: number, len: number): number => ((prefix & mask(len)) >>> 0) * 64 + len;
  get(addr: number): number {
    for (let len = 32; len >= 0; len--) {
      const value = this.routes.get(Model.key(addr, len));
      if (value !== undefined) return value;
    }
    return MISS;
  }
}

const make = (vrfs: number, prefixes: number): number => {
  const t = alloc(u32('lpm4_sizeof', vrfs, prefixes));
  u32('lpm4_init', t, vrfs, prefixes);
  return t;
};
const addTrie = (t: number, vrf: number, prefixes: number, long: number): number => {
  const memory = alloc(u32('lpm4_trie_sizeof', prefixes, long));
  assert.is(u32('lpm4_trie', t, vrf, memory, prefixes, long), 1);
  return memory;
};
const chunksLeft = (trie: number): number => k.view.getUint32(trie + 4, true);

// Prefixes that nest deeply and share bits: a narrow range, all lengths.
const draw = (next: () => number): [prefix: number, len: number] => {
  const len = next() % 33;
  return [(0x0a000000 | (next() & (next() & 1 ? 0x00ff0fff : 0xff))) >>> 0, len];
};
const EDGES = [0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0x0a000000, 0x0affffff, 0x0b000000];

for (const [shape, size] of Object.entries({ 'hash alone': 0, 'trie 2^12': 1000, 'trie 2^16': 2000, 'trie 2^24': 20000 }))
  test(`${shape}: puts, replacements and deletions of every length agree with the oracle`, () => {
    const t = make(3, 2000), models = [new Model(), new Model(), new Model()], next = random(size + 11);
    const tries = size ? [addTrie(t, 0, size, size), addTrie(t, 2, size, size)] : [];
    const full = tries.map(chunksLeft);
    // Prefixes shorter than the root's bits repaint a part of it: few of those at 2^24.
    const short = size > 16384 ? 12 : 0;
    for (let step = 0; step < 6000; step++) {
      const vrf = next() % 3, model = models[vrf]!;
      let [prefix, len] = draw(next);
      if (len && len < short && step % 50) len = short;
      if (next() % 100 < (step & 1024 ? 35 : 60)) {
        const value = 64 * (next() % 1000);
        if (u32('lpm4_put', t, vrf, prefix, len, value)) model.routes.set(Model.key(prefix, len), value);
        else assert.unreachable(`refused a prefix with ${model.routes.size} in place`);
      } else {
        // Half the time one that is there.
        const have = [...model.routes.keys()][next() % (model.routes.size || 1)];
        if (have !== undefined && next() & 1) [prefix, len] = [Math.floor(have / 64), have % 64];
        assert.is(u32('lpm4_del', t, vrf, prefix, len), model.routes.delete(Model.key(prefix, len)) ? 1 : 0);
      }
      for (let i = 0; i < 12; i++) {
        const addr = i < 2 ? EDGES[next() % EDGES.length]! : i < 6 ? (prefix ^ (next() & 0xff)) >>> 0 : draw(next)[0];
        assert.is(u32('lpm4_get', t, vrf, addr), model.get(addr), `step ${step}, ${addr.toString(16)}`);
      }
      assert.is(u32('lpm4_count', t, vrf), model.routes.size);
    }
    models.forEach((model, vrf) => {
      for (const key of model.routes.keys()) assert.is(u32('lpm4_del', t, vrf, Math.floor(key / 64), key % 64), 1);
      for (let i = 0; i < 200; i++) assert.is(u32('lpm4_get', t, vrf, draw(next)[0]), MISS);
      assert.is(u32('lpm4_count', t, vrf), 0);
    });
    assert.equal(tries.map(chunksLeft), full, 'chunks leaked');
  });

test('a trie given later, or exchanged for a larger one, carries the prefixes over', () => {
  const t = make(2, 4000), model = new Model(), next = random(21);
  const agree = (): void => {
    for (let i = 0; i < 2000; i++) {
      const addr = i & 1 ? draw(next)[0] : next();
      assert.is(u32('lpm4_get', t, 1, addr), model.get(addr));
    }
  };
  for (const size of [0, 200, 1500, 17000]) {
    for (let i = 0; i < 100; i++) {
      const [prefix, len] = draw(next), value = 64 * i;
      assert.ok(u32('lpm4_put', t, 1, prefix, len, value));
      assert.ok(u32('lpm4_put', t, 0, prefix, len, 64)); // another VRF's must stay out
      model.routes.set(Model.key(prefix, len), value);
    }
    if (size) addTrie(t, 1, size, size);
    agree();
  }
});

test('a trie too small for what the VRF holds is refused, and the VRF goes on without', () => {
  const t = make(1, 500);
  for (let i = 0; i < 100; i++) u32('lpm4_put', t, 0, i << 24 | 0x010203, 32, 64 * i);
  const memory = alloc(u32('lpm4_trie_sizeof', 9, 9));
  assert.is(u32('lpm4_trie', t, 0, memory, 9, 9), 0);
  for (let i = 0; i < 100; i++) assert.is(u32('lpm4_get', t, 0, i << 24 | 0x010203), 64 * i);
});

test('a full trie refuses, unchanged; replacements and deletions still work', () => {
  const t = make(1, 1000);
  const memory = addTrie(t, 0, 10, 1), model = new Model();
  let refused = 0;
  for (let i = 0; i < 200; i++) {
    const prefix = Math.imul(i, 0x01010101) >>> 0;
    if (u32('lpm4_put', t, 0, prefix, 32, 64 * i)) model.routes.set(Model.key(prefix, 32), 64 * i);
    else {
      refused++;
      assert.is(u32('lpm4_del', t, 0, prefix, 32), 0, 'a refused prefix left something behind');
    }
  }
  assert.ok(refused > 100 && model.routes.size >= 6, `${model.routes.size} taken`);
  assert.is(u32('lpm4_count', t, 0), model.routes.size);
  const check = (): void => { for (let i = 0; i < 200; i++) assert.is(u32('lpm4_get', t, 0, Math.imul(i, 0x01010101)), model.get(Math.imul(i, 0x01010101) >>> 0)); };
  check();
  for (const key of model.routes.keys()) {
    assert.ok(u32('lpm4_put', t, 0, Math.floor(key / 64), 32, 640));
    model.routes.set(key, 640);
  }
  check();
  for (const key of [...model.routes.keys()]) {
    u32('lpm4_del', t, 0, Math.floor(key / 64), 32);
    model.routes.delete(key);
    check();
  }
  assert.is(chunksLeft(memory), 10 * 3 + 2);
});

test('a full hash refuses; arguments out of range are refused', () => {
  const t = make(2, 4);
  let taken = 0;
  for (let i = 0; i < 20; i++) taken += u32('lpm4_put', t, 0, i << 8, 24, 64);
  assert.is(taken, 4);
  assert.is(u32('lpm4_count', t, 0), 4);
  assert.is(u32('lpm4_put', t, 0, 0, 0, 128), 1, 'the default route needs no room');
  assert.is(u32('lpm4_get', t, 0, 0x7f000001), 128);
  assert.is(u32('lpm4_put', t, 2, 0, 8, 64), 0, 'no such VRF');
  assert.is(u32('lpm4_del', t, 2, 0, 8), 0);
  assert.is(u32('lpm4_put', t, 1, 0, 33, 64), 0);
  assert.is(u32('lpm4_del', t, 1, 0, 33), 0);
  assert.is(u32('lpm4_put', t, 1, 0, 0, 65), 0, 'not a multiple of 64');
  assert.is(u32('lpm4_put', t, 1, 0, 0, MISS), 0);
  assert.is(u32('lpm4_get', t, 1, 1), MISS);
});

test('10,000 VRFs of a few routes, the same prefixes in each', () => {
  const VRFS = 10000, t = make(VRFS, VRFS * 5), next = random(31);
  for (let v = 0; v < VRFS; v++) {
    u32('lpm4_put', t, v, 0, 0, 64 * v);
    for (let r = 0; r < 4; r++) assert.ok(u32('lpm4_put', t, v, 0x0a000000 + (r << 16), 16 + 4 * r, 64 * (v + r + 1)));
  }
  for (let i = 0; i < 20000; i++) {
    const v = next() % VRFS, r = next() % 4;
    assert.is(u32('lpm4_get', t, v, 0x0a000000 + (r << 16)), 64 * (v + r + 1));
    assert.is(u32('lpm4_get', t, v, 0x0b000000), 64 * v);
  }
  for (let v = 0; v < VRFS; v += 2) u32('lpm4_del', t, v, 0x0a010000, 20);
  for (let v = 0; v < VRFS; v++) assert.is(u32('lpm4_get', t, v, 0x0a010001), 64 * (v % 2 ? v + 2 : v));
});

test('a million prefixes in one VRF, inserted in a batch in any order', () => {
  const N = 1_000_000, t = make(4, N), next = random(41);
  addTrie(t, 2, N, 20000);
  const model = new Model(), at = alloc(12 * N), words = k.u32.subarray(at >> 2, (at >> 2) + 3 * N);
  for (let i = 0; i < N; i++) {
    const r = next() % 1000;
    const len = r < 590 ? 24 : r < 980 ? 16 + next() % 8 : r < 990 ? 10 + next() % 6 : 25 + next() % 8;
    const prefix = (next() & mask(len)) >>> 0, value = 64 * (next() % 40000);
    words.set([prefix, len, value], 3 * i);
    model.routes.set(Model.key(prefix, len), value);
  }
  assert.is(u32('lpm4_put_many', t, 2, at, N), N);
  assert.is(u32('lpm4_count', t, 2), model.routes.size);
  const agree = (): void => {
    for (let i = 0; i < 100000; i++) {
      const addr = i & 1 ? next() : (words[3 * (next() % N)]! | (next() & 0xff)) >>> 0;
      assert.is(u32('lpm4_get', t, 2, addr), model.get(addr));
      const slot = u32('lpm4_slot', t, 2, addr);
      assert.is(u32('lpm4_get_from', t, slot, 2, addr), model.get(addr));
    }
  };
  agree();
  for (let i = 0; i < N; i += 3) {
    const prefix = words[3 * i]!, len = words[3 * i + 1]!;
    assert.is(u32('lpm4_del', t, 2, prefix, len), model.routes.delete(Model.key(prefix, len)) ? 1 : 0);
  }
  agree();
});

test('put_many stops at the first route it must refuse', () => {
  const t = make(1, 100), at = alloc(48);
  k.u32.set([0x0a000000, 8, 64, 0x0b000000, 8, 128, 0x0c000000, 40, 64, 0x0d000000, 8, 64], at >> 2);
  assert.is(u32('lpm4_put_many', t, 0, at, 4), 2);
  assert.is(u32('lpm4_get', t, 0, 0x0b000001), 128);
  assert.is(u32('lpm4_get', t, 0, 0x0d000001), MISS);
});

test.run();
