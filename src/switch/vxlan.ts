// vxlan.ts -- VXLAN: what a switch ends and begins tunnels for.
//
//   L2 VNI   a bridge; each remote VTEP is a member of it, NAME@ADDRESS, and
//            frames are replicated to all of them here (head-end replication).
//            The members share a split-horizon group: nothing that came out of
//            a tunnel goes into one
//   L3 VNI   a VRF; routes with `vxlan`, `remote` and `router_mac` lead into it
//            (symmetric IRB, RFC 9135 section 5)
//
// A local address is the switch's own whether an interface has it or not, as a
// loopback's would be.

import { HopKind } from '../../assembly/abi/hop.ts';
import { Iface, IfaceFlag, IfaceKind } from '../../assembly/abi/port.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { Vni, Vtep, VxlanFlag } from '../../assembly/abi/vxlan.ts';
import { MAC_GROUP } from '../../assembly/wire/ethernet.ts';
import { UDP_PORT } from '../../assembly/wire/udp.ts';
import { Fdb } from '../kernel/fdb.ts';
import { Exact160, Exact64 } from '../kernel/tables.ts';
import { formatIp, parseIp, parseMac } from '../wire/address.ts';
import { type Builder, defaultMac, type Interface, macOr, sameBytes } from './builder.ts';
import type { RouteConfig, VxlanConfig } from './config.ts';
import type { Path } from './file.ts';
import { tableLines } from './table_file.ts';
import { overhead, placeTunnel } from './vxlan_headers.ts';

/** Split-horizon group of all VXLAN tunnels. */
const HORIZON = 255;
const VNI_MAX = 0xffffff;
/** Largest layer-3 packet an IP length field holds behind the headers. */
const PACKET_MAX = 65535;

/** A remote VTEP of an L2 VNI. */
export interface VxlanRemote { readonly address: Uint8Array; readonly iface: Interface }

export interface VxlanEntry {
  readonly path: Path;
  readonly config: VxlanConfig;
  /** Own addresses, at most one of a family. */
  readonly locals: readonly Uint8Array[];
  /** Underlay VRF. */
  readonly vrf: number;
  /** Bridge domain, or VRF of an L3 VNI. */
  readonly domain: number;
  /** Remote VTEPs; each with an interface in an L2 VNI, all with the same in an L3 VNI. */
  readonly remotes: VxlanRemote[];
  /** Where frames without a remote of their own belong: L3 VNIs, any_peer. */
  readonly iface?: Interface;
  /** Vni records, one for each local address. */
  readonly vnis: number[];
  /** Hops of an L3 VNI by remote and MAC. */
  readonly hops: Map<string, number>;
  /** Peers of all VNIs of the switch. */
  peers?: Exact160;
}

export function declareVxlan(b: Builder): void {
  for (const [name, config] of Object.entries(b.config.vxlan ?? {})) {
    const path: Path = ['vxlan', name], place = placeOf(b, name, config, path);
    const vrf = b.vrf(config.vrf, [...path, 'vrf']), locals = localsOf(b, config, path);
    if (b.bridges.has(name) || b.interfaces.some(i => i.name === name)) b.fault(path, `there is an interface ${name} already`, true);
    if (place === undefined || vrf === undefined) continue;
    declare(b, name, config, path, place, vrf, locals);
  }
}

interface Place { readonly kind: IfaceKind; readonly domain: number; readonly mac: Uint8Array }

