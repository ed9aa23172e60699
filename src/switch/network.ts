// network.ts -- all switches of a file in one memory, with the links between
// them: frames in by a port, frames and drops out.

import { Pool } from '../../assembly/abi/packet.ts';
import { Port } from '../../assembly/abi/port.ts';
import { Switch as Sw } from '../../assembly/abi/switch.ts';
import { isDeepStrictEqual } from 'node:util';
import type { Kernels } from '../kernel/kernels.ts';
import type { Builder } from './builder.ts';
import type { NetworkConfig, SwitchConfig } from './config.ts';
import { ConfigError, type Path, type SwitchFile } from './file.ts';
import { Switch } from './switch.ts';

/** A port that leads outside. */
export interface OutsidePort {
  /** `e1`, or `r1:e1` where the file has several switches. */
  readonly name: string;
  readonly sw: Switch;
  /** Port number inside the switch. */
  readonly port: number;
  /** As the file describes it; its rate in bit/s. */
  readonly description?: string;
  readonly speed?: bigint;
}

/** Receives what leaves. Both take handles that are theirs to free. */
export interface Sink {
  /** TX_PORT is a number of Network.ports; the list is Pool.TX_LIST, `n` long. */
  sent(n: number): void;
  /** Dropped packets in Pool.DROP_LIST, `n` of them, from `sw`; TX_PORT holds the node's index. */
  dropped?(sw: Switch, n: number): void;
  /** Runs a switch instead of Graph.run, with its result: for those who look at every run. */
  run?(sw: Switch): boolean;
}

export class Network {
  readonly switches: readonly Switch[];
  /** All ports, linked ones too: TX_PORT of what leaves counts over all switches. */
  readonly ports: readonly OutsidePort[];
  readonly #bases: readonly number[];
  readonly #entry: number;

  #file: SwitchFile;
  #generation = 0;

