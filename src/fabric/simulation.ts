// simulation.ts -- a fabric in the kernels' memory: its ports, switches, hosts
// and flows laid out, run in slices, and read.

import { Balance, Choice, Endpoint, Event, Flow, LinkClass, NO_CLASS, NOBODY, PFC_BYTES, ACK_BYTES, PortKind, PortQueue, PRIORITIES, Sim, SimDrop, SimFault, SimHost, SIM_FRAME_MAX, SimPacket, SimPort, SimPortState, SimSwitch, Transport } from '../../assembly/abi/sim.ts';
import { EXIT, WeftError } from '../kernel/errors.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { Group } from '../kernel/tables.ts';
import { Routes, type Way } from './routes.ts';
import type { Topology } from './topology.ts';

export type BalanceName = 'ecmp' | 'random' | 'round-robin' | 'shortest' | 'fare';
const BALANCE: Readonly<Record<BalanceName, Balance>> = { ecmp: Balance.ECMP, random: Balance.RANDOM, 'round-robin': Balance.ROUND_ROBIN, shortest: Balance.SHORTEST, fare: Balance.FARE };
export type TransportName = 'go-back-n' | 'out-of-order';

/** What a switch is like. Bytes; picoseconds. */
export interface SwitchModel {
  /** From the last bit in to the packet in its queue. */
  readonly latency: number;
  readonly buffer: number;
  /** Bytes of a port and priority at which the peer is stopped, and goes on; no PFC without. */
  readonly pfc?: { readonly xoff: number; readonly xon: number; readonly priorities: readonly number[] } | undefined;
  readonly ecn?: { readonly kmin: number; readonly kmax: number; readonly pmax: number } | undefined;
}

export interface TransportModel {
  readonly mode: TransportName;
  /** Bytes of payload in a packet. */
  readonly mtu: number;
  /** Packets on their way, of a flow. */
  readonly window: number;
  /** Packets to an acknowledgement. */
  readonly ackEvery: number;
  /** Picoseconds without an acknowledgement after which is sent again. */
  readonly timeout: number;
  readonly priority: number;
}

/** A message: what a workload is made of. Times in picoseconds. */
export interface Message {
  readonly src: number;
  readonly dst: number;
  readonly bytes: number;
  /** When it starts, when it waits for nothing; else how long after what it waits for. */
  readonly start: number;
  /** Messages that have to end first, by their place in the list. */
  readonly after?: readonly number[];
}

export interface Model {
  readonly topology: Topology;
  readonly balance: BalanceName;
  readonly switches: SwitchModel;
  readonly transport: TransportModel;
  /** Picoseconds between wire and memory in a network card. */
  readonly nicLatency: number;
  readonly messages: readonly Message[];
  readonly seed: number;
}

/** Ethernet, IPv4, UDP, BTH, RETH, ICRC. */
export const DATA_HEADERS = 14 + 20 + 8 + 12 + 16 + 4;
/** Depth of a queue that FARE steers clear of, bytes (spec: 200 KB). */
const FARE_REFERENCE = 200_000;
/** Buckets of an ECMP group for each way: equal shares are exact. */
const ECMP_BUCKETS = 64;
/** FARE weights are of at most so many parts. */
const FARE_PARTS = 65536;
const RING = 4096;

export enum RunStatus { UNTIL, IDLE, DONE, BUDGET, FAULT }

/** What a switch was told of a leaf. */
interface Told { readonly ways: readonly Way[]; readonly at: number }

export class Simulation {
  readonly at: number;
  readonly #routes: Routes;
  /** By switch * leaves + leaf: the ways that it was told, and its Choice. */
  readonly #told = new Map<number, Told>();
  /** Choices without a state, one for all leaves behind the same ways. */
  readonly #shared = new Map<readonly Way[], number>();
  /** Choices that nobody uses any more, by how many ways they have room for. */
  readonly #spare = new Map<number, number[]>();
  /** First port of each device. */
  readonly #ports: readonly number[];
  readonly #classes = new Map<string, number>();
  /** Takes what is written down at ports that are TRACED. */
  trace: { drain(): void } | undefined;

