// routes.ts -- shortest ways through a fabric, and their bandwidth: what its
// control plane would have told every switch.
//
// Bandwidth of a way is FARE's path bandwidth (draft-ietf-idr-fare): the lesser
// of what leads to the neighbour, parallel links together, and what the
// neighbour advertises; that is the sum over its own ways.

import type { Topology } from './topology.ts';

/** A way out of a switch: one of its links, and the share of it in the path bandwidth, bit/s. */
export interface Way { readonly link: number; readonly weight: number }

/** A neighbour of a switch, and the links to it that are up. */
interface Neighbor { readonly to: number; readonly links: number[]; aggregate: number }

/** Devices that hosts hang on: leaf numbers are places in this list. */
export function leavesOf(t: Topology): number[] {
  const leaves = new Set<number>();
  for (let i = 0; i < t.hosts * t.planes; i++) leaves.add(t.links[i]!.ends[1].device);
  return [...leaves];
}

/** Between switches alone, by device: hosts pass nothing on. */
function neighborsOf(t: Topology, down: ReadonlySet<number>): Neighbor[][] {
  const by: Map<number, Neighbor>[] = t.devices.slice(t.hosts).map(() => new Map());
  const add = (from: number, to: number, link: number, rate: number) => {
    const known = by[from - t.hosts]!, n = known.get(to) ?? { to, links: [], aggregate: 0 };
    n.links.push(link);
    n.aggregate += rate;
    known.set(to, n);
  };
  for (let link = t.hosts * t.planes; link < t.links.length; link++) {
    if (down.has(link)) continue;
    const { ends: [a, b], rate } = t.links[link]!;
    add(a.device, b.device, link, rate);
    add(b.device, a.device, link, rate);
  }
  return by.map(m => [...m.values()]);
}

/** Shortest ways, worked out anew when links go down or come up. Lists of ways that are equal are one, also from one time to the next. */
export class Routes {
  readonly leaves: readonly number[];
  readonly #known: Map<string, readonly Way[]>[];

  constructor(readonly topology: Topology) {
    this.leaves = leavesOf(topology);
    this.#known = topology.devices.slice(topology.hosts).map(() => new Map());
  }

  /**
   * Ways of every switch to every leaf, a leaf at a time.
   * @yields by number of the switch, from 0; nothing where there is no way, and for the leaf itself
   */
  *toLeaves(down: ReadonlySet<number> = new Set()): Generator<readonly (readonly Way[] | undefined)[]> {
    const { topology: t } = this, next = neighborsOf(t, down), distance = new Int32Array(next.length), bandwidth = new Float64Array(next.length);
    for (const leaf of this.leaves) {
      const first = leaf - t.hosts, order = [first], ways: (readonly Way[] | undefined)[] = next.map(() => undefined);
      distance.fill(-1);
      distance[first] = 0;
      bandwidth[first] = Number.POSITIVE_INFINITY;
      for (const at of order)
        for (const { to } of next[at]!)
          if (distance[to - t.hosts]! < 0) {
            distance[to - t.hosts] = distance[at]! + 1;
            order.push(to - t.hosts);
          }
      for (const at of order.slice(1)) {
        const nearer = next[at]!.filter(n => distance[n.to - t.hosts] === distance[at]! - 1), paths = nearer.map(n => Math.min(n.aggregate, bandwidth[n.to - t.hosts]!));
        bandwidth[at] = paths.reduce((sum, p) => sum + p, 0);
        ways[at] = this.#list(at, nearer, paths);
      }
      yield ways;
    }
  }

  #list(at: number, nearer: readonly Neighbor[], paths: readonly number[]): readonly Way[] {
    const known = this.#known[at]!, key = nearer.map((n, i) => `${n.links.join('+')}:${paths[i]}`).join();
    let list = known.get(key);
    if (!list) {
      list = nearer.flatMap((n, i) => n.links.map(link => ({ link, weight: paths[i]! * this.topology.links[link]!.rate / n.aggregate })));
      known.set(key, list);
    }
    return list;
  }
}
