// srh.ts -- what the nodes of SIDs do alike to a packet and its SRH.

import { Hop, HopKind } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { Sid } from "../abi/srv6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6, IP6_EXT } from "../wire/ip6";
import { extensionLength } from "./ext6";
import { be16, data, forward, put16, strip } from "./packet";

/** Count a packet of `bytes` bytes at its SID: only what is processed without error (RFC 8986 section 6). */
export function countSid(sid: usize, bytes: u32): void {
  store<u64>(sid, load<u64>(sid, Hop.PACKETS) + 1, Hop.PACKETS);
  store<u64>(sid, load<u64>(sid, Hop.BYTES) + bytes, Hop.BYTES);
}

/** Take the routing header at `o` from the IPv6 header out of the chain: what is before it moves up. */
export function unlink(d: usize, o: u32, named: u32): void {
  const l3 = <u32>load<u16>(d, Packet.L3), l4 = <u32>load<u16>(d, Packet.L4), p = data(d) + l3, h = p + o;
  const size = extensionLength(IP_PROTOCOL.ROUTING, h);
  store<u8>(p + named, load<u8>(h, IP6_EXT.NEXT_HEADER));
  put16(p + IP6.PAYLOAD_LENGTH, be16(p + IP6.PAYLOAD_LENGTH) - size);
  memory.copy(data(d) + size, data(d), l3 + o);
  strip(d, size);
  if (l4 >= l3 + o + size) store<u16>(d, l4 - size, Packet.L4);
}

/** The packet, its destination new, is the next segment's; the hop limit was taken down. */
export function segmentDone(d: usize): void {
  store<u32>(d, 0, Packet.FLOW);
  store<u8>(d, load<u8>(d, Packet.FLAGS) | PacketFlag.STEPPED, Packet.FLAGS);
}

/** Send on by the adjacency of the SID, or where it has none by a lookup in its table; the edges are the node's to ip6_lookup, ip6_rewrite, ip6_glean. */
export function onward(d: usize, sid: usize, lookup: u32, rewrite: u32, glean: u32): void {
  const via = <usize>load<u32>(sid, Hop.VIA);
  if (!via) {
    store<u32>(d, load<u32>(sid, Sid.TABLE), Packet.DOMAIN);
    return forward(d, lookup);
  }
  store<u32>(d, <u32>via, Packet.HIT);
  forward(d, load<u8>(via) == HopKind.GLEAN ? glean : rewrite);
}
