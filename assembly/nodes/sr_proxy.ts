// sr_proxy.ts -- node: a packet to a service that is to see no segment routing,
// or back from it.
//
// draft-ietf-spring-sr-service-programming sections 6.1 (static proxy) and 6.2
// (dynamic proxy; for each flow as VPP has it), over SRv6 and over SR-MPLS. On
// the way to the service the outer headers come off, on the way back those in
// the cache go on: the static proxy's are configured, the dynamic proxy's are
// those of the last packet sent to the service, with the segment advanced.
//
// Both directions are one node, and packets are taken in the order they came
// to the switch: so what comes back finds what the packets before it left, in
// whatever bursts they come.
//
// What goes to the service passes the checks of any packet, in a VRF where
// every route leads there; its TTL goes down when it comes back. Headers on
// the way back have payload length and flow label of their own, and the ECN of
// what is inside (RFC 6040). ICMP about what comes back goes on along the path:
// its end knows the sender (RFC 3032 section 2.3.1 does so with labels).
//
//   to    | IPv6 DA=next segment | SRH | inner       back  | inner
//     ->  | inner                                      ->  | IPv6 DA=next segment | SRH | inner
//   to    | anything, L3 bytes | label | stack | inner back  | inner
//     ->  | inner                                      ->  | stack | inner
//
// cfg    Packet.HIT: Sid, Label or SrProxy.RETURN, each with an SrProxy
// edges  1 ip6_lookup (back, bypass), 2 ip4_input, 3 ip6_input, 4 iface_output
//        (to the service), 5 mpls_lookup (back, bypass), 6 ip4_lookup,
//        7 ip6_lookup (ICMP)
// sets   DATA, LEN, ORIG, L3, L4, DOMAIN, FLOW, FLAGS; IFACE (Ethernet)

import { Drop } from "../abi/drop";
import { Label } from "../abi/mpls";
import { Packet, PacketFlag } from "../abi/packet";
import { PROXY_OF, ProxyFlag, ProxyInner, SrProxy } from "../abi/proxy";
import { Switch } from "../abi/switch";
import { byArrival } from "../lib/arrival";
import { ecnUncover, ipInFrame, trafficClass } from "../lib/ecn";
import { extension6, upper6 } from "../lib/ext6";
import { flowFrame, flowIp } from "../lib/flow";
import { flowKey4, flowKey6 } from "../lib/five_tuple";
import { uncovered, underStack } from "../lib/mpls";
import { at, be32, data, drop, dropShort, forward, len, strip, wireLen } from "../lib/packet";
import { countBypass, countReturn, finishOuter, isReturn, keepHeaders, outerWord, pushHeaders } from "../lib/proxy_cache";
import { hop4, source4 } from "../originate/hop4";
import { hop6, source6 } from "../originate/hop6";
import { icmp6Error } from "../originate/icmp6";
import { proxy_flows_find, proxy_flows_take } from "../tables/proxy_flows";
import { BRIDGE_GROUP, BRIDGE_GROUP_MASK, ETH } from "../wire/ethernet";
import { ICMP6_PARAMETER, ICMP6_TYPE } from "../wire/icmp6";
import { ECN, IP_PROTOCOL } from "../wire/ip";
import { IP4 } from "../wire/ip4";
import { IP6, IP6_VCF } from "../wire/ip6";
import { MPLS, MPLS_ENTRY } from "../wire/mpls";

const IP6_LOOKUP = 1, IP4_INPUT = 2, IP6_INPUT = 3, IFACE_OUTPUT = 4, MPLS_LOOKUP = 5, ICMP4 = 6, ICMP6 = 7;

/** VRF that outer packets are routed in: the default one. */
const UNDERLAY: u32 = 0;
/** Longest IPv6 packet without a jumbo payload. */
const IP6_MAX: u32 = 0xffff + IP6.LEN;
/** What in an IPv6 header differs from packet to packet: traffic class, flow label, length, next header, hop limit. */
const IP6_VARIES: u32 = IP6.SRC;

export function sr_proxy(vec: usize, n: u32, sw: usize): void {
  byArrival(vec, n);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), proxy = <usize>load<u32>(load<u32>(d, Packet.HIT), PROXY_OF), flags = <u32>load<u8>(proxy);
    if (isReturn(d, proxy)) back(sw, d, proxy, flags);
    else if ((flags & (ProxyFlag.DOWN | ProxyFlag.BYPASS)) == <u32>ProxyFlag.DOWN) drop(d, Drop.PROXY_DOWN);
    else if (flags & ProxyFlag.MPLS) fromLabels(sw, d, proxy, flags);
    else fromIp6(sw, d, proxy, flags);
  }
}

