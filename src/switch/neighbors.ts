// neighbors.ts -- static neighbours: who answers to an address on an interface.

import { Hop, IfaceKind } from '../../assembly/abi.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { parseIp, parseMac } from '../wire/address.ts';
import { type Builder, neighborKey } from './builder.ts';

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
  for (const [key, { iface, mac, path }] of b.neighbors) {
    const address = Uint8Array.from(Buffer.from(key.split(' ')[1]!, 'hex'));
    if (address.length === 16 && address[0] === 0xfe && (address[1]! & 0xc0) === 0x80) continue;
    const hop = b.neighborHop(iface, mac, address.length === 4 ? ETHERTYPE.IPV4 : ETHERTYPE.IPV6, path);
    b.routes.push({ vrf: iface.domain, prefix: { address, length: address.length * 8 }, hop, position: () => b.position(b.k.view.getUint32(hop + Hop.LINE, true))! });
  }
}

