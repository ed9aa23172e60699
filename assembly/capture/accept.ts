// accept.ts -- one captured record becomes a packet of the pool.
//
// Everything behind the reader sees Ethernet frames. Records of other link
// types get a header made here: destination the port's own MAC (the host puts
// it into ScanIface.HEADER), source the address in the cooked header where it
// has six octets, ethertype from the cooked header, the address family or the
// IP version.

import { LINK_UNSUPPORTED, Scan, ScanFault, ScanIface, ScanStatus } from "../abi/capture";
import { Drop } from "../abi/drop";
import { FRAME_MAX, Packet } from "../abi/packet";
import { DropCount } from "../abi/switch";
import { copyFrame } from "../lib/copy";
import { be16, data, put16 } from "../lib/packet";
import { alloc, free } from "../lib/pool";
import { ETH, ETHERTYPE } from "../wire/ethernet";
import { FAMILY, LINK_TYPE, LOOPBACK, SLL, SLL2 } from "../wire/link_type";
import { bpf_run } from "./bpf";
import { TIME_LIMIT } from "./time";

/** accept: the record was counted but is no packet to deliver. */
export const NOTHING: usize = 0;
/** accept: STATUS says why; nothing was counted. Records are 64-byte aligned, so no handle is 1. */
export const STOPPED: usize = 1;

/** Ethertype of what has none; IANA reserves it, so the switch drops it UNKNOWN_ETHERTYPE. */
const NO_ETHERTYPE: u32 = 0xffff;
/** Ethertypes are above; 802.3 lengths go to LENGTH_MAX. */
const ETHERTYPE_MIN: u32 = 0x600, LENGTH_MAX: u32 = 1500;

/** Return STOPPED for a fault about the value `found`. */
export function fault(s: usize, what: ScanFault, found: u32): usize {
  store<u32>(s, ScanStatus.FAULT, Scan.STATUS);
  store<u32>(s, what, Scan.FAULT);
  store<u32>(s, found, Scan.FOUND);
  return STOPPED;
}

/** Return STOPPED for want of loaded bytes, a buffer or the host. */
export function stop(s: usize, why: ScanStatus): usize {
  store<u32>(s, why, Scan.STATUS);
  return STOPPED;
}

/**
 * Take one record.
 * @param captured bytes at `from`, all loaded unless above FRAME_MAX
 * @param original bytes the frame had on the wire
 * @param time     picoseconds since the origin
 * @returns handle, NOTHING or STOPPED
 */
export function accept(s: usize, iface: usize, from: usize, captured: u32, original: u32, time: i64): usize {
  const link = <u32>load<u16>(iface, ScanIface.LINK);
  if (link == LINK_UNSUPPORTED) return fault(s, ScanFault.LINK_TYPE, <u32>(iface - load<u32>(s, Scan.IFACES)) / ScanIface.SIZEOF);
  original = max<u32>(original, captured);
  if (captured > <u32>FRAME_MAX) return drop(s, 0, Drop.OVERSIZE, captured, time);
  const fcs = <u32>load<u8>(iface, ScanIface.FCS);
  const wire = original > fcs ? original - fcs : 0, kept = min<u32>(captured, wire);

  const ethernet = link == LINK_TYPE.ETHERNET, cooked = cookedLength(link), need = ethernet ? <u32>ETH.LEN : max<u32>(cooked, 1);
  if (wire < need) return drop(s, 1, Drop.RUNT, captured, time);
  if (kept < need) return drop(s, 2, Drop.SNAP_CUT, captured, time);
  const added: u32 = ethernet ? 0 : ETH.LEN, payload = kept - cooked;
  if (payload + added > <u32>FRAME_MAX) return drop(s, 0, Drop.OVERSIZE, captured, time);

  const pool = <usize>load<u32>(s, Scan.POOL), d = alloc(pool, payload + added);
  if (!d) return stop(s, ScanStatus.STARVED);
  const to = data(d);
  if (!ethernet) makeHeader(to, iface, link, from, wire - cooked);
  copyFrame(to + added, from + cooked, payload);
  const id = count(s, captured, time);
  store<u32>(d, wire - cooked + added, Packet.ORIG);
  store<i64>(d, time, Packet.TIME);
  store<u32>(d, id, Packet.ID);
  store<u16>(d, load<u16>(iface, ScanIface.PORT), Packet.RX_PORT);
  const filter = load<u32>(s, Scan.FILTER_COUNT);
  if (filter && !bpf_run(load<u32>(s, Scan.FILTER), filter, to, payload + added, wire - cooked + added)) {
    store<u64>(s, load<u64>(s, Scan.FILTERED) + 1, Scan.FILTERED);
    store<u64>(s, load<u64>(s, Scan.FILTERED_BYTES) + captured, Scan.FILTERED_BYTES);
    free(pool, d);
    return NOTHING;
  }
  if (id == load<u32>(s, Scan.MARK_ID)) store<u8>(d, 1, Packet.MARK);
  return d;
}

