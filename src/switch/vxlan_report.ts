// vxlan_report.ts -- the tunnels of a switch and what went through: the rows of
// `show vxlan`.

import { Hop } from '../../assembly/abi/hop.ts';
import { Iface } from '../../assembly/abi/port.ts';
import { Vni } from '../../assembly/abi/vxlan.ts';
import { UDP_PORT } from '../../assembly/wire/udp.ts';
import { formatIp } from '../wire/address.ts';
import type { Switch } from './switch.ts';

/** A remote VTEP. */
export interface VxlanRemoteRow {
  readonly address: string;
  /** Interface its frames belong to: NAME@ADDRESS in an L2 VNI. */
  readonly interface: string;
  /** Sent there, outer headers included but for the Ethernet one. */
  readonly packets: bigint;
  readonly bytes: bigint;
}

export interface VxlanRow {
  readonly name: string;
  readonly vni: number;
  /** What it carries: exactly one of the two. */
  readonly bridge?: string;
  readonly vrf?: string;
  readonly local: readonly string[];
  /** VRF of the underlay, and UDP port. */
  readonly underlay: string;
  readonly port: number;
  /** Inner frames received. */
  readonly packets: bigint;
  readonly bytes: bigint;
  readonly remotes: readonly VxlanRemoteRow[];
}

/** All VNIs of a switch, in the order of the file. */
export function showVxlan(sw: Switch): VxlanRow[] {
  const { k, vxlans, bridges, vrfs } = sw.built, names = (map: ReadonlyMap<string, number>) => [...map.keys()];
  const sum = (records: readonly number[], field: number) => records.reduce((n, at) => n + k.view.getBigUint64(at + field, true), 0n);
  return [...vxlans].map(([name, e]) => ({
    name, vni: e.config.vni, ...(e.config.vrf_l3 === undefined ? { bridge: names(bridges)[e.domain]! } : { vrf: names(vrfs)[e.domain]! }),
    local: e.locals.map(formatIp), underlay: names(vrfs)[e.vrf]!, port: e.config.port ?? UDP_PORT.VXLAN,
    packets: sum(e.vnis, Vni.PACKETS), bytes: sum(e.vnis, Vni.BYTES),
    remotes: e.remotes.map(({ address, iface }) => {
      const text = formatIp(address), l3 = [...e.hops].filter(([key]) => key.startsWith(`${text} `)).map(([, hop]) => hop);
      const hops = e.config.vrf_l3 === undefined ? [k.view.getUint32(iface.at + Iface.HOP, true)] : l3;
      return { address: text, interface: iface.name, packets: sum(hops, Hop.PACKETS), bytes: sum(hops, Hop.BYTES) };
    }),
  }));
}
