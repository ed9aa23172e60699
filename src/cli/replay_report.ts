// replay_report.ts -- what a replay did, as text or JSON, and its exit code.

import { faultText } from '../capture/fault.ts';
import { DROPS } from '../graph/drops.ts';
import { EXIT } from '../kernel/errors.ts';
import type { RatePace } from '../replay/rate.ts';
import type { ReplayResult } from '../replay/replay.ts';
import { bytesText, grouped, secondsText } from './numbers.ts';
import { table } from './table.ts';
import type { Reload } from './replay_run.ts';
import type { Talk } from './talk.ts';

/** What the report says beside the result. */
export interface Circumstances {
  read: string;
  config: string;
  write?: string | undefined;
  drops?: string | undefined;
  pace?: RatePace | undefined;
  /** Packets whose times could not be kept. */
  clamped: number;
  /** Of the whole run. */
  seconds: number;
  interrupted: boolean;
  reloads?: readonly Reload[];
}

/** A rate this much below what was asked is one that was not met. */
const UNMET = 0.98;
/** Packets below which time in the kernels is mostly time to compile them. */
const TELLING = 100_000;
/** Words of the units of rates. */
const UNITS = { pps: 'packets/s', mbps: 'Mbit/s', multiplier: "times the capture's pace" };

/** Print the report. @returns exit code */
export function reportReplay(r: ReplayResult, c: Circumstances, talk: Talk): number {
  const reloads = c.reloads ?? [], refused = reloads.filter(l => l.refused !== undefined);
  const code = r.unexplained !== 0 ? EXIT.internal : r.fault ? EXIT.input : c.interrupted ? EXIT.interrupted : refused.length > 0 ? EXIT.usage : EXIT.ok;
  const entered = Object.values(r.received).reduce((n, { packets }) => n + packets, 0), nsPerPacket = entered > 0 ? r.kernelNs / entered : 0;
  if (talk.json) {
    const { fault } = r;
    talk.document({
      code, in: r.in, out: r.out, drops: r.drops, originated: r.originated, copies: r.copies, consumed: r.consumed, held: r.held,
      filtered: r.filtered, unexplained: r.unexplained, fault: fault ? { path: fault.path, offset: fault.offset, expected: fault.expected } : null,
      seconds: c.seconds, kernelNsPerPacket: nsPerPacket, ...(reloads.length > 0 && { reloads: reloads.map(l => ({ ...l, refused: l.refused ?? null })) }),
    });
  } else if (!talk.quiet) for (const line of summary(r, c, entered, nsPerPacket, talk)) talk.out(line);
  const actual = c.pace?.actual;
  if (c.pace && actual !== undefined && actual < c.pace.rate.value * UNMET)
    talk.warn(`the rate was not met: asked ${number(c.pace.rate.value)} ${UNITS[c.pace.rate.unit]}, got ${number(actual)}`);
  if (c.clamped > 0) talk.warn(`${grouped(c.clamped)} packets are more than 106 days from the first: their times are wrong`);
  if (talk.json) return code;
  for (const l of refused) talk.error(`${l.refused}`, `packet ${grouped(l.packet)} and those behind it went by the file before`);
  if (r.unexplained !== 0) talk.error(`${grouped(r.unexplained)} packets are unexplained: more came in than went out, were dropped or are kept`, 'a fault of weft; please report it with the capture and the switch file');
  if (r.fault) talk.error(faultText(r.fault), 'all before it was processed');
  if (c.interrupted) talk.error('interrupted', 'what was written is complete as far as it goes');
  return code;
}

function summary(r: ReplayResult, c: Circumstances, entered: number, nsPerPacket: number, talk: Talk): string[] {
  const { dim, bold, red } = talk.colors, dropped = r.drops.reduce((n, d) => n + d.packets, 0);
  const packets = (n: number) => (n > 0 ? grouped(n) : '-');
  const ports = table(
    [{ title: 'port' }, { title: 'packets in', right: true }, { title: 'bytes', right: true }, { title: 'packets out', right: true }, { title: 'bytes', right: true }],
    Object.entries(r.out).map(([name, out]) => { const came = r.received[name]!; return [name, packets(came.packets), came.packets > 0 ? bytesText(came.bytes) : '-', packets(out.packets), out.packets > 0 ? bytesText(out.bytes) : '-']; }),
    (cell, _, row) => (row < 0 ? dim(cell) : cell),
  );
  const drops = r.drops.length === 0 ? [] : ['', ...table(
    [{ title: 'dropped', right: true }, { title: 'node' }, { title: 'reason' }, { title: 'first', right: true }, { title: 'because' }],
    r.drops.map(d => [grouped(d.packets), d.node, d.reason, `#${d.first}`, because(d.reason)]),
    (cell, column, row) => (row < 0 ? dim(cell) : column === 2 ? red(cell) : cell),
  )];
  const others = ([['made by the switch', r.originated], ['copies', r.copies], ['for the switch itself', r.consumed], ['held', r.held], ['filtered out', r.filtered]] as const)
    .filter(([, n]) => n > 0).map(([what, n]) => `${grouped(n)} ${what}`);
  return [
    ...ports, ...drops, '',
    `${bold(grouped(r.in.packets))} in, ${grouped(Object.values(r.out).reduce((n, o) => n + o.packets, 0))} out, ${grouped(dropped)} dropped${others.map(o => `, ${o}`).join('')}, ${r.unexplained === 0 ? '0 unexplained' : red(`${grouped(r.unexplained)} unexplained`)}`,
    `${secondsText(c.seconds)}, ${grouped(Math.round(r.in.packets / c.seconds))} packets/s${entered >= TELLING ? `, ${nsPerPacket.toFixed(0)} ns/packet in the kernels` : ''}`,
    ...rateLine(c.pace),
    ...[c.write, c.drops].filter(f => f !== undefined && f !== '-').map(f => dim(`wrote ${f}`)),
  ];
}

function rateLine(pace: RatePace | undefined): string[] {
  if (!pace) return [];
  const { rate, actual } = pace;
  return [`rate: asked ${number(rate.value)} ${UNITS[rate.unit]}, ${actual === undefined ? 'too few packets to tell' : `got ${number(actual)}`}${pace.wall ? '' : ' by the times written'}`];
}

const number = (n: number): string => (n >= 1000 ? grouped(Math.round(n)) : String(Number(n.toPrecision(4))));

const because = (reason: string): string => (DROPS as Readonly<Record<string, { sentence: string }>>)[reason]?.sentence ?? 'no reason was given: a fault of weft';
