// abi.ts -- the contract between the TypeScript host and the kernels.
//
// Two compilers read this file, asc and tsc. It therefore holds only `enum`
// and integer `const` declarations: no imports, no functions, no strings.
// asc turns every member into an immediate; tsc also gives the member's name
// back (Drop[6] === "LOOP"), so codes are named in one place.
//
// Memory map (byte addresses)
//
//   0         null page: handle 0 means "none"; nothing is ever placed here.
//             asc relies on it to fold field offsets into loads, so asconfig
//             must not set memoryBase.
//   1024      AssemblyScript static data
//   arena     from __heap_base upward, carved by src/kernel: pool, switches,
//             graphs, tables. No address is fixed; kernels get every one of
//             them as an argument. The memory never grows.
//
// Fields below are little-endian. Packet bytes are in network order.

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
  /** Its hop limit was taken down by an SRv6 SID: rewriting leaves it alone. Cleared with the header it is about. */
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
  /** u32, tables/exact160: (UDP port << 16 | VRF, own address, IPv4 ones mapped into IPv6) -> Vtep; 0: none. */
  UDP_LOCAL = 168,
  /** u32, tables/exact64: address of a Vtep << 32 | VNI -> Vni. */
  VNIS = 172,
  /** u32, Hop that a lookup without a match takes: UNREACHABLE, NO_ROUTE. */
  NO_ROUTE = 176,
  /** u32, SCRATCH_BYTES that the running node may use as it likes. */
  SCRATCH = 180,
  /** u32, what this switch's port numbers start at in lists that leave it. */
  PORT_BASE = 184,
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
  SIZEOF = 48,
}
/** Most bytes of a packet kept in a trace record. */
export const TRACE_BYTES = 512;
/** Trace.NODE of the packet as it came in. */
export const TRACE_INPUT = 0xffff;
/** Trace buffer: bytes used, capacity, records lost, then the records. */
export enum TraceBuffer { USED = 0, SIZE = 4, LOST = 8, DATA = 16 }

/** A port of a switch. */
export enum Port {
  /** u32, Iface that untagged and priority-tagged frames belong to; 0: they drop. */
  IFACE = 0,
  /** u32, exact64 table: tag key -> Iface index + 1, or 0 when no tag is configured. */
  TAGS = 4,
  /** u16, shortest frame accepted, bytes (14 to 60). */
  MIN_FRAME = 8,
  /** u16, largest layer-3 packet (frame less Ethernet header and tags), bytes. */
  MTU = 10,
  /** u8, PortFlag bits. */
  FLAGS = 12,
  /** u32, YAML position id. */
  LINE = 16,
  /** u8 x 6, own MAC. */
  MAC = 20,
  /** u64, frames whose L4 checksum was wrong on receipt. */
  BAD_L4 = 32,
  /** u64, packets and bytes in; packets and bytes out. */
  RX_PACKETS = 40,
  RX_BYTES = 48,
  TX_PACKETS = 56,
  TX_BYTES = 64,
  /** u32, switch at the other end of a link, 0 when the port leads outside. */
  PEER = 72,
  /** u16, port there. */
  PEER_PORT = 76,
  SIZEOF = 128,
}

/** Bits of Port.FLAGS. */
export enum PortFlag {
  /** L4 checksums are repaired on the way out. */
  FIX_CHECKSUMS = 2,
}

