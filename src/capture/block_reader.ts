// block_reader.ts -- the reader: whole blocks of the file into memory, packets
// out of them by kernel.
//
// Of the file one block is in memory, in front of it what was left of the last
// record:
//
//     | RECORD_MAX: rest of the last record > | BLOCK: read in one go        |

import { CAPTURED_MAX, RECORD_MAX, Scan, ScanFault, ScanFormat, ScanStatus } from '../../assembly/abi/capture.ts';
import { PCAP, PCAP_RECORD } from '../../assembly/wire/pcap.ts';
import { PCAPNG, PCAPNG_BLOCK, PCAPNG_IDB, PCAPNG_SHB } from '../../assembly/wire/pcapng.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { checkTrailer, HeaderFault, isPcapng, readBlockLength, readInterface, readPcapHeader, readSectionHead } from './headers.ts';
import { linkName } from './link_types.ts';
import { CaptureReader, INTERFACES_MAX, type ReadOptions, SECTION_INTERFACES_MAX } from './reader.ts';
import { type Source, SourceFault } from './source.ts';

/** What the kernels expected where they name a number. */
const EXPECTED: Readonly<Record<number, string>> = {
  [ScanFault.CAPTURED_LENGTH]: `a record of at most ${CAPTURED_MAX} captured bytes`,
  [ScanFault.BLOCK_LENGTH]: "a block length that is a multiple of 4 and holds the block's header",
  [ScanFault.TRAILER]: "the block's length again at its end",
  [ScanFault.PACKET_LENGTH]: 'a packet within its block',
};

/** Bytes read at once. */
const BLOCK = 2 ** 20;

export class BlockReader extends CaptureReader {
  readonly #source: Source;
  readonly #scanKernel: (scan: number, vec: number, max: number) => number;
  /** Address of the block. */
  readonly #block: number;
  /** Capture offset of the byte at END. */
  #loaded = 0;
  #format: ScanFormat | 0 = 0;
  #ended = false;

  constructor(k: Kernels, path: string, source: Source, options: ReadOptions = {}) {
    super(k, path, options);
    this.#source = source;
    this.#scanKernel = k.fn['capture_scan']!;
    this.#block = k.alloc(RECORD_MAX + BLOCK, `block of ${path}`) + RECORD_MAX;
    this.#place(this.#block, this.#block);
  }

  next(vec: number, max: number): number {
    while (this.#format && !this.fault) {
      const n = this.#scanKernel(this.scan, vec, max);
      if (n > 0) return n;
      if (this.status === ScanStatus.FAULT) this.#recordFault();
      else if (this.status === ScanStatus.HOST && this.#hostBlock()) continue;
      return 0;
    }
    return 0;
  }

  fill(): boolean | Promise<boolean> {
    if (this.fault || this.#ended) return false;
    this.refuseWhenStarved();
    const rest = this.#end - this.#pos;
    if (rest > RECORD_MAX) return true;
    this.k.bytes.copyWithin(this.#block - rest, this.#pos, this.#end);
    this.#place(this.#block - rest, this.#block);
    try {
      if (rest === 0) this.#skip();
      const n = this.#source.read(this.k.bytes.subarray(this.#block, this.#block + BLOCK));
      return typeof n === 'number' ? this.#took(n) : n.then(m => this.#took(m), (e: unknown) => this.#broken(e));
    } catch (e) {
      return this.#broken(e);
    }
  }

  rewind(): boolean {
    if (!this.#source.rewind()) return false;
    this.shiftTimes();
    this.#place(this.#block, this.#block);
    this.#loaded = 0;
    this.#format = 0;
    this.#ended = false;
    this.set32(Scan.TOTAL, 0);
    this.set32(Scan.STATUS, ScanStatus.MORE);
    return true;
  }

  close(): void {
    this.#ended = true;
    this.#place(this.#block, this.#block);
    this.#source.close();
  }

  get #pos(): number { return this.get32(Scan.POS); }
  get #end(): number { return this.get32(Scan.END); }
  #place(pos: number, end: number): void {
    this.set32(Scan.POS, pos);
    this.set32(Scan.END, end);
  }
  /** Capture offset of the byte at POS. */
  get #offset(): number { return this.#loaded - (this.#end - this.#pos); }
  get #bigEndian(): boolean { return this.k.bytes[this.scan + Scan.SWAP] !== 0; }
  #view(length: number): DataView { return new DataView(this.k.bytes.buffer, this.#pos, length); }

  /** Let the source pass over bytes that no one wants. */
  #skip(): void {
    const n = this.get32(Scan.TOTAL) ? this.#source.skip(this.get32(Scan.SKIP)) : 0;
    this.#loaded += n;
    if (n > 0) this.set32(Scan.SKIP, this.get32(Scan.SKIP) - n);
  }

  #took(n: number): boolean {
    this.set32(Scan.END, this.#end + n);
    this.#loaded += n;
    if (n === 0) {
      this.#ended = true;
      this.#checkEnd();
      return false;
    }
    return this.#format ? true : this.#begin();
  }

  #broken(e: unknown): boolean {
    if (!(e instanceof SourceFault)) throw e;
    this.#fail(this.#loaded, e.expected, e.found);
    return false;
  }

  /** The format, once enough of the file is loaded to know it. @returns false after a fault */
  #begin(): boolean {
    const have = this.#end - this.#pos;
    if (have < 4) return true;
    if (isPcapng(this.#view(4))) {
      this.#format = ScanFormat.PCAPNG;
      this.beginSection(ScanFormat.PCAPNG, false);
      return this.#leadingBlocks();
    }
    if (have < PCAP.LEN) return true;
    return this.#guard(() => {
      const { bigEndian, description } = readPcapHeader(this.#view(PCAP.LEN));
      this.beginSection(ScanFormat.PCAP, bigEndian);
      this.addInterface(description);
      this.set32(Scan.POS, this.#pos + PCAP.LEN);
      this.#format = ScanFormat.PCAP;
    });
  }

  /** A section header or interface description lies at POS. @returns false when more of it must be loaded, or after a fault */
  #hostBlock(): boolean {
    const have = this.#end - this.#pos, section = isPcapng(this.#view(PCAPNG.BODY));
    if (section && have < PCAPNG_SHB.LEN_MIN) return this.#more();
    let done = false;
    return this.#guard(() => {
      const bigEndian = section ? readSectionHead(this.#view(PCAPNG_SHB.LEN_MIN)) : this.#bigEndian;
      const length = readBlockLength(this.#view(PCAPNG.BODY), bigEndian, section ? PCAPNG_SHB.LEN_MIN : PCAPNG_IDB.LEN_MIN);
      if (have < length) return this.#more();
      const block = this.#view(length);
      checkTrailer(block, bigEndian);
      if (section) this.beginSection(ScanFormat.PCAPNG, bigEndian);
      else if (!this.addInterface(readInterface(block, bigEndian)))
        throw new HeaderFault(0, `at most ${SECTION_INTERFACES_MAX} interfaces in a section, ${INTERFACES_MAX} in all`, 'one more');
      this.set32(Scan.POS, this.#pos + length);
      done = true;
    }) && done;
  }

  /** Read the interfaces that stand in front of all packets, so that they are known before the first. @returns false after a fault */
  #leadingBlocks(): boolean {
    const begins = (type: number) => this.#view(4).getUint32(0, !this.#bigEndian) === type;
    while (this.#end - this.#pos >= PCAPNG.BODY && (begins(PCAPNG_BLOCK.SECTION) || begins(PCAPNG_BLOCK.INTERFACE)))
      if (!this.#hostBlock()) break;
    return !this.fault;
  }

  #more(): false {
    this.set32(Scan.STATUS, ScanStatus.MORE);
    return false;
  }

  #guard(read: () => void): boolean {
    try {
      read();
      return true;
    } catch (e) {
      if (!(e instanceof HeaderFault)) throw e;
      this.#fail(this.#offset + e.at, e.expected, e.found);
      return false;
    }
  }

