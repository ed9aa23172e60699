// tables.ts -- handles on the kernels' lookup tables. Filling a table is a call
// of the kernel that owns its rules; nothing is computed here.

import { EXIT, WeftError } from './errors.ts';
import type { Kernels } from './kernels.ts';

type Wide = (...args: (number | bigint)[]) => number;

/** u32 -> u32, tables/exact32. */
export class Exact32 {
  readonly at: number;
  /** @param entries most keys it will hold */
  constructor(readonly k: Kernels, entries: number, readonly what: string) {
    this.at = k.alloc(k.fn['exact32_sizeof']!(entries), what);
    k.fn['exact32_init']!(this.at, entries);
  }
  put(key: number, value: number): void {
    if (!this.k.fn['exact32_put']!(this.at, key, value)) throw new WeftError(EXIT.internal, `${this.what} is full`);
  }
}

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
  has(key: bigint): boolean {
    return (this.k.fn['exact64_get'] as unknown as Wide)(this.at, BigInt.asUintN(64, key)) !== MISS;
  }
}

/** What the kernels answer for an absent key, u32 as i32. */
const MISS = -1;

/** A member of a Group: what its flows get, its share, and whether it is to have none for now. */
export interface GroupMember { readonly value: number; readonly weight: number; readonly drain: boolean }

/** Flow hash -> u32 by weights, balance/group. */
export class Group {
  readonly at: number;
  /** What each member's flows get; 0 for a member that there is not. */
  readonly #values: number[];

  /**
   * @param members most of them
   * @param buckets at least as many as members will have weight
   */
  constructor(readonly k: Kernels, members: number, readonly buckets: number) {
    this.at = k.alloc(k.fn['group_sizeof']!(members, buckets), 'group');
    k.fn['group_init']!(this.at, members, buckets);
    this.#values = new Array<number>(members).fill(0);
  }

  /**
   * Say who its members are. Only the flows move that the shares demand: a
   * drained member (weight 0) takes its buckets before it loses them, so that
   * the others have those that they had before it left.
   * @param members what their flows get: none twice, none 0
   */
  set(members: readonly GroupMember[]): void {
    const at = (value: number) => this.#values.indexOf(value), values = members.map(m => m.value);
    this.#values.forEach((v, i) => { if (v !== 0 && !values.includes(v)) this.#put(i, 0, 0); });
    const fresh = members.filter(m => at(m.value) < 0);
    for (const m of fresh) this.#put(at(0), m.value, m.weight || 1);
    for (const m of members) if (m.drain || m.weight === 0 || !fresh.includes(m)) this.#weigh(at(m.value), m.drain ? 0 : m.weight);
  }

  #put(member: number, value: number, weight: number): void {
    if (value !== 0) this.k.fn['group_set_value']!(this.at, member, value);
    this.#weigh(member, weight);
    this.#values[member] = value;
  }

  #weigh(member: number, weight: number): void {
    this.k.fn['group_set_weight']!(this.at, member, weight);
  }

  /** Buckets of the member whose flows get `value`. */
  count(value: number): number {
    return this.k.fn['group_count']!(this.at, this.#values.indexOf(value));
  }
}

/** (VRF, IPv4 prefix) -> u32, tables/lpm4. */
export class Lpm4 {
  readonly at: number;
  readonly #batch: number;
  readonly #vrfs: number;

  /** @param prefixes most prefixes of all VRFs together */
  constructor(readonly k: Kernels, vrfs: number, prefixes: number) {
    this.#vrfs = vrfs;
    this.at = k.alloc(k.fn['lpm4_sizeof']!(vrfs, prefixes), 'IPv4 FIB');
    k.fn['lpm4_init']!(this.at, vrfs, prefixes);
    this.#batch = k.alloc(BATCH * 12, 'IPv4 FIB');
  }

