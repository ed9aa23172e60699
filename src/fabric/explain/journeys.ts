// journeys.ts -- the ways that data packets took, put together from trace
// records of all ports.
//
// A packet that is sent again makes another journey; two of one packet are
// told apart by where each of them is.

import { Balance, NOBODY, SimDrop, SimPacketFlag, SimPacketKind } from '../../../assembly/abi/sim.ts';
import { TraceKind, TraceRecord } from '../../../assembly/abi/sim_trace.ts';
import type { NamedPort } from '../ports.ts';
import type { Simulation } from '../simulation.ts';
import { Pauses } from './pauses.ts';

/** A way that a switch could have taken: bytes queued there; FARE's weight, credit and factor (of 64). */
export interface Offer { readonly port: string; readonly queued: number; readonly weight?: number; readonly credit?: number; readonly factor?: number }
export type Mode = 'ecmp' | 'random' | 'round-robin' | 'shortest' | 'fare' | 'attached' | 'only';

/** Times are picoseconds, sizes bytes. */
export interface Hop {
  readonly switch: string;
  readonly in: string;
  readonly arrived: number;
  readonly offers: Offer[];
  mode?: Mode;
  /** Of ECMP. */
  hash?: number;
  out?: string;
  /** Bytes in all queues of the port as it came; of its own priority. */
  ahead?: number;
  aheadOfPriority?: number;
  sent?: number;
  waited?: number;
  /** Of that, while PFC stopped its priority; and who did. */
  paused?: number;
  pausedBy?: string;
}

export interface Journey {
  readonly flow: number;
  readonly psn: number;
  readonly again: boolean;
  readonly from: string;
  readonly sent: number;
  /** Since the flow's packet before it left by this port, PFC stopped the port so long, picoseconds; and who did. */
  readonly held?: number;
  readonly heldBy?: string;
  readonly hops: Hop[];
  marked: boolean;
  end?: { readonly at: number; readonly how: 'delivered' | 'dropped'; readonly port: string; readonly reason?: string; readonly buffer?: number };
}

/** `toward`: port that it goes to, while it is on a wire; `waits`: port whose queue it is in; -1: neither. */
interface Travelling { readonly journey: Journey; toward: number; waits: number; pausedBefore: number }

const MODES: Record<Balance, Mode> = { [Balance.ECMP]: 'ecmp', [Balance.RANDOM]: 'random', [Balance.ROUND_ROBIN]: 'round-robin', [Balance.SHORTEST]: 'shortest', [Balance.FARE]: 'fare' };
/** What a simulation has to write down. */
export const JOURNEY_KINDS: readonly TraceKind[] = [TraceKind.SENT, TraceKind.ARRIVED, TraceKind.QUEUED, TraceKind.WAY, TraceKind.CHOSEN, TraceKind.DROPPED, TraceKind.PAUSED];

export class Journeys {
  readonly pauses = new Pauses();
  readonly #ports: ReadonlyMap<number, NamedPort>;
  readonly #byName: ReadonlyMap<string, NamedPort>;
  /** By flow and packet number. */
  readonly #travelling = new Map<string, Travelling[]>();
  /** Whose records come: those of one event follow one another. */
  #now: Travelling | undefined;
  #offers: Offer[] = [];
  /** By host's port: how long it was stopped as a packet last left by it. */
  readonly #heldBefore = new Map<number, number>();

  /** @param ended called with each journey once it is over */
  constructor(readonly sim: Simulation, ports: readonly NamedPort[], readonly ended: (journey: Journey) => void) {
    this.#ports = new Map(ports.map(p => [p.n, p]));
    this.#byName = new Map(ports.map(p => [p.name, p]));
  }

  record(r: number): void {
    const { view } = this.sim.k, kind: TraceKind = view.getUint8(r + TraceRecord.KIND), u32 = (field: number) => view.getUint32(r + field, true), port = u32(TraceRecord.PORT), now = Number(view.getBigInt64(r, true));
    if (kind === TraceKind.PAUSED) this.pauses.change(port, now, u32(TraceRecord.B));
    if (kind === TraceKind.PAUSED || view.getUint8(r + TraceRecord.PACKET_KIND) !== SimPacketKind.DATA) return;
    const key = `${u32(TraceRecord.FLOW)}/${u32(TraceRecord.PSN)}`, list = this.#travelling.get(key);
    if (kind === TraceKind.SENT) this.#sent(r, key, port, now);
    else if (kind === TraceKind.WAY) this.#offers.push(this.#offer(r, port));
    else if (kind === TraceKind.ARRIVED) this.#arrived(list?.find(t => t.toward === port), key, port, now);
    else if (kind === TraceKind.DROPPED) this.#dropped(list?.find(t => t.toward === port || (t.toward < 0 && t.waits < 0 && t.journey.hops.at(-1)!.in === this.#name(port))), key, r, port, now);
    else if (!this.#now) return;
    else if (kind === TraceKind.CHOSEN) this.#chosen(this.#now, r, port);
    else this.#queued(this.#now, r, port, now);
  }

