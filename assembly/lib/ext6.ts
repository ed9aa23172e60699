// ext6.ts -- IPv6 extension headers, RFC 8200 section 4: where does the upper
// layer begin?

import { be16 } from "./packet";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6, IP6_EXT, IP6_FRAGMENT, IP6_FRAGMENT_PART } from "../wire/ip6";

/** upper6: a header says that it is longer than the packet. */
export const CHAIN_CUT: u32 = 0xffffffff;

/**
 * Headers that a walk skips: hop-by-hop options, destination options (twice),
 * routing, fragment, AH make six; what is behind the eighth stays unread, so
 * that no packet costs more than a cache line or two.
 */
const WALK_MAX = 8;

/** Headers that carry another one and say how long they are (a bit per number below 64). */
const SKIPPED: u64 = (<u64>1 << IP_PROTOCOL.HOP_BY_HOP) | (<u64>1 << IP_PROTOCOL.ROUTING)
  | (<u64>1 << IP_PROTOCOL.FRAGMENT) | (<u64>1 << IP_PROTOCOL.AH) | (<u64>1 << IP_PROTOCOL.DEST_OPTS);

/** Whether `header` is an extension header that a walk passes. */
export function isExtension(header: u32): bool {
  return header < 64 && ((SKIPPED >> header) & 1) != 0;
}

/** Bytes of the extension header at `p`; its first two must be readable. */
export function extensionLength(header: u32, p: usize): u32 {
  const units = <u32>load<u8>(p, IP6_EXT.HDR_EXT_LEN);
  if (header == <u32>IP_PROTOCOL.FRAGMENT) return IP6_FRAGMENT.LEN;
  return header == <u32>IP_PROTOCOL.AH ? (units + 2) << 2 : (units + 1) << 3; // AH: RFC 4302 section 2.2
}

/**
 * Find the first header that is none to skip: the upper layer; or, since there
 * is nothing to see behind it, the fragment header of a later fragment.
 * @param p   IPv6 header
 * @param end bytes from `p` that are the packet's and can be read
 * @returns offset from `p` << 8 | its protocol number, or CHAIN_CUT
 */
export function upper6(p: usize, end: u32): u32 {
  let header = <u32>load<u8>(p, IP6.NEXT_HEADER), at: u32 = IP6.LEN;
  for (let i = 0; i < WALK_MAX && isExtension(header); i++) {
    if (at + <u32>IP6_EXT.LEN > end) return CHAIN_CUT;
    const h = p + at;
    if (header == <u32>IP_PROTOCOL.FRAGMENT && be16(h + IP6_FRAGMENT.OFFSET_M) & IP6_FRAGMENT_PART.OFFSET) break;
    at += extensionLength(header, h);
    if (at > end) return CHAIN_CUT;
    header = load<u8>(h, IP6_EXT.NEXT_HEADER);
  }
  return (at << 8) | header;
}

/**
 * Find an extension header of one kind.
 * @param p   IPv6 header
 * @param end bytes from `p` that are the packet's and can be read
 * @returns its offset from `p`, its first eight bytes being there; 0 when there is none
 */
export function extension6(p: usize, end: u32, kind: u32): u32 {
  let header = <u32>load<u8>(p, IP6.NEXT_HEADER), at: u32 = IP6.LEN;
  for (let i = 0; i < WALK_MAX && isExtension(header) && at + <u32>IP6_EXT.LEN <= end; i++) {
    if (header == kind) return at;
    if (header == <u32>IP_PROTOCOL.FRAGMENT && be16(p + at + IP6_FRAGMENT.OFFSET_M) & IP6_FRAGMENT_PART.OFFSET) return 0; // what follows is no header
    const size = extensionLength(header, p + at);
    header = load<u8>(p + at, IP6_EXT.NEXT_HEADER);
    at += size;
  }
  return 0;
}
