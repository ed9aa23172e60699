// grow.ts -- a packet that outgrows its buffer.
//
// A long segment list in front of a frame that nearly fills its buffer: the
// frame moves into a larger one. Two records swap buffers, so the handle that
// everybody holds stays the packet's, and each class keeps its count of records.

import { HEADROOM, Packet } from "../abi/packet";
import { data, len, prepend, wireLen } from "./packet";
import { alloc, free } from "./pool";

/** Room in front that the headers of the nodes behind want: labels, another tunnel, Ethernet and tags. */
const SPARE: u32 = HEADROOM / 2;
/** Class with nothing larger. */
const HUGE: u8 = 2;

/** Whether `n` bytes in front take a larger buffer. @param size bytes of the packet by then, `n` not counted */
export function outgrows(d: usize, size: u32, n: u32): bool {
  return load<u32>(d, Packet.END) - load<u32>(d, Packet.BUF) < size + n + SPARE && load<u8>(d, Packet.CLASS) < HUGE;
}

/**
 * prepend() that moves a packet which outgrows its buffer.
 * @param p pool; a node asks first whether it has a buffer to give (outgrows, pool_fits)
 * @returns false, packet unchanged, when no buffer holds it
 */
export function prependOrMove(p: usize, d: usize, n: u32): bool {
  const size = len(d), e = outgrows(d, size, n) ? alloc(p, size + n) : 0;
  if (!e) return prepend(d, n);
  memory.copy(data(e) + n, data(d), size);
  store<u32>(d, <u32>data(e), Packet.DATA);
  store<u32>(d, size + n, Packet.LEN);
  store<u32>(d, wireLen(d) + n, Packet.ORIG);
  const buf = load<u64>(d, Packet.BUF), kind = load<u8>(d, Packet.CLASS); // BUF and END
  store<u64>(d, load<u64>(e, Packet.BUF), Packet.BUF);
  store<u8>(d, load<u8>(e, Packet.CLASS), Packet.CLASS);
  store<u64>(e, buf, Packet.BUF);
  store<u8>(e, kind, Packet.CLASS);
  free(p, e);
  return true;
}
