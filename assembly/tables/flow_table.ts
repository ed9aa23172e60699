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
// Slots are in buckets of eight. A key has two buckets, and goes to the one with
// more room (two-choice hashing: at half load no bucket of eight runs over,
// Azar et al. 1994). A slot's tag is eight bits of its key's hash, 0 for a free
// slot, so two loads from the small array of tags say which entry to look at:
// a lookup costs one line of the large one, whatever the load, and never more
// than sixteen.
//
// Entries never move, so their addresses may be kept. What has expired is swept
// by those who come: each new entry looks at SWEEP slots, so a table that takes
// flows in empties itself as fast. When both buckets are full all the same, the
// newcomer takes the place of the one among their sixteen that expires first:
// with timeouts by state those are closing and half-open connections.

import { hash128 } from "../lib/hash";

export enum FlowEntry { KEY = 0, EXPIRES = 40, USER = 48, SIZEOF = 64 }
/** Bytes of a key. */
export const FLOW_KEY = 40;

enum Flows {
  /** u32, buckets less 1. */
  MASK = 0,
  /** u32, 32 - log2(buckets). */
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

/** Slots of a bucket. */
const WAYS: u32 = 8, WAYS_SHIFT: u32 = 3;
/** Slots that a new entry sweeps. */
const SWEEP: u32 = 4;
/** EXPIRES of an entry that is none. */
const GONE: i64 = i64.MIN_VALUE;
/** Second bucket of a hash: odd, so that all of its bits count. */
const SECOND: u32 = 0x9e3779b1;

/** log2 of the buckets for `entries`: at most half of the slots. */
function log2Of(entries: u32): u32 {
  return 32 - clz<u32>(((2 * max<u32>(entries, WAYS) + WAYS - 1) >> WAYS_SHIFT) - 1);
}

/** Bytes of a table that keeps `entries` flows at once, at most 2^24. */
export function flows_sizeof(entries: u32): u32 {
  return Flows.TAGS + ((<u32>FlowEntry.SIZEOF + 1) << (log2Of(entries) + WAYS_SHIFT));
}

/** Make the zeroed memory at `t` an empty table. It is not touched before it is used. */
export function flows_init(t: usize, entries: u32, seed: u32): void {
  const log2 = log2Of(entries);
  store<u32>(t, (1 << log2) - 1, Flows.MASK);
  store<u32>(t, 32 - log2, Flows.SHIFT);
  store<u32>(t, seed, Flows.SALT);
  store<u32>(t, <u32>t + Flows.TAGS + (WAYS << log2), Flows.ENTRIES);
}

/** Hash of a key, for the calls below. @param mixed a hash that all of the key went into; it needs no salt */
export function flows_hash(t: usize, key: usize, mixed: u32): u32 {
  return hash128(load<u64>(key) ^ <u64>mixed, load<u64>(key, 32), load<u32>(t, Flows.SALT));
}

/** First slot of the bucket that a hash leads to first. */
function first(t: usize, hash: u32): u32 {
  return (hash >> load<u32>(t, Flows.SHIFT)) << WAYS_SHIFT;
}

/** And of the other one. */
function second(t: usize, hash: u32): u32 {
  return (((hash * SECOND) >> 8) & load<u32>(t, Flows.MASK)) << WAYS_SHIFT;
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

function entryAt(t: usize, a: u32, b: u32, lane: u32): usize {
  return <usize>load<u32>(t, Flows.ENTRIES) + <usize>((lane < WAYS ? a + lane : b + lane - WAYS) << 6);
}

/**
 * The entry that a hash most likely leads to, or the table itself where there
 * is none: nodes gather these for a whole vector, touch them in a tight loop so
 * that the cache misses overlap, then call flows_get_from.
 */
export function flows_candidate(t: usize, hash: u32): usize {
  const a = first(t, hash), b = second(t, hash), found = having(tags(t, a, b), tagOf(hash));
  return found ? entryAt(t, a, b, ctz<u32>(found)) : t;
}

/** Where the tags of a hash begin: touched before flows_candidate is asked. */
export function flows_tags(t: usize, hash: u32): u64 {
  return load<u64>(t + first(t, hash), Flows.TAGS) ^ load<u64>(t + second(t, hash), Flows.TAGS);
}

function sameKey(p: usize, key: usize): bool {
  const d = v128.or(v128.xor(v128.load(p), v128.load(key)), v128.xor(v128.load(p, 16), v128.load(key, 16)));
  return !v128.any_true(d) && load<u64>(p, 32) == load<u64>(key, 32);
}

/** Entry with the key, past its time or not, or 0. */
function find(t: usize, key: usize, hash: u32): usize {
  const a = first(t, hash), b = second(t, hash);
  for (let found = having(tags(t, a, b), tagOf(hash)); found; found &= found - 1) {
    const p = entryAt(t, a, b, ctz<u32>(found));
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
  let lane: u32;
  if (free) lane = popcnt<u32>(ofA) >= popcnt<u32>(ofB) ? ctz<u32>(ofA) : WAYS + ctz<u32>(ofB);
  else {
    lane = soonest(t, a, b);
    if (load<i64>(entryAt(t, a, b, lane), FlowEntry.EXPIRES) > now) store<u64>(t, load<u64>(t, Flows.EVICTED) + 1, Flows.EVICTED);
  }
  store<u32>(t, load<u32>(t, Flows.COUNT) + u32(free != 0), Flows.COUNT);
  store<u8>(t + (lane < WAYS ? a + lane : b + lane - WAYS), tagOf(hash), Flows.TAGS);
  return entryAt(t, a, b, lane);
}

/** Which of sixteen entries expires first. */
function soonest(t: usize, a: u32, b: u32): u32 {
  let best: u32 = 0, least = i64.MAX_VALUE;
  for (let lane: u32 = 0; lane < 2 * WAYS; lane++) {
    const expires = load<i64>(entryAt(t, a, b, lane), FlowEntry.EXPIRES);
    if (expires >= least) continue;
    least = expires;
    best = lane;
  }
  return best;
}

/** Take the next slots' entries out that are past their time. */
function sweep(t: usize, now: i64): void {
  const mask = (load<u32>(t, Flows.MASK) << WAYS_SHIFT) | (WAYS - 1), hand = load<u32>(t, Flows.HAND);
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
  const slots = (load<u32>(t, Flows.MASK) + 1) << WAYS_SHIFT;
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
