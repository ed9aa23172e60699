// pool.ts -- packet records, their buffers and the frames that carry vectors.
//
// One pool serves every switch of a memory. Layout behind the header, in this
// order: stacks of free handles, emit, TX and drop lists (one slot a record
// each), frames, records, buffers.

import { BufferClass, Frame, HEADROOM, Packet, PacketFlag, Pool, VEC_MAX } from "../abi/packet";
import { data, len } from "./packet";

/** Frames beyond those that full vectors need: one partly filled frame a busy node. */
const SPARE_FRAMES: u32 = 1024;

function classBytes(c: u32): u32 {
  return c == 0 ? BufferClass.SMALL : c == 1 ? BufferClass.JUMBO : BufferClass.HUGE;
}

function frameCount(records: u32): u32 {
  return records / VEC_MAX + SPARE_FRAMES;
}

/** Bytes a pool of so many records of each class needs, 64-byte aligned. */
export function pool_sizeof(small: u32, jumbo: u32, huge: u32): u32 {
  const records = small + jumbo + huge;
  const lists = (records * 16 + 63) & ~63;
  const frames = (frameCount(records) * Frame.SIZEOF + 63) & ~63;
  return Pool.SIZEOF + lists + frames + records * Packet.SIZEOF
    + small * BufferClass.SMALL + jumbo * BufferClass.JUMBO + huge * BufferClass.HUGE;
}

/** Lay a pool out at `p` (64-byte aligned, zeroed, pool_sizeof bytes). */
export function pool_init(p: usize, small: u32, jumbo: u32, huge: u32): void {
  const records = small + jumbo + huge;
  let at = <u32>p + Pool.SIZEOF;
  const stacks = at;
  at += records * 4;
  store<u32>(p, at, Pool.EMIT_LIST);
  at += records * 4;
  store<u32>(p, at, Pool.TX_LIST);
  at += records * 4;
  store<u32>(p, at, Pool.DROP_LIST);
  at += records * 4;
  at = (at + 63) & ~63;
  for (let i: u32 = 0, n = frameCount(records); i < n; i++) {
    freeFrame(p, at);
    at += Frame.SIZEOF;
  }
  at = (at + 63) & ~63;
  let stack = stacks, record = at, buffer = at + records * Packet.SIZEOF;
  for (let c: u32 = 0; c < 3; c++) {
    const n = c == 0 ? small : c == 1 ? jumbo : huge, bytes = classBytes(c);
    store<u32>(p + (c << 2), stack, Pool.STACK);
    store<u32>(p + (c << 2), n, Pool.SIZE);
    store<u32>(p + (c << 2), n, Pool.FREE);
    for (let i: u32 = 0; i < n; i++) {
      store<u32>(record, buffer, Packet.BUF);
      store<u32>(record, buffer + bytes, Packet.END);
      store<u8>(record, c, Packet.CLASS);
      store<u32>(stack + ((n - 1 - i) << 2), record);
      record += Packet.SIZEOF;
      buffer += bytes;
    }
    stack += n << 2;
  }
}

/** Records of all classes that are free. */
export function pool_free(p: usize): u32 {
  return load<u32>(p, Pool.FREE) + load<u32>(p + 4, Pool.FREE) + load<u32>(p + 8, Pool.FREE);
}

/** Records of all classes. */
export function pool_size(p: usize): u32 {
  return load<u32>(p, Pool.SIZE) + load<u32>(p + 4, Pool.SIZE) + load<u32>(p + 8, Pool.SIZE);
}

// Class of the smallest buffer that holds `bytes` behind HEADROOM.
function classOf(bytes: u32): u32 {
  const need = bytes + HEADROOM;
  return need <= <u32>BufferClass.SMALL ? 0 : need <= <u32>BufferClass.JUMBO ? 1 : 2;
}

/** How many packets of `bytes` bytes alloc() would give now. */
export function available(p: usize, bytes: u32): u32 {
  let n: u32 = 0;
  for (let c = classOf(bytes); c < 3; c++) n += load<u32>(p + (c << 2), Pool.FREE);
  return n;
}

/**
 * A fresh packet of `bytes` bytes behind HEADROOM, content undefined, all
 * other fields zero. Takes a larger class when the fitting one is empty.
 * @returns handle, or 0 when no buffer is free
 */
export function alloc(p: usize, bytes: u32): usize {
  for (let c = classOf(bytes); c < 3; c++) {
    const free = load<u32>(p + (c << 2), Pool.FREE);
    if (!free) continue;
    store<u32>(p + (c << 2), free - 1, Pool.FREE);
    const d = <usize>load<u32>(load<u32>(p + (c << 2), Pool.STACK) + ((free - 1) << 2));
    store<u32>(d, load<u32>(d, Packet.BUF) + HEADROOM, Packet.DATA);
    store<u32>(d, bytes, Packet.LEN);
    store<u32>(d, bytes, Packet.ORIG);
    memory.fill(d + Packet.HIT, 0, Packet.CLASS - Packet.HIT);
    return d;
  }
  return 0;
}

/** How many packets of `bytes` bytes alloc() would give now: ask before the first of several. */
export function pool_fits(p: usize, bytes: u32): u32 {
  const need = bytes + HEADROOM;
  let n = load<u32>(p + 8, Pool.FREE);
  if (need <= <u32>BufferClass.JUMBO) n += load<u32>(p + 4, Pool.FREE);
  if (need <= <u32>BufferClass.SMALL) n += load<u32>(p, Pool.FREE);
  return n;
}

/** Give a packet back. */
export function free(p: usize, d: usize): void {
  const c = <u32>load<u8>(d, Packet.CLASS) << 2, n = load<u32>(p + c, Pool.FREE);
  store<u32>(load<u32>(p + c, Pool.STACK) + (n << 2), <u32>d);
  store<u32>(p + c, n + 1, Pool.FREE);
}

/** Give `n` packets back, their handles at `list`. */
export function free_list(p: usize, list: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) free(p, <usize>load<u32>(list + (<usize>i << 2)));
}

/**
 * Another packet with the same bytes and fields, PacketFlag.COPY set.
 * @returns handle, or 0 when no buffer is free
 */
export function clone(p: usize, d: usize): usize {
  const n = len(d), c = alloc(p, n);
  if (!c) return 0;
  memory.copy(data(c), data(d), n);
  store<u32>(c, load<u32>(d, Packet.ORIG), Packet.ORIG);
  memory.copy(c + Packet.HIT, d + Packet.HIT, Packet.CLASS - Packet.HIT);
  store<u8>(c, load<u8>(d, Packet.FLAGS) | PacketFlag.COPY, Packet.FLAGS);
  return c;
}

/** A frame for a vector, empty; 0 when there is none. */
export function takeFrame(p: usize): usize {
  const f = <usize>load<u32>(p, Pool.FRAMES);
  if (f) {
    store<u32>(p, load<u32>(f, Frame.NEXT), Pool.FRAMES);
    store<u32>(f, 0, Frame.NEXT);
    store<u32>(f, 0, Frame.COUNT);
  }
  return f;
}

/** Give a frame back. */
export function freeFrame(p: usize, f: usize): void {
  store<u32>(f, load<u32>(p, Pool.FRAMES), Frame.NEXT);
  store<u32>(p, <u32>f, Pool.FRAMES);
}
