// source_guard.ts -- which sources an interface takes: prefixes of its own, or
// those whose way back leads out of it.

import { GuardMode, IfacePolicy } from '../../assembly/abi/policy.ts';
import { Lpm4, Lpm6 } from '../kernel/tables.ts';
import { parsePrefix } from '../wire/address.ts';
import type { Builder } from './builder.ts';
import { policyConfig } from './security_groups.ts';

/** Value of a prefix: nobody looks at it. Those of an lpm4 are multiples of 64. */
const PRESENT = 64;

export function buildSourceGuard(b: Builder): void {
  if (!b.interfaces.some(i => policyConfig(b, i, 'source_guard'))) return;
  const guarded = b.interfaces.flatMap(iface => {
    const guard = policyConfig(b, iface, 'source_guard');
    if (!guard) return [];
    const { value, path } = guard, list = value === 'strict' ? undefined : value.flatMap((text, i) => b.try([...path, i], () => parsePrefix(text)) ?? []);
    return [{ at: b.policyOf(iface), list }];
  });
  const sets = guarded.flatMap(g => (g.list ? [{ at: g.at, list: g.list }] : [])), all = sets.flatMap(s => s.list);
  const four = new Lpm4(b.k, Math.max(1, sets.length), all.filter(p => p.address.length === 4).length), six = new Lpm6(b.k, Math.max(1, sets.length), all.filter(p => p.address.length === 16).map(p => p.length));
  for (const { at, list } of guarded) b.k.view.setUint8(at + IfacePolicy.GUARD, list ? GuardMode.PREFIXES : GuardMode.REVERSE_PATH);
  sets.forEach(({ at, list }, set) => {
    b.k.view.setUint32(at + IfacePolicy.GUARD4, four.at, true);
    b.k.view.setUint32(at + IfacePolicy.GUARD6, six.at, true);
    b.k.view.setUint32(at + IfacePolicy.GUARD_SET, set, true);
    four.fill(set, Uint32Array.from(list.filter(p => p.address.length === 4).flatMap(({ address: a, length }) => [(a[0]! << 24 | a[1]! << 16 | a[2]! << 8 | a[3]!) >>> 0, length, PRESENT])));
    six.fill(set, list.filter(p => p.address.length === 16).map(prefix => ({ prefix, hop: PRESENT })));
  });
}
