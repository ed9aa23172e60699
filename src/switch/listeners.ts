// listeners.ts -- own addresses that tunnels end at: what listens on their UDP
// ports and IP protocols.

import { HopKind } from '../../assembly/abi/hop.ts';
import { IfaceKind } from '../../assembly/abi/port.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { catalog } from '../graph/catalog.ts';
import { Exact160 } from '../kernel/tables.ts';
import { type Builder, sameBytes } from './builder.ts';
import type { Path } from './file.ts';

/** What takes packets at an own address: of a UDP port, or of an IP protocol. */
export interface Listener {
  readonly over: 'udp' | 'ip';
  /** UDP port or protocol. */
  readonly number: number;
  readonly vrf: number;
  readonly address: Uint8Array;
  /** Its record; over UDP the first octet is the edge of udp_input. */
  readonly at: number;
}

/** Edge of udp_input to a node: what a listener's record begins with. */
export const udpEdge = (node: string): number => catalog['udp_input']!.indexOf(node) + 1;

/** Add a listener; where no interface has its address, a route makes it ours, as a loopback's would be. */
export function listen(b: Builder, l: Listener, path: Path): void {
  b.listeners.push(l);
  const onInterface = b.interfaces.some(i => i.kind === IfaceKind.L3 && i.domain === l.vrf && i.addresses.some(a => sameBytes(a.address, l.address)));
  if (!onInterface) b.routes.push({ vrf: l.vrf, prefix: { address: l.address, length: l.address.length * 8 }, hop: b.hop({ kind: HopKind.LOCAL, path }), position: b.place(path) });
}

/** Place the tables of all listeners, once every feature has added its own. */
export function buildListeners(b: Builder): void {
  for (const [over, field] of [['udp', Switch.UDP_LOCAL], ['ip', Switch.IP_LOCAL]] as const) {
    const rows = b.listeners.filter(l => l.over === over);
    if (rows.length === 0) continue;
    const table = new Exact160(b.k, rows.length, `${over} listeners`);
    for (const { number, vrf, address, at } of rows) table.put(number * 0x10000 + vrf, address, at);
    b.k.view.setUint32(b.sw + field, table.at, true);
  }
}
