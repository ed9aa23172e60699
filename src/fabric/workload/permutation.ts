// permutation.ts -- every host sends to one other and gets from one other; who
// is by lot, or the one as far along under the next leaf (cross-leaf).

import type { Job, Work } from './kind.ts';
import { involved, type Script } from './script.ts';

export const permutation: Work = {
  needs: ['bytes'],
  knows: [],
  make({ hosts, bytes, below }, script, ready) {
    const first = script.messages.length, to = [...hosts];
    // Sattolo 1986: one cycle, so nobody sends to itself.
    for (let i = to.length - 1; i > 0; i--) {
      const j = below(i);
      [to[i], to[j]] = [to[j]!, to[i]!];
    }
    hosts.forEach((src, i) => void script.send(src, to[i]!, bytes, ready[i]));
    return involved(script, hosts, first);
  },
};

export const crossLeaf: Work = {
  needs: ['bytes'],
  knows: [],
  make(job, script, ready) {
    const { hosts, bytes } = job, first = script.messages.length, step = perLeaf(job);
    hosts.forEach((src, i) => void script.send(src, hosts[(i + step) % hosts.length]!, bytes, ready[i]));
    return involved(script, hosts, first);
  },
};

/** Hosts that hang on one leaf with the first one. */
function perLeaf({ topology: { links, hosts, planes } }: Job): number {
  const leaf = links[0]!.ends[1].device;
  let n = 0;
  for (let h = 0; h < hosts; h++) if (links[h * planes]!.ends[1].device === leaf) n++;
  return n;
}

/** `from` a host `to` a host. */
export const message: Work = {
  needs: ['bytes', 'from', 'to'],
  knows: [],
  make({ config, path, bytes, host }, script: Script) {
    script.send(host(config.from!, [...path, 'from']), host(config.to!, [...path, 'to']), bytes);
    return undefined;
  },
};
