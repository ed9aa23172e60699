// topology.ts -- a fabric as a graph: hosts, switches, and the links between
// them. Generators make one, the simulation and the reports read it.

/** One end of a link: `leaf1:e3`, by number of the device and of its port. */
export interface End { readonly device: number; readonly port: number }

export interface FabricLink {
  readonly ends: readonly [End, End];
  /** Bit/s, one way. */
  readonly rate: number;
  /** Picoseconds that light takes. */
  readonly delay: number;
}

export interface Device {
  readonly name: string;
  /** `host`, or a switch's tier: `leaf`, `spine`, `core`. */
  readonly tier: string;
  /** Ports it has so far. */
  ports: number;
}

export interface Topology {
  readonly kind: string;
  /** Hosts first, then switches. */
  readonly devices: readonly Device[];
  readonly hosts: number;
  /** Ports of a host. */
  readonly planes: number;
  /** The first hosts * planes links are those of hosts, in order of host and plane; their first end is the host. */
  readonly links: readonly FabricLink[];
}

/** Picoseconds a metre of glass takes: a refractive index of 1.5. */
export const FIBRE_PS_PER_METRE = 5000;

/** Puts a graph together. */
export class Wiring {
  readonly devices: Device[] = [];
  readonly links: FabricLink[] = [];

  add(name: string, tier: string): number {
    return this.devices.push({ name, tier, ports: 0 }) - 1;
  }

  /** @param rate bit/s @param metres of fibre */
  link(a: number, b: number, rate: number, metres: number): void {
    const end = (device: number): End => ({ device, port: this.devices[device]!.ports++ });
    this.links.push({ ends: [end(a), end(b)], rate, delay: Math.round(metres * FIBRE_PS_PER_METRE) });
  }

  done(kind: string, planes: number): Topology {
    const hosts = this.devices.filter(d => d.tier === 'host').length;
    return { kind, devices: this.devices, hosts, planes, links: this.links };
  }
}

/** Rates, bit/s, and lengths, metres, of links to hosts and of those between switches. */
export interface Cabling { readonly hostRate: number; readonly fabricRate: number; readonly hostMetres: number; readonly fabricMetres: number }

/** Two tiers: every leaf has a link (or `parallel`) to every spine. */
export function leafSpine(o: Cabling & { readonly leaves: number; readonly spines: number; readonly hostsPerLeaf: number; readonly parallel: number }): Topology {
  const w = new Wiring(), hosts = Array.from({ length: o.leaves * o.hostsPerLeaf }, (_, i) => w.add(`host${i + 1}`, 'host'));
  const leaves = Array.from({ length: o.leaves }, (_, i) => w.add(`leaf${i + 1}`, 'leaf')), spines = Array.from({ length: o.spines }, (_, i) => w.add(`spine${i + 1}`, 'spine'));
  hosts.forEach((h, i) => { w.link(h, leaves[Math.floor(i / o.hostsPerLeaf)]!, o.hostRate, o.hostMetres); });
  for (const l of leaves) for (const s of spines) for (let n = 0; n < o.parallel; n++) w.link(l, s, o.fabricRate, o.fabricMetres);
  return w.done('leaf-spine', 1);
}

/** Three tiers of k-port switches (Al-Fares 2008): k pods of k/2 edge and k/2 aggregation switches, (k/2)^2 cores, k^3/4 hosts. */
export function fatTree(o: Cabling & { readonly k: number }): Topology {
  const w = new Wiring(), { k } = o, half = k / 2, hosts = Array.from({ length: k * half * half }, (_, i) => w.add(`host${i + 1}`, 'host'));
  const tier = (name: string, n: number) => Array.from({ length: n }, (_, i) => w.add(`${name}${i + 1}`, name));
  const leaves = tier('leaf', k * half), spines = tier('spine', k * half), cores = tier('core', half * half);
  hosts.forEach((h, i) => { w.link(h, leaves[Math.floor(i / half)]!, o.hostRate, o.hostMetres); });
  for (let pod = 0; pod < k; pod++)
    for (let a = 0; a < half; a++) for (let b = 0; b < half; b++) w.link(leaves[pod * half + a]!, spines[pod * half + b]!, o.fabricRate, o.fabricMetres);
  for (let pod = 0; pod < k; pod++)
    for (let b = 0; b < half; b++) for (let c = 0; c < half; c++) w.link(spines[pod * half + b]!, cores[b * half + c]!, o.fabricRate, o.fabricMetres);
  return w.done('fat-tree', 1);
}

/**
 * Rail-optimised planes: card r of every server hangs on the leaves of rail r;
 * the spines of a plane join its leaves. A card has a port in every plane, and
 * no link joins two planes.
 */
export function railClos(o: Cabling & { readonly gpus: number; readonly rails: number; readonly planes: number; readonly leaves: number; readonly spines: number; readonly parallel: number }): Topology {
  const w = new Wiring(), { gpus, rails, planes } = o, perRail = o.leaves / rails, servers = gpus / rails, perLeaf = Math.ceil(servers / perRail);
  const hosts = Array.from({ length: gpus }, (_, i) => w.add(`gpu${i + 1}`, 'host'));
  const named = (tier: string, n: number) => Array.from({ length: planes }, (_, p) => Array.from({ length: n }, (_, i) => w.add(planes > 1 ? `${tier}${p + 1}-${i + 1}` : `${tier}${i + 1}`, tier)));
  const leaves = named('leaf', o.leaves), spines = named('spine', o.spines);
  hosts.forEach((h, i) => { for (let p = 0; p < planes; p++) w.link(h, leaves[p]![i % rails * perRail + Math.floor(Math.floor(i / rails) / perLeaf)]!, o.hostRate, o.hostMetres); });
  for (let p = 0; p < planes; p++) for (const l of leaves[p]!) for (const s of spines[p]!) for (let n = 0; n < o.parallel; n++) w.link(l, s, o.fabricRate, o.fabricMetres);
  return w.done('rail-clos', planes);
}
