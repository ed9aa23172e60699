// icmp6.ts -- ICMPv6 messages that the switch sends of its own accord.
//
// RFC 4443 section 2.2 (source), 2.4 (when, how much is quoted, rate) and 3
// (the messages). Of a packet that was for the switch itself the message takes
// the address it was sent to; else the source is filled in by ip6_rewrite,
// once the interface it leaves by is known. Linux also gives its messages a
// flow label; ours have none, as RFC 6437 section 3 allows.

import { Drop } from "../abi/drop";
import { HopKind } from "../abi/hop";
import { Packet, PacketFlag } from "../abi/packet";
import { Switch } from "../abi/switch";
import { copy6, isLinkLocal6, isMulticast6, isUnspecified6 } from "../lib/address6";
import { checksumPseudo6, checksumTransport } from "../lib/checksum";
import { emit } from "../lib/emit";
import { CHAIN_CUT, upper6 } from "../lib/ext6";
import { data, drop, len, put16, put32 } from "../lib/packet";
import { meter_take } from "../tables/meter";
import { ICMP6, ICMP6_PARAMETER, ICMP6_TYPE } from "../wire/icmp6";
import { ICMP_EXT_QUOTE_MIN } from "../wire/icmp_ext";
import { IP_PROTOCOL } from "../wire/ip";
import { IP6, IP6_MTU_MIN } from "../wire/ip6";
import { labelStackExtension, labelStackSize } from "./label_stack";
import { causedBy } from "./message";

const HOP_LIMIT: u8 = 64;

/**
 * Drop `d` for `reason` and tell its sender, where RFC 4443 section 2.4 and
 * the rate allow it. Precondition: ip6_input passed the packet and it is
 * unchanged since.
 * @param rest second word of the message, host order: pointer, MTU, or 0
 * @param edge the node's edge to ip6_lookup
 */
export function icmp6Error(sw: usize, d: usize, reason: Drop, type: ICMP6_TYPE, code: u32, rest: u32, edge: u32): void {
  drop(d, reason);
  icmp6Report(sw, d, type, code, rest, 0, 0, edge);
}

/**
 * The message of icmp6Error alone, with a label stack behind the quoted packet
 * where there is one (RFC 4884, RFC 4950: unreachable and time exceeded only).
 * @param stack  address of the label stack that the packet came with
 * @param labels its bytes; 0: none
 */
export function icmp6Report(sw: usize, d: usize, type: ICMP6_TYPE, code: u32, rest: u32, stack: usize, labels: u32, edge: u32): void {
  if (!mayReport(d, type, code)) return;
  if (!meter_take(<usize>load<u32>(sw, Switch.ICMP_METER), load<i64>(sw, Switch.NOW), 1)) {
    store<u64>(sw, load<u64>(sw, Switch.ICMP_SUPPRESSED) + 1, Switch.ICMP_SUPPRESSED);
    return;
  }
  const l3 = <u32>load<u16>(d, Packet.L3), cause = data(d) + l3;
  const room = labels ? <u32>ICMP_EXT_QUOTE_MIN : IP6_MTU_MIN - IP6.LEN - ICMP6.LEN;
  const quote = min<u32>(len(d) - l3, room), size = ICMP6.LEN + (labels ? room + labelStackSize(labels) : quote);
  const e = icmp6Message(sw, d, size, cause + IP6.SRC);
  if (!e) return;
  const p = data(e), m = p + IP6.LEN;
  store<u8>(m, type, ICMP6.TYPE);
  store<u8>(m, code, ICMP6.CODE);
  put32(m + ICMP6.REST, rest);
  memory.copy(m + ICMP6.LEN, cause, quote);
  if (labels) {
    store<u8>(m, ICMP_EXT_QUOTE_MIN >> 3, ICMP6.LENGTH);
    labelStackExtension(m + ICMP6.LEN + ICMP_EXT_QUOTE_MIN, stack, labels);
  }
  if (wasForUs(d)) {
    copy6(p + IP6.SRC, cause + IP6.DST);
    store<u8>(e, PacketFlag.ORIGINATED, Packet.FLAGS);
  }
  icmp6Checksum(p, m, size);
  emit(sw, e, edge);
}

