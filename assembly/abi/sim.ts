// sim.ts -- the contract: fabrics in virtual time, in descriptors.
//
// Times are i64 picoseconds since the start of the run. Ports, switches, hosts,
// flows, endpoints and packets are numbers: indexes of arrays of records that
// hang off the Sim. Frames are counted without their FCS; on a wire each takes
// WIRE_OVERHEAD bytes more.

/** FCS, preamble and gap: bytes that a frame takes on a wire beyond its own. */
export const WIRE_OVERHEAD = 24;

/** Largest frame of a fabric, bytes. */
export const SIM_FRAME_MAX = 9216;

/** Priorities of a port; the one above them is for MAC control frames, which nothing stops. */
export const PRIORITIES = 8;

/** "None" where a number of a record stands. */
export const NOBODY = 0xffffffff;

/** A simulation. */
export enum Sim {
  /** i64, virtual time. */
  NOW = 0,
  /** u64, events handled; packets that crossed a wire. */
  EVENTS = 8,
  HOPS = 16,
  /** u32, EventQueue. */
  QUEUE = 24,
  /** u32, array of SimPort, and how many. */
  PORTS = 28,
  PORT_COUNT = 32,
  /** u32, bytes queued at each port: what choices by load read. */
  DEPTHS = 36,
  /** u32, array of SimSwitch, and how many. */
  SWITCHES = 40,
  SWITCH_COUNT = 44,
  /** u32, array of SimHost, and how many. */
  HOSTS = 48,
  HOST_COUNT = 52,
  /** u32, array of Endpoint: port p of host h is endpoint h * planes + p. */
  ENDPOINTS = 56,
  /** u32, ports of a host. */
  PLANES = 60,
  /** u32, array of Flow, and how many. */
  FLOWS = 64,
  FLOW_COUNT = 68,
  /** u32, flows that are to start when another ends, all flows' lists in one array. */
  FOLLOWERS = 72,
  /** u32, array of SimPacket, how many there are, and the first one that was given back. */
  PACKETS = 76,
  PACKET_COUNT = 80,
  FREE = 84,
  /** u32, packets in use. */
  LIVE = 88,
  /** u32, array of LinkClass. */
  LINKS = 92,
  /** u32, u8 by frame size: its size class, or NO_CLASS. */
  SIZES = 96,
  /** u32, size classes. */
  SIZE_COUNT = 100,
  /** u64, state of the generator. */
  RNG = 104,
  /** u32, flows not yet done. */
  OPEN = 112,
  /** u32, SimFault that ended the run. */
  FAULT = 116,
  /** u32, histograms (lib/histogram): packet latency in picoseconds, queue depth in bytes as a packet is queued. */
  LATENCY = 120,
  DEPTH = 124,
  /** u64 x SIM_DROPS, packets dropped by reason. */
  DROPS = 128,
  /** u64, ECN marks, PFC frames that stop, bytes of data delivered for the first time, packets out of order, retransmissions. */
  MARKS = 192,
  PAUSES = 200,
  DELIVERED = 208,
  REORDERED = 216,
  RESENT = 224,
  /** u32, SimTrace of ports that are TRACED, 0: there are none. */
  TRACE = 232,
  /** i64, when the first flow that ended did; the first byte went out. */
  FIRST_END = 240,
  FIRST_START = 248,
  /** u32, first packet that was never in use. */
  FRESH = 256,
  SIZEOF = 320,
}
export const NO_CLASS = 0xff;

/** Why a simulation cannot go on; after TRACE it can, once the host took the records. */
export enum SimFault { NONE = 0, PACKETS = 1, EVENTS = 2, TRACE = 3 }

/** Why a packet was lost. */
export enum SimDrop { BUFFER_FULL = 0, LINK_DOWN = 1, LINK_LOSS = 2, NO_PATH = 3, HEADROOM = 4 }
export const SIM_DROPS = 8;

/** What one direction of a link does: every port refers to one. */
export enum LinkClass {
  /** u64, bit/s. */
  RATE = 0,
  /** i64, picoseconds from the last bit sent to the packet being at the next device's queue. */
  DELAY = 8,
  /** u32, share of packets lost, times 2^32. */
  LOSS = 16,
  SIZEOF = 64,
  /** i64 by size class, picoseconds a frame takes to send. */
  TIMES = 64,
  /** Most size classes. */
  SIZES_MAX = 8,
  STRIDE = 128,
}

