// lib.test.ts -- hash, checksum and rng of assembly/lib.

import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bench, random } from './wasm.ts';

const { k: { view, bytes }, u32, i64, alloc } = bench(4);
const buf = alloc(8192);

/** Sum of squared deviations over expectation, per degree of freedom: about 1 when random, large when uneven. */
const chi2 = (counts: Uint32Array): number => {
  const mean = counts.reduce((a, b) => a + b, 0) / counts.length;
  return counts.reduce((s, c) => s + (c - mean) ** 2 / mean, 0) / (counts.length - 1);
};

test('hash: results are pinned, so that saved runs stay comparable', () => {
  assert.is(u32('hash32', 1, 0), u32('hash64', 1n, 0));
  assert.is(u32('hash64', 1n, 0), u32('hash128', 1n, 0n, 0));
  assert.is(u32('hash160', 0, 1n, 2n, 3), u32('hash128', 1n, 2n, 3));
  // Recomputed here with arbitrary precision, from the description in hash.ts.
  const m = (1n << 64n) - 1n, K1 = 0x9e3779b97f4a7c15n, K2 = 0xd6e8feb86659fd93n, K3 = 0xc2b2ae3d27d4eb4fn;
  const mix = (a: bigint, b: bigint, salt: bigint) => {
    let h = ((a ^ ((salt + 1n) * K1 & m)) * K2) & m;
    h ^= h >> 32n;
    h = ((h ^ b) * K3) & m;
    h ^= h >> 32n;
    return Number(((h * K2) & m) >> 32n);
  };
  const next = random(1);
  for (let i = 0; i < 1000; i++) {
    const [a, b, s] = [BigInt(next()) << 32n | BigInt(next()), BigInt(next()) << 32n | BigInt(next()), next()];
    assert.is(u32('hash128', BigInt.asIntN(64, a), BigInt.asIntN(64, b), s), mix(a, b, BigInt(s)));
  }
  assert.is(u32('hash128', 0n, 0n, 0), 0xf7a16fd0);
});

// Structured flows: what sequential test traffic and RoCE look like. Each
// writes 13 bytes: addresses, ports, protocol.
const FLOWS: Record<string, (i: number) => [src: number, dst: number, sport: number, dport: number, proto: number]> = {
  'sequential sources': i => [0x0a000000 + i, 0x0b000001, 1000, 80, 6],
  'source port only': i => [0x0a000001, 0x0b000001, i, 80, 6],
  'destination only': i => [0x0a000001, 0x0b000000 + i, 1000, 80, 6],
  'RoCE queue pairs': i => [0x0a000000 + (i >> 8), 0x0b000000 + (i & 255), 49152 + (i * 7 & 16383), 4791, 17],
};
const COUNT = 65536;

const hashFlow = (six: boolean, [src, dst, sport, dport, proto]: readonly [number, number, number, number, number], salt: number): number => {
  bytes.fill(0, buf, buf + 32);
  view.setUint32(buf + (six ? 12 : 0), src);
  view.setUint32(buf + (six ? 28 : 4), dst);
  view.setUint16(buf + 32, sport);
  view.setUint16(buf + 34, dport);
  return u32(six ? 'hashFlow6' : 'hashFlow4', buf, view.getUint32(buf + 32, true), proto, salt);
};

