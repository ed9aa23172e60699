// training.ts -- steps of a training job: phases, one after the other on every
// host, each computing for a time or a collective; `steps` times.

import type { Work } from './kind.ts';

export const training: Work = {
  needs: ['phases'],
  knows: ['steps'],
  make({ config, path, hosts, phase, read }, script, ready) {
    let fronts = ready;
    for (let step = 0; step < (config.steps ?? 1); step++)
      for (const [i, p] of config.phases!.entries()) {
        const at = [...path, 'phases', i], before = fronts;
        fronts = 'kind' in p ? phase(p, at, script, before) : hosts.map((h, n) => [script.compute(h, read.time(p.compute, '', [...at, 'compute']), before[n]!)]);
        if (read.faults.length > 0) return fronts;
      }
    return fronts;
  },
};
