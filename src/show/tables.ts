// tables.ts -- views of what the switches know: interfaces, routes, neighbours,
// groups, labels, tunnels, stations.

import { IfaceKind } from '../../assembly/abi/port.ts';
import type { RouteInit } from '../switch/builder.ts';
import { showBier } from '../switch/bier_report.ts';
import { listFlows } from '../switch/conntrack.ts';
import { showFdb } from '../switch/fdb.ts';
import { listGroups } from '../switch/groups.ts';
import { describeHop, type HopRow, vrfName } from '../switch/hops.ts';
import { listReals } from '../switch/load_balancers.ts';
import { showLabels } from '../switch/mpls.ts';
import { listNat } from '../switch/nat.ts';
import { listIpsec } from '../switch/ipsec.ts';
import { listNeighbors } from '../switch/neighbors.ts';
import type { Network } from '../switch/network.ts';
import { listPolicers } from '../switch/policers.ts';
import { showEcn, showPfc, showPorts } from '../switch/port_report.ts';
import { listRules } from '../switch/rules_report.ts';
import { type PolicyRow, showPolicies, showSids } from '../switch/srv6.ts';
import { showOam } from '../switch/srv6_domain.ts';
import { type CacheRow, showServices } from '../switch/services_report.ts';
import { showVxlan } from '../switch/vxlan_report.ts';
import { formatMac, formatPrefix } from '../wire/address.ts';
import { count, type Report, report, seconds, where } from './report.ts';

export function interfaces(network: Network): Report {
  const columns = ['Interface', 'Layer', 'VRF or bridge', 'MAC'].map(title => ({ title }));
  return report(network, [...columns, { title: 'MTU', right: true }, { title: 'Tags' }, { title: 'Addresses' }, { title: 'Where' }], sw => sw.built.interfaces.map(i => {
    const layer = i.kind === IfaceKind.L3 || i.kind === IfaceKind.TUNNEL ? 3 : 2;
    const domain = i.kind === IfaceKind.BRIDGE ? [...sw.built.bridges.keys()][i.domain]! : i.kind === IfaceKind.CROSS ? '' : vrfName(sw.built, i.domain);
    const tags = i.tags.map(t => t.vid), addresses = i.addresses.map(formatPrefix), position = sw.built.file.position([...sw.built.root, ...i.path]);
    return {
      cells: [i.name, String(layer), domain, formatMac(i.mac), String(i.mtu), tags.join('.'), addresses.join(' '), where(position)],
      json: { interface: i.name, layer, [i.kind === IfaceKind.BRIDGE ? 'bridge' : 'vrf']: domain, mac: formatMac(i.mac), mtu: i.mtu, tags, addresses, position },
    };
  }));
}

export function ports(network: Network): Report {
  const columns = [{ title: 'Port' }, ...['Packets in', 'Bytes in', 'Packets out', 'Bytes out', 'Bad checksums', 'Bad ICRCs'].map(title => ({ title, right: true }))];
  return report(network, columns, sw => showPorts(sw).map(r => ({ cells: [r.port, ...[r.packetsIn, r.bytesIn, r.packetsOut, r.bytesOut, r.badChecksums, r.badIcrcs].map(count)], json: r })));
}

/** Classes as `stopped/let go`. */
export function pfc(network: Network): Report {
  const columns = [{ title: 'Port' }, ...['PAUSE', 'Resume', 'PFC', ...Array.from({ length: 8 }, (_, c) => `Class ${c}`), 'Bad'].map(title => ({ title, right: true }))];
  return report(network, columns, sw => showPfc(sw).map(r => ({
    cells: [r.port, count(r.pause), count(r.resume), count(r.pfc), ...r.classes.map(c => (c.pause + c.resume > 0n ? `${count(c.pause)}/${count(c.resume)}` : '-')), count(r.bad)], json: r,
  })), ['Of each class how often PFC stopped it / let it go on. A replay does not stop for it.']);
}

export function ecn(network: Network): Report {
  const columns = [{ title: 'Port' }, ...['Rate', 'Kmin', 'Kmax', 'Pmax', 'Packets', 'ECN-capable', 'Marked', 'Most waiting'].map(title => ({ title, right: true })), { title: 'Where' }];
  return report(network, columns, sw => showEcn(sw).map(r => ({ cells: [r.port, count(r.rate), count(r.kmin), count(r.kmax), String(r.pmax), count(r.packets), count(r.capable), count(r.marked), count(r.highest), where(r.position)], json: r })));
}

