// lb.ts -- the contract: the L4 load balancer.

/** A virtual service: an address, a protocol and a port, and the real servers behind it. */
export enum LbService {
  /** u32, tables/maglev over its reals. */
  MAGLEV = 0,
  /** u32, array of LbReal, and how many. */
  REALS = 4,
  COUNT = 8,
  /** u32, tables/flow_table of flows that stay where they are; 0: stateless. */
  FLOWS = 12,
  /** u32, YAML position id. */
  LINE = 16,
  /** u32, number of the service: flows of one are none of another's. */
  NUMBER = 20,
  /** i64, picoseconds that a silent flow is kept: TCP, UDP. */
  TCP = 24,
  UDP = 32,
  SIZEOF = 64,
}

/** A real server. */
export enum LbReal {
  /** u8, LbMode; u8, non-zero: it takes no new flows. */
  MODE = 0,
  DRAIN = 1,
  /** u32, Hop that leads to it (DIRECT). */
  HOP = 4,
  /** u32, as on the wire: its address, and the source of the outer header (IPIP). */
  ADDRESS = 8,
  SOURCE = 12,
  /** u32, YAML position id. */
  LINE = 16,
  /** u64 packets, and bytes of their layer 3; flows that began. */
  PACKETS = 24,
  BYTES = 32,
  FLOWS = 40,
  SIZEOF = 64,
}

/** Direct server return: the frame is addressed to the real (which has the VIP on a loopback), or the packet is put into another for it. */
export enum LbMode { DIRECT = 0, IPIP = 1 }

/** What an entry of FLOWS says, from FlowEntry.USER on. */
export enum LbFlow {
  /** u32, LbReal. */
  REAL = 48,
  /** u8, TcpFlow bits. */
  STATE = 52,
}
