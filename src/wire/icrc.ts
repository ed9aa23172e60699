// icrc.ts -- invariant CRC of RoCEv2, InfiniBand Architecture volume 1 section
// 7.8.1 and annex A17.3.3: the CRC-32 of Ethernet over eight octets of ones,
// where InfiniBand has its local route header, and the packet from IP to the
// end of the payload, with ones for all that routers may change.

import { IP4 } from '../../assembly/wire/ip4.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import { BTH } from '../../assembly/wire/roce.ts';
import { UDP } from '../../assembly/wire/udp.ts';

/** IEEE 802.3 clause 3.2.9, bit-reversed. */
const POLYNOMIAL = 0xedb88320;

const TABLE = Uint32Array.from({ length: 256 }, (_, octet) => {
  let crc = octet;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >>> 1 ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** CRC-32 of octets. */
export function crc32(bytes: Iterable<number>): number {
  let crc = 0xffffffff;
  for (const octet of bytes) crc = TABLE[(crc ^ octet) & 255]! ^ crc >>> 8;
  return ~crc >>> 0;
}

/** Octets that stand for InfiniBand's local route header. */
const ROUTE_HEADER = 8;

/**
 * ICRC of a RoCEv2 packet.
 * @param packet IPv4 or IPv6 header without extension headers, UDP, BTH and all behind it but the ICRC
 * @returns the four octets as they are sent, least significant first
 */
export function icrc(packet: Uint8Array): Uint8Array {
  const six = packet[0]! >> 4 === 6, udp = six ? IP6.LEN : (packet[0]! & 15) * 4, bytes = new Uint8Array(ROUTE_HEADER + packet.length).fill(0xff), masked = bytes.subarray(ROUTE_HEADER);
  masked.set(packet);
  const ones = (at: number, length = 1) => masked.fill(0xff, at, at + length);
  if (six) {
    masked[0]! |= 0x0f; // traffic class and flow label
    ones(1, 3);
    ones(IP6.HOP_LIMIT);
  } else {
    ones(IP4.TOS);
    ones(IP4.TTL);
    ones(IP4.CHECKSUM, 2);
  }
  ones(udp + UDP.CHECKSUM, 2);
  ones(udp + UDP.LEN + BTH.FECN_BECN);
  return new Uint8Array(Uint32Array.of(crc32(bytes)).buffer);
}
