// ecmp.ts -- one route over a group of 64 members with weights 1 to 4.

import { macText, OWN, udp4 } from '../frames.ts';
import type { Pipeline } from '../measure.ts';
import { gateways } from './l3fwd.ts';

export const ecmp: Pipeline = {
  name: 'ecmp',
  what: '64 members, weights 1 to 4',
  yaml: () => `
ports:
  e1: {address: 10.0.1.1/24, mac: "${macText(OWN)}"}
  e2: {address: 10.0.2.1/24}
neighbors:
${gateways('e2')}
groups:
  uplinks:
    members:
${Array.from({ length: 64 }, (_, i) => `      - {via: 10.0.2.${i + 10}, weight: ${i % 4 + 1}}\n`).join('')}
routes:
  - {to: 10.9.0.0/16, group: uplinks}
`,
  frame: random => udp4(random(), 0x0a090000 | random() & 0xffff),
};