/** Whether an error about the packet is allowed: RFC 4443 section 2.4 (e). */
function mayReport(d: usize, type: ICMP6_TYPE, code: u32): bool {
  const flags = load<u8>(d, Packet.FLAGS), l3 = <u32>load<u16>(d, Packet.L3), p = data(d) + l3;
  if (flags & PacketFlag.ORIGINATED) return false;
  // Path MTU discovery works for groups too, and options may ask for an answer (RFC 8200 section 4.2).
  const always = type == ICMP6_TYPE.PACKET_TOO_BIG || (type == ICMP6_TYPE.PARAMETER_PROBLEM && code == <u32>ICMP6_PARAMETER.OPTION);
  if (!always && (flags & PacketFlag.GROUP || isMulticast6(p + IP6.DST))) return false;
  if (isUnspecified6(p + IP6.SRC) || isMulticast6(p + IP6.SRC)) return false;
  return !maybeError(p, len(d) - l3);
}

/** Whether the packet is, or may be, an ICMPv6 error or redirect; a later fragment hides what it is. */
function maybeError(p: usize, end: u32): bool {
  const upper = upper6(p, end);
  if (upper == CHAIN_CUT) return true;
  const header = upper & 255, m = upper >> 8;
  if (header == <u32>IP_PROTOCOL.FRAGMENT) return m + 1 > end || load<u8>(p + m) == IP_PROTOCOL.ICMPV6;
  if (header != <u32>IP_PROTOCOL.ICMPV6) return false;
  if (m + 1 > end) return true;
  const type = <u32>load<u8>(p + m, ICMP6.TYPE);
  return type < <u32>ICMP6_TYPE.ECHO_REQUEST || type == <u32>ICMP6_TYPE.REDIRECT;
}

/** Whether the packet's destination is an address of the switch: a LOCAL hop, or link-local, which goes no further. */
function wasForUs(d: usize): bool {
  const p = data(d) + <usize>load<u16>(d, Packet.L3), hit = <usize>load<u32>(d, Packet.HIT);
  return isLinkLocal6(p + IP6.DST) || (hit != 0 && load<u8>(hit) == HopKind.LOCAL && !isMulticast6(p + IP6.DST));
}

/**
 * A fresh IPv6 packet for `n` bytes of ICMPv6 towards the address at `to`,
 * caused by `d`; L3 is 0, header done but for the source. The ICMPv6 bytes are
 * zero: fill them, then call icmp6Checksum. @returns 0 when no buffer is free:
 * the message is suppressed, the cause is dropped all the same
 */
export function icmp6Message(sw: usize, d: usize, n: u32, to: usize): usize {
  const e = causedBy(sw, d, IP6.LEN, n);
  if (!e) return 0;
  const p = data(e);
  store<u8>(p, 0x60, IP6.VERSION_CLASS_FLOW);
  put16(p + IP6.PAYLOAD_LENGTH, n);
  store<u8>(p, IP_PROTOCOL.ICMPV6, IP6.NEXT_HEADER);
  store<u8>(p, HOP_LIMIT, IP6.HOP_LIMIT);
  copy6(p + IP6.DST, to);
  return e;
}

/** Set the checksum of `n` bytes of ICMPv6 at `m` in the packet at `p`. A source that comes later is added to it then. */
export function icmp6Checksum(p: usize, m: usize, n: u32): void {
  const pseudo = checksumPseudo6(p + IP6.SRC, p + IP6.DST, IP_PROTOCOL.ICMPV6, n);
  store<u16>(m, <u16>checksumTransport(pseudo, m, n, ICMP6.CHECKSUM), ICMP6.CHECKSUM);
}
