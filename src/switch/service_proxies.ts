// service_proxies.ts -- services in memory: their proxies, the routes into them
// and back, their labels and SIDs.

import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { LabelOp } from '../../assembly/abi/mpls.ts';
import { Iface, IfaceKind } from '../../assembly/abi/port.ts';
import { PROXY_DSCP_COPY, PROXY_OF, ProxyCache, ProxyInner, SrProxy } from '../../assembly/abi/proxy.ts';
import { Sid, SidBehavior } from '../../assembly/abi/srv6.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { DSCP_SHIFT } from '../../assembly/wire/ip.ts';
import { IP6, IP6_VCF } from '../../assembly/wire/ip6.ts';
import { MPLS, MPLS_ENTRY } from '../../assembly/wire/mpls.ts';
import { SRH } from '../../assembly/wire/srh.ts';
import { formatPrefix, parseIp, parseIp6, parseMac } from '../wire/address.ts';
import type { Builder, Interface } from './builder.ts';
import { labelWords, ttlModel } from './label_stack.ts';
import { addLabel, ownLabel } from './mpls.ts';
import { type Behavior, flagsOf, type PlacedService } from './services.ts';
import { flowLabel, HOP_LIMIT, template, UNDERLAY } from './srv6_policies.ts';
import { ip6Prefix } from './srv6_csid.ts';
import { allowed } from './srv6_sids.ts';

const INNER = { ip4: ProxyInner.IP4, ip6: ProxyInner.IP6, ethernet: ProxyInner.ETHERNET } as const;
/** TTL of cached labels (RFC 3443 section 3.2). */
const LABEL_TTL = 255;

/** The proxies, their VRFs, and the labels of those that have one. */
export function buildServices(b: Builder): void {
  // What runs keeps its own entries while its file is read anew.
  b.services = new Map([...b.services].map(([name, s]) => [name, { ...s }]));
  for (const s of b.services.values()) build(b, s);
  for (const iface of new Set([...b.services.values()].flatMap(s => s.in ?? []))) ways(b, iface);
}

function build(b: Builder, s: PlacedService): void {
  const { k } = b, { name, config, path } = s, inner = config.inner === undefined ? ProxyInner.ANY : INNER[config.inner], six = inner !== ProxyInner.IP4;
  const hop = inner === ProxyInner.ETHERNET ? 0 : serviceHop(b, s, six ? ETHERTYPE.IPV6 : ETHERTYPE.IPV4), headers = staticCache(b, s, inner), flows = flowTable(b, s);
  if (hop === undefined) return;
  const copies = config.cache !== undefined && config.label === undefined && (b.config.srv6?.dscp ?? 'copy') === 'copy';
  s.at = b.record('service', name, SrProxy.SIZEOF, SrProxy.LINE, b.place(path), (view, bytes) => {
    view.setUint8(SrProxy.FLAGS, flagsOf(config));
    view.setUint8(SrProxy.INNER, inner);
    view.setUint8(SrProxy.DSCP, copies ? PROXY_DSCP_COPY : 0);
    view.setUint32(SrProxy.HOP, hop, true);
    view.setUint32(SrProxy.TO_SERVICE, s.toService, true);
    view.setUint32(SrProxy.FROM_SERVICE, s.in?.domain ?? 0, true);
    view.setUint16(SrProxy.OUT, s.out.index, true);
    view.setUint32(SrProxy.FLOW_LABEL, flowLabel(b.config.srv6 ?? {}), true);
    view.setUint32(SrProxy.FLOWS, flows, true);
    view.setUint8(SrProxy.RETURN + Hop.KIND, config.behavior === 'End.AM' ? HopKind.SR_MASQUERADE : HopKind.SR_PROXY);
    view.setUint16(SrProxy.CACHE + ProxyCache.LENGTH, headers.length, true);
    bytes.set(headers, SrProxy.CACHE + ProxyCache.HEADERS);
  });
  k.view.setUint32(s.at + SrProxy.RETURN + Hop.LINE, k.view.getUint32(s.at + SrProxy.LINE, true), true);
  k.view.setUint32(s.at + SrProxy.RETURN + PROXY_OF, s.at, true);
  if (s.toService) b.routes.push({ vrf: s.toService, prefix: everything(six), hop, position: b.place(path) });
  const { label } = config;
  if (label !== undefined && ownLabel(b, label, [...path, 'label']))
    addLabel(b, { label, does: 'service', to: name, op: LabelOp.SERVICE, flags: ttlModel(b), target: s.at }, [...path, 'label']);
}

/** Default routes of IFACE-IN's VRF; a family that no proxy there takes drops PROXY_PAYLOAD in one that does not. */
function ways(b: Builder, iface: Interface): void {
  const mine = [...b.services.values()].filter(s => s.in === iface), first = mine[0]!;
  b.generation.later(() => { b.k.view.setUint32(iface.at + Iface.RETURN, first.at + SrProxy.RETURN, true); });
  if (iface.kind !== IfaceKind.L3) return;
  for (const six of [false, true]) {
    const { at, path } = mine.find(s => (six ? s.config.inner !== 'ip4' : s.config.inner === 'ip4')) ?? first;
    b.routes.push({ vrf: iface.domain, prefix: everything(six), hop: at + SrProxy.RETURN, position: b.place(path) });
  }
}

const everything = (six: boolean) => ({ address: new Uint8Array(six ? 16 : 4), length: 0 });

