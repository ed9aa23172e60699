// experts.ts -- mixture of experts: every host sends each of its tokens to the
// `top_k` hosts with the experts that it is for (dispatch), these compute, and
// send the results back (combine). Experts are not asked for alike: the chance
// of number r goes with 1 / r^skew (Zipf), 0 is even. An expert lives on every
// host; who is favoured is by lot.

import type { Work } from './kind.ts';

export const experts: Work = {
  needs: ['bytes', 'tokens'],
  knows: ['top_k', 'skew', 'compute'],
  make({ config, path, hosts, bytes, below, read }, script, ready) {
    const n = hosts.length, { tokens = 0, top_k: k = 2, skew = 0 } = config, compute = read.time(config.compute, '0s', [...path, 'compute']);
    if (k >= n) {
      read.fault([...path, 'top_k'], `${k} experts a token, with ${n} hosts: expected fewer than hosts`);
      return ready;
    }
    const shares = chances(n, skew, below), sent: number[][] = hosts.map(() => hosts.map(() => 0));
    for (const row of sent) for (let token = 0; token < tokens; token++) for (const to of pick(shares, k, below)) row[to]!++;
    const dispatched: number[][] = hosts.map(() => []), arrived: number[][] = hosts.map(() => []);
    sent.forEach((row, from) => row.forEach((count, to) => {
      if (count === 0 || to === from) return;
      const m = script.send(hosts[from]!, hosts[to]!, count * bytes, ready[from]);
      dispatched[from]!.push(m);
      arrived[to]!.push(m);
    }));
    const ends: number[][] = dispatched.map(list => [...list]);
    arrived.forEach((list, expert) => {
      const done = compute > 0 || list.length === 0 ? [script.compute(hosts[expert]!, compute, [...list, ...ready[expert]!])] : list;
      ends[expert]!.push(...done);
      sent.forEach((row, to) => {
        if (row[expert] === 0 || to === expert) return;
        const m = script.send(hosts[expert]!, hosts[to]!, row[expert]! * bytes, done);
        ends[to]!.push(m);
        ends[expert]!.push(m);
      });
    });
    return ends;
  },
};

/** Sums of the chances of experts 0 to i, the last one 1. */
function chances(n: number, skew: number, below: (n: number) => number): number[] {
  const order = Array.from({ length: n }, (_, i) => i);
  for (let i = n - 1; i > 0; i--) {
    const j = below(i + 1);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  const weights = Array.from({ length: n }, () => 0), all = order.reduce((sum, _, r) => sum + (r + 1) ** -skew, 0);
  order.forEach((expert, r) => { weights[expert] = (r + 1) ** -skew / all; });
  let sum = 0;
  return weights.map(w => (sum += w));
}

/** k different ones. */
function pick(sums: readonly number[], k: number, below: (n: number) => number): Set<number> {
  const chosen = new Set<number>();
  while (chosen.size < k) {
    const at = below(2 ** 32) / 2 ** 32, i = sums.findIndex(s => at < s);
    chosen.add(i < 0 ? sums.length - 1 : i);
  }
  return chosen;
}
