// qos.ts -- the contract: priorities, marking and flow control of a port.

/** Whose word a port takes for a frame's priority, and what it writes into frames that leave. */
export enum Qos {
  /** u8, QosTrust. */
  TRUST = 0,
  /** u8, QosFlag bits. */
  FLAGS = 1,
  /** u32, YAML position id. */
  LINE = 8,
  /** u8 x 64, priority by DSCP; u8 x 8, priority by PCP. */
  PRIO_BY_DSCP = 16,
  PRIO_BY_PCP = 80,
  /** u8 x 8, DSCP and PCP by priority; QOS_KEEP: left as it is. */
  DSCP_BY_PRIO = 88,
  PCP_BY_PRIO = 96,
  SIZEOF = 104,
}
export enum QosTrust { PCP = 0, DSCP = 1 }
/** Bits of Qos.FLAGS. */
export enum QosFlag { REMARK_DSCP = 1, REMARK_PCP = 2 }
export const QOS_KEEP = 0xff;

/**
 * A queue that is not there: what would wait at a port that sends at a rate,
 * in packet time. A packet finds as much of it as the time from now to FINISH.
 */
export enum Ecn {
  /** u64, bit/s it drains at. */
  RATE = 0,
  /** u64, picoseconds of sending: up to KMIN no packet is marked, from KMAX every one. */
  KMIN = 8,
  KMAX = 16,
  /** i64, packet time at which it is empty. */
  FINISH = 24,
  /** u32, probability just below KMAX, in 2^-32. */
  PMAX = 32,
  /** u32, YAML position id. */
  LINE = 36,
  /** u64, state of lib/rng. */
  RNG = 40,
  /** u64, packets; those of them that can be marked; those that were. */
  PACKETS = 48,
  CAPABLE = 56,
  MARKED = 64,
  /** u64, most picoseconds that were waiting. */
  HIGHEST = 72,
  SIZEOF = 80,
}

/** MAC control frames that a port received, all u64. */
export enum MacControl {
  /** PAUSE frames that stop the port, and that let it go on (time 0). */
  PAUSE = 0,
  RESUME = 8,
  /** PFC frames. */
  PFC = 16,
  /** By class: how often PFC frames stopped it, and let it go on. */
  PFC_PAUSE = 24,
  PFC_RESUME = 88,
  /** Frames that are neither, too short, or for others. */
  BAD = 152,
  SIZEOF = 160,
}
