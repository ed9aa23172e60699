// run.ts -- a scenario from beginning to end: slices of virtual time between
// what happens to its links, and the control plane that follows.

import type { Kernels } from '../kernel/kernels.ts';
import { measure, type Result } from './results.ts';
import type { Scenario } from './scenario.ts';
import { type BalanceName, RunStatus, Simulation } from './simulation.ts';

export interface RunOptions {
  /** Virtual time at which the run ends, picoseconds. */
  readonly until?: number | undefined;
  /** Called between slices; a promise holds the run. */
  readonly progress?: ((sim: Simulation) => void | Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Events of a slice: some tens of milliseconds. */
const SLICE = 500_000;

/** @returns the simulation as it ended, and what it shows */
export async function runScenario(k: Kernels, scenario: Scenario, balance: BalanceName, seed: number, options: RunOptions = {}): Promise<{ sim: Simulation; result: Result; interrupted: boolean }> {
  const sim = new Simulation(k, scenario.model(balance, seed)), end = options.until ?? scenario.until ?? Number.POSITIVE_INFINITY, down = new Set<number>();
  const agenda = scenario.events.flatMap(e => [
    { at: e.at, act: () => { for (const l of e.links) { e.down ? down.add(l) : down.delete(l); sim.setLink(l, e.down); } } },
    { at: e.at + scenario.convergence, act: () => sim.route(down) },
  ]).sort((a, b) => a.at - b.at);
  for (let next = 0; !options.signal?.aborted;) {
    const item = agenda[next], stop = Math.min(end, item?.at ?? Number.POSITIVE_INFINITY), status = sim.run(stop, SLICE);
    if (status === RunStatus.DONE) break;
    if (status !== RunStatus.BUDGET) {
      if (stop === end) break;
      item!.act();
      next++;
    }
    const pause = options.progress?.(sim);
    if (pause) await pause;
  }
  return { sim, result: measure(sim), interrupted: options.signal?.aborted ?? false };
}
