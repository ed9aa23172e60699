// l2.ts -- a learning bridge: 1k stations send to 16k others.

import { ethernet, mac, macText, OWN } from '../frames.ts';
import type { Pipeline } from '../measure.ts';

const SENDERS = 1024, STATIONS = 15_000;
const FROM = 0xa, TO = 0xb, BROADCAST = new Uint8Array(6).fill(255);
/** What the frames carry: nothing that a bridge looks at. */
const TYPE = 0x88b5, PAYLOAD = new Uint8Array(46);

export const l2: Pipeline = {
  name: 'l2',
  what: '16k MACs',
  yaml: () => `
ports:
  e1: {mac: "${macText(OWN)}"}
  e2:
mac_table_size: 32768
bridges:
  lan: {ports: [e1, e2]}
`,
  *before() {
    for (let i = 0; i < STATIONS; i++) yield ['e2', ethernet(BROADCAST, mac(TO, i), TYPE, PAYLOAD)];
  },
  frame: random => ethernet(mac(TO, random() % STATIONS), mac(FROM, random() % SENDERS), TYPE, PAYLOAD),
};
