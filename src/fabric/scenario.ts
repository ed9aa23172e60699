// scenario.ts -- a fabric file becomes a model: its topology, its messages,
// and what happens to its links. Faults are collected, each with its place.

import { SIM_FRAME_MAX } from '../../assembly/abi/sim.ts';
import { createHash } from 'node:crypto';
import validate from '../../build/fabric_schema.mjs';
import { ConfigError, type Path, readText, YamlFile } from '../switch/file.ts';
import { nearest } from '../switch/nearest.ts';
import type { EventConfig, FabricConfig } from './config.ts';
import { listPorts, matchPorts } from './ports.ts';
import { Reader } from './reader.ts';
import { type BalanceName, DATA_HEADERS, type Message, type Model, type SwitchModel, type TransportModel } from './simulation.ts';
import { buildTopology } from './topology/build.ts';
import type { Topology } from './topology.ts';
import { buildWorkload } from './workload/build.ts';

/** Links that go down, or come up, at a time. */
export interface LinkEvent { readonly at: number; readonly links: readonly number[]; readonly down: boolean; readonly what: string }

/** Links of a fabric that fits the memory of a run. */
const RUN_LINKS_MAX = 2_000_000;
/** Picoseconds of a switch where neither the file nor the kind of topology says. */
const LATENCY = 600_000;

/** A fabric file, read; models of it differ in balance and seed. */
export class Scenario {
  readonly file: YamlFile;
  readonly config: FabricConfig;
  readonly #read: Reader;
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
    const r = this.#read = new Reader(this.file);
    this.topology = buildTopology(r, c);
    this.switches = {
      latency: c.switches?.latency === undefined ? this.topology.latency ?? LATENCY : r.time(c.switches.latency, '', ['switches', 'latency']), buffer: r.size(c.switches?.buffer, '64MB', ['switches', 'buffer']),
      ...(pfc !== false && { pfc: { xoff: r.size(pfc?.xoff, '400kB', ['switches', 'pfc', 'xoff']), xon: r.size(pfc?.xon, '300kB', ['switches', 'pfc', 'xon']), priorities: pfc?.priorities ?? [3] } }),
      ...(ecn && { ecn: { kmin: r.size(ecn.kmin, '', ['switches', 'ecn', 'kmin']), kmax: r.size(ecn.kmax, '', ['switches', 'ecn', 'kmax']), pmax: ecn.pmax ?? 0.2 } }),
    };
    const { xoff = 1, xon = 0 } = this.switches.pfc ?? {}, marking = this.switches.ecn;
    if (xon >= xoff) r.fault(['switches', 'pfc'], `a peer that is stopped at ${xoff} B cannot go on at ${xon} B: xon has to be less than xoff`);
    if (marking && marking.kmin > marking.kmax) r.fault(['switches', 'ecn'], 'kmin is above kmax');
    const t = c.transport ?? {};
    this.transport = {
      mode: t.mode ?? 'out-of-order', mtu: r.size(t.mtu, '4KiB', ['transport', 'mtu']), window: t.window ?? 256, ackEvery: Math.min(t.ack_every ?? 4, t.window ?? 256),
      timeout: r.time(t.timeout, '500us', ['transport', 'timeout']), priority: t.priority ?? 3,
    };
    if (this.transport.mtu < 1 || this.transport.mtu + DATA_HEADERS > SIM_FRAME_MAX) r.fault(['transport', 'mtu'], `expected 1 B to ${SIM_FRAME_MAX - DATA_HEADERS} B`);
    if (this.transport.timeout < 1) r.fault(['transport', 'timeout'], 'expected more than nothing');
    this.nicLatency = r.time(c.nic?.latency, '500ns', ['nic', 'latency']);
    this.convergence = r.time(c.convergence, '100us', ['convergence']);
    this.until = c.until === undefined ? undefined : r.time(c.until, '', ['until']);
    if (this.topology.hosts === 0) throw new ConfigError(r.faults);
    this.events = (c.events ?? []).flatMap((e, i) => this.#event(e, ['events', i]) ?? []).sort((a, b) => a.at - b.at);
    const ports = c.capture && listPorts(this.topology);
    c.capture?.forEach((pattern, i) => { if (matchPorts(ports!, pattern).length === 0) r.fault(['capture', i], `"${pattern}" names no port of this fabric: expected one, as in leaf1:e3, leaf1:* or spine*`); });
    this.#messages(1); // for its faults
    if (r.faults.length > 0) throw new ConfigError(r.faults);
  }

