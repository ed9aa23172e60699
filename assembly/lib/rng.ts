// rng.ts -- seeded generator: splitmix64 (Steele, Lea, Flood 2014).
//
// A handle is the address of its 8 bytes of state. The state is a counter that
// passes all 2^64 values, so no seed is bad and every sequence is long enough.

/** Bytes of state. */
export const RNG_SIZEOF = 8;

/** Start the generator at `r`. The same seed gives the same numbers on every machine. */
export function rng_seed(r: usize, seed: u64): void {
  store<u64>(r, seed);
}

/** Next number, all 64 bits. */
export function rng_next(r: usize): u64 {
  const s = load<u64>(r) + 0x9e3779b97f4a7c15;
  store<u64>(r, s);
  let z = (s ^ (s >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

/** Uniform in 0 .. n - 1, without bias (Lemire 2019); n is at least 1. */
export function rng_below(r: usize, n: u32): u32 {
  let m = (rng_next(r) >> 32) * <u64>n;
  if (u32(m) < n) {
    const least = (<u32>0 - n) % n; // 2^32 mod n
    while (u32(m) < least) m = (rng_next(r) >> 32) * <u64>n;
  }
  return <u32>(m >> 32);
}
