// lpm6.ts -- IPv6 longest prefix match: (VRF, destination) to value.
//
// One hash for all prefixes of all VRFs, in front of it a filter. Lengths are
// rounded up to multiples of four, the level: a /46 becomes four /48s. A
// lookup asks the filter once for each level that is in use, without branching,
// and then as a rule probes the hash once: one cache miss, where a trie makes
// six in a row.
//
//   lpm6 | header: levels in use | VRF records | filter | exact160 | cache |
//
// Two kinds of entries share the exact160, keyed (VRF << 8 | length, prefix):
//
//   level   length a multiple of 4: what lookups find. AUX is the length of
//           the prefix it came from; the longest one wins
//   origin  any other length: the prefix as given, from which a withdrawal
//           knows what to restore
//
// The filter has a byte for each slot of the hash. A level entry sets one bit,
// chosen by three more bits of its hash, in the byte of the slot where its
// probe begins. All entries of a byte therefore stand in one run of slots, so
// a deletion can tell whether its bit still has an owner and the filter stays
// exact. At half load one in sixteen bits is set by others.
//
// In front of all that lpm6_get_many keeps the last answers, two to a cache
// line: traffic is flows, and what decides a lookup above are branches that no
// predictor learns. A thousand flows take 6 instead of 40 ns; addresses that
// are never asked for again pay 3 ns.
//
// Addresses are two u64 in host order: bswap of what a packet holds.

import { prefixHi, prefixLo } from "../lib/bits128";
import { hashPrefix, hashPrefixPart, prefixDomain } from "../lib/hash";
import { Entry160, exact160_del, exact160_find, exact160_get, exact160_init, exact160_put, exact160_remove, exact160_sizeof, exact160_slot, SALT_PREFIXES } from "./exact160";
import { MISS, Slots, slots_home, slots_next } from "./slots";

export { MISS } from "./slots";

enum Lpm6 {
  VRF_COUNT = 0,
  FILTER = 4,
  HASH = 8,
  /** u32, levels in use, and how many of them are longer than /64. */
  LEVEL_COUNT = 12,
  LONG_COUNT = 16,
  /** u32, Answer x ANSWERS; u32, what an Answer is stamped with to be valid: anew at each change. */
  CACHE = 20,
  AGE = 24,
  /** u32, where loads that only touch leave their sum. */
  TOUCHED = 28,
  /** u32 x 32, entries of each level, all VRFs together: number 0 is /4, number 31 is /128. */
  COUNTS = 64,
  /** Level x 32, those in use, longest first. */
  LEVELS = 192,
  VRFS = 960,
}

/** A level in use, as a lookup needs it. */
enum Level {
  /** u64, mask of the half of an address that it ends in. */
  MASK = 0,
  /** u64, its part of the hash. */
  KEY = 8,
  /** u32, prefix length. */
  LEN = 16,
  SIZEOF = 24,
}

/** A VRF: all that a lookup needs. */
enum Vrf {
  /** u32, value of ::/0, or MISS. */
  DEFAULT = 0,
  /** u32, prefixes. */
  COUNT = 4,
  SIZEOF = 8,
}

/** An answer in the cache. */
enum Answer { HI = 0, LO = 8, VRF = 16, AGE = 20, VALUE = 24, SIZEOF = 32 }
/** Answers kept, 256 KB of them: a power of two. */
const ANSWERS_BITS: u32 = 13;
/** Answers that one hash may lead to. */
const WAYS: u32 = 2;

/** A lookup of lpm6_get_many: address and VRF in, FOUND out; the rest is its own. */
export enum Lookup6 { HI = 0, LO = 8, VRF = 16, FOUND = 20, SLOT = 24, CANDIDATES = 28, SIZEOF = 32 }

/** A route as lpm6_put_many takes it: 16 bytes of prefix as on the wire, u32 length, u32 value. */
enum Route6 { PREFIX = 0, LEN = 16, VALUE = 20, SIZEOF = 24 }

/** Entries that a prefix of this length takes: 1, 3, 5 or 9. The sum over all prefixes sizes the table. */
export function lpm6_cost(len: u32): u32 {
  return len == 0 ? 0 : len & 3 ? 1 + (<u32>1 << (4 - (len & 3))) : 1;
}

function filterAt(vrfs: u32): u32 {
  return Lpm6.VRFS + vrfs * Vrf.SIZEOF;
}

// A byte of filter for each slot, and what it takes to align the hash behind it.
function filterSizeof(entries: u32): u32 {
  return (exact160_sizeof(entries) - Slots.DATA) / Entry160.SIZEOF;
}

