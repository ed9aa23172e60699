// bridges.ts -- bridges: who is a member, their own interfaces, static MACs.
//
// An interface joins by its bridge's `ports`, by its own `bridge`, or by its
// port's `access`, `native` and `trunk`, which name bridges by their `vlan`.
// Tunnels join like ports: their feature asks Builder.memberOf.

import { Bridge, Iface, IfaceFlag, IfaceKind } from '../../assembly/abi/port.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { MAC_GROUP } from '../../assembly/wire/ethernet.ts';
import { Fdb } from '../kernel/fdb.ts';
import { parseMac } from '../wire/address.ts';
import { type Builder, defaultMac, macOr } from './builder.ts';
import type { BridgeConfig, PortConfig } from './config.ts';
import type { Path } from './file.ts';
import { addressesOf } from './ports.ts';
import { parseTime } from './quantity.ts';

/** Largest layer-3 packet of a bridge's own interface unless it says otherwise, bytes. */
const MTU = 1500;
/** Recommended ageing time (IEEE 802.1Q table 8-6). */
const AGE = '300s';
/** MACs that the bridges of a switch hold together unless it says otherwise: about a megabyte. */
const MAC_TABLE_SIZE = 16384;

const bridgesOf = (b: Builder): [string, BridgeConfig][] => Object.entries(b.config.bridges ?? {}).map(([name, config]) => [name, config ?? {}]);

/** Name the bridges and note who belongs to which: ports are declared by it. */
export function declareBridges(b: Builder): void {
  const vlans = new Map<number, number>();
  bridgesOf(b).forEach(([name, { vlan, ports = [] }], bridge) => {
    b.bridges.set(name, bridge);
    ports.forEach((p, i) => { join(b, p, bridge, ['bridges', name, 'ports', i]); });
    if (vlan === undefined) return;
    if (vlans.has(vlan)) b.fault(['bridges', name, 'vlan'], `VLAN ${vlan} is another bridge's already`);
    vlans.set(vlan, bridge);
  });
  for (const port of b.portNames) joinPort(b, port, b.config.ports[port] ?? {}, ['ports', port], vlans);
}

function joinPort(b: Builder, port: string, config: PortConfig, path: Path, vlans: ReadonlyMap<number, number>): void {
  if (config.access !== undefined && config.trunk) b.fault([...path, 'access'], 'a port is access or trunk: name the VLAN of untagged frames with `native`', true);
  for (const key of ['access', 'native'] as const) {
    const vid = config[key];
    if (vid !== undefined) joinVlan(b, port, vid, [...path, key], vlans);
  }
  if (config.bridge !== undefined) joinNamed(b, port, config.bridge, [...path, 'bridge']);
  for (const [key, vlan] of Object.entries(config.vlans ?? {}))
    if (vlan?.bridge !== undefined) joinNamed(b, `${port}.${key}`, vlan.bridge, [...path, 'vlans', key, 'bridge']);
  (config.trunk ?? []).forEach((item, i) => {
    const at = [...path, 'trunk', i], [first = 0, last = first] = String(item).split('-').map(Number);
    const inRange = [...vlans.keys()].filter(v => v >= first && v <= last);
    if (inRange.length === 0) b.fault(at, `no bridge has a vlan of ${item}`);
    for (const vid of inRange) if (vid !== config.native) joinVlan(b, `${port}.${vid}`, vid, at, vlans);
  });
}

function joinNamed(b: Builder, name: string, bridge: string, path: Path): void {
  const index = b.bridge(bridge, path);
  if (index !== undefined) join(b, name, index, path);
}

function joinVlan(b: Builder, name: string, vid: number, path: Path, vlans: ReadonlyMap<number, number>): void {
  const bridge = vlans.get(vid);
  if (bridge === undefined) b.fault(path, `no bridge has vlan: ${vid}`);
  else join(b, name, bridge, path);
}