  /** The file is over: nothing may be left. */
  #checkEnd(): void {
    const rest = this.#end - this.#pos, total = this.get32(Scan.TOTAL);
    if (!this.#format) this.#fail(0, `a file header of ${PCAP.LEN} bytes`, `a file of ${rest} bytes`);
    else if (total) this.#cut(this.#recordStart(), total);
    else if (rest) this.#cut(this.#offset, this.#lengthAt(rest));
  }

  #cut(begin: number, length: number): void {
    const what = this.#format === ScanFormat.PCAP ? 'record' : 'block';
    this.#fail(begin, `a ${what} of ${length} bytes`, `${this.#loaded - begin} bytes and the end`);
  }

  /** Length of the record at POS as far as the `rest` bytes there tell. */
  #lengthAt(rest: number): number {
    if (this.#format === ScanFormat.PCAP)
      return PCAP_RECORD.LEN + (rest < PCAP_RECORD.LEN ? 0 : this.#view(rest).getUint32(PCAP_RECORD.CAPTURED, !this.#bigEndian));
    if (rest < PCAPNG.BODY) return PCAPNG.LEN_MIN;
    const v = this.#view(rest);
    return isPcapng(v) ? PCAPNG_SHB.LEN_MIN : v.getUint32(PCAPNG.LENGTH, !this.#bigEndian);
  }

  /** Capture offset of the record that is being passed over. */
  #recordStart(): number {
    const trailer = this.#format === ScanFormat.PCAPNG ? PCAPNG.TRAILER_LEN : 0;
    return this.#offset + this.get32(Scan.SKIP) + trailer - this.get32(Scan.TOTAL);
  }

  #recordFault(): void {
    const found = this.get32(Scan.FOUND), at = this.get32(Scan.TOTAL) ? this.#recordStart() : this.#offset, fault = this.get32(Scan.FAULT) as ScanFault;
    if (fault === ScanFault.LINK_TYPE)
      this.#fail(at, 'an interface with Ethernet or IP packets', `interface ${found} with link type ${linkName(this.section[found]!.link)}`);
    else if (fault === ScanFault.INTERFACE) this.#fail(at, `one of the section's ${this.section.length} interfaces`, `interface ${found}`);
    else this.#fail(at, EXPECTED[fault]!, String(found));
  }

  #fail(offset: number, expected: string, found: string): void {
    this.fault ??= { path: this.path, offset, expected, found };
  }
}
