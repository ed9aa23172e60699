// lpm4.ts -- IPv4 longest prefix match: (VRF, destination) to value.
//
// All prefixes of all VRFs are in one hash, keyed (VRF, length, prefix). A
// small VRF is looked up there, one probe for each length it has, longest
// first: ten thousand VRFs of a few routes cost 16 bytes each and the routes.
// A larger VRF gets a trie4 of its own on top; the hash then only says which
// prefix to restore when one is withdrawn. The default route is kept beside,
// so that changing it never repaints a table.
//
//   lpm4 | header | VRF records | prefixes by length | hash of prefixes |
//                       |
//                       +-> trie4, memory of its own
//
// Values are Hop addresses: multiples of 64. Addresses are in host order.

import { exact64_del, exact64_get, exact64_get_from, exact64_init, exact64_put, exact64_sizeof, exact64_slot } from "./exact64";
import { MISS, Slots } from "./slots";
import { trie4_del, trie4_get_from, trie4_init, trie4_put, trie4_sizeof, trie4_slot } from "./trie4";

export { MISS } from "./slots";

// Sizes of a VRF. On addresses drawn from its own prefixes, ns/lookup, hot and
// 512k different ones: hash 10 and 13 with 4 prefixes, 26 and 72 with 256;
// trie 5 and 8 with 4 prefixes, 6 and 15 with 256, 7 and 17 with 4,000.
// So tries begin early, at 2^12 entries (16 KB) to be affordable in thousands
// of VRFs. A poptrie has nothing left to win.
const HASH_MAX: u32 = 8;
const TRIE12_MAX: u32 = 256;
const TRIE16_MAX: u32 = 16384;

enum Lpm4 { VRF_COUNT = 0, LENGTHS = 4, HASH = 8, VRFS = 64 }

/** A VRF: all that a lookup needs, four in a cache line. */
enum Vrf {
  /** u32, lengths in use: bit 0 is /1, bit 31 is /32. */
  LENGTHS = 0,
  /** u32, its trie4, 0 when it has none. */
  TRIE = 4,
  /** u32, value of 0.0.0.0/0, or MISS. */
  DEFAULT = 8,
  /** u32, prefixes. */
  COUNT = 12,
  SIZEOF = 16,
}

/** Bytes of the prefix counts of a VRF: u32 for each of /1 to /32. */
const LENGTHS_SIZEOF: u32 = 128;

/** A route as lpm4_put_many takes it: prefix in host order, length, value; u32 each. */
enum Route4 { PREFIX = 0, LEN = 4, VALUE = 8, SIZEOF = 12 }

/** Bytes of the table, less the tries, for VRFs 0 .. vrfs - 1 with `prefixes` prefixes in all. */
export function lpm4_sizeof(vrfs: u32, prefixes: u32): u32 {
  return hashAt(vrfs) + exact64_sizeof(prefixes);
}

function hashAt(vrfs: u32): u32 {
  return (Lpm4.VRFS + vrfs * (Vrf.SIZEOF + LENGTHS_SIZEOF) + 63) & ~63;
}

/** Make the zeroed memory at `t` an empty table. */
export function lpm4_init(t: usize, vrfs: u32, prefixes: u32): void {
  store<u32>(t, vrfs, Lpm4.VRF_COUNT);
  store<u32>(t, <u32>t + Lpm4.VRFS + vrfs * Vrf.SIZEOF, Lpm4.LENGTHS);
  store<u32>(t, <u32>t + hashAt(vrfs), Lpm4.HASH);
  for (let i: u32 = 0; i < vrfs; i++) store<u32>(vrfAt(t, i), MISS, Vrf.DEFAULT);
  exact64_init(hash(t), prefixes);
}

function hash(t: usize): usize {
  return <usize>load<u32>(t, Lpm4.HASH);
}

function vrfAt(t: usize, vrf: u32): usize {
  return t + Lpm4.VRFS + <usize>vrf * Vrf.SIZEOF;
}

// Address of the count of prefixes of a length.
function countAt(t: usize, vrf: u32, len: u32): usize {
  return <usize>load<u32>(t, Lpm4.LENGTHS) + <usize>vrf * LENGTHS_SIZEOF + <usize>((len - 1) << 2);
}

function maskOf(len: u32): u32 {
  return <u32>0xffffffff << (32 - len); // len is at least 1
}

