// srv6_sids.ts -- SIDs and locators go into the FIB.

import { Drop } from '../../assembly/abi/drop.ts';
import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { Sid, SidBehavior, SidCsid, SidFlavor, SidHmac } from '../../assembly/abi/srv6.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { ICMP6_UNREACHABLE } from '../../assembly/wire/icmp6.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { catalog } from '../graph/catalog.ts';
import { formatPrefix, maskAddress, parseIp, type Prefix } from '../wire/address.ts';
import { type Builder, sameBytes } from './builder.ts';
import type { Srv6SidConfig, Srv6Config } from './config.ts';
import type { Path, Position } from './file.ts';
import { CSID_FLAVORS, guarded, ip6Prefix, structureOf } from './srv6_csid.ts';
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
  for (const { prefix, path } of b.locators) {
    // No SID matches: as for any address without a route (RFC 8754 section 4.3.4).
    const hop = b.hop({ kind: HopKind.UNREACHABLE, code: ICMP6_UNREACHABLE.NO_ROUTE, reason: Drop.SID_UNKNOWN, path });
    b.routes.push({ vrf: UNDERLAY, prefix, hop, position: b.place(path) });
  }
  const allow = (config.allow ?? ['icmpv6']).reduce((bits, name) => bits | 1n << BigInt(ALLOW[name]), 0n), seen = new Set<string>();
  for (const { key, sid, path, position } of listed(b, config.sids ?? {})) {
    const given = b.try(path, () => ip6Prefix(key)), csid = given && structureOf(b, sid, key, given, path);
    if (!given) continue;
    const prefix = csid ? { address: given.address, length: csid.lbl + csid.lnfl } : given;
    const name = formatPrefix(prefix), own = b.interfaces.find(i => i.addresses.some(a => prefix.length === 128 && sameBytes(a.address, prefix.address)));
    if (seen.has(name)) b.fault(path, `${key} is listed twice`, true);
    else if (own) b.fault(path, `${key} is an address of ${own.name}`, true);
    else placeSid(b, sid, { prefix, allow, csid, path, position });
    seen.add(name);
  }
}

interface Listed { key: string; sid: Srv6SidConfig; path: Path; position: () => Position }

/** The SIDs of the file, or those of a table file. */
function* listed(b: Builder, sids: NonNullable<Srv6Config['sids']>): Generator<Listed> {
  if (typeof sids === 'string') yield* tableFile(b, sids);
  else for (const [key, sid] of Object.entries(sids)) {
    const path: Path = ['srv6', 'sids', key];
    yield { key, sid, path, position: b.place(path) };
  }
}

/** Words of a line behind the behavior, and those of them with a number. */
const WORDS = ['flavors', 'vrf', 'via', 'port', 'lblen', 'nflen', 'hmac'], NUMBERS = ['lblen', 'nflen'];

/** Lines `SID behavior [flavors psp,usd] [vrf NAME] [via ADDRESS] [port NAME] [lblen N] [nflen N] [hmac required]`, `#` comments. */
function* tableFile(b: Builder, name: string): Generator<Listed> {
  const path: Path = ['srv6', 'sids'];
  for (const { words: [key = '', behavior, ...rest], position } of tableLines(b, name, path)) {
    const words = new Map<string, string>();
    for (let n = 0; n < rest.length; n += 2) words.set(rest[n]!, rest[n + 1] ?? '');
    const flavors = words.get('flavors')?.split(',') ?? [];
    const known = behavior !== undefined && behavior in BEHAVIORS && flavors.every(f => f in FLAVORS || f in CSID_FLAVORS)
      && [...words].every(([word, value]) => WORDS.includes(word) && (NUMBERS.includes(word) ? /^[0-9]{1,3}$/ : word === 'hmac' ? /^(required|optional)$/ : /./).test(value));
    const numbers = NUMBERS.flatMap(word => (words.has(word) ? [[word, Number(words.get(word))]] : []));
    if (known) yield { key, sid: { ...Object.fromEntries(words), ...Object.fromEntries(numbers), flavors, behavior } as Srv6SidConfig, path, position };
    else b.fault(path, `expected "SID ${Object.keys(BEHAVIORS).join('|')} [flavors psp,usp,usd,next-csid,replace-csid] [vrf NAME] [via ADDRESS] [port NAME] [lblen N] [nflen N] [hmac required|optional]"`);
  }
}

