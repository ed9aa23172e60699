// ip6_input.ts -- placeholder, replaced by the real node.
import { Drop } from "../abi";
import { at, drop } from "../lib/packet";
export function ip6_input(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) drop(at(vec, i), Drop.NONE);
}
