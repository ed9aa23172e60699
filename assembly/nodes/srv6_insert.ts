// srv6_insert.ts -- node: an IPv6 packet enters an SRv6 policy by an SRH of its
// own, without an outer header.
//
// No standard: H.Insert, H.Insert.Red and End.B6.Insert of
// draft-filsfils-spring-srv6-net-pgm-insertion, Linux's `mode inline`. RFC 8200
// section 4 has no node insert headers on the way: keep such packets in one
// domain, whose last segment but one should be PSP. The SRH goes behind the
// IPv6 header, or its hop-by-hop options, which must stand first; its last
// segment is the destination that the packet had. (Linux puts the SRH before
// the options.) A packet of an End.B6.Insert SID comes from srv6_local, which
// went on to the next segment, as End.B6.Encaps does; Linux's End.B6 does not,
// and what it sends comes back to the SID.
//
//   in   | anything, L3 bytes | IPv6 DA=d | [hop-by-hop] | payload
//   out  | IPv6 DA=segment 1 | [hop-by-hop] | SRH, Segment List[0]=d | payload
//
// cfg    Packet.HIT: Hop; AUX: Srv6Policy; VIA: next hop or 0; MTU: of the packet before
// edges  1 ip6_lookup, 2 ip6_rewrite, 3 ip6_glean (VIA), 4 ip6_lookup (ICMPv6)
// sets   DATA, LEN, ORIG, L3, L4, DOMAIN, FLOW, FLAGS.STEPPED; HIT (VIA)

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { Srv6Policy } from "../abi/srv6";
import { copy6 } from "../lib/address6";
import { extensionLength } from "../lib/ext6";
import { at, be16, data, drop, forward, prepend, put16, strip, wireLen } from "../lib/packet";
import { countPolicy, UNDERLAY } from "../lib/srv6";
import { hop6, source6 } from "../originate/hop6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6, IP6_EXT, IP6_MTU_MIN } from "../wire/ip6";
import { SRH } from "../wire/srh";

const IP6_LOOKUP = 1, IP6_REWRITE = 2, IP6_GLEAN = 3, ICMP = 4;

export function srv6_insert(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), policy = <usize>load<u32>(hop, Hop.AUX);
    if (!hop6(sw, d, max<u32>(load<u16>(hop, Hop.MTU), IP6_MTU_MIN), ICMP) || !source6(sw, d, 0)) continue;
    if (!insert(d, policy)) continue;
    const via = <usize>load<u32>(hop, Hop.VIA);
    if (!via) {
      forward(d, IP6_LOOKUP);
      continue;
    }
    store<u32>(d, <u32>via, Packet.HIT);
    forward(d, load<u8>(via) == HopKind.GLEAN ? IP6_GLEAN : IP6_REWRITE);
  }
}

/** Hop.MTU sees to it that the payload length does not overflow. @returns false when the packet was dropped */
function insert(d: usize, policy: usize): bool {
  const l3 = <u32>load<u16>(d, Packet.L3), size = <u32>load<u16>(policy, Srv6Policy.LENGTH) - IP6.LEN;
  strip(d, l3);
  if (!prepend(d, size)) {
    drop(d, Drop.NO_HEADROOM);
    return false;
  }
  const p = data(d), template = policy + Srv6Policy.TEMPLATE, options = load<u8>(p + size, IP6.NEXT_HEADER) == IP_PROTOCOL.HOP_BY_HOP;
  const first: u32 = options ? IP6.LEN + extensionLength(IP_PROTOCOL.HOP_BY_HOP, p + size + IP6.LEN) : IP6.LEN;
  memory.copy(p, p + size, first);
  const named = p + <usize>(options ? <u32>IP6.LEN + IP6_EXT.NEXT_HEADER : IP6.NEXT_HEADER), srh = p + first;
  memory.copy(srh, template + IP6.LEN, size);
  store<u8>(srh, load<u8>(named), SRH.NEXT_HEADER);
  store<u8>(named, IP_PROTOCOL.ROUTING);
  copy6(srh + SRH.SEGMENT_LIST, p + IP6.DST);
  copy6(p + IP6.DST, template + IP6.DST);
  put16(p + IP6.PAYLOAD_LENGTH, be16(p + IP6.PAYLOAD_LENGTH) + size);
  store<u16>(d, 0, Packet.L3);
  store<u16>(d, load<u16>(d, Packet.L4) - l3 + size, Packet.L4);
  store<u32>(d, UNDERLAY, Packet.DOMAIN);
  store<u32>(d, 0, Packet.FLOW);
  store<u8>(d, load<u8>(d, Packet.FLAGS) | PacketFlag.STEPPED, Packet.FLAGS);
  countPolicy(policy, wireLen(d));
  return true;
}
