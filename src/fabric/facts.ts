// facts.ts -- a topology in figures, without a run: counts, oversubscription,
// bisection, hops, and what it takes to build.

import { formatRate } from './format.ts';
import { hopHistogram } from './hops.ts';
import { FIBRE_PS_PER_METRE, type Topology } from './topology.ts';
import { portRates } from './topology/profile.ts';

/** Picoseconds of the longest cable of copper: 3 m; longer ones have a transceiver at each end. */
const COPPER = 3 * FIBRE_PS_PER_METRE;

/** Switches that are equally far from hosts. Bit/s one way of all together. */
export interface Tier { readonly name: string; readonly switches: number; readonly down: number; readonly up: number; /** Of the largest switch: its ports by rate, and their sum. */ readonly ports: Readonly<Record<string, number>>; readonly capacity: number }

export interface Facts {
  readonly kind: string;
  readonly hosts: number;
  readonly planes: number;
  readonly switches: Readonly<Record<string, number>>;
  readonly links: { readonly host: number; readonly fabric: number };
  readonly tiers: readonly Tier[];
  /** Bit/s of all hosts over bit/s upward of the tier that has the least. */
  readonly oversubscription: number;
  /** Bit/s between the halves of the fabric, one way, when they are evenly connected: half of what the thinnest tier has upward. */
  readonly bisection: number;
  /** Pairs of hosts by how many switches are between them, plane by plane the same; `none`: no way. */
  readonly switchesBetween: Readonly<Record<string, number>>;
  /** What it takes: switches, transceivers by rate (two an optical link), copper cables. */
  readonly cost: { readonly switches: number; readonly transceivers: Readonly<Record<string, number>>; readonly copper: number };
}

export function describeTopology(t: Topology): Facts {
  const tiers = tiersOf(t), hostLinks = t.hosts * t.planes, fromHosts = tiers[0]?.fromHosts ?? 0, upward = tiers.filter(x => x.up > 0).map(x => x.up), thinnest = Math.min(fromHosts, ...upward);
  return {
    kind: t.kind, hosts: t.hosts, planes: t.planes, switches: Object.fromEntries(tiers.map(x => [x.name, x.switches])), links: { host: hostLinks, fabric: t.links.length - hostLinks },
    tiers: tiers.map(({ fromHosts: _, ...tier }) => tier),
    oversubscription: fromHosts / thinnest, bisection: thinnest / 2, switchesBetween: hopHistogram(t), cost: cost(t),
  };
}

/** Links from the nearest host, by device. */
function levels(t: Topology): Uint8Array {
  const level = new Uint8Array(t.devices.length);
  for (let i = 0; i < t.hosts * t.planes; i++) level[t.links[i]!.ends[1].device] = 1;
  for (let at = 1, more = true; more; at++) {
    more = false;
    for (let i = t.hosts * t.planes; i < t.links.length; i++) {
      const [{ device: a }, { device: b }] = t.links[i]!.ends;
      for (const [x, y] of [[a, b], [b, a]] as const)
        if (level[x] === at && level[y] === 0) {
          level[y] = at + 1;
          more = true;
        }
    }
  }
  return level;
}

function tiersOf(t: Topology): (Tier & { readonly fromHosts: number })[] {
  const level = levels(t), rates = portRates(t), sums = new Map<string, { level: number; switches: number; down: number; up: number; fromHosts: number; ports: Map<number, number>; capacity: number }>();
  for (let d = t.hosts; d < t.devices.length; d++) {
    const ports = rates[d - t.hosts]!, capacity = [...ports].reduce((s, [rate, n]) => s + rate * n, 0), tier = sums.get(t.devices[d]!.tier) ?? { level: level[d]!, switches: 0, down: 0, up: 0, fromHosts: 0, ports, capacity };
    sums.set(t.devices[d]!.tier, tier);
    tier.switches++;
    if (capacity > tier.capacity) Object.assign(tier, { ports, capacity });
  }
  const of = (device: number) => sums.get(t.devices[device]!.tier)!;
  t.links.forEach(({ ends: [a, b], rate }, i) => {
    if (i < t.hosts * t.planes) of(b.device).down += rate;
    else if (level[a.device] !== level[b.device]) {
      const [lower, upper] = level[a.device]! < level[b.device]! ? [a, b] : [b, a];
      of(lower.device).up += rate;
      of(upper.device).down += rate;
    }
  });
  const fromHosts = t.links.slice(0, t.hosts * t.planes).reduce((s, l) => s + l.rate, 0);
  return [...sums].sort(([, a], [, b]) => a.level - b.level).map(([name, { switches, down, up, ports, capacity }]) => ({
    name, switches, down, up, fromHosts, capacity, ports: Object.fromEntries([...ports].sort(([a], [b]) => a - b).map(([rate, n]) => [formatRate(rate), n])),
  }));
}

function cost(t: Topology): Facts['cost'] {
  const optics = new Map<number, number>();
  let copper = 0;
  for (const { rate, delay } of t.links) {
    if (delay <= COPPER) copper++;
    else optics.set(rate, (optics.get(rate) ?? 0) + 2);
  }
  return { switches: t.devices.length - t.hosts, transceivers: Object.fromEntries([...optics].map(([rate, n]) => [formatRate(rate), n])), copper };
}

/** Facts for people: what, and how much. */
export function factLines(f: Facts): (readonly [string, string])[] {
  const count = (n: number) => n.toLocaleString('en-US'), listed = (o: Readonly<Record<string, number>>, each: (key: string, n: number) => string) => Object.entries(o).map(([key, n]) => each(key, n)).join(', ');
  return [
    ['kind', f.kind], ['hosts', f.planes > 1 ? `${count(f.hosts)}, ${f.planes} ports each, a plane for each` : count(f.hosts)],
    ...f.tiers.map(x => [x.name, `${count(x.switches)} x ${formatRate(x.capacity)}: ${listed(x.ports, (rate, n) => `${n} x ${rate}`)}; ${x.up === 0 ? `${formatRate(x.down)}bit/s down` : `${formatRate(x.down)}bit/s down, ${formatRate(x.up)} up, ${ratio(x.down / x.up)}`}`] as const),
    ['links', `${count(f.links.host)} to hosts, ${count(f.links.fabric)} between switches`],
    ['oversubscription', ratio(f.oversubscription)], ['bisection', `${formatRate(f.bisection)}bit/s`],
    ['switches between', listed(f.switchesBetween, (n, pairs) => `${n}: ${count(pairs)} pairs`)],
    ['to build it', `${count(f.cost.switches)} switches, ${listed(f.cost.transceivers, (rate, n) => `${count(n)} transceivers of ${rate}`) || 'no transceivers'}, ${count(f.cost.copper)} copper cables`],
  ];
}

const ratio = (n: number): string => `${Number(n.toFixed(3))} : 1`;
