// tables.ts -- handles on the kernels' lookup tables. Filling a table is a call
// of the kernel that owns its rules; nothing is computed here.

import { EXIT, WeftError } from './errors.ts';
import type { Kernels } from './kernels.ts';

type Wide = (...args: (number | bigint)[]) => number;

/** u64 -> u32, tables/exact64. */
export class Exact64 {
  readonly at: number;
  /** @param entries most keys it will hold */
  constructor(readonly k: Kernels, entries: number, readonly what: string) {
    this.at = k.alloc(k.fn['exact64_sizeof']!(entries), what);
    k.fn['exact64_init']!(this.at, entries);
  }
  put(key: bigint, value: number): void {
    if (!(this.k.fn['exact64_put'] as unknown as Wide)(this.at, BigInt.asUintN(64, key), value))
      throw new WeftError(EXIT.internal, `${this.what} is full`);
  }
}
