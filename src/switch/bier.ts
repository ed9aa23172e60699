// bier.ts -- BIER: sub-domains, their forwarding tables, groups of receivers.
//
// The file lists who is behind each neighbour; the forwarding bit masks follow
// from that (RFC 8279 section 6.4).

import { BIER_NEIGHBORS_MAX, BierNeighbor, BIER_TABLES_MAX, Bift } from '../../assembly/abi/bier.ts';
import { Hop } from '../../assembly/abi/hop.ts';
import { LabelOp } from '../../assembly/abi/mpls.ts';
import { IfaceFlag, IfaceKind } from '../../assembly/abi/port.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { type BIER_BSL, BIER_FORM, BIER_NIBBLE } from '../../assembly/wire/bier.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { MPLS_ENTRY, MPLS_LABEL } from '../../assembly/wire/mpls.ts';
import { Exact32 } from '../kernel/tables.ts';
import type { Builder, Interface } from './builder.ts';
import type { BfrList, BierConfig, SubDomainConfig } from './config.ts';
import { formatPosition, type Path, type Position } from './file.ts';
import { staticHop } from './label_stack.ts';
import { ownLabel } from './mpls.ts';

/** Set identifiers have eight bits (RFC 8279 section 1). */
const SI_MAX = 255;
const BFR_ID_MAX = 65535;
/** Bits of a bit string unless the file says otherwise: what every implementation must do (RFC 8279 section 3). */
const BSL = 256;

/** A neighbour in one table of a BIFT, and whose bits go there; "" for ourselves. */
export interface BuiltNeighbor { readonly at: number; readonly via: string; readonly hop: number; readonly ids: readonly number[] }

/** A forwarding table: of one sub-domain and set identifier. */
export interface BuiltBift {
  readonly subDomain: number;
  readonly si: number;
  readonly bsl: number;
  readonly biftId: number | undefined;
  readonly label: number | undefined;
  /** VRF of what is for this router. */
  readonly vrf: string;
  readonly at: number;
  /** Equal-cost neighbours make several. */
  readonly tables: readonly (readonly BuiltNeighbor[])[];
  position(): Position;
}

/** Receivers as a route names them. */
export interface BierReceivers { readonly ids: readonly number[]; readonly config: SubDomainConfig; readonly bifts: readonly BuiltBift[]; readonly path: Path; hop?: number | undefined }

export interface BuiltBier { readonly bifts: BuiltBift[]; readonly groups: Map<string, BierReceivers> }

/** Who is behind a neighbour. */
interface Entry { readonly via: string; readonly hop: number; readonly nibble: BIER_NIBBLE; readonly base: number; readonly ids: ReadonlySet<number>; readonly path: Path }

/** Sub-domains of a file in order of their numbers. */
function subDomains({ sub_domains = {} }: BierConfig): [number, SubDomainConfig, Path][] {
  return Object.entries(sub_domains).map(([n, config]) => [Number(n), config, ['bier', 'sub_domains', n]]);
}

const localName = (subDomain: number): string => `bier${subDomain}`;

export function declareBier(b: Builder): void {
  const { bier } = b.config;
  if (!bier) return;
  (bier.ports ?? []).forEach((name, i) => {
    const path = ['bier', 'ports', i], iface = b.interface(name, path);
    if (iface && iface.kind !== IfaceKind.L3) b.fault(path, `${name} belongs to a bridge: name the bridge itself`);
    else if (iface) iface.flags |= IfaceFlag.BIER;
  });
  for (const [n, config, path] of subDomains(bier)) {
    if (n > 255) b.fault(path, 'sub-domains are 0 to 255', true);
    b.addInterface({ name: localName(n), path, kind: IfaceKind.TUNNEL, domain: b.vrf(config.vrf, [...path, 'vrf']) ?? 0, port: -1, mac: new Uint8Array(6), mtu: 65535, tags: [], addresses: [], flags: 0 });
  }
}

export function buildBier(b: Builder): void {
  const { bier } = b.config;
  for (const [n, config, path] of bier ? subDomains(bier) : []) buildSubDomain(b, n, config, path);
  const ids = b.bier.bifts.filter(f => f.biftId !== undefined), table = new Exact32(b.k, ids.length, 'BIFT-ids');
  for (const f of ids) table.put(f.biftId!, f.at);
  b.k.view.setUint32(b.sw + Switch.BIFTS, table.at, true);
}

