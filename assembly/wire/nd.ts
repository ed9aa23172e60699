// nd.ts -- Neighbor Discovery for IPv6, RFC 4861 section 4.
//
// Neighbor Solicitation; an Advertisement and a Redirect's first part have the
// same layout, with flags in the reserved word of an Advertisement.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |     type      |     code      |           checksum            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                           reserved                            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                            target                             |
//   +                                                               +
//   |                                                               |
//   +                                                               +
//   |                                                               |
//   +                                                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ND_NS { TYPE = 0, CODE = 1, CHECKSUM = 2, RESERVED = 4, TARGET = 8, OPTIONS = 24, LEN = 24 }

// Neighbor Advertisement.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |     type      |     code      |           checksum            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |r|s|o|                        reserved                         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                            target                             |
//   +                                                               +
//   |                                                               |
//   +                                                               +
//   |                                                               |
//   +                                                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ND_NA { TYPE = 0, CODE = 1, CHECKSUM = 2, FLAGS = 4, TARGET = 8, OPTIONS = 24, LEN = 24 }

/** Bits of the octet ND_NA.FLAGS: router, solicited, override. */
export enum ND_NA_FLAG { R = 0x80, S = 0x40, O = 0x20 }

// Router Advertisement.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |     type      |     code      |           checksum            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   | cur_hop_limit |m|o| reserved  |        router_lifetime        |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                        reachable_time                         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                         retrans_timer                         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ND_RA {
  TYPE = 0,
  CODE = 1,
  CHECKSUM = 2,
  /** u8. */
  CUR_HOP_LIMIT = 4,
  /** u8, see ND_RA_FLAG. */
  FLAGS = 5,
  /** u16, seconds. */
  ROUTER_LIFETIME = 6,
  /** u32, milliseconds. */
  REACHABLE_TIME = 8,
  /** u32, milliseconds. */
  RETRANS_TIMER = 12,
  OPTIONS = 16,
  LEN = 16,
}

/** Managed and other configuration. */
export enum ND_RA_FLAG { M = 0x80, O = 0x40 }

/** Router Solicitation. */
export enum ND_RS { TYPE = 0, CODE = 1, CHECKSUM = 2, RESERVED = 4, OPTIONS = 8, LEN = 8 }

/** Redirect. */
export enum ND_REDIRECT { TYPE = 0, CODE = 1, CHECKSUM = 2, RESERVED = 4, TARGET = 8, DST = 24, OPTIONS = 40, LEN = 40 }

// An option that holds a link-layer address.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |     type      |    length     |            address            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ND_OPTION {
  /** u8, ND_OPTION_TYPE. */
  TYPE = 0,
  /** u8, whole option in units of eight octets; 0 is malformed. */
  LENGTH = 1,
  /** u8 x 6 for Ethernet (RFC 2464). */
  ADDRESS = 2,
  /** Unit of LENGTH, and length of a link-layer address option for Ethernet. */
  LEN = 8,
}

export enum ND_OPTION_TYPE { SOURCE_LINK_LAYER = 1, TARGET_LINK_LAYER = 2, PREFIX = 3, REDIRECTED = 4, MTU = 5 }

/** Hop limit of every message; anything else came through a router and is dropped. */
export const ND_HOP_LIMIT = 255;
