// packets.ts -- packets as the host sees them: in by bytes, out by view.

import { Frame, Packet, Pool } from '../../assembly/abi/packet.ts';
import type { Kernels } from './kernels.ts';

/** What is known of a frame besides its bytes. */
export interface Arrival {
  port?: number;
  /** Picoseconds since the run's origin. */
  time?: bigint;
  /** Packet number. */
  id?: number;
  /** Bytes on the wire, when the capture cut the frame. */
  orig?: number;
  /** Leave a trace record at each node. */
  mark?: boolean;
}

/**
 * Copy a frame into a fresh packet.
 * @returns its handle, or 0 when no buffer is free
 */
export function receive(k: Kernels, frame: Uint8Array, { port = 0, time = 0n, id = 1, orig = frame.length, mark = false }: Arrival = {}): number {
  const d = k.fn['alloc']!(k.pool, frame.length) >>> 0;
  if (d === 0) return 0;
  k.bytes.set(frame, k.view.getUint32(d + Packet.DATA, true));
  k.view.setUint32(d + Packet.ORIG, orig, true);
  k.view.setUint16(d + Packet.RX_PORT, port, true);
  k.view.setBigInt64(d + Packet.TIME, time, true);
  k.view.setUint32(d + Packet.ID, id, true);
  k.view.setUint8(d + Packet.MARK, mark ? 1 : 0);
  return d;
}

/** The packet's bytes: a view, valid until the packet is freed. */
export function frame(k: Kernels, d: number): Uint8Array {
  const at = k.view.getUint32(d + Packet.DATA, true);
  return k.bytes.subarray(at, at + k.view.getUint32(d + Packet.LEN, true));
}

/** Give a packet back to the pool. */
export function release(k: Kernels, d: number): void {
  k.fn['free']!(k.pool, d);
}

/** Handles in one of the pool's lists, which is emptied; the packets are the caller's to free. */
export function take(k: Kernels, list: 'TX' | 'DROP'): number[] {
  const [count, at] = list === 'TX' ? [Pool.TX_COUNT, Pool.TX_LIST] : [Pool.DROPPED, Pool.DROP_LIST];
  const n = k.view.getUint32(k.pool + count, true), from = k.view.getUint32(k.pool + at, true) >>> 2;
  k.view.setUint32(k.pool + count, 0, true);
  return Array.from(k.u32.subarray(from, from + n));
}

/** Scratch frame for building vectors: put handles with `put`, read its address with `at`. */
export class Vector {
  readonly at: number;
  constructor(readonly k: Kernels) {
    this.at = k.alloc(Frame.SIZEOF, 'vector');
  }
  /** Store up to VEC_MAX handles. */
  put(handles: readonly number[]): void {
    this.k.u32.set(handles, this.at >>> 2);
  }
}
