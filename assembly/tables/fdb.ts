// fdb.ts -- bridge forwarding table: (domain, MAC) to value, learnt or static.
//
// IEEE 802.1Q-2018 clause 8.8. Time is that of packets, so a capture ages the
// same way each time it is replayed. An entry past its time is absent to
// lookups; its slot comes free when it is learnt again or fdb_age sweeps.
//
//   fdb | header: counters | exact160: A = MAC, B = 0, AUX = time it expires |
//
// A MAC is the low 48 bits of a u64 as loaded from the frame. The hash is
// salted: a sender cannot choose addresses that pile up.

import { Entry160, exact160_del, exact160_find, exact160_init, exact160_put, exact160_remove, exact160_sizeof, exact160_slot } from "./exact160";
import { MISS, Slots } from "./slots";

export { MISS } from "./slots";

/** What fdb_learn did. */
export enum FdbLearn {
  /** A new entry. */
  NEW = 0,
  /** The entry was there; its time starts again. */
  REFRESHED = 1,
  /** The MAC was known elsewhere and now is here. */
  MOVED = 2,
  /** A static entry says otherwise; it stays. */
  STATIC = 3,
  /** Table full: not learnt. */
  FULL = 4,
}

enum Fdb {
  /** u64, MACs that moved. */
  MOVED = 0,
  /** u64, MACs not learnt for want of room. */
  FULL = 8,
  TABLE = 64,
}

// Times that no clock reaches: static entries, and learnt ones that never age.
const STATIC: i64 = i64.MAX_VALUE;
const NEVER: i64 = i64.MAX_VALUE - 1;

/** Bytes of a table for at least `entries` addresses. */
export function fdb_sizeof(entries: u32): u32 {
  return Fdb.TABLE + exact160_sizeof(entries);
}

/** Make the memory at `t` an empty table; `seed` salts the hash. */
export function fdb_init(t: usize, entries: u32, seed: u32): void {
  store<u64>(t, 0, Fdb.MOVED);
  store<u64>(t, 0, Fdb.FULL);
  exact160_init(t + Fdb.TABLE, entries);
  store<u32>(t + Fdb.TABLE, seed, Slots.SALT);
}

/** Where a lookup begins: gather and touch for a vector, then fdb_get_from. */
export function fdb_slot(t: usize, domain: u32, mac: u64): usize {
  return exact160_slot(t + Fdb.TABLE, domain, mac, 0);
}

/** Value for the MAC, or MISS; `slot` is fdb_slot(t, domain, mac). */
export function fdb_get_from(t: usize, slot: usize, domain: u32, mac: u64, now: i64): u32 {
  const p = exact160_find(t + Fdb.TABLE, slot, domain, mac, 0);
  return p && load<i64>(p, Entry160.AUX) > now ? load<u32>(p, Entry160.VALUE) : MISS;
}

/**
 * Value for the MAC, or MISS when it is unknown or has aged.
 * @param now highest packet time seen, picoseconds
 */
export function fdb_get(t: usize, domain: u32, mac: u64, now: i64): u32 {
  return fdb_get_from(t, fdb_slot(t, domain, mac), domain, mac, now);
}

/**
 * Learn that `mac` is behind `value`.
 * @param value not MISS
 * @param age picoseconds until it is forgotten; 0: never
 * @returns FdbLearn
 */
export function fdb_learn(t: usize, domain: u32, mac: u64, value: u32, now: i64, age: i64): u32 {
  const table = t + Fdb.TABLE;
  let p = exact160_find(table, exact160_slot(table, domain, mac, 0), domain, mac, 0), done = FdbLearn.NEW;
  if (p && load<u32>(p, Entry160.VALUE) != MISS) {
    const expires = load<i64>(p, Entry160.AUX), same = load<u32>(p, Entry160.VALUE) == value;
    if (expires == STATIC) return same ? FdbLearn.REFRESHED : FdbLearn.STATIC;
    if (expires > now) done = same ? FdbLearn.REFRESHED : FdbLearn.MOVED;
    store<u32>(p, value, Entry160.VALUE);
  } else p = exact160_put(table, domain, mac, 0, value);
  if (!p) {
    store<u64>(t, load<u64>(t, Fdb.FULL) + 1, Fdb.FULL);
    return FdbLearn.FULL;
  }
  if (done == FdbLearn.MOVED) store<u64>(t, load<u64>(t, Fdb.MOVED) + 1, Fdb.MOVED);
  store<i64>(p, age ? now + age : NEVER, Entry160.AUX);
  return done;
}

/** Add a static entry, in place of a learnt one. Returns false when the table is full or `value` is MISS. */
export function fdb_put(t: usize, domain: u32, mac: u64, value: u32): bool {
  const p = exact160_put(t + Fdb.TABLE, domain, mac, 0, value);
  if (!p) return false;
  store<i64>(p, STATIC, Entry160.AUX);
  return true;
}

/** Remove an entry of either kind. Returns whether it was there. */
export function fdb_del(t: usize, domain: u32, mac: u64): bool {
  return exact160_del(t + Fdb.TABLE, domain, mac, 0);
}

/** Forget what has aged. Returns how many that were. */
export function fdb_age(t: usize, now: i64): u32 {
  const table = t + Fdb.TABLE, before = load<u32>(table, Slots.COUNT);
  for (let p = fdb_next(t, 0); p; ) {
    if (load<i64>(p, Entry160.AUX) <= now) exact160_remove(table, p); // another entry may have moved here
    else p += Entry160.SIZEOF;
    p = occupied(t, p);
  }
  return before - load<u32>(table, Slots.COUNT);
}

// The first entry at or behind `p`, or 0.
function occupied(t: usize, p: usize): usize {
  const first = t + Fdb.TABLE + Slots.DATA, end = first + <usize>load<u32>(t + Fdb.TABLE, Slots.MASK);
  for (; p < end; p += Entry160.SIZEOF) if (load<u32>(p, Entry160.VALUE) != MISS) return p;
  return 0;
}

/**
 * The entry behind `p`, in no useful order, aged ones included; 0 begins, and
 * 0 is the end. Learning in between may show an entry twice or not at all.
 */
export function fdb_next(t: usize, p: usize): usize {
  return occupied(t, p ? p + Entry160.SIZEOF : t + Fdb.TABLE + Slots.DATA);
}

/** Domain of an entry that fdb_next gave. */
export function fdb_entry_domain(p: usize): u32 {
  return load<u32>(p, Entry160.DOMAIN);
}

/** Its MAC. */
export function fdb_entry_mac(p: usize): u64 {
  return load<u64>(p, Entry160.A);
}

/** Its value. */
export function fdb_entry_value(p: usize): u32 {
  return load<u32>(p, Entry160.VALUE);
}

/** When it expires, picoseconds; 2^63 - 1: static, 2^63 - 2: never. */
export function fdb_entry_expires(p: usize): i64 {
  return load<i64>(p, Entry160.AUX);
}

/** MACs that moved since fdb_init. */
export function fdb_moved(t: usize): u64 {
  return load<u64>(t, Fdb.MOVED);
}

/** Times a MAC was not learnt because the table was full. */
export function fdb_full(t: usize): u64 {
  return load<u64>(t, Fdb.FULL);
}
