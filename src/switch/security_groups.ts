// security_groups.ts -- security groups, as OpenStack and AWS have them: rules
// for what a host behind an interface may send (egress: what comes in by the
// interface) and be sent (ingress: what leaves by it). Rules of all groups of
// an interface are one list by priority; what none of them allows drops.

import { IfacePolicy, NO_PORT, Rule, RuleAction } from '../../assembly/abi/policy.ts';
import { IfaceKind } from '../../assembly/abi/port.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { parsePrefix, type Prefix } from '../wire/address.ts';
import type { Builder, Interface } from './builder.ts';
import { type Box, placeClassifier, RulesRefused, WORD_MOST } from './classifier.ts';
import { conntrackOf } from './conntrack.ts';
import type { PolicyConfig, PortsConfig, SecurityRuleConfig } from './config.ts';
import type { Path, Position } from './file.ts';
import { nearest } from './nearest.ts';
import { policerOf } from './policers.ts';
import { parseTime } from './quantity.ts';

/** A rule of the file as packets meet it. */
export interface SecurityRule {
  readonly group: string;
  /** Number in its group, from 1; 0: what no rule of the group matches. */
  readonly number: number;
  readonly direction: 'ingress' | 'egress';
  readonly action: 'allow' | 'deny';
  /** Address of its Rule. */
  readonly at: number;
  readonly position: () => Position;
  /** What it matches, without orders; none of a default. */
  readonly boxes: { readonly four: readonly Range[][]; readonly six: readonly Range[][] };
}
type Range = readonly [number, number];

/** Rules of one set of groups in one direction, as explain reads them. */
export interface RuleList { readonly four: readonly Box[]; readonly six: readonly Box[]; readonly otherwise: SecurityRule }

const PRIORITY = 1000;
/** Most boxes of one rule: its sources times its destinations times its ports. */
const BOXES_MAX = 65536;
/** Times are i64. */
const FOREVER = 2n ** 63n - 1n;
const ICMPS: readonly unknown[] = ['icmp', 'icmpv6'];

/** What an interface's part of the file says; a port's holds for its VLANs too that say nothing. */
export function policyConfig<K extends keyof PolicyConfig>(b: Builder, iface: Interface, key: K): { value: NonNullable<PolicyConfig[K]>; path: Path } | undefined {
  for (let path = iface.path; path.length >= 2; path = path.slice(0, -1)) {
    let at: unknown = b.config;
    for (const step of path) at = (at as Record<string | number, unknown> | null | undefined)?.[step];
    const value = (at as PolicyConfig | null | undefined)?.[key];
    if (value !== undefined && typeof at === 'object') return { value, path: [...path, key] };
  }
  return undefined;
}

/** Faults of groups whether or not an interface has them. */
export function checkSecurityGroups(b: Builder): void {
  for (const [name, { rules }] of Object.entries(b.config.security_groups ?? {}))
    rules.forEach((r, i) => { checkRule(b, r, ['security_groups', name, 'rules', i]); });
}

function checkRule(b: Builder, r: SecurityRuleConfig, path: Path): void {
  const icmp = ICMPS.includes(r.protocol);
  for (const key of ['source_ports', 'destination_ports'] as const) {
    if (r[key] === undefined) continue;
    if (icmp || r.protocol === undefined || r.protocol === 'any') b.fault([...path, key], 'goes with protocol tcp, udp or sctp', true);
    for (const [a, z] of portRanges(r[key])) if (a > z || z > 65535) b.fault([...path, key], `${a}-${z} is no range of ports`);
  }
  for (const key of ['icmp_type', 'icmp_code'] as const) if (r[key] !== undefined && !icmp) b.fault([...path, key], 'goes with protocol icmp or icmpv6', true);
  if (r.policer !== undefined && r.action === 'deny') b.fault([...path, 'policer'], 'goes with action: allow', true);
  if (r.expires !== undefined) b.try([...path, 'expires'], () => parseTime(r.expires!));
}

export function buildSecurityGroups(b: Builder): void {
  const groups = new Map<string, SecurityRule[]>(), lists = new Map<string, Placed>();
  for (const [name, { rules }] of Object.entries(b.config.security_groups ?? {}))
    groups.set(name, rules.map((r, i) => placeRule(b, name, r, i)));
  b.rules.push(...[...groups.values()].flat());
  for (const iface of b.interfaces) {
    const attached = policyConfig(b, iface, 'security_groups');
    if (!attached) continue;
    const { value: names, path } = attached, unknown = names.findIndex(n => !groups.has(n)), key = names.join('\n');
    if (unknown >= 0) {
      const guess = nearest(names[unknown]!, [...groups.keys()]);
      b.fault([...path, unknown], `no security group "${names[unknown]}"${guess ? `, do you mean "${guess}"?` : ''}`);
      continue;
    }
    if (iface.kind === IfaceKind.BRIDGE) checkBridged(b, names, path);
    if (!lists.has(key)) lists.set(key, placeGroups(b, names, groups, path));
    const { rx, tx } = lists.get(key)!, at = b.policyOf(iface);
    for (const [placed, four, six, otherwise] of [[rx, IfacePolicy.RX4, IfacePolicy.RX6, IfacePolicy.RX_DEFAULT], [tx, IfacePolicy.TX4, IfacePolicy.TX6, IfacePolicy.TX_DEFAULT]] as const) {
      b.k.view.setUint32(at + four, placed.four, true);
      b.k.view.setUint32(at + six, placed.six, true);
      b.k.view.setUint32(at + otherwise, placed.list.otherwise.at, true);
    }
    if (names.some(n => b.config.security_groups![n]!.stateful)) b.k.view.setUint32(at + IfacePolicy.TRACK, conntrackOf(b), true);
    b.k.view.setUint32(at + IfacePolicy.ZONE, iface.index, true);
    b.ruleLists.set(iface, { rx: rx.list, tx: tx.list });
  }
}