function hashAt(vrfs: u32, entries: u32): u32 {
  return (filterAt(vrfs) + filterSizeof(entries) + 63) & ~63;
}

function cacheAt(vrfs: u32, entries: u32): u32 {
  return hashAt(vrfs, entries) + exact160_sizeof(entries);
}

/** Bytes of a table for VRFs 0 .. vrfs - 1; `entries` is the sum of lpm6_cost. vrfs is at most 2^24. */
export function lpm6_sizeof(vrfs: u32, entries: u32): u32 {
  return cacheAt(vrfs, entries) + (Answer.SIZEOF << ANSWERS_BITS);
}

/** Make the zeroed memory at `t` an empty table. */
export function lpm6_init(t: usize, vrfs: u32, entries: u32): void {
  store<u32>(t, vrfs, Lpm6.VRF_COUNT);
  store<u32>(t, <u32>t + filterAt(vrfs), Lpm6.FILTER);
  store<u32>(t, <u32>t + hashAt(vrfs, entries), Lpm6.HASH);
  for (let i: u32 = 0; i < vrfs; i++) store<u32>(vrfAt(t, i), MISS, Vrf.DEFAULT);
  store<u32>(t, <u32>t + cacheAt(vrfs, entries), Lpm6.CACHE);
  store<u32>(t, 1, Lpm6.AGE);
  exact160_init(hash(t), entries);
  store<u32>(hash(t), SALT_PREFIXES, Slots.SALT);
}

function hash(t: usize): usize {
  return <usize>load<u32>(t, Lpm6.HASH);
}

function vrfAt(t: usize, vrf: u32): usize {
  return t + Lpm6.VRFS + <usize>vrf * Vrf.SIZEOF;
}

function levelOf(len: u32): u32 {
  return (len + 3) >> 2;
}

function domainOf(vrf: u32, len: u32): u32 {
  return (vrf << 8) | len;
}

// Hash of the level entry that would cover the address.
function hashOf(vrf: u32, len: u32, hi: u64, lo: u64): u32 {
  return hashPrefix(domainOf(vrf, len), hi & prefixHi(len), lo & prefixLo(len));
}

function filterByte(t: usize, h: u32): usize {
  return <usize>load<u32>(t, Lpm6.FILTER) + <usize>(h >> load<u32>(hash(t), Slots.SHIFT));
}

// Bit of the filter byte: the three hash bits below those that chose the slot.
function filterBit(t: usize, h: u32): u8 {
  return <u8>(<u32>1 << ((h >> (load<u32>(hash(t), Slots.SHIFT) - 3)) & 7));
}

/**
 * Levels at which a prefix may cover the address: bit n is the n-th from the
 * end of those in use. Phase one of a vector's lookup.
 *
 * All VRFs ask for all levels in use, so that masks and parts of the hash stand
 * in a list: with a bitmap of levels for each VRF and shifts by what it says,
 * eight levels took 15 ns instead of 9.
 */
export function lpm6_candidates(t: usize, vrf: u32, hi: u64, lo: u64): u32 {
  const filter = <usize>load<u32>(t, Lpm6.FILTER), shift = <u64>load<u32>(hash(t), Slots.SHIFT) + 29, domain = prefixDomain(vrf << 8);
  let found: u32 = 0, p = t + Lpm6.LEVELS;
  for (const end = p + load<u32>(t, Lpm6.LONG_COUNT) * Level.SIZEOF; p < end; p += Level.SIZEOF) {
    const h = <u32>(hashPrefixPart(domain + load<u64>(p, Level.KEY), hi, lo & load<u64>(p)) >> shift);
    found = (found << 1) | ((<u32>load<u8>(filter + <usize>(h >> 3)) >> (h & 7)) & 1);
  }
  // Up to /64 the lower half plays no part.
  for (const end = t + Lpm6.LEVELS + load<u32>(t, Lpm6.LEVEL_COUNT) * Level.SIZEOF; p < end; p += Level.SIZEOF) {
    const h = <u32>(hashPrefixPart(domain + load<u64>(p, Level.KEY), hi & load<u64>(p), 0) >> shift);
    found = (found << 1) | ((<u32>load<u8>(filter + <usize>(h >> 3)) >> (h & 7)) & 1);
  }
  return found;
}

/** The longest of the candidates. */
function longest(t: usize, candidates: u32): usize {
  return t + Lpm6.LEVELS + (load<u32>(t, Lpm6.LEVEL_COUNT) - 32 + clz<u32>(candidates)) * Level.SIZEOF;
}

