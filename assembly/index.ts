// index.ts -- everything the host can call. One line a file, alphabetical.

import { ABI_VERSION } from "./abi/packet";

/** ABI the module was built for. */
export function abi_version(): u32 { return ABI_VERSION; }
/** First byte behind the module's static data: where the host's arena begins. */
export function arena_base(): usize { return __heap_base; }

// lib
export { checksum, checksumBytes, checksumFold, checksumPseudo4, checksumPseudo6, checksumTransport, checksumUdp, checksumUpdate16, checksumUpdate32, checksumVerify, checksumVerifyUdp } from "./lib/checksum";
export { crc32, crc32_init, crc32_sizeof } from "./lib/crc32";
export { flowKey, flowKeyHash } from "./lib/flow_key";
export { hash128, hash160, hash32, hash64, hashFlow4, hashFlow6, reduce } from "./lib/hash";
export { histogram_floor, histogram_sizeof } from "./lib/histogram";
export { icrc, icrcRepair, icrcWrong, roceLength } from "./lib/icrc";
export { countMacControl, putPause, putPfc, quantaTime } from "./lib/mac_control";
export { alloc, clone, free, free_list, pool_free, pool_init, pool_size, pool_sizeof } from "./lib/pool";
export { hmac_key, hmac_sha256, sha256 } from "./lib/sha256";
export { srh_hmac } from "./lib/srh_hmac";
export { rng_below, rng_next, rng_seed } from "./lib/rng";

// sim
export { events_init, events_sizeof } from "./sim/events";
export { flow_schedule } from "./sim/flow";
export { serialisation } from "./sim/port";
export { sim_run } from "./sim/run";

// capture
export { bpf_run } from "./capture/bpf";
export { capture_accept, capture_scan } from "./capture/scan";
export { capture_write, capture_write_one } from "./capture/write";

// graph
export { drops_sizeof } from "./graph/drops";
export { links_move } from "./graph/links";
export { graph_input, graph_refuse, graph_resume, graph_run, graph_step } from "./graph/run";
export { trace_init } from "./graph/trace";

// tables
export { classifier_find4, classifier_find6 } from "./tables/classifier";
export { exact128_del, exact128_get, exact128_get_from, exact128_init, exact128_put, exact128_sizeof, exact128_slot } from "./tables/exact128";
export { exact160_del, exact160_find, exact160_get, exact160_get_from, exact160_init, exact160_put, exact160_sizeof, exact160_slot } from "./tables/exact160";
export { exact32_del, exact32_get, exact32_get_from, exact32_init, exact32_put, exact32_sizeof, exact32_slot } from "./tables/exact32";
export { exact64_del, exact64_get, exact64_get_from, exact64_init, exact64_put, exact64_sizeof, exact64_slot } from "./tables/exact64";
export { fdb_age, fdb_del, fdb_entry_domain, fdb_entry_expires, fdb_entry_mac, fdb_entry_value, fdb_full, fdb_get, fdb_get_from, fdb_init, fdb_learn, fdb_moved, fdb_next, fdb_put, fdb_sizeof, fdb_slot } from "./tables/fdb";
export { flows_add, flows_count, flows_del, flows_evicted, flows_get, flows_hash, flows_init, flows_made, flows_next, flows_sizeof } from "./tables/flow_table";
export { lpm4_count, lpm4_del, lpm4_get, lpm4_get_from, lpm4_init, lpm4_put, lpm4_put_many, lpm4_sizeof, lpm4_slot, lpm4_trie, lpm4_trie_sizeof } from "./tables/lpm4";
export { lpm6_candidates, lpm6_cost, lpm6_count, lpm6_del, lpm6_get, lpm6_get_from, lpm6_get_many, lpm6_init, lpm6_put, lpm6_put_many, lpm6_sizeof, lpm6_slot } from "./tables/lpm6";
export { maglev_build, maglev_get, maglev_init, maglev_name, maglev_permutation, maglev_sizeof, maglev_slot, maglev_weight } from "./tables/maglev";
export { meter_init, meter_sizeof, meter_take } from "./tables/meter";
export { neighbors_forget, neighbors_init, neighbors_sizeof, neighbors_static } from "./tables/neighbors";
export { policer_color } from "./tables/policer";
export { proxy_flows_find, proxy_flows_init, proxy_flows_sizeof, proxy_flows_take } from "./tables/proxy_flows";

