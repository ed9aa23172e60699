// arrival.ts -- packets of a vector in the order they came to the switch.

import { Packet } from "../abi/packet";
import { at } from "./packet";

/**
 * Sort a vector by packet number. Packets that went different ways through the
 * graph come to a node way by way; where a node writes for one packet what it
 * reads for another, that would let the burst's size decide. Each way keeps
 * order, so there are few runs; an ordered vector costs a look at each number.
 */
export function byArrival(vec: usize, n: u32): void {
  for (let i: u32 = 1; i < n; i++) {
    const d = at(vec, i), id = load<u32>(d, Packet.ID);
    let to = i;
    while (to > 0 && load<u32>(at(vec, to - 1), Packet.ID) > id) to--;
    if (to == i) continue;
    memory.copy(vec + ((to + 1) << 2), vec + (to << 2), (i - to) << 2);
    store<u32>(vec + (to << 2), <u32>d);
  }
}
