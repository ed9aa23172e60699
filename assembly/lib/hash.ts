// hash.ts -- the one hash: table slots, flow hashes, ECMP.
//
// Multiply, fold the high half down, take in the second word, repeat; the
// result is the high half of a product, so every bit of it is usable and
// reduce() may take the top ones.
//
// Three multiplications: with two (0.96 against 1.04 ns, one core, hot), flows
// that differ in one field form a lattice. That is even in one switch, but two
// switches with different salts then choose alike: over 65,536 flows that
// differ in the source port only, chi2/dof of the joint choice (16 x 16) was
// 45 on average and 277 at worst; with three it is 1.0 (test/lib.test.ts).
//
// `salt` makes hashes of different switches and tables independent. Keys are
// taken as loaded from memory; no byte order is assumed.

const K1: u64 = 0x9e3779b97f4a7c15; // 2^64 / golden ratio
const K2: u64 = 0xd6e8feb86659fd93;
const K3: u64 = 0xc2b2ae3d27d4eb4f;

/** Hash of a 128-bit key. */
export function hash128(a: u64, b: u64, salt: u32): u32 {
  let h = (a ^ ((<u64>salt + 1) * K1)) * K2;
  h ^= h >> 32;
  h = (h ^ b) * K3;
  h ^= h >> 32;
  return <u32>((h * K2) >> 32);
}

/** Hash of a 64-bit key. */
export function hash64(key: u64, salt: u32): u32 {
  return hash128(key, 0, salt);
}

/** Hash of a 32-bit key. */
export function hash32(key: u32, salt: u32): u32 {
  return hash128(<u64>key, 0, salt);
}

/** Hash of a 160-bit key: an address and the domain (VRF, interface) it is in. */
export function hash160(domain: u32, a: u64, b: u64, salt: u32): u32 {
  return hash128(a ^ (<u64>domain * K3), b, salt);
}

/**
 * Hash of a prefix: a product for each word, cheap enough for one a length. For
 * tables that the switch file fills: who chooses keys freely can make sums of
 * products collide.
 * @param b 0 for prefixes within the first word, and then free
 */
export function hashPrefix(domain: u32, a: u64, b: u64): u32 {
  return <u32>(hashPrefixPart(prefixDomain(domain), a, b) >> 32);
}

/** The domain's part of hashPrefix; that of a sum of domains is the sum of theirs. */
export function prefixDomain(domain: u32): u64 {
  return <u64>domain * K1;
}

/** hashPrefix in the high half, given its domain's part. */
export function hashPrefixPart(domain: u64, a: u64, b: u64): u64 {
  return (a ^ domain) * K2 + b * K3;
}

// Packet.FLOW is 0 until a node computed it, so no flow hashes to 0.
function flow(h: u32): u32 {
  return h + u32(h == 0);
}

/**
 * Flow hash of the 13-byte IPv4 5-tuple.
 * @param addresses source and destination address, 8 bytes in memory
 * @param ports     source and destination port as loaded; 0 for a fragment or a protocol without ports
 * @returns never 0
 */
export function hashFlow4(addresses: usize, ports: u32, protocol: u32, salt: u32): u32 {
  return flow(hash128(load<u64>(addresses), <u64>ports | (<u64>protocol << 32), salt));
}

/**
 * Flow hash of the 37-byte IPv6 5-tuple. To follow RFC 6438 pass the flow
 * label as `ports` where the transport header is out of reach.
 * @param addresses source and destination address, 32 bytes in memory
 * @returns never 0
 */
export function hashFlow6(addresses: usize, ports: u32, protocol: u32, salt: u32): u32 {
  let h = (load<u64>(addresses) ^ K3) * K2;
  h ^= h >> 32;
  h = (h ^ load<u64>(addresses, 8)) * K3;
  h ^= h >> 32;
  h = (h ^ load<u64>(addresses, 16)) * K2;
  h ^= h >> 32;
  h = (h ^ load<u64>(addresses, 24)) * K3;
  h ^= h >> 32;
  return flow(hash128(h, <u64>ports | (<u64>protocol << 32), salt));
}

/** A hash brought into 0 .. n - 1 by its high bits: no division, and no bias below n / 2^32. */
export function reduce(hash: u32, n: u32): u32 {
  return <u32>((<u64>hash * <u64>n) >> 32);
}
