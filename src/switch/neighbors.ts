// neighbors.ts -- who answers to an address on an interface: neighbours that
// the file names, and the table and policy for those that packets teach.

import { Hop } from '../../assembly/abi/hop.ts';
import { Neighbor, Neighbors, NeighborState } from '../../assembly/abi/neighbor.ts';
import { Pool } from '../../assembly/abi/packet.ts';
import { IfaceKind } from '../../assembly/abi/port.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { formatIp, formatMac, parseIp, parseMac, type Prefix } from '../wire/address.ts';
import { type Builder, neighborKey } from './builder.ts';
import type { NetworkConfig } from './config.ts';
import { parseTime } from './quantity.ts';

/** Packets kept for one neighbour, where they are kept. */
const QUEUE = 16;
/** How long a silent neighbour is remembered; what routers with ARP usually do. */
const AGE = '4h';
/** Most neighbours of one network, and of a switch, unless `neighbor_table` says otherwise. */
const NETWORK_MAX = 1024, TABLE_MAX = 8192;
/** Link-local neighbours expected on an interface. */
const LINK_LOCAL = 16;
/** Share of the packet buffers that may wait for neighbours, all switches together: one in four. */
const HELD_SHARE = 4;

/** Collect them first: routes resolve their gateways through them. */
export function declareNeighbors(b: Builder): void {
  (b.config.neighbors ?? []).forEach((n, i) => {
    const path = ['neighbors', i];
    const address = b.try([...path, 'address'], () => parseIp(n.address)), mac = b.try([...path, 'mac'], () => parseMac(n.mac));
    const iface = b.interface(n.port, [...path, 'port']);
    if (!address || !mac || !iface) return;
    if (iface.kind !== IfaceKind.L3) return b.fault([...path, 'port'], `${iface.name} belongs to a bridge: name the bridge itself`);
    const key = neighborKey(iface, address);
    if (b.neighbors.has(key)) return b.fault(path, `${n.address} is listed twice on ${n.port}`);
    b.neighbors.set(key, { iface, mac, path });
  });
}

/** Each is a host route of its interface's VRF; link-local ones are found through their interface only. */
export function buildNeighbors(b: Builder): void {
  checkRoom(b);
  b.generation.later(() => forget(b));
  for (const [name, { iface, mac, path }] of b.neighbors) {
    const address = addressOf(name);
    b.generation.later(() => place(b, iface.index, address, mac));
    if (address.length === 16 && address[0] === 0xfe && (address[1]! & 0xc0) === 0x80) continue;
    const hop = b.neighborHop(iface, mac, address.length === 4 ? ETHERTYPE.IPV4 : ETHERTYPE.IPV6, path);
    b.routes.push({ vrf: iface.domain, prefix: { address, length: address.length * 8 }, hop, position: () => b.position(b.k.view.getUint32(hop + Hop.LINE, true))! });
  }
}

/** The table with room for who may be there, and what every neighbour of an interface starts as. */
export function buildNeighborTable(b: Builder): void {
  const { k, config } = b, size = b.neighbors.size + (config.neighbor_table ?? roomFor(b));
  const at = k.alloc(k.fn['neighbors_sizeof']!(size), 'neighbour table'), queue = config.unresolved === 'queue';
  k.fn['neighbors_init']!(at, size);
  if (!queue && config.neighbor_queue !== undefined) b.fault(['neighbor_queue'], 'nothing is queued: add `unresolved: queue`');
  const templates = k.alloc((b.interfaces.length + 1) * 2 * Hop.SIZEOF, 'neighbour hops');
  for (const iface of b.interfaces) {
    if (iface.kind !== IfaceKind.L3) continue;
    [ETHERTYPE.IPV4, ETHERTYPE.IPV6].forEach((type, family) => {
      const hop = b.neighborHop(iface, new Uint8Array(6), type, iface.path);
      k.bytes.copyWithin(templates + (iface.index * 2 + family) * Hop.SIZEOF, hop, hop + Hop.SIZEOF);
    });
  }
  k.view.setUint32(at + Neighbors.QUEUE, queue ? config.neighbor_queue ?? QUEUE : 0, true);
  k.view.setUint32(at + Neighbors.HELD_MAX, heldMax(b), true);
  k.view.setUint32(at + Neighbors.TEMPLATES, templates, true);
  k.view.setBigInt64(at + Neighbors.AGE, b.try(['neighbor_age'], () => parseTime(config.neighbor_age ?? AGE)) ?? 0n, true);
  k.view.setUint32(b.sw + Switch.NEIGHBORS, at, true);
}

/** Addresses that the connected networks have, within reason. */
function roomFor(b: Builder): number {
  const hosts = ({ address, length }: Prefix) => Math.min(2 ** (address.length * 8 - length), NETWORK_MAX);
  const layer3 = b.interfaces.filter(i => i.kind === IfaceKind.L3);
  return Math.min(TABLE_MAX, layer3.reduce((sum, i) => sum + i.addresses.reduce((s, a) => s + hosts(a), LINK_LOCAL), 0));
}

