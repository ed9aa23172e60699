// switch.ts -- a switch in memory: built from its part of a file, with the
// names that lead from kernel addresses back to that file.

import { Iface, IfaceFlag } from '../../assembly/abi/port.ts';
import { Switch as Sw, SCRATCH_BYTES } from '../../assembly/abi/switch.ts';
import { isDeepStrictEqual } from 'node:util';
import { Graph } from '../graph/graph.ts';
import { type Extras, wiringOf } from '../graph/pipeline.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { Builder } from './builder.ts';
import type { SwitchConfig } from './config.ts';
import { EspHost } from './esp_host.ts';
import { features } from './features.ts';
import { marksOnEgress } from './qos.ts';
import type { Path, SwitchFile } from './file.ts';

export class Switch {
  readonly graph: Graph;
  readonly at: number;
  readonly portNames: readonly string[];

  #host: EspHost | undefined;

  private constructor(public built: Builder) {
    this.at = built.sw;
    this.portNames = built.portNames;
    this.graph = new Graph(built.k, built.sw, wiringOf(extrasOf(built)));
    if (built.ipsec.size > 0) this.#host = new EspHost(this);
  }

  /** Do the host's part of nodes that are not kernels' alone. @returns whether there was any */
  serveHost(): boolean {
    return this.#host?.serve() ?? false;
  }

  /** What the file says of a port for people and captures. */
  described(port: string): { description?: string; speed?: bigint } {
    const { description } = this.built.config.ports[port] ?? {}, speed = this.built.speeds.get(port);
    return { ...(description === undefined ? {} : { description }), ...(speed === undefined ? {} : { speed }) };
  }

  get name(): string {
    return this.built.name;
  }

  /**
   * @param root   path of the switch in its file
   * @param number of the switch in its file, from 1
   * @param faults of the whole file so far; with any in the end nothing must run
   */
  static build(k: Kernels, file: SwitchFile, root: Path, config: SwitchConfig, name: string, number: number, faults: string[]): Switch {
    const b = new Builder(k, file, root, config, name, number);
    for (const f of features) f.declare?.(b);
    b.placeInterfaces();
    if (b.faults.length === 0) for (const f of features) b.build(f);
    faults.push(...b.faults);
    const seed = config.seed ?? number;
    k.view.setUint32(b.sw + Sw.SEED, seed, true);
    k.view.setUint32(b.sw + Sw.SCRATCH, k.alloc(SCRATCH_BYTES, 'scratch'), true);
    b.commit(b.sw);
    return new Switch(b);
  }

  /**
   * Build, beside what runs, what the switch is to be; packets see none of it.
   * @param faults of the whole file so far; with any in the end, abandon what was built
   */
  prepare(file: SwitchFile, root: Path, config: SwitchConfig, faults: string[]): Builder {
    const b = new Builder(this.built.k, file, root, config, this.name, this.built.number, this.built);
    try {
      refuseFixed(b, this.built.config);
      if (b.faults.length === 0) for (const f of features) if (f.owns) f.declare?.(b);
      if (b.faults.length === 0) for (const f of features) f.owns ? b.build(f) : b.carry(f);
    } catch (e) {
      b.generation.abandon();
      throw e;
    }
    faults.push(...b.faults);
    return b;
  }

  /** Run on what was prepared. Between two bursts. @param generation of the file, the same for all its switches */
  commit(b: Builder, generation: number): void {
    const { k } = b;
    for (const field of TABLES) k.view.setUint32(this.at + field, k.view.getUint32(b.sw + field, true), true);
    k.view.setUint32(this.at + Sw.GENERATION, generation, true);
    b.commit(this.at);
    this.built = b;
  }

  /** Name of the interface at index `i` (Packet.IFACE), or "". */
  interfaceName(i: number): string {
    return this.built.interfaces[i - 1]?.name ?? '';
  }

  /** Index of an interface by its address in memory. */
  interfaceIndex(at: number): number {
    return at === 0 ? 0 : this.built.k.view.getUint16(at + Iface.INDEX, true);
  }
}

/** What stands in the way of the switch's packets. */
const extrasOf = (b: Builder): Extras => ({
  verify: b.config.count_checksums !== false, edge: b.interfaces.some(i => i.flags & IfaceFlag.SRV6_EDGE), egress: marksOnEgress(b),
  policy: b.policied.size > 0, nat: b.config.nat !== undefined, lb: b.balancers.length > 0,
});

/** What a file makes of a switch: all that hangs off it and may be replaced. */
const TABLES = [Sw.FIB4, Sw.FIB6, Sw.LABELS, Sw.NO_ROUTE, Sw.SRV6] as const;

/** Faults at all that differs from the file that runs, and that only a restart can change. */
function refuseFixed(b: Builder, running: SwitchConfig): void {
  const owned = new Set(features.flatMap(f => f.owns ?? []));
  for (const key of new Set([...Object.keys(running), ...Object.keys(b.config)]) as Set<keyof SwitchConfig>)
    if (!owned.has(key)) refuseDifference(b, running[key], b.config[key], [key]);
  for (const [key, part] of [['mpls', 'ports'], ['mpls', 'ttl']] as const)
    refuseDifference(b, running[key]?.[part], b.config[key]?.[part], [key, part]);
  refuseDifference(b, running.srv6?.l2, b.config.srv6?.l2, ['srv6', 'l2']);
}

/** A fault at the deepest place that has all of a difference. */
function refuseDifference(b: Builder, before: unknown, after: unknown, path: Path): void {
  if (isDeepStrictEqual(before, after)) return;
  if (!isMap(before) || !isMap(after)) b.fault(path, 'cannot change while the switch runs: restart it');
  else for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) refuseDifference(b, before[key], after[key], [...path, key]);
}

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