/** The packet of an SRv6 segment, its next segment active. */
function fromIp6(sw: usize, d: usize, proxy: usize, flags: u32): void {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, have = len(d) - l3;
  const advanced = load<u8>(d, Packet.FLAGS) & PacketFlag.STEPPED;
  if (flags & ProxyFlag.DOWN && advanced) {
    countBypass(proxy);
    return forward(d, IP6_LOOKUP);
  }
  const upper = upper6(p, have), o = upper >> 8; // ip6_input saw the whole chain of headers
  if ((upper & 0xff) != <u32>load<u8>(proxy, SrProxy.INNER))
    return icmp6Error(sw, d, Drop.PROXY_PAYLOAD, ICMP6_TYPE.PARAMETER_PROBLEM, ICMP6_PARAMETER.SR_UPPER_LAYER, o, ICMP6);
  if (extension6(p, have, IP_PROTOCOL.FRAGMENT)) return drop(d, Drop.FRAGMENT_LOCAL);
  if (!keep(sw, d, proxy, flags, p, l3 + o, IP6_VARIES)) return;
  uncover(sw, d, proxy, flags, l3 + o, trafficClass(p) & ECN.MASK);
}

/** The packet of a service label: all labels come off. */
function fromLabels(sw: usize, d: usize, proxy: usize, flags: u32): void {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, top = be32(p), last = (top & MPLS_ENTRY.S) != 0;
  if (!last && len(d) >= l3 + 2 * MPLS.LEN) {
    const label = <usize>load<u32>(d, Packet.HIT);
    store<u8>(p, uncovered(load<u8>(label, Label.FLAGS), load<u8>(p, MPLS.LEN + MPLS.TTL), top & MPLS_ENTRY.TTL), MPLS.LEN + MPLS.TTL);
    if (flags & ProxyFlag.DOWN) {
      countBypass(proxy);
      store<u16>(d, l3 + MPLS.LEN, Packet.L3);
      return forward(d, MPLS_LOOKUP);
    }
  }
  const o = underStack(d, l3);
  if (!o) return drop(d, len(d) < wireLen(d) ? Drop.SNAP_CUT : Drop.MPLS_NO_BOTTOM);
  if (len(d) <= o) return dropShort(d, o + 1);
  const inner = <u32>load<u8>(proxy, SrProxy.INNER), nibble = <u32>load<u8>(data(d) + o) >> 4;
  if (last && flags & ProxyFlag.LEARN) return drop(d, Drop.PROXY_PAYLOAD);
  if (inner != <u32>ProxyInner.ETHERNET && nibble != (inner == <u32>ProxyInner.IP4 ? 4 : 6)) return drop(d, Drop.PROXY_PAYLOAD);
  if (!keep(sw, d, proxy, flags, p + MPLS.LEN, o, 0)) return;
  uncover(sw, d, proxy, flags, o, 0);
}

/**
 * A dynamic proxy remembers the headers between `p` and offset `o`, where what
 * is inside begins. @returns false when the packet was dropped
 */
function keep(sw: usize, d: usize, proxy: usize, flags: u32, p: usize, o: u32, vary: u32): bool {
  if (!(flags & ProxyFlag.LEARN)) return true;
  const cache = cacheOf(sw, d, proxy, o, true), n = <u32>(data(d) + o - p);
  if (!cache) return false;
  if (keepHeaders(proxy, cache, p, n, vary, load<i64>(d, Packet.TIME))) return true;
  drop(d, Drop.PROXY_NO_CACHE);
  return false;
}

/** The cache for what is inside, at offset `o`. @param take make one for a flow not known; @returns 0 when the packet was dropped */
function cacheOf(sw: usize, d: usize, proxy: usize, o: u32, take: bool): usize {
  const flows = <usize>load<u32>(proxy, SrProxy.FLOWS);
  if (!flows) return proxy + SrProxy.CACHE;
  const four = load<u8>(proxy, SrProxy.INNER) == ProxyInner.IP4, need = o + <u32>(four ? IP4.LEN : IP6.LEN), key = <usize>load<u32>(sw, Switch.SCRATCH);
  if (len(d) < need) {
    dropShort(d, need);
    return 0;
  }
  if (four) flowKey4(key, data(d) + o, len(d) - o);
  else flowKey6(key, data(d) + o, len(d) - o);
  const cache = take ? proxy_flows_take(flows, key) : proxy_flows_find(flows, key);
  if (!cache) drop(d, Drop.PROXY_NO_CACHE);
  return cache;
}

