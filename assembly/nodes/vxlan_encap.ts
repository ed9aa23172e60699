// vxlan_encap.ts -- node: the beginning of a VXLAN tunnel.
//
// RFC 7348 sections 4.1 (sending VTEP), 4.3 (VTEPs never fragment: DF) and 5
// (headers; the source port, 49152 up, is the inner flow's, so that the
// underlay spreads flows and keeps the packets of each in order; UDP checksum
// zero over IPv4). RFC 6438 (the flow label does the same over IPv6), RFC 6040
// (ECN). Two kinds of things come here:
//
//   a frame of a bridge, which goes in as it is. A VLAN tag that is still on
//   it belongs to the customer; stripping it (section 6.1) would mix VLANs, so
//   without `inner_vlan` such a frame is dropped
//
//   an IP packet of a VRF (L3 VNI), routed here: TTL, MTU and ICMP are those of
//   any other hop, and it goes in behind an Ethernet header between the two
//   routers' MACs
//
//   in   Ethernet frame                  or  | anything, L3 bytes | IP packet
//   out  | IPv4 or IPv6 | UDP | VXLAN | Ethernet | payload
//
// cfg    Packet.HIT: Hop, its AUX: Vxlan
// edges  1 ip4_lookup, 2 ip6_lookup (outer header), 3 ip4_lookup, 4 ip6_lookup
//        (ICMP), 5 ip4_fragment (routed, too long, may be cut; TTL done)
// sets   DATA, LEN, ORIG, L3, L4, DOMAIN, FLOW, ECN, FLAGS

import { Drop } from "../abi/drop";
import { Hop } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { Vxlan, VxlanFlag } from "../abi/vxlan";
import { checksumFold, checksumUdp } from "../lib/checksum";
import { copyFrame } from "../lib/copy";
import { ipInFrame, trafficClass } from "../lib/ecn";
import { flowFrame, flowIp } from "../lib/flow";
import { reduce } from "../lib/hash";
import { at, be16, data, drop, forward, len, prepend, put16, put32, strip, wireLen } from "../lib/packet";
import { isTag } from "../lib/vlan";
import { hop4, source4 } from "../originate/hop4";
import { hop6, source6 } from "../originate/hop6";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { ECN } from "../wire/ip";
import { IP4 } from "../wire/ip4";
import { IP6, IP6_VCF } from "../wire/ip6";
import { UDP } from "../wire/udp";

const IP4_LOOKUP = 1, IP6_LOOKUP = 2, ICMP4 = 3, ICMP6 = 4, FRAGMENT = 5;

/** Source ports are the dynamic ones, RFC 6335 section 6. */
const PORT_FIRST: u32 = 49152, PORTS: u32 = 16384;

export function vxlan_encap(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), tunnel = <usize>load<u32>(hop, Hop.AUX);
    if (!tunnel) {
      drop(d, Drop.TUNNEL_NO_ROUTE);
      continue;
    }
    const flags = <u32>load<u8>(tunnel);
    if (flags & VxlanFlag.ROUTED ? !packet(sw, d, hop) : !frame(d, hop, flags)) continue;
    // Only a checksum needs all bytes.
    if ((flags & (VxlanFlag.IP6 | VxlanFlag.ZERO_CHECKSUM)) == VxlanFlag.IP6 && len(d) < wireLen(d)) {
      drop(d, Drop.SNAP_CUT);
      continue;
    }
    encapsulate(sw, d, tunnel, flags);
    store<u64>(hop, load<u64>(hop, Hop.PACKETS) + 1, Hop.PACKETS);
    store<u64>(hop, load<u64>(hop, Hop.BYTES) + wireLen(d), Hop.BYTES);
  }
}

/** Whether a frame of a bridge may enter; dropped when not. */
function frame(d: usize, hop: usize, flags: u32): bool {
  if (isTag(be16(data(d) + ETH.ETHERTYPE)) && !(flags & VxlanFlag.INNER_VLAN)) drop(d, Drop.VLAN_UNKNOWN);
  else if (wireLen(d) - ETH.LEN > <u32>load<u16>(hop, Hop.MTU)) drop(d, Drop.MTU_EXCEEDED);
  else return true;
  return false;
}

