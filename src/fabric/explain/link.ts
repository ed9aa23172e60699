// link.ts -- what went on at ports: whose packets crossed, how long they
// waited, what stopped them, what was lost.

import { SimDrop, SimPacketKind, SimPort } from '../../../assembly/abi/sim.ts';
import { TraceKind, TraceRecord } from '../../../assembly/abi/sim_trace.ts';
import type { Kernels } from '../../kernel/kernels.ts';
import type { NamedPort } from '../ports.ts';
import { type RunOptions, runScenario } from '../run.ts';
import type { Scenario } from '../scenario.ts';
import type { BalanceName, Simulation } from '../simulation.ts';
import { Trace } from '../trace.ts';
import { Pauses } from './pauses.ts';

/** Messages listed of a port. */
const FLOWS_MAX = 10;

/** Picoseconds, bytes. */
export interface LinkStory {
  readonly port: string;
  readonly peer: string;
  /** What left here, data or not, and share of the run that the link was busy. */
  readonly packets: number;
  readonly bytes: number;
  readonly busy: number;
  /** Of packets that were queued: how many, deepest queue they met, picoseconds waited, and longest. */
  readonly queued: { readonly packets: number; readonly deepest: number; readonly waited: number; readonly longest: number };
  /** How often PFC frames of the peer stopped it, by priority how long; and PFC frames that it sent itself to stop the peer. */
  readonly stopped: { readonly times: number; readonly byPriority: readonly number[] };
  readonly stops: number;
  /** Data that left, by message (from 1), most first. */
  readonly flows: readonly { readonly flow: number; readonly from: string; readonly to: string; readonly packets: number; readonly bytes: number }[];
  /** Packets that came in here and were lost, by reason. */
  readonly dropped: Readonly<Record<string, number>>;
}

interface Tally { packets: number; bytes: number; queued: number; deepest: number; waited: number; longest: number; stops: number; readonly flows: Map<number, { packets: number; bytes: number }>; readonly dropped: Record<string, number>; readonly waiting: Map<string, number[]> }

export async function explainLinks(k: Kernels, scenario: Scenario, balance: BalanceName, seed: number, ports: readonly NamedPort[], options: RunOptions): Promise<LinkStory[]> {
  const pauses = new Pauses(), tallies = new Map<number, Tally>(ports.map(p => [p.n, { packets: 0, bytes: 0, queued: 0, deepest: 0, waited: 0, longest: 0, stops: 0, flows: new Map(), dropped: {}, waiting: new Map() }]));
  const kinds = [TraceKind.SENT, TraceKind.QUEUED, TraceKind.DROPPED, TraceKind.PAUSED];
  const { sim } = await runScenario(k, scenario, balance, seed, {
    ...options,
    watch(sim) {
      new Trace(sim, { ports: ports.map(p => p.n), kinds, each: r => { count(sim, tallies, pauses, r); } });
      return undefined;
    },
  });
  return ports.map(p => tell(sim, p, tallies.get(p.n)!, pauses));
}

function count(sim: Simulation, tallies: ReadonlyMap<number, Tally>, pauses: Pauses, r: number): void {
  const { view } = sim.k, kind: TraceKind = view.getUint8(r + TraceRecord.KIND), u32 = (field: number) => view.getUint32(r + field, true), port = u32(TraceRecord.PORT), now = Number(view.getBigInt64(r, true));
  if (kind === TraceKind.PAUSED) pauses.change(port, now, u32(TraceRecord.B));
  const t = tallies.get(port), packetKind: SimPacketKind = view.getUint8(r + TraceRecord.PACKET_KIND), flow = u32(TraceRecord.FLOW), key = `${packetKind}/${flow}/${u32(TraceRecord.PSN)}`, bytes = view.getUint16(r + TraceRecord.BYTES, true);
  if (!t || kind === TraceKind.PAUSED) return;
  if (kind === TraceKind.DROPPED) {
    const reason = SimDrop[u32(TraceRecord.A)]!;
    t.dropped[reason] = (t.dropped[reason] ?? 0) + 1;
  } else if (kind === TraceKind.QUEUED) {
    t.queued++;
    t.deepest = Math.max(t.deepest, u32(TraceRecord.A) + bytes);
    t.waiting.set(key, [...t.waiting.get(key) ?? [], now]);
  } else {
    t.packets++;
    t.bytes += bytes;
    const [since, ...others] = t.waiting.get(key) ?? [];
    if (since !== undefined) {
      t.waited += now - since;
      t.longest = Math.max(t.longest, now - since);
      if (others.length > 0) t.waiting.set(key, others);
      else t.waiting.delete(key);
    }
    if (packetKind === SimPacketKind.PFC && flow) t.stops++;
    if (packetKind !== SimPacketKind.DATA) return;
    const f = t.flows.get(flow) ?? { packets: 0, bytes: 0 };
    t.flows.set(flow, { packets: f.packets + 1, bytes: f.bytes + bytes });
  }
}

function tell(sim: Simulation, p: NamedPort, t: Tally, pauses: Pauses): LinkStory {
  const { topology: { devices }, messages } = sim.model, name = (n: number) => devices[n]!.name, flows = [...t.flows].sort((a, b) => b[1].packets - a[1].packets || a[0] - b[0]).slice(0, FLOWS_MAX);
  return {
    port: p.name, peer: p.peer, packets: t.packets, bytes: t.bytes, busy: sim.now === 0 ? 0 : Math.min(1, Number(sim.k.view.getBigUint64(sim.portRecord(p.n) + SimPort.BUSY, true)) / sim.now),
    queued: { packets: t.queued, deepest: t.deepest, waited: t.waited, longest: t.longest },
    stopped: { times: pauses.count(p.n), byPriority: Array.from({ length: 8 }, (_, i) => pauses.total(p.n, i, sim.now)) }, stops: t.stops,
    flows: flows.map(([flow, f]) => ({ flow: flow + 1, from: name(messages[flow]!.src), to: name(messages[flow]!.dst), ...f })), dropped: t.dropped,
  };
}