/** First address that the lookup will read, from its candidates. Phase two: gather, then touch in a tight loop. */
export function lpm6_slot(t: usize, vrf: u32, hi: u64, lo: u64, candidates: u32): usize {
  if (!candidates) return vrfAt(t, vrf);
  const level = longest(t, candidates), mask = load<u64>(level), long = load<u32>(level, Level.LEN) > 64;
  const h = hashPrefixPart(prefixDomain(vrf << 8) + load<u64>(level, Level.KEY), long ? hi : hi & mask, long ? lo & mask : 0);
  return slots_home(hash(t), <u32>(h >> 32), Entry160.SIZEOF);
}

/** Value of the longest prefix that covers the address, or MISS. Phase three. */
export function lpm6_get_from(t: usize, slot: usize, vrf: u32, hi: u64, lo: u64, candidates: u32): u32 {
  while (candidates) {
    const level = longest(t, candidates), mask = load<u64>(level), len = load<u32>(level, Level.LEN), long = len > 64;
    const p = exact160_find(hash(t), slot, domainOf(vrf, len), long ? hi : hi & mask, long ? lo & mask : 0);
    if (p && load<u32>(p, Entry160.VALUE) != MISS) return load<u32>(p, Entry160.VALUE);
    candidates ^= <u32>0x80000000 >> clz<u32>(candidates);
    slot = lpm6_slot(t, vrf, hi, lo, candidates);
  }
  return load<u32>(vrfAt(t, vrf), Vrf.DEFAULT);
}

/** Value of the longest prefix that covers the address, or MISS. `vrf` is below the count of VRFs. */
export function lpm6_get(t: usize, vrf: u32, hi: u64, lo: u64): u32 {
  const candidates = lpm6_candidates(t, vrf, hi, lo);
  return lpm6_get_from(t, lpm6_slot(t, vrf, hi, lo, candidates), vrf, hi, lo, candidates);
}

/**
 * Look up a vector.
 * @param keys   `n` of Lookup6; FOUND is then the value of the longest prefix that covers the address, or MISS
 * @param misses 4 n bytes to use
 */
export function lpm6_get_many(t: usize, keys: usize, n: u32, misses: usize): void {
  const cache = <usize>load<u32>(t, Lpm6.CACHE), age = <u64>load<u32>(t, Lpm6.AGE) << 32;
  let end = misses;
  for (let i: u32 = 0, key = keys; i < n; i++, key += Lookup6.SIZEOF) {
    const hi = load<u64>(key), lo = load<u64>(key, Lookup6.LO), vrf = load<u32>(key, Lookup6.VRF);
    const a = cache + <usize>(hashPrefix(vrf, hi, lo) >> (32 - ANSWERS_BITS + WAYS - 1)) * (WAYS * Answer.SIZEOF), b = a + Answer.SIZEOF;
    const first = (load<u64>(a) ^ hi) | (load<u64>(a, Answer.LO) ^ lo) | (load<u64>(a, Answer.VRF) ^ (age | <u64>vrf));
    const second = (load<u64>(b) ^ hi) | (load<u64>(b, Answer.LO) ^ lo) | (load<u64>(b, Answer.VRF) ^ (age | <u64>vrf));
    if (first != 0 && second != 0) {
      store<u32>(key, <u32>a, Lookup6.FOUND);
      store<u32>(end, <u32>key);
      end += 4;
    } else store<u32>(key, select<u32>(load<u32>(b, Answer.VALUE), load<u32>(a, Answer.VALUE), first != 0), Lookup6.FOUND);
  }
  if (end > misses) search(t, misses, end);
}

// Three loops, so that the cache misses of a vector overlap: a tight one
// without anything that waits touches what the last one reads.
function search(t: usize, misses: usize, end: usize): void {
  for (let at = misses; at < end; at += 4) {
    const key = <usize>load<u32>(at), vrf = load<u32>(key, Lookup6.VRF), hi = load<u64>(key), lo = load<u64>(key, Lookup6.LO);
    const candidates = lpm6_candidates(t, vrf, hi, lo);
    store<u32>(key, candidates, Lookup6.CANDIDATES);
    store<u32>(key, <u32>lpm6_slot(t, vrf, hi, lo, candidates), Lookup6.SLOT);
  }
  let touched: u32 = 0;
  for (let at = misses; at < end; at += 4) touched ^= load<u32>(load<u32>(load<u32>(at), Lookup6.SLOT));
  store<u32>(t, touched, Lpm6.TOUCHED); // a use, lest the loads be left out
  for (let at = misses; at < end; at += 4) {
    const key = <usize>load<u32>(at), vrf = load<u32>(key, Lookup6.VRF), hi = load<u64>(key), lo = load<u64>(key, Lookup6.LO);
    const found = lpm6_get_from(t, load<u32>(key, Lookup6.SLOT), vrf, hi, lo, load<u32>(key, Lookup6.CANDIDATES));
    keep(load<u32>(key, Lookup6.FOUND), vrf, hi, lo, load<u32>(t, Lpm6.AGE), found);
    store<u32>(key, found, Lookup6.FOUND);
  }
}

