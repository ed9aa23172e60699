// hops.ts -- a Hop in words: where a lookup leads, for people.

import { Drop } from '../../assembly/abi/drop.ts';
import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { LabelStack } from '../../assembly/abi/mpls.ts';
import { SrProxy } from '../../assembly/abi/proxy.ts';
import { Vxlan, VxlanFlag } from '../../assembly/abi/vxlan.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { IP4 } from '../../assembly/wire/ip4.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import { MPLS, MPLS_ENTRY } from '../../assembly/wire/mpls.ts';
import { formatIp, formatMac } from '../wire/address.ts';
import { bierGroupName } from './bier_groups.ts';
import type { Builder, BuiltPolicy } from './builder.ts';
import type { Position } from './file.ts';
import type { Switch } from './switch.ts';

export interface HopRow {
  /** HopKind in lower case; `drop` and `unreachable` say why in `to`. */
  readonly kind: string;
  /** Gateway, neighbour, group, policy, service, VRF, VTEP, reason, or labels and the neighbour they go to; "" where the kind says it all. */
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
    if (kind === HopKind.GROUP) return [...built.groups.values()].find(g => g?.hop === at)?.name ?? policyOf(built, p => [...p.groups.values()].includes(at));
    if (kind === HopKind.MPLS_PUSH) return pushed(sw, at);
    if (kind === HopKind.SRV6_ENCAPS || kind === HopKind.SRV6_INSERT) return policyOf(built, p => p.lists.some(l => l.at === view.getUint32(at + Hop.AUX, true)));
    if (kind === HopKind.SRV6_DX) return describeHop(sw, view.getUint32(at + Hop.VIA, true)).to;
    if (kind === HopKind.VXLAN_ENCAP) return remoteVtep(built, view.getUint32(at + Hop.AUX, true));
    if (kind === HopKind.BIER_ENCAP) return bierGroupName(built, at);
    if (kind === HopKind.SR_PROXY || kind === HopKind.SR_MASQUERADE) return [...built.services.values()].find(s => s.at + SrProxy.RETURN === at)?.name ?? '';
    return kind === HopKind.VRF ? vrfName(built, view.getUint32(at + Hop.AUX, true)) : '';
  };
  return {
    kind: HopKind[kind]!.toLowerCase(), to: to(), mac: toNeighbor ? formatMac(rewrite.subarray(0, 6)) : '',
    interface: kind === HopKind.SRV6_LOCAL ? '' : sw.interfaceName(sw.interfaceIndex(iface)), position: built.position(view.getUint32(at + Hop.LINE, true)),
  };
}

/** `16002 3002 via 192.0.2.2`, outermost label first. */
function pushed(sw: Switch, at: number): string {
  const { view } = sw.built.k, stack = view.getUint32(at + Hop.AUX, true), via = describeHop(sw, view.getUint32(at + Hop.VIA, true));
  const labels = Array.from({ length: view.getUint8(stack + LabelStack.COUNT) }, (_, i) => view.getUint32(stack + LabelStack.LABELS + i * MPLS.LEN) >>> MPLS_ENTRY.LABEL_SHIFT);
  return `${labels.join(' ')} via ${via.to || via.mac}`;
}

/** Name of the policy that fits, or "". */
const policyOf = ({ policies }: Builder, fits: (policy: BuiltPolicy) => boolean): string => [...policies].find(([, p]) => fits(p))?.[0] ?? '';

/** Name of a VRF by its index. */
export const vrfName = (b: Pick<Builder, 'vrfs'>, index: number): string => [...b.vrfs.keys()][index] ?? `VRF ${index}`;

/** Address that the file gives to the MAC at the start of an L2 header. */
function neighborAddress(b: Builder, iface: number, header: Uint8Array): string {
  const mac = header.subarray(0, 6), type = header.at(-2)! << 8 | header.at(-1)!, size = type === ETHERTYPE.IPV4 ? 4 : type === ETHERTYPE.IPV6 ? 16 : 0;
  for (const [key, n] of b.neighbors) {
    const address = Buffer.from(key.split(' ')[1]!, 'hex');
    if (n.iface.at === iface && (size === 0 || address.length === size) && n.mac.every((octet, i) => octet === mac[i])) return formatIp(address);
  }
  return '';
}

/** Where the outer header at a Vxlan leads; "" for a tunnel without a remote end. */
function remoteVtep({ k }: Builder, at: number): string {
  if (at === 0) return '';
  const six = (k.view.getUint8(at + Vxlan.FLAGS) & VxlanFlag.IP6) !== 0, dst = at + Vxlan.HEADERS + (six ? IP6.DST : IP4.DST);
  return formatIp(k.bytes.slice(dst, dst + (six ? 16 : 4)));
}
