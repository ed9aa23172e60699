// icrc.ts -- invariant CRC of RoCEv2, InfiniBand Architecture volume 1 section
// 7.8.1, annex A17.3.3.
//
// The CRC-32 over eight octets of ones, where InfiniBand has its local route
// header, and the packet from IP on without the ICRC itself. What routers may
// change counts as ones: TOS, TTL and header checksum of IPv4; traffic class,
// flow label and hop limit of IPv6; UDP checksum; FECN, BECN and what is
// reserved beside them in the BTH. It is sent least significant octet first,
// which is as store<u32> stores it.

import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { BTH, ICRC_LEN } from "../wire/roce";
import { UDP, UDP_PORT } from "../wire/udp";
import { CRC32_START, crc32Bytes, crc32Eight } from "./crc32";
import { be16 } from "./packet";

/** Bits that count as ones in the first and second eight octets of an IPv4 header, and the first of an IPv6 header, as loaded. */
const IP4_ONES_0: u64 = 0x000000000000ff00, IP4_ONES_8: u64 = 0x00000000ffff00ff, IP6_ONES_0: u64 = 0xff000000ffffff0f;
/** The same for a UDP header and the first eight octets of a BTH. */
const UDP_ONES: u64 = 0xffff000000000000, BTH_ONES: u64 = 0x000000ff00000000;

/**
 * ICRC of a packet.
 * @param t  tables of lib/crc32
 * @param ip IPv4 header with any options, or IPv6 header; UDP right behind it, BTH behind that
 * @param n  bytes from `ip` to the ICRC; at least those three headers
 */
export function icrc(t: usize, ip: usize, n: u32): u32 {
  const six = load<u8>(ip) >> 4 == 6, udp: u32 = six ? IP6.LEN : (<u32>load<u8>(ip) & 15) << 2, bth = udp + UDP.LEN;
  let crc = crc32Eight(t, CRC32_START, <u64>-1), from: u32 = 8;
  if (six) crc = crc32Eight(t, crc, load<u64>(ip) | IP6_ONES_0);
  else {
    crc = crc32Eight(t, crc, load<u64>(ip) | IP4_ONES_0);
    crc = crc32Eight(t, crc, load<u64>(ip, 8) | IP4_ONES_8);
    from = 16;
  }
  crc = crc32Bytes(t, crc, ip + from, udp - from);
  crc = crc32Eight(t, crc, load<u64>(ip + udp) | UDP_ONES);
  crc = crc32Eight(t, crc, load<u64>(ip + bth) | BTH_ONES);
  return ~crc32Bytes(t, crc, ip + bth + 8, n - bth - 8);
}

/**
 * Whether a whole RoCEv2 packet is in `have` bytes at `p`, which may be any.
 * @returns its bytes, the ICRC at their end; 0 for all else
 */
export function roceLength(p: usize, have: u32): u32 {
  if (have < <u32>(IP4.LEN + UDP.LEN + BTH.LEN + ICRC_LEN)) return 0;
  let udp: u32, total: u32, protocol: u32;
  if (load<u8>(p) >> 4 == 4) {
    udp = (<u32>load<u8>(p) & 15) << 2;
    total = be16(p + IP4.TOTAL_LENGTH);
    protocol = load<u8>(p, IP4.PROTOCOL);
    if (udp < <u32>IP4.LEN || load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>(IP4_FRAGMENT.MF | IP4_FRAGMENT.OFFSET))) return 0;
  } else {
    udp = IP6.LEN;
    total = <u32>IP6.LEN + be16(p + IP6.PAYLOAD_LENGTH);
    protocol = load<u8>(p, IP6.NEXT_HEADER);
    if (load<u8>(p) >> 4 != 6) return 0;
  }
  if (protocol != <u32>IP_PROTOCOL.UDP || total > have || total < udp + UDP.LEN + BTH.LEN + ICRC_LEN) return 0;
  return be16(p + udp + UDP.DST_PORT) == <u32>UDP_PORT.ROCE_V2 && be16(p + udp + UDP.LENGTH) == total - udp ? total : 0;
}

/** Whether the packet at `p` is RoCEv2 with a wrong ICRC. */
export function icrcWrong(t: usize, p: usize, have: u32): bool {
  const n = roceLength(p, have);
  return n != 0 && icrc(t, p, n - ICRC_LEN) != load<u32>(p + n - ICRC_LEN);
}

/** Write the right ICRC, if the packet at `p` is RoCEv2. */
export function icrcRepair(t: usize, p: usize, have: u32): void {
  const n = roceLength(p, have);
  if (n) store<u32>(p + n - ICRC_LEN, icrc(t, p, n - ICRC_LEN));
}
