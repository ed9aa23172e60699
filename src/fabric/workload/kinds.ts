// kinds.ts -- every kind of work: one line each.

import type { WorkConfig } from '../config.ts';
import { allToAll } from './all_to_all.ts';
import { broadcast } from './broadcast.ts';
import { csv } from './csv.ts';
import { experts } from './experts.ts';
import { htsimMatrix } from './htsim.ts';
import { incast } from './incast.ts';
import type { Work } from './kind.ts';
import { crossLeaf, message, permutation } from './permutation.ts';
import { pipeline } from './pipeline.ts';
import { poisson } from './poisson.ts';
import { allGather, allReduce, reduceScatter } from './ring.ts';
import { training } from './training.ts';

export const WORKS: Readonly<Record<WorkConfig['kind'], Work>> = {
  permutation,
  'cross-leaf': crossLeaf,
  message,
  incast,
  'all-to-all': allToAll,
  allreduce: allReduce,
  'all-gather': allGather,
  'reduce-scatter': reduceScatter,
  broadcast,
  moe: experts,
  pipeline,
  training,
  poisson,
  csv,
  htsim: htsimMatrix,
};