/** One end of a link: what leaves here. Three cache lines. */
export enum SimPort {
  /** u32, port at the other end. */
  PEER = 0,
  /** u32, switch or host it is on. */
  OWNER = 4,
  /** u8, PortKind. */
  KIND = 8,
  /** u8, SimPortState bits. */
  STATE = 9,
  /** u16, bit by priority: packets wait; and: they may not go. Bit PRIORITIES: MAC control. */
  WAITING = 10,
  STOPPED = 12,
  /** u16, bit by priority: we have stopped our peer. */
  STOPPING = 14,
  /** u32, LinkClass index. */
  LINK = 16,
  /** u32, packet being sent, for the accounts when it is out. */
  SENDING = 20,
  /** u64, frames and bytes sent; picoseconds spent sending. */
  TX_PACKETS = 24,
  TX_BYTES = 32,
  BUSY = 40,
  /** i64, since when STOPPED is not zero; picoseconds it was. */
  SINCE = 48,
  PAUSED = 56,
  /** (u32 first, u32 last, u32 bytes) by priority, MAC control last: what waits here. */
  QUEUES = 64,
  /** u32 by priority: bytes that came in here and are still in the switch. */
  HELD = 172,
  /** u32, deepest all queues together were, bytes. */
  DEEPEST = 204,
  /** u64, BUSY when the first flow ended. */
  BUSY_FIRST = 208,
  SIZEOF = 256,
}
/** TRACED: what happens here goes to Sim.TRACE. */
export enum SimPortState { SENDING = 1, DOWN = 2, TRACED = 4 }
export enum PortKind { HOST = 0, SWITCH = 1 }
/** Bytes of a queue in SimPort.QUEUES. */
export enum PortQueue { FIRST = 0, LAST = 4, BYTES = 8, SIZEOF = 12 }

/** A switch. */
export enum SimSwitch {
  /** u32, number among those that endpoints hang on (its leaf number), or NOBODY. */
  LEAF = 0,
  /** u32, by leaf number: address of the Choice that leads there, 0 for no way. */
  CHOICES = 4,
  /** u32, salt of its hashes. */
  SALT = 8,
  /** u32, bytes in its buffer now; at most; most ever. */
  USED = 12,
  BUFFER = 16,
  PEAK = 20,
  /** u32, bytes of an ingress port and priority at which its peer is stopped, and goes on; 0: never. */
  XOFF = 24,
  XON = 28,
  /** u32, queue in bytes where ECN marking begins and where it is certain; chance at the end of the slope times 2^32. KMAX 0: no marking. */
  KMIN = 32,
  KMAX = 36,
  PMAX = 40,
  /** u32, bit by priority: lossless. */
  LOSSLESS = 44,
  SIZEOF = 64,
}

/** The ways to a leaf, and how one is taken. */
export enum Choice {
  /** u8, Balance. */
  MODE = 0,
  /** u32, ways. */
  COUNT = 4,
  /** u32, next one of ROUND_ROBIN. */
  NEXT = 8,
  /** u32, of ECMP: a balance/group whose values are ports; of FARE: a balance/fare. */
  TABLE = 12,
  /** u32 x COUNT, ports. */
  PORTS = 16,
}
export enum Balance { ECMP = 0, RANDOM = 1, ROUND_ROBIN = 2, SHORTEST = 3, FARE = 4 }

/** A host: its ports are PORT to PORT + Sim.PLANES - 1. */
export enum SimHost {
  PORT = 0,
  /** u32, flow that sends next, of the ring of those that can; NOBODY. */
  READY = 4,
  /** u32, plane that was last sent by. */
  PLANE = 8,
  SIZEOF = 16,
}

/** Where packets to a host's port leave the fabric: leaf number, port there; PORT NOBODY: it cannot be reached. */
export enum Endpoint { LEAF = 0, PORT = 4, SIZEOF = 8 }

