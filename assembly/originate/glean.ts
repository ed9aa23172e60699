// glean.ts -- the last hop's MAC is not in the switch file: was it learnt?
//
// The body of ip4_glean and ip6_glean. RFC 826, RFC 4861 section 7.2; RFC 1122
// section 2.3.2 (one question a second, packets are kept meanwhile). A switch
// that does not keep packets asks nobody: files that are replayed hold no one
// who could answer.

import { Drop } from "../abi/drop";
import { Hop } from "../abi/hop";
import { Neighbor, Neighbors } from "../abi/neighbor";
import { Packet } from "../abi/packet";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { emit } from "../lib/emit";
import { drop, forward } from "../lib/packet";
import { ASK_INTERVAL, mapped4, MAPPED_HIGH, neighbor_doubt, neighbor_expired, neighbor_usable, neighbors_add, neighbors_find, neighbors_overdue } from "../tables/neighbors";
import { arpRequest } from "./arp";
import { dropHeld, hold, unresolved } from "./held";
import { neighborSolicitation } from "./nd";

/** Edges of a node that uses glean. */
export enum GleanEdge { REWRITE = 1, IFACE_OUTPUT = 2, ICMP4 = 3, ICMP6 = 4 }

/**
 * Send the packet on to the neighbour with address (a, b), hold it until that
 * one answers, or drop it.
 * @param at Neighbor.HOP4 or HOP6: the packet's family, whatever the neighbour's
 */
export function glean(sw: usize, d: usize, a: u64, b: u64, at: u32): void {
  const t = <usize>load<u32>(sw, Switch.NEIGHBORS), now = load<i64>(sw, Switch.NOW);
  const iface = <usize>load<u32>(load<u32>(d, Packet.HIT), Hop.IFACE), index = <u32>load<u16>(iface, Iface.INDEX);
  let r = neighbors_find(t, index, a, b);
  if (r && neighbor_usable(t, r, now)) {
    store<u32>(d, <u32>r + at, Packet.HIT);
    return forward(d, GleanEdge.REWRITE);
  }
  if (!load<u32>(t, Neighbors.QUEUE)) return unresolved(sw, d, GleanEdge.ICMP4, GleanEdge.ICMP6);
  const late = neighbors_overdue(t, now);
  if (late) dropHeld(sw, late, GleanEdge.ICMP4, GleanEdge.ICMP6);
  if (!r) r = neighbors_add(t, index, a, b, now);
  else if (neighbor_expired(t, r, now)) {
    dropHeld(sw, r, GleanEdge.ICMP4, GleanEdge.ICMP6);
    neighbor_doubt(r, now);
  }
  if (!r) return drop(d, Drop.NEIGHBOR_QUEUE_FULL);
  ask(sw, d, iface, r, now);
  if (!hold(sw, r, d)) drop(d, Drop.NEIGHBOR_QUEUE_FULL);
}

/** Ask for the neighbour's MAC, at most once a second. For want of a buffer the next packet asks. */
function ask(sw: usize, d: usize, iface: usize, r: usize, now: i64): void {
  if (now - load<i64>(r, Neighbor.ASKED) < ASK_INTERVAL) return;
  const a = load<u64>(r, Neighbor.ADDRESS), b = load<u64>(r, Neighbor.ADDRESS + 8), four = <u32>(b >> 32);
  const question = a == MAPPED_HIGH && b == mapped4(four) ? arpRequest(sw, d, iface, four) : neighborSolicitation(sw, d, iface, r + Neighbor.ADDRESS);
  if (!question) return;
  store<i64>(r, now, Neighbor.ASKED);
  emit(sw, question, GleanEdge.IFACE_OUTPUT);
}
