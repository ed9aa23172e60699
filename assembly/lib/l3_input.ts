// l3_input.ts -- a frame enters an L3 interface: is it ours, and what is it?
//
// Shared by the nodes that bring frames to layer 3 (ethernet_input and the
// bridge, for its own interface). Both have the L3Edge edges first.

import { Drop } from "../abi/drop";
import { Packet, PacketFlag } from "../abi/packet";
import { Iface, IfaceFlag } from "../abi/port";
import { ETHERTYPE, ETHERTYPE_MIN } from "../wire/ethernet";
import { be16, data, drop, forward } from "./packet";

/** Edges of a node that uses l3Input. */
export enum L3Edge { IP4 = 1, IP6 = 2, ARP = 3, MPLS = 4, BIER = 5 }

/** Whether `mac` points at a group (multicast or broadcast) address. */
export function isGroup(mac: usize): bool {
  return (load<u8>(mac) & 1) != 0;
}

/** Whether the six bytes at `a` and `b` are equal. */
export function sameMac(a: usize, b: usize): bool {
  return load<u32>(a) == load<u32>(b) && load<u16>(a, 4) == load<u16>(b, 4);
}

/**
 * Send the frame to the node for its ethertype, or drop it.
 * @param l3 offset of the network header; the ethertype stands before it.
 *           Precondition: l3 <= len(d).
 */
export function l3Input(d: usize, iface: usize, l3: u32): void {
  const p = data(d), flags = load<u16>(iface, Iface.FLAGS);
  if (isGroup(p)) store<u8>(d, load<u8>(d, Packet.FLAGS) | PacketFlag.GROUP, Packet.FLAGS);
  else if (!(flags & IfaceFlag.PROMISCUOUS) && !sameMac(p, iface + Iface.MAC)) return drop(d, Drop.WRONG_MAC);
  store<u16>(d, l3, Packet.L3);
  const type = be16(p + l3 - 2);
  if (type == <u32>ETHERTYPE.IPV4) forward(d, L3Edge.IP4);
  else if (type == <u32>ETHERTYPE.IPV6) forward(d, L3Edge.IP6);
  else if (type == <u32>ETHERTYPE.ARP) forward(d, L3Edge.ARP);
  else if (type == <u32>ETHERTYPE.MPLS || type == <u32>ETHERTYPE.MPLS_UPSTREAM) {
    if (flags & IfaceFlag.MPLS) forward(d, L3Edge.MPLS);
    else drop(d, Drop.MPLS_DISABLED);
  }
  else if (type == <u32>ETHERTYPE.BIER && flags & IfaceFlag.BIER) forward(d, L3Edge.BIER);
  else drop(d, type < <u32>ETHERTYPE_MIN ? Drop.LLC_FRAME : Drop.UNKNOWN_ETHERTYPE);
}
