// srv6.ts -- the contract: SIDs and SRv6 policies.

/**
 * A SID of ours, RFC 8986 section 3: the Hop that the FIB has for it, so that a
 * packet costs one cache line beyond its lookup. KIND, LINE, VIA, PACKETS and
 * BYTES (section 6: of packets processed without error) are Hop's; REWRITE and
 * what follows it holds
 *
 *   16      17      18      19      20              24                     32
 *   +-------+-------+-------+-------+---------------+-----------------------+
 *   |BEHAVIR|FLAVORS| INNER |       | TABLE         | ALLOW                 |
 *   +-------+-------+-------+-------+-------+-------+-----------------------+
 *   | L2                            |ARG_AT |ARGSIZE|ARGCNT |       | IFACE
 *   +-------------------------------+-------+-------+-------+-------+--------
 *   32                              36      37      38      39      40
 *
 * VIA is where a packet with segments left goes: 0 for the FIB of TABLE, an
 * adjacency or a group of them (End.X), a policy (End.B6), labels (End.BM).
 * IFACE is the interface of End.DX2, and of End.DT2 that of frames from a
 * source that is nobody's.
 *
 * and, where other Hops have PORT and MTU,
 *
 *   2       3       4       5       6
 *   +-------+-------+-------+-------+
 *   | CSID  | HMAC  | LBL   | LNFL  |
 *   +-------+-------+-------+-------+
 */
export enum Sid {
  /** u8, SidCsid. */
  CSID = 2,
  /** u8, SidHmac. */
  HMAC = 3,
  /** u8, bits of the locator block; u8, bits of the C-SID behind it: of a C-SID flavor (RFC 9800 section 4). */
  LBL = 4,
  LNFL = 5,
  /** u8, SidBehavior. */
  BEHAVIOR = 16,
  /** u8, SidFlavor bits. */
  FLAVORS = 17,
  /** u8, SidInner bits: what is taken out of the outer header. */
  INNER = 18,
  /** u32, VRF of a lookup: of the next segment (End, End.T) or of what was inside; bridge domain (End.DT2). */
  TABLE = 20,
  /** u64, upper layers that the switch itself takes: a bit for each protocol number below 64. */
  ALLOW = 24,
  /** u32, tables/exact64: tags -> Iface (End.DX2V); tables/exact160: (bridge domain, outer source) -> Iface (End.DT2). */
  L2 = 32,
  /** u8, Arg.FE2 of End.DT2M: its first bit in the SID, bits of an interface identifier, identifiers. */
  ARG_AT = 36,
  ARG_SIZE = 37,
  ARG_COUNT = 38,
}

/** Compression flavor of a SID, RFC 9800 section 4. */
export enum SidCsid { NONE = 0, NEXT = 1, REPLACE = 2 }

/** What a SID asks of the HMAC TLV, RFC 8754 section 2.1.2.1: nothing; that one that is there is right; that there is one. */
export enum SidHmac { IGNORED = 0, OPTIONAL = 1, REQUIRED = 2 }

/**
 * Endpoint behaviours by their code points, RFC 8986 section 10.2 and
 * draft-ietf-spring-sr-service-programming; from END_DX6 to END_DT2M a path
 * ends there; the Hop.AUX of services (END_AN and on) is an SrProxy. End.B6.Insert never became a standard and has
 * none: its numbers are ours.
 */
export enum SidBehavior {
  END = 1, END_X = 5, END_T = 9, END_B6_ENCAPS = 14, END_BM = 15, END_DX6 = 16, END_DX4 = 17, END_DT6 = 18, END_DT4 = 19, END_DT46 = 20,
  END_DX2 = 21, END_DX2V = 22, END_DT2U = 23, END_DT2M = 24, END_B6_ENCAPS_RED = 27,
  END_AN = 161, END_AS = 162, END_AD = 163, END_AM = 164, END_AM_NAT = 165, END_AM_CACHE = 166, END_AM_NAT_CACHE = 167,
  END_B6_INSERT = 254, END_B6_INSERT_RED = 255,
}

/** What a SID takes out of its outer header. */
export enum SidInner { IP4 = 1, IP6 = 2, ETHERNET = 4 }

/** RFC 8986 section 4.16. */
export enum SidFlavor { PSP = 1, USP = 2, USD = 4 }

/** A segment list of an SRv6 policy, RFC 8986 section 5: the headers to push, and what in them depends on the packet. */
export enum Srv6Policy {
  /** u16, bytes of TEMPLATE. */
  LENGTH = 0,
  /** u8, offset in TEMPLATE of the octet that says what is inside: of the SRH, or of the IPv6 header alone. */
  NEXT_AT = 4,
  /** u8, outer hop limit; 0: what is left of the inner one. */
  HOP_LIMIT = 5,
  /** u8, outer DSCP, or DSCP_COPY; ECN is always copied (RFC 6040 section 4.1). */
  DSCP = 6,
  /** u32, YAML position id. */
  LINE = 8,
  /** u32, outer flow label, or FLOW_LABEL_HASH or FLOW_LABEL_COPY. */
  FLOW_LABEL = 12,
  /** u64 packets, and bytes with the outer headers. */
  PACKETS = 16,
  BYTES = 24,
  /** IPv6 header and SRH. To insert, only the destination of the former is used, and the SRH's last segment is the packet's own. */
  TEMPLATE = 64,
}
export const DSCP_COPY = 0xff;
/** Flow label from the flow hash (RFC 6437 section 3); that of an inner IPv6 header, 0 for IPv4. */
export const FLOW_LABEL_HASH = 0xffffffff;
export const FLOW_LABEL_COPY = 0xfffffffe;
/** Most segments of a policy. */
export const SEGMENTS_MAX = 30;
