// headers.ts -- the parts of captures that come once: file headers, section
// headers, interface descriptions. Records are the kernels' work.

import { RECORD_MAX } from '../../assembly/abi/capture.ts';
import { PCAP, PCAP_LINK, PCAP_MAGIC } from '../../assembly/wire/pcap.ts';
import { PCAPNG, PCAPNG_BLOCK, PCAPNG_BYTE_ORDER, PCAPNG_IDB, PCAPNG_OPTION, PCAPNG_SHB } from '../../assembly/wire/pcapng.ts';
import { linkName, readable } from './link_types.ts';
import type { Description } from './reader.ts';

/** A header that is wrong `at` bytes in. */
export class HeaderFault extends Error {
  override name = 'HeaderFault';
  constructor(readonly at: number, readonly expected: string, readonly found: string) {
    super(`expected ${expected}, found ${found}`);
  }
}

/** Finest resolutions whose ticks in a second fit 64 bits. */
const FINEST_DECIMAL = 19, FINEST_BINARY = 63;

/** Whether a file begins as pcapng; its first word reads the same in either order. */
export const isPcapng = (v: DataView): boolean => v.getUint32(0) === PCAPNG_BLOCK.SECTION;

/**
 * File header of a classic capture.
 * @param v the header's bytes, PCAP.LEN of them
 * @throws HeaderFault
 */
export function readPcapHeader(v: DataView): { bigEndian: boolean; description: Description } {
  const bigEndian = PCAP_MAGIC[v.getUint32(0)] !== undefined, magic = v.getUint32(0, !bigEndian);
  if (magic === PCAP_MAGIC.KUZNETZOV) throw new HeaderFault(0, 'a pcap or pcapng magic number', `${hex(magic)}, a "modified" (Kuznetzov) pcap file: convert it with editcap -F pcap`);
  if (PCAP_MAGIC[magic] === undefined) throw new HeaderFault(0, 'a pcap or pcapng magic number', hex(v.getUint32(0)));
  const major = v.getUint16(PCAP.MAJOR, !bigEndian), minor = v.getUint16(PCAP.MINOR, !bigEndian);
  // Before 2.4 the two lengths of a record were swapped.
  if (major !== 2 || minor < 4) throw new HeaderFault(PCAP.MAJOR, 'pcap version 2.4', `${major}.${minor}`);
  const word = v.getUint32(PCAP.LINK, !bigEndian), link = word & PCAP_LINK.TYPE_MASK;
  if (!readable(link)) throw new HeaderFault(PCAP.LINK, 'a link type with Ethernet or IP packets', linkName(link));
  const fcs = word & PCAP_LINK.HAS_FCS ? (word >>> PCAP_LINK.FCS_SHIFT) * 2 : 0;
  const exponent = magic === PCAP_MAGIC.NANOSECONDS ? 9 : 6;
  return { bigEndian, description: { name: '', link, snaplen: v.getUint32(PCAP.SNAPLEN, !bigEndian), fcs, exponent, binary: false, offset: 0n } };
}

/**
 * Byte order of a section.
 * @param v the first PCAPNG_SHB.LEN_MIN bytes of its header
 * @throws HeaderFault
 */
export function readSectionHead(v: DataView): boolean {
  const bigEndian = v.getUint32(PCAPNG_SHB.MAGIC) === PCAPNG_BYTE_ORDER;
  if (!bigEndian && v.getUint32(PCAPNG_SHB.MAGIC, true) !== PCAPNG_BYTE_ORDER)
    throw new HeaderFault(PCAPNG_SHB.MAGIC, `the byte order magic ${hex(PCAPNG_BYTE_ORDER)}`, hex(v.getUint32(PCAPNG_SHB.MAGIC)));
  const major = v.getUint16(PCAPNG_SHB.MAJOR, !bigEndian);
  if (major !== 1) throw new HeaderFault(PCAPNG_SHB.MAJOR, 'pcapng version 1', `${major}.${v.getUint16(PCAPNG_SHB.MINOR, !bigEndian)}`);
  return bigEndian;
}

/**
 * Length of the block that `v` begins with.
 * @throws HeaderFault when it cannot be one of a block that has `least` bytes and is loaded as a whole
 */
export function readBlockLength(v: DataView, bigEndian: boolean, least: number): number {
  const length = v.getUint32(PCAPNG.LENGTH, !bigEndian);
  if (length < least || length > RECORD_MAX || length % 4) throw new HeaderFault(0, `a block of ${least} to ${RECORD_MAX} bytes, a multiple of 4`, String(length));
  return length;
}

/** @throws HeaderFault when the length behind a block is not the one in front */
export function checkTrailer(v: DataView, bigEndian: boolean): void {
  const found = v.getUint32(v.byteLength - PCAPNG.TRAILER_LEN, !bigEndian);
  if (found !== v.byteLength) throw new HeaderFault(0, `the block's length ${v.byteLength} again at its end`, String(found));
}

/**
 * Interface description block.
 * @param v the whole block, PCAPNG_IDB.LEN_MIN bytes or more
 * @throws HeaderFault
 */
export function readInterface(v: DataView, bigEndian: boolean): Description {
  const d: Description = { name: '', link: v.getUint16(PCAPNG_IDB.LINK, !bigEndian), snaplen: v.getUint32(PCAPNG_IDB.SNAPLEN, !bigEndian), fcs: 0, exponent: 6, binary: false, offset: 0n };
  const end = v.byteLength - PCAPNG.TRAILER_LEN;
  for (let at: number = PCAPNG_IDB.OPTIONS; at + 4 <= end; ) {
    const code = v.getUint16(at, !bigEndian), size = v.getUint16(at + 2, !bigEndian), value = at + 4;
    if (code === PCAPNG_OPTION.END) break;
    if (value + size > end) throw new HeaderFault(at, 'an option within its block', `one of ${size} bytes`);
    if (code === PCAPNG_OPTION.IF_NAME) d.name = new TextDecoder().decode(new Uint8Array(v.buffer, v.byteOffset + value, size));
    else if (code === PCAPNG_OPTION.IF_FCSLEN && size === 1) d.fcs = octets(v.getUint8(value));
    else if (code === PCAPNG_OPTION.IF_TSOFFSET && size === 8) d.offset = v.getBigInt64(value, !bigEndian);
    else if (code === PCAPNG_OPTION.IF_TSRESOL && size === 1) {
      d.binary = v.getUint8(value) >= 0x80;
      d.exponent = v.getUint8(value) & 0x7f;
      if (d.exponent > (d.binary ? FINEST_BINARY : FINEST_DECIMAL))
        throw new HeaderFault(at, `a time stamp resolution of 10^-${FINEST_DECIMAL} s or 2^-${FINEST_BINARY} s at the finest`, `${d.binary ? 2 : 10}^-${d.exponent} s`);
    }
    at = value + Math.ceil(size / 4) * 4;
  }
  return d;
}

/** if_fcslen counts bits by the draft's text, octets by its example and by Wireshark. No check sequence has 16 octets. */
const octets = (fcslen: number): number => fcslen < 16 ? fcslen : fcslen >> 3;

const hex = (v: number): string => '0x' + v.toString(16).padStart(8, '0');
