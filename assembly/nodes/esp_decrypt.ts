// esp_decrypt.ts -- node: a UDP datagram of an IPsec tunnel.
//
// RFC 3948 section 2: ESP begins with an SPI that is not zero; four zero octets
// are IKE, which nobody here speaks, and one 0xff keeps a NAT's mapping alive.
// The source port says nothing (draft-xu-ipsecme-esp-in-udp-lb): an SA is found
// by its SPI. The host opens the packet (src/switch/esp_host.ts).
//
//   in   | anything, L4 bytes | UDP | ESP
//   out  the same, held for the host
//
// cfg    Packet.HIT: Esp
// edges  none
// sets   nothing

import { Drop } from "../abi/drop";
import { Packet } from "../abi/packet";
import { toHost } from "../lib/host_queue";
import { at, consume, data, drop, len, wireLen } from "../lib/packet";
import { UDP } from "../wire/udp";
import { ESP } from "../wire/ipsec";

/** Octet that a NAT keepalive is made of, RFC 3948 section 2.3. */
const KEEPALIVE: u32 = 0xff;

export function esp_decrypt(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), from = <u32>load<u16>(d, Packet.L4) + UDP.LEN, size = wireLen(d) - from, p = data(d) + from;
    if (len(d) < wireLen(d)) drop(d, Drop.SNAP_CUT);
    else if (size == 1 && load<u8>(p) == KEEPALIVE) consume(d);
    else if (size < <u32>ESP.LEN) drop(d, Drop.ESP_MALFORMED);
    else if (!load<u32>(p)) drop(d, Drop.PORT_UNREACHABLE);
    else toHost(sw, d);
  }
}
