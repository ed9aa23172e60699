// take6.ts -- an IPv6 packet takes the hop that a lookup found for it.

import { Hop, HopKind } from "../abi/hop";
import { Packet } from "../abi/packet";
import { drop, forward } from "../lib/packet";
import { ICMP6_TYPE } from "../wire/icmp6";
import { icmp6Error } from "./icmp6";

/**
 * Set HIT and take the hop's edge (HopKind); DROP hops drop, UNREACHABLE hops
 * drop and answer. For nodes whose edges are HopKind.
 */
export function take6(sw: usize, d: usize, hop: usize): void {
  const kind = load<u8>(hop, Hop.KIND);
  store<u32>(d, <u32>hop, Packet.HIT);
  if (kind == HopKind.DROP) drop(d, load<u16>(hop, Hop.REASON));
  else if (kind == HopKind.UNREACHABLE) icmp6Error(sw, d, load<u16>(hop, Hop.REASON), ICMP6_TYPE.DEST_UNREACHABLE, load<u8>(hop, Hop.CODE), 0, HopKind.UNREACHABLE);
  else forward(d, kind);
}
