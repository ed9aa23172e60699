// sr_masquerade.ts -- node: an IPv6 packet goes to a service as it is, or is
// back from it.
//
// draft-ietf-spring-sr-service-programming: SR-aware services (section 4.1,
// End.AN: segment processing, then the service) and the masquerading proxy
// (section 6.4, End.AM: the service sees the last segment as destination).
// Segments left goes down before the packet leaves, as in later revisions and
// in VPP, or when it comes back, as in earlier ones (STEP_LATE). NAT (6.4.2):
// the destination that the service chose is the last segment from then on.
// Caching (6.4.3, of which the draft says that it is like 6.2): the SRH stays
// here, so a service that reads extension headers sees none, and what it sends
// of its own gets one too.
//
//   to    | IPv6 DA=next segment | SRH      back  | IPv6 DA=last segment | SRH
//     ->  | IPv6 DA=last segment | SRH        ->  | IPv6 DA=next segment | SRH
//
// cfg    Packet.HIT: Sid or SrProxy.RETURN, each with an SrProxy
// edges  1 ip6_lookup (back, bypass), 2 ip6_rewrite, 3 ip6_glean (to the
//        service), 4 ip6_lookup (ICMPv6)
// sets   HIT, DOMAIN; caching: DATA, LEN, ORIG, L4

import { Drop } from "../abi/drop";
import { HopKind } from "../abi/hop";
import { Packet } from "../abi/packet";
import { PROXY_OF, ProxyCache, ProxyFlag, SrProxy } from "../abi/proxy";
import { copy6, isMulticast6, isReserved6, same6 } from "../lib/address6";
import { byArrival } from "../lib/arrival";
import { extension6, extensionLength } from "../lib/ext6";
import { at, be16, data, drop, forward, len, prepend, put16 } from "../lib/packet";
import { countBypass, countReturn, isReturn, keepHeaders } from "../lib/proxy_cache";
import { unlink } from "../lib/srh";
import { icmp6Error } from "../originate/icmp6";
import { ICMP6_PARAMETER, ICMP6_TYPE } from "../wire/icmp6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6, IP6_EXT } from "../wire/ip6";
import { SRH, SRH_ROUTING_TYPE } from "../wire/srh";

const IP6_LOOKUP = 1, IP6_REWRITE = 2, IP6_GLEAN = 3, ICMP = 4;

/** VRF that segments are looked up in: the default one. */
const UNDERLAY: u32 = 0;
/** An SRH differs from packet to packet of one list in none of its bytes. */
const SRH_VARIES: u32 = 0;

export function sr_masquerade(vec: usize, n: u32, sw: usize): void {
  byArrival(vec, n);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), proxy = <usize>load<u32>(load<u32>(d, Packet.HIT), PROXY_OF), flags = <u32>load<u8>(proxy);
    if (isReturn(d, proxy)) back(sw, d, proxy, flags);
    else if (!(flags & ProxyFlag.DOWN)) toService(sw, d, proxy, flags);
    else if (flags & ProxyFlag.BYPASS) {
      countBypass(proxy);
      forward(d, IP6_LOOKUP);
    } else drop(d, Drop.PROXY_DOWN);
  }
}

function toService(sw: usize, d: usize, proxy: usize, flags: u32): void {
  if (!(flags & ProxyFlag.NATIVE) && !masquerade(sw, d, proxy, flags)) return;
  const hop = load<u32>(proxy, SrProxy.HOP);
  store<u32>(d, hop, Packet.HIT);
  forward(d, load<u8>(hop) == HopKind.GLEAN ? IP6_GLEAN : IP6_REWRITE);
}

/** The last segment as destination. @returns false when the packet was dropped */
function masquerade(sw: usize, d: usize, proxy: usize, flags: u32): bool {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, o = srhOf(p, len(d) - l3), srh = p + o;
  // Behind a routing header of another kind the packet would not be known again when it comes back.
  if (!o || !same6(segment(srh, load<u8>(srh, SRH.SEGMENTS_LEFT)), p + IP6.DST)) {
    icmp6Error(sw, d, Drop.PROXY_PAYLOAD, ICMP6_TYPE.PARAMETER_PROBLEM, ICMP6_PARAMETER.FIELD, o ? o + SRH.SEGMENTS_LEFT : IP6.NEXT_HEADER, ICMP);
    return false;
  }
  if (flags & ProxyFlag.STEP_LATE) store<u8>(srh, load<u8>(srh, SRH.SEGMENTS_LEFT) + 1, SRH.SEGMENTS_LEFT);
  copy6(p + IP6.DST, segment(srh, 0));
  if (!(flags & ProxyFlag.CACHE_SRH)) return true;
  if (!keepHeaders(proxy, proxy + SrProxy.CACHE, srh, extensionLength(IP_PROTOCOL.ROUTING, srh), SRH_VARIES, load<i64>(d, Packet.TIME))) {
    drop(d, Drop.PROXY_NO_CACHE);
    return false;
  }
  unlink(d, o, namedBy(p, o));
  return true;
}