/** What a frame belongs to once its tags are read: a port, a subinterface or a bridge's own interface. */
export enum Iface {
  /** u8, IfaceKind. */
  KIND = 0,
  /** u8, IfaceFlag bits. */
  FLAGS = 1,
  /** u16, port it is on; frames leave there. */
  PORT = 2,
  /** u32, VRF (L3) or bridge domain (L2) index. */
  DOMAIN = 4,
  /** u8 x 6, MAC the interface answers to. */
  MAC = 8,
  /** u16, largest layer-3 packet, bytes. */
  MTU = 14,
  /** u32, YAML position id. */
  LINE = 16,
  /** u32, own IPv4 address as read from the wire (network order), 0 when none. */
  IP4 = 20,
  /** u8, tags pushed on egress 0-2 and popped on ingress. */
  TAG_COUNT = 24,
  /** u8, split-horizon group; frames never go from a group (not 0) to itself. */
  HORIZON = 25,
  /** u8, tags taken off on ingress. */
  TAGS_POPPED = 26,
  /** u16, index of this interface. */
  INDEX = 28,
  /** u32 x 2, tags as on the wire: TPID, TCI; outermost first. */
  TAG = 32,
  /** u8 x 16, own global IPv6 address, zero when none. */
  IP6 = 40,
  /** u8 x 16, own link-local IPv6 address. */
  LINK_LOCAL = 56,
  /** u32, L2 tunnel behind the interface (VXLAN peer, pseudowire): a Hop; 0 for a port. */
  HOP = 72,
  /** u32, GLEAN Hop for link-local destinations: they are on this interface's link. */
  LINK_LOCAL_HOP = 76,
  /** u32, Bridge whose own L3 interface this is; 0 for all others. */
  BRIDGE = 80,
  SIZEOF = 128,
}

export enum IfaceKind {
  L3 = 1,
  BRIDGE = 2,
  /** IP packets out of a tunnel: a VRF, but no link, so no neighbours and no addresses to answer for. */
  TUNNEL = 3,
}

/** Bits of Iface.FLAGS. */
export enum IfaceFlag {
  PROMISCUOUS = 1,
  /** Answer ARP and ND for own addresses. */
  ANSWER = 2,
  /** MPLS packets are accepted. */
  MPLS = 4,
  /** Flooded frames do not go here. */
  NO_FLOOD = 8,
  /** Source MACs seen here are not learnt. */
  NO_LEARN = 16,
  /** 127/8 and ::1 are addresses like any other: captures of a loopback interface. */
  LOOPBACK = 32,
}

/** A bridge domain. */
export enum Bridge {
  /** u32, members. */
  COUNT = 0,
  /** u32, array of Iface addresses, the bridge's own interface included. */
  MEMBERS = 4,
  /** i64, picoseconds after which a learnt MAC is forgotten; 0: never. */
  AGE = 8,
  /** u32, YAML position id. */
  LINE = 16,
  /** u32, the bridge's own L3 interface, 0 when it has none. */
  OWN = 20,
  /** i64, highest packet time seen by the bridge, picoseconds: ageing goes by it. */
  NOW = 24,
  /** i64, packet time from which a full table may be swept again, picoseconds. */
  SWEEP = 32,
  SIZEOF = 64,
}

/**
 * Where a lookup leads: one cache line that the next node acts on. Every
 * lookup stores its address in Packet.HIT and takes edge Hop.KIND, so all
 * lookups have the same edges, in HopKind order.
 */
export enum Hop {
  /** u8, HopKind: the edge a lookup takes. */
  KIND = 0,
  /** u8, ICMP code of an UNREACHABLE hop; FlowField bits of a GROUP. */
  CODE = 1,
  /** u16, TX port. */
  PORT = 2,
  /** u16, largest layer-3 packet, bytes. */
  MTU = 4,
  /** u8, bytes of L2 rewrite at REWRITE: 14, 18 or 22, ethertype last. */
  REWRITE_LEN = 6,
  /** u32, YAML position id. */
  LINE = 8,
  /** u32, what KIND needs: group, tunnel, SID table, VRF; see HopKind. */
  AUX = 12,
  /** u8 x 22, the L2 header. */
  REWRITE = 16,
  /** u16, Drop reason of a DROP or UNREACHABLE hop. */
  REASON = 38,
  /** u32, Iface it leaves by. */
  IFACE = 40,
  /** u32, next hop behind a tunnel: a Hop, 0 for "look up the outer address". */
  VIA = 44,
  /** u64 packets and bytes sent this way; kept by groups and tunnels. */
  PACKETS = 48,
  BYTES = 56,
  SIZEOF = 64,
}

