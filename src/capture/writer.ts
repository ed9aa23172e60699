// writer.ts -- packets to a capture: records by kernel, whole blocks to the file.

import { COMMENT_MAX, ScanFormat, Sink } from '../../assembly/abi/capture.ts';
import { LINK_TYPE } from '../../assembly/wire/link_type.ts';
import { PCAP, PCAP_MAGIC } from '../../assembly/wire/pcap.ts';
import { PCAPNG_DIRECTION } from '../../assembly/wire/pcapng.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { interfaceDescription, interfaceStatistics, sectionHeader, type Statistics } from './blocks.ts';
import type { Output } from './output.ts';

export interface CapturePort {
  /** Switch port; packets of ports not listed are left out of the file. */
  readonly port: number;
  readonly name: string;
  readonly description?: string;
  /** Bit/s. */
  readonly speed?: bigint;
}

export interface WriteOptions {
  readonly ports: readonly CapturePort[];
  /** Of a classic capture's stamps; default us. pcapng has ns. */
  readonly resolution?: 'us' | 'ns';
  /** Seconds since 1970 that times count from; may be set later, before the first packet. */
  readonly origin?: bigint;
  /** Version named in pcapng files. */
  readonly version?: string;
  /** Write each burst at once: someone is watching. Default: for standard output. */
  readonly live?: boolean;
}

/** Packets that came in by a port, of those the ones dropped, and those that left by it; times of the run's first and last packet, picoseconds since the origin. */
export interface PortStatistics extends Statistics { readonly port: number }

/** Bytes written at once, and room for one record of any size: the longest buffer, header, options, comment. */
const BLOCK = 2 ** 20, RECORD_ROOM = 131072;
/** What tcpdump writes: no limit in practice. */
const SNAPLEN = 262144;
const NS_EXPONENT = 9, PS_PER_NS = 1_000n, PS_PER_US = 1_000_000n, NS_PER_SECOND = 10n ** 9n;

/**
 * Format a file name asks for; pcapng for standard output.
 * @throws WeftError for compressed names
 */
export function formatOf(path: string): 'pcap' | 'pcapng' {
  if (/\.(gz|zst|xz|bz2|lz4)$/.test(path)) throw new WeftError(EXIT.usage, `cannot write ${path}: captures are written uncompressed`, 'write to - and pipe into gzip');
  return path === '-' || path.endsWith('.pcapng') ? 'pcapng' : 'pcap';
}

export class CaptureWriter {
  readonly format: 'pcap' | 'pcapng';
  /** The other end of the pipe has gone: what is written goes nowhere. */
  broken = false;
  readonly #k: Kernels;
  readonly #output: Output;
  /** Sink structure, block, list of one handle, comment. */
  readonly #sink: number;
  readonly #block: number;
  readonly #comment: number;
  readonly #live: boolean;
  readonly #ifaces = new Map<number, number>();
  readonly #commented = new Map<number, bigint>();

