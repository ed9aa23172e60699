// containerlab.ts -- a containerlab file: its nodes become switches and hosts,
// its links links. A node of a group or with a label `host` or `server`, else
// one of kind linux with a single link, is a host. Hosts have equally many
// links; the n-th of each is in plane n. The rate of links is the fabric file's.

import { ConfigError, type Path, YamlFile } from '../../switch/file.ts';
import { nearest } from '../../switch/nearest.ts';
import type { TextFile } from '../text_file.ts';
import { type Cabling, type Topology, Wiring } from '../topology.ts';
import type { Kind } from './kind.ts';

interface Node { readonly kind?: string; readonly group?: string; readonly labels?: Readonly<Record<string, string>> }
interface Lab { readonly topology?: { readonly kinds?: object; readonly defaults?: { readonly kind?: string }; readonly nodes?: Readonly<Record<string, Node | null>>; readonly links?: readonly { readonly endpoints?: Endpoints }[] } }
type Endpoints = readonly (string | { readonly node?: string })[];

/** Tiers, by links from the nearest host. */
const TIERS = ['host', 'leaf', 'spine', 'core'];

export const containerlab: Kind = {
  needs: ['file'],
  knows: ['rate', 'uplink'],
  links: () => 0,
  build: (c, cabling, read) => containerlabTopology(read(c.file!), cabling),
};

/** @throws ConfigError */
function containerlabTopology({ name, text }: TextFile, cabling: Cabling): Topology {
  const file = new YamlFile(name, text, () => true), { nodes, links = [], defaults } = (file.value as Lab).topology ?? {}, refuse = (path: Path, message: string): never => { throw new ConfigError([file.fault(path, message)]); };
  if (!nodes || typeof nodes !== 'object' || !Array.isArray(links)) return refuse(['topology'], 'expected a containerlab file with topology.nodes and topology.links');
  const names = Object.keys(nodes), ends = (links as readonly { endpoints?: Endpoints }[]).map((l, i) => {
    const path = ['topology', 'links', i, 'endpoints'], both = (l?.endpoints ?? []).map(e => (typeof e === 'string' ? e.split(':')[0]! : e?.node ?? ''));
    if (both.length !== 2) refuse(path, 'expected two endpoints, as in ["leaf1:e1", "spine1:e1"]');
    both.forEach((n, k) => { if (!Object.hasOwn(nodes, n)) refuse([...path, k], `no node ${n} in this file${hint(nearest(n, names))}`); });
    return both as [string, string];
  });
  const degree = new Map<string, number>();
  for (const n of ends.flat()) degree.set(n, (degree.get(n) ?? 0) + 1);
  const isHost = (n: string) => {
    const { kind = defaults?.kind, group = '', labels = {} } = nodes[n] ?? {};
    return /^(host|server)s?$/i.test(group) || 'host' in labels || 'server' in labels || (kind === 'linux' && degree.get(n) === 1);
  };
  const hosts = names.filter(isHost), planes = degree.get(hosts[0] ?? '') ?? 0, odd = hosts.find(h => (degree.get(h) ?? 0) !== planes), known = new Set(hosts);
  if (hosts.length < 2) refuse(['topology', 'nodes'], `${hosts.length} hosts: a fabric needs two, of kind linux with a link, or of a group "hosts"`);
  if (planes === 0) refuse(['topology', 'nodes', hosts[0]!], `host ${hosts[0]} has no link`);
  if (odd) refuse(['topology', 'nodes', odd], `host ${odd} has ${degree.get(odd) ?? 0} links, ${hosts[0]} ${planes}: hosts need equally many, one for each plane`);
  const direct = ends.findIndex(both => both.every(n => known.has(n)));
  if (direct >= 0) refuse(['topology', 'links', direct], 'joins two hosts: hosts hang on switches');
  return wired(cabling, hosts, names.filter(n => !known.has(n)), ends, planes);
}

const hint = (guess: string | undefined): string => (guess ? `, do you mean "${guess}"?` : '');

function wired(cabling: Cabling, hosts: readonly string[], switches: readonly string[], ends: readonly (readonly [string, string])[], planes: number): Topology {
  const w = new Wiring(cabling), neighbors = new Map<string, string[]>(), level = new Map(hosts.map(h => [h, 0])), numbers = new Map<string, number>();
  for (const [a, b] of ends) for (const [n, m] of [[a, b], [b, a]] as const) neighbors.set(n, [...neighbors.get(n) ?? [], m]);
  for (const n of level.keys()) for (const m of neighbors.get(n) ?? []) if (!level.has(m)) level.set(m, level.get(n)! + 1);
  for (const h of hosts) numbers.set(h, w.device(h, 'host'));
  for (const s of switches) numbers.set(s, w.device(s, TIERS[level.get(s) ?? 0] ?? `tier${level.get(s)}`));
  for (const h of hosts) for (const leaf of neighbors.get(h)!) w.host(numbers.get(h)!, numbers.get(leaf)!);
  for (const [a, b] of ends) if (level.get(a) !== 0 && level.get(b) !== 0) w.join(numbers.get(a)!, numbers.get(b)!, cabling.fabric);
  return w.done('containerlab', planes);
}
