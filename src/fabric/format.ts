// format.ts -- quantities as people read them.

const UNITS = [[1, 's'], [1e-3, 'ms'], [1e-6, 'us'], [1e-9, 'ns']] as const;

/** `336.2 us`: four digits, in the unit that makes it at least 1. */
export function formatSeconds(seconds: number): string {
  const [scale, unit] = UNITS.find(([s]) => seconds >= s) ?? UNITS[3];
  return seconds === 0 ? '0' : `${Number((seconds / scale).toPrecision(4))} ${unit}`;
}

export const formatShare = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** `400G`. */
export function formatRate(rate: number): string {
  const [scale, unit] = ([[1e15, 'P'], [1e12, 'T'], [1e9, 'G'], [1e6, 'M'], [1e3, 'k'], [1, '']] as const).find(([s]) => rate >= s)!;
  return `${Number((rate / scale).toPrecision(4))}${unit}`;
}
