// index.ts -- everything the host can call. One line a file, alphabetical.

import { ABI_VERSION } from "./abi/packet";

/** ABI the module was built for. */
export function abi_version(): u32 { return ABI_VERSION; }
/** First byte behind the module's static data: where the host's arena begins. */
export function arena_base(): usize { return __heap_base; }

// lib
export { checksum, checksumBytes, checksumFold, checksumPseudo4, checksumPseudo6, checksumTransport, checksumUdp, checksumUpdate16, checksumUpdate32, checksumVerify, checksumVerifyUdp } from "./lib/checksum";
export { hash128, hash160, hash32, hash64, hashFlow4, hashFlow6, reduce } from "./lib/hash";
export { alloc, clone, free, free_list, pool_free, pool_init, pool_size, pool_sizeof } from "./lib/pool";
export { rng_below, rng_next, rng_seed } from "./lib/rng";

// capture
export { bpf_run } from "./capture/bpf";
export { capture_accept, capture_scan } from "./capture/scan";
export { capture_write, capture_write_one } from "./capture/write";

// graph
export { drops_sizeof } from "./graph/drops";
export { links_move } from "./graph/links";
export { graph_input, graph_run, graph_step } from "./graph/run";
export { trace_init } from "./graph/trace";

// sim
export { events_init, events_sizeof } from "./sim/events";
export { flow_schedule } from "./sim/flow";
export { sim_run } from "./sim/run";
export { serialisation } from "./sim/port";
export { fare_choose, fare_init, fare_set, fare_sizeof } from "./balance/fare";
export { histogram_floor, histogram_sizeof } from "./lib/histogram";

// tables
export { exact128_del, exact128_get, exact128_get_from, exact128_init, exact128_put, exact128_sizeof, exact128_slot } from "./tables/exact128";
export { exact160_del, exact160_find, exact160_get, exact160_get_from, exact160_init, exact160_put, exact160_sizeof, exact160_slot } from "./tables/exact160";
export { exact32_del, exact32_get, exact32_get_from, exact32_init, exact32_put, exact32_sizeof, exact32_slot } from "./tables/exact32";
export { exact64_del, exact64_get, exact64_get_from, exact64_init, exact64_put, exact64_sizeof, exact64_slot } from "./tables/exact64";
export { fdb_age, fdb_del, fdb_entry_domain, fdb_entry_expires, fdb_entry_mac, fdb_entry_value, fdb_full, fdb_get, fdb_get_from, fdb_init, fdb_learn, fdb_moved, fdb_next, fdb_put, fdb_sizeof, fdb_slot } from "./tables/fdb";
export { lpm4_count, lpm4_del, lpm4_get, lpm4_get_from, lpm4_init, lpm4_put, lpm4_put_many, lpm4_sizeof, lpm4_slot, lpm4_trie, lpm4_trie_sizeof } from "./tables/lpm4";
export { lpm6_candidates, lpm6_cost, lpm6_count, lpm6_del, lpm6_get, lpm6_get_from, lpm6_init, lpm6_put, lpm6_put_many, lpm6_sizeof, lpm6_slot } from "./tables/lpm6";
export { meter_init, meter_sizeof, meter_take } from "./tables/meter";
export { neighbors_forget, neighbors_init, neighbors_sizeof, neighbors_static } from "./tables/neighbors";
export { proxy_flows_find, proxy_flows_init, proxy_flows_sizeof, proxy_flows_take } from "./tables/proxy_flows";

// balance
export { group_bucket, group_count, group_get, group_init, group_member, group_set_value, group_set_weight, group_sizeof } from "./balance/group";

// nodes
export { arp_input } from "./nodes/arp_input";
export { bridge_flood } from "./nodes/bridge_flood";
export { bridge_forward } from "./nodes/bridge_forward";
export { ethernet_input } from "./nodes/ethernet_input";
export { iface_output } from "./nodes/iface_output";
export { ip4_fragment } from "./nodes/ip4_fragment";
export { ip4_glean } from "./nodes/ip4_glean";
export { ip4_group } from "./nodes/ip4_group";
export { ip4_input } from "./nodes/ip4_input";
export { ip4_local } from "./nodes/ip4_local";
export { ip4_lookup } from "./nodes/ip4_lookup";
export { ip4_rewrite } from "./nodes/ip4_rewrite";
export { ip4_verify } from "./nodes/ip4_verify";
export { ip6_glean } from "./nodes/ip6_glean";
export { ip6_group } from "./nodes/ip6_group";
export { ip6_input } from "./nodes/ip6_input";
export { ip6_local } from "./nodes/ip6_local";
export { ip6_lookup } from "./nodes/ip6_lookup";
export { ip6_rewrite } from "./nodes/ip6_rewrite";
export { ip6_verify } from "./nodes/ip6_verify";
export { mpls_lookup } from "./nodes/mpls_lookup";
export { mpls_pop } from "./nodes/mpls_pop";
export { mpls_push } from "./nodes/mpls_push";
export { mpls_swap } from "./nodes/mpls_swap";
export { nd_input } from "./nodes/nd_input";
export { port_tx } from "./nodes/port_tx";
export { sr_masquerade } from "./nodes/sr_masquerade";
export { sr_proxy } from "./nodes/sr_proxy";
export { srv6_encaps } from "./nodes/srv6_encaps";
export { srv6_local } from "./nodes/srv6_local";
export { udp_input } from "./nodes/udp_input";
export { vrf_select } from "./nodes/vrf_select";
export { vxlan_decap } from "./nodes/vxlan_decap";
export { vxlan_encap } from "./nodes/vxlan_encap";
