// pcap.ts -- one record of a classic capture.

import { CAPTURED_MAX, Scan, ScanFault, ScanIface, ScanStatus } from "../abi/capture";
import { FRAME_MAX } from "../abi/packet";
import { PCAP_RECORD } from "../wire/pcap";
import { accept, fault, stop, STOPPED } from "./accept";
import { sinceOrigin } from "./time";

const PS_PER_US: i64 = 1_000_000, PS_PER_NS: i64 = 1_000;

/** A u32 in the file's byte order. */
export function word(s: usize, p: usize): u32 {
  const v = load<u32>(p);
  return load<u8>(s, Scan.SWAP) ? bswap<u32>(v) : v;
}

/** Take the record at POS. @returns handle, NOTHING or STOPPED */
export function pcapRecord(s: usize): usize {
  const pos = <usize>load<u32>(s, Scan.POS), loaded = load<u32>(s, Scan.END) - <u32>pos;
  if (loaded < <u32>PCAP_RECORD.LEN) return stop(s, ScanStatus.MORE);
  const captured = word(s, pos + PCAP_RECORD.CAPTURED);
  if (captured > <u32>CAPTURED_MAX) return fault(s, ScanFault.CAPTURED_LENGTH, captured);
  const size = captured + PCAP_RECORD.LEN;
  if (loaded < size && captured <= <u32>FRAME_MAX) return stop(s, ScanStatus.MORE);

  const iface = <usize>load<u32>(s, Scan.IFACES);
  const unit = load<u8>(iface, ScanIface.EXPONENT) == 9 ? PS_PER_NS : PS_PER_US;
  const time = sinceOrigin(s, <i64>word(s, pos + PCAP_RECORD.SECONDS), <i64>word(s, pos + PCAP_RECORD.FRACTION) * unit);
  const d = accept(s, iface, pos + PCAP_RECORD.LEN, captured, word(s, pos + PCAP_RECORD.ORIGINAL), time);
  if (d == STOPPED) return d;
  const done = min<u32>(loaded, size);
  store<u32>(s, <u32>pos + done, Scan.POS);
  if (done < size) {
    store<u32>(s, size - done, Scan.SKIP);
    store<u32>(s, size, Scan.TOTAL);
  }
  return d;
}