/** A message from host to host, two cache lines for the sender, one for the receiver. */
export enum Flow {
  SRC = 0,
  DST = 4,
  /** u64, bytes; u32, packets. */
  BYTES = 8,
  PACKETS = 16,
  /** u32, next packet to send, all before ACKED are acknowledged, all before SENT were sent once. */
  NEXT = 20,
  ACKED = 24,
  SENT = 28,
  /** u32, most packets on their way. */
  WINDOW = 32,
  /** u8, FlowState; u8, Transport. */
  STATE = 36,
  TRANSPORT = 37,
  /** u8, priority of its packets. */
  PRIORITY = 38,
  /** u32, next of the ring of READY ones; the one before. */
  AFTER = 40,
  BEFORE = 44,
  /** u32, goes into hashes. */
  ENTROPY = 48,
  /** u32, bytes of payload in a packet, and in the last one; bytes of headers. */
  PAYLOAD = 52,
  LAST = 56,
  HEADERS = 60,
  /** i64, when it may start, or did; when its last byte had arrived; when its last acknowledgement was back. */
  START = 64,
  ARRIVED = 72,
  END = 80,
  /** i64, when it gives up waiting; picoseconds that takes. */
  DEADLINE = 88,
  TIMEOUT = 96,
  /** u32, flows that have to end before it starts; i64, picoseconds from then on. */
  WAITS = 104,
  DELAY = 112,
  /** u32, flows that wait for it: where they are in Sim.FOLLOWERS, and how many. */
  FOLLOWER = 120,
  FOLLOWER_COUNT = 124,
  /** u32, receiver: next packet expected, and how many arrived. */
  EXPECTED = 128,
  RECEIVED = 132,
  /** u32, bitmap of those that arrived early, by packet number modulo its size, a power of two of at least WINDOW bits; 0: none are taken. */
  EARLY = 136,
  EARLY_BITS = 140,
  /** u32, highest packet number that arrived, + 1; farthest one came behind it; packets since the last acknowledgement. */
  HIGHEST = 144,
  EXTENT = 148,
  UNTOLD = 152,
  /** u32, packets to an acknowledgement. */
  TELL = 156,
  /** u8, non-zero: a gap was told already. */
  NAKED = 160,
  /** u32, packets sent again; that came out of order. */
  RESENT = 164,
  REORDERED = 168,
  SIZEOF = 192,
}
export enum FlowState { WAITING = 0, READY = 1, BLOCKED = 2, DONE = 3 }
/** GO_BACK_N: a gap is answered by a NAK and nothing behind it is kept. OUT_OF_ORDER: every packet is placed as it comes. */
export enum Transport { GO_BACK_N = 0, OUT_OF_ORDER = 1 }

/** A packet on its way: half a cache line. */
export enum SimPacket {
  /** u32, next of its queue. */
  NEXT = 0,
  FLOW = 4,
  /** u32, packet number; of an ACK or NAK the next one expected. */
  PSN = 8,
  /** u16, bytes of the frame. */
  BYTES = 12,
  /** u8, SimPacketKind; u8, SimPacketFlag bits. */
  KIND = 14,
  FLAGS = 15,
  /** u32, endpoint it goes to. */
  TO = 16,
  /** u32, port it came in by: whose account it is on. */
  BY = 20,
  /** u16, leaf it goes to. */
  LEAF = 24,
  /** u8, priority; u8, switches passed. */
  PRIORITY = 26,
  HOPS = 27,
  /** u32, when it was sent, in units of BORN_UNIT. */
  BORN = 28,
  SIZEOF = 32,
}
/** Picoseconds, as a shift: 64 ps, 0.27 s to the turn. */
export const BORN_SHIFT = 6;
export enum SimPacketKind { DATA = 0, ACK = 1, NAK = 2, PFC = 3, CNP = 4 }
export enum SimPacketFlag { CE = 1, LAST = 2, AGAIN = 4 }

/** Bytes of an ACK or NAK frame (Ethernet, IPv4, UDP, BTH, AETH, ICRC) and of a PFC frame. */
export const ACK_BYTES = 62;
export const PFC_BYTES = 60;
/** Priority of acknowledgements. */
export const ACK_PRIORITY = 6;

/** Events that are to come: a ring for each delay that recurs, a heap for the others. */
export enum EventQueue {
  /** u32, rings. */
  RINGS = 0,
  /** u32, entries of the heap, how many it has room for, and where it is. */
  HEAP_COUNT = 4,
  HEAP_MAX = 8,
  HEAP = 12,
  /** u32, array of EventRing. */
  RING = 16,
  /** u64, number of the next heap entry: ties go in the order of birth. */
  SERIAL = 24,
  /** i64 by ring, then the heap's: time of its first event, or NEVER. */
  HEADS = 32,
}
export enum EventRing { AT = 0, MASK = 4, HEAD = 8, TAIL = 12, SIZEOF = 16 }
/** An entry of a ring: i64 time, u32 what, u32 with. One of the heap has a u64 serial behind. */
export enum Event { TIME = 0, WHAT = 8, WITH = 12, SIZEOF = 16, SERIAL = 16, HEAP_SIZEOF = 24 }
/** Event.WHAT: EventKind above, a number below. */
export const EVENT_SHIFT = 28;
export enum EventKind { SENT = 0, ARRIVES = 1, STARTS = 2, TIMEOUT = 3, WAKES = 4 }
