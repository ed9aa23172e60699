// trie4.ts -- longest prefix match over the IPv4 prefixes of one VRF.
//
// A table of 2^12, 2^16 or 2^24 entries indexed by the first bits of the address;
// below it, where longer prefixes need them, chunks for some bits more: four
// (one cache line) under the small root and the large one, eight under the
// middle one, where a /24 then takes two loads instead of three.
//
//    root, 2^16        chunk           chunk
//   | e e e e ... | -> | e x 256 | -> | e x 256 |
//    bits 0-15         16-23          24-31
//
//   entry   0                 no prefix covers it
//           value | length    longest prefix that covers it, length 1 to 32
//           chunk | 63        look further
//
// Values are multiples of 64 (addresses of Hops), so the length fits in the
// same u32. It says who may overwrite whom: prefixes come and go in any order
// and nothing else is stored. 2^24 entries take 64 MB; DIR-24-8 with u16
// indices takes 32 MB, but needs another 16 MB for the lengths, an array of
// values and a limit of 32k of them, and is no faster: 10.5 against 10.3
// ns/lookup at random, 0.69 against 0.55 on 1,000 flows, 30,000 hops.

const CHILD: u32 = 63;

/** Bits that a chunk below a root of 2^rootBits entries decides. */
function strideOf(rootBits: u32): u32 {
  return rootBits == 16 ? 8 : 4;
}

function chunkBytes(stride: u32): u32 {
  return 4 << stride;
}

enum Trie4 {
  /** u32, bits that index the root. */
  ROOT_BITS = 0,
  /** u32, chunks left: freed ones, a list through their first word, and untouched ones. */
  LEFT = 4,
  FREED = 8,
  UNTOUCHED = 12,
  ROOT = 64,
}

/** Bytes of a trie with 2^rootBits root entries and `chunks` chunks. */
export function trie4_sizeof(rootBits: u32, chunks: u32): u32 {
  return Trie4.ROOT + (<u32>4 << rootBits) + chunks * chunkBytes(strideOf(rootBits));
}

/** Make the zeroed memory at `t`, 64-byte aligned, an empty trie. */
export function trie4_init(t: usize, rootBits: u32, chunks: u32): void {
  store<u32>(t, rootBits, Trie4.ROOT_BITS);
  store<u32>(t, chunks, Trie4.LEFT);
  store<u32>(t, 0, Trie4.FREED);
  store<u32>(t, <u32>t + Trie4.ROOT + (<u32>4 << rootBits), Trie4.UNTOUCHED);
}

function isChild(e: u32): bool {
  return (e & CHILD) == CHILD;
}

function chunkOf(e: u32): usize {
  return <usize>(e ^ CHILD);
}

// Position of `addr` among the entries of a chunk that decide its bits up to `bits`.
function entryIn(chunk: usize, addr: u32, bits: u32, stride: u32): usize {
  return chunk + <usize>(((addr >> (32 - bits)) & ((1 << stride) - 1)) << 2);
}

function takeChunk(t: usize): usize {
  store<u32>(t, load<u32>(t, Trie4.LEFT) - 1, Trie4.LEFT);
  const freed = load<u32>(t, Trie4.FREED);
  if (freed) {
    store<u32>(t, load<u32>(freed), Trie4.FREED);
    return freed;
  }
  const fresh = load<u32>(t, Trie4.UNTOUCHED);
  store<u32>(t, fresh + chunkBytes(strideOf(load<u32>(t, Trie4.ROOT_BITS))), Trie4.UNTOUCHED);
  return fresh;
}

function giveChunk(t: usize, chunk: usize): void {
  store<u32>(chunk, load<u32>(t, Trie4.FREED));
  store<u32>(t, <u32>chunk, Trie4.FREED);
  store<u32>(t, load<u32>(t, Trie4.LEFT) + 1, Trie4.LEFT);
}

/** Root entry of `addr`: what a lookup reads first. */
export function trie4_slot(t: usize, addr: u32): usize {
  return t + Trie4.ROOT + (<usize>(addr >> (32 - load<u32>(t, Trie4.ROOT_BITS))) << 2);
}

/** Value of an entry that trie4_get_from gave. */
export function trie4_value(e: u32): usize {
  return <usize>(e & ~CHILD);
}