/** The bridge or VRF of a VNI. */
function placeOf(b: Builder, name: string, config: VxlanConfig, path: Path): Place | undefined {
  const listed = b.memberOf(name), { bridge, vrf_l3: vrf } = config;
  if (listed !== undefined && bridge !== undefined) b.fault([...path, 'bridge'], `${name} is in bridge ${[...b.bridges.keys()][listed]} already`);
  const inBridge = bridge !== undefined || listed !== undefined;
  if (inBridge === (vrf !== undefined)) {
    b.fault(path, inBridge ? 'carries a bridge or a VRF, not both' : 'carries nothing: name a `bridge`, or with `vrf_l3` a VRF', true);
    return undefined;
  }
  const misplaced = inBridge ? ['router_mac'] as const : ['fdb', 'learn', 'inner_vlan'] as const;
  for (const key of misplaced) if (config[key] !== undefined) b.fault([...path, key], inBridge ? 'is of an L3 VNI' : 'is of an L2 VNI', true);
  if (!inBridge && config.router_mac === undefined) b.fault(path, 'needs the `router_mac` that inner frames are addressed to', true);
  const domain = !inBridge ? b.vrf(vrf, [...path, 'vrf_l3']) : listed ?? b.bridge(bridge!, [...path, 'bridge']);
  const mac = macOr(b, config.router_mac, [...path, 'router_mac'], defaultMac(b.number, 0));
  if ((mac[0]! & MAC_GROUP) !== 0) b.fault([...path, 'router_mac'], 'is a group address');
  return domain === undefined ? undefined : { kind: inBridge ? IfaceKind.BRIDGE : IfaceKind.TUNNEL, domain, mac };
}

function localsOf(b: Builder, config: VxlanConfig, path: Path): Uint8Array[] {
  const text = typeof config.local === 'string' ? [config.local] : config.local;
  const at = (i: number): Path => typeof config.local === 'string' ? [...path, 'local'] : [...path, 'local', i];
  const locals = text.flatMap((t, i) => endpoint(b, t, at(i)) ?? []);
  if (locals.length === 2 && locals[0]!.length === locals[1]!.length) b.fault(at(1), 'is the second of its family: a VNI has one local address of each');
  return locals;
}

/** An address a VTEP can have: unicast, and not only on its link. */
export function endpoint(b: Builder, text: string, path: Path): Uint8Array | undefined {
  const a = b.try(path, () => parseIp(text));
  if (!a) return undefined;
  const first = a[0]!, bad = a.length === 4 ? first === 0 || first === 127 || first >= 224 : first === 0xff || (first === 0xfe && (a[1]! & 0xc0) === 0x80) || a.every(v => v === 0);
  if (bad) b.fault(path, `${text} cannot be a tunnel's end: expected a global unicast address`);
  return bad ? undefined : a;
}

function declare(b: Builder, name: string, config: VxlanConfig, path: Path, { kind, domain, mac }: Place, vrf: number, locals: readonly Uint8Array[]): void {
  const learning = config.learn === false ? IfaceFlag.NO_LEARN : 0, l3 = kind === IfaceKind.TUNNEL, remotes: VxlanRemote[] = [];
  const add = (as: string, at: Path, six: boolean, flags: number) => b.addInterface({ name: as, path: at, kind, domain, port: -1, mac, mtu: mtuOf(b, config, path, vrf, six), tags: [], addresses: [], horizon: HORIZON, flags });
  const shared = l3 || config.any_peer ? add(name, path, locals.some(a => a.length === 16), IfaceFlag.NO_FLOOD | IfaceFlag.NO_LEARN) : undefined;
  (config.remotes ?? []).forEach((text, i) => {
    const at = [...path, 'remotes', i], address = endpoint(b, text, at);
    if (!address || !hasLocal(b, locals, address, at)) return;
    if (remotes.some(r => sameBytes(r.address, address))) b.fault(at, `${text} is listed twice`);
    remotes.push({ address, iface: l3 ? shared! : add(`${name}@${formatIp(address)}`, at, address.length === 16, learning) });
  });
  b.vxlans.set(name, { path, config, locals, vrf, domain, remotes, ...(shared ? { iface: shared } : {}), vnis: [], hops: new Map() });
}

/** The local address to use towards `remote`; a fault when there is none. */
function hasLocal(b: Builder, locals: readonly Uint8Array[], remote: Uint8Array, path: Path): boolean {
  const local = locals.find(a => a.length === remote.length);
  if (!local) b.fault(path, `there is no ${remote.length === 16 ? 'IPv6' : 'IPv4'} address under \`local\``);
  else if (sameBytes(local, remote)) b.fault(path, 'is the local address itself');
  return local !== undefined;
}

