// config.ts -- the shape of a fabric file once schema/fabric.schema.json has
// passed it. Keys and their meaning are described there.

import type { BalanceName, TransportName } from './simulation.ts';

export interface TopologyConfig {
  kind: 'leaf-spine' | 'fat-tree' | 'rail-clos';
  leaves?: number;
  spines?: number;
  hosts_per_leaf?: number;
  parallel?: number;
  k?: number;
  gpus?: number;
  rails?: number;
  planes?: number;
  rate?: string;
  uplink?: string;
}

export interface WorkConfig {
  kind: 'permutation' | 'incast' | 'all-to-all' | 'allreduce' | 'cross-leaf' | 'message';
  bytes: string;
  start?: string;
  algorithm?: 'ring' | 'halving-doubling';
  hosts?: number;
  to?: string;
  from?: string;
}

export interface EventConfig { at: string; link?: string; switch?: string; plane?: number; down?: boolean }

export interface FabricConfig {
  name?: string;
  topology: TopologyConfig;
  links?: { host?: string; fabric?: string };
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