for (const six of [false, true])
  for (const [name, flow] of Object.entries(FLOWS))
    test(`hash: ${name} spread evenly, IPv${six ? 6 : 4}`, () => {
      const low6 = new Uint32Array(64), high6 = new Uint32Array(64), low12 = new Uint32Array(4096), high12 = new Uint32Array(4096);
      const joint = new Uint32Array(256); // choice of one switch x choice of the next, 16 ways each
      const seen = new Set<number>();
      for (let i = 0; i < COUNT; i++) {
        const f = flow(i), h = hashFlow(six, f, 7), next = hashFlow(six, f, 8);
        low6[h & 63]!++;
        high6[h >>> 26]!++;
        low12[h & 4095]!++;
        high12[h >>> 20]!++;
        joint[(h >>> 28) << 4 | next >>> 28]!++;
        seen.add(h);
      }
      assert.ok(seen.size > COUNT - 10, `${COUNT - seen.size} flows collide in 32 bits`);
      // 63 and 255 degrees of freedom: 1.8 and 1.4 are beyond four standard deviations.
      for (const [c, limit] of [[low6, 1.8], [high6, 1.8], [low12, 1.12], [high12, 1.12], [joint, 1.4]] as const)
        assert.ok(chi2(c) < limit, `chi2/dof ${chi2(c).toFixed(2)} over ${c.length} buckets`);
      const top = Math.max(...high6) / (COUNT / 64);
      assert.ok(top < 1.15, `fullest of 64 buckets holds ${top.toFixed(2)} of its share`);
    });

test('hash: reduce keeps to its range and uses all of it', () => {
  for (const n of [1, 3, 7, 1000, 0xffffffff]) {
    assert.is(u32('reduce', 0, n), 0);
    assert.is(u32('reduce', 0xffffffff, n), n - 1);
  }
});

