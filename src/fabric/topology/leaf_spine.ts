// leaf_spine.ts -- two tiers, a three-stage Clos: every leaf has a link (or
// `parallel`) to every spine.

import type { TopologyConfig } from '../config.ts';
import { type Clos, clos, closLinks, type Kind } from './kind.ts';

const size = (c: TopologyConfig): Clos => ({ pods: 1, leaves: c.leaves!, spines: c.spines!, cores: 0, hostsPerLeaf: c.hosts_per_leaf! });

export const leafSpine: Kind = {
  needs: ['leaves', 'spines', 'hosts_per_leaf'],
  knows: ['parallel', 'rate', 'uplink'],
  wrong: c => (c.leaves! * c.hosts_per_leaf! < 2 ? [['hosts_per_leaf', 'one host has nobody to send to']] : []),
  links: (c, cabling) => closLinks(size(c), cabling),
  build: (c, cabling) => clos('leaf-spine', cabling, size(c)),
};
