// matches.ts -- which entry of which table decided at a node, and the line of
// the file that made it. One row a node; nodes that read no table have none.

import { BierNeighbor } from '../../assembly/abi/bier.ts';
import { Esp } from '../../assembly/abi/esp.ts';
import { Hop } from '../../assembly/abi/hop.ts';
import { LbReal } from '../../assembly/abi/lb.ts';
import { Label } from '../../assembly/abi/mpls.ts';
import { NatPool } from '../../assembly/abi/nat.ts';
import { Policer } from '../../assembly/abi/policer.ts';
import { Iface, IfaceFlag, IfaceKind, Port } from '../../assembly/abi/port.ts';
import { Ecn, Qos } from '../../assembly/abi/qos.ts';
import { Switch as Sw } from '../../assembly/abi/switch.ts';
import { PROXY_OF, SrProxy } from '../../assembly/abi/proxy.ts';
import { Vni, Vtep } from '../../assembly/abi/vxlan.ts';
import { BIER } from '../../assembly/wire/bier.ts';
import { ETH, MAC_GROUP } from '../../assembly/wire/ethernet.ts';
import { IP4 } from '../../assembly/wire/ip4.ts';
import { IP6 } from '../../assembly/wire/ip6.ts';
import { MPLS, MPLS_ENTRY } from '../../assembly/wire/mpls.ts';
import { UDP } from '../../assembly/wire/udp.ts';
import { VXLAN } from '../../assembly/wire/vxlan.ts';
import type { Visit } from '../graph/trace.ts';
import { findBift, idsText } from '../switch/bier_report.ts';
import type { NetworkConfig } from '../switch/config.ts';
import { showFdb } from '../switch/fdb.ts';
import type { Position } from '../switch/file.ts';
import { describeHop, type HopRow, vrfName } from '../switch/hops.ts';
import { decidingRule, ruleAt } from '../switch/rules_report.ts';
import { findRoute } from '../switch/routes.ts';
import { listNat } from '../switch/nat.ts';
import { policyConfig } from '../switch/security_groups.ts';
import { isSid } from '../switch/srv6_sids.ts';
import { policyRow, showSids } from '../switch/srv6.ts';
import { serviceAt, showServices } from '../switch/services_report.ts';
import type { Switch } from '../switch/switch.ts';
import { formatIp, formatMac, formatPrefix, parseIp4 } from '../wire/address.ts';
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
const OF_PORT: ReadonlySet<string> = new Set(['RUNT', 'MAC_CONTROL', 'VLAN_UNKNOWN', 'SOURCE_MAC_GROUP', 'TRUNCATED', 'SNAP_CUT']);
const TOO_LONG: ReadonlySet<string> = new Set(['MTU_EXCEEDED', 'FRAGMENTATION_NEEDED', 'PACKET_TOO_BIG']);

const MATCHES: Readonly<Record<string, Describe>> = {
  input: arrival,
  ethernet_input: s => (OF_PORT.has(s.visit.drop) ? portMatch(s.sw, s.visit.rxPort) : TOO_LONG.has(s.visit.drop) ? portMtu(s) : ifaceMatch(s)),
  arp_input: ifaceMatch,
  nd_input: ifaceMatch,
  ip4_policy: rule,
  ip6_policy: rule,
  ip_policy_out: rule,
  bridge_policy: rule,
  bridge_policy_out: rule,
  nat44_in: s => natMatch(s, IP4.DST),
  nat44_out: s => natMatch(s, IP4.SRC),
  lb4: real,
  ip4_lookup: s => lookup(s, IP4.DST, IP4.LEN - IP4.DST),
  ip6_lookup: s => lookup(s, IP6.DST, IP6.LEN - IP6.DST),
  ip4_group: group,
  ip6_group: group,
  mpls_lookup: label,
  mpls_swap: labelHop,
  mpls_pop: labelHop,
  mpls_push: s => (s.visit.hit === 0 ? undefined : neighborMatch(s.sw, s.sw.built.k.view.getUint32(s.visit.hit + Hop.VIA, true))),
  bier_input: biftId,
  bier_forward: bierNeighbor,
  bier_encap: bierGroup,
  bier_decap: bierLocal,
  vrf_select: s => ({ table: 'VRF', entry: vrfName(s.sw.built, s.visit.domain), position: describeHop(s.sw, s.visit.hit).position }),
  udp_input: udpPort,
  vxlan_decap: vxlanIn,
  vxlan_encap: vxlanOut,
  srv6_edge: srDomain,
  srv6_input: sid,
  srv6_csid: sid,
  srv6_local: sid,
  esp_encrypt: espTunnel,
  esp_decrypt: espTunnel,
  srv6_encaps: policy,
  srv6_encaps_l2: policy,
  srv6_insert: policy,
  srv6_dx: adjacency,
  srv6_dx2: sid,
  srv6_dt2u: sid,
  srv6_dt2m: sid,
  sr_proxy: service,
  sr_masquerade: service,
  ip4_glean: glean,
  ip6_glean: glean,
  ip4_rewrite: nextHop,
  ip4_fragment: nextHop,
  ip6_rewrite: nextHop,
  bridge_forward: bridgeForward,
  bridge_flood: s => ({ table: `bridge ${bridgeName(s)}`, entry: 'to all members but where it came from', position: bridgePosition(s) }),
  iface_output: s => (TOO_LONG.has(s.visit.drop) ? { ...ifaceMatch(s)!, entry: `${ifaceName(s)}, MTU ${ifaceOf(s)?.mtu}` } : ifaceMatch(s)),
  qos_remark: s => remarked(s),
  ecn_mark: s => marked(s),
  port_tx: s => portMatch(s.sw, s.visit.txPort),
};

