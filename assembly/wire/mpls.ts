// mpls.ts -- MPLS label stack entry, RFC 3032 section 2.1; TC renamed by RFC 5462.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                 label                 | tc  |s|      ttl      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum MPLS {
  /** u32, the entry; see MPLS_ENTRY. */
  ENTRY = 0,
  /** u8, TC and S are the low four bits of this octet. */
  LABEL_TC_S = 2,
  /** u8. */
  TTL = 3,
  LEN = 4,
}

/** Parts of an entry read as a big-endian u32; masks apply after the shift. */
export enum MPLS_ENTRY {
  LABEL_SHIFT = 12,
  LABEL = 0xfffff,
  TC_SHIFT = 9,
  TC = 0x7,
  /** Bottom of stack; in place, not shifted. */
  S = 0x100,
  TTL = 0xff,
}

/** Special-purpose labels: https://www.iana.org/assignments/mpls-label-values */
export enum MPLS_LABEL {
  IPV4_EXPLICIT_NULL = 0,
  ROUTER_ALERT = 1,
  IPV6_EXPLICIT_NULL = 2,
  /** Signalled, never on the wire. */
  IMPLICIT_NULL = 3,
  /** Entropy label indicator, RFC 6790: the next entry is the entropy label. */
  ENTROPY_INDICATOR = 7,
  /** Generic associated channel, RFC 5586. */
  GAL = 13,
  OAM_ALERT = 14,
  /** Extended special-purpose labels, RFC 7274. */
  EXTENSION = 15,
  /** First label that is not special. */
  FIRST = 16,
  LAST = 0xfffff,
}
