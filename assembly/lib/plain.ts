// plain.ts -- what most packets are, told in a few loads: an untagged frame for
// the router itself with an IP header that has nothing to look at twice.
//
// The input nodes and the express kernels ask here first; whatever is not plain
// takes the nodes' own checks, one by one.

import { Hop } from "../abi/hop";
import { Packet } from "../abi/packet";
import { Iface, IfaceFlag, IfaceKind, Port, PortFlag } from "../abi/port";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { IP4, IP4_VERSION_IHL_PLAIN } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { isExtension } from "./ext6";
import { isPlainHop } from "./rewrite";

/** What frames of a port are compared with; on a port without an untagged L3 interface, or with priorities of its own, none is plain. */
export enum Plain {
  /** u64, group bits of both addresses and the bits of the destination that count; what they have to be. */
  MASK = 0,
  MAC = 8,
  /** u32, shortest frame, and how much longer the longest one is. */
  LEAST = 16,
  SPAN = 20,
  /** u32, VRF. */
  DOMAIN = 24,
  /** u32, index of the interface and, above it, offset of the network header: Packet.IFACE and L3. */
  PLACE = 28,
  SIZEOF = 32,
}

/** Group bits of both addresses in the first eight bytes of a frame, as loaded. */
const GROUP_BITS: u64 = 0x0001000000000001;
/** The destination's six bytes among them. */
const DST_BITS: u64 = 0x0000ffffffffffff;

/** Ethertypes as loaded; asc does not fold bswap. */
export const TYPE_IP4: u32 = (ETHERTYPE.IPV4 >> 8) | ((ETHERTYPE.IPV4 & 255) << 8);
export const TYPE_IP6: u32 = (ETHERTYPE.IPV6 >> 8) | ((ETHERTYPE.IPV6 & 255) << 8);

/** Make `q` what frames of `port` are compared with. @returns whether any can be plain */
export function plainPort(q: usize, port: usize): bool {
  const iface = <usize>load<u32>(port, Port.IFACE);
  if (!iface || load<u8>(iface) != IfaceKind.L3 || load<u32>(port, Port.QOS)) {
    store<u32>(q, 0xffffffff, Plain.LEAST);
    store<u32>(q, 0, Plain.SPAN);
    return false;
  }
  const bits = load<u16>(iface, Iface.FLAGS) & IfaceFlag.PROMISCUOUS ? 0 : DST_BITS, least = max<u32>(load<u16>(port, Port.MIN_FRAME), ETH.LEN);
  store<u64>(q, bits | GROUP_BITS);
  store<u64>(q, load<u64>(iface, Iface.MAC) & bits, Plain.MAC);
  store<u32>(q, least, Plain.LEAST);
  store<u32>(q, max<u32>(<u32>ETH.LEN + load<u16>(port, Port.MTU), least) - least, Plain.SPAN);
  store<u32>(q, load<u32>(iface, Iface.DOMAIN), Plain.DOMAIN);
  store<u32>(q, <u32>load<u16>(iface, Iface.INDEX) | (<u32>ETH.LEN << 16), Plain.PLACE);
  return true;
}

// @inline: what has two callers binaryen leaves alone, and V8 keeps everything
// that lives across a call in memory. The functions are all ifs: of an && chain asc makes a number at each link,
// and V8 tests it again (judge of express/ip4.ts: 7.7 -> 4.4 ns/packet, with
// the other things said there).

/** Whether a frame of `wire` bytes at `p`, of which at least ETH.LEN can be read, is plain, whatever its type. */
// @ts-ignore: decorator
@inline
export function plainFrame(q: usize, p: usize, wire: u32): bool {
  if (wire - load<u32>(q, Plain.LEAST) > load<u32>(q, Plain.SPAN)) return false;
  return (load<u64>(p) & load<u64>(q)) == load<u64>(q, Plain.MAC);
}

/** The frame belongs where `q` says. */
export function placePlain(q: usize, d: usize): void {
  store<u32>(d, load<u32>(q, Plain.PLACE), Packet.IFACE); // and L3 behind it
  store<u32>(d, load<u32>(q, Plain.DOMAIN), Packet.DOMAIN);
}

/**
 * Whether the IPv4 header at `p`, all there, is right, without options, between
 * hosts (neither 0/8, 127/8 nor 224/3), and of a packet of just `size` bytes.
 */
// @ts-ignore: decorator
@inline
export function plain4(p: usize, size: u32): bool {
  const a = load<u64>(p), b = load<u64>(p, 8), dst = load<u32>(p, IP4.DST), from = <u32>(b >> 32) & 0xff, to = dst & 0xff;
  if ((<u32>a & 0xff) != <u32>IP4_VERSION_IHL_PLAIN) return false;
  if (<u32>bswap<u16>(<u16>(a >> 16)) != size) return false;
  if (from - 1 >= 223) return false;
  if (from == 127) return false;
  if (to - 1 >= 223) return false;
  if (to == 127) return false;
  // The header, its checksum in place, sums to all ones.
  let s = a + b;
  s += u64(s < a);
  s += <u64>dst;
  s += u64(s < <u64>dst);
  const h = <u32>((s + rotr<u64>(s, 32)) >> 32);
  return (h + rotr<u32>(h, 16)) >> 16 == 0xffff;
}

/**
 * Whether the IPv6 header at `p`, all there, has no extension headers, has
 * addresses that anybody may have (no groups, none with 64 zeros in front,
 * which are the reserved ones, none of fe00::/8, which are the link-local
 * ones), and is of a packet of just `size` bytes.
 */
// @ts-ignore: decorator
@inline
export function plain6(p: usize, size: u32): bool {
  const a = load<u64>(p), src = load<u64>(p, IP6.SRC), dst = load<u64>(p, IP6.DST);
  if ((<u32>a & 0xf0) != 0x60) return false;
  if (<u32>bswap<u16>(<u16>(a >> 32)) + IP6.LEN != size) return false;
  if (isExtension(<u32>(a >> 48) & 0xff)) return false;
  if (src == 0) return false;
  if (dst == 0) return false;
  if ((<u32>src & 0xff) >= 0xfe) return false;
  return (<u32>dst & 0xff) < 0xfe;
}

/** Whether a packet of `wire` bytes leaves by a neighbour without more ado, through a port that repairs nothing. */
// @ts-ignore: decorator
@inline
export function endsAt(hop: usize, ports: usize, wire: u32): bool {
  if (!isPlainHop(hop)) return false;
  if (wire > <u32>load<u16>(hop, Hop.MTU) + ETH.LEN) return false;
  return !(load<u8>(ports + <u32>load<u16>(hop, Hop.PORT) * Port.SIZEOF, Port.FLAGS) & PortFlag.FIX_CHECKSUMS);
}
