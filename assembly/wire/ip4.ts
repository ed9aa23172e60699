// ip4.ts -- Internet Protocol, RFC 791 section 3.1; DS field RFC 2474, RFC 3168.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |version|  ihl  |   dscp    |ecn|         total_length          |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |        identification         |flags|     fragment_offset     |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |      ttl      |   protocol    |           checksum            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              src                              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              dst                              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum IP4 {
  /** u8, version in the high nibble, header length in 32-bit words in the low. */
  VERSION_IHL = 0,
  /** u8, DSCP and ECN: see ip.ts. */
  TOS = 1,
  /** u16, header and payload, bytes. */
  TOTAL_LENGTH = 2,
  /** u16. */
  IDENTIFICATION = 4,
  /** u16, see IP4_FRAGMENT. */
  FLAGS_OFFSET = 6,
  /** u8. */
  TTL = 8,
  /** u8, IP_PROTOCOL. */
  PROTOCOL = 9,
  /** u16, over the header. */
  CHECKSUM = 10,
  SRC = 12,
  DST = 16,
  /** Header without options, bytes. */
  LEN = 20,
  /** Longest header, bytes. */
  LEN_MAX = 60,
}

/** First octet of a header without options. */
export const IP4_VERSION_IHL_PLAIN = 0x45;

/** Parts of FLAGS_OFFSET. */
export enum IP4_FRAGMENT {
  /** Fragment offset, units of eight bytes. */
  OFFSET = 0x1fff,
  /** More fragments. */
  MF = 0x2000,
  /** Do not fragment. */
  DF = 0x4000,
  RESERVED = 0x8000,
}

/** Option types: https://www.iana.org/assignments/ip-parameters; all but END and NOP have a length octet. */
export enum IP4_OPTION {
  END = 0,
  NOP = 1,
  RECORD_ROUTE = 7,
  TIMESTAMP = 68,
  LOOSE_SOURCE_ROUTE = 131,
  STRICT_SOURCE_ROUTE = 137,
  /** RFC 2113. */
  ROUTER_ALERT = 148,
}
