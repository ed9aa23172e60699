// srv6.ts -- the rows of `show sids` and `show policies`.

import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { Sid, SidBehavior, Srv6Policy } from '../../assembly/abi/srv6.ts';
import { formatIp6, formatPrefix } from '../wire/address.ts';
import type { Srv6SidConfig } from './config.ts';
import type { Position } from './file.ts';
import { type CacheRow, showServices } from './services_report.ts';
import { BEHAVIORS, FLAVORS } from './srv6_sids.ts';
import type { Switch } from './switch.ts';

/** One SID. */
export interface SidRow {
  /** Address, or prefix when it is shorter than 128 bits. */
  readonly sid: string;
  readonly behavior: string;
  readonly flavors: readonly string[];
  /** VRF that End.DT looks up in, else "". */
  readonly vrf: string;
  /** Interface that End.X sends by, or that a service is behind, else "". */
  readonly interface: string;
  /** Processed without error: RFC 8986 section 6. */
  readonly packets: bigint;
  readonly bytes: bigint;
  /** Service behind the SID, or "", and what its proxy has cached. */
  readonly service: string;
  readonly cache: CacheRow | undefined;
  readonly position: Position;
}

/** The SIDs of a switch in the order of the file. */
export function showSids(sw: Switch): SidRow[] {
  const b = sw.built, { view } = b.k, services = showServices(sw), placed = [...b.services.values()], vrfs = [...b.vrfs.keys()], names = Object.keys(BEHAVIORS) as Srv6SidConfig['behavior'][];
  return b.routes.filter(r => view.getUint8(r.hop) === HopKind.SRV6_LOCAL).map(({ prefix, hop, position }) => {
    const behavior = view.getUint8(hop + Sid.BEHAVIOR), flavors = view.getUint8(hop + Sid.FLAVORS), via = view.getUint32(hop + Hop.VIA, true);
    const of = services[placed.findIndex(s => s.sid === hop)];
    return {
      sid: prefix.length === 128 ? formatIp6(prefix.address) : formatPrefix(prefix),
      behavior: of?.behavior ?? names.find(n => BEHAVIORS[n] === behavior)!, flavors: of?.flavors ?? Object.entries(FLAVORS).filter(([, bit]) => flavors & bit).map(([name]) => name),
      vrf: behavior >= SidBehavior.END_DT6 && !of ? vrfs[view.getUint32(hop + Sid.TABLE, true)]! : '',
      interface: of?.out ?? (via ? sw.interfaceName(sw.interfaceIndex(view.getUint32(via + Hop.IFACE, true))) : ''), service: of?.service ?? '', cache: of?.cache,
      packets: view.getBigUint64(hop + Hop.PACKETS, true), bytes: view.getBigUint64(hop + Hop.BYTES, true), position: position(),
    };
  });
}

/** One policy. */
export interface PolicyRow {
  readonly name: string;
  /** Path order. */
  readonly segments: readonly string[];
  readonly mode: string;
  /** Sent into it, outer headers counted. */
  readonly packets: bigint;
  readonly bytes: bigint;
  readonly position: Position;
}

/** The policies of a switch in the order of the file. */
export function showPolicies(sw: Switch): PolicyRow[] {
  const b = sw.built, { view } = b.k;
  return [...b.policies].map(([name, at]) => {
    const { segments, mode = 'encaps' } = b.config.srv6!.policies![name]!;
    return {
      name, segments, mode, packets: view.getBigUint64(at + Srv6Policy.PACKETS, true), bytes: view.getBigUint64(at + Srv6Policy.BYTES, true),
      position: b.position(view.getUint32(at + Srv6Policy.LINE, true))!,
    };
  });
}
