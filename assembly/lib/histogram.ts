// histogram.ts -- how often which value: 16 buckets to the octave, so that a
// percentile is right within 6 %, whatever the range.

/** Values below are counted exactly. */
const LINEAR: u32 = 32, SHIFT: u32 = 4;
/** Octaves of u64. */
export const HISTOGRAM_BUCKETS: u32 = 32 + 59 * 16;

/** Bytes of u32 counts. */
export function histogram_sizeof(): u32 {
  return HISTOGRAM_BUCKETS << 2;
}

function bucket(value: u64): u32 {
  if (value < LINEAR) return <u32>value;
  const octave = 63 - <u32>clz(value);
  return LINEAR + ((octave - 5) << SHIFT) + (<u32>(value >> (octave - SHIFT)) & 15);
}

export function histogramAdd(h: usize, value: u64): void {
  const at = h + (bucket(value) << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/** Least value of a bucket. */
export function histogram_floor(b: u32): u64 {
  if (b < LINEAR) return b;
  const octave = 5 + ((b - LINEAR) >> SHIFT);
  return (<u64>16 + ((b - LINEAR) & 15)) << (octave - SHIFT);
}
