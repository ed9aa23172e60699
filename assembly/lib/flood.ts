// flood.ts -- one frame for every member of a bridge that may have it.
//
// IEEE 802.1Q clause 8.6.1: all members but the one it came from; less those
// of the same split-horizon group (RFC 4762 section 4.4), those that take no
// flooded frames, and those that the frame's SID names (Arg.FE2, RFC 8986
// section 4.12). The bridge's own interface takes group frames only: its own
// MAC is in the table, so no unicast frame for it is ever flooded.
//
// For nodes with the L3Edge edges first and FloodEdge behind them.

import { Packet } from "../abi/packet";
import { Bridge, Iface, IfaceFlag } from "../abi/port";
import { enterOwn, sameHorizon } from "./bridge";
import { emit } from "./emit";
import { isGroup } from "./l3_input";
import { data, forward } from "./packet";
import { clone } from "./pool";

export enum FloodEdge { IFACE_OUTPUT = 6 }

/** How many members of the bridge take the frame. @param except a bit for each Iface.FE2 that must not */
export function flood_count(bridge: usize, from: usize, d: usize, except: u64): u32 {
  const end = endOf(bridge);
  let n: u32 = 0;
  for (let m = next(load<u32>(bridge, Bridge.MEMBERS), end, from, d, except); m < end; m = next(m + 4, end, from, d, except)) n++;
  return n;
}

/**
 * Send the frame itself to the first member that takes it, copies to the others.
 * Precondition: flood_count gives at least 1, and as many buffers less one are free.
 */
export function flood(sw: usize, pool: usize, bridge: usize, from: usize, d: usize, except: u64): void {
  const end = endOf(bridge), first = next(load<u32>(bridge, Bridge.MEMBERS), end, from, d, except);
  for (let m = next(first + 4, end, from, d, except); m < end; m = next(m + 4, end, from, d, except)) {
    const copy = clone(pool, d);
    send(copy, load<u32>(m));
    emit(sw, copy, load<u8>(copy, Packet.EDGE));
  }
  send(d, load<u32>(first));
}

function endOf(bridge: usize): usize {
  return <usize>load<u32>(bridge, Bridge.MEMBERS) + (<usize>load<u32>(bridge, Bridge.COUNT) << 2);
}

/** Place in the list of the next member that the frame goes to, `m` or later; `end` when there is none. */
function next(m: usize, end: usize, from: usize, d: usize, except: u64): usize {
  while (m < end && !takes(load<u32>(m), from, d, except)) m += 4;
  return m;
}

function takes(member: usize, from: usize, d: usize, except: u64): bool {
  if (member == from) return false;
  if (load<u32>(member, Iface.BRIDGE)) return isGroup(data(d));
  // Bit 0 is never set: no number is 0.
  return !(load<u16>(member, Iface.FLAGS) & IfaceFlag.NO_FLOOD) && !sameHorizon(member, from) && !((except >> load<u8>(member, Iface.FE2)) & 1);
}

function send(d: usize, member: usize): void {
  if (load<u32>(member, Iface.BRIDGE)) enterOwn(d, member);
  else {
    store<u16>(d, load<u16>(member, Iface.INDEX), Packet.IFACE);
    forward(d, FloodEdge.IFACE_OUTPUT);
  }
}
