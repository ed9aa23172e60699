// arp_input.ts -- node: an ARP message came in.
//
// RFC 826, RFC 5227 (probes and announcements), RFC 1812 section 3.3.2. Who
// asks us, or answers us, is learnt; who is known already is kept up to date
// by whatever it says. Requests for our own addresses are answered in place.
//
//   in   | dst | src | [tags] ethertype | request | [padding]
//   out  | asker | our MAC | ethertype  | reply
//
// cfg    Iface, Switch.FIB4 (own addresses), Switch.NEIGHBORS
// edges  1 iface_output, 2 ip4_rewrite, 3 ip6_rewrite (packets that waited for the sender)
// sets   DATA, LEN, ORIG, L3, FLAGS

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { Iface, IfaceFlag } from "../abi/port";
import { Switch } from "../abi/switch";
import { isGroup } from "../lib/l3_input";
import { at, be16, consume, data, drop, dropShort, forward, len } from "../lib/packet";
import { arpReply } from "../originate/arp";
import { AnswerEdge, learn } from "../originate/learn";
import { isOwn4 } from "../originate/own";
import { mapped4, MAPPED_HIGH, neighbors_add, neighbors_find } from "../tables/neighbors";
import { ARP, ARP_OP } from "../wire/arp";

/** HRD, PRO and HLN, PLN of Ethernet and IPv4, as loaded from memory. */
const ETHERNET_IP4: u32 = 0x00080100, LENGTHS: u32 = 0x0406;

export function arp_input(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3;
    if (len(d) - l3 < <u32>ARP.LEN) {
      dropShort(d, l3 + ARP.LEN);
      continue;
    }
    if (!wellFormed(p)) {
      drop(d, Drop.ARP_MALFORMED);
      continue;
    }
    const iface = <usize>load<u32>(sw, Switch.IFACES) + <u32>load<u16>(d, Packet.IFACE) * Iface.SIZEOF, vrf = load<u32>(iface, Iface.DOMAIN);
    const sender = load<u32>(p, ARP.SPA), target = load<u32>(p, ARP.TPA);
    const forUs = isOwn4(sw, vrf, target), known = update(sw, iface, p, forUs);
    if (forUs && be16(p + ARP.OP) == <u32>ARP_OP.REQUEST && load<u16>(iface, Iface.FLAGS) & IfaceFlag.ANSWER) {
      arpReply(d, iface, l3);
      forward(d, AnswerEdge.IFACE_OUTPUT);
    }
    else if (forUs || (known && sender == target)) consume(d);
    else drop(d, Drop.ARP_NOT_FOR_US);
  }
}

/** A request or a reply for IPv4 over Ethernet, from one station with an address that a station may have. */
function wellFormed(p: usize): bool {
  const op = be16(p + ARP.OP), first = load<u8>(p, ARP.SPA);
  if (load<u32>(p) != ETHERNET_IP4 || <u32>load<u16>(p, ARP.HLN) != LENGTHS) return false;
  if (op != <u32>ARP_OP.REQUEST && op != <u32>ARP_OP.REPLY) return false;
  return !isGroup(p + ARP.SHA) && first != 127 && first < 224;
}

/**
 * Enter the sender's MAC: of one that is known, or that has business with us.
 * A probe (sender 0, RFC 5227 section 2.1) says nothing, and nobody takes our
 * own addresses. @returns whether the sender is in the table
 */
function update(sw: usize, iface: usize, p: usize, forUs: bool): bool {
  const t = <usize>load<u32>(sw, Switch.NEIGHBORS), index = <u32>load<u16>(iface, Iface.INDEX);
  const sender = load<u32>(p, ARP.SPA), key = mapped4(sender);
  if (!sender || isOwn4(sw, load<u32>(iface, Iface.DOMAIN), sender)) return false;
  const r = forUs ? neighbors_add(t, index, MAPPED_HIGH, key, load<i64>(sw, Switch.NOW)) : neighbors_find(t, index, MAPPED_HIGH, key);
  if (r) learn(sw, r, p + ARP.SHA);
  return r != 0;
}
