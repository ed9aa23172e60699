// features.ts -- the parts of a switch file, in the order they are built.

import type { Builder } from './builder.ts';
import { buildBridges, declareBridges, declareOwnInterfaces } from './bridges.ts';
import { checkConntrack } from './conntrack.ts';
import { buildFib } from './fib.ts';
import { checkGroups } from './groups.ts';
import { buildIcmp } from './icmp.ts';
import { buildBalancers } from './load_balancers.ts';
import { buildMpls, declareMpls } from './mpls.ts';
import { buildNat } from './nat.ts';
import { buildNeighbors, declareNeighbors } from './neighbors.ts';
import { buildPolicers, checkPolicers } from './policers.ts';
import { buildPorts, declarePorts } from './ports.ts';
import { buildPseudowires, declarePseudowires } from './pseudowires.ts';
import { buildRoutes } from './routes.ts';
import { buildSecurityGroups, checkSecurityGroups } from './security_groups.ts';
import { buildSourceGuard } from './source_guard.ts';
import { buildPolicies } from './srv6_policies.ts';
import { buildSids } from './srv6_sids.ts';
import { buildVxlan, declareVxlan } from './vxlan.ts';

export interface Feature {
  /** Name interfaces, VRFs, bridges, neighbours; nothing has an address yet. */
  declare?(b: Builder): void;
  /** Fill tables. Routes are collected; buildFib, last, places them. */
  build?(b: Builder): void;
}

export const features: readonly Feature[] = [
  { declare: declareBridges },
  { declare: declarePorts, build: buildPorts },
  { declare: declarePseudowires },
  { declare: declareVxlan },
  { declare: declareOwnInterfaces, build: buildBridges },
  { build: buildVxlan },
  { build: buildSourceGuard },
  { build: buildNat },
  { declare: checkConntrack },
  { declare: checkPolicers, build: buildPolicers },
  { declare: checkSecurityGroups, build: buildSecurityGroups },
  { declare: declareNeighbors, build: buildNeighbors },
  { build: buildIcmp },
  { declare: checkGroups },
  { build: buildPseudowires },
  { declare: declareMpls, build: buildMpls },
  { build: buildBalancers },
  { build: buildPolicies },
  { build: buildRoutes },
  { build: buildSids },
  { build: buildFib },
];
