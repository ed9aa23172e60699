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
import { Packet, PacketFlag } from "../abi/packet";
import { DSCP_COPY, FLOW_LABEL_COPY, FLOW_LABEL_HASH, Srv6Policy } from "../abi/srv6";
import { Switch } from "../abi/switch";
import { copyFrame } from "../lib/copy";
import { trafficClass } from "../lib/ecn";
import { starved, wait } from "../lib/emit";
import { flowIp } from "../lib/flow";
import { outgrows, prependOrMove } from "../lib/grow";
import { at, be32, data, drop, forward, len, put16, put32, strip, wireLen } from "../lib/packet";
import { pool_fits } from "../lib/pool";
import { hop4, source4 } from "../originate/hop4";
import { hop6, source6 } from "../originate/hop6";
import { DSCP_SHIFT, ECN, IP_PROTOCOL } from "../wire/ip";
import { IP4 } from "../wire/ip4";
import { IP6, IP6_MTU_MIN, IP6_VCF } from "../wire/ip6";

const IP6_LOOKUP = 1, IP6_REWRITE = 2, IP6_GLEAN = 3, ICMP4 = 4, ICMP6 = 5, FRAGMENT = 6;

/** VRF that outer packets are routed in: the default one. */
const UNDERLAY: u32 = 0;

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
    if (!push(pool, d, policy, four, outerWord(sw, d, policy, four))) continue;
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

/** First word of the outer header: version, traffic class, flow label. */
function outerWord(sw: usize, d: usize, policy: usize, four: bool): u32 {
  const p = data(d) + <usize>load<u16>(d, Packet.L3), first = be32(p);
  const tos = trafficClass(p), dscp = <u32>load<u8>(policy, Srv6Policy.DSCP), set = load<u32>(policy, Srv6Policy.FLOW_LABEL);
  const outer = dscp == DSCP_COPY ? tos : (dscp << DSCP_SHIFT) | (tos & ECN.MASK);
  let label = set;
  if (set == FLOW_LABEL_COPY) label = four ? 0 : first & IP6_VCF.FLOW;
  else if (set == FLOW_LABEL_HASH) {
    label = flowIp(sw, d) & IP6_VCF.FLOW;
    if (!label) label = 1; // 0 says that there is none
  }
  return ((<u32>6) << IP6_VCF.VERSION_SHIFT) | (outer << IP6_VCF.CLASS_SHIFT) | label;
}

/** Put the outer headers in front. @returns false when the packet was dropped */
function push(pool: usize, d: usize, policy: usize, four: bool, first: u32): bool {
  const n = <u32>load<u16>(policy, Srv6Policy.LENGTH), l3 = <u32>load<u16>(d, Packet.L3);
  const left = load<u8>(data(d) + l3 + (four ? IP4.TTL : IP6.HOP_LIMIT)), limit = load<u8>(policy, Srv6Policy.HOP_LIMIT);
  strip(d, l3);
  if (!prependOrMove(pool, d, n)) {
    drop(d, Drop.NO_HEADROOM);
    return false;
  }
  const p = data(d), bytes = wireLen(d);
  copyFrame(p, policy + Srv6Policy.TEMPLATE, n);
  put32(p, first);
  put16(p + IP6.PAYLOAD_LENGTH, bytes - IP6.LEN);
  store<u8>(p, limit ? limit : left, IP6.HOP_LIMIT);
  store<u8>(p + <usize>load<u8>(policy, Srv6Policy.NEXT_AT), four ? IP_PROTOCOL.IPIP : IP_PROTOCOL.IPV6);
  store<u16>(d, 0, Packet.L3);
  store<u16>(d, n, Packet.L4);
  store<u32>(d, UNDERLAY, Packet.DOMAIN);
  store<u32>(d, 0, Packet.FLOW);
  store<u8>(d, (load<u8>(d, Packet.FLAGS) & PacketFlag.COPY) | PacketFlag.ORIGINATED, Packet.FLAGS);
  store<u64>(policy, load<u64>(policy, Srv6Policy.PACKETS) + 1, Srv6Policy.PACKETS);
  store<u64>(policy, load<u64>(policy, Srv6Policy.BYTES) + bytes, Srv6Policy.BYTES);
  return true;
}
