// ip4_lookup.ts -- node: longest prefix match of the IPv4 destination.
//
// RFC 1812 section 5.2.4.3. The edge is the kind of the Hop found, so every
// lookup has the same edges (HopKind). A packet without a route, or with one
// that says so, is answered with ICMP unreachable (section 5.2.7.1).
//
//   in / out  the packet, unchanged
//
// cfg    Switch.FIB4, Switch.NO_ROUTE
// edges  HopKind; UNREACHABLE carries the ICMP messages back to this node
// sets   HIT
//
// Two tight loops instead of one, since wasm has no prefetch: the first has no
// branch that waits for memory, so the misses of a vector, on packets and on
// the table, overlap. Most vectors are of one VRF: its trie stays in a register.

import { HopKind } from "../abi/hop";
import { Packet } from "../abi/packet";
import { Switch } from "../abi/switch";
import { at, be32, data, forward } from "../lib/packet";
import { take4 } from "../originate/take4";
import { lpm4_default_of, lpm4_get_from, lpm4_slot, lpm4_trie_of, MISS } from "../tables/lpm4";
import { trie4_below, trie4_slot, trie4_value } from "../tables/trie4";
import { IP4 } from "../wire/ip4";

/** Scratch of a packet: destination (host order), where its lookup begins, what stands there. */
enum Key { DST = 0, SLOT = 4, ENTRY = 8, SIZEOF = 16 }

export function ip4_lookup(vec: usize, n: u32, sw: usize): void {
  const fib = <usize>load<u32>(sw, Switch.FIB4), keys = <usize>load<u32>(sw, Switch.SCRATCH);
  let vrf: u32 = 0, trie = lpm4_trie_of(fib, 0);
  for (let i: u32 = 0, key = keys; i < n; i++, key += Key.SIZEOF) {
    const d = at(vec, i), dst = be32(data(d) + <usize>load<u16>(d, Packet.L3) + IP4.DST);
    if (load<u32>(d, Packet.DOMAIN) != vrf) {
      vrf = load<u32>(d, Packet.DOMAIN);
      trie = lpm4_trie_of(fib, vrf);
    }
    const slot = trie ? trie4_slot(trie, dst) : lpm4_slot(fib, vrf, dst);
    store<u32>(key, dst);
    store<u32>(key, <u32>slot, Key.SLOT);
    store<u32>(key, load<u32>(slot), Key.ENTRY);
  }
  const none = load<u32>(sw, Switch.NO_ROUTE);
  trie = lpm4_trie_of(fib, vrf = 0);
  for (let i: u32 = 0, key = keys; i < n; i++, key += Key.SIZEOF) {
    const d = at(vec, i);
    if (load<u32>(d, Packet.DOMAIN) != vrf) {
      vrf = load<u32>(d, Packet.DOMAIN);
      trie = lpm4_trie_of(fib, vrf);
    }
    const entry = trie ? trie4_below(trie, load<u32>(key, Key.ENTRY), load<u32>(key)) : 0;
    const found = entry ? <u32>trie4_value(entry) : trie ? lpm4_default_of(fib, vrf) : lpm4_get_from(fib, <usize>load<u32>(key, Key.SLOT), vrf, load<u32>(key));
    const hop = <usize>(found == MISS ? none : found);
    // Most hops are neighbours; without a call for them: 10.9 -> 6.4 ns/packet at 1,000 prefixes, hot.
    if (load<u8>(hop) == HopKind.REWRITE) {
      store<u32>(d, <u32>hop, Packet.HIT);
      forward(d, HopKind.REWRITE);
    } else take4(sw, d, hop);
  }
}
