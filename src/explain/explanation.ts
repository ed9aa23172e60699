// explanation.ts -- what became of one packet, as data: the visits of all its
// branches in the order to be told, and how each branch ended.

import { DROPS, type Reason } from '../graph/drops.ts';
import type { Network } from '../switch/network.ts';
import { type Summary, summary } from '../wire/summary.ts';
import { byteChanges, type Change, changedRows, headerChanges, layersOf } from './changes.ts';
import { type Match, matchOf } from './matches.ts';
import type { Branch, BranchKind, Step, Walk } from './walk.ts';

export interface ExplainedVisit {
  /** Index in Explanation.branches. */
  readonly branch: number;
  readonly switch: string;
  /** Node, or "input" for the arrival by a port. */
  readonly node: string;
  /** Edge taken, and the node behind it: "" where the branch ends or leaves the switch. */
  readonly edge: string;
  readonly next: string;
  /** Why, where the edge is "drop"; else "". */
  readonly reason: string;
  readonly matched: Match | undefined;
  /** In words, and by bytes. */
  readonly headers: readonly string[];
  readonly changes: readonly Change[];
  /** Rows of a hex dump with the changed bytes in brackets. */
  readonly rows: readonly string[];
}

export interface Outcome {
  readonly end: 'out' | 'dropped' | 'consumed' | 'held' | 'unknown';
  readonly switch: string;
  /** Where it ended. */
  readonly node: string;
  /** Port it left by, as the network names it; "" otherwise. */
  readonly port: string;
  /** Bytes it had then. */
  readonly bytes: number;
  /** Name of the reason, and the reason, where it was dropped. */
  readonly reason: string;
  readonly because: Reason | undefined;
}

export interface ExplainedBranch {
  readonly kind: BranchKind;
  /** Branch and visit that it comes from; -1 for the packet itself. */
  readonly parent: number;
  readonly visit: number;
  readonly summary: Summary;
  readonly bytes: number;
  readonly outcome: Outcome;
}

export interface Explanation {
  /** Number in the capture; 0 for a packet that was built. */
  readonly number: number;
  /** Port it came in by. */
  readonly port: string;
  readonly bytes: number;
  readonly summary: Summary | undefined;
  readonly visits: readonly ExplainedVisit[];
  /** The packet's own is the first. */
  readonly branches: readonly ExplainedBranch[];
  readonly outcome: Outcome;
  /** Visits that found no room in the trace. */
  readonly lost: number;
}

/** Tell a walk. Precondition: the walk has a root. */
export function tell(network: Network, walk: Walk, number: number, lost: number): Explanation {
  const teller = new Teller(network);
  for (const root of walk.roots) teller.branch(root, -1, -1);
  const { visits, branches } = teller, { sw, visit } = walk.roots[0]!.steps[0]!;
  return { number, port: network.ports[network.number(sw, visit.rxPort)]!.name, bytes: visit.length, summary: branches[0]!.summary, visits, branches, outcome: branches[0]!.outcome, lost };
}

class Teller {
  readonly visits: ExplainedVisit[] = [];
  readonly branches: ExplainedBranch[] = [];

  constructor(readonly network: Network) {}

  /** A branch, each of its own branches behind the visit that made it. */
  branch(b: Branch, parent: number, from: number): void {
    const own = this.branches.length, { visit } = b.steps[0]!;
    this.branches.push({ kind: b.kind, parent, visit: from, summary: summary(layersOf(visit)), bytes: visit.length, outcome: this.#outcome(b) });
    for (const step of b.steps) {
      const at = this.visits.push(this.#visit(step, own)) - 1;
      for (const child of step.branches) this.branch(child, own, at);
    }
  }

  #visit(step: Step, branch: number): ExplainedVisit {
    const { sw, visit, before } = step, { node, edge, drop } = visit;
    const next = sw.graph.edges().find(e => e.node === node && e.edge === edge)?.next ?? '';
    return {
      branch, switch: sw.name, node, edge, next, reason: drop, matched: matchOf(step),
      ...(before && node !== 'input' ? { headers: headerChanges(before, visit), changes: byteChanges(before, visit), rows: changedRows(before, visit) } : NO_CHANGES),
    };
  }

  #outcome({ steps }: Branch): Outcome {
    const { sw, visit } = steps.at(-1)!, { node, edge, drop, length, txPort } = visit;
    const end = edge === 'sent' ? 'out' : ENDS[edge] ?? 'unknown';
    return {
      end, switch: sw.name, node, port: end === 'out' ? this.network.ports[this.network.number(sw, txPort)]!.name : '', bytes: length,
      reason: drop, because: reasonOf(drop),
    };
  }
}

const ENDS: Readonly<Record<string, Outcome['end']>> = { drop: 'dropped', consume: 'consumed', hold: 'held' };
const NO_CHANGES = { headers: [], changes: [], rows: [] };

export const reasonOf = (drop: string): Reason | undefined => (DROPS as Readonly<Record<string, Reason>>)[drop];
