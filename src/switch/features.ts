// features.ts -- the parts of a switch file, in the order they are built.

import type { Builder } from './builder.ts';
import { buildBridges, declareBridges, declareOwnInterfaces } from './bridges.ts';
import { buildFib } from './fib.ts';
import { checkGroups } from './groups.ts';
import { buildIcmp } from './icmp.ts';
import { buildMpls, declareMpls } from './mpls.ts';
import { buildNeighbors, declareNeighbors } from './neighbors.ts';
import { buildPorts, declarePorts } from './ports.ts';
import { buildPseudowires, declarePseudowires } from './pseudowires.ts';
import { buildRoutes } from './routes.ts';
import { buildServices, buildServiceSids } from './service_proxies.ts';
import { declareServices } from './services.ts';
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
  { declare: declareServices },
  { build: buildVxlan },
  { declare: declareNeighbors, build: buildNeighbors },
  { build: buildIcmp },
  { declare: checkGroups },
  { build: buildPseudowires },
  { build: buildServices },
  { declare: declareMpls, build: buildMpls },
  { build: buildPolicies },
  { build: buildRoutes },
  { build: buildSids },
  { build: buildServiceSids },
  { build: buildFib },
];
