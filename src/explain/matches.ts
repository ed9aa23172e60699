// matches.ts -- which entry of which table decided at a node, and the line of
// the file that made it. One row a node; nodes that read no table have none.

import { Hop, Iface, Port, Srv6Policy, Switch as Sw } from '../../assembly/abi.ts';
import { ETH, MAC_GROUP } from '../../assembly/wire/ethernet.ts';
import { IP4 } from '../../assembly/wire/ip4.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import type { NetworkConfig } from '../switch/config.ts';
import { showFdb } from '../switch/fdb.ts';
import type { Position } from '../switch/file.ts';
import { describeHop, type HopRow, vrfName } from '../switch/hops.ts';
import { findRoute } from '../switch/routes.ts';
import { policyName } from '../switch/srv6.ts';
import type { Switch } from '../switch/switch.ts';
import { formatIp, formatMac, formatPrefix } from '../wire/address.ts';
import type { Step } from './walk.ts';

export interface Match {
  /** What was looked into: `FIB of VRF red`. */
  readonly table: string;
  /** What was found there, or that nothing was. */
  readonly entry: string;
  /** Where the file says so. */
  readonly position?: Position | undefined;
}

type Describe = (step: Step) => Match | undefined;

/** Reasons for which the port, not an interface of it, is to be looked at. */
const OF_PORT: ReadonlySet<string> = new Set(['RUNT', 'VLAN_UNKNOWN', 'SOURCE_MAC_GROUP', 'TRUNCATED', 'SNAP_CUT']);
const TOO_LONG: ReadonlySet<string> = new Set(['MTU_EXCEEDED', 'FRAGMENTATION_NEEDED', 'PACKET_TOO_BIG']);

const MATCHES: Readonly<Record<string, Describe>> = {
  input: arrival,
  ethernet_input: s => (OF_PORT.has(s.visit.drop) ? portMatch(s.sw, s.visit.rxPort) : TOO_LONG.has(s.visit.drop) ? portMtu(s) : ifaceMatch(s)),
  arp_input: ifaceMatch,
  nd_input: ifaceMatch,
  ip4_lookup: s => lookup(s, IP4.DST, IP4.LEN - IP4.DST),
  ip6_lookup: s => lookup(s, IP6.DST, IP6.LEN - IP6.DST),
  srv6_local: sidMatch,
  srv6_encaps: policyMatch,
  ip4_group: s => hopMatch(s, 'group'),
  ip6_group: s => hopMatch(s, 'group'),
  vrf_select: s => ({ table: 'VRF', entry: vrfName(s.sw.built, s.visit.domain), position: describeHop(s.sw, s.visit.hit).position }),
  ip4_glean: glean,
  ip6_glean: glean,
  ip4_rewrite: nextHop,
  ip4_fragment: nextHop,
  ip6_rewrite: nextHop,
  bridge_forward: bridgeForward,
  bridge_flood: s => ({ table: `bridge ${bridgeName(s)}`, entry: 'to all members but where it came from', position: bridgePosition(s) }),
  iface_output: s => (TOO_LONG.has(s.visit.drop) ? { ...ifaceMatch(s)!, entry: `${ifaceName(s)}, MTU ${ifaceOf(s)?.mtu}` } : ifaceMatch(s)),
  port_tx: s => portMatch(s.sw, s.visit.txPort),
};

/** What decided at a visit. Packets that the node made there were decided on by nobody. */
export const matchOf = (step: Step): Match | undefined => (step.born ? undefined : MATCHES[step.visit.node]?.(step));

function arrival({ sw, visit: { rxPort } }: Step): Match {
  const { file } = sw.built, end = `${sw.name}:${sw.portNames[rxPort]}`, links = (file.value as Partial<NetworkConfig>).links ?? [];
  const i = links.findIndex(l => l.endpoints.includes(end));
  return i < 0 ? portMatch(sw, rxPort) : { table: 'link', entry: links[i]!.endpoints.join(' - '), position: file.position(['links', i]) };
}

function portMatch(sw: Switch, port: number): Match {
  const { k } = sw.built, at = k.view.getUint32(sw.at + Sw.PORTS, true) + port * Port.SIZEOF;
  return { table: 'port', entry: sw.portNames[port]!, position: sw.built.position(k.view.getUint32(at + Port.LINE, true)) };
}

function portMtu({ sw, visit }: Step): Match {
  const { k } = sw.built, at = k.view.getUint32(sw.at + Sw.PORTS, true) + visit.rxPort * Port.SIZEOF, match = portMatch(sw, visit.rxPort);
  return { ...match, entry: `${match.entry}, MTU ${k.view.getUint16(at + Port.MTU, true)}` };
}

const ifaceOf = ({ sw, visit }: Step) => sw.built.interfaces[visit.iface - 1];
const ifaceName = (s: Step): string => ifaceOf(s)?.name ?? '';

function ifaceMatch(s: Step): Match | undefined {
  const iface = ifaceOf(s), { built } = s.sw;
  return iface && { table: 'interface', entry: `${iface.name}, MAC ${formatMac(iface.mac)}`, position: built.position(built.k.view.getUint32(iface.at + Iface.LINE, true)) };
}