function buildSubDomain(b: Builder, n: number, config: SubDomainConfig, path: Path): void {
  const before = b.faults.length, { bsl = BSL, bfr_id: own } = config, set = (id: number) => Math.floor((id - 1) / bsl);
  const entries = (config.bift ?? []).flatMap((e, i) => entryOf(b, config, e, [...path, 'bift', i]));
  const frames = config.ethernet === undefined ? undefined : b.interface(config.ethernet, [...path, 'ethernet']);
  const known = new Set([...entries.flatMap(e => [...e.ids]), ...(own === undefined ? [] : [own])]);
  entries.forEach(e => { if (own !== undefined && e.ids.has(own)) b.fault([...e.path, 'bfr'], `${own} is this router's own bfr_id`); });
  const highest = Math.max(0, ...known);
  if (highest > 0 && set(highest) > SI_MAX) b.fault([...path, 'bsl'], `BFR-id ${highest} would need set identifier ${set(highest)}, and they end at ${SI_MAX}: take longer bit strings`);
  if (config.bift_id === undefined && config.label === undefined) b.fault(path, 'needs `bift_id`, or `label` in an MPLS network: what packets to this router bear');
  for (const [key, value] of Object.entries({ bift_id: config.bift_id, label: config.label }))
    if (value !== undefined && value + set(Math.max(1, highest)) > MPLS_LABEL.LAST) b.fault([...path, key], `of the last set would be ${value + set(highest)}: they end at ${MPLS_LABEL.LAST}`);
  for (const e of entries)
    if (e.base + set(Math.max(1, ...e.ids)) > MPLS_LABEL.LAST || (e.nibble === BIER_NIBBLE.MPLS && e.base < MPLS_LABEL.FIRST)) b.fault(e.path, `${e.base} for set 0 does not do for all sets: expected values up to ${MPLS_LABEL.LAST}, labels from ${MPLS_LABEL.FIRST} on`);
  if (b.faults.length > before) return;
  const sets = [...new Set([...known].map(set))].sort((x, y) => x - y);
  const local = b.interfaces.find(i => i.name === localName(n))!;
  const bifts = sets.flatMap(si => placeBift(b, n, si, config, entries, local, frames, path) ?? []);
  b.bier.bifts.push(...bifts);
  for (const [name, list] of Object.entries(config.groups ?? {})) {
    const at = [...path, 'groups', name], ids = bfrIds(b, list, at), taken = b.bier.groups.get(name);
    if (taken) b.fault(at, `group ${name} exists already, at ${formatPosition(b.file.position([...b.root, ...taken.path]))}`, true);
    else if (own === undefined) b.fault(at, 'needs bfr_id of the sub-domain: the header names the router that made it');
    for (const id of ids) if (!known.has(id)) b.fault(at, `no neighbour in bift leads to BFR-id ${id}`);
    b.bier.groups.set(name, { ids, config, bifts, path: at });
  }
}

function entryOf(b: Builder, config: SubDomainConfig, e: NonNullable<SubDomainConfig['bift']>[number], path: Path): Entry[] {
  const ids = bfrIds(b, e.bfr, [...path, 'bfr']), nibble = e.label === undefined ? BIER_NIBBLE.ETHERNET : BIER_NIBBLE.MPLS, base = e.label ?? e.bift_id ?? config.bift_id;
  if (e.label !== undefined && e.bift_id !== undefined) b.fault([...path, 'bift_id'], 'goes without `label` only', true);
  const hop = staticHop(b, e, nibble ? ETHERTYPE.MPLS : ETHERTYPE.BIER, 'BIER', path);
  if (base === undefined) b.fault(path, 'needs `label`, or `bift_id` here or in the sub-domain: what the neighbour knows the table by');
  return hop === undefined || base === undefined ? [] : [{ via: e.via, hop, nibble, base, ids: new Set(ids), path }];
}

/** Numbers of a list such as `[3, 5-9]`. */
function bfrIds(b: Builder, list: BfrList, path: Path): number[] {
  return [list].flat().flatMap((item, i) => {
    const [first = 0, last = first] = String(item).split('-').map(Number), fits = first >= 1 && last >= first && last <= BFR_ID_MAX;
    if (!fits) b.fault(Array.isArray(list) ? [...path, i] : path, `BFR-ids are 1 to ${BFR_ID_MAX}, ranges first-last`);
    return fits ? Array.from({ length: last - first + 1 }, (_, n) => first + n) : [];
  });
}

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b));

