// slots.ts -- what every hash table here shares: a header and 2^n slots.
//
//    0       4       8       12      16      20           64
//   +-------+-------+-------+-------+-------+---------...-+-----------------+
//   | MASK  | SHIFT | COUNT | LIMIT | SALT  |             | slots, 2^n ...  |
//   +-------+-------+-------+-------+-------+---------...-+-----------------+
//
// Open addressing, linear probing, at most half the slots in use; an entry is
// deleted by moving the ones behind it forward (Knuth vol. 3, 6.4, algorithm
// R), so there are no tombstones and a table never degrades. A probe ends at
// the key, at an empty slot or where it began, so it cannot hang.

/** Answer of every table for an absent key; never a legal value. A slot whose value is MISS is empty. */
export const MISS: u32 = 0xffffffff;

export enum Slots {
  /** u32, bytes of all slots, less 1. */
  MASK = 0,
  /** u32, 32 - log2(slots): brings a hash down to a slot. */
  SHIFT = 4,
  /** u32, slots in use. */
  COUNT = 8,
  /** u32, most that may be. */
  LIMIT = 12,
  /** u32, salt of the hash. */
  SALT = 16,
  /** The slots; a cache line of their own each, or a whole number of them in one. */
  DATA = 64,
}

// Slots for `entries`, as a power of two: at least twice as many, at least 8.
function log2Of(entries: u32): u32 {
  return 32 - clz<u32>(2 * max<u32>(entries, 4) - 1);
}

/** Bytes of a table of at least `entries` entries of `size` bytes. The caller keeps it below 4 GiB. */
export function slots_sizeof(entries: u32, size: u32): u32 {
  return Slots.DATA + (size << log2Of(entries));
}

/** Make the memory at `t` an empty table. */
export function slots_init(t: usize, entries: u32, size: u32): void {
  const log2 = log2Of(entries);
  store<u32>(t, (size << log2) - 1, Slots.MASK);
  store<u32>(t, 32 - log2, Slots.SHIFT);
  store<u32>(t, 0, Slots.COUNT);
  store<u32>(t, <u32>1 << (log2 - 1), Slots.LIMIT);
  store<u32>(t, 0, Slots.SALT);
  memory.fill(t + Slots.DATA, 0xff, <usize>size << log2);
}

/** Address of the slot that `hash` leads to. */
export function slots_home(t: usize, hash: u32, size: u32): usize {
  return t + Slots.DATA + <usize>(hash >> load<u32>(t, Slots.SHIFT)) * size;
}

/** The slot behind `p`, round the end. */
export function slots_next(t: usize, p: usize, size: u32): usize {
  const first = t + Slots.DATA;
  return first + ((p - first + size) & <usize>load<u32>(t, Slots.MASK));
}

/** Whether the entry at `p`, at home at `home`, may move forward into `hole`. */
export function slots_movable(t: usize, p: usize, home: usize, hole: usize): bool {
  const mask = <usize>load<u32>(t, Slots.MASK);
  return ((p - home) & mask) >= ((p - hole) & mask);
}

/** Account for one more entry. Returns false when the table is full. */
export function slots_take(t: usize): bool {
  const used = load<u32>(t, Slots.COUNT);
  if (used >= load<u32>(t, Slots.LIMIT)) return false;
  store<u32>(t, used + 1, Slots.COUNT);
  return true;
}

/** Account for one entry less. */
export function slots_give(t: usize): void {
  store<u32>(t, load<u32>(t, Slots.COUNT) - 1, Slots.COUNT);
}
