// bits128.ts -- masks of a prefix, an address being two u64 in host order.

/** The first `n` bits of the upper half, 1 <= n <= 128. */
export function prefixHi(n: u32): u64 {
  return select<u64>(-1, <u64>-1 << <u64>(64 - n), n >= 64);
}

/** The first `n` bits less 64 of the lower half, 1 <= n <= 128. */
export function prefixLo(n: u32): u64 {
  return select<u64>(0, <u64>-1 << <u64>(128 - n), n <= 64);
}
