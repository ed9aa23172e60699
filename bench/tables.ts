// tables.ts -- prefixes drawn as the global tables have them, files of them,
// and the tables of the C twins.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kernels } from '../src/kernel/kernels.ts';
import { colons, dotted } from './frames.ts';
import { generator } from './random.ts';

/** Mostly /24, then /22 to /16; one in LONG is a /28: the twins' 16-bit DIR-24-8 has 32k groups of them. */
const LENGTHS4 = [24, 24, 24, 24, 24, 24, 22, 22, 23, 20, 19, 16, 21, 18, 17, 24], LONG = 64;
/** Mostly /48, then /32 to /44, a few longer. */
const LENGTHS6 = [48, 48, 48, 48, 48, 48, 48, 32, 32, 44, 44, 40, 40, 36, 36, 64];

export interface Route4 { prefix: number; length: number; hop: number }
export interface Route6 { prefix: number[]; length: number; hop: number }

/** `count` different prefixes in unicast space over `hops` next hops. */
export function routes4(count: number, hops: number): Route4[] {
  const random = generator(7), seen = new Set<number>(), list: Route4[] = [];
  while (list.length < count) {
    const length = random() % LONG === 0 ? 28 : LENGTHS4[random() & 15]!, prefix = (((random() % 0xd0000000) + 0x0b000000) >>> (32 - length) << (32 - length)) >>> 0;
    if (prefix >>> 24 === 127 || prefix >>> 24 >= 223 || seen.has(prefix + length / 64)) continue;
    seen.add(prefix + length / 64);
    list.push({ prefix, length, hop: random() % hops });
  }
  return list;
}

/** `count` different prefixes in 2000::/4. */
export function routes6(count: number, hops: number): Route6[] {
  const random = generator(9), seen = new Set<string>(), list: Route6[] = [];
  while (list.length < count) {
    const length = LENGTHS6[random() & 15]!;
    const prefix = [0x2100 | (random() & 0xeff), ...[1, 2, 3].map(() => random() & 0xffff), 0, 0, 0, 0].map((w, i) => {
      const bits = Math.min(16, Math.max(0, length - i * 16));
      return w & (0xffff << (16 - bits)) & 0xffff;
    });
    const key = `${colons(prefix)}/${length}`;
    if (seen.has(key)) continue;
    seen.add(key);
    list.push({ prefix, length, hop: random() % hops });
  }
  return list;
}

/** Write a table file of the switch file. @returns the value that names it */
export function tableFile(dir: string, name: string, lines: readonly string[]): string {
  writeFileSync(join(dir, name), lines.join('\n'));
  return `"@${join(dir, name)}"`;
}

export const lines4 = (list: readonly Route4[], gateway: (hop: number) => string): string[] =>
  list.map(r => `${dotted(r.prefix)}/${r.length} ${gateway(r.hop)}`);
export const lines6 = (list: readonly Route6[], gateway: (hop: number) => string): string[] =>
  list.map(r => `${colons(r.prefix)}/${r.length} ${gateway(r.hop)}`);

/** DIR-24-8 as twins/twin.h reads it, entries hop + 1: [t24, t8]. */
export function dirTables(k: Kernels, list: readonly Route4[]): [number, number] {
  const t24 = k.alloc(2 ** 25, 'twin'), long = list.filter(r => r.length > 24), groups = new Map<number, number>();
  const t8 = k.alloc((long.length + 1) * 512, 'twin'), u16 = new Uint16Array(k.bytes.buffer);
  for (const r of [...list].sort((a, b) => a.length - b.length)) {
    const at = (t24 >>> 1) + (r.prefix >>> 8);
    if (r.length <= 24) {
      u16.fill(r.hop + 1, at, at + 2 ** (24 - r.length));
      continue;
    }
    let g = groups.get(r.prefix >>> 8);
    if (g === undefined) {
      g = groups.size;
      groups.set(r.prefix >>> 8, g);
      u16.fill(u16[at]!, (t8 >>> 1) + g * 256, (t8 >>> 1) + g * 256 + 256);
      u16[at] = 0x8000 | g;
    }
    u16.fill(r.hop + 1, (t8 >>> 1) + g * 256 + (r.prefix & 255), (t8 >>> 1) + g * 256 + (r.prefix & 255) + 2 ** (32 - r.length));
  }
  return [t24, t8];
}

const K1 = 0x9e3779b97f4a7c15n, K2 = 0xd6e8feb86659fd93n;

/** A key of 128 bits as two words loaded from memory, and its value, not 0. */
export interface Entry { low: bigint; high: bigint; value: number }

/** Two words of a key in memory. */
export function key(bytes: Uint8Array): { low: bigint; high: bigint } {
  const view = new DataView(new ArrayBuffer(16));
  new Uint8Array(view.buffer).set(bytes);
  return { low: view.getBigUint64(0, true), high: view.getBigUint64(8, true) };
}

/** Open addressing at half load, entries of 32 bytes, as twins/twin.h looks them up: [table, log2 of its slots]. */
export function hashTable(k: Kernels, entries: readonly Entry[]): [number, number] {
  const bits = Math.max(4, Math.ceil(Math.log2(entries.length * 2))), at = k.alloc(32 << bits, 'twin'), mask = (1 << bits) - 1;
  for (const { low, high, value } of entries) {
    let slot = Number((BigInt.asUintN(64, (low ^ BigInt.asUintN(64, high * K1)) * K2)) >> BigInt(64 - bits));
    while (k.view.getUint32(at + slot * 32 + 16, true) !== 0) slot = (slot + 1) & mask;
    k.view.setBigUint64(at + slot * 32, low, true);
    k.view.setBigUint64(at + slot * 32 + 8, high, true);
    k.view.setUint32(at + slot * 32 + 16, value, true);
  }
  return [at, bits];
}

/** Records of `size` bytes: a next hop of headers to write, its MTU and port behind them, as in struct hop. */
export function hopTable(k: Kernels, hops: readonly { headers: Uint8Array; mtu: number; port: number }[]): number {
  const at = k.alloc(hops.length * HOP_BYTES, 'twin');
  hops.forEach(({ headers, mtu, port }, i) => {
    k.view.setUint16(at + i * HOP_BYTES, mtu, true);
    k.view.setUint16(at + i * HOP_BYTES + 2, port, true);
    k.bytes.set(headers, at + i * HOP_BYTES + 4);
  });
  return at;
}
/** sizeof(struct hop). */
const HOP_BYTES = 128;
