// pcap_parser.ts -- a second reader, on the package pcap-parser: `--reader
// pcap-parser`, and the oracle the first one is compared with.
//
// The package knows classic microsecond captures only. It is silent about a cut
// file and takes any captured length on trust: the end is checked here.

import { createReadStream, type ReadStream, statSync } from 'node:fs';
import parser from 'pcap-parser';
import { CAPTURED_MAX, Scan, ScanFormat, ScanStatus } from '../../assembly/abi/capture.ts';
import { FRAME_MAX } from '../../assembly/abi/packet.ts';
import { PCAP, PCAP_LINK, PCAP_RECORD } from '../../assembly/wire/pcap.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import type { Kernels } from '../kernel/kernels.ts';
import type { Fault } from './fault.ts';
import { linkName, readable } from './link_types.ts';
import { CaptureReader, type ReadOptions } from './reader.ts';

interface Record { readonly seconds: number; readonly microseconds: number; readonly captured: number; readonly original: number; readonly data: Buffer }

/**
 * Read a classic microsecond capture; otherwise as openCapture().
 * @throws WeftError, exit code 3, when the file cannot be opened
 */
export function openWithPcapParser(k: Kernels, path: string, options: ReadOptions = {}): CaptureReader {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) throw new WeftError(EXIT.input, `${path}: no such file`, '--reader pcap-parser reads plain files only');
  return new PcapParserReader(k, path, options);
}

class PcapParserReader extends CaptureReader {
  /** Where the record to take lies for the kernel. */
  readonly #bytes: number;
  #stream!: ReadStream;
  /** Records parsed, and how many of them are taken. */
  #queue: Record[] = [];
  #taken = 0;
  /** Capture offset behind the last one. */
  #parsed = 0;
  /** There is nothing more to parse; what was wrong when that was a surprise. */
  #ended = false;
  #wrong: Fault | undefined;
  #wake = () => {};

  constructor(k: Kernels, path: string, options: ReadOptions) {
    super(k, path, options);
    this.#bytes = k.alloc(FRAME_MAX, `record of ${path}`);
    this.#start();
  }

  next(vec: number, max: number): number {
    const { k, scan } = this, accept = k.fn['capture_accept']!;
    let n = 0;
    for (; n < max && this.#taken < this.#queue.length; this.#taken++) {
      const { seconds, microseconds, captured, original, data } = this.#queue[this.#taken]!;
      if (captured <= FRAME_MAX) k.bytes.set(data, this.#bytes);
      const d = accept(scan, this.#bytes, captured, original, seconds, microseconds);
      if (this.starved) break;
      if (d !== 0) k.u32[(vec >>> 2) + n++] = d;
    }
    return n;
  }

  /** Let the package parse another chunk of the file. */
  async fill(): Promise<boolean> {
    this.refuseWhenStarved();
    if (this.#taken < this.#queue.length) return true;
    this.#queue = [];
    this.#taken = 0;
    if (!this.#ended) {
      this.#stream.resume();
      await new Promise<void>(resolve => { this.#wake = resolve; });
    }
    if (!this.#ended || this.#queue.length > 0) return true;
    this.fault = this.#wrong;
    return false;
  }

  rewind(): boolean {
    this.#stream.destroy();
    this.shiftTimes();
    this.#start();
    return true;
  }

  close(): void {
    this.#stream.destroy();
    this.#ended = true;
    this.#queue = [];
  }

  #start(): void {
    const stream = createReadStream(this.path), source = parser.parse(stream);
    this.#stream = stream;
    this.#queue = [];
    this.#taken = this.#parsed = 0;
    this.#ended = false;
    this.set32(Scan.STATUS, ScanStatus.MORE);
    source.on('globalHeader', ({ snapshotLength, linkLayerType }) => {
      const link = linkLayerType & PCAP_LINK.TYPE_MASK, fcs = linkLayerType & PCAP_LINK.HAS_FCS ? (linkLayerType >>> PCAP_LINK.FCS_SHIFT) * 2 : 0;
      this.#parsed = PCAP.LEN;
      this.beginSection(ScanFormat.PCAP, false);
      if (readable(link)) this.addInterface({ name: '', link, snaplen: snapshotLength, fcs, exponent: 6, binary: false, offset: 0n });
      else this.#end(PCAP.LINK, 'a link type with Ethernet or IP packets', linkName(link));
    });
    source.on('packetHeader', ({ capturedLength }) => {
      // The package would buffer the file to the end in wait for so many bytes.
      if (capturedLength > CAPTURED_MAX) this.#end(this.#parsed, `a record of at most ${CAPTURED_MAX} captured bytes`, String(capturedLength));
    });
    source.on('packet', ({ header: h, data }) => {
      if (this.#ended) return;
      this.#parsed += PCAP_RECORD.LEN + h.capturedLength;
      this.#queue.push({ seconds: h.timestampSeconds, microseconds: h.timestampMicroseconds, captured: h.capturedLength, original: h.originalLength, data });
    });
    source.on('error', e => this.#end(0, 'a classic capture with microsecond stamps', e.message));
    source.on('end', () => {
      const { size } = statSync(this.path);
      if (this.#parsed > 0 && this.#parsed === size) this.#end();
      else this.#end(this.#parsed, this.#parsed ? 'a whole record' : `a file header of ${PCAP.LEN} bytes`, `${size - this.#parsed} bytes and the end`);
    });
    stream.on('data', () => {
      stream.pause();
      this.#wake();
    });
  }

  /** Nothing more comes; the first reason counts. */
  #end(offset?: number, expected = '', found = ''): void {
    if (!this.#ended) this.#wrong = offset === undefined ? undefined : { path: this.path, offset, expected, found };
    this.#ended = true;
    this.#wake();
  }
}
