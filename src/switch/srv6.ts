// srv6.ts -- the rows of `show sids` and `show policies`.

import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { Sid, SidBehavior, Srv6Policy } from '../../assembly/abi/srv6.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import { SRH } from '../../assembly/wire/srh.ts';
import { formatIp6, formatPrefix } from '../wire/address.ts';
import type { Srv6SidConfig } from './config.ts';
import type { Position } from './file.ts';
import { CSID_FLAVORS } from './srv6_csid.ts';
import { BEHAVIORS, FLAVORS, isSid } from './srv6_sids.ts';
import { describeHop, vrfName } from './hops.ts';
import { type CacheRow, showServices } from './services_report.ts';
import type { Switch } from './switch.ts';

/** One SID. */
export interface SidRow {
  /** Address, or prefix when it is shorter than 128 bits. */
  readonly sid: string;
  readonly behavior: string;
  readonly flavors: readonly string[];
  /** VRF that End.T and End.DT look up in, else "". */
  readonly vrf: string;
  /** Interface that End.X and End.DX send by, where it is one, or that a service is behind; else "". */
  readonly interface: string;
  /** What it asks of HMACs: `required`, `optional` or "". */
  readonly hmac: string;
  /** Neighbour or group (End.X, End.DX), policy (End.B6), labels (End.BM) or bridge (End.DT2); else "". */
  readonly to: string;
  /** Processed without error: RFC 8986 section 6. */
  readonly packets: bigint;
  readonly bytes: bigint;
  /** Service behind the SID, or "", and what its proxy has cached. */
  readonly service: string;
  readonly cache: CacheRow | undefined;
  readonly position: Position;
}

/** Behaviours whose Sid.TABLE is a VRF of the file. */
const IN_VRF: readonly number[] = [SidBehavior.END_T, SidBehavior.END_DT4, SidBehavior.END_DT6, SidBehavior.END_DT46];
const IN_BRIDGE: readonly number[] = [SidBehavior.END_DT2U, SidBehavior.END_DT2M];

/** The SIDs of a switch in the order of the file. */
export function showSids(sw: Switch): SidRow[] {
  const b = sw.built, { view } = b.k, services = showServices(sw), placed = [...b.services.values()], names = Object.keys(BEHAVIORS) as Srv6SidConfig['behavior'][];
  return b.routes.filter(r => isSid(view.getUint8(r.hop))).map(({ prefix, hop, position }) => {
    const behavior = view.getUint8(hop + Sid.BEHAVIOR), flavors = view.getUint8(hop + Sid.FLAVORS), table = view.getUint32(hop + Sid.TABLE, true), of = services[placed.findIndex(s => s.sid === hop)];
    return {
      sid: prefix.length === 128 ? formatIp6(prefix.address) : formatPrefix(prefix),
      behavior: of?.behavior ?? names.find(n => BEHAVIORS[n] === behavior)!, flavors: of?.flavors ?? [...Object.entries(FLAVORS).filter(([, bit]) => flavors & bit), ...Object.entries(CSID_FLAVORS).filter(([, kind]) => kind === view.getUint8(hop + Sid.CSID))].map(([name]) => name),
      vrf: IN_VRF.includes(behavior) ? vrfName(b, table) : '', ...wayOf(sw, hop, behavior), ...(of && { interface: of.out }), service: of?.service ?? '', cache: of?.cache,
      hmac: ['', 'optional', 'required'][view.getUint8(hop + Sid.HMAC)]!,
      packets: view.getBigUint64(hop + Hop.PACKETS, true), bytes: view.getBigUint64(hop + Hop.BYTES, true), position: position(),
    };
  });
}

function wayOf(sw: Switch, sid: number, behavior: number): Pick<SidRow, 'interface' | 'to'> {
  const { view } = sw.built.k, table = view.getUint32(sid + Sid.TABLE, true), iface = view.getUint32(sid + Hop.IFACE, true);
  if (IN_BRIDGE.includes(behavior)) return { interface: '', to: [...sw.built.bridges.keys()][table]! };
  if (behavior === SidBehavior.END_DX2) return { interface: sw.interfaceName(sw.interfaceIndex(iface)), to: '' };
  const cross = behavior === SidBehavior.END_DX4 || behavior === SidBehavior.END_DX6 ? sw.built.routes.find(r => r.vrf === table)!.hop : 0;
  const via = view.getUint32((cross || sid) + Hop.VIA, true);
  return via === 0 ? { interface: '', to: '' } : describeHop(sw, via);
}

/** A segment list of a policy. */
export interface PolicyRow {
  readonly name: string;
  /** Path order. */
  readonly segments: readonly string[];
  /** What the headers hold of them, path order: the same, or C-SID containers. */
  readonly sent: readonly string[];
  readonly mode: string;
  /** Share of the flows, against those of the other lists of the policy. */
  readonly weight: number;
  /** Binding SID, or "". */
  readonly bsid: string;
  /** Sent into it, outer headers counted. */
  readonly packets: bigint;
  readonly bytes: bigint;
  readonly position: Position;
}

/** The policies of a switch in the order of the file, a row for each list. */
export function showPolicies(sw: Switch): PolicyRow[] {
  const b = sw.built, { view } = b.k;
  return [...b.policies].flatMap(([name, { mode, lists }]) => lists.map(({ segments, weight, at }) => ({
    name, segments, sent: sentBy(b, at), mode, weight, bsid: b.config.srv6!.policies![name]!.bsid ?? '',
    packets: view.getBigUint64(at + Srv6Policy.PACKETS, true), bytes: view.getBigUint64(at + Srv6Policy.BYTES, true),
    position: b.position(view.getUint32(at + Srv6Policy.LINE, true))!,
  })));
}

/** The row of the list that a hop leads into; undefined for another hop. */
export function policyRow(sw: Switch, hop: number): PolicyRow | undefined {
  const b = sw.built, kind = hop === 0 ? 0 : b.k.view.getUint8(hop);
  if (kind !== HopKind.SRV6_ENCAPS && kind !== HopKind.SRV6_INSERT) return undefined;
  const at = b.k.view.getUint32(hop + Hop.AUX, true);
  return showPolicies(sw)[[...b.policies.values()].flatMap(p => p.lists).findIndex(l => l.at === at)];
}

/** The segments in the headers of a policy, the first one from the destination. */
function sentBy({ k: { view, bytes } }: Switch['built'], at: number): string[] {
  const ip = at + Srv6Policy.TEMPLATE, srh = ip + IP6.LEN, first = formatIp6(bytes.slice(ip + IP6.DST, ip + IP6.LEN));
  if (view.getUint16(at + Srv6Policy.LENGTH, true) === IP6.LEN) return [first];
  const left = view.getUint8(srh + SRH.SEGMENTS_LEFT);
  return [first, ...Array.from({ length: left }, (_, i) => srh + SRH.SEGMENT_LIST + (left - 1 - i) * SRH.SEGMENT_LEN).map(a => formatIp6(bytes.slice(a, a + SRH.SEGMENT_LEN)))];
}
