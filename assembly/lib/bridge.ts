// bridge.ts -- what the nodes of a bridge share.

import { Packet } from "../abi/packet";
import { Iface } from "../abi/port";
import { ETH } from "../wire/ethernet";
import { l3Input } from "./l3_input";

/** Whether two interfaces are in one split-horizon group: frames do not go from one to the other. */
export function sameHorizon(a: usize, b: usize): bool {
  const horizon = load<u8>(a, Iface.HORIZON);
  return horizon != 0 && horizon == load<u8>(b, Iface.HORIZON);
}

/** An untagged frame of the bridge enters the bridge's own L3 interface; for nodes with the L3Edge edges first. */
export function enterOwn(d: usize, own: usize): void {
  store<u16>(d, load<u16>(own, Iface.INDEX), Packet.IFACE);
  store<u32>(d, load<u32>(own, Iface.DOMAIN), Packet.DOMAIN);
  l3Input(d, own, ETH.LEN);
}
