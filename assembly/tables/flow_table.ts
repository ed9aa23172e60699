// flow_table.ts -- flows that have state: connection tracking, NAT, load
// balancing. An entry is one cache line:
//
//    0                                       40              48              64
//   +---------------------------------------+---------------+---------------+
//   | KEY, five u64                         | EXPIRES, ps   | USER, 16 bytes|
//   +---------------------------------------+---------------+---------------+
//
// The key is the owner's: 40 bytes hold an IPv6 5-tuple and the domain it is in
// (lib/flow_key.ts makes them); whoever needs fewer leaves the rest zero. USER
// too is the owner's, zero in a new entry. EXPIRES is packet time: an owner
// moves it on with every packet, and an entry past it is absent to lookups.
//
//   table | header | tags, u8 a slot | entries, 64 bytes a slot |
//
// Slots are in sets of 64, and the 64 tags of a set are one cache line: eight
// bits of the key's hash each, 0 for a free slot. A set is eight buckets of
// eight; a key has two of them and goes to the one with more room (two-choice
// hashing, Azar et al. 1994), or where both are full to any slot of the set, so
// at half load a set practically never runs over (a Poisson of mean 32 beyond
// 64: once in three million sets). A lookup costs one line of tags, from an array
// small enough for a cache, and one line of entries; a key that is not there
// costs a line more for every eighth lookup, and never more than 64.
//
// Entries never move, so their addresses may be kept. What has expired is swept
// by those who come: each new entry looks at SWEEP slots, so a table that takes
// flows in empties itself as fast. When the set is full all the same, the
// newcomer takes the place of the one in its two buckets that expires first:
// with timeouts by state those are closing and half-open connections.

import { hash128 } from "../lib/hash";

export enum FlowEntry { KEY = 0, EXPIRES = 40, USER = 48, SIZEOF = 64 }
/** Bytes of a key. */
export const FLOW_KEY = 40;

enum Flows {
  /** u32, slots less 1. */
  MASK = 0,
  /** u32, 32 - log2(sets). */
  SHIFT = 4,
  /** u32, entries, past their time or not. */
  COUNT = 8,
  /** u32, slot that the next sweep begins with. */
  HAND = 12,
  /** u32, salt of the hash. */
  SALT = 16,
  /** u32, first entry: behind the tags. */
  ENTRIES = 20,
  /** u64, entries that had to make room before their time; u64, entries ever made. */
  EVICTED = 24,
  MADE = 32,
  TAGS = 64,
}

/** Slots of a bucket, and of a set. */
const WAYS: u32 = 8, WAYS_SHIFT: u32 = 3, SET: u32 = 64, SET_SHIFT: u32 = 6;
/** Tags that are compared at once. */
const LANES: u32 = 16;
/** Slots that a new entry sweeps. */
const SWEEP: u32 = 4;
/** EXPIRES of an entry that is none. */
const GONE: i64 = i64.MIN_VALUE;

/** log2 of the sets for `entries`, at least two: at most half of the slots. */
function log2Of(entries: u32): u32 {
  return 32 - clz<u32>(((2 * max<u32>(entries, SET) + SET - 1) >> SET_SHIFT) - 1);
}

/** Bytes of a table that keeps `entries` flows at once, at most 2^24. */
export function flows_sizeof(entries: u32): u32 {
  return Flows.TAGS + ((<u32>FlowEntry.SIZEOF + 1) << (log2Of(entries) + SET_SHIFT));
}

/** Make the zeroed memory at `t` an empty table. It is not touched before it is used. */
export function flows_init(t: usize, entries: u32, seed: u32): void {
  const log2 = log2Of(entries);
  store<u32>(t, (SET << log2) - 1, Flows.MASK);
  store<u32>(t, 32 - log2, Flows.SHIFT);
  store<u32>(t, seed, Flows.SALT);
  store<u32>(t, <u32>t + Flows.TAGS + (SET << log2), Flows.ENTRIES);
}

/** Hash of a key, for the calls below. @param mixed a hash that all of the key went into; it needs no salt */
export function flows_hash(t: usize, key: usize, mixed: u32): u32 {
  return hash128(load<u64>(key) ^ <u64>mixed, load<u64>(key, 32), load<u32>(t, Flows.SALT));
}

