// arp.ts -- ARP messages of ours: RFC 826.

import { Iface } from "../abi/port";
import { data, put16 } from "../lib/packet";
import { ARP, ARP_HRD_ETHERNET, ARP_OP } from "../wire/arp";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { frameHead, frameInPlace, frameOn } from "./frame";

/**
 * Who has `address`? @param address as loaded from memory
 * @returns the frame, or 0 when no buffer is free
 */
export function arpRequest(sw: usize, d: usize, iface: usize, address: u32): usize {
  const e = frameOn(sw, d, iface, ETHERTYPE.ARP, ETH.LEN + ARP.LEN);
  if (!e) return 0;
  const p = data(e) + ETH.LEN;
  memory.fill(data(e) + ETH.DST, 0xff, 6);
  put16(p + ARP.HRD, ARP_HRD_ETHERNET);
  put16(p + ARP.PRO, ETHERTYPE.IPV4);
  store<u8>(p, 6, ARP.HLN);
  store<u8>(p, 4, ARP.PLN);
  put16(p + ARP.OP, ARP_OP.REQUEST);
  memory.copy(p + ARP.SHA, iface + Iface.MAC, 6);
  store<u32>(p, load<u32>(iface, Iface.IP4), ARP.SPA);
  store<u32>(p, address, ARP.TPA);
  return e;
}

/** Turn the request at `l3` into its answer: sender and target change places, and we are the sender. */
export function arpReply(d: usize, iface: usize, l3: u32): void {
  frameInPlace(d, l3, ETH.LEN + ARP.LEN);
  frameHead(d, iface, ETHERTYPE.ARP);
  const p = data(d) + ETH.LEN, asker = load<u32>(p, ARP.SPA), ours = load<u32>(p, ARP.TPA);
  memory.copy(data(d) + ETH.DST, p + ARP.SHA, 6);
  memory.copy(p + ARP.THA, p + ARP.SHA, 6);
  memory.copy(p + ARP.SHA, iface + Iface.MAC, 6);
  put16(p + ARP.OP, ARP_OP.REPLY);
  store<u32>(p, ours, ARP.SPA);
  store<u32>(p, asker, ARP.TPA);
}
