// pod.ts -- the white paper's PoD (sections 3.1.3 and 3.3.3): 256 leaves a plane
// of 256 ports with 200G each, 240 to GPUs and 16 up, so 61,440 GPUs at 15 to 1.
// A GPU has a port in each of two planes. Fewer leaves, hosts and spines make a
// part of it that runs sooner.

import type { TopologyConfig } from '../config.ts';
import type { Kind } from './kind.ts';
import { type Planes, planes, planesLinks } from './planes.ts';

function size(c: TopologyConfig): Planes {
  const leaves = c.leaves ?? 256;
  return { gpus: leaves * (c.hosts_per_leaf ?? 240), rails: c.rails ?? 8, planes: c.planes ?? 2, leaves, spines: c.spines ?? 16 };
}

export const pod: Kind = {
  needs: [],
  knows: ['leaves', 'hosts_per_leaf', 'spines', 'rails', 'planes', 'parallel', 'rate', 'uplink'],
  rate: () => '200G',
  wrong(c) {
    const { leaves, rails } = size(c);
    return leaves % rails === 0 ? [] : [['leaves', `${leaves} leaves cannot be shared evenly by ${rails} rails`]];
  },
  links: (c, cabling) => planesLinks(size(c), cabling),
  build: (c, cabling) => planes('pod', cabling, size(c)),
};