  constructor(readonly k: Kernels, readonly model: Model) {
    const { topology: t } = model, { view } = k;
    this.at = k.alloc(Sim.SIZEOF, 'simulation');
    this.#routes = new Routes(t);
    let port = 0;
    this.#ports = t.devices.map(d => (port += d.ports) - d.ports);
    const switches = t.devices.length - t.hosts;
    this.#set(Sim.PORTS, k.alloc(port * SimPort.SIZEOF, 'ports'), Sim.PORT_COUNT, port);
    this.#set(Sim.DEPTHS, k.alloc(port * 4, 'queue depths'));
    this.#set(Sim.SWITCHES, k.alloc(switches * SimSwitch.SIZEOF, 'switches'), Sim.SWITCH_COUNT, switches);
    this.#set(Sim.HOSTS, k.alloc(t.hosts * SimHost.SIZEOF, 'hosts'), Sim.HOST_COUNT, t.hosts);
    this.#set(Sim.ENDPOINTS, k.alloc(t.hosts * t.planes * Endpoint.SIZEOF, 'endpoints'), Sim.PLANES, t.planes);
    for (const histogram of [Sim.LATENCY, Sim.DEPTH]) this.#set(histogram, k.alloc(k.fn['histogram_sizeof']!(), 'histogram'));
    view.setBigUint64(this.at + Sim.RNG, BigInt(model.seed), true);
    view.setBigInt64(this.at + Sim.FIRST_START, -1n, true);
    this.#sizes();
    this.#links();
    this.#switches();
    this.#hosts();
    this.#packets(port);
    this.#queue();
    this.#flows();
  }

