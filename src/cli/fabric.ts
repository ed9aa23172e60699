// fabric.ts -- `weft fabric`: a fabric and its workload in virtual time.

import { writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { InvalidArgumentError } from 'commander';
import { Sim } from '../../assembly/abi/sim.ts';
import { identityOf, readCheckpoint, writeCheckpoint } from '../fabric/checkpoint.ts';
import { dotTopology, listTopology, mermaidTopology } from '../fabric/draw.ts';
import { describeTopology, factLines } from '../fabric/facts.ts';
import { flowsCsv } from '../fabric/flows_csv.ts';
import { formatSeconds, formatShare } from '../fabric/format.ts';
import { headroomByTier } from '../fabric/headroom.ts';
import type { Result } from '../fabric/results.ts';
import { runScenario } from '../fabric/run.ts';
import { Scenario } from '../fabric/scenario.ts';
import { type BalanceName, DATA_HEADERS } from '../fabric/simulation.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import { loadKernels } from '../kernel/load.ts';
import { parseTime, QuantityError } from '../switch/quantity.ts';
import type { Command } from './command.ts';
import { diffFabrics } from './fabric_diff.ts';
import { type ExplainFlags, explainFabric, flowName, packetName } from './fabric_explain.ts';
import { type OutFlags, RunOutput } from './fabric_out.ts';
import { setting, shard, sweepFabric, type SweepFlags, workers } from './fabric_sweep.ts';
import { interruption } from './interrupt.ts';
import { bytesText, grouped, memory, secondsText } from './numbers.ts';
import { table } from './table.ts';
import type { Talk } from './talk.ts';
import { VERSION } from './version.ts';

interface Flags extends OutFlags, ExplainFlags, SweepFlags { checkpoint?: string; balance?: readonly BalanceName[]; seed?: readonly number[]; until?: number; memory?: number; mermaid?: boolean; dot?: boolean; graph?: boolean; flows?: string }

const BALANCES: readonly BalanceName[] = ['ecmp', 'random', 'round-robin', 'shortest', 'fare'];
const DOES = { run: 'run the workload, and compare', topo: 'show the fabric, without a run', explain: 'run it again, and tell what became of a message, a packet or a link', sweep: 'run it with many settings, balances and seeds', diff: 'compare two run folders or results' } as const;
type Verb = keyof typeof DOES;
/** Options that not every verb knows. */
const GOES_WITH: Partial<Record<keyof Flags, readonly Verb[]>> = {
  mermaid: ['topo'], dot: ['topo'], graph: ['topo'], flows: ['run'], balance: ['run', 'explain', 'sweep'], seed: ['run', 'explain', 'sweep'], until: ['run', 'explain', 'sweep'], out: ['run', 'sweep'], capture: ['run'], checkpoint: ['run'],
  flow: ['explain'], packet: ['explain'], link: ['explain'], set: ['sweep'], workers: ['sweep'], shard: ['sweep'],
};
/** Pool of packets that a run in descriptors has no use for. */
const SMALL = { small: 64, jumbo: 16, huge: 4 };
const MEMORY = 4 * 2 ** 30;
/** Milliseconds between two looks at signals and the terminal. */
const INTERVAL = 100;

const command: Command<Flags> = {
  json: true,
  examples: ['weft fabric run fabric.yaml --balance ecmp,fare', 'weft fabric run fabric.yaml --seed 1..10 --json', "weft fabric run fabric.yaml --out run1 --capture 'leaf1:*'", 'weft fabric explain fabric.yaml --balance ecmp --packet 3/17', 'weft fabric sweep fabric.yaml --set transport.window=64,256 --seed 1..10 --out grid', 'weft fabric diff run1 run2', 'weft fabric topo fabric.yaml'],

  define(c) {
    c.addArgument(c.createArgument('<do>', 'what to do').choices(Object.keys(DOES)))
      .argument('<file>', 'fabric file; of diff a run folder or result.json')
      .argument('[other]', 'of diff the one to compare it with')
      .option('--balance <names>', `ways to choose among equal paths: ${BALANCES.join(', ')}; default: the file's`, balances)
      .option('--seed <n>', 'seed, or the first and last of several, as in 1..10', seeds)
      .option('--until <time>', 'virtual time at which to end, as in 200us', until)
      .option('--out <folder>', 'with run: put inputs, results, time series, flows and a report page there; with sweep: its points')
      .option('--capture <ports>', 'with --out: capture at ports, as in leaf1:e3,spine*; pcapng', (text: string) => text.split(','))
      .option('--checkpoint <file>', 'with run: go on from this file if it is there, and write it when the run is not over')
      .option('--flow <n>', 'with explain: a message, by its number from 1', flowName)
      .option('--packet <n/psn>', 'with explain: a packet of a message, as in 3/17', packetName)
      .option('--link <ports>', 'with explain: a port, or some, as in leaf1:e3')
      .option('--set <key=values>', 'with sweep: values of a key of the file, as in transport.window=64,256; may come again', setting)
      .option('--workers <n>', 'with sweep: threads; default: one a core', workers)
      .option('--shard <i/n>', 'with sweep: only part i of n', shard)
      .option('--mermaid', 'with topo: print a Mermaid flowchart')
      .option('--dot', 'with topo: print a Graphviz graph')
      .option('--graph', 'with topo --json: every device and link too')
      .option('--flows <file>', 'with run: when each message was done, as CSV')
      .option('--memory <size>', 'memory to reserve, up to 4GiB (the default)', memory)
      .addHelpText('after', `\nWhat there is to do:\n${Object.entries(DOES).map(([name, what]) => `  ${name.padEnd(8)} ${what}`).join('\n')}`);
  },

  async run([what, file, other], flags, talk) {
    if ((what === 'diff') !== (other !== undefined)) throw new WeftError(EXIT.usage, what === 'diff' ? 'fabric diff compares two runs' : `no argument "${other}" is known`, 'weft fabric --help');
    for (const [option, verbs] of Object.entries(GOES_WITH))
      if (flags[option as keyof Flags] !== undefined && !verbs.includes(what as Verb)) throw new WeftError(EXIT.usage, `--${option} goes with fabric ${verbs.join(' and ')}`, 'weft fabric --help');
    if (what === 'diff') return diffFabrics(file!, other!, talk);
    const scenario = Scenario.read(file!);
    if (what === 'topo') return topo(scenario, flags, talk);
    if (what === 'sweep') return sweepFabric(scenario, flags.balance ?? [scenario.config.balance ?? 'fare'], flags.seed ?? [scenario.config.seed ?? 1], { ...flags, memory: flags.memory ?? MEMORY }, interruption().signal, talk);
    return what === 'explain' ? explain(scenario, flags, talk) : runAll(scenario, flags, talk);
  },
};
export default command;

function balances(text: string): readonly BalanceName[] {
  const names = text.split(','), unknown = names.find(n => !(BALANCES as readonly string[]).includes(n));
  if (unknown !== undefined) throw new InvalidArgumentError(`No "${unknown}": expected some of ${BALANCES.join(', ')}.`);
  return names as BalanceName[];
}

function seeds(text: string): readonly number[] {
  const [, first, last = first] = /^(\d{1,10})(?:\.\.(\d{1,10}))?$/.exec(text) ?? [], count = Number(last) - Number(first) + 1;
  if (first === undefined || count < 1 || Number(last) >= 2 ** 32) throw new InvalidArgumentError('Expected a seed, or two in order, as in 7 or 1..10.');
  return Array.from({ length: count }, (_, i) => Number(first) + i);
}

function until(text: string): number {
  try {
    return Number(parseTime(text));
  } catch (e) {
    if (e instanceof QuantityError) throw new InvalidArgumentError(e.message);
    throw e;
  }
}

function topo(scenario: Scenario, flags: Flags, talk: Talk): number {
  const { topology, switches, transport } = scenario, picture = flags.mermaid ? mermaidTopology : flags.dot ? dotTopology : undefined;
  if (flags.graph && !talk.json) throw new WeftError(EXIT.usage, '--graph goes with --json');
  if (picture) for (const line of picture(topology)) talk.out(line);
  else {
    const facts = describeTopology(topology), headroom = headroomByTier(topology, switches, transport.mtu + DATA_HEADERS);
    if (talk.json) talk.document({ code: EXIT.ok, ...facts, headroom, ...(flags.graph && listTopology(topology)) });
    else
      for (const [name, value] of [...factLines(facts), ...headroom.map(h => ['PFC headroom', `${h.switch}: ${bytesText(h.needed)} of ${bytesText(h.buffer)}, ${h.fits ? `and ${h.portsAtXoff} of ${h.ports} ports can be at xoff` : talk.colors.red('more than there is: packets will be lost')}`])])
        talk.out(`${talk.colors.dim(name!.padEnd(20))}${value}`);
  }
  return EXIT.ok;
}

function explain(scenario: Scenario, flags: Flags, talk: Talk): Promise<number> {
  const { balance = [scenario.config.balance ?? 'fare'], seed = [scenario.config.seed ?? 1] } = flags;
  if (balance.length > 1 || seed.length > 1) throw new WeftError(EXIT.usage, 'fabric explain is about one run: one --balance, one --seed');
  const k = loadKernels({ ...SMALL, memory: flags.memory ?? MEMORY });
  return explainFabric(k, scenario, balance[0]!, seed[0]!, flags, { until: flags.until, signal: interruption().signal, progress: () => setImmediate() }, talk);
}

async function runAll(scenario: Scenario, flags: Flags, talk: Talk): Promise<number> {
  const { config } = scenario, stop = interruption(), results: Result[] = [], walls: number[] = [], output = RunOutput.open(scenario, flags);
  const points = (flags.balance ?? [config.balance ?? 'fare']).flatMap(balance => (flags.seed ?? [config.seed ?? 1]).map(seed => ({ balance, seed })));
  if (flags.flows && points.length > 1) throw new WeftError(EXIT.usage, `--flows is of one run, here are ${points.length}`);
  if (flags.checkpoint !== undefined && (points.length > 1 || output)) throw new WeftError(EXIT.usage, output ? '--checkpoint does not go with --out: the time before is not in the file' : `a checkpoint is of one run, here are ${points.length}`);
  for (const { balance, seed } of points) {
    const started = performance.now(), k = loadKernels({ ...SMALL, memory: flags.memory ?? MEMORY });
    let next = started + INTERVAL;
    const identity = identityOf(scenario.digest, balance, seed, VERSION), from = flags.checkpoint === undefined ? undefined : readCheckpoint(flags.checkpoint, identity);
    const { sim, result, done } = await runScenario(k, scenario, balance, seed, {
      until: flags.until, signal: stop.signal, from, watch: sim => output?.watch(sim),
      async progress(sim) {
        if (performance.now() < next) return;
        next = performance.now() + INTERVAL;
        const open = k.view.getUint32(sim.at + Sim.OPEN, true), all = sim.model.messages.length;
        talk.progress(`${balance}, seed ${seed}: ${formatSeconds(sim.now / 1e12)} of virtual time, ${grouped(all - open)} of ${grouped(all)} messages, ${secondsText((performance.now() - started) / 1000)}`);
        await setImmediate();
      },
    });
    talk.progress('');
    if (flags.flows) writeFileSync(flags.flows, `${[...flowsCsv(sim)].join('\n')}\n`);
    if (flags.checkpoint !== undefined && result.completed < result.messages) writeCheckpoint(flags.checkpoint, k, identity, done);
    const captured = output?.ended(sim, result);
    if (captured) talk.say(`${balance}, seed ${seed}: ${grouped(captured.reduce((n, c) => n + c.sent + c.received, 0))} frames captured at ${grouped(captured.length)} ports`);
    results.push(result);
    walls.push((performance.now() - started) / 1000);
    if (stop.signal.aborted) break;
  }
  const unfinished = results.some(r => r.completed < r.messages), code = stop.signal.aborted ? EXIT.interrupted : unfinished && flags.until === undefined && scenario.until === undefined ? EXIT.failed : EXIT.ok;
  const document = { code, name: config.name ?? null, runs: results, meta: { weft: VERSION, node: process.version, wallSeconds: walls } };
  output?.finish(document);
  if (talk.json) talk.document(document);
  else if (!talk.quiet) print(scenario, results, walls, talk);
  if (stop.signal.aborted) talk.error('interrupted', 'what was measured until then is shown');
  else if (code === EXIT.failed) talk.error('some messages never ended', 'links that stay down, or packets that are lost each time; see what was dropped');
  return code;
}

function print(scenario: Scenario, results: readonly Result[], walls: readonly number[], talk: Talk): void {
  const { dim, bold } = talk.colors, { topology: t } = scenario, right = (title: string) => ({ title, right: true });
  talk.out(`${bold(scenario.config.name ?? 'fabric')}: ${t.kind}, ${grouped(t.hosts)} hosts, ${grouped(t.devices.length - t.hosts)} switches, ${grouped(t.links.length)} links\n`);
  const columns = [{ title: 'balance' }, ...['seed', 'done', 'completion', 'p99', 'busiest stage', 'goodput', 'latency p99', 'queue max', 'PFC', 'dropped', 'reordered'].map(right)];
  const rows = results.map(r => [
    r.balance, String(r.seed), r.completed === r.messages ? 'all' : `${grouped(r.completed)}/${grouped(r.messages)}`, formatSeconds(r.completion.max), formatSeconds(r.completion.p99), formatShare(r.utilisation.busiestStage),
    `${(r.goodput / 1e12).toFixed(2)}T`, formatSeconds(r.packetLatency.p99), bytesText(r.queue.max), grouped(r.pfc.frames), grouped(Object.values(r.dropped).reduce((a, b) => a + b, 0)), formatShare(r.reordered.share),
  ]);
  for (const line of table(columns, rows, (cell, _, row) => (row < 0 ? dim(cell) : cell))) talk.out(line.trimEnd());
  const hops = results.reduce((n, r) => n + r.packetHops, 0), wall = walls.reduce((a, b) => a + b, 0);
  talk.out(`\n${grouped(hops)} packet hops in ${secondsText(wall)}, ${(hops / wall / 1e6).toFixed(1)} million a second`);
}
