// own.ts -- is it an address of this switch?

import { HopKind, Iface, Switch } from "../abi";
import { isUnspecified6, same6 } from "../lib/address6";
import { lpm4_get, MISS } from "../tables/lpm4";

/**
 * Whether `address` is our own in a VRF: the FIB delivers it here. As a host
 * does (RFC 1122 section 3.3.4.2, weak end system), a switch answers for it on
 * every interface of the VRF.
 * @param address as loaded from memory
 */
export function isOwn4(sw: usize, vrf: u32, address: u32): bool {
  const hop = lpm4_get(<usize>load<u32>(sw, Switch.FIB4), vrf, bswap<u32>(address));
  return hop != MISS && load<u8>(<usize>hop) == HopKind.LOCAL;
}

/** Whether the address at `a` is one of `iface`. */
export function isOwn6(sw: usize, iface: usize, a: usize): bool {
  return same6(a, iface + Iface.LINK_LOCAL) || (same6(a, iface + Iface.IP6) && !isUnspecified6(a));
}
