// l3fwd.ts -- IPv4 forwarding over 1k, 100k and 1M prefixes.

import type { Kernels } from '../../src/kernel/kernels.ts';
import { mac, macText, OWN, join, udp4 } from '../frames.ts';
import type { Pipeline } from '../measure.ts';
import { dirTables, hopTable, lines4, type Route4, routes4, tableFile } from '../tables.ts';
import { TWIN } from '../twins.ts';

const HOPS = 64;

/** Destination inside a prefix. */
export const within = (r: Route4, random: () => number): number => (r.prefix | (random() & (2 ** (32 - r.length) - 1))) >>> 0;

/** 64 gateways, MACs and addresses, on port `port`. */
export const gateways = (port: string): string =>
  Array.from({ length: HOPS }, (_, i) => `  - {address: 10.0.2.${i + 10}, mac: "${macText(mac(2, i))}", port: ${port}}\n`).join('');

const IP4 = Uint8Array.of(8, 0);

/** Hops of the twin, [t24, t8, hops]: entry 0 is nowhere. */
function twinTables(k: Kernels, list: readonly Route4[]): number[] {
  const from = mac(0, 0x0102), hops = Array.from({ length: HOPS }, (_, i) => ({ headers: join(mac(2, i), from, IP4), mtu: 1500, port: 1 }));
  return [...dirTables(k, list), hopTable(k, [{ headers: new Uint8Array(14), mtu: 0, port: 0 }, ...hops])];
}

export function l3fwd(label: string, count: number): Pipeline {
  const list = routes4(count, HOPS);
  return {
    name: `l3fwd_${label.toLowerCase()}`,
    what: `${label} IPv4 prefixes`,
    yaml: dir => `
ports:
  e1: {address: 10.0.1.1/24, mac: "${macText(OWN)}"}
  e2: {address: 10.0.2.1/24, mac: "${macText(mac(0, 0x0102))}"}
neighbors:
${gateways('e2')}
routes: ${tableFile(dir, 'routes.txt', lines4(list, hop => `10.0.2.${hop + 10}`))}
`,
    frame: random => {
      const r = list[random() % count]!;
      return udp4(random(), within(r, random));
    },
    twin: k => ({ id: TWIN.L3FWD, tables: twinTables(k, list) }),
  };
}