// Key of a prefix in the hash: 26 bits of VRF, 6 of length, 32 of prefix.
function keyOf(vrf: u32, len: u32, addr: u32): u64 {
  return (<u64>vrf << 38) | (<u64>len << 32) | <u64>(addr & maskOf(len));
}

function longest(lengths: u32): u32 {
  return 32 - clz<u32>(lengths);
}

function without(lengths: u32, len: u32): u32 {
  return lengths & ~(<u32>1 << (len - 1));
}

/**
 * First address that a lookup reads: nodes gather these for a whole vector,
 * touch them (a u32 each) in a tight loop so that the cache misses overlap,
 * then call lpm4_get_from.
 * @param vrf below the count of VRFs
 */
export function lpm4_slot(t: usize, vrf: u32, addr: u32): usize {
  const v = vrfAt(t, vrf), trie = <usize>load<u32>(v, Vrf.TRIE);
  if (trie) return trie4_slot(trie, addr);
  const lengths = load<u32>(v, Vrf.LENGTHS);
  return lengths ? exact64_slot(hash(t), keyOf(vrf, longest(lengths), addr)) : v;
}

/** The trie of a VRF, 0 when it has none: nodes that look up many addresses of one VRF keep it at hand. */
export function lpm4_trie_of(t: usize, vrf: u32): usize {
  return <usize>load<u32>(vrfAt(t, vrf), Vrf.TRIE);
}

/** Value of a VRF's default route, or MISS. */
export function lpm4_default_of(t: usize, vrf: u32): u32 {
  return load<u32>(vrfAt(t, vrf), Vrf.DEFAULT);
}

/** Value of the longest prefix that covers `addr`, or MISS; `slot` is lpm4_slot(t, vrf, addr). */
export function lpm4_get_from(t: usize, slot: usize, vrf: u32, addr: u32): u32 {
  const v = vrfAt(t, vrf), trie = <usize>load<u32>(v, Vrf.TRIE);
  if (trie) {
    const e = trie4_get_from(trie, slot, addr);
    return e ? e & ~63 : load<u32>(v, Vrf.DEFAULT);
  }
  let lengths = load<u32>(v, Vrf.LENGTHS);
  for (const h = hash(t); lengths; ) {
    const len = longest(lengths), key = keyOf(vrf, len, addr);
    const value = exact64_get_from(h, slot, key);
    if (value != MISS) return value;
    lengths = without(lengths, len);
    if (lengths) slot = exact64_slot(h, keyOf(vrf, longest(lengths), addr));
  }
  return load<u32>(v, Vrf.DEFAULT);
}

/** Value of the longest prefix that covers `addr`, or MISS. */
export function lpm4_get(t: usize, vrf: u32, addr: u32): u32 {
  return lpm4_get_from(t, lpm4_slot(t, vrf, addr), vrf, addr);
}

/** Prefixes of a VRF, the default route included. */
export function lpm4_count(t: usize, vrf: u32): u32 {
  return load<u32>(vrfAt(t, vrf), Vrf.COUNT);
}

/**
 * Insert or replace a prefix; bits beyond `len` are ignored.
 * @returns false, unchanged, when the table is full, the VRF's trie has no
 *          room, or an argument is out of range
 */
export function lpm4_put(t: usize, vrf: u32, prefix: u32, len: u32, value: u32): bool {
  if (vrf >= load<u32>(t, Lpm4.VRF_COUNT) || len > 32 || (value & 63)) return false;
  const v = vrfAt(t, vrf);
  if (len == 0) {
    store<u32>(v, load<u32>(v, Vrf.COUNT) + u32(load<u32>(v, Vrf.DEFAULT) == MISS), Vrf.COUNT);
    store<u32>(v, value, Vrf.DEFAULT);
    return true;
  }
  prefix &= maskOf(len);
  const h = hash(t), key = keyOf(vrf, len, prefix), trie = <usize>load<u32>(v, Vrf.TRIE);
  const before = load<u32>(h, Slots.COUNT);
  if (!exact64_put(h, key, value)) return false;
  const fresh = load<u32>(h, Slots.COUNT) != before;
  if (trie && !trie4_put(trie, prefix, len, value)) { // never for a replacement: its chunks are there
    exact64_del(h, key);
    return false;
  }
  if (fresh) {
    const count = countAt(t, vrf, len);
    store<u32>(count, load<u32>(count) + 1);
    store<u32>(v, load<u32>(v, Vrf.LENGTHS) | (<u32>1 << (len - 1)), Vrf.LENGTHS);
    store<u32>(v, load<u32>(v, Vrf.COUNT) + 1, Vrf.COUNT);
  }
  return true;
}

