// mpls_swap.ts -- a label switching router with 16k labels.

import { ethernet, ip4, join, macText, OWN, PEER, udp } from '../frames.ts';
import type { Pipeline } from '../measure.ts';
import { tableFile } from '../tables.ts';
import { gateways } from './l3fwd.ts';

const LABELS = 16_384, FIRST = 16_000;

/** One label, bottom of stack, TTL 64. */
const entry = (label: number): Uint8Array => Uint8Array.of(label >>> 12, label >>> 4 & 255, label << 4 & 0xf0 | 1, 64);

export const mplsSwap: Pipeline = {
  name: 'mpls_swap',
  what: '16k labels',
  yaml: dir => `
ports:
  e1: {address: 10.0.1.1/24, mac: "${macText(OWN)}"}
  e2: {address: 10.0.2.1/24}
neighbors:
${gateways('e2')}
mpls:
  ports: [e1, e2]
  labels: ${tableFile(dir, 'labels.txt', Array.from({ length: LABELS }, (_, i) => `${FIRST + i} swap ${100_000 + i * 7} 10.0.2.${i % 64 + 10}`))}
`,
  frame: random => {
    const packet = ip4(0x0b000001, random(), 17, udp(random() & 0xffff, 53, new Uint8Array(18)));
    return ethernet(OWN, PEER, 0x8847, join(entry(FIRST + random() % LABELS), packet));
  },
};
