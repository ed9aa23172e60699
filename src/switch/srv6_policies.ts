// srv6_policies.ts -- SRv6 policies: the headers they push, and routes into them.

import { FLOW_FIELDS, Hop, HopKind } from '../../assembly/abi/hop.ts';
import { DSCP_COPY, FLOW_LABEL_COPY, FLOW_LABEL_HASH, SidCsid, Srv6Policy } from '../../assembly/abi/srv6.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { IP6, IP6_MTU_MIN } from '../../assembly/wire/ip6.ts';
import { SRH, SRH_FLAG, SRH_HMAC, SRH_HMAC_D, SRH_ROUTING_TYPE, SRH_TLV, SRH_TLV_TYPE } from '../../assembly/wire/srh.ts';
import { parseIp, parseIp6 } from '../wire/address.ts';
import type { Builder, BuiltPolicy } from './builder.ts';
import type { Srv6Config, Srv6PolicyConfig } from './config.ts';
import type { Path } from './file.ts';
import { bucketsOf } from './groups.ts';
import { compress } from './srv6_csid.ts';
import { sign } from './srv6_domain.ts';

/** VRF that SIDs and outer headers are routed in. */
export const UNDERLAY = 0;
/** Outer hop limit of a switch that names none: what hosts send with (IANA, IP parameters). */
export const HOP_LIMIT = 64;
/** Bytes of an HMAC TLV with the whole of a SHA-256 digest. */
const HMAC_TLV = SRH_HMAC.LEN + 32;

export const isInsert = (mode: string): boolean => mode.startsWith('insert');

/** Policies come before the routes that name them. */
export function buildPolicies(b: Builder): void {
  const config = b.config.srv6, policies = Object.entries(config?.policies ?? {});
  if (!config) return;
  if (config.source === undefined && policies.some(([, { mode = 'encaps' }]) => !isInsert(mode))) b.fault(['srv6'], 'lacks "source", the outer source address of its policies');
  const source = config.source === undefined ? new Uint8Array(16) : b.try(['srv6', 'source'], () => parseIp6(config.source!));
  if (source) for (const [name, policy] of policies) buildPolicy(b, config, source, name, policy);
}

function buildPolicy(b: Builder, config: Srv6Config, source: Uint8Array, name: string, policy: Srv6PolicyConfig): void {
  const { segments, lists, mode = 'encaps' } = policy, path: Path = ['srv6', 'policies', name];
  if ((segments === undefined) === (lists === undefined)) return void b.fault(path, 'needs `segments`, or `lists` of them with weights', true);
  const all = segments ? [{ segments, path }] : lists!.map((l, i) => ({ ...l, path: [...path, 'lists', i] }));
  const id = policy.hmac === undefined ? undefined : Number(policy.hmac), key = id === undefined ? undefined : b.hmacKeys.get(id);
  if (id !== undefined && key === undefined) return void b.fault([...path, 'hmac'], `no key ${policy.hmac} under srv6.hmac_keys`);
  const unfit = (['csid', 'hmac', 'tag', 'oam'] as const).find(word => isInsert(mode) && policy[word] !== undefined);
  if (unfit) return void b.fault([...path, unfit], `has no meaning where an SRH is inserted (mode ${mode})`, true);
  const built = all.flatMap((list, i) => {
    const addresses = list.segments.map((s, n) => b.try([...list.path, 'segments', n], () => parseIp6(s))), given = addresses.filter(a => a !== undefined);
    if (given.length < addresses.length) return [];
    const known = policy.csid ? compress(b, COMPRESSION[policy.csid], given, list.path) : given;
    if (!known) return [];
    // Of an inserted list the last segment is the destination that the packet has.
    const headers = template(source, isInsert(mode) ? [...known, new Uint8Array(16)] : known, policy, id);
    // Nothing that a digest covers changes from packet to packet, or on the way.
    if (key !== undefined) sign(b, key, headers, headers.length - HMAC_TLV);
    return { segments: list.segments, weight: 'weight' in list ? list.weight ?? 1 : 1, at: placeList(b, `${name} ${i}`, config, headers, list.path), path: list.path };
  });
  if (built.length === all.length) b.policies.set(name, { mode, lists: built, groups: new Map() });
}

const COMPRESSION = { next: SidCsid.NEXT, replace: SidCsid.REPLACE } as const;

/**
 * The headers of RFC 8754 section 4.1: SL counts to the first segment, which
 * comes last in the list; the reduced list (4.1.1) is without it, and there is
 * no SRH when it was the only one and has nothing else to say.
 * @param keyId of an HMAC TLV, which comes last; its digest is left zero
 */
