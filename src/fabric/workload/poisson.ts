// poisson.ts -- messages that come at random, whatever became of the ones before
// (an open loop): from every host, to any other, so many that they would fill
// the share `load` of its ports. Sizes are all `bytes`, or of a published
// distribution.

import type { Work } from './kind.ts';
import { meanSize, SIZES, sizeAt } from './sizes.ts';

const ONE = 2 ** 32;

export const poisson: Work = {
  needs: ['load', 'during'],
  knows: ['bytes', 'sizes'],
  make({ config, path, hosts, bytes, topology: t, below, read }, script) {
    const { load = 0, sizes } = config, during = read.time(config.during, '', [...path, 'during']);
    if ((sizes === undefined) === (config.bytes === undefined)) {
      read.fault(path, 'messages have a size: either `bytes` or `sizes`');
      return undefined;
    }
    const points = sizes && SIZES[sizes], mean = points ? meanSize(points) : bytes;
    hosts.forEach((src, i) => {
      let rate = 0;
      for (let p = 0; p < t.planes; p++) rate += t.links[src * t.planes + p]!.rate;
      const gap = mean * 8e12 / (load * rate);
      for (let at = gap * exponential(below); at < during; at += gap * exponential(below)) {
        const other = below(hosts.length - 1), size = points ? sizeAt(points, below(ONE) / ONE) : bytes;
        script.send(src, hosts[other < i ? other : other + 1]!, size, [], Math.round(at));
      }
    });
    return undefined;
  },
};

/**
 * An exponential variate of mean 1, by comparisons alone (von Neumann 1951):
 * logarithms differ in their last bit from one engine to the next.
 */
export function exponential(below: (n: number) => number): number {
  for (let whole = 0; ; whole++) {
    const first = below(ONE);
    let last = first, run = 1;
    for (let next = below(ONE); next < last; next = below(ONE)) {
      last = next;
      run++;
    }
    // Runs of falling numbers are odd in length with the chance exp(-first).
    if (run % 2 === 1) return whole + first / ONE;
  }
}
