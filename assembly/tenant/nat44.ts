// nat44.ts -- NAT44: many inside hosts behind few outside addresses (RFC 3022),
// with endpoint-independent mapping and filtering (RFC 4787 sections 4.1 and 5).
//
//   inside 10.0.0.9:1000  <->  outside 203.0.113.1:5120     whoever the other end is
//
// Which outside address and block of ports a host has is computed (RFC 7422):
// host number / HOSTS chooses the address, the rest the block. Within the block
// a mapping takes the first free port from the one that its inside port
// suggests. It has two entries in the flow table, by either end, refreshed by
// packets of both directions: TCP 2 h 4 min, and 4 min while it opens or closes
// (RFC 5382 section 5), UDP 5 min (RFC 4787 section 4.3), ICMP 60 s (RFC 5508
// section 3.2). Port forwards are there always and go first.
//
// A first fragment tells the later ones of its datagram where they belong; a
// later one that comes first is lost. No application is looked into.

import { Drop } from "../abi/drop";
import { Nat, NatForward, NatMapping, NatPool, NatTcp } from "../abi/nat";
import { Packet } from "../abi/packet";
import { hash128 } from "../lib/hash";
import { be16, be32, data, drop, len, wireLen } from "../lib/packet";
import { exact32_get } from "../tables/exact32";
import { exact64_get, MISS } from "../tables/exact64";
import { FlowEntry, flows_add, flows_del, flows_get, flows_hash } from "../tables/flow_table";
import { ICMP4, ICMP4_TYPE } from "../wire/icmp4";
import { IP_PROTOCOL } from "../wire/ip";
import { IP4, IP4_FRAGMENT } from "../wire/ip4";
import { TCP, TCP_FLAG } from "../wire/tcp";
import { UDP } from "../wire/udp";
import { setAddress4, setEnd4, setQuoted4 } from "./rewrite4";

/** Sides of a mapping, and fragments: what its entry in the flow table is found by. */
const INSIDE: u64 = 1, OUTSIDE: u64 = 2, FRAGMENT: u64 = 3;
/** How long a first fragment is remembered, picoseconds (RFC 791 section 3.2 suggests 15 s). */
const FRAGMENT_TIME: i64 = 15_000_000_000_000;
/** Which way a packet goes. */
export enum Way { OUT = 0, IN = 1 }
/** translate: the packet is nobody's; it was dropped; it is another packet now; it would be, and has no TTL left. */
export enum Translated { NO = 0, DROPPED = 1, YES = 2, TTL_DONE = 3 }

/** An end of a flow: address, port or identifier, protocol; where it stands; with an ICMP error, in the packet that it is about. */
enum End { ADDRESS = 0, PORT = 4, PROTOCOL = 8, FLAGS = 12, QUOTED = 16 }

/**
 * Give the IPv4 packet at `l3` its other source (OUT) or destination (IN).
 * Preconditions: ip4_input passed it; it is of the NAT's VRF.
 * @param scratch 128 bytes
 * @returns Translated.NO when no pool or forward is about it: OUT for other hosts; IN without a mapping
 */
export function translate(nat: usize, d: usize, l3: u32, way: Way, scratch: usize): Translated {
  const p = data(d) + l3, now = load<i64>(d, Packet.TIME), fragment = be16(p + IP4.FLAGS_OFFSET);
  if (fragment & IP4_FRAGMENT.OFFSET) return laterFragment(nat, d, p, way, scratch, now);
  const why = endOf(d, l3, way, scratch);
  if ((why == Drop.NAT_PROTOCOL || why == Drop.NAT_NO_MAPPING) && !mine(nat, p, way)) return Translated.NO;
  if (why) return refuse(d, why);
  const other = way == Way.OUT ? outward(nat, scratch, now) : inward(nat, scratch, now);
  if (other == NONE) return way == Way.OUT && poolOf(nat, load<u32>(scratch)) ? refuse(d, Drop.NAT_NO_MAPPING) : Translated.NO;
  // What the sender is told of must be what it sent.
  if (load<u8>(p, IP4.TTL) <= 1) return Translated.TTL_DONE;
  if (other == FULL) return refuse(d, Drop.NAT_NO_PORT);
  const address = <u32>(other >> 16), port = <u32>other & 0xffff;
  if (fragment & IP4_FRAGMENT.MF) remember(nat, p, address, scratch, now);
  const field: u32 = way == Way.OUT ? IP4.SRC : IP4.DST;
  if (load<u32>(scratch, End.QUOTED)) setQuoted4(p, load<u32>(scratch, End.QUOTED), len(d) - l3, field, address, port);
  else setEnd4(p, field, address, port);
  store<u32>(d, 0, Packet.FLOW);
  return Translated.YES;
}

