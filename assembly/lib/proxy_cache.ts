// proxy_cache.ts -- headers on their way into a ProxyCache and out of it.

import { Hop } from "../abi/hop";
import { Packet } from "../abi/packet";
import { PROXY_DSCP_COPY, PROXY_HEADERS_MAX, ProxyCache, SrProxy } from "../abi/proxy";
import { FLOW_LABEL_COPY, FLOW_LABEL_HASH } from "../abi/srv6";
import { ECN } from "../wire/ip";
import { IP6, IP6_VCF } from "../wire/ip6";
import { be32, data, prepend, put16, put32, wireLen } from "./packet";

/**
 * Keep `n` bytes of headers at `p`.
 * @param vary how many of them at the front may differ from packet to packet of one list
 * @returns false when the cache has no room for them
 */
export function keepHeaders(proxy: usize, cache: usize, p: usize, n: u32, vary: u32, now: i64): bool {
  if (n > <u32>PROXY_HEADERS_MAX) return false;
  const known = <u32>load<u16>(cache), headers = cache + ProxyCache.HEADERS;
  store<i64>(cache, now, ProxyCache.SINCE);
  if (known != n || memory.compare(headers + vary, p + vary, n - vary) != 0) {
    if (known) store<u64>(proxy, load<u64>(proxy, SrProxy.CHANGES) + 1, SrProxy.CHANGES);
    store<u16>(cache, n);
    memory.copy(headers, p, n);
  } else memory.copy(headers, p, vary);
  return true;
}

/**
 * Put the cached headers in front of the packet at DATA.
 * @returns false, packet unchanged, when the buffer cannot hold them: drop NO_HEADROOM
 */
export function pushHeaders(d: usize, cache: usize): bool {
  const n = <u32>load<u16>(cache);
  if (!prepend(d, n)) return false;
  memory.copy(data(d), cache + ProxyCache.HEADERS, n);
  return true;
}

/** The outer IPv6 header at DATA says `first` and how long the packet is now. */
export function finishOuter(d: usize, first: u32): void {
  put32(data(d), first);
  put16(data(d) + IP6.PAYLOAD_LENGTH, wireLen(d) - IP6.LEN);
}

/**
 * First word of the outer header: cached traffic class, the ECN of what is
 * inside (RFC 6040 section 4.1), and a flow label of its own.
 * @param tos  traffic class of what is inside
 * @param flow its flow hash
 * @param copy its flow label
 */
export function outerWord(proxy: usize, cache: usize, tos: u32, flow: u32, copy: u32): u32 {
  const cached = (be32(cache + ProxyCache.HEADERS) >> IP6_VCF.CLASS_SHIFT) & 0xff;
  const dscp = load<u8>(proxy, SrProxy.DSCP) == PROXY_DSCP_COPY ? tos : cached, set = load<u32>(proxy, SrProxy.FLOW_LABEL);
  let label = set;
  if (set == FLOW_LABEL_COPY) label = copy;
  else if (set == FLOW_LABEL_HASH) {
    label = flow & IP6_VCF.FLOW;
    if (!label) label = 1; // 0 says that there is none
  }
  return ((<u32>6) << IP6_VCF.VERSION_SHIFT) | (((dscp & ~(<u32>ECN.MASK)) | (tos & ECN.MASK)) << IP6_VCF.CLASS_SHIFT) | label;
}

/** Count a packet that is sent past a service that is down. */
export function countBypass(proxy: usize): void {
  store<u64>(proxy, load<u64>(proxy, SrProxy.BYPASSED) + 1, SrProxy.BYPASSED);
}

/** Count a packet that came back, outer headers counted. */
export function countReturn(d: usize, proxy: usize): void {
  const hop = proxy + SrProxy.RETURN;
  store<u64>(hop, load<u64>(hop, Hop.PACKETS) + 1, Hop.PACKETS);
  store<u64>(hop, load<u64>(hop, Hop.BYTES) + wireLen(d), Hop.BYTES);
}

/** Whether HIT is how packets come back from the service, not how they go there. */
export function isReturn(d: usize, proxy: usize): bool {
  return <usize>load<u32>(d, Packet.HIT) == proxy + SrProxy.RETURN;
}
