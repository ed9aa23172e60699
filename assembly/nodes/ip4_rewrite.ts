// ip4_rewrite.ts -- node: last step of an IPv4 packet towards a neighbour.
//
// RFC 1812 sections 5.3.1 (TTL) and 4.3.2.4 (source of our own ICMP), RFC 1624
// (incremental checksum), RFC 1191 (don't fragment). Packets made here keep
// their TTL.
//
//   in   | anything, L3 bytes | IPv4 | payload
//   out  | Hop.REWRITE        | IPv4 | payload     TTL one less
//
// cfg    Packet.HIT: Hop
// edges  1 port_tx, 2 bridge_forward (the hop's interface belongs to a bridge),
//        3 ip4_fragment (too long, may be cut; TTL done), 4 ip4_lookup (ICMP)
// sets   DATA, LEN, ORIG, L3, TX_PORT, IFACE

import { Drop, Hop, HopKind, Iface, Packet, PacketFlag } from "../abi";
import { checksumUpdate16, checksumUpdate32 } from "../lib/checksum";
import { at, data, forward, wireLen } from "../lib/packet";
import { rewrite } from "../lib/rewrite";
import { icmp4Error } from "../originate/icmp4";
import { ICMP4_TIME_EXCEEDED, ICMP4_TYPE, ICMP4_UNREACHABLE } from "../wire/icmp4";
import { IP4, IP4_FRAGMENT } from "../wire/ip4";

const PORT_TX = 1, BRIDGE_FORWARD = 2, FRAGMENT = 3, ICMP = 4;

export function ip4_rewrite(vec: usize, n: u32, sw: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const d = at(vec, i), hop = <usize>load<u32>(d, Packet.HIT), l3 = <u32>load<u16>(d, Packet.L3);
    const p = data(d) + l3, flags = load<u8>(d, Packet.FLAGS), ttl = load<u8>(p, IP4.TTL);
    const long = wireLen(d) - l3 > <u32>load<u16>(hop, Hop.MTU);
    if (!(flags & PacketFlag.ORIGINATED) && ttl <= 1) {
      icmp4Error(sw, d, Drop.TTL_EXCEEDED, ICMP4_TYPE.TIME_EXCEEDED, ICMP4_TIME_EXCEEDED.TRANSIT, 0, ICMP);
      continue;
    }
    if (long && load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>IP4_FRAGMENT.DF)) {
      icmp4Error(sw, d, Drop.FRAGMENTATION_NEEDED, ICMP4_TYPE.DEST_UNREACHABLE, ICMP4_UNREACHABLE.FRAGMENTATION_NEEDED, load<u16>(hop, Hop.MTU), ICMP);
      continue;
    }
    if (flags & PacketFlag.ORIGINATED) {
      if (flags & PacketFlag.NO_SOURCE) fillSource(d, p, load<u32>(load<u32>(hop, Hop.IFACE), Iface.IP4));
    } else {
      // TTL and protocol share a word of the header: its first byte drops by one.
      const before = load<u16>(p, IP4.TTL);
      store<u8>(p, ttl - 1, IP4.TTL);
      store<u16>(p, <u16>checksumUpdate16(load<u16>(p, IP4.CHECKSUM), before, load<u16>(p, IP4.TTL)), IP4.CHECKSUM);
    }
    if (long) {
      forward(d, FRAGMENT);
      continue;
    }
    if (rewrite(d, hop)) forward(d, load<u8>(hop) == HopKind.BRIDGE ? BRIDGE_FORWARD : PORT_TX);
  }
}

/** Put the address of the interface it leaves by (network order) into a packet of ours. */
function fillSource(d: usize, p: usize, address: u32): void {
  store<u32>(p, address, IP4.SRC);
  store<u16>(p, <u16>checksumUpdate32(load<u16>(p, IP4.CHECKSUM), 0, address), IP4.CHECKSUM);
  store<u8>(d, load<u8>(d, Packet.FLAGS) & ~PacketFlag.NO_SOURCE, Packet.FLAGS);
}
