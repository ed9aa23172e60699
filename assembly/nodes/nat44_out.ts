// nat44_out.ts -- node: a packet of an inside host that leaves for the outside
// gets an outside address and port.
//
// RFC 3022, RFC 4787, RFC 5382, RFC 5508, RFC 7422: assembly/tenant/nat44.ts.
// Packets of hosts that no pool has, and the switch's own, stay as they are.
//
//   in    IPv4 | TCP, UDP, ICMP        source inside
//   out   IPv4 | TCP, UDP, ICMP        source outside
//
// cfg    Packet.HIT: Hop; Switch.NAT; Iface.NAT; the node is in the graph only of a switch with NAT
// edges  1 ip4_rewrite
// sets   FLOW

import { Hop } from "../abi/hop";
import { Nat, NAT_OUTSIDE } from "../abi/nat";
import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { at, forward } from "../lib/packet";
import { translate, Translated, Way } from "../tenant/nat44";

const IP4_REWRITE = 1;

export function nat44_out(vec: usize, n: u32, sw: usize): void {
  const nat = <usize>load<u32>(sw, Switch.NAT), scratch = <usize>load<u32>(sw, Switch.SCRATCH), ifaces = <usize>load<u32>(sw, Switch.IFACES);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), out = <usize>load<u32>(load<u32>(d, Packet.HIT), Hop.IFACE), from = ifaces + <usize>load<u16>(d, Packet.IFACE) * Iface.SIZEOF;
    const leaves = load<u8>(out, Iface.NAT) & ~load<u8>(from, Iface.NAT) & NAT_OUTSIDE, other = load<u32>(d, Packet.DOMAIN) != load<u32>(nat, Nat.DOMAIN);
    if (!leaves || other || load<u8>(d, Packet.FLAGS) & PacketFlag.ORIGINATED || translate(nat, d, load<u16>(d, Packet.L3), Way.OUT, scratch) != Translated.DROPPED) forward(d, IP4_REWRITE);
  }
}
