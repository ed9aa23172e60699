// rewrite.ts -- put a hop's layer-2 header in front of a packet.

import { Drop } from "../abi/drop";
import { Hop, HopKind } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { ETH } from "../wire/ethernet";
import { data, drop, prepend, strip, wireLen } from "./packet";

/** A neighbour on an untagged port, in one load of its Hop: KIND, and the length of the L2 header. */
const PLAIN_HOP: u64 = <u64>HopKind.REWRITE | (<u64>ETH.LEN << 48);
const PLAIN_BITS: u64 = 0x00ff0000000000ff;

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

/** Whether the hop is a neighbour on an untagged port. */
export function isPlainHop(hop: usize): bool {
  return (load<u64>(hop) & PLAIN_BITS) == PLAIN_HOP;
}

/**
 * Whether a packet goes untagged to untagged, is short enough, and has a
 * header that others made: its L2 header is then replaced where it stands.
 * @param mtu of the hop
 */
export function fitsInPlace(d: usize, hop: usize, mtu: u32): bool {
  return isPlainHop(hop) && load<u16>(d, Packet.L3) == <u16>ETH.LEN && wireLen(d) <= mtu + ETH.LEN
    && !(load<u8>(d, Packet.FLAGS) & (PacketFlag.ORIGINATED | PacketFlag.STEPPED));
}

/** rewrite() for what fitsInPlace. */
export function rewriteInPlace(d: usize, hop: usize): void {
  replaceHeader(data(d), hop);
  store<u16>(d, load<u16>(hop, Hop.PORT), Packet.TX_PORT);
}

/** Write a plain hop's L2 header over the one at `p`. */
export function replaceHeader(p: usize, hop: usize): void {
  store<u64>(p, load<u64>(hop, Hop.REWRITE));
  store<u64>(p, load<u64>(hop, Hop.REWRITE + 6), 6);
}
