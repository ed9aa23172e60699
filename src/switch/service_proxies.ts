// service_proxies.ts -- services in memory: their proxies, the routes into them
// and back, their labels and SIDs.

import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { LabelOp } from '../../assembly/abi/mpls.ts';
import { Iface, IfaceKind } from '../../assembly/abi/port.ts';
import { PROXY_DSCP_COPY, PROXY_OF, ProxyCache, ProxyInner, SrProxy } from '../../assembly/abi/proxy.ts';
import { Sid, SidBehavior } from '../../assembly/abi/srv6.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { IP6, IP6_VCF } from '../../assembly/wire/ip6.ts';
import { MPLS, MPLS_ENTRY } from '../../assembly/wire/mpls.ts';
import { SRH } from '../../assembly/wire/srh.ts';
import { formatPrefix, parseIp, parseIp6, parseMac } from '../wire/address.ts';
import type { Builder, Interface } from './builder.ts';
import { labelWords, ttlModel } from './label_stack.ts';
import { addLabel, ownLabel } from './mpls.ts';
import { type Behavior, flagsOf, type PlacedService } from './services.ts';
import { flowLabel, HOP_LIMIT, template, UNDERLAY } from './srv6_policies.ts';
import { allowed, sidPrefix } from './srv6_sids.ts';

const INNER = { ip4: ProxyInner.IP4, ip6: ProxyInner.IP6, ethernet: ProxyInner.ETHERNET } as const;
/** TTL of cached labels (RFC 3443 section 3.2). */
const LABEL_TTL = 255;

/** The proxies, their VRFs, and the labels of those that have one. */
export function buildServices(b: Builder): void {
  for (const s of b.services.values()) build(b, s);
  for (const iface of new Set([...b.services.values()].flatMap(s => s.in ?? []))) ways(b, iface);
}

function build(b: Builder, s: PlacedService): void {
  const { k } = b, { config, path } = s, at = k.alloc(SrProxy.SIZEOF, 'service'), inner = config.inner === undefined ? ProxyInner.ANY : INNER[config.inner];
  s.at = at;
  k.view.setUint8(at + SrProxy.FLAGS, flagsOf(config));
  k.view.setUint8(at + SrProxy.INNER, inner);
  k.view.setUint32(at + SrProxy.LINE, b.line(path), true);
  k.view.setUint32(at + SrProxy.TO_SERVICE, s.toService, true);
  k.view.setUint32(at + SrProxy.FROM_SERVICE, s.in?.domain ?? 0, true);
  k.view.setUint16(at + SrProxy.OUT, s.out.index, true);
  k.view.setUint32(at + SrProxy.FLOW_LABEL, flowLabel(b.config.srv6 ?? {}), true);
  k.view.setUint8(at + SrProxy.RETURN + Hop.KIND, config.behavior === 'End.AM' ? HopKind.SR_MASQUERADE : HopKind.SR_PROXY);
  k.view.setUint32(at + SrProxy.RETURN + Hop.LINE, b.line(path), true);
  k.view.setUint32(at + SrProxy.RETURN + PROXY_OF, at, true);
  if (inner !== ProxyInner.ETHERNET) {
    const six = inner !== ProxyInner.IP4, hop = serviceHop(b, s, six ? ETHERTYPE.IPV6 : ETHERTYPE.IPV4);
    if (hop === undefined) return;
    k.view.setUint32(at + SrProxy.HOP, hop, true);
    if (s.toService) b.routes.push({ vrf: s.toService, prefix: everything(six), hop, position: () => b.file.position([...b.root, ...path]) });
  }
  if (config.cache) staticCache(b, s, inner);
  if (config.flows !== undefined) placeFlows(b, s, config.flows);
  const { label } = config;
  if (label !== undefined && ownLabel(b, label, [...path, 'label']))
    addLabel(b, { label, does: 'service', to: s.name, op: LabelOp.SERVICE, flags: ttlModel(b), target: at }, [...path, 'label']);
}

