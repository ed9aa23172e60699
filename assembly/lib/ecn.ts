// ecn.ts -- congestion seen on the way of a tunnel reaches the packet inside:
// RFC 6040 section 4.2, as far as routers mark. (ECT(1) as a lesser mark,
// RFC 6660, is not carried over.)
//
//   outer \ inner   Not-ECT   ECT      CE
//   CE              drop      CE       CE
//   any other       as is     as is    as is

import { Drop } from "../abi";
import { ECN } from "../wire/ip";
import { IP4 } from "../wire/ip4";
import { IP6_VCF } from "../wire/ip6";
import { checksumUpdate16 } from "./checksum";
import { be32, data, drop, len, put32 } from "./packet";

/** ECN bits in the first word of an IPv6 header. */
const ECN6: u32 = ECN.MASK << IP6_VCF.CLASS_SHIFT;

/**
 * Carry the mark from the IPv6 header at offset `outer` to the IP header at
 * `inner`. One that is not all there is left for its input node to drop.
 * @returns false when the packet was dropped (ECN_MISUSED)
 */
export function ecnOut(d: usize, outer: u32, inner: u32): bool {
  const p = data(d) + inner, have = len(d) - inner;
  if ((be32(data(d) + outer) & ECN6) != ECN6 || have < <u32>IP4.LEN) return true;
  const four = load<u8>(p) >> 4 == 4;
  const mark = four ? <u32>load<u8>(p, IP4.TOS) & ECN.MASK : (be32(p) & ECN6) >> IP6_VCF.CLASS_SHIFT;
  if (mark == <u32>ECN.NOT_ECT) {
    drop(d, Drop.ECN_MISUSED);
    return false;
  }
  if (!four) put32(p, be32(p) | ECN6);
  else if (mark != <u32>ECN.CE) {
    const before = load<u16>(p);
    store<u8>(p, load<u8>(p, IP4.TOS) | ECN.CE, IP4.TOS);
    store<u16>(p, <u16>checksumUpdate16(load<u16>(p, IP4.CHECKSUM), before, load<u16>(p)), IP4.CHECKSUM);
  }
  return true;
}
