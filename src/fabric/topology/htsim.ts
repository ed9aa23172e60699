// htsim.ts -- a `.topo` file of htsim: a two- or three-tier fat tree by the
// radix, speed and latency of each tier. Tier 0 are the switches that hosts hang
// on; a tier's "downlink" leads to the tier below, hosts below tier 0; `bundle`
// links of it go side by side.
//
//   Nodes 1024 / Tiers 3 / Podsize 64
//   Tier 0 / Downlink_speed_Gbps 100 / Radix_Down 8 / Radix_Up 8 / Downlink_Latency_ns 1000 ...

import type { TextFile, Word } from '../text_file.ts';
import type { Topology } from '../topology.ts';
import { clos, type Kind } from './kind.ts';

const HEADER = ['nodes', 'tiers', 'podsize'], NEEDED = ['downlink_speed_gbps', 'radix_down', 'downlink_latency_ns'], OPTIONAL = ['radix_up', 'switch_latency_ns', 'oversubscribed', 'bundle', 'queue_up', 'queue_down'];

interface Block { readonly at: Word; readonly values: Map<string, { readonly value: number; readonly at: Word }> }

export const htsim: Kind = {
  needs: ['file'],
  knows: [],
  links: () => 0,
  build: (c, _, read) => htsimTopology(read(c.file!)),
};

/** @throws ConfigError */
function htsimTopology(file: TextFile): Topology {
  const header = new Map<string, number>(), tiers: Block[] = [];
  for (const [key, value, extra] of file.words()) {
    const name = key!.text.toLowerCase();
    if (!value || extra) file.refuse(extra ?? key!, 'expected a key and its value');
    if (name === 'tier') {
      if (file.number(value, 0) !== tiers.length) file.refuse(value, `expected tier ${tiers.length}`);
      tiers.push({ at: key!, values: new Map() });
    } else if (tiers.length === 0 && HEADER.includes(name)) header.set(name, file.number(value, 1));
    else if (tiers.length > 0 && [...NEEDED, ...OPTIONAL].includes(name)) tiers.at(-1)!.values.set(name, { value: file.number(value, 0), at: value });
    else file.refuse(key!, `"${key!.text}": expected one of ${(tiers.length === 0 ? [...HEADER, 'tier'] : [...NEEDED, ...OPTIONAL]).join(', ')}`);
  }
  const top: Word = { text: '', line: 1, column: 1 };
  for (const name of HEADER) if (!header.has(name)) file.refuse(top, `"${name}" is missing`);
  const [nodes, count, podsize] = HEADER.map(name => header.get(name)!) as [number, number, number];
  if (tiers.length !== count || count < 2 || count > 3) file.refuse(tiers.at(-1)?.at ?? top, `"tiers" says ${count}, there are ${tiers.length}: expected 2 or 3`);
  for (const t of tiers) for (const key of NEEDED) if (!t.values.get(key)?.value) file.refuse(t.values.get(key)?.at ?? t.at, `a tier needs "${key}" above 0`);
  const value = (tier: number, key: string, otherwise: number) => tiers[tier]?.values.get(key)?.value ?? otherwise, latencies = new Set(tiers.map((_, i) => value(i, 'switch_latency_ns', 0)));
  if (latencies.size > 1) file.refuse(tiers.at(-1)!.values.get('switch_latency_ns')?.at ?? tiers[0]!.at, 'tiers whose switches differ in latency are not modelled');
  const bundle = (tier: number) => ({ members: value(tier, 'bundle', 1), rate: value(tier, 'downlink_speed_gbps', 1) * 1e9, delay: value(tier, 'downlink_latency_ns', 0) * 1000 });
  // Every division has to come out even.
  const share = (all: number, each: number, tier: number, what: string) => (all % each === 0 ? all / each : file.refuse(tiers[tier]!.at, `${what}: ${all} cannot be shared evenly by ${each}`));
  const hostsPerLeaf = value(0, 'radix_down', 1), uplinks = (tier: number) => value(tier, 'radix_up', 0);
  const pods = count === 2 ? 1 : share(nodes, podsize, 0, 'nodes by podsize'), leaves = share(count === 2 ? nodes : podsize, hostsPerLeaf, 0, 'hosts by leaves'), spines = share(uplinks(0), bundle(1).members, 0, 'uplinks by bundles');
  if (spines === 0) file.refuse(tiers[0]!.at, 'a tier below another needs "radix_up" above 0');
  const cores = count === 2 ? 0 : spines * share(uplinks(1), bundle(2).members, 1, 'uplinks by bundles');
  if (value(1, 'radix_down', 0) !== leaves * bundle(1).members) file.refuse(tiers[1]!.at, `"radix_down" is ${value(1, 'radix_down', 0)}, but ${leaves} leaves of a pod come with ${bundle(1).members} links each`);
  if (count === 3 && value(2, 'radix_down', 0) !== pods * bundle(2).members) file.refuse(tiers[2]!.at, `"radix_down" is ${value(2, 'radix_down', 0)}, but ${pods} pods come with ${bundle(2).members} links each`);
  return clos('htsim', { host: bundle(0), fabric: bundle(1), core: bundle(2) }, { pods, leaves, spines, cores, hostsPerLeaf }, [...latencies][0]! * 1000);
}
