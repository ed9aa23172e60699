// blocks.ts -- pcapng blocks that are written once: section header, interface
// descriptions, statistics. Little-endian.

import { PCAPNG, PCAPNG_BLOCK, PCAPNG_BYTE_ORDER, PCAPNG_OPTION } from '../../assembly/wire/pcapng.ts';

/** Most bytes of UTF-8 kept of a text; the writer has room for two of them in a block. */
const TEXT_MAX = 16384;

type Option = readonly [code: number, value: Uint8Array];

const u16 = (...v: number[]) => new Uint8Array(Uint16Array.from(v).buffer);
const u32 = (...v: number[]) => new Uint8Array(Uint32Array.from(v).buffer);
const u64 = (v: bigint) => new Uint8Array(BigUint64Array.of(v).buffer);
function text(s: string): Uint8Array {
  const bytes = new Uint8Array(TEXT_MAX); // encodeInto cuts between characters
  return bytes.subarray(0, new TextEncoder().encodeInto(s, bytes).written);
}
/** A stamp is two words, high first. */
const stamp = (ticks: bigint) => u32(Number(ticks >> 32n), Number(ticks & 0xffffffffn));

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
}

function block(type: number, body: readonly Uint8Array[], options: readonly Option[]): Uint8Array {
  const all = [...body];
  for (const [code, value] of options) all.push(u16(code, value.length), value, new Uint8Array(-value.length & 3));
  if (options.length > 0) all.push(u16(PCAPNG_OPTION.END, 0));
  const bytes = concat(all), total = bytes.length + PCAPNG.LEN_MIN;
  return concat([u32(type, total), bytes, u32(total)]);
}

/** Section header of unknown length, version 1.0. */
export const sectionHeader = (application: string): Uint8Array =>
  block(PCAPNG_BLOCK.SECTION, [u32(PCAPNG_BYTE_ORDER), u16(1, 0), u64(2n ** 64n - 1n)], [[PCAPNG_OPTION.SHB_USERAPPL, text(application)]]);

/** Interface description; `speed` in bit/s, stamps in units of 10^-exponent seconds. */
export function interfaceDescription(link: number, snaplen: number, exponent: number, name: string, description?: string, speed?: bigint): Uint8Array {
  const options: Option[] = [[PCAPNG_OPTION.IF_NAME, text(name)]];
  if (description) options.push([PCAPNG_OPTION.IF_DESCRIPTION, text(description)]);
  if (speed !== undefined) options.push([PCAPNG_OPTION.IF_SPEED, u64(speed)]);
  options.push([PCAPNG_OPTION.IF_TSRESOL, Uint8Array.of(exponent)]);
  return block(PCAPNG_BLOCK.INTERFACE, [u16(link, 0), u32(snaplen)], options);
}

/** What an interface statistics block counts, in packets, and its stamps in the interface's units. */
export interface Statistics { readonly received: bigint; readonly dropped?: bigint | undefined; readonly delivered?: bigint | undefined; readonly start?: bigint | undefined; readonly end?: bigint | undefined }

/** Interface statistics as of `at`, a stamp too. */
export function interfaceStatistics(iface: number, at: bigint, { received, dropped, delivered, start, end }: Statistics): Uint8Array {
  const options: Option[] = [];
  if (start !== undefined) options.push([PCAPNG_OPTION.ISB_STARTTIME, stamp(start)]);
  if (end !== undefined) options.push([PCAPNG_OPTION.ISB_ENDTIME, stamp(end)]);
  options.push([PCAPNG_OPTION.ISB_IFRECV, u64(received)]);
  if (dropped !== undefined) options.push([PCAPNG_OPTION.ISB_IFDROP, u64(dropped)]);
  if (delivered !== undefined) options.push([PCAPNG_OPTION.ISB_USRDELIV, u64(delivered)]);
  return block(PCAPNG_BLOCK.STATISTICS, [u32(iface), stamp(at)], options);
}
