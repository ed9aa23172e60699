// mpls.ts -- label stacks: room for entries, entries, what lies under them.

import { Drop } from "../abi/drop";
import { LabelFlag } from "../abi/mpls";
import { Packet } from "../abi/packet";
import { MPLS, MPLS_ENTRY } from "../wire/mpls";
import { be32, data, drop, len, prepend, put32 } from "./packet";

/** Label of an entry in host order. */
export function labelOf(entry: u32): u32 {
  return entry >> MPLS_ENTRY.LABEL_SHIFT;
}

/**
 * Make room for `n` bytes in front of the network header, over the layer-2
 * header that the next hop's replaces; L3 then points at them.
 * @returns false when the packet was dropped (NO_HEADROOM)
 */
export function raise(d: usize, n: u32): bool {
  let l3 = <u32>load<u16>(d, Packet.L3);
  if (l3 < n) {
    if (!prepend(d, n - l3)) {
      drop(d, Drop.NO_HEADROOM);
      return false;
    }
    l3 = n;
  }
  store<u16>(d, l3 - n, Packet.L3);
  return true;
}

/**
 * Write `count` entries at `p`, outermost first.
 * @param labels their labels, as in Label.LABELS
 * @param low    TC, S and TTL of all of them, in place
 * @returns the address behind them
 */
export function putLabels(p: usize, labels: usize, count: u32, low: u32): usize {
  for (let i: u32 = 0; i < count; i++) {
    put32(p, be32(labels + (<usize>i << 2)) | low);
    p += MPLS.LEN;
  }
  return p;
}

/** Offset of what lies under the stack that begins at offset `at`; 0 when no entry within the packet is the bottom. */
export function underStack(d: usize, at: u32): u32 {
  const p = data(d), n = len(d);
  while (at + MPLS.LEN <= n) {
    const entry = be32(p + at);
    at += MPLS.LEN;
    if (entry & MPLS_ENTRY.S) return at;
  }
  return 0;
}

/** TTL of what a label of this model covered: the smaller one where the models share it (RFC 3443). */
export function uncovered(flags: u32, inner: u32, outer: u32): u32 {
  return flags & LabelFlag.UNIFORM ? min<u32>(inner, outer) : inner;
}
