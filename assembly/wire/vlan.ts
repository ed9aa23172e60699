// vlan.ts -- VLAN tag, IEEE 802.1Q clause 9.6.
//
// A tag sits between the source address and the type of an Ethernet frame, at
// ETH.ETHERTYPE; after it, at ETH.ETHERTYPE + VLAN.LEN, the type of what it
// carries, which may be the TPID of one more tag.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |             tpid              | pcp |d|          vid          |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum VLAN {
  /** u16, ETHERTYPE.VLAN (C-tag) or ETHERTYPE.S_VLAN (S-tag). */
  TPID = 0,
  /** u16, see VLAN_TCI. */
  TCI = 2,
  LEN = 4,
}

/** Parts of the TCI. */
export enum VLAN_TCI {
  /** VLAN identifier: 0 is a priority tag, 4095 reserved. */
  VID = 0x0fff,
  /** Drop eligible indicator. */
  DEI = 0x1000,
  /** Priority code point, 0-7. */
  PCP = 0xe000,
  PCP_SHIFT = 13,
}
