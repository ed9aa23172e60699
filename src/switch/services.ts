// services.ts -- services behind segments: SR-aware ones, and SR proxies in
// front of those that are not (draft-ietf-spring-sr-service-programming).
//
// A service's IFACE-IN is a VRF of its own in which every route leads into the
// proxy, and what goes to it is looked up in another one, so that both pass the
// checks of any packet. Ethernet frames need no VRF: the interface says it all.

import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { LabelOp } from '../../assembly/abi/mpls.ts';
import { Iface, IfaceKind } from '../../assembly/abi/port.ts';
import { Proxy, PROXY_DSCP_COPY, PROXY_OF, ProxyCache, ProxyFlag, ProxyInner } from '../../assembly/abi/proxy.ts';
import { Sid, SidBehavior } from '../../assembly/abi/srv6.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { IP6, IP6_VCF } from '../../assembly/wire/ip6.ts';
import { SRH } from '../../assembly/wire/srh.ts';
import { MPLS, MPLS_ENTRY } from '../../assembly/wire/mpls.ts';
import { formatPrefix, parseIp, parseIp6, parseMac } from '../wire/address.ts';
import type { Builder, Interface } from './builder.ts';
import type { ServiceConfig } from './config.ts';
import type { Path } from './file.ts';
import { labelWords, ttlModel } from './label_stack.ts';
import { addLabel, ownLabel } from './mpls.ts';
import { flowLabel, HOP_LIMIT, template, UNDERLAY } from './srv6_policies.ts';
import { allowed, sidPrefix } from './srv6_sids.ts';

/** A service and its Proxy record. */
export interface PlacedService {
  readonly name: string;
  readonly config: ServiceConfig;
  readonly path: Path;
  readonly in: Interface | undefined;
  readonly out: Interface;
  /** VRF that what goes to the service is looked up in, where the proxy takes it out of its outer headers. */
  readonly toService: number;
  /** Proxy, and the Sid that leads to it; 0 until they are placed. */
  at: number;
  sid: number;
}

type Behavior = ServiceConfig['behavior'];
export const INNER = { ip4: ProxyInner.IP4, ip6: ProxyInner.IP6, ethernet: ProxyInner.ETHERNET } as const;
/** Keys that a behaviour has besides out, via, mac, on_failure and down; those it must have. */
const KEYS: Readonly<Record<Behavior, { may: readonly (keyof ServiceConfig)[]; must: readonly (keyof ServiceConfig)[] }>> = {
  'End.AN': { may: ['sid'], must: ['sid'] },
  'End.AS': { may: ['sid', 'label', 'inner', 'in', 'cache'], must: ['inner', 'in', 'cache'] },
  'End.AD': { may: ['sid', 'label', 'inner', 'in', 'flows'], must: ['inner', 'in'] },
  'End.AM': { may: ['sid', 'in', 'flavors', 'segments_left'], must: ['sid', 'in'] },
};
const OPTIONAL = ['sid', 'label', 'inner', 'in', 'cache', 'flows', 'flavors', 'segments_left'] as const;

/** TTL of cached labels (RFC 3443 section 3.2). */
const LABEL_TTL = 255;

/** VRF of an IFACE-IN; both have their spaces from here, for no file can name them. */
const vrfFrom = (iface: Interface): string => `from ${iface.name}`, vrfTo = (service: string): string => `to ${service}`;

/** Claim the interfaces: what comes in by them is the proxies'. */
export function declareServices(b: Builder): void {
  for (const [name, config] of Object.entries(b.config.services ?? {})) {
    const path: Path = ['services', name];
    checkKeys(b, config, path);
    const out = b.interface(config.out, [...path, 'out']), back = config.in === undefined ? undefined : b.interface(config.in, [...path, 'in']);
    if (out && out.port < 0) b.fault([...path, 'out'], `${out.name} is on no port`);
    if (back) claim(b, name, config, back, path);
    const toService = config.inner === undefined || config.inner === 'ethernet' ? 0 : b.vrfs.size;
    if (toService) b.vrfs.set(vrfTo(name), toService);
    if (out) b.services.set(name, { name, config, path, in: back, out, toService, at: 0, sid: 0 });
  }
}

