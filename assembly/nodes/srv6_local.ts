// srv6_local.ts -- node: an IPv6 packet for one of our SIDs.
//
// RFC 8754 section 4.3.1.1 in the order of RFC 8986 section 4.1: End, End.X
// (4.2), End.DT6, End.DT4, End.DT46 (4.6 to 4.8), with the flavours PSP, USP
// and USD (4.16). Extension headers before the SRH are processed in their order
// (originate/walk6.ts). TLVs are passed over: an HMAC is not verified. A packet
// that is taken out of its outer header takes congestion experienced with it
// (RFC 6040, lib/ecn.ts).
//
// ICMPv6 errors quote the packet as it came; their source is not the SID, which
// is no address of an interface (RFC 4443 section 2.2 (b)).
//
//   End    | IPv6 DA=this SID, HL=h | SRH SL=n | payload
//      ->  | IPv6 DA=SL[n-1], HL=h-1 | SRH SL=n-1 | payload     PSP: no SRH at n-1 = 0
//   DT     | IPv6 DA=this SID | [SRH SL=0] | IPv4 or IPv6
//      ->  | IPv4 or IPv6
//
// cfg    Packet.HIT: Sid
// edges  1 ip6_lookup (End), 2 ip4_input, 3 ip6_input (what was inside),
//        4 ip6_rewrite, 5 ip6_glean (End.X), 6 ip6_lookup (ICMPv6), 7 ip6_local,
//        8 sr_proxy (End.AS, End.AD), 9 sr_masquerade (End.AM, End.AN)
// sets   DATA, LEN, ORIG, L3, L4, DOMAIN, FLOW, FLAGS; HIT (End.X)

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { PROXY_OF, SrProxy } from "../abi/proxy";
import { Sid, SidBehavior, SidFlavor } from "../abi/srv6";
import { isMulticast6, isReserved6, copy6 } from "../lib/address6";
import { ecnUncover, trafficClass } from "../lib/ecn";
import { extensionLength } from "../lib/ext6";
import { at, data, drop, forward, len, strip, wireLen } from "../lib/packet";
import { unlink } from "../lib/unlink6";
import { icmp6Error } from "../originate/icmp6";
import { WALK_DROPPED, walk6, walkAt, walkHeader, walkNamed } from "../originate/walk6";
import { ICMP6_PARAMETER, ICMP6_TIME_EXCEEDED, ICMP6_TYPE } from "../wire/icmp6";
import { ECN, IP_PROTOCOL } from "../wire/ip";
import { IP4 } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { SRH, SRH_ROUTING_TYPE } from "../wire/srh";

const IP6_LOOKUP = 1, IP4_INPUT = 2, IP6_INPUT = 3, IP6_REWRITE = 4, IP6_GLEAN = 5, ICMP = 6, IP6_LOCAL = 7, SR_PROXY = 8, SR_MASQUERADE = 9;

export function srv6_local(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), sid = <usize>load<u32>(d, Packet.HIT), walk = walk6(sw, d, ICMP);
    if (walk == WALK_DROPPED) continue;
    if (walkHeader(walk) == <u32>IP_PROTOCOL.ROUTING) segment(sw, d, sid, walkAt(walk), walkNamed(walk));
    else upperLayer(sw, d, sid, walkAt(walk), walkHeader(walk));
  }
}

/** A routing header with segments left at `o`: on to the next segment. */
function segment(sw: usize, d: usize, sid: usize, o: u32, named: u32): void {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, srh = p + o;
  const left = <u32>load<u8>(srh, SRH.SEGMENTS_LEFT), limit = load<u8>(p, IP6.HOP_LIMIT), last = <u32>load<u8>(srh, SRH.LAST_ENTRY);
  if (load<u8>(srh, SRH.ROUTING_TYPE) != SRH_ROUTING_TYPE) return problem(sw, d, Drop.IP6_EXTENSION_HEADER, o + SRH.ROUTING_TYPE);
  if (endsPath(sid)) return problem(sw, d, Drop.SRH_SEGMENTS_LEFT, o + SRH.SEGMENTS_LEFT);
  if (limit <= 1) return icmp6Error(sw, d, Drop.HOP_LIMIT_EXCEEDED, ICMP6_TYPE.TIME_EXCEEDED, ICMP6_TIME_EXCEEDED.TRANSIT, 0, ICMP);
  // Last Entry > (Hdr Ext Len / 2) - 1, without the sign
  if (last >= <u32>load<u8>(srh, SRH.HDR_EXT_LEN) >> 1) return problem(sw, d, Drop.SRH_MALFORMED, o + SRH.SEGMENTS_LEFT);
  if (left > last + 1) return problem(sw, d, Drop.SRH_SEGMENTS_LEFT, o + SRH.SEGMENTS_LEFT);
  const to = srh + SRH.SEGMENT_LIST + (left - 1) * SRH.SEGMENT_LEN;
  // What ip6_input keeps out as a destination does not come in as a segment.
  if (isMulticast6(to)) return drop(d, Drop.MULTICAST);
  if (isReserved6(to)) return drop(d, Drop.MARTIAN_DESTINATION);
  count(d, sid, l3);
  store<u8>(p, limit - 1, IP6.HOP_LIMIT);
  store<u8>(srh, left - 1, SRH.SEGMENTS_LEFT);
  copy6(p + IP6.DST, to);
  store<u32>(d, 0, Packet.FLOW);
  store<u8>(d, load<u8>(d, Packet.FLAGS) | PacketFlag.STEPPED, Packet.FLAGS);
  if (isService(sid)) return forward(d, hidesHeaders(sid) ? SR_PROXY : SR_MASQUERADE);
  if (left == 1 && load<u8>(sid, Sid.FLAVORS) & SidFlavor.PSP) unlink(d, o, named);
  const via = <usize>load<u32>(sid, Hop.VIA);
  if (!via) return forward(d, IP6_LOOKUP);
  store<u32>(d, <u32>via, Packet.HIT);
  forward(d, load<u8>(via) == HopKind.GLEAN ? IP6_GLEAN : IP6_REWRITE);
}

