// ports.ts -- ports and their subinterfaces.

import { IfaceFlag, IfaceKind, Port, PortFlag } from '../../assembly/abi/port.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { Exact64 } from '../kernel/tables.ts';
import { parseInterface, type Prefix } from '../wire/address.ts';
import { type Builder, defaultMac, type Interface, macOr } from './builder.ts';
import type { PortConfig, VlanConfig } from './config.ts';
import type { Path } from './file.ts';
import { parseRate } from './quantity.ts';
import { tableLines } from './table_file.ts';

/** Largest layer-3 packet of a port that names none, bytes. */
const MTU = 1500;
/** Shortest frame accepted unless `min_frame` says otherwise: an Ethernet header. */
const MIN_FRAME = 14;

/** Keys that only a bridge's members have, and that only layer-3 interfaces have. */
const MEMBER_KEYS = ['horizon', 'learn', 'flood', 'fe2'] as const, L3_KEYS = ['address', 'vrf', 'promiscuous', 'loopback', 'srv6_domain'] as const;
/** Tag keys: `100`, `200.100` (two C-tags), `s200.100` (S-tag outside). */
const TAG_KEY = /^s?\d{1,4}(\.\d{1,4})?$/;

export function declarePorts(b: Builder): void {
  const { vrfs = [] } = b.config, add = (name: string, path: Path) => {
    if (b.vrfs.has(name)) b.fault(path, `VRF "${name}" exists already`);
    else b.vrfs.set(name, b.vrfs.size);
  };
  if (typeof vrfs === 'string') for (const { words } of tableLines(b, vrfs, ['vrfs'])) add(words.join(' '), ['vrfs']);
  else vrfs.forEach((name, i) => { add(name, ['vrfs', i]); });
  b.portNames.forEach((name, port) => { declarePort(b, name, port, b.config.ports[name] ?? {}); });
}

function declarePort(b: Builder, name: string, port: number, config: PortConfig): void {
  const path: Path = ['ports', name], keys = tagKeys(b, name, config), { speed } = config;
  const rate = speed === undefined ? undefined : b.try([...path, 'speed'], () => parseRate(speed));
  if (rate !== undefined) b.speeds.set(name, rate);
  const mac = macOr(b, config.mac, [...path, 'mac'], defaultMac(b.number, port + 1)), mtu = config.mtu ?? MTU;
  // Untagged frames have no place on a trunk that names none for them.
  if (!config.trunk || config.address !== undefined || b.members.has(name) || b.crossed.has(name))
    declareInterface(b, name, config, path, config, { port, mac, mtu, tags: [], accepts: config.native === undefined ? [] : [{ tpid: ETHERTYPE.VLAN, vid: config.native }] });
  for (const key of keys) {
    const vlan = config.vlans?.[key] ?? {}, at = [...path, 'vlans', key];
    declareInterface(b, `${name}.${key}`, vlan, at, { ...config, ...vlan }, { port, mac: macOr(b, vlan.mac, [...at, 'mac'], mac), mtu: vlan.mtu ?? mtu, tags: tagsOf(b, key, at) });
    if (!b.members.has(`${name}.${key}`)) refuse(b, vlan, MEMBER_KEYS, at, `means nothing here: ${name}.${key} is in no bridge`);
  }
  if (![name, ...keys.map(k => `${name}.${k}`)].some(i => b.members.has(i))) refuse(b, config, MEMBER_KEYS, path, `means nothing here: no interface of ${name} is in a bridge`);
}

/** Tags of a port's subinterfaces: those under `vlans` and those that bridges name. */
function tagKeys(b: Builder, port: string, config: PortConfig): string[] {
  const named = [...b.members.keys(), ...b.crossed.keys()].filter(m => m.startsWith(`${port}.`) && !(m in b.config.ports)).map(m => m.slice(port.length + 1));
  return [...new Set([...Object.keys(config.vlans ?? {}), ...named.filter(key => TAG_KEY.test(key))])];
}

/**
 * An interface of a port: in a bridge where one has it as member, cross-connected, else layer 3.
 * @param member where `horizon`, `learn`, `flood` and `srv6_domain` are read
 */