/** Largest layer-3 packet inside: what every port of the underlay carries once the headers are on. */
function mtuOf(b: Builder, config: VxlanConfig, path: Path, vrf: number, six: boolean): number {
  const most = PACKET_MAX - overhead(six);
  if (config.mtu !== undefined && config.mtu > most) b.fault([...path, 'mtu'], `${config.mtu} leaves no room for the outer headers: expected ${most} at most`);
  const ports = b.interfaces.filter(i => i.kind === IfaceKind.L3 && i.port >= 0 && i.domain === vrf);
  return config.mtu ?? Math.min(most, ...ports.map(p => p.mtu - overhead(six)));
}

export function buildVxlan(b: Builder): void {
  const entries = [...b.vxlans.values()], { k } = b;
  if (entries.length === 0) return;
  const ends = entries.reduce((sum, e) => sum + e.locals.length, 0), routes = typeof b.config.routes === 'string' ? 0 : b.config.routes?.length ?? 0;
  const many = new Map(entries.map(e => [e, bulkVnis(b, e)])), more = entries.reduce((sum, e) => sum + many.get(e)!.length / 2 * e.locals.length, 0);
  const local = new Exact160(k, ends, 'tunnel ends'), vnis = new Exact64(k, ends + more, 'VNIs');
  const peers = new Exact160(k, entries.reduce((sum, e) => sum + e.remotes.length, routes), 'VXLAN peers'), vteps = new Map<string, number>();
  k.view.setUint32(b.sw + Switch.UDP_LOCAL, local.at, true);
  k.view.setUint32(b.sw + Switch.VNIS, vnis.at, true);
  for (const e of entries) {
    e.peers = peers;
    for (const address of e.locals) {
      const vtep = vtepOf(b, e, address, local, vteps);
      placeVni(b, e, vtep, vnis);
      placeBulk(b, e, vtep, vnis, many.get(e)!);
    }
    for (const { address, iface } of e.remotes) admit(e, address, iface);
    if (e.iface) closeInterface(b, e, e.iface);
    if (e.config.vrf_l3 === undefined) openRemotes(b, e);
  }
}

/** The Vtep at an address and port; where no interface has the address, a route makes it ours. */
function vtepOf(b: Builder, e: VxlanEntry, address: Uint8Array, local: Exact160, vteps: Map<string, number>): number {
  const { k } = b, port = e.config.port ?? UDP_PORT.VXLAN, path = [...e.path, 'local'], domain = port * 0x10000 + e.vrf;
  const key = `${domain} ${formatIp(address)}`, known = vteps.get(key);
  if (known !== undefined) return known;
  const at = k.alloc(Vtep.SIZEOF, 'tunnel end');
  k.view.setUint8(at, 1);
  k.view.setUint32(at + Vtep.LINE, b.line(path), true);
  local.put(domain, address, at);
  vteps.set(key, at);
  const onInterface = b.interfaces.some(i => i.kind === IfaceKind.L3 && i.domain === e.vrf && i.addresses.some(a => sameBytes(a.address, address)));
  if (!onInterface) b.routes.push({ vrf: e.vrf, prefix: { address, length: address.length * 8 }, hop: b.hop({ kind: HopKind.LOCAL, path }), position: b.place(path) });
  return at;
}

function placeVni(b: Builder, e: VxlanEntry, vtep: number, vnis: Exact64): void {
  const { k } = b, at = k.alloc(Vni.SIZEOF, 'VNI'), key = BigInt(vtep) << 32n | BigInt(e.config.vni);
  k.view.setUint8(at + Vni.FLAGS, flagsOf(e));
  k.view.setUint32(at + Vni.IFACE, e.iface?.at ?? 0, true);
  k.view.setUint32(at + Vni.LINE, b.line(e.path), true);
  k.view.setUint32(at + Vni.PEERS, e.peers!.at, true);
  if (vnis.has(key)) b.fault([...e.path, 'vni'], `VNI ${e.config.vni} exists already at this local address and port`);
  vnis.put(key, at);
  e.vnis.push(at);
}

