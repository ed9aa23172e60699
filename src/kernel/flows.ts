// flows.ts -- handles on what gives flows to targets: flow table, Maglev and
// rendezvous.

import type { Kernels } from './kernels.ts';

type Wide = (...args: (number | bigint)[]) => number;

/** Flows with state, tables/flow_table. */
export class FlowTable {
  readonly at: number;
  /** @param entries flows it keeps at once @param seed of its hash */
  constructor(readonly k: Kernels, entries: number, seed: number) {
    this.at = k.alloc(k.fn['flows_sizeof']!(entries) >>> 0, `flow table of ${entries} entries`);
    k.fn['flows_init']!(this.at, entries, seed);
  }

  /** Addresses of the entries that are not past their time. @param now packet time, picoseconds */
  *entries(now: bigint): Generator<number> {
    const next = this.k.fn['flows_next'] as unknown as Wide;
    for (let p = next(this.at, 0, now) >>> 0; p !== 0; p = next(this.at, p, now) >>> 0) yield p;
  }

  /** Entries that had to make room before their time. */
  get evicted(): bigint {
    return (this.k.fn['flows_evicted'] as unknown as (t: number) => bigint)(this.at);
  }
}

/** Slots of a Maglev table: MAGLEV_SLOTS in tables/maglev. */
export const MAGLEV_SLOTS = 65537;

/** A choice among members 0 .. members - 1, made of their names. Shares are set by whoever owns the members. @returns its address */
export function placeChoice(k: Kernels, algorithm: 'maglev' | 'rendezvous', names: readonly bigint[]): number {
  const size = algorithm === 'maglev' ? [names.length, MAGLEV_SLOTS] : [names.length];
  const at = k.alloc(k.fn[`${algorithm}_sizeof`]!(...size), algorithm);
  k.fn[`${algorithm}_init`]!(at, ...size);
  names.forEach((name, i) => (k.fn[`${algorithm}_name`] as unknown as Wide)(at, i, name));
  return at;
}
