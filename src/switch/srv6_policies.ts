// srv6_policies.ts -- SRv6 policies: the headers they push, and routes into them.

import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { DSCP_COPY, FLOW_LABEL_COPY, FLOW_LABEL_HASH, Srv6Policy } from '../../assembly/abi/srv6.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { IP6, IP6_MTU_MIN } from '../../assembly/wire/ip6.ts';
import { SRH, SRH_ROUTING_TYPE } from '../../assembly/wire/srh.ts';
import { parseIp, parseIp6 } from '../wire/address.ts';
import type { Builder } from './builder.ts';
import type { Srv6Config } from './config.ts';
import type { Path } from './file.ts';

/** VRF that SIDs and outer headers are routed in. */
export const UNDERLAY = 0;
/** Outer hop limit of a switch that names none: what hosts send with (IANA, IP parameters). */
export const HOP_LIMIT = 64;

/** Policies come before the routes that name them. */
export function buildPolicies(b: Builder): void {
  const config = b.config.srv6, policies = Object.entries(config?.policies ?? {});
  if (!config || policies.length === 0) return;
  if (config.source === undefined) b.fault(['srv6'], 'lacks "source", the outer source address of its policies');
  const source = config.source === undefined ? undefined : b.try(['srv6', 'source'], () => parseIp6(config.source!));
  for (const [name, { segments, mode }] of policies) {
    const path: Path = ['srv6', 'policies', name];
    const list = segments.map((s, i) => b.try([...path, 'segments', i], () => parseIp6(s)));
    if (source && list.every(s => s !== undefined)) b.policies.set(name, placePolicy(b, name, config, template(source, list, mode === 'encaps.red'), path));
  }
}

/**
 * The headers of RFC 8754 section 4.1: SL counts to the first segment, which
 * comes last in the list; the reduced list (4.1.1) is without it, and without
 * any SRH when it was the only one.
 */
export function template(source: Uint8Array, segments: readonly Uint8Array[], reduced: boolean): Uint8Array {
  const list = reduced ? segments.slice(1) : segments, bytes = list.length * SRH.SEGMENT_LEN;
  const header = new Uint8Array(IP6.LEN + (list.length > 0 ? SRH.LEN + bytes : 0)), srh = header.subarray(IP6.LEN);
  header.set(source, IP6.SRC);
  header.set(segments[0]!, IP6.DST);
  if (list.length === 0) return header;
  header[IP6.NEXT_HEADER] = IP_PROTOCOL.ROUTING;
  srh[SRH.HDR_EXT_LEN] = bytes / 8;
  srh[SRH.ROUTING_TYPE] = SRH_ROUTING_TYPE;
  srh[SRH.SEGMENTS_LEFT] = segments.length - 1;
  srh[SRH.LAST_ENTRY] = list.length - 1;
  list.forEach((s, i) => { srh.set(s, SRH.SEGMENT_LIST + (list.length - 1 - i) * SRH.SEGMENT_LEN); });
  return header;
}

/** Srv6Policy.FLOW_LABEL of a switch. */
export const flowLabel = ({ flow_label = 'hash' }: Srv6Config): number => (flow_label === 'copy' ? FLOW_LABEL_COPY : flow_label === 'hash' ? FLOW_LABEL_HASH : flow_label);

function placePolicy(b: Builder, name: string, config: Srv6Config, headers: Uint8Array, path: Path): number {
  const { hop_limit = HOP_LIMIT, dscp = 'copy' } = config;
  return b.record('SRv6 policy', name, Srv6Policy.TEMPLATE + headers.length, Srv6Policy.LINE, b.place(path), (view, bytes) => {
    view.setUint16(Srv6Policy.LENGTH, headers.length, true);
    view.setUint8(Srv6Policy.NEXT_AT, headers.length > IP6.LEN ? IP6.LEN + SRH.NEXT_HEADER : IP6.NEXT_HEADER);
    view.setUint8(Srv6Policy.HOP_LIMIT, hop_limit === 'copy' ? 0 : hop_limit);
    view.setUint8(Srv6Policy.DSCP, dscp === 'copy' ? DSCP_COPY : dscp);
    view.setUint32(Srv6Policy.FLOW_LABEL, flowLabel(config), true);
    bytes.set(headers, Srv6Policy.TEMPLATE);
  });
}

/** The hop of a route into policy `name`; with a gateway the outer packet is not looked up again. */
export function policyHop(b: Builder, name: string, { via, port }: { via?: string; port?: string }, path: Path): number | undefined {
  const policy = b.policy(name, [...path, 'srv6']);
  if (policy === undefined) return undefined;
  if (via === undefined && port !== undefined) {
    b.fault([...path, 'port'], 'needs `via` beside it: the outer packet is looked up by its first segment');
    return undefined;
  }
  const gateway = via === undefined ? undefined : b.try([...path, 'via'], () => parseIp(via));
  const next = gateway ? b.gatewayHop(UNDERLAY, gateway, port, ETHERTYPE.IPV6, [...path, 'via']) : 0;
  if (next === undefined || (via !== undefined && !gateway)) return undefined;
  const link = next ? b.k.view.getUint16(next + Hop.MTU, true) : 0xffff;
  if (link < IP6_MTU_MIN) {
    b.fault([...path, 'via'], `is behind an MTU of ${link}: IPv6 needs ${IP6_MTU_MIN}`);
    return undefined;
  }
  const mtu = Math.min(link, b.config.srv6!.policies![name]!.mtu ?? 0xffff) - b.k.view.getUint16(policy + Srv6Policy.LENGTH, true);
  return b.hop({ kind: HopKind.SRV6_ENCAPS, aux: policy, via: next, mtu, path });
}
