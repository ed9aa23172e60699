// srv6.ts -- the contract: SIDs and SRv6 policies.

/**
 * A SID of ours, RFC 8986 section 3: the Hop that the FIB has for it, so that a
 * packet costs one cache line beyond its lookup. KIND, LINE, VIA, PACKETS and
 * BYTES (section 6: of packets processed without error) are Hop's; REWRITE and
 * what follows it holds
 *
 *   16      17      18              20              24                     32
 *   +-------+-------+---------------+---------------+-----------------------+
 *   |BEHAVIR|FLAVORS|               | TABLE         | ALLOW                 |
 *   +-------+-------+---------------+---------------+-----------------------+
 */
export enum Sid {
  /** u8, SidBehavior. */
  BEHAVIOR = 16,
  /** u8, SidFlavor bits. */
  FLAVORS = 17,
  /** u32, VRF that a packet taken out of its outer header is looked up in. */
  TABLE = 20,
  /** u64, upper layers that the switch itself takes: a bit for each protocol number below 64. */
  ALLOW = 24,
}

/**
 * Endpoint behaviours by their code points, RFC 8986 section 10.2 and
 * draft-ietf-spring-sr-service-programming; from END_DT6 on a path ends there,
 * but not at services, whose Hop.AUX is an SrProxy.
 */
export enum SidBehavior {
  END = 1, END_X = 5, END_DT6 = 18, END_DT4 = 19, END_DT46 = 20,
  END_AN = 161, END_AS = 162, END_AD = 163, END_AM = 164, END_AM_NAT = 165, END_AM_CACHE = 166, END_AM_NAT_CACHE = 167,
}

/** RFC 8986 section 4.16. */
export enum SidFlavor { PSP = 1, USP = 2, USD = 4 }

/** An SRv6 policy at the headend, RFC 8986 section 5: the headers to push, and what in them depends on the packet. */
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
  /** IPv6 header and SRH. */
  TEMPLATE = 64,
}
export const DSCP_COPY = 0xff;
/** Flow label from the flow hash (RFC 6437 section 3); that of an inner IPv6 header, 0 for IPv4. */
export const FLOW_LABEL_HASH = 0xffffffff;
export const FLOW_LABEL_COPY = 0xfffffffe;
/** Most segments of a policy. */
export const SEGMENTS_MAX = 30;
