// icmp_ext.ts -- ICMP extension structure, RFC 4884 sections 7 and 8.
//
// It follows the quoted datagram of an error, which is padded with zeros to
// ICMP_EXT_QUOTE_MIN bytes or more.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |version|       reserved        |           checksum            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ICMP_EXT {
  /** u16: version 4 bits (2), 12 reserved. */
  VERSION = 0,
  /** u16, over the structure; 0 means none was computed. */
  CHECKSUM = 2,
  LEN = 4,
}

/** First octet of the structure. */
export const ICMP_EXT_VERSION_2 = 0x20;

/** Least length of the quoted datagram when extensions follow, bytes. */
export const ICMP_EXT_QUOTE_MIN = 128;

// An object of the structure.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |            length             |   class_num   |    c_type     |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ICMP_EXT_OBJECT {
  /** u16, object header and payload, bytes. */
  LENGTH = 0,
  /** u8, ICMP_EXT_CLASS. */
  CLASS_NUM = 2,
  /** u8. */
  C_TYPE = 3,
  LEN = 4,
}

export enum ICMP_EXT_CLASS {
  /** RFC 4950: C-Type 1 holds the incoming label stack. */
  MPLS_LABEL_STACK = 1,
  /** RFC 5837. */
  INTERFACE = 2,
}

/** C-Type of the incoming MPLS label stack, RFC 4950. */
export const ICMP_EXT_MPLS_INCOMING = 1;
