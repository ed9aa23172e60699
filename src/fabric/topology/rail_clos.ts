// rail_clos.ts -- a rail-optimised fabric of a training cluster, of any size.

import type { TopologyConfig } from '../config.ts';
import type { Kind } from './kind.ts';
import { type Planes, planes, planesLinks } from './planes.ts';

const size = (c: TopologyConfig): Planes => ({ gpus: c.gpus!, rails: c.rails ?? 8, planes: c.planes ?? 1, leaves: c.leaves!, spines: c.spines! });

export const railClos: Kind = {
  needs: ['gpus', 'leaves', 'spines'],
  knows: ['rails', 'planes', 'parallel', 'rate', 'uplink'],
  wrong(c) {
    const { gpus, rails, leaves } = size(c);
    if (gpus % rails !== 0) return [['gpus', `${gpus} GPUs are no whole number of servers with ${rails} cards`]];
    return leaves % rails === 0 ? [] : [['leaves', `${leaves} leaves cannot be shared evenly by ${rails} rails`]];
  },
  links: (c, cabling) => planesLinks(size(c), cabling),
  build: (c, cabling) => planes('rail-clos', cabling, size(c)),
};