/** Back from the service: the active segment is the destination again. */
function back(sw: usize, d: usize, proxy: usize, flags: u32): void {
  if (load<u8>(data(d) + <usize>load<u16>(d, Packet.L3)) >> 4 != 6) return drop(d, Drop.PROXY_PAYLOAD);
  if (flags & ProxyFlag.CACHE_SRH && !putBack(d, proxy)) return;
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, o = srhOf(p, len(d) - l3), srh = p + o;
  if (!o) return drop(d, Drop.PROXY_PAYLOAD);
  if (flags & ProxyFlag.NAT) copy6(segment(srh, 0), p + IP6.DST);
  let left = <u32>load<u8>(srh, SRH.SEGMENTS_LEFT);
  if (flags & ProxyFlag.STEP_LATE) {
    if (!left) return drop(d, Drop.SRH_SEGMENTS_LEFT);
    store<u8>(srh, --left, SRH.SEGMENTS_LEFT);
  }
  if (left > <u32>load<u8>(srh, SRH.LAST_ENTRY)) return drop(d, Drop.SRH_SEGMENTS_LEFT);
  const to = segment(srh, left);
  // What ip6_input keeps out as a destination does not come in as a segment.
  if (isMulticast6(to)) return drop(d, Drop.MULTICAST);
  if (isReserved6(to)) return drop(d, Drop.MARTIAN_DESTINATION);
  copy6(p + IP6.DST, to);
  countReturn(d, proxy);
  store<u32>(d, UNDERLAY, Packet.DOMAIN);
  forward(d, IP6_LOOKUP);
}

/** The cached SRH behind the IPv6 header and hop-by-hop options. @returns false when the packet was dropped */
function putBack(d: usize, proxy: usize): bool {
  const cache = proxy + SrProxy.CACHE, n = <u32>load<u16>(cache), l3 = <u32>load<u16>(d, Packet.L3), before = data(d) + l3;
  if (!n) {
    drop(d, Drop.PROXY_NO_CACHE);
    return false;
  }
  const options = load<u8>(before, IP6.NEXT_HEADER) == IP_PROTOCOL.HOP_BY_HOP, named: u32 = options ? IP6.LEN : IP6.NEXT_HEADER;
  const o = <u32>IP6.LEN + (options ? extensionLength(IP_PROTOCOL.HOP_BY_HOP, before + IP6.LEN) : 0), size = be16(before + IP6.PAYLOAD_LENGTH) + n;
  if (size > 0xffff) {
    drop(d, Drop.MTU_EXCEEDED);
    return false;
  }
  if (!prepend(d, n)) {
    drop(d, Drop.NO_HEADROOM);
    return false;
  }
  memory.copy(data(d), data(d) + n, l3 + o);
  const p = data(d) + l3;
  memory.copy(p + o, cache + ProxyCache.HEADERS, n);
  store<u8>(p + o, load<u8>(p + named), SRH.NEXT_HEADER);
  store<u8>(p + named, IP_PROTOCOL.ROUTING);
  put16(p + IP6.PAYLOAD_LENGTH, size);
  store<u16>(d, <u32>load<u16>(d, Packet.L4) + n, Packet.L4);
  return true;
}

/**
 * Offset of the first routing header when that is an SRH whose list it holds;
 * else 0. Precondition: all `have` bytes of the chain at `p` are there, as
 * ip6_input saw.
 */
function srhOf(p: usize, have: u32): u32 {
  const o = extension6(p, have, IP_PROTOCOL.ROUTING), srh = p + o;
  if (!o || load<u8>(srh, SRH.ROUTING_TYPE) != SRH_ROUTING_TYPE) return 0;
  return <u32>load<u8>(srh, SRH.LAST_ENTRY) < <u32>load<u8>(srh, SRH.HDR_EXT_LEN) >> 1 ? o : 0;
}

function segment(srh: usize, i: u32): usize {
  return srh + SRH.SEGMENT_LIST + i * SRH.SEGMENT_LEN;
}

/** Offset of the octet that names the extension header at offset `o`. */
function namedBy(p: usize, o: u32): u32 {
  let named: u32 = IP6.NEXT_HEADER, i: u32 = IP6.LEN;
  while (i < o) {
    const size = extensionLength(load<u8>(p + named), p + i);
    named = i + IP6_EXT.NEXT_HEADER;
    i += size;
  }
  return named;
}
