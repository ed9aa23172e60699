// catalog.ts -- what the graph knows about each node: one row a file in
// assembly/nodes, naming its edges from 1 on (0 is always drop).
// test/catalog.test.ts checks the rows against the module.

/** Edges of every lookup: HopKind in abi.ts, lower case. */
const HOP = ['local', 'rewrite', 'glean', 'group', 'icmp', 'mpls_push', 'srv6_encaps', 'srv6_local', 'vxlan_encap', 'bridge', 'vrf'] as const;

export const catalog: Readonly<Record<string, readonly string[]>> = {
  ethernet_input: ['ip4_input', 'ip6_input', 'arp_input', 'mpls_lookup', 'bridge_forward'],
  ip4_input: ['ip4_lookup'],
  ip4_lookup: HOP,
  ip4_rewrite: ['port_tx', 'bridge_forward', 'ip4_fragment', 'icmp'],
  port_tx: [],
};