/** First slot of the set that a hash leads to: by its top bits. */
function setOf(t: usize, hash: u32): u32 {
  return (hash >> load<u32>(t, Flows.SHIFT)) << SET_SHIFT;
}

/** First slot of one of its two buckets: by the bits between set and tag. */
function first(t: usize, hash: u32): u32 {
  return setOf(t, hash) + (((hash >> 8) & 7) << WAYS_SHIFT);
}

/** And of the other one, one to seven buckets on. */
function second(t: usize, hash: u32): u32 {
  return setOf(t, hash) + ((((hash >> 8) + 1 + ((((hash >> 11) & 31) * 7) >> 5)) & 7) << WAYS_SHIFT);
}

/** Tags of two buckets: lanes 0 to 7 and 8 to 15. */
function tags(t: usize, a: u32, b: u32): v128 {
  return i64x2.replace_lane(i64x2.splat(load<u64>(t + a, Flows.TAGS)), 1, load<u64>(t + b, Flows.TAGS));
}

function tagOf(hash: u32): u32 {
  const tag = hash & 0xff;
  return tag + u32(tag == 0);
}

/** A bit for each of the sixteen slots whose tag is `tag`. */
function having(list: v128, tag: u32): u32 {
  return i8x16.bitmask(i8x16.eq(list, i8x16.splat(<i8>tag)));
}

/** Slot of a lane of tags(). */
function slotAt(a: u32, b: u32, lane: u32): u32 {
  return lane < WAYS ? a + lane : b + lane - WAYS;
}

/**
 * The entry that a hash most likely leads to, or the table itself where there
 * is none: nodes gather these for a whole vector, touch them in a tight loop so
 * that the cache misses overlap, then call flows_get_from.
 */
export function flows_candidate(t: usize, hash: u32): usize {
  const a = first(t, hash), b = second(t, hash), found = having(tags(t, a, b), tagOf(hash));
  return found ? slotEntry(t, slotAt(a, b, ctz<u32>(found))) : t;
}

/** Where the tags of a hash begin: touched before flows_candidate is asked. */
export function flows_tags(t: usize, hash: u32): u64 {
  return load<u64>(t + setOf(t, hash), Flows.TAGS);
}

function sameKey(p: usize, key: usize): bool {
  const d = v128.or(v128.xor(v128.load(p), v128.load(key)), v128.xor(v128.load(p, 16), v128.load(key, 16)));
  return !v128.any_true(d) && load<u64>(p, 32) == load<u64>(key, 32);
}

/** Entry with the key, past its time or not, or 0. */
function find(t: usize, key: usize, hash: u32): usize {
  const set = setOf(t, hash);
  for (let slot = set; slot < set + SET; slot += LANES)
    for (let found = having(v128.load(t + slot, Flows.TAGS), tagOf(hash)); found; found &= found - 1) {
      const p = slotEntry(t, slot + ctz<u32>(found));
      if (sameKey(p, key)) return p;
    }
  return 0;
}

/**
 * The entry of a flow, or 0.
 * @param key FLOW_KEY bytes
 * @param now packet time, picoseconds
 */
export function flows_get(t: usize, key: usize, hash: u32, now: i64): usize {
  const p = find(t, key, hash);
  return p && load<i64>(p, FlowEntry.EXPIRES) > now ? p : 0;
}

/** The same, with the candidate looked at first. */
export function flows_get_from(t: usize, candidate: usize, key: usize, hash: u32, now: i64): usize {
  // The table itself is no entry, and what a sweep took has no time left.
  if (candidate != t && sameKey(candidate, key) && load<i64>(candidate, FlowEntry.EXPIRES) > now) return candidate;
  return flows_get(t, key, hash, now);
}

/**
 * A new entry for a flow that flows_get does not find; one that is past its
 * time is reused. USER is zero.
 * @param expires more than `now`
 * @returns its address; there is always room
 */
export function flows_add(t: usize, key: usize, hash: u32, now: i64, expires: i64): usize {
  sweep(t, now);
  let p = find(t, key, hash);
  if (!p) {
    p = place(t, hash, now);
    v128.store(p, v128.load(key));
    v128.store(p, v128.load(key, 16), 16);
    store<u64>(p, load<u64>(key, 32), 32);
  }
  store<i64>(p, expires, FlowEntry.EXPIRES);
  v128.store(p, i64x2.splat(0), FlowEntry.USER);
  store<u64>(t, load<u64>(t, Flows.MADE) + 1, Flows.MADE);
  return p;
}

