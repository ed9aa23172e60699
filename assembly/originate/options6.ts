// options6.ts -- hop-by-hop and destination options, RFC 8200 section 4.2.

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { isMulticast6 } from "../lib/address6";
import { data, drop } from "../lib/packet";
import { ICMP6_PARAMETER, ICMP6_TYPE } from "../wire/icmp6";
import { IP6, IP6_EXT, IP6_OPTION, IP6_OPTION_ACTION } from "../wire/ip6";
import { icmp6Error } from "./icmp6";

/**
 * Look at the options of one extension header. Padding and router alert mean
 * nothing here; an option that is not known says itself what to do. An option
 * that is longer than its header drops IP6_EXTENSION_HEADER.
 * @param at   offset of the extension header from the IPv6 header
 * @param size its length, bytes; all of them can be read
 * @param edge the node's edge to ip6_lookup, for the ICMPv6 message
 * @returns false when the packet was dropped
 */
export function options6(sw: usize, d: usize, at: u32, size: u32, edge: u32): bool {
  const p = data(d) + <usize>load<u16>(d, Packet.L3), end = at + size;
  for (let o = at + IP6_EXT.OPTIONS; o < end; ) {
    const type = <u32>load<u8>(p + o);
    if (type == <u32>IP6_OPTION.PAD1) {
      o++;
      continue;
    }
    const next = o + 1 < end ? o + 2 + <u32>load<u8>(p + o, 1) : end + 1;
    if (next > end) {
      drop(d, Drop.IP6_EXTENSION_HEADER);
      return false;
    }
    const action = type & <u32>IP6_OPTION_ACTION.MASK;
    if (type != <u32>IP6_OPTION.PADN && type != <u32>IP6_OPTION.ROUTER_ALERT && action != <u32>IP6_OPTION_ACTION.SKIP) {
      const silent = action == <u32>IP6_OPTION_ACTION.DISCARD || (action == <u32>IP6_OPTION_ACTION.PROBLEM_UNICAST && isMulticast6(p + IP6.DST));
      if (silent) drop(d, Drop.IP6_OPTION);
      else icmp6Error(sw, d, Drop.IP6_OPTION, ICMP6_TYPE.PARAMETER_PROBLEM, ICMP6_PARAMETER.OPTION, o, edge);
      return false;
    }
    o = next;
  }
  return true;
}
