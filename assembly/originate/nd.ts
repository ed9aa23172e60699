// nd.ts -- Neighbor Discovery messages of ours: RFC 4861 section 4.3 and 4.4.

import { Iface } from "../abi/port";
import { copy6, isLinkLocal6, isUnspecified6 } from "../lib/address6";
import { data, put16 } from "../lib/packet";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { ICMP6_TYPE } from "../wire/icmp6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6 } from "../wire/ip6";
import { ND_HOP_LIMIT, ND_NA, ND_NA_FLAG, ND_NS, ND_OPTION, ND_OPTION_TYPE } from "../wire/nd";
import { frameHead, frameOn } from "./frame";
import { icmp6Checksum } from "./icmp6";

/** A solicitation or advertisement with one link-layer address option. */
const MESSAGE: u32 = ND_NS.LEN + ND_OPTION.LEN;
/** Its frame. */
export const ND_FRAME: u32 = ETH.LEN + IP6.LEN + MESSAGE;

/** ff02::1, all nodes (RFC 4291 section 2.7.1), as loaded from memory. */
const ALL_NODES_HIGH: u64 = 0x02ff, ALL_NODES_LOW: u64 = 0x0100000000000000;

/**
 * Who has the address at `target`? Asked of its solicited-node group (RFC 4291
 * section 2.7.1). @returns the frame, or 0 when no buffer is free
 */
export function neighborSolicitation(sw: usize, d: usize, iface: usize, target: usize): usize {
  const e = frameOn(sw, d, iface, ETHERTYPE.IPV6, ND_FRAME);
  if (!e) return 0;
  const p = data(e) + ETH.LEN, dst = p + IP6.DST, near = isLinkLocal6(target) || isUnspecified6(iface + Iface.IP6);
  store<u16>(dst, <u16>0x02ff);
  store<u8>(dst, 1, 11);
  store<u8>(dst, 0xff, 12);
  store<u16>(dst, load<u16>(target, 13), 13);
  store<u8>(dst, load<u8>(target, 15), 15);
  groupMac(data(e), dst);
  copy6(p + IP6.SRC, iface + (near ? Iface.LINK_LOCAL : Iface.IP6));
  copy6(p + IP6.LEN + ND_NS.TARGET, target);
  finish(p, iface, ICMP6_TYPE.NEIGHBOR_SOLICITATION, ND_OPTION_TYPE.SOURCE_LINK_LAYER);
  return e;
}

/**
 * Turn the solicitation in the frame at DATA into its answer (RFC 4861
 * section 7.2.4): to the asker, or to all nodes when it did not say who it is.
 * Precondition: LEN is ND_FRAME, the IPv6 header and its TARGET stand where those of the answer do.
 * @param mac of the asker, six bytes as a number loaded from memory
 */
export function neighborAdvertisement(d: usize, iface: usize, mac: u64): void {
  const p = data(d) + ETH.LEN, m = p + IP6.LEN, asker = p + IP6.SRC, dst = p + IP6.DST;
  const target = m + ND_NS.TARGET, nobody = isUnspecified6(asker);
  frameHead(d, iface, ETHERTYPE.IPV6);
  if (nobody) {
    store<u64>(dst, ALL_NODES_HIGH);
    store<u64>(dst, ALL_NODES_LOW, 8);
    groupMac(data(d), dst);
  } else {
    copy6(dst, asker);
    store<u32>(data(d), <u32>mac, ETH.DST);
    store<u16>(data(d), <u16>(mac >> 32), ETH.DST + 4);
  }
  copy6(asker, target);
  store<u32>(m, ND_NA_FLAG.R | ND_NA_FLAG.O | (nobody ? 0 : ND_NA_FLAG.S), ND_NA.FLAGS);
  finish(p, iface, ICMP6_TYPE.NEIGHBOR_ADVERTISEMENT, ND_OPTION_TYPE.TARGET_LINK_LAYER);
}

/** Ethernet destination of a group: RFC 2464 section 7. */
function groupMac(frame: usize, group: usize): void {
  store<u16>(frame, 0x3333, ETH.DST);
  store<u32>(frame, load<u32>(group, 12), ETH.DST + 2);
}

/** What both messages have in common: the IPv6 header but its addresses, type, our MAC, checksum. */
function finish(p: usize, iface: usize, type: u32, option: u32): void {
  const m = p + IP6.LEN, o = m + ND_NS.OPTIONS;
  store<u32>(p, 0x60, IP6.VERSION_CLASS_FLOW);
  put16(p + IP6.PAYLOAD_LENGTH, MESSAGE);
  store<u8>(p, IP_PROTOCOL.ICMPV6, IP6.NEXT_HEADER);
  store<u8>(p, ND_HOP_LIMIT, IP6.HOP_LIMIT);
  store<u8>(m, type, ND_NS.TYPE);
  store<u8>(m, 0, ND_NS.CODE);
  store<u8>(o, option, ND_OPTION.TYPE);
  store<u8>(o, 1, ND_OPTION.LENGTH);
  memory.copy(o + ND_OPTION.ADDRESS, iface + Iface.MAC, 6);
  icmp6Checksum(p, m, MESSAGE);
}
