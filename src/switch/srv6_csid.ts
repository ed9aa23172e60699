// srv6_csid.ts -- compressed SIDs, RFC 9800: how a SID divides into block and
// C-SID, and how a segment list becomes a list of containers.

import { SidCsid } from '../../assembly/abi/srv6.ts';
import { AddressError, maskAddress, parsePrefix, type Prefix } from '../wire/address.ts';
import { type Builder, sameBytes } from './builder.ts';
import type { LocatorConfig, Srv6Config, Srv6SidConfig } from './config.ts';
import type { Path } from './file.ts';

/** What Linux takes when it is not told. */
const LBLEN = 32, NFLEN = 16;
/** C-SID lengths of REPLACE-CSID (RFC 9800 section 6.1), and what takes without a locator. */
const REPLACE_LENGTHS = [16, 32] as const, REPLACE_LENGTH = 32;

export const CSID_FLAVORS = { 'next-csid': SidCsid.NEXT, 'replace-csid': SidCsid.REPLACE } as const;
type Flavor = keyof typeof CSID_FLAVORS;

/** A locator as the file gives it; lengths in bits, those of its parts where it names them. */
export interface Locator { readonly name: string; readonly path: Path; readonly prefix: Prefix; readonly parts?: { block: number; node: number; func: number } | undefined; readonly hmac: LocatorConfig['hmac'] }

/** The locators of a switch; faults where one contradicts itself. */
export function locatorsOf(b: Builder): Locator[] {
  return Object.entries(b.config.srv6?.locators ?? {}).flatMap(([name, given]) => {
    const path: Path = ['srv6', 'locators', name], config = typeof given === 'string' ? { prefix: given } : given;
    const prefix = b.try(typeof given === 'string' ? path : [...path, 'prefix'], () => ip6Prefix(config.prefix));
    if (!prefix) return [];
    const { block_len: block, node_len: node, func_len: func = 0 } = config;
    if ((block === undefined) !== (node === undefined) || (config.func_len !== undefined && block === undefined)) b.fault(path, 'block_len, node_len and func_len go together: block_len and node_len at least');
    else if (block !== undefined && block + node! + func > 127) b.fault(path, `${block} + ${node} + ${func} bits leave none of 128 for an argument`);
    else if (block !== undefined && block + node! !== prefix.length) b.fault(path, `block_len + node_len is ${block + node!}, the prefix has ${prefix.length} bits`);
    return [{ name, path, prefix, hmac: config.hmac, ...(block === undefined ? {} : { parts: { block, node: node!, func } }) }];
  });
}

/** A prefix of IPv6 addresses; an address alone is one of 128 bits. */
export function ip6Prefix(text: string): Prefix {
  const prefix = parsePrefix(text.includes('/') ? text : `${text}/128`);
  if (prefix.address.length !== 16) throw new AddressError(`"${text}" is not an IPv6 address`);
  return prefix;
}

/** Lengths of a C-SID: LBL and LNFL of RFC 9800, bits. */
export interface Structure { readonly lbl: number; readonly lnfl: number }

/**
 * How a SID with a C-SID flavor divides; undefined where it has none, or
 * faults. Its FIB entry covers the block and the C-SID (RFC 9800 section 6.3).
 * @param key as the file has it: with a length, that is LBL + LNFL
 */
export function structureOf(b: Builder, sid: Srv6SidConfig, key: string, prefix: Prefix, path: Path): Structure & { kind: SidCsid } | undefined {
  const flavors = (sid.flavors ?? []).filter((f): f is Flavor => f in CSID_FLAVORS), [flavor] = flavors;
  if (!flavor) {
    for (const word of ['lblen', 'nflen'] as const) if (sid[word] !== undefined) b.fault([...path, word], 'is of a SID with the flavor next-csid or replace-csid', true);
    return undefined;
  }
  const kind = CSID_FLAVORS[flavor], parts = b.locators.find(l => l.parts && inBlock(prefix.address, l, l.parts.block))?.parts;
  const lbl = sid.lblen ?? parts?.block ?? LBLEN, lnfl = sid.nflen ?? (key.includes('/') ? prefix.length - lbl : kind === SidCsid.REPLACE ? (parts ? parts.node + parts.func : REPLACE_LENGTH) : parts ? csidLength(prefix.address, parts) : NFLEN);
  const wrong = flavors.length > 1 ? 'next-csid and replace-csid do not go together'
    : lnfl < 1 || lbl + lnfl > 127 ? `a block of ${lbl} bits and a C-SID of ${lnfl} leave no argument of 1 bit or more`
    : kind === SidCsid.REPLACE && !(REPLACE_LENGTHS as readonly number[]).includes(lnfl) ? `a C-SID of replace-csid has 16 or 32 bits, not ${lnfl}`
    : kind === SidCsid.REPLACE && lbl + lnfl + Math.log2(128 / lnfl) > 128 ? `a block of ${lbl} bits and a C-SID of ${lnfl} leave no room for the index`
    : key.includes('/') && prefix.length !== lbl + lnfl ? `the prefix has ${prefix.length} bits, block and C-SID ${lbl} + ${lnfl}`
    : !sameBytes(maskAddress(prefix.address, lbl + lnfl), prefix.address) ? `has bits set behind its block and C-SID, ${lbl} + ${lnfl} bits`
    : sameBytes(maskAddress(prefix.address, lbl), prefix.address) ? 'is C-SID 0, which ends a container (RFC 9800 section 5)' : undefined;
  if (wrong === undefined) return { kind, lbl, lnfl };
  b.fault(path, wrong, true);
  return undefined;
}

