// sweep.ts -- a grid of runs over one fabric file: values of its keys,
// balances, seeds. Each point is a file named by the hash of all that decides
// its result, so that a sweep goes on where it was left, wherever that was.

import { createHash } from 'node:crypto';
import { parse, parseDocument } from 'yaml';
import { EXIT, WeftError } from '../kernel/errors.ts';
import type { BalanceName } from './simulation.ts';

/** `transport.window=64,256`: a key of the file, and what it is to be in turn. */
export interface Setting { readonly key: string; readonly values: readonly unknown[] }

export interface Point {
  /** What was set, by key. */
  readonly set: Readonly<Record<string, unknown>>;
  readonly balance: BalanceName;
  readonly seed: number;
  /** The file with its keys set. */
  readonly text: string;
  readonly hash: string;
}

/** Points of a sweep; more are a mistake. */
const POINTS_MAX = 1_000_000;

/** @throws WeftError for what is no setting */
export function parseSetting(text: string): Setting {
  const [, key, values] = /^([\w.]+)=(.+)$/.exec(text) ?? [];
  if (key === undefined) throw new WeftError(EXIT.usage, `"${text}" sets nothing`, 'as in --set transport.window=64,256 or --set workload.0.bytes=1MB,4MB');
  return { key, values: values!.split(',').map(v => parse(v) as unknown) };
}

/**
 * All points, the last setting's values next to each other, then balances, then seeds.
 * @param until picoseconds
 * @param identify what else decides results for a file's text: version of weft, files that it names
 */
export function gridOf(text: string, settings: readonly Setting[], balances: readonly BalanceName[], seeds: readonly number[], until: number | undefined, identify: (text: string) => string): Point[] {
  const twice = settings.find((s, i) => settings.findIndex(x => x.key === s.key) < i);
  if (twice) throw new WeftError(EXIT.usage, `${twice.key} is set twice`);
  const count = settings.reduce((n, s) => n * s.values.length, balances.length * seeds.length);
  if (count > POINTS_MAX) throw new WeftError(EXIT.usage, `${count} points are more than a sweep does (${POINTS_MAX})`);
  const sets = settings.reduce<Record<string, unknown>[]>((list, { key, values }) => list.flatMap(set => values.map(value => Object.assign({}, set, { [key]: value }))), [{}]);
  return sets.flatMap(set => {
    const own = withSettings(text, set), identity = identify(own);
    return balances.flatMap(balance => seeds.map(seed => ({ set, balance, seed, text: own, hash: hashOf([identity, own, balance, seed, until ?? null]) })));
  });
}

function withSettings(text: string, set: Readonly<Record<string, unknown>>): string {
  if (Object.keys(set).length === 0) return text;
  const document = parseDocument(text);
  for (const [key, value] of Object.entries(set)) {
    const path = key.split('.').map(part => (/^\d+$/.test(part) ? Number(part) : part));
    try {
      document.setIn(path, value);
    } catch {
      throw new WeftError(EXIT.usage, `${key} is no place in the file that can be set`, 'keys and places in lists from 0, joined by dots: workload.0.bytes');
    }
  }
  return document.toString();
}

const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 32);

/** `2/8`: every eighth point, from the second. */
export interface Shard { readonly index: number; readonly of: number }

export const shardOf = <T>(list: readonly T[], { index, of }: Shard): T[] => list.filter((_, i) => i % of === index - 1);