/**
 * Insert `n` prefixes of one VRF from an array of (prefix in host order,
 * length, value), u32 each.
 * @returns how many were taken; fewer than n: that one was refused
 */
export function lpm4_put_many(t: usize, vrf: u32, routes: usize, n: u32): u32 {
  for (let i: u32 = 0; i < n; i++, routes += Route4.SIZEOF)
    if (!lpm4_put(t, vrf, load<u32>(routes, Route4.PREFIX), load<u32>(routes, Route4.LEN), load<u32>(routes, Route4.VALUE))) return i;
  return n;
}

/** Remove a prefix: what it covered goes to the next shorter one. Returns whether it was there. */
export function lpm4_del(t: usize, vrf: u32, prefix: u32, len: u32): bool {
  if (vrf >= load<u32>(t, Lpm4.VRF_COUNT) || len > 32) return false;
  const v = vrfAt(t, vrf);
  if (len == 0) {
    if (load<u32>(v, Vrf.DEFAULT) == MISS) return false;
    store<u32>(v, MISS, Vrf.DEFAULT);
  } else {
    prefix &= maskOf(len);
    if (!exact64_del(hash(t), keyOf(vrf, len, prefix))) return false;
    const count = countAt(t, vrf, len), left = load<u32>(count) - 1;
    store<u32>(count, left);
    if (!left) store<u32>(v, without(load<u32>(v, Vrf.LENGTHS), len), Vrf.LENGTHS);
    const trie = <usize>load<u32>(v, Vrf.TRIE);
    if (trie) trie4_del(trie, prefix, len, coverOf(t, vrf, prefix, len));
  }
  store<u32>(v, load<u32>(v, Vrf.COUNT) - 1, Vrf.COUNT);
  return true;
}

// Longest prefix shorter than `len` that covers it, as a trie entry; 0 when none does.
function coverOf(t: usize, vrf: u32, prefix: u32, len: u32): u32 {
  let lengths = load<u32>(vrfAt(t, vrf), Vrf.LENGTHS) & ((<u32>1 << (len - 1)) - 1);
  while (lengths) {
    const l = longest(lengths), value = exact64_get(hash(t), keyOf(vrf, l, prefix));
    if (value != MISS) return value | l;
    lengths = without(lengths, l);
  }
  return 0;
}

function rootBits(prefixes: u32): u32 {
  return prefixes > TRIE16_MAX ? 24 : prefixes > TRIE12_MAX ? 16 : 12;
}

// Chunks that suffice whatever the prefixes are: one for each level below the
// root that a prefix reaches.
function chunksFor(prefixes: u32, long: u32): u32 {
  const bits = rootBits(prefixes);
  return bits == 16 ? prefixes + long : ((24 - bits) / 4) * prefixes + 2 * long;
}

/**
 * Bytes of the trie that a VRF should have; 0: it does as well without one.
 * @param prefixes expected
 * @param long     how many of them are longer than /24
 */
export function lpm4_trie_sizeof(prefixes: u32, long: u32): u32 {
  return prefixes <= HASH_MAX ? 0 : trie4_sizeof(rootBits(prefixes), chunksFor(prefixes, long));
}

/**
 * Give a VRF a trie, or a larger one; the prefixes it has are carried over.
 * @param memory lpm4_trie_sizeof(prefixes, long) zeroed bytes, 64-byte aligned
 * @returns false, unchanged, when the VRF has more prefixes than that
 */
export function lpm4_trie(t: usize, vrf: u32, memory: usize, prefixes: u32, long: u32): bool {
  trie4_init(memory, rootBits(prefixes), chunksFor(prefixes, long));
  const h = hash(t), end = h + Slots.DATA + load<u32>(h, Slots.MASK);
  for (let p = h + Slots.DATA; p < end; p += 16) {
    const key = load<u64>(p), value = load<u32>(p, 8);
    if (value == MISS || <u32>(key >> 38) != vrf) continue;
    if (!trie4_put(memory, <u32>key, <u32>(key >> 32) & 63, value)) return false;
  }
  store<u32>(vrfAt(t, vrf), <u32>memory, Vrf.TRIE);
  return true;
}
