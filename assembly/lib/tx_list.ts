// tx_list.ts -- packets that have left, in the order of their numbers.

import { Packet, Pool } from "../abi/packet";

/**
 * Put `n` handles into Pool.TX_LIST.
 * @param ordered whether they come in the order of their numbers
 */
export function tx_append(pool: usize, vec: usize, n: u32, ordered: bool): void {
  const list = <usize>load<u32>(pool, Pool.TX_LIST), count = load<u32>(pool, Pool.TX_COUNT);
  if (ordered) merge(list, count, vec, n);
  else for (let i: u32 = 0; i < n; i++) merge(list, count + i, vec + (<usize>i << 2), 1);
  store<u32>(pool, count + n, Pool.TX_COUNT);
}

/** Merge `n` ordered handles into the `count` ordered ones of `list`, from the back; equal IDs keep the list's first. */
function merge(list: usize, count: u32, vec: usize, n: u32): void {
  const first = load<u32>(load<u32>(vec), Packet.ID);
  if (!count || load<u32>(load<u32>(list + (<usize>count << 2) - 4), Packet.ID) <= first) {
    memory.copy(list + (<usize>count << 2), vec, <usize>n << 2);
    return;
  }
  let to = list + ((<usize>count + n) << 2), a = list + (<usize>count << 2), b = vec + (<usize>n << 2);
  while (b > vec) {
    to -= 4;
    if (a > list && load<u32>(load<u32>(a - 4), Packet.ID) > load<u32>(load<u32>(b - 4), Packet.ID)) {
      a -= 4;
      store<u32>(to, load<u32>(a));
    } else {
      b -= 4;
      store<u32>(to, load<u32>(b));
    }
  }
}
