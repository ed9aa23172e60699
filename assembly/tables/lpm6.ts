// placeholder until the real table is merged
import { exact160_get, exact160_init, exact160_put, exact160_sizeof, MISS } from "./exact160";
export { MISS } from "./exact160";
export function lpm6_cost(len: u32): u32 { return 1; }
export function lpm6_sizeof(vrfs: u32, entries: u32): u32 { return exact160_sizeof(entries); }
export function lpm6_init(t: usize, vrfs: u32, entries: u32): void { exact160_init(t, entries); }
function top(v: u64, len: i32): u64 { return len <= 0 ? 0 : len >= 64 ? v : v & ~(<u64>-1 >> len); }
export function lpm6_put_many(t: usize, vrf: u32, routes: usize, n: u32): u32 {
  for (let i: u32 = 0; i < n; i++, routes += 24) {
    const len = load<u32>(routes, 16);
    exact160_put(t, (vrf << 8) | len, top(bswap<u64>(load<u64>(routes)), len), top(bswap<u64>(load<u64>(routes, 8)), <i32>len - 64), load<u32>(routes, 20));
  }
  return n;
}
export function lpm6_get(t: usize, vrf: u32, hi: u64, lo: u64): u32 {
  for (let len = 128; len >= 0; len--) {
    const v = exact160_get(t, (vrf << 8) | len, top(hi, len), top(lo, len - 64));
    if (v != MISS) return v;
  }
  return MISS;
}
