// capture_files.ts -- captures made by hand, and reading them to the end.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Packet, VEC_MAX } from '../assembly/abi/packet.ts';
import type { CaptureReader } from '../src/capture/reader.ts';
import type { Kernels } from '../src/kernel/kernels.ts';
import { loadKernels } from '../src/kernel/load.ts';
import { frame, release } from '../src/kernel/packets.ts';
import { shared } from './skip.ts';

/** Real captures; tests that want them say `needs(noRecording('pcaps'))`. */
export const sharedPcaps = join(shared, 'pcaps');

export const smallKernels = (): Kernels => loadKernels({ memory: 64 * 2 ** 20, small: 1024, jumbo: 64, huge: 8 });

/** Folder of files that goes with the process. */
const folder = mkdtempSync(join(tmpdir(), 'weft-capture-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
export const scratchPath = (name: string): string => join(folder, name);

export function scratchFile(name: string, ...parts: Uint8Array[]): string {
  writeFileSync(scratchPath(name), Buffer.concat(parts));
  return scratchPath(name);
}

/** Fields in one byte order. */
export class Bytes {
  constructor(readonly big: boolean) {}
  #make(size: number, set: (v: DataView) => void): Uint8Array {
    const v = new DataView(new ArrayBuffer(size));
    set(v);
    return new Uint8Array(v.buffer);
  }
  u16 = (...all: number[]): Uint8Array => Buffer.concat(all.map(n => this.#make(2, v => v.setUint16(0, n, !this.big))));
  u32 = (...all: number[]): Uint8Array => Buffer.concat(all.map(n => this.#make(4, v => v.setUint32(0, n, !this.big))));
  i64 = (n: bigint): Uint8Array => this.#make(8, v => v.setBigInt64(0, n, !this.big));

  pcapHeader = ({ magic = 0xa1b2c3d4, minor = 4, snaplen = 65535, link = 1 } = {}): Uint8Array =>
    Buffer.concat([this.u32(magic), this.u16(2, minor), this.u32(0, 0, snaplen, link)]);
  pcapRecord = (data: Uint8Array, sec = 1, fraction = 0, orig = data.length, captured = data.length): Uint8Array =>
    Buffer.concat([this.u32(sec, fraction, captured, orig), data]);

  block = (type: number, body: Uint8Array, total = 12 + body.length + (-body.length & 3), trailer = total): Uint8Array =>
    Buffer.concat([this.u32(type, total), body, new Uint8Array(-body.length & 3), this.u32(trailer)]);
  option = (code: number, value: Uint8Array): Uint8Array => Buffer.concat([this.u16(code, value.length), value, new Uint8Array(-value.length & 3)]);
  shb = (sectionLength = -1n): Uint8Array => this.block(0x0a0d0d0a, Buffer.concat([this.u32(0x1a2b3c4d), this.u16(1, 0), this.i64(sectionLength)]));
  idb = (link = 1, snaplen = 0, ...options: Uint8Array[]): Uint8Array =>
    this.block(1, Buffer.concat([this.u16(link, 0), this.u32(snaplen), ...options, ...(options.length ? [this.u32(0)] : [])]));
  epb = (iface: number, stamp: bigint, data: Uint8Array, orig = data.length, captured = data.length, options: Uint8Array = new Uint8Array(0)): Uint8Array =>
    this.block(6, Buffer.concat([this.u32(iface, Number(stamp >> 32n), Number(stamp & 0xffffffffn), captured, orig), data, new Uint8Array(-data.length & 3), options]));
}

/** A frame of `size` bytes whose content depends on `seed`. */
export const madeFrame = (size: number, seed = 0): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i * 7 + seed);

export interface Taken { id: number; time: bigint; orig: number; port: number; mark: number; bytes: Uint8Array }

/** All packets of a capture, freed as they come. */
export async function readAll(k: Kernels, reader: CaptureReader, burst = VEC_MAX): Promise<Taken[]> {
  const vec = k.alloc(VEC_MAX * 4, 'vector'), out: Taken[] = [];
  for (;;) {
    const n = reader.next(vec, burst);
    for (let i = 0; i < n; i++) {
      const d = k.u32[(vec >> 2) + i]!;
      out.push({
        id: k.view.getUint32(d + Packet.ID, true),
        time: k.view.getBigInt64(d + Packet.TIME, true),
        orig: k.view.getUint32(d + Packet.ORIG, true),
        port: k.view.getUint16(d + Packet.RX_PORT, true),
        mark: k.view.getUint8(d + Packet.MARK),
        bytes: Uint8Array.from(frame(k, d)),
      });
      release(k, d);
    }
    if (n === 0 && !await reader.fill()) return out;
  }
}
