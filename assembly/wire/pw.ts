// pw.ts -- pseudowire MPLS control word, RFC 4385 section 3; Ethernet: RFC 4448 section 4.6.
//
// The first nibble tells it from IPv4 (4) and IPv6 (6) behind the label stack.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   | zero  | flags |frg|  length   |           sequence            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum PW {
  /** u16: 0000, flags 4 bits, FRG 2, length 6. */
  FLAGS_LENGTH = 0,
  /** u16, 0: sequence numbers not used. */
  SEQUENCE = 2,
  LEN = 4,
}

/** First nibble behind the label stack. */
export enum PW_NIBBLE {
  CONTROL_WORD = 0,
  /** Associated channel header, RFC 4385 section 5. */
  ASSOCIATED_CHANNEL = 1,
  IPV4 = 4,
  BIER = 5,
  IPV6 = 6,
}
