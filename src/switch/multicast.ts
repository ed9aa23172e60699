// multicast.ts -- routes to groups: a VRF that has any looks up packets to
// groups, and drops those that no route takes.

import { Drop } from '../../assembly/abi/drop.ts';
import { HopKind } from '../../assembly/abi/hop.ts';
import { Iface, IfaceFlag, IfaceKind } from '../../assembly/abi/port.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { parsePrefix, type Prefix } from '../wire/address.ts';
import type { Builder, Interface } from './builder.ts';
import type { Path } from './file.ts';

/** All groups of a family. */
const GROUPS = ['224.0.0.0/4', 'ff00::/8'].map(parsePrefix);

/** Whether a prefix holds groups only. */
export function isGroupPrefix({ address, length }: Prefix): boolean {
  return address.length === 4 ? length >= 4 && address[0]! >> 4 === 14 : length >= 8 && address[0] === 0xff;
}

/** The hop that sends packets of one group out of an interface, to the MAC that stands for the group (RFC 1112 section 6.4, RFC 2464 section 7). */
export function groupMacHop(b: Builder, iface: Interface, { address, length }: Prefix, path: Path): number | undefined {
  if (length < address.length * 8) {
    b.fault([...path, 'to'], `is a range of groups: a route out of a port is to one, as in /${address.length * 8}`);
    return undefined;
  }
  const six = address.length === 16;
  const mac = six ? Uint8Array.of(0x33, 0x33, ...address.subarray(12)) : Uint8Array.of(0x01, 0x00, 0x5e, address[1]! & 0x7f, address[2]!, address[3]!);
  return b.neighborHop(iface, mac, six ? ETHERTYPE.IPV6 : ETHERTYPE.IPV4, path);
}

/** In VRFs with routes to groups: interfaces take packets to groups, and a route of last resort keeps them from default routes. */
export function buildMulticast(b: Builder): void {
  const vrfs = new Set(b.routes.filter(r => isGroupPrefix(r.prefix)).map(r => r.vrf));
  for (const vrf of vrfs) {
    const hop = b.hop({ kind: HopKind.DROP, reason: Drop.MULTICAST, path: ['routes'] });
    for (const prefix of GROUPS)
      if (!b.routes.some(r => r.vrf === vrf && isGroupPrefix(r.prefix) && r.prefix.length === prefix.length && r.prefix.address.length === prefix.address.length))
        b.routes.push({ vrf, prefix, hop, position: () => b.file.position([...b.root, 'routes']) });
  }
  b.generation.later(() => {
    for (const { kind, domain, at } of b.interfaces) {
      const flags = b.k.view.getUint16(at + Iface.FLAGS, true) & ~IfaceFlag.MULTICAST;
      b.k.view.setUint16(at + Iface.FLAGS, flags | (kind !== IfaceKind.BRIDGE && vrfs.has(domain) ? IfaceFlag.MULTICAST : 0), true);
    }
  });
}
