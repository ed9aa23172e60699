// prefixes.ts -- short lists of IPv6 prefixes, asked one after the other.

import { Srv6Prefix } from "../abi/srv6_domain";

/** Whether the address at `a` is in one of `n` prefixes at `list`. */
export function inPrefixes(list: usize, n: u32, a: usize): bool {
  const hi = load<u64>(a), lo = load<u64>(a, 8);
  for (let i: u32 = 0; i < n; i++, list += Srv6Prefix.SIZEOF) {
    const differs = ((hi & load<u64>(list)) ^ load<u64>(list, Srv6Prefix.VALUE)) | ((lo & load<u64>(list, 8)) ^ load<u64>(list, Srv6Prefix.VALUE + 8));
    if (!differs) return true;
  }
  return false;
}
