// mpls_pop.ts -- node: the top label comes off.
//
// RFC 3031 sections 3.10 and 3.16 (penultimate hop popping), RFC 3032 section
// 2.2 (what lies under the stack), RFC 3443 (TTL), RFC 6790 sections 4.1 and
// 4.4 (the entropy label and its indicator come off with the label above them),
// RFC 4385 and RFC 4448 (pseudowires; sequence numbers are not processed).
//
//   in   | anything, L3 bytes | label [ELI | EL] | stack | [control word |] payload
//   out  the next label, IPv4 or IPv6 at L3; the frame of a pseudowire at DATA;
//        | Hop.REWRITE | stack or IP, one hop before the end
//
// cfg    Packet.HIT: Label
// edges  1 mpls_lookup (the next label), 2 ip4_input, 3 ip6_input,
//        4 bridge_forward, 5 port_tx
// sets   L3, DOMAIN; of a pseudowire's frame DATA, LEN, ORIG, IFACE, PRIO, FLAGS.GROUP;
//        one hop before the end what rewrite() sets

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { Label, LabelFlag, LabelPayload, LABEL_SAME_VRF } from "../abi/mpls";
import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { checksumUpdate16 } from "../lib/checksum";
import { labelOf, uncovered } from "../lib/mpls";
import { at, be32, data, drop, dropShort, forward, len, put16, strip, wireLen } from "../lib/packet";
import { rewrite } from "../lib/rewrite";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { IP4 } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { MPLS, MPLS_ENTRY, MPLS_LABEL } from "../wire/mpls";
import { PW, PW_NIBBLE } from "../wire/pw";

const MPLS_LOOKUP = 1, IP4_INPUT = 2, IP6_INPUT = 3, BRIDGE_FORWARD = 4, PORT_TX = 5;

export function mpls_pop(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), label = <usize>load<u32>(d, Packet.HIT), top = be32(data(d) + <usize>load<u16>(d, Packet.L3));
    const last = pop(d);
    if (!last) continue;
    // What leaves here has its TTL lowered here, what stays where it leaves.
    const ttl = (top & MPLS_ENTRY.TTL) - u32(load<u32>(label, Label.HOP) != 0);
    if (!(last & MPLS_ENTRY.S)) nextLabel(d, label, ttl);
    else if (load<u8>(label, Label.PAYLOAD) == LabelPayload.ETHERNET) pseudowire(d, label, top);
    else ip(d, label, ttl);
  }
}

/**
 * Move L3 behind the top entry and the entropy label pairs under it.
 * @returns the last entry taken off, with one more or a payload byte behind it; 0 when the packet was dropped
 */
function pop(d: usize): u32 {
  const p = data(d);
  let l3 = <u32>load<u16>(d, Packet.L3), entry = be32(p + l3), indicator = labelOf(entry) == MPLS_LABEL.ENTROPY_INDICATOR;
  while (true) {
    l3 += MPLS.LEN;
    const bottom = (entry & MPLS_ENTRY.S) != 0;
    if (indicator && bottom) return refuse(d, Drop.MPLS_LABEL_RESERVED); // the entropy label is missing
    const need = l3 + (bottom ? 1 : MPLS.LEN);
    if (len(d) < need) {
      if (!bottom && wireLen(d) < need) return refuse(d, Drop.MPLS_NO_BOTTOM);
      dropShort(d, need);
      return 0;
    }
    if (bottom) break;
    const next = be32(p + l3);
    // Behind an indicator any value is an entropy label.
    if (!indicator && labelOf(next) != MPLS_LABEL.ENTROPY_INDICATOR) break;
    indicator = !indicator;
    entry = next;
  }
  store<u16>(d, l3, Packet.L3);
  return entry;
}

function refuse(d: usize, reason: Drop): u32 {
  drop(d, reason);
  return 0;
}