interface Place {
  readonly prefix: Prefix;
  /** Sid.ALLOW. */
  readonly allow: bigint;
  readonly csid: ReturnType<typeof structureOf>;
  readonly path: Path;
  readonly position: () => Position;
}

function placeSid(b: Builder, sid: Srv6SidConfig, { prefix, allow, csid, path, position }: Place): void {
  const behavior = BEHAVIORS[sid.behavior], ends = behavior >= SidBehavior.END_DT6, flavors = (sid.flavors ?? []).filter((f): f is keyof typeof FLAVORS => f in FLAVORS);
  const crosses = behavior === SidBehavior.END_X, takes = { vrf: ends, via: crosses, port: crosses, flavors: !ends };
  const unfit = (['vrf', 'via', 'port', 'flavors'] as const).find(w => !takes[w] && (w === 'flavors' ? flavors.length > 0 : sid[w] !== undefined));
  if (unfit) b.fault([...path, unfit], `has no meaning for ${sid.behavior}`, true);
  if (crosses && sid.via === undefined) b.fault(path, 'End.X lacks "via", the neighbour it sends to');
  const to = crosses ? adjacencyOf(b, sid, flavors.includes('usd'), path) : { via: 0, table: ends ? b.vrf(sid.vrf, [...path, 'vrf']) : UNDERLAY };
  const hmac = hmacOf(b, sid, prefix, csid !== undefined, path);
  if (to?.table === undefined) return;
  // Where a path ends the argument means nothing (RFC 9800 section 4.2.7): the flavor shortens the FIB entry, no more.
  const kind = csid && !ends ? HopKind.SRV6_CSID : HopKind.SRV6_LOCAL, guards = hmac !== SidHmac.IGNORED || guarded(b.config.srv6!);
  const at = b.record('SID', formatPrefix(prefix), Hop.SIZEOF, Hop.LINE, position, view => {
    view.setUint8(Hop.KIND, guards ? HopKind.SRV6_INPUT : kind);
    view.setUint8(Hop.CODE, catalog['srv6_input']!.indexOf(kind === HopKind.SRV6_CSID ? 'srv6_csid' : 'srv6_local') + 1);
    view.setUint32(Hop.VIA, to.via, true);
    view.setUint8(Sid.BEHAVIOR, behavior);
    view.setUint8(Sid.FLAVORS, flavors.reduce((bits, f) => bits | FLAVORS[f], 0));
    view.setUint32(Sid.TABLE, to.table!, true);
    view.setBigUint64(Sid.ALLOW, allow, true);
    view.setUint8(Sid.CSID, csid?.kind ?? SidCsid.NONE);
    view.setUint8(Sid.LBL, csid?.lbl ?? 0);
    view.setUint8(Sid.LNFL, csid?.lnfl ?? 0);
    view.setUint8(Sid.HMAC, hmac);
  });
  b.routes.push({ vrf: UNDERLAY, prefix, hop: at, position });
}

const HMAC = { optional: SidHmac.OPTIONAL, required: SidHmac.REQUIRED } as const;

/** What a SID asks of HMACs: by itself, else by its locator. */
function hmacOf(b: Builder, sid: Srv6SidConfig, prefix: Prefix, compressed: boolean, path: Path): SidHmac {
  const asked = sid.hmac ?? b.locators.find(l => sameBytes(maskAddress(prefix.address, l.prefix.length), l.prefix.address))?.hmac;
  if (!asked) return SidHmac.IGNORED;
  if (b.hmacKeys.size === 0) b.fault(path, `hmac: ${asked} needs a key under srv6.hmac_keys`, true);
  if (compressed) b.fault(path, `hmac: ${asked} compares the destination with a whole segment, which a C-SID is not`, true);
  return HMAC[asked];
}

/** Whether a Hop of this kind is a Sid. */
export const isSid = (kind: number): boolean => kind === HopKind.SRV6_LOCAL || kind === HopKind.SRV6_CSID || kind === HopKind.SRV6_INPUT;

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
