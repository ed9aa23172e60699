// pipeline.ts -- pipeline parallelism (GPipe, Huang 2019): host s computes stage
// s of one microbatch after another and sends the activations, `bytes`, to the
// next stage; when all are through, gradients come back the same way. Forward
// alone, on a wire that costs nothing: (microbatches + stages - 1) * compute.

import type { Work } from './kind.ts';
import type { Fronts } from './script.ts';

export const pipeline: Work = {
  needs: ['bytes', 'stages', 'microbatches', 'compute'],
  knows: [],
  make({ config, path, hosts, bytes, read }, script, ready) {
    const { stages = 2, microbatches = 1 } = config, compute = read.time(config.compute, '', [...path, 'compute']);
    if (hosts.length % stages !== 0) {
      read.fault([...path, 'stages'], `${hosts.length} hosts are no whole number of pipelines of ${stages} stages`);
      return ready;
    }
    // Every stage's last piece of work, and its last message on its way.
    const busy: number[][] = ready.map(list => [...list]), sent: number[][] = hosts.map(() => []);
    const pass = (order: readonly number[]) => {
      let come: number[] = [];
      order.forEach((h, i) => {
        const work = script.compute(hosts[h]!, compute, [...busy[h]!, ...come]), next = order[i + 1];
        busy[h] = [work];
        if (next === undefined) return;
        come = [script.send(hosts[h]!, hosts[next]!, bytes, [work])];
        sent[h] = come;
      });
    };
    for (let first = 0; first < hosts.length; first += stages) {
      const forward = Array.from({ length: stages }, (_, s) => first + s), backward = [...forward].reverse();
      for (const order of [forward, backward]) for (let b = 0; b < microbatches; b++) pass(order);
    }
    return hosts.map((_, h): Fronts[number] => [...busy[h]!, ...sent[h]!]);
  },
};
