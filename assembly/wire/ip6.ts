// ip6.ts -- Internet Protocol version 6, RFC 8200 section 3.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |version| traffic_class |              flow_label               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |        payload_length         |  next_header  |   hop_limit   |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              src                              |
//   +                                                               +
//   |                                                               |
//   +                                                               +
//   |                                                               |
//   +                                                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              dst                              |
//   +                                                               +
//   |                                                               |
//   +                                                               +
//   |                                                               |
//   +                                                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum IP6 {
  /** u32: version 4 bits, traffic class 8 (DSCP, ECN), flow label 20. */
  VERSION_CLASS_FLOW = 0,
  /** u16, bytes behind this header, extension headers included. */
  PAYLOAD_LENGTH = 4,
  /** u8, IP_PROTOCOL. */
  NEXT_HEADER = 6,
  /** u8. */
  HOP_LIMIT = 7,
  SRC = 8,
  DST = 24,
  LEN = 40,
}

/** Parts of VERSION_CLASS_FLOW. */
export enum IP6_VCF { VERSION_SHIFT = 28, CLASS_SHIFT = 20, CLASS = 0x0ff00000, FLOW = 0x000fffff }

/** Smallest MTU of a link, bytes, RFC 8200 section 5. */
export const IP6_MTU_MIN = 1280;

// What extension headers have in common, RFC 8200 section 4 and RFC 6564:
// hop-by-hop options, destination options, routing.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  next_header  |  hdr_ext_len  |             data              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum IP6_EXT {
  /** u8, IP_PROTOCOL. */
  NEXT_HEADER = 0,
  /** u8, length in 8-octet units, the first 8 octets not counted. */
  HDR_EXT_LEN = 1,
  /** u8, of a routing header; u8, segments left. */
  ROUTING_TYPE = 2,
  SEGMENTS_LEFT = 3,
  /** Hop-by-hop and destination options start here. */
  OPTIONS = 2,
  /** Unit and least length, bytes. */
  LEN = 8,
}

/** Types of hop-by-hop and destination options; all but PAD1 have a length octet behind the type. */
export enum IP6_OPTION {
  PAD1 = 0,
  PADN = 1,
  /** RFC 2711. */
  ROUTER_ALERT = 5,
  /** RFC 2675. */
  JUMBO = 0xc2,
}

/** High two bits of an unknown option's type say what to do, RFC 8200 section 4.2. */
export enum IP6_OPTION_ACTION {
  SKIP = 0x00,
  DISCARD = 0x40,
  /** Discard and send Parameter Problem code 2 even to a multicast destination. */
  PROBLEM = 0x80,
  /** The same, but only to a unicast destination. */
  PROBLEM_UNICAST = 0xc0,
  MASK = 0xc0,
}

// Fragment header, RFC 8200 section 4.5.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  next_header  |   reserved    |     fragment_offset     |res|m|
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                        identification                         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum IP6_FRAGMENT {
  NEXT_HEADER = 0,
  RESERVED = 1,
  /** u16: offset in units of eight bytes, 13 bits; 2 reserved; M. As it stands, masked, it is the offset in bytes. */
  OFFSET_M = 2,
  /** u32. */
  IDENTIFICATION = 4,
  LEN = 8,
}

/** Parts of OFFSET_M. */
export enum IP6_FRAGMENT_PART { OFFSET = 0xfff8, M = 0x0001 }
