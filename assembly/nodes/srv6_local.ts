// srv6_local.ts -- node: an IPv6 packet for one of our SIDs.
//
// RFC 8754 section 4.3.1.1 in the order of RFC 8986 section 4.1: End, End.X
// (4.2), End.T (4.3), with the flavours PSP, USP and USD (4.16); End.B6.Encaps
// (4.13), End.BM (4.15) up to where their headers are pushed; End.DX6, End.DX4
// (4.4, 4.5), End.DT6, End.DT4, End.DT46 (4.6 to 4.8); of the behaviours for
// Ethernet frames (4.9 to 4.12) what precedes the frame. Extension headers before the SRH are processed in their order
// (originate/walk6.ts). TLVs are passed over: an HMAC is not verified. A packet
// that is taken out of its outer header takes congestion experienced with it
// (RFC 6040, lib/ecn.ts).
//
// ICMPv6 errors quote the packet as it came; their source is not the SID, which
// is no address of an interface (RFC 4443 section 2.2 (b)).
//
//   End    | IPv6 DA=this SID, HL=h | SRH SL=n | payload
//      ->  | IPv6 DA=SL[n-1], HL=h-1 | SRH SL=n-1 | payload     PSP: no SRH at n-1 = 0
//   DX, DT | IPv6 DA=this SID | [SRH SL=0] | IPv4 or IPv6
//      ->  | IPv4 or IPv6
//
// cfg    Packet.HIT: Sid
// edges  1 ip6_lookup (End, End.T), 2 ip4_input, 3 ip6_input (what was inside),
//        4 ip6_rewrite, 5 ip6_glean, 6 ip6_group (End.X), 7 ip6_lookup (ICMPv6),
//        8 ip6_local, 9 srv6_encaps, 10 srv6_insert (End.B6), 11 mpls_push
//        (End.BM), 12 srv6_dx2, 13 srv6_dt2u, 14 srv6_dt2m,
//        15 sr_proxy (End.AS, End.AD), 16 sr_masquerade (End.AM, End.AN)
// sets   DATA, LEN, ORIG, L3, L4, DOMAIN, FLOW, FLAGS; HIT (VIA); only L4 where
//        a frame is inside

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { PROXY_OF, SrProxy } from "../abi/proxy";
import { Sid, SidBehavior, SidFlavor, SidInner } from "../abi/srv6";
import { isMulticast6, isReserved6, copy6 } from "../lib/address6";
import { ecnUncover, trafficClass } from "../lib/ecn";
import { extensionLength } from "../lib/ext6";
import { at, data, drop, forward, len, strip, wireLen } from "../lib/packet";
import { countSid, segmentDone, unlink } from "../lib/srh";
import { icmp6Error } from "../originate/icmp6";
import { WALK_DROPPED, walk6, walkAt, walkHeader, walkNamed } from "../originate/walk6";
import { ICMP6_PARAMETER, ICMP6_TIME_EXCEEDED, ICMP6_TYPE } from "../wire/icmp6";
import { ECN, IP_PROTOCOL } from "../wire/ip";
import { IP4 } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { SRH, SRH_ROUTING_TYPE } from "../wire/srh";

const IP6_LOOKUP = 1, IP4_INPUT = 2, IP6_INPUT = 3, IP6_REWRITE = 4, IP6_GLEAN = 5, IP6_GROUP = 6, ICMP = 7, IP6_LOCAL = 8;
const SRV6_ENCAPS = 9, SRV6_INSERT = 10, MPLS_PUSH = 11, SRV6_DX2 = 12, SRV6_DT2U = 13, SRV6_DT2M = 14;
const SR_PROXY = 15, SR_MASQUERADE = 16;

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
  if (isEnd(load<u8>(sid, Sid.BEHAVIOR))) return problem(sw, d, Drop.SRH_SEGMENTS_LEFT, o + SRH.SEGMENTS_LEFT);
  if (limit <= 1) return icmp6Error(sw, d, Drop.HOP_LIMIT_EXCEEDED, ICMP6_TYPE.TIME_EXCEEDED, ICMP6_TIME_EXCEEDED.TRANSIT, 0, ICMP);
  // Last Entry > (Hdr Ext Len / 2) - 1, without the sign
  if (last >= <u32>load<u8>(srh, SRH.HDR_EXT_LEN) >> 1) return problem(sw, d, Drop.SRH_MALFORMED, o + SRH.SEGMENTS_LEFT);
  if (left > last + 1) return problem(sw, d, Drop.SRH_SEGMENTS_LEFT, o + SRH.SEGMENTS_LEFT);
  const to = srh + SRH.SEGMENT_LIST + (left - 1) * SRH.SEGMENT_LEN;
  // What ip6_input keeps out as a destination does not come in as a segment.
  if (isMulticast6(to)) return drop(d, Drop.MULTICAST);
  if (isReserved6(to)) return drop(d, Drop.MARTIAN_DESTINATION);
  countSid(sid, wireLen(d) - l3);
  store<u8>(p, limit - 1, IP6.HOP_LIMIT);
  store<u8>(srh, left - 1, SRH.SEGMENTS_LEFT);
  copy6(p + IP6.DST, to);
  segmentDone(d);
  if (isService(sid)) return forward(d, hidesHeaders(sid) ? SR_PROXY : SR_MASQUERADE);
  if (left == 1 && load<u8>(sid, Sid.FLAVORS) & SidFlavor.PSP) unlink(d, o, named);
  const via = <usize>load<u32>(sid, Hop.VIA);
  if (via) {
    store<u32>(d, <u32>via, Packet.HIT);
    return forward(d, edgeTo(load<u8>(via)));
  }
  store<u32>(d, load<u32>(sid, Sid.TABLE), Packet.DOMAIN);
  forward(d, IP6_LOOKUP);
}

