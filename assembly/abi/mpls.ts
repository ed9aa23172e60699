// mpls.ts -- the contract: MPLS labels and label stacks.

/** Most labels that one entry of this switch puts on a packet; the entropy label and its indicator not counted. */
export const LABELS_MAX = 12;

/** What becomes of a packet with a label of ours: one cache line behind Switch.LABELS. */
export enum Label {
  /** u8, LabelOp: the edge mpls_lookup takes. */
  OP = 0,
  /** u8, LabelPayload: what a POP expects under the bottom of the stack. */
  PAYLOAD = 1,
  /** u8, LabelFlag bits. */
  FLAGS = 2,
  /** u8, labels of a SWAP. */
  COUNT = 3,
  /** u32, Hop of a SWAP or of a POP one hop before the end (PHP); 0: popped for ourselves. */
  HOP = 4,
  /** u32, YAML position id; where a Hop has it, for both may be a Packet.HIT. */
  LINE = 8,
  /** u32, VRF of what a POP uncovers, or LABEL_SAME_VRF. */
  DOMAIN = 12,
  /** u32, Iface of the pseudowire that an ETHERNET payload came by. */
  IFACE = 12,
  /** u32, SrProxy of a SERVICE. */
  PROXY = 12,
  /** u32 x LABELS_MAX, labels of a SWAP, outermost first: label stack entries in network order, TC, S and TTL zero. */
  LABELS = 16,
  SIZEOF = 64,
}

/** The Label of BIER is a Bift. */
export enum LabelOp { SWAP = 1, POP = 2, BIER = 3, SERVICE = 4 }

/** What may lie under the bottom of a stack. */
export enum LabelPayload {
  /** IPv4 or IPv6, told apart by the first nibble. */
  IP = 0,
  IP4 = 4,
  IP6 = 6,
  /** An Ethernet frame: the label is a pseudowire's. */
  ETHERNET = 14,
}

/** Bits of Label.FLAGS and LabelStack.FLAGS. */
export enum LabelFlag {
  /** Uniform TTL model: the TTL goes from layer to layer at push and pop; else the pipe model (RFC 3443). */
  UNIFORM = 1,
  /** A control word stands between the stack and the Ethernet frame (RFC 4385). */
  CONTROL_WORD = 2,
  /** The stack carries Ethernet frames. */
  ETHERNET = 4,
  /** TC is LabelStack.TC; else the precedence of the packet pushed on: DSCP or PCP. */
  FIXED_TC = 8,
}

/** Label.DOMAIN: the packet stays in the VRF of the interface it came in by (explicit null). */
export const LABEL_SAME_VRF = 0xffffffff;

/** Labels to push: one cache line behind Hop.AUX of an MPLS_PUSH hop. */
export enum LabelStack {
  /** u8, labels; 1 to LABELS_MAX. */
  COUNT = 0,
  /** u8, labels above the entropy label pair (RFC 6790); 0: no such pair. */
  ENTROPY = 1,
  /** u8, LabelFlag bits. */
  FLAGS = 2,
  /** u8. */
  TC = 3,
  /** u8, TTL of a pipe. */
  TTL = 4,
  /** u32, YAML position id. */
  LINE = 8,
  /** u32 x LABELS_MAX, as in Label.LABELS. */
  LABELS = 16,
  SIZEOF = 64,
}
