// profile.ts -- switches as they are built: a chip has so much, and ports of the
// rates that its lanes make.

import { formatRate } from '../format.ts';
import type { Topology } from '../topology.ts';

export type ProfileName = '51.2T' | '102.4T';

/** Bit/s of all ports one way, and of a port: eight lanes of 100G or 200G make the fastest. */
const PROFILES: Readonly<Record<ProfileName, { readonly capacity: number; readonly rates: readonly number[] }>> = {
  '51.2T': { capacity: 51.2e12, rates: [100e9, 200e9, 400e9, 800e9] },
  '102.4T': { capacity: 102.4e12, rates: [100e9, 200e9, 400e9, 800e9, 1600e9] },
};

/** Of every switch, how many ports it has by their rate. */
export function portRates(t: Topology): Map<number, number>[] {
  const list = t.devices.slice(t.hosts).map(() => new Map<number, number>());
  for (const { ends, rate } of t.links)
    for (const { device } of ends) {
      const rates = list[device - t.hosts];
      if (rates) rates.set(rate, (rates.get(rate) ?? 0) + 1);
    }
  return list;
}

/** What no such chip can be: of each tier the first switch that asks for too much. @param profileOf of a tier */
export function beyondProfiles(t: Topology, profileOf: (tier: string) => ProfileName | undefined): string[] {
  const faults = new Map<string, string>();
  portRates(t).forEach((rates, i) => {
    const { tier, name } = t.devices[t.hosts + i]!, profile = faults.has(tier) ? undefined : profileOf(tier);
    if (!profile) return;
    const { capacity, rates: offered } = PROFILES[profile], sum = [...rates].reduce((s, [rate, n]) => s + rate * n, 0), odd = [...rates.keys()].find(r => !offered.includes(r));
    if (odd !== undefined) faults.set(tier, `${name} has ports of ${formatRate(odd)}: a ${profile} switch has them of ${offered.map(formatRate).join(', ')}`);
    else if (sum > capacity) faults.set(tier, `${name} has ${[...rates].map(([rate, n]) => `${n} x ${formatRate(rate)}`).join(' + ')} = ${formatRate(sum)} of ports: more than a ${profile} switch`);
  });
  return [...faults.values()];
}
