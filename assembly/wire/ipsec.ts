// ipsec.ts -- Authentication Header, RFC 4302 section 2, and ESP, RFC 4303 section 2.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |  next_header  |  payload_len  |           reserved            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              spi                              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                           sequence                            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum AH {
  NEXT_HEADER = 0,
  /** u8, length in 32-bit words less 2; not the unit of the other IPv6 extension headers. */
  PAYLOAD_LEN = 1,
  RESERVED = 2,
  /** u32. */
  SPI = 4,
  /** u32. */
  SEQUENCE = 8,
  ICV = 12,
  /** Without ICV, bytes. */
  LEN = 12,
}

// Encapsulating Security Payload; all behind it is opaque.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              spi                              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                           sequence                            |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ESP { SPI = 0, SEQUENCE = 4, LEN = 8 }

/** AES-GCM with a 16-octet ICV, RFC 4106: explicit IV, salt of the key, ICV; and the trailer before it, RFC 4303 section 2.4. */
export enum ESP_GCM { IV = 8, SALT = 4, ICV = 16, TRAILER = 2, ALIGN = 4 }
