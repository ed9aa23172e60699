// srv6_csid.ts -- node: an IPv6 packet for a SID of ours with a C-SID flavor.
//
// RFC 9800 sections 4.1 (NEXT-CSID) and 4.2 (REPLACE-CSID) for End and End.X;
// LBL bits of locator block, LNFL bits of C-SID, any count of both.
//
// NEXT-CSID: the rest of the destination is the path. While it is not zero the
// next C-SID moves up, before any header but hop-by-hop and destination options
// is looked at, so the packet need have no SRH and may be a fragment:
//
//   in   | block | C-SID 1 | C-SID 2 | C-SID 3 | 0 ... |    hop limit h
//   out  | block | C-SID 2 | C-SID 3 | 0 ...           |    hop limit h-1
//
// REPLACE-CSID: the last bits of the destination count down through an entry
// of the segment list, which holds 128 / LNFL C-SIDs, the last position first:
//
//   in   | block | C-SID   | 0 ...             index i |    SL[n] | C-SID i-1 | .. |
//   out  | block | C-SID i-1 | 0 ...         index i-1 |
//
// Whatever is not done here is as of the SID without the flavor: srv6_local.
//
// cfg    Packet.HIT: Sid; CSID, LBL, LNFL
// edges  1 ip6_lookup, 2 ip6_rewrite, 3 ip6_glean (End.X), 4 ip6_lookup
//        (ICMPv6), 5 srv6_local
// sets   DATA, LEN, ORIG, L4 (PSP), FLOW, FLAGS; HIT (End.X)

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { Sid, SidCsid, SidFlavor } from "../abi/srv6";
import { copy6, isMulticast6, isReserved6 } from "../lib/address6";
import { prefixHi, prefixLo } from "../lib/bits128";
import { extensionLength } from "../lib/ext6";
import { at, be16, be32, data, drop, dropShort, forward, len, wireLen } from "../lib/packet";
import { countSid, onward, segmentDone, unlink } from "../lib/srh";
import { icmp6Error } from "../originate/icmp6";
import { options6 } from "../originate/options6";
import { srhProblem } from "../originate/srh";
import { ICMP6_TIME_EXCEEDED, ICMP6_TYPE } from "../wire/icmp6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6, IP6_EXT } from "../wire/ip6";
import { SRH, SRH_ROUTING_TYPE } from "../wire/srh";

const IP6_LOOKUP = 1, IP6_REWRITE = 2, IP6_GLEAN = 3, ICMP = 4, SRV6_LOCAL = 5;

export function srv6_csid(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), sid = <usize>load<u32>(d, Packet.HIT);
    if (load<u8>(sid, Sid.CSID) == SidCsid.NEXT) shift(sw, d, sid);
    else walk(sw, d, sid);
  }
}

/** NEXT-CSID, section 4.1.1 lines N01 to N08. */
function shift(sw: usize, d: usize, sid: usize): void {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, block = <u32>load<u8>(sid, Sid.LBL), by = <u32>load<u8>(sid, Sid.LNFL);
  const hi = bswap<u64>(load<u64>(p, IP6.DST)), lo = bswap<u64>(load<u64>(p, IP6.DST + 8));
  if (!((hi & ~prefixHi(block + by)) | (lo & ~prefixLo(block + by)))) return forward(d, SRV6_LOCAL);
  const header = load<u8>(p, IP6.NEXT_HEADER), limit = load<u8>(p, IP6.HOP_LIMIT);
  if ((header == IP_PROTOCOL.DEST_OPTS || header == IP_PROTOCOL.HOP_BY_HOP) && !optionsPass(sw, d)) return;
  if (limit <= 1) return timeExceeded(sw, d);
  countSid(sid, wireLen(d) - l3);
  // The whole address moves up, then the block goes back over its first bits.
  let up = lo << <u64>(by - 64), rest: u64 = 0;
  if (by < 64) {
    up = (hi << <u64>by) | (lo >> <u64>(64 - by));
    rest = lo << <u64>by;
  }
  store<u64>(p, bswap<u64>((hi & prefixHi(block)) | (up & ~prefixHi(block))), IP6.DST);
  store<u64>(p, bswap<u64>((lo & prefixLo(block)) | (rest & ~prefixLo(block))), IP6.DST + 8);
  store<u8>(p, limit - 1, IP6.HOP_LIMIT);
  segmentDone(d);
  onward(d, sid, IP6_LOOKUP, IP6_REWRITE, IP6_GLEAN);
}