  /** Those that were still on their way as the run ended. */
  get unfinished(): Journey[] {
    return [...this.#travelling.values()].flatMap(list => list.map(t => t.journey));
  }

  #name(port: number): string {
    return this.#ports.get(port)?.name ?? 'nowhere';
  }

  #peer(port: number): string {
    return this.#ports.get(port)?.peer ?? 'nowhere';
  }

  #sent(r: number, key: string, port: number, now: number): void {
    const { view } = this.sim.k, peer = this.#byName.get(this.#peer(port))!.n, marked = (view.getUint8(r + TraceRecord.FLAGS) & SimPacketFlag.CE) !== 0;
    if (this.#ports.get(port)!.device < this.sim.model.topology.hosts) {
      const total = this.pauses.total(port, view.getUint8(r + TraceRecord.PRIORITY), now), held = total - (this.#heldBefore.get(port) ?? 0);
      this.#heldBefore.set(port, total);
      const journey: Journey = { ...(held > 0 && { held, heldBy: this.#peer(port) }), flow: view.getUint32(r + TraceRecord.FLOW, true), psn: view.getUint32(r + TraceRecord.PSN, true), again: (view.getUint8(r + TraceRecord.FLAGS) & SimPacketFlag.AGAIN) !== 0, from: this.#name(port), sent: now, hops: [], marked };
      const list = this.#travelling.get(key) ?? [];
      list.push({ journey, toward: peer, waits: -1, pausedBefore: 0 });
      this.#travelling.set(key, list);
      return;
    }
    const t = this.#travelling.get(key)?.find(x => x.waits === port), hop = t?.journey.hops.at(-1);
    if (!t || !hop) return;
    const paused = this.pauses.total(port, view.getUint8(r + TraceRecord.PRIORITY), now) - t.pausedBefore;
    hop.sent = now;
    hop.waited = now - hop.arrived;
    if (paused > 0) Object.assign(hop, { paused, pausedBy: this.#peer(port) });
    t.journey.marked ||= marked;
    t.waits = -1;
    t.toward = peer;
  }

  #arrived(t: Travelling | undefined, key: string, port: number, now: number): void {
    this.#now = t;
    this.#offers = [];
    if (!t) return;
    const { topology } = this.sim.model, { device } = this.#ports.get(port)!;
    t.toward = -1;
    if (device < topology.hosts) this.#end(t, key, { at: now, how: 'delivered', port: this.#name(port) });
    else t.journey.hops.push({ switch: topology.devices[device]!.name, in: this.#name(port), arrived: now, offers: [] });
  }

  #offer(r: number, port: number): Offer {
    const { view } = this.sim.k, u32 = (field: number) => view.getUint32(r + field, true), fare = view.getUint8(r + TraceRecord.MODE) === Balance.FARE;
    return { port: this.#name(port), queued: u32(TraceRecord.A), ...(fare && { weight: u32(TraceRecord.B), credit: view.getInt32(r + TraceRecord.C, true), factor: u32(TraceRecord.D) }) };
  }

  #chosen(t: Travelling, r: number, port: number): void {
    const { view } = this.sim.k, hop = t.journey.hops.at(-1)!, mode: Balance = view.getUint8(r + TraceRecord.MODE), ways = view.getUint32(r + TraceRecord.B, true);
    hop.offers.push(...this.#offers);
    hop.mode = ways === 0 ? 'attached' : ways === 1 ? 'only' : MODES[mode];
    if (hop.mode === 'ecmp') hop.hash = view.getUint32(r + TraceRecord.A, true);
    if (port !== NOBODY) hop.out = this.#name(port);
  }

  #queued(t: Travelling, r: number, port: number, now: number): void {
    const { view } = this.sim.k, hop = t.journey.hops.at(-1)!;
    hop.ahead = view.getUint32(r + TraceRecord.A, true);
    hop.aheadOfPriority = view.getUint32(r + TraceRecord.B, true);
    t.waits = port;
    t.pausedBefore = this.pauses.total(port, view.getUint8(r + TraceRecord.PRIORITY), now);
  }

  #dropped(t: Travelling | undefined, key: string, r: number, port: number, now: number): void {
    if (!t) return;
    const { view } = this.sim.k;
    this.#end(t, key, { at: now, how: 'dropped', port: this.#name(port), reason: SimDrop[view.getUint32(r + TraceRecord.A, true)]!, buffer: view.getUint32(r + TraceRecord.B, true) });
  }

  #end(t: Travelling, key: string, end: NonNullable<Journey['end']>): void {
    const rest = this.#travelling.get(key)!.filter(x => x !== t);
    if (rest.length > 0) this.#travelling.set(key, rest);
    else this.#travelling.delete(key);
    this.#now = undefined;
    t.journey.end = end;
    this.ended(t.journey);
  }
}
