// ip6fwd.ts -- IPv6 forwarding over 100k prefixes.

import { colons, ethernet, ip6, mac, macText, OWN, PEER } from '../frames.ts';
import type { Pipeline } from '../measure.ts';
import { lines6, routes6, tableFile } from '../tables.ts';

const HOPS = 64, COUNT = 100_000;

/** Destination inside a prefix. */
const within = (prefix: readonly number[], length: number, random: () => number): number[] =>
  prefix.map((w, i) => w | (random() & 0xffff >>> Math.min(16, Math.max(0, length - i * 16))));

export function ip6fwd(): Pipeline {
  const list = routes6(COUNT, HOPS);
  return {
    name: 'ip6fwd',
    what: '100k IPv6 prefixes',
    yaml: dir => `
ports:
  e1: {address: "2001:db8:1::1/64", mac: "${macText(OWN)}"}
  e2: {address: "2001:db8:2::1/64"}
neighbors:
${gateways6('e2')}
routes: ${tableFile(dir, 'routes.txt', lines6(list, gateway6))}
`,
    frame: random => {
      const { prefix, length } = list[random() % COUNT]!, src = [0x2001, 0xdb8, 0xf, 0, 0, 0, 0, random() & 0xffff | 1];
      return ethernet(OWN, PEER, 0x86dd, ip6(src, within(prefix, length, random), 59, new Uint8Array(8)));
    },
  };
}

/** 64 gateways on port `port`. */
export const gateway6 = (hop: number): string => colons([0x2001, 0xdb8, 2, 0, 0, 0, 0, hop + 0x10]);
export const gateways6 = (port: string): string =>
  Array.from({ length: HOPS }, (_, i) => `  - {address: "${gateway6(i)}", mac: "${macText(mac(2, i))}", port: ${port}}\n`).join('');
