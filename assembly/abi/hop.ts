// hop.ts -- the contract: where a lookup leads.

/**
 * Where a lookup leads: one cache line that the next node acts on. Every
 * lookup stores its address in Packet.HIT and takes edge Hop.KIND, so all
 * lookups have the same edges, in HopKind order.
 */
export enum Hop {
  /** u8, HopKind: the edge a lookup takes. */
  KIND = 0,
  /** u8, ICMP code of an UNREACHABLE hop; FlowField bits of a GROUP. */
  CODE = 1,
  /** u16, TX port. */
  PORT = 2,
  /** u16, largest layer-3 packet, bytes. */
  MTU = 4,
  /** u8, bytes of L2 rewrite at REWRITE: 14, 18 or 22, ethertype last. */
  REWRITE_LEN = 6,
  /** u32, YAML position id. */
  LINE = 8,
  /** u32, what KIND needs: group, tunnel, SID table, VRF; see HopKind. */
  AUX = 12,
  /** u8 x 22, the L2 header. */
  REWRITE = 16,
  /** u16, Drop reason of a DROP or UNREACHABLE hop. */
  REASON = 38,
  /** u32, Iface it leaves by. */
  IFACE = 40,
  /** u32, next hop behind a tunnel: a Hop, 0 for "look up the outer address". */
  VIA = 44,
  /** u64 packets and bytes sent this way; kept by groups and tunnels. */
  PACKETS = 48,
  BYTES = 56,
  SIZEOF = 64,
}

/** Edges of every lookup. 0 drops for Hop.REASON without a word. */
export enum HopKind {
  DROP = 0,
  /** Deliver to the switch itself. */
  LOCAL = 1,
  /** Rewrite layer 2 and send on PORT. */
  REWRITE = 2,
  /** Destination on a connected network without a known neighbour; IFACE says which. */
  GLEAN = 3,
  /** AUX: group of Hops; CODE: FlowField bits. */
  GROUP = 4,
  /** Drop for REASON and say so with ICMP unreachable, CODE; the edge carries the ICMP message. */
  UNREACHABLE = 5,
  /** AUX: LabelStack; VIA: Hop of the neighbour; MTU: what is left of the neighbour's. */
  MPLS_PUSH = 6,
  /** AUX: Srv6Policy; VIA: next hop or 0; MTU: largest packet that fits inside. */
  SRV6_ENCAPS = 7,
  /** A SID of ours: the Hop is a Sid. */
  SRV6_LOCAL = 8,
  /** AUX: Vxlan, 0 for a tunnel without a remote end; MTU: of what is inside, its Ethernet header not counted. */
  VXLAN_ENCAP = 9,
  /** AUX: bridge's own interface; the frame enters the bridge after the rewrite. */
  BRIDGE = 10,
  /** AUX: VRF to look the packet up in again. */
  VRF = 11,
  /** A SID of ours with a C-SID flavor (RFC 9800): the Hop is a Sid. */
  SRV6_CSID = 12,
  /** A SID of ours that is guarded first (SRH_HMAC, O-flag, source): the Hop is a Sid, CODE the edge of srv6_input that leads on. */
  SRV6_INPUT = 13,
  /** AUX: Srv6Policy; VIA: next hop or 0; MTU: largest packet before its SRH is inserted. */
  SRV6_INSERT = 14,
  /** AUX: VRF; VIA: hop there, whatever its FIB says: the only way out of the VRF that such a hop is in. */
  SRV6_DX = 15,
  /** Back from a service whose proxy keeps the outer headers; AUX: SrProxy. */
  SR_PROXY = 16,
  /** Back from a service that was sent the outer packet itself; AUX: SrProxy. */
  SR_MASQUERADE = 17,
  /** AUX: BierGroup; MTU: largest packet that fits inside. */
  BIER_ENCAP = 18,
  /** AUX: Esp; MTU: largest packet that fits inside. */
  ESP_ENCRYPT = 19,
}
/**
 * What a flow hash is made of, bits of Hop.CODE of a GROUP hop. A packet's
 * FLOW is of FLOW_FIELDS; a group that asks for others hashes for itself.
 */
export enum FlowField {
  SRC = 1,
  DST = 2,
  PROTO = 4,
  SPORT = 8,
  DPORT = 16,
  /** IPv6 flow label, RFC 6438. */
  LABEL = 32,
  /** All of them of the innermost packet in tunnels. */
  INNER = 64,
  /** RoCEv2 destination queue pair. */
  QP = 128,
}
export const FLOW_FIELDS = 63;
