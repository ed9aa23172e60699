// proxy.ts -- the contract: service SIDs and labels, and what SR proxies remember.

/**
 * A service behind IFACE-OUT and IFACE-IN, and the proxy that hides segment
 * routing from it. PROXY_OF of a service's Sid, of its Label, and of RETURN
 * leads here.
 */
export enum SrProxy {
  /** u8, ProxyFlag bits. */
  FLAGS = 0,
  /** u8, ProxyInner. */
  INNER = 2,
  /** u8, PROXY_DSCP_COPY: the DSCP of returning packets goes into their outer header; else that of the cached one stays. */
  DSCP = 3,
  /** u32, YAML position id. */
  LINE = 8,
  /** u32, Hop of the service, for IPv6 packets that keep their header. */
  HOP = 12,
  /** u32, VRF in which every route leads to the service. */
  TO_SERVICE = 16,
  /** u32, VRF of IFACE-IN, in which every route leads to RETURN. */
  FROM_SERVICE = 20,
  /** u16, index of IFACE-OUT. */
  OUT = 24,
  /** u32, flow label of outer headers, as Srv6Policy.FLOW_LABEL. */
  FLOW_LABEL = 28,
  /** u32, tables/proxy_flows: a ProxyCache for each flow; 0: CACHE is for all. */
  FLOWS = 32,
  /** u64, packets sent past a service that is down. */
  BYPASSED = 40,
  /** u64, times that other headers took the place of cached ones: above one, lists share the SID. */
  CHANGES = 48,
  /** Hop of what comes back, KIND SR_PROXY; PACKETS and BYTES count it. */
  RETURN = 64,
  /** ProxyCache. */
  CACHE = 128,
  SIZEOF = 768,
}

/** Offset of the SrProxy in the entries that lead to one: Hop.AUX and Label.PROXY. */
export const PROXY_OF = 12;
export const PROXY_DSCP_COPY = 0xff;

export enum ProxyFlag {
  /** The service is down: packets are not sent there. */
  DOWN = 1,
  /** Fail open: of a service that is down only the segment is processed; else packets drop PROXY_DOWN. */
  BYPASS = 2,
  /** The segment is a label. */
  MPLS = 4,
  /** End.AN: the service knows segment routing, nothing is hidden. */
  NATIVE = 8,
  /** End.AD: the cache holds the headers of the last packet sent to the service. */
  LEARN = 16,
  /** End.AM with NAT: the destination that the service chose becomes the last segment. */
  NAT = 32,
  /** End.AM with caching: the SRH stays here while the packet is away. */
  CACHE_SRH = 64,
  /** End.AM: segments left goes down when the packet comes back, not before it goes. */
  STEP_LATE = 128,
}

/** What a proxy takes out of the outer headers: IP protocol numbers. */
export enum ProxyInner { ANY = 0, IP4 = 4, IP6 = 41, ETHERNET = 143 }

/** Headers that wait for a packet from the service. */
export enum ProxyCache {
  /** u16, bytes of HEADERS; 0: none yet. */
  LENGTH = 0,
  /** i64, packet time of the packet that had them last. */
  SINCE = 8,
  /** u8 x 40, the flow they are for: lib/five_tuple. */
  KEY = 16,
  /** IPv6 with all extension headers, an SRH, or a label stack. */
  HEADERS = 64,
  SIZEOF = 640,
}
/** Most bytes cached: IPv6 and an SRH of 32 segments. */
export const PROXY_HEADERS_MAX = 576;

/** tables/proxy_flows: a power of two of sets of PROXY_WAYS caches. */
export enum ProxyFlows {
  /** u32, sets less one. */
  MASK = 0,
  /** u32. */
  SALT = 4,
  /** u64, flows forgotten for others. */
  EVICTED = 8,
  SETS = 64,
}
export const PROXY_WAYS = 4;
