// ip4_local.ts -- node: an IPv4 packet for one of our own addresses.
//
// RFC 1812 section 4.3.3.6 and RFC 792 (echo), RFC 1122 section 3.2.2.1
// (protocol unreachable). Source routes end here: one that would go on is
// refused (RFC 7126 section 4.3). Fragments are not put together: no traffic a
// data plane lives on needs it. A host would answer TCP and SCTP with a reset
// or an abort of their own, so these get no ICMP.
//
//   in   | Ethernet | IPv4 | payload
//   out  the same, or an echo reply from L3 on
//
// cfg    none
// edges  1 ip4_lookup (echo replies, ICMP), 2 udp_input
// sets   DATA, LEN, ORIG, L3, L4, FLAGS.ORIGINATED (echo replies)

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { checksumVerify } from "../lib/checksum";
import { at, consume, data, drop, dropShort, forward, len, wireLen } from "../lib/packet";
import { echoReply4 } from "../originate/echo";
import { icmp4Error } from "../originate/icmp4";
import { ICMP4, ICMP4_TYPE, ICMP4_UNREACHABLE } from "../wire/icmp4";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT, IP4_OPTION } from "../wire/ip4";

const IP4_LOOKUP = 1, UDP_INPUT = 2;

/** Least pointer of a source route: its first address; and offsets of its length and pointer. RFC 791 section 3.1. */
const ROUTE_POINTER_MIN: u32 = 4, ROUTE_LENGTH: u32 = 1, ROUTE_POINTER: u32 = 2;

export function ip4_local(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l3 = <u32>load<u16>(d, Packet.L3), l4 = <u32>load<u16>(d, Packet.L4), p = data(d) + l3;
    if (l4 - l3 > <u32>IP4.LEN && !options(sw, d, p, l4 - l3)) continue;
    if (load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>(IP4_FRAGMENT.MF | IP4_FRAGMENT.OFFSET))) {
      drop(d, Drop.FRAGMENT_LOCAL);
      continue;
    }
    const protocol = load<u8>(p, IP4.PROTOCOL);
    if (protocol == IP_PROTOCOL.UDP) forward(d, UDP_INPUT);
    else if (protocol == IP_PROTOCOL.ICMP) icmp(d, l4);
    else if (protocol == IP_PROTOCOL.TCP || protocol == IP_PROTOCOL.SCTP) drop(d, Drop.PORT_UNREACHABLE);
    else icmp4Error(sw, d, Drop.PROTOCOL_UNREACHABLE, ICMP4_TYPE.DEST_UNREACHABLE, ICMP4_UNREACHABLE.PROTOCOL, 0, IP4_LOOKUP);
  }
}

/** Read the options of a header of `end` bytes. @returns false when the packet was dropped */
function options(sw: usize, d: usize, p: usize, end: u32): bool {
  for (let o: u32 = IP4.LEN; o < end; ) {
    const type = <u32>load<u8>(p + o);
    if (type == <u32>IP4_OPTION.END) return true;
    if (type == <u32>IP4_OPTION.NOP) {
      o++;
      continue;
    }
    const size = o + 1 < end ? <u32>load<u8>(p + o, ROUTE_LENGTH) : 0;
    if (size < 2 || o + size > end) return problem(sw, d, min<u32>(o + ROUTE_LENGTH, end - 1));
    if (type == <u32>IP4_OPTION.LOOSE_SOURCE_ROUTE || type == <u32>IP4_OPTION.STRICT_SOURCE_ROUTE) {
      if (size <= ROUTE_POINTER) return problem(sw, d, o + ROUTE_LENGTH);
      const pointer = <u32>load<u8>(p + o, ROUTE_POINTER);
      if (pointer < ROUTE_POINTER_MIN) return problem(sw, d, o + ROUTE_POINTER);
      if (pointer <= size) {
        icmp4Error(sw, d, Drop.IP4_OPTION, ICMP4_TYPE.DEST_UNREACHABLE, ICMP4_UNREACHABLE.SOURCE_ROUTE_FAILED, 0, IP4_LOOKUP);
        return false;
      }
    }
    o += size;
  }
  return true;
}

/** The octet of the header at `pointer` makes no sense. */
function problem(sw: usize, d: usize, pointer: u32): bool {
  icmp4Error(sw, d, Drop.IP4_OPTION, ICMP4_TYPE.PARAMETER_PROBLEM, 0, pointer << 24, IP4_LOOKUP);
  return false;
}

function icmp(d: usize, l4: u32): void {
  const n = wireLen(d) - l4, m = data(d) + l4;
  if (n < <u32>ICMP4.LEN) return drop(d, Drop.ICMP_MALFORMED);
  if (len(d) < wireLen(d)) return dropShort(d, wireLen(d));
  if (!checksumVerify(0, m, n)) return drop(d, Drop.ICMP_MALFORMED);
  if (load<u8>(m, ICMP4.TYPE) != ICMP4_TYPE.ECHO) return consume(d);
  echoReply4(d);
  forward(d, IP4_LOOKUP);
}
