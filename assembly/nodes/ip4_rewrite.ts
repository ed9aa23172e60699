// ip4_rewrite.ts -- node: last step of an IPv4 packet towards a neighbour.
//
// The forwarding step itself is originate/hop4.ts (RFC 1812 section 5.3.1).
//
//   in   | anything, L3 bytes | IPv4 | payload
//   out  | Hop.REWRITE        | IPv4 | payload     TTL one less
//
// cfg    Packet.HIT: Hop
// edges  1 port_tx, 2 bridge_forward (the hop's interface belongs to a bridge),
//        3 ip4_fragment (too long, may be cut; TTL done), 4 ip4_lookup (ICMP)
// sets   DATA, LEN, ORIG, L3, TX_PORT; IFACE towards a bridge

import { Hop, HopKind } from "../abi/hop";
import { Packet } from "../abi/packet";
import { at, data, forward, wireLen } from "../lib/packet";
import { fitsInPlace, rewrite, rewriteInPlace } from "../lib/rewrite";
import { hop4, source4, ttlStep } from "../originate/hop4";
import { ETH } from "../wire/ethernet";
import { IP4 } from "../wire/ip4";

const PORT_TX = 1, BRIDGE_FORWARD = 2, FRAGMENT = 3, ICMP = 4;

export function ip4_rewrite(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), mtu = <u32>load<u16>(hop, Hop.MTU);
    if (inPlace(d, hop, mtu)) {
      forward(d, PORT_TX);
      continue;
    }
    if (!hop4(sw, d, mtu, ICMP) || !source4(sw, d, load<u32>(hop, Hop.IFACE))) continue;
    if (wireLen(d) - <u32>load<u16>(d, Packet.L3) > mtu) forward(d, FRAGMENT);
    else if (rewrite(d, hop)) forward(d, load<u8>(hop) == HopKind.BRIDGE ? BRIDGE_FORWARD : PORT_TX);
  }
}

/** The usual packet: the frame stays where it is (7.6 -> 3.7 ns/packet). @returns false, packet unchanged, for all others */
function inPlace(d: usize, hop: usize, mtu: u32): bool {
  if (!fitsInPlace(d, hop, mtu)) return false;
  const p = data(d), word = load<u32>(p, ETH.LEN + IP4.TTL);
  if ((word & 0xff) <= 1) return false;
  store<u32>(p, ttlStep(word), ETH.LEN + IP4.TTL);
  rewriteInPlace(d, hop);
  return true;
}