/** Default routes of IFACE-IN's VRF; a family that no proxy there takes drops PROXY_PAYLOAD in one that does not. */
function ways(b: Builder, iface: Interface): void {
  const mine = [...b.services.values()].filter(s => s.in === iface), first = mine[0]!;
  b.k.view.setUint32(iface.at + Iface.RETURN, first.at + SrProxy.RETURN, true);
  if (iface.kind !== IfaceKind.L3) return;
  for (const six of [false, true]) {
    const { at, path } = mine.find(s => (six ? s.config.inner !== 'ip4' : s.config.inner === 'ip4')) ?? first;
    b.routes.push({ vrf: iface.domain, prefix: everything(six), hop: at + SrProxy.RETURN, position: () => b.file.position([...b.root, ...path]) });
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

/** CACHE of a static proxy: an outer IPv6 header with what follows it, or labels. */
function staticCache(b: Builder, { config, path, at }: PlacedService, inner: ProxyInner): void {
  const { k } = b, { source = b.config.srv6?.source, segments, mode, labels } = config.cache!, where = [...path, 'cache'], mpls = config.label !== undefined;
  const unfit = mpls ? (['source', 'segments', 'mode'] as const) : (['labels'] as const);
  for (const key of unfit) if (config.cache![key] !== undefined) b.fault([...where, key], `has no meaning with a ${mpls ? 'label' : 'SID'}`, true);
  if (mpls) {
    if (labels) setCache(b, at, stackBytes(labelWords(b, labels, [...where, 'labels']), labels.length));
    else b.fault(where, 'lacks "labels", the stack to put back');
    return;
  }
  if (!segments || source === undefined) {
    b.fault(where, segments ? 'lacks "source", and srv6 has none' : 'lacks "segments", the path to put back');
    return;
  }
  const from = b.try([...where, 'source'], () => parseIp6(source)), list = segments.map((s, i) => b.try([...where, 'segments', i], () => parseIp6(s)));
  if (!from || !list.every(s => s !== undefined)) return;
  const header = template(from, list, mode === 'encaps.red'), { dscp = 'copy', hop_limit = HOP_LIMIT } = b.config.srv6 ?? {};
  new DataView(header.buffer).setUint32(0, (dscp === 'copy' ? 0 : dscp << 2) << IP6_VCF.CLASS_SHIFT);
  header[IP6.HOP_LIMIT] = hop_limit === 'copy' ? HOP_LIMIT : hop_limit;
  header[header.length > IP6.LEN ? IP6.LEN + SRH.NEXT_HEADER : IP6.NEXT_HEADER] = inner;
  if (dscp === 'copy') k.view.setUint8(at + SrProxy.DSCP, PROXY_DSCP_COPY);
  setCache(b, at, header);
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

function setCache({ k }: Builder, at: number, headers: Uint8Array): void {
  k.view.setUint16(at + SrProxy.CACHE + ProxyCache.LENGTH, headers.length, true);
  k.bytes.set(headers, at + SrProxy.CACHE + ProxyCache.HEADERS);
}

function placeFlows(b: Builder, { config: { inner }, path, at }: PlacedService, flows: number): void {
  const { k } = b;
  if (inner === 'ethernet') b.fault([...path, 'flows'], 'frames are told apart by no flow: leave it out');
  const table = k.alloc(k.fn['proxy_flows_sizeof']!(flows), `flows of service ${String(path.at(-1))}`);
  k.fn['proxy_flows_init']!(table, flows, b.config.seed ?? b.number);
  k.view.setUint32(at + SrProxy.FLOWS, table, true);
}

const CODES: Readonly<Record<Behavior, SidBehavior>> = { 'End.AN': SidBehavior.END_AN, 'End.AS': SidBehavior.END_AS, 'End.AD': SidBehavior.END_AD, 'End.AM': SidBehavior.END_AM };

/** The SIDs of services; they come after all others. */
export function buildServiceSids(b: Builder): void {
  const { k } = b, taken = new Set(b.routes.filter(r => k.view.getUint8(r.hop) === HopKind.SRV6_LOCAL).map(r => formatPrefix(r.prefix)));
  for (const s of b.services.values()) {
    const { config: { sid, behavior, flavors = [] }, path, at } = s, where = [...path, 'sid'];
    const prefix = sid === undefined ? undefined : b.try(where, () => sidPrefix(sid));
    if (!prefix) continue;
    if (taken.has(formatPrefix(prefix))) b.fault(where, `${sid} is a SID already`);
    taken.add(formatPrefix(prefix));
    const hop = k.alloc(Hop.SIZEOF, 'SID'), flavored = Number(flavors.includes('nat')) + 2 * Number(flavors.includes('cache'));
    k.view.setUint8(hop + Hop.KIND, HopKind.SRV6_LOCAL);
    k.view.setUint32(hop + Hop.LINE, b.line(path), true);
    k.view.setUint32(hop + PROXY_OF, at, true);
    k.view.setUint8(hop + Sid.BEHAVIOR, CODES[behavior] + flavored);
    k.view.setBigUint64(hop + Sid.ALLOW, allowed(b.config.srv6 ?? {}), true);
    s.sid = hop;
    b.routes.push({ vrf: UNDERLAY, prefix, hop, position: () => b.file.position([...b.root, ...path]) });
  }
}
