// srv6_sids.ts -- SIDs and locators go into the FIB.

import { Drop } from '../../assembly/abi/drop.ts';
import { Hop, HopKind } from '../../assembly/abi/hop.ts';
import { IfaceKind } from '../../assembly/abi/port.ts';
import { Sid, SidBehavior, SidCsid, SidFlavor, SidHmac, SidInner } from '../../assembly/abi/srv6.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { ICMP6_UNREACHABLE } from '../../assembly/wire/icmp6.ts';
import { IP_PROTOCOL } from '../../assembly/wire/ip.ts';
import { catalog } from '../graph/catalog.ts';
import { Exact64 } from '../kernel/tables.ts';
import { formatPrefix, maskAddress, parseIp, type Prefix } from '../wire/address.ts';
import { type Builder, sameBytes } from './builder.ts';
import type { Srv6SidConfig, Srv6Config } from './config.ts';
import type { Path, Position } from './file.ts';
import { groupHop } from './groups.ts';
import { pushHop } from './label_stack.ts';
import { tagKey, tagsOf } from './ports.ts';
import { CSID_FLAVORS, guarded, ip6Prefix, structureOf } from './srv6_csid.ts';
import { strangersAt } from './srv6_l2.ts';
import { policyHop, UNDERLAY } from './srv6_policies.ts';
import { tableLines } from './table_file.ts';

