// srgb.ts -- prefix segments (RFC 8660): a SID index is a label of ours, and
// one of the next router's, each counted from the router's own SRGB.

import { MPLS_LABEL } from '../../assembly/wire/mpls.ts';
import type { Builder } from './builder.ts';
import type { LabelConfig } from './config.ts';
import type { Path } from './file.ts';

interface Srgb { first: number; last: number }

/** What the prefix SIDs of the file say as labels: CONTINUE swaps, NEXT pops (RFC 8402 section 2). */
export function sidLabels(b: Builder): { label: number; entry: LabelConfig; path: Path }[] {
  const { srgb: text, sids = {} } = b.config.mpls ?? {}, names = Object.entries(sids);
  if (names.length > 0 && text === undefined) b.fault(['mpls', 'sids'], 'are indexes into an SRGB: give `srgb`, as in 16000-23999', true);
  const own = text === undefined ? undefined : range(b, text, ['mpls', 'srgb']);
  if (!own) return [];
  return names.flatMap(([key, { srgb, ...way }]) => {
    const path = ['mpls', 'sids', key], theirs = srgb === undefined ? own : range(b, srgb, [...path, 'srgb']);
    const label = labelAt(b, own, key, path), to = theirs && labelAt(b, theirs, key, path);
    if (label === undefined || to === undefined) return [];
    return [{ label, path, entry: way.pop !== undefined || way.php ? way : { ...way, swap: to } }];
  });
}

function range(b: Builder, text: string, path: Path): Srgb | undefined {
  const [first = 0, last = 0] = text.split('-').map(Number);
  if (first >= MPLS_LABEL.FIRST && first <= last && last <= MPLS_LABEL.LAST) return { first, last };
  b.fault(path, `${text}: expected labels first-last within ${MPLS_LABEL.FIRST} to ${MPLS_LABEL.LAST}`);
  return undefined;
}

function labelAt(b: Builder, { first, last }: Srgb, index: string, path: Path): number | undefined {
  if (first + Number(index) <= last) return first + Number(index);
  b.fault(path, `index ${index} is beyond the SRGB ${first}-${last}`, true);
  return undefined;
}