/** Nodes that decide for each copy of a packet by itself. */
const DECIDE_COPIES: ReadonlySet<string> = new Set(['bier_forward']);

/** What decided at a visit. Packets that the node made there were decided on by nobody, most of them. */
export const matchOf = (step: Step): Match | undefined => (step.born && !DECIDE_COPIES.has(step.visit.node) ? undefined : MATCHES[step.visit.node]?.(step));

function arrival({ sw, visit: { rxPort } }: Step): Match {
  const { file } = sw.built, end = `${sw.name}:${sw.portNames[rxPort]}`, links = (file.value as Partial<NetworkConfig>).links ?? [];
  const i = links.findIndex(l => l.endpoints.includes(end));
  return i < 0 ? portMatch(sw, rxPort) : { table: 'link', entry: links[i]!.endpoints.join(' - '), position: file.position(['links', i]) };
}

function portMatch(sw: Switch, port: number): Match {
  const { k } = sw.built, at = k.view.getUint32(sw.at + Sw.PORTS, true) + port * Port.SIZEOF;
  return { table: 'port', entry: sw.portNames[port]!, position: sw.built.position(k.view.getUint32(at + Port.LINE, true)) };
}

/** Address of a Port field's record, of the port that a packet leaves by; 0 for none. */
function ofTxPort({ sw, visit: { txPort } }: Step, field: Port): number {
  const { view } = sw.built.k;
  return view.getUint32(view.getUint32(sw.at + Sw.PORTS, true) + txPort * Port.SIZEOF + field, true);
}

function remarked(s: Step): Match | undefined {
  const at = ofTxPort(s, Port.QOS), { built, portNames } = s.sw;
  return at === 0 ? undefined : { table: 'qos', entry: `of ${portNames[s.visit.txPort]}`, position: built.position(built.k.view.getUint32(at + Qos.LINE, true)) };
}

