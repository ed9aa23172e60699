// planes.ts -- rail-optimised planes: card r of every server hangs on the leaves
// of rail r, the spines of a plane join its leaves. A card has a port in every
// plane, and no link joins two planes.

import { type Cabling, type Topology, Wiring } from '../topology.ts';

export interface Planes { readonly gpus: number; readonly rails: number; readonly planes: number; readonly leaves: number; readonly spines: number }

export const planesLinks = (o: Planes, { fabric }: Cabling): number => o.planes * (o.gpus + o.leaves * o.spines * fabric.members);

/** @param o leaves and spines are those of a plane */
export function planes(kind: string, cabling: Cabling, o: Planes): Topology {
  const w = new Wiring(cabling), { rails } = o, perRail = o.leaves / rails, perLeaf = Math.ceil(o.gpus / rails / perRail);
  const hosts = w.add('host', o.gpus, 'gpu')[0]!, leaves = w.add('leaf', o.leaves, 'leaf', o.planes), spines = w.add('spine', o.spines, 'spine', o.planes);
  hosts.forEach((h, i) => { for (let p = 0; p < o.planes; p++) w.host(h, leaves[p]![i % rails * perRail + Math.floor(Math.floor(i / rails) / perLeaf)]!); });
  for (let p = 0; p < o.planes; p++) for (const l of leaves[p]!) for (const s of spines[p]!) w.join(l, s, cabling.fabric);
  return w.done(kind, o.planes);
}
