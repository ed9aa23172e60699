// geneve.ts -- Generic Network Virtualization Encapsulation, RFC 8926 section 3.4.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |ver|  opt_len  |o|c|   rsvd    |         protocol_type         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                      vni                      |   reserved    |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// Options fill opt_len words behind it.

export enum GENEVE {
  /** u8: version 2 bits (0), option length in 4-byte words 6 bits. */
  VER_OPT_LEN = 0,
  /** u8, see GENEVE_FLAG. */
  FLAGS = 1,
  /** u16, ETHERTYPE of the payload; TEB for Ethernet. */
  PROTOCOL_TYPE = 2,
  /** u24. */
  VNI = 4,
  RESERVED = 7,
  OPTIONS = 8,
  /** Header without options, bytes. */
  LEN = 8,
}

/** Parts of VER_OPT_LEN. */
export enum GENEVE_VER_OPT_LEN { VER_SHIFT = 6, OPT_LEN = 0x3f }

export enum GENEVE_FLAG {
  /** Control packet: for the tunnel endpoint, not for the tenant. */
  O = 0x80,
  /** One option or more is critical. */
  C = 0x40,
}

// Option, RFC 8926 section 3.5.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |             class             |     type      |  r  | length  |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum GENEVE_OPTION {
  /** u16. */
  CLASS = 0,
  /** u8; the high bit marks a critical option. */
  TYPE = 2,
  /** u8: 3 reserved bits, data length in 4-byte words. */
  LENGTH = 3,
  DATA = 4,
  /** Option header, bytes. */
  LEN = 4,
}

/** Critical bit of GENEVE_OPTION.TYPE. */
export const GENEVE_CRITICAL = 0x80;
/** Length bits of GENEVE_OPTION.LENGTH. */
export const GENEVE_OPTION_WORDS = 0x1f;
