// mpls_swap.ts -- node: the top label becomes one or more others.
//
// RFC 3031 section 3.12, RFC 3032 section 2.4.2, RFC 5462 (the TC is kept),
// RFC 3443 (labels pushed on top of the swapped one: its TTL in the uniform
// model, 255 in the pipe model). A packet too long is not cut on its way
// through an LSP: its sender is told (RFC 3032 section 3.4).
//
//   in   | anything, L3 bytes | label          | stack | payload
//   out  | Hop.REWRITE        | label [labels] | stack | payload     TTL one less
//
// cfg    Packet.HIT: Label
// edges  1 port_tx, 2 bridge_forward, 3 ip4_lookup, 4 ip6_lookup (ICMP)
// sets   DATA, LEN, ORIG, L3, TX_PORT, IFACE

import { Hop, HopKind } from "../abi/hop";
import { Label, LabelFlag } from "../abi/mpls";
import { Packet } from "../abi/packet";
import { putLabels, raise } from "../lib/mpls";
import { at, be32, data, forward, put32, wireLen } from "../lib/packet";
import { rewrite } from "../lib/rewrite";
import { mplsTooBig } from "../originate/mpls";
import { MPLS, MPLS_ENTRY } from "../wire/mpls";

const PORT_TX = 1, BRIDGE_FORWARD = 2, ICMP4 = 3, ICMP6 = 4;
/** TTL of a pipe (RFC 3443 section 3.2). */
const PIPE_TTL: u32 = 255;

export function mpls_swap(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), label = <usize>load<u32>(d, Packet.HIT), hop = <usize>load<u32>(label, Label.HOP);
    const l3 = <u32>load<u16>(d, Packet.L3), more = <u32>load<u8>(label, Label.COUNT) - 1, room = more * MPLS.LEN;
    const mtu = <u32>load<u16>(hop, Hop.MTU);
    if (wireLen(d) - l3 + room > mtu) {
      mplsTooBig(sw, d, mtu - room, ICMP4, ICMP6);
      continue;
    }
    const entry = be32(data(d) + l3), tc = entry & (MPLS_ENTRY.TC << MPLS_ENTRY.TC_SHIFT), ttl = (entry & MPLS_ENTRY.TTL) - 1;
    if (!raise(d, room)) continue;
    const labels = label + Label.LABELS, uniform = load<u8>(label, Label.FLAGS) & LabelFlag.UNIFORM;
    const p = putLabels(data(d) + <usize>load<u16>(d, Packet.L3), labels, more, tc | (uniform ? ttl : PIPE_TTL));
    put32(p, be32(labels + room) | tc | (entry & MPLS_ENTRY.S) | ttl);
    if (rewrite(d, hop)) forward(d, load<u8>(hop) == HopKind.BRIDGE ? BRIDGE_FORWARD : PORT_TX);
  }
}
