// remotes.ts -- which remote of a bridge sent a frame through SRv6: exact160
// from (bridge domain, outer source) to Iface, behind Sid.L2.

import { Hop } from "../abi/hop";
import { Packet } from "../abi/packet";
import { Sid } from "../abi/srv6";
import { data } from "../lib/packet";
import { IP6 } from "../wire/ip6";
import { exact160_get } from "./exact160";
import { MISS } from "./slots";

/** Iface of the remote whose address is the source of the IPv6 packet at L3; the SID's own for a stranger. */
export function remoteOf(sid: usize, d: usize): usize {
  const src = data(d) + <usize>load<u16>(d, Packet.L3) + IP6.SRC;
  const found = exact160_get(load<u32>(sid, Sid.L2), load<u32>(sid, Sid.TABLE), load<u64>(src), load<u64>(src, 8));
  return <usize>(found == MISS ? load<u32>(sid, Hop.IFACE) : found);
}
