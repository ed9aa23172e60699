// exact64.ts -- exact match: u64 key to u32 value. Tags, (endpoint, VNI).
//
// A handle is the table's byte address. Rules are in slots.ts and exact.ts.

import { del, entrySize, getFrom, put, slotOf } from "./exact";
import { slots_init, slots_sizeof } from "./slots";

export { MISS } from "./slots";

/** Bytes of a table that takes at least `entries` keys. */
export function exact64_sizeof(entries: u32): u32 {
  return slots_sizeof(entries, entrySize<u64>());
}

/** Make the memory at `t` an empty table for at least `entries` keys. */
export function exact64_init(t: usize, entries: u32): void {
  slots_init(t, entries, entrySize<u64>());
}

/** Insert or replace. Returns false, unchanged, when the table is full or `value` is MISS. */
export function exact64_put(t: usize, key: u64, value: u32): bool {
  return put<u64>(t, key, value);
}

/** Remove. Returns whether it was there. */
export function exact64_del(t: usize, key: u64): bool {
  return del<u64>(t, key);
}

/** Value for `key`, or MISS. */
export function exact64_get(t: usize, key: u64): u32 {
  return getFrom<u64>(t, slotOf<u64>(t, key), key);
}

/**
 * Where a lookup of `key` begins: nodes gather these for a whole vector, touch
 * them in a tight loop so that the cache misses overlap, then call
 * exact64_get_from.
 */
export function exact64_slot(t: usize, key: u64): usize {
  return slotOf<u64>(t, key);
}

/** Value for `key`, or MISS; `slot` is exact64_slot(t, key). */
export function exact64_get_from(t: usize, slot: usize, key: u64): u32 {
  return getFrom<u64>(t, slot, key);
}
