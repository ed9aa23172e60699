// srv6_l2.ts -- Ethernet through SRv6, RFC 8986 sections 4.9 to 4.12, 5.3, 5.4:
// interfaces whose frames enter a policy.
//
//   port     a cross-connect (EVPN VPWS): what comes in by the port enters the
//            policy, whatever it is; a SID with End.DX2 is the way back
//   bridge   a remote of the bridge (EVPN ELAN): NAME is a member of it, and
//            the SIDs End.DT2U and End.DT2M tell by the outer source that a
//            frame came from there. With `flood` there are two members: known
//            unicast frames leave by NAME, all others by NAME:flood
//
// Remotes of a bridge share a split-horizon group: nothing that came out of one
// goes into another. Frames of a source that is nobody's belong to
// BRIDGE@strangers, behind which nothing is learnt.

import { HopKind } from '../../assembly/abi/hop.ts';
import { Iface, IfaceFlag, IfaceKind } from '../../assembly/abi/port.ts';
import { Exact160 } from '../kernel/tables.ts';
import { parseIp6 } from '../wire/address.ts';
import { type Builder, defaultMac, type Interface, sameBytes } from './builder.ts';
import type { Srv6L2Config } from './config.ts';
import type { Path } from './file.ts';
import { isInsert, policyHop } from './srv6_policies.ts';

/** Split-horizon group of all SRv6 remotes. */
const HORIZON = 254;
/** The frames' own limit is none: what counts is the MTU of the policy. */
const MTU = 65521;

const entriesOf = (b: Builder): [string, Srv6L2Config, Path][] => Object.entries(b.config.srv6?.l2 ?? {}).map(([name, config]) => [name, config, ['srv6', 'l2', name]]);
export const floodName = (name: string): string => `${name}:flood`;
const strangersName = (bridge: string): string => `${bridge}@strangers`;

/** Note which ports are cross-connected: ports are declared by it. */
export function declareCrossConnects(b: Builder): void {
  for (const [, { port }, path] of entriesOf(b)) {
    if (port === undefined) continue;
    if (b.crossed.has(port)) b.fault([...path, 'port'], `${port} is cross-connected already`);
    else b.crossed.set(port, [...path, 'port']);
  }
}

export function declareSrv6L2(b: Builder): void {
  for (const [name, config, path] of entriesOf(b)) {
    const listed = b.memberOf(name), { bridge, port } = config;
    if (b.interfaces.some(i => i.name === name || i.name === floodName(name))) b.fault(path, `there is an interface ${name} already`, true);
    if (listed !== undefined && bridge !== undefined) b.fault([...path, 'bridge'], `${name} is in bridge ${[...b.bridges.keys()][listed]} already`);
    const inBridge = listed !== undefined || bridge !== undefined;
    if (inBridge === (port !== undefined)) b.fault(path, inBridge ? 'is of a bridge or of a port, not of both' : 'carries nothing: name a `bridge`, or with `port` an interface', true);
    if (inBridge) declareRemote(b, name, config, path, listed ?? b.bridge(bridge!, [...path, 'bridge']) ?? 0);
    else declareCross(b, name, config, path);
  }
  for (const bridge of strangersOf(b)) {
    const domain = b.bridges.get(bridge)!;
    tunnel(b, { name: strangersName(bridge), path: ['bridges', bridge], kind: IfaceKind.BRIDGE, domain, horizon: HORIZON, flags: IfaceFlag.NO_FLOOD | IfaceFlag.NO_LEARN });
  }
}

/** Bridges that SIDs lead into. */
function strangersOf(b: Builder): Set<string> {
  const sids = b.config.srv6?.sids;
  return new Set(Object.values(typeof sids === 'object' ? sids : {}).flatMap(s => (s.bridge !== undefined && b.bridges.has(s.bridge) ? [s.bridge] : [])));
}

/** A tunnel has no MAC: its frames are other stations'. */
function tunnel(b: Builder, init: Pick<Interface, 'name' | 'path' | 'kind' | 'domain' | 'flags'> & { horizon?: number }): void {
  b.addInterface({ ...init, port: -1, mac: defaultMac(b.number, 0), mtu: MTU, tags: [], addresses: [] });
}