/** The answer before becomes the second one of the line. */
function keep(line: usize, vrf: u32, hi: u64, lo: u64, age: u32, found: u32): void {
  v128.store(line, v128.load(line), Answer.SIZEOF);
  v128.store(line, v128.load(line, 16), Answer.SIZEOF + 16);
  store<u64>(line, hi);
  store<u64>(line, lo, Answer.LO);
  store<u32>(line, vrf, Answer.VRF);
  store<u32>(line, age, Answer.AGE);
  store<u32>(line, found, Answer.VALUE);
}

/** The table changes: no answer holds any longer. */
function forget(t: usize): void {
  const age = load<u32>(t, Lpm6.AGE) + 1;
  if (!age) memory.fill(load<u32>(t, Lpm6.CACHE), 0, <usize>Answer.SIZEOF << ANSWERS_BITS);
  store<u32>(t, max<u32>(age, 1), Lpm6.AGE);
}

/** Prefixes of a VRF, the default route included. */
export function lpm6_count(t: usize, vrf: u32): u32 {
  return load<u32>(vrfAt(t, vrf), Vrf.COUNT);
}

// Count level entries that came or went; a level is in the list while there are any.
function countLevel(t: usize, level: u32, change: i32): void {
  const p = t + Lpm6.COUNTS + <usize>((level - 1) << 2), before = load<u32>(p), after = before + change;
  store<u32>(p, after);
  if (before == 0 || after == 0) listLevels(t);
}

function listLevels(t: usize): void {
  let p = t + Lpm6.LEVELS, long: u32 = 0, count: u32 = 0;
  for (let len: u32 = 128; len; len -= 4) {
    if (!load<u32>(t + <usize>(len - 4), Lpm6.COUNTS)) continue;
    store<u64>(p, len > 64 ? prefixLo(len) : prefixHi(len));
    store<u64>(p, prefixDomain(len), Level.KEY);
    store<u32>(p, len, Level.LEN);
    p += Level.SIZEOF;
    count++;
    long += u32(len > 64);
  }
  store<u32>(t, count, Lpm6.LEVEL_COUNT);
  store<u32>(t, long, Lpm6.LONG_COUNT);
}

// The n-th address that a prefix of length `len` becomes at its level: its
// upper and lower half. Level and prefix end in the same half.
function nthHi(hi: u64, len: u32, n: u32): u64 {
  return len > 64 ? hi : hi | (<u64>n << <u64>(64 - 4 * levelOf(len)));
}

function nthLo(lo: u64, len: u32, n: u32): u64 {
  return len > 64 ? lo | (<u64>n << <u64>(128 - 4 * levelOf(len))) : lo;
}

function isPrefix(t: usize, vrf: u32, hi: u64, lo: u64, len: u32): bool {
  const h = hash(t), domain = domainOf(vrf, len);
  const p = exact160_find(h, exact160_slot(h, domain, hi, lo), domain, hi, lo);
  if (!p || load<u32>(p, Entry160.VALUE) == MISS) return false;
  return len & 3 ? true : load<u32>(p, Entry160.AUX) == len;
}

/**
 * Insert or replace a prefix; bits beyond `len` are ignored.
 * @returns false, unchanged, when the table is full or an argument is out of range
 */
export function lpm6_put(t: usize, vrf: u32, hi: u64, lo: u64, len: u32, value: u32): bool {
  if (vrf >= load<u32>(t, Lpm6.VRF_COUNT) || len > 128 || value == MISS) return false;
  forget(t);
  const v = vrfAt(t, vrf);
  if (len == 0) {
    store<u32>(v, load<u32>(v, Vrf.COUNT) + u32(load<u32>(v, Vrf.DEFAULT) == MISS), Vrf.COUNT);
    store<u32>(v, value, Vrf.DEFAULT);
    return true;
  }
  hi &= prefixHi(len);
  lo &= prefixLo(len);
  const h = hash(t), level = levelOf(len), domain = domainOf(vrf, 4 * level);
  if (!isPrefix(t, vrf, hi, lo, len)) {
    if (load<u32>(h, Slots.COUNT) + lpm6_cost(len) > load<u32>(h, Slots.LIMIT)) return false;
    store<u32>(v, load<u32>(v, Vrf.COUNT) + 1, Vrf.COUNT);
  }
  if (len & 3) exact160_put(h, domainOf(vrf, len), hi, lo, value);
  for (let n: u32 = 0; n < <u32>1 << (4 * level - len); n++) {
    const a = nthHi(hi, len, n), b = nthLo(lo, len, n);
    let p = exact160_find(h, exact160_slot(h, domain, a, b), domain, a, b);
    if (load<u32>(p, Entry160.VALUE) == MISS) {
      const hashed = hashOf(vrf, 4 * level, a, b), at = filterByte(t, hashed);
      store<u8>(at, load<u8>(at) | filterBit(t, hashed));
      countLevel(t, level, 1);
    } else if (load<u32>(p, Entry160.AUX) > len) continue;
    p = exact160_put(h, domain, a, b, value);
    store<u32>(p, len, Entry160.AUX);
  }
  return true;
}

