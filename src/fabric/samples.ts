// samples.ts -- how a run went along: what its stages, queues and cards did in
// each interval of virtual time.
//
// Nobody knows how long a run will take, so the interval begins at a
// microsecond and doubles, two samples becoming one, whenever there are
// SAMPLES_MAX of them.

import { Flow, FlowState, Sim, SimPort } from '../../assembly/abi/sim.ts';
import { listPorts } from './ports.ts';
import type { Simulation } from './simulation.ts';

const SAMPLES_MAX = 256, FIRST_INTERVAL = 1_000_000;
/** Links of which each has a line of its own in the heat map; of more, the devices that they leave have one. */
const LINES_MAX = 96;
const SECOND = 1e12;

/** One interval, seconds, bytes and shares from 0 to 1. */
export interface Sample {
  readonly start: number;
  readonly seconds: number;
  /** Busy time of links, by stage; and of each line of the heat map. */
  readonly stages: readonly { readonly mean: number; readonly max: number }[];
  readonly lines: readonly number[];
  /** At the end of the interval: bytes at the port where most wait, and at all; packets on their way; messages not yet done. */
  readonly queueMax: number;
  readonly queueAll: number;
  readonly packets: number;
  readonly open: number;
  /** Share of all ports' time that PFC stopped them; its frames; ECN marks; packets lost; packets sent again. */
  readonly paused: number;
  readonly pfc: number;
  readonly marks: number;
  readonly dropped: number;
  readonly resent: number;
  /** Payload that arrived for the first time, bytes. */
  readonly delivered: number;
}

interface Total { pfc: number; marks: number; dropped: number; resent: number; delivered: number; paused: number }

/** Asks to be called at `next`, picoseconds; reads a simulation then, and changes nothing. */
export class Sampler {
  next = FIRST_INTERVAL;
  /** `leaf > spine`: kinds of links with a direction. */
  readonly stages: readonly string[];
  /** What a line of the heat map is: a port, all links of a device's stage, or a stage. */
  readonly lines: readonly string[];
  #samples: Sample[] = [];
  #interval = FIRST_INTERVAL;
  #start = 0;
  readonly #ports: readonly { readonly record: number; readonly depth: number; readonly stage: number; readonly line: number }[];
  /** Busy picoseconds counted and not yet in a sample: a frame's time is counted as it begins. */
  readonly #busy: Float64Array;
  readonly #carry: Float64Array;
  #before: Total = { pfc: 0, marks: 0, dropped: 0, resent: 0, delivered: 0, paused: 0 };

  constructor(readonly sim: Simulation) {
    const { topology: t } = sim.model, ports = listPorts(t), depths = sim.k.view.getUint32(sim.at + Sim.DEPTHS, true);
    const tier = (device: number) => t.devices[device]!.tier, toward = ports.map(p => tier(t.links[p.link]!.ends.find(e => e.device !== p.device)!.device));
    const stageOf = ports.map((p, i) => `${tier(p.device)} > ${toward[i]}`), byDevice = ports.map((p, i) => `${t.devices[p.device]!.name} > ${toward[i]}`);
    this.stages = [...new Set(stageOf)];
    const names = [ports.map(p => `${p.name} > ${p.peer}`), byDevice].find(list => new Set(list).size <= LINES_MAX) ?? stageOf;
    const order = [...new Set(this.stages.flatMap(stage => names.filter((_, i) => stageOf[i] === stage)))];
    this.lines = order;
    const lineOf = new Map(order.map((name, i) => [name, i])), stages = new Map(this.stages.map((name, i) => [name, i]));
    this.#ports = ports.map((p, i) => ({ record: sim.portRecord(p.n), depth: depths + p.n * 4, stage: stages.get(stageOf[i]!)!, line: lineOf.get(names[i]!)! }));
    this.#busy = new Float64Array(ports.length);
    this.#carry = new Float64Array(ports.length);
  }

  /** Everything so far; the last interval may be shorter. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** An interval ends now. Twice at the same time is once. */
  take(): void {
    const now = this.sim.now, span = now - this.#start;
    if (span > 0) this.#samples.push(this.#read(span));
    this.#start = now;
    if (this.#samples.length >= SAMPLES_MAX) this.#halve();
    while (this.next <= now) this.next += this.#interval;
  }

  #halve(): void {
    this.#samples = Array.from({ length: this.#samples.length >> 1 }, (_, i) => joined(this.#samples[2 * i]!, this.#samples[2 * i + 1]!));
    this.#interval *= 2;
    this.next = this.#start + this.#interval;
  }

