// tags.ts -- what the VLAN tags of a frame stand for: exact64 from tag key to
// u32. The key is TPID and VID of the outer tag over those of the inner, 16
// bits each; zero where there is none.

import { be16 } from "../lib/packet";
import { ETH } from "../wire/ethernet";
import { VLAN, VLAN_TCI } from "../wire/vlan";
import { exact64_get } from "./exact64";

export { MISS } from "./slots";

/** Value for the outer tag of the frame at `p`, or MISS. The tag must be readable. */
export function tags_one(table: usize, p: usize): u32 {
  return exact64_get(table, <u64>key(p + ETH.ETHERTYPE) << 32);
}

/** Value for both tags, or MISS. They must be readable. */
export function tags_two(table: usize, p: usize): u32 {
  return exact64_get(table, (<u64>key(p + ETH.ETHERTYPE) << 32) | <u64>key(p + ETH.ETHERTYPE + VLAN.LEN));
}

function key(tag: usize): u32 {
  return (be16(tag + VLAN.TPID) << 16) | (be16(tag + VLAN.TCI) & VLAN_TCI.VID);
}