/** What is inside, at offset `o`, goes to the service; past one that is down, where what comes back from it goes. */
function uncover(sw: usize, d: usize, proxy: usize, flags: u32, o: u32, ecn: u32): void {
  const inner = <u32>load<u8>(proxy, SrProxy.INNER), ethernet = inner == <u32>ProxyInner.ETHERNET;
  if (ethernet && len(d) < o + ETH.LEN) return dropShort(d, o + ETH.LEN);
  strip(d, o);
  // An inner header that is not all there is its input node's to drop.
  if (!ecnUncover(ethernet ? ipInFrame(d) : len(d) < <u32>IP4.LEN ? <usize>0 : data(d), ecn)) return drop(d, Drop.CONGESTION_UNTOLD);
  const down = flags & ProxyFlag.DOWN;
  if (down) countBypass(proxy);
  store<u16>(d, 0, Packet.L3);
  store<u8>(d, (load<u8>(d, Packet.FLAGS) & PacketFlag.COPY) | (down ? 0 : PacketFlag.STEPPED), Packet.FLAGS);
  if (ethernet && down) return back(sw, d, proxy, flags);
  if (ethernet) {
    store<u16>(d, load<u16>(proxy, SrProxy.OUT), Packet.IFACE);
    return forward(d, IFACE_OUTPUT);
  }
  store<u32>(d, down ? load<u32>(proxy, SrProxy.FROM_SERVICE) : load<u32>(proxy, SrProxy.TO_SERVICE), Packet.DOMAIN);
  forward(d, inner == <u32>ProxyInner.IP4 ? IP4_INPUT : IP6_INPUT);
}

/** Back from the service: the cached headers go on. */
function back(sw: usize, d: usize, proxy: usize, flags: u32): void {
  const inner = <u32>load<u8>(proxy, SrProxy.INNER), ethernet = inner == <u32>ProxyInner.ETHERNET, l3 = ethernet ? 0 : <u32>load<u16>(d, Packet.L3);
  if (!isOfKind(d, inner, l3)) return;
  const cache = cacheOf(sw, d, proxy, l3, false);
  if (!cache) return;
  const n = <u32>load<u16>(cache);
  if (!n) return drop(d, Drop.PROXY_NO_CACHE);
  if (!ethernet && !step(sw, d, inner, IP6_MAX - n)) return;
  const srv6 = !(flags & ProxyFlag.MPLS), first = srv6 ? wordOf(sw, d, proxy, cache, ethernet, l3) : 0;
  strip(d, l3);
  if (wireLen(d) + n > IP6_MAX) return drop(d, Drop.MTU_EXCEEDED);
  if (!pushHeaders(d, cache)) return drop(d, Drop.NO_HEADROOM);
  countReturn(d, proxy);
  store<u16>(d, 0, Packet.L3);
  store<u32>(d, 0, Packet.FLOW);
  store<u32>(d, UNDERLAY, Packet.DOMAIN);
  const copy = load<u8>(d, Packet.FLAGS) & PacketFlag.COPY;
  store<u8>(d, srv6 ? copy | PacketFlag.ORIGINATED : copy, Packet.FLAGS);
  if (!srv6) return forward(d, MPLS_LOOKUP);
  finishOuter(d, first);
  store<u16>(d, n, Packet.L4);
  forward(d, IP6_LOOKUP);
}

/** Whether what came back is what the proxy deals in. @returns false when it was dropped */
function isOfKind(d: usize, inner: u32, l3: u32): bool {
  const p = data(d) + l3;
  if (inner == <u32>ProxyInner.ETHERNET) {
    if ((load<u64>(p) & BRIDGE_GROUP_MASK) != BRIDGE_GROUP) return true;
    drop(d, Drop.LINK_LOCAL_GROUP);
    return false;
  }
  if (<u32>load<u8>(p) >> 4 == <u32>(inner == <u32>ProxyInner.IP4 ? 4 : 6)) return true;
  drop(d, Drop.PROXY_PAYLOAD);
  return false;
}

/** The forwarding step. @returns false when the packet was dropped */
function step(sw: usize, d: usize, inner: u32, room: u32): bool {
  if (inner == <u32>ProxyInner.IP4) return hop4(sw, d, min<u32>(room, 0xffff), ICMP4) && source4(sw, d, 0);
  return hop6(sw, d, room, ICMP6) && source6(sw, d, 0);
}

/** First word of the outer IPv6 header of a packet that came back. */
function wordOf(sw: usize, d: usize, proxy: usize, cache: usize, ethernet: bool, l3: u32): u32 {
  const ip = ethernet ? ipInFrame(d) : data(d) + l3;
  const copy = ip && load<u8>(ip) >> 4 == 6 ? be32(ip) & IP6_VCF.FLOW : 0;
  return outerWord(proxy, cache, trafficClass(ip), ethernet ? flowFrame(sw, d) : flowIp(sw, d), copy);
}
