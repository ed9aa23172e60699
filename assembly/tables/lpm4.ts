// placeholder until the real table is merged
import { exact64_get, exact64_init, exact64_put, exact64_sizeof, MISS } from "./exact64";
export { MISS } from "./exact64";
export function lpm4_sizeof(vrfs: u32, prefixes: u32): u32 { return exact64_sizeof(prefixes); }
export function lpm4_init(t: usize, vrfs: u32, prefixes: u32): void { exact64_init(t, prefixes); }
function key(vrf: u32, prefix: u32, len: u32): u64 { return (<u64>(vrf << 8 | len) << 32) | <u64>prefix; }
export function lpm4_put(t: usize, vrf: u32, prefix: u32, len: u32, value: u32): bool { return exact64_put(t, key(vrf, prefix, len), value); }
export function lpm4_get(t: usize, vrf: u32, a: u32): u32 {
  for (let len: i32 = 32; len >= 0; len--) {
    const m: u32 = len ? a & (0xffffffff << (32 - len)) : 0, v = exact64_get(t, key(vrf, m, len));
    if (v != MISS) return v;
  }
  return MISS;
}
