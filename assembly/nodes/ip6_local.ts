// ip6_local.ts -- node: an IPv6 packet for one of our own addresses or groups.
//
// RFC 8200 section 4 (originate/walk6.ts), RFC 4443 (ICMPv6), RFC 5095 and RFC
// 8754 section 4.3.2 (routing headers that would go on are refused). AH is unknown here, since nothing could check it. A
// host would answer TCP and SCTP with a reset or an abort of their own, so
// these get no ICMPv6.
//
//   in   | Ethernet | IPv6 | [extension headers] | payload
//   out  the same, or an echo reply from L3 on
//
// cfg    none
// edges  1 ip6_lookup (echo replies, ICMPv6), 2 udp_input, 3 nd_input
// sets   L4; DATA, LEN, ORIG, L3, FLAGS.ORIGINATED (echo replies)

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { isMulticast6, isUnspecified6 } from "../lib/address6";
import { checksumPseudo6, checksumVerify } from "../lib/checksum";
import { at, consume, data, drop, dropShort, forward, len, wireLen } from "../lib/packet";
import { echoReply6 } from "../originate/echo";
import { icmp6Error } from "../originate/icmp6";
import { WALK_DROPPED, walk6, walkAt, walkHeader, walkNamed } from "../originate/walk6";
import { ICMP6, ICMP6_PARAMETER, ICMP6_TYPE } from "../wire/icmp6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6, IP6_EXT } from "../wire/ip6";
import { SRH_ROUTING_TYPE } from "../wire/srh";

const IP6_LOOKUP = 1, UDP_INPUT = 2, ND_INPUT = 3;

export function ip6_local(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) local(sw, at(vec, i));
}

function local(sw: usize, d: usize): void {
  const walk = walk6(sw, d, IP6_LOOKUP);
  if (walk == WALK_DROPPED) return;
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, header = walkHeader(walk), o = walkAt(walk);
  if (header == <u32>IP_PROTOCOL.ROUTING) return routed(sw, d, p, o);
  store<u16>(d, l3 + o, Packet.L4);
  if (header == <u32>IP_PROTOCOL.ICMPV6) icmp(d, p, l3 + o);
  else if (header == <u32>IP_PROTOCOL.UDP) forward(d, UDP_INPUT);
  else if (header == <u32>IP_PROTOCOL.NO_NEXT) consume(d);
  else if (header == <u32>IP_PROTOCOL.TCP || header == <u32>IP_PROTOCOL.SCTP) drop(d, Drop.PORT_UNREACHABLE);
  else icmp6Error(sw, d, Drop.NEXT_HEADER_UNKNOWN, ICMP6_TYPE.PARAMETER_PROBLEM, ICMP6_PARAMETER.NEXT_HEADER, walkNamed(walk), IP6_LOOKUP);
}

/** A routing header with segments left: none that we follow, an SRH being for SIDs. */
function routed(sw: usize, d: usize, p: usize, o: u32): void {
  const srh = load<u8>(p + o, IP6_EXT.ROUTING_TYPE) == SRH_ROUTING_TYPE;
  icmp6Error(sw, d, srh ? Drop.SRH_NOT_ALLOWED : Drop.IP6_EXTENSION_HEADER, ICMP6_TYPE.PARAMETER_PROBLEM, ICMP6_PARAMETER.FIELD, o + IP6_EXT.ROUTING_TYPE, IP6_LOOKUP);
}

function icmp(d: usize, p: usize, l4: u32): void {
  const n = wireLen(d) - l4, m = data(d) + l4;
  if (n < <u32>ICMP6.LEN) return drop(d, Drop.ICMP_MALFORMED);
  if (len(d) < wireLen(d)) return dropShort(d, wireLen(d));
  if (!checksumVerify(checksumPseudo6(p + IP6.SRC, p + IP6.DST, IP_PROTOCOL.ICMPV6, n), m, n)) return drop(d, Drop.ICMP_MALFORMED);
  const type = <u32>load<u8>(m, ICMP6.TYPE);
  if (type >= <u32>ICMP6_TYPE.ROUTER_SOLICITATION && type <= <u32>ICMP6_TYPE.REDIRECT) return forward(d, ND_INPUT);
  if (isUnspecified6(p + IP6.SRC)) return drop(d, Drop.MARTIAN_SOURCE);
  if (type != <u32>ICMP6_TYPE.ECHO_REQUEST) return consume(d);
  // A solicited-node group may not be ours; all nodes and all routers are.
  if (isMulticast6(p + IP6.DST) && load<u8>(p, IP6.DST + 11) != 0) return drop(d, Drop.MULTICAST);
  echoReply6(d);
  forward(d, IP6_LOOKUP);
}
