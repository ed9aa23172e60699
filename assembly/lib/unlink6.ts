// unlink6.ts -- take a routing header out of an IPv6 packet.

import { Packet } from "../abi/packet";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6, IP6_EXT } from "../wire/ip6";
import { extensionLength } from "./ext6";
import { be16, data, put16, strip } from "./packet";

/**
 * Take the routing header at offset `o` of the IPv6 packet out of the chain of
 * headers: what is before it moves up. DATA, LEN, ORIG and L4 follow.
 * @param named offset of the octet that names it
 */
export function unlink(d: usize, o: u32, named: u32): void {
  const l3 = <u32>load<u16>(d, Packet.L3), l4 = <u32>load<u16>(d, Packet.L4), p = data(d) + l3, h = p + o;
  const size = extensionLength(IP_PROTOCOL.ROUTING, h);
  store<u8>(p + named, load<u8>(h, IP6_EXT.NEXT_HEADER));
  put16(p + IP6.PAYLOAD_LENGTH, be16(p + IP6.PAYLOAD_LENGTH) - size);
  memory.copy(data(d) + size, data(d), l3 + o);
  strip(d, size);
  if (l4 >= l3 + o + size) store<u16>(d, l4 - size, Packet.L4);
}