/** Frames that leave a bridge do not say where they came in. */
function checkBridged(b: Builder, names: readonly string[], path: Path): void {
  for (const name of names)
    b.config.security_groups![name]!.rules.forEach((r, i) => {
      const tag = listOf(r.source).find(s => b.config.tags?.[s]?.interfaces ?? b.config.tags?.[s]?.vnis);
      if (r.direction === 'ingress' && tag) b.fault(path, `rule ${i + 1} of ${name} asks where packets came in (tag ${tag}), which frames no longer know when they leave a bridge: give the tag addresses`);
    });
}

interface PlacedList { readonly four: number; readonly six: number; readonly list: RuleList }
interface Placed { readonly rx: PlacedList; readonly tx: PlacedList }

function placeGroups(b: Builder, names: readonly string[], groups: ReadonlyMap<string, readonly SecurityRule[]>, path: Path): Placed {
  const ranked = names.flatMap(name => groups.get(name)!.map(rule => ({ rule, priority: b.config.security_groups![name]!.rules[rule.number - 1]!.priority ?? PRIORITY })));
  ranked.sort((x, y) => x.priority - y.priority);
  const place = (direction: SecurityRule['direction']): PlacedList => {
    const mine = ranked.map(({ rule }) => rule).filter(r => r.direction === direction), expires = (r: SecurityRule) => b.k.view.getBigInt64(r.at + Rule.EXPIRES, true) !== FOREVER;
    const boxes = (family: 'four' | 'six') => mine.flatMap((r, order) => r.boxes[family].map((words): Box => ({ least: words.map(w => w[0]), most: words.map(w => w[1]), order, rule: r.at, expires: expires(r) })));
    const otherwise: SecurityRule = { group: names.join(' '), number: 0, direction, action: 'deny', at: ruleRecord(b, 'deny', FOREVER, path), position: () => b.file.position([...b.root, ...path]), boxes: { four: [], six: [] } };
    b.rules.push(otherwise);
    const list = { four: boxes('four'), six: boxes('six'), otherwise };
    const placed = { four: 0, six: 0, list };
    try {
      placed.four = placeClassifier(b.k, list.four, false);
      placed.six = placeClassifier(b.k, list.six, true);
    } catch (e) {
      if (!(e instanceof RulesRefused)) throw e;
      b.fault(path, e.message);
    }
    return placed;
  };
  return { rx: place('egress'), tx: place('ingress') };
}

function ruleRecord(b: Builder, action: 'allow' | 'deny', expires: bigint, path: Path): number {
  const { k } = b, at = k.alloc(Rule.SIZEOF, 'rules');
  k.view.setUint8(at + Rule.ACTION, action === 'allow' ? RuleAction.ALLOW : RuleAction.DENY);
  k.view.setUint32(at + Rule.LINE, b.line(path), true);
  k.view.setBigInt64(at + Rule.EXPIRES, expires, true);
  return at;
}

function placeRule(b: Builder, group: string, r: SecurityRuleConfig, i: number): SecurityRule {
  const path: Path = ['security_groups', group, 'rules', i];
  const at = ruleRecord(b, r.action, r.expires === undefined ? FOREVER : parseTime(r.expires), path);
  b.k.view.setUint8(at + Rule.STATEFUL, b.config.security_groups![group]!.stateful ? 1 : 0);
  if (r.policer !== undefined) b.k.view.setUint32(at + Rule.POLICER, policerOf(b, r.policer, [...path, 'policer']), true);
  return { group, number: i + 1, direction: r.direction, action: r.action, at, position: () => b.file.position([...b.root, ...path]), boxes: boxesOf(b, r, path) };
}

/** A source or destination: ranges of its words, or an interface. */
interface Peers { readonly four: Range[][]; readonly six: Range[][]; readonly interfaces: number[]; readonly any: boolean }