/** Entry of the longest prefix that covers `addr` (value | length), 0 when none does; `slot` is trie4_slot(t, addr). */
export function trie4_get_from(t: usize, slot: usize, addr: u32): u32 {
  return trie4_below(t, load<u32>(slot), addr);
}

/** The same, given what stands at the slot. */
export function trie4_below(t: usize, e: u32, addr: u32): u32 {
  if (!isChild(e)) return e;
  let bits = load<u32>(t, Trie4.ROOT_BITS);
  const stride = strideOf(bits);
  do {
    bits += stride;
    e = load<u32>(entryIn(chunkOf(e), addr, bits, stride));
  } while (isChild(e));
  return e;
}

// Give `entry` to the `n` entries at `p`, and all below, that belong to no longer prefix.
function paint(p: usize, stride: u32, n: u32, entry: u32): void {
  for (const end = p + ((<usize>n) << 2); p < end; p += 4) {
    const e = load<u32>(p);
    if (isChild(e)) paint(chunkOf(e), stride, <u32>1 << stride, entry);
    else if ((e & CHILD) <= (entry & CHILD)) store<u32>(p, entry);
  }
}

// Give `cover` to the `n` entries at `p`, and all below, that belong to a prefix of length `len`.
function unpaint(p: usize, stride: u32, n: u32, len: u32, cover: u32): void {
  for (const end = p + ((<usize>n) << 2); p < end; p += 4) {
    const e = load<u32>(p);
    if (isChild(e)) unpaint(chunkOf(e), stride, <u32>1 << stride, len, cover);
    else if ((e & CHILD) == len) store<u32>(p, cover);
  }
}

/**
 * Insert or replace a prefix.
 * @param prefix host order, bits beyond `len` zero
 * @param len    1 to 32
 * @param value  a multiple of 64
 * @returns false, unchanged, when the chunks do not suffice
 */
export function trie4_put(t: usize, prefix: u32, len: u32, value: u32): bool {
  let bits = load<u32>(t, Trie4.ROOT_BITS);
  const stride = strideOf(bits);
  let p = trie4_slot(t, prefix);
  for (; len > bits; p = entryIn(chunkOf(load<u32>(p)), prefix, bits, stride)) {
    const e = load<u32>(p);
    if (!isChild(e)) {
      // Nothing is changed before it is known that all levels below fit too;
      // further down the path is new, so the check holds there.
      if (load<u32>(t, Trie4.LEFT) < (len - bits + stride - 1) / stride) return false;
      const chunk = takeChunk(t);
      const pair = <u64>e | (<u64>e << 32);
      for (let i: usize = 0; i < chunkBytes(stride); i += 8) store<u64>(chunk + i, pair);
      store<u32>(p, <u32>chunk | CHILD);
    }
    bits += stride;
  }
  paint(p, stride, <u32>1 << (bits - len), value | len);
  return true;
}

// Remove below the entry at `p`, which decides the first `bits` bits; chunks
// that hold one entry throughout then go back.
function erase(t: usize, p: usize, bits: u32, prefix: u32, len: u32, cover: u32): void {
  const e = load<u32>(p);
  if (!isChild(e)) return;
  const stride = strideOf(load<u32>(t, Trie4.ROOT_BITS)), below = bits + stride;
  const chunk = chunkOf(e), next = entryIn(chunk, prefix, below, stride);
  if (len > below) erase(t, next, below, prefix, len, cover);
  else unpaint(next, stride, <u32>1 << (below - len), len, cover);
  const first = load<u32>(chunk);
  if (isChild(first)) return;
  for (let i: usize = 4; i < chunkBytes(stride); i += 4) if (load<u32>(chunk + i) != first) return;
  store<u32>(p, first);
  giveChunk(t, chunk);
}

/**
 * Remove a prefix.
 * @param cover entry of the next shorter prefix that covers it (value | length), 0 when none does
 */
export function trie4_del(t: usize, prefix: u32, len: u32, cover: u32): void {
  const bits = load<u32>(t, Trie4.ROOT_BITS), p = trie4_slot(t, prefix);
  if (len > bits) erase(t, p, bits, prefix, len, cover);
  else unpaint(p, strideOf(bits), <u32>1 << (bits - len), len, cover);
}
