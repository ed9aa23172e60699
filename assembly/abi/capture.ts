// capture.ts -- the contract: captures being read and written.

/**
 * A capture being read. The host loads bytes, capture_scan makes packets of
 * them. Address and length fields are u32 unless they say otherwise.
 */
export enum Scan {
  POOL = 0,
  /** Next byte to look at, and the end of those loaded. */
  POS = 4,
  END = 8,
  /** ScanStatus, why capture_scan returned; ScanFault when that is FAULT, and the value found. */
  STATUS = 12,
  FAULT = 16,
  FOUND = 20,
  /** Bytes to pass over, and the length of the record they belong to; 0: none. A pcapng trailer follows them. */
  SKIP = 24,
  TOTAL = 28,
  /** u8, ScanFormat; u8, non-zero: fields are big-endian. */
  FORMAT = 32,
  SWAP = 33,
  /** Array of ScanIface of the present section, and how many. */
  IFACES = 36,
  IFACE_COUNT = 40,
  /** Number of the packet to mark, 0: none. */
  MARK_ID = 44,
  /** Filter program and instructions in it; none: all packets pass. */
  FILTER = 48,
  FILTER_COUNT = 52,
  /** Non-zero once ORIGIN is known. */
  HAS_ORIGIN = 60,
  /** i64, seconds since 1970 that TIME counts from. */
  ORIGIN = 64,
  /** i64, picoseconds added to every time (passes over a looped file); never negative. */
  SHIFT = 72,
  /** i64, time of the packet before; lowest and highest time of this pass. */
  LAST = 80,
  LOW = 88,
  HIGH = 96,
  /** u64, packets read and their captured bytes. */
  PACKETS = 104,
  BYTES = 112,
  /** u64, packets that the filter did not take; times that TIME cannot hold. */
  FILTERED = 120,
  CLAMPED = 128,
  /** SCAN_DROPS rows of DropCount: what the reader itself dropped. */
  DROPS = 136,
  /** u64, captured bytes of the packets that the filter did not take. */
  FILTERED_BYTES = 232,
  SIZEOF = 256,
}
/** Reasons the reader drops for: OVERSIZE, RUNT, SNAP_CUT. */
export const SCAN_DROPS = 3;
export enum ScanFormat { PCAP = 1, PCAPNG = 2 }
/** FULL: the vector has what was asked for. MORE: load more. HOST: a block at POS is the host's to read. STARVED: no free buffer. */
export enum ScanStatus { FULL = 0, MORE = 1, HOST = 2, STARVED = 3, FAULT = 4 }
export enum ScanFault { NONE = 0, CAPTURED_LENGTH = 1, BLOCK_LENGTH = 2, TRAILER = 3, INTERFACE = 4, LINK_TYPE = 5, PACKET_LENGTH = 6 }
/** Longest record that is taken for real, captured bytes; libpcap's bound too. */
export const CAPTURED_MAX = 262144;
/** Longest record that is looked at as a whole; of longer ones the host never holds more. */
export const RECORD_MAX = 131072;

/** An interface of a capture. */
export enum ScanIface {
  /** u16, link type; LINK_UNSUPPORTED: a packet of it is a fault. */
  LINK = 0,
  /** u16, switch port its packets enter by. */
  PORT = 2,
  /** u8, bytes of frame check sequence at the end of each frame. */
  FCS = 4,
  /** u8, non-zero: the resolution is 2^-EXPONENT, else 10^-EXPONENT; u8. */
  BINARY = 5,
  EXPONENT = 6,
  /** u32, most bytes captured of a packet, 0: all. */
  SNAPLEN = 8,
  /** u64, ticks in a second. */
  TICKS = 16,
  /** i64, seconds added to each stamp. */
  OFFSET = 24,
  /** u8 x 14, Ethernet header for packets that have none. */
  HEADER = 32,
  SIZEOF = 64,
}
export const LINK_UNSUPPORTED = 0xffff;

/** A capture being written. */
export enum Sink {
  POOL = 0,
  /** Where the next record goes, and where no record may begin. */
  POS = 4,
  LIMIT = 8,
  /** u8, ScanFormat; u8, non-zero: packets written are freed; u8, PCAPNG_DIRECTION. */
  FORMAT = 12,
  FREE = 13,
  DIRECTION = 14,
  /** Array of u32 by switch port: interface in the file + 1, 0: its packets are left out; and how many. */
  PORTS = 16,
  PORT_COUNT = 20,
  /** Comment on the next record, UTF-8, and its length; 0: none. */
  COMMENT = 24,
  COMMENT_LEN = 28,
  /** i64, seconds since 1970 that TIME counts from. */
  ORIGIN = 32,
  /** u64, picoseconds a tick of the file lasts. */
  TICK = 40,
  /** u64, records written and their captured bytes. */
  PACKETS = 48,
  BYTES = 56,
  SIZEOF = 64,
}
/** Most bytes of a comment. */
export const COMMENT_MAX = 4096;
