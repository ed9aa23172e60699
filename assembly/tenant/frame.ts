// frame.ts -- the IP packet in a bridged frame, as far as policies look into it.

import { Drop } from "../abi/drop";
import { be16, data, drop, dropShort, len, wireLen } from "../lib/packet";
import { isTag } from "../lib/vlan";
import { ARP } from "../wire/arp";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { IP4 } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { VLAN } from "../wire/vlan";
import { isDiscovery6 } from "./rule_key";

/** ipInBridged: the frame has none, or one that links need for themselves; it was dropped. */
export const NO_PACKET: u32 = 0, DROPPED: u32 = 1;
/** Bit of what ipInBridged gives: the offset is that of an ARP packet between IPv4 hosts. */
export const IS_ARP: u32 = 0x80000000;

/**
 * Offset of the IP packet in the frame at DATA, behind up to two tags. Frames
 * that are not IP and neighbour discovery are links' own business.
 * @returns NO_PACKET; with IS_ARP that of an ARP packet; DROPPED, when what says to be IP cannot be read as such
 */
export function ipInBridged(d: usize): u32 {
  const p = data(d), n = len(d);
  let l3: u32 = ETH.LEN;
  if (n < l3) return NO_PACKET; // the bridge says so
  for (let tags = 0; tags < 2 && isTag(be16(p + l3 - 2)); tags++) {
    l3 += VLAN.LEN;
    if (n < l3) return short(d, l3);
  }
  const type = be16(p + l3 - 2);
  if (type == <u32>ETHERTYPE.IPV4) return four(d, p + l3, l3);
  if (type == <u32>ETHERTYPE.ARP) return n < l3 + ARP.LEN ? NO_PACKET : l3 | IS_ARP;
  if (type != <u32>ETHERTYPE.IPV6) return NO_PACKET;
  if (n < l3 + IP6.LEN) return short(d, l3 + IP6.LEN);
  if (load<u8>(p + l3) >> 4 != 6) return refuse(d, Drop.IP6_VERSION);
  return isDiscovery6(p + l3, n - l3) ? NO_PACKET : l3;
}

function four(d: usize, p: usize, l3: u32): u32 {
  if (len(d) < l3 + IP4.LEN) return short(d, l3 + IP4.LEN);
  if (load<u8>(p) >> 4 != 4) return refuse(d, Drop.IP4_VERSION);
  const header = (<u32>load<u8>(p) & 15) << 2;
  if (header < <u32>IP4.LEN || header > wireLen(d) - l3) return refuse(d, Drop.IP4_HEADER_LENGTH);
  return len(d) < l3 + header ? short(d, l3 + header) : l3;
}

function short(d: usize, need: u32): u32 {
  dropShort(d, need);
  return DROPPED;
}

function refuse(d: usize, why: Drop): u32 {
  drop(d, why);
  return DROPPED;
}
