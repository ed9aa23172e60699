// policer.ts -- which colour is a packet: a single rate three color marker
// (RFC 2697 section 3), or a two rate one (RFC 2698 section 3), in packet time.
//
//   one rate    CIR -> | C, CBS | -overflow-> | E, EBS |      C: green, E: yellow, neither: red
//   two rates   PIR -> | P, PBS |   CIR -> | C, CBS |          not in P: red, P only: yellow, both: green
//
// Buckets begin full. A policer that knows colours never makes one better.

import { Color, Policer } from "../abi/policer";
import { Meter, meterGain, meterRefill } from "./meter";

/**
 * Colour of a packet of `bits`; its tokens are taken.
 * @param before its colour so far; GREEN where that does not count
 */
export function policer_color(p: usize, now: i64, bits: u64, before: u32): u32 {
  return load<u8>(p, Policer.TWO_RATES) ? twoRates(p, now, bits, before) : oneRate(p, now, bits, before);
}

function oneRate(p: usize, now: i64, bits: u64, before: u32): u32 {
  const c = p + Policer.COMMITTED, roomC = load<u64>(c, Meter.BURST) - load<u64>(c, Meter.TOKENS), roomE = load<u64>(p, Policer.EXCESS_BURST) - load<u64>(p, Policer.EXCESS);
  const gain = meterGain(c, now, roomC + roomE), toC = min<u64>(gain, roomC);
  let tokens = load<u64>(c, Meter.TOKENS) + toC, excess = load<u64>(p, Policer.EXCESS) + gain - toC, color: u32 = Color.RED;
  if (before == <u32>Color.GREEN && tokens >= bits) {
    tokens -= bits;
    color = Color.GREEN;
  } else if (before != <u32>Color.RED && excess >= bits) {
    excess -= bits;
    color = Color.YELLOW;
  }
  store<u64>(c, tokens, Meter.TOKENS);
  store<u64>(p, excess, Policer.EXCESS);
  return color;
}

function twoRates(p: usize, now: i64, bits: u64, before: u32): u32 {
  const c = p + Policer.COMMITTED, k = p + Policer.PEAK, committed = meterRefill(c, now), peak = meterRefill(k, now);
  if (before == <u32>Color.RED || peak < bits) return Color.RED;
  store<u64>(k, peak - bits, Meter.TOKENS);
  if (before == <u32>Color.YELLOW || committed < bits) return Color.YELLOW;
  store<u64>(c, committed - bits, Meter.TOKENS);
  return Color.GREEN;
}
