// rewrite.ts -- put a hop's layer-2 header in front of a packet.

import { Drop, Hop, HopKind, Iface, Packet } from "../abi";
import { data, drop, prepend, strip } from "./packet";

/**
 * Replace everything before the network header by the hop's L2 header.
 * @returns false when the packet was dropped (NO_HEADROOM)
 */
export function rewrite(d: usize, hop: usize): bool {
  const l3 = <u32>load<u16>(d, Packet.L3), n = <u32>load<u8>(hop, Hop.REWRITE_LEN);
  if (n <= l3) strip(d, l3 - n);
  else if (!prepend(d, n - l3)) {
    drop(d, Drop.NO_HEADROOM);
    return false;
  }
  const p = data(d), from = hop + Hop.REWRITE;
  // 14, 18 or 22 bytes: the last eight overlap the others.
  store<u64>(p, load<u64>(from));
  if (n > 14) store<u64>(p, load<u64>(from, 8), 8);
  store<u64>(p + n - 8, load<u64>(from + n - 8));
  store<u16>(d, n, Packet.L3);
  store<u16>(d, load<u16>(hop, Hop.PORT), Packet.TX_PORT);
  // Only a bridge asks whose frame it is; the interface would be one more line to load.
  if (load<u8>(hop) == HopKind.BRIDGE) store<u16>(d, load<u16>(load<u32>(hop, Hop.IFACE), Iface.INDEX), Packet.IFACE);
  return true;
}
