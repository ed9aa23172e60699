// features.ts -- the parts of a switch file, in the order they are built.

import type { Builder } from './builder.ts';
import { buildBridges, declareBridges, declareOwnInterfaces } from './bridges.ts';
import type { SwitchConfig } from './config.ts';
import { buildFib } from './fib.ts';
import { checkGroups } from './groups.ts';
import { buildIcmp } from './icmp.ts';
import { buildMpls, declareMpls } from './mpls.ts';
import { buildNeighbors, buildNeighborTable, declareNeighbors } from './neighbors.ts';
import { buildPorts, declarePorts } from './ports.ts';
import { buildPseudowires, declarePseudowires } from './pseudowires.ts';
import { buildRoutes } from './routes.ts';
import { buildServices, buildServiceSids } from './service_proxies.ts';
import { declareServices } from './services.ts';
import { buildPolicies } from './srv6_policies.ts';
import { buildSids } from './srv6_sids.ts';
import { buildVxlan, declareVxlan } from './vxlan.ts';

/**
 * A part is rebuilt when a running switch gets a new file if it says what of
 * the file it `owns`; what nobody owns cannot change while the switch runs.
 */
export interface Feature {
  /** Name interfaces, VRFs, bridges, neighbours; nothing has an address yet. */
  declare?(b: Builder): void;
  /** Fill tables. Routes are collected; buildFib, last, places them. */
  build?(b: Builder): void;
  /** Top-level keys that may change; none for a part made of others'. */
  readonly owns?: readonly (keyof SwitchConfig)[];
}

export const features: readonly Feature[] = [
  { declare: declareBridges },
  { declare: declarePorts, build: buildPorts },
  { declare: declarePseudowires },
  { declare: declareVxlan },
  { declare: declareOwnInterfaces, build: buildBridges },
  { declare: declareServices },
  { build: buildVxlan },
  { build: buildNeighborTable },
  { declare: declareNeighbors, build: buildNeighbors, owns: ['neighbors'] },
  { build: buildIcmp },
  { declare: checkGroups, owns: ['groups'] },
  { build: buildPseudowires },
  { build: buildServices, owns: [] },
  { declare: declareMpls, build: buildMpls, owns: ['mpls'] },
  { build: buildPolicies, owns: ['srv6'] },
  { build: buildRoutes, owns: ['routes'] },
  { build: buildSids, owns: ['srv6'] },
  { build: buildServiceSids, owns: [] },
  { build: buildFib, owns: [] },
];
