// vxlan.ts -- a VTEP: 64 remote ones, 4k stations behind them, 1k here.

import { dotted, ethernet, ip4, join, mac, macText, OWN, udp } from '../frames.ts';
import type { Pipeline } from '../measure.ts';
import { hashTable, hopTable, key } from '../tables.ts';
import { TWIN } from '../twins.ts';

const REMOTES = 64, STATIONS = 4096, HERE = 1024, VNI = 100;
const THERE_KIND = 0xb, HERE_KIND = 0xa;
const LOCAL = 0x0aff0001, remote = (i: number): number => 0x0aff0100 + i;
const UP = mac(0, 0x0102), NEXT = mac(2, 1);

const yaml = (first: 'e1' | 'up'): string => {
  const ports = { e1: `  e1: {bridge: lan, mac: "${macText(OWN)}"}\n`, up: `  up: {address: 10.0.0.0/31, mtu: 9000, mac: "${macText(UP)}"}\n` };
  return `
ports:
${ports[first]}${ports[first === 'e1' ? 'up' : 'e1']}
bridges: {lan: }
neighbors:
  - {address: 10.0.0.1, mac: "${macText(NEXT)}", port: up}
routes:
  - {to: 10.255.1.0/24, via: 10.0.0.1}
vxlan:
  vx100: {vni: ${VNI}, bridge: lan, local: ${dotted(LOCAL)}, remotes: [${Array.from({ length: REMOTES }, (_, i) => dotted(remote(i))).join(', ')}], mtu: 1500}
`;
};

const station = (i: number): Uint8Array => mac(THERE_KIND, i);
const host = (i: number): Uint8Array => mac(HERE_KIND, i);

/** A frame between two stations of the LAN. */
const inside = (dst: Uint8Array, src: Uint8Array, random: () => number): Uint8Array =>
  ethernet(dst, src, 0x0800, ip4(random(), random(), 17, udp(random() & 0xffff, 53, new Uint8Array(18))));

/** A frame as remote VTEP `i` sends it. */
const tunnelled = (i: number, frame: Uint8Array, sport: number): Uint8Array =>
  ethernet(UP, NEXT, 0x0800, ip4(remote(i), LOCAL, 17, udp(sport, 4789, join(Uint8Array.of(8, 0, 0, 0, 0, 0, VNI, 0), frame))));

/** What teaches the bridge where everybody is; group frames would be flooded 64 times. */
function* hellos(): Generator<readonly [string, Uint8Array]> {
  const zero = () => 0;
  for (let i = 0; i < HERE; i++) yield ['e1', inside(host(0), host(i), zero)];
  for (let i = 0; i < STATIONS; i++) yield ['up', tunnelled(i % REMOTES, inside(host(0), station(i), zero), 49152)];
}

export const vxlanEncap: Pipeline = {
  name: 'vxlan_encap',
  what: '4k MACs behind 64 VTEPs',
  yaml: () => yaml('e1'),
  before: hellos,
  frame: random => inside(station(random() % STATIONS), host(random() % HERE), random),
  twin: k => {
    const entries = [
      ...Array.from({ length: STATIONS }, (_, i) => ({ ...key(station(i)), value: i % REMOTES + 2 })),
      ...Array.from({ length: HERE }, (_, i) => ({ ...key(host(i)), value: 1 })),
    ];
    const hops = Array.from({ length: REMOTES }, (_, i) => ({ headers: outer(i), mtu: 1500, port: 1 }));
    const nowhere = { headers: new Uint8Array(50), mtu: 0, port: 0 };
    return { id: TWIN.VXLAN_ENCAP, tables: [...hashTable(k, entries), hopTable(k, [nowhere, nowhere, ...hops])] };
  },
};

/** Ethernet, IPv4, UDP and VXLAN towards remote VTEP `i`; lengths, checksum and source port are the twin's to fill in. */
function outer(i: number): Uint8Array {
  const headers = ethernet(NEXT, UP, 0x0800, ip4(LOCAL, remote(i), 17, udp(0, 4789, Uint8Array.of(8, 0, 0, 0, 0, 0, VNI, 0))));
  headers.set([0, 0], 16);
  headers.set([0x40, 0], 20);
  headers.set([0, 0], 24);
  headers.set([0, 0], 38);
  return headers;
}

export const vxlanDecap: Pipeline = {
  name: 'vxlan_decap',
  what: '4k MACs behind 64 VTEPs',
  yaml: () => yaml('up'),
  before: hellos,
  frame: random => {
    const i = random() % STATIONS;
    return tunnelled(i % REMOTES, inside(host(random() % HERE), station(i), random), 49152 + (random() & 0x3fff));
  },
};