export function fib(network: Network): Report {
  const columns = ['VRF', 'Prefix', 'Kind', 'Next hop', 'Interface', 'Where'].map(title => ({ title }));
  const hops = new Map<number, HopRow>(); // a million routes share a few
  return report(network, columns, sw => [...sw.built.allRoutes()].sort(byPrefix).map(({ vrf, prefix, hop, position }) => {
    const known = hops.get(hop) ?? describeHop(sw, hop), { kind, to, mac, interface: on } = known, name = vrfName(sw.built, vrf), at = position();
    hops.set(hop, known);
    return {
      cells: [name, formatPrefix(prefix), kind, to || mac, on, where(at)],
      json: { vrf: name, prefix: formatPrefix(prefix), kind, to: to || null, mac: mac || null, interface: on || null, position: at },
    };
  }));
}

/** By VRF, family, address, and length. */
function byPrefix(a: RouteInit, b: RouteInit): number {
  const [x, y] = [a.prefix, b.prefix];
  return a.vrf - b.vrf || x.address.length - y.address.length || Buffer.compare(x.address, y.address) || x.length - y.length;
}

export function neighbors(network: Network): Report {
  const columns = [{ title: 'Address' }, { title: 'Interface' }, { title: 'MAC' }, { title: 'State' }, { title: 'Age', right: true }, { title: 'Held', right: true }];
  return report(network, columns, sw => listNeighbors(sw.built).map(({ age, ...n }) => ({
    cells: [n.address, n.interface, n.mac ?? '', n.state, age === undefined ? '' : seconds(age), count(n.held)],
    json: { ...n, agePs: age ?? null },
  })));
}

export function groups(network: Network): Report {
  const columns = [...['Group', 'VRF', 'Family', 'Via', 'Interface'].map(title => ({ title })), ...['Weight', 'Buckets', 'Packets', 'Bytes', 'Asked', 'Actual'].map(title => ({ title, right: true }))];
  const share = (of: number) => `${(of * 100).toFixed(1)} %`;
  return report(network, columns, sw => listGroups(sw.built).flatMap(({ group, vrf, family, members }) => members.map(m => ({
    cells: [group, vrf, `IPv${family}`, m.via, m.interface, String(m.weight), count(m.buckets), count(m.packets), count(m.bytes), share(m.asked), share(m.actual)],
    json: { group, vrf, family, ...m },
  }))));
}

export function labels(network: Network): Report {
  const columns = [{ title: 'Label', right: true }, ...['Does', 'Out', 'To', 'Where'].map(title => ({ title }))];
  return report(network, columns, sw => showLabels(sw.built).map(l => ({ cells: [String(l.label), l.does, l.out.join(' '), l.to, where(l.position)], json: l })));
}

export function sids(network: Network): Report {
  const columns = [...['SID', 'Behavior', 'Flavors', 'VRF', 'To', 'Interface', 'Service', 'Cache'].map(title => ({ title })), ...['Packets', 'Bytes'].map(title => ({ title, right: true })), { title: 'Where' }];
  return report(network, columns, sw => showSids(sw).map(({ cache, ...s }) => ({
    cells: [s.sid, s.behavior, s.flavors.join(' '), s.vrf, s.to, s.interface, s.service, cached(cache), count(s.packets), count(s.bytes), where(s.position)],
    json: { ...s, cache: cacheJson(cache) },
  })));
}

/** Least privilege: what nothing has met in a capture of the usual traffic may be more than is needed. */
export function rules(network: Network): Report {
  const columns = [{ title: 'Group' }, { title: 'Rule', right: true }, { title: 'Direction' }, { title: 'Action' }, { title: 'Packets', right: true }, { title: 'Bytes', right: true }, { title: 'Where' }];
  const unused = network.switches.reduce((n, sw) => n + listRules(sw.built).filter(r => r.rule > 0 && r.packets === 0n).length, 0);
  return report(network, columns, sw => listRules(sw.built).map(r => ({
    cells: [r.group, r.rule === 0 ? 'none' : String(r.rule), r.direction, r.action, r.packets === 0n && r.rule > 0 ? 'never' : count(r.packets), count(r.bytes), where(r.position)],
    json: { ...r, rule: r.rule || null, used: r.packets > 0n },
  })), unused > 0 ? [`${unused} ${unused === 1 ? 'rule was' : 'rules were'} never met`] : []);
}

