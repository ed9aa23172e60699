// copy.ts -- copy a frame.
//
// memory.copy is a call of some 10 ns whatever its length; most frames are
// shorter than what that buys.

/** Frames up to this many bytes are copied here; memory.copy is faster beyond. */
const SHORT: u32 = 256;

/** Copy `n` bytes between places that do not overlap. Nothing beyond is read or written. */
export function copyFrame(to: usize, from: usize, n: u32): void {
  if (n < 16 || n > SHORT) {
    memory.copy(to, from, n);
    return;
  }
  const last = n - 16; // the last 16 bytes overlap those before
  for (let i: u32 = 0; i < last; i += 16) v128.store(to + i, v128.load(from + i));
  v128.store(to + last, v128.load(from + last));
}
