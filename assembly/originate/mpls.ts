// mpls.ts -- what is said to the sender of a labelled packet that ends here.
//
// RFC 3032 sections 2.3 (ICMP about labelled packets: it goes to the source of
// the IP packet under the stack, by the FIB of the VRF the frame came into)
// and 3.4 (too long), RFC 4950 (the message shows the stack). What is no sound
// IP packet, such as a pseudowire's frame, is dropped without a word.

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { checksumBytes, checksumFold } from "../lib/checksum";
import { underStack } from "../lib/mpls";
import { be16, data, drop, len, wireLen } from "../lib/packet";
import { ICMP4_TIME_EXCEEDED, ICMP4_TYPE, ICMP4_UNREACHABLE } from "../wire/icmp4";
import { ICMP6_TIME_EXCEEDED, ICMP6_TYPE } from "../wire/icmp6";
import { IP4, IP4_FRAGMENT } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { icmp4Report } from "./icmp4";
import { icmp6Report } from "./icmp6";

/** Most of a label stack that a message shows, bytes: what fits the 576 of an IPv4 one. */
const SHOWN_MAX: u32 = 400;

/** Drop a packet whose label's TTL is done, and say so. The edges lead to ip4_lookup and ip6_lookup. */
export function mplsTimeExceeded(sw: usize, d: usize, edge4: u32, edge6: u32): void {
  drop(d, Drop.MPLS_TTL_EXCEEDED);
  report(sw, d, 0, edge4, edge6);
}

/**
 * Drop a packet that is too long for the way it should take, and say so.
 * @param mtu what label stack and IP packet together may have, bytes
 */
export function mplsTooBig(sw: usize, d: usize, mtu: u32, edge4: u32, edge6: u32): void {
  drop(d, Drop.MTU_EXCEEDED);
  report(sw, d, mtu, edge4, edge6);
}

/** @param mtu 0: time exceeded */
function report(sw: usize, d: usize, mtu: u32, edge4: u32, edge6: u32): void {
  const top = <u32>load<u16>(d, Packet.L3), l3 = underStack(d, top);
  if (!l3 || l3 >= len(d)) return;
  const p = data(d) + l3, version = <u32>load<u8>(p) >> 4, size = len(d), hit = load<u32>(d, Packet.HIT);
  const end = version == 4 ? end4(d, p, l3) : version == 6 ? end6(d, p, l3) : 0;
  if (!end) return;
  // The messages quote the packet at L3: for their time it is the one under the stack.
  store<u16>(d, l3, Packet.L3);
  store<u32>(d, min<u32>(end, size), Packet.LEN);
  store<u32>(d, 0, Packet.HIT);
  if (version == 4) report4(sw, d, p, data(d) + top, l3 - top, mtu, edge4);
  else report6(sw, d, data(d) + top, l3 - top, mtu, edge6);
  store<u16>(d, top, Packet.L3);
  store<u32>(d, size, Packet.LEN);
  store<u32>(d, hit, Packet.HIT);
}

function report4(sw: usize, d: usize, p: usize, stack: usize, labels: u32, mtu: u32, edge: u32): void {
  const l3 = <u32>load<u16>(d, Packet.L3), shown = min<u32>(labels, SHOWN_MAX);
  store<u16>(d, l3 + ((load<u8>(p) & 15) << 2), Packet.L4);
  if (!mtu) icmp4Report(sw, d, ICMP4_TYPE.TIME_EXCEEDED, ICMP4_TIME_EXCEEDED.TRANSIT, 0, stack, shown, edge);
  else if (mtu > labels && load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>IP4_FRAGMENT.DF))
    icmp4Report(sw, d, ICMP4_TYPE.DEST_UNREACHABLE, ICMP4_UNREACHABLE.FRAGMENTATION_NEEDED, mtu - labels, stack, shown, edge);
}

function report6(sw: usize, d: usize, stack: usize, labels: u32, mtu: u32, edge: u32): void {
  const shown = min<u32>(labels, SHOWN_MAX);
  if (!mtu) icmp6Report(sw, d, ICMP6_TYPE.TIME_EXCEEDED, ICMP6_TIME_EXCEEDED.TRANSIT, 0, stack, shown, edge);
  // All of its second word is the MTU: a packet too big has no extensions.
  else if (mtu > labels) icmp6Report(sw, d, ICMP6_TYPE.PACKET_TOO_BIG, 0, mtu - labels, 0, 0, edge);
}

/** Where the IPv4 packet at `p` ends, from DATA; 0 when its header is unsound or its sender cannot be answered. */
function end4(d: usize, p: usize, l3: u32): u32 {
  const have = len(d) - l3;
  if (have < <u32>IP4.LEN) return 0;
  const header = (<u32>load<u8>(p) & 15) << 2, total = be16(p + IP4.TOTAL_LENGTH);
  if (header < <u32>IP4.LEN || have < header || total < header || total > wireLen(d) - l3) return 0;
  if (checksumFold(checksumBytes(0, p, header)) != 0xffff) return 0;
  const src = <u32>load<u8>(p, IP4.SRC);
  return src == 0 || src == 127 || src >= 224 || load<u8>(p, IP4.DST) >= 224 ? 0 : l3 + total;
}

/** The same for an IPv6 packet. */
function end6(d: usize, p: usize, l3: u32): u32 {
  if (len(d) - l3 < <u32>IP6.LEN) return 0;
  const end = l3 + IP6.LEN + be16(p + IP6.PAYLOAD_LENGTH);
  return end > wireLen(d) ? 0 : end;
}
