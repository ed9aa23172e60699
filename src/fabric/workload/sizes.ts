// sizes.ts -- published distributions of message sizes, as points of their
// cumulative share with straight lines between, and what is drawn from them.

/** Bytes, and the share of messages that are no larger, in hundredths. */
type Points = readonly (readonly [bytes: number, percent: number])[];

export type SizesName = 'web-search' | 'hadoop';

export const SIZES: Readonly<Record<SizesName, Points>> = {
  // Alizadeh et al., "Data Center TCP", SIGCOMM 2010: a web search cluster; the points that simulators of RDMA fabrics go by (HPCC, SIGCOMM 2019).
  'web-search': [[0, 0], [10_000, 15], [20_000, 20], [30_000, 30], [50_000, 40], [80_000, 53], [200_000, 60], [1e6, 70], [2e6, 80], [5e6, 90], [1e7, 97], [3e7, 100]],
  // Roy et al., "Inside the Social Network's (Datacenter) Network", SIGCOMM 2015: Hadoop at Facebook; points as above.
  hadoop: [[0, 0], [100, 1], [200, 2], [300, 5], [350, 15], [400, 20], [500, 30], [600, 40], [700, 50], [1000, 60], [2000, 67], [7000, 70], [30_000, 72], [50_000, 82], [80_000, 87], [120_000, 90], [300_000, 95], [1e6, 97.5], [2e6, 99], [1e7, 100]],
};

/** Mean, bytes. */
export function meanSize(points: Points): number {
  return points.slice(1).reduce((sum, [bytes, percent], i) => sum + (percent - points[i]![1]) / 100 * (bytes + points[i]![0]) / 2, 0);
}

/** A size, at least a byte. @param at from 0 to below 1 */
export function sizeAt(points: Points, at: number): number {
  const i = Math.max(1, points.findIndex(([, percent]) => at * 100 < percent)), [from, low] = points[i - 1]!, [to, high] = points[i]!;
  return Math.max(1, Math.round(from + (to - from) * (at * 100 - low) / (high - low)));
}
