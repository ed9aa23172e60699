// esp.ts -- the contract: ESP in UDP, whose packets the host seals and opens.

/** An SA, or where packets for SAs arrive: what the host finds its own record by. */
export enum Esp {
  /** u8, edge of udp_input; of where packets arrive. */
  EDGE = 0,
  /** u32, number of the tunnel, or of the address and port, in the host's list. */
  NUMBER = 4,
  /** u32, YAML position id. */
  LINE = 8,
  /** u64 packets, and bytes with the outer headers out, of what is inside in. */
  PACKETS = 16,
  BYTES = 24,
  SIZEOF = 64,
}

/** Packets that wait for the host, in the order they came: those to be opened have HIT at an address and port, those to be sealed at an SA. */
export enum HostQueue {
  COUNT = 0,
  /** u32, address of their handles, one slot a record of the pool. */
  LIST = 4,
  SIZEOF = 64,
}
