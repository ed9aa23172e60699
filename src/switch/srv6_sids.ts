// srv6_sids.ts -- SIDs and locators go into the FIB.

import { Drop } from '../../assembly/abi/drop.ts';
import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { Sid, SidBehavior, SidFlavor } from '../../assembly/abi/srv6.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { ICMP6_UNREACHABLE } from '../../assembly/wire/icmp6.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { AddressError, formatPrefix, parseIp, parsePrefix, type Prefix } from '../wire/address.ts';
import { type Builder, sameBytes } from './builder.ts';
import type { Srv6SidConfig, Srv6Config } from './config.ts';
import type { Path, Position } from './file.ts';
import { UNDERLAY } from './srv6_policies.ts';
import { tableLines } from './table_file.ts';

export const BEHAVIORS: Readonly<Record<Srv6SidConfig['behavior'], SidBehavior>> = {
  'End': SidBehavior.END, 'End.X': SidBehavior.END_X, 'End.DT4': SidBehavior.END_DT4, 'End.DT6': SidBehavior.END_DT6, 'End.DT46': SidBehavior.END_DT46,
};
export const FLAVORS = { psp: SidFlavor.PSP, usp: SidFlavor.USP, usd: SidFlavor.USD } as const;
const ALLOW = { icmpv6: IP_PROTOCOL.ICMPV6, udp: IP_PROTOCOL.UDP } as const;

/** SIDs come after the routes: they win over a route for the same prefix. */
export function buildSids(b: Builder): void {
  const config = b.config.srv6;
  if (!config) return;
  for (const [name, text] of Object.entries(config.locators ?? {})) {
    const path: Path = ['srv6', 'locators', name], prefix = b.try(path, () => sidPrefix(text));
    // No SID matches: as for any address without a route (RFC 8754 section 4.3.4).
    const hop = b.hop({ kind: HopKind.UNREACHABLE, code: ICMP6_UNREACHABLE.NO_ROUTE, reason: Drop.SID_UNKNOWN, path });
    if (prefix) b.routes.push({ vrf: UNDERLAY, prefix, hop, position: b.place(path) });
  }
  const allow = allowed(config), seen = new Set<string>();
  for (const { key, sid, path, position } of listed(b, config.sids ?? {})) {
    const prefix = b.try(path, () => sidPrefix(key));
    if (!prefix) continue;
    const name = formatPrefix(prefix), own = b.interfaces.find(i => i.addresses.some(a => prefix.length === 128 && sameBytes(a.address, prefix.address)));
    if (seen.has(name)) b.fault(path, `${key} is listed twice`, true);
    else if (own) b.fault(path, `${key} is an address of ${own.name}`, true);
    else placeSid(b, sid, prefix, allow, path, position);
    seen.add(name);
  }
}

/** Sid.ALLOW of a switch. */
export const allowed = ({ allow = ['icmpv6'] }: Srv6Config): bigint => allow.reduce((bits, name) => bits | 1n << BigInt(ALLOW[name]), 0n);

interface Listed { key: string; sid: Srv6SidConfig; path: Path; position: () => Position }

/** The SIDs of the file, or those of a table file. */
function* listed(b: Builder, sids: NonNullable<Srv6Config['sids']>): Generator<Listed> {
  if (typeof sids === 'string') yield* tableFile(b, sids);
  else for (const [key, sid] of Object.entries(sids)) {
    const path: Path = ['srv6', 'sids', key];
    yield { key, sid, path, position: b.place(path) };
  }
}

