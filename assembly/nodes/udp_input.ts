// udp_input.ts -- node: a UDP datagram for one of our own addresses.
//
// RFC 768 and RFC 1122 section 4.1.3 (ports nobody listens on are answered).
// A zero checksum says that the sender made none: over IPv6 only tunnels take
// that (RFC 8200 section 8.1, RFC 6935; RFC 7348 section 5 for VXLAN). What a
// capture cut off cannot be verified. Bytes behind the datagram are cut off.
//
//   in   | anything, L3 bytes | IPv4 or IPv6 | UDP | payload | [more]
//   out  | anything, L3 bytes | IPv4 or IPv6 | UDP | payload |
//
// cfg    Switch.UDP_LOCAL: Vtep
// edges  1 vxlan_decap, 2 ip4_lookup, 3 ip6_lookup (ICMP)
// sets   HIT, LEN, ORIG

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { Switch } from "../abi/switch";
import { isMulticast6, mapped4 } from "../lib/address6";
import { checksumPseudo4, checksumPseudo6, checksumVerify } from "../lib/checksum";
import { at, be16, data, drop, dropShort, forward, len, wireLen } from "../lib/packet";
import { icmp4Error } from "../originate/icmp4";
import { icmp6Error } from "../originate/icmp6";
import { exact160_get, MISS } from "../tables/exact160";
import { ICMP4_TYPE, ICMP4_UNREACHABLE } from "../wire/icmp4";
import { ICMP6_TYPE, ICMP6_UNREACHABLE } from "../wire/icmp6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4 } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { UDP } from "../wire/udp";

const ICMP4 = 2, ICMP6 = 3;

export function udp_input(vec: usize, n: u32, sw: usize): void {
  const locals = <usize>load<u32>(sw, Switch.UDP_LOCAL);
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), l4 = <u32>load<u16>(d, Packet.L4), end = wireLen(d);
    if (end < l4 + <u32>UDP.LEN) {
      drop(d, Drop.UDP_LENGTH);
      continue;
    }
    if (len(d) < l4 + <u32>UDP.LEN) {
      dropShort(d, l4 + UDP.LEN);
      continue;
    }
    const p = data(d) + <usize>load<u16>(d, Packet.L3), u = data(d) + l4, size = be16(u + UDP.LENGTH), six = load<u8>(p) >> 4 == 6;
    if (size < <u32>UDP.LEN || l4 + size > end) {
      drop(d, Drop.UDP_LENGTH);
      continue;
    }
    const zero = load<u16>(u, UDP.CHECKSUM) == 0;
    if (!zero && len(d) >= l4 + size && !checksumVerify(pseudo(p, six, size), u, size)) {
      drop(d, Drop.UDP_CHECKSUM);
      continue;
    }
    const vtep = locals ? find(locals, p, six, (be16(u + UDP.DST_PORT) << 16) | load<u32>(d, Packet.DOMAIN)) : MISS;
    if (vtep != MISS) {
      store<u32>(d, l4 + size, Packet.ORIG);
      if (len(d) > l4 + size) store<u32>(d, l4 + size, Packet.LEN);
      store<u32>(d, vtep, Packet.HIT);
      forward(d, load<u8>(vtep));
    } else if (!six) icmp4Error(sw, d, Drop.PORT_UNREACHABLE, ICMP4_TYPE.DEST_UNREACHABLE, ICMP4_UNREACHABLE.PORT, 0, ICMP4);
    else if (zero) drop(d, Drop.UDP_CHECKSUM);
    else if (isMulticast6(p + IP6.DST)) drop(d, Drop.PORT_UNREACHABLE);
    else icmp6Error(sw, d, Drop.PORT_UNREACHABLE, ICMP6_TYPE.DEST_UNREACHABLE, ICMP6_UNREACHABLE.PORT, 0, ICMP6);
  }
}

function pseudo(p: usize, six: bool, size: u32): u64 {
  return six ? checksumPseudo6(p + IP6.SRC, p + IP6.DST, IP_PROTOCOL.UDP, size) : checksumPseudo4(p + IP4.SRC, IP_PROTOCOL.UDP, size);
}

/** Who listens where the datagram at `p` goes, or MISS. */
function find(locals: usize, p: usize, six: bool, domain: u32): u32 {
  if (six) return exact160_get(locals, domain, load<u64>(p, IP6.DST), load<u64>(p, IP6.DST + 8));
  return exact160_get(locals, domain, 0, mapped4(load<u32>(p, IP4.DST)));
}
