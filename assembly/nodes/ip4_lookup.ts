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
// Three tight loops instead of one, since wasm has no prefetch: the misses of
// a vector on packets, on the table's root and on what lies below overlap.

import { Packet, Switch } from "../abi";
import { at, be32, data } from "../lib/packet";
import { take4 } from "../originate/take4";
import { lpm4_get_from, lpm4_slot, MISS } from "../tables/lpm4";
import { IP4 } from "../wire/ip4";

/** Scratch of a packet: destination (host order), where its lookup begins, what stands there. */
enum Key { DST = 0, SLOT = 4, FIRST = 8, SIZEOF = 16 }

export function ip4_lookup(vec: usize, n: u32, sw: usize): void {
  const fib = <usize>load<u32>(sw, Switch.FIB4), none = load<u32>(sw, Switch.NO_ROUTE);
  const keys = <usize>load<u32>(sw, Switch.SCRATCH), end = keys + n * Key.SIZEOF;
  let v = vec;
  for (let key = keys; key < end; key += Key.SIZEOF, v += 4) {
    const d = <usize>load<u32>(v);
    store<u32>(key, be32(data(d) + <usize>load<u16>(d, Packet.L3) + IP4.DST));
  }
  v = vec;
  for (let key = keys; key < end; key += Key.SIZEOF, v += 4) {
    const slot = lpm4_slot(fib, load<u32>(load<u32>(v), Packet.DOMAIN), load<u32>(key));
    store<u32>(key, <u32>slot, Key.SLOT);
    store<u32>(key, load<u32>(slot), Key.FIRST); // a load that is used cannot be optimised away
  }
  v = vec;
  for (let key = keys; key < end; key += Key.SIZEOF, v += 4) {
    const d = <usize>load<u32>(v);
    const found = lpm4_get_from(fib, <usize>load<u32>(key, Key.SLOT), load<u32>(d, Packet.DOMAIN), load<u32>(key));
    take4(sw, d, <usize>(found == MISS ? none : found));
  }
}
