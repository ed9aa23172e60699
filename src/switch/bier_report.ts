// bier_report.ts -- BIER tables for people.

import { BierNeighbor, Bift } from '../../assembly/abi/bier.ts';
import { Hop } from '../../assembly/abi/hop.ts';
import { bitString, type BuiltBift, type BuiltNeighbor } from './bier.ts';
import type { Position } from './file.ts';
import type { Switch } from './switch.ts';

/** A neighbour in one table, or this router itself. */
export interface BierRow {
  readonly subDomain: number;
  readonly si: number;
  readonly bsl: number;
  /** What packets for the table bear: without MPLS, and with; null for neither. */
  readonly biftId: number | null;
  readonly label: number | null;
  /** Of those that equal-cost neighbours make; from 0. */
  readonly table: number;
  /** Neighbour, "" for this router itself; the interface it is on. */
  readonly via: string;
  readonly interface: string;
  /** Routers behind it, as in 3-5, and their bits in hex. */
  readonly bfrs: string;
  readonly fBm: string;
  /** Sent there, from the BIER header on. */
  readonly packets: bigint;
  readonly bytes: bigint;
  /** Set bits of the whole BIFT that led nowhere. */
  readonly unknown: bigint;
  readonly position: Position | undefined;
}

/** Every neighbour of every table, in the order of the file. */
export function showBier(sw: Switch): BierRow[] {
  const { built } = sw, { view } = built.k;
  return built.bier.bifts.flatMap(f => f.tables.flatMap((neighbors, table) => neighbors.map(n => ({
    subDomain: f.subDomain, si: f.si, bsl: f.bsl, biftId: f.biftId ?? null, label: f.label ?? null, table,
    via: n.via, interface: n.hop === 0 ? '' : sw.interfaceName(sw.interfaceIndex(view.getUint32(n.hop + Hop.IFACE, true))),
    bfrs: idsText(n.ids), fBm: Buffer.from(bitString(n.ids, f.bsl)).toString('hex'),
    packets: view.getBigUint64(n.at + BierNeighbor.PACKETS, true), bytes: view.getBigUint64(n.at + BierNeighbor.BYTES, true),
    unknown: view.getBigUint64(f.at + Bift.UNKNOWN, true), position: built.position(view.getUint32(n.at + BierNeighbor.LINE, true)),
  }))));
}

/** The table at the address of a Bift, or that has the BierNeighbor at it. */
export function findBift(sw: Switch, at: number): { bift: BuiltBift; neighbor: BuiltNeighbor | undefined } | undefined {
  for (const bift of sw.built.bier.bifts) {
    const neighbor = bift.tables.flat().find(n => n.at === at);
    if (neighbor || bift.at === at) return { bift, neighbor };
  }
  return undefined;
}

/** `3-5, 9`. */
export function idsText(ids: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const id of [...ids].sort((a, b) => a - b)) {
    const last = runs.at(-1);
    if (last && id === last[1] + 1) last[1] = id;
    else runs.push([id, id]);
  }
  return runs.map(([first, last]) => (first === last ? first : `${first}-${last}`)).join(', ');
}
