// kind.ts -- what a kind of topology is: the keys that describe it, how large it
// would be, and how it is put together.

import type { TopologyConfig } from '../config.ts';
import type { TextFile } from '../text_file.ts';
import { type Cabling, type Topology, Wiring } from '../topology.ts';

export type TopologyKey = Exclude<keyof TopologyConfig, 'kind'>;

export interface Kind {
  /** Keys that it cannot do without. */
  readonly needs: readonly TopologyKey[];
  /** Others that mean something to it, beside `profile`. */
  readonly knows: readonly TopologyKey[];
  /** What is wrong with values that are all there, and at which key. */
  readonly wrong?: (c: TopologyConfig) => readonly (readonly [TopologyKey, string])[];
  /** Rate of a host's port where the file says none; else 400G. */
  readonly rate?: (c: TopologyConfig) => string;
  /** Links it will have, so that nothing is built that has no room. */
  readonly links: (c: TopologyConfig, cabling: Cabling) => number;
  /** @param read a file that it names @throws ConfigError when that is wrong */
  readonly build: (c: TopologyConfig, cabling: Cabling, read: (name: string) => TextFile) => Topology;
}

/**
 * Tiers of a Clos: leaves of a pod under the spines of the pod, spine i of every
 * pod under the cores of group i. One pod without cores is a leaf-spine fabric.
 */
export interface Clos { readonly pods: number; readonly leaves: number; readonly spines: number; readonly cores: number; readonly hostsPerLeaf: number }

export const closLinks = (o: Clos, { fabric, core }: Cabling): number => o.pods * (o.leaves * (o.hostsPerLeaf + o.spines * fabric.members) + o.cores * core.members);

/** @param o leaves and spines are those of a pod, cores all; cores a multiple of spines */
export function clos(kind: string, cabling: Cabling, o: Clos, latency?: number): Topology {
  const w = new Wiring(cabling), hosts = w.add('host', o.pods * o.leaves * o.hostsPerLeaf)[0]!, leaves = w.add('leaf', o.pods * o.leaves)[0]!, spines = w.add('spine', o.pods * o.spines)[0]!, cores = w.add('core', o.cores)[0]!;
  const group = o.cores / o.spines;
  hosts.forEach((h, i) => { w.host(h, leaves[Math.floor(i / o.hostsPerLeaf)]!); });
  leaves.forEach((l, i) => { for (let s = 0; s < o.spines; s++) w.join(l, spines[Math.floor(i / o.leaves) * o.spines + s]!, cabling.fabric); });
  spines.forEach((s, i) => { for (let c = 0; c < group; c++) w.join(s, cores[i % o.spines * group + c]!, cabling.core); });
  return w.done(kind, 1, latency);
}
