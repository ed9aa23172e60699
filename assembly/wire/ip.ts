// ip.ts -- what IPv4 and IPv6 share: protocol numbers and the DS field.

/** Protocol and next header: https://www.iana.org/assignments/protocol-numbers */
export enum IP_PROTOCOL {
  /** IPv6 hop-by-hop options. */
  HOP_BY_HOP = 0,
  ICMP = 1,
  IGMP = 2,
  /** IPv4 in IP. */
  IPIP = 4,
  TCP = 6,
  UDP = 17,
  /** IPv6 in IP. */
  IPV6 = 41,
  /** IPv6 routing header. */
  ROUTING = 43,
  /** IPv6 fragment header. */
  FRAGMENT = 44,
  GRE = 47,
  ESP = 50,
  AH = 51,
  ICMPV6 = 58,
  /** Nothing follows. */
  NO_NEXT = 59,
  /** IPv6 destination options. */
  DEST_OPTS = 60,
  OSPF = 89,
  PIM = 103,
  VRRP = 112,
  SCTP = 132,
  UDP_LITE = 136,
  MPLS = 137,
  ETHERNET = 143,
  EXPERIMENTAL_1 = 253,
  EXPERIMENTAL_2 = 254,
}

/** Low two bits of IPv4 TOS and of the IPv6 traffic class, RFC 3168. */
export enum ECN { NOT_ECT = 0, ECT_1 = 1, ECT_0 = 2, CE = 3, MASK = 3 }

/** The DSCP is the six bits above the ECN bits, RFC 2474. */
export const DSCP_SHIFT = 2;

/** Code points, RFC 2474 and RFC 3246. */
export enum DSCP { CS0 = 0, AF11 = 10, AF21 = 18, AF31 = 26, AF41 = 34, EF = 46, CS6 = 48, CS7 = 56 }
