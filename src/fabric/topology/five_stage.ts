// five_stage.ts -- a five-stage Clos: pods of leaves and spines under cores. A
// packet between pods passes leaf, spine, core, spine, leaf (white paper,
// section 4.2: a hundred thousand servers).

import type { TopologyConfig } from '../config.ts';
import { type Clos, clos, closLinks, type Kind } from './kind.ts';

const size = (c: TopologyConfig): Clos => ({ pods: c.pods!, leaves: c.leaves!, spines: c.spines!, cores: c.cores!, hostsPerLeaf: c.hosts_per_leaf! });

export const fiveStage: Kind = {
  needs: ['pods', 'leaves', 'spines', 'cores', 'hosts_per_leaf'],
  knows: ['parallel', 'rate', 'uplink', 'core_link'],
  wrong: c => (c.cores! % c.spines! === 0 ? [] : [['cores', `${c.cores} cores cannot be shared evenly by the ${c.spines} spines of a pod`]]),
  links: (c, cabling) => closLinks(size(c), cabling),
  build: (c, cabling) => clos('five-stage', cabling, size(c)),
};
