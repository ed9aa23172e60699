// packet.ts -- what every node does to a packet record.
//
// Each helper is a line or two and is inlined by binaryen at -O3; add @inline
// only with a bench row that shows the difference.

import { Drop } from "../abi/drop";
import { Edge, Packet } from "../abi/packet";

/** Handle at position `i` of a vector. */
export function at(vec: usize, i: u32): usize {
  return <usize>load<u32>(vec + ((<usize>i) << 2));
}

/** Address of the first valid byte. */
export function data(d: usize): usize {
  return <usize>load<u32>(d, Packet.DATA);
}

/** Valid bytes. */
export function len(d: usize): u32 {
  return load<u32>(d, Packet.LEN);
}

/** Bytes the frame had on the wire: what length checks compare with. */
export function wireLen(d: usize): u32 {
  return load<u32>(d, Packet.ORIG);
}

/** Send the packet out of edge `edge` (1 and up; 0 is drop). */
export function forward(d: usize, edge: u32): void {
  store<u8>(d, edge, Packet.EDGE);
}

/** Drop the packet. graph_run counts it under node and reason. */
export function drop(d: usize, why: Drop): void {
  store<u8>(d, Edge.DROP, Packet.EDGE);
  store<u16>(d, why, Packet.DROP);
}

/** Drop for want of `need` bytes: TRUNCATED, or SNAP_CUT when the wire had them. */
export function dropShort(d: usize, need: u32): void {
  drop(d, wireLen(d) >= need ? Drop.SNAP_CUT : Drop.TRUNCATED);
}

/** The switch itself was the destination. */
export function consume(d: usize): void {
  store<u8>(d, Edge.CONSUME, Packet.EDGE);
}

/** Remove `n` bytes from the front. Precondition: n <= len(d). Offsets are the caller's to fix. */
export function strip(d: usize, n: u32): void {
  store<u32>(d, <u32>data(d) + n, Packet.DATA);
  store<u32>(d, len(d) - n, Packet.LEN);
  store<u32>(d, wireLen(d) - n, Packet.ORIG);
}

/**
 * Make room for `n` bytes in front; their content is undefined. When the
 * headroom is short the frame is moved back into its tail room.
 * @returns false, packet unchanged, when the buffer cannot hold it: drop NO_HEADROOM
 */
export function prepend(d: usize, n: u32): bool {
  const p = <u32>data(d);
  if (p - load<u32>(d, Packet.BUF) < n) return prependSlow(d, n);
  store<u32>(d, p - n, Packet.DATA);
  store<u32>(d, len(d) + n, Packet.LEN);
  store<u32>(d, wireLen(d) + n, Packet.ORIG);
  return true;
}

function prependSlow(d: usize, n: u32): bool {
  const p = <u32>data(d), size = len(d), end = load<u32>(d, Packet.END);
  const start = load<u32>(d, Packet.BUF);
  if (end - start < size + n) return false;
  const to = end - size; // the whole tail becomes headroom
  memory.copy(to, p, size);
  store<u32>(d, to - n, Packet.DATA);
  store<u32>(d, size + n, Packet.LEN);
  store<u32>(d, wireLen(d) + n, Packet.ORIG);
  return true;
}

/** Read a big-endian u16. */
export function be16(p: usize): u32 {
  return <u32>bswap<u16>(load<u16>(p));
}

/** Read a big-endian u32. */
export function be32(p: usize): u32 {
  return bswap<u32>(load<u32>(p));
}

/** Write a big-endian u16. */
export function put16(p: usize, v: u32): void {
  store<u16>(p, bswap<u16>(<u16>v));
}

/** Write a big-endian u32. */
export function put32(p: usize, v: u32): void {
  store<u32>(p, bswap<u32>(v));
}