/**
 * Insert `n` prefixes of one VRF from an array of (16 bytes of prefix as on
 * the wire, u32 length, u32 value).
 * @returns how many were taken; fewer than n: that one was refused
 */
export function lpm6_put_many(t: usize, vrf: u32, routes: usize, n: u32): u32 {
  for (let i: u32 = 0; i < n; i++, routes += Route6.SIZEOF) {
    const hi = bswap<u64>(load<u64>(routes, Route6.PREFIX)), lo = bswap<u64>(load<u64>(routes, Route6.PREFIX + 8));
    if (!lpm6_put(t, vrf, hi, lo, load<u32>(routes, Route6.LEN), load<u32>(routes, Route6.VALUE))) return i;
  }
  return n;
}

// Remove a level entry, and its bit of the filter unless another one needs it.
function removeEntry(t: usize, level: u32, p: usize): void {
  const h = hash(t), shift = load<u32>(h, Slots.SHIFT) - 3;
  const gone = hashPrefix(load<u32>(p, Entry160.DOMAIN), load<u64>(p, Entry160.A), load<u64>(p, Entry160.B));
  exact160_remove(h, p);
  countLevel(t, level, -1);
  for (let q = slots_home(h, gone, Entry160.SIZEOF); load<u32>(q, Entry160.VALUE) != MISS; q = slots_next(h, q, Entry160.SIZEOF)) {
    const domain = load<u32>(q, Entry160.DOMAIN);
    if (domain & 3) continue; // an origin
    if (hashPrefix(domain, load<u64>(q, Entry160.A), load<u64>(q, Entry160.B)) >> shift == gone >> shift) return;
  }
  const at = filterByte(t, gone);
  store<u8>(at, load<u8>(at) & ~filterBit(t, gone));
}

/** Remove a prefix: what it covered goes to the next shorter one. Returns whether it was there. */
export function lpm6_del(t: usize, vrf: u32, hi: u64, lo: u64, len: u32): bool {
  if (vrf >= load<u32>(t, Lpm6.VRF_COUNT) || len > 128) return false;
  forget(t);
  const v = vrfAt(t, vrf);
  if (len == 0) {
    if (load<u32>(v, Vrf.DEFAULT) == MISS) return false;
    store<u32>(v, MISS, Vrf.DEFAULT);
    store<u32>(v, load<u32>(v, Vrf.COUNT) - 1, Vrf.COUNT);
    return true;
  }
  hi &= prefixHi(len);
  lo &= prefixLo(len);
  if (!isPrefix(t, vrf, hi, lo, len)) return false;
  store<u32>(v, load<u32>(v, Vrf.COUNT) - 1, Vrf.COUNT);
  const h = hash(t), level = levelOf(len), domain = domainOf(vrf, 4 * level);
  if (len & 3) exact160_del(h, domainOf(vrf, len), hi, lo);

  // The next shorter prefix of the same level, if any; those of other levels
  // have entries of their own.
  let cover: u32 = MISS, coverLen = len - 1;
  for (; levelOf(coverLen) == level; coverLen--) {
    cover = exact160_get(h, domainOf(vrf, coverLen), hi & prefixHi(coverLen), lo & prefixLo(coverLen));
    if (cover != MISS) break;
  }
  for (let n: u32 = 0; n < <u32>1 << (4 * level - len); n++) {
    const a = nthHi(hi, len, n), b = nthLo(lo, len, n);
    const p = exact160_find(h, exact160_slot(h, domain, a, b), domain, a, b);
    if (load<u32>(p, Entry160.AUX) != len) continue;
    if (cover == MISS) removeEntry(t, level, p);
    else {
      store<u32>(p, cover, Entry160.VALUE);
      store<u32>(p, coverLen, Entry160.AUX);
    }
  }
  return true;
}
