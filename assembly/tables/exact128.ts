// exact128.ts -- exact match: 128-bit key (IPv6 address, SID) to u32 value.
//
// exact160 with domain 0: its 32-byte entry has room for the domain anyway and
// the constant folds out of the hash.

import { exact160_del, exact160_get_from, exact160_init, exact160_put, exact160_sizeof, exact160_slot } from "./exact160";

export { MISS } from "./slots";

/** Bytes of a table that takes at least `entries` keys. */
export function exact128_sizeof(entries: u32): u32 {
  return exact160_sizeof(entries);
}

/** Make the memory at `t` an empty table for at least `entries` keys. */
export function exact128_init(t: usize, entries: u32): void {
  exact160_init(t, entries);
}

/** Insert or replace. Returns false, unchanged, when the table is full or `value` is MISS. */
export function exact128_put(t: usize, a: u64, b: u64, value: u32): bool {
  return exact160_put(t, 0, a, b, value) != 0;
}

/** Remove. Returns whether it was there. */
export function exact128_del(t: usize, a: u64, b: u64): bool {
  return exact160_del(t, 0, a, b);
}

/** Value for the key, or MISS. */
export function exact128_get(t: usize, a: u64, b: u64): u32 {
  return exact128_get_from(t, exact128_slot(t, a, b), a, b);
}

/** Where a lookup begins: gather and touch for a vector, then exact128_get_from. */
export function exact128_slot(t: usize, a: u64, b: u64): usize {
  return exact160_slot(t, 0, a, b);
}

/** Value for the key, or MISS; `slot` is exact128_slot(t, a, b). */
export function exact128_get_from(t: usize, slot: usize, a: u64, b: u64): u32 {
  return exact160_get_from(t, slot, 0, a, b);
}
