// packet.ts -- descriptors of packets: a free list, LIFO, so that the working
// set is as small as the traffic.

import { NOBODY, Sim, SimFault, SimPacket } from "../abi/sim";

export function packetAt(sim: usize, k: u32): usize {
  return <usize>load<u32>(sim, Sim.PACKETS) + (<usize>k << 5);
}

/** Number of a packet to use, or NOBODY: then the run is over. */
export function packetTake(sim: usize): u32 {
  let k = load<u32>(sim, Sim.FREE);
  if (k == NOBODY) {
    k = load<u32>(sim, Sim.FRESH);
    if (k >= load<u32>(sim, Sim.PACKET_COUNT)) {
      store<u32>(sim, SimFault.PACKETS, Sim.FAULT);
      return NOBODY;
    }
    store<u32>(sim, k + 1, Sim.FRESH);
  } else store<u32>(sim, load<u32>(packetAt(sim, k), SimPacket.NEXT), Sim.FREE);
  store<u32>(sim, load<u32>(sim, Sim.LIVE) + 1, Sim.LIVE);
  return k;
}

export function packetFree(sim: usize, k: u32): void {
  store<u32>(packetAt(sim, k), load<u32>(sim, Sim.FREE), SimPacket.NEXT);
  store<u32>(sim, k, Sim.FREE);
  store<u32>(sim, load<u32>(sim, Sim.LIVE) - 1, Sim.LIVE);
}

/** A packet is lost. @param why SimDrop */
export function packetDrop(sim: usize, k: u32, why: u32): void {
  const at = sim + Sim.DROPS + (why << 3);
  store<u64>(at, load<u64>(at) + 1);
  packetFree(sim, k);
}
