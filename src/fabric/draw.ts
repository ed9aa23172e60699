// draw.ts -- a topology as a drawing, for Mermaid or Graphviz, and as a list.

import { formatRate } from './format.ts';
import type { Topology } from './topology.ts';

/** Switches of a drawing; more are no picture. */
const DRAWN_MAX = 200;

/** What is drawn: pairs of switches with their links, and leaves with their hosts. */
interface Sketch { readonly switches: readonly string[]; readonly pairs: readonly { readonly upper: string; readonly lower: string; readonly links: number; readonly rate: number }[]; readonly hosts: ReadonlyMap<string, number> }

function sketch(t: Topology): Sketch | undefined {
  if (t.devices.length - t.hosts > DRAWN_MAX) return undefined;
  const pairs = new Map<string, { upper: string; lower: string; links: number; rate: number }>(), hosts = new Map<string, number>(), name = (n: number) => t.devices[n]!.name;
  t.links.forEach(({ ends: [a, b], rate }) => {
    if (a.device < t.hosts) hosts.set(name(b.device), (hosts.get(name(b.device)) ?? 0) + 1);
    else {
      const key = `${a.device} ${b.device}`, pair = pairs.get(key) ?? { upper: name(b.device), lower: name(a.device), links: 0, rate };
      pair.links++;
      pairs.set(key, pair);
    }
  });
  return { switches: t.devices.slice(t.hosts).map(d => d.name), pairs: [...pairs.values()], hosts };
}

const tooMany = (t: Topology): string => `${t.devices.length - t.hosts} switches: too many to draw`;

/** A Mermaid flowchart. */
export function mermaidTopology(t: Topology): string[] {
  const s = sketch(t), id = (name: string) => name.replaceAll(/\W/g, '_');
  if (!s) return [`%% ${tooMany(t)}`];
  return [
    'flowchart TB', ...s.switches.map(n => `  ${id(n)}["${n}"]`), ...s.pairs.map(p => `  ${id(p.upper)} ---${p.links > 1 ? `|${p.links}|` : ''} ${id(p.lower)}`),
    ...[...s.hosts].map(([leaf, n]) => `  ${id(leaf)} --- ${id(leaf)}_hosts(["${n} hosts"])`),
  ];
}

/** A Graphviz graph. */
export function dotTopology(t: Topology): string[] {
  const s = sketch(t), quoted = (name: string) => JSON.stringify(name);
  if (!s) return [`// ${tooMany(t)}`];
  return [
    'graph fabric {', '  rankdir=BT;', '  node [shape=box];', ...s.switches.map(n => `  ${quoted(n)};`),
    ...s.pairs.map(p => `  ${quoted(p.lower)} -- ${quoted(p.upper)} [label="${p.links > 1 ? `${p.links}x` : ''}${formatRate(p.rate)}"];`),
    ...[...s.hosts].map(([leaf, n]) => `  ${quoted(`${leaf} hosts`)} [label="${n} hosts", shape=ellipse];\n  ${quoted(`${leaf} hosts`)} -- ${quoted(leaf)};`), '}',
  ];
}

/** Every device and link by name; rates in bit/s, delays in picoseconds. */
export function listTopology(t: Topology): { devices: { name: string; tier: string; plane: number }[]; links: { ends: [string, string]; rate: number; delay: number }[] } {
  const end = ({ device, port }: { device: number; port: number }) => `${t.devices[device]!.name}:e${port + 1}`;
  return {
    devices: t.devices.map(({ name, tier, plane }) => ({ name, tier, plane })),
    links: t.links.map(({ ends: [a, b], rate, delay }) => ({ ends: [end(a), end(b)], rate, delay })),
  };
}