/** S-ADDR: a MAC, or an address that a neighbour answers for. */
function serviceHop(b: Builder, { config: { via, mac }, out, path }: PlacedService, ethertype: number): number | undefined {
  if (mac !== undefined) {
    const address = b.try([...path, 'mac'], () => parseMac(mac));
    return address && b.neighborHop(out, address, ethertype, path);
  }
  const gateway = b.try([...path, 'via'], () => parseIp(via!));
  return gateway && b.gatewayHop(out.domain, gateway, out.name, ethertype, [...path, 'via']);
}

/** CACHE of a static proxy: an outer IPv6 header with what follows it, or labels; empty for all others. */
function staticCache(b: Builder, { config, path }: PlacedService, inner: ProxyInner): Uint8Array {
  const none = new Uint8Array();
  if (!config.cache) return none;
  const { source = b.config.srv6?.source, segments, mode, labels } = config.cache, where = [...path, 'cache'], mpls = config.label !== undefined;
  const unfit = mpls ? (['source', 'segments', 'mode'] as const) : (['labels'] as const);
  for (const key of unfit) if (config.cache[key] !== undefined) b.fault([...where, key], `has no meaning with a ${mpls ? 'label' : 'SID'}`, true);
  if (mpls) {
    if (labels) return stackBytes(labelWords(b, labels, [...where, 'labels']), labels.length);
    b.fault(where, 'lacks "labels", the stack to put back');
    return none;
  }
  if (!segments || source === undefined) {
    b.fault(where, segments ? 'lacks "source", and srv6 has none' : 'lacks "segments", the path to put back');
    return none;
  }
  const from = b.try([...where, 'source'], () => parseIp6(source)), list = segments.map((s, i) => b.try([...where, 'segments', i], () => parseIp6(s)));
  return from && list.every(s => s !== undefined) ? outerHeader(b, template(from, list, mode === undefined ? {} : { mode }, undefined), inner) : none;
}

/** What of an outer header the switch file says for all. */
function outerHeader(b: Builder, header: Uint8Array, inner: ProxyInner): Uint8Array {
  const { dscp = 'copy', hop_limit = HOP_LIMIT } = b.config.srv6 ?? {};
  new DataView(header.buffer).setUint32(0, (dscp === 'copy' ? 0 : dscp << DSCP_SHIFT) << IP6_VCF.CLASS_SHIFT);
  header[IP6.HOP_LIMIT] = hop_limit === 'copy' ? HOP_LIMIT : hop_limit;
  header[header.length > IP6.LEN ? IP6.LEN + SRH.NEXT_HEADER : IP6.NEXT_HEADER] = inner;
  return header;
}

/** Label stack entries from words without TC, S and TTL. */
function stackBytes(words: Uint8Array, count: number): Uint8Array {
  const bytes = words.slice(0, count * MPLS.LEN);
  for (let i = 0; i < count; i++) {
    bytes[i * MPLS.LEN + MPLS.TTL] = LABEL_TTL;
    if (i === count - 1) bytes[i * MPLS.LEN + 2]! |= MPLS_ENTRY.S >> 8;
  }
  return bytes;
}

/** Memory of the flows of a dynamic proxy; 0 for none. */
function flowTable(b: Builder, { name, config: { inner, flows }, path }: PlacedService): number {
  if (flows === undefined) return 0;
  if (inner === 'ethernet') b.fault([...path, 'flows'], 'frames are told apart by no flow: leave it out');
  const { k } = b, salt = b.config.seed ?? b.number;
  return b.generation.keep(`flows ${name} ${flows} ${salt}`, [], () => {
    const table = k.alloc(k.fn['proxy_flows_sizeof']!(flows), `flows of service ${name}`);
    k.fn['proxy_flows_init']!(table, flows, salt);
    return table;
  });
}

const CODES: Readonly<Record<Behavior, SidBehavior>> = { 'End.AN': SidBehavior.END_AN, 'End.AS': SidBehavior.END_AS, 'End.AD': SidBehavior.END_AD, 'End.AM': SidBehavior.END_AM };

/** The SIDs of services; they come after all others. */
export function buildServiceSids(b: Builder): void {
  const { k } = b, taken = new Set(b.routes.filter(r => k.view.getUint8(r.hop) === HopKind.SRV6_LOCAL).map(r => formatPrefix(r.prefix)));
  for (const s of b.services.values()) {
    const { config: { sid, behavior, flavors = [] }, path, at } = s, where = [...path, 'sid'];
    const prefix = sid === undefined ? undefined : b.try(where, () => ip6Prefix(sid));
    if (!prefix) continue;
    if (taken.has(formatPrefix(prefix))) b.fault(where, `${sid} is a SID already`);
    taken.add(formatPrefix(prefix));
    const flavored = Number(flavors.includes('nat')) + 2 * Number(flavors.includes('cache'));
    const hop = b.record('SID', formatPrefix(prefix), Hop.SIZEOF, Hop.LINE, b.place(path), view => {
      view.setUint8(Hop.KIND, HopKind.SRV6_LOCAL);
      view.setUint32(PROXY_OF, at, true);
      view.setUint8(Sid.BEHAVIOR, CODES[behavior] + flavored);
      view.setBigUint64(Sid.ALLOW, allowed(b.config.srv6 ?? {}), true);
    });
    s.sid = hop;
    b.routes.push({ vrf: UNDERLAY, prefix, hop, position: b.place(path) });
  }
}