  /** @throws ConfigError with every fault of the file */
  constructor(readonly k: Kernels, file: SwitchFile) {
    this.#file = file;
    const value = file.value as SwitchConfig | NetworkConfig, faults: string[] = [], parts = partsOf(value);
    this.switches = parts.map(([name, c, root], i) => Switch.build(k, file, root, c, name, i + 1, faults));
    let base = 0;
    this.#bases = this.switches.map(s => {
      const at = base;
      k.view.setUint32(s.at + Sw.PORT_BASE, at, true);
      base += s.portNames.length;
      return at;
    });
    this.ports = this.switches.flatMap(sw => sw.portNames.map((p, port) => ({ name: parts.length > 1 ? `${sw.name}:${p}` : p, sw, port, ...sw.described(p) })));
    if ('switches' in value) (value.links ?? []).forEach((l, i) => this.#link(l.endpoints, ['links', i, 'endpoints'], faults));
    if (faults.length > 0) throw new ConfigError(faults);
    this.#entry = this.switches[0]!.graph.index('ethernet_input');
  }

  /** The file that runs. */
  get file(): SwitchFile {
    return this.#file;
  }

  /** How often it was replaced. */
  get generation(): number {
    return this.#generation;
  }

  /**
   * Run on another file from the next burst on: what is the same in both keeps
   * its tables, counters and all that was learnt. What a burst finds is of one
   * file, in all switches: call this between two runs.
   * @throws ConfigError, OutOfMemory: nothing has changed then
   */
  reload(file: SwitchFile): void {
    const value = file.value as SwitchConfig | NetworkConfig, parts = partsOf(value), faults: string[] = [], running = this.#file.value as Partial<NetworkConfig>;
    if (!isDeepStrictEqual(parts.map(p => p[0]), this.switches.map(s => s.name))) faults.push(file.fault([], `has switches ${parts.map(p => p[0]).join(', ')}; ${this.switches.map(s => s.name).join(', ')} run: restart to change them`));
    else if (!isDeepStrictEqual('switches' in value ? value.links : undefined, running.links)) faults.push(file.fault(['links'], 'cannot change while the switches run: restart them'));
    const built: Builder[] = [];
    try {
      if (faults.length === 0) this.switches.forEach((s, i) => { built.push(s.prepare(file, parts[i]![2], parts[i]![1], faults)); });
      if (faults.length > 0) throw new ConfigError(faults);
    } catch (e) {
      for (const b of built) b.generation.abandon();
      throw e;
    }
    this.#file = file;
    this.#generation++;
    this.switches.forEach((s, i) => { s.commit(built[i]!, this.#generation); });
  }

  #link(ends: readonly [string, string], path: Path, faults: string[]): void {
    const found = ends.map(e => this.ports.findIndex(p => p.name === e));
    const at = found.indexOf(-1);
    if (at >= 0) return void faults.push(this.file.fault([...path, at], `no port "${ends[at]}": expected switch:port`));
    if (found[0] === found[1]) return void faults.push(this.file.fault(path, 'a port cannot be linked to itself'));
    const [a, b] = found.map(i => this.ports[i!]!) as [OutsidePort, OutsidePort];
    for (const [from, to] of [[a, b], [b, a]] as const) {
      const record = this.#port(from);
      if (this.k.view.getUint32(record + Port.PEER, true) !== 0) return void faults.push(this.file.fault(path, `${from.name} is linked already`));
      this.k.view.setUint32(record + Port.PEER, to.sw.at, true);
      this.k.view.setUint16(record + Port.PEER_PORT, to.port, true);
    }
  }

  /** A counter of a port: a u64 field of Port. */
  counter(p: OutsidePort, field: number): bigint {
    return this.k.view.getBigUint64(this.#port(p) + field, true);
  }

  #port(p: OutsidePort): number {
    return this.k.view.getUint32(p.sw.at + Sw.PORTS, true) + p.port * Port.SIZEOF;
  }

  /** Whether a port is linked to another switch rather than leading outside. */
  linked(port: number): boolean {
    return this.k.view.getUint32(this.#port(this.ports[port]!) + Port.PEER, true) !== 0;
  }

  /** Keep dropped packets for Sink.dropped. */
  keepDrops(): void {
    for (const s of this.switches) this.k.view.setUint32(s.at + Sw.KEEP_DROPS, 1, true);
  }

  /**
   * Packets enter the switch of `port` (number of Network.ports).
   * Preconditions: RX_PORT of each is the port's number inside its switch; LEN, ORIG, TIME, ID are set.
   * @param vec address of `n` handles
   */
  input(port: number, vec: number, n: number): void {
    this.ports[port]!.sw.graph.input(this.#entry, vec, n);
  }

  /** Run every switch until nothing waits anywhere. */
  run(sink: Sink): void {
    for (let busy = true; busy; ) {
      busy = false;
      for (const s of this.switches) busy = this.#runOne(s, sink) || busy;
    }
  }

  #runOne(s: Switch, sink: Sink): boolean {
    const { k } = this;
    let any = false;
    for (;;) {
      let drained = sink.run ? sink.run(s) : s.graph.run();
      while (s.serveHost()) drained = sink.run ? sink.run(s) : s.graph.run();
      const moved = k.fn['links_move']!(s.at);
      const sent = k.view.getUint32(k.pool + Pool.TX_COUNT, true), dropped = k.view.getUint32(k.pool + Pool.DROPPED, true);
      if (dropped > 0) sink.dropped!(s, dropped);
      if (sent > 0) sink.sent(sent);
      k.view.setUint32(k.pool + Pool.DROPPED, 0, true);
      k.view.setUint32(k.pool + Pool.TX_COUNT, 0, true);
      any ||= moved + sent + dropped > 0;
      // Nothing left and a node still waits for buffers: none will come free.
      k.view.setUint32(s.at + Sw.STARVED, !drained && moved + sent + dropped === 0 ? 1 : 0, true);
      if (drained) return any;
    }
  }

  /** Index into `ports` of a port of a switch. */
  number(sw: Switch, port: number): number {
    return this.#bases[this.switches.indexOf(sw)]! + port;
  }
}

/** Name, configuration and place of each switch of a file. */
function partsOf(value: SwitchConfig | NetworkConfig): [string, SwitchConfig, Path][] {
  return 'switches' in value
    ? Object.entries(value.switches).map(([name, c]) => [name, c, ['switches', name]])
    : [[value.name ?? 'sw', value, []]];
}