export function conntrack(network: Network): Report {
  const columns = [...['Interface', 'Protocol', 'Source', 'Destination', 'State'].map(title => ({ title })), { title: 'Left', right: true }, { title: 'Rule' }];
  const all = network.switches.map(sw => listFlows(sw.built)), evicted = all.reduce((n, { evicted: e }) => n + e, 0n);
  return report(network, columns, sw => all[network.switches.indexOf(sw)]!.flows.map(({ left, ...f }) => ({
    cells: [f.interface, f.protocol, f.source, f.destination, f.state, seconds(left), f.rule], json: { ...f, leftPs: left },
  })), evicted > 0n ? [`${count(evicted)} flows made room for others before their time`] : []);
}

export function nat(network: Network): Report {
  const columns = [...['Kind', 'Protocol', 'Inside', 'Outside'].map(title => ({ title })), { title: 'Left', right: true }, { title: 'Where' }];
  return report(network, columns, sw => listNat(sw.built).map(({ left, ...n }) => ({ cells: [n.kind, n.protocol, n.inside, n.outside, left === null ? '' : seconds(left), where(n.position)], json: { ...n, leftPs: left } })));
}

export function reals(network: Network): Report {
  const columns = [{ title: 'Service' }, { title: 'Virtual' }, { title: 'Real' }, ...['Weight', 'Flows', 'Packets', 'Bytes'].map(title => ({ title, right: true })), { title: 'State' }, { title: 'Where' }];
  return report(network, columns, sw => listReals(sw.built).map(r => ({ cells: [r.service, r.vip, r.real, String(r.weight), count(r.flows), count(r.packets), count(r.bytes), r.drain ? 'drains' : '', where(r.position)], json: r })));
}

export function policers(network: Network): Report {
  const columns = [{ title: 'Policer' }, { title: 'Color' }, { title: 'Packets', right: true }, { title: 'Bytes', right: true }, { title: 'Where' }];
  return report(network, columns, sw => listPolicers(sw.built).map(p => ({ cells: [p.policer, p.color, count(p.packets), count(p.bytes), where(p.position)], json: p })));
}

export function services(network: Network): Report {
  const text = ['Service', 'Behavior', 'Flavors', 'SID or label', 'Inner', 'Out', 'In', 'State', 'On failure', 'Cache'].map(title => ({ title }));
  return report(network, [...text, ...['Changes', 'Packets back', 'Bytes back', 'Bypassed'].map(title => ({ title, right: true })), { title: 'Where' }], sw => showServices(sw).map(({ cache, ...s }) => ({
    cells: [s.service, s.behavior, s.flavors.join(' '), s.segment, s.inner, s.out, s.in, s.state, s.onFailure, cached(cache), count(cache?.changes ?? 0n), count(s.packets), count(s.bytes), count(s.bypassed), where(s.position)],
    json: { ...s, cache: cacheJson(cache) },
  })));
}

/** `96 bytes, 0.2 s ago`, or of how many flows. */
function cached(cache: CacheRow | undefined): string {
  if (!cache) return '';
  const { bytes, age, flows } = cache;
  return [...(flows ? [`${count(flows.used)} of ${count(flows.size)} flows`] : []), `${bytes} bytes`, ...(age === undefined ? [] : [`${seconds(age)} ago`])].join(', ');
}

const cacheJson = (cache: CacheRow | undefined): object | null => cache ? { bytes: cache.bytes, agePs: cache.age ?? null, changes: cache.changes, flows: cache.flows ?? null } : null;

export function policies(network: Network): Report {
  const columns = [...['Policy', 'BSID', 'Mode', 'Segments'].map(title => ({ title })), ...['Weight', 'Packets', 'Bytes'].map(title => ({ title, right: true })), { title: 'Where' }];
  return report(network, columns, sw => showPolicies(sw).map(p => ({ cells: [p.name, p.bsid, p.mode, segmentsText(p), String(p.weight), count(p.packets), count(p.bytes), where(p.position)], json: p })));
}

/** `fc00:0:1:: fc00:0:2:: in fc00:0:1:2::`. */
export const segmentsText = ({ segments, sent }: Pick<PolicyRow, 'segments' | 'sent'>): string => segments.join(' ') + (segments.length > sent.length ? ` in ${sent.join(' ')}` : '');

/** Seconds to the nanosecond. */
const stamp = (ps: bigint): string => `${ps < 0n ? '-' : ''}${(ps < 0n ? -ps : ps) / 10n ** 12n}.${String((ps < 0n ? -ps : ps) % 10n ** 12n / 1000n).padStart(9, '0')} s`;

