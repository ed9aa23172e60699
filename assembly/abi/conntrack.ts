// conntrack.ts -- the contract: flows that stateful rules allowed.

/** Connection tracking of a switch. */
export enum Conntrack {
  /** u32, tables/flow_table: flow (lib/flow_key) in an interface's zone -> TrackedFlow. */
  TABLE = 0,
  /** i64 by TrackState, picoseconds that a flow is kept after its last packet. */
  TIMEOUTS = 8,
  SIZEOF = 128,
}

/** What an entry of the flow table says of a flow, from FlowEntry.USER on. */
export enum TrackedFlow {
  /** u32, Rule that allowed its first packet. */
  RULE = 48,
  /** u8, TrackState. */
  STATE = 52,
  /** u8, FlowSeen.REVERSE of its first packet. */
  ORIGIN = 53,
  /** u8, directions that sent FIN: 1 that of the first packet, 2 the other. */
  FINS = 54,
}

/** States, RFC 9293 section 3.3.2 as seen from between the two ends; then those of other protocols. */
export enum TrackState {
  SYN_SENT = 0,
  SYN_RECEIVED = 1,
  ESTABLISHED = 2,
  /** One end closed. */
  FIN_WAIT = 3,
  /** Both did. */
  TIME_WAIT = 4,
  /** RST. */
  CLOSED = 5,
  /** Datagrams one way; both ways. */
  UDP = 6,
  UDP_STREAM = 7,
  ICMP = 8,
  OTHER = 9,
}
