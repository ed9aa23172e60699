// fib.ts -- the collected routes go into the kernels' longest-prefix tables.

import { Switch } from '../../assembly/abi/switch.ts';
import { Lpm4, Lpm6 } from '../kernel/tables.ts';
import type { Builder, RouteInit } from './builder.ts';

export function buildFib(b: Builder): void {
  const four = b.routes.filter(r => r.prefix.address.length === 4);
  const fib4 = new Lpm4(b.k, b.vrfs.size, four.length);
  b.k.view.setUint32(b.sw + Switch.FIB4, fib4.at, true);
  for (const [vrf, routes] of byVrf(four)) {
    const triples = new Uint32Array(routes.length * 3);
    routes.forEach(({ prefix: { address: a, length }, hop }, i) => {
      triples.set([(a[0]! << 24 | a[1]! << 16 | a[2]! << 8 | a[3]!) >>> 0, length, hop], i * 3);
    });
    fib4.fill(vrf, triples);
  }
  const six = b.routes.filter(r => r.prefix.address.length === 16);
  const fib6 = new Lpm6(b.k, b.vrfs.size, six.map(r => r.prefix.length));
  b.k.view.setUint32(b.sw + Switch.FIB6, fib6.at, true);
  for (const [vrf, routes] of byVrf(six)) fib6.fill(vrf, routes.map(r => ({ prefix: r.prefix.address, length: r.prefix.length, value: r.hop })));
}

function byVrf(routes: readonly RouteInit[]): Map<number, RouteInit[]> {
  const map = new Map<number, RouteInit[]>();
  for (const r of routes) {
    const list = map.get(r.vrf);
    if (list) list.push(r);
    else map.set(r.vrf, [r]);
  }
  return map;
}