export function template(source: Uint8Array, segments: readonly Uint8Array[], { mode, tag = 0, oam = false }: Srv6PolicyConfig, keyId: number | undefined): Uint8Array {
  const speaks = tag > 0 || oam || keyId !== undefined, reduced = (mode?.endsWith('.red') ?? false) && (segments.length > 1 || !speaks);
  const list = reduced ? segments.slice(1) : segments, bytes = list.length * SRH.SEGMENT_LEN, tlv = keyId === undefined ? 0 : HMAC_TLV;
  const header = new Uint8Array(IP6.LEN + (list.length > 0 ? SRH.LEN + bytes + tlv : 0)), srh = header.subarray(IP6.LEN), view = new DataView(srh.buffer, srh.byteOffset);
  header.set(source, IP6.SRC);
  header.set(segments[0]!, IP6.DST);
  if (list.length === 0) return header;
  header[IP6.NEXT_HEADER] = IP_PROTOCOL.ROUTING;
  srh[SRH.HDR_EXT_LEN] = (bytes + tlv) / 8;
  srh[SRH.ROUTING_TYPE] = SRH_ROUTING_TYPE;
  srh[SRH.SEGMENTS_LEFT] = segments.length - 1;
  srh[SRH.LAST_ENTRY] = list.length - 1;
  srh[SRH.FLAGS] = oam ? SRH_FLAG.O : 0;
  view.setUint16(SRH.TAG, tag);
  list.forEach((s, i) => { srh.set(s, SRH.SEGMENT_LIST + (list.length - 1 - i) * SRH.SEGMENT_LEN); });
  if (keyId === undefined) return header;
  const at = SRH.LEN + bytes;
  srh[at + SRH_HMAC.TYPE] = SRH_TLV_TYPE.HMAC;
  srh[at + SRH_HMAC.LENGTH] = HMAC_TLV - SRH_TLV.VALUE;
  // The first SID cannot compare the destination with a list that is without it.
  view.setUint16(at + SRH_HMAC.D_RESERVED, reduced ? SRH_HMAC_D : 0);
  view.setUint32(at + SRH_HMAC.KEY_ID, keyId);
  return header;
}

/** Srv6Policy.FLOW_LABEL of a switch. */
export const flowLabel = ({ flow_label = 'hash' }: Srv6Config): number => (flow_label === 'copy' ? FLOW_LABEL_COPY : flow_label === 'hash' ? FLOW_LABEL_HASH : flow_label);

/** @param name of the list, of all lists */
function placeList(b: Builder, name: string, config: Srv6Config, headers: Uint8Array, path: Path): number {
  const { hop_limit = HOP_LIMIT, dscp = 'copy' } = config;
  return b.record('SRv6 segment list', name, Srv6Policy.TEMPLATE + headers.length, Srv6Policy.LINE, b.place(path), (view, bytes) => {
    view.setUint16(Srv6Policy.LENGTH, headers.length, true);
    view.setUint8(Srv6Policy.NEXT_AT, headers.length > IP6.LEN ? IP6.LEN + SRH.NEXT_HEADER : IP6.NEXT_HEADER);
    view.setUint8(Srv6Policy.HOP_LIMIT, hop_limit === 'copy' ? 0 : hop_limit);
    view.setUint8(Srv6Policy.DSCP, dscp === 'copy' ? DSCP_COPY : dscp);
    view.setUint32(Srv6Policy.FLOW_LABEL, flowLabel(config), true);
    bytes.set(headers, Srv6Policy.TEMPLATE);
  });
}

/**
 * The hop into policy `name`; with a gateway the outer packet is not looked up again.
 * @param path of what leads there; the policy's name is under `key`
 */
export function policyHop(b: Builder, name: string, { via, port }: { via?: string; port?: string }, path: Path, key = 'srv6'): number | undefined {
  const policy = b.policy(name, [...path, key]);
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
  const mtu = Math.min(link, b.config.srv6!.policies![name]!.mtu ?? 0xffff);
  return policy.lists.length === 1 ? listHop(b, policy, 0, next, mtu, path) : listsHop(b, policy, next, mtu);
}

/** The hop into a segment list. @param mtu of what leaves with it */
function listHop(b: Builder, { mode, lists }: BuiltPolicy, i: number, via: number, mtu: number, path: Path): number {
  const aux = lists[i]!.at, bytes = b.k.view.getUint16(aux + Srv6Policy.LENGTH, true);
  if (isInsert(mode)) return b.hop({ kind: HopKind.SRV6_INSERT, aux, via, mtu: mtu - (bytes - IP6.LEN), path });
  return b.hop({ kind: HopKind.SRV6_ENCAPS, aux, via, mtu: mtu - bytes, path });
}

/** The hop that shares flows out to several lists by their weights. */
function listsHop(b: Builder, policy: BuiltPolicy, via: number, mtu: number): number {
  const known = policy.groups.get(via);
  if (known !== undefined) return known;
  const path = policy.lists[0]!.path.slice(0, -2), members = policy.lists.map(({ weight, path: at }, i) => ({ value: listHop(b, policy, i, via, mtu, at), weight, drain: false }));
  const group = bucketsOf(b, `${path.join('.')} ${via}`, {}, members), hop = b.hop({ kind: HopKind.GROUP, code: FLOW_FIELDS, aux: group.at, path });
  policy.groups.set(via, hop);
  return hop;
}
