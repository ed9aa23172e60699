// bier_groups.ts -- routes into BIER: the headers that packets for a group of
// receivers get.

import { BierGroup } from '../../assembly/abi/bier.ts';
import { HopKind } from '../../assembly/abi/hop.ts';
import { BIER, BIER_NIBBLE } from '../../assembly/wire/bier.ts';
import { bier } from '../wire/bier.ts';
import { type BierReceivers, bitString, bslCode, roomIn } from './bier.ts';
import type { Builder } from './builder.ts';
import type { Path } from './file.ts';
import { nearest } from './nearest.ts';

/** What every IPv4 link must carry (RFC 791 section 3.2). */
const MTU_MIN = 68;
/** TTL of headers made here unless the file says otherwise. */
const TTL = 64;

/** Headers and hops of all groups, whether or not a route leads there. */
export function buildBierGroups(b: Builder): void {
  for (const group of b.bier.groups.values()) group.hop = placeGroup(b, group);
}

/** The hop of routes to the group `name`. */
export function bierHop(b: Builder, name: string, path: Path): number | undefined {
  const group = b.bier.groups.get(name);
  if (group) return group.hop;
  const names = [...b.bier.groups.keys()], guess = nearest(name, names);
  b.fault([...path, 'bier'], `no BIER group "${name}"${guess ? `, do you mean "${guess}"?` : names.length > 0 ? `: there are ${names.join(', ')}` : ''}`);
  return undefined;
}

/** @returns undefined for a group without any receiver that the tables know, which has its fault already */
function placeGroup(b: Builder, { ids, config, bifts, path }: BierReceivers): number | undefined {
  const { k } = b, bsl = bifts[0]?.bsl ?? 0, length = BIER.LEN + bsl / 8;
  const parts = bifts.flatMap(f => {
    const mine = ids.filter(id => Math.floor((id - 1) / bsl) === f.si);
    return mine.length > 0 ? [{ bift: f, mine }] : [];
  });
  if (parts.length === 0) return undefined;
  const mtu = roomIn(b, parts.map(p => p.bift), length);
  if (mtu < MTU_MIN) {
    b.fault(path, `headers of ${length} bytes leave ${mtu} for the packet where the MTU is least: expected room for ${MTU_MIN}`, true);
    return undefined;
  }
  const at = k.alloc(BierGroup.PACKETS + parts.length * 8, 'BIER group');
  k.view.setUint8(at + BierGroup.COUNT, parts.length);
  k.view.setUint16(at + BierGroup.LENGTH, length, true);
  k.view.setUint32(at + BierGroup.LINE, b.line(path), true);
  parts.forEach(({ bift, mine }, i) => {
    const header = k.alloc(length, 'BIER header');
    k.bytes.set(bier.emit({ bift_id: bift.biftId ?? bift.label!, s: 1, ttl: config.ttl ?? TTL, nibble: BIER_NIBBLE.MPLS, bsl: bslCode(bsl), bfir_id: config.bfr_id ?? 0 }), header);
    k.bytes.set(bitString(mine, bsl), header + BIER.BIT_STRING);
    k.view.setUint32(at + BierGroup.PACKETS + i * 8, bift.at, true);
    k.view.setUint32(at + BierGroup.PACKETS + i * 8 + 4, header, true);
  });
  return b.hop({ kind: HopKind.BIER_ENCAP, aux: at, mtu, path });
}

/** Name of the group whose BIER_ENCAP hop is at `hop`. */
export function bierGroupName(b: Builder, hop: number): string {
  return [...b.bier.groups].find(([, g]) => g.hop === hop)?.[0] ?? '';
}