  constructor(k: Kernels, path: string, output: Output, { ports, resolution = 'us', origin = 0n, version = '', live = path === '-' }: WriteOptions) {
    this.format = formatOf(path);
    this.#k = k;
    this.#output = output;
    this.#live = live;
    this.#sink = k.alloc(Sink.SIZEOF, `writer of ${path}`);
    this.#block = k.alloc(BLOCK + RECORD_ROOM, `block of ${path}`);
    this.#comment = k.alloc(COMMENT_MAX, `comments of ${path}`);
    const count = Math.max(0, ...ports.map(p => p.port + 1)), map = k.alloc(count * 4, `ports of ${path}`);
    const pcap = this.format === 'pcap';
    ports.forEach(({ port }, i) => {
      this.#ifaces.set(port, i);
      k.view.setUint32(map + port * 4, i + 1, true);
    });
    this.#set32(Sink.POOL, k.pool);
    this.#set32(Sink.POS, this.#block);
    this.#set32(Sink.LIMIT, this.#block + BLOCK);
    this.#set32(Sink.PORTS, map);
    this.#set32(Sink.PORT_COUNT, count);
    this.#set32(Sink.COMMENT, this.#comment);
    k.view.setUint8(this.#sink + Sink.FORMAT, pcap ? ScanFormat.PCAP : ScanFormat.PCAPNG);
    k.view.setBigUint64(this.#sink + Sink.TICK, pcap && resolution === 'us' ? PS_PER_US : PS_PER_NS, true);
    this.origin = origin;
    if (pcap) this.#put(pcapHeader(resolution));
    else {
      this.#put(sectionHeader(`weft ${version}`.trim()));
      for (const { name, description, speed } of ports) this.#put(interfaceDescription(LINK_TYPE.ETHERNET, 0, NS_EXPONENT, name, description, speed));
    }
    if (live) this.flush();
  }

  /** Seconds since 1970 that times count from. */
  get origin(): bigint { return this.#k.view.getBigInt64(this.#sink + Sink.ORIGIN, true); }
  set origin(seconds: bigint) { this.#k.view.setBigInt64(this.#sink + Sink.ORIGIN, seconds, true); }
  /** Records written and their captured bytes. */
  get packets(): number { return Number(this.#k.view.getBigUint64(this.#sink + Sink.PACKETS, true)); }
  get bytes(): number { return Number(this.#k.view.getBigUint64(this.#sink + Sink.BYTES, true)); }

  /** Write the `n` outbound packets (by TX_PORT) whose handles are at `list`, and free all of them. */
  write(list: number, n: number): void {
    this.#list(list, n, PCAPNG_DIRECTION.OUT, true);
  }

  /** Write packets that go on: inbound ones by RX_PORT, outbound ones by TX_PORT. */
  copy(list: number, n: number, direction: 'in' | 'out'): void {
    this.#list(list, n, direction === 'in' ? PCAPNG_DIRECTION.IN : PCAPNG_DIRECTION.OUT, false);
  }

  /**
   * Write one packet as of `port`, with a comment (pcapng; cut at COMMENT_MAX
   * bytes of UTF-8). It is not freed. Nothing is written for ports the file has not.
   */
  writeComment(handle: number, port: number, direction: 'in' | 'out', comment: string): void {
    const iface = this.#ifaces.get(port), k = this.#k;
    if (iface === undefined) return;
    const { written } = new TextEncoder().encodeInto(comment, k.bytes.subarray(this.#comment, this.#comment + COMMENT_MAX));
    this.#set32(Sink.COMMENT_LEN, written);
    k.view.setUint8(this.#sink + Sink.DIRECTION, direction === 'in' ? PCAPNG_DIRECTION.IN : PCAPNG_DIRECTION.OUT);
    k.fn['capture_write_one']!(this.#sink, handle, iface);
    this.#commented.set(port, this.commented(port) + 1n);
    this.#set32(Sink.COMMENT_LEN, 0);
    if (this.#live || this.#full) this.flush();
  }

  /** Packets of a port that writeComment wrote. */
  commented(port: number): bigint {
    return this.#commented.get(port) ?? 0n;
  }

  /** Hand what is formatted to the file. */
  flush(): void {
    const end = this.#k.view.getUint32(this.#sink + Sink.POS, true);
    if (end > this.#block && !this.broken) this.broken = !this.#output.write(this.#k.bytes.subarray(this.#block, end));
    this.#set32(Sink.POS, this.#block);
  }

  /** Finish the file. Statistics of ports end up in pcapng files. */
  close(statistics: readonly PortStatistics[] = []): void {
    if (this.format === 'pcapng')
      for (const { port, start, end, ...counts } of statistics) {
        const iface = this.#ifaces.get(port), stamp = (time: bigint | undefined) => (time === undefined ? undefined : this.#stamp(time));
        if (iface !== undefined) this.#put(interfaceStatistics(iface, this.#stamp(end ?? 0n), { ...counts, start: stamp(start), end: stamp(end) }));
      }
    this.flush();
    this.#output.close();
  }

  get #full(): boolean { return this.#k.view.getUint32(this.#sink + Sink.POS, true) >= this.#block + BLOCK; }
  #set32(field: number, value: number): void { this.#k.view.setUint32(this.#sink + field, value, true); }

  /** Nanoseconds since 1970 of a time. */
  #stamp(time: bigint): bigint {
    return BigInt.asUintN(64, this.origin * NS_PER_SECOND + time / PS_PER_NS);
  }

  #list(list: number, n: number, direction: PCAPNG_DIRECTION, free: boolean): void {
    this.#k.view.setUint8(this.#sink + Sink.DIRECTION, direction);
    this.#k.view.setUint8(this.#sink + Sink.FREE, free ? 1 : 0);
    for (let done = 0; ; this.flush()) {
      done += this.#k.fn['capture_write']!(this.#sink, list + done * 4, n - done);
      if (done === n) break;
    }
    if (this.#live) this.flush();
  }

  #put(bytes: Uint8Array): void {
    if (this.#full) this.flush();
    const at = this.#k.view.getUint32(this.#sink + Sink.POS, true);
    this.#k.bytes.set(bytes, at);
    this.#set32(Sink.POS, at + bytes.length);
  }
}

function pcapHeader(resolution: 'us' | 'ns'): Uint8Array {
  const v = new DataView(new ArrayBuffer(PCAP.LEN));
  v.setUint32(PCAP.MAGIC, resolution === 'ns' ? PCAP_MAGIC.NANOSECONDS : PCAP_MAGIC.MICROSECONDS, true);
  v.setUint16(PCAP.MAJOR, 2, true);
  v.setUint16(PCAP.MINOR, 4, true);
  v.setUint32(PCAP.SNAPLEN, SNAPLEN, true);
  v.setUint32(PCAP.LINK, LINK_TYPE.ETHERNET, true);
  return new Uint8Array(v.buffer);
}