/** More of the stack is left: it is the neighbour's, or ours to look up. */
function nextLabel(d: usize, label: usize, ttl: u32): void {
  const p = data(d) + <usize>load<u16>(d, Packet.L3);
  store<u8>(p, uncovered(load<u8>(label, Label.FLAGS), load<u8>(p, MPLS.TTL), ttl), MPLS.TTL);
  const hop = <usize>load<u32>(label, Label.HOP);
  if (hop) send(d, hop, ETHERTYPE.MPLS);
  else forward(d, MPLS_LOOKUP);
}

/** An IP packet under the bottom of the stack. */
function ip(d: usize, label: usize, ttl: u32): void {
  const p = data(d) + <usize>load<u16>(d, Packet.L3), version = <u32>load<u8>(p) >> 4, payload = <u32>load<u8>(label, Label.PAYLOAD);
  if ((version != 4 && version != 6) || (payload != <u32>LabelPayload.IP && payload != version)) return drop(d, Drop.MPLS_PAYLOAD);
  lowerTtl(d, p, version, load<u8>(label, Label.FLAGS), ttl);
  const hop = <usize>load<u32>(label, Label.HOP);
  if (hop) return send(d, hop, version == 4 ? ETHERTYPE.IPV4 : ETHERTYPE.IPV6);
  const vrf = load<u32>(label, Label.DOMAIN);
  if (vrf != <u32>LABEL_SAME_VRF) store<u32>(d, vrf, Packet.DOMAIN);
  forward(d, version == 4 ? IP4_INPUT : IP6_INPUT);
}

/** The label's TTL goes into a header that is there to take it. */
function lowerTtl(d: usize, p: usize, version: u32, flags: u32, ttl: u32): void {
  const have = len(d) - <u32>load<u16>(d, Packet.L3);
  if (have < <u32>(version == 4 ? IP4.LEN : IP6.LEN)) return;
  if (version == 6) return store<u8>(p, uncovered(flags, load<u8>(p, IP6.HOP_LIMIT), ttl), IP6.HOP_LIMIT);
  const before = load<u16>(p, IP4.TTL); // with the protocol: checksums go by words
  store<u8>(p, uncovered(flags, load<u8>(p, IP4.TTL), ttl), IP4.TTL);
  store<u16>(p, <u16>checksumUpdate16(load<u16>(p, IP4.CHECKSUM), before, load<u16>(p, IP4.TTL)), IP4.CHECKSUM);
}

/** Penultimate hop popping: the neighbour gets what was uncovered. */
function send(d: usize, hop: usize, type: u32): void {
  if (wireLen(d) - <u32>load<u16>(d, Packet.L3) > <u32>load<u16>(hop, Hop.MTU)) return drop(d, Drop.MTU_EXCEEDED);
  if (!rewrite(d, hop)) return;
  put16(data(d) + <usize>load<u16>(d, Packet.L3) - sizeof<u16>(), type);
  forward(d, load<u8>(hop) == HopKind.BRIDGE ? BRIDGE_FORWARD : PORT_TX);
}

/** The frame that a pseudowire brought enters its bridge. */
function pseudowire(d: usize, label: usize, top: u32): void {
  let from = <u32>load<u16>(d, Packet.L3);
  if (load<u8>(label, Label.FLAGS) & LabelFlag.CONTROL_WORD) {
    if (<u32>load<u8>(data(d) + from) >> 4 != PW_NIBBLE.CONTROL_WORD) return drop(d, Drop.PW_CONTROL_WORD);
    from += PW.LEN;
  }
  if (len(d) < from + ETH.LEN) return dropShort(d, from + ETH.LEN);
  const iface = <usize>load<u32>(label, Label.IFACE);
  strip(d, from);
  store<u16>(d, 0, Packet.L3);
  store<u16>(d, load<u16>(iface, Iface.INDEX), Packet.IFACE);
  store<u32>(d, load<u32>(iface, Iface.DOMAIN), Packet.DOMAIN);
  store<u8>(d, load<u8>(d, Packet.FLAGS) & ~PacketFlag.GROUP, Packet.FLAGS);
  store<u8>(d, (top >> MPLS_ENTRY.TC_SHIFT) & MPLS_ENTRY.TC, Packet.PRIO);
  forward(d, BRIDGE_FORWARD);
}