function count(s: usize, captured: u32, time: i64): u32 {
  const n = load<u64>(s, Scan.PACKETS) + 1;
  store<u64>(s, n, Scan.PACKETS);
  store<u64>(s, load<u64>(s, Scan.BYTES) + captured, Scan.BYTES);
  if (time >= TIME_LIMIT || time <= -TIME_LIMIT) store<u64>(s, load<u64>(s, Scan.CLAMPED) + 1, Scan.CLAMPED);
  store<i64>(s, time, Scan.LAST);
  store<i64>(s, min<i64>(time, load<i64>(s, Scan.LOW)), Scan.LOW);
  store<i64>(s, max<i64>(time, load<i64>(s, Scan.HIGH)), Scan.HIGH);
  return <u32>n;
}

function drop(s: usize, row: u32, why: Drop, captured: u32, time: i64): usize {
  const id = count(s, captured, time), at = s + Scan.DROPS + row * DropCount.SIZEOF;
  const packets = load<u64>(at, DropCount.PACKETS);
  if (!packets) {
    store<u32>(at, why, DropCount.REASON);
    store<u32>(at, id, DropCount.FIRST);
  }
  store<u64>(at, packets + 1, DropCount.PACKETS);
  store<u64>(at, load<u64>(at, DropCount.BYTES) + captured, DropCount.BYTES);
  return NOTHING;
}

/** Bytes of the header that a link type has in Ethernet's place. */
function cookedLength(link: u32): u32 {
  if (link == LINK_TYPE.LINUX_SLL) return SLL.LEN;
  if (link == LINK_TYPE.LINUX_SLL2) return SLL2.LEN;
  return link == LINK_TYPE.NULL || link == LINK_TYPE.LOOP ? LOOPBACK.LEN : 0;
}

/** The Ethernet header of a packet that came without: `size` bytes of payload on the wire. */
function makeHeader(to: usize, iface: usize, link: u32, from: usize, size: u32): void {
  memory.copy(to, iface + ScanIface.HEADER, ETH.LEN);
  let type: u32;
  if (link == LINK_TYPE.LINUX_SLL) {
    type = be16(from + SLL.PROTOCOL);
    if (be16(from + SLL.ADDRESS_LENGTH) == 6) memory.copy(to + ETH.SRC, from + SLL.ADDRESS, 6);
  } else if (link == LINK_TYPE.LINUX_SLL2) {
    type = be16(from + SLL2.PROTOCOL);
    if (load<u8>(from, SLL2.ADDRESS_LENGTH) == 6) memory.copy(to + ETH.SRC, from + SLL2.ADDRESS, 6);
  } else if (link == LINK_TYPE.NULL || link == LINK_TYPE.LOOP) {
    type = familyEthertype(load<u32>(from, LOOPBACK.FAMILY));
  } else if (link == LINK_TYPE.IPV4) type = ETHERTYPE.IPV4;
  else if (link == LINK_TYPE.IPV6) type = ETHERTYPE.IPV6;
  else type = load<u8>(from) >> 4 == 6 ? ETHERTYPE.IPV6 : ETHERTYPE.IPV4;
  // What a cooked header calls protocol 1 to 4 are 802.3 frames: they carry their length.
  if (type < ETHERTYPE_MIN) type = min<u32>(size, LENGTH_MAX);
  put16(to + ETH.ETHERTYPE, type);
}

/** Families are small numbers: the order that gives one is the order it was written in. */
function familyEthertype(family: u32): u32 {
  if (family > 0xffff) family = bswap<u32>(family);
  if (family == FAMILY.INET) return ETHERTYPE.IPV4;
  const six = family == FAMILY.INET6_LINUX || family == FAMILY.INET6_NETBSD || family == FAMILY.INET6_FREEBSD || family == FAMILY.INET6_DARWIN;
  return six ? ETHERTYPE.IPV6 : NO_ETHERTYPE;
}