function refuse(d: usize, why: Drop): Translated {
  drop(d, why);
  return Translated.DROPPED;
}

/** Whether the packet's own end on the translated side is of a pool. */
function mine(nat: usize, p: usize, way: Way): bool {
  if (way == Way.OUT) return poolOf(nat, be32(p + IP4.SRC)) != 0;
  return exact32_get(load<u32>(nat, Nat.ADDRESSES), be32(p + IP4.DST)) == 0;
}

/** outward, inward: no mapping; no port left. */
const NONE: u64 = <u64>-1, FULL: u64 = <u64>-2;

/**
 * Read the end that is to be translated, to End at `to`. Of an ICMP error that
 * is the opposite end of the packet it is about.
 */
function endOf(d: usize, l3: u32, way: Way, to: usize): Drop {
  const p = data(d) + l3, have = len(d) - l3, wire = wireLen(d) - l3, header = (<u32>load<u8>(p) & 15) << 2, protocol = <u32>load<u8>(p, IP4.PROTOCOL);
  store<u32>(to, be32(p + (way == Way.OUT ? <usize>IP4.SRC : <usize>IP4.DST)), End.ADDRESS);
  store<u32>(to, protocol, End.PROTOCOL);
  store<u64>(to, 0, End.FLAGS);
  const need: u32 = protocol == <u32>IP_PROTOCOL.TCP ? TCP.CHECKSUM + 2 : protocol == <u32>IP_PROTOCOL.UDP ? UDP.LEN : protocol == <u32>IP_PROTOCOL.ICMP ? ICMP4.LEN : 0;
  if (!need) return Drop.NAT_PROTOCOL;
  if (header + need > have) return header + need > wire ? Drop.TRUNCATED : Drop.SNAP_CUT;
  const t = p + header;
  if (protocol != <u32>IP_PROTOCOL.ICMP) {
    store<u32>(to, be16(t + (way == Way.OUT ? 0 : 2)), End.PORT);
    if (protocol == <u32>IP_PROTOCOL.TCP) store<u32>(to, load<u8>(t, TCP.FLAGS), End.FLAGS);
    return Drop.NONE;
  }
  const type = load<u8>(t, ICMP4.TYPE);
  if (type == ICMP4_TYPE.ECHO || type == ICMP4_TYPE.ECHO_REPLY) {
    store<u32>(to, be16(t + ICMP4.IDENTIFIER), End.PORT);
    return Drop.NONE;
  }
  if (type != ICMP4_TYPE.DEST_UNREACHABLE && type != ICMP4_TYPE.TIME_EXCEEDED && type != ICMP4_TYPE.PARAMETER_PROBLEM) return Drop.NAT_PROTOCOL;
  return quoted(p, header + ICMP4.LEN, have, wire, way, to);
}

/** The packet that an ICMP error is about went the other way: its destination is the inside of an error that leaves. */
function quoted(p: usize, at: u32, have: u32, wire: u32, way: Way, to: usize): Drop {
  const q = p + at;
  if (at + <u32>IP4.LEN > have) return at + IP4.LEN > wire ? Drop.TRUNCATED : Drop.SNAP_CUT;
  const header = (<u32>load<u8>(q) & 15) << 2, protocol = <u32>load<u8>(q, IP4.PROTOCOL), icmp = protocol == <u32>IP_PROTOCOL.ICMP;
  if (load<u8>(q) >> 4 != 4 || header < <u32>IP4.LEN || (protocol != <u32>IP_PROTOCOL.TCP && protocol != <u32>IP_PROTOCOL.UDP && !icmp)) return Drop.NAT_NO_MAPPING;
  // A router sends eight bytes behind the header at least (RFC 792).
  if (at + header + 8 > have) return at + header + 8 > wire ? Drop.TRUNCATED : Drop.SNAP_CUT;
  if (be16(q + IP4.FLAGS_OFFSET) & IP4_FRAGMENT.OFFSET) return Drop.NAT_NO_MAPPING;
  const t = q + header, type = <u32>load<u8>(t);
  if (icmp && type != <u32>ICMP4_TYPE.ECHO && type != <u32>ICMP4_TYPE.ECHO_REPLY) return Drop.NAT_NO_MAPPING;
  store<u32>(to, be32(q + (way == Way.OUT ? <usize>IP4.DST : <usize>IP4.SRC)), End.ADDRESS);
  store<u32>(to, be16(t + (icmp ? <usize>ICMP4.IDENTIFIER : way == Way.OUT ? 2 : 0)), End.PORT);
  store<u32>(to, protocol, End.PROTOCOL);
  store<u32>(to, at, End.QUOTED);
  return Drop.NONE;
}

function forwardKey(end: usize): u64 {
  return (<u64>load<u32>(end, End.PROTOCOL) << 48) | (<u64>load<u32>(end) << 16) | <u64>load<u32>(end, End.PORT);
}

