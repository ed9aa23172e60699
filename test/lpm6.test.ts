// lpm6.test.ts -- IPv6 longest prefix match against trying every length.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench, random } from './wasm.ts';

const MISS = 0xffffffff, ALL = (1n << 128n) - 1n;
const { k, u32, alloc } = bench(200);
const MASKS = Array.from({ length: 129 }, (_, len) => ALL ^ (ALL >> BigInt(len)));
const mask = (len: number): bigint => MASKS[len]!;
/** The two halves as the kernels take them. */
const halves = (a: bigint): [bigint, bigint] => [BigInt.asIntN(64, a >> 64n), BigInt.asIntN(64, a)];

interface Route { prefix: bigint; len: number; value: number }

// V8 hashes a BigInt by its lowest 64 bits only, so a key must differ there:
// the upper half of the prefix and the length are mixed in, reversibly.
const SPREAD = Array.from({ length: 129 }, (_, len) => BigInt(len) << 128n | BigInt.asUintN(64, BigInt(len) * 0x9e3779b97f4a7c15n));
const keyOf = (prefix: bigint, len: number): bigint => {
  const p = prefix & mask(len);
  return p ^ p >> 64n ^ SPREAD[len]!;
};

/** The oracle: one Map a VRF, tried from /128 to /0. */
class Model {
  readonly routes = new Map<bigint, Route>();
  readonly lengths = new Uint32Array(129);
  set(prefix: bigint, len: number, value: number): void {
    if (!this.has(prefix, len)) this.lengths[len]!++;
    this.routes.set(keyOf(prefix, len), { prefix, len, value });
  }
  has(prefix: bigint, len: number): boolean {
    return this.routes.has(keyOf(prefix, len));
  }
  delete(prefix: bigint, len: number): boolean {
    const there = this.routes.delete(keyOf(prefix, len));
    if (there) this.lengths[len]!--;
    return there;
  }
  get(addr: bigint): number {
    for (let len = 128; len >= 0; len--) {
      const route = this.lengths[len] ? this.routes.get(keyOf(addr, len)) : undefined;
      if (route) return route.value;
    }
    return MISS;
  }
}

const make = (vrfs: number, entries: number): number => {
  const t = alloc(u32('lpm6_sizeof', vrfs, entries));
  u32('lpm6_init', t, vrfs, entries);
  return t;
};
// Addresses of the layout lpm6.ts draws: VRF_COUNT, FILTER, HASH.
const word = (at: number): number => k.view.getUint32(at, true);
const filter = (t: number): Uint8Array => k.bytes.subarray(word(t + 4), word(t + 4) + (word(word(t + 8)) + 1) / 32);
const entries = (t: number): number => word(word(t + 8) + 8);

const KEYS = 64, keys = alloc(KEYS * 32 + KEYS * 4);
/** A vector of lookups: what lpm6_get_many finds. */
const many = (t: number, asked: readonly (readonly [vrf: number, addr: bigint])[]): number[] => {
  asked.forEach(([vrf, addr], i) => {
    k.view.setBigUint64(keys + i * 32, addr >> 64n, true);
    k.view.setBigUint64(keys + i * 32 + 8, BigInt.asUintN(64, addr), true);
    k.view.setUint32(keys + i * 32 + 16, vrf, true);
  });
  u32('lpm6_get_many', t, keys, asked.length, keys + KEYS * 32);
  return asked.map((_, i) => word(keys + i * 32 + 20));
};

/** Prefixes that nest and share bits; `where` picks the bits that vary. */
const draw = (next: () => number): [prefix: bigint, len: number] => {
  const len = next() % 129;
  let a = 0x20010db8n << 96n;
  for (let i = 0; i < 3; i++) a ^= 1n << BigInt(next() % 128); // a few bits off a common stem
  return [a, len];
};
const EDGES = [0n, 1n, ALL, 1n << 127n, 1n << 64n, (1n << 64n) - 1n, 0x20010db8n << 96n];

