// fare.ts -- fully adaptive routing Ethernet (draft-ietf-idr-fare): packets are
// sprayed over the ways to a destination by the bandwidth of each, and less
// over those whose queue here is long.
//
// Weights come from the control plane: PB_i / sum(PB). The state of the local
// queue divides them: eight bands of its depth, each with a factor. The choice
// is smooth weighted round robin: every way earns its weight, the richest one
// sends and pays the sum, so no way is ever ahead of its share by a packet.
//
//   fare | header | way, 16 bytes each |

enum Fare {
  /** u32, ways. */
  COUNT = 0,
  /** u32, depth in bytes at which the last but one band begins, times 20 / 19. */
  REFERENCE = 4,
  WAYS = 16,
}

enum Way {
  /** u32, what the chosen one gives: a port. */
  VALUE = 0,
  /** u32, share; 0: none. */
  WEIGHT = 4,
  /** i32, what it earned. */
  CREDIT = 8,
  SIZEOF = 16,
}

/** Where each band but the first begins, in twentieths of REFERENCE. */
const BANDS: u64 = 0x13_11_0f_0d_0b_08_05;
/** Factor of each band. */
const FACTORS: u64 = 0x02_08_10_18_20_30_40_40;

export const NO_WAY: u32 = 0xffffffff;

export function fare_sizeof(ways: u32): u32 {
  return Fare.WAYS + ways * Way.SIZEOF;
}

/** @param reference depth in bytes that is hardly ever to be passed */
export function fare_init(f: usize, ways: u32, reference: u32): void {
  store<u32>(f, ways, Fare.COUNT);
  store<u32>(f, reference, Fare.REFERENCE);
  for (let i: u32 = 0; i < ways; i++) fare_set(f, i, 0, 0);
}

/** @param weight at most 2^16; all are in one unit */
export function fare_set(f: usize, way: u32, value: u32, weight: u32): void {
  const w = f + Fare.WAYS + way * Way.SIZEOF;
  store<u32>(w, value, Way.VALUE);
  store<u32>(w, weight, Way.WEIGHT);
  store<i32>(w, 0, Way.CREDIT);
}

/** Factor of a queue. */
function factor(depth: u32, reference: u32): u32 {
  const twentieths = <u64>depth * 20;
  let band: u32 = 0;
  for (let b = BANDS; b; b >>= 8) band += u32(twentieths > (b & 255) * reference);
  return <u32>(FACTORS >> (band << 3)) & 255;
}

/** Weight, credit, and the factor of a queue of `depth` bytes: what the next choice goes by. */
export function fareWeight(f: usize, way: u32): u32 {
  return load<u32>(f + Fare.WAYS + way * Way.SIZEOF, Way.WEIGHT);
}

export function fareCredit(f: usize, way: u32): i32 {
  return load<i32>(f + Fare.WAYS + way * Way.SIZEOF, Way.CREDIT);
}

export function fareFactor(f: usize, depth: u32): u32 {
  return factor(depth, load<u32>(f, Fare.REFERENCE));
}

/**
 * The way of the next packet.
 * @param depths u32 by value, bytes queued there
 * @returns a value, or NO_WAY when no way has weight
 */
export function fare_choose(f: usize, depths: usize): u32 {
  const end = f + Fare.WAYS + load<u32>(f) * Way.SIZEOF, reference = load<u32>(f, Fare.REFERENCE);
  let sum: i32 = 0, most = i32.MIN_VALUE, best: usize = 0;
  for (let w = f + Fare.WAYS; w < end; w += Way.SIZEOF) {
    const weight = load<u32>(w, Way.WEIGHT);
    if (!weight) continue;
    const share = <i32>(weight * factor(load<u32>(depths + (load<u32>(w) << 2)), reference)), credit = load<i32>(w, Way.CREDIT) + share;
    store<i32>(w, credit, Way.CREDIT);
    sum += share;
    if (credit > most) {
      most = credit;
      best = w;
    }
  }
  if (!best) return NO_WAY;
  store<i32>(best, most - sum, Way.CREDIT);
  return load<u32>(best);
}
