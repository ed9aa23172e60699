// frame.ts -- Ethernet frames that the switch makes itself.

import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { data, put16 } from "../lib/packet";
import { alloc } from "../lib/pool";
import { ETH } from "../wire/ethernet";

/**
 * A fresh frame of `n` bytes for iface_output, caused by `d`: untagged, L3
 * behind the Ethernet header, which has its type and source. Destination and
 * payload are zero.
 * @param iface it leaves by
 * @returns 0 when no buffer is free
 */
export function frameOn(sw: usize, d: usize, iface: usize, type: u32, n: u32): usize {
  const e = alloc(<usize>load<u32>(sw, Switch.POOL), n);
  if (!e) return 0;
  store<i64>(e, load<i64>(sw, Switch.NOW), Packet.TIME);
  store<u32>(e, load<u32>(d, Packet.ID), Packet.ID);
  store<u16>(e, load<u16>(d, Packet.RX_PORT), Packet.RX_PORT);
  store<u8>(e, load<u8>(d, Packet.MARK), Packet.MARK);
  memory.fill(data(e), 0, n);
  frameHead(e, iface, type);
  return e;
}

/**
 * Write type and source of the untagged Ethernet header at DATA and say which
 * interface the frame, now one of ours, leaves by.
 */
export function frameHead(d: usize, iface: usize, type: u32): void {
  const p = data(d);
  memory.copy(p + ETH.SRC, iface + Iface.MAC, 6);
  put16(p + ETH.ETHERTYPE, type);
  store<u32>(d, load<u32>(iface, Iface.DOMAIN), Packet.DOMAIN);
  store<u16>(d, load<u16>(iface, Iface.INDEX), Packet.IFACE);
  store<u16>(d, ETH.LEN, Packet.L3);
  store<u8>(d, PacketFlag.ORIGINATED, Packet.FLAGS);
}

/** Make a packet a frame of `n` bytes whose network header is where the packet's is, at `l3`: room for an answer in place. */
export function frameInPlace(d: usize, l3: u32, n: u32): void {
  store<u32>(d, <u32>data(d) + l3 - ETH.LEN, Packet.DATA);
  store<u32>(d, n, Packet.LEN);
  store<u32>(d, n, Packet.ORIG);
}
