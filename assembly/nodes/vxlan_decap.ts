// vxlan_decap.ts -- node: the end of a VXLAN tunnel.
//
// RFC 7348 sections 4.1 (receiving VTEP), 5 (header) and 6.1 (inner VLAN tags:
// discarded unless configured otherwise), RFC 6040 (ECN). An L2 VNI is a
// bridge domain, in which every remote VTEP has an interface: the bridge
// learns MACs behind it. An L3 VNI is a VRF: the inner frame is between
// routers, and what counts is the packet in it.
//
//   in   | anything, L4 bytes | UDP | VXLAN | Ethernet | payload
//   out                                     | Ethernet | payload
//
// cfg    Packet.HIT: Vtep; Switch.VNIS: Vni
// edges  1 bridge_forward, 2 ip4_input, 3 ip6_input
// sets   DATA, LEN, ORIG, IFACE, DOMAIN, HIT, FLOW, FLAGS, PRIO; L3 (L3 VNIs)
//
// Precondition: a whole UDP header at L4.

import { Drop } from "../abi/drop";
import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { Vni, VxlanFlag } from "../abi/vxlan";
import { mapped4 } from "../lib/address6";
import { ecnUncover, ipInFrame } from "../lib/ecn";
import { sameMac } from "../lib/l3_input";
import { at, be16, be32, data, drop, dropShort, forward, len, strip, wireLen } from "../lib/packet";
import { isTag } from "../lib/vlan";
import { exact160_get } from "../tables/exact160";
import { exact64_get, MISS } from "../tables/exact64";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { IP4 } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { UDP } from "../wire/udp";
import { VXLAN, VXLAN_FLAG } from "../wire/vxlan";

const BRIDGE_FORWARD = 1, IP4_INPUT = 2, IP6_INPUT = 3;

/** All of the header but the VNI, and what is in it when the reserved bits are zero; as loaded. */
const FIXED_BITS: u64 = 0xff000000_ffffffff, FIXED: u64 = VXLAN_FLAG.I;

export function vxlan_decap(vec: usize, n: u32, sw: usize): void {
  const vnis = <usize>load<u32>(sw, Switch.VNIS);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), off = <u32>load<u16>(d, Packet.L4) + UDP.LEN, h = data(d) + off;
    if (len(d) < off + VXLAN.LEN) {
      dropShort(d, off + VXLAN.LEN);
      continue;
    }
    if (!(load<u8>(h, VXLAN.FLAGS) & VXLAN_FLAG.I)) {
      drop(d, Drop.VXLAN_NO_VNI);
      continue;
    }
    const found = exact64_get(vnis, (<u64>load<u32>(d, Packet.HIT) << 32) | <u64>(be32(h + VXLAN.VNI) >> 8));
    if (found == MISS) {
      drop(d, Drop.VXLAN_UNKNOWN_VNI);
      continue;
    }
    const vni = <usize>found, flags = <u32>load<u8>(vni), iface = peer(d, vni, flags);
    if (flags & VxlanFlag.STRICT && (load<u64>(h) & FIXED_BITS) != FIXED) {
      drop(d, Drop.VXLAN_RESERVED);
      continue;
    }
    if (!iface) {
      drop(d, Drop.VXLAN_UNKNOWN_PEER);
      continue;
    }
    if (len(d) < off + VXLAN.LEN + ETH.LEN) {
      dropShort(d, off + VXLAN.LEN + ETH.LEN);
      continue;
    }
    strip(d, off + VXLAN.LEN);
    enter(d, iface, flags, flags & VxlanFlag.OWN_DOMAIN ? load<u32>(vni) >> 8 : load<u32>(iface, Iface.DOMAIN));
    store<u32>(d, <u32>vni, Packet.HIT);
    store<u64>(vni, load<u64>(vni, Vni.PACKETS) + 1, Vni.PACKETS);
    store<u64>(vni, load<u64>(vni, Vni.BYTES) + wireLen(d), Vni.BYTES);
  }
}

/** Iface of the VTEP that the outer source names; 0 when there is none and not everybody is let in. */
function peer(d: usize, vni: usize, flags: u32): usize {
  const p = data(d) + <usize>load<u16>(d, Packet.L3), six = load<u8>(p) >> 4 == 6, peers = <usize>load<u32>(vni, Vni.PEERS);
  const high = six ? load<u64>(p, IP6.SRC) : 0, low = six ? load<u64>(p, IP6.SRC + 8) : mapped4(load<u32>(p, IP4.SRC));
  const iface = exact160_get(peers, <u32>vni, high, low);
  return iface != MISS ? <usize>iface : flags & VxlanFlag.ANY_PEER ? <usize>load<u32>(vni, Vni.IFACE) : 0;
}

/** The inner frame, at DATA, belongs to `iface` now, and to `domain`. */
function enter(d: usize, iface: usize, flags: u32, domain: u32): void {
  const p = data(d), type = be16(p + ETH.ETHERTYPE);
  store<u16>(d, load<u16>(iface, Iface.INDEX), Packet.IFACE);
  store<u32>(d, domain, Packet.DOMAIN);
  store<u32>(d, 0, Packet.FLOW);
  store<u8>(d, 0, Packet.PRIO);
  store<u8>(d, load<u8>(d, Packet.FLAGS) & PacketFlag.COPY, Packet.FLAGS);
  if (!ecnUncover(ipInFrame(d), load<u8>(d, Packet.ECN))) drop(d, Drop.CONGESTION_UNTOLD);
  else if (flags & VxlanFlag.ROUTED) route(d, p, iface, type);
  else if (isTag(type) && !(flags & VxlanFlag.INNER_VLAN)) drop(d, Drop.VLAN_UNKNOWN);
  else forward(d, BRIDGE_FORWARD);
}

function route(d: usize, p: usize, iface: usize, type: u32): void {
  store<u16>(d, ETH.LEN, Packet.L3);
  if (!sameMac(p, iface + Iface.MAC)) drop(d, Drop.WRONG_MAC);
  else if (type == <u32>ETHERTYPE.IPV4) forward(d, IP4_INPUT);
  else if (type == <u32>ETHERTYPE.IPV6) forward(d, IP6_INPUT);
  else drop(d, Drop.UNKNOWN_ETHERTYPE);
}
