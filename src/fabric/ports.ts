// ports.ts -- ports by name: `leaf1:e3`, and patterns of such names.

import type { Topology } from './topology.ts';

export interface NamedPort {
  /** Its number in the simulation: devices in order, the ports of each in order. */
  readonly n: number;
  readonly name: string;
  readonly device: number;
  readonly port: number;
  readonly link: number;
  /** Name of the port at the other end. */
  readonly peer: string;
  /** Bit/s. */
  readonly rate: number;
}

export const portName = (t: Topology, device: number, port: number): string => `${t.devices[device]!.name}:e${port + 1}`;

/** All ports that have a link, in order of their number. */
export function listPorts(t: Topology): NamedPort[] {
  let next = 0;
  const first = t.devices.map(d => (next += d.ports) - d.ports);
  return t.links.flatMap(({ ends, rate }, link) => ends.map(({ device, port }, side) => {
    const other = ends[1 - side]!;
    return { n: first[device]! + port, name: portName(t, device, port), device, port, link, peer: portName(t, other.device, other.port), rate };
  })).sort((a, b) => a.n - b.n);
}

/**
 * Ports that a pattern names: `leaf1:e3`, `leaf1:*`, `spine*`; a star is any
 * text, a device alone all its ports.
 */
export function matchPorts(ports: readonly NamedPort[], pattern: string): NamedPort[] {
  const whole = pattern.includes(':') ? pattern : `${pattern}:*`;
  const regex = new RegExp(`^${whole.split('*').map(part => part.replace(/[^\w:-]/g, '\\$&')).join('.*')}$`);
  return ports.filter(p => regex.test(p.name));
}
