// neighbors.ts -- who answers to an address on an interface: IPv4 (ARP) and
// IPv6 (Neighbor Discovery) in one table of Neighbor records (abi/).
//
// Records come from an array made with the switch. When all are in use a hand
// goes round and takes one that is past its time; a few are looked at for a
// newcomer, so learning costs the same however full the table is, and a flood
// of made-up senders never pushes a living neighbour out.

import { Hop } from "../abi/hop";
import { Neighbor, Neighbors, NeighborState } from "../abi/neighbor";
import { exact160_del, exact160_get, exact160_init, exact160_put, exact160_sizeof, MISS } from "./exact160";

/** Picoseconds in a second: between two questions for one neighbour (RFC 1122 section 2.3.2.1, RFC 4861 section 10). */
export const ASK_INTERVAL: i64 = 1_000_000_000_000;
/** A neighbour that did not answer for so long is not there: three questions (RFC 4861 section 10). */
const GIVE_UP: i64 = 3 * ASK_INTERVAL;
/** Records that one search for room looks at. */
const SEARCH = 8;

/** Bytes for `size` neighbours: Neighbors, table, records. */
export function neighbors_sizeof(size: u32): u32 {
  return Neighbors.SIZEOF + exact160_sizeof(size) + size * Neighbor.SIZEOF;
}

/** Lay out an empty table at `t` (64-byte aligned, zeroed); policy and TEMPLATES are the caller's to fill. */
export function neighbors_init(t: usize, size: u32): void {
  const table = t + Neighbors.SIZEOF;
  exact160_init(table, size);
  store<u32>(t, <u32>table, Neighbors.TABLE);
  store<u32>(t, <u32>table + exact160_sizeof(size), Neighbors.RECORDS);
  store<u32>(t, size, Neighbors.SIZE);
}

/** High half of every IPv4 address in the table; the low half is mapped4(). */
export const MAPPED_HIGH: u64 = 0;

/** Low half of ::ffff:a.b.c.d as loaded from memory. @param address as loaded from memory */
export function mapped4(address: u32): u64 {
  return (<u64>address << 32) | 0xffff0000;
}

/** The record of an address, in whatever state, or 0. @param a,b the address as loaded from memory */
export function neighbors_find(t: usize, iface: u32, a: u64, b: u64): usize {
  const r = exact160_get(load<u32>(t, Neighbors.TABLE), iface, a, b);
  return r == MISS ? 0 : <usize>r;
}

/** The record of an address; a new one is INCOMPLETE. 0 when there is no room. */
export function neighbors_add(t: usize, iface: u32, a: u64, b: u64, now: i64): usize {
  const found = neighbors_find(t, iface, a, b);
  if (found) return found;
  const r = room(t, now);
  if (!r) return 0;
  memory.fill(r, 0, Neighbor.SIZEOF);
  memory.copy(r, load<u32>(t, Neighbors.TEMPLATES) + iface * (2 * Hop.SIZEOF), 2 * Hop.SIZEOF);
  store<u64>(r, a, Neighbor.ADDRESS);
  store<u64>(r, b, Neighbor.ADDRESS + 8);
  store<u32>(r, iface, Neighbor.IFACE);
  neighbor_doubt(r, now);
  exact160_put(load<u32>(t, Neighbors.TABLE), iface, a, b, <u32>r);
  return r;
}

function room(t: usize, now: i64): usize {
  const used = load<u32>(t, Neighbors.USED), size = load<u32>(t, Neighbors.SIZE);
  if (used < size) {
    store<u32>(t, used + 1, Neighbors.USED);
    return <usize>load<u32>(t, Neighbors.RECORDS) + used * Neighbor.SIZEOF;
  }
  for (let i = 0; i < SEARCH; i++) {
    const r = next(t);
    if (!neighbor_expired(t, r, now) || load<u32>(r, Neighbor.COUNT)) continue;
    exact160_del(load<u32>(t, Neighbors.TABLE), load<u32>(r, Neighbor.IFACE), load<u64>(r, Neighbor.ADDRESS), load<u64>(r, Neighbor.ADDRESS + 8));
    return r;
  }
  return 0;
}

/** A record where packets wait for a neighbour that did not answer in time, or 0: the hand moves on until it finds one, or for one search. */
export function neighbors_overdue(t: usize, now: i64): usize {
  for (let i = 0; i < SEARCH && load<u32>(t, Neighbors.HELD); i++) {
    const r = next(t);
    if (load<u32>(r, Neighbor.COUNT) && neighbor_expired(t, r, now)) return r;
  }
  return 0;
}

function next(t: usize): usize {
  const hand = load<u32>(t, Neighbors.HAND);
  store<u32>(t, hand + 1 < load<u32>(t, Neighbors.USED) ? hand + 1 : 0, Neighbors.HAND);
  return <usize>load<u32>(t, Neighbors.RECORDS) + hand * Neighbor.SIZEOF;
}

/** Whether the record is past its time: silent for AGE, or unanswered for too long. */
export function neighbor_expired(t: usize, r: usize, now: i64): bool {
  const state = load<u8>(r, Neighbor.STATE), silent = now - load<i64>(r, Neighbor.SINCE);
  if (state == NeighborState.INCOMPLETE) return silent > GIVE_UP;
  const age = load<i64>(t, Neighbors.AGE);
  return state == NeighborState.REACHABLE && age != 0 && silent > age;
}

/** Whether packets can be sent to it. */
export function neighbor_usable(t: usize, r: usize, now: i64): bool {
  return load<u8>(r, Neighbor.STATE) != NeighborState.INCOMPLETE && !neighbor_expired(t, r, now);
}

/** Begin anew: its MAC has to be asked for. */
export function neighbor_doubt(r: usize, now: i64): void {
  store<u8>(r, NeighborState.INCOMPLETE, Neighbor.STATE);
  store<i64>(r, now, Neighbor.SINCE);
  store<i64>(r, now - ASK_INTERVAL, Neighbor.ASKED);
}

/** It answers to the MAC at `mac`. A STATIC one stays what it is. */
export function neighbor_learn(r: usize, mac: usize, now: i64): void {
  if (load<u8>(r, Neighbor.STATE) == NeighborState.STATIC) return;
  neighbor_address(r, mac);
  store<u8>(r, NeighborState.REACHABLE, Neighbor.STATE);
  store<i64>(r, now, Neighbor.SINCE);
}

/** It is still there. */
export function neighbor_confirm(r: usize, now: i64): void {
  store<i64>(r, now, Neighbor.SINCE);
}

/** Put the MAC at `mac` into both hops. */
function neighbor_address(r: usize, mac: usize): void {
  memory.copy(r + Neighbor.HOP4 + Hop.REWRITE, mac, 6);
  memory.copy(r + Neighbor.HOP6 + Hop.REWRITE, mac, 6);
}

/**
 * A neighbour that the switch file names.
 * @param address 16 bytes, IPv4 as ::ffff:a.b.c.d
 * @returns false when there is no room
 */
export function neighbors_static(t: usize, iface: u32, address: usize, mac: usize): bool {
  const r = neighbors_add(t, iface, load<u64>(address), load<u64>(address, 8), 0);
  if (!r) return false;
  neighbor_address(r, mac);
  store<u8>(r, NeighborState.STATIC, Neighbor.STATE);
  return true;
}

/** The switch file names it no more: it has to be asked for, like any other. @param address as in neighbors_static */
export function neighbors_forget(t: usize, iface: u32, address: usize): void {
  const r = neighbors_find(t, iface, load<u64>(address), load<u64>(address, 8));
  if (r) neighbor_doubt(r, load<i64>(r, Neighbor.SINCE));
}
