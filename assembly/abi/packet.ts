// packet.ts -- the contract: the packet record, its limits, edges, pool and frames.

/** Bumped whenever anything in this file changes meaning. */
export const ABI_VERSION = 1;

/** Most packets a node sees in one call; a vector is that many u32 packet handles. */
export const VEC_MAX = 256;

/** Bytes kept free in front of a received frame. */
export const HEADROOM = 256;

/** Longest frame a buffer takes, bytes; longer ones drop OVERSIZE at the reader. */
export const FRAME_MAX = 65535;

/** Passes over back edges a packet may make inside one switch before it drops LOOP. */
export const PASSES_MAX = 16;

/** Links between switches a packet may cross before it drops LOOP. */
export const LINKS_MAX = 64;

/**
 * Buffer classes: bytes of a buffer, headroom included. Odd numbers of 64-byte
 * lines, since powers of two share cache sets. The largest holds FRAME_MAX
 * behind a full HEADROOM.
 */
export enum BufferClass { SMALL = 2112, JUMBO = 9408, HUGE = 65856 }

/**
 * Packet record: one 64-byte cache line per packet in flight; its address is
 * the packet's handle. The record owns the buffer [BUF, END) for life.
 *
 *    0       4       8       12      16      20      24      28
 *   +-------+-------+-------+-------+-------+-------+-------+-------+
 *   | DATA  | LEN   | ORIG  | BUF   | END   | HIT   | FLOW  |DOMAIN |
 *   +-------+-------+-------+---+---+---+---+---+---+-+-+-+-+-+-+-+-+
 *   | TIME          | ID    |RX |TX |IFC|L3 |L4 |DRP|E|P|C|M|P|L|F|B|
 *   +---------------+-------+---+---+---+---+---+---+-+-+-+-+-+-+-+-+
 *   32              40      44  46  48  50  52  54  56 ...        63
 */
export enum Packet {
  /** u32, address of the first valid byte. */
  DATA = 0,
  /** u32, valid bytes from DATA. */
  LEN = 4,
  /** u32, bytes the frame had on the wire: at least LEN, more when the capture cut it. */
  ORIG = 8,
  /** u32, first byte of the buffer; DATA - BUF is the room in front. */
  BUF = 12,
  /** u32, end of the buffer; END - DATA - LEN is the room behind. */
  END = 16,
  /** u32, address of the table entry that matched last; the next node acts on it. */
  HIT = 20,
  /** u32, flow hash, 0 until a node computed it. */
  FLOW = 24,
  /** u32, VRF or bridge domain the packet is in. */
  DOMAIN = 28,
  /** i64, picoseconds since the run's origin; may step back in unordered captures. */
  TIME = 32,
  /** u32, packet number, from 1 in input order; the same at every hop and for copies. */
  ID = 40,
  /** u16, port the packet came in on. */
  RX_PORT = 44,
  /** u16, port it leaves on; read by port_tx. */
  TX_PORT = 46,
  /** u16, index of the Iface it belongs to; the Ethernet header, where there is one, is at DATA. */
  IFACE = 48,
  /** u16, offset from DATA to the network header. */
  L3 = 50,
  /** u16, offset from DATA to the transport header. */
  L4 = 52,
  /** u16, Drop reason; meaningful only when EDGE is 0. */
  DROP = 54,
  /** u8, edge taken out of the node just run; see Edge. */
  EDGE = 56,
  /** u8, priority 0-7: PCP, or the class a node chose. */
  PRIO = 57,
  /** u8, ECN code point 0-3 of the outermost IP header. */
  ECN = 58,
  /** u8, non-zero: leave a trace record at every node. */
  MARK = 59,
  /** u8, back edges passed inside the present switch. */
  PASSES = 60,
  /** u8, links crossed. */
  LINKS = 61,
  /** u8, PacketFlag bits. */
  FLAGS = 62,
  /** u8, index of the buffer class: 0 SMALL, 1 JUMBO, 2 HUGE. */
  CLASS = 63,
  /** Bytes in a record. */
  SIZEOF = 64,
}

/** Bits of Packet.FLAGS. */
export enum PacketFlag {
  /** The outermost header was made by this switch (ICMP, ARP, a tunnel's): its TTL is not decremented on the way out. */
  ORIGINATED = 1,
  /** Source address still unset: filled from the interface it leaves by. */
  NO_SOURCE = 2,
  /** A frame beyond the first: made by flooding or replication. */
  COPY = 4,
  /** Arrived as group or broadcast frame at layer 2. */
  GROUP = 8,
  /** Its TTL or hop limit is not this switch's to take down again (an SRv6 SID did, or an SR proxy will): rewriting leaves it alone. Cleared with the header it is about. */
  STEPPED = 16,
}

/** Edges every node has; a node's own edges are 1 to 250. */
export enum Edge {
  /** The packet ends here, for the reason in Packet.DROP. */
  DROP = 0,
  /** The packet left by a port: port_tx put it into Pool.TX_LIST. */
  SENT = 253,
  /** The node keeps the packet (a queue for an unresolved neighbour): counted as held. */
  HOLD = 254,
  /** The switch itself was the destination: counted, then freed. */
  CONSUME = 255,
}

/**
 * Pool: all packets of one memory. The records of a class are one array; its
 * free list is a LIFO stack of handles, so a packet just freed is the next one
 * used and the working set stays as small as the traffic allows.
 *
 * Frames hold vectors between nodes: a link and VEC_MAX handles.
 */
export enum Pool {
  /** u32 x 3, free handles in each class. */
  FREE = 0,
  /** u32 x 3, address of the stack of free handles of each class. */
  STACK = 12,
  /** u32 x 3, records in each class. */
  SIZE = 24,
  /** u32, head of the list of free frames. */
  FRAMES = 36,
  /** u32, handles emitted by the node that is running. */
  EMITTED = 40,
  /** u32, address of the list of emitted handles, one slot a record. */
  EMIT_LIST = 44,
  /** u32, handles that left by a port since the host took them. */
  TX_COUNT = 48,
  /** u32, address of their list, ordered by packet ID, one slot a record. */
  TX_LIST = 52,
  /** u32, dropped handles kept for the host (only when a switch keeps drops). */
  DROPPED = 56,
  /** u32, address of their list, one slot a record. */
  DROP_LIST = 60,
  SIZEOF = 64,
}

/** A frame: a vector between two nodes. */
export enum Frame { NEXT = 0, COUNT = 4, HANDLES = 8, SIZEOF = 1032 }
