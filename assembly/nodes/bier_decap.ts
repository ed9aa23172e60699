// bier_decap.ts -- node: a BIER packet whose bit is our own ends here (BFER).
//
// RFC 8296 section 2.1.2: Proto says what follows the bit string. IP packets
// go to the VRF of the sub-domain, whose routes know who wants the group;
// Ethernet frames leave by the interface configured for them; labels are ours,
// since we assigned them. BIER has no ECN field, so none comes out.
//
//   in   | anything, L3 bytes | BIER header | bit string | payload
//   out                                                  | payload
//
// cfg    Packet.HIT: BierNeighbor
// edges  1 ip4_input, 2 ip6_input, 3 mpls_lookup, 4 iface_output
// sets   DATA, LEN, ORIG, L3, IFACE, DOMAIN, FLOW, FLAGS
//
// Precondition: a whole header and bit string at L3.

import { BierNeighbor } from "../abi/bier";
import { Drop } from "../abi/drop";
import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { at, be16, data, drop, dropShort, forward, len, strip } from "../lib/packet";
import { BIER, BIER_BSL, BIER_FORM, BIER_PROTO, BIER_PROTO_WORD } from "../wire/bier";
import { ETH } from "../wire/ethernet";

const IP4_INPUT = 1, IP6_INPUT = 2, MPLS_LOOKUP = 3, IFACE_OUTPUT = 4;

export function bier_decap(vec: usize, n: u32, _sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, self = <usize>load<u32>(d, Packet.HIT);
    const proto = be16(p + BIER.PROTO) & BIER_PROTO_WORD.PROTO, frame = proto == <u32>BIER_PROTO.ETHERNET, edge = edgeOf(proto);
    const iface = <usize>(frame ? load<u32>(self, BierNeighbor.FRAMES) : load<u32>(self, BierNeighbor.IFACE));
    if (!edge || !iface) {
      drop(d, Drop.BIER_PROTO);
      continue;
    }
    strip(d, l3 + BIER.LEN + bitStringBytes(p));
    store<u16>(d, 0, Packet.L3);
    store<u16>(d, load<u16>(iface, Iface.INDEX), Packet.IFACE);
    store<u32>(d, load<u32>(iface, Iface.DOMAIN), Packet.DOMAIN);
    store<u32>(d, 0, Packet.FLOW);
    store<u8>(d, load<u8>(d, Packet.FLAGS) & PacketFlag.COPY, Packet.FLAGS);
    if (frame && len(d) < <u32>ETH.LEN) dropShort(d, ETH.LEN);
    else forward(d, edge);
  }
}

/** Bytes of the bit string of a header that bier_forward passed. */
function bitStringBytes(p: usize): u32 {
  return 8 << ((<u32>load<u8>(p, BIER.FORM + 1) >> (BIER_FORM.BSL_SHIFT - 16)) - BIER_BSL.BITS_64);
}

/** Where a payload goes; 0: nobody here takes it. */
function edgeOf(proto: u32): u32 {
  if (proto == <u32>BIER_PROTO.IPV4) return IP4_INPUT;
  if (proto == <u32>BIER_PROTO.IPV6) return IP6_INPUT;
  if (proto == <u32>BIER_PROTO.MPLS) return MPLS_LOOKUP;
  return proto == <u32>BIER_PROTO.ETHERNET ? IFACE_OUTPUT : 0;
}
