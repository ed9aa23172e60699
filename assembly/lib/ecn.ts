// ecn.ts -- explicit congestion notification across a tunnel, RFC 6040.
//
// Going in, the outer header takes the inner mark (section 4.1, normal mode);
// coming out, a mark made on the way goes inside (section 4.2):
//
//   inner \ outer  Not-ECT   ECT(0)    ECT(1)    CE
//   Not-ECT        Not-ECT   Not-ECT   Not-ECT   drop
//   ECT(0)         ECT(0)    ECT(0)    ECT(1)    CE
//   ECT(1)         ECT(1)    ECT(1)    ECT(1)    CE
//   CE             CE        CE        CE        CE

import { checksumUpdate16 } from "./checksum";
import { be16, data, len, put16 } from "./packet";
import { isTag } from "./vlan";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { ECN } from "../wire/ip";
import { IP4 } from "../wire/ip4";
import { IP6, IP6_VCF } from "../wire/ip6";
import { VLAN } from "../wire/vlan";

/** Tags that a search for the IP header passes. */
const TAGS_MAX: u32 = 2;

/** The IP header in the Ethernet frame at DATA, behind up to two tags; 0 when there is none or the capture lacks it. */
export function ipInFrame(d: usize): usize {
  const p = data(d), end = len(d);
  let l3: u32 = ETH.LEN;
  for (let i: u32 = 0; i < TAGS_MAX && l3 + VLAN.LEN <= end && isTag(be16(p + l3 - 2)); i++) l3 += VLAN.LEN;
  if (end < l3) return 0;
  const type = be16(p + l3 - 2);
  if (type == <u32>ETHERTYPE.IPV4 && end - l3 >= <u32>IP4.LEN) return p + l3;
  return type == <u32>ETHERTYPE.IPV6 && end - l3 >= <u32>IP6.LEN ? p + l3 : 0;
}

/** TOS or traffic class of the IP header at `ip`; 0 stands for no header. */
export function trafficClass(ip: usize): u32 {
  if (!ip) return 0;
  return load<u8>(ip) >> 4 == 6 ? (be16(ip) >> (IP6_VCF.CLASS_SHIFT - 16)) & 0xff : <u32>load<u8>(ip, IP4.TOS);
}

/**
 * Bring a mark out of the tunnel.
 * @param ip    inner IP header, 0 for none
 * @param outer ECN of the header taken off
 * @returns false when the packet must be dropped: congestion that its sender cannot be told of
 */
export function ecnUncover(ip: usize, outer: u32): bool {
  if (!ip || outer == <u32>ECN.NOT_ECT || outer == <u32>ECN.ECT_0) return true;
  const inner = trafficClass(ip) & <u32>ECN.MASK;
  if (inner == <u32>ECN.NOT_ECT) return outer != <u32>ECN.CE;
  if (outer == <u32>ECN.CE || inner == <u32>ECN.ECT_0) setEcn(ip, outer);
  return true;
}

/** Write the ECN field of the IP header at `ip`. */
export function setEcn(ip: usize, ecn: u32): void {
  setTrafficClass(ip, ecn, ECN.MASK);
}

/** Write the bits of `mask` in the TOS or traffic class of the IP header at `ip`; the checksum of IPv4 goes with them (RFC 1624). */
export function setTrafficClass(ip: usize, bits: u32, mask: u32): void {
  const value = (trafficClass(ip) & ~mask) | bits;
  if (load<u8>(ip) >> 4 == 6) {
    put16(ip, (be16(ip) & 0xf00f) | (value << (IP6_VCF.CLASS_SHIFT - 16)));
    return;
  }
  const before = load<u16>(ip);
  store<u8>(ip, value, IP4.TOS);
  store<u16>(ip, <u16>checksumUpdate16(load<u16>(ip, IP4.CHECKSUM), before, load<u16>(ip)), IP4.CHECKSUM);
}
