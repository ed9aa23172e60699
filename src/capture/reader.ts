// reader.ts -- what every reader of captures has: interfaces, counts, times.
//
// A caller alternates two calls. next() is synchronous and hands out packets of
// what is loaded; fill() loads the next block:
//
//     for (;;) {
//       const n = reader.next(vec, VEC_MAX);
//       if (n > 0) use(vec, n);
//       else if (!await reader.fill()) break;
//     }
//     if (reader.fault) report(reader.fault);

import { LINK_UNSUPPORTED, Scan, SCAN_DROPS, type ScanFormat, ScanIface, ScanStatus } from '../../assembly/abi/capture.ts';
import { Drop } from '../../assembly/abi/drop.ts';
import { DropCount } from '../../assembly/abi/switch.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import type { Kernels } from '../kernel/kernels.ts';
import type { Fault } from './fault.ts';
import { readable } from './link_types.ts';

export interface ReadOptions {
  /** Switch port that packets of an interface enter by; default 0. Asked once an interface, as they appear. */
  port?: (index: number, name: string) => number;
  /** MAC that packets without an Ethernet header are addressed to, six octets; default 02:00:00:00:00:01. */
  mac?: (port: number) => Uint8Array;
  /** Seconds since 1970 that times count from; default: the second of the first packet. Files of one run share it. */
  origin?: bigint;
  /** Number of the packet that leaves a trace record at each node (Packet.MARK). */
  mark?: number;
  /** Program (src/filter) and its instructions; packets it rejects keep their number but are not delivered. */
  filter?: { program: number; count: number };
}

export interface CaptureInterface {
  /** Position among the interfaces of the capture. An interface that a later section describes again keeps it. */
  readonly index: number;
  /** Empty in classic captures and where the capture does not say. */
  readonly name: string;
  readonly link: number;
  /** Most bytes captured of a packet, 0: all. */
  readonly snaplen: number;
  /** Switch port. */
  readonly port: number;
}

export interface ReaderDrop { readonly reason: keyof typeof Drop; readonly packets: number; readonly bytes: number; /** Number of the first one. */ readonly first: number }

/** How a capture describes an interface. */
export interface Description {
  name: string;
  link: number;
  snaplen: number;
  /** Bytes of frame check sequence. */
  fcs: number;
  /** Stamps count units of 10^-exponent seconds, or 2^-exponent when binary. */
  exponent: number;
  binary: boolean;
  /** Seconds added to stamps. */
  offset: bigint;
}

/** Interfaces a section may have, and different ones in a capture. */
export const SECTION_INTERFACES_MAX = 16384;
export const INTERFACES_MAX = 65536;

/** Source of what has no Ethernet header: locally administered, no port has it. */
const SOURCE_MAC = Uint8Array.of(2, 0, 0, 0, 0, 0);
const DEFAULT_MAC = Uint8Array.of(2, 0, 0, 0, 0, 1);
/** Time between the passes over a capture whose packets do not say. */
const LONE_GAP = 1_000_000n;
const I64_MAX = 2n ** 63n - 1n;

export abstract class CaptureReader {
  /** Why reading stopped early; all before it was delivered. */
  fault: Fault | undefined;
  /** Those known so far: after the first fill() all that stand in front of the packets, others as they come. */
  readonly interfaces: CaptureInterface[] = [];
  /** Finer than a microsecond somewhere? What a classic copy of this capture needs. */
  resolution: 'us' | 'ns' = 'us';
  /** Interfaces of the present section. */
  protected section: CaptureInterface[] = [];
  /** Scan structure. */
  protected readonly scan: number;
  readonly #known = new Map<string, CaptureInterface>();
  readonly #options: ReadOptions;
  #passed = 0;

  constructor(protected readonly k: Kernels, readonly path: string, options: ReadOptions) {
    this.#options = options;
    this.scan = k.alloc(Scan.SIZEOF, `reader of ${path}`);
    const u32 = (field: number, value: number) => k.view.setUint32(this.scan + field, value, true);
    u32(Scan.POOL, k.pool);
    u32(Scan.IFACES, k.alloc(SECTION_INTERFACES_MAX * ScanIface.SIZEOF, `interfaces of ${path}`));
    u32(Scan.MARK_ID, options.mark ?? 0);
    u32(Scan.FILTER, options.filter?.program ?? 0);
    u32(Scan.FILTER_COUNT, options.filter?.count ?? 0);
    if (options.origin !== undefined) {
      u32(Scan.HAS_ORIGIN, 1);
      this.set64(Scan.ORIGIN, options.origin);
    }
    this.#resetSpan();
  }

  /**
   * Load more. Not before next() has returned 0.
   * @returns false when there is no more: the end, or a fault
   * @throws WeftError (as rejection from streams) when the reader is starved
   */
  abstract fill(): boolean | Promise<boolean>;

  /**
   * Put up to `max` packets of what is loaded at address `vec`; they are the
   * caller's. DATA, LEN, ORIG, TIME, ID, RX_PORT and MARK are set.
   * @returns how many; 0: fill(), or when `starved`: free packets first
   */
  abstract next(vec: number, max: number): number;

  /** Go back to the first packet for another pass. @returns false when the bytes come only once */
  abstract rewind(): boolean;
  abstract close(): void;

