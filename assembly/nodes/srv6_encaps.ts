// srv6_encaps.ts -- node: an IPv4 or IPv6 packet enters an SRv6 policy.
//
// RFC 8986 sections 5.1 (H.Encaps) and 5.2 (H.Encaps.Red), RFC 8754 section
// 4.1: the headers are a template, first segment in DA. TTL or hop limit go
// down one before (step S05; Linux leaves the inner one alone and takes the
// outer). DSCP, hop limit and flow label of the outer header are what the
// switch file says; ECN is copied (RFC 6040 section 4.1).
//
// What does not fit into the tunnel is answered with the MTU that is left for
// it, though no IPv6 sender is told less than 1280 (RFC 2473 section 7.1).
// Without `mtu` on the policy or a next hop on the route nothing is known of
// the links behind: then ip6_rewrite drops PACKET_TOO_BIG and nobody is told,
// for the outer packet is our own. An IPv4 packet without DF is cut before it
// enters (section 7.2); no outer packet ever is.
//
// A packet of an End.B6.Encaps SID (RFC 8986 sections 4.13 and 4.14) comes from
// srv6_local, which took its hop limit down.
//
//   in   | anything, L3 bytes | IPv4 or IPv6
//   out  | IPv6 DA=segment 1 | [SRH] | IPv4 or IPv6
//
// cfg    Packet.HIT: Hop; AUX: Srv6Policy; VIA: next hop or 0; MTU: of what is inside
// edges  1 ip6_lookup, 2 ip6_rewrite, 3 ip6_glean (VIA), 4 ip4_lookup,
//        5 ip6_lookup (ICMP to the inner source), 6 ip4_fragment (TTL done; the
//        fragments come back)
// sets   DATA, LEN, ORIG, L3, L4, DOMAIN, FLOW, FLAGS; HIT (VIA)

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { Packet } from "../abi/packet";
import { FLOW_LABEL_COPY, FLOW_LABEL_HASH, Srv6Policy } from "../abi/srv6";
import { Switch } from "../abi/switch";
import { trafficClass } from "../lib/ecn";
import { starved, wait } from "../lib/emit";
import { flowIp } from "../lib/flow";
import { outgrows } from "../lib/grow";
import { at, be32, data, drop, forward, len, strip, wireLen } from "../lib/packet";
import { pool_fits } from "../lib/pool";
import { hashLabel, outerClass, pushOuter } from "../lib/srv6";
import { hop4, source4 } from "../originate/hop4";
import { hop6, source6 } from "../originate/hop6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4 } from "../wire/ip4";
import { IP6, IP6_MTU_MIN, IP6_VCF } from "../wire/ip6";

const IP6_LOOKUP = 1, IP6_REWRITE = 2, IP6_GLEAN = 3, ICMP4 = 4, ICMP6 = 5, FRAGMENT = 6;

export function srv6_encaps(vec: usize, n: u32, sw: usize): void {
  const pool = <usize>load<u32>(sw, Switch.POOL);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), policy = <usize>load<u32>(hop, Hop.AUX);
    const l3 = <u32>load<u16>(d, Packet.L3), headers = <u32>load<u16>(policy, Srv6Policy.LENGTH);
    if (outgrows(d, len(d) - l3, headers) && !pool_fits(pool, len(d) - l3 + headers)) {
      if (!starved(sw)) return wait(sw, i);
      drop(d, Drop.NO_BUFFER);
      continue;
    }
    const four = load<u8>(data(d) + l3) >> 4 == 4, mtu = <u32>load<u16>(hop, Hop.MTU);
    if (!(four ? enters4(sw, d, mtu) : enters6(sw, d, mtu))) continue;
    if (!encapsulate(sw, pool, d, policy, four)) continue;
    const via = <usize>load<u32>(hop, Hop.VIA);
    if (!via) {
      forward(d, IP6_LOOKUP);
      continue;
    }
    store<u32>(d, <u32>via, Packet.HIT);
    forward(d, load<u8>(via) == HopKind.GLEAN ? IP6_GLEAN : IP6_REWRITE);
  }
}

/** The forwarding step of an inner packet. @returns false when it was dropped, or goes to be cut */
function enters4(sw: usize, d: usize, mtu: u32): bool {
  if (!hop4(sw, d, mtu, ICMP4) || !source4(sw, d, 0)) return false;
  if (wireLen(d) - <u32>load<u16>(d, Packet.L3) <= mtu) return true;
  forward(d, FRAGMENT);
  return false;
}

function enters6(sw: usize, d: usize, mtu: u32): bool {
  return hop6(sw, d, max<u32>(mtu, IP6_MTU_MIN), ICMP6) && source6(sw, d, 0);
}

/** Put the outer headers in front. @returns false when the packet was dropped */
function encapsulate(sw: usize, pool: usize, d: usize, policy: usize, four: bool): bool {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, set = load<u32>(policy, Srv6Policy.FLOW_LABEL), limit = load<u8>(policy, Srv6Policy.HOP_LIMIT);
  let label = set;
  if (set == FLOW_LABEL_COPY) label = four ? 0 : be32(p) & IP6_VCF.FLOW;
  else if (set == FLOW_LABEL_HASH) label = hashLabel(flowIp(sw, d));
  const left = load<u8>(p + (four ? IP4.TTL : IP6.HOP_LIMIT)), tos = outerClass(policy, trafficClass(p));
  strip(d, l3);
  return pushOuter(pool, d, policy, tos, label, limit ? limit : left, four ? IP_PROTOCOL.IPIP : IP_PROTOCOL.IPV6);
}