/** (VNI, VRF) of each line of an entry's `vnis`. */
function bulkVnis(b: Builder, { config, path }: VxlanEntry): Uint32Array {
  const at = [...path, 'vnis'], pairs: number[] = [];
  if (config.vnis === undefined) return new Uint32Array();
  if (config.vrf_l3 === undefined) b.fault(at, 'are of an L3 VNI', true);
  for (const { words: [vni = '', vrf, ...more] } of tableLines(b, config.vnis, at)) {
    if (!/^\d{1,8}$/.test(vni) || Number(vni) > VNI_MAX || vrf === undefined || more.length > 0) b.fault(at, 'expected "vni vrf"');
    else pairs.push(Number(vni), b.vrf(vrf, at) ?? 0);
  }
  return Uint32Array.from(pairs);
}

/** VNIs of a table file: records in a row, which share the entry's Iface and its line. */
function placeBulk(b: Builder, e: VxlanEntry, vtep: number, vnis: Exact64, pairs: Uint32Array): void {
  const { k } = b, base = k.alloc(pairs.length / 2 * Vni.SIZEOF, 'VNIs'), flags = flagsOf(e) | VxlanFlag.ANY_PEER | VxlanFlag.OWN_DOMAIN, line = b.line([...e.path, 'vnis']), end = BigInt(vtep) << 32n;
  for (let i = 0, at = base; i < pairs.length; i += 2, at += Vni.SIZEOF) {
    const key = end | BigInt(pairs[i]!);
    if (vnis.has(key)) b.fault([...e.path, 'vnis'], `VNI ${pairs[i]} exists already at this local address and port`);
    k.view.setUint32(at + Vni.FLAGS, flags | pairs[i + 1]! << 8, true);
    k.view.setUint32(at + Vni.IFACE, e.iface!.at, true);
    k.view.setUint32(at + Vni.LINE, line, true);
    k.view.setUint32(at + Vni.PEERS, e.peers!.at, true);
    vnis.put(key, at);
  }
}

function flagsOf({ config: c }: VxlanEntry): number {
  return (c.udp6_zero_csum ? VxlanFlag.ZERO_CHECKSUM : 0) | (c.inner_vlan ? VxlanFlag.INNER_VLAN : 0) | (c.tos === 'inherit' ? VxlanFlag.INHERIT_DSCP : 0)
    | (c.vrf_l3 === undefined ? 0 : VxlanFlag.ROUTED) | (c.strict ? VxlanFlag.STRICT : 0) | (c.any_peer ? VxlanFlag.ANY_PEER : 0);
}

/** Packets of the VTEP at `address` are let in, and belong to `iface`. */
function admit(e: VxlanEntry, address: Uint8Array, iface: Interface): void {
  const vni = e.vnis[e.locals.findIndex(a => a.length === address.length)]!;
  e.peers!.put(vni, address, iface.at);
}

/**
 * The interface of an L3 VNI, or of peers nobody named: nothing leaves by it as
 * a frame. Our own ICMP out of an L3 VNI has the address of another interface
 * of its VRF (RFC 1812 section 4.3.2.4).
 */
function closeInterface(b: Builder, e: VxlanEntry, iface: Interface): void {
  const { k } = b;
  k.view.setUint32(iface.at + Iface.HOP, b.hop({ kind: HopKind.VXLAN_ENCAP, iface, path: e.path }), true);
  if (iface.kind !== IfaceKind.TUNNEL) return;
  for (const [size, field] of [[4, Iface.IP4], [16, Iface.IP6]] as const) {
    const own = b.interfaces.filter(i => i.kind === IfaceKind.L3 && i.domain === e.domain).flatMap(i => i.addresses).find(a => a.address.length === size);
    if (own) k.bytes.set(own.address, iface.at + field);
  }
}

