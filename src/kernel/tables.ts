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

/** (VRF, IPv4 prefix) -> u32, tables/lpm4. */
export class Lpm4 {
  readonly at: number;
  constructor(readonly k: Kernels, vrfs: number, prefixes: number) {
    this.at = k.alloc(k.fn['lpm4_sizeof']!(vrfs, prefixes), 'IPv4 FIB');
    k.fn['lpm4_init']!(this.at, vrfs, prefixes);
  }
  /** @param prefix four octets */
  put(vrf: number, prefix: Uint8Array, length: number, value: number): void {
    const host = (prefix[0]! << 24 | prefix[1]! << 16 | prefix[2]! << 8 | prefix[3]!) >>> 0;
    if (!this.k.fn['lpm4_put']!(this.at, vrf, host, length, value)) throw new WeftError(EXIT.internal, 'the IPv4 FIB is full');
  }
}
