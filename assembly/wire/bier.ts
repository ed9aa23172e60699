// bier.ts -- Bit Index Explicit Replication header, RFC 8296 section 2.1.
//
// In MPLS networks the first word is the bottom label stack entry, in others
// ETHERTYPE.BIER stands before it. The bit string follows: position 1 is the
// least significant bit of its last octet (RFC 8296 section 2.1.2).
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                bift_id                | tc  |s|      ttl      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |nibble |  ver  |  bsl  |                entropy                |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |oam|rsv|   dscp    |   proto   |            bfir_id            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum BIER {
  /** u32: BIFT-id 20 bits, TC 3, S 1, TTL 8: a label stack entry, see MPLS_ENTRY. */
  BIFT = 0,
  /** u32, see BIER_FORM: nibble 4, version 4, BSL 4, entropy 20. */
  FORM = 4,
  /** u16, see BIER_PROTO_WORD: OAM 2, reserved 2, DSCP 6, Proto 6. */
  PROTO = 8,
  /** u16, BFR-id of the router that made the header. */
  BFIR_ID = 10,
  BIT_STRING = 12,
  /** Of all before the bit string. */
  LEN = 12,
}

/** Parts of BIER.FORM read as a big-endian u32; masks apply after the shift. */
export enum BIER_FORM { NIBBLE_SHIFT = 28, VERSION_SHIFT = 24, BSL_SHIFT = 20, BSL = 0xf, ENTROPY = 0xfffff }

/** Parts of the u16 at BIER.PROTO, big-endian; masks apply after the shift. */
export enum BIER_PROTO_WORD { OAM_SHIFT = 14, RSV_SHIFT = 12, RSV = 0x3, DSCP_SHIFT = 6, DSCP = 0x3f, PROTO = 0x3f }

/** First nibble behind the first word: in MPLS networks it must not look like IP; elsewhere it is 0 and not looked at. */
export enum BIER_NIBBLE { ETHERNET = 0, MPLS = 5 }

/** Bit string length codes: 64 << (code - 1) bits. */
export enum BIER_BSL { BITS_64 = 1, BITS_128 = 2, BITS_256 = 3, BITS_512 = 4, BITS_1024 = 5, BITS_2048 = 6, BITS_4096 = 7 }

/** What follows the bit string: https://www.iana.org/assignments/bier */
export enum BIER_PROTO {
  /** MPLS packet, label assigned downstream; upstream. */
  MPLS = 1,
  MPLS_UPSTREAM = 2,
  ETHERNET = 3,
  IPV4 = 4,
  OAM = 5,
  IPV6 = 6,
}
