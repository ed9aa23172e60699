// nat44_in.ts -- node: a packet for an outside address goes to the inside host
// that has it.
//
// RFC 3022, RFC 4787, RFC 5382, RFC 5508: assembly/tenant/nat44.ts. A packet
// from the inside to an outside address is hairpinned (RFC 4787 section 6): its
// source, too, becomes an outside one. Packets for outside addresses that are
// the switch's own, and of no mapping, are the switch's.
//
//   in    IPv4 | TCP, UDP, ICMP        destination outside
//   out   IPv4 | TCP, UDP, ICMP        destination inside
//
// cfg    Switch.NAT; Iface.NAT; the node is in the graph only of a switch with NAT
// edges  1 ip4_lookup, 2 ip4_lookup (ICMP)
// sets   FLOW

import { Drop } from "../abi/drop";
import { Nat, NAT_OUTSIDE } from "../abi/nat";
import { Packet } from "../abi/packet";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { at, be32, data, drop, forward } from "../lib/packet";
import { exact32_get, MISS } from "../tables/exact32";
import { icmp4Error } from "../originate/icmp4";
import { translate, Translated, Way } from "../tenant/nat44";
import { ICMP4_TIME_EXCEEDED, ICMP4_TYPE } from "../wire/icmp4";
import { IP4 } from "../wire/ip4";

const IP4_LOOKUP = 1, ICMP = 2;

export function nat44_in(vec: usize, n: u32, sw: usize): void {
  const nat = <usize>load<u32>(sw, Switch.NAT), addresses = <usize>load<u32>(nat, Nat.ADDRESSES), scratch = <usize>load<u32>(sw, Switch.SCRATCH);
  const ifaces = <usize>load<u32>(sw, Switch.IFACES), domain = load<u32>(nat, Nat.DOMAIN);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l3 = <u32>load<u16>(d, Packet.L3), known = exact32_get(addresses, be32(data(d) + l3 + IP4.DST));
    if (known == MISS || load<u32>(d, Packet.DOMAIN) != domain) {
      forward(d, IP4_LOOKUP);
      continue;
    }
    const outside = load<u8>(ifaces + <usize>load<u16>(d, Packet.IFACE) * Iface.SIZEOF, Iface.NAT) & NAT_OUTSIDE;
    const done = translate(nat, d, l3, Way.IN, scratch);
    if (done == Translated.DROPPED) continue;
    if (done == Translated.TTL_DONE) icmp4Error(sw, d, Drop.TTL_EXCEEDED, ICMP4_TYPE.TIME_EXCEEDED, ICMP4_TIME_EXCEEDED.TRANSIT, 0, ICMP);
    else if (done == Translated.NO && !known) drop(d, Drop.NAT_NO_MAPPING);
    else if (done == Translated.NO || outside || translate(nat, d, l3, Way.OUT, scratch) != Translated.DROPPED) forward(d, IP4_LOOKUP);
  }
}
