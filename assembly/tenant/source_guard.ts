// source_guard.ts -- does a packet's source address belong where it came from?
// (RFC 2827, RFC 3704)
//
// An interface lists prefixes, or asks the routes: the way back to the source
// must lead out of the same interface (strict reverse path forwarding, RFC 3704
// section 2.2). A way back through a group passes, whichever way the packet came.

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { GuardMode, IfacePolicy } from "../abi/policy";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { isLinkLocal6 } from "../lib/address6";
import { be32, data, drop } from "../lib/packet";
import { lpm4_get, MISS } from "../tables/lpm4";
import { lpm6_get } from "../tables/lpm6";
import { IP4 } from "../wire/ip4";
import { IP6 } from "../wire/ip6";

/** Whether the source of the IP packet at `l3` is right for interface `iface`, which has a guard. @returns false when it was dropped */
export function ownsSource(sw: usize, d: usize, l3: u32, policy: usize, iface: usize): bool {
  const p = data(d) + l3;
  const right = load<u8>(p) >> 4 == 4 ? owns4(sw, policy, iface, be32(p + IP4.SRC)) : owns6(sw, policy, iface, p + IP6.SRC);
  if (!right) drop(d, Drop.SOURCE_GUARD);
  return right;
}

/** Whether an IPv4 address, in host order, is right for an interface. */
export function owns4(sw: usize, policy: usize, iface: usize, address: u32): bool {
  if (load<u8>(policy, IfacePolicy.GUARD) == GuardMode.PREFIXES) return lpm4_get(load<u32>(policy, IfacePolicy.GUARD4), load<u32>(policy, IfacePolicy.GUARD_SET), address) != MISS;
  return leadsBack(lpm4_get(load<u32>(sw, Switch.FIB4), load<u32>(iface, Iface.DOMAIN), address), iface);
}

/** The same for the IPv6 address at `a`. A link-local one is right on any link. */
function owns6(sw: usize, policy: usize, iface: usize, a: usize): bool {
  if (isLinkLocal6(a)) return true;
  const hi = bswap<u64>(load<u64>(a)), lo = bswap<u64>(load<u64>(a, 8));
  if (load<u8>(policy, IfacePolicy.GUARD) == GuardMode.PREFIXES) return lpm6_get(load<u32>(policy, IfacePolicy.GUARD6), load<u32>(policy, IfacePolicy.GUARD_SET), hi, lo) != MISS;
  return leadsBack(lpm6_get(load<u32>(sw, Switch.FIB6), load<u32>(iface, Iface.DOMAIN), hi, lo), iface);
}

function leadsBack(hop: u32, iface: usize): bool {
  return hop != MISS && (load<u32>(hop, Hop.IFACE) == <u32>iface || load<u8>(hop) == HopKind.GROUP);
}
