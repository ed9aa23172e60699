// port.ts -- the contract: ports, interfaces and bridge domains.

/** A port of a switch. */
export enum Port {
  /** u32, Iface that untagged and priority-tagged frames belong to; 0: they drop. */
  IFACE = 0,
  /** u32, exact64 table: tag key -> Iface index + 1, or 0 when no tag is configured. */
  TAGS = 4,
  /** u16, shortest frame accepted, bytes (14 to 60). */
  MIN_FRAME = 8,
  /** u16, largest layer-3 packet (frame less Ethernet header and tags), bytes. */
  MTU = 10,
  /** u8, PortFlag bits. */
  FLAGS = 12,
  /** u32, YAML position id. */
  LINE = 16,
  /** u8 x 6, own MAC. */
  MAC = 20,
  /** u64, frames whose L4 checksum was wrong on receipt. */
  BAD_L4 = 32,
  /** u64, packets and bytes in; packets and bytes out. */
  RX_PACKETS = 40,
  RX_BYTES = 48,
  TX_PACKETS = 56,
  TX_BYTES = 64,
  /** u32, switch at the other end of a link, 0 when the port leads outside. */
  PEER = 72,
  /** u16, port there. */
  PEER_PORT = 76,
  /** u64, RoCEv2 packets whose ICRC was wrong on receipt. */
  BAD_ICRC = 80,
  /** u32, MacControl: what flow control the port received. */
  MAC_CONTROL = 88,
  /** u32, Qos: 0 for priorities as tags have them. */
  QOS = 92,
  /** u32, Ecn: 0 for none. */
  ECN = 96,
  SIZEOF = 128,
}

/** Bits of Port.FLAGS. */
export enum PortFlag {
  /** L4 checksums are repaired on the way out. */
  FIX_CHECKSUMS = 2,
}

/** What a frame belongs to once its tags are read: a port, a subinterface or a bridge's own interface. */
export enum Iface {
  /** u8, IfaceKind. */
  KIND = 0,
  /** u16, port it is on; frames leave there. */
  PORT = 2,
  /** u32, VRF (L3) or bridge domain (L2) index. */
  DOMAIN = 4,
  /** u8 x 6, MAC the interface answers to. */
  MAC = 8,
  /** u16, largest layer-3 packet, bytes. */
  MTU = 14,
  /** u32, YAML position id. */
  LINE = 16,
  /** u32, own IPv4 address as read from the wire (network order), 0 when none. */
  IP4 = 20,
  /** u8, tags pushed on egress 0-2 and popped on ingress. */
  TAG_COUNT = 24,
  /** u8, split-horizon group; frames never go from a group (not 0) to itself. */
  HORIZON = 25,
  /** u8, tags taken off on ingress. */
  TAGS_POPPED = 26,
  /** u8, number that Arg.FE2 of an End.DT2M SID names it by, 1 to 63; 0: none. */
  FE2 = 27,
  /** u16, index of this interface. */
  INDEX = 28,
  /** u16, IfaceFlag bits. */
  FLAGS = 30,
  /** u32 x 2, tags as on the wire: TPID, TCI; outermost first. */
  TAG = 32,
  /** u8 x 16, own global IPv6 address, zero when none. */
  IP6 = 40,
  /** u8 x 16, own link-local IPv6 address. */
  LINK_LOCAL = 56,
  /** u32, tunnel behind the interface (VXLAN or Geneve peer, pseudowire, SRv6 remote, load balancer's endpoint): a Hop; 0 for a port. */
  HOP = 72,
  /** u32, GLEAN Hop for link-local destinations: they are on this interface's link. */
  LINK_LOCAL_HOP = 76,
  /** u32, Bridge whose own L3 interface this is; 0 for all others. */
  BRIDGE = 80,
  /** u32, Iface that frames coming in by a CROSS one leave by. */
  PEER = 84,
  /** u32, Hop of the frames that a SERVICE interface receives, KIND SR_PROXY. */
  RETURN = 88,
  /** u32, IfacePolicy: what it lets pass; 0: everything. */
  POLICY = 92,
  /** u8, NAT_OUTSIDE or 0. */
  NAT = 96,
  SIZEOF = 128,
}

export enum IfaceKind {
  L3 = 1,
  BRIDGE = 2,
  /** IP packets out of a tunnel: a VRF, but no link, so no neighbours and no addresses to answer for. */
  TUNNEL = 3,
  /** Cross-connected: its frames go to its PEER, and nowhere else. */
  CROSS = 4,
  /** Frames from a service: they go back into the headers that its proxy took off. */
  SERVICE = 5,
}

/** Bits of Iface.FLAGS. */
export enum IfaceFlag {
  PROMISCUOUS = 1,
  /** Answer ARP and ND for own addresses. */
  ANSWER = 2,
  /** MPLS packets are accepted. */
  MPLS = 4,
  /** Flooded frames do not go here. */
  NO_FLOOD = 8,
  /** Source MACs seen here are not learnt. */
  NO_LEARN = 16,
  /** 127/8 and ::1 are addresses like any other: captures of a loopback interface. */
  LOOPBACK = 32,
  /** Beyond it lies no part of the SR domain: packets to its SIDs do not come in. */
  SRV6_EDGE = 64,
  /** BIER packets without MPLS are accepted. */
  BIER = 128,
  /** IP packets to groups are looked up: a route of the VRF takes some. */
  MULTICAST = 256,
}

/** A bridge domain. */
export enum Bridge {
  /** u32, members. */
  COUNT = 0,
  /** u32, array of Iface addresses, the bridge's own interface included. */
  MEMBERS = 4,
  /** i64, picoseconds after which a learnt MAC is forgotten; 0: never. */
  AGE = 8,
  /** u32, YAML position id. */
  LINE = 16,
  /** u32, the bridge's own L3 interface, 0 when it has none. */
  OWN = 20,
  /** i64, highest packet time seen by the bridge, picoseconds: ageing goes by it. */
  NOW = 24,
  /** i64, packet time from which a full table may be swept again, picoseconds. */
  SWEEP = 32,
  SIZEOF = 64,
}
