// fdb.ts -- what the bridges of a switch know: the rows of `show fdb`.

import { Bridge } from '../../assembly/abi/port.ts';
import { Switch as Sw } from '../../assembly/abi/switch.ts';
import { Fdb } from '../kernel/fdb.ts';
import { formatMac } from '../wire/address.ts';
import type { Switch } from './switch.ts';

/** One MAC. */
export interface FdbRow {
  readonly bridge: string;
  readonly mac: string;
  /** Interface it is behind: a port, port.vlan, a tunnel, or the bridge's own. */
  readonly interface: string;
  /** Written in the file; never ages and never moves. */
  readonly static: boolean;
  /** Picoseconds of packet time since it was last heard; 0 for static entries and where nothing ages. */
  readonly age: bigint;
}

export interface FdbReport {
  /** By bridge, then MAC. Entries that have aged are left out. */
  readonly rows: readonly FdbRow[];
  /** Learnt MACs that were then heard elsewhere. */
  readonly moved: bigint;
  /** Times that a MAC was not learnt because the table was full. */
  readonly full: bigint;
}

/** Read the forwarding table; a switch without bridges has an empty one. */
export function showFdb(sw: Switch): FdbReport {
  const { view } = sw.built.k, at = view.getUint32(sw.at + Sw.FDB, true);
  if (at === 0) return { rows: [], moved: 0n, full: 0n };
  const fdb = Fdb.open(sw.built.k, at), names = [...sw.built.bridges.keys()], bridges = view.getUint32(sw.at + Sw.BRIDGES, true);
  const rows = fdb.entries().flatMap(({ domain, mac, value, expires }) => {
    const bridge = bridges + domain * Bridge.SIZEOF, now = view.getBigInt64(bridge + Bridge.NOW, true);
    if (expires <= now) return [];
    const ages = expires < Fdb.NEVER;
    return [{
      bridge: names[domain]!, mac: formatMac(mac), interface: sw.interfaceName(sw.interfaceIndex(value)), static: expires === Fdb.STATIC,
      age: ages ? now - (expires - view.getBigInt64(bridge + Bridge.AGE, true)) : 0n,
    }];
  });
  const key = (r: FdbRow) => `${String(names.indexOf(r.bridge)).padStart(6, '0')} ${r.mac}`;
  return { rows: rows.sort((a, b) => key(a) < key(b) ? -1 : 1), moved: fdb.moved, full: fdb.full };
}