/** Switches of one memory share its buffers. */
function heldMax(b: Builder): number {
  const switches = Object.keys((b.file.value as Partial<NetworkConfig>).switches ?? { one: {} }).length;
  const buffers = [0, 4, 8].reduce((sum, c) => sum + b.k.view.getUint32(b.k.pool + Pool.SIZE + c, true), 0);
  return Math.max(1, Math.floor(buffers / HELD_SHARE / switches));
}

function place(b: Builder, iface: number, address: Uint8Array, mac: Uint8Array): void {
  const { k } = b, at = key(b, address);
  k.bytes.set(mac, at + 16);
  k.fn['neighbors_static']!(k.view.getUint32(b.sw + Switch.NEIGHBORS, true), iface, at, at + 16);
}

/** Those that the file before had and this one has not are asked for like any other. */
function forget(b: Builder): void {
  const { k, before } = b;
  for (const [name, { iface }] of before?.neighbors ?? [])
    if (!b.neighbors.has(name)) k.fn['neighbors_forget']!(k.view.getUint32(b.sw + Switch.NEIGHBORS, true), iface.index, key(b, addressOf(name)));
}

/** Whether all of them have room. */
function checkRoom(b: Builder): void {
  const { view } = b.k, at = view.getUint32(b.sw + Switch.NEIGHBORS, true), free = view.getUint32(at + Neighbors.SIZE, true) - view.getUint32(at + Neighbors.USED, true);
  const added = [...b.neighbors.keys()].filter(name => !b.before?.neighbors.has(name)).length;
  if (added > free) b.fault(['neighbors'], `${added} more than before do not fit: the running switch has room for ${free}; restart it, with more under \`neighbor_table\``);
}

/** The address as the kernel's table has it, with room for a MAC behind. */
function key(b: Builder, address: Uint8Array): number {
  const at = b.generation.temporary(() => b.k.alloc(24, 'static neighbour'));
  b.k.bytes.set(address.length === 16 ? address : [...IP4_MAPPED, ...address], at);
  return at;
}

/** Address in a key of Builder.neighbors. */
const addressOf = (name: string): Uint8Array => Uint8Array.from(Buffer.from(name.split(' ')[1]!, 'hex'));

/** ::ffff:0:0/96, RFC 4291 section 2.5.5.2. */
const IP4_MAPPED: readonly number[] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff];

/** A neighbour as people want to see it. */
export interface NeighborRow {
  readonly address: string;
  readonly interface: string;
  /** Not there while `incomplete`. */
  readonly mac?: string;
  readonly state: 'static' | 'reachable' | 'incomplete';
  /** Picoseconds since its last word; static ones have none. */
  readonly age?: bigint;
  /** Packets that wait for it. */
  readonly held: number;
}

/** All neighbours of a switch, static and learnt, by interface and address. */
export function listNeighbors(b: Builder): NeighborRow[] {
  const { view, bytes } = b.k, at = view.getUint32(b.sw + Switch.NEIGHBORS, true);
  const now = view.getBigInt64(b.sw + Switch.NOW, true), maxAge = view.getBigInt64(at + Neighbors.AGE, true);
  const first = view.getUint32(at + Neighbors.RECORDS, true), used = view.getUint32(at + Neighbors.USED, true);
  const rows = Array.from({ length: used }, (_, i) => first + i * Neighbor.SIZEOF).flatMap(r => {
    const state = view.getUint8(r + Neighbor.STATE), age = now - view.getBigInt64(r + Neighbor.SINCE, true);
    if (state === NeighborState.REACHABLE && maxAge > 0n && age > maxAge) return [];
    const address = bytes.slice(r + Neighbor.ADDRESS, r + Neighbor.ADDRESS + 16), four = IP4_MAPPED.every((v, i) => address[i] === v);
    const index = view.getUint32(r + Neighbor.IFACE, true), mac = bytes.slice(r + Neighbor.HOP4 + Hop.REWRITE, r + Neighbor.HOP4 + Hop.REWRITE + 6);
    const row: NeighborRow = {
      address: formatIp(four ? address.subarray(12) : address), interface: b.interfaces[index - 1]!.name,
      state: NeighborState[state]!.toLowerCase() as NeighborRow['state'], held: view.getUint32(r + Neighbor.COUNT, true),
      ...(state === NeighborState.INCOMPLETE ? {} : { mac: formatMac(mac) }), ...(state === NeighborState.STATIC ? {} : { age }),
    };
    return [{ row, key: `${String(index).padStart(6)} ${four ? 4 : 6} ${Buffer.from(address).toString('hex')}` }];
  });
  return rows.sort((x, y) => (x.key < y.key ? -1 : 1)).map(r => r.row);
}
