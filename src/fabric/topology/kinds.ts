// kinds.ts -- every kind of topology: one line each.

import type { TopologyConfig } from '../config.ts';
import { containerlab } from './containerlab.ts';
import { fatTree } from './fat_tree.ts';
import { fiveStage } from './five_stage.ts';
import { fused } from './fused.ts';
import { htsim } from './htsim.ts';
import type { Kind } from './kind.ts';
import { leafSpine } from './leaf_spine.ts';
import { pod } from './pod.ts';
import { railClos } from './rail_clos.ts';
import { supernode } from './supernode.ts';

export const KINDS: Readonly<Record<TopologyConfig['kind'], Kind>> = {
  'leaf-spine': leafSpine,
  'fat-tree': fatTree,
  'five-stage': fiveStage,
  'rail-clos': railClos,
  pod,
  supernode,
  fused,
  containerlab,
  htsim,
};
