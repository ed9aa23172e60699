// ip6_rewrite.ts -- node: last step of an IPv6 packet towards a neighbour.
//
// The forwarding step itself is originate/hop6.ts (RFC 8200 section 3).
//
//   in   | anything, L3 bytes | IPv6 | payload
//   out  | Hop.REWRITE        | IPv6 | payload     hop limit one less
//
// cfg    Packet.HIT: Hop
// edges  1 port_tx, 2 bridge_forward (the hop's interface belongs to a bridge),
//        3 ip6_lookup (ICMPv6)
// sets   DATA, LEN, ORIG, L3, TX_PORT, IFACE

import { Hop, HopKind } from "../abi/hop";
import { Packet } from "../abi/packet";
import { isLinkLocal6 } from "../lib/address6";
import { at, data, forward } from "../lib/packet";
import { fitsInPlace, rewrite, rewriteInPlace } from "../lib/rewrite";
import { hop6, source6 } from "../originate/hop6";
import { ETH } from "../wire/ethernet";
import { IP6 } from "../wire/ip6";

const PORT_TX = 1, BRIDGE_FORWARD = 2, ICMP = 3;

export function ip6_rewrite(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), mtu = <u32>load<u16>(hop, Hop.MTU);
    if (inPlace(d, hop, mtu)) {
      forward(d, PORT_TX);
      continue;
    }
    if (!hop6(sw, d, mtu, ICMP) || !source6(sw, d, load<u32>(hop, Hop.IFACE))) continue;
    if (rewrite(d, hop)) forward(d, load<u8>(hop) == HopKind.BRIDGE ? BRIDGE_FORWARD : PORT_TX);
  }
}

/** The usual packet: the frame stays where it is. @returns false, packet unchanged, for all others */
function inPlace(d: usize, hop: usize, mtu: u32): bool {
  if (!fitsInPlace(d, hop, mtu)) return false;
  const p = data(d) + ETH.LEN, limit = load<u8>(p, IP6.HOP_LIMIT);
  if (limit <= 1 || isLinkLocal6(p + IP6.SRC)) return false;
  store<u8>(p, limit - 1, IP6.HOP_LIMIT);
  rewriteInPlace(d, hop);
  return true;
}
