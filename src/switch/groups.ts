// groups.ts -- ECMP groups: routes share their flows out to several gateways,
// by weight.

import { FLOW_FIELDS, FlowField, Hop, HopKind } from '../../assembly/abi/hop.ts';
import { Iface } from '../../assembly/abi/port.ts';
import { ETHERTYPE } from '../../assembly/wire/ethernet.ts';
import { Group, type GroupMember } from '../kernel/tables.ts';
import { parseIp } from '../wire/address.ts';
import type { Builder, BuiltGroup } from './builder.ts';
import type { GroupConfig } from './config.ts';
import type { Path } from './file.ts';
import { pushHop } from './label_stack.ts';
import { nearest } from './nearest.ts';

/** Members that any group has room for, so that some can join while it runs. */
const SLOTS = 8;
/** Buckets unless the file says otherwise: shares within 0.4 %. */
const BUCKETS = 256;

/** Faults of groups whether or not a route leads there; a switch with any is not built. */
export function checkGroups(b: Builder): void {
  for (const [name, config] of Object.entries(b.config.groups ?? {})) {
    const path = ['groups', name], buckets = config.buckets ?? BUCKETS, weighted = config.members.length;
    config.members.forEach((m, i) => { b.try([...path, 'members', i, 'via'], () => parseIp(m.via)); });
    if (buckets < weighted) b.fault([...path, config.buckets === undefined ? 'members' : 'buckets'], `${weighted} members cannot share ${buckets} buckets: give it 100 a member`);
  }
}

/**
 * The hop of routes through a group. Gateways are resolved in the routes' VRF
 * and their hops carry the routes' ethertype, so each VRF and family has a
 * group of its own, with the same buckets.
 */
export function groupHop(b: Builder, name: string, vrf: number, six: boolean, path: Path): number | undefined {
  const config = b.config.groups?.[name], key = `${name} ${vrf} ${six}`;
  if (!config) {
    const names = Object.keys(b.config.groups ?? {}), guess = nearest(name, names);
    b.fault(path, `no group "${name}"${guess ? `, do you mean "${guess}"?` : names.length > 0 ? `: there are ${names.join(', ')}` : ''}`);
    return undefined;
  }
  if (!b.groups.has(key)) b.groups.set(key, buildGroup(b, name, config, vrf, six));
  return b.groups.get(key)?.hop;
}

function buildGroup(b: Builder, name: string, config: GroupConfig, vrf: number, six: boolean): BuiltGroup | undefined {
  const path: Path = ['groups', name], before = b.faults.length, key = `${name} ${vrf} ${six}`;
  const members = config.members.flatMap((m, i) => {
    const at = [...path, 'members', i], via = parseIp(m.via);
    if (six && via.length === 4 && !m.push) b.fault([...at, 'via'], 'is an IPv4 gateway, and an IPv6 route leads here: IPv6 has none of the other family (RFC 8950 is for IPv4)');
    const hop = m.push ? pushHop(b, { ...m, labels: m.push }, at, 'push') : b.gatewayHop(vrf, via, m.port, six ? ETHERTYPE.IPV6 : ETHERTYPE.IPV4, [...at, 'via']);
    return hop === undefined ? [] : { via: m.via, weight: m.weight ?? 1, drain: m.drain ?? false, hop: b.ownHop(hop, `${key} ${config.members.slice(0, i).filter(o => o.via === m.via).length}`, at) };
  });
  if (b.faults.length > before) return undefined;
  const group = bucketsOf(b, key, config, members.map(m => ({ ...m, value: m.hop })));
  const shown = members.map(m => ({ via: m.via, hop: m.hop, weight: m.drain ? 0 : m.weight }));
  return { name, vrf, six, group, hop: b.hop({ kind: HopKind.GROUP, code: fieldsOf(config), aux: group.at, path }), members: shown };
}

/** A group's buckets; those of a group that runs are told what changed, so that only the flows move that must. */
export function bucketsOf(b: Builder, key: string, { buckets: size = BUCKETS }: Pick<GroupConfig, 'buckets'>, members: readonly GroupMember[]): Group {
  const named = (slots: number) => `group ${key} ${size} ${slots}`, twice = 2 ** Math.ceil(Math.log2(members.length * 2));
  const slots = [SLOTS, twice / 2, twice].find(s => s >= members.length && b.generation.has(named(s))) ?? Math.max(SLOTS, twice);
  const group = b.generation.keep(named(slots), [], () => new Group(b.k, slots, size));
  b.generation.later(() => { group.set(members); });
  return group;
}

/** `inner` and `qp` say where to look too, and alone they leave the rest at its default. */
function fieldsOf({ hash = [] }: GroupConfig): number {
  const bits = hash.reduce((sum, f) => sum | FlowField[f.toUpperCase() as keyof typeof FlowField], 0);
  return bits & FLOW_FIELDS ? bits : bits | FLOW_FIELDS;
}

/** How a group shared its flows out, as people want to see it. */
export interface GroupRow {
  readonly group: string;
  readonly vrf: string;
  readonly family: 4 | 6;
  readonly buckets: number;
  readonly members: readonly GroupMemberRow[];
}
export interface GroupMemberRow {
  readonly via: string;
  readonly interface: string;
  readonly weight: number;
  /** How many of the group's buckets it has. */
  readonly buckets: number;
  readonly packets: bigint;
  /** Of layer 3. */
  readonly bytes: bigint;
  /** Share of the weights, and of the packets so far, 0 to 1. */
  readonly asked: number;
  readonly actual: number;
}

/** The groups that routes of a switch lead to, in the order of its file. */
export function listGroups(b: Builder): GroupRow[] {
  const { view } = b.k, vrfs = [...b.vrfs.keys()];
  return [...b.groups.values()].flatMap(g => g ?? []).map(({ name, vrf, six, group, members }) => {
    const weights = members.reduce((sum, m) => sum + m.weight, 0);
    const packets = (hop: number) => view.getBigUint64(hop + Hop.PACKETS, true), all = members.reduce((sum, m) => sum + packets(m.hop), 0n);
    return {
      group: name, vrf: vrfs[vrf]!, family: six ? 6 : 4, buckets: group.buckets,
      members: members.map(({ via, weight, hop }) => ({
        via, interface: b.interfaces[view.getUint16(view.getUint32(hop + Hop.IFACE, true) + Iface.INDEX, true) - 1]!.name, weight,
        buckets: group.count(hop), packets: packets(hop), bytes: view.getBigUint64(hop + Hop.BYTES, true),
        asked: weights === 0 ? 0 : weight / weights, actual: all === 0n ? 0 : Number(packets(hop)) / Number(all),
      })),
    };
  });
}
