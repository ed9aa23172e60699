// fib.ts -- the collected routes go into the kernels' longest-prefix tables.

import { Switch } from '../../assembly/abi.ts';
import { Lpm4 } from '../kernel/tables.ts';
import type { Builder } from './builder.ts';

export function buildFib(b: Builder): void {
  const four = b.routes.filter(r => r.prefix.address.length === 4);
  const fib4 = new Lpm4(b.k, b.vrfs.size, four.length);
  b.k.view.setUint32(b.sw + Switch.FIB4, fib4.at, true);
  for (const r of four) fib4.put(r.vrf, r.prefix.address, r.prefix.length, r.hop);
}
