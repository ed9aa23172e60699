// nat.ts -- the contract: NAT44.

/** Network address translation of a switch. */
export enum Nat {
  /** u32, tables/flow_table: mappings, each by its inside and by its outside end; fragments on their way. */
  TABLE = 0,
  /** u32, VRF whose packets are translated. */
  DOMAIN = 4,
  /** u32, array of NatPool, and how many. */
  POOLS = 8,
  POOL_COUNT = 12,
  /** u32, tables/exact32: outside address (host order) -> non-zero when it is an own one of the switch too. */
  ADDRESSES = 16,
  /** u32, tables/exact64: (protocol, outside address and port) -> NatForward, and the same by the inside end. */
  FORWARDS_IN = 20,
  FORWARDS_OUT = 24,
  /** i64, picoseconds that a mapping is kept after its last packet: TCP established, TCP else, UDP, ICMP. */
  TCP = 32,
  TCP_TRANSITORY = 40,
  UDP = 48,
  ICMP = 56,
  SIZEOF = 64,
}

/** Inside hosts and the outside addresses and ports that they have, computed: RFC 7422. */
export enum NatPool {
  /** u32, host order: inside network, its mask. */
  INSIDE = 0,
  MASK = 4,
  /** u32, array of outside addresses, host order. */
  ADDRESSES = 8,
  /** u32, ports of a host; first port; hosts that share an address. */
  BLOCK = 12,
  FIRST_PORT = 16,
  HOSTS = 20,
  /** u32, YAML position id. */
  LINE = 24,
  /** u64, mappings made; u64, new flows that found no port. */
  MADE = 32,
  REFUSED = 40,
  SIZEOF = 64,
}

/** A port forward. */
export enum NatForward {
  /** u32, host order: the two ends. */
  OUTSIDE = 0,
  INSIDE = 4,
  /** u32, YAML position id. */
  LINE = 8,
  /** u16. */
  OUTSIDE_PORT = 12,
  INSIDE_PORT = 14,
  /** u64, packets that came in by it, and that left. */
  PACKETS_IN = 16,
  PACKETS_OUT = 24,
  SIZEOF = 64,
}

/** What a mapping's entry says, from FlowEntry.USER on. */
export enum NatMapping {
  /** u32, host order: address at the other end; u16, its port or ICMP identifier. */
  ADDRESS = 48,
  PORT = 52,
  /** u8, of TCP: NatTcp bits. */
  STATE = 54,
  /** u32, the mapping's other entry. */
  TWIN = 56,
}

/** What is known of the connections of a TCP mapping. */
export enum NatTcp { OUT = 1, IN = 2, FIN_OUT = 4, FIN_IN = 8, RESET = 16 }

/** Iface.NAT: packets that leave there are given outside addresses. */
export const NAT_OUTSIDE = 1;
