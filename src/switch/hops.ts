// hops.ts -- a Hop in words: where a lookup leads, for people.

import { Drop, Hop, HopKind } from '../../assembly/abi.ts';
import { formatIp, formatMac } from '../wire/address.ts';
import type { Builder } from './builder.ts';
import type { Position } from './file.ts';
import { policyName, sidText } from './srv6.ts';
import type { Switch } from './switch.ts';

export interface HopRow {
  /** HopKind in lower case; `drop` and `unreachable` say why in `to`. */
  readonly kind: string;
  /** Gateway, neighbour, group, VRF, SRv6 behaviour or policy, or reason; "" where the kind says it all. */
  readonly to: string;
  /** MAC of the neighbour; "" where none is known. */
  readonly mac: string;
  /** Interface it leaves by, or "". */
  readonly interface: string;
  /** The file's line that made it. */
  readonly position: Position | undefined;
}

/** @param at address of a Hop of the switch */
export function describeHop(sw: Switch, at: number): HopRow {
  const { built } = sw, { view, bytes } = built.k, kind = view.getUint8(at + Hop.KIND), iface = view.getUint32(at + Hop.IFACE, true);
  const rewrite = bytes.slice(at + Hop.REWRITE, at + Hop.REWRITE + view.getUint8(at + Hop.REWRITE_LEN));
  const toNeighbor = kind === HopKind.REWRITE || kind === HopKind.BRIDGE;
  const to = (): string => {
    if (kind === HopKind.DROP || kind === HopKind.UNREACHABLE) return Drop[view.getUint16(at + Hop.REASON, true)]!;
    if (toNeighbor) return neighborAddress(built, iface, rewrite);
    if (kind === HopKind.GLEAN) return rewrite.length > 0 ? formatIp(rewrite) : '';
    if (kind === HopKind.SRV6_LOCAL) return sidText(built, at);
    if (kind === HopKind.SRV6_ENCAPS) return policyName(built, view.getUint32(at + Hop.AUX, true));
    return kind === HopKind.VRF ? vrfName(built, view.getUint32(at + Hop.AUX, true)) : '';
  };
  return {
    kind: HopKind[kind]!.toLowerCase(), to: to(), mac: toNeighbor ? formatMac(rewrite.subarray(0, 6)) : '',
    interface: sw.interfaceName(sw.interfaceIndex(iface)), position: built.position(view.getUint32(at + Hop.LINE, true)),
  };
}

/** Name of a VRF by its index. */
export const vrfName = (b: Pick<Builder, 'vrfs'>, index: number): string => [...b.vrfs.keys()][index] ?? `VRF ${index}`;

/** Address that the file gives to the MAC at the start of an L2 header. */
function neighborAddress(b: Builder, iface: number, header: Uint8Array): string {
  const mac = header.subarray(0, 6), six = header.at(-2) === 0x86;
  for (const [key, n] of b.neighbors) {
    const address = Buffer.from(key.split(' ')[1]!, 'hex');
    if (n.iface.at === iface && (address.length === 16) === six && n.mac.every((octet, i) => octet === mac[i])) return formatIp(address);
  }
  return '';
}
