// random.ts -- xorshift32: the same frames and tables on every machine.

/** @returns uniform in 1 .. 2^32 - 1 */
export function generator(seed: number): () => number {
  let s = seed >>> 0 || 1;
  return () => {
    s ^= s << 13;
    s ^= s >>> 17;
    s ^= s << 5;
    return (s >>>= 0);
  };
}