  #read(span: number): Sample {
    const { sim } = this, { view } = sim.k, sum = this.stages.map(() => 0), max = this.stages.map(() => 0), count = this.stages.map(() => 0);
    const lines = this.lines.map(() => 0), members = this.lines.map(() => 0);
    let queueMax = 0, queueAll = 0, paused = 0;
    this.#ports.forEach((p, i) => {
      const busy = Number(view.getBigUint64(p.record + SimPort.BUSY, true)), due = this.#carry[i]! + busy - this.#busy[i]!, used = Math.min(due, span), depth = view.getUint32(p.depth, true), share = used / span;
      this.#busy[i] = busy;
      this.#carry[i] = due - used;
      sum[p.stage]! += share;
      count[p.stage]!++;
      max[p.stage] = Math.max(max[p.stage]!, share);
      lines[p.line]! += share;
      members[p.line]!++;
      queueMax = Math.max(queueMax, depth);
      queueAll += depth;
      paused += Number(view.getBigInt64(p.record + SimPort.PAUSED, true)) + (view.getUint16(p.record + SimPort.STOPPED, true) ? sim.now - Number(view.getBigInt64(p.record + SimPort.SINCE, true)) : 0);
    });
    const before = this.#before, total = this.#before = {
      pfc: sim.count(Sim.PAUSES), marks: sim.count(Sim.MARKS), resent: sim.count(Sim.RESENT), delivered: sim.count(Sim.DELIVERED), dropped: Object.values(sim.drops()).reduce((a, b) => a + b, 0), paused,
    };
    return {
      start: this.#start / SECOND, seconds: span / SECOND, stages: sum.map((s, i) => ({ mean: s / count[i]!, max: max[i]! })), lines: lines.map((s, i) => s / members[i]!),
      queueMax, queueAll, packets: view.getUint32(sim.at + Sim.LIVE, true), open: view.getUint32(sim.at + Sim.OPEN, true), paused: (total.paused - before.paused) / (span * this.#ports.length),
      pfc: total.pfc - before.pfc, marks: total.marks - before.marks, dropped: total.dropped - before.dropped, resent: total.resent - before.resent, delivered: total.delivered - before.delivered,
    };
  }
}

/** Two intervals that follow one another as one. */
function joined(a: Sample, b: Sample): Sample {
  const seconds = a.seconds + b.seconds, mean = (x: number, y: number) => (x * a.seconds + y * b.seconds) / seconds;
  return {
    start: a.start, seconds, stages: a.stages.map((s, i) => ({ mean: mean(s.mean, b.stages[i]!.mean), max: Math.max(s.max, b.stages[i]!.max) })), lines: a.lines.map((x, i) => mean(x, b.lines[i]!)),
    queueMax: Math.max(a.queueMax, b.queueMax), queueAll: Math.max(a.queueAll, b.queueAll), packets: Math.max(a.packets, b.packets), open: b.open, paused: mean(a.paused, b.paused),
    pfc: a.pfc + b.pfc, marks: a.marks + b.marks, dropped: a.dropped + b.dropped, resent: a.resent + b.resent, delivered: a.delivered + b.delivered,
  };
}

/** The samples as a table; heat map lines are left to the report. */
export function* samplesCsv(sampler: Sampler): Generator<string> {
  const stages = sampler.stages.flatMap(s => [`${s} mean`, `${s} max`]);
  yield ['start_s', 'seconds', ...stages, 'queue_max_bytes', 'queue_all_bytes', 'goodput_bps', 'paused_share', 'pfc_frames', 'ecn_marks', 'dropped', 'resent', 'packets', 'open_messages'].join();
  for (const s of sampler.samples)
    yield [s.start, s.seconds, ...s.stages.flatMap(x => [x.mean, x.max]), s.queueMax, s.queueAll, s.delivered * 8 / s.seconds, s.paused, s.pfc, s.marks, s.dropped, s.resent, s.packets, s.open].join();
}

/** Seconds that each message took that is done, ascending. */
export function completions(sim: Simulation): number[] {
  const { view } = sim.k;
  return sim.model.messages.flatMap(({ bytes }, n) => {
    const f = sim.flowRecord(n);
    return bytes > 0 && view.getUint8(f + Flow.STATE) === FlowState.DONE ? [Number(view.getBigInt64(f + Flow.END, true) - view.getBigInt64(f + Flow.START, true)) / SECOND] : [];
  }).sort((a, b) => a - b);
}
