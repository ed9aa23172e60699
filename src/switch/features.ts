// features.ts -- the parts of a switch file, in the order they are built.

import type { Builder } from './builder.ts';
import { buildBier, declareBier } from './bier.ts';
import { buildBierGroups } from './bier_groups.ts';
import { buildBridges, declareBridges, declareOwnInterfaces } from './bridges.ts';
import type { SwitchConfig } from './config.ts';
import { declareIpsec, buildIpsec } from './ipsec.ts';
import { buildListeners } from './listeners.ts';
import { checkConntrack } from './conntrack.ts';
import { buildFib } from './fib.ts';
import { checkGroups } from './groups.ts';
import { buildIcmp } from './icmp.ts';
import { buildBalancers } from './load_balancers.ts';
import { buildMpls, declareMpls } from './mpls.ts';
import { buildMulticast } from './multicast.ts';
import { buildNeighbors, buildNeighborTable, declareNeighbors } from './neighbors.ts';
import { buildNat } from './nat.ts';
import { buildPolicers, checkPolicers } from './policers.ts';
import { buildPorts, declarePorts } from './ports.ts';
import { buildPseudowires, declarePseudowires } from './pseudowires.ts';
import { buildQos } from './qos.ts';
import { buildRoutes } from './routes.ts';
import { buildDomain } from './srv6_domain.ts';
import { buildSecurityGroups, checkSecurityGroups } from './security_groups.ts';
import { buildSourceGuard } from './source_guard.ts';
import { buildSrv6L2, declareCrossConnects, declareSrv6L2 } from './srv6_l2.ts';
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
  { declare: declareCrossConnects },
  { declare: declarePorts, build: buildPorts },
  { build: buildQos },
  { declare: declarePseudowires },
  { declare: declareVxlan },
  { declare: declareIpsec },
  { declare: declareSrv6L2 },
  { declare: declareOwnInterfaces, build: buildBridges },
  { declare: declareServices },
  { build: buildVxlan },
  { build: buildIpsec },
  { build: buildListeners },
  { build: buildSourceGuard },
  { build: buildNat },
  { declare: checkConntrack },
  { declare: checkPolicers, build: buildPolicers },
  { declare: checkSecurityGroups, build: buildSecurityGroups },
  { build: buildNeighborTable },
  { declare: declareNeighbors, build: buildNeighbors, owns: ['neighbors'] },
  { build: buildIcmp },
  { declare: checkGroups, owns: ['groups'] },
  { build: buildPseudowires },
  { declare: declareBier, build: buildBier },
  { build: buildBierGroups },
  { build: buildServices, owns: [] },
  { declare: declareMpls, build: buildMpls, owns: ['mpls'] },
  { build: buildBalancers },
  { build: buildDomain, owns: ['srv6'] },
  { build: buildPolicies, owns: ['srv6'] },
  { build: buildSrv6L2, owns: ['srv6'] },
  { build: buildRoutes, owns: ['routes'] },
  { build: buildMulticast, owns: [] },
  { build: buildSids, owns: ['srv6'] },
  { build: buildServiceSids, owns: [] },
  { build: buildFib, owns: [] },
];
