// drops.ts -- the drop table of a switch: packets and bytes by (node, reason).
//
// DROP_ROWS rows, linear probing. A row is free while PACKETS is 0. A switch
// has fewer (node, reason) pairs than rows; should it ever have more, the rest
// adds up in the last row probed rather than being lost.

import { Drop } from "../abi/drop";
import { DROP_ROWS, DropCount } from "../abi/switch";

/** Bytes of a drop table. */
export function drops_sizeof(): u32 {
  return DROP_ROWS * DropCount.SIZEOF;
}

/** Count one dropped packet: `id` is its number, `bytes` its length. */
export function countDrop(table: usize, node: u32, reason: Drop, id: u32, bytes: u32): void {
  const mask: u32 = DROP_ROWS - 1;
  let i = (node * 0x9e3779b1 + reason * 0x85ebca6b) >> 22;
  let row = table;
  for (let probes: u32 = 0; probes < <u32>DROP_ROWS; probes++) {
    row = table + (i & mask) * DropCount.SIZEOF;
    if (load<u64>(row, DropCount.PACKETS) == 0) {
      store<u32>(row, node, DropCount.NODE);
      store<u32>(row, reason, DropCount.REASON);
      store<u32>(row, id, DropCount.FIRST);
      break;
    }
    if (load<u32>(row, DropCount.NODE) == node && load<u32>(row, DropCount.REASON) == <u32>reason) break;
    i++;
  }
  store<u64>(row, load<u64>(row, DropCount.PACKETS) + 1, DropCount.PACKETS);
  store<u64>(row, load<u64>(row, DropCount.BYTES) + bytes, DropCount.BYTES);
}
