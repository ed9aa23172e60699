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
