// hop4.ts -- one forwarding step of an IPv4 packet: what every node does that
// sends one on, to a neighbour or into a tunnel.
//
// RFC 1812 section 5.3.1 (TTL), RFC 1191 (don't fragment), RFC 1624
// (incremental checksum), RFC 1812 section 4.3.2.4 (source of our own ICMP).
// Packets made here keep their TTL, and so do those on their way to a service
// whose proxy takes it down when they come back.

import { Drop } from "../abi/drop";
import { Packet, PacketFlag } from "../abi/packet";
import { Iface } from "../abi/port";
import { Switch } from "../abi/switch";
import { checksumUpdate32 } from "../lib/checksum";
import { data, drop, wireLen } from "../lib/packet";
import { ICMP4_TIME_EXCEEDED, ICMP4_TYPE, ICMP4_UNREACHABLE } from "../wire/icmp4";
import { IP4, IP4_FRAGMENT } from "../wire/ip4";
import { icmp4Error } from "./icmp4";

/**
 * TTL, protocol and checksum, as loaded, after one forwarding step. With
 * m' = m - 1 in its low byte RFC 1624 eqn 3 is HC' = HC + 1, carry brought
 * round. One load and one store: a byte stored and its word loaded again would
 * stall (13 -> 9 ns/packet). Precondition: TTL > 0.
 */
export function ttlStep(word: u32): u32 {
  const sum = (word >> 16) + 1;
  return ((word & 0xffff) - 1) | ((sum + u32(sum >= 0xffff)) << 16);
}

/**
 * Take one from the TTL. A packet whose TTL is done, or that is longer than
 * `mtu` and must not be cut, is dropped and answered instead. One that is
 * longer and may be cut passes: cutting it is the caller's choice.
 * Precondition: the packet is as it was received, for the answer quotes it.
 * @param mtu  bytes; 65535 for "any length"
 * @param edge the node's edge to ip4_lookup, for the ICMP message
 * @returns false when the packet was dropped
 */
export function hop4(sw: usize, d: usize, mtu: u32, edge: u32): bool {
  const l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3, ttl = load<u8>(p, IP4.TTL);
  const done = load<u8>(d, Packet.FLAGS) & (PacketFlag.ORIGINATED | PacketFlag.STEPPED);
  if (!done && ttl <= 1) {
    icmp4Error(sw, d, Drop.TTL_EXCEEDED, ICMP4_TYPE.TIME_EXCEEDED, ICMP4_TIME_EXCEEDED.TRANSIT, 0, edge);
    return false;
  }
  if (wireLen(d) - l3 > mtu && load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>IP4_FRAGMENT.DF)) {
    icmp4Error(sw, d, Drop.FRAGMENTATION_NEEDED, ICMP4_TYPE.DEST_UNREACHABLE, ICMP4_UNREACHABLE.FRAGMENTATION_NEEDED, mtu, edge);
    return false;
  }
  if (done) return true;
  store<u32>(p, ttlStep(load<u32>(p, IP4.TTL)), IP4.TTL);
  return true;
}

/**
 * Give a packet of ours that has none (PacketFlag.NO_SOURCE) a source address:
 * that of `iface`, which it leaves by, else the router-id.
 * @param iface an Iface; 0 where a tunnel hides it
 * @returns false when the switch has no IPv4 address at all: the packet was dropped
 */
export function source4(sw: usize, d: usize, iface: usize): bool {
  const flags = load<u8>(d, Packet.FLAGS);
  if (!(flags & PacketFlag.NO_SOURCE)) return true;
  let address = iface ? load<u32>(iface, Iface.IP4) : 0;
  if (!address) address = load<u32>(load<u32>(sw, Switch.IFACES), Iface.IP4);
  if (!address) {
    drop(d, Drop.MARTIAN_SOURCE);
    return false;
  }
  const p = data(d) + <usize>load<u16>(d, Packet.L3);
  store<u32>(p, address, IP4.SRC);
  store<u16>(p, <u16>checksumUpdate32(load<u16>(p, IP4.CHECKSUM), 0, address), IP4.CHECKSUM);
  store<u8>(d, flags & ~PacketFlag.NO_SOURCE, Packet.FLAGS);
  return true;
}