/** The table of one set identifier, reached by its BIFT-id and its label. */
function placeBift(b: Builder, subDomain: number, si: number, config: SubDomainConfig, entries: readonly Entry[], local: Interface, frames: Interface | undefined, path: Path): BuiltBift | undefined {
  const { k } = b, { bsl = BSL } = config, first = si * bsl + 1, own = config.bfr_id;
  const ids = Array.from({ length: bsl }, (_, i) => first + i), ways = new Map(ids.map(id => [id, entries.filter(e => e.ids.has(id))]));
  const count = Math.min(BIER_TABLES_MAX, [...ways.values()].reduce((all, w) => (w.length > 1 ? all * w.length / gcd(all, w.length) : all), 1));
  const biftId = add(config.bift_id, si), label = add(config.label, si), bytes = bsl / 8;
  if (biftId !== undefined && b.bier.bifts.some(f => f.biftId === biftId)) return void b.fault([...path, 'bift_id'], `BIFT-id ${biftId} is taken already`);
  if (label !== undefined && !ownLabel(b, label, [...path, 'label'])) return undefined;
  if (entries.length >= BIER_NEIGHBORS_MAX) return void b.fault([...path, 'bift'], `at most ${BIER_NEIGHBORS_MAX - 1} neighbours`);
  const at = k.alloc(Bift.SIZEOF, 'BIFT'), rows = k.alloc(count * bsl * 4, 'BIFT'), position = () => b.file.position([...b.root, ...path], true);
  const place = (entry: Entry | undefined, mine: readonly number[], table: number): BuiltNeighbor => {
    const n = k.alloc(BierNeighbor.F_BM + bytes, 'BIER neighbour');
    k.view.setUint32(n + BierNeighbor.HOP, entry?.hop ?? 0, true);
    k.view.setUint32(n + BierNeighbor.WORD, ((((entry?.base ?? 0) + si) << MPLS_ENTRY.LABEL_SHIFT) | MPLS_ENTRY.S) >>> 0, true);
    k.view.setUint32(n + BierNeighbor.LINE, b.line(entry?.path ?? [...path, 'bfr_id']), true);
    k.view.setUint8(n + BierNeighbor.NIBBLE, (entry?.nibble ?? 0) << (BIER_FORM.NIBBLE_SHIFT - 24));
    k.view.setUint32(n + BierNeighbor.IFACE, local.at, true);
    k.view.setUint32(n + BierNeighbor.FRAMES, frames?.at ?? 0, true);
    k.bytes.set(bitString(mine, bsl), n + BierNeighbor.F_BM);
    for (const id of mine) k.view.setUint32(rows + (table * bsl + id - first) * 4, n, true);
    return { at: n, via: entry?.via ?? '', hop: entry?.hop ?? 0, ids: mine };
  };
  const tables = Array.from({ length: count }, (_, t) => {
    const chosen = (id: number) => ways.get(id)![t % (ways.get(id)!.length || 1)], self = own !== undefined && ways.has(own) ? [place(undefined, [own], t)] : [];
    return [...self, ...entries.flatMap(e => { const mine = ids.filter(id => chosen(id) === e); return mine.length > 0 ? [place(e, mine, t)] : []; })];
  });
  k.view.setUint8(at + Bift.OP, LabelOp.BIER);
  k.view.setUint8(at + Bift.BSL, bslCode(bsl));
  k.view.setUint8(at + Bift.TABLES, count);
  k.view.setUint32(at + Bift.LINE, b.line(path), true);
  k.view.setUint32(at + Bift.ROWS, rows, true);
  k.view.setUint16(at + Bift.BYTES, bytes, true);
  if (label !== undefined) b.labels.set(label, { label, does: 'bier', out: [], to: `sub-domain ${subDomain}, set ${si}`, at, position });
  return { subDomain, si, bsl, biftId, label, vrf: config.vrf ?? 'default', at, tables, position };
}

const add = (base: number | undefined, n: number): number | undefined => (base === undefined ? undefined : base + n);

/** BIER_BSL of a length in bits. */
export const bslCode = (bits: number): BIER_BSL => Math.log2(bits) - 5;

/** The bits of BFR-ids, all of one set, as they are on the wire. */
export function bitString(ids: readonly number[], bsl: number): Uint8Array {
  const bytes = new Uint8Array(bsl / 8);
  for (const id of ids) {
    const bit = (id - 1) % bsl;
    bytes[bytes.length - 1 - (bit >> 3)]! |= 1 << (bit & 7);
  }
  return bytes;
}

/** Largest packet that fits behind a header of `header` bytes on every way out of the tables. */
export function roomIn(b: Builder, bifts: readonly BuiltBift[], header: number): number {
  const hops = bifts.flatMap(f => f.tables.flat()).filter(n => n.hop !== 0).map(n => b.k.view.getUint16(n.hop + Hop.MTU, true));
  return Math.min(0xffff, ...hops) - header;
}
