// broadcast.ts -- one to all others along a binomial tree: whoever has it passes
// it on, so that twice as many have it after each round; log2 N rounds.

import type { Work } from './kind.ts';

export const broadcast: Work = {
  needs: ['bytes'],
  knows: ['from'],
  make({ config, path, hosts, bytes, host, read }, script, ready) {
    const n = hosts.length, root = config.from === undefined ? 0 : hosts.indexOf(host(config.from, [...path, 'from']));
    if (root < 0) {
      read.fault([...path, 'from'], `${config.from} does not take part`);
      return ready;
    }
    // By place from the root on.
    const fronts = hosts.map((_, i) => ready[(i + root) % n]!), at = (rank: number) => hosts[(rank + root) % n]!;
    for (let have = 1; have < n; have *= 2)
      for (let rank = 0; rank < have && rank + have < n; rank++) {
        const sent = script.send(at(rank), at(rank + have), bytes, fronts[rank]!);
        fronts[rank] = [sent];
        fronts[rank + have] = [...fronts[rank + have]!, sent];
      }
    return hosts.map((_, i) => fronts[(i - root + n) % n]!);
  },
};
