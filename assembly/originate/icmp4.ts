// icmp4.ts -- ICMP messages that the switch sends of its own accord.
//
// RFC 792; RFC 1812 section 4.3.2 (when, source, TOS, how much is quoted,
// rate), RFC 1191 (MTU in code 4). The source address is filled in by
// ip4_rewrite, once the interface it leaves by is known (4.3.2.4).
//
// Linux differs in two fields. It repeats the TOS bits of the packet at fault,
// as RFC 1812 section 4.3.2.5 had it; since RFC 2474 these are part of the
// DSCP, where CS6 with other bits set means nothing, and of ECN, which ICMP
// does not do (RFC 3168 section 6). And it numbers its messages; ours cannot
// be cut, so that they need no number (RFC 6864 section 4).

import { Drop } from "../abi/drop";
import { Packet, PacketFlag } from "../abi/packet";
import { Switch } from "../abi/switch";
import { checksum } from "../lib/checksum";
import { emit } from "../lib/emit";
import { data, drop, len, put16, put32 } from "../lib/packet";
import { meter_take } from "../tables/meter";
import { ICMP4, ICMP4_TYPE } from "../wire/icmp4";
import { ICMP_EXT_QUOTE_MIN } from "../wire/icmp_ext";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT, IP4_VERSION_IHL_PLAIN } from "../wire/ip4";
import { labelStackExtension, labelStackSize } from "./label_stack";
import { causedBy } from "./message";

/** An error datagram is at most this long (RFC 1812 section 4.3.2.3). */
const ERROR_MAX: u32 = 576;
/** Precedence INTERNETWORK CONTROL (RFC 1812 section 4.3.2.5). */
const TOS: u8 = 0xc0;
const TTL: u8 = 64;

/**
 * Drop `d` for `reason` and tell its sender, where RFC 1812 section 4.3.2.7
 * and the rate allow it. Precondition: ip4_input passed the packet and it is
 * unchanged since.
 * @param rest second word of the message, host order: pointer << 24, MTU, or 0
 * @param edge the node's edge to ip4_lookup
 */
export function icmp4Error(sw: usize, d: usize, reason: Drop, type: ICMP4_TYPE, code: u32, rest: u32, edge: u32): void {
  drop(d, reason);
  icmp4Report(sw, d, type, code, rest, 0, 0, edge);
}

/**
 * The message of icmp4Error alone, with a label stack behind the quoted
 * datagram where there is one (RFC 4884, RFC 4950).
 * @param stack  address of the label stack that the packet came with
 * @param labels its bytes; 0: none
 */
export function icmp4Report(sw: usize, d: usize, type: ICMP4_TYPE, code: u32, rest: u32, stack: usize, labels: u32, edge: u32): void {
  if (!mayReport(d)) return;
  if (!meter_take(<usize>load<u32>(sw, Switch.ICMP_METER), load<i64>(sw, Switch.NOW), 1)) {
    store<u64>(sw, load<u64>(sw, Switch.ICMP_SUPPRESSED) + 1, Switch.ICMP_SUPPRESSED);
    return;
  }
  const l3 = <u32>load<u16>(d, Packet.L3), room = labels ? <u32>ICMP_EXT_QUOTE_MIN : ERROR_MAX - IP4.LEN - ICMP4.LEN;
  const quote = min<u32>(len(d) - l3, room), size = ICMP4.LEN + (labels ? room + labelStackSize(labels) : quote);
  const e = icmp4Message(sw, d, size, load<u32>(data(d) + l3, IP4.SRC));
  if (!e) return;
  const m = data(e) + IP4.LEN;
  store<u8>(m, type, ICMP4.TYPE);
  store<u8>(m, code, ICMP4.CODE);
  put32(m + ICMP4.REST, rest);
  memory.copy(m + ICMP4.LEN, data(d) + l3, quote);
  if (labels) {
    store<u8>(m, ICMP_EXT_QUOTE_MIN >> 2, ICMP4.LENGTH);
    labelStackExtension(m + ICMP4.LEN + ICMP_EXT_QUOTE_MIN, stack, labels);
  }
  store<u16>(m, <u16>checksum(m, size), ICMP4.CHECKSUM);
  emit(sw, e, edge);
}

/** Never about an error, a later fragment, a group frame, a packet to a group or one of ours. Group sources never got here. */
function mayReport(d: usize): bool {
  if (load<u8>(d, Packet.FLAGS) & (PacketFlag.GROUP | PacketFlag.ORIGINATED)) return false;
  const p = data(d) + <usize>load<u16>(d, Packet.L3);
  if (load<u8>(p, IP4.DST) >> 4 == 14) return false; // 224.0.0.0/4
  if (load<u16>(p, IP4.FLAGS_OFFSET) & bswap<u16>(<u16>IP4_FRAGMENT.OFFSET)) return false;
  if (load<u8>(p, IP4.PROTOCOL) != IP_PROTOCOL.ICMP) return true;
  const l4 = <u32>load<u16>(d, Packet.L4);
  if (len(d) <= l4) return false; // a type that cannot be read may be an error
  const type = load<u8>(data(d) + l4, ICMP4.TYPE);
  return type == ICMP4_TYPE.ECHO || type == ICMP4_TYPE.ECHO_REPLY || type == ICMP4_TYPE.TIMESTAMP || type == ICMP4_TYPE.TIMESTAMP_REPLY;
}

/**
 * A fresh IPv4 datagram for `n` bytes of ICMP towards `to` (network order),
 * caused by `d`; L3 is 0, header done but for source and its checksum share.
 * The ICMP bytes are zero. @returns 0 when no buffer is free: the message is
 * suppressed, the cause is dropped all the same
 */
export function icmp4Message(sw: usize, d: usize, n: u32, to: u32): usize {
  const e = causedBy(sw, d, IP4.LEN, n);
  if (!e) return 0;
  const p = data(e);
  store<u8>(p, IP4_VERSION_IHL_PLAIN, IP4.VERSION_IHL);
  store<u8>(p, TOS, IP4.TOS);
  put16(p + IP4.TOTAL_LENGTH, IP4.LEN + n);
  store<u16>(p, bswap<u16>(<u16>IP4_FRAGMENT.DF), IP4.FLAGS_OFFSET);
  store<u8>(p, TTL, IP4.TTL);
  store<u8>(p, IP_PROTOCOL.ICMP, IP4.PROTOCOL);
  store<u32>(p, to, IP4.DST);
  store<u16>(p, <u16>checksum(p, IP4.LEN), IP4.CHECKSUM);
  return e;
}