/** Whether a path ends at a SID of this behaviour. */
function isEnd(behavior: u32): bool {
  return behavior >= <u32>SidBehavior.END_DX6 && behavior <= <u32>SidBehavior.END_DT2M;
}

/** Edge to a hop of this kind. */
function edgeTo(kind: u32): u32 {
  if (kind == <u32>HopKind.REWRITE || kind == <u32>HopKind.BRIDGE) return IP6_REWRITE;
  if (kind == <u32>HopKind.GLEAN) return IP6_GLEAN;
  if (kind == <u32>HopKind.GROUP) return IP6_GROUP;
  if (kind == <u32>HopKind.SRV6_ENCAPS) return SRV6_ENCAPS;
  return kind == <u32>HopKind.SRV6_INSERT ? SRV6_INSERT : MPLS_PUSH;
}

/** The path ends here: take out what is inside, or hand it to the switch itself. */
function upperLayer(sw: usize, d: usize, sid: usize, o: u32, header: u32): void {
  const l3 = <u32>load<u16>(d, Packet.L3), inner = load<u8>(sid, Sid.INNER);
  if (header == <u32>IP_PROTOCOL.ETHERNET && inner & SidInner.ETHERNET) {
    store<u16>(d, l3 + o, Packet.L4);
    forward(d, frameEdge(load<u8>(sid, Sid.BEHAVIOR)));
  } else if ((header == <u32>IP_PROTOCOL.IPIP && inner & SidInner.IP4) || (header == <u32>IP_PROTOCOL.IPV6 && inner & SidInner.IP6)) {
    // An inner header that is not all there is its input node's to drop.
    const ip = len(d) - l3 - o < <u32>IP4.LEN ? <usize>0 : data(d) + l3 + o;
    if (!ecnUncover(ip, trafficClass(data(d) + l3) & ECN.MASK)) return drop(d, Drop.CONGESTION_UNTOLD);
    countSid(sid, wireLen(d) - l3);
    strip(d, l3 + o);
    store<u16>(d, 0, Packet.L3);
    store<u32>(d, 0, Packet.FLOW);
    store<u32>(d, load<u32>(sid, Sid.TABLE), Packet.DOMAIN);
    store<u8>(d, load<u8>(d, Packet.FLAGS) & PacketFlag.COPY, Packet.FLAGS);
    forward(d, header == <u32>IP_PROTOCOL.IPIP ? IP4_INPUT : IP6_INPUT);
  } else if (load<u8>(sid, Sid.BEHAVIOR) == SidBehavior.END_AS && <u32>load<u8>(load<u32>(sid, PROXY_OF), SrProxy.INNER) == header) {
    // A static proxy does not need the headers that it takes off.
    countSid(sid, wireLen(d) - l3);
    forward(d, SR_PROXY);
  } else if (header < 64 && (load<u64>(sid, Sid.ALLOW) >> header) & 1) {
    countSid(sid, wireLen(d) - l3);
    if (load<u8>(sid, Sid.FLAVORS) & SidFlavor.USP) unlinkAll(d, o);
    forward(d, IP6_LOCAL);
  } else icmp6Error(sw, d, Drop.UPPER_LAYER_NOT_ALLOWED, ICMP6_TYPE.PARAMETER_PROBLEM, ICMP6_PARAMETER.SR_UPPER_LAYER, o, ICMP);
}

/** Edge of a frame that comes out at a SID of this behaviour. */
function frameEdge(behavior: u32): u32 {
  if (behavior == <u32>SidBehavior.END_DT2U) return SRV6_DT2U;
  return behavior == <u32>SidBehavior.END_DT2M ? SRV6_DT2M : SRV6_DX2;
}

/** Behind the segment there is a service: End.AN to End.AM, with PROXY_OF. */
function isService(sid: usize): bool {
  return <u32>load<u8>(sid, Sid.BEHAVIOR) - SidBehavior.END_AN <= <u32>(SidBehavior.END_AM_NAT_CACHE - SidBehavior.END_AN);
}

function hidesHeaders(sid: usize): bool {
  const behavior = load<u8>(sid, Sid.BEHAVIOR);
  return behavior == SidBehavior.END_AS || behavior == SidBehavior.END_AD;
}

function problem(sw: usize, d: usize, reason: Drop, pointer: u32): void {
  icmp6Error(sw, d, reason, ICMP6_TYPE.PARAMETER_PROBLEM, ICMP6_PARAMETER.FIELD, pointer, ICMP);
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
