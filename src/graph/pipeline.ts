// pipeline.ts -- the one graph that every switch runs: nodes in rank order and
// where their edges lead. What a switch does is decided by its tables; nodes
// that its tables never reach cost nothing.
//
// An edge named like a node leads there; the others are listed with the node.
// An edge to an earlier node, or to the node itself, is a back edge: it costs
// the packet a pass (PASSES_MAX in assembly/abi).

import { catalog } from './catalog.ts';

const HOP4 = { local: 'ip4_local', rewrite: 'ip4_rewrite', glean: 'ip4_glean', group: 'ip4_group', icmp: 'ip4_lookup', bridge: 'ip4_rewrite', vrf: 'vrf_select' };
const HOP6 = { local: 'ip6_local', rewrite: 'ip6_rewrite', glean: 'ip6_glean', group: 'ip6_group', icmp: 'ip6_lookup', bridge: 'ip6_rewrite', vrf: 'vrf_select' };
const ICMP = { icmp4: 'ip4_lookup', icmp6: 'ip6_lookup' };

/** Node name -> where its edges lead that are not named after a node. */
export const pipeline: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ethernet_input: {},
  arp_input: {},
  mpls_lookup: ICMP,
  mpls_swap: ICMP,
  mpls_pop: {},
  bier_input: {},
  ip6_input: { ip6_lookup: 'ip6_verify', icmp: 'ip6_lookup' },
  srv6_edge: {},
  ip6_verify: {},
  ip6_policy: {},
  ip6_lookup: HOP6,
  ip6_group: HOP6,
  srv6_input: { icmp: 'ip6_lookup' },
  srv6_csid: { icmp: 'ip6_lookup' },
  srv6_local: { icmp: 'ip6_lookup' },
  ip4_input: { ip4_lookup: 'ip4_verify' },
  ip4_verify: {},
  ip4_policy: {},
  nat44_in: { icmp: 'ip4_lookup' },
  lb4: { icmp: 'ip4_lookup' },
  ip4_lookup: HOP4,
  ip4_group: HOP4,
  vrf_select: {},
  srv6_dx: {},
  sr_proxy: ICMP,
  sr_masquerade: { icmp: 'ip6_lookup' },
  ip4_local: {},
  ip6_local: {},
  nd_input: {},
  udp_input: ICMP,
  vxlan_decap: {},
  srv6_dx2: {},
  srv6_dt2u: {},
  srv6_dt2m: {},
  srv6_insert: { icmp: 'ip6_lookup' },
  srv6_encaps_l2: {},
  srv6_encaps: ICMP,
  bier_encap: ICMP,
  bier_forward: {},
  bier_decap: {},
  esp_decrypt: {},
  ip4_glean: ICMP,
  ip6_glean: ICMP,
  vxlan_encap: ICMP,
  esp_encrypt: ICMP,
  mpls_push: ICMP,
  ip_policy_out: {},
  nat44_out: {},
  ip4_rewrite: { icmp: 'ip4_lookup' },
  ip4_fragment: {},
  ip6_rewrite: { icmp: 'ip6_lookup' },
  bridge_policy: {},
  bridge_forward: {},
  bridge_flood: {},
  bridge_policy_out: {},
  iface_output: {},
  qos_remark: {},
  ecn_mark: {},
  port_tx: {},
};

/** Nodes that a frame passes before port_tx where ports remark or mark; elsewhere nothing leads to them. */
const EGRESS = ['qos_remark', 'ecn_mark'] as const;

/** What a switch does on top of forwarding: nodes that stand in its packets' way. */
export interface Extras {
  /** Look at transport checksums: `count_checksums`. */
  readonly verify: boolean;
  /** A port is at the edge of an SR domain. */
  readonly edge: boolean;
  /** A port has qos or ecn. */
  readonly egress: boolean;
  /** Interfaces ask something of their packets. */
  readonly policy: boolean;
  /** Addresses are translated. */
  readonly nat: boolean;
  /** Load balancers. */
  readonly lb: boolean;
}

/** The graph of a switch: edges lead past nodes that it has no use for. */
export function wiringOf({ verify, edge, egress, policy, nat, lb }: Extras): typeof pipeline {
  let wiring = { ...pipeline, ip4_input: {}, ip6_input: { icmp: 'ip6_lookup' } } as typeof pipeline, last4 = 'ip4_input', last6 = 'ip6_input';
  const before4 = (node: string) => {
    wiring = inserted(wiring, node, 'ip4_lookup', [last4]);
    last4 = node;
  };
  const before6 = (node: string) => {
    wiring = inserted(wiring, node, 'ip6_lookup', [last6]);
    last6 = node;
  };
  if (edge) before6('srv6_edge');
  if (verify) {
    before4('ip4_verify');
    before6('ip6_verify');
  }
  if (policy) {
    before4('ip4_policy');
    before6('ip6_policy');
    for (const family of ['ip4', 'ip6']) wiring = inserted(wiring, 'ip_policy_out', `${family}_rewrite`);
    wiring = inserted(wiring, 'bridge_policy', 'bridge_forward', ['ethernet_input', 'vxlan_decap', 'mpls_pop', 'srv6_dt2u']);
    wiring = inserted(wiring, 'bridge_policy_out', 'iface_output', ['bridge_forward', 'bridge_flood', 'srv6_dt2m']);
  }
  if (nat) {
    before4('nat44_in');
    wiring = inserted(wiring, 'nat44_out', 'ip4_rewrite', policy ? ['ip_policy_out'] : undefined);
  }
  if (lb) before4('lb4');
  if (!egress) return wiring;
  const leaves = (node: string) => catalog[node]!.includes('port_tx') && !(EGRESS as readonly string[]).includes(node);
  return Object.fromEntries(Object.entries(wiring).map(([node, to]) => [node, leaves(node) ? { ...to, port_tx: EGRESS[0] } : to]));
}

/** Edges that led to a node lead to the one before it: those of some nodes, or of all others. `icmp` edges stay: what a switch says itself is not asked. */
function inserted(wiring: typeof pipeline, node: string, before: string, from: readonly string[] = Object.keys(wiring)): typeof pipeline {
  return Object.fromEntries(Object.entries(wiring).map(([name, edges]) => {
    if (name === node || !from.includes(name)) return [name, edges];
    const led = catalog[name]!.filter(edge => (edges[edge] ?? edge) === before && edge !== 'icmp');
    return [name, { ...edges, ...Object.fromEntries(led.map(edge => [edge, node])) }];
  }));
}
