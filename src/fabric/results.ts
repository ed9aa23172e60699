// results.ts -- what a run shows: completions, use of links, queues, losses.

import { Flow, FlowState, Sim, SimPort } from '../../assembly/abi/sim.ts';
import type { Simulation } from './simulation.ts';

/** Seconds, bytes, shares from 0 to 1. */
export interface Result {
  readonly balance: string;
  readonly seed: number;
  /** Messages done, and of how many. */
  readonly completed: number;
  readonly messages: number;
  /** Packets lost, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Time a link was busy from the first data byte to the end of the first message that finished; of a stage, the mean over its links. */
  readonly utilisation: { readonly busiestStage: number; readonly mean: number; readonly stages: Readonly<Record<string, { readonly mean: number; readonly min: number; readonly max: number }>> };
  /** From a message's start to its last acknowledgement. */
  readonly completion: Spread;
  /** Payload delivered a second of virtual time, bit/s, all hosts together. */
  readonly goodput: number;
  /** Of data packets, from the card that sent to the one that got them, within 6 %. */
  readonly packetLatency: { readonly p50: number; readonly p99: number };
  /** Bytes at a port as packets came to its queues, within 6 %; most ever. */
  readonly queue: { readonly p99: number; readonly max: number };
  readonly pfc: { readonly frames: number; readonly seconds: number };
  readonly ecnMarks: number;
  readonly resent: number;
  /** RFC 4737: packets that came behind a later one, of those sent; by how many places at most. */
  readonly reordered: { readonly packets: number; readonly share: number; readonly extent: number };
  /** Jain's index over the rates of messages that are done. */
  readonly fairness: number;
  /** Virtual time, seconds. */
  readonly seconds: number;
  readonly events: number;
  readonly packetHops: number;
}
export interface Spread { readonly mean: number; readonly p50: number; readonly p99: number; readonly max: number }

const SECOND = 1e12;

export function measure(sim: Simulation): Result {
  const { model } = sim, done = finished(sim), times = done.map(f => f.seconds).sort((a, b) => a - b);
  const reordered = sim.count(Sim.REORDERED), packets = model.messages.reduce((n, m) => n + Math.ceil(m.bytes / model.transport.mtu), 0), seconds = sim.now / SECOND;
  return {
    balance: model.balance, seed: model.seed, completed: done.length, messages: model.messages.length, dropped: sim.drops(),
    utilisation: utilisation(sim), completion: spread(times), goodput: seconds === 0 ? 0 : sim.count(Sim.DELIVERED) * 8 / seconds,
    packetLatency: { p50: sim.percentile(Sim.LATENCY, 0.5) / SECOND, p99: sim.percentile(Sim.LATENCY, 0.99) / SECOND },
    queue: { p99: sim.percentile(Sim.DEPTH, 0.99), max: deepest(sim) },
    pfc: { frames: sim.count(Sim.PAUSES), seconds: paused(sim) }, ecnMarks: sim.count(Sim.MARKS), resent: sim.count(Sim.RESENT),
    reordered: { packets: reordered, share: packets === 0 ? 0 : reordered / packets, extent: ranged(model.messages.length, n => sim.k.view.getUint32(sim.flowRecord(n) + Flow.EXTENT, true)).reduce((most, n) => Math.max(most, n), 0) },
    fairness: jain(done.filter(f => f.seconds > 0).map(f => f.bytes / f.seconds)), seconds, events: sim.count(Sim.EVENTS), packetHops: sim.count(Sim.HOPS),
  };
}

const ranged = <T>(n: number, make: (i: number) => T): T[] => Array.from({ length: n }, (_, i) => make(i));

/** Messages that are done, and how long each took. */
function finished(sim: Simulation): { bytes: number; seconds: number }[] {
  const { view } = sim.k, time = (at: number) => Number(view.getBigInt64(at, true));
  return sim.model.messages.flatMap(({ bytes }, n) => {
    const f = sim.flowRecord(n);
    return view.getUint8(f + Flow.STATE) === FlowState.DONE ? [{ bytes, seconds: (time(f + Flow.END) - time(f + Flow.START)) / SECOND }] : [];
  });
}

/** Nearest rank. @param sorted ascending */
export function spread(sorted: readonly number[]): Spread {
  const at = (share: number) => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { mean: sorted.length === 0 ? 0 : sorted.reduce((a, b) => a + b, 0) / sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}

/** (sum x)^2 / (n sum x^2): 1 when all are equal, 1/n when one has it all (Jain 1984). */
export function jain(rates: readonly number[]): number {
  const sum = rates.reduce((a, b) => a + b, 0), squares = rates.reduce((a, b) => a + b * b, 0);
  return squares === 0 ? 1 : sum * sum / (rates.length * squares);
}

/** Stages are kinds of links with a direction: `leaf > spine`. */
function utilisation(sim: Simulation): Result['utilisation'] {
  const { topology: t } = sim.model, { view } = sim.k, time = (field: number) => Number(view.getBigInt64(sim.at + field, true));
  const start = time(Sim.FIRST_START), first = time(Sim.FIRST_END), window = (first || sim.now) - start, field = first ? SimPort.BUSY_FIRST : SimPort.BUSY, stages = new Map<string, number[]>();
  for (const { ends } of t.links)
    ends.forEach((end, side) => {
      const stage = `${t.devices[end.device]!.tier} > ${t.devices[ends[1 - side]!.device]!.tier}`, busy = Number(view.getBigUint64(sim.portRecord(sim.port(end.device, end.port)) + field, true));
      const list = stages.get(stage);
      const share = window > 0 && start >= 0 ? Math.min(1, busy / window) : 0;
      if (list) list.push(share);
      else stages.set(stage, [share]);
    });
  const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length, all = [...stages.values()].flat();
  const rows = [...stages].map(([name, list]) => [name, { mean: mean(list), min: list.reduce((a, b) => Math.min(a, b)), max: list.reduce((a, b) => Math.max(a, b)) }] as const);
  return { busiestStage: Math.max(0, ...rows.map(([, r]) => r.mean)), mean: all.length === 0 ? 0 : mean(all), stages: Object.fromEntries(rows) };
}

function ports(sim: Simulation): number[] {
  return ranged(sim.k.view.getUint32(sim.at + Sim.PORT_COUNT, true), n => sim.portRecord(n));
}

const deepest = (sim: Simulation): number => ports(sim).reduce((most, p) => Math.max(most, sim.k.view.getUint32(p + SimPort.DEEPEST, true)), 0);

/** Seconds that ports stood still, all together. */
function paused(sim: Simulation): number {
  const { view } = sim.k;
  return ports(sim).reduce((sum, p) => sum + Number(view.getBigInt64(p + SimPort.PAUSED, true)) + (view.getUint16(p + SimPort.STOPPED, true) ? sim.now - Number(view.getBigInt64(p + SimPort.SINCE, true)) : 0), 0) / SECOND;
}
