// bulk_routes.ts -- routes of a table file: some twenty bytes each instead of
// an object, since a gateway of a region has a million.

import type { Prefix } from '../wire/address.ts';
import type { RouteInit } from './builder.ts';
import type { Position } from './file.ts';

/** Words of a route: VRF, hop, line, length and column, then the prefix in host order. */
const VRF = 0, HOP = 1, LINE = 2, LENGTH = 3, PREFIX = 4;

/** Routes of one family. */
export class BulkRoutes {
  readonly #stride: number;
  #words: Uint32Array;
  #count = 0;

  /** @param octets of an address: 4 or 16 @param file that they come from */
  constructor(readonly octets: 4 | 16, readonly file: string) {
    this.#stride = PREFIX + octets / 4;
    this.#words = new Uint32Array(1024 * this.#stride);
  }

  get length(): number {
    return this.#count;
  }

  push(vrf: number, { address: a, length }: Prefix, hop: number, at: Position): void {
    const start = this.#count++ * this.#stride;
    if (start + this.#stride > this.#words.length) {
      const grown = new Uint32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    const w = this.#words;
    w[start + VRF] = vrf;
    w[start + HOP] = hop;
    w[start + LINE] = at.line;
    w[start + LENGTH] = length | Math.min(at.column, 0xffff) << 8;
    for (let i = 0; i < a.length; i += 4) w[start + PREFIX + i / 4] = a[i]! << 24 | a[i + 1]! << 16 | a[i + 2]! << 8 | a[i + 3]!;
  }

  vrf(i: number): number {
    return this.#words[i * this.#stride + VRF]!;
  }

  prefixLength(i: number): number {
    return this.#words[i * this.#stride + LENGTH]! & 0xff;
  }

  /** Prefix in host order (IPv4), length, hop: what an lpm4 takes. */
  triple(i: number): [number, number, number] {
    const start = i * this.#stride;
    return [this.#words[start + PREFIX]!, this.prefixLength(i), this.#words[start + HOP]!];
  }

  /** A route as if it stood in the switch file. */
  at(i: number): RouteInit {
    const start = i * this.#stride, w = this.#words, { file } = this, line = w[start + LINE]!, column = w[start + LENGTH]! >>> 8;
    const address = new Uint8Array(this.octets), view = new DataView(address.buffer);
    for (let o = 0; o < this.octets; o += 4) view.setUint32(o, w[start + PREFIX + o / 4]!);
    return { vrf: this.vrf(i), prefix: { address, length: this.prefixLength(i) }, hop: w[start + HOP]!, position: () => ({ file, line, column }) };
  }

  /** All of them, one after the other. */
  *all(): Generator<RouteInit> {
    for (let i = 0; i < this.#count; i++) yield this.at(i);
  }

  /** Their numbers, VRF by VRF, and where those of each VRF begin. */
  byVrf(vrfs: number): { order: Uint32Array; starts: Uint32Array } {
    const starts = new Uint32Array(vrfs + 1), order = new Uint32Array(this.#count);
    for (let i = 0; i < this.#count; i++) starts[this.vrf(i) + 1]!++;
    for (let v = 0; v < vrfs; v++) starts[v + 1]! += starts[v]!;
    const next = starts.slice();
    for (let i = 0; i < this.#count; i++) order[next[this.vrf(i)]!++] = i;
    return { order, starts };
  }
}