export const BEHAVIORS: Readonly<Record<Srv6SidConfig['behavior'], SidBehavior>> = {
  'End': SidBehavior.END, 'End.X': SidBehavior.END_X, 'End.T': SidBehavior.END_T, 'End.DX4': SidBehavior.END_DX4, 'End.DX6': SidBehavior.END_DX6,
  'End.DT4': SidBehavior.END_DT4, 'End.DT6': SidBehavior.END_DT6, 'End.DT46': SidBehavior.END_DT46,
  'End.DX2': SidBehavior.END_DX2, 'End.DX2V': SidBehavior.END_DX2V, 'End.DT2U': SidBehavior.END_DT2U, 'End.DT2M': SidBehavior.END_DT2M,
  'End.B6.Encaps': SidBehavior.END_B6_ENCAPS, 'End.B6.Encaps.Red': SidBehavior.END_B6_ENCAPS_RED,
  'End.B6.Insert': SidBehavior.END_B6_INSERT, 'End.B6.Insert.Red': SidBehavior.END_B6_INSERT_RED, 'End.BM': SidBehavior.END_BM,
};
type Key = Exclude<keyof Srv6SidConfig, 'behavior'>;
/** Keys of a SID that mean something for its behaviour. */
const KEYS: Readonly<Record<Srv6SidConfig['behavior'], readonly Key[]>> = {
  'End': ['flavors'], 'End.X': ['flavors', 'via', 'port', 'group'], 'End.T': ['flavors', 'vrf'], 'End.DX4': ['via', 'port', 'group', 'vrf'], 'End.DX6': ['via', 'port', 'group', 'vrf'],
  'End.DT4': ['vrf'], 'End.DT6': ['vrf'], 'End.DT46': ['vrf'], 'End.DX2': ['port'], 'End.DX2V': ['vlans'], 'End.DT2U': ['bridge'], 'End.DT2M': ['bridge', 'arg'],
  'End.B6.Encaps': ['policy'], 'End.B6.Encaps.Red': ['policy'], 'End.B6.Insert': ['policy'], 'End.B6.Insert.Red': ['policy'], 'End.BM': ['push', 'via', 'port'],
};
const ALL_KEYS = ['flavors', 'vrf', 'via', 'port', 'group', 'policy', 'push', 'bridge', 'vlans', 'arg'] as const;
/** Keys that a behaviour cannot do without, and what they say. */
const NEEDS: Readonly<Partial<Record<Srv6SidConfig['behavior'], readonly (readonly [Key, string])[]>>> = {
  'End.DX2': [['port', 'the interface that frames leave by']], 'End.DX2V': [['vlans', 'interfaces by VLAN']],
  'End.DT2U': [['bridge', 'which frames enter']], 'End.DT2M': [['bridge', 'which frames are flooded in']], 'End.BM': [['push', 'the labels']],
  'End.B6.Encaps': [['policy', 'to enter']], 'End.B6.Encaps.Red': [['policy', 'to enter']], 'End.B6.Insert': [['policy', 'to enter']], 'End.B6.Insert.Red': [['policy', 'to enter']],
};
/** What a binding SID of a policy does. */
const BINDING = { 'encaps': 'End.B6.Encaps', 'encaps.red': 'End.B6.Encaps.Red', 'insert': 'End.B6.Insert', 'insert.red': 'End.B6.Insert.Red' } as const;
const INNER: Readonly<Partial<Record<Srv6SidConfig['behavior'], number>>> = {
  'End.DX4': SidInner.IP4, 'End.DT4': SidInner.IP4, 'End.DX6': SidInner.IP6, 'End.DT6': SidInner.IP6, 'End.DT46': SidInner.IP4 | SidInner.IP6,
  'End.DX2': SidInner.ETHERNET, 'End.DX2V': SidInner.ETHERNET, 'End.DT2U': SidInner.ETHERNET, 'End.DT2M': SidInner.ETHERNET,
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
  const allow = allowed(config), seen = new Set<string>();
  for (const { key, sid, path, position } of [...listed(b, config.sids ?? {}), ...binding(b, config.policies ?? {})]) {
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

/** Keys of a SID in a table file, those of them with a number, and the behaviours that need no others. */
const WORDS: readonly Key[] = ['flavors', 'vrf', 'via', 'port', 'group', 'policy', 'lblen', 'nflen', 'hmac'], NUMBERS: readonly string[] = ['lblen', 'nflen'];
const TABLED = (Object.keys(BEHAVIORS) as Srv6SidConfig['behavior'][]).filter(name => KEYS[name].every(key => WORDS.includes(key)));

/** Lines `SID behavior [flavors psp,usd] [vrf NAME] [via ADDRESS] [port NAME] [group NAME] [policy NAME] [lblen N] [nflen N] [hmac required]`, `#` comments. */
function* tableFile(b: Builder, name: string): Generator<Listed> {
  const path: Path = ['srv6', 'sids'];
  for (const { words: [key = '', behavior = '', ...rest], position } of tableLines(b, name, path)) {
    const words = new Map<string, string>();
    for (let n = 0; n < rest.length; n += 2) words.set(rest[n]!, rest[n + 1] ?? '');
    const flavors = words.get('flavors')?.split(',') ?? [];
    const known = TABLED.some(t => t === behavior) && flavors.every(f => f in FLAVORS || f in CSID_FLAVORS)
      && [...words].every(([word, value]) => WORDS.some(w => w === word) && (NUMBERS.includes(word) ? /^[0-9]{1,3}$/ : word === 'hmac' ? /^(required|optional)$/ : /./).test(value));
    const numbers = NUMBERS.flatMap(word => (words.has(word) ? [[word, Number(words.get(word))]] : []));
    if (known) yield { key, sid: { ...Object.fromEntries(words), ...Object.fromEntries(numbers), flavors, behavior } as Srv6SidConfig, path, position };
    else b.fault(path, `expected "SID ${TABLED.join('|')} [flavors psp,usp,usd,next-csid,replace-csid] [vrf NAME] [via ADDRESS] [port NAME] [group NAME] [policy NAME] [lblen N] [nflen N] [hmac required|optional]"`);
  }
}

/** The binding SIDs of policies. */
function* binding(b: Builder, policies: NonNullable<Srv6Config['policies']>): Generator<Listed> {
  for (const [policy, { bsid, mode = 'encaps' }] of Object.entries(policies)) {
    const path: Path = ['srv6', 'policies', policy, 'bsid'];
    if (bsid !== undefined) yield { key: bsid, sid: { behavior: BINDING[mode], policy }, path, position: b.place(path) };
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
  const given = sid.flavors ?? [], flavors = given.filter((f): f is keyof typeof FLAVORS => f in FLAVORS), { behavior } = sid;
  const unfit = ALL_KEYS.find(key => !KEYS[behavior].includes(key) && (key === 'flavors' ? flavors.length > 0 : sid[key] !== undefined));
  if (unfit) b.fault([...path, unfit], `has no meaning for ${behavior}`, true);
  if (new Set(given).size < given.length) b.fault([...path, 'flavors'], 'names a flavour twice');
  const lack = (NEEDS[behavior] ?? []).find(([key]) => sid[key] === undefined);
  if (lack) b.fault(path, `${behavior} lacks "${lack[0]}", ${lack[1]}`);
  const to = unfit || lack ? undefined : targetOf(b, sid, prefix, path), hmac = hmacOf(b, sid, prefix, csid !== undefined, path);
  if (!to) return;
  const number = BEHAVIORS[behavior], ends = number >= SidBehavior.END_DX6 && number <= SidBehavior.END_DT2M;
  if (csid && !ends && !COMPRESSED.includes(number)) b.fault([...path, 'flavors'], `${behavior} has no compressed form here: only End, End.X and End.T, and what takes packets out, have (RFC 9800 section 4)`);
  if (csid && sid.group !== undefined && !ends) b.fault([...path, 'group'], 'a compressed End.X sends to one neighbour: name it with `via`', true);
  const inner = flavors.includes('usd') ? SidInner.IP4 | SidInner.IP6 : INNER[behavior] ?? 0;
  // Where a path ends the argument means nothing (RFC 9800 section 4.2.7): the flavor shortens the FIB entry, no more.
  const kind = csid && !ends ? HopKind.SRV6_CSID : HopKind.SRV6_LOCAL, guards = hmac !== SidHmac.IGNORED || guarded(b.config.srv6!);
  const at = b.record('SID', formatPrefix(prefix), Hop.SIZEOF, Hop.LINE, position, view => {
    view.setUint8(Hop.KIND, guards ? HopKind.SRV6_INPUT : kind);
    view.setUint8(Hop.CODE, catalog['srv6_input']!.indexOf(kind === HopKind.SRV6_CSID ? 'srv6_csid' : 'srv6_local') + 1);
    view.setUint32(Hop.VIA, to.via ?? 0, true);
    view.setUint32(Hop.IFACE, to.iface ?? 0, true);
    view.setUint8(Sid.BEHAVIOR, number);
    view.setUint8(Sid.FLAVORS, flavors.reduce((bits, f) => bits | FLAVORS[f], 0));
    view.setUint8(Sid.INNER, inner);
    view.setUint32(Sid.TABLE, to.table ?? UNDERLAY, true);
    view.setBigUint64(Sid.ALLOW, allow, true);
    view.setUint8(Sid.CSID, csid?.kind ?? SidCsid.NONE);
    view.setUint8(Sid.LBL, csid?.lbl ?? 0);
    view.setUint8(Sid.LNFL, csid?.lnfl ?? 0);
    view.setUint8(Sid.HMAC, hmac);
    view.setUint32(Sid.L2, to.l2 ?? 0, true);
    view.setUint8(Sid.ARG_AT, sid.arg ? prefix.length : 0);
    view.setUint8(Sid.ARG_SIZE, sid.arg?.size ?? 0);
    view.setUint8(Sid.ARG_COUNT, sid.arg ? sid.arg.count ?? 1 : 0);
  });
  b.routes.push({ vrf: UNDERLAY, prefix, hop: at, position });
}

/** Behaviours with segments left that a C-SID container may name. */
const COMPRESSED: readonly number[] = [SidBehavior.END, SidBehavior.END_X, SidBehavior.END_T];

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

/** Where packets of a SID go: fields of Sid. */
interface Target { table?: number; via?: number; iface?: number; l2?: number }

/** @returns undefined, and a fault, where there is no such place */
function targetOf(b: Builder, sid: Srv6SidConfig, prefix: Prefix, path: Path): Target | undefined {
  switch (sid.behavior) {
    case 'End': return {};
    case 'End.X': return adjacencyOf(b, sid, path);
    case 'End.T': case 'End.DT4': case 'End.DT6': case 'End.DT46': return some(b.vrf(sid.vrf, [...path, 'vrf']), table => ({ table }));
    case 'End.DX4': return some(wayOf(b, sid, false, path), way => ({ table: crossVrf(b, sid, [way], path) }));
    case 'End.DX6': return some(wayOf(b, sid, true, path), way => ({ table: crossVrf(b, sid, [way], path) }));
    case 'End.DX2': return some(outOf(b, sid.port!, [...path, 'port']), iface => ({ iface }));
    case 'End.DX2V': return some(vlansOf(b, sid.vlans!, [...path, 'vlans']), l2 => ({ l2 }));
    case 'End.DT2U': case 'End.DT2M': return bridgeOf(b, sid, prefix, path);
    case 'End.BM': return some(pushHop(b, { labels: sid.push!, via: sid.via, port: sid.port }, path, 'push'), via => ({ via }));
    default: return some(policyOf(b, sid, path), via => ({ via }));
  }
}

const some = <V, T>(value: V | undefined, use: (value: V) => T): T | undefined => (value === undefined ? undefined : use(value));

/** A hop to neighbours of a VRF, for one family. */
interface Way { readonly hop: number; readonly vrf: number; readonly six: boolean }

/** Hop to the neighbour of a SID, or to a group of them. */
function hopOf(b: Builder, sid: Srv6SidConfig, six: boolean, vrf: number, path: Path): number | undefined {
  const { via, group, port, behavior } = sid;
  if ((via === undefined) === (group === undefined)) return void b.fault(path, via === undefined ? `${behavior} lacks "via", the neighbour it sends to` : 'has via and group: it sends one way');
  if (group !== undefined) return groupHop(b, group, vrf, six, [...path, 'group']);
  const gateway = b.try([...path, 'via'], () => parseIp(via!));
  return gateway && b.gatewayHop(vrf, gateway, port, six ? ETHERTYPE.IPV6 : ETHERTYPE.IPV4, [...path, 'via']);
}

function wayOf(b: Builder, sid: Srv6SidConfig, six: boolean, path: Path): Way | undefined {
  const vrf = b.vrf(sid.vrf, [...path, 'vrf']), hop = vrf === undefined ? undefined : hopOf(b, sid, six, vrf, path);
  return hop === undefined ? undefined : { hop, vrf: vrf!, six };
}

/**
 * Where End.X sends. With USD, what comes out of the outer header goes there
 * too (RFC 8986 section 4.16.3).
 */
function adjacencyOf(b: Builder, sid: Srv6SidConfig, path: Path): Target | undefined {
  const via = hopOf(b, sid, true, UNDERLAY, path);
  if (via === undefined || !sid.flavors?.includes('usd')) return some(via, v => ({ via: v }));
  const via4 = hopOf(b, sid, false, UNDERLAY, path);
  return some(via4, four => ({ via, table: crossVrf(b, sid, [{ hop: four, vrf: UNDERLAY, six: false }, { hop: via, vrf: UNDERLAY, six: true }], path) }));
}

/**
 * What comes out of an outer header and has its adjacency already goes through
 * a VRF of the adjacency's own, in which every prefix leads there, so that it
 * passes the checks of any packet; srv6_dx takes it from there to its VRF.
 */
function crossVrf(b: Builder, sid: Srv6SidConfig, ways: readonly Way[], path: Path): number {
  const name = `${sid.behavior} ${sid.via ?? sid.group}${sid.port ? `%${sid.port}` : ''}${sid.vrf ? ` in ${sid.vrf}` : ''}`, own = b.vrfs.get(name) ?? b.vrfs.size;
  if (b.adjacencyVrfs.has(name)) return own;
  b.adjacencyVrfs.add(name);
  b.vrfs.set(name, own);
  for (const { hop, vrf, six } of ways)
    b.routes.push({ vrf: own, prefix: { address: new Uint8Array(six ? 16 : 4), length: 0 }, hop: b.hop({ kind: HopKind.SRV6_DX, aux: vrf, via: hop, path }), position: b.place(path) });
  return own;
}

/** An interface that frames may leave by. */
function outOf(b: Builder, name: string, path: Path): number | undefined {
  const iface = b.interface(name, path);
  if (iface?.kind !== IfaceKind.L3 || iface.port >= 0) return iface?.at;
  return void b.fault(path, `${name} is a bridge's own interface: expected a port, port.vlan or a tunnel`);
}

/** Table of End.DX2V. */
function vlansOf(b: Builder, vlans: NonNullable<Srv6SidConfig['vlans']>, path: Path): number | undefined {
  const before = b.faults.length, rows = Object.entries(vlans).flatMap(([key, port]) => {
    const at = [...path, key], tags = tagsOf(b, key, at), iface = outOf(b, port, at);
    return iface === undefined ? [] : [{ tags: tagKey(tags), iface }];
  });
  if (b.faults.length > before) return undefined;
  return b.generation.keep(`VLANs of a SID ${rows.map(r => `${r.tags} ${r.iface}`).join()}`, [], () => {
    const table = new Exact64(b.k, rows.length, 'VLAN table of a SID');
    for (const { tags, iface } of rows) table.put(tags, iface);
    return table.at;
  });
}

function bridgeOf(b: Builder, { bridge, arg }: Srv6SidConfig, prefix: Prefix, path: Path): Target | undefined {
  const table = b.bridge(bridge!, [...path, 'bridge']);
  if (arg && prefix.length + arg.size * (arg.count ?? 1) > 128) b.fault([...path, 'arg'], `${arg.size * (arg.count ?? 1)} bits have no room behind the ${prefix.length} of the SID: write it as a shorter prefix`);
  const iface = table === undefined ? undefined : strangersAt(b, bridge!);
  if (table !== undefined && iface === undefined) b.fault([...path, 'bridge'], `no SID led into ${bridge} when the switch started: restart it`);
  return some(iface, at => ({ table: table!, iface: at, l2: b.srv6Remotes! }));
}

/** Hop into the policy of an End.B6 SID. */
function policyOf(b: Builder, { policy: name, behavior }: Srv6SidConfig, path: Path): number | undefined {
  const hop = policyHop(b, name!, {}, path, 'policy'), mode = b.policies.get(name!)?.mode;
  if (mode && BINDING[mode] !== behavior) return void b.fault([...path, 'policy'], `${name} is of mode ${mode}: that is ${BINDING[mode]}`);
  return hop;
}
