// own.ts -- is it an address of this switch?

import { HopKind } from "../abi/hop";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { isLinkLocal6, same6 } from "../lib/address6";
import { lpm4_get, MISS } from "../tables/lpm4";
import { lpm6_get } from "../tables/lpm6";

/**
 * Whether `address` is our own in a VRF: the FIB delivers it here. As a host
 * does (RFC 1122 section 3.3.4.2, weak end system), a switch answers for it on
 * every interface of the VRF.
 * @param address as loaded from memory
 */
export function isOwn4(sw: usize, vrf: u32, address: u32): bool {
  return isLocal(lpm4_get(<usize>load<u32>(sw, Switch.FIB4), vrf, bswap<u32>(address)));
}

/** The same for the address at `a` on `iface`; a link-local one has to be that of the interface itself. */
export function isOwn6(sw: usize, iface: usize, a: usize): bool {
  if (isLinkLocal6(a)) return same6(a, iface + Iface.LINK_LOCAL);
  return isLocal(lpm6_get(<usize>load<u32>(sw, Switch.FIB6), load<u32>(iface, Iface.DOMAIN), bswap<u64>(load<u64>(a)), bswap<u64>(load<u64>(a, 8))));
}

function isLocal(hop: u32): bool {
  return hop != MISS && load<u8>(<usize>hop) == HopKind.LOCAL;
}
