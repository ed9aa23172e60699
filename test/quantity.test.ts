// quantity.test.ts -- numbers with units: every unit, exact values, and what is refused.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseRate, parseSize, parseTime, QuantityError } from '../src/switch/quantity.ts';

test('times are exact picoseconds', () => {
  for (const [text, ps] of Object.entries({
    '0s': 0n, '1ps': 1n, '1ns': 1_000n, '5us': 5_000_000n, '1.5ms': 1_500_000_000n, '300s': 300_000_000_000_000n,
    '2min': 120_000_000_000_000n, '1h': 3_600_000_000_000_000n, '0.000000000001s': 1n, '1.50us': 1_500_000n,
  })) assert.is(parseTime(text), ps, text);
});

test('rates are decimal bit/s', () => {
  for (const [text, bits] of Object.entries({ '64k': 64_000n, '10M': 10_000_000n, '400G': 400_000_000_000n, '2.5G': 2_500_000_000n, '51.2T': 51_200_000_000_000n }))
    assert.is(parseRate(text), bits, text);
});

test('sizes are bytes, binary and decimal', () => {
  for (const [text, bytes] of Object.entries({ '64B': 64n, '9kB': 9_000n, '4KiB': 4_096n, '1MB': 1_000_000n, '1.5MiB': 1_572_864n, '4GiB': 4_294_967_296n }))
    assert.is(parseSize(text), bytes, text);
});

test('a bare number names the forms', () => {
  assert.throws(() => parseTime('300'), /300 lacks its unit \(ps, ns, us, ms, s, min, h\): expected a time, as in 300s, 5us, 1.5ms/);
  assert.throws(() => parseRate('400'), /400 lacks its unit \(k, M, G, T\)/);
  assert.throws(() => parseSize('0'), /0 lacks its unit/);
});

test('what is no quantity is refused', () => {
  for (const text of ['', 's', '-5s', '+5s', '5 s', ' 5s', '5s ', '.5s', '5.s', '1e3s', '0x10s', '5S', '5sec', '5K', '5constructor', '1_000s', '5µs'])
    assert.throws(() => parseTime(text), (e: unknown) => e instanceof QuantityError, text);
  assert.throws(() => parseRate('400g'), /no unit "g"/);
  assert.throws(() => parseSize('4kib'), /no unit "kib"/);
});

test('fractions of the base unit are refused', () => {
  assert.throws(() => parseTime('0.5ps'), /0.5ps is no whole number of ps/);
  assert.throws(() => parseSize('1.0001kB'), /no whole number of B/);
});

test.run();
