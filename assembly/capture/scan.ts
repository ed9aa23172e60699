// scan.ts -- packets out of the loaded part of a capture.
//
// The host loads bytes at [POS, END) and calls again whenever MORE is wanted;
// what was left of the last record then lies in front of the new bytes. No
// record is looked at before all of it that matters is loaded, so nothing is
// ever read at or behind END.

import { Scan, ScanFormat, ScanStatus } from "../abi/capture";
import { accept, NOTHING, stop, STOPPED } from "./accept";
import { pcapRecord } from "./pcap";
import { pcapngBlock, pcapngTrailer } from "./pcapng";
import { sinceOrigin } from "./time";

const PS_PER_US: i64 = 1_000_000;

/**
 * Read records until the vector has `max` packets or Scan.STATUS names another
 * reason to stop.
 * @returns packets whose handles are at `vec`; they are the caller's
 */
export function capture_scan(s: usize, vec: usize, max: u32): u32 {
  const pcap = load<u8>(s, Scan.FORMAT) == ScanFormat.PCAP;
  let n: u32 = 0;
  store<u32>(s, ScanStatus.FULL, Scan.STATUS);
  while (n < max) {
    if (load<u32>(s, Scan.TOTAL) && !passOver(s, pcap)) break;
    const d = pcap ? pcapRecord(s) : pcapngBlock(s);
    if (d == STOPPED) break;
    if (d != NOTHING) store<u32>(vec + (n++ << 2), <u32>d);
  }
  return n;
}

/**
 * Take one record that another parser cut out of a classic microsecond file:
 * `captured` bytes at `from`, stamp in seconds and microseconds.
 * @returns handle; 0: none to deliver; 1: Scan.STATUS says why not
 */
export function capture_accept(s: usize, from: usize, captured: u32, original: u32, sec: u32, us: u32): usize {
  store<u32>(s, ScanStatus.FULL, Scan.STATUS);
  return accept(s, <usize>load<u32>(s, Scan.IFACES), from, captured, original, sinceOrigin(s, <i64>sec, <i64>us * PS_PER_US));
}

/** Leave the rest of a record unread. @returns false when it goes on behind the loaded bytes, or ends wrongly */
function passOver(s: usize, pcap: bool): bool {
  const skip = load<u32>(s, Scan.SKIP), pos = load<u32>(s, Scan.POS), end = load<u32>(s, Scan.END);
  const n = min<u32>(skip, end - pos);
  store<u32>(s, pos + n, Scan.POS);
  store<u32>(s, skip - n, Scan.SKIP);
  if (n < skip) return stop(s, ScanStatus.MORE) != STOPPED;
  if (!pcap && !pcapngTrailer(s)) return false;
  store<u32>(s, 0, Scan.TOTAL);
  return true;
}
