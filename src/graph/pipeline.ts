// pipeline.ts -- the one graph that every switch runs: nodes in rank order and
// where their edges lead. What a switch does is decided by its tables; nodes
// that its tables never reach cost nothing.
//
// An edge named like a node leads there; the others are listed with the node.
// An edge to an earlier node, or to the node itself, is a back edge: it costs
// the packet a pass (PASSES_MAX in assembly/abi).

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
  ip6_input: { ip6_lookup: 'ip6_verify', icmp: 'ip6_lookup' },
  ip6_verify: {},
  ip6_lookup: HOP6,
  ip6_group: HOP6,
  srv6_local: { icmp: 'ip6_lookup' },
  ip4_input: { ip4_lookup: 'ip4_verify' },
  ip4_verify: {},
  ip4_lookup: HOP4,
  ip4_group: HOP4,
  vrf_select: {},
  sr_proxy: ICMP,
  sr_masquerade: { icmp: 'ip6_lookup' },
  ip4_local: {},
  ip6_local: {},
  nd_input: {},
  udp_input: ICMP,
  vxlan_decap: {},
  srv6_encaps: ICMP,
  ip4_glean: ICMP,
  ip6_glean: ICMP,
  vxlan_encap: ICMP,
  mpls_push: ICMP,
  ip4_rewrite: { icmp: 'ip4_lookup' },
  ip4_fragment: {},
  ip6_rewrite: { icmp: 'ip6_lookup' },
  bridge_forward: {},
  bridge_flood: {},
  iface_output: {},
  port_tx: {},
};

/** The same without a look at transport checksums: `count_checksums: false`. */
export const unverified: typeof pipeline = { ...pipeline, ip6_input: { icmp: 'ip6_lookup' }, ip4_input: {} };
