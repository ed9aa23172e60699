// meter.test.ts -- the token bucket against exact arithmetic.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench, random } from './wasm.ts';

const SECOND = 10n ** 12n;
const { u32, alloc } = bench(4);
const make = (rate: bigint, burst: bigint): number => {
  const m = alloc(u32('meter_sizeof'));
  u32('meter_init', m, rate, burst);
  return m;
};

test('every take agrees with a bucket of rationals', () => {
  const next = random(131);
  for (const [rate, burst] of [[1n, 1n], [3n, 10n], [1000n, 10n], [7n, 1000000n], [50_000_000_000n, 100_000_000n], [999_999_999_989n, 1n << 62n], [(1n << 43n) - 1n, 1n << 50n], [0n, 5n]] as const) {
    const m = make(rate, burst);
    // In 10^-12 tokens, without bound on size.
    let have = burst * SECOND, now = 0n, last = 0n, took = 0;
    for (let i = 0; i < 3000; i++) {
      const step = [1n, 1000n, 10n ** 6n, 10n ** 9n, SECOND, 100n * SECOND, -(10n ** 6n)][next() % 7]!;
      now += step * BigInt(next() % 1000) / 10n;
      if (now > last) {
        have += rate * (now - last);
        if (have >= burst * SECOND) have = burst * SECOND;
        last = now;
      }
      const n = next() & 1 ? 1n : burst * BigInt(next() % 100) / 99n;
      const want = have >= n * SECOND;
      if (want) { have -= n * SECOND; took++; }
      assert.is(u32('meter_take', m, now, n), want ? 1 : 0, `rate ${rate}, take ${i}`);
    }
    assert.ok(took > 0);
  }
});

test('a long pause fills the bucket and no more, whatever the product would be', () => {
  for (const rate of [1n, (1n << 43n) - 1n]) {
    const m = make(rate, 5n);
    assert.is(u32('meter_take', m, 0n, 5n), 1);
    assert.is(u32('meter_take', m, 0n, 1n), 0);
    assert.is(u32('meter_take', m, 2n ** 63n - 1n, 6n), 0);
    assert.is(u32('meter_take', m, 2n ** 63n - 1n, 5n), 1);
  }
});

test('pauses that overflow a product are told apart from short ones', () => {
  const m = make(1n << 42n, 1n << 62n); // 2^22 seconds give 2^64 tokens
  assert.is(u32('meter_take', m, 0n, 1n << 62n), 1);
  assert.is(u32('meter_take', m, (1n << 22n) * SECOND, 1n << 62n), 1);
});

test('begun tokens are not lost, however often one looks', () => {
  const m = make(3n, 10n);
  assert.is(u32('meter_take', m, 0n, 10n), 1);
  for (let i = 1n; i < 1000n; i++) assert.is(u32('meter_take', m, i * SECOND / 1000n, 3n), 0);
  assert.is(u32('meter_take', m, SECOND, 3n), 1);
});

test('a clock that steps back gives nothing and takes nothing', () => {
  const m = make(10n, 2n);
  assert.is(u32('meter_take', m, SECOND, 2n), 1);
  assert.is(u32('meter_take', m, 0n, 1n), 0);
  assert.is(u32('meter_take', m, SECOND, 1n), 0, 'the same second is not paid twice');
  assert.is(u32('meter_take', m, SECOND + SECOND / 10n, 1n), 1);
});

test.run();
