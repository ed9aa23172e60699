// srv6.ts -- SRv6: End with 16k SIDs, H.Encaps with three segments, and
// End.DT4 over 100k prefixes.

import { colons, ethernet, ip4, ip6, join, mac, macText, octets, OWN, PEER, udp, udp4 } from '../frames.ts';
import type { Pipeline } from '../measure.ts';
import { dirTables, hashTable, hopTable, key, lines4, routes4, tableFile } from '../tables.ts';
import { TWIN } from '../twins.ts';
import { gateway6, gateways6 } from './ip6fwd.ts';
import { gateways, within } from './l3fwd.ts';

const HOPS = 64, SIDS = 16_384, POLICIES = 64;
const IPIP = 4, ROUTING = 43, NO_NEXT = 59;
const SOURCE = [0xfc00, 0, 1, 0, 0, 0, 0, 1], UP = mac(0, 0x0102), V6 = Uint8Array.of(0x86, 0xdd);

/** Function `f` of node `n`. */
const sid = (n: number, f: number): number[] => [0xfc00, 0, n, f, 0, 0, 0, 0];
/** Nodes of the paths, from 2 on; each is behind a gateway of its own. */
const node = (i: number): number => 2 + i % HOPS;

/** Segment routing header, RFC 8754 section 2; `list` as in the header: last segment first. */
const srh = (next: number, left: number, list: readonly number[][]): Uint8Array =>
  join(Uint8Array.of(next, list.length * 2, 4, left, list.length - 1, 0, 0, 0), ...list.map(octets));

const base = (srv6: string, routes: string): string => `
ports:
  e1: {address: ["2001:db8:1::1/64", 10.0.1.1/24], mac: "${macText(OWN)}"}
  e2: {address: ["2001:db8:2::1/64", 10.0.2.1/24], mac: "${macText(UP)}"}
neighbors:
${gateways6('e2')}${gateways('e2')}
srv6:
  source: "${colons(SOURCE)}"
  locators: {main: "fc00:0:1::/48"}
${srv6}
routes: ${routes}
`;

const nodeRoutes = Array.from({ length: HOPS }, (_, i) => `  - {to: "fc00:0:${node(i).toString(16)}::/48", via: "${gateway6(i)}"}\n`).join('');

export const srv6End: Pipeline = {
  name: 'srv6_end',
  what: '16k SIDs, SRH of 3 segments',
  yaml: dir => base(`  sids: ${tableFile(dir, 'sids.txt', Array.from({ length: SIDS }, (_, i) => `${colons(sid(1, i + 1))} End`))}`, `\n${nodeRoutes}`),
  frame: random => {
    const here = sid(1, 1 + random() % SIDS), next = sid(node(random()), random() & 0xffff), last = sid(node(random()), 0xd4);
    return ethernet(OWN, PEER, 0x86dd, ip6([0x2001, 0xdb8, 0xf, 0, 0, 0, 0, random() & 0xffff | 1], here, ROUTING, srh(NO_NEXT, 2, [last, next, here])));
  },
  twin: k => {
    const sids = Array.from({ length: SIDS }, (_, i) => ({ ...key(octets(sid(1, i + 1))), value: 1 }));
    const nodes = Array.from({ length: HOPS }, (_, i) => ({ low: key(octets(sid(node(i), 0))).low, high: 0n, value: i + 1 }));
    const hops = Array.from({ length: HOPS }, (_, i) => ({ headers: join(mac(2, i), UP, V6), mtu: 1500, port: 1 }));
    return { id: TWIN.SRV6_END, tables: [...hashTable(k, sids), ...hashTable(k, nodes), hopTable(k, [{ headers: new Uint8Array(14), mtu: 0, port: 0 }, ...hops])] };
  },
};

/** Segments of policy `i`, first first. */
const segments = (i: number): number[][] => [sid(node(i), 1), sid(node(i + 5), 2), sid(node(i + 9), 0xd4)];
/** Destinations of policy `i`: four prefixes. */
const steered = (i: number): number => 0x0a800000 + i * 0x100;

export const hEncaps: Pipeline = {
  name: 'h_encaps',
  what: '64 policies of 3 segments',
  yaml: () => base(
    `  policies:\n${Array.from({ length: POLICIES }, (_, i) => `    p${i}: {segments: [${segments(i).map(s => `"${colons(s)}"`).join(', ')}], mode: encaps, mtu: 1500}\n`).join('')}`,
    `\n${nodeRoutes}${Array.from({ length: POLICIES * 4 }, (_, i) => `  - {to: ${[10, 128 + (i >> 8), i & 255, 0].join('.')}/24, srv6: p${i % POLICIES}, via: "${gateway6(i % HOPS)}"}\n`).join('')}`),
  frame: random => udp4(random(), steered(random() % (POLICIES * 4)) + (random() & 255)),
  twin: k => {
    const list = Array.from({ length: POLICIES * 4 }, (_, i) => ({ prefix: steered(i), length: 24, hop: i % POLICIES }));
    const hops = Array.from({ length: POLICIES }, (_, i) => {
      const path = segments(i), header = ip6(SOURCE, path[0]!, ROUTING, srh(IPIP, path.length - 1, path.toReversed()));
      return { headers: join(mac(2, i), UP, V6, header), mtu: 1500 - header.length, port: 1 };
    });
    return { id: TWIN.H_ENCAPS, tables: [...dirTables(k, list), hopTable(k, [{ headers: new Uint8Array(110), mtu: 0, port: 0 }, ...hops])] };
  },
};

export function endDt4(): Pipeline {
  const list = routes4(100_000, HOPS), here = sid(1, 0xd4);
  return {
    name: 'end_dt4',
    what: '100k IPv4 prefixes behind the SID',
    yaml: dir => base(`  sids: {"${colons(here)}": {behavior: End.DT4, vrf: default}}`, tableFile(dir, 'routes.txt', lines4(list, hop => `10.0.2.${hop + 10}`))),
    frame: random => {
      const inner = ip4(0x0b000001 + (random() & 0xffff), within(list[random() % list.length]!, random), 17, udp(random() & 0xffff, 53, new Uint8Array(18)));
      return ethernet(OWN, PEER, 0x86dd, ip6([0x2001, 0xdb8, 0xf, 0, 0, 0, 0, 1], here, IPIP, inner));
    },
  };
}