/** Write the flow key of an end on a side behind it. @returns its address */
function keyOf(end: usize, address: u32, port: u32, side: u64): usize {
  const key = end + KEY_AT;
  store<u64>(key, <u64>address | (<u64>port << 32) | (<u64>load<u32>(end, End.PROTOCOL) << 48) | (side << 56));
  for (let o: usize = 8; o < 40; o += 8) store<u64>(key + o, 0);
  return key;
}
const KEY_AT: usize = 64;

function hashOf(table: usize, key: usize): u32 {
  return flows_hash(table, key, hash128(load<u64>(key), load<u64>(key, 8), 0));
}

/** Address << 16 | port that an inside end has outside; a mapping is made where there is none. */
function outward(nat: usize, end: usize, now: i64): u64 {
  const fixed = <usize>exact64_get(load<u32>(nat, Nat.FORWARDS_OUT), forwardKey(end));
  if (fixed != <usize>MISS) {
    store<u64>(fixed, load<u64>(fixed, NatForward.PACKETS_OUT) + 1, NatForward.PACKETS_OUT);
    return (<u64>load<u32>(fixed, NatForward.OUTSIDE) << 16) | <u64>load<u16>(fixed, NatForward.OUTSIDE_PORT);
  }
  const pool = poolOf(nat, load<u32>(end));
  if (!pool) return NONE;
  const found = mapping(nat, end, INSIDE, now, NatTcp.OUT);
  if (found) return (<u64>load<u32>(found, NatMapping.ADDRESS) << 16) | <u64>load<u16>(found, NatMapping.PORT);
  // An error about what no mapping has makes none.
  return load<u32>(end, End.QUOTED) ? NONE : open(nat, pool, end, now);
}

/** Address << 16 | port that an outside end has inside. */
function inward(nat: usize, end: usize, now: i64): u64 {
  const fixed = <usize>exact64_get(load<u32>(nat, Nat.FORWARDS_IN), forwardKey(end));
  if (fixed != <usize>MISS) {
    store<u64>(fixed, load<u64>(fixed, NatForward.PACKETS_IN) + 1, NatForward.PACKETS_IN);
    return (<u64>load<u32>(fixed, NatForward.INSIDE) << 16) | <u64>load<u16>(fixed, NatForward.INSIDE_PORT);
  }
  const found = mapping(nat, end, OUTSIDE, now, NatTcp.IN);
  return found ? (<u64>load<u32>(found, NatMapping.ADDRESS) << 16) | <u64>load<u16>(found, NatMapping.PORT) : NONE;
}

/** The entry of an end, having refreshed the mapping; 0 when there is none. */
function mapping(nat: usize, end: usize, side: u64, now: i64, way: u32): usize {
  const table = <usize>load<u32>(nat, Nat.TABLE), key = keyOf(end, load<u32>(end), load<u32>(end, End.PORT), side), found = flows_get(table, key, hashOf(table, key), now);
  if (!found) return 0;
  const twin = <usize>load<u32>(found, NatMapping.TWIN);
  // The other entry made room for another flow: the mapping is no more.
  if (load<u32>(twin, NatMapping.TWIN) != <u32>found || load<i64>(twin, FlowEntry.EXPIRES) != load<i64>(found, FlowEntry.EXPIRES)) {
    flows_del(table, found);
    return 0;
  }
  if (load<u32>(end, End.QUOTED)) return found;
  const state = tcpStep(load<u8>(found, NatMapping.STATE), load<u32>(end, End.FLAGS), way), expires = now + timeout(nat, load<u32>(end, End.PROTOCOL), state);
  store<u8>(found, state, NatMapping.STATE);
  store<u8>(twin, state, NatMapping.STATE);
  store<i64>(found, expires, FlowEntry.EXPIRES);
  store<i64>(twin, expires, FlowEntry.EXPIRES);
  return found;
}

/** A SYN begins a new connection of the mapping: what was known of the one before is forgotten. */
function tcpStep(state: u32, flags: u32, way: u32): u32 {
  const before = (flags & (TCP_FLAG.SYN | TCP_FLAG.ACK)) == <u32>TCP_FLAG.SYN ? 0 : state;
  return before | way | (flags & TCP_FLAG.FIN ? way << 2 : 0) | (flags & TCP_FLAG.RST ? <u32>NatTcp.RESET : 0);
}

