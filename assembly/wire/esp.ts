// esp.ts -- Encapsulating Security Payload, RFC 4303 section 2, with AES-GCM,
// RFC 4106.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              SPI                              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                        Sequence Number                        |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ESP { SPI = 0, SEQUENCE = 4, LEN = 8 }

/** Octets of AES-GCM with a 16-octet ICV (RFC 4106): explicit IV, salt of the key, ICV; and of the trailer before it. */
export enum ESP_GCM { IV = 8, SALT = 4, ICV = 16, TRAILER = 2, ALIGN = 4 }
