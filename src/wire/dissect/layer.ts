// layer.ts -- what a dissection is made of, and the reader that protocols get.

import { formatIp4, formatIp6, formatMac } from '../address.ts';

/** Wireshark's field name, and the value as `tshark -T fields` prints it: numbers it prints in decimal are numbers. */
export interface LayerField { readonly name: string; readonly value: number | string }

export interface Layer {
  /** Wireshark's protocol filter name. */
  readonly name: string;
  /** Offset of the first octet in the frame. */
  readonly start: number;
  /** Octets of the header, options included; of `data`, all of it. */
  readonly length: number;
  readonly fields: readonly LayerField[];
  /** Why the dissection ended here before its time. `short`: the capture cut the frame; `malformed`: the packet did. */
  readonly note?: 'short' | 'malformed';
}

/** Where the next layer is looked up: a key in one of the tables of dissect.ts. */
export interface Next {
  readonly table: 'link' | 'ethertype' | 'protocol' | 'udp';
  readonly keys: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** A protocol reads its own layer and says what follows; nothing follows `undefined`. */
export interface Protocol { readonly name: string; read(h: LayerReader): Next | undefined }

/** Link types that tables other than ethertype lead to. */
export enum Link { ETHERNET = 1, IPV4 = 2, IPV6 = 3, DATA = 4, PW = 5, ACH = 6, ESP = 7, MPLS = 8, BIER = 9, BIER_MPLS = 10 }

/** What layers tell those inside them. */
export interface Surroundings {
  /** Addresses that checksums of the transport cover; the final destination behind a routing header. */
  addresses?: { src: Uint8Array; dst: Uint8Array };
  /** Where the header with those addresses begins in the frame, and where it ends; not told behind extension headers. */
  ip?: { start: number; end: number };
  /** Inside a fragment: the transport's checksum cannot be verified. */
  fragment: boolean;
  /** Inside an ICMP error: the packet may end anywhere. */
  quoted: boolean;
}

/** Thrown by reads beyond the packet; dissect() turns it into the layer's note. */
export class Cut {
  constructor(readonly note: 'short' | 'malformed') {}
}

/** Reads a layer; all offsets count from its first octet. A read beyond the packet ends the layer. */
export class LayerReader implements Layer {
  readonly fields: LayerField[] = [];
  length = 0;

  /**
   * @param frame captured bytes
   * @param start offset of the layer
   * @param end   where the enclosing layer says this one ends; the capture may stop before
   */
  constructor(readonly name: string, readonly frame: Uint8Array, readonly start: number, readonly end: number, readonly around: Surroundings) {}

  /** Octets of the layer and all it carries, on the wire. */
  get size(): number { return this.end - this.start; }

  /** The same, as far as captured. */
  get captured(): Uint8Array { return this.frame.subarray(this.start, this.end); }

  /** `length` octets at `at`, a view. */
  octets(at: number, length: number): Uint8Array {
    const from = this.start + at, to = from + length;
    if (to > this.end) throw new Cut('malformed');
    if (to > this.frame.length) throw new Cut('short');
    return this.frame.subarray(from, to);
  }

  /** A big-endian number of up to six octets. */
  number(at: number, length: number): number {
    return this.octets(at, length).reduce((v, octet) => v * 256 + octet, 0);
  }

  put(name: string, value: number | string | boolean): void {
    this.fields.push({ name, value: typeof value === 'boolean' ? Number(value) : value });
  }

  /** A field printed in decimal. */
  dec(name: string, at: number, length: number): number {
    const v = this.number(at, length);
    this.put(name, v);
    return v;
  }

  /** A field printed in hex, two digits an octet. */
  hex(name: string, at: number, length: number): number {
    const v = this.number(at, length);
    this.put(name, hex(v, length * 2));
    return v;
  }

  /** Octets printed as plain hex. */
  bytes(name: string, at: number, length: number): void {
    this.put(name, this.octets(at, length).reduce((s, octet) => s + octet.toString(16).padStart(2, '0'), ''));
  }

  mac(name: string, at: number): void { this.put(name, formatMac(this.octets(at, 6))); }
  ip4(name: string, at: number): void { this.put(name, formatIp4(this.octets(at, 4))); }
  ip6(name: string, at: number): void { this.put(name, formatIp6(this.octets(at, 16))); }

  /** The packet does not hold what its fields say. */
  malformed(): never { throw new Cut('malformed'); }

  /** What follows this layer, from `length` on. The first key its table knows decides. */
  next(table: Next['table'], keys: number | readonly number[], end = this.end): Next {
    return { table, keys: typeof keys === 'number' ? [keys] : keys, start: this.start + this.length, end: Math.max(this.start + this.length, Math.min(end, this.end)) };
  }
}

export function hex(value: number, digits: number): string {
  return '0x' + value.toString(16).padStart(digits, '0');
}

/** Wireshark's values of a checksum's status. */
export enum ChecksumStatus { BAD = 0, GOOD = 1, UNVERIFIED = 2, NOT_PRESENT = 3 }
