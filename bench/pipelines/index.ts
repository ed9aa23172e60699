// index.ts -- the pipelines that are measured, in the order of their rows.

import type { Pipeline } from '../measure.ts';
import { ecmp } from './ecmp.ts';
import { ip6fwd } from './ip6fwd.ts';
import { l2 } from './l2.ts';
import { l3fwd } from './l3fwd.ts';
import { mplsSwap } from './mpls_swap.ts';
import { endDt4, hEncaps, srv6End } from './srv6.ts';
import { vxlanDecap, vxlanEncap } from './vxlan.ts';

/** Name -> pipeline; tables are made when it is called. */
export const pipelines: Readonly<Record<string, () => Pipeline>> = {
  l2: () => l2,
  l3fwd_1k: () => l3fwd('1k', 1000),
  l3fwd_100k: () => l3fwd('100k', 100_000),
  l3fwd_1m: () => l3fwd('1M', 1_000_000),
  ip6fwd,
  srv6_end: () => srv6End,
  h_encaps: () => hEncaps,
  end_dt4: endDt4,
  vxlan_encap: () => vxlanEncap,
  vxlan_decap: () => vxlanDecap,
  mpls_swap: () => mplsSwap,
  ecmp: () => ecmp,
};
