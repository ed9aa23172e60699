// pcapng.ts -- one block of a pcapng capture.
//
// Packet blocks are read here, section headers and interface descriptions are
// left to the host (they are few and hold text), all others are passed over.

import { CAPTURED_MAX, RECORD_MAX, Scan, ScanFault, ScanIface, ScanStatus } from "../abi/capture";
import { FRAME_MAX } from "../abi/packet";
import { PCAPNG, PCAPNG_BLOCK, PCAPNG_EPB, PCAPNG_PB, PCAPNG_SPB } from "../wire/pcapng";
import { accept, fault, NOTHING, stop, STOPPED } from "./accept";
import { word } from "./pcap";
import { sinceOrigin, stampFraction, stampSeconds } from "./time";

/** Take the block at POS. @returns handle, NOTHING or STOPPED */
export function pcapngBlock(s: usize): usize {
  const pos = <usize>load<u32>(s, Scan.POS), loaded = load<u32>(s, Scan.END) - <u32>pos;
  if (loaded < <u32>PCAPNG.BODY) return stop(s, ScanStatus.MORE);
  const type = word(s, pos);
  if (type == PCAPNG_BLOCK.SECTION || type == PCAPNG_BLOCK.INTERFACE) return stop(s, ScanStatus.HOST);
  const total = word(s, pos + PCAPNG.LENGTH);
  if (total < minimum(type) || total & 3) return fault(s, ScanFault.BLOCK_LENGTH, total);
  const packet = type == PCAPNG_BLOCK.ENHANCED_PACKET || type == PCAPNG_BLOCK.PACKET || type == PCAPNG_BLOCK.SIMPLE_PACKET;
  if (!packet) return pass(s, pos, loaded, total, NOTHING);

  // A block too long to be loaded as a whole is taken once its packet is.
  const whole = total <= <u32>RECORD_MAX;
  const wanted = whole ? total : minimum(type);
  if (loaded < wanted) return stop(s, ScanStatus.MORE);
  if (whole && word(s, pos + total - PCAPNG.TRAILER_LEN) != total)
    return fault(s, ScanFault.TRAILER, word(s, pos + total - PCAPNG.TRAILER_LEN));
  const d = type == PCAPNG_BLOCK.SIMPLE_PACKET ? simple(s, pos, loaded, total) : enhanced(s, pos, loaded, total, type);
  return d == STOPPED ? d : pass(s, pos, loaded, total, d);
}

/** Check the length behind a block that was passed over. @returns false: STATUS says why */
export function pcapngTrailer(s: usize): bool {
  const pos = <usize>load<u32>(s, Scan.POS), total = load<u32>(s, Scan.TOTAL);
  if (load<u32>(s, Scan.END) - <u32>pos < <u32>PCAPNG.TRAILER_LEN) return stop(s, ScanStatus.MORE) != STOPPED;
  const found = word(s, pos);
  if (found != total) return fault(s, ScanFault.TRAILER, found) != STOPPED;
  store<u32>(s, <u32>pos + PCAPNG.TRAILER_LEN, Scan.POS);
  return true;
}

function minimum(type: u32): u32 {
  if (type == PCAPNG_BLOCK.ENHANCED_PACKET || type == PCAPNG_BLOCK.PACKET) return PCAPNG_EPB.LEN_MIN;
  return type == PCAPNG_BLOCK.SIMPLE_PACKET ? <u32>PCAPNG_SPB.LEN_MIN : <u32>PCAPNG.LEN_MIN;
}

/** Go on behind the block, or leave its unloaded rest to be passed over. @returns d */
function pass(s: usize, pos: usize, loaded: u32, total: u32, d: usize): usize {
  if (loaded >= total && d != NOTHING) {
    store<u32>(s, <u32>pos + total, Scan.POS); // the trailer has been checked
    return d;
  }
  const body = total - PCAPNG.TRAILER_LEN, done = min<u32>(loaded, body);
  store<u32>(s, <u32>pos + done, Scan.POS);
  store<u32>(s, body - done, Scan.SKIP);
  store<u32>(s, total, Scan.TOTAL);
  return d;
}

/** An enhanced packet block, or the obsolete packet block, which differs in the width of its interface. */
function enhanced(s: usize, pos: usize, loaded: u32, total: u32, type: u32): usize {
  const index = type == PCAPNG_BLOCK.PACKET ? half(s, pos + PCAPNG_PB.INTERFACE) : word(s, pos + PCAPNG_EPB.INTERFACE);
  if (index >= load<u32>(s, Scan.IFACE_COUNT)) return fault(s, ScanFault.INTERFACE, index);
  const iface = <usize>load<u32>(s, Scan.IFACES) + index * ScanIface.SIZEOF;
  const stamp = <u64>word(s, pos + PCAPNG_EPB.STAMP) << 32 | word(s, pos + PCAPNG_EPB.STAMP + 4);
  const captured = word(s, pos + PCAPNG_EPB.CAPTURED), original = word(s, pos + PCAPNG_EPB.ORIGINAL);
  if (captured > <u32>CAPTURED_MAX) return fault(s, ScanFault.CAPTURED_LENGTH, captured);
  if (captured > total - PCAPNG_EPB.LEN_MIN) return fault(s, ScanFault.PACKET_LENGTH, captured);
  if (captured <= <u32>FRAME_MAX && loaded < captured + PCAPNG_EPB.DATA) return stop(s, ScanStatus.MORE);
  const time = sinceOrigin(s, stampSeconds(iface, stamp), stampFraction(iface, stamp));
  return accept(s, iface, pos + PCAPNG_EPB.DATA, captured, original, time);
}

/** A simple packet block has no stamp: the packet takes the time of the one before. */
function simple(s: usize, pos: usize, loaded: u32, total: u32): usize {
  if (!load<u32>(s, Scan.IFACE_COUNT)) return fault(s, ScanFault.INTERFACE, 0);
  const iface = <usize>load<u32>(s, Scan.IFACES), original = word(s, pos + PCAPNG_SPB.ORIGINAL);
  const limit = load<u32>(iface, ScanIface.SNAPLEN), captured = limit ? min<u32>(original, limit) : original;
  if (captured > <u32>CAPTURED_MAX) return fault(s, ScanFault.CAPTURED_LENGTH, captured);
  if (captured > total - PCAPNG_SPB.LEN_MIN) return fault(s, ScanFault.PACKET_LENGTH, captured);
  if (captured <= <u32>FRAME_MAX && loaded < captured + PCAPNG_SPB.DATA) return stop(s, ScanStatus.MORE);
  return accept(s, iface, pos + PCAPNG_SPB.DATA, captured, original, load<i64>(s, Scan.LAST));
}

function half(s: usize, p: usize): u32 {
  const v = load<u16>(p);
  return load<u8>(s, Scan.SWAP) ? <u32>bswap<u16>(v) : <u32>v;
}