test('puts, replacements and deletions of every length agree with the oracle', () => {
  const t = make(3, 12000), models = [new Model(), new Model(), new Model()], next = random(61);
  for (let step = 0; step < 12000; step++) {
    const vrf = next() % 3, model = models[vrf]!;
    let [prefix, len] = draw(next);
    if (next() % 100 < (step & 2048 ? 35 : 60)) {
      const value = next() % MISS;
      assert.is(u32('lpm6_put', t, vrf, ...halves(prefix), len, value), 1);
      model.set(prefix, len, value);
    } else {
      const have = [...model.routes.values()][next() % (model.routes.size || 1)];
      if (have !== undefined && next() & 1) ({ prefix, len } = have);
      assert.is(u32('lpm6_del', t, vrf, ...halves(prefix), len), model.delete(prefix, len) ? 1 : 0);
    }
    for (let i = 0; i < 6; i++) {
      const addr = i < 1 ? EDGES[next() % EDGES.length]! : i < 4 ? prefix ^ (1n << BigInt(next() % 128)) : draw(next)[0];
      const want = model.get(addr), [hi, lo] = halves(addr);
      assert.is(u32('lpm6_get', t, vrf, hi, lo), want, `step ${step}, ${addr.toString(16)}`);
      const candidates = u32('lpm6_candidates', t, vrf, hi, lo);
      assert.is(u32('lpm6_get_from', t, u32('lpm6_slot', t, vrf, hi, lo, candidates), vrf, hi, lo, candidates), want);
    }
    assert.is(u32('lpm6_count', t, vrf), model.routes.size);
    // The same few addresses again and again, so that most answers are kept ones, in between changes.
    const asked = Array.from({ length: 8 }, (_, i) => [next() % 3, i < 4 ? EDGES[next() % EDGES.length]! : prefix ^ BigInt(next() % 4)] as const);
    assert.equal(many(t, asked), asked.map(([v, addr]) => models[v]!.get(addr)), `step ${step}`);
    if (step % 3 === 0) assert.equal(many(t, asked.toReversed()), asked.toReversed().map(([v, addr]) => models[v]!.get(addr)));
  }
  models.forEach((model, vrf) => {
    assert.ok(model.routes.size > 200);
    for (const { prefix, len } of model.routes.values()) assert.is(u32('lpm6_del', t, vrf, ...halves(prefix), len), 1);
    assert.is(u32('lpm6_count', t, vrf), 0);
  });
  assert.is(entries(t), 0, 'entries leaked');
  assert.ok(filter(t).every(b => b === 0), 'filter bits leaked');
});

test('each length alone: first and last address inside, the ones next to it outside', () => {
  const t = make(1, 9), stem = 0x20010db8_12345678_9abcdef0_0fedcba9n;
  for (let len = 0; len <= 128; len++) {
    assert.is(u32('lpm6_put', t, 0, ...halves(stem), len, 7), 1);
    const first = stem & mask(len), last = first | (ALL ^ mask(len));
    assert.is(u32('lpm6_get', t, 0, ...halves(first)), 7);
    assert.is(u32('lpm6_get', t, 0, ...halves(last)), 7);
    if (len) {
      assert.is(u32('lpm6_get', t, 0, ...halves(first - 1n)), MISS, `/${len}`);
      assert.is(u32('lpm6_get', t, 0, ...halves(last + 1n)), MISS, `/${len}`);
    }
    assert.is(entries(t), u32('lpm6_cost', len));
    assert.is(u32('lpm6_del', t, 0, ...halves(stem), len), 1);
    assert.is(u32('lpm6_get', t, 0, ...halves(stem)), MISS);
  }
});

test('what lpm6_cost sums to always fits, and a full table refuses without harm', () => {
  const next = random(71), model = new Model(), t = make(1, 500);
  let cost = 0, refused = 0;
  for (let i = 0; i < 2000; i++) {
    const [prefix, len] = draw(next), fresh = !model.has(prefix, len), ok = u32('lpm6_put', t, 0, ...halves(prefix), len, i);
    if (ok && fresh) cost += u32('lpm6_cost', len);
    if (ok) model.set(prefix, len, i);
    else {
      refused++;
      assert.ok(cost + u32('lpm6_cost', len) > 500, `refused at ${cost}`);
    }
    const addr = draw(next)[0];
    assert.is(u32('lpm6_get', t, 0, ...halves(addr)), model.get(addr));
  }
  assert.ok(refused > 100);
  for (const { prefix } of model.routes.values()) assert.is(u32('lpm6_get', t, 0, ...halves(prefix)), model.get(prefix));
});

