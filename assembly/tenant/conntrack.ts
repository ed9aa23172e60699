// conntrack.ts -- stateful rules: the packets of a flow that a rule allowed
// pass, both ways, and with them the ICMP errors about it (RFC 792, RFC 4443).
//
//            first packet         other way           either way
//   TCP      SYN: SYN_SENT  ->  SYN, ACK: SYN_RECEIVED  -> ACK: ESTABLISHED
//            else ESTABLISHED     FIN of one: FIN_WAIT, of both: TIME_WAIT; RST: CLOSED
//   UDP      UDP            ->  UDP_STREAM
//
// Sequence numbers are not looked at. A SYN after TIME_WAIT or CLOSED begins a
// new flow, if the rules allow it. Of ICMP only echoes are flows, each
// identifier one. Fragments are none: what they hold is not known, so rules
// decide on each. A rule that has expired takes its flows along.

import { Conntrack, TrackedFlow, TrackState } from "../abi/conntrack";
import { Rule } from "../abi/policy";
import { flowKey, flowKeyHash, FlowSeen, Tuple } from "../lib/flow_key";
import { be16 } from "../lib/packet";
import { CHAIN_CUT, extension6, upper6 } from "../lib/ext6";
import { FlowEntry, flows_add, flows_del, flows_get, flows_hash } from "../tables/flow_table";
import { ICMP4, ICMP4_TYPE } from "../wire/icmp4";
import { ICMP6_TYPE } from "../wire/icmp6";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT } from "../wire/ip4";
import { IP6 } from "../wire/ip6";
import { TCP_FLAG } from "../wire/tcp";

/** Word of a key that holds the ports. */
const PORTS: usize = 32;
/** trackKey: the packet is of no flow; it is an ICMP error, the key is that of the packet in it. */
const UNTRACKED: u32 = 0xffffffff, RELATED: u32 = 0xfffffffe;
/** FlowSeen bits, then what the rest of a packet says: it is ICMP; not TCP, UDP or ICMP. */
const ICMP: u32 = 0x10000, OTHER: u32 = 0x20000;

/**
 * The rule whose flow the IP packet at `p` is of, having brought the flow's
 * state up to date; 0 when it is of none.
 * @param have bytes from `p` that are the packet's and can be read
 * @param zone whose flows
 * @param key  64 bytes for its key
 */
export function tracked(track: usize, p: usize, have: u32, zone: u32, key: usize, now: i64): u32 {
  const seen = trackKey(p, have, zone, key), table = <usize>load<u32>(track, Conntrack.TABLE);
  if (seen == UNTRACKED) return 0;
  const flow = flows_get(table, key, flows_hash(table, key, flowKeyHash(key)), now);
  if (!flow) return 0;
  const rule = load<u32>(flow, TrackedFlow.RULE), over = now >= load<i64>(rule, Rule.EXPIRES);
  if (seen == RELATED) return over ? 0 : rule;
  if (over || restarts(flow, seen)) {
    flows_del(table, flow);
    return 0;
  }
  step(flow, seen);
  expire(track, flow, now);
  return rule;
}

/** A packet that `rule` allowed begins a flow, if it can. */
export function begin(track: usize, p: usize, have: u32, zone: u32, key: usize, now: i64, rule: u32): void {
  const seen = trackKey(p, have, zone, key), table = <usize>load<u32>(track, Conntrack.TABLE);
  if (seen == UNTRACKED || seen == RELATED) return;
  const flow = flows_add(table, key, flows_hash(table, key, flowKeyHash(key)), now, now + 1);
  store<u32>(flow, rule, TrackedFlow.RULE);
  store<u8>(flow, seen & FlowSeen.REVERSE, TrackedFlow.ORIGIN);
  store<u8>(flow, first(seen), TrackedFlow.STATE);
  expire(track, flow, now);
}

function expire(track: usize, flow: usize, now: i64): void {
  store<i64>(flow, now + load<i64>(track + (<usize>load<u8>(flow, TrackedFlow.STATE) << 3), Conntrack.TIMEOUTS), FlowEntry.EXPIRES);
}

function flagsOf(seen: u32): u32 {
  return (seen >> FlowSeen.FLAGS_SHIFT) & 0xff;
}

/** State of a flow that begins with such a packet. */
function first(seen: u32): TrackState {
  if (seen & ICMP) return TrackState.ICMP;
  if (seen & OTHER) return TrackState.OTHER;
  if (!(seen & FlowSeen.TCP)) return TrackState.UDP;
  const flags = flagsOf(seen);
  if (flags & TCP_FLAG.RST) return TrackState.CLOSED;
  if (flags & TCP_FLAG.SYN) return flags & TCP_FLAG.ACK ? TrackState.SYN_RECEIVED : TrackState.SYN_SENT;
  return flags & TCP_FLAG.FIN ? TrackState.FIN_WAIT : TrackState.ESTABLISHED; // it began before we looked
}

/** Whether a packet begins a connection where an earlier one ended. */
function restarts(flow: usize, seen: u32): bool {
  const state = <u32>load<u8>(flow, TrackedFlow.STATE);
  return (state == <u32>TrackState.TIME_WAIT || state == <u32>TrackState.CLOSED) && (seen & FlowSeen.TCP) != 0 && (flagsOf(seen) & (TCP_FLAG.SYN | TCP_FLAG.ACK | TCP_FLAG.RST)) == <u32>TCP_FLAG.SYN;
}

