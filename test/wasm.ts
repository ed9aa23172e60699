// wasm.ts -- kernels for tests of tables and lib: typed calls, a seeded
// generator.

import type { Kernels } from '../src/kernel/kernels.ts';
import { loadKernels } from '../src/kernel/load.ts';

export interface Bench {
  k: Kernels;
  /** Call a kernel: u32 as number, u64 and i64 as bigint; a u32 result. */
  u32(name: string, ...args: (number | bigint)[]): number;
  /** The same for a u64 or i64 result. */
  i64(name: string, ...args: (number | bigint)[]): bigint;
  /** Zeroed memory, 64-byte aligned. */
  alloc(size: number): number;
}

/** Kernels over a memory of `mib` MiB with the smallest pool. */
export function bench(mib: number): Bench {
  const k = loadKernels({ memory: mib * 2 ** 20, small: 1, jumbo: 1, huge: 1 });
  const fn = k.fn as unknown as Record<string, (...args: (number | bigint)[]) => number | bigint>;
  return {
    k,
    u32: (name, ...args) => (fn[name]!(...args) as number) >>> 0,
    i64: (name, ...args) => fn[name]!(...args) as bigint,
    alloc: size => k.alloc(size, 'test table'),
  };
}

/** Seeded 32-bit generator (mulberry32), so that a failure repeats. */
export function random(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    s = (s + 0x6d2b79f5) >>> 0;
    let z = Math.imul(s ^ (s >>> 15), s | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return (z ^ (z >>> 14)) >>> 0;
  };
}
