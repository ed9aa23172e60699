// express.ts -- the contract: nodes that plain packets pass in one go.

/** The nodes of one address family that plain packets pass, for their counters; u32 addresses of Node structures. */
export enum Way {
  /** ethernet_input, ip4_input or ip6_input. */
  ETHERNET = 0,
  INPUT = 4,
  /** ip4_verify or ip6_verify; 0: transport checksums are not looked at. */
  VERIFY = 8,
  /** ip4_lookup, ip4_rewrite, or those of IPv6. */
  LOOKUP = 12,
  REWRITE = 16,
  PORT = 20,
  SIZEOF = 24,
}

/** Ways of a switch. */
export enum Express { FOUR = 0, SIX = 24, SIZEOF = 48 }

/** Result of an express kernel: the packets left over stand behind the lookup; else they are as they came. */
export const LOOKED_UP = 0x80000000;
