// supernode.ts -- a scale-up domain of 32 to 1,024 cards: units of 32 cards on
// copper, each on switches of its own, and a second level above them (white
// paper, sections 3.2.3 and 3.2.4).
//
//   profile   a card's ports          switch                    up from a unit
//   eth224    8 planes of 800G        64 x 800G = 51.2T, 300 ns  32 x 800G a plane: 1 to 1
//   pcie5     1 of x4, 32 G a lane    144 lanes = 4.6T, 100 ns    4 x x4: 8 to 1
//
// Ethernet is of 224G lanes, 200G of them payload; eight planes of four lanes
// are the 6.4 Tb/s of a card. A PCIe switch has no lanes for more than that.

import type { TopologyConfig } from '../config.ts';
import { Wiring } from '../topology.ts';
import type { Kind } from './kind.ts';

/** Cards of a unit, the paper's rack of 4 servers with 8. */
const UNIT = 32;

interface Profile {
  readonly planes: number;
  readonly rate: string;
  /** Picoseconds in a switch. */
  readonly latency: number;
  /** Ports of a switch, and those of a unit's that lead up. */
  readonly ports: number;
  readonly up: number;
}
const PROFILES: Readonly<Record<'pcie5' | 'eth224', Profile>> = {
  eth224: { planes: 8, rate: '800G', latency: 300_000, ports: 64, up: 32 },
  pcie5: { planes: 1, rate: '128G', latency: 100_000, ports: 36, up: 4 },
};

function size(c: TopologyConfig): Profile & { readonly cards: number; readonly units: number; readonly tops: number } {
  const profile = PROFILES[c.supernode ?? 'eth224'], cards = c.cards!, units = cards / UNIT;
  // Every switch above has the same number of links to each unit.
  const tops = units === 1 ? 0 : Array.from({ length: profile.up }, (_, i) => i + 1).find(n => profile.up % n === 0 && units * profile.up / n <= profile.ports)!;
  return { ...profile, planes: c.planes ?? profile.planes, cards, units, tops };
}

export const supernode: Kind = {
  needs: ['cards'],
  knows: ['supernode', 'planes', 'rate', 'uplink'],
  wrong: c => (c.cards! % UNIT === 0 && c.cards! <= 1024 ? [] : [['cards', `expected 32 to 1,024 cards in units of ${UNIT}, not ${c.cards}`]]),
  rate: c => PROFILES[c.supernode ?? 'eth224'].rate,
  links(c) {
    const { planes, cards, units, tops, up } = size(c);
    return planes * (cards + (tops && units * up));
  },
  build(c, cabling) {
    const { planes, cards, units, tops, up, latency } = size(c), w = new Wiring(cabling);
    const hosts = w.add('host', cards, 'card')[0]!, first = w.add('leaf', units, 'unit', planes), second = w.add('spine', tops, 'top', planes);
    hosts.forEach((h, i) => { for (let p = 0; p < planes; p++) w.host(h, first[p]![Math.floor(i / UNIT)]!); });
    for (let p = 0; p < planes; p++) for (const l of first[p]!) for (const s of second[p]!) w.join(l, s, { ...cabling.fabric, members: up / tops });
    return w.done('supernode', planes, latency);
  },
};