  /** Files that it names, by name: their texts. */
  get files(): ReadonlyMap<string, string> {
    return this.#read.files;
  }

  /** SHA-256 of all that was read. */
  get digest(): string {
    const hash = createHash('sha256').update(this.file.text);
    for (const [name, text] of this.files) hash.update(`\0${name}\0${text}`);
    return hash.digest('hex');
  }

  static read(path: string): Scenario {
    return new Scenario(path, readText(path));
  }

  /** What to run. @throws ConfigError when there is no room for it */
  model(balance: BalanceName, seed: number): Model {
    const links = this.topology.links.length;
    if (links > RUN_LINKS_MAX) throw new ConfigError([this.file.fault(['topology'], `${links} links can be counted, but a run has room for ${RUN_LINKS_MAX}: run a part of it`)]);
    const { topology, switches, transport, nicLatency } = this;
    return { topology, balance, switches, transport, nicLatency, seed, messages: this.#messages(seed) };
  }

  #device(name: string, path: Path): number | undefined {
    const n = this.topology.devices.findIndex(d => d.name === name);
    if (n >= 0) return n;
    const names = this.topology.devices.map(d => d.name), guess = nearest(name, names.slice(0, 5000));
    this.#read.fault(path, `no ${name} in this fabric${guess ? `, do you mean "${guess}"?` : ''}`);
    return undefined;
  }

  #host(name: string, path: Path): number {
    const n = this.#device(name, path) ?? 0;
    if (n < this.topology.hosts) return n;
    this.#read.fault(path, `${name} is a switch: expected a host`);
    return 0;
  }

  #event(e: EventConfig, path: Path): LinkEvent | undefined {
    const at = this.#read.time(e.at, '', [...path, 'at']), { down = true } = e, named = (['link', 'switch', 'plane'] as const).filter(k => e[k] !== undefined);
    if (named.length !== 1) return void this.#read.fault(path, `expected one of link, switch and plane, has ${named.length === 0 ? 'none' : named.join(' and ')}`);
    const links = this.#linksOf(e, path);
    return links && { at, links, down, what: e.link ?? e.switch ?? `plane ${e.plane}` };
  }

  #linksOf(e: EventConfig, path: Path): number[] | undefined {
    const { topology: t } = this, which = (wanted: (a: number, b: number) => boolean) => t.links.flatMap(({ ends: [a, b] }, i) => (wanted(a.device, b.device) ? [i] : []));
    if (e.plane !== undefined) {
      if (e.plane > t.planes) return void this.#read.fault([...path, 'plane'], `there are ${t.planes} planes`);
      const inPlane = (n: number) => n >= t.hosts && t.devices[n]!.plane === e.plane! - 1;
      return which((a, b) => inPlane(a) || inPlane(b));
    }
    if (e.switch !== undefined) {
      const device = this.#device(e.switch, [...path, 'switch']);
      return device === undefined ? undefined : which((a, b) => a === device || b === device);
    }
    const at = [...path, 'link'], [, from = '', port, to] = /^(\S+?)(?::e(\d+))?(?:\s+-\s+(\S+))?$/.exec(e.link!) ?? [];
    if (port === undefined && to === undefined) return void this.#read.fault(at, `"${e.link}": expected a port, as in leaf1:e3, or two devices, as in leaf1 - spine2`);
    const a = this.#device(from, at), b = to === undefined ? undefined : this.#device(to, at);
    if (a === undefined || (to !== undefined && b === undefined)) return undefined;
    const found = to === undefined
      ? t.links.flatMap(({ ends }, i) => (ends.some(x => x.device === a && x.port === Number(port) - 1) ? [i] : []))
      : which((x, y) => (x === a && y === b) || (x === b && y === a));
    if (found.length === 0) this.#read.fault(at, to === undefined ? `${from} has ports e1 to e${t.devices[a]!.ports}` : `${from} and ${to} have no link`);
    return found;
  }

  #messages(seed: number): Message[] {
    return buildWorkload(this.#read, this.config.workload, this.topology, seed, (name, path) => this.#host(name, path));
  }
}
