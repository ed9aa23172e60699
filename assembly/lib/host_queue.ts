// host_queue.ts -- packets for nodes that the host runs: they wait in the order
// they came, and count as held until it gives them back.

import { HostQueue } from "../abi/esp";
import { Edge, Packet } from "../abi/packet";
import { Switch } from "../abi/switch";

/** The packet is the host's now. */
export function toHost(sw: usize, d: usize): void {
  const q = <usize>load<u32>(sw, Switch.HOST_QUEUE), n = load<u32>(q);
  store<u32>(load<u32>(q, HostQueue.LIST) + (n << 2), <u32>d);
  store<u32>(q, n + 1);
  store<u8>(d, <u8>Edge.HOLD, Packet.EDGE);
}
