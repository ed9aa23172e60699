// numbers.ts -- numbers on the command line, in and out.

import { InvalidArgumentError } from 'commander';
import { parseSize, QuantityError } from '../switch/quantity.ts';

const DECIMAL: Readonly<Record<string, number>> = { '': 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };
/** All that 32-bit addresses reach. */
const MEMORY_MAX = 2 ** 32;

/** `100`, `100k`, `1.5M`: a number above 0. */
export function amount(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)([kKMG]?)$/.exec(text) ?? [];
  const value = Number(number) * DECIMAL[unit ?? '']!;
  if (!(value > 0)) throw new InvalidArgumentError('Expected a number above 0, as in 250, 100k or 1.5M.');
  return value;
}

/** A whole number from 1. */
export function count(text: string): number {
  const value = amount(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('Expected a whole number from 1.');
  return value;
}

/** Bytes of memory: `512MiB`, `2GiB`; at most 4GiB. */
export function memory(text: string): number {
  try {
    const value = Number(parseSize(text));
    if (value > 0 && value <= MEMORY_MAX) return value;
  } catch (e) {
    if (!(e instanceof QuantityError)) throw e;
  }
  throw new InvalidArgumentError('Expected a size up to 4GiB, as in 512MiB or 2GiB.');
}

/** `9,712`. */
export const grouped = (n: number): string => n.toLocaleString('en-US');

/** Bytes in the largest decimal unit: `5.2 MB`. */
export function bytesText(n: number): string {
  const unit = ['B', 'kB', 'MB', 'GB', 'TB'].findLast((_, i) => n >= 1000 ** i) ?? 'B', i = ['B', 'kB', 'MB', 'GB', 'TB'].indexOf(unit);
  return `${i === 0 ? n : (n / 1000 ** i).toFixed(1)} ${unit}`;
}

/** Seconds as people say them: `0.3 s`, `2 min 5 s`. */
export function secondsText(s: number): string {
  if (s < 60) return `${s.toFixed(s < 0.1 ? 3 : 1)} s`;
  const minutes = Math.floor(s / 60);
  return minutes < 60 ? `${minutes} min ${Math.floor(s % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
