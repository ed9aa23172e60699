// fat_tree.ts -- three tiers of k-port switches (Al-Fares 2008): k pods of k/2
// edge and k/2 aggregation switches, (k/2)^2 cores, k^3/4 hosts.

import type { TopologyConfig } from '../config.ts';
import { type Clos, clos, closLinks, type Kind } from './kind.ts';

function size({ k = 2 }: TopologyConfig): Clos {
  const half = k / 2;
  return { pods: k, leaves: half, spines: half, cores: half * half, hostsPerLeaf: half };
}

export const fatTree: Kind = {
  needs: ['k'],
  knows: ['rate', 'uplink'],
  links: (c, cabling) => closLinks(size(c), cabling),
  build: (c, cabling) => clos('fat-tree', cabling, size(c)),
};
