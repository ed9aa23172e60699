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

/** One entry of an Fdb. */
export interface FdbEntry {
  readonly domain: number;
  /** Six octets. */
  readonly mac: Uint8Array;
  readonly value: number;
  /** Packet time it is forgotten at, picoseconds; STATIC or NEVER. */
  readonly expires: bigint;
}

/** (bridge domain, MAC) -> u32, tables/fdb; learnt by the bridge or put by hand. */
export class Fdb {
  /** FdbEntry.expires of static entries, and of learnt ones that never age. */
  static readonly STATIC = 2n ** 63n - 1n;
  static readonly NEVER = 2n ** 63n - 2n;

  private constructor(readonly k: Kernels, readonly at: number) {}

  /** @param entries most MACs it will hold */
  static create(k: Kernels, entries: number, seed: number): Fdb {
    const at = k.alloc(k.fn['fdb_sizeof']!(entries), 'forwarding table');
    k.fn['fdb_init']!(at, entries, seed);
    return new Fdb(k, at);
  }

  /** The table at an address. */
  static open(k: Kernels, at: number): Fdb {
    return new Fdb(k, at);
  }

  /** Static entry. @param mac six octets */
  put(domain: number, mac: Uint8Array, value: number): void {
    const key = mac.reduceRight((sum, octet) => sum << 8n | BigInt(octet), 0n);
    if (!(this.k.fn['fdb_put'] as unknown as Wide)(this.at, domain, key, value)) throw new WeftError(EXIT.internal, 'the forwarding table is full');
  }

  /** All entries, aged ones included, in no useful order. */
  entries(): FdbEntry[] {
    const { fn } = this.k, list: FdbEntry[] = [];
    const wide = fn as unknown as Record<string, (p: number) => bigint>;
    for (let p = 0; (p = fn['fdb_next']!(this.at, p) >>> 0) !== 0; ) {
      const mac = new Uint8Array(new BigUint64Array([wide['fdb_entry_mac']!(p)]).buffer, 0, 6);
      list.push({ domain: fn['fdb_entry_domain']!(p), mac, value: fn['fdb_entry_value']!(p) >>> 0, expires: wide['fdb_entry_expires']!(p) });
    }
    return list;
  }

  /** MACs that moved so far. */
  get moved(): bigint {
    return BigInt.asUintN(64, (this.k.fn['fdb_moved'] as unknown as (t: number) => bigint)(this.at));
  }

  /** Times that a MAC was not learnt for want of room. */
  get full(): bigint {
    return BigInt.asUintN(64, (this.k.fn['fdb_full'] as unknown as (t: number) => bigint)(this.at));
  }
}
