// topology.ts -- a fabric as a graph: hosts, switches, and the links between
// them. What makes one is in topology/, one kind a file; the simulation and the
// reports read it.

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
  /** Plane of a switch, from 0. */
  readonly plane: number;
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
  /** Picoseconds that its switches take, where the kind says so. */
  readonly latency?: number | undefined;
}

/** Picoseconds a metre of glass takes: a refractive index of 1.5. */
export const FIBRE_PS_PER_METRE = 5000;
/** Hollow core: light in air, 3.34 us/km. */
export const HOLLOW_CORE_PS_PER_METRE = 3340;

/** Links side by side between two devices: `80x800G`. Bit/s each; picoseconds. */
export interface Bundle { readonly members: number; readonly rate: number; readonly delay: number }

/** Links to hosts, between leaves and spines, and between spines and cores. */
export interface Cabling { readonly host: Bundle; readonly fabric: Bundle; readonly core: Bundle }

/** Puts a graph together. Hosts are added first, then switches; hosts' links first, in order of host and plane. */
export class Wiring {
  readonly devices: Device[] = [];
  readonly links: FabricLink[] = [];

  constructor(readonly cabling: Cabling) {}

  /** Devices name1, name2 ...; with several planes name1-1 ... */
  add(tier: string, n: number, name = tier, planes = 1): number[][] {
    return Array.from({ length: planes }, (_, plane) => Array.from({ length: n }, (_, i) => this.device(planes > 1 ? `${name}${plane + 1}-${i + 1}` : `${name}${i + 1}`, tier, plane)));
  }

  device(name: string, tier: string, plane = 0): number {
    return this.devices.push({ name, tier, plane, ports: 0 }) - 1;
  }

  /** A host, first, and its switch. */
  host(host: number, leaf: number): void {
    this.join(host, leaf, this.cabling.host);
  }

  /** Switches a and b, by a bundle. */
  join(a: number, b: number, { members, rate, delay }: Bundle): void {
    for (let n = 0; n < members; n++) this.link(a, b, rate, delay);
  }

  /** @param rate bit/s @param delay picoseconds */
  link(a: number, b: number, rate: number, delay: number): void {
    const end = (device: number): End => ({ device, port: this.devices[device]!.ports++ });
    this.links.push({ ends: [end(a), end(b)], rate, delay });
  }

  done(kind: string, planes: number, latency?: number): Topology {
    const hosts = this.devices.findIndex(d => d.tier !== 'host');
    return { kind, devices: this.devices, hosts: hosts < 0 ? this.devices.length : hosts, planes, links: this.links, latency };
  }
}
