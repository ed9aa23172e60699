// walk.ts -- the visits of one packet as ways: its own, and one for each packet
// that nodes made of it or because of it.

import { Port } from '../../assembly/abi/port.ts';
import { Switch as Sw } from '../../assembly/abi/switch.ts';
import type { Visit } from '../graph/trace.ts';
import type { Network } from '../switch/network.ts';
import type { Switch } from '../switch/switch.ts';

/** What a branch is: the packet, a frame beyond the first, a message of the switch, or a packet that had been held. */
export type BranchKind = 'packet' | 'copy' | 'made' | 'released';

export interface Branch {
  readonly kind: BranchKind;
  readonly steps: Step[];
}

/** A visit and what it knew. */
export interface Step {
  readonly sw: Switch;
  readonly visit: Visit;
  /** The packet as it came to the node; of a copy, what it was copied from; none for what was made. */
  readonly before: Visit | undefined;
  /** The node made the packet here, and did not work on it. */
  readonly born: boolean;
  readonly branches: Branch[];
}

export class Walk {
  /** The packet, and what had been held for its sake. */
  readonly roots: Branch[] = [];
  readonly #alive = new Map<number, Branch>();
  /** Steps of the node run that records are now of: parents of what it made. */
  #run: Step[] = [];

  constructor(readonly network: Network) {}

  /** Visits of one packet number, in the order they happened, from one switch. */
  add(sw: Switch, visits: readonly Visit[]): void {
    for (const v of visits) this.#add(sw, v);
  }

  #add(sw: Switch, visit: Visit): void {
    const last = this.#run.at(-1);
    if (last?.visit.node !== visit.node || last.sw !== sw) this.#run = [];
    const branch = this.#alive.get(visit.handle);
    if (branch) this.#go(branch, sw, visit);
    else this.#begin(sw, visit);
  }

  #go(branch: Branch, sw: Switch, visit: Visit): void {
    const last = branch.steps.at(-1)!;
    // Out of passes or links: the node's record stands already, with the edge it would have taken.
    if (visit.drop === 'LOOP' && last.visit.node === visit.node && last.sw === sw) branch.steps.pop();
    const before = branch.steps.at(-1)?.visit ?? last.before, step = { sw, visit, before, born: false, branches: [] };
    branch.steps.push(step);
    this.#run.push(step);
    if (this.#ends(sw, visit)) this.#alive.delete(visit.handle);
  }

  #begin(sw: Switch, visit: Visit): void {
    const born = visit.node !== 'input', parent = born ? this.#parent(visit) : undefined;
    const kind: BranchKind = !born ? 'packet' : !parent ? 'released' : visit.copy ? 'copy' : 'made';
    const step: Step = { sw, visit, before: kind === 'copy' ? parent?.before : undefined, born, branches: [] }, branch = { kind, steps: [step] };
    (parent?.branches ?? this.roots).push(branch);
    if (!this.#ends(sw, visit)) this.#alive.set(visit.handle, branch);
  }

  /** What a node makes is recorded behind all it was given: of several, a dropped one caused an answer, the last one a copy. */
  #parent(visit: Visit): Step | undefined {
    const cause = visit.originated && !visit.copy ? this.#run.findLast(s => s.visit.edge === 'drop') : undefined;
    return cause ?? this.#run.at(-1);
  }

  #ends(sw: Switch, { node, edge, txPort }: Visit): boolean {
    if (node === 'input') return false;
    return edge === 'drop' || edge === 'consume' || (edge === 'sent' && !linked(sw, txPort));
  }
}

/** Whether a port of a switch is linked to another switch. */
export function linked(sw: Switch, port: number): boolean {
  const { view } = sw.built.k;
  return view.getUint32(view.getUint32(sw.at + Sw.PORTS, true) + port * Port.SIZEOF + Port.PEER, true) !== 0;
}
