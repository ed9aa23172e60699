// switch.ts -- the contract: a switch, its nodes, its drop counters and traces.

/** A switch: the state that all its nodes share. Its address is every node's third argument. */
export enum Switch {
  /** u32, pool. */
  POOL = 0,
  /** u32, array of Node structures, in rank order. */
  NODES = 4,
  /** u32, how many. */
  NODE_COUNT = 8,
  /** u32, packets of its vector that the running node finished; fewer than n: it waits for free buffers. */
  DONE = 12,
  /** u32, non-zero: no buffer will come free, drop NO_BUFFER instead of waiting. */
  STARVED = 16,
  /** u32, non-zero: dropped packets are kept in Pool.DROP_LIST. */
  KEEP_DROPS = 20,
  /** i64, highest packet time seen, picoseconds; drives ageing and token buckets. */
  NOW = 24,
  /** u64 x 4, bitmap of nodes with waiting frames. */
  PENDING = 32,
  /** u32, seed of every hash salt and generator of the switch. */
  SEED = 64,
  /** u32, trace buffer, 0 when tracing is off. */
  TRACE = 68,
  /** u32, drop counters (tables/counters). */
  DROPS = 72,
  /** u32, array of Port structures. */
  PORTS = 76,
  /** u32, how many. */
  PORT_COUNT = 80,
  /** u32, array of Iface structures; number 0 belongs to nothing and holds the router-id in IP4 and IP6. */
  IFACES = 84,
  /** u32, token bucket that ICMP errors draw on (Meter). */
  ICMP_METER = 88,
  /** u32, packets held by nodes. */
  HELD = 92,
  /** u64, packets made by nodes. */
  ORIGINATED = 96,
  /** u64, frames beyond the first. */
  COPIES = 104,
  /** u64, packets consumed. */
  CONSUMED = 112,
  /** u64, ICMP errors not sent for want of tokens. */
  ICMP_SUPPRESSED = 120,
  /** u32, last node that waits for free buffers, index + 1; 0: none. Top bit: packets moved since. */
  WAITING = 128,
  /** u32, tables/lpm4: (VRF, IPv4 destination) -> Hop. */
  FIB4 = 132,
  /** u32, tables/lpm6: (VRF, IPv6 destination) -> Hop. */
  FIB6 = 136,
  /** u32, tables/fdb: (bridge domain, MAC) -> Iface. */
  FDB = 140,
  /** u32, array of Bridge structures. */
  BRIDGES = 144,
  /** u32, Neighbors: who answers to an address on an interface. */
  NEIGHBORS = 148,
  /** u32, tables/exact32: MPLS label -> Label. */
  LABELS = 160,
  /** u32, tables/exact160: (UDP port << 16 | VRF, own address, IPv4 ones mapped into IPv6) -> Vtep, TunnelEnd or another listener: its first octet is the edge of udp_input; 0: none. */
  UDP_LOCAL = 168,
  /** u32, tables/exact64: address of a Vtep << 32 | VNI -> Vni. */
  VNIS = 172,
  /** u32, Hop that a lookup without a match takes: UNREACHABLE, NO_ROUTE. */
  NO_ROUTE = 176,
  /** u32, SCRATCH_BYTES that the running node may use as it likes. */
  SCRATCH = 180,
  /** u32, what this switch's port numbers start at in lists that leave it. */
  PORT_BASE = 184,
  /** u32, how often the file of the switch was replaced while it ran; changes between two bursts, for all switches of a file at once. */
  GENERATION = 188,
  /** u32, Srv6Domain; 0: the switch file has no srv6. */
  SRV6 = 192,
  /** u32, tables/exact160: (IP protocol << 16 | VRF, own address, IPv4 ones mapped into IPv6) -> TunnelEnd; 0: none. */
  IP_LOCAL = 196,
  /** u32, Epe: set where MPLS echo requests are answered; 0: they are not. */
  EPE = 200,
  /** u32, Gwlb; 0: none. */
  GWLB = 204,
  /** u32, tables/exact32: BIFT-id of BIER packets without MPLS -> Bift. */
  BIFTS = 208,
  /** u32, tables of lib/crc32. */
  CRC32 = 212,
  /** u32, Nat; 0: none, and its nodes are not in the graph. */
  NAT = 216,
  /** u32, tables/exact64: (VRF, protocol, address, port) -> LbService; 0: none, and its node is not in the graph. */
  LB = 220,
  /** u32, Express: what plain packets pass in one go; 0: node by node, like all others. */
  EXPRESS = 224,
  /** u32, HostQueue: packets for nodes that the host runs; 0: there are none. */
  HOST_QUEUE = 228,
  SIZEOF = 256,
}

/** Bytes of Switch.SCRATCH: 64 a packet of a vector. */
export const SCRATCH_BYTES = 16384;

/** A node of a graph. */
export enum Node {
  /** u32, index of its function in the module's table. */
  FN = 0,
  /** u32, edges, drop included. */
  EDGES = 4,
  /** u32, array of u32: node index by edge, edge 0 unused. */
  NEXT = 8,
  /** u32, array of (packets u64, bytes u64) by edge. */
  COUNTS = 12,
  /** u32, first waiting frame, and the last. */
  HEAD = 16,
  TAIL = 20,
  /** u64, times called. */
  CALLS = 32,
  /** u64, packets seen. */
  PACKETS = 40,
  SIZEOF = 64,
}

/** One row of the drop table, keyed by (node, reason). */
export enum DropCount { NODE = 0, REASON = 4, FIRST = 8, PACKETS = 16, BYTES = 24, SIZEOF = 32 }
/** Rows in a drop table; more than a switch has (node, reason) pairs. */
export const DROP_ROWS = 1024;

/**
 * One visit of a marked packet to a node. The packet's bytes as the node left
 * them follow, at most TRACE_BYTES, padded to eight bytes.
 */
export enum Trace {
  /** u32, handle: tells copies of one packet apart. */
  HANDLE = 0,
  ID = 4,
  /** u16, node index; TRACE_INPUT for the packet as it came in. */
  NODE = 8,
  /** u8. */
  EDGE = 10,
  /** u8, PacketFlag bits. */
  FLAGS = 11,
  /** u16. */
  DROP = 12,
  L3 = 14,
  L4 = 16,
  RX_PORT = 18,
  TX_PORT = 20,
  /** u16, bytes that follow. */
  CAPTURED = 22,
  /** u32. */
  LEN = 24,
  HIT = 28,
  DOMAIN = 32,
  FLOW = 36,
  /** u16, Packet.IFACE. */
  IFACE = 40,
  /** u32, Switch.GENERATION. */
  GENERATION = 44,
  SIZEOF = 48,
}
/** Most bytes of a packet kept in a trace record. */
export const TRACE_BYTES = 512;
/** Trace.NODE of the packet as it came in. */
export const TRACE_INPUT = 0xffff;
/** Trace buffer: bytes used, capacity, records lost, then the records. */
export enum TraceBuffer { USED = 0, SIZE = 4, LOST = 8, DATA = 16 }
