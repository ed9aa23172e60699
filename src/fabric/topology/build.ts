// build.ts -- the topology of a fabric file: its kind is asked what it needs,
// then puts the graph together.

import type { FabricConfig, TopologyConfig } from '../config.ts';
import type { Reader } from '../reader.ts';
import { type Cabling, HOLLOW_CORE_PS_PER_METRE, type Topology } from '../topology.ts';
import type { Kind, TopologyKey } from './kind.ts';
import { KINDS } from './kinds.ts';
import { beyondProfiles, type ProfileName } from './profile.ts';

/** Links that are counted at most: the million-card design has three for each card. */
const LINKS_MAX = 4_000_000;

/** @returns an empty topology where there were faults */
export function buildTopology(r: Reader, config: FabricConfig): Topology {
  const c = config.topology, kind = KINDS[c.kind], nothing: Topology = { kind: c.kind, devices: [], hosts: 0, planes: 1, links: [] };
  if (!fits(r, c, kind)) return nothing;
  const cabling = cables(r, config, kind), wrong = kind.wrong?.(c) ?? [], links = kind.links(c, cabling);
  for (const [key, message] of wrong) r.fault(['topology', key], message);
  if (wrong.length > 0) return nothing;
  if (links > LINKS_MAX) {
    r.fault(['topology'], `${links} links are more than there is room for (${LINKS_MAX})`);
    return nothing;
  }
  const t = r.collect(() => kind.build(c, cabling, name => r.text(name)));
  if (!t) return nothing;
  profiles(r, c, t);
  return t;
}

/** What the kind needs, and nothing that it does not know. */
function fits(r: Reader, c: TopologyConfig, kind: Kind): boolean {
  const missing = kind.needs.filter(key => c[key] === undefined), known = ['kind', 'profile', ...kind.needs, ...kind.knows] as string[];
  for (const key of missing) r.fault(['topology'], `a ${c.kind} needs "${key}"`);
  for (const key of Object.keys(c) as TopologyKey[]) if (!known.includes(key)) r.fault(['topology', key], `means nothing to a ${c.kind}`, true);
  if (c.parallel !== undefined && c.uplink?.includes('x')) r.fault(['topology', 'parallel'], `uplink ${c.uplink} says already how many links go side by side`, true);
  return missing.length === 0;
}

function cables(r: Reader, { topology: c, links = {} }: FabricConfig, kind: Kind): Cabling {
  const glass = links.fibre === 'hollow-core' ? HOLLOW_CORE_PS_PER_METRE : undefined, rate = c.rate ?? kind.rate?.(c) ?? '400G';
  const host = { members: 1, rate: r.rate(rate, ['topology', 'rate']), delay: r.delay(links.host ?? '3m') }, length = links.fabric ?? '50m';
  const between = r.delay(length, glass), up = c.uplink === undefined ? { ...host, delay: between } : r.bundle(c.uplink, between, ['topology', 'uplink']), fabric = { ...up, members: c.parallel ?? up.members }, delay = r.delay(links.core ?? length, glass);
  return { host, fabric, core: c.core_link === undefined ? { ...fabric, members: 1, delay } : r.bundle(c.core_link, delay, ['topology', 'core_link']) };
}

function profiles(r: Reader, { profile }: TopologyConfig, t: Topology): void {
  if (profile === undefined) return;
  const tiers = new Set(t.devices.slice(t.hosts).map(d => d.tier)), by = typeof profile === 'string' ? Object.fromEntries([...tiers].map(tier => [tier, profile])) : profile;
  for (const tier of Object.keys(by)) if (!tiers.has(tier)) r.fault(['topology', 'profile', tier], `no switches "${tier}" here: there are ${[...tiers].join(', ')}`, true);
  for (const message of beyondProfiles(t, tier => by[tier] as ProfileName | undefined)) r.fault(['topology', 'profile'], message);
}