/** Edges of every lookup. 0 drops for Hop.REASON without a word. */
export enum HopKind {
  DROP = 0,
  /** Deliver to the switch itself. */
  LOCAL = 1,
  /** Rewrite layer 2 and send on PORT. */
  REWRITE = 2,
  /** Destination on a connected network without a known neighbour; IFACE says which. */
  GLEAN = 3,
  /** AUX: group of Hops; CODE: FlowField bits. */
  GROUP = 4,
  /** Drop for REASON and say so with ICMP unreachable, CODE; the edge carries the ICMP message. */
  UNREACHABLE = 5,
  /** AUX: LabelStack; VIA: Hop of the neighbour; MTU: what is left of the neighbour's. */
  MPLS_PUSH = 6,
  /** AUX: Srv6Policy; VIA: next hop or 0; MTU: largest packet that fits inside. */
  SRV6_ENCAPS = 7,
  /** A SID of ours: the Hop is a Sid. */
  SRV6_LOCAL = 8,
  /** AUX: Vxlan, 0 for a tunnel without a remote end; MTU: of what is inside, its Ethernet header not counted. */
  VXLAN_ENCAP = 9,
  /** AUX: bridge's own interface; the frame enters the bridge after the rewrite. */
  BRIDGE = 10,
  /** AUX: VRF to look the packet up in again. */
  VRF = 11,
}
/**
 * What a flow hash is made of, bits of Hop.CODE of a GROUP hop. A packet's
 * FLOW is of FLOW_FIELDS; a group that asks for others hashes for itself.
 */
export enum FlowField {
  SRC = 1,
  DST = 2,
  PROTO = 4,
  SPORT = 8,
  DPORT = 16,
  /** IPv6 flow label, RFC 6438. */
  LABEL = 32,
  /** All of them of the innermost packet in tunnels. */
  INNER = 64,
  /** RoCEv2 destination queue pair. */
  QP = 128,
}
export const FLOW_FIELDS = 63;
/** Most labels that one entry of this switch puts on a packet; the entropy label and its indicator not counted. */
export const LABELS_MAX = 12;

/** What becomes of a packet with a label of ours: one cache line behind Switch.LABELS. */
export enum Label {
  /** u8, LabelOp: the edge mpls_lookup takes. */
  OP = 0,
  /** u8, LabelPayload: what a POP expects under the bottom of the stack. */
  PAYLOAD = 1,
  /** u8, LabelFlag bits. */
  FLAGS = 2,
  /** u8, labels of a SWAP. */
  COUNT = 3,
  /** u32, Hop of a SWAP or of a POP one hop before the end (PHP); 0: popped for ourselves. */
  HOP = 4,
  /** u32, YAML position id; where a Hop has it, for both may be a Packet.HIT. */
  LINE = 8,
  /** u32, VRF of what a POP uncovers, or LABEL_SAME_VRF. */
  DOMAIN = 12,
  /** u32, Iface of the pseudowire that an ETHERNET payload came by. */
  IFACE = 12,
  /** u32 x LABELS_MAX, labels of a SWAP, outermost first: label stack entries in network order, TC, S and TTL zero. */
  LABELS = 16,
  SIZEOF = 64,
}

export enum LabelOp { SWAP = 1, POP = 2 }

/** What may lie under the bottom of a stack. */
export enum LabelPayload {
  /** IPv4 or IPv6, told apart by the first nibble. */
  IP = 0,
  IP4 = 4,
  IP6 = 6,
  /** An Ethernet frame: the label is a pseudowire's. */
  ETHERNET = 14,
}

/** Bits of Label.FLAGS and LabelStack.FLAGS. */
export enum LabelFlag {
  /** Uniform TTL model: the TTL goes from layer to layer at push and pop; else the pipe model (RFC 3443). */
  UNIFORM = 1,
  /** A control word stands between the stack and the Ethernet frame (RFC 4385). */
  CONTROL_WORD = 2,
  /** The stack carries Ethernet frames. */
  ETHERNET = 4,
  /** TC is LabelStack.TC; else the precedence of the packet pushed on: DSCP or PCP. */
  FIXED_TC = 8,
}

/** Label.DOMAIN: the packet stays in the VRF of the interface it came in by (explicit null). */
export const LABEL_SAME_VRF = 0xffffffff;

