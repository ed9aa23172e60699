// scenario.ts -- a fabric file becomes a model: its topology, its messages,
// and what happens to its links. Faults are collected, each with its place.

import validate from '../../build/fabric_schema.mjs';
import { ConfigError, type Path, readText, YamlFile } from '../switch/file.ts';
import { nearest } from '../switch/nearest.ts';
import { parseRate, parseSize, parseTime, QuantityError } from '../switch/quantity.ts';
import type { EventConfig, FabricConfig, TopologyConfig, WorkConfig } from './config.ts';
import { listPorts, matchPorts } from './ports.ts';
import { type BalanceName, DATA_HEADERS, type Message, type Model, type SwitchModel, type TransportModel } from './simulation.ts';
import { type Cabling, fatTree, leafSpine, railClos, type Topology } from './topology.ts';
import { allToAll, crossLeaf, halvingDoubling, incast, permutation, ringAllReduce } from './workload.ts';
import { SIM_FRAME_MAX } from '../../assembly/abi/sim.ts';

/** Links that go down, or come up, at a time. */
export interface LinkEvent { readonly at: number; readonly links: readonly number[]; readonly down: boolean; readonly what: string }

/** Most hosts, and most links, of a fabric that fits the memory. */
const LINKS_MAX = 2_000_000;

/** A fabric file, read; models of it differ in balance and seed. */
export class Scenario {
  readonly file: YamlFile;
  readonly config: FabricConfig;
  readonly faults: string[] = [];
  readonly topology: Topology;
  readonly switches: SwitchModel;
  readonly transport: TransportModel;
  readonly nicLatency: number;
  readonly events: readonly LinkEvent[];
  /** Picoseconds from a change to new ways. */
  readonly convergence: number;
  readonly until: number | undefined;

