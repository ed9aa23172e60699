// incast.ts -- everyone sends to one.

import type { Work } from './kind.ts';
import { involved } from './script.ts';

export const incast: Work = {
  needs: ['bytes'],
  knows: ['to'],
  make({ config, path, hosts, bytes, host }, script, ready) {
    const first = script.messages.length, to = config.to === undefined ? hosts[0]! : host(config.to, [...path, 'to']);
    hosts.forEach((src, i) => { if (src !== to) script.send(src, to, bytes, ready[i]); });
    return involved(script, [...new Set([...hosts, to])], first).slice(0, hosts.length);
  },
};
