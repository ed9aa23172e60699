// held.ts -- packets that wait for a neighbour's MAC: a chain of handles in
// its record, linked by Packet.HIT, in the order they came.

import { Drop } from "../abi/drop";
import { Neighbor, Neighbors } from "../abi/neighbor";
import { Edge, Packet } from "../abi/packet";
import { Switch } from "../abi/switch";
import { release } from "../lib/emit";
import { data, forward } from "../lib/packet";
import { ICMP4_TYPE, ICMP4_UNREACHABLE } from "../wire/icmp4";
import { ICMP6_TYPE, ICMP6_UNREACHABLE } from "../wire/icmp6";
import { icmp4Error } from "./icmp4";
import { icmp6Error } from "./icmp6";

/** Whether the packet at layer 3 is IPv4: an input node has seen to it that it is one or the other. */
function isIp4(d: usize): bool {
  return load<u8>(data(d) + <usize>load<u16>(d, Packet.L3)) >> 4 == 4;
}

/** Keep the packet for the neighbour at `r`. @returns false, packet untouched, when no more may be held */
export function hold(sw: usize, r: usize, d: usize): bool {
  const t = <usize>load<u32>(sw, Switch.NEIGHBORS), count = load<u32>(r, Neighbor.COUNT);
  if (count >= load<u32>(t, Neighbors.QUEUE)) return false;
  if (load<u32>(t, Neighbors.HELD) >= load<u32>(t, Neighbors.HELD_MAX)) return false;
  if (count) store<u32>(load<u32>(r, Neighbor.LAST), <u32>d, Packet.HIT);
  else store<u32>(r, <u32>d, Neighbor.FIRST);
  store<u32>(d, 0, Packet.HIT);
  store<u32>(r, <u32>d, Neighbor.LAST);
  store<u32>(r, count + 1, Neighbor.COUNT);
  store<u32>(t, load<u32>(t, Neighbors.HELD) + 1, Neighbors.HELD);
  forward(d, Edge.HOLD);
  return true;
}

/** Take the first packet off the chain, or 0. */
function unhold(sw: usize, r: usize): usize {
  const count = load<u32>(r, Neighbor.COUNT);
  if (!count) return 0;
  const t = <usize>load<u32>(sw, Switch.NEIGHBORS), d = <usize>load<u32>(r, Neighbor.FIRST);
  store<u32>(r, load<u32>(d, Packet.HIT), Neighbor.FIRST);
  store<u32>(r, count - 1, Neighbor.COUNT);
  store<u32>(t, load<u32>(t, Neighbors.HELD) - 1, Neighbors.HELD);
  return d;
}

/**
 * The neighbour answered: send on what waited for it, in order. It leaves at
 * the time of the answer.
 * @param edge4 the node's edges to ip4_rewrite and ip6_rewrite
 */
export function releaseHeld(sw: usize, r: usize, edge4: u32, edge6: u32): void {
  for (let d = unhold(sw, r); d; d = unhold(sw, r)) {
    const four = isIp4(d);
    store<u32>(d, <u32>r + (four ? Neighbor.HOP4 : Neighbor.HOP6), Packet.HIT);
    store<i64>(d, max<i64>(load<i64>(d, Packet.TIME), load<i64>(sw, Switch.NOW)), Packet.TIME);
    release(sw, d, four ? edge4 : edge6);
  }
}

/** It did not: what waited for it drops, and its senders are told. @param edge4 the node's edges to ip4_lookup and ip6_lookup */
export function dropHeld(sw: usize, r: usize, edge4: u32, edge6: u32): void {
  for (let d = unhold(sw, r); d; d = unhold(sw, r)) {
    unresolved(sw, d, edge4, edge6);
    release(sw, d, Edge.DROP);
  }
}

/** Drop a packet whose next hop nobody answers for: RFC 1812 section 5.2.7.1 host unreachable, RFC 4443 section 3.1 address unreachable. */
export function unresolved(sw: usize, d: usize, edge4: u32, edge6: u32): void {
  if (isIp4(d)) icmp4Error(sw, d, Drop.NEIGHBOR_UNRESOLVED, ICMP4_TYPE.DEST_UNREACHABLE, ICMP4_UNREACHABLE.HOST, 0, edge4);
  else icmp6Error(sw, d, Drop.NEIGHBOR_UNRESOLVED, ICMP6_TYPE.DEST_UNREACHABLE, ICMP6_UNREACHABLE.ADDRESS, 0, edge6);
}
