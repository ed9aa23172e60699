// vxlan.ts -- the contract: VXLAN: where it arrives, VNIs, remote ends.

/** Where VXLAN packets for this switch arrive: a UDP port of an own address. */
export enum Vtep {
  /** u32, YAML position id. */
  LINE = 8,
  SIZEOF = 16,
}

/** A VNI as a Vtep receives it. */
export enum Vni {
  /** u8, VxlanFlag bits; with OWN_DOMAIN the three bytes behind are the VRF. */
  FLAGS = 0,
  /** u32, Iface that frames of peers belong to which PEERS does not name. */
  IFACE = 4,
  /** u32, YAML position id. */
  LINE = 8,
  /** u32, tables/exact160: (this Vni, outer source, IPv4 ones mapped into IPv6) -> Iface. */
  PEERS = 12,
  /** u64 packets and bytes of inner frames received. */
  PACKETS = 16,
  BYTES = 24,
  SIZEOF = 32,
}

/** A remote VTEP of a VNI: the headers that lead there. */
export enum Vxlan {
  /** u8, VxlanFlag bits. */
  FLAGS = 0,
  /** u8, bytes at HEADERS. */
  LEN = 1,
  /** u16, one's complement sum, as loaded: the IPv4 header with length and TOS zero, or the IPv6 pseudo-header without its length. */
  SUM = 2,
  /** u32, VRF of the underlay. */
  DOMAIN = 4,
  /** u32, YAML position id. */
  LINE = 8,
  /** u8 x 70, IPv4 or IPv6, UDP, VXLAN, and for routed packets Ethernet; lengths, TOS, source port, type zero. */
  HEADERS = 16,
  SIZEOF = 88,
}

/** Bits of Vni.FLAGS and Vxlan.FLAGS. */
export enum VxlanFlag {
  /** The outer header is IPv6. */
  IP6 = 1,
  /** No UDP checksum over IPv6. */
  ZERO_CHECKSUM = 2,
  /** Inner frames may have VLAN tags. */
  INNER_VLAN = 4,
  /** The outer DSCP is the inner one. */
  INHERIT_DSCP = 8,
  /** An L3 VNI: IP packets of a VRF, each behind an Ethernet header between router MACs. */
  ROUTED = 16,
  /** Reserved bits must be zero. */
  STRICT = 32,
  /** Frames of any peer are taken. */
  ANY_PEER = 64,
  /** One of many VNIs that share an Iface: its VRF stands in the Vni. */
  OWN_DOMAIN = 128,
}
