// replay_run.ts -- a replay as the command line runs it: files, rates,
// progress, interrupts, and the report.

import { statSync } from 'node:fs';
import { Port } from '../../assembly/abi/port.ts';
import { createCapture } from '../capture/open.ts';
import type { CaptureReader } from '../capture/reader.ts';
import { type CaptureWriter, formatOf } from '../capture/writer.ts';
import { compileFilter } from '../filter/filter.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { RatePace, type Wall } from '../replay/rate.ts';
import { type ReplayResult, replay } from '../replay/replay.ts';
import { SwitchFile } from '../switch/file.ts';
import type { Network } from '../switch/network.ts';
import { openInput } from './input.ts';
import { interruption, sleep } from './interrupt.ts';
import { loadNetwork } from './load.ts';
import { Progress } from './progress.ts';
import { reportReplay } from './replay_report.ts';
import { refuseSameFile } from './same_file.ts';
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
  reload?: readonly Reload[];
}

/** A file to run on from a packet on, and why it was refused. */
export interface Reload { readonly packet: number; readonly file: string; refused?: string }

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
  const reloads = flags.reload?.map(reload => ({ reload, file: SwitchFile.read(reload.file) }));
  const progress = new Progress(talk, run.reader, flags), started = process.hrtime.bigint();
  let result: ReplayResult | undefined;
  try {
    result = await replay(run.network, run.reader, {
      writer: run.write, drops: run.drops, pace: run.pace, signal: stop.signal, loop: flags.loop, limit: flags.limit,
      clock: () => process.hrtime.bigint(),
      updates: reloads?.map(({ reload, file }) => ({ after: reload.packet - 1, apply: () => update(run.network, reload, file) })),
      progress: entered => {
        if (run.output?.broken || run.drops?.broken) stop.abort(GONE);
        return progress.due() ? progress.show(entered) : undefined;
      },
    });
  } finally {
    progress.clear();
    run.close(result);
  }
  if (stop.signal.reason === GONE) return { code: EXIT.ok };
  if (!talk.json && flags.port === undefined) for (const line of strayInterfaces(run)) talk.say(line);
  const code = reportReplay(result, {
    read: flags.read, config: flags.config, write: flags.write, drops: flags.drops, pace: run.pace, clamped: run.reader.clamped,
    seconds: Number(process.hrtime.bigint() - started) / 1e9, interrupted: stop.signal.aborted, reloads: flags.reload ?? [],
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
    refuseSameFile([read, flags.config], [write, drops].filter(path => path !== undefined));
    if (drops !== undefined && formatOf(drops) !== 'pcapng') throw new WeftError(EXIT.usage, `${drops}: only pcapng holds the reasons of drops`, 'name it something.pcapng');
    const network = loadNetwork(flags.config, flags.memory), { k } = network;
    this.network = network;
    this.reader = openInput(network, flags, program);
    const ports = network.ports.map(({ sw: _, ...described }, port) => ({ ...described, port }));
    if (write !== undefined)
      this.write = () => this.output = createCapture(k, write, { ports: ports.filter(p => !network.linked(p.port)), resolution: this.reader.resolution, version: VERSION });
    this.drops = drops === undefined ? undefined : createCapture(k, drops, { ports, version: VERSION });
    const live = [read, write].some(isLive), unit = (['pps', 'mbps', 'multiplier'] as const).find(u => flags[u] !== undefined);
    const wall: Wall = { now: () => process.hrtime.bigint(), sleep: ms => sleep(ms, signal) };
    this.pace = unit && new RatePace(k, { unit, value: flags[unit]! }, live ? wall : undefined);
  }

  /** @param result of a run that came to its end: files get its statistics */
  close(result: ReplayResult | undefined): void {
    const { output, drops, network } = this;
    const ports = result?.span ? network.ports.map((p, port) => ({ port, ...result.span, received: network.counter(p, Port.RX_PACKETS) })) : [];
    output?.close(ports.map(p => ({ ...p, delivered: network.counter(network.ports[p.port]!, Port.TX_PACKETS) })));
    drops?.close(ports.map(p => ({ ...p, dropped: drops.commented(p.port) })));
    this.reader.close();
  }
}

/** Run on another file, or on the one before when it cannot be. */
function update(network: Network, reload: Reload, file: SwitchFile): void {
  try {
    network.reload(file);
  } catch (e) {
    if (!(e instanceof WeftError) || e.code !== EXIT.usage) throw e;
    reload.refused = e.message;
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
