// icmp6.ts -- ICMPv6, RFC 4443. Neighbor Discovery messages: nd.ts.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |     type      |     code      |           checksum            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                             rest                              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ICMP6 {
  /** u8, ICMP6_TYPE; below 128 an error. */
  TYPE = 0,
  /** u8. */
  CODE = 1,
  /** u16, over pseudo-header and message. */
  CHECKSUM = 2,
  /** u32, by type. */
  REST = 4,
  /** u16 x 2, of an echo. */
  IDENTIFIER = 4,
  SEQUENCE = 6,
  /** u32, of a packet too big. */
  MTU = 4,
  /** u32, of a parameter problem: offset of the octet at fault in the quoted packet. */
  POINTER = 4,
  /** u8, of an unreachable or time exceeded: 64-bit words of the quoted packet, when extensions follow it (RFC 4884). */
  LENGTH = 4,
  /** Header; the quoted packet of an error follows. Bytes. */
  LEN = 8,
}

export enum ICMP6_TYPE {
  DEST_UNREACHABLE = 1,
  PACKET_TOO_BIG = 2,
  TIME_EXCEEDED = 3,
  PARAMETER_PROBLEM = 4,
  /** First informational type. */
  ECHO_REQUEST = 128,
  ECHO_REPLY = 129,
  MLD_QUERY = 130,
  MLD_REPORT = 131,
  MLD_DONE = 132,
  ROUTER_SOLICITATION = 133,
  ROUTER_ADVERTISEMENT = 134,
  NEIGHBOR_SOLICITATION = 135,
  NEIGHBOR_ADVERTISEMENT = 136,
  REDIRECT = 137,
  MLD2_REPORT = 143,
}

/** Codes of DEST_UNREACHABLE. */
export enum ICMP6_UNREACHABLE {
  NO_ROUTE = 0,
  PROHIBITED = 1,
  BEYOND_SCOPE = 2,
  ADDRESS = 3,
  PORT = 4,
  SOURCE_POLICY = 5,
  REJECT_ROUTE = 6,
}

/** Codes of TIME_EXCEEDED. */
export enum ICMP6_TIME_EXCEEDED { TRANSIT = 0, REASSEMBLY = 1 }

/** Codes of PARAMETER_PROBLEM. */
export enum ICMP6_PARAMETER {
  /** Erroneous header field. */
  FIELD = 0,
  NEXT_HEADER = 1,
  OPTION = 2,
  /** SR Upper-layer Header Error, RFC 8986 section 4.1.1. */
  SR_UPPER_LAYER = 4,
}
