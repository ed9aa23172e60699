// hops.ts -- pairs of hosts by the switches between them.
//
// A Clos has few kinds of switches: all with the same neighbours are as far from
// everything else as each other. One of each kind is looked at, so sixty
// thousand hosts take no longer than their links take to read.

import { leavesOf } from './routes.ts';
import type { Topology } from './topology.ts';

/** Switches with the same neighbours. */
interface Kin { readonly members: number[]; readonly next: number[]; hosts: number; squares: number }

/** Pairs of hosts by switches between them, in the first plane; `none` where there is no way. */
export function hopHistogram(t: Topology): Record<string, number> {
  const kins = kindred(t), counts = new Map<string, number>(), add = (key: number | 'none', pairs: number) => void (pairs > 0 && counts.set(String(key), (counts.get(String(key)) ?? 0) + pairs));
  const withHosts = kins.map((_, i) => i).filter(i => kins[i]!.hosts > 0);
  for (const i of withHosts) {
    const { hosts, squares, next } = kins[i]!, distance = distances(kins, i);
    add(1, (squares - hosts) / 2);
    // Kin meet at a neighbour that all of them have.
    add(next.length > 0 ? 3 : 'none', (hosts * hosts - squares) / 2);
    for (const j of withHosts) if (j > i) add(distance[j]! < 0 ? 'none' : distance[j]! + 1, hosts * kins[j]!.hosts);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => Number(a) - Number(b)));
}

function kindred(t: Topology): Kin[] {
  const neighbors: Set<number>[] = t.devices.slice(t.hosts).map(() => new Set()), hosts = new Int32Array(neighbors.length), groups = new Map<string, Kin>(), kinOf = new Int32Array(neighbors.length);
  for (let h = 0; h < t.hosts; h++) hosts[t.links[h * t.planes]!.ends[1].device - t.hosts]!++;
  for (let i = t.hosts * t.planes; i < t.links.length; i++) {
    const [a, b] = t.links[i]!.ends.map(e => e.device - t.hosts) as [number, number];
    neighbors[a]!.add(b);
    neighbors[b]!.add(a);
  }
  const first = new Set(t.planes > 1 ? leavesOf({ ...t, links: t.links.filter((_, i) => i < t.hosts * t.planes && i % t.planes === 0), planes: 1 }).map(d => d - t.hosts) : []);
  neighbors.forEach((set, i) => {
    // Leaves of the first plane alone have hosts that count; one without neighbours is like no other.
    const key = set.size === 0 ? `alone ${i}` : `${first.has(i) ? 1 : 0} ${[...set].sort((a, b) => a - b).join()}`, kin = groups.get(key) ?? { members: [], next: [], hosts: 0, squares: 0 };
    groups.set(key, kin);
    kin.members.push(i);
    kin.hosts += hosts[i]!;
    kin.squares += hosts[i]! ** 2;
  });
  const kins = [...groups.values()];
  kins.forEach((kin, n) => { for (const m of kin.members) kinOf[m] = n; });
  for (const kin of kins) kin.next.push(...new Set([...neighbors[kin.members[0]!]!].map(m => kinOf[m]!)));
  return kins;
}

/** Links from one kind to every other, -1 where there is no way. */
function distances(kins: readonly Kin[], from: number): Int32Array {
  const distance = new Int32Array(kins.length).fill(-1), order = [from];
  distance[from] = 0;
  for (const at of order)
    for (const to of kins[at]!.next)
      if (distance[to]! < 0) {
        distance[to] = distance[at]! + 1;
        order.push(to);
      }
  return distance;
}