/** Lines `SID behavior [flavors psp,usd] [vrf NAME] [via ADDRESS] [port NAME]`, `#` comments. */
function* tableFile(b: Builder, name: string): Generator<Listed> {
  const path: Path = ['srv6', 'sids'];
  for (const { words: [key = '', behavior, ...rest], position } of tableLines(b, name, path)) {
    const words = new Map<string, string>();
    for (let n = 0; n < rest.length; n += 2) words.set(rest[n]!, rest[n + 1] ?? '');
    const flavors = words.get('flavors')?.split(',') ?? [];
    const known = behavior !== undefined && behavior in BEHAVIORS && flavors.every(f => f in FLAVORS)
      && [...words].every(([word, value]) => ['flavors', 'vrf', 'via', 'port'].includes(word) && value !== '');
    if (known) yield { key, sid: { ...Object.fromEntries(words), flavors, behavior } as Srv6SidConfig, path, position };
    else b.fault(path, `expected "SID ${Object.keys(BEHAVIORS).join('|')} [flavors psp,usp,usd] [vrf NAME] [via ADDRESS] [port NAME]"`);
  }
}

/** A SID, or the prefix of all that have its locator and function. */
export function sidPrefix(text: string): Prefix {
  const prefix = parsePrefix(text.includes('/') ? text : `${text}/128`);
  if (prefix.address.length !== 16) throw new AddressError(`"${text}" is not an IPv6 address`);
  return prefix;
}

function placeSid(b: Builder, sid: Srv6SidConfig, prefix: Prefix, allow: bigint, path: Path, position: () => Position): void {
  const behavior = BEHAVIORS[sid.behavior], ends = behavior >= SidBehavior.END_DT6, flavors = sid.flavors ?? [];
  const crosses = behavior === SidBehavior.END_X, takes = { vrf: ends, via: crosses, port: crosses, flavors: !ends };
  const unfit = (['vrf', 'via', 'port', 'flavors'] as const).find(w => !takes[w] && (w === 'flavors' ? flavors.length > 0 : sid[w] !== undefined));
  if (unfit) b.fault([...path, unfit], `has no meaning for ${sid.behavior}`, true);
  if (crosses && sid.via === undefined) b.fault(path, 'End.X lacks "via", the neighbour it sends to');
  const to = crosses ? adjacencyOf(b, sid, flavors.includes('usd'), path) : { via: 0, table: ends ? b.vrf(sid.vrf, [...path, 'vrf']) : UNDERLAY };
  if (to?.table === undefined) return;
  const at = b.record('SID', formatPrefix(prefix), Hop.SIZEOF, Hop.LINE, position, view => {
    view.setUint8(Hop.KIND, HopKind.SRV6_LOCAL);
    view.setUint32(Hop.VIA, to.via, true);
    view.setUint8(Sid.BEHAVIOR, behavior);
    view.setUint8(Sid.FLAVORS, flavors.reduce((bits, f) => bits | FLAVORS[f], 0));
    view.setUint32(Sid.TABLE, to.table!, true);
    view.setBigUint64(Sid.ALLOW, allow, true);
  });
  b.routes.push({ vrf: UNDERLAY, prefix, hop: at, position });
}

/**
 * Where End.X sends. With USD, what comes out of the outer header goes there
 * too (RFC 8986 section 4.16.3): through a VRF of the adjacency's own, in which
 * every route leads to it, so that it passes the checks of any packet.
 */
function adjacencyOf(b: Builder, sid: Srv6SidConfig, usd: boolean, path: Path): { via: number; table: number } | undefined {
  const gateway = sid.via === undefined ? undefined : b.try([...path, 'via'], () => parseIp(sid.via!));
  const via = gateway && b.gatewayHop(UNDERLAY, gateway, sid.port, ETHERTYPE.IPV6, [...path, 'via']);
  if (!gateway || via === undefined) return undefined;
  if (!usd) return { via, table: UNDERLAY };
  const name = `${sid.via}${sid.port ? `%${sid.port}` : ''}`, known = b.vrfs.get(name);
  if (known !== undefined) return { via, table: known };
  const vrf = b.vrfs.size, via4 = b.gatewayHop(UNDERLAY, gateway, sid.port, ETHERTYPE.IPV4, [...path, 'via']);
  b.vrfs.set(name, vrf);
  for (const [octets, hop] of [[4, via4], [16, via]] as const)
    b.routes.push({ vrf, prefix: { address: new Uint8Array(octets), length: 0 }, hop: hop!, position: b.place(path) });
  return { via, table: vrf };
}
