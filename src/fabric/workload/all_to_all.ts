// all_to_all.ts -- everyone to everyone else, each beginning with its neighbour.

import type { Work } from './kind.ts';
import { involved } from './script.ts';

export const allToAll: Work = {
  needs: ['bytes'],
  knows: [],
  make({ hosts, bytes }, script, ready) {
    const first = script.messages.length, n = hosts.length;
    hosts.forEach((src, i) => { for (let d = 1; d < n; d++) script.send(src, hosts[(i + d) % n]!, bytes, ready[i]); });
    return involved(script, hosts, first);
  },
};
