// meter.ts -- token bucket on packet time: `rate` tokens a second, `burst` at most.
//
// A token is whatever the owner counts: packets, bytes, ICMP errors. Integers
// throughout, and what a division leaves over is kept, so a long run neither
// gains nor loses a token and is the same on every machine.
//
//    0               8               16              24              32
//   +---------------+---------------+---------------+---------------+---------------+
//   | RATE          | BURST         | TOKENS        | REST          | TIME          |
//   +---------------+---------------+---------------+---------------+---------------+

export enum Meter {
  /** u64, tokens a second; below 2^43. */
  RATE = 0,
  /** u64, tokens at most. */
  BURST = 8,
  /** u64, tokens now. */
  TOKENS = 16,
  /** u64, begun token, in 10^-12 of one. */
  REST = 24,
  /** i64, picoseconds up to which tokens were given. */
  TIME = 32,
  SIZEOF = 64,
}

const SECOND: u64 = 1_000_000_000_000;
const MICROSECOND: u64 = 1_000_000;

/** Bytes of a meter. */
export function meter_sizeof(): u32 {
  return Meter.SIZEOF;
}

/** Make the memory at `m` a full bucket. rate is below 2^43, burst below 2^63. */
export function meter_init(m: usize, rate: u64, burst: u64): void {
  store<u64>(m, rate, Meter.RATE);
  store<u64>(m, burst, Meter.BURST);
  store<u64>(m, burst, Meter.TOKENS);
  store<u64>(m, 0, Meter.REST);
  store<i64>(m, 0, Meter.TIME);
}

/**
 * Tokens of the time since TIME, at most `room`: what is beyond is lost. A
 * clock that stands or steps back gives none. BURST and TOKENS are the caller's.
 */
export function meterGain(m: usize, now: i64, room: u64): u64 {
  const last = load<i64>(m, Meter.TIME);
  if (now <= last) return 0;
  store<i64>(m, now, Meter.TIME);
  const rate = load<u64>(m, Meter.RATE), past = <u64>(now - last), seconds = past / SECOND;

  // rate * past / 10^12 without 128-bit products: seconds, then the
  // microseconds and the picoseconds of the one begun. A pause that fills the
  // bucket anyway is told apart first, since seconds * rate may overflow.
  let tokens = room + 1;
  if (seconds == 0 || rate == 0 || seconds <= room / rate) {
    const part = past % SECOND;
    const micro = (part / MICROSECOND) * rate, pico = (part % MICROSECOND) * rate;
    const rest = (micro % MICROSECOND) * MICROSECOND + pico + load<u64>(m, Meter.REST);
    tokens = seconds * rate + micro / MICROSECOND + rest / SECOND;
    store<u64>(m, rest % SECOND, Meter.REST);
  }
  if (tokens < room) return tokens;
  store<u64>(m, 0, Meter.REST); // full: a begun token would overflow
  return room;
}

/** Give the tokens of the time since TIME. @returns how many there are now */
export function meterRefill(m: usize, now: i64): u64 {
  const before = load<u64>(m, Meter.TOKENS), tokens = before + meterGain(m, now, load<u64>(m, Meter.BURST) - before);
  store<u64>(m, tokens, Meter.TOKENS);
  return tokens;
}

/** Take `n` tokens at time `now`, picoseconds. Returns false, none taken, when there are fewer. */
export function meter_take(m: usize, now: i64, n: u64): bool {
  const tokens = meterRefill(m, now);
  if (tokens < n) return false;
  store<u64>(m, tokens - n, Meter.TOKENS);
  return true;
}