function boxesOf(b: Builder, r: SecurityRuleConfig, path: Path): SecurityRule['boxes'] {
  const src = peersOf(b, r.source, [...path, 'source'], true), dst = peersOf(b, r.destination, [...path, 'destination'], false);
  const services = servicesOf(r), made = { four: [] as Range[][], six: [] as Range[][] };
  for (const [family, icmp] of [['four', 'icmpv6'], ['six', 'icmp']] as const) {
    if (r.protocol === icmp) continue;
    const most = WORD_MOST(family === 'six'), half = family === 'six' ? 4 : 1, any = most.slice(0, half).map((m): Range => [0, m]);
    const anyIface: Range = [0, 0xffff];
    const sources = [...(src.any ? [any] : src[family]).map(words => ({ words, iface: anyIface })), ...src.interfaces.map(n => ({ words: any, iface: [n, n] as Range }))];
    const destinations = dst.any ? [any] : dst[family];
    if (sources.length * destinations.length * services.length > BOXES_MAX) b.fault(path, `stands for more than ${BOXES_MAX} combinations of sources, destinations and ports`);
    else for (const { words, iface } of sources) for (const to of destinations) for (const service of services) made[family].push([...words, ...to, ...service, iface]);
  }
  if (made.four.length + made.six.length === 0) b.fault(path, 'matches nothing: its source and destination have no family in common');
  return made;
}

const listOf = (value: string | readonly string[] | undefined): readonly string[] => (value === undefined ? [] : typeof value === 'string' ? [value] : value);

function peersOf(b: Builder, value: string | readonly string[] | undefined, path: Path, source: boolean): Peers {
  const found: Peers = { four: [], six: [], interfaces: [], any: value === undefined };
  const add = (prefix: Prefix) => { found[prefix.address.length === 4 ? 'four' : 'six'].push(wordsOf(prefix)); };
  listOf(value).forEach((text, i) => {
    const at = typeof value === 'string' ? path : [...path, i], tag = b.config.tags?.[text];
    if (!tag) {
      const prefix = /^[0-9A-Fa-f:.]+\/\d+$/.test(text) ? b.try(at, () => parsePrefix(text)) : unknownTag(b, text, at);
      if (prefix) add(prefix);
      return;
    }
    (tag.addresses ?? []).forEach((a, n) => {
      const prefix = b.try(['tags', text, 'addresses', n], () => parsePrefix(a));
      if (prefix) add(prefix);
    });
    if (source) found.interfaces.push(...interfacesOf(b, text));
    else if (!tag.addresses?.length) b.fault(at, `tag ${text} has no addresses, and where a packet will go is told by its address only`);
  });
  return found;
}

function unknownTag(b: Builder, text: string, path: Path): undefined {
  const guess = nearest(text, Object.keys(b.config.tags ?? {}));
  b.fault(path, `"${text}" is neither a prefix, as in 10.0.0.0/8, nor a tag${guess ? `, do you mean "${guess}"?` : ''}`);
}

/** Indices of a tag's interfaces and of those of its VNIs. */
function interfacesOf(b: Builder, name: string): number[] {
  const tag = b.config.tags![name]!, named = (tag.interfaces ?? []).flatMap((n, i) => b.interface(n, ['tags', name, 'interfaces', i])?.index ?? []);
  const tunnels = (tag.vnis ?? []).flatMap((vni, i) => {
    const entries = [...b.vxlans.values()].filter(e => e.config.vni === vni);
    if (entries.length === 0) b.fault(['tags', name, 'vnis', i], `no vxlan has VNI ${vni}`);
    return entries.flatMap(e => [...e.remotes.map(r => r.iface.index), ...(e.iface ? [e.iface.index] : [])]);
  });
  return [...new Set([...named, ...tunnels])];
}

/** Ranges of a prefix's words: one of IPv4, four of IPv6. */
function wordsOf({ address, length }: Prefix): Range[] {
  return Array.from({ length: address.length / 4 }, (_, i): Range => {
    const low = address[i * 4]! * 2 ** 24 + (address[i * 4 + 1]! << 16 | address[i * 4 + 2]! << 8 | address[i * 4 + 3]!), bits = Math.min(32, Math.max(0, length - i * 32));
    return [low, low + 2 ** (32 - bits) - 1];
  });
}

function portRanges(value: PortsConfig | undefined): Range[] {
  if (value === undefined) return [[0, NO_PORT]];
  return (Array.isArray(value) ? value : [value]).map((v): Range => {
    const [a = 0, z = a] = String(v).split('-').map(Number);
    return [a, z];
  });
}

/** Ranges of the two ports, or of ICMP type and code, and of the protocol. */
function servicesOf(r: SecurityRuleConfig): Range[][] {
  const protocol = protocolNumber(r.protocol), exact = (v: number | undefined): Range => (v === undefined ? [0, NO_PORT] : [v, v]);
  const last: Range = protocol === undefined ? [0, 255] : [protocol, protocol];
  if (ICMPS.includes(r.protocol)) return [[exact(r.icmp_type), exact(r.icmp_code), last]];
  return portRanges(r.source_ports).flatMap(s => portRanges(r.destination_ports).map(d => [s, d, last]));
}

const protocolNumber = (p: string | number | undefined): number | undefined =>
  p === undefined || p === 'any' ? undefined : typeof p === 'number' ? p : IP_PROTOCOL[p.toUpperCase() as keyof typeof IP_PROTOCOL];