/** The route of the destination; when none covers it, the hop says what stood in for one. */
function lookup({ sw, visit }: Step, dst: number, size: number): Match | undefined {
  const { built } = sw, at = visit.l3 + dst, address = visit.bytes.subarray(at, at + size);
  if (address.length < size) return undefined;
  const table = `FIB of VRF ${vrfName(built, visit.domain)}`, route = findRoute(built, visit.domain, address);
  if (route && route.hop === visit.hit) return { table, entry: `${formatPrefix(route.prefix)}${leadsTo(describeHop(sw, route.hop))}`, position: route.position() };
  if (visit.hit === 0 || visit.hit === built.k.view.getUint32(sw.at + Sw.NO_ROUTE, true)) return { table, entry: `no prefix covers ${formatIp(address)}` };
  const hop = describeHop(sw, visit.hit);
  return { table: 'link-local', entry: `${formatIp(address)}${leadsTo(hop)}`, position: hop.position };
}

/** The rest of a line about an entry: `, via 10.0.2.9 on e2`. */
export function leadsTo({ kind, to, mac, interface: on }: HopRow): string {
  if (kind === 'drop' || kind === 'unreachable') return `, ${to}`;
  if (kind === 'local') return ', this switch';
  if (kind === 'glean' && to === '') return `, connected on ${on}`;
  const way = to || mac;
  return `, ${kind === 'rewrite' || kind === 'bridge' || kind === 'glean' ? `via ${way}` : `${kind} ${way}`.trim()}${on && ` on ${on}`}`;
}

function hopMatch({ sw, visit }: Step, table: string): Match | undefined {
  if (visit.hit === 0) return undefined;
  const hop = describeHop(sw, visit.hit);
  return { table, entry: `member${leadsTo(hop).slice(1)}`, position: hop.position };
}

/** The SID, and the policy, that the lookup before had found: the node may have put another hop in its place. */
function sidMatch({ sw, before }: Step): Match | undefined {
  if (!before?.hit) return undefined;
  const { to, position } = describeHop(sw, before.hit);
  return { table: 'SID', entry: to, position };
}

function policyMatch({ sw: { built }, before }: Step): Match | undefined {
  if (!before?.hit) return undefined;
  const { view } = built.k, policy = view.getUint32(before.hit + Hop.AUX, true);
  return { table: 'SRv6 policy', entry: policyName(built, policy), position: built.position(view.getUint32(policy + Srv6Policy.LINE, true)) };
}

/** The neighbour that a packet goes to; where its MTU is what counts, that. */
function nextHop({ sw, visit }: Step): Match | undefined {
  if (visit.hit === 0) return undefined;
  const { mac, to, interface: on, position } = describeHop(sw, visit.hit), { view } = sw.built.k;
  if (!TOO_LONG.has(visit.drop)) return { table: 'neighbor', entry: `${to ? `${to} at ` : ''}${mac} on ${on}`, position };
  const iface = sw.built.interfaces.find(i => i.name === on);
  return { table: 'interface', entry: `${on}, MTU ${view.getUint16(visit.hit + Hop.MTU, true)}`, position: iface && sw.built.file.position([...sw.built.root, ...iface.path, 'mtu']) };
}

/** Who was to be found: the gateway, or the destination itself. */
function glean({ sw, visit, before }: Step): Match | undefined {
  const asked = before?.hit ?? 0;
  if (asked === 0) return undefined;
  const { to, interface: on, position } = describeHop(sw, asked), six = visit.node.startsWith('ip6');
  const at = visit.l3 + (six ? IP6.DST : IP4.DST), who = to || formatIp(visit.bytes.subarray(at, at + (six ? 16 : 4)));
  const known = visit.edge.endsWith('_rewrite');
  return { table: `neighbors on ${on}`, entry: known ? `${who} at ${describeHop(sw, visit.hit).mac}` : `the MAC of ${who} is not known`, position };
}

const bridgeName = ({ sw, visit }: Step): string => [...sw.built.bridges.keys()][visit.domain] ?? '';
const bridgePosition = (s: Step): Position => s.sw.built.file.position([...s.sw.built.root, 'bridges', bridgeName(s)], true);

function bridgeForward(s: Step): Match {
  const { sw, visit } = s, bridge = bridgeName(s), mac = formatMac(visit.bytes.subarray(ETH.DST, ETH.DST + 6));
  if (((visit.bytes[ETH.DST] ?? 0) & MAC_GROUP) !== 0) return { table: `bridge ${bridge}`, entry: `${mac} is a group`, position: bridgePosition(s) };
  const known = showFdb(sw).rows.find(r => r.bridge === bridge && r.mac === mac);
  const table = `forwarding table of ${bridge}`;
  if (!known) return { table, entry: `${mac} is not there`, position: bridgePosition(s) };
  const { config, file, root } = sw.built, i = config.bridges?.[bridge]?.static?.findIndex(e => e.mac.toLowerCase().replaceAll('-', ':') === mac) ?? -1;
  return { table, entry: `${mac} is behind ${known.interface}, ${known.static ? 'static' : 'learnt'}`, position: i < 0 ? bridgePosition(s) : file.position([...root, 'bridges', bridge, 'static', i]) };
}
