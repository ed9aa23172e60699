// mac_control.ts -- MAC control frames, ethertype ETHERTYPE.FLOW_CONTROL; offsets behind the Ethernet header.
//
// PAUSE, IEEE 802.3 annex 31B. Times are in quanta of 512 bit times.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |            opcode             |             time              |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum PAUSE {
  /** u16, MAC_CONTROL_OPCODE. */
  OPCODE = 0,
  /** u16, quanta; 0 resumes. */
  TIME = 2,
  LEN = 4,
}

export enum MAC_CONTROL_OPCODE { PAUSE = 0x0001, PFC = 0x0101 }

/** Bit times in a quantum. */
export const PAUSE_QUANTUM = 512;

// Priority-based flow control, IEEE 802.1Q clause 36, IEEE 802.3 annex 31D.
//
//    0                   1                   2                   3
//    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |            opcode             |      class_enable_vector      |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |             time0             |             time1             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |             time2             |             time3             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |             time4             |             time5             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
//   |             time6             |             time7             |
//   +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+

export enum PFC {
  /** u16, MAC_CONTROL_OPCODE. */
  OPCODE = 0,
  /** u16, bit i of the low octet enables TIME[i]. */
  CLASS_ENABLE_VECTOR = 2,
  /** u16 x 8, quanta by class; 0 resumes. */
  TIME = 4,
  LEN = 20,
}