/** Labels to push: one cache line behind Hop.AUX of an MPLS_PUSH hop. */
export enum LabelStack {
  /** u8, labels; 1 to LABELS_MAX. */
  COUNT = 0,
  /** u8, labels above the entropy label pair (RFC 6790); 0: no such pair. */
  ENTROPY = 1,
  /** u8, LabelFlag bits. */
  FLAGS = 2,
  /** u8. */
  TC = 3,
  /** u8, TTL of a pipe. */
  TTL = 4,
  /** u32, YAML position id. */
  LINE = 8,
  /** u32 x LABELS_MAX, as in Label.LABELS. */
  LABELS = 16,
  SIZEOF = 64,
}

/**
 * A SID of ours, RFC 8986 section 3: the Hop that the FIB has for it, so that a
 * packet costs one cache line beyond its lookup. KIND, LINE, VIA, PACKETS and
 * BYTES (section 6: of packets processed without error) are Hop's; REWRITE and
 * what follows it holds
 *
 *   16      17      18              20              24                     32
 *   +-------+-------+---------------+---------------+-----------------------+
 *   |BEHAVIR|FLAVORS|               | TABLE         | ALLOW                 |
 *   +-------+-------+---------------+---------------+-----------------------+
 */
export enum Sid {
  /** u8, SidBehavior. */
  BEHAVIOR = 16,
  /** u8, SidFlavor bits. */
  FLAVORS = 17,
  /** u32, VRF that a packet taken out of its outer header is looked up in. */
  TABLE = 20,
  /** u64, upper layers that the switch itself takes: a bit for each protocol number below 64. */
  ALLOW = 24,
}

/** Endpoint behaviours by their code points, RFC 8986 section 10.2; from END_DT6 on a path ends there. */
export enum SidBehavior { END = 1, END_X = 5, END_DT6 = 18, END_DT4 = 19, END_DT46 = 20 }

/** RFC 8986 section 4.16. */
export enum SidFlavor { PSP = 1, USP = 2, USD = 4 }

/** An SRv6 policy at the headend, RFC 8986 section 5: the headers to push, and what in them depends on the packet. */
export enum Srv6Policy {
  /** u16, bytes of TEMPLATE. */
  LENGTH = 0,
  /** u8, offset in TEMPLATE of the octet that says what is inside: of the SRH, or of the IPv6 header alone. */
  NEXT_AT = 4,
  /** u8, outer hop limit; 0: what is left of the inner one. */
  HOP_LIMIT = 5,
  /** u8, outer DSCP, or DSCP_COPY; ECN is always copied (RFC 6040 section 4.1). */
  DSCP = 6,
  /** u32, YAML position id. */
  LINE = 8,
  /** u32, outer flow label, or FLOW_LABEL_HASH or FLOW_LABEL_COPY. */
  FLOW_LABEL = 12,
  /** u64 packets, and bytes with the outer headers. */
  PACKETS = 16,
  BYTES = 24,
  /** IPv6 header and SRH. */
  TEMPLATE = 64,
}
export const DSCP_COPY = 0xff;
/** Flow label from the flow hash (RFC 6437 section 3); that of an inner IPv6 header, 0 for IPv4. */
export const FLOW_LABEL_HASH = 0xffffffff;
export const FLOW_LABEL_COPY = 0xfffffffe;
/** Most segments of a policy. */
export const SEGMENTS_MAX = 30;

/** Neighbours of a switch, IPv4 and IPv6: the table, its records and its policy. */
export enum Neighbors {
  /** u32, tables/exact160: (Iface index, address) -> Neighbor. */
  TABLE = 0,
  /** u32, array of Neighbor. */
  RECORDS = 4,
  /** u32, how many there are; how many were ever in use: the first so many. */
  SIZE = 8,
  USED = 12,
  /** u32, record that the next search for one to reuse begins with. */
  HAND = 16,
  /** u32, most packets held for one neighbour; 0: packets to unresolved ones drop, and nobody is asked. */
  QUEUE = 20,
  /** u32, most packets held by the switch, so that the pool is never all in queues. */
  HELD_MAX = 24,
  /** u32, packets in all queues, those of the vector that runs included (Switch.HELD counts them when it is done). */
  HELD = 40,
  /** u32, by Iface index what a Neighbor there starts as: HOP4 and HOP6, MAC still zero. */
  TEMPLATES = 28,
  /** i64, picoseconds after its last word that a neighbour is forgotten; 0: never. */
  AGE = 32,
  SIZEOF = 64,
}

