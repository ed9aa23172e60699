// catalog.ts -- what the graph knows about each node: one row a file in
// assembly/nodes, naming its edges from 1 on (0 is always drop).
// test/catalog.test.ts checks the rows against the module.

/** Edges of every lookup: HopKind in assembly/abi/hop.ts, lower case. */
const HOP = ['local', 'rewrite', 'glean', 'group', 'icmp', 'mpls_push', 'srv6_encaps', 'srv6_local', 'vxlan_encap', 'bridge', 'vrf', 'sr_proxy', 'sr_masquerade'] as const;
/** First edges of every node that brings frames to layer 3: L3Edge in lib/l3_input.ts. */
const L3 = ['ip4_input', 'ip6_input', 'arp_input', 'mpls_lookup'] as const;

export const catalog: Readonly<Record<string, readonly string[]>> = {
  ethernet_input: [...L3, 'bridge_forward', 'sr_proxy'],
  arp_input: ['iface_output', 'ip4_rewrite', 'ip6_rewrite'],
  mpls_lookup: ['mpls_swap', 'mpls_pop', 'icmp4', 'icmp6', 'sr_proxy'],
  mpls_swap: ['port_tx', 'bridge_forward', 'icmp4', 'icmp6'],
  mpls_pop: ['mpls_lookup', 'ip4_input', 'ip6_input', 'bridge_forward', 'port_tx'],
  ip6_input: ['ip6_lookup', 'icmp', 'ip6_local'],
  ip6_verify: ['ip6_lookup'],
  ip6_lookup: HOP,
  ip6_group: HOP,
  srv6_local: ['ip6_lookup', 'ip4_input', 'ip6_input', 'ip6_rewrite', 'ip6_glean', 'icmp', 'ip6_local', 'sr_proxy', 'sr_masquerade'],
  ip4_input: ['ip4_lookup'],
  ip4_verify: ['ip4_lookup'],
  ip4_lookup: HOP,
  ip4_group: HOP,
  vrf_select: ['ip4_lookup', 'ip6_lookup'],
  sr_proxy: ['ip6_lookup', 'ip4_input', 'ip6_input', 'iface_output', 'mpls_lookup', 'icmp4', 'icmp6'],
  sr_masquerade: ['ip6_lookup', 'ip6_rewrite', 'ip6_glean', 'icmp'],
  ip4_local: ['ip4_lookup', 'udp_input'],
  ip6_local: ['ip6_lookup', 'udp_input', 'nd_input'],
  nd_input: ['iface_output', 'ip4_rewrite', 'ip6_rewrite'],
  udp_input: ['vxlan_decap', 'icmp4', 'icmp6'],
  vxlan_decap: ['bridge_forward', 'ip4_input', 'ip6_input'],
  srv6_encaps: ['ip6_lookup', 'ip6_rewrite', 'ip6_glean', 'icmp4', 'icmp6', 'ip4_fragment'],
  ip4_glean: ['ip4_rewrite', 'iface_output', 'icmp4', 'icmp6'],
  ip6_glean: ['ip6_rewrite', 'iface_output', 'icmp4', 'icmp6'],
  vxlan_encap: ['ip4_lookup', 'ip6_lookup', 'icmp4', 'icmp6', 'ip4_fragment'],
  mpls_push: ['port_tx', 'bridge_forward', 'icmp4', 'icmp6', 'ip4_fragment'],
  ip4_rewrite: ['port_tx', 'bridge_forward', 'ip4_fragment', 'icmp'],
  ip4_fragment: ['port_tx', 'bridge_forward', 'mpls_push', 'vxlan_encap', 'srv6_encaps'],
  ip6_rewrite: ['port_tx', 'bridge_forward', 'icmp'],
  bridge_forward: [...L3, 'iface_output', 'bridge_flood'],
  bridge_flood: [...L3, 'iface_output'],
  iface_output: ['port_tx', 'bridge_forward', 'vxlan_encap', 'mpls_push'],
  port_tx: [],
};
