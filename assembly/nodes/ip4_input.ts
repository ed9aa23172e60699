// ip4_input.ts -- node: is this an IPv4 header that a router may act on?
//
// RFC 1812 section 5.2.2 (validation), 5.3.7 (martians), 5.3.4 (no unicast
// packet out of a layer-2 group frame). Bytes behind the total length, padding
// of short frames, are cut off.
//
//   in   | Ethernet | IPv4 header [options] | payload | [padding]
//   out  | Ethernet | IPv4 header [options] | payload |
//
// cfg    none
// edges  1 ip4_lookup
// sets   LEN, ORIG, L4, ECN

import { Drop, Packet, PacketFlag } from "../abi";
import { checksumBytes, checksumFold } from "../lib/checksum";
import { at, be16, data, drop, dropShort, forward, len, wireLen } from "../lib/packet";
import { ECN } from "../wire/ip";
import { IP4, IP4_VERSION_IHL_PLAIN } from "../wire/ip4";

const IP4_LOOKUP = 1;

export function ip4_input(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3;
    const have = len(d) - l3;
    if (have < <u32>IP4.LEN) {
      dropShort(d, l3 + IP4.LEN);
      continue;
    }
    const first = <u32>load<u8>(p);
    let header: u32 = IP4.LEN;
    if (first != <u32>IP4_VERSION_IHL_PLAIN) {
      if (first >> 4 != 4) {
        drop(d, Drop.IP4_VERSION);
        continue;
      }
      header = (first & 15) << 2;
      if (header < <u32>IP4.LEN) {
        drop(d, Drop.IP4_HEADER_LENGTH);
        continue;
      }
      if (have < header) {
        if (wireLen(d) < l3 + header) drop(d, Drop.IP4_HEADER_LENGTH);
        else dropShort(d, l3 + header);
        continue;
      }
    }
    const total = be16(p + IP4.TOTAL_LENGTH);
    if (total < header || total > wireLen(d) - l3) {
      drop(d, Drop.IP4_TOTAL_LENGTH);
      continue;
    }
    // The header with its checksum in place sums to all ones.
    const sum = header == <u32>IP4.LEN ? plainSum(p) : checksumFold(checksumBytes(0, p, header));
    if (sum != 0xffff) {
      drop(d, Drop.IP4_CHECKSUM);
      continue;
    }
    const martian = martians(p, load<u8>(d, Packet.FLAGS));
    if (martian) {
      drop(d, martian);
      continue;
    }
    store<u32>(d, l3 + total, Packet.ORIG);
    if (have > total) store<u32>(d, l3 + total, Packet.LEN);
    store<u16>(d, l3 + header, Packet.L4);
    store<u8>(d, load<u8>(p, IP4.TOS) & ECN.MASK, Packet.ECN);
    forward(d, IP4_LOOKUP);
  }
}

/** checksumFold over a header without options: two and a half loads. */
function plainSum(p: usize): u32 {
  let s = load<u64>(p), t = load<u64>(p, 8);
  s += t;
  s += u64(s < t);
  t = <u64>load<u32>(p, 16);
  s += t;
  s += u64(s < t);
  return checksumFold(s);
}

/** Drop reason for addresses that no router may take from a wire, or 0. */
function martians(p: usize, flags: u32): Drop {
  const src = <u32>load<u8>(p, IP4.SRC), dst = <u32>load<u8>(p, IP4.DST);
  // 0/8 "this network", 127/8 loopback, 224/4 groups, 240/4 reserved
  if (src == 0 || src == 127 || src >= 224) return Drop.MARTIAN_SOURCE;
  if (dst == 0 || dst == 127) return Drop.MARTIAN_DESTINATION;
  if (dst >= 224) return dst < 240 || load<u32>(p, IP4.DST) == 0xffffffff ? Drop.MULTICAST : Drop.MARTIAN_DESTINATION;
  return flags & PacketFlag.GROUP ? Drop.GROUP_FRAME : Drop.NONE;
}