function step(flow: usize, seen: u32): void {
  const back = (seen & FlowSeen.REVERSE) != <u32>load<u8>(flow, TrackedFlow.ORIGIN), state = <u32>load<u8>(flow, TrackedFlow.STATE);
  if (seen & FlowSeen.TCP) store<u8>(flow, stepTcp(flow, flagsOf(seen), back, state), TrackedFlow.STATE);
  else if (back && state == <u32>TrackState.UDP) store<u8>(flow, TrackState.UDP_STREAM, TrackedFlow.STATE);
}

function stepTcp(flow: usize, flags: u32, back: bool, state: u32): u32 {
  if (flags & TCP_FLAG.RST) return TrackState.CLOSED;
  if (flags & TCP_FLAG.FIN) {
    const fins = <u32>load<u8>(flow, TrackedFlow.FINS) | (back ? 2 : 1);
    store<u8>(flow, fins, TrackedFlow.FINS);
    return fins == 3 ? TrackState.TIME_WAIT : TrackState.FIN_WAIT;
  }
  if (state == <u32>TrackState.SYN_SENT && back && flags & TCP_FLAG.SYN) return TrackState.SYN_RECEIVED;
  return state == <u32>TrackState.SYN_RECEIVED && !back && (flags & (TCP_FLAG.SYN | TCP_FLAG.ACK)) == <u32>TCP_FLAG.ACK ? TrackState.ESTABLISHED : state;
}

/** Write the key of a packet's flow; of an ICMP error that of the packet in it. @returns FlowSeen bits and ICMP or OTHER; UNTRACKED; RELATED */
function trackKey(p: usize, have: u32, zone: u32, key: usize): u32 {
  const six = load<u8>(p) >> 4 == 6, upper = transport(p, have, six), protocol = upper & 255, at = upper >> 8;
  if (upper == CHAIN_CUT) return UNTRACKED;
  if (protocol != <u32>(six ? IP_PROTOCOL.ICMPV6 : IP_PROTOCOL.ICMP)) {
    const seen = flowKey(p, have, key, Tuple.PORTS, zone);
    if (seen & FlowSeen.PORTS) return seen;
    return seen & FlowSeen.TCP ? UNTRACKED : seen | OTHER;
  }
  if (at + ECHO > have) return UNTRACKED;
  const type = <u32>load<u8>(p + at);
  if (isEcho(type, six)) {
    const seen = flowKey(p, have, key, Tuple.PROTOCOL, zone), id = <u32>load<u16>(p + at, ICMP4.REST);
    store<u32>(key, id | (id << 16), PORTS);
    return seen | ICMP;
  }
  return isError(type, six) ? related(p + at + ERROR, have - at - ERROR, six, zone, key) : UNTRACKED;
}

/** Bytes of an ICMP header with identifier; those before the packet that an error is about. */
const ECHO: u32 = 8, ERROR: u32 = 8;

function isEcho(type: u32, six: bool): bool {
  return six ? type == <u32>ICMP6_TYPE.ECHO_REQUEST || type == <u32>ICMP6_TYPE.ECHO_REPLY : type == <u32>ICMP4_TYPE.ECHO || type == <u32>ICMP4_TYPE.ECHO_REPLY;
}

function isError(type: u32, six: bool): bool {
  if (six) return type >= <u32>ICMP6_TYPE.DEST_UNREACHABLE && type <= <u32>ICMP6_TYPE.PARAMETER_PROBLEM;
  return type == <u32>ICMP4_TYPE.DEST_UNREACHABLE || type == <u32>ICMP4_TYPE.TIME_EXCEEDED || type == <u32>ICMP4_TYPE.PARAMETER_PROBLEM;
}

/** Key of the packet that an ICMP error is about; UNTRACKED when that is no flow either. */
function related(p: usize, have: u32, six: bool, zone: u32, key: usize): u32 {
  const least = six ? <u32>IP6.LEN : <u32>IP4.LEN;
  if (have < least || <u32>load<u8>(p) >> 4 != (six ? 6 : 4)) return UNTRACKED;
  const upper = transport(p, have, six);
  if (upper == CHAIN_CUT) return UNTRACKED;
  const icmp = (upper & 255) == <u32>(six ? IP_PROTOCOL.ICMPV6 : IP_PROTOCOL.ICMP);
  // An error about an error is none (RFC 1122 section 3.2.2).
  if (icmp && ((upper >> 8) + ECHO > have || !isEcho(load<u8>(p + (upper >> 8)), six))) return UNTRACKED;
  return trackKey(p, have, zone, key) == UNTRACKED ? UNTRACKED : RELATED;
}

/** Offset of the transport header << 8 | protocol; CHAIN_CUT for fragments and what cannot be read. */
function transport(p: usize, have: u32, six: bool): u32 {
  if (six) return extension6(p, have, IP_PROTOCOL.FRAGMENT) ? CHAIN_CUT : upper6(p, have);
  const header = (<u32>load<u8>(p) & 15) << 2;
  if (header < <u32>IP4.LEN || header > have || be16(p + IP4.FLAGS_OFFSET) & (IP4_FRAGMENT.MF | IP4_FRAGMENT.OFFSET)) return CHAIN_CUT;
  return (header << 8) | <u32>load<u8>(p, IP4.PROTOCOL);
}
