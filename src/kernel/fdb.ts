// fdb.ts -- handle on the kernels' bridge forwarding table.

import { EXIT, WeftError } from './errors.ts';
import type { Kernels } from './kernels.ts';

type Call = (...args: (number | bigint)[]) => number;
type Wide = (at: number) => bigint;

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
    if (!(this.k.fn['fdb_put'] as unknown as Call)(this.at, domain, key, value)) throw new WeftError(EXIT.internal, 'the forwarding table is full');
  }

  /** All entries, aged ones included, in no useful order. */
  entries(): FdbEntry[] {
    const { fn } = this.k, list: FdbEntry[] = [];
    const wide = fn as unknown as Record<string, Wide>;
    for (let p = 0; (p = fn['fdb_next']!(this.at, p) >>> 0) !== 0; ) {
      const mac = new Uint8Array(new BigUint64Array([wide['fdb_entry_mac']!(p)]).buffer, 0, 6);
      list.push({ domain: fn['fdb_entry_domain']!(p), mac, value: fn['fdb_entry_value']!(p) >>> 0, expires: wide['fdb_entry_expires']!(p) });
    }
    return list;
  }

  /** MACs that moved so far. */
  get moved(): bigint {
    return BigInt.asUintN(64, (this.k.fn['fdb_moved'] as unknown as Wide)(this.at));
  }

  /** Times that a MAC was not learnt for want of room. */
  get full(): bigint {
    return BigInt.asUintN(64, (this.k.fn['fdb_full'] as unknown as Wide)(this.at));
  }
}
