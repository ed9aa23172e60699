// srv6_domain.ts -- the contract: the edge of an SR domain, HMAC keys, and what
// the O-flag brought to this switch.

/** What SIDs of a switch have in common. */
export enum Srv6Domain {
  /** u32 x 2, array of Srv6Prefix and how many: the SIDs of the domain, which nobody outside may send to. */
  BLOCKS = 0,
  BLOCK_COUNT = 4,
  /** u32 x 2, the same: sources that may send to a SID of ours; none: any. */
  SOURCES = 8,
  SOURCE_COUNT = 12,
  /** u8, non-zero: other sources are told (ICMPv6 type 1 code 5). */
  ANSWER = 16,
  /** u8, non-zero: the HMAC text is without the 16 bits behind Length, as Linux makes it. */
  HMAC_LINUX = 17,
  /** u32, tables/exact32: key ID -> HmacKey; 0: none. */
  HMAC_KEYS = 20,
  /** u32, Oam; 0: the O-flag means nothing here. */
  OAM = 24,
  SIZEOF = 64,
}

/** Where copies of packets with the O-flag end, RFC 9259 section 2.1.1. */
export enum Oam {
  /** u32, token bucket that they draw on (Meter). */
  METER = 0,
  /** u64, copies taken in, and those left out for want of tokens or buffers. */
  PACKETS = 8,
  SUPPRESSED = 16,
  /** OAM_RECORDS OamRecord: a ring. */
  RING = 64,
}

/** A prefix, as loaded from a packet: an address is in it when (address & MASK) == VALUE, in both halves. */
export enum Srv6Prefix { MASK = 0, VALUE = 16, SIZEOF = 32 }

/** A key of HMAC-SHA-256: the hash once its pads went through (RFC 2104 section 4), u32 x 8 each. */
export enum HmacKey { INNER = 0, OUTER = 32, SIZEOF = 64 }

/** Copies remembered; number n is at n modulo this. */
export const OAM_RECORDS = 256;

/** What is kept of one. */
export enum OamRecord {
  /** i64, when it came, picoseconds. */
  TIME = 0,
  /** u32, Packet.ID. */
  ID = 8,
  /** u8 x 16 each, as they came. */
  SRC = 16,
  DST = 32,
  /** u16, host order. */
  TAG = 48,
  /** u8. */
  SEGMENTS_LEFT = 50,
  /** u32, bytes from the IPv6 header on. */
  LEN = 52,
  SIZEOF = 64,
}
