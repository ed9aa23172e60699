// exact160.ts -- exact match of an address in a domain, 32 + 128 bits, to u32.
//
// IPv6 neighbours (interface, address), SIDs of a VRF, and the ground that
// exact128, lpm6 and fdb stand on. Two entries share a cache line, none
// straddles one:
//
//    0               8               16      20      24              32
//   +---------------+---------------+-------+-------+---------------+
//   | A             | B             | VALUE |DOMAIN | AUX           |
//   +---------------+---------------+-------+-------+---------------+
//
// A and B are the address as loaded from memory or in any other order that
// all callers of one table keep. AUX belongs to whoever owns the table.

import { hash160, hashPrefix } from "../lib/hash";
import { MISS, Slots, slots_give, slots_home, slots_init, slots_movable, slots_next, slots_sizeof, slots_take } from "./slots";

export { MISS } from "./slots";

export enum Entry160 { A = 0, B = 8, VALUE = 16, DOMAIN = 20, AUX = 24, SIZEOF = 32 }

/** Slots.SALT of a table of prefixes: its hash is hashPrefix, which lpm6 can afford once a length. */
export const SALT_PREFIXES: u32 = 0xffffffff;

/** Bytes of a table that takes at least `entries` keys. */
export function exact160_sizeof(entries: u32): u32 {
  return slots_sizeof(entries, Entry160.SIZEOF);
}

/** Make the memory at `t` an empty table for at least `entries` keys. */
export function exact160_init(t: usize, entries: u32): void {
  slots_init(t, entries, Entry160.SIZEOF);
}

/**
 * Where a lookup begins: nodes gather these for a whole vector, touch them in
 * a tight loop so that the cache misses overlap, then call exact160_get_from.
 */
export function exact160_slot(t: usize, domain: u32, a: u64, b: u64): usize {
  const salt = load<u32>(t, Slots.SALT);
  return slots_home(t, salt == SALT_PREFIXES ? hashPrefix(domain, a, b) : hash160(domain, a, b, salt), Entry160.SIZEOF);
}

/** Entry of the key, or the empty one where it belongs (VALUE is MISS); 0 when there is neither. */
export function exact160_find(t: usize, slot: usize, domain: u32, a: u64, b: u64): usize {
  let p = slot;
  do {
    if (load<u64>(p, Entry160.A) == a && load<u64>(p, Entry160.B) == b && load<u32>(p, Entry160.DOMAIN) == domain) return p;
    if (load<u32>(p, Entry160.VALUE) == MISS) return p;
    p = slots_next(t, p, Entry160.SIZEOF);
  } while (p != slot);
  return 0;
}

/** Value for the key, or MISS; `slot` is exact160_slot of it. */
export function exact160_get_from(t: usize, slot: usize, domain: u32, a: u64, b: u64): u32 {
  const p = exact160_find(t, slot, domain, a, b);
  return p ? load<u32>(p, Entry160.VALUE) : MISS;
}

/** Value for the key, or MISS. */
export function exact160_get(t: usize, domain: u32, a: u64, b: u64): u32 {
  return exact160_get_from(t, exact160_slot(t, domain, a, b), domain, a, b);
}

/**
 * Insert or replace; a new entry's AUX is 0, a replaced one keeps it.
 * @returns the entry's address; 0, table unchanged, when it is full or `value` is MISS
 */
export function exact160_put(t: usize, domain: u32, a: u64, b: u64, value: u32): usize {
  const p = exact160_find(t, exact160_slot(t, domain, a, b), domain, a, b);
  if (!p || value == MISS) return 0;
  if (load<u32>(p, Entry160.VALUE) == MISS) {
    if (!slots_take(t)) return 0;
    store<u64>(p, a, Entry160.A);
    store<u64>(p, b, Entry160.B);
    store<u32>(p, domain, Entry160.DOMAIN);
    store<u64>(p, 0, Entry160.AUX);
  }
  store<u32>(p, value, Entry160.VALUE);
  return p;
}

/** Remove the entry at `p`, an address that exact160_find gave. Entries behind it may move. */
export function exact160_remove(t: usize, p: usize): void {
  let hole = p;
  slots_give(t);
  for (let q = slots_next(t, hole, Entry160.SIZEOF); load<u32>(q, Entry160.VALUE) != MISS; q = slots_next(t, q, Entry160.SIZEOF)) {
    const home = exact160_slot(t, load<u32>(q, Entry160.DOMAIN), load<u64>(q, Entry160.A), load<u64>(q, Entry160.B));
    if (!slots_movable(t, q, home, hole)) continue;
    memory.copy(hole, q, Entry160.SIZEOF);
    hole = q;
  }
  store<u32>(hole, MISS, Entry160.VALUE);
}

/** Remove. Returns whether it was there. */
export function exact160_del(t: usize, domain: u32, a: u64, b: u64): bool {
  const p = exact160_find(t, exact160_slot(t, domain, a, b), domain, a, b);
  if (!p || load<u32>(p, Entry160.VALUE) == MISS) return false;
  exact160_remove(t, p);
  return true;
}
