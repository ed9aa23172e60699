// picture.ts -- a topology in figures, and as a drawing.

import { formatRate } from './format.ts';
import { waysToLeaves, leavesOf } from './routes.ts';
import type { Topology } from './topology.ts';

/** Switches drawn as a Mermaid flowchart; more are no picture. */
const DRAWN_MAX = 200;

export interface Facts {
  readonly kind: string;
  readonly hosts: number;
  readonly planes: number;
  readonly switches: Readonly<Record<string, number>>;
  readonly links: { readonly host: number; readonly fabric: number };
  /** Bit/s to hosts over bit/s up, of the leaves. */
  readonly oversubscription: number;
  /** Bit/s between the halves of the fabric, one way: what the leaves have upward, halved; no tier above is assumed to be thinner. */
  readonly bisection: number;
  /** Pairs of hosts by how many switches are between them, plane by plane the same. */
  readonly switchesBetween: Readonly<Record<string, number>>;
  /** Switches by name and figures for people. */
  readonly lines: readonly (readonly [string, string])[];
}

export function describeTopology(t: Topology): Facts {
  const tiers = t.devices.slice(t.hosts).map(d => d.tier), switches = Object.fromEntries([...new Set(tiers)].map(tier => [tier, tiers.filter(x => x === tier).length]));
  const hostLinks = t.hosts * t.planes, leaves = new Set(leavesOf(t)), sum = (list: readonly { rate: number }[]) => list.reduce((s, l) => s + l.rate, 0);
  const down = sum(t.links.slice(0, hostLinks)), up = sum(t.links.slice(hostLinks).filter(l => l.ends.some(e => leaves.has(e.device)))), between = hopHistogram(t);
  const facts = { kind: t.kind, hosts: t.hosts, planes: t.planes, switches, links: { host: hostLinks, fabric: t.links.length - hostLinks }, oversubscription: up === 0 ? Number.POSITIVE_INFINITY : down / up, bisection: Math.min(down, up) / 2, switchesBetween: between };
  const count = (n: number) => n.toLocaleString('en-US');
  return {
    ...facts,
    lines: [
      ['kind', t.kind], ['hosts', t.planes > 1 ? `${count(t.hosts)}, ${t.planes} ports each, a plane for each` : count(t.hosts)],
      ['switches', Object.entries(switches).map(([tier, n]) => `${count(n)} ${tier}`).join(', ')],
      ['links', `${count(hostLinks)} to hosts (${formatRate(t.links[0]?.rate ?? 0)}), ${count(facts.links.fabric)} between switches (${formatRate(t.links[hostLinks]?.rate ?? 0)})`],
      ['optics', `${count(facts.links.fabric * 2)} transceivers between switches`],
      ['oversubscription', up === 0 ? 'no links upward' : `${Number((down / up).toFixed(3))} : 1`], ['bisection', `${formatRate(facts.bisection)} bit/s`],
      ['switches between', Object.entries(between).map(([n, pairs]) => `${n}: ${count(pairs)} pairs`).join(', ')],
    ],
  };
}

/** Pairs of hosts, counted in the first plane, by the switches between them. */
function hopHistogram(t: Topology): Record<string, number> {
  const leaves = leavesOf(t), leafOf = Array.from({ length: t.hosts }, (_, h) => t.links[h * t.planes]!.ends[1].device), hosts = new Map<number, number>();
  for (const l of leafOf) hosts.set(l, (hosts.get(l) ?? 0) + 1);
  const histogram: Record<string, number> = {};
  const ways = waysToLeaves(t);
  leaves.forEach((leaf, i) => {
    const here = hosts.get(leaf) ?? 0;
    if (here === 0) return;
    histogram[1] = (histogram[1] ?? 0) + here * (here - 1);
    for (const [other, count] of hosts)
      if (other !== leaf && ways[i]!.has(other)) {
        const n = distance(t, ways[i]!, other, leaf) + 1;
        histogram[n] = (histogram[n] ?? 0) + here * count;
      }
  });
  return Object.fromEntries(Object.entries(histogram).map(([n, pairs]) => [n, pairs / 2]));
}

function distance(t: Topology, ways: ReadonlyMap<number, readonly { link: number }[]>, from: number, to: number): number {
  let n = 0;
  for (let at = from; at !== to; n++) {
    const { ends } = t.links[ways.get(at)![0]!.link]!, here = at;
    at = ends.find(e => e.device !== here)!.device;
  }
  return n;
}

/** Switches and the hosts behind each leaf, as a Mermaid flowchart. */
export function mermaidTopology(t: Topology): string[] {
  const count = t.devices.length - t.hosts;
  if (count > DRAWN_MAX) return [`%% ${count} switches: too many to draw`];
  const id = (n: number) => t.devices[n]!.name.replaceAll('-', '_'), pairs = new Map<string, number>(), hosts = new Map<number, number>();
  for (const { ends: [a, b] } of t.links) {
    if (a.device < t.hosts) hosts.set(b.device, (hosts.get(b.device) ?? 0) + 1);
    else pairs.set(`${id(b.device)} --- ${id(a.device)}`, (pairs.get(`${id(b.device)} --- ${id(a.device)}`) ?? 0) + 1);
  }
  return [
    'flowchart TB', ...t.devices.slice(t.hosts).map((d, i) => `  ${id(i + t.hosts)}["${d.name}"]`),
    ...[...pairs].map(([pair, n]) => `  ${n > 1 ? pair.replace('---', `---|${n}|`) : pair}`), ...[...hosts].map(([leaf, n]) => `  ${id(leaf)} --- ${id(leaf)}_hosts(["${n} hosts"])`),
  ];
}