test('arguments out of range are refused', () => {
  const t = make(2, 100);
  assert.is(u32('lpm6_put', t, 2, 0n, 0n, 8, 1), 0, 'no such VRF');
  assert.is(u32('lpm6_put', t, 1, 0n, 0n, 129, 1), 0);
  assert.is(u32('lpm6_put', t, 1, 0n, 0n, 8, MISS), 0);
  assert.is(u32('lpm6_del', t, 2, 0n, 0n, 8), 0);
  assert.is(u32('lpm6_del', t, 1, 0n, 0n, 129), 0);
  assert.is(u32('lpm6_del', t, 1, 0n, 0n, 0), 0);
});

test('10,000 VRFs of a few routes, the same prefixes in each', () => {
  const VRFS = 10000, t = make(VRFS, VRFS * 5), next = random(81), site = 0x20010db8n << 96n;
  for (let v = 0; v < VRFS; v++) {
    u32('lpm6_put', t, v, 0n, 0n, 0, v);
    assert.ok(u32('lpm6_put', t, v, ...halves(site), 48, v + 1));
    assert.ok(u32('lpm6_put', t, v, ...halves(site), 64, v + 2));
    assert.ok(u32('lpm6_put', t, v, ...halves(site | 1n), 127, v + 3));
  }
  for (let i = 0; i < 20000; i++) {
    const v = next() % VRFS, what = next() % 4;
    assert.is(u32('lpm6_get', t, v, ...halves([0n, site | 1n << 70n, site | 2n, site | 1n][what]!)), v + what);
  }
});

test('250,000 prefixes of an internet table in one VRF, inserted as a batch', () => {
  const N = 250_000, next = random(91), model = new Model(), at = alloc(24 * N);
  const share: [number, number][] = [[48, 460], [32, 200], [44, 90], [40, 80], [36, 60], [29, 40], [46, 30], [47, 20], [64, 10], [128, 10]];
  let cost = 0;
  for (let i = 0; i < N; i++) {
    let r = next() % 1000, len = 48;
    for (const [l, p] of share) { if (r < p) { len = l; break; } r -= p; }
    const prefix = (BigInt(0x20000000 + (next() % 0x0fffffff)) << 96n | BigInt(next()) << 64n | BigInt(next())) & mask(len);
    if (!model.has(prefix, len)) cost += u32('lpm6_cost', len);
    const value = next() % MISS;
    model.set(prefix, len, value);
    k.view.setBigUint64(at + 24 * i, prefix >> 64n);
    k.view.setBigUint64(at + 24 * i + 8, prefix & (1n << 64n) - 1n);
    k.view.setUint32(at + 24 * i + 16, len, true);
    k.view.setUint32(at + 24 * i + 20, value, true);
  }
  const t = make(1, cost);
  assert.is(u32('lpm6_put_many', t, 0, at, N), N);
  assert.is(u32('lpm6_count', t, 0), model.routes.size);
  const routes = [...model.routes.values()];
  let candidates = 0, matches = 0;
  for (let i = 0; i < 50000; i++) {
    const addr = i & 1 ? routes[next() % routes.length]!.prefix ^ BigInt(next() & 0xffff) : BigInt(0x20000000 + (next() % 0x0fffffff)) << 96n | BigInt(next());
    assert.is(u32('lpm6_get', t, 0, ...halves(addr)), model.get(addr));
    for (let c = u32('lpm6_candidates', t, 0, ...halves(addr)); c; c &= c - 1) candidates++;
    for (const len of [32, 36, 40, 44, 48, 64, 128]) matches += [0, 1, 2, 3].some(d => model.has(addr, len - d)) ? 1 : 0;
  }
  // One in sixteen by chance, for each of seven levels, at most.
  assert.ok((candidates - matches) / 50000 < 7 / 16, `${((candidates - matches) / 50000).toFixed(2)} false candidates a lookup`);
});

test('more flows than the cache has answers', () => {
  const t = make(1, 30_000), next = random(97), model = new Model();
  for (let i = 0; i < 20_000; i++) {
    const prefix = BigInt(0x20000000 + (next() & 0xfffffff)) << 96n;
    model.set(prefix, 32, i);
    u32('lpm6_put', t, 0, ...halves(prefix), 32, i);
  }
  const routes = [...model.routes.values()], kept: (readonly [number, bigint])[] = [];
  for (let i = 0; i < 1000; i++) {
    const asked = Array.from({ length: KEYS }, (_, j) => (j & 3 && kept.length > 0 ? kept[next() % kept.length]! : [0, routes[next() % routes.length]!.prefix | BigInt(next())] as const));
    kept.push(...asked.slice(0, 16));
    assert.equal(many(t, asked), asked.map(([, addr]) => model.get(addr)));
  }
});

test.run();