/** The forwarding step of an IP packet. @returns false when it goes elsewhere */
function packet(sw: usize, d: usize, hop: usize): bool {
  const l3 = <u32>load<u16>(d, Packet.L3), mtu = <u32>load<u16>(hop, Hop.MTU), iface = <usize>load<u32>(hop, Hop.IFACE);
  if (load<u8>(data(d) + l3) >> 4 == 6) return hop6(sw, d, mtu, ICMP6) && source6(sw, d, iface);
  if (!hop4(sw, d, mtu, ICMP4) || !source4(sw, d, iface)) return false;
  if (wireLen(d) - l3 <= mtu) return true;
  forward(d, FRAGMENT);
  return false;
}

function encapsulate(sw: usize, d: usize, tunnel: usize, flags: u32): void {
  const routed = flags & VxlanFlag.ROUTED, l3 = routed ? <u32>load<u16>(d, Packet.L3) : 0, size = <u32>load<u8>(tunnel, Vxlan.LEN);
  const flow = routed ? flowIp(sw, d) : flowFrame(sw, d), ip = routed ? data(d) + l3 : ipInFrame(d), inner = trafficClass(ip);
  const type = routed && load<u8>(ip) >> 4 == 6 ? ETHERTYPE.IPV6 : ETHERTYPE.IPV4;
  if (size <= l3) strip(d, l3 - size);
  else if (!prepend(d, size - l3)) return drop(d, Drop.NO_HEADROOM);
  const p = data(d), tos = flags & VxlanFlag.INHERIT_DSCP ? inner : inner & <u32>ECN.MASK;
  copyFrame(p, tunnel + Vxlan.HEADERS, size);
  if (routed) put16(p + size - 2, type);
  const six = flags & VxlanFlag.IP6, l4: u32 = six ? IP6.LEN : IP4.LEN, udp = wireLen(d) - l4;
  put16(p + l4 + UDP.SRC_PORT, PORT_FIRST + reduce(flow, PORTS));
  put16(p + l4 + UDP.LENGTH, udp);
  if (six) outer6(p, tunnel, flags, tos, flow, udp);
  else outer4(p, tunnel, tos, udp + l4);
  store<u16>(d, 0, Packet.L3);
  store<u16>(d, l4, Packet.L4);
  store<u32>(d, load<u32>(tunnel, Vxlan.DOMAIN), Packet.DOMAIN);
  store<u32>(d, 0, Packet.FLOW);
  store<u8>(d, tos & <u32>ECN.MASK, Packet.ECN);
  store<u8>(d, (load<u8>(d, Packet.FLAGS) & PacketFlag.COPY) | PacketFlag.ORIGINATED, Packet.FLAGS);
  forward(d, six ? IP6_LOOKUP : IP4_LOOKUP);
}

function outer4(p: usize, tunnel: usize, tos: u32, total: u32): void {
  store<u8>(p, tos, IP4.TOS);
  put16(p + IP4.TOTAL_LENGTH, total);
  const sum = <u32>load<u16>(tunnel, Vxlan.SUM) + (tos << 8) + <u32>load<u16>(p, IP4.TOTAL_LENGTH);
  store<u16>(p, <u16>(checksumFold(sum) ^ 0xffff), IP4.CHECKSUM);
}

function outer6(p: usize, tunnel: usize, flags: u32, tos: u32, flow: u32, size: u32): void {
  put32(p + IP6.VERSION_CLASS_FLOW, (6 << IP6_VCF.VERSION_SHIFT) | (tos << IP6_VCF.CLASS_SHIFT) | (flow & IP6_VCF.FLOW));
  put16(p + IP6.PAYLOAD_LENGTH, size);
  if (flags & VxlanFlag.ZERO_CHECKSUM) return;
  const pseudo = <u64>load<u16>(tunnel, Vxlan.SUM) + <u64>bswap<u16>(<u16>size);
  store<u16>(p + IP6.LEN, <u16>checksumUdp(pseudo, p + IP6.LEN, size), UDP.CHECKSUM);
}
