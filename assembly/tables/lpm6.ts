// lpm6.ts -- IPv6 longest prefix match: (VRF, destination) to value.
//
// One hash for all prefixes of all VRFs, in front of it a filter. Lengths are
// rounded up to multiples of four, the level: a /46 becomes four /48s. A
// lookup asks the filter once for each level its VRF has, without branching,
// and then as a rule probes the hash once: one cache miss, where a trie makes
// six in a row.
//
//   lpm6 | header | VRF records | entries by level | filter | exact160 |
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
// Addresses are two u64 in host order: bswap of what a packet holds.

import { prefixHi, prefixLo } from "../lib/bits128";
import { hash160 } from "../lib/hash";
import { Entry160, exact160_del, exact160_find, exact160_get, exact160_init, exact160_put, exact160_remove, exact160_sizeof, exact160_slot } from "./exact160";
import { MISS, Slots, slots_home, slots_next } from "./slots";

export { MISS } from "./slots";

enum Lpm6 { VRF_COUNT = 0, COUNTS = 4, FILTER = 8, HASH = 12, VRFS = 64 }

/** A VRF: all that a lookup needs, four in a cache line. */
enum Vrf {
  /** u32, levels in use: bit 0 is /4, bit 31 is /128. */
  LEVELS = 0,
  /** u32, value of ::/0, or MISS. */
  DEFAULT = 4,
  /** u32, prefixes. */
  COUNT = 8,
  SIZEOF = 16,
}

/** Bytes of the entry counts of a VRF: u32 for each of 32 levels. */
const COUNTS_SIZEOF: u32 = 128;

/** A route as lpm6_put_many takes it: 16 bytes of prefix as on the wire, u32 length, u32 value. */
enum Route6 { PREFIX = 0, LEN = 16, VALUE = 20, SIZEOF = 24 }

/** Entries that a prefix of this length takes: 1, 3, 5 or 9. The sum over all prefixes sizes the table. */
export function lpm6_cost(len: u32): u32 {
  return len == 0 ? 0 : len & 3 ? 1 + (<u32>1 << (4 - (len & 3))) : 1;
}

function countsAt(vrfs: u32): u32 {
  return Lpm6.VRFS + vrfs * Vrf.SIZEOF;
}

function filterAt(vrfs: u32): u32 {
  return countsAt(vrfs) + vrfs * COUNTS_SIZEOF;
}

// A byte of filter for each slot, and what it takes to align the hash behind it.
function filterSizeof(entries: u32): u32 {
  return (exact160_sizeof(entries) - Slots.DATA) / Entry160.SIZEOF;
}

function hashAt(vrfs: u32, entries: u32): u32 {
  return (filterAt(vrfs) + filterSizeof(entries) + 63) & ~63;
}

/** Bytes of a table for VRFs 0 .. vrfs - 1; `entries` is the sum of lpm6_cost. vrfs is at most 2^24. */
export function lpm6_sizeof(vrfs: u32, entries: u32): u32 {
  return hashAt(vrfs, entries) + exact160_sizeof(entries);
}

/** Make the zeroed memory at `t` an empty table. */
export function lpm6_init(t: usize, vrfs: u32, entries: u32): void {
  store<u32>(t, vrfs, Lpm6.VRF_COUNT);
  store<u32>(t, <u32>t + countsAt(vrfs), Lpm6.COUNTS);
  store<u32>(t, <u32>t + filterAt(vrfs), Lpm6.FILTER);
  store<u32>(t, <u32>t + hashAt(vrfs, entries), Lpm6.HASH);
  for (let i: u32 = 0; i < vrfs; i++) store<u32>(vrfAt(t, i), MISS, Vrf.DEFAULT);
  exact160_init(hash(t), entries);
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
  return hash160(domainOf(vrf, len), hi & prefixHi(len), lo & prefixLo(len), 0);
}

function filterByte(t: usize, h: u32): usize {
  return <usize>load<u32>(t, Lpm6.FILTER) + <usize>(h >> load<u32>(hash(t), Slots.SHIFT));
}

// Bit of the filter byte: the three hash bits below those that chose the slot.
function filterBit(t: usize, h: u32): u8 {
  return <u8>(<u32>1 << ((h >> (load<u32>(hash(t), Slots.SHIFT) - 3)) & 7));
}

