// report.ts -- what a view of `weft show` gives: tables for people, one value
// for programs.

import type { CaptureReader } from '../capture/reader.ts';
import type { Pace } from '../replay/replay.ts';
import type { Position } from '../switch/file.ts';
import { formatPosition } from '../switch/file.ts';
import type { Network } from '../switch/network.ts';
import type { Switch } from '../switch/switch.ts';

export interface Column { readonly title: string; readonly right?: boolean }

export interface Report {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly string[])[];
  /** Lines below the table. */
  readonly notes: readonly string[];
  /** The same as data; bigints are counts. */
  readonly json: unknown;
}

/** A view of a network, there before anything runs. */
export interface Watcher {
  /** As ReplayOptions has them. */
  readonly run?: (sw: Switch) => boolean;
  readonly pace?: Pace;
  /** @param reader of the capture that has run, if one has */
  report(reader?: CaptureReader): Report;
}

export interface View {
  /** One line for the help. */
  readonly summary: string;
  /** It shows what packets did: without a capture there is nothing to show. */
  readonly needsCapture?: boolean;
  /** @param clock nanoseconds, monotonic */
  open(network: Network, clock: () => bigint): Watcher;
}

/** A row and the same as data. */
export interface Row { readonly cells: readonly string[]; readonly json: object }

/** One table over all switches, with a column for the switch where there are several. */
export function report(network: Network, columns: readonly Column[], rowsOf: (sw: Switch) => readonly Row[], notes: readonly string[] = []): Report {
  const many = network.switches.length > 1;
  const rows = network.switches.flatMap(sw => rowsOf(sw).map(({ cells, json }) => ({ cells: many ? [sw.name, ...cells] : cells, json: { switch: sw.name, ...json } })));
  return { columns: many ? [{ title: 'Switch' }, ...columns] : columns, rows: rows.map(r => r.cells), notes, json: rows.map(r => r.json) };
}

export const count = (n: number | bigint): string => n.toLocaleString('en-US');
export const where = (p: Position | undefined): string => (p ? formatPosition(p) : '');

/** Picoseconds as seconds: `1.5 s`. */
export const seconds = (ps: bigint): string => `${Number((Number(ps) / 1e12).toPrecision(4))} s`;
