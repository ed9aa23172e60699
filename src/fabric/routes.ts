// routes.ts -- shortest ways through a fabric, and their bandwidth: what its
// control plane would have told every switch.
//
// Bandwidth of a way is FARE's path bandwidth (draft-ietf-idr-fare): the lesser
// of what leads to the neighbour, parallel links together, and what the
// neighbour advertises; that is the sum over its own ways.

import type { Topology } from './topology.ts';

/** A way out of a switch: one of its links, and the share of it in the path bandwidth, bit/s. */
export interface Way { readonly link: number; readonly weight: number }

/** Links by device, without those that are down. */
function adjacency(t: Topology, down: ReadonlySet<number>): { link: number; to: number }[][] {
  const list: { link: number; to: number }[][] = t.devices.map(() => []);
  t.links.forEach(({ ends: [a, b] }, link) => {
    if (down.has(link)) return;
    list[a.device]!.push({ link, to: b.device });
    list[b.device]!.push({ link, to: a.device });
  });
  return list;
}

/** Devices that hosts hang on: leaf numbers are places in this list. */
export function leavesOf(t: Topology): number[] {
  return [...new Set(t.links.slice(0, t.hosts * t.planes).map(l => l.ends[1].device))];
}

/**
 * Ways of every switch to every leaf.
 * @returns by leaf number, by device; no entry where there is no way
 */
export function waysToLeaves(t: Topology, down: ReadonlySet<number> = new Set()): Map<number, readonly Way[]>[] {
  const next = adjacency(t, down);
  return leavesOf(t).map(leaf => waysTo(t, next, leaf));
}

function waysTo(t: Topology, next: readonly (readonly { link: number; to: number }[])[], leaf: number): Map<number, readonly Way[]> {
  const distance = new Map([[leaf, 0]]), order = [leaf], bandwidth = new Map([[leaf, Number.POSITIVE_INFINITY]]), ways = new Map<number, readonly Way[]>();
  for (const at of order)
    for (const { to } of next[at]!)
      if (to >= t.hosts && !distance.has(to)) {
        distance.set(to, distance.get(at)! + 1);
        order.push(to);
      }
  for (const at of order.slice(1)) {
    const toward = new Map<number, number[]>();
    for (const { link, to } of next[at]!) if (distance.get(to) === distance.get(at)! - 1) toward.set(to, [...toward.get(to) ?? [], link]);
    const list = [...toward].flatMap(([to, links]) => {
      const aggregate = links.reduce((sum, l) => sum + t.links[l]!.rate, 0), path = Math.min(aggregate, bandwidth.get(to)!);
      return links.map(link => ({ link, weight: path * t.links[link]!.rate / aggregate }));
    });
    bandwidth.set(at, list.reduce((sum, w) => sum + w.weight, 0));
    ways.set(at, list);
  }
  return ways;
}