/**
 * A neighbour: three cache lines, the first two the hops that a packet to it
 * takes, so an address of a Neighbor plus HOP4 or HOP6 is a Packet.HIT.
 */
export enum Neighbor {
  /** Hop of IPv4 packets, and of IPv6 packets. Which of them its address is does not matter (RFC 8950). */
  HOP4 = 0,
  HOP6 = 64,
  /** u8 x 16, an IPv4 address as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2). */
  ADDRESS = 128,
  /** i64, packet time of its last word; of an INCOMPLETE one, when the question came up. */
  SINCE = 144,
  /** i64, packet time of our last question. */
  ASKED = 152,
  /** u32, packets held for it: the first (chained by Packet.HIT), the last, how many. */
  FIRST = 160,
  LAST = 164,
  COUNT = 168,
  /** u32, index of its Iface. */
  IFACE = 172,
  /** u8, NeighborState. */
  STATE = 176,
  SIZEOF = 192,
}

/** States of a neighbour, RFC 4861 section 7.3.2; STATIC ones come from the switch file. */
export enum NeighborState { INCOMPLETE = 1, REACHABLE = 2, STATIC = 3 }

/** Where VXLAN packets for this switch arrive: a UDP port of an own address. */
export enum Vtep {
  /** u32, YAML position id. */
  LINE = 8,
  SIZEOF = 16,
}

/** A VNI as a Vtep receives it. */
export enum Vni {
  /** u8, VxlanFlag bits. */
  FLAGS = 0,
  /** u32, Iface that frames of peers belong to which PEERS does not name. */
  IFACE = 4,
  /** u32, YAML position id. */
  LINE = 8,
  /** u32, tables/exact160: (this Vni, outer source, IPv4 ones mapped into IPv6) -> Iface. */
  PEERS = 12,
  /** u64 packets and bytes of inner frames received. */
  PACKETS = 16,
  BYTES = 24,
  SIZEOF = 32,
}

/** A remote VTEP of a VNI: the headers that lead there. */
export enum Vxlan {
  /** u8, VxlanFlag bits. */
  FLAGS = 0,
  /** u8, bytes at HEADERS. */
  LEN = 1,
  /** u16, one's complement sum, as loaded: the IPv4 header with length and TOS zero, or the IPv6 pseudo-header without its length. */
  SUM = 2,
  /** u32, VRF of the underlay. */
  DOMAIN = 4,
  /** u32, YAML position id. */
  LINE = 8,
  /** u8 x 70, IPv4 or IPv6, UDP, VXLAN, and for routed packets Ethernet; lengths, TOS, source port, type zero. */
  HEADERS = 16,
  SIZEOF = 88,
}

/** Bits of Vni.FLAGS and Vxlan.FLAGS. */
export enum VxlanFlag {
  /** The outer header is IPv6. */
  IP6 = 1,
  /** No UDP checksum over IPv6. */
  ZERO_CHECKSUM = 2,
  /** Inner frames may have VLAN tags. */
  INNER_VLAN = 4,
  /** The outer DSCP is the inner one. */
  INHERIT_DSCP = 8,
  /** An L3 VNI: IP packets of a VRF, each behind an Ethernet header between router MACs. */
  ROUTED = 16,
  /** Reserved bits must be zero. */
  STRICT = 32,
  /** Frames of any peer are taken. */
  ANY_PEER = 64,
}

