// vlan.ts -- VLAN tags of a frame, IEEE 802.1Q clause 9.

import { Packet } from "../abi/packet";
import { Iface } from "../abi/port";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { VLAN, VLAN_TCI } from "../wire/vlan";
import { be16, data, len, prepend, strip, wireLen } from "./packet";

/** Tags that do not count against an MTU: a port carries up to two at its full MTU. */
const TAGS_FREE: u32 = 2;
/** A PCP in Iface.TAG as loaded: the tag is in network order, the PCP leads its third byte. */
const PCP_SHIFT: u32 = 16 + VLAN_TCI.PCP_SHIFT - 8;

/** Whether `type` is the TPID of a tag. */
export function isTag(type: u32): bool {
  return type == <u32>ETHERTYPE.VLAN || type == <u32>ETHERTYPE.S_VLAN || type == <u32>ETHERTYPE.QINQ_OLD;
}

/**
 * Whether the layer-3 packet in a frame is longer than `mtu` bytes. The
 * Ethernet header and tags are no part of it.
 * Precondition: len(d) >= ETH.LEN
 */
export function exceedsMtu(d: usize, mtu: u32): bool {
  const wire = wireLen(d);
  let l3: u32 = ETH.LEN;
  if (wire <= l3 + mtu) return false;
  const p = data(d), last = min<u32>(len(d), ETH.LEN + TAGS_FREE * VLAN.LEN);
  while (l3 + VLAN.LEN <= last && isTag(be16(p + l3 - 2))) l3 += VLAN.LEN;
  return wire > l3 + mtu;
}

/** Take the first `n` bytes of tags out: the addresses move up to the type behind them. */
export function popTags(d: usize, n: u32): void {
  if (!n) return;
  const p = data(d), from = load<u64>(p), rest = load<u32>(p, 8);
  store<u64>(p + n, from);
  store<u32>(p + n, rest, 8);
  strip(d, n);
}

/**
 * Put the tags of `iface` into an Ethernet frame, each with the packet's
 * priority as PCP.
 * @returns false, packet unchanged, when the buffer cannot hold them: drop NO_HEADROOM
 */
export function pushTags(d: usize, iface: usize): bool {
  const n = <u32>load<u8>(iface, Iface.TAG_COUNT) * VLAN.LEN;
  if (!n) return true;
  if (!prepend(d, n)) return false;
  const p = data(d), pcp = <u32>load<u8>(d, Packet.PRIO) << PCP_SHIFT;
  store<u64>(p, load<u64>(p + n));
  store<u32>(p, load<u32>(p + n, 8), 8);
  store<u32>(p, load<u32>(iface, Iface.TAG) | pcp, ETH.ETHERTYPE);
  if (n > <u32>VLAN.LEN) store<u32>(p, load<u32>(iface, Iface.TAG + VLAN.LEN) | pcp, ETH.ETHERTYPE + VLAN.LEN);
  return true;
}
