// flow_key.ts -- the flow of an IP packet as a key, the same for both of its
// directions: connection tracking, load balancing, NAT.
//
//    0               8               16              24              32              40
//   +---------------+---------------+---------------+---------------+---------------+
//   | low address, high address (IPv4: eight bytes, then zero)      | PORTS P F DOM |
//   +---------------+---------------+---------------+---------------+---------------+
//
// Low and high are the two ends in the order of their numbers as loaded, so that
// both directions make the same key; ports follow their addresses. P is the
// protocol, F the family (4 or 6), DOM whatever tells equal addresses apart (a
// VRF, an endpoint). Fragments have no ports, the first one neither, so that all
// of a datagram are of one flow; IPv6 ones have protocol 44.

import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT } from "../wire/ip4";
import { IP6, IP6_FRAGMENT, IP6_FRAGMENT_PART } from "../wire/ip6";
import { TCP } from "../wire/tcp";
import { CHAIN_CUT, extension6, isExtension, upper6 } from "./ext6";
import { hasPorts } from "./flow";
import { hashFlow4, hashFlow6 } from "./hash";
import { be16 } from "./packet";

/** Words of a key. */
enum Word { PORTS = 32, PROTOCOL = 36, FAMILY = 37, DOMAIN = 38 }

/** What tells flows apart besides the two addresses. */
export enum Tuple { ADDRESSES = 2, PROTOCOL = 3, PORTS = 5 }

/** What flowKey says of a packet; TCP flags stand at FLAGS_SHIFT. */
export enum FlowSeen {
  /** It goes from the high end to the low one. */
  REVERSE = 1,
  /** Its protocol is TCP. */
  TCP = 2,
  /** The key has ports. */
  PORTS = 4,
  FLAGS_SHIFT = 8,
}

/** Salt of the hash of a key: the same everywhere, so that two switches choose alike. */
const SALT: u32 = 0x666c6f77;

/**
 * Write the key of a packet, 40 bytes, to `key`.
 * @param p      IP header; its fixed part is there
 * @param end    bytes from `p` that are the packet's and can be read
 * @param domain below 65,536
 * @returns FlowSeen
 */
export function flowKey(p: usize, end: u32, key: usize, tuple: u32, domain: u32): u32 {
  return load<u8>(p) >> 4 == 6 ? key6(p, end, key, tuple, domain) : key4(p, end, key, tuple, domain);
}

/** Hash of the key without its domain; never 0. */
export function flowKeyHash(key: usize): u32 {
  const ports = load<u32>(key, Word.PORTS), protocol = <u32>load<u16>(key, Word.PROTOCOL);
  return load<u8>(key, Word.FAMILY) == 6 ? hashFlow6(key, ports, protocol, SALT) : hashFlow4(key, ports, protocol, SALT);
}

function key4(p: usize, end: u32, key: usize, tuple: u32, domain: u32): u32 {
  const header = (<u32>load<u8>(p) & 15) << 2, protocol = <u32>load<u8>(p, IP4.PROTOCOL), src = load<u32>(p, IP4.SRC), dst = load<u32>(p, IP4.DST);
  const fragment = (load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>(IP4_FRAGMENT.OFFSET | IP4_FRAGMENT.MF))) != 0;
  const seen = transport(p + header, fragment || header > end ? 0 : end - header, protocol, tuple), ports = seen & FlowSeen.PORTS ? load<u32>(p + header) : 0;
  const reverse = src > dst || (src == dst && (ports << 16) > (ports & 0xffff0000));
  store<u64>(key, reverse ? <u64>dst | (<u64>src << 32) : <u64>src | (<u64>dst << 32));
  store<u64>(key, 0, 8);
  store<u64>(key, 0, 16);
  store<u64>(key, 0, 24);
  return finish(key, reverse, seen, ports, tuple, protocol, 4, domain);
}

function key6(p: usize, end: u32, key: usize, tuple: u32, domain: u32): u32 {
  let at: u32 = IP6.LEN, protocol = <u32>load<u8>(p, IP6.NEXT_HEADER);
  if (isExtension(protocol)) {
    const upper = upper6(p, end), part = extension6(p, end, IP_PROTOCOL.FRAGMENT);
    const whole = !part || !(be16(p + part + IP6_FRAGMENT.OFFSET_M) & (IP6_FRAGMENT_PART.OFFSET | IP6_FRAGMENT_PART.M));
    at = upper == CHAIN_CUT || !whole ? end : upper >> 8;
    protocol = whole ? upper & 0xff : <u32>IP_PROTOCOL.FRAGMENT;
  }
  const seen = transport(p + at, at > end ? 0 : end - at, protocol, tuple), ports = seen & FlowSeen.PORTS ? load<u32>(p + at) : 0;
  const reverse = above6(p + IP6.SRC, p + IP6.DST, ports);
  v128.store(key, v128.load(p + (reverse ? IP6.DST : IP6.SRC)));
  v128.store(key, v128.load(p + (reverse ? IP6.SRC : IP6.DST)), 16);
  return finish(key, reverse, seen, ports, tuple, protocol, 6, domain);
}

/** Whether the end at `a` comes behind the one at `b`. */
function above6(a: usize, b: usize, ports: u32): bool {
  const x = load<u64>(a), y = load<u64>(b), v = load<u64>(a, 8), w = load<u64>(b, 8);
  return x != y ? x > y : v != w ? v > w : (ports << 16) > (ports & 0xffff0000);
}

/** What the transport header tells. @param left bytes of it that can be read */
function transport(l4: usize, left: u32, protocol: u32, tuple: u32): u32 {
  const ports = tuple == <u32>Tuple.PORTS && left >= 4 && hasPorts(protocol) ? FlowSeen.PORTS : 0;
  if (protocol != <u32>IP_PROTOCOL.TCP) return ports;
  return ports | FlowSeen.TCP | (left > <u32>TCP.FLAGS ? <u32>load<u8>(l4, TCP.FLAGS) << FlowSeen.FLAGS_SHIFT : 0);
}

function finish(key: usize, reverse: bool, seen: u32, ports: u32, tuple: u32, protocol: u32, family: u32, domain: u32): u32 {
  const shown = tuple == <u32>Tuple.ADDRESSES ? 0 : protocol;
  store<u64>(key, <u64>(reverse ? rotl<u32>(ports, 16) : ports) | (<u64>shown << 32) | (<u64>family << 40) | (<u64>domain << 48), Word.PORTS);
  return seen | u32(reverse);
}
