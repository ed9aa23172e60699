// policer.test.ts -- three color markers against the RFCs' own steps in exact
// arithmetic, and against what long runs must come to.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Policer } from '../assembly/abi/policer.ts';
import { bench, random } from './wasm.ts';

const SECOND = 10n ** 12n, GREEN = 0, YELLOW = 1, RED = 2;
const b = bench(8);
interface Config { cir: bigint; cbs: bigint; ebs?: bigint; pir?: bigint; pbs?: bigint }

/** Rates in bit/s, bursts in bits. */
function make({ cir, cbs, ebs = 0n, pir, pbs = 0n }: Config): (now: bigint, bits: bigint, before?: number) => number {
  const at = b.alloc(Policer.SIZEOF), { view } = b.k;
  view.setUint8(at + Policer.TWO_RATES, pir === undefined ? 0 : 1);
  view.setBigUint64(at + Policer.EXCESS_BURST, ebs, true);
  view.setBigUint64(at + Policer.EXCESS, ebs, true);
  b.u32('meter_init', at + Policer.COMMITTED, cir, cbs);
  b.u32('meter_init', at + Policer.PEAK, pir ?? 0n, pbs);
  return (now, bits, before = GREEN) => b.u32('policer_color', at, now, bits, before);
}

/** The steps of the RFCs on tokens in 10^-12 of one. */
function model({ cir, cbs, ebs = 0n, pir, pbs = 0n }: Config): (now: bigint, bits: bigint, before?: number) => number {
  const [CBS, EBS, PBS] = [cbs * SECOND, ebs * SECOND, pbs * SECOND];
  let [c, e, p, last] = [CBS, EBS, PBS, 0n];
  const least = (x: bigint, y: bigint) => (x < y ? x : y);
  return (now, bits, before = GREEN) => {
    const past = now > last ? now - last : 0n, n = bits * SECOND;
    last += past;
    if (pir === undefined) { // RFC 2697 section 3
      const gain = past * cir, toC = least(gain, CBS - c);
      c += toC;
      e = least(EBS, e + gain - toC);
      if (before === GREEN && c >= n) { c -= n; return GREEN; }
      if (before !== RED && e >= n) { e -= n; return YELLOW; }
      return RED;
    }
    c = least(CBS, c + past * cir); // RFC 2698 section 3
    p = least(PBS, p + past * pir);
    if (before === RED || p < n) return RED;
    p -= n;
    if (before === YELLOW || c < n) return YELLOW;
    c -= n;
    return GREEN;
  };
}

for (const aware of [false, true])
  test(`every color agrees with exact arithmetic${aware ? ', color aware' : ''}`, () => {
    const next = random(aware ? 2697 : 2698);
    for (const config of [
      { cir: 1_000_000n, cbs: 12_000n, ebs: 24_000n }, { cir: 7n, cbs: 0n, ebs: 999_983n }, { cir: 999_999_937n, cbs: 12_000n, ebs: 0n },
      { cir: 1_000_000n, cbs: 12_000n, pir: 2_000_000n, pbs: 24_000n }, { cir: 333_333n, cbs: 99_991n, pir: 333_333n, pbs: 12_007n }, { cir: 10n ** 11n, cbs: 10n ** 5n, pir: 4n * 10n ** 11n, pbs: 10n ** 5n },
    ]) {
      const color = make(config), want = model(config), seen = [0, 0, 0], gap = 12_000n * SECOND / config.cir;
      let now = 0n;
      for (let i = 0; i < 4000; i++) {
        now += [gap / 3n, gap / 2n, gap, 1n, -gap, 3n * gap, 0n][next() % 7]! * BigInt(next() % 1000) / 1000n;
        const bits = 8n * BigInt(20 + next() % 1481), before = aware ? next() % 3 : GREEN, got = color(now, bits, before);
        assert.is(got, want(now, bits, before), `packet ${i}`);
        assert.ok(got >= before);
        seen[got]!++;
      }
      assert.ok(seen[RED]! > 0 && seen[RED]! < 4000, `${config.cir}: ${seen.join()}`);
    }
  });

test('one rate, overloaded: green is CBS and CIR, yellow EBS, once', () => {
  // 1,000 bits every millisecond are 1 Mbit/s; CIR is a tenth of it.
  const color = make({ cir: 100_000n, cbs: 5_000n, ebs: 3_000n }), seen = [0, 0, 0];
  for (let i = 0n; i < 10_000n; i++) seen[color(i * SECOND / 1000n, 1000n)]!++;
  // 10 s less one packet's time: 5 + floor(999.9) green, and E is filled only while C is full: never.
  assert.equal(seen, [5 + 999, 3, 10_000 - 5 - 999 - 3]);
});

test('one rate, idle: E fills when C is full', () => {
  const color = make({ cir: 1000n, cbs: 1000n, ebs: 2000n });
  assert.equal([1, 2, 3, 4].map(() => color(0n, 1000n)), [GREEN, YELLOW, YELLOW, RED]);
  assert.equal([1, 2].map(() => color(SECOND, 1000n)), [GREEN, RED]); // a second fills C
  assert.equal([1, 2, 3].map(() => color(3n * SECOND, 1000n)), [GREEN, YELLOW, RED]); // two more: C, then half of E
  assert.equal([1, 2, 3, 4].map(() => color(9n * SECOND, 1000n)), [GREEN, YELLOW, YELLOW, RED]);
});

test('two rates, overloaded: green is CBS and CIR, green and yellow PBS and PIR', () => {
  const color = make({ cir: 100_000n, cbs: 5_000n, pir: 300_000n, pbs: 7_000n }), seen = [0, 0, 0];
  for (let i = 0n; i < 10_000n; i++) seen[color(i * SECOND / 1000n, 1000n)]!++;
  const passed = 7 + 2999, green = 5 + 999;
  assert.equal(seen, [green, passed - green, 10_000 - passed]);
});

test('a color is never better than before, and red takes no tokens', () => {
  const one = make({ cir: 1n, cbs: 1000n, ebs: 1000n });
  assert.equal([RED, YELLOW, GREEN].map(before => one(0n, 1000n, before)), [RED, YELLOW, GREEN]);
  const two = make({ cir: 1n, cbs: 1000n, pir: 1n, pbs: 2000n });
  assert.equal([RED, YELLOW, GREEN, GREEN].map(before => two(0n, 1000n, before)), [RED, YELLOW, GREEN, RED]);
});

test.run();