/** Why a packet was dropped. Append only: the number is in saved results. */
export enum Drop {
  NONE = 0,
  // any node
  TRUNCATED = 1,
  SNAP_CUT = 2,
  OVERSIZE = 3,
  NO_HEADROOM = 4,
  NO_BUFFER = 5,
  LOOP = 6,
  // ethernet
  RUNT = 7,
  WRONG_MAC = 8,
  SOURCE_MAC_GROUP = 9,
  UNKNOWN_ETHERTYPE = 10,
  LLC_FRAME = 11,
  VLAN_UNKNOWN = 12,
  MTU_EXCEEDED = 13,
  // bridge
  LINK_LOCAL_GROUP = 14,
  SAME_PORT = 15,
  NO_MEMBER = 16,
  SPLIT_HORIZON = 17,
  STATIC_MAC_MOVED = 18,
  // ARP and ND
  ARP_MALFORMED = 19,
  ARP_NOT_FOR_US = 20,
  ND_MALFORMED = 21,
  ND_NOT_FOR_US = 22,
  NEIGHBOR_UNRESOLVED = 23,
  NEIGHBOR_QUEUE_FULL = 24,
  // IPv4
  IP4_VERSION = 25,
  IP4_HEADER_LENGTH = 26,
  IP4_TOTAL_LENGTH = 27,
  IP4_CHECKSUM = 28,
  MARTIAN_SOURCE = 29,
  MARTIAN_DESTINATION = 30,
  TTL_EXCEEDED = 31,
  NO_ROUTE = 32,
  BLACKHOLE = 33,
  UNREACHABLE = 34,
  PROHIBITED = 35,
  FRAGMENTATION_NEEDED = 36,
  IP4_OPTION = 37,
  PROTOCOL_UNREACHABLE = 38,
  PORT_UNREACHABLE = 39,
  MULTICAST = 40,
  ICMP_MALFORMED = 41,
  // IPv6
  IP6_VERSION = 42,
  IP6_PAYLOAD_LENGTH = 43,
  HOP_LIMIT_EXCEEDED = 44,
  PACKET_TOO_BIG = 45,
  IP6_EXTENSION_HEADER = 46,
  NEXT_HEADER_UNKNOWN = 47,
  IP6_OPTION = 48,
  SCOPE = 49,
  // groups
  GROUP_EMPTY = 50,
  // MPLS
  MPLS_DISABLED = 51,
  MPLS_LABEL_UNKNOWN = 52,
  MPLS_TTL_EXCEEDED = 53,
  MPLS_LABEL_RESERVED = 54,
  MPLS_NO_BOTTOM = 55,
  MPLS_PAYLOAD = 56,
  PW_CONTROL_WORD = 57,
  // SRv6
  SID_UNKNOWN = 58,
  SRH_MALFORMED = 59,
  SRH_SEGMENTS_LEFT = 60,
  SRH_NOT_ALLOWED = 61,
  UPPER_LAYER_NOT_ALLOWED = 62,
  // VXLAN, UDP
  UDP_LENGTH = 63,
  UDP_CHECKSUM = 64,
  VXLAN_NO_VNI = 65,
  VXLAN_UNKNOWN_VNI = 66,
  VXLAN_RESERVED = 67,
  VXLAN_UNKNOWN_PEER = 68,
  TUNNEL_NO_ROUTE = 69,
  // local delivery
  FRAGMENT_LOCAL = 70,
  GROUP_FRAME = 71,
  // tunnels
  CONGESTION_UNTOLD = 72,
}

/**
 * A capture being read. The host loads bytes, capture_scan makes packets of
 * them. Address and length fields are u32 unless they say otherwise.
 */
