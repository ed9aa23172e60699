// fib.ts -- the collected routes go into the kernels' longest-prefix tables.

import { Switch } from '../../assembly/abi/switch.ts';
import { Lpm4, Lpm6 } from '../kernel/tables.ts';
import type { Builder, RouteInit } from './builder.ts';
import type { BulkRoutes } from './bulk_routes.ts';

export function buildFib(b: Builder): void {
  const four = b.routes.filter(r => r.prefix.address.length === 4), { bulk4, bulk6 } = b;
  const fib4 = new Lpm4(b.k, b.vrfs.size, four.length + (bulk4?.length ?? 0));
  b.k.view.setUint32(b.sw + Switch.FIB4, fib4.at, true);
  for (const { vrf, routes, many } of byVrf(b, four, bulk4)) {
    const triples = new Uint32Array((routes.length + many.length) * 3);
    many.forEach((n, i) => { triples.set(bulk4!.triple(n), i * 3); });
    // Those of the switch file last: they replace equal ones of a table file.
    routes.forEach(({ prefix: { address: a, length }, hop }, i) => {
      triples.set([(a[0]! << 24 | a[1]! << 16 | a[2]! << 8 | a[3]!) >>> 0, length, hop], (many.length + i) * 3);
    });
    fib4.fill(vrf, triples);
  }
  const six = b.routes.filter(r => r.prefix.address.length === 16), lengths = new Uint8Array((bulk6?.length ?? 0) + six.length);
  for (let i = 0; i < lengths.length; i++) lengths[i] = i < six.length ? six[i]!.prefix.length : bulk6!.prefixLength(i - six.length);
  const fib6 = new Lpm6(b.k, b.vrfs.size, lengths);
  b.k.view.setUint32(b.sw + Switch.FIB6, fib6.at, true);
  for (const { vrf, routes, many } of byVrf(b, six, bulk6)) {
    const taken = function* (): Generator<RouteInit> {
      for (const n of many) yield bulk6!.at(n);
      yield* routes;
    };
    fib6.fill(vrf, taken());
  }
}

/** Routes of a VRF: those of the switch file, and numbers of those of a table file. */
interface OfVrf { readonly vrf: number; readonly routes: readonly RouteInit[]; readonly many: Uint32Array }

function* byVrf(b: Builder, routes: readonly RouteInit[], bulk: BulkRoutes | undefined): Generator<OfVrf> {
  const map = new Map<number, RouteInit[]>(), sorted = bulk?.byVrf(b.vrfs.size);
  for (const r of routes) {
    const list = map.get(r.vrf);
    if (list) list.push(r);
    else map.set(r.vrf, [r]);
  }
  for (let vrf = 0; vrf < b.vrfs.size; vrf++) {
    const mine = map.get(vrf) ?? [], many = sorted ? sorted.order.subarray(sorted.starts[vrf]!, sorted.starts[vrf + 1]!) : new Uint32Array();
    if (mine.length + many.length > 0) yield { vrf, routes: mine, many };
  }
}