// RFC 1071 section 4.1, on big-endian 16-bit words.
const naive = (parts: Uint8Array[]): number => {
  let sum = 0;
  for (const p of parts)
    for (let i = 0; i < p.length; i += 2) sum += p[i]! << 8 | (p[i + 1] ?? 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum ^ 0xffff;
};
const swap = (v: number): number => (v >> 8 | v << 8) & 0xffff;
const fill = (n: number, next: () => number, at = buf): Uint8Array => {
  for (let i = 0; i < n; i++) bytes[at + i] = next();
  return bytes.slice(at, at + n);
};

test('checksum: RFC 1071 section 3, the example', () => {
  bytes.set([0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7], buf);
  assert.is(u32('checksum', buf, 8), swap(0xddf2 ^ 0xffff));
});

test('checksum: every length and alignment agrees with the sum word by word', () => {
  const next = random(2);
  for (let n = 0; n <= 200; n++)
    for (let shift = 0; shift < 4; shift++) {
      const p = buf + shift;
      const data = fill(n, next, p);
      bytes[p + n] = 0xa5; // the byte behind an odd end must not count
      assert.is(u32('checksum', p, n), swap(naive([data])), `${n} bytes`);
    }
});

test('checksum: all ones, all zeros and carries out of every stage', () => {
  for (const n of [1, 2, 7, 8, 20, 31, 32, 64, 1500, 4000])
    for (const v of [0, 0xff, 0xfe, 0x80]) {
      bytes.fill(v, buf, buf + n);
      assert.is(u32('checksum', buf, n), swap(naive([bytes.slice(buf, buf + n)])), `${n} bytes of ${v}`);
    }
  const next = random(3);
  for (let i = 0; i < 1000; i++) {
    // The first carries at every step of the fold.
    const sum = i === 0 ? 0x0001ffff_ffffffffn : BigInt(next()) << 32n | BigInt(i & 1 ? 0xffffffff : next());
    const want = sum === 0n ? 0 : Number((sum - 1n) % 65535n) + 1;
    assert.is(u32('checksumFold', BigInt.asIntN(64, sum)), want);
  }
});

test('checksum: RFC 1624 section 4, the example that eqn 2 gets wrong', () => {
  // HC = 0xDD2F, m = 0x5555, m' = 0x3285; eqn 3 gives 0x0000.
  assert.is(u32('checksumUpdate16', swap(0xdd2f), swap(0x5555), swap(0x3285)), 0x0000);
});

test('checksum: an update is what a new sum gives', () => {
  const next = random(4);
  for (let i = 0; i < 2000; i++) {
    fill(20, next);
    view.setUint16(buf + 10, 0);
    const old = u32('checksum', buf, 20);
    const wide = i & 1, at = buf + (wide ? 12 : 8);
    const before = wide ? view.getUint32(at, true) : view.getUint16(at, true);
    // A corner often enough: zero, all ones, unchanged.
    const after = [0, wide ? 0xffffffff : 0xffff, before, next() >>> (wide ? 0 : 16)][i >> 1 & 3]!;
    if (wide) view.setUint32(at, after, true);
    else view.setUint16(at, after, true);
    assert.is(u32(wide ? 'checksumUpdate32' : 'checksumUpdate16', old, before, after), u32('checksum', buf, 20));
  }
});

test('checksum: UDP, TCP and ICMPv6 with their pseudo-headers', () => {
  const next = random(5);
  for (let i = 0; i < 2000; i++) {
    const six = i % 2 === 1, [protocol, at] = ([[17, 6], [6, 16], [58, 2]] as const)[i % 3]!;
    const addresses = fill(six ? 32 : 8, next, buf);
    const n = 20 + next() % 90, l4 = buf + 64 + next() % 4;
    fill(n, next, l4);
    if (i % 17 === 0) bytes.fill(0, l4, l4 + n);
    const zeroed = bytes.slice(l4, l4 + n);
    zeroed[at] = zeroed[at + 1] = 0;
    const pseudo = six ? [addresses, Uint8Array.of(0, 0, n >> 8, n, 0, 0, 0, protocol)] : [addresses, Uint8Array.of(0, protocol, n >> 8, n)];
    const sum = six ? i64('checksumPseudo6', buf, buf + 16, protocol, n) : i64('checksumPseudo4', buf, protocol, n);
    const want = swap(naive([...pseudo, zeroed]));
    const got = u32('checksumTransport', sum, l4, n, at);
    assert.is(got, want, 'whatever the field held before');
    view.setUint16(l4 + at, got, true);
    assert.ok(u32('checksumVerify', sum, l4, n));
    if (protocol === 17) {
      const sent = u32('checksumUdp', sum, l4, n);
      assert.is(sent, want === 0 ? 0xffff : want);
      view.setUint16(l4 + at, sent, true);
      assert.ok(u32('checksumVerifyUdp', sum, l4, n, 0));
      view.setUint16(l4 + at, 0, true);
      assert.is(u32('checksumVerifyUdp', sum, l4, n, 1), 1, 'no checksum, IPv4');
      assert.is(u32('checksumVerifyUdp', sum, l4, n, 0), 0, 'no checksum, IPv6');
      view.setUint16(l4 + at, sent, true);
    }
    bytes[l4 + next() % n]! ^= 1 + next() % 255;
    assert.not.ok(u32('checksumVerify', sum, l4, n));
  }
});

test('checksum: a UDP sum of zero is sent as all ones; an ICMP message of zeros gets all ones', () => {
  bytes.fill(0, buf, buf + 64);
  view.setUint32(buf, swap(0xffff - 17 - 8), true); // source chosen so that the sum is all ones
  assert.is(u32('checksumTransport', i64('checksumPseudo4', buf, 17, 8), buf + 32, 8, 6), 0);
  assert.is(u32('checksumUdp', i64('checksumPseudo4', buf, 17, 8), buf + 32, 8), 0xffff);
  assert.is(u32('checksumTransport', 0n, buf + 32, 8, 2), 0xffff);
});

test('rng: splitmix64, the published sequence for seed 1234567', () => {
  u32('rng_seed', buf, 1234567n);
  const want = [6457827717110365317n, 3203168211198807973n, 9817491932198370423n, 4593380528125082431n, 16408922859458223821n];
  for (const w of want) assert.is(BigInt.asUintN(64, i64('rng_next', buf)), w);
});

test('rng: rng_below is in range and even', () => {
  u32('rng_seed', buf, 42n);
  const counts = new Uint32Array(6);
  for (let i = 0; i < 60000; i++) counts[u32('rng_below', buf, 6)]!++;
  assert.ok(chi2(counts) < 3, `chi2/dof ${chi2(counts)}`);
  assert.is(u32('rng_below', buf, 1), 0);
  for (let i = 0; i < 100; i++) assert.ok(u32('rng_below', buf, 0x80000001) <= 0x80000000);
});

test.run();
