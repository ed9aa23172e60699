// nd_input.ts -- node: a Neighbor Discovery message came in.
//
// RFC 4861 sections 6.1, 7.1 and 8.1 (which are valid), 7.2.3 to 7.2.5 (what is
// answered and learnt), RFC 9131 section 6.1.1 (a router learns from
// advertisements nobody asked for). Solicitations for our own addresses are
// answered in place. Redirects are for hosts.
//
//   in   | Ethernet | IPv6, hop limit 255 [extensions] | solicitation [options]
//   out  | Ethernet | IPv6                | advertisement | our MAC
//
// cfg    Iface, Switch.NEIGHBORS
// edges  1 iface_output, 2 ip4_rewrite, 3 ip6_rewrite (packets that waited for the sender)
// sets   DATA, LEN, ORIG, L3, FLAGS
//
// Precondition: ICMPv6 at L4, type 133 to 137, whole, its checksum right (ip6_local).

import { Drop } from "../abi/drop";
import { Hop } from "../abi/hop";
import { Neighbor, NeighborState } from "../abi/neighbor";
import { Packet } from "../abi/packet";
import { Iface, IfaceFlag } from "../abi/port";
import { Switch } from "../abi/switch";
import { copy6, isLinkLocal6, isMulticast6, isUnspecified6 } from "../lib/address6";
import { isGroup, sameMac } from "../lib/l3_input";
import { at, consume, data, drop, forward, wireLen } from "../lib/packet";
import { frameInPlace } from "../originate/frame";
import { AnswerEdge, learn } from "../originate/learn";
import { ND_FRAME, neighborAdvertisement } from "../originate/nd";
import { isOwn6 } from "../originate/own";
import { neighbor_confirm, neighbors_add, neighbors_find } from "../tables/neighbors";
import { ETH } from "../wire/ethernet";
import { ICMP6, ICMP6_TYPE } from "../wire/icmp6";
import { IP6 } from "../wire/ip6";
import { ND_HOP_LIMIT, ND_NA, ND_NA_FLAG, ND_NS, ND_OPTION, ND_OPTION_TYPE, ND_RA, ND_REDIRECT, ND_RS } from "../wire/nd";

export function nd_input(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l4 = <u32>load<u16>(d, Packet.L4), size = wireLen(d) - l4;
    if (!valid(data(d) + <usize>load<u16>(d, Packet.L3), data(d) + l4, size)) drop(d, Drop.ND_MALFORMED);
    else take(sw, d, data(d) + l4, size);
  }
}

/** The rules of sections 6.1.1, 6.1.2, 7.1.1, 7.1.2 and 8.1. @param p IPv6 header @param m the message, `size` bytes */
function valid(p: usize, m: usize, size: u32): bool {
  if (load<u8>(p, IP6.HOP_LIMIT) != ND_HOP_LIMIT || load<u8>(m, ICMP6.CODE)) return false;
  const type = <u32>load<u8>(m), options = optionsAt(type);
  if (size < options || !optionsValid(m + options, size - options)) return false;
  const nobody = isUnspecified6(p + IP6.SRC), source = sourceOption(m, size) != 0;
  if (type == <u32>ICMP6_TYPE.NEIGHBOR_SOLICITATION)
    return !isMulticast6(m + ND_NS.TARGET) && !(nobody && (source || !isSolicitedNode(p + IP6.DST)));
  if (type == <u32>ICMP6_TYPE.NEIGHBOR_ADVERTISEMENT)
    return !isMulticast6(m + ND_NA.TARGET) && !(isMulticast6(p + IP6.DST) && load<u8>(m, ND_NA.FLAGS) & ND_NA_FLAG.S);
  if (type == <u32>ICMP6_TYPE.ROUTER_SOLICITATION) return !(nobody && source);
  return isLinkLocal6(p + IP6.SRC); // advertisement, redirect
}

/** Where the options of a message begin: its least length. */
function optionsAt(type: u32): u32 {
  if (type == <u32>ICMP6_TYPE.ROUTER_SOLICITATION) return ND_RS.LEN;
  if (type == <u32>ICMP6_TYPE.ROUTER_ADVERTISEMENT) return ND_RA.LEN;
  return type == <u32>ICMP6_TYPE.REDIRECT ? ND_REDIRECT.LEN : ND_NS.LEN;
}

/** Whether `left` bytes of options add up, and their MACs are those of stations. */
function optionsValid(o: usize, left: u32): bool {
  while (left) {
    if (left < <u32>ND_OPTION.LEN) return false;
    const n = <u32>load<u8>(o, ND_OPTION.LENGTH) << 3, type = load<u8>(o, ND_OPTION.TYPE);
    if (!n || n > left) return false;
    const address = type == ND_OPTION_TYPE.SOURCE_LINK_LAYER || type == ND_OPTION_TYPE.TARGET_LINK_LAYER;
    if (address && (n != <u32>ND_OPTION.LEN || isGroup(o + ND_OPTION.ADDRESS))) return false;
    o += n;
    left -= n;
  }
  return true;
}

