// take4.ts -- an IPv4 packet takes the hop that a lookup found for it.

import { Hop, HopKind } from "../abi/hop";
import { Packet } from "../abi/packet";
import { drop, forward } from "../lib/packet";
import { ICMP4_TYPE } from "../wire/icmp4";
import { icmp4Error } from "./icmp4";

/**
 * Set HIT and take the hop's edge (HopKind); DROP hops drop, UNREACHABLE hops
 * drop and answer. For nodes whose edges are HopKind.
 */
export function take4(sw: usize, d: usize, hop: usize): void {
  const kind = load<u8>(hop, Hop.KIND);
  store<u32>(d, <u32>hop, Packet.HIT);
  if (kind == HopKind.DROP) drop(d, load<u16>(hop, Hop.REASON));
  else if (kind == HopKind.UNREACHABLE) icmp4Error(sw, d, load<u16>(hop, Hop.REASON), ICMP4_TYPE.DEST_UNREACHABLE, load<u8>(hop, Hop.CODE), 0, HopKind.UNREACHABLE);
  else forward(d, kind);
}
