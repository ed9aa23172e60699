// l3fwd.ts -- IPv4 forwarding over 1k, 100k and 1M prefixes, and its C twin.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kernels } from '../src/kernel/kernels.ts';
import { generator, type Pipeline } from './pipelines.ts';

/** Lengths drawn as the global table has them: mostly /24, then /22 to /16, a few longer. */
const LENGTHS = [24, 24, 24, 24, 24, 24, 22, 22, 23, 20, 19, 16, 21, 18, 17, 28];
const HOPS = 64;

interface Route { prefix: number; length: number; hop: number }

/** `count` different prefixes in unicast space. */
function routes(count: number): Route[] {
  const random = generator(7), seen = new Set<number>(), list: Route[] = [];
  while (list.length < count) {
    const length = LENGTHS[random() & 15]!, prefix = (((random() % 0xd0000000) + 0x0b000000) >>> (32 - length) << (32 - length)) >>> 0;
    if (prefix >>> 24 === 127 || prefix >>> 24 >= 223 || seen.has(prefix + length / 64)) continue;
    seen.add(prefix + length / 64);
    list.push({ prefix, length, hop: random() % HOPS });
  }
  return list;
}

const dotted = (n: number): string => [n >>> 24, n >>> 16 & 255, n >>> 8 & 255, n & 255].join('.');

export function l3fwd(label: string, count: number): Pipeline {
  const list = routes(count);
  return {
    name: `l3fwd_${label}`,
    yaml: () => {
      const dir = mkdtempSync(join(tmpdir(), 'weft-bench-')), file = join(dir, 'routes.txt');
      writeFileSync(file, list.map(r => `${dotted(r.prefix)}/${r.length} 10.0.2.${r.hop + 10}`).join('\n'));
      const neighbors = Array.from({ length: HOPS }, (_, i) => `  - {address: 10.0.2.${i + 10}, mac: "02:00:00:00:02:${(i + 16).toString(16)}", port: e2}`);
      return `ports:\n  e1: {address: 10.0.1.1/24}\n  e2: {address: 10.0.2.1/24}\nneighbors:\n${neighbors.join('\n')}\nroutes: "@${file}"\n`;
    },
    frame: random => {
      const { prefix, length } = list[random() % count]!;
      return udp4(random(), (prefix | (random() & (2 ** (32 - length) - 1))) >>> 0);
    },
    twin: k => ({ id: 0, tables: dirTables(k, list) }),
  };
}

/** A 64-byte UDP frame (with FCS) to the router's MAC. */
export function udp4(src: number, dst: number): Uint8Array {
  const f = new Uint8Array(60), v = new DataView(f.buffer);
  f.set([2, 0, 0, 0, 1, 1, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0], 0);
  v.setUint16(16, 46);
  f.set([64, 17], 22);
  v.setUint32(26, 0x0b000001 + (src & 0xffff));
  v.setUint32(30, dst);
  v.setUint16(34, src >>> 16 | 1024);
  v.setUint16(36, 53);
  v.setUint16(38, 26);
  let sum = 0;
  for (let i = 14; i < 34; i += 2) sum += v.getUint16(i);
  sum = (sum & 0xffff) + (sum >>> 16);
  v.setUint16(24, ~(sum + (sum >>> 16)) & 0xffff);
  return f;
}

/** DIR-24-8 as twins.c reads it: [t24, t8, hops, out]. */
function dirTables(k: Kernels, list: readonly Route[]): number[] {
  const t24 = k.alloc(2 ** 25, 'twin'), long = list.filter(r => r.length > 24), groups = new Map<number, number>();
  const t8 = k.alloc((long.length + 1) * 512, 'twin'), hops = k.alloc((HOPS + 1) * 32, 'twin'), out = k.alloc(512, 'twin');
  const u16 = new Uint16Array(k.bytes.buffer);
  for (let h = 1; h <= HOPS; h++) {
    k.bytes.set([2, 0, 0, 0, 2, h + 15, 2, 0, 0, 0, 1, 2, 8, 0], hops + h * 32);
    k.view.setUint16(hops + h * 32 + 14, 1500, true);
    k.view.setUint16(hops + h * 32 + 16, 1, true);
  }
  for (const r of [...list].sort((a, b) => a.length - b.length)) {
    if (r.length <= 24) u16.fill(r.hop + 1, (t24 >> 1) + (r.prefix >>> 8), (t24 >> 1) + (r.prefix >>> 8) + 2 ** (24 - r.length));
    else {
      const at = (t24 >> 1) + (r.prefix >>> 8);
      let g = groups.get(r.prefix >>> 8);
      if (g === undefined) {
        g = groups.size;
        groups.set(r.prefix >>> 8, g);
        u16.fill(u16[at]!, (t8 >> 1) + g * 256, (t8 >> 1) + g * 256 + 256);
        u16[at] = 0x8000 | g;
      }
      u16.fill(r.hop + 1, (t8 >> 1) + g * 256 + (r.prefix & 255), (t8 >> 1) + g * 256 + (r.prefix & 255) + 2 ** (32 - r.length));
    }
  }
  return [t24, t8, hops, out];
}
