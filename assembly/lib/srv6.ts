// srv6.ts -- what the nodes of SRv6 share: outer headers,
// frames that come out of them.

import { Drop } from "../abi/drop";
import { Packet, PacketFlag } from "../abi/packet";
import { DSCP_COPY, Srv6Policy } from "../abi/srv6";
import { ETH } from "../wire/ethernet";
import { DSCP_SHIFT, ECN } from "../wire/ip";
import { IP6, IP6_VCF } from "../wire/ip6";
import { copyFrame } from "./copy";
import { ecnUncover, ipInFrame, trafficClass } from "./ecn";
import { prependOrMove } from "./grow";
import { data, drop, dropShort, len, put16, put32, strip, wireLen } from "./packet";
import { countSid } from "./srh";

/** VRF that SIDs and outer packets are routed in: the default one. */
export const UNDERLAY: u32 = 0;

/** Count a packet of `bytes` bytes at a segment list. */
export function countPolicy(policy: usize, bytes: u32): void {
  store<u64>(policy, load<u64>(policy, Srv6Policy.PACKETS) + 1, Srv6Policy.PACKETS);
  store<u64>(policy, load<u64>(policy, Srv6Policy.BYTES) + bytes, Srv6Policy.BYTES);
}

/** Traffic class of an outer header over a packet with `tos`; ECN is always copied (RFC 6040 section 4.1). */
export function outerClass(policy: usize, tos: u32): u32 {
  const dscp = <u32>load<u8>(policy, Srv6Policy.DSCP);
  return dscp == DSCP_COPY ? tos : (dscp << DSCP_SHIFT) | (tos & ECN.MASK);
}

/** Flow label from a flow hash (RFC 6437 section 3); 0 would say that there is none. */
export function hashLabel(flow: u32): u32 {
  const label = flow & IP6_VCF.FLOW;
  return label ? label : 1;
}

/**
 * Put the outer headers in front of what is at DATA.
 * @param pool  where a larger buffer comes from, if it takes one
 * @param tos   traffic class
 * @param limit hop limit
 * @param next  IP_PROTOCOL of what is inside
 * @returns false when the packet was dropped
 */
export function pushOuter(pool: usize, d: usize, policy: usize, tos: u32, label: u32, limit: u32, next: u32): bool {
  const n = <u32>load<u16>(policy, Srv6Policy.LENGTH);
  if (!prependOrMove(pool, d, n)) {
    drop(d, Drop.NO_HEADROOM);
    return false;
  }
  const p = data(d), bytes = wireLen(d);
  copyFrame(p, policy + Srv6Policy.TEMPLATE, n);
  put32(p, ((<u32>6) << IP6_VCF.VERSION_SHIFT) | (tos << IP6_VCF.CLASS_SHIFT) | label);
  put16(p + IP6.PAYLOAD_LENGTH, bytes - IP6.LEN);
  store<u8>(p, limit, IP6.HOP_LIMIT);
  store<u8>(p + <usize>load<u8>(policy, Srv6Policy.NEXT_AT), next);
  store<u16>(d, 0, Packet.L3);
  store<u16>(d, n, Packet.L4);
  store<u32>(d, UNDERLAY, Packet.DOMAIN);
  store<u32>(d, 0, Packet.FLOW);
  store<u8>(d, (load<u8>(d, Packet.FLAGS) & PacketFlag.COPY) | PacketFlag.ORIGINATED, Packet.FLAGS);
  countPolicy(policy, bytes);
  return true;
}

/**
 * Take the Ethernet frame at L4 out of its outer headers, and count it at the SID.
 * @returns false when the packet was dropped
 */
export function uncoverFrame(d: usize, sid: usize): bool {
  const l3 = <u32>load<u16>(d, Packet.L3), at = <u32>load<u16>(d, Packet.L4), bytes = wireLen(d) - l3;
  if (len(d) < at + ETH.LEN) {
    dropShort(d, at + ETH.LEN);
    return false;
  }
  const ecn = trafficClass(data(d) + l3) & ECN.MASK;
  strip(d, at);
  store<u16>(d, 0, Packet.L3);
  store<u32>(d, 0, Packet.FLOW);
  store<u8>(d, 0, Packet.PRIO);
  store<u8>(d, load<u8>(d, Packet.FLAGS) & PacketFlag.COPY, Packet.FLAGS);
  if (!ecnUncover(ipInFrame(d), ecn)) {
    drop(d, Drop.CONGESTION_UNTOLD);
    return false;
  }
  countSid(sid, bytes);
  return true;
}
