// replay.ts -- `weft replay`: a capture through the switches of a file.

import { existsSync, realpathSync, statSync } from 'node:fs';
import { type Command as Commander, Option } from 'commander';
import { createCapture, openCapture } from '../capture/open.ts';
import type { CaptureReader, ReadOptions } from '../capture/reader.ts';
import { type CaptureWriter, formatOf } from '../capture/writer.ts';
import { compileFilter } from '../filter/filter.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { type Rate, RatePace, type Wall } from '../replay/rate.ts';
import { portMac, type ReplayResult, replay } from '../replay/replay.ts';
import { nearest } from '../switch/nearest.ts';
import type { Network } from '../switch/network.ts';
import type { Command } from './command.ts';
import { interruption, sleep } from './interrupt.ts';
import { loadNetwork } from './load.ts';
import { Progress } from './progress.ts';
import { amount, count, memory } from './quantity.ts';
import { reportReplay } from './replay_report.ts';
import { VERSION } from './version.ts';

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

const command: Command<ReplayFlags> = {
  json: true,
  examples: [
    'weft replay -r in.pcap -c router.yaml -w out.pcapng --drops drops.pcapng',
    "weft replay -r in.pcapng -c router.yaml --json 'udp port 4789 and net 10.0.0.0/8'",
    'tcpdump -i eth0 -w - | weft replay -r - -c router.yaml -w - | wireshark -k -i -',
    'weft replay -r in.pcap -c router.yaml -w out.pcap --pps 100k --loop 3',
  ],

  define(c: Commander): void {
    c.argument('[filter...]', 'packets to take, in the language of tcpdump')
      .requiredOption('-r, --read <file>', 'capture to read: pcap or pcapng, also in gzip; - is stdin')
      .requiredOption('-c, --config <file>', 'switch file')
      .option('-w, --write <file>', 'capture of what leaves: pcapng when so named or -, which is stdout; else pcap')
      .option('--drops <file>', 'pcapng of what was dropped, each packet with node and reason as comment')
      .option('--port <name>', 'port by which packets enter whose interface is not named like a port; default: the first')
      .addOption(rate('--pps <n>', 'packets a second', 'pps'))
      .addOption(rate('--mbps <n>', 'megabits of frames a second', 'mbps'))
      .addOption(rate('-x, --multiplier <n>', "times the capture's own pace", 'multiplier'))
      .addOption(new Option('-t, --topspeed', 'as fast as it goes, times as captured (the default)').conflicts(['pps', 'mbps', 'multiplier']))
      .option('-l, --loop <n>', 'passes over the capture', count)
      .option('-L, --limit <n>', 'stop after so many packets', count)
      .addOption(new Option('--reader <name>', 'who parses the capture').choices(['weft', 'pcap-parser']).default('weft'))
      .option('--memory <size>', 'memory to reserve, up to 4GiB; default: what the switch needs', memory)
      .addHelpText('after', `
A rate sets the times of packets, from the first one's on. Where capture or output is a pipe, packets also
wait for theirs.`);
  },

  async run(words, flags, talk) {
    if (flags.write === '-' || flags.drops === '-') talk.yieldStdout();
    const stop = interruption(), run = new Run(words.join(' '), flags, stop.signal);
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
    if (stop.signal.reason === GONE) return EXIT.ok;
    return reportReplay(result, {
      read: flags.read, config: flags.config, write: flags.write, drops: flags.drops, pace: run.pace, clamped: run.reader.clamped,
      seconds: Number(process.hrtime.bigint() - started) / 1e9, interrupted: stop.signal.aborted,
    }, talk);
  },
};
export default command;

/** Why a run ends whose output nobody reads any more. */
const GONE = 'SIGPIPE';

function rate(flags: string, what: string, unit: Rate['unit']): Option {
  return new Option(flags, what).argParser(amount).conflicts(['pps', 'mbps', 'multiplier'].filter(u => u !== unit));
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
    const numbers = new Map(network.ports.map((p, i) => [p.name, i])), fallback = entry(network, flags.port), at = k.alloc(program.room, 'filter');
    k.bytes.set(program.bytes, at);
    const options: ReadOptions = {
      port: (_, name) => numbers.get(name) ?? fallback,
      mac: port => portMac(network, port),
      filter: { program: at, count: program.count },
    };
    this.reader = openCapture(k, read, options);
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

/** The port that packets enter by when their interface says nothing. */
function entry(network: Network, name: string | undefined): number {
  const { ports } = network, outside = ports.findIndex((_, i) => !network.linked(i));
  if (name === undefined) return Math.max(0, outside);
  const found = ports.findIndex(p => p.name === name), names = ports.map(p => p.name), guess = nearest(name, names);
  if (found < 0) throw new WeftError(EXIT.usage, `no port "${name}"${guess ? `, do you mean "${guess}"?` : ''}`, `there are ${names.join(', ')}`);
  return found;
}

/** Whether someone waits at the other end: a pipe, a socket, a terminal. */
const isLive = (path: string | undefined): boolean =>
  path !== undefined && (path === '-' || statSync(path, { throwIfNoEntry: false })?.isFIFO() === true);

/** What is read must not be what is written. */
function refuseSameFile({ read, write, drops }: ReplayFlags): void {
  const files = [read, write, drops].map(p => (p === undefined || p === '-' || !existsSync(p) ? p : realpathSync(p)));
  const twice = files.find((f, i) => f !== undefined && f.startsWith('/dev/') === false && files.indexOf(f) !== i && !(f === '-' && i === 1));
  if (twice !== undefined) throw new WeftError(EXIT.usage, `${twice} is named twice`, 'read from one file and write to others');
}
