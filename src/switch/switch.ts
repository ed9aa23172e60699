// switch.ts -- a switch in memory: built from its part of a file, with the
// names that lead from kernel addresses back to that file.

import { Iface } from '../../assembly/abi/port.ts';
import { Switch as Sw, SCRATCH_BYTES } from '../../assembly/abi/switch.ts';
import { Graph } from '../graph/graph.ts';
import { wiringOf } from '../graph/pipeline.ts';
import type { Kernels } from '../kernel/kernels.ts';
import { Builder } from './builder.ts';
import type { SwitchConfig } from './config.ts';
import { features } from './features.ts';
import type { Path, SwitchFile } from './file.ts';

export class Switch {
  readonly graph: Graph;
  readonly at: number;
  readonly portNames: readonly string[];

  private constructor(readonly built: Builder) {
    this.at = built.sw;
    this.portNames = built.portNames;
    this.graph = new Graph(built.k, built.sw, wiringOf({ verify: built.config.count_checksums !== false, policy: built.policied.size > 0, nat: built.config.nat !== undefined, lb: built.balancers.length > 0 }));
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
    if (b.faults.length === 0) for (const f of features) f.build?.(b);
    faults.push(...b.faults);
    const seed = config.seed ?? number;
    k.view.setUint32(b.sw + Sw.SEED, seed, true);
    k.view.setUint32(b.sw + Sw.SCRATCH, k.alloc(SCRATCH_BYTES, 'scratch'), true);
    return new Switch(b);
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
