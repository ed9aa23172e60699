// gre.ts -- Generic Routing Encapsulation, RFC 2784; key and sequence RFC 2890.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |c|r|k|s|    reserved0    | ver |         protocol_type         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// Then, each when its flag is set: checksum and reserved1 (4 octets), key (4),
// sequence number (4), in this order.

export enum GRE {
  /** u16, see GRE_FLAG. */
  FLAGS_VERSION = 0,
  /** u16, ETHERTYPE of the payload. */
  PROTOCOL_TYPE = 2,
  /** Header without optional words, bytes. */
  LEN = 4,
  /** Bytes of an optional word. */
  WORD = 4,
}

/** Parts of FLAGS_VERSION. */
export enum GRE_FLAG {
  /** Checksum present. */
  C = 0x8000,
  /** Routing present, RFC 1701; deprecated, such packets are dropped. */
  R = 0x4000,
  /** Key present. */
  K = 0x2000,
  /** Sequence number present. */
  S = 0x1000,
  /** Acknowledgment present; version 1 only, RFC 2637. */
  A = 0x0080,
  VERSION = 0x0007,
}