// balance
export { fare_choose, fare_init, fare_set, fare_sizeof } from "./balance/fare";
export { group_bucket, group_count, group_get, group_init, group_member, group_set_value, group_set_weight, group_sizeof } from "./balance/group";

// tenant
export { ruleKey4, ruleKey6 } from "./tenant/rule_key";

// nodes
export { arp_input } from "./nodes/arp_input";
export { bier_decap } from "./nodes/bier_decap";
export { bier_encap } from "./nodes/bier_encap";
export { bier_forward } from "./nodes/bier_forward";
export { bier_input } from "./nodes/bier_input";
export { bridge_flood } from "./nodes/bridge_flood";
export { bridge_forward } from "./nodes/bridge_forward";
export { ecn_mark } from "./nodes/ecn_mark";
export { bridge_policy } from "./nodes/bridge_policy";
export { bridge_policy_out } from "./nodes/bridge_policy_out";
export { esp_decrypt } from "./nodes/esp_decrypt";
export { esp_encrypt } from "./nodes/esp_encrypt";
export { ethernet_input } from "./nodes/ethernet_input";
export { iface_output } from "./nodes/iface_output";
export { ip4_fragment } from "./nodes/ip4_fragment";
export { ip4_glean } from "./nodes/ip4_glean";
export { ip4_group } from "./nodes/ip4_group";
export { ip4_input } from "./nodes/ip4_input";
export { ip4_local } from "./nodes/ip4_local";
export { ip4_lookup } from "./nodes/ip4_lookup";
export { ip4_policy } from "./nodes/ip4_policy";
export { ip4_rewrite } from "./nodes/ip4_rewrite";
export { ip4_verify } from "./nodes/ip4_verify";
export { ip6_glean } from "./nodes/ip6_glean";
export { ip6_group } from "./nodes/ip6_group";
export { ip6_input } from "./nodes/ip6_input";
export { ip6_local } from "./nodes/ip6_local";
export { ip6_lookup } from "./nodes/ip6_lookup";
export { ip6_policy } from "./nodes/ip6_policy";
export { ip6_rewrite } from "./nodes/ip6_rewrite";
export { ip6_verify } from "./nodes/ip6_verify";
export { ip_policy_out } from "./nodes/ip_policy_out";
export { lb4 } from "./nodes/lb4";
export { mpls_lookup } from "./nodes/mpls_lookup";
export { mpls_pop } from "./nodes/mpls_pop";
export { mpls_push } from "./nodes/mpls_push";
export { mpls_swap } from "./nodes/mpls_swap";
export { nat44_in } from "./nodes/nat44_in";
export { nat44_out } from "./nodes/nat44_out";
export { nd_input } from "./nodes/nd_input";
export { port_tx } from "./nodes/port_tx";
export { qos_remark } from "./nodes/qos_remark";
export { sr_masquerade } from "./nodes/sr_masquerade";
export { sr_proxy } from "./nodes/sr_proxy";
export { srv6_csid } from "./nodes/srv6_csid";
export { srv6_dt2m } from "./nodes/srv6_dt2m";
export { srv6_dt2u } from "./nodes/srv6_dt2u";
export { srv6_dx } from "./nodes/srv6_dx";
export { srv6_dx2 } from "./nodes/srv6_dx2";
export { srv6_edge } from "./nodes/srv6_edge";
export { srv6_encaps } from "./nodes/srv6_encaps";
export { srv6_encaps_l2 } from "./nodes/srv6_encaps_l2";
export { srv6_input } from "./nodes/srv6_input";
export { srv6_insert } from "./nodes/srv6_insert";
export { srv6_local } from "./nodes/srv6_local";
export { udp_input } from "./nodes/udp_input";
export { vrf_select } from "./nodes/vrf_select";
export { vxlan_decap } from "./nodes/vxlan_decap";
export { vxlan_encap } from "./nodes/vxlan_encap";
