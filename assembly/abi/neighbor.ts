// neighbor.ts -- the contract: neighbours, by ARP and ND.

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
