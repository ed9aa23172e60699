// iface_output.ts -- node: a frame leaves by an interface, whatever that is.
//
// IEEE 802.1Q clause 6.9.2 (tags on egress; PCP is the packet's priority). An
// interface is a port with its tags, an L2 tunnel (VXLAN peer, pseudowire, SRv6
// remote), or
// the L3 interface of a bridge, whose frames enter the bridge as sent by it.
//
//   in   | dst | src | ethertype | payload
//   out  | dst | src | [tag | [tag |]] ethertype | payload
//
// cfg    Packet.IFACE: Iface
// edges  1 port_tx, 2 bridge_forward, 3 vxlan_encap, 4 mpls_push, 5 srv6_encaps_l2
// sets   DATA, LEN, ORIG, TX_PORT; HIT (tunnels: Iface.HOP)
//
// Precondition: an Ethernet header at DATA.

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { Packet } from "../abi/packet";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { at, drop, forward } from "../lib/packet";
import { exceedsMtu, pushTags } from "../lib/vlan";

const PORT_TX = 1, BRIDGE_FORWARD = 2, VXLAN_ENCAP = 3, MPLS_PUSH = 4, SRV6_ENCAPS_L2 = 5;

export function iface_output(vec: usize, n: u32, sw: usize): void {
  const ifaces = <usize>load<u32>(sw, Switch.IFACES);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), iface = ifaces + <usize>load<u16>(d, Packet.IFACE) * Iface.SIZEOF;
    if (exceedsMtu(d, load<u16>(iface, Iface.MTU))) drop(d, Drop.MTU_EXCEEDED);
    else if (load<u32>(iface, Iface.BRIDGE)) forward(d, BRIDGE_FORWARD);
    else if (!pushTags(d, iface)) drop(d, Drop.NO_HEADROOM);
    else send(d, iface);
  }
}

function send(d: usize, iface: usize): void {
  const hop = <usize>load<u32>(iface, Iface.HOP);
  if (hop) {
    const kind = load<u8>(hop, Hop.KIND);
    store<u32>(d, <u32>hop, Packet.HIT);
    forward(d, kind == HopKind.VXLAN_ENCAP ? VXLAN_ENCAP : kind == HopKind.MPLS_PUSH ? MPLS_PUSH : SRV6_ENCAPS_L2);
  } else {
    store<u16>(d, load<u16>(iface, Iface.PORT), Packet.TX_PORT);
    forward(d, PORT_TX);
  }
}
