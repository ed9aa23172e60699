// fabric_worker.ts -- a thread of `weft fabric sweep`: a point in, its result
// out.

import { parentPort } from 'node:worker_threads';
import { runScenario } from '../fabric/run.ts';
import { Scenario } from '../fabric/scenario.ts';
import type { Point } from '../fabric/sweep.ts';
import { WeftError } from '../kernel/errors.ts';
import { loadKernels } from '../kernel/load.ts';

export interface Job { readonly point: Point; readonly name: string; readonly until: number | undefined; readonly memory: number }
export type Answer = { readonly result: object } | { readonly error: string; readonly code: number | undefined };

/** Pool of packets that a run in descriptors has no use for. */
const SMALL = { small: 64, jumbo: 16, huge: 4 };

parentPort!.on('message', async ({ point, name, until, memory }: Job) => {
  let answer: Answer;
  try {
    const { result } = await runScenario(loadKernels({ ...SMALL, memory }), new Scenario(name, point.text), point.balance, point.seed, { until });
    answer = { result };
  } catch (e) {
    answer = { error: e instanceof Error ? e.message : String(e), code: e instanceof WeftError ? e.code : undefined };
  }
  parentPort!.postMessage(answer);
});