/** Levels at which a prefix may cover the address: bit n is length 4n + 4. Phase one of a vector's lookup. */
export function lpm6_candidates(t: usize, vrf: u32, hi: u64, lo: u64): u32 {
  const filter = <usize>load<u32>(t, Lpm6.FILTER), shift = load<u32>(hash(t), Slots.SHIFT) - 3;
  const levels = load<u32>(vrfAt(t, vrf), Vrf.LEVELS);
  let found: u32 = 0;
  // Up to /64 the lower half plays no part: a third of the work less where
  // nearly all prefixes are.
  for (let left = levels & 0xffff; left; left &= left - 1) {
    const n = ctz<u32>(left);
    const h = hash160(domainOf(vrf, 4 * n + 4), hi & (<u64>-1 << <u64>(60 - 4 * n)), 0, 0) >> shift;
    found |= (((<u32>load<u8>(filter + <usize>(h >> 3))) >> (h & 7)) & 1) << n;
  }
  for (let left = levels & 0xffff0000; left; left &= left - 1) {
    const n = ctz<u32>(left);
    const h = hash160(domainOf(vrf, 4 * n + 4), hi, lo & (<u64>-1 << <u64>(124 - 4 * n)), 0) >> shift;
    found |= (((<u32>load<u8>(filter + <usize>(h >> 3))) >> (h & 7)) & 1) << n;
  }
  return found;
}

/** First address that the lookup will read, from its candidates. Phase two: gather, then touch in a tight loop. */
export function lpm6_slot(t: usize, vrf: u32, hi: u64, lo: u64, candidates: u32): usize {
  if (!candidates) return vrfAt(t, vrf);
  return slots_home(hash(t), hashOf(vrf, 4 * (32 - clz<u32>(candidates)), hi, lo), Entry160.SIZEOF);
}

/** Value of the longest prefix that covers the address, or MISS. Phase three. */
export function lpm6_get_from(t: usize, slot: usize, vrf: u32, hi: u64, lo: u64, candidates: u32): u32 {
  while (candidates) {
    const len = 4 * (32 - clz<u32>(candidates));
    const p = exact160_find(hash(t), slot, domainOf(vrf, len), hi & prefixHi(len), lo & prefixLo(len));
    if (p && load<u32>(p, Entry160.VALUE) != MISS) return load<u32>(p, Entry160.VALUE);
    candidates ^= <u32>1 << (len / 4 - 1);
    slot = lpm6_slot(t, vrf, hi, lo, candidates);
  }
  return load<u32>(vrfAt(t, vrf), Vrf.DEFAULT);
}

/** Value of the longest prefix that covers the address, or MISS. `vrf` is below the count of VRFs. */
export function lpm6_get(t: usize, vrf: u32, hi: u64, lo: u64): u32 {
  const candidates = lpm6_candidates(t, vrf, hi, lo);
  return lpm6_get_from(t, lpm6_slot(t, vrf, hi, lo, candidates), vrf, hi, lo, candidates);
}

/** Prefixes of a VRF, the default route included. */
export function lpm6_count(t: usize, vrf: u32): u32 {
  return load<u32>(vrfAt(t, vrf), Vrf.COUNT);
}

// Count level entries that came or went; the VRF has the level while there are any.
function countLevel(t: usize, vrf: u32, level: u32, change: i32): void {
  const p = <usize>load<u32>(t, Lpm6.COUNTS) + <usize>vrf * COUNTS_SIZEOF + <usize>((level - 1) << 2);
  const count = load<u32>(p) + change, v = vrfAt(t, vrf), bit = <u32>1 << (level - 1);
  store<u32>(p, count);
  store<u32>(v, count ? load<u32>(v, Vrf.LEVELS) | bit : load<u32>(v, Vrf.LEVELS) & ~bit, Vrf.LEVELS);
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
      countLevel(t, vrf, level, 1);
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
function removeEntry(t: usize, vrf: u32, level: u32, p: usize): void {
  const h = hash(t), shift = load<u32>(h, Slots.SHIFT) - 3;
  const gone = hash160(load<u32>(p, Entry160.DOMAIN), load<u64>(p, Entry160.A), load<u64>(p, Entry160.B), 0);
  exact160_remove(h, p);
  countLevel(t, vrf, level, -1);
  for (let q = slots_home(h, gone, Entry160.SIZEOF); load<u32>(q, Entry160.VALUE) != MISS; q = slots_next(h, q, Entry160.SIZEOF)) {
    const domain = load<u32>(q, Entry160.DOMAIN);
    if (domain & 3) continue; // an origin
    if (hash160(domain, load<u64>(q, Entry160.A), load<u64>(q, Entry160.B), 0) >> shift == gone >> shift) return;
  }
  const at = filterByte(t, gone);
  store<u8>(at, load<u8>(at) & ~filterBit(t, gone));
}

/** Remove a prefix: what it covered goes to the next shorter one. Returns whether it was there. */
export function lpm6_del(t: usize, vrf: u32, hi: u64, lo: u64, len: u32): bool {
  if (vrf >= load<u32>(t, Lpm6.VRF_COUNT) || len > 128) return false;
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
    if (cover == MISS) removeEntry(t, vrf, level, p);
    else {
      store<u32>(p, cover, Entry160.VALUE);
      store<u32>(p, coverLen, Entry160.AUX);
    }
  }
  return true;
}
