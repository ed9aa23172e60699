// exact32.ts -- exact match: u32 key to u32 value. Labels, VNIs, tags.
//
// A handle is the table's byte address. Rules are in slots.ts and exact.ts.

import { del, entrySize, getFrom, put, slotOf } from "./exact";
import { slots_init, slots_sizeof } from "./slots";

export { MISS } from "./slots";

/** Bytes of a table that takes at least `entries` keys. */
export function exact32_sizeof(entries: u32): u32 {
  return slots_sizeof(entries, entrySize<u32>());
}

/** Make the memory at `t` an empty table for at least `entries` keys. */
export function exact32_init(t: usize, entries: u32): void {
  slots_init(t, entries, entrySize<u32>());
}

/** Insert or replace. Returns false, unchanged, when the table is full or `value` is MISS. */
export function exact32_put(t: usize, key: u32, value: u32): bool {
  return put<u32>(t, key, value);
}

/** Remove. Returns whether it was there. */
export function exact32_del(t: usize, key: u32): bool {
  return del<u32>(t, key);
}

/** Value for `key`, or MISS. */
export function exact32_get(t: usize, key: u32): u32 {
  return getFrom<u32>(t, slotOf<u32>(t, key), key);
}

/**
 * Where a lookup of `key` begins: nodes gather these for a whole vector, touch
 * them in a tight loop so that the cache misses overlap, then call
 * exact32_get_from.
 */
export function exact32_slot(t: usize, key: u32): usize {
  return slotOf<u32>(t, key);
}

/** Value for `key`, or MISS; `slot` is exact32_slot(t, key). */
export function exact32_get_from(t: usize, slot: usize, key: u32): u32 {
  return getFrom<u32>(t, slot, key);
}
