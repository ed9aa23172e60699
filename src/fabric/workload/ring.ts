// ring.ts -- collectives around a ring: a host passes on what it got in the step
// before. Of N hosts each step moves 1/N of the bytes:
//
//   reduce-scatter   N-1 steps, (N-1)/N of the bytes out of every host
//   all-gather       N-1 steps, the same
//   all-reduce       both, 2(N-1)/N

import type { Job, Work } from './kind.ts';
import { allReduceByHalves } from './halving_doubling.ts';
import type { Fronts, Script } from './script.ts';

/** So many steps around the ring. @returns what each host got and sent last */
function ring({ hosts, bytes }: Job, script: Script, ready: Fronts, steps: number): Fronts {
  const n = hosts.length, chunk = Math.ceil(bytes / n);
  let got = ready, fronts = ready;
  for (let step = 0; step < steps; step++) {
    const sent = hosts.map((src, i) => script.send(src, hosts[(i + 1) % n]!, chunk, got[i]));
    got = sent.map((_, i) => [sent[(i + n - 1) % n]!]);
    fronts = sent.map((own, i) => [own, ...got[i]!]);
  }
  return fronts;
}

const half: Work = { needs: ['bytes'], knows: [], make: (job, script, ready) => ring(job, script, ready, job.hosts.length - 1) };
/** `bytes` are what every host has at the end. */
export const allGather = half;
/** `bytes` are what every host has at the beginning. */
export const reduceScatter = half;

/** `bytes` are what every host has. */
export const allReduce: Work = {
  needs: ['bytes'],
  knows: ['algorithm'],
  make(job, script, ready) {
    return job.config.algorithm === 'halving-doubling' ? allReduceByHalves(job, script, ready) : ring(job, script, ready, 2 * (job.hosts.length - 1));
  },
};
