// policer.ts -- the contract: policers, RFC 2697 and RFC 2698.

/**
 * A policer. Tokens are bits, so that every rate in bit/s is exact; sizes are
 * those of IP packets, link headers not counted.
 */
export enum Policer {
  /** u8, non-zero: two rates (RFC 2698); else one (RFC 2697). */
  TWO_RATES = 0,
  /** u8, non-zero: the packet's DSCP is its colour before (RFC 2597 section 6). */
  COLOR_AWARE = 1,
  /** u8 x 3 by Color, PolicerAction. */
  ACTIONS = 2,
  /** u32, YAML position id. */
  LINE = 8,
  /** u64, EBS in bits, and tokens of that bucket now (RFC 2697). */
  EXCESS_BURST = 16,
  EXCESS = 24,
  /** (u64 packets, u64 bytes) by Color. */
  COUNTS = 32,
  /** tables/meter: CIR and CBS; PIR and PBS. */
  COMMITTED = 128,
  PEAK = 192,
  SIZEOF = 256,
}

export enum Color { GREEN = 0, YELLOW = 1, RED = 2 }

/** A DSCP to write, or one of these. */
export enum PolicerAction { TRANSMIT = 254, DROP = 255 }
