// replay_run.ts -- a replay as the command line runs it: files, rates,
// progress, interrupts, and the report.

import { existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { createCapture } from '../capture/open.ts';
import type { CaptureReader } from '../capture/reader.ts';
import { type CaptureWriter, formatOf } from '../capture/writer.ts';
import { compileFilter } from '../filter/filter.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { RatePace, type Wall } from '../replay/rate.ts';
import { type ReplayResult, replay } from '../replay/replay.ts';
import type { Network } from '../switch/network.ts';
import { openInput } from './input.ts';
import { interruption, sleep } from './interrupt.ts';
import { loadNetwork } from './load.ts';
import { Progress } from './progress.ts';
import { reportReplay } from './replay_report.ts';
import type { Talk } from './talk.ts';
import { VERSION } from './version.ts';

/** As `weft replay` has them. */
export interface ReplayFlags {
  read: string;
  config: string;
  write?: string;
  drops?: string;
  port?: string;
  pps?: number;
  mbps?: number;
  multiplier?: number;
  loop?: number;
  limit?: number;
  reader?: 'weft' | 'pcap-parser';
  memory?: number;
}

/** Why a run ends whose output nobody reads any more. */
const GONE = 'SIGPIPE';

/**
 * Run, and report.
 * @param filter expression; empty takes every packet
 * @returns exit code, and the result unless the output was closed
 * @throws WeftError, FilterError
 */
export async function runReplay(filter: string, flags: ReplayFlags, talk: Talk): Promise<{ code: number; result?: ReplayResult }> {
  if (flags.write === '-' || flags.drops === '-') talk.yieldStdout();
  const stop = interruption(), run = new Run(filter, flags, stop.signal);
  const progress = new Progress(talk, run.reader, flags), started = process.hrtime.bigint();
  let result: ReplayResult;
  try {
    result = await replay(run.network, run.reader, {
      writer: run.write, drops: run.drops, pace: run.pace, signal: stop.signal, loop: flags.loop, limit: flags.limit,
      clock: () => process.hrtime.bigint(),
      progress: entered => {
        if (run.output?.broken || run.drops?.broken) stop.abort(GONE);
        return progress.due() ? progress.show(entered) : undefined;
      },
    });
  } finally {
    progress.clear();
    run.close();
  }
  if (stop.signal.reason === GONE) return { code: EXIT.ok };
  if (!talk.json && flags.port === undefined) for (const line of strayInterfaces(run)) talk.say(line);
  const code = reportReplay(result, {
    read: flags.read, config: flags.config, write: flags.write, drops: flags.drops, pace: run.pace, clamped: run.reader.clamped,
    seconds: Number(process.hrtime.bigint() - started) / 1e9, interrupted: stop.signal.aborted,
  }, talk);
  return { code, result };
}

/** All that a run has open. */
class Run {
  readonly network: Network;
  readonly reader: CaptureReader;
  readonly pace: RatePace | undefined;
  readonly drops: CaptureWriter | undefined;
  /** Creates the output once the capture's stamps are known. */
  readonly write: (() => CaptureWriter) | undefined;
  output: CaptureWriter | undefined;

  constructor(filter: string, flags: ReplayFlags, signal: AbortSignal) {
    const { read, write, drops } = flags, program = compileFilter(filter);
    refuseSameFile(flags);
    if (drops !== undefined && formatOf(drops) !== 'pcapng') throw new WeftError(EXIT.usage, `${drops}: only pcapng holds the reasons of drops`, 'name it something.pcapng');
    const network = loadNetwork(flags.config, flags.memory), { k } = network;
    this.network = network;
    this.reader = openInput(network, flags, program);
    const ports = network.ports.map((p, port) => ({ port, name: p.name }));
    if (write !== undefined)
      this.write = () => this.output = createCapture(k, write, { ports: ports.filter(p => !network.linked(p.port)), resolution: this.reader.resolution, version: VERSION });
    this.drops = drops === undefined ? undefined : createCapture(k, drops, { ports, version: VERSION });
    const live = [read, write].some(isLive), unit = (['pps', 'mbps', 'multiplier'] as const).find(u => flags[u] !== undefined);
    const wall: Wall = { now: () => process.hrtime.bigint(), sleep: ms => sleep(ms, signal) };
    this.pace = unit && new RatePace(k, { unit, value: flags[unit]! }, live ? wall : undefined);
  }

  close(): void {
    this.output?.close();
    this.drops?.close();
    this.reader.close();
  }
}

/** Interfaces that have a name, but no port's. */
function strayInterfaces({ network, reader }: Run): string[] {
  const names = network.ports.map(p => p.name);
  if (names.length === 1) return [];
  return reader.interfaces.filter(i => i.name !== '' && !names.includes(i.name)).map(i => `interface ${i.name} came in by ${names[i.port]!}: no port has its name (--port chooses)`);
}

/** Whether someone waits at the other end: a pipe, a socket, a terminal. */
const isLive = (path: string | undefined): boolean =>
  path !== undefined && (path === '-' || statSync(path, { throwIfNoEntry: false })?.isFIFO() === true);

/** No file is read and written, or written twice. */
function refuseSameFile({ read, write, drops }: ReplayFlags): void {
  const twice = sameFile(read, write) || sameFile(read, drops) ? read : sameFile(write, drops) || (write === '-' && drops === '-') ? write : undefined;
  if (twice !== undefined) throw new WeftError(EXIT.usage, `${twice} is named twice`, 'read from one file and write to others');
}

/** Whether both name one file; streams and devices may be named twice. */
function sameFile(a: string | undefined, b: string | undefined): boolean {
  const real = [a, b].map(p => (p === undefined || p === '-' ? undefined : existsSync(p) ? (statSync(p).isFile() ? realpathSync(p) : undefined) : resolve(p)));
  return real[0] !== undefined && real[0] === real[1];
}
