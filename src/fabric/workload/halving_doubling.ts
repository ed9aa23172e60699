// halving_doubling.ts -- all-reduce by recursive halving, then doubling
// (Rabenseifner 2004): log2 N exchanges of half, a quarter, an eighth, and back.
// As much as a ring moves, in fewer steps.

import type { Job } from './kind.ts';
import type { Fronts, Script } from './script.ts';

export function allReduceByHalves({ hosts, bytes, path, read }: Job, script: Script, ready: Fronts): Fronts {
  const n = hosts.length, levels = Math.log2(n);
  if (!Number.isInteger(levels)) {
    read.fault([...path, 'algorithm'], `halving and doubling needs a power of two of hosts, not ${n}`);
    return ready;
  }
  let fronts = ready;
  for (let step = 0; step < 2 * levels; step++) {
    const level = step < levels ? step : 2 * levels - 1 - step, apart = n >> (level + 1), size = Math.ceil(bytes / 2 ** (level + 1)), first = script.messages.length;
    // What a host sends is what it got from its partner of the step before.
    hosts.forEach((src, i) => void script.send(src, hosts[i ^ apart]!, size, step === 0 ? fronts[i] : fronts[i]!.slice(1)));
    fronts = hosts.map((_, i) => [first + i, first + (i ^ apart)]);
  }
  return fronts;
}