export function oam(network: Network): Report {
  const columns = [{ title: 'Time', right: true }, { title: 'Packet', right: true }, ...['Source', 'Destination'].map(title => ({ title })), ...['Left', 'Tag', 'Bytes'].map(title => ({ title, right: true }))];
  const all = network.switches.map(showOam), sum = (of: 'packets' | 'suppressed') => all.reduce((n, r) => n + r[of], 0n);
  const notes = [[sum('packets') - BigInt(all.reduce((n, r) => n + r.rows.length, 0)), 'older ones are no longer kept'], [sum('suppressed'), 'were not taken: more than srv6.oam allows']] as const;
  return report(network, columns, sw => all[network.switches.indexOf(sw)]!.rows.map(r => ({
    cells: [stamp(r.timePs), `#${r.packet}`, r.source, r.destination, String(r.segmentsLeft), String(r.tag), String(r.bytes)],
    json: r,
  })), notes.filter(([n]) => n > 0n).map(([n, what]) => `${count(n)} ${what}`));
}

export function bier(network: Network): Report {
  const right = (title: string) => ({ title, right: true }), left = (title: string) => ({ title });
  const columns = [right('SD'), right('SI'), right('BSL'), right('BIFT-id'), right('Label'), right('Table'), left('Via'), left('Interface'), left('BFRs'), left('F-BM'), right('Packets'), right('Bytes'), left('Where')];
  const number = (n: number | null) => (n === null ? '' : String(n)), bits = (hex: string) => hex.replace(/^(00)+(?=..)/, '');
  return report(network, columns, sw => showBier(sw).map(r => ({
    cells: [String(r.subDomain), String(r.si), String(r.bsl), number(r.biftId), number(r.label), String(r.table), r.via || 'this router', r.interface, r.bfrs, bits(r.fBm), count(r.packets), count(r.bytes), where(r.position)],
    json: r,
  })));
}

export function ipsec(network: Network): Report {
  const columns = [{ title: 'Tunnel' }, { title: 'Direction' }, ...['SPI', 'Packets', 'Bytes'].map(title => ({ title, right: true })), { title: 'Where' }];
  return report(network, columns, sw => listIpsec(sw.built).map(r => ({ cells: [r.tunnel, r.direction, `0x${r.spi.toString(16)}`, count(r.packets), count(r.bytes), where(r.position)], json: r })));
}

export function fdb(network: Network): Report {
  const columns = [{ title: 'Bridge' }, { title: 'MAC' }, { title: 'Interface' }, { title: 'Kind' }, { title: 'Age', right: true }];
  const all = network.switches.map(showFdb), sum = (of: 'moved' | 'full') => all.reduce((n, r) => n + r[of], 0n);
  const notes = [[sum('moved'), 'MACs were heard elsewhere than before'], [sum('full'), 'times a MAC was not learnt: the table was full']] as const;
  return report(network, columns, sw => all[network.switches.indexOf(sw)]!.rows.map(r => ({
    cells: [r.bridge, r.mac, r.interface, r.static ? 'static' : 'learnt', r.static ? '' : seconds(r.age)],
    json: { bridge: r.bridge, mac: r.mac, interface: r.interface, static: r.static, agePs: r.static ? null : r.age },
  })), notes.filter(([n]) => n > 0n).map(([n, what]) => `${count(n)} ${what}`));
}

/** A row for each remote VTEP; what came in is counted by VNI and stands in the first. */
export function vxlan(network: Network): Report {
  const text = ['Name', 'VNI', 'Bridge or VRF', 'Local', 'Remote', 'Interface'].map(title => ({ title }));
  const counts = ['Packets out', 'Bytes out', 'Packets in', 'Bytes in'].map(title => ({ title, right: true }));
  return report(network, [...text, ...counts], sw => showVxlan(sw).flatMap(({ remotes, ...v }) => {
    const none = { address: '', interface: '', packets: 0n, bytes: 0n };
    return (remotes.length > 0 ? remotes : [none]).map((r, i) => ({
      cells: [...(i === 0 ? [v.name, String(v.vni), v.bridge ?? v.vrf!, v.local.join(' ')] : ['', '', '', '']), r.address, r.interface, count(r.packets), count(r.bytes), ...(i === 0 ? [count(v.packets), count(v.bytes)] : ['', ''])],
      json: { name: v.name, vni: v.vni, bridge: v.bridge ?? null, vrf: v.vrf ?? null, local: v.local, underlay: v.underlay, port: v.port, remote: r.address || null, interface: r.interface || null, packetsOut: r.packets, bytesOut: r.bytes, vniPacketsIn: v.packets, vniBytesIn: v.bytes },
    }));
  }));
}