/** The path ends here: take out what is inside, or hand it to the switch itself. */
function upperLayer(sw: usize, d: usize, sid: usize, o: u32, header: u32): void {
  const l3 = <u32>load<u16>(d, Packet.L3);
  if (takesOut(sid, header)) {
    // An inner header that is not all there is its input node's to drop.
    const inner = len(d) - l3 - o < <u32>IP4.LEN ? <usize>0 : data(d) + l3 + o;
    if (!ecnUncover(inner, trafficClass(data(d) + l3) & ECN.MASK)) return drop(d, Drop.CONGESTION_UNTOLD);
    count(d, sid, l3);
    strip(d, l3 + o);
    store<u16>(d, 0, Packet.L3);
    store<u32>(d, 0, Packet.FLOW);
    store<u32>(d, load<u32>(sid, Sid.TABLE), Packet.DOMAIN);
    store<u8>(d, load<u8>(d, Packet.FLAGS) & PacketFlag.COPY, Packet.FLAGS);
    forward(d, header == <u32>IP_PROTOCOL.IPIP ? IP4_INPUT : IP6_INPUT);
  } else if (load<u8>(sid, Sid.BEHAVIOR) == SidBehavior.END_AS && <u32>load<u8>(load<u32>(sid, PROXY_OF), SrProxy.INNER) == header) {
    // A static proxy does not need the headers that it takes off.
    count(d, sid, l3);
    forward(d, SR_PROXY);
  } else if (header < 64 && (load<u64>(sid, Sid.ALLOW) >> header) & 1) {
    count(d, sid, l3);
    if (load<u8>(sid, Sid.FLAVORS) & SidFlavor.USP) unlinkAll(d, o);
    forward(d, IP6_LOCAL);
  } else icmp6Error(sw, d, Drop.UPPER_LAYER_NOT_ALLOWED, ICMP6_TYPE.PARAMETER_PROBLEM, ICMP6_PARAMETER.SR_UPPER_LAYER, o, ICMP);
}

function endsPath(sid: usize): bool {
  return <u32>load<u8>(sid, Sid.BEHAVIOR) >= <u32>SidBehavior.END_DT6 && !isService(sid);
}

/** Behind the segment there is a service: End.AN to End.AM, with PROXY_OF. */
function isService(sid: usize): bool {
  return <u32>load<u8>(sid, Sid.BEHAVIOR) >= <u32>SidBehavior.END_AN;
}

function hidesHeaders(sid: usize): bool {
  const behavior = load<u8>(sid, Sid.BEHAVIOR);
  return behavior == SidBehavior.END_AS || behavior == SidBehavior.END_AD;
}

/** Whether the behaviour takes the packet of this kind out of its outer header. */
function takesOut(sid: usize, header: u32): bool {
  const four = header == <u32>IP_PROTOCOL.IPIP, behavior = load<u8>(sid, Sid.BEHAVIOR);
  if (!four && header != <u32>IP_PROTOCOL.IPV6) return false;
  if (load<u8>(sid, Sid.FLAVORS) & SidFlavor.USD || behavior == SidBehavior.END_DT46) return true;
  return behavior == (four ? SidBehavior.END_DT4 : SidBehavior.END_DT6);
}

function problem(sw: usize, d: usize, reason: Drop, pointer: u32): void {
  icmp6Error(sw, d, reason, ICMP6_TYPE.PARAMETER_PROBLEM, ICMP6_PARAMETER.FIELD, pointer, ICMP);
}

/** Only what is processed without error counts (RFC 8986 section 6). */
function count(d: usize, sid: usize, l3: u32): void {
  store<u64>(sid, load<u64>(sid, Hop.PACKETS) + 1, Hop.PACKETS);
  store<u64>(sid, load<u64>(sid, Hop.BYTES) + (wireLen(d) - l3), Hop.BYTES);
}

/** USP: unlink the SRHs before the upper layer at `end`. */
function unlinkAll(d: usize, end: u32): void {
  const l3 = <usize>load<u16>(d, Packet.L3);
  let named: u32 = IP6.NEXT_HEADER, o: u32 = IP6.LEN;
  while (o < end) {
    const p = data(d) + l3, header = <u32>load<u8>(p + named), size = extensionLength(header, p + o);
    if (header == <u32>IP_PROTOCOL.ROUTING && load<u8>(p + o, SRH.ROUTING_TYPE) == SRH_ROUTING_TYPE) {
      unlink(d, o, named);
      end -= size;
    } else {
      named = o;
      o += size;
    }
  }
}
