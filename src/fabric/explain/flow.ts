// flow.ts -- what became of a message, or of one of its packets: the run again,
// with all ports TRACED for it.

import { Flow, FlowState } from '../../../assembly/abi/sim.ts';
import type { Kernels } from '../../kernel/kernels.ts';
import { listPorts } from '../ports.ts';
import { type RunOptions, runScenario } from '../run.ts';
import type { Scenario } from '../scenario.ts';
import type { BalanceName, Simulation } from '../simulation.ts';
import { Trace } from '../trace.ts';
import { type Journey, JOURNEY_KINDS, Journeys } from './journeys.ts';

/** Journeys of each kind that are told in full. */
const EXAMPLES = 3;

/** A packet that came behind later ones (RFC 4737). */
export interface Reordered {
  readonly psn: number;
  /** By how many places it is late; packets that overtook it. */
  readonly extent: number;
  readonly overtakenBy: number;
  readonly journey: Journey;
  /** The first one that overtook it. */
  readonly overtaker: Journey;
}

export interface FlowStory {
  /** From 1, in the order of the workload, as in flows.csv. */
  readonly flow: number;
  readonly from: string;
  readonly to: string;
  readonly bytes: number;
  readonly packets: number;
  /** Picoseconds; null: it never did. */
  readonly start: number;
  readonly end: number | null;
  /** Data packets as they went out: of those sent again, lost, marked, delivered out of order. */
  readonly sent: number;
  readonly resent: number;
  readonly dropped: number;
  readonly marked: number;
  readonly reordered: number;
  /** Picoseconds that packets waited in switches, and stood for PFC, all together. */
  readonly waited: number;
  readonly paused: number;
  /** By port that packets left by: how many, where they waited, and longest. */
  readonly ports: readonly { readonly port: string; readonly packets: number; readonly waited: number; readonly longest: number; readonly paused: number }[];
  /** Picoseconds that its priority was stopped at its own cards' ports. */
  readonly cards: readonly { readonly port: string; readonly paused: number; readonly times: number }[];
  /** Packets worth a look: `--packet N/PSN` tells more. */
  readonly examples: { readonly dropped: readonly Journey[]; readonly reordered: readonly Reordered[]; readonly slowest: readonly Journey[] };
  /** All journeys of the packet that was asked for. */
  readonly packet?: { readonly psn: number; readonly journeys: readonly Journey[]; readonly reordered?: Reordered };
}

/** @param flow from 0 @param psn packet of it to tell in full, from 0 */
export async function explainFlow(k: Kernels, scenario: Scenario, balance: BalanceName, seed: number, flow: number, psn: number | undefined, options: RunOptions): Promise<FlowStory> {
  const story = new Story(flow, psn);
  const { sim } = await runScenario(k, scenario, balance, seed, { ...options, watch: sim => story.watch(sim) });
  return story.tell(sim);
}

const longest = (j: Journey): number => (j.end?.at ?? 0) - j.sent;

class Story {
  #journeys: Journeys | undefined;
  readonly #ports = new Map<string, { packets: number; waited: number; longest: number; paused: number }>();
  readonly #dropped: Journey[] = [];
  readonly #reordered: Reordered[] = [];
  #slowest: Journey[] = [];
  readonly #packet: Journey[] = [];
  #packetReordered: Reordered | undefined;
  /** Packets that came so far, in the order they did. */
  readonly #came: Journey[] = [];
  #highest = -1;
  #counts = { sent: 0, resent: 0, dropped: 0, marked: 0, reordered: 0, waited: 0, paused: 0 };

  constructor(readonly flow: number, readonly psn: number | undefined) {}

  watch(sim: Simulation): undefined {
    const ports = listPorts(sim.model.topology), journeys = this.#journeys = new Journeys(sim, ports, j => { this.#ended(j); });
    new Trace(sim, { ports: ports.map(p => p.n), kinds: JOURNEY_KINDS, flow: this.flow, each: r => { journeys.record(r); } });
  }

  #ended(j: Journey): void {
    if (j.flow !== this.flow) return;
    this.#count(j);
    if (j.psn === this.psn) this.#packet.push(j);
    if (j.end!.how === 'dropped') {
      this.#counts.dropped++;
      if (this.#dropped.length < EXAMPLES) this.#dropped.push(j);
      return;
    }
    if (j.psn <= this.#highest) this.#late(j);
    this.#highest = Math.max(this.#highest, j.psn);
    this.#came.push(j);
    this.#slowest = [...this.#slowest, j].sort((a, b) => longest(b) - longest(a) || a.sent - b.sent).slice(0, EXAMPLES);
  }

  #late(j: Journey): void {
    this.#counts.reordered++;
    const wanted = j.psn === this.psn && this.#packetReordered === undefined;
    if (this.#reordered.length >= EXAMPLES && !wanted) return;
    const ahead = this.#came.filter(x => x.psn > j.psn), [overtaker] = ahead;
    if (!overtaker) return; // the last packet, twice
    const item = { psn: j.psn, extent: this.#highest - j.psn, overtakenBy: ahead.length, journey: j, overtaker };
    if (this.#reordered.length < EXAMPLES) this.#reordered.push(item);
    if (wanted) this.#packetReordered = item;
  }

  #count(j: Journey): void {
    const c = this.#counts;
    c.sent++;
    if (j.again) c.resent++;
    if (j.marked) c.marked++;
    for (const { out, waited = 0, paused = 0 } of j.hops) {
      if (out === undefined) continue;
      const p = this.#ports.get(out) ?? { packets: 0, waited: 0, longest: 0, paused: 0 };
      this.#ports.set(out, { packets: p.packets + 1, waited: p.waited + waited, longest: Math.max(p.longest, waited), paused: p.paused + paused });
      c.waited += waited;
      c.paused += paused;
    }
  }

  tell(sim: Simulation): FlowStory {
    const { topology: t, messages, transport } = sim.model, m = messages[this.flow]!, { view } = sim.k, f = sim.flowRecord(this.flow), journeys = this.#journeys!;
    for (const j of journeys.unfinished.filter(x => x.flow === this.flow)) {
      this.#count(j);
      if (j.psn === this.psn) this.#packet.push(j);
    }
    const cards = listPorts(t).filter(p => p.device === m.src);
    return {
      flow: this.flow + 1, from: t.devices[m.src]!.name, to: t.devices[m.dst]!.name, bytes: m.bytes, packets: view.getUint32(f + Flow.PACKETS, true),
      start: Number(view.getBigInt64(f + Flow.START, true)), end: view.getUint8(f + Flow.STATE) === FlowState.DONE ? Number(view.getBigInt64(f + Flow.END, true)) : null,
      ...this.#counts, ports: [...this.#ports].map(([port, p]) => ({ port, ...p })),
      cards: cards.map(p => ({ port: p.name, paused: journeys.pauses.total(p.n, transport.priority, sim.now), times: journeys.pauses.count(p.n) })),
      examples: { dropped: this.#dropped, reordered: this.#reordered, slowest: this.#slowest },
      ...(this.psn !== undefined && { packet: { psn: this.psn, journeys: this.#packet, ...(this.#packetReordered && { reordered: this.#packetReordered }) } }),
    };
  }
}