function timeout(nat: usize, protocol: u32, state: u32): i64 {
  if (protocol == <u32>IP_PROTOCOL.UDP) return load<i64>(nat, Nat.UDP);
  if (protocol == <u32>IP_PROTOCOL.ICMP) return load<i64>(nat, Nat.ICMP);
  const closed = (state & (NatTcp.FIN_OUT | NatTcp.FIN_IN)) == <u32>(NatTcp.FIN_OUT | NatTcp.FIN_IN) || (state & NatTcp.RESET) != 0;
  return closed || (state & (NatTcp.OUT | NatTcp.IN)) != <u32>(NatTcp.OUT | NatTcp.IN) ? load<i64>(nat, Nat.TCP_TRANSITORY) : load<i64>(nat, Nat.TCP);
}

function poolOf(nat: usize, inside: u32): usize {
  const n = load<u32>(nat, Nat.POOL_COUNT);
  let pool = <usize>load<u32>(nat, Nat.POOLS);
  for (let i: u32 = 0; i < n; i++, pool += NatPool.SIZEOF) if ((inside & load<u32>(pool, NatPool.MASK)) == load<u32>(pool)) return pool;
  return 0;
}

/** Make a mapping: the first free port of the host's block from the one that the inside port suggests. */
function open(nat: usize, pool: usize, end: usize, now: i64): u64 {
  const inside = load<u32>(end), table = <usize>load<u32>(nat, Nat.TABLE), block = load<u32>(pool, NatPool.BLOCK), hosts = load<u32>(pool, NatPool.HOSTS);
  const host = inside & ~load<u32>(pool, NatPool.MASK), address = load<u32>(load<u32>(pool, NatPool.ADDRESSES) + (<usize>(host / hosts) << 2));
  const first = load<u32>(pool, NatPool.FIRST_PORT) + (host % hosts) * block;
  let slot = load<u32>(end, End.PORT) % block;
  for (let tried: u32 = 0; tried < block; tried++, slot = slot + 1 == block ? 0 : slot + 1) {
    const port = first + slot, key = keyOf(end, address, port, OUTSIDE), hash = hashOf(table, key);
    if (flows_get(table, key, hash, now) || exact64_get(load<u32>(nat, Nat.FORWARDS_IN), (<u64>load<u32>(end, End.PROTOCOL) << 48) | (<u64>address << 16) | <u64>port) != MISS) continue;
    const state = tcpStep(0, load<u32>(end, End.FLAGS), NatTcp.OUT), expires = now + timeout(nat, load<u32>(end, End.PROTOCOL), state);
    const outer = entry(flows_add(table, key, hash, now, expires), inside, load<u32>(end, End.PORT), state), innerKey = keyOf(end, inside, load<u32>(end, End.PORT), INSIDE);
    const inner = entry(flows_add(table, innerKey, hashOf(table, innerKey), now, expires), address, port, state);
    store<u32>(outer, <u32>inner, NatMapping.TWIN);
    store<u32>(inner, <u32>outer, NatMapping.TWIN);
    store<u64>(pool, load<u64>(pool, NatPool.MADE) + 1, NatPool.MADE);
    return (<u64>address << 16) | <u64>port;
  }
  store<u64>(pool, load<u64>(pool, NatPool.REFUSED) + 1, NatPool.REFUSED);
  return FULL;
}

function entry(flow: usize, address: u32, port: u32, state: u32): usize {
  store<u32>(flow, address, NatMapping.ADDRESS);
  store<u16>(flow, port, NatMapping.PORT);
  store<u8>(flow, state, NatMapping.STATE);
  return flow;
}

/** Key of a datagram's fragments, by the addresses they come with (RFC 791 section 3.2). */
function fragmentKey(p: usize, scratch: usize): usize {
  const key = scratch + KEY_AT;
  store<u64>(key, <u64>load<u16>(p, IP4.IDENTIFICATION) | (<u64>load<u8>(p, IP4.PROTOCOL) << 48) | (FRAGMENT << 56));
  store<u64>(key, load<u64>(p, IP4.SRC), 8);
  for (let o: usize = 16; o < 40; o += 8) store<u64>(key + o, 0);
  return key;
}

function remember(nat: usize, p: usize, address: u32, scratch: usize, now: i64): void {
  const table = <usize>load<u32>(nat, Nat.TABLE), key = fragmentKey(p, scratch), hash = hashOf(table, key);
  store<u32>(flows_add(table, key, hash, now, now + FRAGMENT_TIME), address, NatMapping.ADDRESS);
}

function laterFragment(nat: usize, d: usize, p: usize, way: Way, scratch: usize, now: i64): Translated {
  const table = <usize>load<u32>(nat, Nat.TABLE), key = fragmentKey(p, scratch), first = flows_get(table, key, hashOf(table, key), now);
  if (!first) return mine(nat, p, way) ? refuse(d, Drop.NAT_FRAGMENT) : Translated.NO;
  setAddress4(p, way == Way.OUT ? IP4.SRC : IP4.DST, load<u32>(first, NatMapping.ADDRESS));
  store<u32>(d, 0, Packet.FLOW);
  return Translated.YES;
}
