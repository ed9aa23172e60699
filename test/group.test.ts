// group.test.ts -- ECMP groups: shares, resilience, drain.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench, random } from './wasm.ts';

const MISS = 0xffffffff;
const { u32, alloc } = bench(16);

class Group {
  readonly g: number;
  readonly weights: number[];
  constructor(readonly members: number, readonly buckets: number) {
    this.g = alloc(u32('group_sizeof', members, buckets));
    u32('group_init', this.g, members, buckets);
    this.weights = Array<number>(members).fill(0);
    for (let m = 0; m < members; m++) u32('group_set_value', this.g, m, value(m));
  }
  weigh(member: number, weight: number): void {
    this.weights[member] = weight;
    u32('group_set_weight', this.g, member, weight);
  }
  /** Owner of every bucket, by the first hash that leads there. */
  owners(): number[] {
    return Array.from({ length: this.buckets }, (_, b) => {
      const hash = Math.ceil(b * 2 ** 32 / this.buckets);
      const member = u32('group_member', this.g, hash);
      assert.is(u32('group_get', this.g, hash), member === MISS ? MISS : value(member));
      return member;
    });
  }
  /** Exact share of each member, in buckets. */
  shares(): number[] {
    const total = this.weights.reduce((a, b) => a + b, 0);
    return this.weights.map(w => (total ? this.buckets * w / total : 0));
  }
  check(): number[] {
    const owners = this.owners(), counts = this.weights.map((_, m) => owners.filter(o => o === m).length);
    this.shares().forEach((share, m) => {
      assert.ok(counts[m]! >= Math.floor(share + 1e-9) && counts[m]! <= Math.ceil(share - 1e-9), `member ${m} has ${counts[m]} of ${share}`);
      assert.is(u32('group_count', this.g, m), counts[m]);
    });
    return owners;
  }
}
const value = (member: number): number => 64 * (member + 100);

test('an empty group answers MISS, and so does one drained to the last', () => {
  const group = new Group(3, 16);
  assert.is(u32('group_get', group.g, 0), MISS);
  assert.is(u32('group_member', group.g, 0xffffffff), MISS);
  group.weigh(1, 5);
  assert.ok(group.check().every(o => o === 1));
  group.weigh(1, 0);
  assert.ok(group.check().every(o => o === MISS));
  group.weigh(2, 1);
  assert.ok(group.check().every(o => o === 2));
});

test('removing a member moves its buckets and no others', () => {
  const next = random(101);
  for (let round = 0; round < 60; round++) {
    const members = 2 + next() % 30, group = new Group(members, [64, 100, 256, 1000][round % 4]!);
    for (let m = 0; m < members; m++) group.weigh(m, round & 1 ? 1 : 1 + next() % 9);
    for (let gone = 0; gone < members - 1; gone++) {
      const left = group.weights.flatMap((w, m) => (w ? [m] : [])), victim = left[next() % left.length]!;
      const before = group.owners();
      group.weigh(victim, 0);
      const after = group.check();
      before.forEach((o, b) => { if (o !== victim) assert.is(after[b], o, `bucket ${b} moved`); });
    }
  }
});

test('adding an equal member moves only what it gets', () => {
  for (const buckets of [64, 100, 256, 1000]) {
    const group = new Group(40, buckets);
    group.weigh(0, 7);
    for (let m = 1; m < 40; m++) {
      const before = group.owners();
      group.weigh(m, 7);
      group.check().forEach((o, b) => { if (o !== before[b]) assert.is(o, m, `bucket ${b} moved to another`); });
    }
  }
});

test('any change of weights moves the fewest buckets that shares to within one allow', () => {
  const next = random(111);
  for (let round = 0; round < 40; round++) {
    const group = new Group(2 + next() % 20, 16 + next() % 500);
    for (let step = 0; step < 40; step++) {
      const before = group.owners();
      group.weigh(next() % group.members, next() % 4 ? next() % 100 : 0);
      const after = group.check();
      if (group.weights.every(w => w === 0)) continue;
      let surplus = 0, want = 0;
      group.shares().forEach((share, m) => {
        const had = before.filter(o => o === m).length;
        surplus += Math.max(0, had - Math.ceil(share - 1e-9));
        want += Math.max(0, Math.floor(share + 1e-9) - had);
      });
      surplus += before.filter(o => o === MISS).length; // unowned buckets always find a member
      assert.is(after.filter((o, b) => o !== before[b]).length, Math.max(surplus, want));
    }
  }
});

test('the same history gives the same buckets; large weights do not overflow', () => {
  const make = (): number[] => {
    const group = new Group(3, 4096);
    for (const [m, w] of [[0, 400_000_000], [1, 100_000_000], [2, 1_000_000_000], [0, 3]] as const) group.weigh(m, w);
    return group.check();
  };
  assert.equal(make(), make());
});

test('flows split by weight', () => {
  const group = new Group(3, 256), next = random(121), hits = [0, 0, 0];
  [1, 2, 5].forEach((w, m) => { group.weigh(m, w); });
  for (let i = 0; i < 80000; i++) hits[u32('group_member', group.g, next())]!++;
  [1, 2, 5].forEach((w, m) => { assert.ok(Math.abs(hits[m]! / 10000 - w) < 0.1, `${hits}`); });
});

test('a new value reaches the buckets a member has and those it gets', () => {
  const group = new Group(2, 8);
  group.weigh(0, 1);
  u32('group_set_value', group.g, 0, 6400);
  assert.is(u32('group_get', group.g, 0), 6400);
  group.weigh(1, 1);
  group.weigh(1, 0);
  for (let b = 0; b < 8; b++) assert.is(u32('group_get', group.g, b * 2 ** 29), 6400);
});

test.run();