function declareInterface(b: Builder, name: string, config: VlanConfig, path: Path, member: VlanConfig, at: Pick<Interface, 'port' | 'mac' | 'mtu' | 'tags' | 'accepts'>): void {
  const bridge = b.memberOf(name), crossed = b.crossed.get(name);
  if (crossed) {
    if (bridge !== undefined) b.fault(crossed, `${name} is in bridge ${[...b.bridges.keys()][bridge]} already`);
    refuse(b, config, L3_KEYS, path, `has no place here: ${name} is cross-connected`);
    b.addInterface({ ...at, name, path, kind: IfaceKind.CROSS, domain: 0, addresses: [], flags: 0 });
  } else if (bridge !== undefined) {
    refuse(b, config, L3_KEYS, path, `belongs to the bridge: ${name} is a member of one`);
    b.addInterface({
      ...at, name, path, kind: IfaceKind.BRIDGE, domain: bridge, addresses: [], horizon: member.horizon ?? 0, fe2: config.fe2 ?? 0,
      flags: (member.learn === false ? IfaceFlag.NO_LEARN : 0) | (member.flood === false ? IfaceFlag.NO_FLOOD : 0),
    });
  } else b.addInterface({
    ...at, name, path, kind: IfaceKind.L3, domain: b.vrf(config.vrf, [...path, 'vrf']) ?? 0,
    addresses: addressesOf(b, config.address, [...path, 'address']),
    flags: IfaceFlag.ANSWER | (config.promiscuous ? IfaceFlag.PROMISCUOUS : 0) | (config.loopback ? IfaceFlag.LOOPBACK : 0) | (member.srv6_domain ? IfaceFlag.SRV6_EDGE : 0),
  });
}

function refuse<T extends object>(b: Builder, config: T, keys: readonly (keyof T & string)[], path: Path, why: string): void {
  for (const key of keys) if (config[key] !== undefined) b.fault([...path, key], why, true);
}

/** Addresses in `10.0.1.1/24` form. */
export function addressesOf(b: Builder, text: string | readonly string[] | undefined, path: Path): Prefix[] {
  const list = text === undefined ? [] : typeof text === 'string' ? [text] : text;
  return list.flatMap((a, i) => b.try(typeof text === 'string' ? path : [...path, i], () => parseInterface(a)) ?? []);
}

/** Tags of a key, outermost first. */
export function tagsOf(b: Builder, key: string, path: Path): Interface['tags'] {
  const vids = key.replace('s', '').split('.').map(Number);
  if (vids.some(v => v < 1 || v > 4094)) b.fault(path, 'VLAN IDs are 1 to 4094', true);
  return vids.map((vid, i) => ({ tpid: i === 0 && key.startsWith('s') ? ETHERTYPE.S_VLAN : ETHERTYPE.VLAN, vid }));
}

export function buildPorts(b: Builder): void {
  const { k } = b, ports = k.alloc(b.portNames.length * Port.SIZEOF, 'ports');
  k.view.setUint32(b.sw + Switch.PORTS, ports, true);
  k.view.setUint32(b.sw + Switch.PORT_COUNT, b.portNames.length, true);
  b.portNames.forEach((name, n) => {
    const config: PortConfig = b.config.ports[name] ?? {}, at = ports + n * Port.SIZEOF;
    const mine = b.interfaces.filter(i => i.port === n), untagged = mine.find(i => i.tags.length === 0);
    k.view.setUint32(at + Port.IFACE, untagged?.at ?? 0, true);
    k.view.setUint32(at + Port.TAGS, tagTable(b, mine), true);
    k.view.setUint16(at + Port.MIN_FRAME, config.min_frame ?? MIN_FRAME, true);
    k.view.setUint16(at + Port.MTU, Math.max(...mine.map(i => i.mtu)), true);
    k.view.setUint8(at + Port.FLAGS, config.fix_checksums ? PortFlag.FIX_CHECKSUMS : 0);
    k.view.setUint32(at + Port.LINE, b.line(['ports', name]), true);
    k.bytes.set(mine[0]!.mac, at + Port.MAC);
  });
}

/** tables/tags: tags -> interface index; 0 for no table. */
function tagTable(b: Builder, mine: readonly Interface[]): number {
  const rows = mine.flatMap(i => [...(i.tags.length > 0 ? [i.tags] : []), ...(i.accepts ?? []).map(t => [t])].map(tags => ({ tags, index: i.index })));
  if (rows.length === 0) return 0;
  const table = new Exact64(b.k, rows.length, 'tag table');
  for (const { tags, index } of rows) table.put(tagKey(tags), index);
  return table.at;
}

/** Key of tags in tables/tags: TPID and VID of the outer one over those of the inner. */
export const tagKey = (tags: Interface['tags']): bigint => tags.reduce((sum, t, n) => sum | (BigInt(t.tpid) << 16n | BigInt(t.vid)) << (n === 0 ? 32n : 0n), 0n);
