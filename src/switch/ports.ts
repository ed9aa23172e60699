// ports.ts -- ports and their subinterfaces.

import { IfaceFlag, IfaceKind, Port, PortFlag, Switch } from '../../assembly/abi.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { Exact64 } from '../kernel/tables.ts';
import { parseInterface, type Prefix } from '../wire/address.ts';
import { type Builder, defaultMac, type Interface, macOr } from './builder.ts';
import type { PortConfig, VlanConfig } from './config.ts';
import type { Path } from './file.ts';

/** Largest layer-3 packet of a port that names none, bytes. */
const MTU = 1500;
/** Shortest frame accepted unless `min_frame` says otherwise: an Ethernet header. */
const MIN_FRAME = 14;

export function declarePorts(b: Builder): void {
  (b.config.vrfs ?? []).forEach((name, i) => {
    if (b.vrfs.has(name)) b.fault(['vrfs', i], `VRF "${name}" exists already`);
    else b.vrfs.set(name, b.vrfs.size);
  });
  b.portNames.forEach((name, port) => {
    const config = b.config.ports[name] ?? {}, path: Path = ['ports', name];
    const mac = macOr(b, config.mac, [...path, 'mac'], defaultMac(b.number, port + 1));
    declareL3(b, name, config, path, { port, mac, mtu: config.mtu ?? MTU, tags: [] });
    for (const [key, vlan] of Object.entries(config.vlans ?? {})) {
      const at = [...path, 'vlans', key];
      declareL3(b, `${name}.${key}`, vlan ?? {}, at, { port, mac: macOr(b, vlan?.mac, [...at, 'mac'], mac), mtu: vlan?.mtu ?? config.mtu ?? MTU, tags: tagsOf(b, key, at) });
    }
  });
}

function declareL3(b: Builder, name: string, config: VlanConfig, path: Path, at: Pick<Interface, 'port' | 'mac' | 'mtu' | 'tags'>): void {
  b.addInterface({
    ...at, name, path, kind: IfaceKind.L3, domain: b.vrf(config.vrf, [...path, 'vrf']) ?? 0,
    addresses: addressesOf(b, config.address, [...path, 'address']),
    flags: IfaceFlag.ANSWER | (config.promiscuous ? IfaceFlag.PROMISCUOUS : 0),
  });
}

/** Addresses in `10.0.1.1/24` form. */
export function addressesOf(b: Builder, text: string | readonly string[] | undefined, path: Path): Prefix[] {
  const list = text === undefined ? [] : typeof text === 'string' ? [text] : text;
  return list.flatMap((a, i) => b.try(typeof text === 'string' ? path : [...path, i], () => parseInterface(a)) ?? []);
}

/** `100`, `200.100` (two C-tags), `s200.100` (S-tag outside). */
function tagsOf(b: Builder, key: string, path: Path): Interface['tags'] {
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
    k.view.setUint32(at + Port.TAGS, tagTable(b, mine.filter(i => i.tags.length > 0)), true);
    k.view.setUint16(at + Port.MIN_FRAME, config.min_frame ?? MIN_FRAME, true);
    k.view.setUint16(at + Port.MTU, Math.max(...mine.map(i => i.mtu)), true);
    k.view.setUint8(at + Port.FLAGS, config.fix_checksums ? PortFlag.FIX_CHECKSUMS : 0);
    k.view.setUint32(at + Port.LINE, b.line(['ports', name]), true);
    k.bytes.set(mine[0]!.mac, at + Port.MAC);
  });
}

/** exact64: (TPID, VID) of the outer tag over those of the inner -> interface index; 0 for no table. */
function tagTable(b: Builder, tagged: readonly Interface[]): number {
  if (tagged.length === 0) return 0;
  const table = new Exact64(b.k, tagged.length, 'tag table');
  for (const i of tagged)
    table.put(i.tags.reduce((sum, t, n) => sum | (BigInt(t.tpid) << 16n | BigInt(t.vid)) << (n === 0 ? 32n : 0n), 0n), i.index);
  return table.at;
}