  /** The last next() found no free packet buffer. */
  get starved(): boolean { return this.status === ScanStatus.STARVED; }
  /** Seconds since 1970 that times count from; unknown before the first packet with a stamp. */
  get origin(): bigint | undefined { return this.get32(Scan.HAS_ORIGIN) ? this.k.view.getBigInt64(this.scan + Scan.ORIGIN, true) : undefined; }
  /** Packets read, those included that were dropped here or filtered out. */
  get packets(): number { return this.#get64(Scan.PACKETS); }
  /** Their bytes in the capture. */
  get bytes(): number { return this.#get64(Scan.BYTES); }
  get filtered(): number { return this.#get64(Scan.FILTERED); }
  get filteredBytes(): number { return this.#get64(Scan.FILTERED_BYTES); }
  /** Packets more than 106 days from the origin: their times are wrong. */
  get clamped(): number { return this.#get64(Scan.CLAMPED); }
  /** What the reader itself dropped. */
  get drops(): ReaderDrop[] {
    const { view } = this.k, drops: ReaderDrop[] = [];
    for (let i = 0, at = this.scan + Scan.DROPS; i < SCAN_DROPS; i++, at += DropCount.SIZEOF) {
      const packets = Number(view.getBigUint64(at + DropCount.PACKETS, true));
      if (packets > 0)
        drops.push({ reason: Drop[view.getUint32(at + DropCount.REASON, true)] as keyof typeof Drop, packets, bytes: Number(view.getBigUint64(at + DropCount.BYTES, true)), first: view.getUint32(at + DropCount.FIRST, true) });
    }
    return drops;
  }

  protected get status(): ScanStatus { return this.get32(Scan.STATUS); }
  protected get32(field: number): number { return this.k.view.getUint32(this.scan + field, true); }
  protected set32(field: number, value: number): void { this.k.view.setUint32(this.scan + field, value, true); }
  protected set64(field: number, value: bigint): void { this.k.view.setBigInt64(this.scan + field, value, true); }
  #get64(field: number): number { return Number(this.k.view.getBigUint64(this.scan + field, true)); }

  /** A section begins: format, byte order, no interfaces yet. */
  protected beginSection(format: ScanFormat, bigEndian: boolean): void {
    this.k.bytes[this.scan + Scan.FORMAT] = format;
    this.k.bytes[this.scan + Scan.SWAP] = bigEndian ? 1 : 0;
    this.set32(Scan.IFACE_COUNT, 0);
    this.section = [];
  }

  /** The next interface of the section. @returns false when there are too many */
  protected addInterface(d: Description): boolean {
    const { view, bytes } = this.k, n = this.section.length, key = `${n} ${d.link} ${d.snaplen} ${d.name}`;
    let known = this.#known.get(key);
    if (n === SECTION_INTERFACES_MAX || (!known && this.interfaces.length === INTERFACES_MAX)) return false;
    if (!known) {
      const index = this.interfaces.length, { name, link, snaplen } = d;
      known = { index, name, link, snaplen, port: this.#options.port?.(index, name) ?? 0 };
      this.#known.set(key, known);
      this.interfaces.push(known);
    }
    if (d.binary ? d.exponent > 20 : d.exponent > 6) this.resolution = 'ns';
    const at = this.get32(Scan.IFACES) + n * ScanIface.SIZEOF;
    view.setUint16(at + ScanIface.LINK, readable(d.link) ? d.link : LINK_UNSUPPORTED, true);
    view.setUint16(at + ScanIface.PORT, known.port, true);
    view.setUint8(at + ScanIface.FCS, d.fcs);
    view.setUint8(at + ScanIface.BINARY, d.binary ? 1 : 0);
    view.setUint8(at + ScanIface.EXPONENT, d.exponent);
    view.setUint32(at + ScanIface.SNAPLEN, d.snaplen, true);
    view.setBigUint64(at + ScanIface.TICKS, (d.binary ? 2n : 10n) ** BigInt(d.exponent), true);
    view.setBigInt64(at + ScanIface.OFFSET, d.offset, true);
    bytes.set(this.#options.mac?.(known.port) ?? DEFAULT_MAC, at + ScanIface.HEADER);
    bytes.set(SOURCE_MAC, at + ScanIface.HEADER + 6);
    this.section.push(known);
    this.set32(Scan.IFACE_COUNT, n + 1);
    return true;
  }

  /**
   * Times go on where this pass ends: its first packet in time follows the
   * pass's last by the mean gap of the pass (a microsecond if it has none).
   */
  protected shiftTimes(): void {
    const { view } = this.k, low = view.getBigInt64(this.scan + Scan.LOW, true), high = view.getBigInt64(this.scan + Scan.HIGH, true);
    const n = this.packets - this.#passed;
    this.#passed = this.packets;
    this.#resetSpan();
    if (n === 0) return;
    const span = high - low, gap = span > 0n ? span / BigInt(n - 1) || 1n : LONE_GAP;
    const shift = view.getBigInt64(this.scan + Scan.SHIFT, true) + span + gap;
    this.set64(Scan.SHIFT, shift > I64_MAX ? I64_MAX : shift);
  }

  #resetSpan(): void {
    this.set64(Scan.LOW, I64_MAX);
    this.set64(Scan.HIGH, -I64_MAX);
  }

  protected refuseWhenStarved(): void {
    if (this.starved) throw new WeftError(EXIT.internal, `${this.path}: all packet buffers are in use`, 'free packets before reading on');
  }
}
