// policy.ts -- the contract: what an interface lets pass: source guard, security
// groups and their rules, policers.

/** What an interface asks of its packets, behind Iface.POLICY. RX is what comes in by it, TX what leaves by it. */
export enum IfacePolicy {
  /** u32, tables/classifier of IPv4 and IPv6 packets that come in; 0: that direction is not filtered. */
  RX4 = 0,
  RX6 = 4,
  /** u32, the same for those that leave. */
  TX4 = 8,
  TX6 = 12,
  /** u32, Rule for packets that no other matches. */
  RX_DEFAULT = 16,
  TX_DEFAULT = 20,
  /** u32, Conntrack: flows that a rule of a stateful group allowed; 0: none of its groups is. */
  TRACK = 24,
  /** u32, index of the interface: flows of one are none of another's. */
  ZONE = 28,
  /** u8, GuardMode. */
  GUARD = 32,
  /** u32, of PREFIXES: tables/lpm4 and lpm6 of (set, prefix), and the interface's set in them. */
  GUARD4 = 36,
  GUARD6 = 40,
  GUARD_SET = 44,
  /** u32, Policer of what comes in, of what leaves; 0: none. */
  RX_POLICER = 48,
  TX_POLICER = 52,
  SIZEOF = 64,
}

/** Which sources an interface takes: any, those of its prefixes, those whose way back is the interface. */
export enum GuardMode { NONE = 0, PREFIXES = 1, REVERSE_PATH = 2 }

/** A rule of a security group as packets meet it. */
export enum Rule {
  /** u8, RuleAction. */
  ACTION = 0,
  /** u8, non-zero: of a stateful group; what it allows is answered. */
  STATEFUL = 1,
  /** u32, Policer of what it allows; 0: none. */
  POLICER = 4,
  /** u32, YAML position id. */
  LINE = 8,
  /** i64, packet time from which it no longer matches, picoseconds; looked at where a box says that it expires. */
  EXPIRES = 16,
  /** u64 packets, and bytes of their layer 3. */
  PACKETS = 32,
  BYTES = 40,
  SIZEOF = 64,
}

export enum RuleAction { DENY = 0, ALLOW = 1 }

/**
 * Words of a key, u32 each in host order, one for each dimension of a rule:
 * IPv4 has two of addresses, IPv6 eight.
 */
export enum RuleKey {
  SRC4 = 0,
  DST4 = 4,
  /** Four words behind the addresses: ports (of ICMP type and code; NO_PORT), protocol, interface it came in by. */
  ABOVE4 = 8,
  /** Words of an IPv4 key that rules compare, in bytes. */
  SIZE4 = 32,
  SRC6 = 0,
  DST6 = 16,
  ABOVE6 = 32,
  SIZE6 = 48,
}
/** The words at ABOVE4 and ABOVE6. */
export enum RuleAbove { SRC_PORT = 0, DST_PORT = 4, PROTOCOL = 8, IFACE = 12 }
/** Port of a packet that has none: a later fragment, or a protocol without ports. */
export const NO_PORT = 0x10000;

/** tables/classifier: how many trees, at most four; each root, u32, and order of its first rule, by that order. */
export enum Classifier { COUNT = 0, TREES = 8, SIZEOF = 64 }
/**
 * An inner node: which word of the key is cut, shifted right so far, masked;
 * then the children, u32: an inner node, or a leaf's address with the lowest bit set.
 */
export enum ClassifierNode { WORD = 0, SHIFT = 1, MASK = 4, CHILDREN = 8 }
/** A leaf: boxes in the order of their rules, u32 each. */
export enum ClassifierLeaf { COUNT = 0, BOXES = 4 }
/**
 * A box of an IPv4 rule: least key, then how much more each word may be; order
 * and Rule stand where no key word is. Lowest bit of RULE: the rule expires.
 */
export enum Box4 { LEAST = 0, SPAN = 32, ORDER = 56, RULE = 60, SIZEOF = 64 }
/** The same of an IPv6 rule. */
export enum Box6 { LEAST = 0, SPAN = 48, ORDER = 96, RULE = 100, SIZEOF = 128 }
