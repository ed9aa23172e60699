// rules_report.ts -- rules of security groups and what met them: the rows of
// `show rules`, and which rule decided on a packet.

import { Packet } from '../../assembly/abi/packet.ts';
import { Rule, RuleKey } from '../../assembly/abi/policy.ts';
import type { Builder, Interface } from './builder.ts';
import { firstMatch } from './classifier.ts';
import type { Position } from './file.ts';
import type { RuleList, SecurityRule } from './security_groups.ts';

export interface RuleRow {
  readonly group: string;
  /** Number in the group; 0: what none of its rules matches. */
  readonly rule: number;
  readonly direction: 'ingress' | 'egress';
  readonly action: 'allow' | 'deny';
  readonly packets: bigint;
  /** Of layer 3. */
  readonly bytes: bigint;
  readonly position: Position;
}

/** Rules in the order of the file, then what stands behind each set of groups that interfaces have. */
export function listRules(b: Builder): RuleRow[] {
  const { view } = b.k;
  return b.rules.map(({ group, number, direction, action, at, position }) => ({
    group, rule: number, direction, action, packets: view.getBigUint64(at + Rule.PACKETS, true), bytes: view.getBigUint64(at + Rule.BYTES, true), position: position(),
  }));
}

/** The rule whose record is at `at`. */
export const ruleAt = (b: Builder, at: number): SecurityRule | undefined => b.rules.find(r => r.at === at);

/**
 * The rule that decides on an IP packet, by the plain list.
 * @param bytes from the IP header on; what stands there has been through the node
 * @param from  index of the interface it came in by, 0 when that is not known
 * @param time  of the packet, picoseconds
 */
export function decidingRule(b: Builder, iface: Interface, direction: 'rx' | 'tx', bytes: Uint8Array, from: number, time: bigint): SecurityRule | undefined {
  const list: RuleList | undefined = b.ruleLists.get(iface)?.[direction], six = bytes[0]! >> 4 === 6, { k } = b;
  if (!list) return undefined;
  const at = k.fn['alloc']!(k.pool, bytes.length + RuleKey.SIZE6 + 64) >>> 0;
  if (at === 0) return undefined;
  try {
    const p = k.view.getUint32(at + Packet.DATA, true), key = (p + bytes.length + 15) & ~15;
    k.bytes.set(bytes, p);
    if (k.fn[six ? 'ruleKey6' : 'ruleKey4']!(p, bytes.length, bytes.length, from, key) !== 0) return undefined;
    const words = [...k.u32.subarray(key >>> 2, (key + (six ? RuleKey.SIZE6 : RuleKey.SIZE4 - 8)) >>> 2)];
    const live = (rule: number) => time < k.view.getBigInt64(rule + Rule.EXPIRES, true), found = firstMatch(six ? list.six : list.four, words, live);
    return found ? ruleAt(b, found.rule) : list.otherwise;
  } finally {
    k.fn['free']!(k.pool, at);
  }
}
