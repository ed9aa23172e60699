// srv6.ts -- the rows of `show sids` and `show policies`.

import { Hop } from '../../assembly/abi/hop.ts';
import { Sid, SidBehavior, Srv6Policy } from '../../assembly/abi/srv6.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import { SRH } from '../../assembly/wire/srh.ts';
import { formatIp6, formatPrefix } from '../wire/address.ts';
import type { Srv6SidConfig } from './config.ts';
import type { Position } from './file.ts';
import { CSID_FLAVORS } from './srv6_csid.ts';
import { BEHAVIORS, FLAVORS, isSid } from './srv6_sids.ts';
import type { Switch } from './switch.ts';

/** One SID. */
export interface SidRow {
  /** Address, or prefix when it is shorter than 128 bits. */
  readonly sid: string;
  readonly behavior: string;
  readonly flavors: readonly string[];
  /** VRF that End.DT looks up in, else "". */
  readonly vrf: string;
  /** Interface that End.X sends by, else "". */
  readonly interface: string;
  /** What it asks of HMACs: `required`, `optional` or "". */
  readonly hmac: string;
  /** Processed without error: RFC 8986 section 6. */
  readonly packets: bigint;
  readonly bytes: bigint;
  readonly position: Position;
}

/** The SIDs of a switch in the order of the file. */
export function showSids(sw: Switch): SidRow[] {
  const b = sw.built, { view } = b.k, vrfs = [...b.vrfs.keys()], names = Object.keys(BEHAVIORS) as Srv6SidConfig['behavior'][];
  return b.routes.filter(r => isSid(view.getUint8(r.hop))).map(({ prefix, hop, position }) => {
    const behavior = view.getUint8(hop + Sid.BEHAVIOR), flavors = view.getUint8(hop + Sid.FLAVORS), via = view.getUint32(hop + Hop.VIA, true);
    return {
      sid: prefix.length === 128 ? formatIp6(prefix.address) : formatPrefix(prefix),
      behavior: names.find(n => BEHAVIORS[n] === behavior)!, flavors: [...Object.entries(FLAVORS).filter(([, bit]) => flavors & bit), ...Object.entries(CSID_FLAVORS).filter(([, kind]) => kind === view.getUint8(hop + Sid.CSID))].map(([name]) => name),
      vrf: behavior >= SidBehavior.END_DT6 ? vrfs[view.getUint32(hop + Sid.TABLE, true)]! : '',
      interface: via ? sw.interfaceName(sw.interfaceIndex(view.getUint32(via + Hop.IFACE, true))) : '',
      hmac: ['', 'optional', 'required'][view.getUint8(hop + Sid.HMAC)]!,
      packets: view.getBigUint64(hop + Hop.PACKETS, true), bytes: view.getBigUint64(hop + Hop.BYTES, true), position: position(),
    };
  });
}

/** One policy. */
export interface PolicyRow {
  readonly name: string;
  /** Path order. */
  readonly segments: readonly string[];
  /** What the headers hold of them, path order: the same, or C-SID containers. */
  readonly sent: readonly string[];
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
      name, segments, sent: sentBy(b, at), mode, packets: view.getBigUint64(at + Srv6Policy.PACKETS, true), bytes: view.getBigUint64(at + Srv6Policy.BYTES, true),
      position: b.position(view.getUint32(at + Srv6Policy.LINE, true))!,
    };
  });
}

/** The segments in the headers of a policy, the first one from the destination. */
function sentBy({ k: { view, bytes } }: Switch['built'], at: number): string[] {
  const ip = at + Srv6Policy.TEMPLATE, srh = ip + IP6.LEN, first = formatIp6(bytes.slice(ip + IP6.DST, ip + IP6.LEN));
  if (view.getUint16(at + Srv6Policy.LENGTH, true) === IP6.LEN) return [first];
  const left = view.getUint8(srh + SRH.SEGMENTS_LEFT);
  return [first, ...Array.from({ length: left }, (_, i) => srh + SRH.SEGMENT_LIST + (left - 1 - i) * SRH.SEGMENT_LEN).map(a => formatIp6(bytes.slice(a, a + SRH.SEGMENT_LEN)))];
}
