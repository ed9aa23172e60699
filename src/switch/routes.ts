// routes.ts -- what the FIB of each VRF holds: own addresses, connected
// networks, the file's routes, or a table file's lines `prefix gateway`.

import { Drop } from '../../assembly/abi/drop.ts';
import { HopKind } from '../../assembly/abi/hop.ts';
import { Iface, IfaceKind } from '../../assembly/abi/port.ts';
import { Switch } from '../../assembly/abi/switch.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { ICMP4_UNREACHABLE } from '../../assembly/wire/icmp4.ts';
import { ICMP6_UNREACHABLE } from '../../assembly/wire/icmp6.ts';
import { maskAddress, parseIp, parsePrefix, type Prefix } from '../wire/address.ts';
import { bierHop } from './bier_groups.ts';
import { type Builder, type HopInit, type RouteInit, sameBytes } from './builder.ts';
import { BulkRoutes } from './bulk_routes.ts';
import type { RouteConfig } from './config.ts';
import type { Path } from './file.ts';
import { groupHop } from './groups.ts';
import { ipsecHop } from './ipsec.ts';
import { pushHop } from './label_stack.ts';
import { groupMacHop, isGroupPrefix } from './multicast.ts';
import { isInsert, policyHop } from './srv6_policies.ts';
import { tableLines } from './table_file.ts';
import { vxlanRouteHop } from './vxlan.ts';

/** `to:` words for everything. */
const EVERYTHING: Readonly<Record<string, string>> = { default: '0.0.0.0/0', default6: '::/0' };

export function buildRoutes(b: Builder): void {
  b.k.view.setUint32(b.sw + Switch.NO_ROUTE, b.hop({ kind: HopKind.UNREACHABLE, code: 0, reason: Drop.NO_ROUTE, path: [] }), true);
  connected(b);
  const { routes } = b.config;
  if (typeof routes === 'string') tableFile(b, routes);
  else (routes ?? []).forEach((r, i) => addRoute(b, r, ['routes', i]));
}

/** Own addresses are local; their networks are gleaned; an IPv4 network's two ends are for nobody (RFC 2644). */
function connected(b: Builder): void {
  const local = b.hop({ kind: HopKind.LOCAL, path: ['ports'] });
  const end = b.hop({ kind: HopKind.DROP, reason: Drop.MULTICAST, path: ['ports'] });
  for (const iface of b.interfaces) {
    if (iface.kind !== IfaceKind.L3) continue;
    const path = [...iface.path, 'address'], vrf = iface.domain, position = b.place(path);
    const glean = b.hop({ kind: HopKind.GLEAN, iface, path });
    b.k.view.setUint32(iface.at + Iface.LINK_LOCAL_HOP, glean, true);
    for (const { address, length } of iface.addresses) {
      const bits = address.length * 8, network = maskAddress(address, length);
      const add = (a: Uint8Array, n: number, hop: number) => b.routes.push({ vrf, prefix: { address: a, length: n }, hop, position });
      if (length < bits) add(network, length, glean);
      if (bits === 32 && length < 31) {
        add(network, 32, end);
        add(network.map((octet, i) => octet | ~maskAddress(Uint8Array.of(255, 255, 255, 255), length)[i]! & 255), 32, end);
      }
      if (bits === 128 && length < 127) add(network, 128, local); // subnet-router anycast, RFC 4291 section 2.6.1; not on a /127, RFC 6164
      add(address, bits, local);
    }
  }
}

function addRoute(b: Builder, r: RouteConfig, path: Path): void {
  const prefix = b.try([...path, 'to'], () => parsePrefix(EVERYTHING[r.to] ?? r.to)), vrf = b.vrf(r.vrf, [...path, 'vrf']);
  if (!prefix || vrf === undefined) return;
  const hop = routeHop(b, r, prefix, vrf, path);
  if (hop !== undefined) b.routes.push({ vrf, prefix, hop, position: b.place(path) });
}

