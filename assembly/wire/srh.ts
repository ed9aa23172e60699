// srh.ts -- Segment Routing Header, RFC 8754 section 2.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  next_header  |  hdr_ext_len  | routing_type  | segments_left |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  last_entry   |     flags     |              tag              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//
// Segment List[0..last_entry] follows, 16 octets each, in reverse order of
// travel; the active segment is Segment List[segments_left]. TLVs fill what
// hdr_ext_len leaves behind the list.

export enum SRH {
  /** u8, IP_PROTOCOL. */
  NEXT_HEADER = 0,
  /** u8, length in 8-octet units, the first 8 octets not counted. */
  HDR_EXT_LEN = 1,
  /** u8, SRH_ROUTING_TYPE. */
  ROUTING_TYPE = 2,
  /** u8, index of the active segment. */
  SEGMENTS_LEFT = 3,
  /** u8, index of the last element of the list. */
  LAST_ENTRY = 4,
  /** u8, zero on transmit; see SRH_FLAG. */
  FLAGS = 5,
  /** u16. */
  TAG = 6,
  SEGMENT_LIST = 8,
  /** Fixed part, bytes. */
  LEN = 8,
  /** Bytes of a segment. */
  SEGMENT_LEN = 16,
}

/** Routing type of the SRH. */
export const SRH_ROUTING_TYPE = 4;

export enum SRH_FLAG {
  /** RFC 9259 section 2.1. */
  O = 0x20,
}

export enum SRH_TLV {
  TYPE = 0,
  /** u8, bytes of the value; PAD1 has no length. */
  LENGTH = 1,
  VALUE = 2,
}

export enum SRH_TLV_TYPE { PAD1 = 0, PADN = 4, HMAC = 5 }

// HMAC TLV, RFC 8754 section 2.1.2; the HMAC fills the rest, up to 32 octets.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |     type      |    length     |d|          reserved           |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                            key_id                             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum SRH_HMAC {
  TYPE = 0,
  LENGTH = 1,
  /** u16: D, then 15 reserved bits. */
  D_RESERVED = 2,
  /** u32. */
  KEY_ID = 4,
  HMAC = 8,
  LEN = 8,
}

/** Bit of SRH_HMAC.D_RESERVED: the destination address was not verified against the list. */
export const SRH_HMAC_D = 0x8000;
