// quantity.ts -- one grammar for quantities in files and flags: a number and
// its unit, as in 5us, 400G, 4KiB. A bare number is never guessed at.

/** A quantity that cannot be read. The message says what was expected. */
export class QuantityError extends Error {
  override name = 'QuantityError';
}

interface Quantity {
  /** What it is, for messages. */
  readonly what: string;
  /** Base unit: results are whole numbers of it. */
  readonly base: string;
  readonly forms: string;
  readonly units: Readonly<Record<string, bigint>>;
}

const TIME: Quantity = {
  what: 'time', base: 'ps', forms: '300s, 5us, 1.5ms',
  units: { ps: 1n, ns: 10n ** 3n, us: 10n ** 6n, ms: 10n ** 9n, s: 10n ** 12n, min: 60n * 10n ** 12n, h: 3600n * 10n ** 12n },
};
const RATE: Quantity = {
  what: 'rate in bit/s', base: 'bit/s', forms: '400G, 10M, 64k',
  units: { k: 10n ** 3n, M: 10n ** 6n, G: 10n ** 9n, T: 10n ** 12n },
};
const SIZE: Quantity = {
  what: 'size', base: 'B', forms: '1500B, 4KiB, 9kB',
  units: { B: 1n, kB: 10n ** 3n, MB: 10n ** 6n, GB: 10n ** 9n, KiB: 2n ** 10n, MiB: 2n ** 20n, GiB: 2n ** 30n },
};

/** Time in picoseconds. @throws QuantityError */
export const parseTime = (text: string): bigint => parse(TIME, text);

/** Rate in bit/s; prefixes are decimal. @throws QuantityError */
export const parseRate = (text: string): bigint => parse(RATE, text);

/** Size in bytes; kB is 1,000 and KiB 1,024. @throws QuantityError */
export const parseSize = (text: string): bigint => parse(SIZE, text);

function parse({ what, base, forms, units }: Quantity, text: string): bigint {
  const known = Object.keys(units).join(', ');
  const [, whole, fraction = '', unit] = /^(\d+)(?:\.(\d+))?([A-Za-z]*)$/.exec(text) ?? [];
  if (whole === undefined) throw new QuantityError(`"${text}" is no ${what}: expected a number and its unit, as in ${forms}`);
  if (!unit) throw new QuantityError(`${text} lacks its unit (${known}): expected a ${what}, as in ${forms}`);
  const scale = Object.hasOwn(units, unit) ? units[unit] : undefined;
  if (scale === undefined) throw new QuantityError(`"${text}": no unit "${unit}" for a ${what}: expected one of ${known}, as in ${forms}`);
  const product = BigInt(whole + fraction) * scale, parts = 10n ** BigInt(fraction.length);
  if (product % parts !== 0n) throw new QuantityError(`${text} is no whole number of ${base}`);
  return product / parts;
}