/** A slot for a hash, its tag set. */
function place(t: usize, hash: u32, now: i64): usize {
  const a = first(t, hash), b = second(t, hash), free = having(tags(t, a, b), 0), ofA = free & 0xff, ofB = free >> WAYS;
  let slot = free ? (popcnt<u32>(ofA) >= popcnt<u32>(ofB) ? a + ctz<u32>(ofA) : b + ctz<u32>(ofB)) : anyFree(t, setOf(t, hash));
  if (slot == FULL) {
    slot = soonest(t, a, b);
    if (load<i64>(slotEntry(t, slot), FlowEntry.EXPIRES) > now) store<u64>(t, load<u64>(t, Flows.EVICTED) + 1, Flows.EVICTED);
  } else store<u32>(t, load<u32>(t, Flows.COUNT) + 1, Flows.COUNT);
  store<u8>(t + slot, tagOf(hash), Flows.TAGS);
  return slotEntry(t, slot);
}

/** anyFree: there is none. */
const FULL: u32 = 0xffffffff;

/** A free slot of a set, or FULL. */
function anyFree(t: usize, set: u32): u32 {
  for (let slot = set; slot < set + SET; slot += LANES) {
    const free = having(v128.load(t + slot, Flows.TAGS), 0);
    if (free) return slot + ctz<u32>(free);
  }
  return FULL;
}

/** Slot of the entry in two buckets that expires first. */
function soonest(t: usize, a: u32, b: u32): u32 {
  let best = a, least = i64.MAX_VALUE;
  for (let lane: u32 = 0; lane < 2 * WAYS; lane++) {
    const slot = slotAt(a, b, lane), expires = load<i64>(slotEntry(t, slot), FlowEntry.EXPIRES);
    if (expires >= least) continue;
    least = expires;
    best = slot;
  }
  return best;
}

/** Take the next slots' entries out that are past their time. */
function sweep(t: usize, now: i64): void {
  const mask = load<u32>(t, Flows.MASK), hand = load<u32>(t, Flows.HAND);
  if (load<u32>(t + hand, Flows.TAGS))
    for (let slot = hand; slot < hand + SWEEP; slot++)
      if (load<u8>(t + slot, Flows.TAGS) && load<i64>(slotEntry(t, slot), FlowEntry.EXPIRES) <= now) remove(t, slot);
  store<u32>(t, (hand + SWEEP) & mask, Flows.HAND);
}

function slotEntry(t: usize, slot: u32): usize {
  return <usize>load<u32>(t, Flows.ENTRIES) + (<usize>slot << 6);
}

function remove(t: usize, slot: u32): void {
  store<u8>(t + slot, 0, Flows.TAGS);
  store<i64>(slotEntry(t, slot), GONE, FlowEntry.EXPIRES);
  store<u32>(t, load<u32>(t, Flows.COUNT) - 1, Flows.COUNT);
}

/** Take out the entry at `p`, which flows_get gave. */
export function flows_del(t: usize, p: usize): void {
  remove(t, <u32>((p - <usize>load<u32>(t, Flows.ENTRIES)) >> 6));
}

/** The entry behind `p` that is not past its time, in no useful order; 0 begins, and 0 is the end. Adding in between may show an entry twice or not at all. */
export function flows_next(t: usize, p: usize, now: i64): usize {
  const slots = load<u32>(t, Flows.MASK) + 1;
  for (let slot: u32 = p ? <u32>((p - <usize>load<u32>(t, Flows.ENTRIES)) >> 6) + 1 : 0; slot < slots; slot++)
    if (load<u8>(t + slot, Flows.TAGS) && load<i64>(slotEntry(t, slot), FlowEntry.EXPIRES) > now) return slotEntry(t, slot);
  return 0;
}

/** Entries, those past their time included that nobody has swept yet. */
export function flows_count(t: usize): u32 {
  return load<u32>(t, Flows.COUNT);
}

/** Entries that had to make room before their time. */
export function flows_evicted(t: usize): u64 {
  return load<u64>(t, Flows.EVICTED);
}

/** Entries ever made. */
export function flows_made(t: usize): u64 {
  return load<u64>(t, Flows.MADE);
}