/** The one way a route goes. */
function routeHop(b: Builder, r: RouteConfig, prefix: Prefix, vrf: number, path: Path): number | undefined {
  // With `srv6` a gateway is the policy's.
  const ways = (['via', 'group', 'action', 'vrf_leak', 'srv6', 'vxlan', 'bier', 'ipsec'] as const).filter(w => r[w] !== undefined && !(w === 'via' && r.srv6 !== undefined));
  if (ways.length > 1 || (ways.length === 0 && r.port === undefined)) {
    b.fault(path, ways.length > 1 ? `has ${ways.join(' and ')}: a route goes one way` : 'goes nowhere: give it `via`, `port`, `group`, `action`, `vrf_leak`, `srv6`, `vxlan`, `bier` or `ipsec`');
    return undefined;
  }
  if (r.vxlan !== undefined) return vxlanRouteHop(b, { ...r, vxlan: r.vxlan }, vrf, path);
  for (const key of ['remote', 'router_mac'] as const) if (r[key] !== undefined) b.fault([...path, key], 'is of a route with `vxlan`', true);
  if (r.bier !== undefined) return bierHop(b, r.bier, path);
  const six = prefix.address.length === 16;
  if (r.group !== undefined) return groupHop(b, r.group, vrf, six, [...path, 'group']);
  if (r.action) return b.hop({ ...ACTIONS[r.action](six), path });
  if (r.vrf_leak !== undefined) {
    const to = b.vrf(r.vrf_leak, [...path, 'vrf_leak']);
    return to === undefined ? undefined : b.hop({ kind: HopKind.VRF, aux: to, path });
  }
  if (r.ipsec !== undefined) return ipsecHop(b, r.ipsec, path);
  if (r.srv6 !== undefined) {
    if (!six && isInsert(b.policies.get(r.srv6)?.mode ?? '')) b.fault([...path, 'srv6'], `${r.srv6} inserts an SRH: only IPv6 packets can have one`);
    return policyHop(b, r.srv6, r, path);
  }
  for (const key of ['push', 'entropy', 'tc'] as const)
    if (r[key] !== undefined && (!r.push || r.via === undefined)) b.fault([...path, key], `goes with ${r.push ? 'via' : 'push'} only`, true);
  if (r.via !== undefined) {
    if (r.push) return pushHop(b, { labels: r.push, via: r.via, port: r.port, entropy: r.entropy, tc: r.tc }, path, 'push');
    const via = b.try([...path, 'via'], () => parseIp(r.via!));
    return via && b.gatewayHop(vrf, via, r.port, six ? ETHERTYPE.IPV6 : ETHERTYPE.IPV4, [...path, 'via']);
  }
  const iface = b.interface(r.port!, [...path, 'port']);
  return iface && (isGroupPrefix(prefix) ? groupMacHop(b, iface, prefix, path) : b.hop({ kind: HopKind.GLEAN, iface, path }));
}

const ACTIONS: Readonly<Record<NonNullable<RouteConfig['action']>, (six: boolean) => Omit<HopInit, 'path'>>> = {
  blackhole: () => ({ kind: HopKind.DROP, reason: Drop.BLACKHOLE }),
  unreachable: six => ({ kind: HopKind.UNREACHABLE, reason: Drop.UNREACHABLE, code: six ? ICMP6_UNREACHABLE.ADDRESS : ICMP4_UNREACHABLE.HOST }),
  reject: six => ({ kind: HopKind.UNREACHABLE, reason: Drop.UNREACHABLE, code: six ? ICMP6_UNREACHABLE.REJECT_ROUTE : ICMP4_UNREACHABLE.NET }),
  prohibit: six => ({ kind: HopKind.UNREACHABLE, reason: Drop.PROHIBITED, code: six ? ICMP6_UNREACHABLE.PROHIBITED : ICMP4_UNREACHABLE.PROHIBITED }),
};

/** A gateway's place in a table file: look the packet up again in that VRF. */
const LEAK = 'vrf:';

/** Lines `prefix gateway [vrf]` or `prefix vrf:OTHER [vrf]`, `#` comments: a million of them load in seconds. */
function tableFile(b: Builder, name: string): void {
  const gateways = new Map<string, number | undefined>(), path: Path = ['routes'];
  for (const { words: [to = '', via, vrfName, ...more], position } of tableLines(b, name, path)) {
    if (via === undefined || more.length > 0) {
      b.fault(path, 'expected "prefix gateway [vrf]"');
      continue;
    }
    const prefix = b.try(path, () => parsePrefix(EVERYTHING[to] ?? to)), vrf = b.vrf(vrfName, path);
    if (!prefix || vrf === undefined) continue;
    const key = `${vrf} ${prefix.address.length} ${via}`;
    if (!gateways.has(key)) {
      const gateway = via.startsWith(LEAK) ? undefined : b.try(path, () => parseIp(via)), leak = via.startsWith(LEAK) ? b.vrf(via.slice(LEAK.length), path) : undefined;
      gateways.set(key, leak !== undefined ? b.hop({ kind: HopKind.VRF, aux: leak, path }) : gateway && b.gatewayHop(vrf, gateway, undefined, prefix.address.length === 16 ? ETHERTYPE.IPV6 : ETHERTYPE.IPV4, path));
    }
    const hop = gateways.get(key);
    if (hop === undefined) continue;
    const at = position();
    if (prefix.address.length === 4) (b.bulk4 ??= new BulkRoutes(4, at.file)).push(vrf, prefix, hop, at);
    else (b.bulk6 ??= new BulkRoutes(16, at.file)).push(vrf, prefix, hop, at);
  }
}

/** The route a lookup of `address` takes, by search of the list: for people, not packets. */
export function findRoute(b: Builder, vrf: number, address: Uint8Array): RouteInit | undefined {
  let best: RouteInit | undefined;
  for (const r of b.allRoutes())
    if (r.vrf === vrf && r.prefix.address.length === address.length && r.prefix.length >= (best?.prefix.length ?? -1) && sameBytes(maskAddress(address, r.prefix.length), r.prefix.address)) best = r;
  return best;
}
