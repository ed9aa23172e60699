// pipeline.ts -- the one graph that every switch runs: nodes in rank order and
// where their edges lead. What a switch does is decided by its tables; nodes
// that its tables never reach cost nothing.
//
// An edge named like a node leads there; the others are listed with the node.
// An edge to an earlier node, or to the node itself, is a back edge: it costs
// the packet a pass (PASSES_MAX in abi.ts).

/** Node name -> where its edges lead that are not named after a node. */
export const pipeline: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  ethernet_input: {},
  ip4_input: {},
  ip4_lookup: { local: 'ip4_local', rewrite: 'ip4_rewrite', glean: 'ip4_glean', group: 'ip4_group', icmp: 'ip4_lookup', bridge: 'ip4_rewrite', vrf: 'ip4_vrf' },
  ip4_rewrite: { icmp: 'ip4_lookup' },
  port_tx: {},
};