  /**
   * Fill a VRF, with a trie of its own when it is large enough to want one.
   * @param routes (prefix in host order, length, value) triples
   */
  fill(vrf: number, routes: Uint32Array): void {
    const { k } = this, n = routes.length / 3;
    let long = 0;
    for (let i = 1; i < routes.length; i += 3) if (routes[i]! > 24) long++;
    // Where VRFs are few, the smallest get a trie too: a probe of the hash for
    // each length costs a lookup 20 ns more.
    const sized = this.#vrfs <= FEW_VRFS ? Math.max(n, SMALLEST_TRIE) : n;
    // And where they are very many, 16 KB for each of the small would be too much.
    const trie = this.#vrfs > MANY_VRFS && n <= HASHED ? 0 : k.fn['lpm4_trie_sizeof']!(sized, long);
    if (trie > 0) k.fn['lpm4_trie']!(this.at, vrf, k.alloc(trie, `IPv4 FIB of ${n} prefixes`), sized, long);
    for (let i = 0; i < n; i += BATCH) {
      const part = routes.subarray(i * 3, (i + BATCH) * 3), many = part.length / 3;
      k.u32.set(part, this.#batch >>> 2);
      if (k.fn['lpm4_put_many']!(this.at, vrf, this.#batch, many) !== many) throw new WeftError(EXIT.internal, 'the IPv4 FIB is full');
    }
  }
}

/** Routes handed to the kernel at once. */
const BATCH = 4096;
/** VRFs up to which each has a trie (some 20 KB), and prefixes the kernel makes one for (HASH_MAX in tables/lpm4). */
const FEW_VRFS = 64, SMALLEST_TRIE = 9;
/** VRFs from which on only those of more than HASHED prefixes have a trie. */
const MANY_VRFS = 4096, HASHED = 256;

/** (VRF, IPv6 prefix) -> u32, tables/lpm6. */
export class Lpm6 {
  readonly at: number;
  readonly #batch: number;

  /** @param lengths of all prefixes it will hold */
  constructor(readonly k: Kernels, vrfs: number, lengths: ArrayLike<number>) {
    let entries = 0;
    for (let i = 0; i < lengths.length; i++) entries += k.fn['lpm6_cost']!(lengths[i]!);
    this.at = k.alloc(k.fn['lpm6_sizeof']!(vrfs, entries), `IPv6 FIB of ${lengths.length} prefixes`);
    k.fn['lpm6_init']!(this.at, vrfs, entries);
    this.#batch = k.alloc(BATCH * ROUTE6, 'IPv6 FIB');
  }

  /** Fill a VRF. */
  fill(vrf: number, routes: Iterable<{ readonly prefix: Prefix6; readonly hop: number }>): void {
    const { k } = this;
    let n = 0;
    const flush = () => {
      if (k.fn['lpm6_put_many']!(this.at, vrf, this.#batch, n) !== n) throw new WeftError(EXIT.internal, 'the IPv6 FIB is full');
      n = 0;
    };
    for (const { prefix, hop } of routes) {
      const at = this.#batch + n++ * ROUTE6;
      k.bytes.set(prefix.address, at);
      k.view.setUint32(at + 16, prefix.length, true);
      k.view.setUint32(at + 20, hop, true);
      if (n === BATCH) flush();
    }
    flush();
  }
}

interface Prefix6 { readonly address: Uint8Array; readonly length: number }

/** Bytes of a route as lpm6_put_many takes it: prefix, u32 length, u32 value. */
const ROUTE6 = 24;

/** (u32, IPv4 or IPv6 address) -> u32, tables/exact160; IPv4 addresses as IPv4-mapped ones (RFC 4291 section 2.5.5.2). */
export class Exact160 {
  readonly at: number;
  /** @param entries most keys it will hold */
  constructor(readonly k: Kernels, entries: number, readonly what: string) {
    this.at = k.alloc(k.fn['exact160_sizeof']!(entries), what);
    k.fn['exact160_init']!(this.at, entries);
  }
  put(domain: number, address: Uint8Array, value: number): void {
    const key = address.length === 16 ? address : Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...address), half = new DataView(key.slice().buffer);
    if (!(this.k.fn['exact160_put'] as unknown as Wide)(this.at, domain, half.getBigUint64(0, true), half.getBigUint64(8, true), value))
      throw new WeftError(EXIT.internal, `${this.what} is full`);
  }
}
