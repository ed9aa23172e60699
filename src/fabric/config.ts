// config.ts -- the shape of a fabric file once schema/fabric.schema.json has
// passed it. Keys and their meaning are described there.

import type { BalanceName, TransportName } from './simulation.ts';
import type { ProfileName } from './topology/profile.ts';
import type { SizesName } from './workload/sizes.ts';

export interface TopologyConfig {
  kind: 'leaf-spine' | 'fat-tree' | 'five-stage' | 'rail-clos' | 'pod' | 'supernode' | 'fused' | 'containerlab' | 'htsim';
  leaves?: number;
  spines?: number;
  cores?: number;
  pods?: number;
  hosts_per_leaf?: number;
  parallel?: number;
  k?: number;
  gpus?: number;
  cards?: number;
  units?: number;
  rails?: number;
  planes?: number;
  supernode?: 'eth224' | 'pcie5';
  rate?: string;
  uplink?: string;
  core_link?: string;
  profile?: ProfileName | Readonly<Record<string, ProfileName>>;
  file?: string;
}

export interface WorkConfig {
  kind: 'permutation' | 'cross-leaf' | 'message' | 'incast' | 'all-to-all' | 'allreduce' | 'all-gather' | 'reduce-scatter' | 'broadcast' | 'moe' | 'pipeline' | 'training' | 'poisson' | 'csv' | 'htsim';
  bytes?: string;
  start?: string;
  algorithm?: 'ring' | 'halving-doubling';
  hosts?: number;
  to?: string;
  from?: string;
  tokens?: number;
  top_k?: number;
  skew?: number;
  compute?: string;
  stages?: number;
  microbatches?: number;
  steps?: number;
  phases?: readonly (PhaseConfig | { compute: string })[];
  load?: number;
  sizes?: SizesName;
  during?: string;
  file?: string;
}

/** Work that begins when what was before it has ended. */
export type PhaseConfig = Omit<WorkConfig, 'start' | 'hosts'>;

export interface EventConfig { at: string; link?: string; switch?: string; plane?: number; down?: boolean }

export interface FabricConfig {
  name?: string;
  topology: TopologyConfig;
  links?: { host?: string; fabric?: string; core?: string; fibre?: 'glass' | 'hollow-core' };
  switches?: { latency?: string; buffer?: string; pfc?: false | { priorities?: number[]; xoff?: string; xon?: string }; ecn?: { kmin: string; kmax: string; pmax?: number } };
  nic?: { latency?: string };
  transport?: { mode?: TransportName; mtu?: string; window?: number; ack_every?: number; timeout?: string; priority?: number };
  balance?: BalanceName;
  workload: WorkConfig[];
  events?: EventConfig[];
  convergence?: string;
  capture?: string[];
  seed?: number;
  until?: string;
}
