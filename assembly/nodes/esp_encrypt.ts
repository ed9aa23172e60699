// esp_encrypt.ts -- node: a packet enters an IPsec tunnel.
//
// RFC 4303 (ESP, tunnel mode), RFC 4106 (AES-GCM), RFC 3948 (in UDP), and
// draft-xu-ipsecme-esp-in-udp-lb: the source port is the inner flow's, so that
// the underlay spreads one tunnel over its paths. TTL or hop limit go down one
// here, and what does not fit is answered or cut; the host does the rest
// (src/switch/esp_host.ts): AES-GCM of Node's is many times faster than any
// that a kernel could have without the processor's instructions.
//
//   in   | anything, L3 bytes | IPv4 or IPv6
//   out  | IPv4 or IPv6, held for the host
//
// cfg    Packet.HIT: Hop; AUX: Esp; MTU: of what is inside
// edges  1 ip4_lookup, 2 ip6_lookup (ICMP), 3 ip4_fragment (TTL done)
// sets   DATA, LEN, ORIG, L3, HIT (the Esp), FLOW

import { Drop } from "../abi/drop";
import { Hop } from "../abi/hop";
import { Packet } from "../abi/packet";
import { flowIp } from "../lib/flow";
import { toHost } from "../lib/host_queue";
import { at, data, drop, forward, len, strip, wireLen } from "../lib/packet";
import { hop4, source4 } from "../originate/hop4";
import { hop6, source6 } from "../originate/hop6";
import { IP6_MTU_MIN } from "../wire/ip6";

const ICMP4 = 1, ICMP6 = 2, FRAGMENT = 3;

export function esp_encrypt(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), l3 = <u32>load<u16>(d, Packet.L3), mtu = <u32>load<u16>(hop, Hop.MTU);
    if (load<u8>(data(d) + l3) >> 4 == 4) {
      if (!hop4(sw, d, mtu, ICMP4) || !source4(sw, d, 0)) continue;
      if (wireLen(d) - l3 > mtu) {
        forward(d, FRAGMENT);
        continue;
      }
    } else if (!hop6(sw, d, max<u32>(mtu, IP6_MTU_MIN), ICMP6) || !source6(sw, d, 0)) continue;
    if (len(d) < wireLen(d)) {
      drop(d, Drop.SNAP_CUT);
      continue;
    }
    flowIp(sw, d);
    strip(d, l3);
    store<u16>(d, 0, Packet.L3);
    store<u32>(d, load<u32>(hop, Hop.AUX), Packet.HIT);
    toHost(sw, d);
  }
}