function checkKeys(b: Builder, config: ServiceConfig, path: Path): void {
  const { behavior } = config, { may, must } = KEYS[behavior];
  for (const key of OPTIONAL) if (config[key] !== undefined && !may.includes(key)) b.fault([...path, key], `has no meaning for ${behavior}`, true);
  const missing = must.find(key => config[key] === undefined);
  if (missing) b.fault(path, `${behavior} lacks "${missing}"`);
  if (!missing && (config.sid === undefined) === (config.label === undefined)) b.fault(path, 'expected one of sid and label');
  const ways = Number(config.via !== undefined) + Number(config.mac !== undefined), wants = config.inner === 'ethernet' ? 0 : 1;
  if (ways !== wants) b.fault(path, wants === 0 ? 'frames keep their addresses: neither via nor mac belongs here' : 'expected one of via and mac, where the service is');
}

/** IFACE-IN of a service. Several share one when each packet still tells whose it is. */
function claim(b: Builder, name: string, config: ServiceConfig, iface: Interface, path: Path): void {
  const at = [...path, 'in'], others = [...b.services.values()].filter(s => s.in === iface);
  if (iface.port < 0) return b.fault(at, `${iface.name} is on no port`);
  if (iface.kind === IfaceKind.BRIDGE) return b.fault(at, `${iface.name} is a member of a bridge`);
  const clash = others.find(o => !shares(o.config, config));
  if (clash) return b.fault(at, `${iface.name} is where ${clash.name} comes back: only another inner type, or End.AM with the same flavors, goes with it`);
  if (others.length > 0) return;
  if (iface.domain !== 0) b.fault(at, `${iface.name} is in a VRF: what comes in by it belongs to ${name}`);
  if (config.inner === 'ethernet') {
    if (iface.addresses.length > 0) b.fault(at, `${iface.name} has an address: all its frames belong to ${name}`);
    iface.kind = IfaceKind.SERVICE;
  }
  iface.domain = b.vrfs.size;
  b.vrfs.set(vrfFrom(iface), iface.domain);
}

function shares(a: ServiceConfig, b: ServiceConfig): boolean {
  const masks = (c: ServiceConfig) => c.behavior === 'End.AM', flags = (c: ServiceConfig) => flagsOf({ ...c, down: false, on_failure: 'drop' });
  if (a.inner === 'ethernet' || b.inner === 'ethernet') return false;
  if (masks(a) && masks(b)) return flags(a) === flags(b) && !a.flavors?.includes('cache');
  return (masks(a) ? 'ip6' : a.inner) !== (masks(b) ? 'ip6' : b.inner);
}

function flagsOf({ behavior, label, flavors = [], segments_left, on_failure, down }: ServiceConfig): number {
  return (down ? ProxyFlag.DOWN : 0) | (on_failure === 'bypass' ? ProxyFlag.BYPASS : 0) | (label === undefined ? 0 : ProxyFlag.MPLS)
    | (behavior === 'End.AN' ? ProxyFlag.NATIVE : 0) | (behavior === 'End.AD' ? ProxyFlag.LEARN : 0)
    | (flavors.includes('nat') ? ProxyFlag.NAT : 0) | (flavors.includes('cache') ? ProxyFlag.CACHE_SRH : 0) | (segments_left === 'after' ? ProxyFlag.STEP_LATE : 0);
}

/** The proxies, their VRFs, and the labels of those that have one. */
export function buildServices(b: Builder): void {
  for (const s of b.services.values()) build(b, s);
  for (const iface of new Set([...b.services.values()].flatMap(s => s.in ?? []))) ways(b, iface);
}