/** Read the destination options that stand first, behind hop-by-hop options. @returns false when the packet was dropped */
function optionsPass(sw: usize, d: usize): bool {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, have = len(d) - l3;
  let header = <u32>load<u8>(p, IP6.NEXT_HEADER), o: u32 = IP6.LEN;
  while (header == <u32>IP_PROTOCOL.DEST_OPTS || (header == <u32>IP_PROTOCOL.HOP_BY_HOP && o == <u32>IP6.LEN)) {
    const size = wholeHeader(d, l3, have, o, header);
    if (!size || (header == <u32>IP_PROTOCOL.DEST_OPTS && !options6(sw, d, o, size, ICMP))) return false;
    header = load<u8>(p + o, IP6_EXT.NEXT_HEADER);
    o += size;
  }
  return true;
}

/** REPLACE-CSID: find the SRH that goes on; without one the path ends here (line S02), at what it carries. */
function walk(sw: usize, d: usize, sid: usize): void {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, have = len(d) - l3;
  let header = <u32>load<u8>(p, IP6.NEXT_HEADER), named: u32 = IP6.NEXT_HEADER, o: u32 = IP6.LEN;
  while (header == <u32>IP_PROTOCOL.DEST_OPTS || header == <u32>IP_PROTOCOL.ROUTING || (header == <u32>IP_PROTOCOL.HOP_BY_HOP && o == <u32>IP6.LEN)) {
    const size = wholeHeader(d, l3, have, o, header);
    if (!size || (header == <u32>IP_PROTOCOL.DEST_OPTS && !options6(sw, d, o, size, ICMP))) return;
    if (header == <u32>IP_PROTOCOL.ROUTING) {
      if (load<u8>(p + o, SRH.ROUTING_TYPE) != SRH_ROUTING_TYPE) break; // not ours to follow
      if (load<u8>(p + o, SRH.SEGMENTS_LEFT) || !isLast(p + o, indexOf(p, sid), size, sid)) return replace(sw, d, sid, o, named);
    }
    named = o + IP6_EXT.NEXT_HEADER;
    header = load<u8>(p + o, IP6_EXT.NEXT_HEADER);
    o += size;
  }
  forward(d, SRV6_LOCAL);
}

/** Bytes of the extension header at `o`, all of which are there; 0: the packet was dropped. */
function wholeHeader(d: usize, l3: u32, have: u32, o: u32, header: u32): u32 {
  const need = have < o + <u32>IP6_EXT.LEN ? <u32>IP6_EXT.LEN : extensionLength(header, data(d) + l3 + o);
  if (have >= o + need) return need;
  if (wireLen(d) - l3 < o + need) drop(d, Drop.IP6_EXTENSION_HEADER);
  else dropShort(d, l3 + o + need);
  return 0;
}

/** C-SIDs that an entry of the segment list holds: 4 or 8. */
function perEntry(sid: usize): u32 {
  return 128 / <u32>load<u8>(sid, Sid.LNFL);
}

/** DA.Arg.Index. */
function indexOf(p: usize, sid: usize): u32 {
  return <u32>load<u8>(p, IP6.DST + 15) & (perEntry(sid) - 1);
}

/** Segment List[entry][index]; LNFL is 16 or 32. */
function csidAt(srh: usize, entry: u32, index: u32, sid: usize): u32 {
  const at = srh + SRH.SEGMENT_LIST + entry * SRH.SEGMENT_LEN;
  return load<u8>(sid, Sid.LNFL) == 16 ? be16(at + (index << 1)) : be32(at + (index << 2));
}

