// arp.ts -- Address Resolution Protocol over Ethernet for IPv4, RFC 826.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |              hrd              |              pro              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |      hln      |      pln      |              op               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              sha                              |
//   +                               +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                               |              spa              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                               |              tha              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+                               +
//   |                                                               |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |                              tpa                              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum ARP {
  /** u16, hardware address space: 1, Ethernet. */
  HRD = 0,
  /** u16, protocol address space: ETHERTYPE.IPV4. */
  PRO = 2,
  /** u8, bytes of a hardware address: 6. */
  HLN = 4,
  /** u8, bytes of a protocol address: 4. */
  PLN = 5,
  /** u16, see ARP_OP. */
  OP = 6,
  /** u8 x 6, sender hardware address; u8 x 4, sender protocol address. */
  SHA = 8,
  SPA = 14,
  /** u8 x 6, target hardware address; u8 x 4, target protocol address. */
  THA = 18,
  TPA = 24,
  LEN = 28,
}

/** ARP.HRD of Ethernet. */
export const ARP_HRD_ETHERNET = 1;

export enum ARP_OP { REQUEST = 1, REPLY = 2 }
