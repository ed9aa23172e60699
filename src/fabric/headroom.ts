// headroom.ts -- buffer that PFC needs behind XOFF, by the formula that SONiC
// sizes ports with (its dynamic buffer model): what is still on its way when the
// peer is told to stop.
//
//   xoff = MTU + (MTU + round trip of the cable + MAC and PHY + reaction of the peer) * occupancy
//
// Occupancy: a packet takes whole cells of the buffer; all packets are taken to
// be of 64 bytes.

import type { SwitchModel } from './simulation.ts';
import type { Topology } from './topology.ts';

/** Bytes: a cell of the buffer; what is between the wire and the counters. */
const CELL = 144, MAC_PHY = 0.8 * 1024;
/** Time to react to a PFC frame, in quanta of 512 bit times (802.1Q, table of port rates); above 400G the time stays. */
const REACTION: readonly (readonly [rate: number, quanta: number])[] = [[10e9, 67], [25e9, 80], [40e9, 118], [100e9, 394], [200e9, 453], [400e9, 905]];

const kib = (bytes: number): number => Math.ceil(bytes / 1024) * 1024;

/** Bytes that a peer may send before it stops. */
export function reactionBytes(rate: number): number {
  const [of, quanta] = REACTION.find(([r]) => rate <= r) ?? REACTION.at(-1)!;
  return quanta * Math.max(1, rate / of) * 512 / 8;
}

/**
 * Headroom of a port and priority, bytes.
 * @param rate bit/s @param delay picoseconds of the cable, one way @param peer bytes until the peer stops
 */
export function headroom(rate: number, delay: number, mtu: number, peer = reactionBytes(rate)): number {
  // Of the cable in units of 1,000 bits to 1,024, as the model has it.
  const cable = 2 * delay * rate / 8e12 / 1.024, occupancy = CELL > 128 ? CELL / 64 : 2 * CELL / (1 + CELL);
  return kib(mtu + (mtu + cable + MAC_PHY + peer) * occupancy);
}

/** Of the switch of a tier that needs the most. Bytes. */
export interface Headroom { readonly tier: string; readonly switch: string; readonly needed: number; readonly buffer: number; readonly fits: boolean; /** Ports that can all be at XOFF before the rest is used up. */ readonly portsAtXoff: number; readonly ports: number }

/** @returns a row for each tier; none without PFC */
export function headroomByTier(t: Topology, { buffer, pfc }: SwitchModel, mtu: number): Headroom[] {
  if (!pfc) return [];
  const needed = new Float64Array(t.devices.length), worst = new Map<string, number>();
  for (const { ends, rate, delay } of t.links) {
    const bytes = headroom(rate, delay, mtu) * pfc.priorities.length;
    for (const { device } of ends) needed[device]! += bytes;
  }
  for (let d = t.hosts; d < t.devices.length; d++) {
    const { tier } = t.devices[d]!, most = worst.get(tier);
    if (most === undefined || needed[d]! > needed[most]!) worst.set(tier, d);
  }
  return [...worst].map(([tier, d]) => {
    const { name, ports } = t.devices[d]!, rest = buffer - needed[d]!;
    return { tier, switch: name, needed: needed[d]!, buffer, fits: rest >= 0, portsAtXoff: Math.max(0, Math.min(ports, Math.floor(rest / pfc.xoff))), ports };
  });
}
