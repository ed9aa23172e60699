// policers.ts -- policers by name: each is one, whoever refers to it shares it.

import { Color, Policer, PolicerAction } from '../../assembly/abi/policer.ts';
import { IfacePolicy } from '../../assembly/abi/policy.ts';
import type { Builder } from './builder.ts';
import type { PolicerConfig } from './config.ts';
import type { Path, Position } from './file.ts';
import { nearest } from './nearest.ts';
import { parseRate, parseSize } from './quantity.ts';
import { policyConfig } from './security_groups.ts';

/** Tokens a second that a meter takes, and tokens of a bucket: bits. */
const RATE_MAX = 2n ** 43n, BURST_MAX = 2n ** 62n;

/** Rates in bit/s, sizes in bytes; a policer with a peak rate has two rates. */
interface Sizes { readonly cir: bigint; readonly cbs: bigint; readonly ebs: bigint; readonly pir: bigint | undefined; readonly pbs: bigint }

function sizesOf(b: Builder, c: PolicerConfig, path: Path): Sizes | undefined {
  const rate = (key: 'cir' | 'pir') => (c[key] === undefined ? undefined : b.try([...path, key], () => parseRate(c[key]!)));
  const size = (key: 'cbs' | 'ebs' | 'pbs') => (c[key] === undefined ? 0n : b.try([...path, key], () => parseSize(c[key]!)) ?? 0n);
  const found = { cir: rate('cir') ?? 0n, cbs: size('cbs'), ebs: size('ebs'), pir: rate('pir'), pbs: size('pbs') };
  const refuse = (key: keyof PolicerConfig, why: string) => { b.fault([...path, key], why, c[key] !== undefined); };
  for (const key of ['cir', 'pir'] as const) if ((found[key] ?? 0n) >= RATE_MAX) refuse(key, `${c[key]} is more than 8 Tbit/s`);
  for (const key of ['cbs', 'ebs', 'pbs'] as const) if (found[key] * 8n > BURST_MAX) refuse(key, `${c[key]} is more than a bucket holds`);
  if (c.pir === undefined) {
    if (c.pbs !== undefined) refuse('pbs', 'goes with pir: two rates (RFC 2698)');
    if (found.cbs + found.ebs === 0n) refuse('cbs', 'cbs or ebs must be more than 0 (RFC 2697 section 2)');
  } else {
    if (c.ebs !== undefined) refuse('ebs', 'goes without pir: one rate (RFC 2697)');
    if (found.pir !== undefined && found.pir < found.cir) refuse('pir', `${c.pir} is less than cir, ${c.cir} (RFC 2698 section 2)`);
    for (const key of ['cbs', 'pbs'] as const) if (found[key] === 0n) refuse(key, 'must be more than 0 (RFC 2698 section 2)');
  }
  return found;
}

export function checkPolicers(b: Builder): void {
  for (const [name, c] of Object.entries(b.config.policers ?? {})) sizesOf(b, c, ['policers', name]);
}

export function buildPolicers(b: Builder): void {
  for (const [name, c] of Object.entries(b.config.policers ?? {})) b.policers.set(name, place(b, c, ['policers', name]));
  for (const iface of b.interfaces)
    for (const [key, field] of [['policer_in', IfacePolicy.RX_POLICER], ['policer_out', IfacePolicy.TX_POLICER]] as const) {
      const found = policyConfig(b, iface, key);
      if (found) b.k.view.setUint32(b.policyOf(iface) + field, policerOf(b, found.value, found.path), true);
    }
}

/** A policer by name; 0 and a fault when there is none. */
export function policerOf(b: Builder, name: string, path: Path): number {
  const at = b.policers.get(name);
  if (at !== undefined) return at;
  const guess = nearest(name, [...b.policers.keys()]);
  b.fault(path, `no policer "${name}"${guess ? `, do you mean "${guess}"?` : ''}`);
  return 0;
}

function place(b: Builder, c: PolicerConfig, path: Path): number {
  const { k } = b, at = k.alloc(Policer.SIZEOF, 'policers'), { cir, cbs, ebs, pir, pbs } = sizesOf(b, c, path)!;
  const init = k.fn['meter_init'] as unknown as (at: number, rate: bigint, burst: bigint) => void;
  k.view.setUint8(at + Policer.TWO_RATES, pir === undefined ? 0 : 1);
  k.view.setUint8(at + Policer.COLOR_AWARE, c.color_aware ? 1 : 0);
  k.view.setUint32(at + Policer.LINE, b.line(path), true);
  k.view.setBigUint64(at + Policer.EXCESS_BURST, ebs * 8n, true);
  k.view.setBigUint64(at + Policer.EXCESS, ebs * 8n, true);
  init(at + Policer.COMMITTED, cir, cbs * 8n);
  init(at + Policer.PEAK, pir ?? 0n, pbs * 8n);
  [c.conform ?? 'transmit', c.exceed ?? 'transmit', c.violate ?? 'drop'].forEach((action, color) => {
    k.view.setUint8(at + Policer.ACTIONS + color, action === 'transmit' ? PolicerAction.TRANSMIT : action === 'drop' ? PolicerAction.DROP : action);
  });
  return at;
}

export interface PolicerRow {
  readonly policer: string;
  readonly color: 'green' | 'yellow' | 'red';
  readonly packets: bigint;
  /** Of layer 3. */
  readonly bytes: bigint;
  readonly position: Position;
}

/** What each policer made of the packets it met, a row a colour. */
export function listPolicers(b: Builder): PolicerRow[] {
  const { view } = b.k;
  return [...b.policers].flatMap(([policer, at]) => ([['green', Color.GREEN], ['yellow', Color.YELLOW], ['red', Color.RED]] as const).map(([color, i]) => ({
    policer, color, packets: view.getBigUint64(at + Policer.COUNTS + i * 16, true), bytes: view.getBigUint64(at + Policer.COUNTS + i * 16 + 8, true),
    position: b.file.position([...b.root, 'policers', policer], true),
  })));
}
