// exact.ts -- exact match of an integer key of type K (u32 or u64).
//
// The body of exact32 and exact64. An entry is the key, then the value in as
// many bytes, so four or eight entries share a cache line:
//
//   +--------+--------+      +----------------+--------+--------+
//   | key    | value  |      | key            | value  |        |
//   +--------+--------+      +----------------+--------+--------+
//   0        4        8      0                8        12       16

import { hash64 } from "../lib/hash";
import { MISS, Slots, slots_give, slots_home, slots_movable, slots_next, slots_take } from "./slots";

/** Bytes of an entry. */
export function entrySize<K>(): u32 {
  return <u32>(2 * sizeof<K>());
}

export function slotOf<K>(t: usize, key: K): usize {
  return slots_home(t, hash64(u64(key), load<u32>(t, Slots.SALT)), entrySize<K>());
}

// Slot of `key`, or the empty one where it belongs; 0 when there is neither.
function find<K>(t: usize, slot: usize, key: K): usize {
  let p = slot;
  do {
    if (load<K>(p) == key || load<u32>(p, sizeof<K>()) == MISS) return p;
    p = slots_next(t, p, entrySize<K>());
  } while (p != slot);
  return 0;
}

export function getFrom<K>(t: usize, slot: usize, key: K): u32 {
  const p = find<K>(t, slot, key);
  return p ? load<u32>(p, sizeof<K>()) : MISS;
}

export function put<K>(t: usize, key: K, value: u32): bool {
  const p = find<K>(t, slotOf<K>(t, key), key);
  if (!p || value == MISS) return false;
  if (load<u32>(p, sizeof<K>()) == MISS) {
    if (!slots_take(t)) return false;
    store<K>(p, key);
  }
  store<u32>(p, value, sizeof<K>());
  return true;
}

export function del<K>(t: usize, key: K): bool {
  let hole = find<K>(t, slotOf<K>(t, key), key);
  if (!hole || load<u32>(hole, sizeof<K>()) == MISS) return false;
  slots_give(t);
  for (let p = slots_next(t, hole, entrySize<K>()); load<u32>(p, sizeof<K>()) != MISS; p = slots_next(t, p, entrySize<K>())) {
    const key = load<K>(p);
    if (!slots_movable(t, p, slotOf<K>(t, key), hole)) continue;
    store<K>(hole, key);
    store<u32>(hole, load<u32>(p, sizeof<K>()), sizeof<K>());
    hole = p;
  }
  store<u32>(hole, MISS, sizeof<K>());
  return true;
}
