// tcp.ts -- Transmission Control Protocol, RFC 9293 section 3.1.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |           src_port            |           dst_port            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                           sequence                            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                        acknowledgment                         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |offset | rsrvd |     flags     |            window             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |           checksum            |        urgent_pointer         |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum TCP {
  SRC_PORT = 0,
  DST_PORT = 2,
  /** u32. */
  SEQUENCE = 4,
  /** u32. */
  ACKNOWLEDGMENT = 8,
  /** u8, header length in 32-bit words in the high nibble. */
  DATA_OFFSET = 12,
  /** u8, see TCP_FLAG. */
  FLAGS = 13,
  WINDOW = 14,
  /** u16, over pseudo-header and segment. */
  CHECKSUM = 16,
  URGENT_POINTER = 18,
  /** Header without options, bytes. */
  LEN = 20,
}

export enum TCP_FLAG { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10, URG = 0x20, ECE = 0x40, CWR = 0x80 }

/** Option kinds; all but END and NOP have a length octet that counts the whole option. */
export enum TCP_OPTION { END = 0, NOP = 1, MSS = 2, WINDOW_SCALE = 3, SACK_PERMITTED = 4, SACK = 5, TIMESTAMPS = 8 }
