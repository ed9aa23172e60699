// flow.ts -- the flow hash of a packet, Packet.FLOW: what spreads flows over
// equal ways and keeps the packets of each in order.

import { Packet, Switch } from "../abi";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { CHAIN_CUT, upper6 } from "./ext6";
import { hash128, hashFlow4, hashFlow6 } from "./hash";
import { be16, data, len } from "./packet";

/** Flow hash of the IPv4 or IPv6 packet at L3, computed once and kept. Precondition: its fixed header is there. */
export function flowIp(sw: usize, d: usize): u32 {
  const known = load<u32>(d, Packet.FLOW);
  if (known) return known;
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, end = len(d) - l3, salt = load<u32>(sw, Switch.SEED);
  const flow = load<u8>(p) >> 4 == 4 ? flow4(p, end, salt) : flow6(p, end, salt);
  store<u32>(d, flow, Packet.FLOW);
  return flow;
}

/** The same for the Ethernet frame at DATA: of the IP packet in it, else of its addresses. */
export function flowFrame(sw: usize, d: usize): u32 {
  const known = load<u32>(d, Packet.FLOW);
  if (known) return known;
  const flow = frame(data(d), len(d), load<u32>(sw, Switch.SEED));
  store<u32>(d, flow, Packet.FLOW);
  return flow;
}

function frame(p: usize, n: u32, salt: u32): u32 {
  const type = be16(p + ETH.ETHERTYPE), ip = p + ETH.LEN, end = n - ETH.LEN;
  if (type == <u32>ETHERTYPE.IPV4 && end >= <u32>IP4.LEN) return flow4(ip, end, salt);
  if (type == <u32>ETHERTYPE.IPV6 && end >= <u32>IP6.LEN) return flow6(ip, end, salt);
  return hash128(load<u64>(p), load<u32>(p, 8), salt) | 1;
}

function flow4(p: usize, end: u32, salt: u32): u32 {
  const header = (<u32>load<u8>(p) & 15) << 2, protocol = <u32>load<u8>(p, IP4.PROTOCOL);
  // A later fragment has no ports; a first one must go the way of the later ones.
  const fragment = load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>(IP4_FRAGMENT.OFFSET | IP4_FRAGMENT.MF));
  const ports = !fragment && hasPorts(protocol) && header + 4 <= end ? load<u32>(p + header) : 0;
  return hashFlow4(p + IP4.SRC, ports, protocol, salt);
}

function flow6(p: usize, end: u32, salt: u32): u32 {
  const upper = upper6(p, end);
  if (upper == CHAIN_CUT) return hashFlow6(p + IP6.SRC, 0, 0, salt);
  const protocol = upper & 255, at = upper >> 8;
  return hashFlow6(p + IP6.SRC, hasPorts(protocol) && at + 4 <= end ? load<u32>(p + at) : 0, protocol, salt);
}

function hasPorts(protocol: u32): bool {
  return protocol == <u32>IP_PROTOCOL.TCP || protocol == <u32>IP_PROTOCOL.UDP || protocol == <u32>IP_PROTOCOL.SCTP || protocol == <u32>IP_PROTOCOL.UDP_LITE;
}