export enum Scan {
  POOL = 0,
  /** Next byte to look at, and the end of those loaded. */
  POS = 4,
  END = 8,
  /** ScanStatus, why capture_scan returned; ScanFault when that is FAULT, and the value found. */
  STATUS = 12,
  FAULT = 16,
  FOUND = 20,
  /** Bytes to pass over, and the length of the record they belong to; 0: none. A pcapng trailer follows them. */
  SKIP = 24,
  TOTAL = 28,
  /** u8, ScanFormat; u8, non-zero: fields are big-endian. */
  FORMAT = 32,
  SWAP = 33,
  /** Array of ScanIface of the present section, and how many. */
  IFACES = 36,
  IFACE_COUNT = 40,
  /** Number of the packet to mark, 0: none. */
  MARK_ID = 44,
  /** Filter program and instructions in it; none: all packets pass. */
  FILTER = 48,
  FILTER_COUNT = 52,
  /** Non-zero once ORIGIN is known. */
  HAS_ORIGIN = 60,
  /** i64, seconds since 1970 that TIME counts from. */
  ORIGIN = 64,
  /** i64, picoseconds added to every time (passes over a looped file); never negative. */
  SHIFT = 72,
  /** i64, time of the packet before; lowest and highest time of this pass. */
  LAST = 80,
  LOW = 88,
  HIGH = 96,
  /** u64, packets read and their captured bytes. */
  PACKETS = 104,
  BYTES = 112,
  /** u64, packets that the filter did not take; times that TIME cannot hold. */
  FILTERED = 120,
  CLAMPED = 128,
  /** SCAN_DROPS rows of DropCount: what the reader itself dropped. */
  DROPS = 136,
  /** u64, captured bytes of the packets that the filter did not take. */
  FILTERED_BYTES = 232,
  SIZEOF = 256,
}
/** Reasons the reader drops for: OVERSIZE, RUNT, SNAP_CUT. */
export const SCAN_DROPS = 3;
export enum ScanFormat { PCAP = 1, PCAPNG = 2 }
/** FULL: the vector has what was asked for. MORE: load more. HOST: a block at POS is the host's to read. STARVED: no free buffer. */
export enum ScanStatus { FULL = 0, MORE = 1, HOST = 2, STARVED = 3, FAULT = 4 }
export enum ScanFault { NONE = 0, CAPTURED_LENGTH = 1, BLOCK_LENGTH = 2, TRAILER = 3, INTERFACE = 4, LINK_TYPE = 5, PACKET_LENGTH = 6 }
/** Longest record that is taken for real, captured bytes; libpcap's bound too. */
export const CAPTURED_MAX = 262144;
/** Longest record that is looked at as a whole; of longer ones the host never holds more. */
export const RECORD_MAX = 131072;

/** An interface of a capture. */
export enum ScanIface {
  /** u16, link type; LINK_UNSUPPORTED: a packet of it is a fault. */
  LINK = 0,
  /** u16, switch port its packets enter by. */
  PORT = 2,
  /** u8, bytes of frame check sequence at the end of each frame. */
  FCS = 4,
  /** u8, non-zero: the resolution is 2^-EXPONENT, else 10^-EXPONENT; u8. */
  BINARY = 5,
  EXPONENT = 6,
  /** u32, most bytes captured of a packet, 0: all. */
  SNAPLEN = 8,
  /** u64, ticks in a second. */
  TICKS = 16,
  /** i64, seconds added to each stamp. */
  OFFSET = 24,
  /** u8 x 14, Ethernet header for packets that have none. */
  HEADER = 32,
  SIZEOF = 64,
}
export const LINK_UNSUPPORTED = 0xffff;

/** A capture being written. */
export enum Sink {
  POOL = 0,
  /** Where the next record goes, and where no record may begin. */
  POS = 4,
  LIMIT = 8,
  /** u8, ScanFormat; u8, non-zero: packets written are freed; u8, PCAPNG_DIRECTION. */
  FORMAT = 12,
  FREE = 13,
  DIRECTION = 14,
  /** Array of u32 by switch port: interface in the file + 1, 0: its packets are left out; and how many. */
  PORTS = 16,
  PORT_COUNT = 20,
  /** Comment on the next record, UTF-8, and its length; 0: none. */
  COMMENT = 24,
  COMMENT_LEN = 28,
  /** i64, seconds since 1970 that TIME counts from. */
  ORIGIN = 32,
  /** u64, picoseconds a tick of the file lasts. */
  TICK = 40,
  /** u64, records written and their captured bytes. */
  PACKETS = 48,
  BYTES = 56,
  SIZEOF = 64,
}
/** Most bytes of a comment. */
export const COMMENT_MAX = 4096;
