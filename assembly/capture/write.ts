// write.ts -- packets to capture records in the output block.
//
// The host writes the block to the file when a record no longer fits below
// LIMIT; behind LIMIT there is room for one record of any size.

import { ScanFormat, Sink } from "../abi/capture";
import { Packet, PacketFlag } from "../abi/packet";
import { copyFrame } from "../lib/copy";
import { at, data, len, wireLen } from "../lib/packet";
import { free } from "../lib/pool";
import { PCAP_RECORD } from "../wire/pcap";
import { PCAPNG, PCAPNG_BLOCK, PCAPNG_DIRECTION, PCAPNG_EPB, PCAPNG_OPTION } from "../wire/pcapng";
import { beyond, wholeSeconds } from "./time";

/** A packet's second is this many picoseconds. */
const PS: u64 = 1_000_000_000_000;
/** Set in epb_packetid for packets the switch made: their numbers are no capture's. */
const ORIGINATED_ID: u64 = 1 << 32;

/**
 * Write packets of a list, those whose port the file has. Outbound packets are
 * of TX_PORT, inbound ones of RX_PORT.
 * @returns how many of the list were done; fewer than `n`: the block is full
 */
export function capture_write(w: usize, list: usize, n: u32): u32 {
  const pool = <usize>load<u32>(w, Sink.POOL), limit = load<u32>(w, Sink.LIMIT);
  const ports = <usize>load<u32>(w, Sink.PORTS), count = load<u32>(w, Sink.PORT_COUNT);
  const from: usize = load<u8>(w, Sink.DIRECTION) == PCAPNG_DIRECTION.OUT ? Packet.TX_PORT : Packet.RX_PORT;
  const frees = load<u8>(w, Sink.FREE);
  for (let i: u32 = 0; i < n; i++) {
    if (load<u32>(w, Sink.POS) >= limit) return i;
    const d = at(list, i), port = <u32>load<u16>(d + from);
    const iface = port < count ? load<u32>(ports + (port << 2)) : 0;
    if (iface) writeRecord(w, d, iface - 1);
    if (frees) free(pool, d);
  }
  return n;
}

/** Write one packet to interface `iface` of the file, with the comment in Sink.COMMENT. It is not freed. */
export function capture_write_one(w: usize, d: usize, iface: u32): void {
  writeRecord(w, d, iface);
}

function writeRecord(w: usize, d: usize, iface: u32): void {
  const to = <usize>load<u32>(w, Sink.POS), time = load<i64>(d, Packet.TIME), rel = wholeSeconds(time);
  const sec = <u64>max<i64>(rel + load<i64>(w, Sink.ORIGIN), 0), tick = load<u64>(w, Sink.TICK), fraction = beyond(time, rel) / tick;
  const end = load<u8>(w, Sink.FORMAT) == ScanFormat.PCAP
    ? pcapRecord(to, d, <u32>sec, <u32>fraction)
    : enhancedPacket(w, to, d, iface, sec * (PS / tick) + fraction);
  store<u32>(w, <u32>end, Sink.POS);
  store<u64>(w, load<u64>(w, Sink.PACKETS) + 1, Sink.PACKETS);
  store<u64>(w, load<u64>(w, Sink.BYTES) + len(d), Sink.BYTES);
}

/** @returns the end of the record */
function pcapRecord(to: usize, d: usize, sec: u32, fraction: u32): usize {
  const n = len(d);
  store<u32>(to, sec, PCAP_RECORD.SECONDS);
  store<u32>(to, fraction, PCAP_RECORD.FRACTION);
  store<u32>(to, n, PCAP_RECORD.CAPTURED);
  store<u32>(to, wireLen(d), PCAP_RECORD.ORIGINAL);
  copyFrame(to + PCAP_RECORD.LEN, data(d), n);
  return to + PCAP_RECORD.LEN + n;
}

/** Enhanced packet block: epb_flags, epb_packetid and, when there is one, opt_comment. */
function enhancedPacket(w: usize, to: usize, d: usize, iface: u32, stamp: u64): usize {
  const n = len(d);
  store<u32>(to, PCAPNG_BLOCK.ENHANCED_PACKET, PCAPNG.TYPE);
  store<u32>(to, iface, PCAPNG_EPB.INTERFACE);
  store<u32>(to, <u32>(stamp >> 32), PCAPNG_EPB.STAMP);
  store<u32>(to, <u32>stamp, PCAPNG_EPB.STAMP + 4);
  store<u32>(to, n, PCAPNG_EPB.CAPTURED);
  store<u32>(to, wireLen(d), PCAPNG_EPB.ORIGINAL);
  let p = to + PCAPNG_EPB.DATA + (n & ~3);
  store<u32>(p, 0); // the padding of the last word, then the packet over it
  copyFrame(to + PCAPNG_EPB.DATA, data(d), n);
  p = to + PCAPNG_EPB.DATA + ((n + 3) & ~3);

  const made = load<u8>(d, Packet.FLAGS) & PacketFlag.ORIGINATED;
  store<u32>(p, option(PCAPNG_OPTION.EPB_FLAGS, 4));
  store<u32>(p, load<u8>(w, Sink.DIRECTION), 4);
  store<u32>(p, option(PCAPNG_OPTION.EPB_PACKETID, 8), 8);
  store<u64>(p, <u64>load<u32>(d, Packet.ID) | (made ? ORIGINATED_ID : 0), 12);
  p += 20;
  const comment = load<u32>(w, Sink.COMMENT_LEN);
  if (comment) {
    store<u32>(p, option(PCAPNG_OPTION.COMMENT, comment));
    store<u32>(p + 4 + (comment & ~3), 0);
    memory.copy(p + 4, load<u32>(w, Sink.COMMENT), comment);
    p += 4 + ((comment + 3) & ~3);
  }
  store<u32>(p, PCAPNG_OPTION.END);
  const total = <u32>(p + 4 + PCAPNG.TRAILER_LEN - to);
  store<u32>(to, total, PCAPNG.LENGTH);
  store<u32>(p, total, 4);
  return to + total;
}

/** Head of an option. */
function option(code: u32, bytes: u32): u32 {
  return code | bytes << 16;
}