/** The MAC in the first option of a kind, or 0. The options are valid. */
function option(m: usize, size: u32, kind: u32): usize {
  const end = m + size;
  for (let o = m + optionsAt(load<u8>(m)); o < end; o += <usize>load<u8>(o, ND_OPTION.LENGTH) << 3)
    if (<u32>load<u8>(o) == kind) return o + ND_OPTION.ADDRESS;
  return 0;
}

function sourceOption(m: usize, size: u32): usize {
  return option(m, size, ND_OPTION_TYPE.SOURCE_LINK_LAYER);
}

/** ff02::1:ff00:0/104. */
function isSolicitedNode(a: usize): bool {
  return load<u64>(a) == 0x02ff && (load<u64>(a, 8) & 0xff_ffffffff) == 0xff_01000000;
}

function take(sw: usize, d: usize, m: usize, size: u32): void {
  const iface = <usize>load<u32>(sw, Switch.IFACES) + <u32>load<u16>(d, Packet.IFACE) * Iface.SIZEOF, type = <u32>load<u8>(m);
  if (type == <u32>ICMP6_TYPE.NEIGHBOR_SOLICITATION) return solicited(sw, d, iface, m, size);
  if (type == <u32>ICMP6_TYPE.NEIGHBOR_ADVERTISEMENT) {
    if (advertised(sw, iface, m, size)) consume(d);
    else drop(d, Drop.ND_NOT_FOR_US);
  } else if (type == <u32>ICMP6_TYPE.REDIRECT) drop(d, Drop.ND_NOT_FOR_US);
  else {
    const mac = sourceOption(m, size);
    if (mac) learnAt(sw, iface, data(d) + <usize>load<u16>(d, Packet.L3) + IP6.SRC, mac);
    consume(d);
  }
}

/** Section 7.2.3: learn who asks, answer for what is ours. */
function solicited(sw: usize, d: usize, iface: usize, m: usize, size: u32): void {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3;
  if (l3 < <u32>ETH.LEN || !isOwn6(sw, iface, m + ND_NS.TARGET) || !(load<u16>(iface, Iface.FLAGS) & IfaceFlag.ANSWER)) return drop(d, Drop.ND_NOT_FOR_US);
  if (load<u32>(d, Packet.END) - <u32>p + ETH.LEN < ND_FRAME) return drop(d, Drop.NO_HEADROOM);
  const said = sourceOption(m, size), from = said ? said : p - l3 + ETH.SRC;
  const mac = <u64>load<u32>(from) | (<u64>load<u16>(from, 4) << 32);
  if (said) learnAt(sw, iface, p + IP6.SRC, said);
  // The answer has no extension headers: the target goes to where it belongs in one without.
  copy6(p + IP6.LEN + ND_NS.TARGET, m + ND_NS.TARGET);
  frameInPlace(d, l3, ND_FRAME);
  neighborAdvertisement(d, iface, mac);
  forward(d, AnswerEdge.IFACE_OUTPUT);
}

/** Enter a MAC for an address; nobody takes our own. */
function learnAt(sw: usize, iface: usize, a: usize, mac: usize): void {
  if (isUnspecified6(a) || isMulticast6(a) || isOwn6(sw, iface, a)) return;
  const r = neighbors_add(load<u32>(sw, Switch.NEIGHBORS), load<u16>(iface, Iface.INDEX), load<u64>(a), load<u64>(a, 8), load<i64>(sw, Switch.NOW));
  if (r) learn(sw, r, mac);
}

/** Section 7.2.5. @returns false when it tells us nothing */
function advertised(sw: usize, iface: usize, m: usize, size: u32): bool {
  const target = m + ND_NA.TARGET, mac = option(m, size, ND_OPTION_TYPE.TARGET_LINK_LAYER);
  if (isOwn6(sw, iface, target)) return false;
  const r = neighbors_find(load<u32>(sw, Switch.NEIGHBORS), load<u16>(iface, Iface.INDEX), load<u64>(target), load<u64>(target, 8));
  if (!r || load<u8>(r, Neighbor.STATE) == NeighborState.INCOMPLETE) {
    if (mac) learnAt(sw, iface, target, mac);
    return mac != 0;
  }
  const flags = load<u8>(m, ND_NA.FLAGS), changed = mac != 0 && !sameMac(mac, r + Neighbor.HOP6 + Hop.REWRITE);
  if (changed && !(flags & ND_NA_FLAG.O)) return true; // what is known stays
  if (changed) learn(sw, r, mac);
  else if (flags & ND_NA_FLAG.S) neighbor_confirm(r, load<i64>(sw, Switch.NOW));
  return true;
}