const inBlock = (address: Uint8Array, { prefix }: Locator, bits: number): boolean => sameBytes(maskAddress(address, bits), maskAddress(prefix.address, bits));

/** Bits of a C-SID of next-csid: with the function where that is not zero. */
const csidLength = (address: Uint8Array, { block, node, func }: NonNullable<Locator['parts']>): number =>
  sameBytes(maskAddress(address, block + node), address) ? node : node + func;

/** The segments of a policy in containers, RFC 9800 section 6.4: path order, first segment first. Faults and gives undefined where they cannot be. */
export function compress(b: Builder, kind: SidCsid, segments: readonly Uint8Array[], path: Path): Uint8Array[] | undefined {
  const structured = b.locators.filter(l => l.parts);
  if (structured.length === 0) {
    b.fault([...path, 'csid'], 'needs a locator with block_len and node_len: it tells how SIDs divide');
    return undefined;
  }
  const list = segments.map(address => {
    const parts = structured.find(l => inBlock(address, l, l.parts!.block))?.parts;
    const lnfl = parts && (kind === SidCsid.NEXT ? csidLength(address, parts) : parts.node + parts.func);
    // A SID with an argument stays whole.
    return { address, parts: lnfl !== undefined && sameBytes(maskAddress(address, parts!.block + lnfl), address) ? { lbl: parts!.block, lnfl } : undefined };
  });
  return kind === SidCsid.NEXT ? shiftable(list) : replaceable(b, list, path);
}

interface Segment { readonly address: Uint8Array; readonly parts: Structure | undefined }

/** NEXT-CSID: as many as fit, one behind the other. */
function shiftable(list: readonly Segment[]): Uint8Array[] {
  const out: Uint8Array[] = [];
  let open: { bits: bigint; lbl: number; used: number } | undefined;
  const close = () => { if (open) out.push(toBytes(open.bits)); open = undefined; };
  for (const { address, parts } of list) {
    const bits = toBits(address);
    if (parts && open && open.lbl === parts.lbl && open.bits >> BigInt(128 - parts.lbl) === bits >> BigInt(128 - parts.lbl) && open.used + parts.lnfl <= 128) {
      open.bits |= slice(bits, parts.lbl, parts.lnfl) << BigInt(128 - open.used - parts.lnfl);
      open.used += parts.lnfl;
      continue;
    }
    close();
    if (parts) open = { bits, lbl: parts.lbl, used: parts.lbl + parts.lnfl };
    else out.push(address);
  }
  close();
  return out;
}

/**
 * REPLACE-CSID: the first of a series whole, the others by the entry, last
 * position first. What is not in the block may stand before; behind a series
 * only where its last C-SID is not at position 0 (rules of section 6.4).
 */
function replaceable(b: Builder, list: readonly Segment[], path: Path): Uint8Array[] | undefined {
  const start = list.findIndex(s => s.parts), first = list[start]?.parts;
  if (!first || !(REPLACE_LENGTHS as readonly number[]).includes(first.lnfl)) {
    b.fault([...path, 'csid'], first ? `a C-SID of replace has 16 or 32 bits, those of the locator have ${first.lnfl}` : 'no segment is in the block of a locator');
    return undefined;
  }
  const foreign = list.findIndex((s, i) => i > start && !s.parts), end = foreign < 0 ? list.length : foreign, k = 128 / first.lnfl, series = list.slice(start, end);
  if (list.slice(end).some(s => s.parts) || (end < list.length && (series.length - 1) % k === 0)) {
    b.fault([...path, 'segments'], `C-SIDs of replace stand in one series, and what follows it cannot stand behind ${series.length} of them: its first entry would be read as one more container (RFC 9800 section 6.4)`);
    return undefined;
  }
  const containers: Uint8Array[] = [];
  for (let i = 1; i < series.length; i += k)
    containers.push(toBytes(series.slice(i, i + k).reduce((bits, s, j) => bits | slice(toBits(s.address), first.lbl, first.lnfl) << BigInt(j * first.lnfl), 0n)));
  return [...list.slice(0, start + 1).map(s => s.address), ...containers, ...list.slice(end).map(s => s.address)];
}

const toBits = (address: Uint8Array): bigint => address.reduce((bits, octet) => bits << 8n | BigInt(octet), 0n);
const toBytes = (bits: bigint): Uint8Array => Uint8Array.from({ length: 16 }, (_, i) => Number(bits >> BigInt(120 - 8 * i) & 255n));
/** `count` bits from bit `from` on, the first one being 0. */
const slice = (bits: bigint, from: number, count: number): bigint => bits >> BigInt(128 - from - count) & (1n << BigInt(count)) - 1n;

/** Whether anything of a switch's SRv6 stands before its SIDs. */
export const guarded = ({ domain, oam }: Srv6Config): boolean => domain?.infrastructure !== undefined || oam !== undefined;
