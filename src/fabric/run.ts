// run.ts -- a scenario from beginning to end: slices of virtual time between
// what happens to its links, and the control plane that follows.

import type { Kernels } from '../kernel/kernels.ts';
import { type Checkpoint, restore } from './checkpoint.ts';
import { measure, type Result } from './results.ts';
import type { Sampler } from './samples.ts';
import type { Scenario } from './scenario.ts';
import { type BalanceName, RunStatus, Simulation } from './simulation.ts';

export interface RunOptions {
  /** Virtual time at which the run ends, picoseconds. */
  readonly until?: number | undefined;
  /** Called between slices; a promise holds the run. */
  readonly progress?: ((sim: Simulation) => void | Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Where to go on, instead of at the beginning. */
  readonly from?: Checkpoint | undefined;
  /** Called before the first event: what watches the run is put in place. @returns whom to call at times */
  readonly watch?: ((sim: Simulation) => Sampler | undefined) | undefined;
}

/** Events of a slice: some tens of milliseconds. */
const SLICE = 500_000;

/** @returns the simulation as it ended, what it shows, and how much of its agenda is done, for a checkpoint */
export async function runScenario(k: Kernels, scenario: Scenario, balance: BalanceName, seed: number, options: RunOptions = {}): Promise<{ sim: Simulation; result: Result; interrupted: boolean; done: number }> {
  const sim = new Simulation(k, scenario.model(balance, seed)), end = options.until ?? scenario.until ?? Number.POSITIVE_INFINITY, down = new Set<number>();
  const agenda = scenario.events.flatMap(e => [
    { at: e.at, act: () => { for (const l of e.links) { e.down ? down.add(l) : down.delete(l); sim.setLink(l, e.down); } } },
    { at: e.at + scenario.convergence, act: () => sim.route(down) },
  ]).sort((a, b) => a.at - b.at);
  let next = options.from?.done ?? 0, idle = false;
  if (options.from) {
    for (const item of agenda.slice(0, next)) item.act();
    restore(k, options.from);
  }
  const sampler = options.watch?.(sim);
  // Where nothing is left to happen there is nothing to sample.
  while (!options.signal?.aborted) {
    const item = agenda[next], stop = Math.min(end, item?.at ?? Number.POSITIVE_INFINITY), sample = idle ? stop : Math.min(stop, sampler?.next ?? stop), status = sim.run(sample, SLICE);
    if (status === RunStatus.DONE) break;
    idle = status === RunStatus.IDLE;
    if (status !== RunStatus.BUDGET && sample < stop) sampler!.take();
    else if (status !== RunStatus.BUDGET) {
      if (stop === end) break;
      item!.act();
      next++;
    }
    const pause = options.progress?.(sim);
    if (pause) await pause;
  }
  sampler?.take();
  return { sim, result: measure(sim), interrupted: options.signal?.aborted ?? false, done: next };
}