function join(b: Builder, name: string, bridge: number, path: Path): void {
  const other = b.members.get(name);
  if (other) b.fault(path, `${name} is in bridge ${[...b.bridges.keys()][other.bridge]} already`);
  else b.members.set(name, { bridge, path, found: false });
}

/** The L3 interfaces of bridges that have an address. */
export function declareOwnInterfaces(b: Builder): void {
  bridgesOf(b).forEach(([name, config], i) => {
    const path: Path = ['bridges', name];
    if (config.address === undefined) {
      for (const key of ['mac', 'vrf', 'mtu'] as const) if (config[key] !== undefined) b.fault([...path, key], 'is of the bridge\'s own interface, which it has with an `address` only', true);
      return;
    }
    b.addInterface({
      name, path, kind: IfaceKind.L3, domain: b.vrf(config.vrf, [...path, 'vrf']) ?? 0, port: -1, tags: [],
      mac: macOr(b, config.mac, [...path, 'mac'], defaultMac(b.number, b.portNames.length + i + 1)), mtu: config.mtu ?? MTU,
      addresses: addressesOf(b, config.address, [...path, 'address']), flags: IfaceFlag.ANSWER,
    });
  });
}

export function buildBridges(b: Builder): void {
  for (const [name, { path, found }] of b.members)
    if (!found) b.fault(path, `no interface "${name}": expected a port, port.vlan or a tunnel`);
  const bridges = bridgesOf(b), { k } = b;
  if (bridges.length === 0) return;
  const at = k.alloc(bridges.length * Bridge.SIZEOF, 'bridges');
  k.view.setUint32(b.sw + Switch.BRIDGES, at, true);
  const written = bridges.reduce((sum, [, { static: macs = [] }]) => sum + macs.length + 1, 0);
  const fdb = Fdb.create(k, Math.max(b.config.mac_table_size ?? MAC_TABLE_SIZE, written), b.config.seed ?? b.number);
  k.view.setUint32(b.sw + Switch.FDB, fdb.at, true);
  bridges.forEach(([name, config], i) => { buildBridge(b, fdb, name, config, i, at + i * Bridge.SIZEOF); });
}

function buildBridge(b: Builder, fdb: Fdb, name: string, config: BridgeConfig, domain: number, at: number): void {
  const { k } = b, path: Path = ['bridges', name];
  const own = b.interfaces.find(i => i.name === name && i.kind === IfaceKind.L3 && i.port < 0);
  const ports = b.interfaces.filter(i => i.kind === IfaceKind.BRIDGE && i.domain === domain), members = own ? [...ports, own] : ports;
  const list = k.alloc(Math.max(1, members.length) * 4, 'bridge members');
  members.forEach((m, n) => { k.view.setUint32(list + n * 4, m.at, true); });
  k.view.setUint32(at + Bridge.COUNT, members.length, true);
  k.view.setUint32(at + Bridge.MEMBERS, list, true);
  k.view.setBigInt64(at + Bridge.AGE, b.try([...path, 'age'], () => parseTime(config.age ?? AGE)) ?? 0n, true);
  k.view.setUint32(at + Bridge.LINE, b.line(path), true);
  if (own) {
    k.view.setUint32(at + Bridge.OWN, own.at, true);
    k.view.setUint32(own.at + Iface.BRIDGE, at, true);
    fdb.put(domain, own.mac, own.at);
  }
  (config.static ?? []).forEach(({ mac, port }, i) => {
    const where = [...path, 'static', i], address = b.try([...where, 'mac'], () => parseMac(mac)), iface = b.interface(port, [...where, 'port']);
    if (!address || !iface) return;
    if (!ports.includes(iface)) b.fault([...where, 'port'], `${port} is no member of ${name}`);
    else if ((address[0]! & MAC_GROUP) !== 0) b.fault([...where, 'mac'], `${mac} is a group address`);
    else fdb.put(domain, address, iface.at);
  });
}