function marked(s: Step): Match | undefined {
  const at = ofTxPort(s, Port.ECN), { built, portNames } = s.sw;
  return at === 0 ? undefined : { table: 'ecn', entry: `virtual queue of ${portNames[s.visit.txPort]}`, position: built.position(built.k.view.getUint32(at + Ecn.LINE, true)) };
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

/** The rule of a security group that decided. Of packets that go on to be rewritten HIT is their hop: the list is asked again. */
function rule({ sw, visit, before }: Step): Match | undefined {
  if (visit.drop === 'SOURCE_GUARD') return guardMatch(sw, visit.iface);
  if (visit.drop === 'POLICED') return policerMatch(sw, visit.hit);
  const { built } = sw, { view } = built.k, again = visit.node === 'ip_policy_out' && visit.drop === '';
  const out = again ? view.getUint16(view.getUint32(visit.hit + Hop.IFACE, true) + Iface.INDEX, true) : 0, iface = built.interfaces[out - 1];
  const time = view.getBigInt64(sw.at + Sw.NOW, true), found = !again ? ruleAt(built, visit.hit)
    : iface && !visit.originated ? decidingRule(built, iface, 'tx', visit.bytes.subarray(visit.l3), visit.iface, time) : undefined;
  if (!found || (!again && before?.hit === visit.hit)) return undefined;
  const { group, number, direction, action, position } = found;
  return { table: `${direction} rules`, entry: number === 0 ? `none of ${group} matches` : `rule ${number} of ${group}, ${action}`, position: position() };
}

function guardMatch({ built }: Switch, iface: number): Match | undefined {
  const at = built.interfaces[iface - 1], guard = at && policyConfig(built, at, 'source_guard');
  if (!guard) return undefined;
  return { table: `source guard of ${at.name}`, entry: guard.value === 'strict' ? 'no way back to the source leads there' : 'no prefix covers the source', position: built.file.position([...built.root, ...guard.path]) };
}

function policerMatch({ built }: Switch, at: number): Match | undefined {
  const found = [...built.policers].find(([, policer]) => policer === at);
  return found && { table: 'policer', entry: found[0], position: built.position(built.k.view.getUint32(at + Policer.LINE, true)) };
}

/** The pool or forward that a translated packet, or one that could not be, belongs to. */
function natMatch({ sw, visit, before }: Step, field: number): Match | undefined {
  const { nat, file, root } = sw.built, { view } = sw.built.k, address = (v: Visit) => formatIp(v.bytes.subarray(v.l3 + field, v.l3 + field + 4));
  if (!nat || !before || visit.bytes.length < visit.l3 + IP4.LEN || (!visit.drop && address(before) === address(visit))) return undefined;
  const [was, is] = [address(before), address(visit)], inside = field === IP4.SRC ? was : is, rows = listNat(sw.built);
  const forward = nat.forwards.find((_, i) => rows[i]!.inside.startsWith(`${inside}:`) && rows[i]!.outside.startsWith(`${field === IP4.SRC ? is : was}:`));
  const host = new DataView(Uint8Array.from(parseIp4(inside)).buffer).getUint32(0), pool = nat.pools.find(p => ((host & view.getUint32(p.at + NatPool.MASK, true)) >>> 0) === view.getUint32(p.at + NatPool.INSIDE, true));
  const path = pool?.path ?? forward?.path ?? ['nat'];
  return { table: 'NAT', entry: visit.drop ? `nothing for ${was}` : `${was} is ${is}`, position: file.position([...root, ...path]) };
}

/** The real server that a packet for a virtual service went to, told by the packet's outer destination or its hop. */
function real({ sw, visit, before }: Step): Match | undefined {
  const { balancers, k, file, root } = sw.built;
  if (!before || (visit.edge === 'ip4_lookup' && !visit.originated)) return undefined;
  const ipip = visit.originated ? Buffer.from(visit.bytes.subarray(IP4.DST, IP4.DST + 4)).readUInt32LE(0) : -1;
  for (const { name, reals, config, at } of balancers) {
    if (visit.drop && visit.hit === at) return { table: `service ${name}`, entry: 'every real has weight 0 or drains', position: file.position([...root, 'load_balancers', name]) };
    const i = reals.findIndex(r => (visit.originated ? k.view.getUint32(r + LbReal.ADDRESS, true) === ipip : k.view.getUint32(r + LbReal.HOP, true) === visit.hit));
    if (i >= 0) return { table: `service ${name}`, entry: `real ${config.reals[i]!.address}`, position: file.position([...root, 'load_balancers', name, 'reals', i]) };
  }
  return undefined;
}

/** The member that a flow's packets take, or the group that has none. */
function group({ sw, visit }: Step): Match | undefined {
  const found = [...sw.built.groups.values()].find(g => g?.hop === visit.hit || g?.members.some(m => m.hop === visit.hit));
  if (!found) return segmentList(sw, visit.hit);
  const hop = describeHop(sw, visit.hit);
  return { table: `group ${found.name}`, entry: found.hop === visit.hit ? 'no member has a weight' : `member${leadsTo(hop).slice(1)}`, position: hop.position };
}

/** The label on top of the stack as the packet came. */
function label({ sw, visit }: Step): Match | undefined {
  const { built } = sw, { bytes, l3 } = visit, entry = [...built.labels.values()].find(l => l.at === visit.hit);
  if (bytes.length < l3 + MPLS.LEN) return undefined;
  if (!entry) return { table: 'labels', entry: `no entry for ${new DataView(bytes.buffer, bytes.byteOffset).getUint32(l3) >>> MPLS_ENTRY.LABEL_SHIFT}` };
  const { does, out, to, position } = entry;
  return { table: 'labels', entry: [entry.label, does, ...out, to && `to ${to}`].filter(part => part !== '').join(' '), position: position() };
}

/** The neighbour that a swapped or uncovered packet goes to; none where the label ends here. */
function labelHop({ sw, visit }: Step): Match | undefined {
  const hop = visit.hit === 0 ? 0 : sw.built.k.view.getUint32(visit.hit + Label.HOP, true);
  return hop === 0 ? undefined : neighborMatch(sw, hop);
}

function neighborMatch(sw: Switch, at: number): Match {
  const { mac, to, interface: on, position } = describeHop(sw, at);
  return { table: 'neighbor', entry: `${to ? `${to} at ` : ''}${mac} on ${on}`, position };
}

/** The service that the packet goes to or comes from; its proxy's headers are as the last packet left them. */
function service({ sw, before }: Step): Match | undefined {
  const hit = before?.hit ?? 0, found = hit === 0 ? undefined : serviceAt(sw, sw.built.k.view.getUint32(hit + PROXY_OF, true));
  if (!found) return undefined;
  const { behavior, flavors, state, onFailure, cache, position } = showServices(sw).find(r => r.service === found.name)!, back = hit === found.at + SrProxy.RETURN;
  const way = back ? `back from ${found.name}` : state === 'down' ? `${found.name} is down: ${onFailure}` : `to ${found.name} by ${found.out.name}`;
  return { table: 'services', entry: [way, [behavior, ...flavors].join(' '), ...(cache ? [`${cache.bytes} bytes cached`] : [])].join(', '), position };
}

const biftTable = ({ subDomain, si }: { subDomain: number; si: number }): string => `BIFT of sub-domain ${subDomain}, set ${si}`;

/** The table that the BIFT-id of a packet without MPLS leads to. */
function biftId({ sw, visit: { bytes, l3, hit } }: Step): Match | undefined {
  if (bytes.length < l3 + BIER.LEN) return undefined;
  const id = new DataView(bytes.buffer, bytes.byteOffset).getUint32(l3) >>> MPLS_ENTRY.LABEL_SHIFT, found = findBift(sw, hit);
  return { table: 'BIFT-ids', entry: found ? `${id}, sub-domain ${found.bift.subDomain}, set ${found.bift.si}` : `no table has ${id}`, position: found?.bift.position() };
}

/** Whose bits a copy was made for; of a packet that went nowhere the table. */
function bierNeighbor({ sw, visit: { hit } }: Step): Match | undefined {
  const found = findBift(sw, hit);
  if (!found) return undefined;
  const { bift, neighbor } = found, table = biftTable(bift);
  if (!neighbor) return { table, entry: `${bift.bsl} bits`, position: bift.position() };
  const position = sw.built.position(sw.built.k.view.getUint32(neighbor.at + BierNeighbor.LINE, true));
  return { table, entry: `BFR ${idsText(neighbor.ids)}${neighbor.via ? ` via ${neighbor.via}` : ', this router'}`, position };
}

/** The receivers that the route names. */
function bierGroup({ sw, before }: Step): Match | undefined {
  const group = [...sw.built.bier.groups].find(([, g]) => g.hop === before?.hit);
  return group && { table: 'BIER groups', entry: `${group[0]}, BFR ${idsText(group[1].ids)}`, position: sw.built.file.position([...sw.built.root, ...group[1].path], true) };
}

/** The sub-domain whose packet ended here. */
function bierLocal({ sw, before }: Step): Match | undefined {
  const found = before && findBift(sw, before.hit);
  return found && { table: 'sub-domains', entry: `${found.bift.subDomain}, VRF ${found.bift.vrf}`, position: found.bift.position() };
}

/** The SID that the packet was for; the next node may act on another hop by now. */
function sid({ sw, before }: Step): Match | undefined {
  const { built } = sw, sids = built.routes.filter(r => isSid(built.k.view.getUint8(r.hop))), row = showSids(sw)[sids.findIndex(r => r.hop === before?.hit)];
  return row && { table: 'SIDs', entry: [row.sid, row.behavior, ...row.flavors, row.vrf && `VRF ${row.vrf}`, row.service && `service ${row.service}`, row.to && `to ${row.to}`, row.interface && `by ${row.interface}`, row.hmac && `HMAC ${row.hmac}`].filter(Boolean).join(' '), position: row.position };
}

/** The domain whose edge the packet came by. */
function srDomain(s: Step): Match | undefined {
  const { config, file, root } = s.sw.built, iface = ifaceOf(s);
  if (!iface || !(iface.flags & IfaceFlag.SRV6_EDGE)) return undefined;
  return { table: 'SR domain', entry: `${iface.name} is at its edge, SIDs in ${config.srv6?.domain?.block?.join(' ')}`, position: file.position([...root, 'srv6', 'domain', 'block']) };
}

/** The IPsec tunnel of the SA; of a packet whose SPI is nobody's the address it came to. */
function espTunnel({ sw, visit: { hit } }: Step): Match | undefined {
  const tunnels = [...sw.built.ipsec.values()], t = tunnels.find(x => x.at === hit || x.back === hit), line = hit === 0 ? 0 : sw.built.k.view.getUint32(hit + Esp.LINE, true);
  return { table: 'IPsec tunnels', entry: t ? `${t.name}, SPI 0x${(t.at === hit ? t.out : t.in).spi.toString(16)}` : 'no tunnel has the SPI', position: sw.built.position(line) };
}

/** The policy that the packet enters; the next node may act on its next hop by now. */
function policy({ sw, visit, before }: Step): Match | undefined {
  return segmentList(sw, before?.hit ?? 0) ?? segmentList(sw, visit.hit);
}

function segmentList(sw: Switch, hop: number): Match | undefined {
  const row = policyRow(sw, hop);
  return row && { table: 'SRv6 policies', entry: `${row.name}, segments ${row.segments.join(' ')}${row.sent.length < row.segments.length ? ` in ${row.sent.join(' ')}` : ''}`, position: row.position };
}

/** The adjacency that End.DX leads to, or the group of them. */
function adjacency({ sw, visit }: Step): Match | undefined {
  const hop = describeHop(sw, visit.hit);
  return { table: 'adjacency', entry: leadsTo(hop).slice(2), position: hop.position };
}

/** Who listens on the UDP port. */
function udpPort({ sw, visit: { bytes, l4, hit, edge } }: Step): Match | undefined {
  if (bytes.length < l4 + UDP.LEN) return undefined;
  const port = new DataView(bytes.buffer, bytes.byteOffset).getUint16(l4 + UDP.DST_PORT), line = sw.built.k.view.getUint32(hit + Vtep.LINE, true);
  return { table: 'UDP ports', ...(edge === 'vxlan_decap' ? { entry: `${port}, VXLAN`, position: sw.built.position(line) } : { entry: `nothing listens on ${port}` }) };
}

/** The VNI that a packet came with, as long as its header is there to be read, or the one that took its frame. */
function vxlanIn({ sw, visit: { bytes, l4, hit, drop }, before }: Step): Match | undefined {
  const found = [...sw.built.vxlans].find(([, e]) => e.vnis.includes(hit)), { view } = sw.built.k;
  if (found) return { table: 'VNIs', entry: `${found[1].config.vni}, ${found[0]}`, position: sw.built.position(view.getUint32(hit + Vni.LINE, true)) };
  const at = l4 + UDP.LEN + VXLAN.VNI;
  if (!drop || bytes.length < at + 4 || before?.length !== bytes.length) return undefined;
  return { table: 'VNIs', entry: `VNI ${new DataView(bytes.buffer, bytes.byteOffset).getUint32(at) >>> 8}`, position: sw.built.position(view.getUint32(hit + Vtep.LINE, true)) };
}

function vxlanOut({ sw, visit }: Step): Match | undefined {
  if (visit.hit === 0) return undefined;
  const { to, interface: on, position } = describeHop(sw, visit.hit);
  return { table: 'tunnel', entry: to ? `${on} to ${to}` : `${on} has no remote end`, position };
}

/** The neighbour that a packet goes to; where its MTU is what counts, that. */
function nextHop({ sw, visit }: Step): Match | undefined {
  if (visit.hit === 0) return undefined;
  if (!TOO_LONG.has(visit.drop)) return neighborMatch(sw, visit.hit);
  const { interface: on } = describeHop(sw, visit.hit), { view } = sw.built.k, iface = sw.built.interfaces.find(i => i.name === on);
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

/** The bridge that a frame came to: by a member, or by the bridge's own interface, which has its name. */
function bridgeName({ sw, visit, before }: Step): string {
  const from = sw.built.interfaces[(before ?? visit).iface - 1];
  return (from?.kind === IfaceKind.BRIDGE ? [...sw.built.bridges.keys()][from.domain] : from?.name) ?? '';
}

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