function declareRemote(b: Builder, name: string, { flood, learn }: Srv6L2Config, path: Path, domain: number): void {
  const learning = learn === false ? IfaceFlag.NO_LEARN : 0, shared = { path, kind: IfaceKind.BRIDGE, domain, horizon: HORIZON };
  tunnel(b, { ...shared, name, flags: learning | (flood === undefined ? 0 : IfaceFlag.NO_FLOOD) });
  if (flood !== undefined) tunnel(b, { ...shared, name: floodName(name), path: [...path, 'flood'], flags: IfaceFlag.NO_LEARN });
}

function declareCross(b: Builder, name: string, config: Srv6L2Config, path: Path): void {
  for (const key of ['flood', 'source', 'learn'] as const) if (config[key] !== undefined) b.fault([...path, key], 'is of a bridge', true);
  tunnel(b, { name, path, kind: IfaceKind.CROSS, domain: 0, flags: 0 });
}

/** Policies come before, SIDs behind. The interfaces are those that the switch started with; where they lead may change. */
export function buildSrv6L2(b: Builder): void {
  const named = (name: string) => b.interfaces.find(i => i.name === name), remotes: { iface: Interface; source: Uint8Array }[] = [];
  for (const [name, config, path] of entriesOf(b)) {
    const iface = named(name)!;
    lead(b, iface, config.policy, path, 'policy');
    if (config.flood !== undefined) lead(b, named(floodName(name))!, config.flood, path, 'flood');
    if (config.port !== undefined) connect(b, config.port, iface, [...path, 'port']);
    if (config.source === undefined) continue;
    const source = b.try([...path, 'source'], () => parseIp6(config.source!));
    if (!source) continue;
    if (remotes.some(r => r.iface.domain === iface.domain && sameBytes(r.source, source))) b.fault([...path, 'source'], `${config.source} is another remote's of this bridge`);
    else remotes.push({ iface, source });
  }
  b.srv6Remotes = b.generation.keep(`SRv6 remotes ${remotes.map(r => `${r.iface.at} ${r.source.join()}`).join(';')}`, [], () => {
    const table = new Exact160(b.k, Math.max(1, remotes.length), 'SRv6 remotes');
    for (const { iface, source } of remotes) table.put(iface.domain, source, iface.at);
    return table.at;
  });
  for (const bridge of strangersOf(b)) { // static entries may lead there, but nothing leaves
    const iface = named(strangersName(bridge));
    if (iface) leaveBy(b, iface, b.hop({ kind: HopKind.SRV6_ENCAPS, path: ['bridges', bridge] }));
  }
}

/** Frames that leave by `iface` take the hop. */
function leaveBy(b: Builder, iface: Interface, hop: number): void {
  b.generation.later(() => { b.k.view.setUint32(iface.at + Iface.HOP, hop, true); });
}

/** Frames that leave by `iface` enter a policy. */
function lead(b: Builder, iface: Interface, policy: string, path: Path, key: string): void {
  const hop = policyHop(b, policy, {}, path, key);
  if (isInsert(b.policies.get(policy)?.mode ?? '')) b.fault([...path, key], `${policy} inserts an SRH: a frame has no place for it`);
  else if (hop !== undefined) leaveBy(b, iface, hop);
}

/** Frames that come in by interface `port` leave by `to`. */
function connect(b: Builder, port: string, to: Interface, path: Path): void {
  const from = b.interface(port, path);
  if (!from) return;
  if (from.kind !== IfaceKind.CROSS || from.port < 0) b.fault(path, `${port} is no port or port.vlan`);
  else b.k.view.setUint32(from.at + Iface.PEER, to.at, true);
}

/** Interface of frames whose outer source is no remote's; undefined where no SID of the file leads into the bridge. */
export const strangersAt = (b: Builder, bridge: string): number | undefined => b.interfaces.find(i => i.name === strangersName(bridge))?.at;
