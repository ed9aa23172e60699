// proxy_flows.ts -- a ProxyCache for each flow: the bounded memory of a dynamic
// proxy that several segment lists share.
//
// A flow's set is chosen by its hash; in the set the flow unheard of for
// longest makes room for a new one. Time is that of packets.

import { PROXY_WAYS, ProxyCache, ProxyFlows } from "../abi/proxy";
import { FLOW_KEY } from "../lib/five_tuple";
import { hash128 } from "../lib/hash";

/** Bytes of a table for at least `flows` flows. */
export function proxy_flows_sizeof(flows: u32): u32 {
  return ProxyFlows.SETS + setsOf(flows) * PROXY_WAYS * ProxyCache.SIZEOF;
}

/** Make the memory at `t`, all zero, an empty table. */
export function proxy_flows_init(t: usize, flows: u32, salt: u32): void {
  store<u32>(t, setsOf(flows) - 1, ProxyFlows.MASK);
  store<u32>(t, salt, ProxyFlows.SALT);
}

/** Least power of two of sets that has room for `flows`. */
function setsOf(flows: u32): u32 {
  let sets: u32 = 1;
  while (sets * PROXY_WAYS < flows) sets <<= 1;
  return sets;
}

/** The cache of the flow with the key at `key`, or 0. */
export function proxy_flows_find(t: usize, key: usize): usize {
  const set = setOf(t, key);
  for (let i = 0; i < PROXY_WAYS; i++) {
    const c = set + <usize>i * ProxyCache.SIZEOF;
    if (load<u16>(c) && sameKey(c + ProxyCache.KEY, key)) return c;
  }
  return 0;
}

/** The same; a flow not known gets a cache, empty, where the one heard of least lately was. */
export function proxy_flows_take(t: usize, key: usize): usize {
  const known = proxy_flows_find(t, key);
  if (known) return known;
  let c = setOf(t, key);
  for (let i = 1; i < PROXY_WAYS && load<u16>(c); i++) {
    const other = setOf(t, key) + <usize>i * ProxyCache.SIZEOF;
    if (!load<u16>(other) || load<i64>(other, ProxyCache.SINCE) < load<i64>(c, ProxyCache.SINCE)) c = other;
  }
  if (load<u16>(c)) store<u64>(t, load<u64>(t, ProxyFlows.EVICTED) + 1, ProxyFlows.EVICTED);
  store<u16>(c, 0);
  memory.copy(c + ProxyCache.KEY, key, FLOW_KEY);
  return c;
}

function setOf(t: usize, key: usize): usize {
  const salt = load<u32>(t, ProxyFlows.SALT);
  const low = hash128(load<u64>(key), load<u64>(key, 8), salt), high = hash128(load<u64>(key, 16), load<u64>(key, 24), low);
  const set = hash128(load<u64>(key, 32), <u64>high, salt) & load<u32>(t, ProxyFlows.MASK);
  return t + ProxyFlows.SETS + <usize>set * PROXY_WAYS * ProxyCache.SIZEOF;
}

function sameKey(a: usize, b: usize): bool {
  return load<u64>(a) == load<u64>(b) && load<u64>(a, 8) == load<u64>(b, 8) && load<u64>(a, 16) == load<u64>(b, 16)
    && load<u64>(a, 24) == load<u64>(b, 24) && load<u64>(a, 32) == load<u64>(b, 32);
}
