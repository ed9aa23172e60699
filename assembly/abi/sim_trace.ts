// sim_trace.ts -- the contract: what a simulation writes down of the packets
// that cross ports which are TRACED (SimPortState), for captures and
// explanations.
//
// Records fill an array that the host empties. When fewer than SPARE are left
// the run stops with SimFault.TRACE at the end of an event; the host takes the
// records, clears the fault and goes on.

/** Sim.TRACE points to one. */
export enum SimTrace {
  /** u32, array of TraceRecord; how many are in it; how many it has room for; and how many one event may take. */
  RECORDS = 0,
  COUNT = 4,
  ROOM = 8,
  SPARE = 12,
  /** u32, bit by TraceKind: written down. */
  KINDS = 16,
  /** u32, the one flow whose packets are written down, or NOBODY: all. PAUSED is of no flow. */
  FLOW = 20,
  SIZEOF = 64,
}

/** What happened to packet PSN of FLOW, in a port's or switch's view. */
export enum TraceRecord {
  /** i64, picoseconds. */
  TIME = 0,
  /** u8, TraceKind; u8, priority; u8, SimPacketKind; u8, SimPacketFlag bits. */
  KIND = 8,
  PRIORITY = 9,
  PACKET_KIND = 10,
  FLAGS = 11,
  /** u32, port. */
  PORT = 12,
  /** u32, SimPacket.FLOW and PSN. */
  FLOW = 16,
  PSN = 20,
  /** u16, bytes of the frame; u8, switches passed; u8, of WAY and CHOSEN: Balance. */
  BYTES = 24,
  HOPS = 26,
  MODE = 27,
  /** u32, endpoint it goes to. */
  TO = 28,
  /** u32, by kind. */
  A = 32,
  B = 36,
  C = 40,
  D = 44,
  SIZEOF = 48,
}

export enum TraceKind {
  /** Its first bit leaves by PORT. */
  SENT = 0,
  /** The device of PORT has it: cable and latency are behind it. */
  ARRIVED = 1,
  /** It joins a queue of PORT. A: bytes in all queues there before it; B: bytes of its own priority; C: SimPort.STOPPED. */
  QUEUED = 2,
  /** A way that it may take, before one is chosen: PORT. A: bytes queued there; of FARE B: weight, C: credit (i32), D: factor of the queue. */
  WAY = 3,
  /** PORT was chosen, or NOBODY. A: of ECMP the hash; B: ways. */
  CHOSEN = 4,
  /** It was lost at PORT. A: SimDrop; B: bytes in the switch's buffer. */
  DROPPED = 5,
  /** A PFC frame came in by PORT. A: SimPort.STOPPED before; B: after. */
  PAUSED = 6,
}
