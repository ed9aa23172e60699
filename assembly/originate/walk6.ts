// walk6.ts -- read the extension headers of an IPv6 packet that is for this
// switch, in the order they come: RFC 8200 section 4.
//
// Destination options are looked at, routing headers without segments left
// passed over. Fragments are not put together; one that is a packet of its own
// passes (RFC 6946).

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { extensionLength } from "../lib/ext6";
import { be16, data, drop, dropShort, len, wireLen } from "../lib/packet";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6, IP6_EXT, IP6_FRAGMENT, IP6_FRAGMENT_PART } from "../wire/ip6";
import { options6 } from "./options6";

/** walk6: the packet was dropped. */
export const WALK_DROPPED: u64 = 0;

/** Protocol number of the header a walk ended at. */
export function walkHeader(walk: u64): u32 {
  return <u32>walk & 0xff;
}

/** Offset of the octet that names it, from the IPv6 header. */
export function walkNamed(walk: u64): u32 {
  return <u32>walk >> 8;
}

/** Offset of the header itself. */
export function walkAt(walk: u64): u32 {
  return <u32>(walk >> 32);
}

/**
 * Find the upper layer, or the first routing header with segments left; of the
 * latter all bytes can be read.
 * Precondition: ip6_input passed the packet.
 * @param edge the node's edge to ip6_lookup, for ICMPv6 messages
 * @returns offset << 32 | offset of the octet that names the header << 8 |
 *          protocol number; WALK_DROPPED
 */
export function walk6(sw: usize, d: usize, edge: u32): u64 {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, end = wireLen(d) - l3, have = len(d) - l3;
  let header = <u32>load<u8>(p, IP6.NEXT_HEADER), named: u32 = IP6.NEXT_HEADER, o: u32 = IP6.LEN;
  while (isPassable(header, o)) {
    if (have < o + <u32>IP6_EXT.LEN) return short(d, l3, o + IP6_EXT.LEN, end);
    const h = p + o, size = extensionLength(header, h);
    if (have < o + size) return short(d, l3, o + size, end);
    if (header == <u32>IP_PROTOCOL.DEST_OPTS && !options6(sw, d, o, size, edge)) return WALK_DROPPED;
    if (header == <u32>IP_PROTOCOL.ROUTING && load<u8>(h, IP6_EXT.SEGMENTS_LEFT)) break;
    if (header == <u32>IP_PROTOCOL.FRAGMENT && be16(h + IP6_FRAGMENT.OFFSET_M) & (IP6_FRAGMENT_PART.OFFSET | IP6_FRAGMENT_PART.M)) {
      drop(d, Drop.FRAGMENT_LOCAL);
      return WALK_DROPPED;
    }
    named = o + IP6_EXT.NEXT_HEADER;
    header = load<u8>(h, IP6_EXT.NEXT_HEADER);
    o += size;
  }
  return (<u64>o << 32) | <u64>(named << 8) | <u64>header;
}

/** Hop-by-hop options stand first (RFC 8200 section 4.1); ip6_input read them. */
function isPassable(header: u32, o: u32): bool {
  if (header == <u32>IP_PROTOCOL.HOP_BY_HOP) return o == <u32>IP6.LEN;
  return header == <u32>IP_PROTOCOL.DEST_OPTS || header == <u32>IP_PROTOCOL.ROUTING || header == <u32>IP_PROTOCOL.FRAGMENT;
}

function short(d: usize, l3: u32, need: u32, end: u32): u64 {
  if (need > end) drop(d, Drop.IP6_EXTENSION_HEADER);
  else dropShort(d, l3 + need);
  return WALK_DROPPED;
}