/** Tunnels to the remotes of an L2 VNI, and the MACs known to be there. */
function openRemotes(b: Builder, e: VxlanEntry): void {
  const { k } = b;
  e.remotes.forEach(({ address, iface }, i) => {
    const path = [...e.path, 'remotes', i];
    k.view.setUint32(iface.at + Iface.HOP, b.hop({ kind: HopKind.VXLAN_ENCAP, aux: tunnel(b, e, address, path), iface, path }), true);
  });
  const fdb = Fdb.open(k, k.view.getUint32(b.sw + Switch.FDB, true));
  (e.config.fdb ?? []).forEach((row, i) => {
    const path = [...e.path, 'fdb', i], mac = b.try([...path, 'mac'], () => parseMac(row.mac)), to = b.try([...path, 'remote'], () => parseIp(row.remote));
    const remote = to && e.remotes.find(r => sameBytes(r.address, to));
    if (mac && (mac[0]! & MAC_GROUP) !== 0) b.fault([...path, 'mac'], `${row.mac} is a group address`);
    else if (to && !remote) b.fault([...path, 'remote'], `${row.remote} is not among the remotes`);
    else if (mac && remote) fdb.put(e.domain, mac, remote.iface.at);
  });
}

function tunnel(b: Builder, e: VxlanEntry, remote: Uint8Array, path: Path, macs?: { dst: Uint8Array; src: Uint8Array }): number {
  const local = e.locals.find(a => a.length === remote.length)!, { vni, port = UDP_PORT.VXLAN, ttl } = e.config;
  return placeTunnel(b.k, { local, remote, vni, port, ttl, vrf: e.vrf, flags: flagsOf(e), line: b.line(path), ...(macs ? { macs } : {}) });
}

/** The hop of a route through an L3 VNI; its remote is let in, too. */
export function vxlanRouteHop(b: Builder, r: RouteConfig & { vxlan: string }, vrf: number, path: Path): number | undefined {
  const e = b.vxlans.get(r.vxlan);
  if (!e) b.fault([...path, 'vxlan'], `no vxlan "${r.vxlan}"${b.vxlans.size > 0 ? `: there are ${[...b.vxlans.keys()].join(', ')}` : ''}`);
  else if (e.config.vrf_l3 === undefined) b.fault([...path, 'vxlan'], `${r.vxlan} is an L2 VNI: routes lead into L3 VNIs (vrf_l3)`);
  else if (e.domain !== vrf) b.fault([...path, 'vxlan'], `${r.vxlan} is of VRF ${e.config.vrf_l3}`);
  else if (r.remote === undefined || r.router_mac === undefined) b.fault(path, 'needs `remote`, the VTEP, and `router_mac`, the MAC of the router there');
  else return l3Hop(b, e, r.remote, r.router_mac, path);
  return undefined;
}

function l3Hop(b: Builder, e: VxlanEntry, remoteText: string, macText: string, path: Path): number | undefined {
  const at = [...path, 'remote'], remote = endpoint(b, remoteText, at), dst = b.try([...path, 'router_mac'], () => parseMac(macText));
  if (!remote || !dst || !hasLocal(b, e.locals, remote, at)) return undefined;
  if ((dst[0]! & MAC_GROUP) !== 0) b.fault([...path, 'router_mac'], 'is a group address');
  const key = `${formatIp(remote)} ${dst.join()}`, known = e.hops.get(key);
  if (known !== undefined) return known;
  if (!e.remotes.some(r => sameBytes(r.address, remote))) e.remotes.push({ address: remote, iface: e.iface! });
  admit(e, remote, e.iface!);
  const aux = tunnel(b, e, remote, path, { dst, src: e.iface!.mac }), mtu = mtuOf(b, e.config, e.path, e.vrf, remote.length === 16);
  const hop = b.hop({ kind: HopKind.VXLAN_ENCAP, aux, iface: e.iface!, mtu, path });
  e.hops.set(key, hop);
  return hop;
}