function build(b: Builder, s: PlacedService): void {
  const { k } = b, { config, path } = s, at = k.alloc(Proxy.SIZEOF, 'service'), inner = config.inner === undefined ? ProxyInner.ANY : INNER[config.inner];
  s.at = at;
  k.view.setUint8(at + Proxy.FLAGS, flagsOf(config));
  k.view.setUint8(at + Proxy.INNER, inner);
  k.view.setUint32(at + Proxy.LINE, b.line(path), true);
  k.view.setUint32(at + Proxy.TO_SERVICE, s.toService, true);
  k.view.setUint32(at + Proxy.FROM_SERVICE, s.in?.domain ?? 0, true);
  k.view.setUint16(at + Proxy.OUT, s.out.index, true);
  k.view.setUint32(at + Proxy.FLOW_LABEL, flowLabel(b.config.srv6 ?? {}), true);
  k.view.setUint8(at + Proxy.RETURN + Hop.KIND, config.behavior === 'End.AM' ? HopKind.SR_MASQUERADE : HopKind.SR_PROXY);
  k.view.setUint32(at + Proxy.RETURN + Hop.LINE, b.line(path), true);
  k.view.setUint32(at + Proxy.RETURN + PROXY_OF, at, true);
  if (inner !== ProxyInner.ETHERNET) {
    const six = inner !== ProxyInner.IP4, hop = serviceHop(b, s, six ? ETHERTYPE.IPV6 : ETHERTYPE.IPV4);
    if (hop === undefined) return;
    k.view.setUint32(at + Proxy.HOP, hop, true);
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
  b.k.view.setUint32(iface.at + Iface.RETURN, first.at + Proxy.RETURN, true);
  if (iface.kind !== IfaceKind.L3) return;
  for (const six of [false, true]) {
    const { at, path } = mine.find(s => (six ? s.config.inner !== 'ip4' : s.config.inner === 'ip4')) ?? first;
    b.routes.push({ vrf: iface.domain, prefix: everything(six), hop: at + Proxy.RETURN, position: () => b.file.position([...b.root, ...path]) });
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
    if (!labels) return b.fault(where, 'lacks "labels", the stack to put back');
    return setCache(b, at, stackBytes(labelWords(b, labels, [...where, 'labels']), labels.length));
  }
  if (!segments) return b.fault(where, 'lacks "segments", the path to put back');
  if (source === undefined) return b.fault(where, 'lacks "source", and srv6 has none');
  const from = b.try([...where, 'source'], () => parseIp6(source)), list = segments.map((s, i) => b.try([...where, 'segments', i], () => parseIp6(s)));
  if (!from || !list.every(s => s !== undefined)) return;
  const header = template(from, list, mode === 'encaps.red'), { dscp = 'copy', hop_limit = HOP_LIMIT } = b.config.srv6 ?? {};
  new DataView(header.buffer).setUint32(0, (dscp === 'copy' ? 0 : dscp << 2) << IP6_VCF.CLASS_SHIFT);
  header[IP6.HOP_LIMIT] = hop_limit === 'copy' ? HOP_LIMIT : hop_limit;
  header[header.length > IP6.LEN ? IP6.LEN + SRH.NEXT_HEADER : IP6.NEXT_HEADER] = inner;
  if (dscp === 'copy') k.view.setUint8(at + Proxy.DSCP, PROXY_DSCP_COPY);
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
  k.view.setUint16(at + Proxy.CACHE + ProxyCache.LENGTH, headers.length, true);
  k.bytes.set(headers, at + Proxy.CACHE + ProxyCache.HEADERS);
}

function placeFlows(b: Builder, { config: { inner }, path, at }: PlacedService, flows: number): void {
  const { k } = b;
  if (inner === 'ethernet') return b.fault([...path, 'flows'], 'frames are told apart by no flow: leave it out');
  const table = k.alloc(k.fn['proxy_flows_sizeof']!(flows), `flows of service ${String(path.at(-1))}`);
  k.fn['proxy_flows_init']!(table, flows, b.config.seed ?? b.number);
  k.view.setUint32(at + Proxy.FLOWS, table, true);
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
