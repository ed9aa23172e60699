// learn.ts -- a neighbour said what its MAC is.

import { Switch } from "../abi/switch";
import { neighbor_learn } from "../tables/neighbors";
import { releaseHeld } from "./held";

/** Edges of a node that uses learn: arp_input and nd_input. */
export enum AnswerEdge { IFACE_OUTPUT = 1, IP4_REWRITE = 2, IP6_REWRITE = 3 }

/** Enter the MAC at `mac` into the record at `r`, and send on what waited for it. */
export function learn(sw: usize, r: usize, mac: usize): void {
  neighbor_learn(r, mac, load<i64>(sw, Switch.NOW));
  releaseHeld(sw, r, AnswerEdge.IP4_REWRITE, AnswerEdge.IP6_REWRITE);
}