  #set(...fields: number[]): void {
    for (let i = 0; i < fields.length; i += 2) this.k.view.setUint32(this.at + fields[i]!, fields[i + 1]!, true);
  }

  #get(field: number): number {
    return this.k.view.getUint32(this.at + field, true);
  }

  count(field: number): number {
    return Number(this.k.view.getBigUint64(this.at + field, true));
  }

  /** Frames whose times recur: full and last data packets, acknowledgements, PFC. */
  #sizes(): void {
    const { transport, messages } = this.model, last = new Map<number, number>();
    for (const m of messages) {
      const bytes = DATA_HEADERS + lastBytes(m.bytes, transport.mtu);
      last.set(bytes, (last.get(bytes) ?? 0) + 1);
    }
    const common = [...last].sort((a, b) => b[1] - a[1]).map(([bytes]) => bytes), sizes = [...new Set([ACK_BYTES, PFC_BYTES, DATA_HEADERS + transport.mtu, ...common])].slice(0, LinkClass.SIZES_MAX);
    const table = this.k.alloc(SIM_FRAME_MAX + 1, 'frame sizes');
    this.k.bytes.fill(NO_CLASS, table, table + SIM_FRAME_MAX + 1);
    sizes.forEach((bytes, i) => { this.k.bytes[table + bytes] = i; });
    this.#set(Sim.SIZES, table, Sim.SIZE_COUNT, sizes.length);
    this.#frameSizes = sizes;
  }
  #frameSizes: readonly number[] = [];

  /** Both ends of every link, and what each direction is like. */
  #links(): void {
    const { topology: t, switches, nicLatency } = this.model, { view } = this.k, ports = this.#get(Sim.PORTS);
    for (const { ends, rate, delay } of t.links)
      ends.forEach((end, side) => {
        const other = ends[1 - side]!, p = ports + this.port(end.device, end.port) * SimPort.SIZEOF, host = end.device < t.hosts;
        const arrival = delay + (other.device < t.hosts ? nicLatency : switches.latency) + (host ? nicLatency : 0);
        view.setUint32(p + SimPort.PEER, this.port(other.device, other.port), true);
        view.setUint32(p + SimPort.OWNER, host ? end.device : end.device - t.hosts, true);
        view.setUint8(p + SimPort.KIND, host ? PortKind.HOST : PortKind.SWITCH);
        view.setUint32(p + SimPort.LINK, this.#class(rate, arrival), true);
        for (let q = 0; q <= PRIORITIES; q++) view.setUint32(p + SimPort.QUEUES + q * PortQueue.SIZEOF, NOBODY, true);
      });
    const at = this.k.alloc(this.#classes.size * LinkClass.STRIDE, 'link classes');
    for (const [key, n] of this.#classes) {
      const [rate, arrival] = key.split(' ').map(BigInt) as [bigint, bigint], c = at + n * LinkClass.STRIDE;
      view.setBigUint64(c + LinkClass.RATE, rate, true);
      view.setBigInt64(c + LinkClass.DELAY, arrival, true);
      this.#frameSizes.forEach((bytes, i) => { view.setBigInt64(c + LinkClass.TIMES + i * 8, this.serialisation(rate, bytes), true); });
    }
    this.#set(Sim.LINKS, at);
  }

  /** Picoseconds that a frame takes at a rate. */
  serialisation(rate: bigint, bytes: number): bigint {
    return (this.k.fn['serialisation'] as unknown as (rate: bigint, bytes: number) => bigint)(rate, bytes);
  }

  #class(rate: number, delay: number): number {
    const key = `${rate} ${delay}`, known = this.#classes.get(key) ?? this.#classes.size;
    this.#classes.set(key, known);
    return known;
  }

  /** Number of a device's port. */
  port(device: number, port: number): number {
    return this.#ports[device]! + port;
  }

  #switches(): void {
    const { topology: t, switches: s } = this.model, { k } = this, { view } = k, leaves = new Map(this.#routes.leaves.map((device, i) => [device, i]));
    t.devices.slice(t.hosts).forEach((_, i) => {
      const at = this.#get(Sim.SWITCHES) + i * SimSwitch.SIZEOF;
      view.setUint32(at + SimSwitch.LEAF, leaves.get(i + t.hosts) ?? NOBODY, true);
      view.setUint32(at + SimSwitch.CHOICES, k.alloc(leaves.size * 4, 'ways'), true);
      view.setUint32(at + SimSwitch.SALT, (Math.imul(this.model.seed, 0x9e3779b1) + i) >>> 0, true);
      view.setUint32(at + SimSwitch.BUFFER, s.buffer, true);
      view.setUint32(at + SimSwitch.XOFF, s.pfc?.xoff ?? 0, true);
      view.setUint32(at + SimSwitch.XON, s.pfc?.xon ?? 0, true);
      view.setUint32(at + SimSwitch.LOSSLESS, (s.pfc?.priorities ?? []).reduce((bits, p) => bits | 1 << p, 0), true);
      view.setUint32(at + SimSwitch.KMIN, s.ecn?.kmin ?? 0, true);
      view.setUint32(at + SimSwitch.KMAX, s.ecn?.kmax ?? 0, true);
      view.setUint32(at + SimSwitch.PMAX, Math.min(0xffffffff, Math.round((s.ecn?.pmax ?? 0) * 2 ** 32)), true);
    });
    this.route(new Set());
  }

  /** Tell every switch its ways, and every card which planes reach its peers, as they are without the links that are down. */
  route(down: ReadonlySet<number>): void {
    const { topology: t } = this.model;
    t.links.slice(0, t.hosts * t.planes).forEach(({ ends: [, leaf] }, i) => {
      this.k.view.setUint32(this.#get(Sim.ENDPOINTS) + i * Endpoint.SIZEOF + Endpoint.PORT, down.has(i) ? NOBODY : this.port(leaf.device, leaf.port), true);
    });
    const switches = this.#get(Sim.SWITCHES), { leaves } = this.#routes;
    let leaf = 0;
    for (const ways of this.#routes.toLeaves(down)) {
      ways.forEach((list, i) => {
        const key = i * leaves.length + leaf, told = this.#told.get(key);
        // Who goes on as before keeps its state.
        if (told?.ways === list) return;
        if (told && !this.#shared.has(told.ways)) this.#spare.set(told.ways.length, [...this.#spare.get(told.ways.length) ?? [], told.at]);
        const at = list ? this.#choice(i + t.hosts, list) : 0;
        if (list) this.#told.set(key, { ways: list, at });
        else this.#told.delete(key);
        this.k.view.setUint32(this.k.view.getUint32(switches + i * SimSwitch.SIZEOF + SimSwitch.CHOICES, true) + leaf * 4, at, true);
      });
      leaf++;
    }
  }

  /** How a switch takes one of these ways. Where a choice remembers what it did, each leaf has its own. */
  #choice(device: number, ways: readonly Way[]): number {
    const { balance } = this.model, remembers = ways.length > 1 && (balance === 'fare' || balance === 'round-robin');
    const known = remembers ? this.#spare.get(ways.length)?.pop() : this.#shared.get(ways);
    if (known !== undefined && !remembers) return known;
    const at = known ?? this.k.alloc(Choice.PORTS + ways.length * 4, 'ways');
    this.#fill(at, ways.map(w => this.port(device, this.model.topology.links[w.link]!.ends.find(e => e.device === device)!.port)), ways);
    if (!remembers) this.#shared.set(ways, at);
    return at;
  }

  /** Write a Choice; one that was in use before has its table. */
  #fill(at: number, ports: readonly number[], ways: readonly Way[]): void {
    const { k } = this, { balance } = this.model, before = k.view.getUint32(at + Choice.TABLE, true);
    // Of one way there is nothing to choose: it is always next in turn.
    k.view.setUint8(at + Choice.MODE, ways.length === 1 ? Balance.ROUND_ROBIN : BALANCE[balance]);
    k.view.setUint32(at + Choice.COUNT, ways.length, true);
    k.view.setUint32(at + Choice.NEXT, 0, true);
    ports.forEach((p, i) => { k.view.setUint32(at + Choice.PORTS + i * 4, p, true); });
    if (ways.length === 1) return;
    if (balance === 'ecmp') {
      const group = new Group(k, ways.length, ways.length * ECMP_BUCKETS);
      group.set(ports.map(value => ({ value, weight: 1, drain: false })));
      k.view.setUint32(at + Choice.TABLE, group.at, true);
    }
    if (balance === 'fare') {
      const fare = before || k.alloc(k.fn['fare_sizeof']!(ways.length), 'FARE'), most = Math.max(...ways.map(w => w.weight));
      k.fn['fare_init']!(fare, ways.length, FARE_REFERENCE);
      ways.forEach((w, i) => { k.fn['fare_set']!(fare, i, ports[i]!, Math.max(1, Math.round(w.weight / most * FARE_PARTS))); });
      k.view.setUint32(at + Choice.TABLE, fare, true);
    }
  }

  #hosts(): void {
    const { topology: t } = this.model, { view } = this.k, leaves = new Map(this.#routes.leaves.map((device, i) => [device, i]));
    for (let h = 0; h < t.hosts; h++) {
      const at = this.#get(Sim.HOSTS) + h * SimHost.SIZEOF;
      view.setUint32(at + SimHost.PORT, this.port(h, 0), true);
      view.setUint32(at + SimHost.READY, NOBODY, true);
    }
    t.links.slice(0, t.hosts * t.planes).forEach(({ ends: [, leaf] }, i) => {
      view.setUint32(this.#get(Sim.ENDPOINTS) + i * Endpoint.SIZEOF + Endpoint.LEAF, leaves.get(leaf.device)!, true);
    });
  }

  /** Room for what can be on its way: every message's window, and the answers; memory that no packet comes to use is never touched. */
  #packets(ports: number): void {
    const { k } = this, { messages, transport: t } = this.model;
    let most = ports * 4 + 1024;
    for (const m of messages) most += 2 * Math.min(t.window, Math.ceil(m.bytes / t.mtu)) + 8;
    // Each has at most two events to come, in the heap at worst.
    const free = k.bytes.length - k.arena.top - messages.length * (Flow.SIZEOF + early(t) / 8), each = SimPacket.SIZEOF + 2 * Event.HEAP_SIZEOF;
    const n = Math.max(1024, Math.min(most, Math.floor(free / 2 / each)));
    this.#set(Sim.PACKETS, k.alloc(n * SimPacket.SIZEOF, `${n} packets`), Sim.PACKET_COUNT, n, Sim.FREE, NOBODY);
  }

  #queue(): void {
    const { k } = this, rings = this.#classes.size * this.#frameSizes.length * 2, size = Math.max(RING, 2 ** Math.ceil(Math.log2(this.#get(Sim.PORT_COUNT) * 4)));
    const heap = this.#get(Sim.PACKET_COUNT) * 2 + this.model.messages.length * 2 + 1024;
    const at = k.alloc(k.fn['events_sizeof']!(rings, size, heap) >>> 0, 'events');
    k.fn['events_init']!(at, rings, size, heap);
    this.#set(Sim.QUEUE, at);
  }

  #flows(): void {
    const { messages, transport: t } = this.model, { k } = this, { view } = k, at = k.alloc(messages.length * Flow.SIZEOF, 'flows');
    const followers: number[][] = messages.map(() => []);
    messages.forEach((m, i) => { for (const before of m.after ?? []) followers[before]!.push(i); });
    const list = k.alloc(followers.reduce((n, f) => n + f.length, 0) * 4, 'dependencies');
    this.#set(Sim.FLOWS, at, Sim.FLOW_COUNT, messages.length, Sim.FOLLOWERS, list, Sim.OPEN, messages.length);
    const bits = early(t), bitmaps = bits ? k.alloc(messages.length * bits / 8, 'what arrived early') : 0;
    let follower = 0;
    messages.forEach((m, i) => {
      const f = at + i * Flow.SIZEOF, u32 = (field: number, value: number) => { view.setUint32(f + field, value, true); };
      u32(Flow.SRC, m.src);
      u32(Flow.DST, m.dst);
      view.setBigUint64(f + Flow.BYTES, BigInt(m.bytes), true);
      u32(Flow.PACKETS, Math.ceil(m.bytes / t.mtu));
      u32(Flow.WINDOW, t.window);
      view.setUint8(f + Flow.TRANSPORT, t.mode === 'go-back-n' ? Transport.GO_BACK_N : Transport.OUT_OF_ORDER);
      view.setUint8(f + Flow.PRIORITY, t.priority);
      u32(Flow.ENTROPY, (Math.imul(i + 1, 0x85ebca6b) ^ this.model.seed) >>> 0);
      u32(Flow.PAYLOAD, t.mtu);
      u32(Flow.LAST, lastBytes(m.bytes, t.mtu));
      u32(Flow.HEADERS, DATA_HEADERS);
      view.setBigInt64(f + Flow.START, BigInt(m.start), true);
      view.setBigInt64(f + Flow.TIMEOUT, BigInt(t.timeout), true);
      u32(Flow.WAITS, m.after?.length ?? 0);
      view.setBigInt64(f + Flow.DELAY, BigInt(m.start), true);
      u32(Flow.FOLLOWER, follower);
      u32(Flow.FOLLOWER_COUNT, followers[i]!.length);
      for (const other of followers[i]!) view.setUint32(list + follower++ * 4, other, true);
      u32(Flow.TELL, t.ackEvery);
      if (bits) {
        u32(Flow.EARLY, bitmaps + i * bits / 8);
        u32(Flow.EARLY_BITS, bits);
      }
      if (!m.after?.length) k.fn['flow_schedule']!(this.at, i);
    });
  }

  /** Virtual time, picoseconds. */
  get now(): number {
    return Number(this.k.view.getBigInt64(this.at + Sim.NOW, true));
  }

  /**
   * Run until virtual time `until`, or `budget` events.
   * @throws WeftError when the memory laid out does not do
   */
  run(until = Number.POSITIVE_INFINITY, budget = 0xffffffff): RunStatus {
    const end = until === Number.POSITIVE_INFINITY ? 0x7fffffffffffffffn : BigInt(Math.floor(until));
    for (;;) {
      const status: RunStatus = (this.k.fn['sim_run'] as unknown as (sim: number, until: bigint, budget: number) => number)(this.at, end, budget);
      this.trace?.drain();
      if (status !== RunStatus.FAULT) return status;
      const fault: SimFault = this.#get(Sim.FAULT);
      if (fault !== SimFault.TRACE) throw new WeftError(EXIT.internal, `the simulation ran out of ${SimFault[fault]!.toLowerCase()} at ${this.now} ps`);
      this.#set(Sim.FAULT, SimFault.NONE);
      if (this.#get(Sim.OPEN) === 0) return RunStatus.DONE;
    }
  }

  /** A link goes down, or comes up: from now on its ends lose what arrives. Ways stay what they are until `route`. */
  setLink(link: number, down: boolean): void {
    for (const end of this.model.topology.links[link]!.ends) {
      const at = this.#get(Sim.PORTS) + this.port(end.device, end.port) * SimPort.SIZEOF + SimPort.STATE, state = this.k.view.getUint8(at);
      this.k.view.setUint8(at, down ? state | SimPortState.DOWN : state & ~SimPortState.DOWN);
    }
  }

  portRecord(n: number): number {
    return this.#get(Sim.PORTS) + n * SimPort.SIZEOF;
  }

  flowRecord(n: number): number {
    return this.#get(Sim.FLOWS) + n * Flow.SIZEOF;
  }

  switchRecord(n: number): number {
    return this.#get(Sim.SWITCHES) + n * SimSwitch.SIZEOF;
  }

  /** Packets lost, by reason. */
  drops(): Record<string, number> {
    return Object.fromEntries((Object.keys(SimDrop).filter(name => Number.isNaN(Number(name)))).map(name => [name, this.count(Sim.DROPS + SimDrop[name as keyof typeof SimDrop] * 8)]).filter(([, n]) => n !== 0));
  }

  /** Value below which a share of a histogram's entries lies. @param field Sim.LATENCY or Sim.DEPTH */
  percentile(field: number, share: number): number {
    const at = this.#get(field) >>> 2, size = this.k.fn['histogram_sizeof']!() / 4, counts = this.k.u32.subarray(at, at + size);
    const all = counts.reduce((sum, n) => sum + n, 0);
    let left = all * share;
    for (let b = 0; b < size; b++) if ((left -= counts[b]!) < 0) return Number((this.k.fn['histogram_floor'] as unknown as (b: number) => bigint)(b));
    return 0;
  }
}

/** Bits of what arrived early, of a flow. */
const early = (t: TransportModel): number => (t.mode === 'out-of-order' ? 2 ** Math.ceil(Math.log2(Math.max(8, t.window))) : 0);

const lastBytes = (bytes: number, mtu: number): number => (bytes === 0 ? 0 : ((bytes - 1) % mtu) + 1);
