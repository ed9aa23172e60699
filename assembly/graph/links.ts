// links.ts -- packets that left a switch cross to the switch at the other end.
//
// A link without a delay: what left is in front of the peer at once, in the
// order it left. (Links with time are assembly/sim's.)

import { Drop } from "../abi/drop";
import { LINKS_MAX, Packet, Pool } from "../abi/packet";
import { Port } from "../abi/port";
import { Switch } from "../abi/switch";
import { at, drop } from "../lib/packet";
import { graph_drop, graph_input } from "./run";
import { traceDrop } from "./trace";

/** Node that packets enter a switch by. */
const ENTRY: u32 = 0;

/**
 * Move what is in Pool.TX_LIST and left by a linked port to its peer; number
 * the ports of the rest over all switches (PORT_BASE), they stay in the list.
 * @returns how many crossed a link or dropped LOOP there
 */
export function links_move(sw: usize): u32 {
  const pool = <usize>load<u32>(sw, Switch.POOL), list = <usize>load<u32>(pool, Pool.TX_LIST);
  const n = load<u32>(pool, Pool.TX_COUNT), ports = <usize>load<u32>(sw, Switch.PORTS), base = load<u32>(sw, Switch.PORT_BASE);
  let kept: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    const d = at(list, i), out = <u32>load<u16>(d, Packet.TX_PORT), port = ports + out * Port.SIZEOF;
    const peer = <usize>load<u32>(port, Port.PEER);
    if (!peer) {
      store<u16>(d, out + base, Packet.TX_PORT);
      store<u32>(list + (<usize>kept << 2), <u32>d);
      kept++;
    } else cross(sw, d, peer, load<u16>(port, Port.PEER_PORT));
  }
  store<u32>(pool, kept, Pool.TX_COUNT);
  return n - kept;
}

/** One packet enters the peer as if from a wire: what the sender knew of it is gone. */
function cross(sw: usize, d: usize, peer: usize, port: u32): void {
  const links = <u32>load<u8>(d, Packet.LINKS) + 1;
  if (links > <u32>LINKS_MAX) {
    const last = load<u32>(sw, Switch.NODE_COUNT) - 1;
    drop(d, Drop.LOOP);
    traceDrop(sw, last, d);
    graph_drop(sw, last, d);
    return;
  }
  const mark = load<u8>(d, Packet.MARK);
  memory.fill(d + Packet.HIT, 0, Packet.TIME - Packet.HIT);
  memory.fill(d + Packet.RX_PORT, 0, Packet.CLASS - Packet.RX_PORT);
  store<u16>(d, port, Packet.RX_PORT);
  store<u8>(d, mark, Packet.MARK);
  store<u8>(d, links, Packet.LINKS);
  const scratch = <usize>load<u32>(sw, Switch.SCRATCH);
  store<u32>(scratch, <u32>d);
  graph_input(peer, ENTRY, scratch, 1);
}
