// bier.ts -- the contract: BIER forwarding tables, neighbours and groups of
// receivers.

/** Most neighbours of one forwarding table, our own bit counted: so many fit into the list that bier_forward makes. */
export const BIER_NEIGHBORS_MAX = 1024;
/** Most tables that one BIFT is split into for equal-cost neighbours. */
export const BIER_TABLES_MAX = 64;

/**
 * A bit index forwarding table, RFC 8279 section 6.4: of a sub-domain, set
 * identifier and bit string length. Where it is reached by a label it is the
 * Label: OP, HOP and LINE are that one's.
 *
 * ROWS are TABLES tables in a row, a row for each bit, position 1 first: the
 * BierNeighbor, or 0 where no router of that number is known. A packet's entropy
 * chooses the table (section 6.7), so that each is as if there were one way.
 */
export enum Bift {
  /** u8, LabelOp.BIER. */
  OP = 0,
  /** u8, BIER_BSL. */
  BSL = 1,
  /** u8, tables; 1 to BIER_TABLES_MAX. */
  TABLES = 2,
  /** u32, always 0. */
  HOP = 4,
  /** u32, YAML position id. */
  LINE = 8,
  /** u32, the tables. */
  ROWS = 12,
  /** u16, bytes of a bit string. */
  BYTES = 16,
  /** u64, set bits that led nowhere. */
  UNKNOWN = 24,
  SIZEOF = 32,
}

/** A neighbour as one table has it, RFC 8279 section 6.4: who is behind it, and how it is sent to; or ourselves. */
export enum BierNeighbor {
  /** u32, Hop of the neighbour; 0: the bit is our own. */
  HOP = 0,
  /** u32, first word of the header for it: BIFT-id or label in place, S set, TC and TTL zero; host order. */
  WORD = 4,
  /** u32, YAML position id. */
  LINE = 8,
  /** u8, BIER_NIBBLE << 4. */
  NIBBLE = 12,
  /** u32, of our own bit: Iface that packets taken out of the header come in by. */
  IFACE = 16,
  /** u32, the same for Ethernet frames: Iface they leave by; 0: none are taken. */
  FRAMES = 20,
  /** u64 packets, and bytes from the BIER header on. */
  PACKETS = 24,
  BYTES = 32,
  /** Forwarding bit mask, Bift.BYTES, in the order of the wire. */
  F_BM = 48,
}

/** Receivers of what a route sends into BIER: one packet for each set identifier they are in. */
export enum BierGroup {
  /** u8, packets; 1 to 255. */
  COUNT = 0,
  /** u16, bytes of each header. */
  LENGTH = 2,
  /** u32, YAML position id. */
  LINE = 8,
  /** u32 x 2 each: Bift, and address of the header; entropy, DSCP and Proto zero. */
  PACKETS = 12,
}
