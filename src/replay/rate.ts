// rate.ts -- a rate for a replay: every packet gets the time at which it is
// due, and where an end of the run is live, waits for it.

import { Packet } from '../../assembly/abi/packet.ts';
import type { Kernels } from '../kernel/kernels.ts';
import type { Pace } from './replay.ts';

/** `pps`: packets a second. `mbps`: 10^6 bits of frame a second, without FCS, preamble and gap. `multiplier`: times the capture's own pace. */
export interface Rate { readonly unit: 'pps' | 'mbps' | 'multiplier'; readonly value: number }

/** The clock and the patience of a live run. */
export interface Wall {
  /** Nanoseconds of a monotonic clock. */
  now(): bigint;
  /** @returns false when the run is to end */
  sleep(milliseconds: number): Promise<boolean>;
}

/** Rates are kept in thousandths of their unit, so that times are exact. */
const SCALE = 1000;
const PS_PER_SECOND = 10n ** 12n, PS_PER_NS = 1000n, NS_PER_MS = 1e6, NS_PER_SECOND = 1e9;
/** How early a packet may leave in a live run, so that a fast one goes in bursts. */
const EARLY_PS = 2_000_000_000n;

export class RatePace implements Pace {
  /** Packets timed so far, and bytes of frame without those of the last packet; times of the first and the last, picoseconds. */
  packets = 0;
  bytes = 0;
  first = 0n;
  last = 0n;
  readonly #scaled: bigint;
  #lastLength = 0;
  /** The capture's own times of the first and the last packet. */
  #ownFirst = 0n;
  #ownLast = 0n;
  /** When they entered, by the wall's clock. */
  #start: bigint | undefined;
  #end = 0n;

  /** @param wall waits in real time when it is given */
  constructor(readonly k: Kernels, readonly rate: Rate, readonly wall?: Wall) {
    this.#scaled = BigInt(Math.round(rate.value * SCALE));
  }

  due(vec: number, n: number): number | Promise<number> {
    const { k, wall } = this;
    const now = wall?.now() ?? 0n, horizon = this.first + (now - (this.#start ??= now)) * PS_PER_NS + EARLY_PS;
    for (let i = 0; i < n; i++) {
      const d = k.u32[(vec >>> 2) + i]!, time = this.#time(d);
      if (wall && this.packets > 0 && time > horizon) return i > 0 ? i : this.#wait(vec, n, time - horizon + EARLY_PS);
      this.#stamp(d, time);
      this.#end = now;
    }
    return n;
  }

  /** When the next packet is due. */
  #time(d: number): bigint {
    const own = this.k.view.getBigInt64(d + Packet.TIME, true), scale = BigInt(SCALE);
    if (this.packets === 0) this.#ownFirst = this.first = own;
    switch (this.rate.unit) {
      case 'pps': return this.first + (BigInt(this.packets) * PS_PER_SECOND * scale) / this.#scaled;
      case 'mbps': return this.first + (BigInt(this.bytes + this.#lastLength) * 8n * (PS_PER_SECOND / 1_000_000n) * scale) / this.#scaled;
      case 'multiplier': return this.first + ((own - this.#ownFirst) * scale) / this.#scaled;
    }
  }

  #stamp(d: number, time: bigint): void {
    this.#ownLast = this.k.view.getBigInt64(d + Packet.TIME, true);
    this.k.view.setBigInt64(d + Packet.TIME, time, true);
    this.last = time;
    this.packets++;
    this.bytes += this.#lastLength;
    this.#lastLength = this.k.view.getUint32(d + Packet.ORIG, true);
  }

  async #wait(vec: number, n: number, ps: bigint): Promise<number> {
    return await this.wall!.sleep(Math.ceil(Number(ps / PS_PER_NS) / NS_PER_MS)) ? this.due(vec, n) : n;
  }

  /** The rate that came out, in the unit asked for: by the wall's clock, else by the packets' times. Undefined where there is no span to divide by. */
  get actual(): number | undefined {
    const seconds = this.wall ? Number(this.#end - (this.#start ?? 0n)) / NS_PER_SECOND : Number(this.last - this.first) / Number(PS_PER_SECOND);
    if (seconds <= 0) return undefined;
    if (this.rate.unit === 'pps') return (this.packets - 1) / seconds;
    if (this.rate.unit === 'mbps') return (this.bytes * 8) / 1e6 / seconds;
    return Number(this.#ownLast - this.#ownFirst) / Number(PS_PER_SECOND) / seconds;
  }
}
