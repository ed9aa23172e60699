// fused.ts -- scale-up and scale-out fused into three tiers (white paper, section
// 3.3.3): a million cards behind two network layers.
//
//   inter-Segment   spines of rail r          128 a rail
//   Segment         leaves of rail r          256 a rail, 128 units each
//   supernode       the switch of a unit      32 cards below, a link to each of 32 rails
//
// A rail is a two-tier plane of 256-port switches that blocks nothing: 32,768
// endpoints, the units; 32 cards each make 1,048,576. The paper's own text of the
// tiers is cut; its numbers fit this reading.

import type { TopologyConfig } from '../config.ts';
import { Wiring } from '../topology.ts';
import type { Kind } from './kind.ts';

function size(c: TopologyConfig): { readonly units: number; readonly cards: number; readonly rails: number; readonly leaves: number; readonly spines: number } {
  const cards = c.cards ?? 32;
  return { units: c.units ?? 32_768, cards, rails: c.rails ?? cards, leaves: c.leaves ?? 256, spines: c.spines ?? 128 };
}

export const fused: Kind = {
  needs: [],
  knows: ['units', 'cards', 'rails', 'leaves', 'spines', 'parallel', 'rate', 'uplink'],
  rate: () => '200G',
  wrong(c) {
    const { units, leaves } = size(c);
    return units % leaves === 0 ? [] : [['units', `${units} units cannot be shared evenly by the ${leaves} leaves of a rail`]];
  },
  links(c, { fabric }) {
    const { units, cards, rails, leaves, spines } = size(c);
    return units * cards + (units + leaves * spines) * rails * fabric.members;
  },
  build(c, cabling) {
    const { units, cards, rails, leaves, spines } = size(c), w = new Wiring(cabling), perLeaf = units / leaves;
    const hosts = w.add('host', units * cards, 'card')[0]!, unit = w.add('unit', units)[0]!;
    const named = (tier: string, n: number) => Array.from({ length: rails }, (_, r) => Array.from({ length: n }, (_, i) => w.device(`${tier}${r + 1}-${i + 1}`, tier)));
    const leaf = named('leaf', leaves), spine = named('spine', spines);
    hosts.forEach((h, i) => { w.host(h, unit[Math.floor(i / cards)]!); });
    unit.forEach((u, i) => { for (const rail of leaf) w.join(u, rail[Math.floor(i / perLeaf)]!, cabling.fabric); });
    leaf.forEach((rail, r) => { for (const l of rail) for (const s of spine[r]!) w.join(l, s, cabling.fabric); });
    return w.done('fused', 1);
  },
};
