// icmp4.ts -- Internet Control Message Protocol, RFC 792.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |     type      |     code      |           checksum            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                             rest                              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ICMP4 {
  /** u8, ICMP4_TYPE. */
  TYPE = 0,
  /** u8. */
  CODE = 1,
  /** u16, over the whole message. */
  CHECKSUM = 2,
  /** u32, by type. */
  REST = 4,
  /** u16 x 2, of an echo. */
  IDENTIFIER = 4,
  SEQUENCE = 6,
  /** u8, of a parameter problem: octet of the quoted header at fault. */
  POINTER = 4,
  /** u8, of an error: 32-bit words of the quoted datagram, when extensions follow it (RFC 4884). */
  LENGTH = 5,
  /** u16, of a fragmentation needed: MTU of the next hop (RFC 1191). */
  MTU = 6,
  /** u32, of a redirect. */
  GATEWAY = 4,
  /** Header; the quoted datagram of an error follows. Bytes. */
  LEN = 8,
}

export enum ICMP4_TYPE {
  ECHO_REPLY = 0,
  DEST_UNREACHABLE = 3,
  SOURCE_QUENCH = 4,
  REDIRECT = 5,
  ECHO = 8,
  ROUTER_ADVERTISEMENT = 9,
  ROUTER_SOLICITATION = 10,
  TIME_EXCEEDED = 11,
  PARAMETER_PROBLEM = 12,
  TIMESTAMP = 13,
  TIMESTAMP_REPLY = 14,
}

/** Codes of DEST_UNREACHABLE, RFC 792 and RFC 1812 section 5.2.7.1. */
export enum ICMP4_UNREACHABLE {
  NET = 0,
  HOST = 1,
  PROTOCOL = 2,
  PORT = 3,
  FRAGMENTATION_NEEDED = 4,
  SOURCE_ROUTE_FAILED = 5,
  NET_PROHIBITED = 9,
  HOST_PROHIBITED = 10,
  /** Communication administratively prohibited. */
  PROHIBITED = 13,
}

/** Codes of TIME_EXCEEDED. */
export enum ICMP4_TIME_EXCEEDED { TRANSIT = 0, REASSEMBLY = 1 }

/** Codes of REDIRECT. */
export enum ICMP4_REDIRECT { NET = 0, HOST = 1 }