/** With no segments left, whether no C-SID is left either; a list that is not there is an error, found later. */
function isLast(srh: usize, index: u32, size: u32, sid: usize): bool {
  return index == 0 || (size >= <u32>SRH.LEN + SRH.SEGMENT_LEN && csidAt(srh, 0, index - 1, sid) == 0);
}

/** Section 4.2.1, lines S05 and R01 to R21. */
function replace(sw: usize, d: usize, sid: usize, o: u32, named: u32): void {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, srh = p + o, dst = p + IP6.DST;
  const limit = load<u8>(p, IP6.HOP_LIMIT), last = <u32>load<u8>(srh, SRH.LAST_ENTRY), index = indexOf(p, sid);
  let left = <u32>load<u8>(srh, SRH.SEGMENTS_LEFT), next = index - 1, whole = false;
  if (limit <= 1) return timeExceeded(sw, d);
  // Last Entry > (Hdr Ext Len / 2) - 1, without the sign
  if (last >= <u32>load<u8>(srh, SRH.HDR_EXT_LEN) >> 1) return srhProblem(sw, d, Drop.SRH_MALFORMED, o + SRH.SEGMENTS_LEFT, ICMP);
  if (left > last + u32(index == 0)) return srhProblem(sw, d, Drop.SRH_SEGMENTS_LEFT, o + SRH.SEGMENTS_LEFT, ICMP);
  if (index == 0) {
    left--;
    next = perEntry(sid) - 1;
  } else if (csidAt(srh, left, next, sid) == 0) {
    left--;
    whole = true;
    const to = srh + SRH.SEGMENT_LIST + left * SRH.SEGMENT_LEN;
    // What ip6_input keeps out as a destination does not come in as a segment.
    if (isMulticast6(to)) return drop(d, Drop.MULTICAST);
    if (isReserved6(to)) return drop(d, Drop.MARTIAN_DESTINATION);
    copy6(dst, to);
  }
  countSid(sid, wireLen(d) - l3);
  if (!whole) {
    writeCsid(dst, csidAt(srh, left, next, sid), sid);
    store<u8>(dst, (load<u8>(dst, 15) & ~<u8>(perEntry(sid) - 1)) | <u8>next, 15);
  }
  store<u8>(p, limit - 1, IP6.HOP_LIMIT);
  store<u8>(srh, left, SRH.SEGMENTS_LEFT);
  segmentDone(d);
  // PSP, section 4.2.8
  if (left == 0 && load<u8>(sid, Sid.FLAVORS) & SidFlavor.PSP && (whole || next == 0 || csidAt(srh, 0, next - 1, sid) == 0)) unlink(d, o, named);
  onward(d, sid, IP6_LOOKUP, IP6_REWRITE, IP6_GLEAN);
}

/** Put a C-SID behind the block of the address at `dst`. */
function writeCsid(dst: usize, csid: u32, sid: usize): void {
  const size = <u32>load<u8>(sid, Sid.LNFL), below = 128 - <u32>load<u8>(sid, Sid.LBL) - size, ones = (<u64>1 << <u64>size) - 1;
  let hi = bswap<u64>(load<u64>(dst)), lo = bswap<u64>(load<u64>(dst, 8));
  if (below >= 64) hi = (hi & ~(ones << <u64>(below - 64))) | (<u64>csid << <u64>(below - 64));
  else {
    lo = (lo & ~(ones << <u64>below)) | (<u64>csid << <u64>below);
    if (below + size > 64) hi = (hi & ~(ones >> <u64>(64 - below))) | (<u64>csid >> <u64>(64 - below));
  }
  store<u64>(dst, bswap<u64>(hi));
  store<u64>(dst, bswap<u64>(lo), 8);
}

function timeExceeded(sw: usize, d: usize): void {
  icmp6Error(sw, d, Drop.HOP_LIMIT_EXCEEDED, ICMP6_TYPE.TIME_EXCEEDED, ICMP6_TIME_EXCEEDED.TRANSIT, 0, ICMP);
}
