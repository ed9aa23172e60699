// mpls_push.ts -- node: a label stack goes in front of an IP packet or, as a
// pseudowire, of an Ethernet frame; the neighbour's layer 2 in front of both.
//
// RFC 3031 section 3.10 (FTN), RFC 3032 section 2.1, RFC 3443 (TTL), RFC 6790
// section 4.2 (entropy label), RFC 4385 and RFC 4448 (pseudowires). Routing the
// IP packet took one off its TTL before it enters the LSP.
//
//   in   | anything, L3 bytes | IP packet         or   | Ethernet frame
//   out  | Hop.REWRITE | labels [ELI | EL | labels] [control word] | payload
//
// cfg    Packet.HIT: Hop, its AUX: LabelStack
// edges  1 port_tx, 2 bridge_forward, 3 ip4_lookup, 4 ip6_lookup (ICMP),
//        5 ip4_fragment (too long, may be cut; TTL done)
// sets   DATA, LEN, ORIG, L3, TX_PORT, IFACE, FLOW (entropy label)

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { LabelFlag, LabelStack } from "../abi/mpls";
import { Packet } from "../abi/packet";
import { flowFrame, flowIp } from "../lib/flow";
import { reduce } from "../lib/hash";
import { putLabels, raise } from "../lib/mpls";
import { at, be16, data, drop, forward, put32, wireLen } from "../lib/packet";
import { rewrite } from "../lib/rewrite";
import { hop4, source4 } from "../originate/hop4";
import { hop6, source6 } from "../originate/hop6";
import { IP4 } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { MPLS, MPLS_ENTRY, MPLS_LABEL } from "../wire/mpls";
import { PW } from "../wire/pw";

const PORT_TX = 1, BRIDGE_FORWARD = 2, ICMP4 = 3, ICMP6 = 4, FRAGMENT = 5;

export function mpls_push(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), stack = <usize>load<u32>(hop, Hop.AUX);
    const low = load<u8>(stack, LabelStack.FLAGS) & LabelFlag.ETHERNET ? frame(d, hop, stack) : packet(sw, d, hop, stack);
    if (!low || !imposed(sw, d, stack, low)) continue;
    const via = <usize>load<u32>(hop, Hop.VIA);
    if (rewrite(d, via)) forward(d, load<u8>(via) == HopKind.BRIDGE ? BRIDGE_FORWARD : PORT_TX);
  }
}

/** An Ethernet frame about to enter its pseudowire. @returns TC and TTL of its labels, in place; 0 when dropped */
function frame(d: usize, hop: usize, stack: usize): u32 {
  if (wireLen(d) > <u32>load<u16>(hop, Hop.MTU)) {
    drop(d, Drop.MTU_EXCEEDED);
    return 0;
  }
  store<u16>(d, 0, Packet.L3);
  return tcTtl(stack, load<u8>(d, Packet.PRIO), 0);
}

/** The forwarding step of an IP packet. @returns TC and TTL of its labels, in place; 0 when it goes elsewhere */
function packet(sw: usize, d: usize, hop: usize, stack: usize): u32 {
  const l3 = <usize>load<u16>(d, Packet.L3), mtu = <u32>load<u16>(hop, Hop.MTU), iface = load<u32>(load<u32>(hop, Hop.VIA), Hop.IFACE);
  if (load<u8>(data(d) + l3) >> 4 == 6) {
    if (!hop6(sw, d, mtu, ICMP6) || !source6(sw, d, iface)) return 0;
    const p = data(d) + l3;
    return tcTtl(stack, (be16(p) >> 9) & 7, load<u8>(p, IP6.HOP_LIMIT));
  }
  if (!hop4(sw, d, mtu, ICMP4) || !source4(sw, d, iface)) return 0;
  if (wireLen(d) - <u32>l3 > mtu) {
    forward(d, FRAGMENT);
    return 0;
  }
  const p = data(d) + l3;
  return tcTtl(stack, load<u8>(p, IP4.TOS) >> 5, load<u8>(p, IP4.TTL));
}

/** TC and TTL of a stack, in place, over a payload of this precedence and TTL. Never 0: no TTL is. */
function tcTtl(stack: usize, precedence: u32, ttl: u32): u32 {
  const flags = load<u8>(stack, LabelStack.FLAGS);
  const tc = flags & LabelFlag.FIXED_TC ? <u32>load<u8>(stack, LabelStack.TC) : precedence;
  return (tc << MPLS_ENTRY.TC_SHIFT) | (flags & LabelFlag.UNIFORM ? ttl : <u32>load<u8>(stack, LabelStack.TTL));
}

/** Put the stack, and a pseudowire's control word, in front of what is at L3. @returns false when the packet was dropped */
function imposed(sw: usize, d: usize, stack: usize, low: u32): bool {
  const flags = load<u8>(stack, LabelStack.FLAGS), count = <u32>load<u8>(stack, LabelStack.COUNT), above = <u32>load<u8>(stack, LabelStack.ENTROPY);
  const ethernet = flags & LabelFlag.ETHERNET, word: u32 = flags & LabelFlag.CONTROL_WORD ? PW.LEN : 0;
  const entropy: u32 = above ? entropyLabel(ethernet ? flowFrame(sw, d) : flowIp(sw, d)) : 0;
  if (!raise(d, (count + (above ? 2 : 0)) * MPLS.LEN + word)) return false;
  const labels = stack + LabelStack.LABELS;
  let p = putLabels(data(d) + <usize>load<u16>(d, Packet.L3), labels, above ? above : count, low);
  if (above) {
    // The indicator is not looked up but where the label above it is: same TC and TTL; the entropy label is never: TTL 0.
    put32(p, (MPLS_LABEL.ENTROPY_INDICATOR << MPLS_ENTRY.LABEL_SHIFT) | low);
    put32(p + MPLS.LEN, entropy << MPLS_ENTRY.LABEL_SHIFT);
    p = putLabels(p + 2 * MPLS.LEN, labels + (above << 2), count - above, low);
  }
  store<u8>(p - MPLS.LEN, load<u8>(p - MPLS.LEN, MPLS.LABEL_TC_S) | 1, MPLS.LABEL_TC_S);
  if (word) store<u32>(p, 0); // no flags, no length, sequence numbers unused
  return true;
}

/** An entropy label for a flow: any value that is not special. */
function entropyLabel(flow: u32): u32 {
  return MPLS_LABEL.FIRST + reduce(flow, MPLS_LABEL.LAST - MPLS_LABEL.FIRST + 1);
}
