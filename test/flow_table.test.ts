// flow_table.test.ts -- the flow table against a Map: what is there, what has
// aged, and who makes room when there is none.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench, random } from './wasm.ts';

const { k, u32, i64, alloc } = bench(256);
const KEY = 40, EXPIRES = 40, USER = 48, LINE = 64;
const keyAt = alloc(64);

/** Write the n-th key: half of them differ in the first eight bytes alone, half in the last. @returns its hash */
function key(t: number, n: number): number {
  k.bytes.fill(0, keyAt, keyAt + KEY);
  k.view.setUint32(keyAt + (n & 1 ? 32 : 0), n, true);
  return u32('flows_hash', t, keyAt, u32('hash32', n, 7));
}

function make(entries: number, seed = 1): number {
  const t = alloc(u32('flows_sizeof', entries));
  u32('flows_init', t, entries, seed);
  return t;
}

const get = (t: number, n: number, now: bigint): number => u32('flows_get', t, keyAt, key(t, n), now);
const add = (t: number, n: number, now: bigint, expires: bigint): number => u32('flows_add', t, keyAt, key(t, n), now, expires);

/** At most how many entries of the model are not past their time: counted now and then, and since then all new ones. */
function aliveCounter(): (model: ReadonlyMap<number, { expires: bigint }>, now: bigint, step: number) => number {
  let at = -1000, count = 0;
  return (model, now, step) => {
    if (step - at >= 64) [at, count] = [step, [...model.values()].filter(e => e.expires > now).length];
    return ++count;
  };
}

test('additions, deletions and the passing of time agree with a Map', () => {
  const next = random(2026);
  for (const entries of [64, 1000, 20000]) {
    const t = make(entries), model = new Map<number, { expires: bigint; mark: number; at: number }>(), alive = aliveCounter();
    let now = -1000n, made = 0n;
    for (let step = 0; step < 60000; step++) {
      if (next() % 8 === 0) now += BigInt(next() % 20);
      const n = next() % (entries * 2), what = next() % 10;
      const known = model.get(n), live = known !== undefined && known.expires > now, at = get(t, n, now);
      assert.is(at !== 0, live, `${entries}: flow ${n} at step ${step}`);
      if (live) {
        assert.is(at, known.at, 'entries do not move');
        assert.is(k.view.getUint32(at + USER, true), known.mark);
      }
      if (!live && what < 6 && alive(model, now, step) < entries) {
        const expires = now + 1n + BigInt(next() % (entries >> 1)), mark = next(), place = add(t, n, now, expires);
        made++;
        assert.is(k.view.getBigUint64(place + USER, true) | k.view.getBigUint64(place + USER + 8, true), 0n, 'a new entry has no past');
        assert.is((place & (LINE - 1)), 0, 'one cache line');
        k.view.setUint32(place + USER, mark, true);
        model.set(n, { expires, mark, at: place });
      } else if (live && what === 6) {
        u32('flows_del', t, at);
        model.delete(n);
      } else if (live && what > 6) {
        const expires = known.expires + BigInt(next() % 50);
        k.view.setBigInt64(at + EXPIRES, expires, true);
        known.expires = expires;
      }
    }
    assert.is(i64('flows_evicted', t), 0n, `${entries}: nobody had to make room`);
    assert.is(i64('flows_made', t), made);
    const listed: number[] = [], left = [...model.values()].filter(e => e.expires > now).map(e => e.at);
    for (let p = u32('flows_next', t, 0, now); p; p = u32('flows_next', t, p, now)) listed.push(p);
    assert.equal(listed.sort((a, b) => a - b), left.sort((a, b) => a - b));
    assert.ok(u32('flows_count', t) >= left.length);
  }
});

test('as many flows as were asked for are all there, one line each', () => {
  for (const [entries, seed] of [[1 << 17, 1], [100_000, 2], [65_536, 3]] as const) {
    const t = make(entries, seed);
    for (let n = 0; n < entries; n++) k.view.setUint32(add(t, n, 0n, 1n << 40n) + USER, n, true);
    assert.is(i64('flows_evicted', t), 0n);
    for (let n = 0; n < entries; n++) assert.is(k.view.getUint32(get(t, n, 0n) + USER, true), n);
    assert.is(u32('flows_count', t), entries);
  }
});

test('a full table gives up the flow that ends first where the newcomer belongs, and never a wrong answer', () => {
  const t = make(64), next = random(5), model = new Map<number, { expires: bigint; at: number }>(), BUCKET = 8 * LINE;
  let evicted = 0n;
  for (let n = 0; n < 3000; n++) {
    const expires = BigInt(1 + next() % 1_000_000), at = add(t, n, 0n, expires), gone = [...model].filter(([m]) => get(t, m, 0n) === 0);
    assert.ok(gone.length <= 1, `flow ${n}`);
    for (const [m, entry] of gone) {
      evicted++;
      assert.is(entry.at, at, 'the newcomer has its place');
      const base = entry.at - (entry.at - t - 64 - 128) % BUCKET; // behind header and tags
      for (const other of model.values()) if (other.at >= base && other.at < base + BUCKET) assert.ok(other.expires >= entry.expires, 'others of its bucket end later');
      model.delete(m);
    }
    model.set(n, { expires, at });
    for (const [m, entry] of model) if (m % 7 === n % 7) assert.is(get(t, m, 0n), entry.at);
  }
  assert.is(i64('flows_evicted', t), evicted);
  assert.is(model.size, 128, 'every slot is in use');
});

test('newcomers sweep: a table that takes flows in without end stays small', () => {
  const t = make(10_000);
  let most = 0;
  for (let n = 0; n < 200_000; n++) {
    add(t, n, BigInt(n), BigInt(n + 1000)); // a thousand are alive at any time
    most = Math.max(most, u32('flows_count', t));
  }
  assert.is(i64('flows_evicted', t), 0n);
  // 32,768 slots, four a newcomer: the hand is round after 8,192, and meets every one that died before.
  assert.ok(most <= 1000 + 8192 + 1000, `${most} entries at most`);
});

test('two tables with different seeds put keys in different places', () => {
  const a = make(1000, 1), b = make(1000, 2), spread = Array.from({ length: 200 }, (_, n) => add(a, n, 0n, 9n) - a === add(b, n, 0n, 9n) - b);
  assert.ok(spread.filter(Boolean).length < 10);
});

test.run();