  /** @throws ConfigError with every fault */
  constructor(name: string, text: string) {
    this.file = new YamlFile(name, text, validate);
    const c = this.config = this.file.value as FabricConfig, { pfc, ecn } = c.switches ?? {};
    this.topology = this.#topology(c.topology);
    this.switches = {
      latency: this.#time(c.switches?.latency, '600ns', ['switches', 'latency']), buffer: this.#size(c.switches?.buffer, '64MB', ['switches', 'buffer']),
      ...(pfc !== false && { pfc: { xoff: this.#size(pfc?.xoff, '400kB', ['switches', 'pfc', 'xoff']), xon: this.#size(pfc?.xon, '300kB', ['switches', 'pfc', 'xon']), priorities: pfc?.priorities ?? [3] } }),
      ...(ecn && { ecn: { kmin: this.#size(ecn.kmin, '', ['switches', 'ecn', 'kmin']), kmax: this.#size(ecn.kmax, '', ['switches', 'ecn', 'kmax']), pmax: ecn.pmax ?? 0.2 } }),
    };
    const { xoff = 1, xon = 0 } = this.switches.pfc ?? {}, marking = this.switches.ecn;
    if (xon >= xoff) this.#fault(['switches', 'pfc'], `a peer that is stopped at ${xoff} B cannot go on at ${xon} B: xon has to be less than xoff`);
    if (marking && marking.kmin > marking.kmax) this.#fault(['switches', 'ecn'], 'kmin is above kmax');
    const t = c.transport ?? {};
    this.transport = {
      mode: t.mode ?? 'out-of-order', mtu: this.#size(t.mtu, '4KiB', ['transport', 'mtu']), window: t.window ?? 256, ackEvery: Math.min(t.ack_every ?? 4, t.window ?? 256),
      timeout: this.#time(t.timeout, '500us', ['transport', 'timeout']), priority: t.priority ?? 3,
    };
    if (this.transport.mtu < 1 || this.transport.mtu + DATA_HEADERS > SIM_FRAME_MAX) this.#fault(['transport', 'mtu'], `expected 1 B to ${SIM_FRAME_MAX - DATA_HEADERS} B`);
    if (this.transport.timeout < 1) this.#fault(['transport', 'timeout'], 'expected more than nothing');
    this.nicLatency = this.#time(c.nic?.latency, '500ns', ['nic', 'latency']);
    this.convergence = this.#time(c.convergence, '100us', ['convergence']);
    this.until = c.until === undefined ? undefined : this.#time(c.until, '', ['until']);
    this.events = (c.events ?? []).flatMap((e, i) => this.#event(e, ['events', i]) ?? []).sort((a, b) => a.at - b.at);
    const ports = c.capture && listPorts(this.topology);
    c.capture?.forEach((pattern, i) => { if (matchPorts(ports!, pattern).length === 0) this.#fault(['capture', i], `"${pattern}" names no port of this fabric: expected one, as in leaf1:e3, leaf1:* or spine*`); });
    this.#messages(1); // for its faults
    if (this.faults.length > 0) throw new ConfigError(this.faults);
  }

  static read(path: string): Scenario {
    return new Scenario(path, readText(path));
  }

  /** What to run. */
  model(balance: BalanceName, seed: number): Model {
    const { topology, switches, transport, nicLatency } = this;
    return { topology, balance, switches, transport, nicLatency, seed, messages: this.#messages(seed) };
  }

  #fault(path: Path, message: string, key = false): void {
    this.faults.push(this.file.fault(path, message, key));
  }

  #quantity(read: (text: string) => bigint, text: string, path: Path): number {
    try {
      return Number(read(text));
    } catch (e) {
      if (!(e instanceof QuantityError)) throw e;
      this.#fault(path, e.message);
      return 1;
    }
  }

  #time(text: string | undefined, otherwise: string, path: Path): number { return this.#quantity(parseTime, text ?? otherwise, path); }
  #size(text: string | undefined, otherwise: string, path: Path): number { return this.#quantity(parseSize, text ?? otherwise, path); }

  #rate(text: string | undefined, otherwise: string, path: Path): number {
    const rate = this.#quantity(parseRate, text ?? otherwise, path);
    if (rate === 0) this.#fault(path, 'a link of 0 bit/s carries nothing');
    return Math.max(1, rate);
  }

  #cabling(t: TopologyConfig): Cabling {
    const metres = (text: string | undefined, otherwise: number) => (text === undefined ? otherwise : Number.parseFloat(text) * (text.endsWith('km') ? 1000 : 1));
    const hostRate = this.#rate(t.rate, '400G', ['topology', 'rate']);
    return { hostRate, fabricRate: t.uplink === undefined ? hostRate : this.#rate(t.uplink, '', ['topology', 'uplink']), hostMetres: metres(this.config.links?.host, 3), fabricMetres: metres(this.config.links?.fabric, 50) };
  }

  /** What the kind needs, and nothing that it does not know. */
  #needs<K extends keyof TopologyConfig>(t: TopologyConfig, needed: readonly K[], optional: readonly (keyof TopologyConfig)[]): boolean {
    for (const key of needed) if (t[key] === undefined) this.#fault(['topology'], `a ${t.kind} needs "${key}"`);
    for (const key of Object.keys(t) as (keyof TopologyConfig)[])
      if (!([...needed, ...optional, 'kind', 'rate', 'uplink'] as string[]).includes(key)) this.#fault(['topology', key], `means nothing to a ${t.kind}`, true);
    return needed.every(key => t[key] !== undefined);
  }

  #topology(t: TopologyConfig): Topology {
    const cabling = this.#cabling(t), nothing = (): Topology => ({ kind: t.kind, devices: [], hosts: 0, planes: 1, links: [] });
    const sized = (hosts: number, links: number, make: () => Topology) => {
      if (links <= LINKS_MAX && hosts <= LINKS_MAX) return make();
      this.#fault(['topology'], `${links} links are more than a run has room for (${LINKS_MAX})`);
      return nothing();
    };
    if (t.kind === 'leaf-spine') {
      if (!this.#needs(t, ['leaves', 'spines', 'hosts_per_leaf'], ['parallel'])) return nothing();
      const [leaves, spines, hostsPerLeaf, parallel] = [t.leaves!, t.spines!, t.hosts_per_leaf!, t.parallel ?? 1];
      if (leaves * hostsPerLeaf < 2) this.#fault(['topology'], 'one host has nobody to send to');
      return sized(leaves * hostsPerLeaf, leaves * (hostsPerLeaf + spines * parallel), () => leafSpine({ ...cabling, leaves, spines, hostsPerLeaf, parallel }));
    }
    if (t.kind === 'fat-tree') {
      if (!this.#needs(t, ['k'], [])) return nothing();
      return sized(t.k! ** 3 / 4, 3 * t.k! ** 3 / 4, () => fatTree({ ...cabling, k: t.k! }));
    }
    if (!this.#needs(t, ['gpus', 'leaves', 'spines'], ['rails', 'planes', 'parallel'])) return nothing();
    const { gpus = 0, leaves = 0, spines = 0, rails = 8, planes = 1, parallel = 1 } = t;
    if (gpus % rails !== 0) this.#fault(['topology', 'gpus'], `${gpus} GPUs are no whole number of servers with ${rails} cards`);
    else if (leaves % rails !== 0) this.#fault(['topology', 'leaves'], `${leaves} leaves cannot be shared evenly by ${rails} rails`);
    else return sized(gpus, planes * (gpus + leaves * spines * parallel), () => railClos({ ...cabling, gpus, rails, planes, leaves, spines, parallel }));
    return nothing();
  }

  #device(name: string, path: Path): number | undefined {
    const n = this.topology.devices.findIndex(d => d.name === name);
    if (n >= 0) return n;
    const names = this.topology.devices.map(d => d.name), guess = nearest(name, names.slice(0, 5000));
    this.#fault(path, `no ${name} in this fabric${guess ? `, do you mean "${guess}"?` : ''}`);
    return undefined;
  }

  #event(e: EventConfig, path: Path): LinkEvent | undefined {
    const at = this.#time(e.at, '', [...path, 'at']), { down = true } = e, named = (['link', 'switch', 'plane'] as const).filter(k => e[k] !== undefined);
    if (named.length !== 1) return void this.#fault(path, `expected one of link, switch and plane, has ${named.length === 0 ? 'none' : named.join(' and ')}`);
    const links = this.#linksOf(e, path);
    return links && { at, links, down, what: e.link ?? e.switch ?? `plane ${e.plane}` };
  }

  #linksOf(e: EventConfig, path: Path): number[] | undefined {
    const { topology: t } = this, which = (wanted: (a: number, b: number) => boolean) => t.links.flatMap(({ ends: [a, b] }, i) => (wanted(a.device, b.device) ? [i] : []));
    if (e.plane !== undefined) {
      if (e.plane > t.planes) return void this.#fault([...path, 'plane'], `there are ${t.planes} planes`);
      const perPlane = (t.devices.length - t.hosts) / t.planes, tiers = [...new Set(t.devices.slice(t.hosts).map(d => d.tier))];
      const members = new Set(tiers.flatMap(tier => { const all = t.devices.map((d, i) => ({ d, i })).filter(x => x.d.tier === tier), each = all.length / t.planes; return all.slice((e.plane! - 1) * each, e.plane! * each).map(x => x.i); }));
      return perPlane > 0 ? which((a, b) => members.has(a) || members.has(b)) : [];
    }
    if (e.switch !== undefined) {
      const device = this.#device(e.switch, [...path, 'switch']);
      return device === undefined ? undefined : which((a, b) => a === device || b === device);
    }
    const at = [...path, 'link'], [, from = '', port, to] = /^(\S+?)(?::e(\d+))?(?:\s+-\s+(\S+))?$/.exec(e.link!) ?? [];
    if (port === undefined && to === undefined) return void this.#fault(at, `"${e.link}": expected a port, as in leaf1:e3, or two devices, as in leaf1 - spine2`);
    const a = this.#device(from, at), b = to === undefined ? undefined : this.#device(to, at);
    if (a === undefined || (to !== undefined && b === undefined)) return undefined;
    const found = to === undefined
      ? t.links.flatMap(({ ends }, i) => (ends.some(x => x.device === a && x.port === Number(port) - 1) ? [i] : []))
      : which((x, y) => (x === a && y === b) || (x === b && y === a));
    if (found.length === 0) this.#fault(at, to === undefined ? `${from} has ports e1 to e${t.devices[a]!.ports}` : `${from} and ${to} have no link`);
    return found;
  }

  #messages(seed: number): Message[] {
    const list: Message[] = [], next = lots(seed);
    (this.config.workload ?? []).forEach((w, i) => { for (const m of this.#work(w, ['workload', i], list.length, next)) list.push(m); });
    return list;
  }

  #work(w: WorkConfig, path: Path, first: number, next: (n: number) => number): Message[] {
    const { topology: t } = this, work = { bytes: this.#size(w.bytes, '', [...path, 'bytes']), start: this.#time(w.start, '0s', [...path, 'start']) };
    const count = Math.min(w.hosts ?? t.hosts, t.hosts), hosts = Array.from({ length: count }, (_, n) => n);
    if (w.hosts !== undefined && w.hosts > t.hosts) this.#fault([...path, 'hosts'], `${w.hosts} hosts, the fabric has ${t.hosts}`);
    if (work.bytes === 0) this.#fault([...path, 'bytes'], 'expected at least a byte');
    for (const [key, kinds] of [['algorithm', ['allreduce']], ['to', ['incast', 'message']], ['from', ['message']]] as const)
      if (w[key] !== undefined && !(kinds as readonly string[]).includes(w.kind)) this.#fault([...path, key], `means nothing to ${w.kind}`, true);
    if (hosts.length < 2) return [];
    const host = (name: string | undefined, key: string) => (name === undefined ? 0 : this.#device(name, [...path, key]) ?? 0);
    if (w.kind === 'permutation') return permutation(hosts, work, next);
    if (w.kind === 'cross-leaf') return crossLeaf(hosts, work, this.#perLeaf());
    if (w.kind === 'incast') return incast(hosts, work, host(w.to, 'to'));
    if (w.kind === 'all-to-all') return allToAll(hosts, work);
    if (w.kind === 'message') {
      if (w.from === undefined || w.to === undefined) this.#fault(path, 'a message goes `from` a host `to` a host');
      return [{ src: host(w.from, 'from'), dst: host(w.to, 'to'), ...work }];
    }
    if (w.algorithm !== 'halving-doubling') return ringAllReduce(hosts, work, first);
    if ((count & (count - 1)) !== 0) {
      this.#fault([...path, 'algorithm'], `halving and doubling needs a power of two of hosts, not ${count}`);
      return [];
    }
    return halvingDoubling(hosts, work, first);
  }

  /** Hosts that hang on one leaf with the first one. */
  #perLeaf(): number {
    const { links, hosts, planes } = this.topology, leaf = links[0]!.ends[1].device;
    return Math.max(1, links.slice(0, hosts * planes).filter(l => l.ends[1].device === leaf).length);
  }
}

/** Numbers below n: splitmix32 (Steele, Lea, Flood 2014), so that a seed means one workload everywhere. */
function lots(seed: number): (n: number) => number {
  let state = seed >>> 0;
  return n => {
    state = (state + 0x9e3779b9) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return Math.floor(((z ^ (z >>> 15)) >>> 0) / 2 ** 32 * n);
  };
}
