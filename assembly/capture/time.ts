// time.ts -- stamps of captures to picoseconds since the run's origin, and back.
//
// TIME has 64 bits: 106 days either side of the origin. Stamps beyond that (a
// file with zero stamps among real ones) become the limit and are counted.

import { Scan, ScanIface } from "../abi/capture";

const PS: i64 = 1_000_000_000_000;
/** Seconds from the origin that TIME holds with room for any fraction. */
const REACH: i64 = 9_200_000;
/** Lowest and highest TIME a reader gives out: this far either side of the origin. */
export const TIME_LIMIT: i64 = 9_200_000_000_000_000_000;

/** TIME of the instant `sec` seconds since 1970 plus `ps`. The first one sets the origin when there is none. */
export function sinceOrigin(s: usize, sec: i64, ps: i64): i64 {
  if (!load<u32>(s, Scan.HAS_ORIGIN)) {
    store<i64>(s, sec, Scan.ORIGIN);
    store<u32>(s, 1, Scan.HAS_ORIGIN);
  }
  const rel = sec - load<i64>(s, Scan.ORIGIN), shift = load<i64>(s, Scan.SHIFT);
  if (rel < -REACH) return -TIME_LIMIT;
  if (rel > REACH) return TIME_LIMIT;
  const time = rel * PS + ps;
  return time > TIME_LIMIT - shift ? TIME_LIMIT : time + shift;
}

/** Whole seconds of a pcapng stamp, if_tsoffset added. */
export function stampSeconds(iface: usize, ticks: u64): i64 {
  return <i64>(ticks / load<u64>(iface, ScanIface.TICKS)) + load<i64>(iface, ScanIface.OFFSET);
}

/** Picoseconds beyond the whole second; what is finer is cut off. */
export function stampFraction(iface: usize, ticks: u64): i64 {
  const part = ticks % load<u64>(iface, ScanIface.TICKS), e = <u64>load<u8>(iface, ScanIface.EXPONENT);
  if (load<u8>(iface, ScanIface.BINARY)) return binaryFraction(part, e);
  return <i64>(e <= 12 ? part * power10(12 - e) : part / power10(e - 12));
}

function power10(n: u64): u64 {
  let v: u64 = 1;
  for (; n > 0; n--) v *= 10;
  return v;
}

/** part * 10^12 / 2^e in 96 bits, part < 2^e, e <= 63; 10^12 = 5^12 * 2^12. */
function binaryFraction(part: u64, e: u64): i64 {
  if (e <= 12) return <i64>((part * 244140625) << (12 - e));
  const low = (part & 0xffffffff) * 244140625, high = (part >> 32) * 244140625 + (low >> 32), shift = e - 12;
  return <i64>(shift >= 32 ? high >> (shift - 32) : high << (32 - shift) | (low & 0xffffffff) >> shift);
}

/** Whole seconds of a time, rounded down, so that the rest is never negative. */
export function wholeSeconds(time: i64): i64 {
  const sec = time / PS;
  return sec * PS > time ? sec - 1 : sec;
}

/** Picoseconds of a time beyond `sec` whole seconds. */
export function beyond(time: i64, sec: i64): u64 {
  return <u64>(time - sec * PS);
}
