// roce.ts -- RoCEv2 over UDP: InfiniBand Architecture volume 1 chapter 9, annex A17.
//
// Base transport header.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |    opcode     |s|m|pad| tver  |             p_key             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |f|b|   resv6   |                    dest_qp                    |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |a|    resv7    |                      psn                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum BTH {
  /** u8, BTH_OPCODE. */
  OPCODE = 0,
  /** u8: SE, M, pad count 2 bits, TVer 4. */
  SE_M_PAD_TVER = 1,
  /** u16. */
  P_KEY = 2,
  /** u8: FECN, BECN, 6 reserved. */
  FECN_BECN = 4,
  /** u24. */
  DEST_QP = 5,
  /** u8: A (acknowledge request), 7 reserved. */
  ACK_REQ = 8,
  /** u24. */
  PSN = 9,
  LEN = 12,
}

/** Bits of the octet BTH.FECN_BECN, of BTH.ACK_REQ, and of BTH.SE_M_PAD_TVER. */
export enum BTH_BIT { FECN = 0x80, BECN = 0x40, ACK_REQ = 0x80, SE = 0x80, MIG_REQ = 0x40, PAD_SHIFT = 4, PAD = 0x3, TVER = 0x0f }

/** Reliable connection (0x00-0x1f), datagram, and RoCEv2's congestion notification. */
export enum BTH_OPCODE {
  RC_SEND_FIRST = 0x00,
  RC_SEND_MIDDLE = 0x01,
  RC_SEND_LAST = 0x02,
  RC_SEND_LAST_IMMEDIATE = 0x03,
  RC_SEND_ONLY = 0x04,
  RC_SEND_ONLY_IMMEDIATE = 0x05,
  RC_WRITE_FIRST = 0x06,
  RC_WRITE_MIDDLE = 0x07,
  RC_WRITE_LAST = 0x08,
  RC_WRITE_LAST_IMMEDIATE = 0x09,
  RC_WRITE_ONLY = 0x0a,
  RC_WRITE_ONLY_IMMEDIATE = 0x0b,
  RC_READ_REQUEST = 0x0c,
  RC_READ_RESPONSE_FIRST = 0x0d,
  RC_READ_RESPONSE_MIDDLE = 0x0e,
  RC_READ_RESPONSE_LAST = 0x0f,
  RC_READ_RESPONSE_ONLY = 0x10,
  RC_ACKNOWLEDGE = 0x11,
  RC_ATOMIC_ACKNOWLEDGE = 0x12,
  RC_COMPARE_SWAP = 0x13,
  RC_FETCH_ADD = 0x14,
  RC_SEND_LAST_INVALIDATE = 0x16,
  RC_SEND_ONLY_INVALIDATE = 0x17,
  UD_SEND_ONLY = 0x64,
  UD_SEND_ONLY_IMMEDIATE = 0x65,
  CNP = 0x81,
}

/** The high three bits of an opcode: the transport. The operations of an unreliable connection are those of a reliable one. */
export enum BTH_TRANSPORT { RC = 0x00, UC = 0x20, UD = 0x60, MASK = 0xe0 }

/** P_Key of the default partition. */
export const P_KEY_DEFAULT = 0xffff;
/** Zero octets behind the BTH of a CNP (annex A17.9.3). */
export const CNP_RESERVED = 16;
/** Bytes of the invariant CRC that ends every packet. */
export const ICRC_LEN = 4;

// RDMA extended transport header.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                        virtual_address                        |
//   +                                                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                             r_key                             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                          dma_length                           |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum RETH {
  /** u64. */
  VIRTUAL_ADDRESS = 0,
  /** u32. */
  R_KEY = 8,
  /** u32, bytes. */
  DMA_LENGTH = 12,
  LEN = 16,
}

// ACK extended transport header.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |   syndrome    |                      msn                      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum AETH {
  /** u8, see AETH_SYNDROME. */
  SYNDROME = 0,
  /** u24. */
  MSN = 1,
  LEN = 4,
}

/** High three bits of the syndrome; the low five are credits, timer or code. */
export enum AETH_SYNDROME { ACK = 0x00, RNR_NAK = 0x20, NAK = 0x60, KIND = 0xe0, VALUE = 0x1f }

/** Low five bits of a NAK. */
export enum AETH_NAK { PSN_SEQUENCE = 0, INVALID_REQUEST = 1, REMOTE_ACCESS = 2, REMOTE_OPERATIONAL = 3 }

// Atomic extended transport header.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                        virtual_address                        |
//   +                                                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                             r_key                             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                          swap_or_add                          |
//   +                                                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                            compare                            |
//   +                                                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ATOMIC_ETH {
  /** u64. */
  VIRTUAL_ADDRESS = 0,
  /** u32. */
  R_KEY = 8,
  /** u64, what to swap in or to add. */
  SWAP_OR_ADD = 12,
  /** u64. */
  COMPARE = 20,
  LEN = 28,
}

// Atomic ACK extended transport header.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                           original                            |
//   +                                                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ATOMIC_ACK_ETH {
  /** u64, what stood there before. */
  ORIGINAL = 0,
  LEN = 8,
}

// Datagram extended transport header.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                             q_key                             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |   reserved    |                    src_qp                     |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum DETH {
  /** u32. */
  Q_KEY = 0,
  /** u8. */
  RESERVED = 4,
  /** u24. */
  SRC_QP = 5,
  LEN = 8,
}

// Immediate data.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                           immediate                           |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum IMM_DT {
  /** u32. */
  IMMEDIATE = 0,
  LEN = 4,
}

// Invalidate extended transport header.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                       invalidated_r_key                       |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum IETH {
  /** u32. */
  R_KEY = 0,
  LEN = 4,
}
